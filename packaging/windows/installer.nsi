; The installer for Windows, filled in by `cargo xtask package`: for one person, without the
; administrator's rights. VERSION, FILES (a folder), OUT and FILMS (a file) come by -D, and TARGET where
; NSIS can make an installer of 64 bits, which wine runs without a second set of libraries.

!ifdef TARGET
  Target ${TARGET}
!else
  Unicode true
!endif
SetCompressor /SOLID lzma
!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "${FILMS}"

!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\CinemaSync"

Name "CinemaSync"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\CinemaSync"
InstallDirRegKey HKCU "${KEY}" "InstallLocation"
RequestExecutionLevel user
ManifestDPIAware true

VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "CinemaSync"
VIAddVersionKey "FileDescription" "CinemaSync, installer"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "CompanyName" "The CinemaSync contributors"
VIAddVersionKey "LegalCopyright" "MIT or Apache-2.0"

!define MUI_ICON "${FILES}\cinemasync.ico"
!define MUI_UNICON "${FILES}\cinemasync.ico"
!define MUI_FINISHPAGE_RUN "$INSTDIR\cinemasync.exe"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"
!insertmacro MUI_LANGUAGE "Spanish"
!insertmacro MUI_LANGUAGE "French"
!insertmacro MUI_LANGUAGE "Portuguese"
!insertmacro MUI_LANGUAGE "SimpChinese"

; A kind of film: the program stands in "Open with", and nobody's choice is changed.
!macro OpenWith ENDING
  WriteRegStr HKCU "Software\Classes\.${ENDING}\OpenWithProgids" "CinemaSync.Film" ""
  WriteRegStr HKCU "Software\Classes\Applications\cinemasync.exe\SupportedTypes" ".${ENDING}" ""
!macroend
!macro NotOpenWith ENDING
  DeleteRegValue HKCU "Software\Classes\.${ENDING}\OpenWithProgids" "CinemaSync.Film"
!macroend

Section
  SetShellVarContext current
  SetOutPath "$INSTDIR"
  File "${FILES}\*.*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\CinemaSync.lnk" "$INSTDIR\cinemasync.exe" "" "$INSTDIR\cinemasync.ico"

  WriteRegStr HKCU "Software\Classes\cinemasync" "" "URL:CinemaSync"
  WriteRegStr HKCU "Software\Classes\cinemasync" "URL Protocol" ""
  WriteRegStr HKCU "Software\Classes\cinemasync\DefaultIcon" "" "$INSTDIR\cinemasync.ico"
  WriteRegStr HKCU "Software\Classes\cinemasync\shell\open\command" "" '"$INSTDIR\cinemasync.exe" "%1"'
  WriteRegStr HKCU "Software\Classes\CinemaSync.Film" "" "Film"
  WriteRegStr HKCU "Software\Classes\CinemaSync.Film\DefaultIcon" "" "$INSTDIR\cinemasync.ico"
  WriteRegStr HKCU "Software\Classes\CinemaSync.Film\shell\open\command" "" '"$INSTDIR\cinemasync.exe" "%1"'
  WriteRegStr HKCU "Software\Classes\Applications\cinemasync.exe" "FriendlyAppName" "CinemaSync"
  WriteRegStr HKCU "Software\Classes\Applications\cinemasync.exe\shell\open\command" "" '"$INSTDIR\cinemasync.exe" "%1"'
  !insertmacro EachFilm OpenWith

  WriteRegStr HKCU "${KEY}" "DisplayName" "CinemaSync"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\cinemasync.ico"
  WriteRegStr HKCU "${KEY}" "Publisher" "The CinemaSync contributors"
  WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  IntFmt $0 "0x%08X" $0
  WriteRegDWORD HKCU "${KEY}" "EstimatedSize" "$0"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd

; Settings and what came of films stay: they are the person's, and the guide says where they are.
Section "Uninstall"
  SetShellVarContext current
  !insertmacro EachFilm NotOpenWith
  DeleteRegKey HKCU "Software\Classes\cinemasync"
  DeleteRegKey HKCU "Software\Classes\CinemaSync.Film"
  DeleteRegKey HKCU "Software\Classes\Applications\cinemasync.exe"
  DeleteRegKey HKCU "${KEY}"
  Delete "$SMPROGRAMS\CinemaSync.lnk"
  !insertmacro EachFile
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd
