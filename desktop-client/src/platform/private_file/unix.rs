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
