//! Reads a film from a store as one would read a file, and waits where something is not here yet.

use std::io;
use std::sync::Arc;

use cinemasync_core::film_blocks::{BLOCK_BYTES, block_len, block_of};

use super::BlockStore;

/// Reads a film; the store tells others where.
pub struct Reader {
    store: Arc<BlockStore>,
    number: u64,
    at: u64,
}

/// Stops a reader from another thread.
#[derive(Clone)]
pub struct Canceller {
    store: Arc<BlockStore>,
    reader: u64,
}

impl Reader {
    pub(super) fn new(store: Arc<BlockStore>, number: u64) -> Self {
        Self { store, number, at: 0 }
    }

    /// Size of the film in bytes.
    pub fn size(&self) -> u64 {
        self.store.bytes()
    }

    /// Reads at most as much as there is room for, and at least a byte, for which it waits; 0 at the end. Never
    /// waits for more than the first byte.
    ///
    /// # Errors
    /// [`io::ErrorKind::Interrupted`] once it was told to stop; others for a file of one's own.
    pub fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let block = block_of(self.at);
        let offset = (self.at % BLOCK_BYTES) as usize;
        let count = target.len().min(block_len(self.store.bytes(), block).saturating_sub(offset));
        // Also asks whether it is to stop.
        self.store.move_reader(self.number, self.at)?;
        if count == 0 {
            return Ok(0);
        }
        while !self.store.read_part(block, &mut target[..count], offset)? {
            self.store.wait_for(self.number, block)?;
        }
        self.at += count as u64;
        self.store.move_reader(self.number, self.at)?;
        Ok(count)
    }

    /// Goes on from this byte; never waits.
    ///
    /// # Errors
    /// It lies behind the end, or the reader was told to stop.
    pub fn seek(&mut self, to: u64) -> io::Result<()> {
        if to > self.size() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.at = to;
        self.store.move_reader(self.number, to)
    }

    /// The film's first bytes, if they are here already; false: they are not.
    pub fn head(&self, target: &mut [u8]) -> bool {
        target.len() <= block_len(self.store.bytes(), 0)
            && self.store.read_part(0, target, 0).unwrap_or(false)
    }

    /// What stops it.
    pub fn canceller(&self) -> Canceller {
        Canceller { store: Arc::clone(&self.store), reader: self.number }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.store.close_reader(self.number);
    }
}

impl Canceller {
    /// Lets the read that waits, and each one after it, end at once with an error.
    pub fn cancel(&self) {
        self.store.cancel_reader(self.reader);
    }
}
