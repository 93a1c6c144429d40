//! Files that only their owner can read.

use std::io::{self, Write as _};
use std::path::Path;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::create;
#[cfg(windows)]
pub use windows::create;

/// Puts a file with this content in the place of what was there: written beside and moved, so that a
/// crash leaves the old one.
///
/// # Errors
/// The system's.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    std::fs::create_dir_all(folder)?;
    let beside = path.with_extension("json.new");
    // What an earlier crash left may be readable by others.
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = create(&beside)?;
    file.write_all(content)?;
    drop(file);
    std::fs::rename(beside, path)
}
