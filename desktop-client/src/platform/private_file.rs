//! Files that only their owner can read.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::create;
#[cfg(windows)]
pub use windows::create;
