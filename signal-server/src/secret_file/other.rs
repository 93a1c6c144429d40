//! Who may read a secret's file, where that follows from the folder: a user's own folder, in which
//! the file lies by default, is closed to other users.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Nothing is known about it.
pub(super) fn too_open(_: &File) -> io::Result<Option<String>> {
    Ok(None)
}

/// Makes the folder and those above it.
pub(super) fn create_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}
