//! Films that come from others while they play: what the player asks of whoever has their bytes.

use std::io;

use cinemasync_core::film::FilmId;

/// What stops a stream from another thread: the read that waits, and each one after it, end at once with an
/// error. Never blocks, and may be called again.
pub type Cancel = Box<dyn Fn() + Send + Sync>;

/// Where films are that come from others.
pub trait FilmStreams: Send + Sync {
    /// Opens a film from its beginning, without waiting for anything of it; `None`: nobody gives it.
    fn open(&self, film: &FilmId) -> Option<Box<dyn FilmStream>>;
}

/// One film that is being read.
pub trait FilmStream: Send {
    /// The film's first bytes, if they are here already: what kind of file it is shows there. False: they are
    /// not.
    fn head(&self, target: &mut [u8]) -> bool;
    /// Reads at most as much as there is room for, and waits for the first byte alone; 0 at the end.
    ///
    /// # Errors
    /// It was cancelled, or cannot be read.
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize>;
    /// Goes on from this byte; never waits.
    ///
    /// # Errors
    /// There is no such place.
    fn seek(&mut self, to: u64) -> io::Result<()>;
    /// Size of the film in bytes.
    fn size(&self) -> u64;
    /// What stops it.
    fn canceller(&self) -> Cancel;
}
