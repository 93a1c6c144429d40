# For the release workflow: puts the certificate into the store, where signtool finds it by its thumbprint.
$ErrorActionPreference = "Stop"
$file = Join-Path $env:RUNNER_TEMP "certificate.pfx"
try {
    [IO.File]::WriteAllBytes($file, [Convert]::FromBase64String($env:WINDOWS_PFX))
    $password = ConvertTo-SecureString $env:WINDOWS_PFX_PASSWORD -AsPlainText -Force
    $certificate = Import-PfxCertificate -FilePath $file -Password $password -CertStoreLocation Cert:\CurrentUser\My
}
finally {
    Remove-Item -Force -ErrorAction SilentlyContinue $file
}
Add-Content $env:GITHUB_ENV "CINEMASYNC_WINDOWS_CERTIFICATE=$($certificate.Thumbprint)"
# The newest of the SDK's.
$signtool = Get-ChildItem "${env:ProgramFiles(x86)}\Windows Kits\10\bin\10.*\x64\signtool.exe" | Sort-Object FullName | Select-Object -Last 1
Add-Content $env:GITHUB_PATH $signtool.DirectoryName
