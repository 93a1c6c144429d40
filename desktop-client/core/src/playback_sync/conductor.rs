//! Waiting for those who cannot keep up, but not for ever: first everybody plays a little slower, then
//! the room stands still, and whoever has used up its share of patience catches up by itself.
//!
//! Everybody keeps these books, from what all tell of themselves and from how the room goes on; one
//! participant acts on them. So whoever takes over knows who was waited for already.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use cinemasync_protocol::ParticipantId;

use super::{PlaybackState, Standing, Waiting};
use crate::interface::WaitReason;

/// A room that stands still does so for at least this long: stopping and starting is worse than a pause.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
/// Whoever was given up counts again after being well for this long.
const WELL_AGAIN: Duration = Duration::from_secs(10);
/// Patience that was used comes back at this pace: a second in twenty.
const FORGIVING: u32 = 20;
/// While the room plays slower for somebody, this share of the time is taken off its patience.
const SLOWED_COSTS: u32 = 10;
/// Nobody strained for so long: back to the room's rate.
const RELAXED: Duration = Duration::from_secs(3);
/// The longest that the room plays slower; a player that is still short of input then will not recover.
const LONGEST_SLOW: Duration = Duration::from_secs(40);
/// And how long it does not afterwards.
const REST: Duration = Duration::from_secs(60);

/// What the room is to do by itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Decision {
    /// Stand still, for these.
    Wait(Waiting),
    /// Play on.
    Resume,
    /// Play slower, or at the room's rate again.
    Slow(bool),
}

#[derive(Debug, Default)]
struct Person {
    standing: Standing,
    /// Patience that was used.
    spent: Duration,
    /// The room goes on without it.
    excused: bool,
    well_since: Option<Instant>,
}

impl Person {
    fn is_stalled(&self) -> bool {
        self.standing.stall.is_some()
    }

    /// Is it to be waited for?
    fn is_hindered(&self, patience: Duration) -> bool {
        self.is_stalled() && !self.excused && self.spent < patience
    }

    fn is_strained(&self, patience: Duration) -> bool {
        self.standing.strained && !self.excused && self.spent < patience
    }
}

/// The books.
#[derive(Debug, Default)]
pub(super) struct Conductor {
    people: BTreeMap<ParticipantId, Person>,
    patience: Duration,
    /// When the books were kept last.
    kept: Option<Instant>,
    waiting_since: Option<Instant>,
    slowed_since: Option<Instant>,
    strained: Option<Instant>,
    resting_until: Option<Instant>,
}

impl Conductor {
    /// Somebody tells how it stands.
    pub(super) fn standing(&mut self, id: &ParticipantId, standing: Standing, now: Instant) {
        let person = self.people.entry(id.clone()).or_default();
        person.standing = standing;
        if standing.stall.is_some() {
            person.well_since = None;
        } else {
            person.well_since.get_or_insert(now);
        }
    }

    /// Somebody cannot be reached.
    pub(super) fn gone(&mut self, id: &ParticipantId) {
        self.people.remove(id);
    }

    /// Those who have not said to be ready.
    pub(super) fn not_agreed(&self) -> Vec<ParticipantId> {
        self.those(|person| !person.standing.agreed)
    }

    /// Is somebody kept from playing?
    pub(super) fn is_stalled(&self, id: &ParticipantId) -> bool {
        self.people.get(id).is_some_and(Person::is_stalled)
    }

    /// How long the players of all for whom the room waits take to stand at another place.
    pub(super) fn seek_takes(&self) -> Duration {
        let people = self.people.values().filter(|person| !person.excused);
        let longest = people.map(|person| person.standing.seek_ms).max();
        Duration::from_millis(longest.unwrap_or(0).into())
    }

    /// How much of what it needs somebody has, in percent.
    pub(super) fn percent(&self, id: &ParticipantId) -> Option<u8> {
        self.people.get(id)?.standing.stall?.percent
    }

    /// Keeps the books up to now; before anything else is told.
    pub(super) fn keep(&mut self, state: &PlaybackState, patience: Duration, now: Instant) {
        let passed = self.kept.map_or(Duration::ZERO, |kept| now.saturating_duration_since(kept));
        (self.kept, self.patience) = (Some(now), patience);
        let waits = state.waiting.as_ref().filter(|waiting| waiting.why != WaitReason::NotReady);
        for (id, person) in &mut self.people {
            // Whether it is well again by now or not, it is what the room stands still for.
            if waits.is_some_and(|waiting| waiting.who.contains(id)) {
                person.spent += passed;
            } else if state.slowed && person.is_strained(patience) {
                person.spent += passed / SLOWED_COSTS;
            } else if !person.is_stalled() {
                person.spent = person.spent.saturating_sub(passed / FORGIVING);
                let well = person.well_since.is_some_and(|since| now >= since + WELL_AGAIN);
                person.excused &= !well;
            }
        }
        if self.people.values().any(|person| person.is_strained(patience)) {
            self.strained = Some(now);
        }
    }

    /// Notes how the room goes on.
    pub(super) fn adopted(&mut self, before: &PlaybackState, after: &PlaybackState, now: Instant) {
        if before.film_id() != after.film_id() {
            self.people.values_mut().for_each(|person| {
                (person.spent, person.excused) = (Duration::ZERO, false);
            });
        }
        match (&before.waiting, &after.waiting) {
            (None, Some(_)) => self.waiting_since = Some(now),
            (Some(waiting), None) => {
                self.waiting_since = None;
                // Whoever is still hindered is left behind, by somebody's wish or for lack of patience.
                let left = self
                    .people
                    .iter_mut()
                    .filter(|(id, _)| after.playing && waiting.who.contains(id))
                    .filter(|(_, person)| person.is_stalled());
                left.for_each(|(_, person)| person.excused = true);
            }
            _ => {}
        }
        match (before.slowed, after.slowed) {
            (false, true) => self.slowed_since = Some(now),
            (true, false) => {
                self.slowed_since = None;
                self.resting_until = Some(now + REST);
            }
            _ => {}
        }
    }

    /// What is to be done now, if anything.
    pub(super) fn decide(&self, state: &PlaybackState, now: Instant) -> Option<Decision> {
        state.film.as_ref()?;
        match &state.waiting {
            None if !state.playing => None,
            // Whoever is alone waits for nobody.
            None if self.people.len() < 2 => None,
            None => self.interrupt(state, now),
            Some(waiting) if waiting.why == WaitReason::NotReady => {
                Self::go_on_waiting(waiting, self.not_agreed(), waiting.why)
            }
            Some(waiting) => {
                let since = self.waiting_since.unwrap_or(now);
                let (who, why) = self.hindered();
                if who.is_empty() && now < since + SHORTEST_WAIT {
                    return None;
                }
                Self::go_on_waiting(waiting, who, why)
            }
        }
    }

    fn interrupt(&self, state: &PlaybackState, now: Instant) -> Option<Decision> {
        let (who, why) = self.hindered();
        if !who.is_empty() {
            return Some(Decision::Wait(Waiting { who, why }));
        }
        let relaxed = self.strained.is_none_or(|last| now >= last + RELAXED);
        let over = self.slowed_since.is_some_and(|since| now >= since + LONGEST_SLOW);
        let rests = self.resting_until.is_some_and(|until| now < until);
        if state.slowed {
            (relaxed || over).then_some(Decision::Slow(false))
        } else {
            let strained = self.strained.is_some_and(|last| last == now);
            (strained && !rests).then_some(Decision::Slow(true))
        }
    }

    fn go_on_waiting(
        waiting: &Waiting,
        who: Vec<ParticipantId>,
        why: WaitReason,
    ) -> Option<Decision> {
        if who.is_empty() {
            Some(Decision::Resume)
        } else {
            (who != waiting.who).then_some(Decision::Wait(Waiting { who, why }))
        }
    }

    /// When the books are to be looked at again.
    pub(super) fn next_timeout(
        &self,
        state: &PlaybackState,
        patience: Duration,
        now: Instant,
    ) -> Option<Instant> {
        let waits = state.waiting.as_ref().filter(|waiting| waiting.why != WaitReason::NotReady);
        let shortest = waits.and(self.waiting_since).map(|since| since + SHORTEST_WAIT);
        let left = |person: &Person| now + patience.saturating_sub(person.spent);
        let patient = self
            .people
            .values()
            .filter(|person| waits.is_some() && person.is_hindered(patience))
            .map(left);
        let well = self.people.values().filter(|person| person.excused);
        let well = well.filter_map(|person| person.well_since).map(|since| since + WELL_AGAIN);
        let slow = [
            self.slowed_since.map(|since| since + LONGEST_SLOW),
            self.strained.filter(|_| state.slowed).map(|last| last + RELAXED),
        ];
        let kept = self.kept.unwrap_or(now);
        let due = patient.chain(well).chain(slow.into_iter().flatten()).chain(shortest);
        due.filter(|at| *at > kept).min()
    }

    fn hindered(&self) -> (Vec<ParticipantId>, WaitReason) {
        let who = self.those(|person| person.is_hindered(self.patience));
        let why = who
            .first()
            .and_then(|id| self.people.get(id)?.standing.stall)
            .map_or(WaitReason::Buffering, |stall| stall.why);
        (who, why)
    }

    fn those(&self, are: impl Fn(&Person) -> bool) -> Vec<ParticipantId> {
        self.people.iter().filter(|(_, person)| are(person)).map(|(id, _)| id.clone()).collect()
    }
}
