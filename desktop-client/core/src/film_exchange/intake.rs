//! A film that comes from others: asks each source for what the player needs next, in its turn, and goes on
//! with others when one stalls, leaves or lies.
//!
//! The order: what a player reads now, the very end of the file (where containers keep their index), then from
//! the player's place up to the end and from the beginning. As much is asked of a source as it
//! sends in half a second, so that what becomes urgent does not wait behind what was asked before.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use cinemasync_protocol::ParticipantId;

use super::rate::Rate;
use crate::film_blocks::{BLOCK_BYTES, BlockSet, Run};

/// So much of what a source sends is asked for ahead.
const AHEAD: Duration = Duration::from_millis(500);
/// Bounds of that, in blocks: two keep a slow source busy, 32 (8 MiB) a fast one.
const FEWEST: usize = 2;
const MOST: usize = 32;
/// Blocks asked of a source that has not shown yet how fast it is.
const AT_FIRST: usize = 4;
/// A source from which nothing comes for so long although something is asked has stalled.
const STALLED: Duration = Duration::from_millis(800);
/// A stalled source is tried again with one block after this long.
const RETRY: Duration = Duration::from_secs(2);
/// A block of which nothing comes for so long, while its source sends others, was lost with a lane.
const LOST: Duration = Duration::from_secs(3);
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

#[derive(Debug)]
struct Source {
    has: BlockSet,
    flights: BTreeMap<u32, Flight>,
    rate: Rate,
    /// When something came last, or was first asked for after a pause.
    heard: Instant,
    /// Nothing came for long; when it is tried again.
    retry: Option<Instant>,
}

/// A block that was asked for.
#[derive(Debug, Clone, Copy)]
struct Flight {
    /// When it was asked for, or a part of it came last.
    moved: Instant,
    urgent: bool,
}

impl Source {
    fn room(&mut self, now: Instant) -> usize {
        if self.retry.is_some() {
            return 0;
        }
        let sent = self.rate.get(now);
        let ahead = (sent * AHEAD.as_secs_f64() / BLOCK_BYTES as f64) as usize;
        let most = if sent == 0.0 { AT_FIRST } else { ahead.clamp(FEWEST, MOST) };
        most.saturating_sub(self.flights.len())
    }

    fn stalls_at(&self) -> Option<Instant> {
        (self.retry.is_none() && !self.flights.is_empty()).then(|| self.heard + STALLED)
    }
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
            let lost = source.flights.values().map(|flight| flight.moved + LOST).min();
            [source.stalls_at(), source.retry, lost].into_iter().flatten().min()
        };
        self.sources.values().filter_map(of).min()
    }

    /// Takes one input. Drain [`Intake::poll_output`] afterwards.
    pub fn handle(&mut self, input: IntakeInput, now: Instant) {
        match input {
            IntakeInput::SourceUp(id) => {
                self.gone(&id);
                let source = Source {
                    has: BlockSet::none(self.here.blocks()),
                    flights: BTreeMap::new(),
                    rate: Rate::new(now),
                    heard: now,
                    retry: None,
                };
                self.sources.insert(id, source);
            }
            IntakeInput::SourceGone(id) => self.gone(&id),
            IntakeInput::Has(id, runs) => {
                if let Some(source) = self.sources.get_mut(&id) {
                    runs.into_iter().for_each(|run| source.has.insert_run(run));
                }
            }
            IntakeInput::Piece { from, block, bytes } => self.piece(&from, block, bytes, now),
            IntakeInput::Stored(block) => self.stored(block),
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
        source.rate.came(bytes, now);
        self.rate.came(bytes, now);
        (source.heard, source.retry) = (now, None);
        if let Some(flight) = source.flights.get_mut(&block) {
            flight.moved = now;
        }
    }

    fn stored(&mut self, block: u32) {
        self.taken.insert(block);
        self.here.insert(block);
        let mut unask = Vec::new();
        for (id, source) in &mut self.sources {
            if source.flights.remove(&block).is_some() {
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
                let lost = now >= flight.moved + LOST;
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
        if source.flights.is_empty() {
            source.heard = now;
        }
        source.flights.insert(block, Flight { moved: now, urgent });
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
            let on_its_way =
                |source: &&Source| source.flights.get(&block).is_some_and(|flight| flight.urgent);
            let asked = self.sources.values().filter(on_its_way).count();
            let slow = self.sources.values().any(|source| {
                let flight = source.flights.get(&block);
                flight.is_some_and(|flight| now >= flight.moved + STALLED / 2)
            });
            let not_urgent = self.sources.iter().find(|(_, source)| {
                source.flights.get(&block).is_some_and(|flight| !flight.urgent)
            });
            if let Some((id, _)) = not_urgent {
                // It overtakes what was asked of the same source before.
                let id = id.clone();
                self.send(&id, block, true, now);
            } else if asked == 1 && slow {
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
