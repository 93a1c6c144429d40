//! Lets the player read from the store: neither knows of the other.

use std::io;

use crate::player::{Cancel, FilmStream};
use crate::store::Reader;

#[cfg(test)]
mod tests;

impl FilmStream for Reader {
    fn head(&self, target: &mut [u8]) -> bool {
        Reader::head(self, target)
    }

    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        Reader::read(self, target)
    }

    fn seek(&mut self, to: u64) -> io::Result<()> {
        Reader::seek(self, to)
    }

    fn size(&self) -> u64 {
        Reader::size(self)
    }

    fn canceller(&self) -> Cancel {
        let canceller = Reader::canceller(self);
        Box::new(move || canceller.cancel())
    }
}
