//! The blocks of one film: a file of one's own, or what has come of a film from others. Owns which of them are
//! here, their hashes, and where the film is being read. A block that came is checked against its hash before
//! it counts; what an earlier run of the program left is checked before it counts again.
//! The parts: `state` is what is known in memory, `reading` who reads where.

mod reading;
mod state;

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use cinemasync_core::film_blocks::{BLOCK_BYTES, BlockSet, block_count, block_len};

use super::disk::Disk;
use super::hashing::{BlockHash, block_hash, merge, open_film};
use super::kept::{Claims, Kept};

pub use self::reading::{OnWanted, Wanted};
use self::state::State;

/// Where a block went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// To the disk.
    Disk,
    /// The disk does not take it: into memory, where there is room for few. What gave way for it is told by
    /// [`BlockStore::take_lost`], and may be the block itself.
    Memory,
}

/// Why a block was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// Its hash is not known yet: nobody can say whether it is true.
    #[error("the hash of the block is not known")]
    NoHash,
    /// It is not the block: its length or its hash is another.
    #[error("this is not the block")]
    False,
}

/// The blocks of one film.
pub struct BlockStore {
    film_bytes: u64,
    backing: Backing,
    state: Mutex<State>,
    /// A block came, or a reader is to stop.
    changed: Condvar,
}

enum Backing {
    Own(File),
    Kept(Kept),
}

impl BlockStore {
    /// A file of one's own: all blocks are here, and nothing is ever written.
    ///
    /// # Errors
    /// It cannot be read, is no ordinary file, is empty, or longer than what is streamed.
    pub fn local(path: &Path) -> io::Result<Self> {
        let file = open_film(path)?;
        let film_bytes = file.metadata()?.len();
        let blocks = block_count(film_bytes).ok_or(io::ErrorKind::InvalidInput)?;
        let hashes = vec![[0; 32]; blocks as usize];
        Ok(Self::new(
            film_bytes,
            Backing::Own(file),
            BlockSet::all(blocks),
            Claims { blocks: BlockSet::none(blocks), hashes },
        ))
    }

    pub(super) fn kept(film_bytes: u64, kept: Kept, claims: Claims) -> Self {
        let here = BlockSet::none(claims.blocks.blocks());
        Self::new(film_bytes, Backing::Kept(kept), here, claims)
    }

    fn new(film_bytes: u64, backing: Backing, here: BlockSet, claims: Claims) -> Self {
        let state = State::new(here, claims);
        Self { film_bytes, backing, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Size of the film in bytes.
    pub fn bytes(&self) -> u64 {
        self.film_bytes
    }

    /// How many blocks it has.
    pub fn blocks(&self) -> u32 {
        self.state().here.blocks()
    }

    /// Is this block here?
    pub fn have(&self, block: u32) -> bool {
        self.state().here.contains(block)
    }

    /// All that are here.
    pub fn have_set(&self) -> BlockSet {
        self.state().here.clone()
    }

    /// Is the whole film here?
    pub fn is_complete(&self) -> bool {
        self.state().here.is_complete()
    }

    /// The blocks that were here and are not any more, since the last call: what gave way in memory, what the
    /// disk does not give back, what has another hash than was told at first.
    pub fn take_lost(&self) -> Vec<u32> {
        let mut state = self.state();
        let nothing = BlockSet::none(state.here.blocks());
        if state.lost.count() == 0 {
            return Vec::new();
        }
        let lost = std::mem::replace(&mut state.lost, nothing);
        (0..lost.blocks()).filter(|block| lost.contains(*block)).collect()
    }

    /// A sentence about the disk when it no longer takes blocks; once for each film.
    pub fn take_disk_trouble(&self) -> Option<String> {
        self.state().trouble.take()
    }

    /// The hash of a block, if it is known.
    pub fn hash(&self, block: u32) -> Option<BlockHash> {
        self.state().hash(block)
    }

    /// Tells the hash of a block. One that is here with another hash is so no longer.
    pub fn set_hash(&self, block: u32, hash: BlockHash) {
        let mut state = self.state();
        if block >= state.here.blocks() {
            return;
        }
        let was_here = state.here.contains(block);
        let differs = state.hashes[block as usize] != hash
            && (state.known.contains(block) || state.claimed.contains(block));
        state.hashes[block as usize] = hash;
        state.known.insert(block);
        let Backing::Kept(kept) = &self.backing else { return };
        if differs && (state.claimed.remove(block) | state.here.remove(block)) {
            state.spill.remove(block);
            if was_here {
                state.lost.insert(block);
            }
            drop(state);
            kept.drop_block(block);
        }
    }

    /// The hash of the whole film, once those of all blocks are known: the BLAKE3 hash of the file.
    pub fn hashes_root(&self) -> Option<BlockHash> {
        let hashes = {
            let state = self.state();
            state.known.is_complete().then(|| state.hashes.clone())?
        };
        merge(&hashes)
    }

    /// A block, if it is here. Reading one of a file of one's own tells its hash, too.
    ///
    /// # Errors
    /// The file of one's own cannot be read. In the cache such a block is lost, and `None`.
    pub fn read(&self, block: u32) -> io::Result<Option<Bytes>> {
        let length = block_len(self.film_bytes, block);
        if length == 0 {
            return Ok(None);
        }
        if let Some(bytes) = self.state().spill.get(block) {
            return Ok(Some(bytes.clone()));
        }
        let mut bytes = vec![0; length];
        if !self.read_part(block, &mut bytes, 0)? {
            return Ok(None);
        }
        if matches!(self.backing, Backing::Own(_)) && self.hash(block).is_none() {
            let hash = block_hash(self.film_bytes, block, &bytes).expect("as long as that block");
            self.set_hash(block, hash);
        }
        Ok(Some(bytes.into()))
    }

    /// Takes a block that came, if it fits its hash; nobody need check it before. What is here already, and
    /// whatever is told of a file of one's own, changes nothing.
    ///
    /// # Errors
    /// [`WriteError`]: it was not taken.
    pub fn write(&self, block: u32, bytes: &[u8]) -> Result<Written, WriteError> {
        let hash = self.hash(block).ok_or(WriteError::NoHash)?;
        if block_hash(self.film_bytes, block, bytes) != Some(hash) {
            return Err(WriteError::False);
        }
        let Backing::Kept(kept) = &self.backing else { return Ok(Written::Disk) };
        {
            let state = self.state();
            if state.here.contains(block) {
                let spilled = state.spill.get(block).is_some();
                return Ok(if spilled { Written::Memory } else { Written::Disk });
            }
        }
        let result = kept.put(block, hash, bytes);
        let written = {
            let mut state = self.state();
            if state.hash(block) != Some(hash) {
                // Meanwhile it was told to be another one.
                drop(state);
                kept.drop_block(block);
                return Err(WriteError::False);
            }
            state.claimed.remove(block);
            state.lost.remove(block);
            state.here.insert(block);
            match result {
                Ok(()) => Written::Disk,
                Err(error) => {
                    state.spill(block, Bytes::copy_from_slice(bytes), &error);
                    Written::Memory
                }
            }
        };
        self.changed.notify_all();
        if written == Written::Disk {
            self.empty_spill(kept);
        }
        Ok(written)
    }

    /// Checks what an earlier run of the program left, and tells each block that counts again. Blocks for as
    /// long as it takes to read all that, unless `cancelled`; what a player reads meanwhile is checked first
    /// in any case.
    pub fn recheck(&self, cancelled: &AtomicBool, mut on_counted: impl FnMut(u32)) {
        let (blocks, from) = {
            let state = self.state();
            (state.here.blocks(), state.reading())
        };
        for block in (from..blocks).chain(0..from) {
            if cancelled.load(Ordering::Acquire) {
                return;
            }
            if self.check_claim(block) {
                on_counted(block);
            }
        }
    }

    /// Lets the files of a film in the cache be removed once it is closed.
    pub(super) fn forget(&self) {
        if let Backing::Kept(kept) = &self.backing {
            kept.forget();
        }
    }

    /// A block is not what it should be, or cannot be read: it is fetched anew. A file of one's own is as it is.
    pub(super) fn lose(&self, block: u32) {
        let Backing::Kept(kept) = &self.backing else { return };
        {
            let mut state = self.state();
            if !state.here.remove(block) {
                return;
            }
            state.spill.remove(block);
            state.lost.insert(block);
        }
        kept.drop_block(block);
        tracing::warn!(block, "a part of the film was lost in the cache");
    }

    /// Reads a part of a block; false: it is not here.
    pub(super) fn read_part(
        &self,
        block: u32,
        target: &mut [u8],
        offset: usize,
    ) -> io::Result<bool> {
        let kept = match &self.backing {
            Backing::Own(file) => {
                let at = u64::from(block) * BLOCK_BYTES;
                return file.fetch(target, at + offset as u64).map(|()| true);
            }
            Backing::Kept(kept) => kept,
        };
        self.check_claim(block);
        {
            let state = self.state();
            if !state.here.contains(block) {
                return Ok(false);
            }
            if let Some(bytes) = state.spill.get(block) {
                target.copy_from_slice(&bytes[offset..offset + target.len()]);
                return Ok(true);
            }
        }
        if let Err(error) = kept.fetch(block, target, offset as u64) {
            tracing::debug!(%error, "the cache does not give a block back");
            self.lose(block);
            return Ok(false);
        }
        Ok(true)
    }

    /// Checks a block that an earlier run left; true: it counts from now on.
    fn check_claim(&self, block: u32) -> bool {
        let Backing::Kept(kept) = &self.backing else { return false };
        let hash = {
            let state = self.state();
            if !state.claimed.contains(block) {
                return false;
            }
            state.hashes[block as usize]
        };
        let mut bytes = vec![0; block_len(self.film_bytes, block)];
        let read = kept.fetch(block, &mut bytes, 0);
        let fits = read.is_ok() && block_hash(self.film_bytes, block, &bytes) == Some(hash);
        {
            let mut state = self.state();
            // It may have come anew or been told to be another one meanwhile.
            if state.hashes[block as usize] != hash || !state.claimed.remove(block) {
                return false;
            }
            if fits {
                state.known.insert(block);
                state.here.insert(block);
            }
        }
        if fits {
            self.changed.notify_all();
        } else {
            kept.drop_block(block);
        }
        fits
    }

    /// The disk takes blocks: one of those in memory goes there, too.
    fn empty_spill(&self, kept: &Kept) {
        let (block, bytes, hash) = {
            let state = self.state();
            let Some((block, bytes)) = state.spill.any() else { return };
            (block, bytes, state.hashes[block as usize])
        };
        if kept.put(block, hash, &bytes).is_ok() {
            self.state().spill.remove(block);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
