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

/// Here the system itself keeps the order of moves, and a folder cannot be opened as a file.
pub(super) fn settle(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Opens a file to write at its end, and makes it if there is none.
///
/// # Errors
/// Whatever the disk answers.
pub fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}
