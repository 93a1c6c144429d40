//! A film that comes from others: asks each source for what the player needs next, in its turn, and goes on
//! with others when one stalls, leaves or lies.
//!
//! The order: what a player reads now, the very end of the file (where containers keep their index), then from
//! the player's place up to the end and from the beginning. As much is asked of a source as it
//! sends in two seconds: what is lost on the way may take one to come again, and meanwhile the rest has to go
//! on. What becomes urgent does not wait behind it, because sources send that first.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use cinemasync_protocol::ParticipantId;

use super::rate::Rate;
use super::source::{MOST, STALLED, Source, TRIES};
use crate::film_blocks::{BlockSet, Run};

/// A stalled source is tried again with one block after this long.
const RETRY: Duration = Duration::from_secs(2);
/// Blocks from the place of a player on that are urgent while it waits.
const URGENT: u32 = 2;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntakeInput {
    /// A source can be asked.
    SourceUp(ParticipantId),
    /// It cannot any more.
    SourceGone(ParticipantId),
    /// It has these blocks, too.
    Has(ParticipantId, Vec<Run>),
    /// So many bytes of a block came.
    Piece {
        /// From whom.
        from: ParticipantId,
        /// Of which block.
        block: u32,
        /// How many.
        bytes: u64,
    },
    /// A block is here, and is what it should be.
    Stored(u32),
    /// A block was here and is not any more.
    Lost(u32),
    /// A block was not what it should be.
    False {
        /// Who sent it.
        from: ParticipantId,
        /// Which.
        block: u32,
    },
    /// A source does not give a block.
    Sorry {
        /// Who.
        from: ParticipantId,
        /// Which.
        block: u32,
    },
    /// The player reads here now.
    Reads {
        /// The block.
        block: u32,
        /// Does it wait?
        waits: bool,
    },
    /// [`Intake::next_timeout`] has come.
    Timeout,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntakeOutput {
    /// Ask for a block, or for the same one again; what has come of it counts.
    Ask {
        /// Whom.
        source: ParticipantId,
        /// For which.
        block: u32,
        /// A player waits for it.
        urgent: bool,
    },
    /// A player waits for a block that was asked for.
    Hurry {
        /// Who sends it.
        source: ParticipantId,
        /// Which.
        block: u32,
    },
    /// It need not send this one any more.
    Unask {
        /// Who.
        source: ParticipantId,
        /// Which.
        block: u32,
    },
    /// It lied: nothing is taken from it any more.
    Leave(ParticipantId),
    /// All blocks are here.
    Complete,
}

/// A film that comes.
#[derive(Debug)]
pub struct Intake {
    here: BlockSet,
    /// What is here or was asked for.
    taken: BlockSet,
    sources: BTreeMap<ParticipantId, Source>,
    reads: u32,
    waits: bool,
    rate: Rate,
    complete: bool,
    outputs: VecDeque<IntakeOutput>,
}

impl Intake {
    /// A film of which these blocks are here.
    pub fn new(here: BlockSet, now: Instant) -> Self {
        Self {
            taken: here.clone(),
            complete: here.is_complete(),
            here,
            sources: BTreeMap::new(),
            reads: 0,
            waits: false,
            rate: Rate::new(now),
            outputs: VecDeque::new(),
        }
    }

    /// What is here.
    pub fn here(&self) -> &BlockSet {
        &self.here
    }

    /// How many blocks are here without a gap from where the player reads.
    pub fn ahead(&self) -> u32 {
        self.here.run_from(self.reads)
    }

    /// How fast it comes, in bytes a second.
    pub fn bytes_per_second(&mut self, now: Instant) -> f64 {
        self.rate.get(now)
    }

    /// From how many it comes: those that have something which is missing here and do not stall.
    pub fn sources(&self) -> usize {
        let useful = |source: &&Source| {
            source.retry.is_none() && self.here.next_missing(&source.has, 0).is_some()
        };
        self.sources.values().filter(useful).count()
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<IntakeOutput> {
        self.outputs.pop_front()
    }

    /// When [`IntakeInput::Timeout`] is wanted.
    pub fn next_timeout(&self) -> Option<Instant> {
        let of = |source: &Source| {
            let flights = source.flights.values();
            let held_up = flights.filter_map(|flight| flight.held_up_at(source.answers)).min();
            [source.stalls_at(), source.retry, held_up].into_iter().flatten().min()
        };
        self.sources.values().filter_map(of).min()
    }

    /// Takes one input. Drain [`Intake::poll_output`] afterwards.
    pub fn handle(&mut self, input: IntakeInput, now: Instant) {
        match input {
            IntakeInput::SourceUp(id) => {
                self.gone(&id);
                let source = Source::new(self.here.blocks(), now);
                self.sources.insert(id, source);
            }
            IntakeInput::SourceGone(id) => self.gone(&id),
            IntakeInput::Has(id, runs) => {
                if let Some(source) = self.sources.get_mut(&id) {
                    runs.into_iter().for_each(|run| source.has.insert_run(run));
                }
            }
            IntakeInput::Piece { from, block, bytes } => self.piece(&from, block, bytes, now),
            IntakeInput::Stored(block) => self.stored(block, now),
            IntakeInput::Lost(block) => {
                self.here.remove(block);
                self.complete = false;
                self.release(block);
            }
            IntakeInput::False { from, block } => {
                if self.sources.contains_key(&from) {
                    self.gone(&from);
                    self.outputs.push_back(IntakeOutput::Leave(from));
                }
                self.release(block);
            }
            IntakeInput::Sorry { from, block } => {
                if let Some(source) = self.sources.get_mut(&from) {
                    source.has.remove(block);
                    source.flights.remove(&block);
                    self.release(block);
                }
            }
            IntakeInput::Reads { block, waits } => self.reads(block, waits),
            IntakeInput::Timeout => {}
        }
        self.ask_again(now);
        self.look_for_stalls(now);
        self.ask(now);
    }

    fn gone(&mut self, id: &ParticipantId) {
        if let Some(source) = self.sources.remove(id) {
            source.flights.into_keys().for_each(|block| self.release(block));
        }
    }

    /// Nobody in particular is to send it any more, unless somebody else does.
    fn release(&mut self, block: u32) {
        let asked = self.sources.values().any(|source| source.flights.contains_key(&block));
        if !asked && !self.here.contains(block) {
            self.taken.remove(block);
        }
    }

    fn piece(&mut self, from: &ParticipantId, block: u32, bytes: u64, now: Instant) {
        let Some(source) = self.sources.get_mut(from) else { return };
        source.came(block, bytes, now);
        self.rate.came(bytes, now);
    }

    fn stored(&mut self, block: u32, now: Instant) {
        self.taken.insert(block);
        self.here.insert(block);
        let mut unask = Vec::new();
        for (id, source) in &mut self.sources {
            if source.done(block, now) {
                unask.push(id.clone());
            }
        }
        // Whoever has sent it does not mind hearing so only if somebody else was asked as well.
        if unask.len() > 1 {
            let output = |source| IntakeOutput::Unask { source, block };
            self.outputs.extend(unask.into_iter().map(output));
        }
        if self.here.is_complete() && !std::mem::replace(&mut self.complete, true) {
            self.outputs.push_back(IntakeOutput::Complete);
        }
    }

    /// What was asked for elsewhere and is not needed soon gives way to where the player is now.
    fn reads(&mut self, block: u32, waits: bool) {
        (self.reads, self.waits) = (block, waits);
        let asked = |source: &Source| source.flights.contains_key(&block);
        if !waits || self.here.contains(block) || self.sources.values().any(asked) {
            return;
        }
        let near = block..block.saturating_add(MOST as u32);
        let mut given_up = Vec::new();
        for (id, source) in &mut self.sources {
            source.flights.retain(|asked, _| {
                let stays = near.contains(asked);
                if !stays {
                    given_up.push((id.clone(), *asked));
                }
                stays
            });
        }
        for (source, block) in given_up {
            self.release(block);
            self.outputs.push_back(IntakeOutput::Unask { source, block });
        }
    }

    /// Asks again for what is held up.
    fn ask_again(&mut self, now: Instant) {
        for (id, source) in &mut self.sources {
            let answers = source.answers;
            for (block, flight) in &mut source.flights {
                let held_up = flight.held_up_at(answers).is_some_and(|at| now >= at);
                if held_up && flight.tries < TRIES {
                    flight.since = Some(now);
                    flight.tries += 1;
                    let (source, block, urgent) = (id.clone(), *block, flight.urgent);
                    self.outputs.push_back(IntakeOutput::Ask { source, block, urgent });
                }
            }
        }
    }

    fn look_for_stalls(&mut self, now: Instant) {
        for source in self.sources.values_mut() {
            if source.stalls_at().is_some_and(|at| now >= at) {
                source.retry = Some(now + RETRY);
            } else if source.retry.is_some_and(|at| now >= at) {
                // One more try.
                (source.retry, source.heard) = (None, now);
                source.rate = Rate::new(now);
            }
        }
        let mut given_up = Vec::new();
        for (id, source) in &self.sources {
            for (block, flight) in &source.flights {
                // Of the only one who has it, it is waited for.
                let lost = flight.tries == TRIES
                    && flight.held_up_at(source.answers).is_some_and(|at| now >= at);
                if lost || source.retry.is_some() && self.another_has(*block, id) {
                    given_up.push((id.clone(), *block));
                }
            }
        }
        for (id, block) in given_up {
            if let Some(source) = self.sources.get_mut(&id) {
                source.flights.remove(&block);
            }
            self.release(block);
            self.outputs.push_back(IntakeOutput::Unask { source: id, block });
        }
    }

    /// Does somebody else have it who does not stall?
    fn another_has(&self, block: u32, than: &ParticipantId) -> bool {
        self.sources
            .iter()
            .any(|(id, source)| id != than && source.retry.is_none() && source.has.contains(block))
    }

    fn ask(&mut self, now: Instant) {
        self.ask_twice(now);
        loop {
            let mut asked = false;
            let ids: Vec<ParticipantId> = self.sources.keys().cloned().collect();
            for id in ids {
                asked |= self.ask_one(&id, now);
            }
            if !asked {
                return;
            }
        }
    }

    /// Asks a source for one more block, if it has room and something that is missing.
    fn ask_one(&mut self, id: &ParticipantId, now: Instant) -> bool {
        if self.sources.get_mut(id).is_none_or(|source| source.room(now) == 0) {
            return false;
        }
        let next = self.sources.get(id).and_then(|source| self.next_of(source));
        let Some(block) = next else { return false };
        let urgent = self.is_urgent(block);
        self.send(id, block, urgent, now);
        true
    }

    fn send(&mut self, id: &ParticipantId, block: u32, urgent: bool, now: Instant) {
        let Some(source) = self.sources.get_mut(id) else { return };
        source.asked(block, urgent, now);
        self.taken.insert(block);
        self.outputs.push_back(IntakeOutput::Ask { source: id.clone(), block, urgent });
    }

    fn is_urgent(&self, block: u32) -> bool {
        self.waits && (self.reads..self.reads.saturating_add(URGENT)).contains(&block)
    }

    /// What is asked of a source next.
    fn next_of(&self, source: &Source) -> Option<u32> {
        let blocks = self.here.blocks();
        let missing = |from: u32, below: u32| {
            self.taken.next_missing(&source.has, from).filter(|block| *block < below)
        };
        missing(self.reads, self.reads.saturating_add(URGENT))
            .or_else(|| missing(blocks.saturating_sub(1), blocks))
            .or_else(|| missing(self.reads, blocks))
            .or_else(|| missing(0, blocks))
    }

    /// What a player waits for is asked of a second source when the first one does not hurry.
    fn ask_twice(&mut self, now: Instant) {
        if !self.waits {
            return;
        }
        for block in self.reads..self.reads.saturating_add(URGENT) {
            let (mut asked, mut slow) = (0, false);
            for (id, source) in &mut self.sources {
                if source.hurried(block, now) {
                    self.outputs.push_back(IntakeOutput::Hurry { source: id.clone(), block });
                }
                let Some(flight) = source.flights.get(&block) else { continue };
                asked += 1;
                slow |= flight.moved.is_some_and(|moved| now >= moved + STALLED / 2);
            }
            if asked == 1 && slow {
                let other = self.sources.iter_mut().find_map(|(id, source)| {
                    let can = source.has.contains(block)
                        && source.retry.is_none()
                        && !source.flights.contains_key(&block);
                    can.then(|| id.clone())
                });
                if let Some(id) = other {
                    self.send(&id, block, true, now);
                }
            }
        }
    }
}
