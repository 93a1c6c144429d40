//! Blocks that the disk did not take: in memory, as many as fit. Those farthest from where the film is being
//! read give way.

use std::collections::BTreeMap;

use bytes::Bytes;

/// 64 MiB: at 50 Mbit/s ten seconds.
pub(super) const SPILL_BLOCKS: usize = 256;

/// The blocks by their number.
#[derive(Default)]
pub(super) struct Spill(BTreeMap<u32, Bytes>);

impl Spill {
    pub(super) fn get(&self, block: u32) -> Option<&Bytes> {
        self.0.get(&block)
    }

    pub(super) fn remove(&mut self, block: u32) {
        self.0.remove(&block);
    }

    /// One of them.
    pub(super) fn any(&self) -> Option<(u32, Bytes)> {
        self.0.first_key_value().map(|(block, bytes)| (*block, bytes.clone()))
    }

    /// Takes a block in; answers the one that gave way, which may be itself.
    pub(super) fn insert(&mut self, block: u32, bytes: Bytes, reading: u32) -> Option<u32> {
        self.0.insert(block, bytes);
        if self.0.len() <= SPILL_BLOCKS {
            return None;
        }
        let (first, last) = (self.0.first_key_value(), self.0.last_key_value());
        let farthest = first
            .into_iter()
            .chain(last)
            .map(|(block, _)| *block)
            .max_by_key(|block| block.abs_diff(reading))?;
        self.0.remove(&farthest);
        Some(farthest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_farthest_from_the_reader_gives_way() {
        let mut spill = Spill::default();
        let first = 1_000;
        for block in (0..).take(SPILL_BLOCKS) {
            assert_eq!(spill.insert(first + block, Bytes::new(), first), None);
        }
        let end = first + SPILL_BLOCKS as u32;
        assert_eq!(spill.insert(end, Bytes::new(), first), Some(end), "itself the farthest");
        assert_eq!(spill.insert(end, Bytes::new(), end - 10), Some(first));
        assert!(spill.get(first).is_none() && spill.get(end).is_some());
        assert_eq!(spill.insert(5, Bytes::new(), 8), Some(end));
    }
}
