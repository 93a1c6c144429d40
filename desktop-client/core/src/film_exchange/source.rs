//! What one source of a film was asked for: whose turn it is, what is held up, how much more it may be asked for.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::rate::Rate;
use crate::film_blocks::{BLOCK_BYTES, BlockSet};

/// So much of what a source sends is asked for ahead.
const AHEAD: Duration = Duration::from_secs(2);
/// Bounds of that, in blocks: four keep a slow source busy, 64 (16 MiB) a fast one.
const FEWEST: usize = 4;
pub(super) const MOST: usize = 64;
/// Blocks asked of a source that has not shown yet how fast it is.
const AT_FIRST: usize = 8;
/// A source from which nothing comes for so long although something is asked has stalled.
pub(super) const STALLED: Duration = Duration::from_millis(800);
/// A block of which nothing comes for so long, while its source sends what was asked for later, is held up in a
/// lane (a loss that a connection notices late costs it a second): what is missing of it is asked for again …
const HELD_UP: Duration = Duration::from_millis(1_500);
/// … and sooner where a player waits for it: after three times the time in which its source answers, within these.
const HELD_UP_URGENT: [Duration; 2] = [Duration::from_millis(150), Duration::from_secs(1)];
const ANSWERS_AT_FIRST: Duration = Duration::from_millis(130);
/// Each further time is waited for twice as long, up to so many; after that it is asked for as if it never was.
pub(super) const TRIES: u32 = 4;

/// Somebody who has the film or some of it.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) has: BlockSet,
    pub(super) flights: BTreeMap<u32, Flight>,
    pub(super) rate: Rate,
    /// How soon something comes of what a player waits for.
    pub(super) answers: Duration,
    /// Flights so far: what was asked for later has a higher number.
    flown: u64,
    /// When something came last, or was first asked for after a pause.
    pub(super) heard: Instant,
    /// Nothing came for long; when it is tried again.
    pub(super) retry: Option<Instant>,
}

/// A block that was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flight {
    number: u64,
    pub(super) urgent: bool,
    /// Nothing came of it yet.
    silent: bool,
    /// When a part of it came last, or it was its turn; `None` before.
    pub(super) moved: Option<Instant>,
    /// The same, or when it was asked for again.
    pub(super) since: Option<Instant>,
    pub(super) tries: u32,
}

impl Flight {
    fn new(number: u64, urgent: bool) -> Self {
        Self { number, urgent, silent: true, moved: None, since: None, tries: 0 }
    }

    /// From now on something should come of it.
    fn expect(&mut self, now: Instant) {
        if self.moved.is_none() {
            (self.moved, self.since) = (Some(now), Some(now));
        }
    }

    /// When what is missing of it is to be asked for again.
    pub(super) fn held_up_at(&self, answers: Duration) -> Option<Instant> {
        let [least, most] = HELD_UP_URGENT;
        let patience = if self.urgent { (3 * answers).clamp(least, most) } else { HELD_UP };
        Some(self.since? + patience * (1 << self.tries))
    }
}

impl Source {
    pub(super) fn new(blocks: u32, now: Instant) -> Self {
        Self {
            has: BlockSet::none(blocks),
            flights: BTreeMap::new(),
            rate: Rate::new(now),
            answers: ANSWERS_AT_FIRST,
            flown: 0,
            heard: now,
            retry: None,
        }
    }

    /// It was asked for a block.
    pub(super) fn asked(&mut self, block: u32, urgent: bool, now: Instant) {
        if self.flights.is_empty() {
            self.heard = now;
        }
        self.flown += 1;
        self.flights.insert(block, Flight::new(self.flown, urgent));
        self.next_turn(now);
    }

    /// What it was asked for before is urgent now; true if it was not.
    pub(super) fn hurried(&mut self, block: u32, now: Instant) -> bool {
        let hurried = self.flights.get(&block).is_some_and(|flight| !flight.urgent);
        if hurried {
            self.asked(block, true, now);
        }
        hurried
    }

    /// A piece of a block came.
    pub(super) fn came(&mut self, block: u32, bytes: u64, now: Instant) {
        self.rate.came(bytes, now);
        (self.heard, self.retry) = (now, None);
        let Some(flight) = self.flights.get_mut(&block) else { return };
        if flight.urgent
            && let Some(asked) = flight.since.filter(|_| flight.silent && flight.tries == 0)
        {
            let taken = now.saturating_duration_since(asked);
            self.answers = taken.min((self.answers * 7 + taken) / 8);
        }
        (flight.since, flight.moved, flight.silent) = (Some(now), Some(now), false);
        let Flight { number, urgent, .. } = *flight;
        // What is urgent overtakes the rest anyway.
        let overtaken = |flight: &&mut Flight| flight.number < number && (flight.urgent || !urgent);
        self.flights.values_mut().filter(overtaken).for_each(|flight| flight.expect(now));
    }

    /// A block is here; true if it was asked for it.
    pub(super) fn done(&mut self, block: u32, now: Instant) -> bool {
        let asked = self.flights.remove(&block).is_some();
        if asked {
            self.next_turn(now);
        }
        asked
    }

    /// Of what is urgent it sends first what was asked for first.
    fn next_turn(&mut self, now: Instant) {
        let urgent = self.flights.values_mut().filter(|flight| flight.urgent);
        if let Some(first) = urgent.min_by_key(|flight| flight.number) {
            first.expect(now);
        }
    }

    /// How many more blocks it may be asked for.
    pub(super) fn room(&mut self, now: Instant) -> usize {
        if self.retry.is_some() {
            return 0;
        }
        let sent = self.rate.get(now);
        let ahead = (sent * AHEAD.as_secs_f64() / BLOCK_BYTES as f64) as usize;
        let most = if sent == 0.0 { AT_FIRST } else { ahead.clamp(FEWEST, MOST) };
        most.saturating_sub(self.flights.len())
    }

    /// When it has stalled, if nothing comes by then.
    pub(super) fn stalls_at(&self) -> Option<Instant> {
        (self.retry.is_none() && !self.flights.is_empty()).then(|| self.heard + STALLED)
    }
}
