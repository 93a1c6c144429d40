//! What a store knows of its blocks, in memory, under one lock that is never held while a disk works.

use std::collections::BTreeMap;
use std::io;

use bytes::Bytes;
use cinemasync_core::film_blocks::{BlockSet, block_of};

use super::reading::{OnWanted, Wanted};
use crate::store::hashing::BlockHash;
use crate::store::kept::Claims;
use crate::store::spill::Spill;

/// Blocks and readers.
pub(super) struct State {
    /// What counts.
    pub(super) here: BlockSet,
    /// What an earlier run says it left, unchecked; the hashes that it says stand in `hashes`.
    pub(super) claimed: BlockSet,
    /// What was here and is not any more, until it is asked for.
    pub(super) lost: BlockSet,
    /// Whose hashes are known.
    pub(super) known: BlockSet,
    pub(super) hashes: Vec<BlockHash>,
    pub(super) spill: Spill,
    pub(super) readers: BTreeMap<u64, Place>,
    pub(super) next_reader: u64,
    pub(super) on_wanted: Option<OnWanted>,
    /// The sentence about the disk, until it is asked for.
    pub(super) trouble: Option<String>,
    /// Was there one?
    pub(super) troubled: bool,
}

/// Where a reader is.
pub(super) struct Place {
    pub(super) wanted: Wanted,
    pub(super) cancelled: bool,
}

impl State {
    pub(super) fn new(here: BlockSet, claims: Claims) -> Self {
        let nothing = BlockSet::none(here.blocks());
        Self {
            here,
            claimed: claims.blocks,
            lost: nothing.clone(),
            known: nothing,
            hashes: claims.hashes,
            spill: Spill::default(),
            readers: BTreeMap::new(),
            next_reader: 0,
            on_wanted: None,
            trouble: None,
            troubled: false,
        }
    }

    /// The hash of a block, if it is known.
    pub(super) fn hash(&self, block: u32) -> Option<BlockHash> {
        self.known.contains(block).then(|| self.hashes[block as usize])
    }

    /// The block where the film is being read, by who waits before others.
    pub(super) fn reading(&self) -> u32 {
        let places = self.readers.values().map(|place| place.wanted);
        places.max_by_key(|wanted| wanted.waiting).map_or(0, |wanted| block_of(wanted.at))
    }

    pub(super) fn is_cancelled(&self, reader: u64) -> bool {
        self.readers.get(&reader).is_none_or(|place| place.cancelled)
    }

    /// Keeps in memory what the disk did not take.
    pub(super) fn spill(&mut self, block: u32, bytes: Bytes, error: &io::Error) {
        if !std::mem::replace(&mut self.troubled, true) {
            tracing::warn!(%error, "the cache does not take what comes of a film");
            self.trouble = Some(disk_trouble(error));
        }
        if let Some(gave_way) = self.spill.insert(block, bytes, self.reading()) {
            self.here.remove(gave_way);
            self.lost.insert(gave_way);
        }
    }
}

fn disk_trouble(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "The disk is full: the film plays on from memory, but is not kept. Make room on the disk to keep it."
                .to_owned()
        }
        _ => format!(
            "The film plays on from memory, but is not kept, because the disk does not take it ({error}). Check \
             the disk."
        ),
    }
}
