//! Files that only their owner can read, written so that no crash leaves half of one.

use std::io::{self, Write as _};
use std::path::Path;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix::settle;
#[cfg(unix)]
pub use unix::{append, create};
#[cfg(windows)]
use windows::settle;
#[cfg(windows)]
pub use windows::{append, create};

/// Puts a file with this content in the place of what was there: written beside and moved, so that a
/// crash leaves the old one.
///
/// # Errors
/// The system's.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    std::fs::create_dir_all(folder)?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    // What an earlier crash left may be readable by others.
    match std::fs::remove_file(beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = create(beside)?;
    file.write_all(content)?;
    // Else a machine that loses its power may keep the new name and nothing in it.
    file.sync_all()?;
    drop(file);
    std::fs::rename(beside, path)?;
    settle(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_crash_left_half_written_is_in_nobodys_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deeper/settings.json");
        replace(&path, b"old").unwrap();
        std::fs::write(folder.path().join("deeper/settings.json.new"), "ha").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        replace(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(folder.path().join("deeper").read_dir().unwrap().count(), 1);
    }
}
