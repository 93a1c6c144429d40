//! A folder: who may enter it follows from the one above it.

use std::io;
use std::path::Path;

/// Makes the folder and those above it.
pub(super) fn create(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}
