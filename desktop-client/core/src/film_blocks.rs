//! A film in blocks: how it is cut, and which blocks somebody has.

/// Length of a block in bytes, except of the last one: 2^8 chunks of BLAKE3, so that the hash of a block is a
/// node of the tree whose root is the hash of the whole film. At 50 Mbit/s one takes 42 ms.
pub const BLOCK_BYTES: u64 = 1 << 18;

/// Longest film that is streamed, in bytes: 1 TiB is 4 million blocks.
pub const MAX_STREAMED_BYTES: u64 = 1 << 40;

/// Consecutive blocks that are told at most in one list.
pub const MAX_RUNS: usize = 2_000;

/// How many blocks a film of so many bytes has; `None`: too long to be streamed, or empty.
pub fn block_count(bytes: u64) -> Option<u32> {
    let sane = (1..=MAX_STREAMED_BYTES).contains(&bytes);
    sane.then(|| bytes.div_ceil(BLOCK_BYTES)).and_then(|blocks| u32::try_from(blocks).ok())
}

/// Length of a block of a film of so many bytes; 0 beyond its end.
pub fn block_len(bytes: u64, block: u32) -> usize {
    let left = bytes.saturating_sub(u64::from(block) * BLOCK_BYTES);
    // At most BLOCK_BYTES, which fits everywhere.
    left.min(BLOCK_BYTES) as usize
}

/// The block in which this byte lies.
pub fn block_of(at: u64) -> u32 {
    u32::try_from(at / BLOCK_BYTES).unwrap_or(u32::MAX)
}

/// Some of the blocks of a film, as a bit map.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BlockSet {
    words: Vec<u64>,
    blocks: u32,
    count: u32,
}

/// Consecutive blocks: the first, and how many.
pub type Run = (u32, u32);

const BITS: u32 = u64::BITS;

impl BlockSet {
    /// None of so many blocks.
    pub fn none(blocks: u32) -> Self {
        Self { words: vec![0; blocks.div_ceil(BITS) as usize], blocks, count: 0 }
    }

    /// All of so many.
    pub fn all(blocks: u32) -> Self {
        let mut set = Self::none(blocks);
        set.insert_run((0, blocks));
        set
    }

    /// How many blocks the film has.
    pub fn blocks(&self) -> u32 {
        self.blocks
    }

    /// How many of them are in the set.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Is the whole film in it?
    pub fn is_complete(&self) -> bool {
        self.count == self.blocks
    }

    /// Is this block in it?
    pub fn contains(&self, block: u32) -> bool {
        self.words
            .get((block / BITS) as usize)
            .is_some_and(|word| word & (1 << (block % BITS)) != 0)
    }

    /// Puts a block in; was it new? One that the film does not have is ignored.
    pub fn insert(&mut self, block: u32) -> bool {
        if block >= self.blocks || self.contains(block) {
            return false;
        }
        self.words[(block / BITS) as usize] |= 1 << (block % BITS);
        self.count += 1;
        true
    }

    /// Takes a block out; was it there?
    pub fn remove(&mut self, block: u32) -> bool {
        if !self.contains(block) {
            return false;
        }
        self.words[(block / BITS) as usize] &= !(1 << (block % BITS));
        self.count -= 1;
        true
    }

    /// Puts consecutive blocks in, as far as the film has them.
    pub fn insert_run(&mut self, (first, length): Run) {
        let end = first.saturating_add(length).min(self.blocks);
        let mut at = first;
        while at < end {
            let whole_word = at % BITS == 0 && end - at >= BITS;
            if whole_word {
                let word = &mut self.words[(at / BITS) as usize];
                self.count += word.count_zeros();
                *word = u64::MAX;
                at += BITS;
            } else {
                self.insert(at);
                at += 1;
            }
        }
    }

    /// The first block from `from` on that is in `there` but not in this set.
    pub fn next_missing(&self, there: &Self, from: u32) -> Option<u32> {
        let first = (from / BITS) as usize;
        let found = self.words.iter().zip(&there.words).enumerate().skip(first).find_map(
            |(index, (here, there))| {
                let mut wanted = there & !here;
                if index == first {
                    wanted &= u64::MAX << (from % BITS);
                }
                (wanted != 0).then(|| index as u32 * BITS + wanted.trailing_zeros())
            },
        );
        found.filter(|block| *block < self.blocks)
    }

    /// How many blocks lie here without a gap from `from` on.
    pub fn run_from(&self, from: u32) -> u32 {
        let gap = (from..self.blocks).find(|block| !self.contains(*block));
        gap.unwrap_or(self.blocks.max(from)) - from
    }

    /// What is in this set and not in `told`, as at most [`MAX_RUNS`] runs, which are then put into `told`.
    pub fn untold(&self, told: &mut Self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let mut at = 0;
        while let Some(first) = told.next_missing(self, at).filter(|_| runs.len() < MAX_RUNS) {
            let length = (first..self.blocks)
                .take_while(|block| self.contains(*block) && !told.contains(*block))
                .count() as u32;
            runs.push((first, length));
            at = first + length;
        }
        runs.iter().for_each(|run| told.insert_run(*run));
        runs
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_film_is_cut_into_blocks_of_which_the_last_is_shorter() {
        assert_eq!(block_count(0), None);
        assert_eq!(block_count(1), Some(1));
        assert_eq!(block_count(BLOCK_BYTES), Some(1));
        assert_eq!(block_count(BLOCK_BYTES + 1), Some(2));
        assert_eq!(block_count(MAX_STREAMED_BYTES + 1), None);
        assert_eq!(block_len(BLOCK_BYTES + 1, 0), BLOCK_BYTES as usize);
        assert_eq!(block_len(BLOCK_BYTES + 1, 1), 1);
        assert_eq!(block_len(BLOCK_BYTES + 1, 2), 0);
        assert_eq!(block_of(BLOCK_BYTES), 1);
    }

    proptest! {
        #[test]
        fn it_is_like_a_set_of_numbers(
            blocks in 1_u32..300,
            steps in prop::collection::vec((0_u32..310, 0_u32..100, 0_u8..3), 0..60),
            from in 0_u32..310,
        ) {
            let mut set = BlockSet::none(blocks);
            let mut model = BTreeSet::new();
            for (first, length, what) in steps {
                match what {
                    0 => assert_eq!(set.insert(first), first < blocks && model.insert(first)),
                    1 => assert_eq!(set.remove(first), model.remove(&first)),
                    _ => {
                        set.insert_run((first, length));
                        model.extend((first..first + length).filter(|block| *block < blocks));
                    }
                }
            }
            assert_eq!(set.count() as usize, model.len());
            assert_eq!(set.is_complete(), model.len() == blocks as usize);
            let missing = (from..blocks).find(|block| !model.contains(block));
            assert_eq!(set.next_missing(&BlockSet::all(blocks), from), missing);
            let run = (from..blocks).take_while(|block| model.contains(block)).count();
            assert_eq!(set.run_from(from) as usize, run);
            let mut told = BlockSet::none(blocks);
            told.insert_run((from, 20));
            let mut both = told.clone();
            let runs = set.untold(&mut told);
            assert!(runs.iter().all(|(first, length)| *length > 0 && first + length <= blocks));
            model.iter().for_each(|block| { both.insert(*block); });
            assert_eq!(told, both);
        }
    }
}
