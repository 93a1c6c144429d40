//! What others asked of us, and which of it is sent next. Owns fairness between a block that somebody's
//! player waits for and the rest, and the bound on what anybody may ask for at once.

use std::collections::VecDeque;

use crate::film_blocks::BlockSet;

/// Blocks that one person may have asked for at once: 64 MiB, which no honest program does.
pub const MAX_ASKED: usize = 256;

/// What one person asked for.
#[derive(Debug, Default)]
pub struct Serving {
    urgent: VecDeque<u32>,
    rest: VecDeque<u32>,
}

impl Serving {
    /// Somebody asks for a block. False: it is not given, and that is to be said.
    pub fn asked(&mut self, block: u32, urgent: bool, here: &BlockSet) -> bool {
        // Asked again, it moves.
        self.unasked(block);
        if !here.contains(block) || self.urgent.len() + self.rest.len() >= MAX_ASKED {
            return false;
        }
        if urgent { &mut self.urgent } else { &mut self.rest }.push_back(block);
        true
    }

    /// It is not wanted any more.
    pub fn unasked(&mut self, block: u32) {
        self.urgent.retain(|asked| *asked != block);
        self.rest.retain(|asked| *asked != block);
    }

    /// The next block that a player waits for.
    pub fn take_urgent(&mut self) -> Option<u32> {
        self.urgent.pop_front()
    }

    /// The block to send next.
    pub fn take_next(&mut self) -> Option<u32> {
        self.take_urgent().or_else(|| self.rest.pop_front())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_player_waits_for_goes_first() {
        let here = BlockSet::all(10);
        let mut serving = Serving::default();
        for block in [1, 2, 3] {
            assert!(serving.asked(block, false, &here));
        }
        assert!(serving.asked(9, true, &here) && serving.asked(2, true, &here));
        serving.unasked(3);
        let sent: Vec<u32> = std::iter::from_fn(|| serving.take_next()).collect();
        assert_eq!(sent, [9, 2, 1]);
    }

    #[test]
    fn what_is_not_here_and_too_much_is_not_given() {
        let mut here = BlockSet::all(1_000);
        here.remove(5);
        let mut serving = Serving::default();
        assert!(!serving.asked(5, true, &here) && !serving.asked(1_000, true, &here));
        let given = (10..1_000).filter(|block| serving.asked(*block, false, &here)).count();
        assert_eq!(given, MAX_ASKED);
    }
}
