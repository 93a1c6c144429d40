//! What others asked of us, and which of it is sent next. Owns fairness between a block that somebody's
//! player waits for and the rest, and the bound on what anybody may ask for at once.

use std::collections::VecDeque;

use super::message::PieceSet;
use crate::film_blocks::BlockSet;

/// Blocks that one person may have asked for at once: 64 MiB, which no honest program does.
pub const MAX_ASKED: usize = 256;

/// What one person asked for.
#[derive(Debug, Default)]
pub struct Serving {
    urgent: VecDeque<Wish>,
    rest: VecDeque<Wish>,
    /// Blocks that are being sent.
    sending: Vec<u32>,
}

/// A block that somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Which.
    pub block: u32,
    /// Pieces that it has already.
    pub came: PieceSet,
}

impl Serving {
    /// Somebody asks for a block. False: it is not given, and that is to be said.
    pub fn asked(&mut self, wish: Wish, urgent: bool, here: &BlockSet) -> bool {
        let block = wish.block;
        if !here.contains(block) {
            self.unasked(block);
            return false;
        }
        // What is still missing of one that is being sent may well be on its way.
        if self.sending.contains(&block) {
            return true;
        }
        if urgent {
            self.hurried(block);
        }
        let mut waiting = self.urgent.iter_mut().chain(&mut self.rest);
        if let Some(before) = waiting.find(|before| before.block == block) {
            before.came = wish.came;
            return true;
        }
        if self.urgent.len() + self.rest.len() >= MAX_ASKED {
            return false;
        }
        if urgent { &mut self.urgent } else { &mut self.rest }.push_back(wish);
        true
    }

    /// A player waits for this one now.
    pub fn hurried(&mut self, block: u32) {
        if let Some(at) = self.rest.iter().position(|wish| wish.block == block) {
            self.urgent.extend(self.rest.remove(at));
        }
    }

    /// It is not wanted any more.
    pub fn unasked(&mut self, block: u32) {
        self.urgent.retain(|wish| wish.block != block);
        self.rest.retain(|wish| wish.block != block);
    }

    /// The next block that a player waits for. [`sent`](Self::sent) is to follow.
    pub fn take_urgent(&mut self) -> Option<Wish> {
        let wish = self.urgent.pop_front()?;
        self.sending.push(wish.block);
        Some(wish)
    }

    /// The block to send next. [`sent`](Self::sent) is to follow.
    pub fn take_next(&mut self) -> Option<Wish> {
        self.take_urgent().or_else(|| {
            let wish = self.rest.pop_front()?;
            self.sending.push(wish.block);
            Some(wish)
        })
    }

    /// All of a block is on its way, or it cannot be sent.
    pub fn sent(&mut self, block: u32) {
        self.sending.retain(|sending| *sending != block);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(block: u32) -> Wish {
        Wish { block, came: 0 }
    }

    #[test]
    fn what_a_player_waits_for_goes_first() {
        let here = BlockSet::all(10);
        let mut serving = Serving::default();
        for block in [1, 2, 3, 4] {
            assert!(serving.asked(wish(block), false, &here));
        }
        assert!(serving.asked(wish(9), true, &here) && serving.asked(wish(2), true, &here));
        // Asked again it keeps its place.
        assert!(serving.asked(wish(9), true, &here) && serving.asked(wish(2), false, &here));
        serving.unasked(3);
        serving.hurried(4);
        serving.hurried(5);
        let sent = std::iter::from_fn(|| serving.take_next()).map(|wish| wish.block);
        assert_eq!(sent.collect::<Vec<_>>(), [9, 2, 4, 1]);
    }

    #[test]
    fn what_is_not_here_and_too_much_is_not_given() {
        let mut here = BlockSet::all(1_000);
        here.remove(5);
        let mut serving = Serving::default();
        assert!(!serving.asked(wish(5), true, &here) && !serving.asked(wish(1_000), true, &here));
        let given = (10..1_000).filter(|block| serving.asked(wish(*block), false, &here)).count();
        assert_eq!(given, MAX_ASKED);
    }

    #[test]
    fn what_is_being_sent_is_not_begun_again_and_what_was_lost_is() {
        let here = BlockSet::all(10);
        let mut serving = Serving::default();
        assert!(serving.asked(wish(1), true, &here));
        assert_eq!(serving.take_next(), Some(wish(1)));
        assert!(serving.asked(wish(1), true, &here));
        assert_eq!(serving.take_next(), None);
        serving.sent(1);
        let rest = Wish { block: 1, came: 0b101 };
        assert!(serving.asked(rest, true, &here));
        assert_eq!(serving.take_next(), Some(rest));
    }
}
