//! Stand-ins for the C tools of macOS, which Debian does not have: a compiler that answers what
//! build scripts ask and leaves an empty file where an object is expected. Enough for a type check.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Answers `-E` and `--version` through clang, as build scripts look at what these print; all else
/// leaves an empty file at `-o`.
const COMPILER: &str = r#"#!/bin/sh
for argument in "$@"; do
    case "$argument" in
        -E | --version | -v | -dumpversion) exec clang --target=aarch64-apple-darwin "$@" ;;
    esac
done
output=
while [ $# -gt 0 ]; do
    if [ "$1" = -o ]; then output=$2; fi
    shift
done
if [ -n "$output" ]; then : > "$output"; fi
"#;

/// Makes the archive that it is asked for, empty: `ar cq libx.a …`, `ranlib libx.a`.
const ARCHIVER: &str = r#"#!/bin/sh
for argument in "$@"; do
    case "$argument" in
        *.a) : > "$argument"; exit 0 ;;
    esac
done
"#;

/// Agrees with everything.
const NOTHING: &str = "#!/bin/sh\nexit 0\n";

/// Writes the stand-ins into `folder`; gives the environment that makes build scripts use them for
/// macOS alone.
pub(crate) fn macos(folder: &Path) -> Result<Vec<(String, OsString)>> {
    let sdk = folder.join("sdk");
    fs::create_dir_all(&sdk).with_context(|| format!("cannot make {}", sdk.display()))?;
    let mut environment = vec![("SDKROOT".to_owned(), sdk.into_os_string())];
    let tools = [
        ("CC", "cc", COMPILER),
        ("CXX", "c++", COMPILER),
        ("AR", "ar", ARCHIVER),
        ("RANLIB", "ranlib", ARCHIVER),
        ("CMAKE", "cmake", NOTHING),
    ];
    for (variable, file, script) in tools {
        let path = folder.join(file);
        write_executable(&path, script)?;
        environment.push((format!("{variable}_aarch64_apple_darwin"), path.into_os_string()));
    }
    Ok(environment)
}

fn write_executable(path: &Path, script: &str) -> Result<()> {
    // Rewriting it would make cargo's build scripts run again.
    if fs::read_to_string(path).is_ok_and(|there| there == script) {
        return Ok(());
    }
    fs::write(path, script).with_context(|| format!("cannot write {}", path.display()))?;
    make_executable(path)
}

#[cfg(unix)]
fn make_executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
        .with_context(|| format!("cannot make {} executable", path.display()))
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stand_ins_are_for_macos_alone() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let environment = macos(folder.path()).expect("they can be written");
        for (name, value) in environment.iter().filter(|(name, _)| name != "SDKROOT") {
            assert!(name.ends_with("_aarch64_apple_darwin"), "{name}");
            assert!(Path::new(value).exists(), "{name}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn the_compiler_leaves_an_empty_object() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        macos(folder.path()).expect("they can be written");
        let object = folder.path().join("a.o");
        let status = std::process::Command::new("sh")
            .arg(folder.path().join("cc"))
            .args(["-c", "a.c", "-o"])
            .arg(&object)
            .status()
            .expect("sh is there");
        assert!(status.success());
        assert_eq!(fs::read(&object).expect("the object"), b"");
    }
}
