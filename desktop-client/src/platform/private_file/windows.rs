//! Private files on Windows: the user's own folders, where they are made, are closed to other users,
//! and a file takes over the access list of its folder.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a file that is not there yet.
///
/// # Errors
/// Whatever the disk answers; `AlreadyExists` if there is one.
pub fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}
