//! Private files where permissions are mode bits.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Makes a file that is not there yet, for its owner alone.
///
/// # Errors
/// Whatever the disk answers; `AlreadyExists` if there is one.
pub fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Makes sure that what was moved in this folder stays moved when the power is lost.
pub(super) fn settle(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Opens a file to write at its end; one that is made is for its owner alone.
///
/// # Errors
/// Whatever the disk answers.
pub fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}
