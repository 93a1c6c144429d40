//! Reading and writing at a place of a file, from several threads at once. Behind a trait, so that tests can
//! put a disk there that is full or broken.

use std::fs::File;
use std::io;

/// Where bytes lie.
pub(super) trait Disk: Send + Sync {
    /// Fills the target from this place on.
    fn fetch(&self, target: &mut [u8], at: u64) -> io::Result<()>;
    /// Writes all bytes from this place on.
    fn put(&self, bytes: &[u8], at: u64) -> io::Result<()>;
}

/// A disk that takes nothing, for this reason.
pub(super) struct NoDisk(pub(super) io::ErrorKind);

impl Disk for NoDisk {
    fn fetch(&self, _: &mut [u8], _: u64) -> io::Result<()> {
        Err(self.0.into())
    }

    fn put(&self, _: &[u8], _: u64) -> io::Result<()> {
        Err(self.0.into())
    }
}

#[cfg(unix)]
impl Disk for File {
    fn fetch(&self, target: &mut [u8], at: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, target, at)
    }

    fn put(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(self, bytes, at)
    }
}

#[cfg(windows)]
impl Disk for File {
    fn fetch(&self, mut target: &mut [u8], mut at: u64) -> io::Result<()> {
        while !target.is_empty() {
            match std::os::windows::fs::FileExt::seek_read(self, target, at) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    target = &mut target[count..];
                    at += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn put(&self, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
        while !bytes.is_empty() {
            match std::os::windows::fs::FileExt::seek_write(self, bytes, at) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    bytes = &bytes[count..];
                    at += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
