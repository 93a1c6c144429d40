//! The index of a film that is kept in the cache: what it says, byte for byte. Which blocks lie where in the
//! film's other file, and what their hashes are.
//!
//! A header, then one record for each block of the film. What stands there is a claim and no more: a record
//! may be torn or stale, so a block counts only once its bytes were found to fit the hash.

use crate::film_blocks::block_count;

/// Bytes before the first record.
pub const HEADER_BYTES: usize = 32;
/// Bytes of a record: the slot and the hash.
pub const RECORD_BYTES: usize = 36;

const MAGIC: &[u8; 16] = b"CinemaSync film1";

/// Where a block is said to lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// The how many-th place, each a block long, of the film's other file.
    pub slot: u32,
    /// The block's hash.
    pub hash: [u8; 32],
}

/// How many slots the blocks of a film may take: blocks that turned out false leave theirs unused for a while,
/// and whoever sends such ones must not make the file grow without end.
pub fn max_slots(blocks: u32) -> u32 {
    blocks.saturating_mul(2)
}

/// The header of a film of so many bytes.
pub fn header(film_bytes: u64) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    header[..16].copy_from_slice(MAGIC);
    header[16..24].copy_from_slice(&film_bytes.to_le_bytes());
    header
}

/// Where the record of a block begins.
pub fn record_at(block: u32) -> u64 {
    HEADER_BYTES as u64 + u64::from(block) * RECORD_BYTES as u64
}

/// The record of a block; without one it is not there.
pub fn record(stored: Option<Stored>) -> [u8; RECORD_BYTES] {
    let mut record = [0; RECORD_BYTES];
    if let Some(Stored { slot, hash }) = stored {
        record[..4].copy_from_slice(&(slot + 1).to_le_bytes());
        record[4..].copy_from_slice(&hash);
    }
    record
}

/// Reads consecutive records of a film of so many bytes, the first one that of `first`: those that claim
/// something possible. What is left over at the end is ignored, as is what lies beyond the film.
pub fn read_records(
    film_bytes: u64,
    first: u32,
    records: &[u8],
) -> impl Iterator<Item = (u32, Stored)> + '_ {
    let blocks = block_count(film_bytes).unwrap_or(0);
    let (records, _) = records.as_chunks::<RECORD_BYTES>();
    (first..blocks).zip(records).filter_map(move |(block, record)| {
        let (slot, hash) = record.split_first_chunk::<4>()?;
        let slot = u32::from_le_bytes(*slot).checked_sub(1)?;
        let hash = hash.try_into().ok()?;
        (slot < max_slots(blocks)).then_some((block, Stored { slot, hash }))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::film_blocks::BLOCK_BYTES;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            slots in prop::collection::vec(prop::option::of(0_u32..40), 1..20),
            first in 0_u32..5,
            hash in any::<[u8; 32]>(),
        ) {
            let film_bytes = (u64::from(first) + slots.len() as u64) * BLOCK_BYTES;
            let slots: Vec<_> =
                slots.iter().map(|slot| slot.filter(|slot| *slot < slots.len() as u32)).collect();
            let stored = slots.iter().map(|slot| slot.map(|slot| Stored { slot, hash }));
            let bytes: Vec<u8> = stored.clone().flat_map(record).collect();
            let read: Vec<_> = read_records(film_bytes, first, &bytes).collect();
            let written: Vec<_> =
                (first..).zip(stored).filter_map(|(block, stored)| Some((block, stored?))).collect();
            assert_eq!(read, written);
        }

        #[test]
        fn whatever_stands_there_claims_only_what_is_possible(
            film_bytes in any::<u64>(),
            first in any::<u32>(),
            bytes in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let blocks = block_count(film_bytes).unwrap_or(0);
            for (block, stored) in read_records(film_bytes, first, &bytes) {
                assert!(block >= first && block < blocks && stored.slot < max_slots(blocks));
            }
        }
    }
}
