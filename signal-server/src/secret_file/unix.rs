//! Who may read a secret's file, where files have owners and modes.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;

/// The mode, if it lets anybody but the owner at the file.
pub(super) fn too_open(file: &File) -> io::Result<Option<String>> {
    let mode = file.metadata()?.permissions().mode() & 0o777;
    Ok((mode & 0o077 != 0).then(|| format!("mode {mode:03o}")))
}

/// Makes the folder and those above it, for the owner only. One that is there stays as it is.
pub(super) fn create_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};

    use super::*;
    use crate::config::SecretConfig;

    #[test]
    fn a_new_secret_is_its_owners_only() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state/secret");
        let mut options = SecretConfig { file: Some(file.clone()), key: None };
        options.load().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&file), 0o600);
        assert_eq!(mode(file.parent().unwrap()), 0o700);
        assert_eq!(too_open(&File::open(&file).unwrap()).unwrap(), None);

        for open in [0o640, 0o604, 0o666] {
            fs::set_permissions(&file, Permissions::from_mode(open)).unwrap();
            let said = too_open(&File::open(&file).unwrap()).unwrap();
            assert_eq!(said, Some(format!("mode {open:03o}")));
        }
    }
}
