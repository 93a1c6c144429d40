#!/usr/bin/env bash
# For the release workflow: puts the certificate into a keychain of its own, and Apple's account with which
# the disk image is notarised beside it.
set -euo pipefail
keychain="$RUNNER_TEMP/release.keychain-db"
password=$(openssl rand -hex 16)
file="$RUNNER_TEMP/certificate.p12"
trap 'rm -f "$file"' EXIT
base64 --decode <<< "$MACOS_P12" > "$file"
security create-keychain -p "$password" "$keychain"
security set-keychain-settings -lut 21600 "$keychain"
security unlock-keychain -p "$password" "$keychain"
security import "$file" -P "$MACOS_P12_PASSWORD" -f pkcs12 -T /usr/bin/codesign -k "$keychain"
security set-key-partition-list -S apple-tool:,apple: -s -k "$password" "$keychain" > /dev/null
security list-keychains -d user -s "$keychain" login.keychain-db
identity=$(security find-identity -v -p codesigning "$keychain" | awk '/Developer ID Application/ { print $2; exit }')
echo "CINEMASYNC_MACOS_IDENTITY=$identity" >> "$GITHUB_ENV"
if [ -n "${MACOS_APPLE_ID:-}" ]; then
    xcrun notarytool store-credentials cinemasync --apple-id "$MACOS_APPLE_ID" --team-id "$MACOS_TEAM" \
        --password "$MACOS_APP_PASSWORD"
    echo "CINEMASYNC_MACOS_NOTARY=cinemasync" >> "$GITHUB_ENV"
fi
