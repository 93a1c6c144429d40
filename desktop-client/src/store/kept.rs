//! The files of a film in the cache: one with blocks in the order in which they came, one that says which lies
//! where. Owns the places in the first one; what counts is decided in `block_store`.
//!
//! Blocks are not put at their place in the film because not every file system leaves out what lies between:
//! the end of a film, which players want early, would cost as much of the disk as the whole.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cinemasync_core::film_blocks::{BLOCK_BYTES, BlockSet};
use cinemasync_core::film_cache::{
    RECORD_BYTES, Stored, max_slots, read_records, record, record_at,
};

use super::BlockHash;
use super::disk::{Disk, NoDisk};

/// Records of the index that are read at once.
const RECORDS_AT_ONCE: u32 = 4096;

/// What the index says of a film.
pub(super) struct Claims {
    pub(super) blocks: BlockSet,
    /// One for each block of the film; only those of the claimed ones mean something.
    pub(super) hashes: Vec<BlockHash>,
}

/// A film's files.
pub(super) struct Kept {
    blocks: Box<dyn Disk>,
    index: Box<dyn Disk>,
    slots: Mutex<Slots>,
    /// Held while something is written; whoever reads does not wait for it.
    writing: Mutex<()>,
    /// The files, removed at the end if that is set.
    files: Vec<PathBuf>,
    forgotten: AtomicBool,
}

struct Slots {
    /// For each block of the film its slot plus one; 0: none.
    of: Vec<u32>,
    /// Unused ones among those before `next`.
    free: Vec<u32>,
    next: u32,
}

impl Kept {
    /// Takes up what lies there of a film of `film_bytes` in so many blocks. The index has its full length.
    pub(super) fn open(
        film_bytes: u64,
        film_blocks: u32,
        blocks: Box<dyn Disk>,
        index: Box<dyn Disk>,
        files: Vec<PathBuf>,
    ) -> io::Result<(Self, Claims)> {
        let mut slots = Slots { of: vec![0; film_blocks as usize], free: Vec::new(), next: 0 };
        let mut claims = Claims {
            blocks: BlockSet::none(film_blocks),
            hashes: vec![[0; 32]; film_blocks as usize],
        };
        let mut used = BlockSet::none(max_slots(film_blocks));
        let mut records = vec![0; RECORDS_AT_ONCE as usize * RECORD_BYTES];
        for first in (0..film_blocks).step_by(RECORDS_AT_ONCE as usize) {
            let count = RECORDS_AT_ONCE.min(film_blocks - first) as usize;
            let records = &mut records[..count * RECORD_BYTES];
            index.fetch(records, record_at(first))?;
            for (block, Stored { slot, hash }) in read_records(film_bytes, first, records) {
                slots.of[block as usize] = slot + 1;
                slots.next = slots.next.max(slot + 1);
                claims.hashes[block as usize] = hash;
                claims.blocks.insert(block);
                used.insert(slot);
            }
        }
        slots.free = (0..slots.next).filter(|slot| !used.contains(*slot)).collect();
        let kept = Self {
            blocks,
            index,
            slots: Mutex::new(slots),
            writing: Mutex::default(),
            files,
            forgotten: AtomicBool::new(false),
        };
        Ok((kept, claims))
    }

    /// Nothing of the film is kept, because there is no disk for it.
    pub(super) fn nowhere(film_blocks: u32, why: io::ErrorKind) -> (Self, Claims) {
        let kept = Self {
            blocks: Box::new(NoDisk(why)),
            index: Box::new(NoDisk(why)),
            slots: Mutex::new(Slots {
                of: vec![0; film_blocks as usize],
                free: Vec::new(),
                next: 0,
            }),
            writing: Mutex::default(),
            files: Vec::new(),
            forgotten: AtomicBool::new(false),
        };
        let hashes = vec![[0; 32]; film_blocks as usize];
        (kept, Claims { blocks: BlockSet::none(film_blocks), hashes })
    }

    /// Writes a block. After an error it is not there.
    pub(super) fn put(&self, block: u32, hash: BlockHash, bytes: &[u8]) -> io::Result<()> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = self.slots().take(block)?;
        let written = self
            .blocks
            .put(bytes, place(slot))
            .and_then(|()| self.index.put(&record(Some(Stored { slot, hash })), record_at(block)));
        let mut slots = self.slots();
        match written {
            Ok(()) => slots.of[block as usize] = slot + 1,
            Err(_) => {
                slots.of[block as usize] = 0;
                slots.free.push(slot);
            }
        }
        written
    }

    /// Reads a part of a block; an error also if it is not there.
    pub(super) fn fetch(&self, block: u32, target: &mut [u8], offset: u64) -> io::Result<()> {
        let slot = self.slots().of.get(block as usize).and_then(|slot| slot.checked_sub(1));
        let slot = slot.ok_or(io::ErrorKind::NotFound)?;
        self.blocks.fetch(target, place(slot) + offset)
    }

    /// A block does not count any more. Its slot stays unused as long as the film is open, because somebody
    /// may be reading there.
    pub(super) fn drop_block(&self, block: u32) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.slots().of[block as usize] = 0;
        if let Err(error) = self.index.put(&record(None), record_at(block)) {
            // Then it is found false once more when the film is opened again.
            tracing::debug!(%error, "the index of a film could not be written");
        }
    }

    /// Lets the files be removed once the film is closed.
    pub(super) fn forget(&self) {
        self.forgotten.store(true, Ordering::Release);
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if self.forgotten.load(Ordering::Acquire) {
            remove(&self.files);
        }
    }
}

/// Removes files of the cache; those that are gone already are no matter.
pub(super) fn remove(files: &[PathBuf]) {
    for file in files {
        if let Err(error) = std::fs::remove_file(file)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a film in the cache could not be removed");
        }
    }
}

impl Slots {
    /// A slot for a block: the one that it has, if any.
    fn take(&mut self, block: u32) -> io::Result<u32> {
        if let Some(slot) = self.of[block as usize].checked_sub(1) {
            return Ok(slot);
        }
        if let Some(slot) = self.free.pop() {
            return Ok(slot);
        }
        if self.next == max_slots(u32::try_from(self.of.len()).unwrap_or(u32::MAX)) {
            return Err(io::Error::other("too many of its blocks turned out false"));
        }
        self.next += 1;
        Ok(self.next - 1)
    }
}

fn place(slot: u32) -> u64 {
    u64::from(slot) * BLOCK_BYTES
}
