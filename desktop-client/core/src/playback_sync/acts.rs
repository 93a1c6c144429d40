//! What people do to playback, and taking it back.

use std::time::{Duration, Instant};

use cinemasync_protocol::ParticipantId;

use super::{
    END_SECS, LONGEST_SEEK_LEAD, Opening, PlaybackState, PlaybackSync, RATES, SEEK_LEAD,
    START_LEAD, Waiting,
};
use crate::clock_sync::{ClockSync, RoomTime};
use crate::interface::{Cause, WaitReason};

/// How long something can be taken back.
const UNDO_FOR: Duration = Duration::from_secs(8);

/// What somebody just did, and where the room would be without it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Undo {
    revision: u64,
    playing: bool,
    position_secs: f64,
    until: Instant,
}

impl Undo {
    /// What can be taken back once `after` has followed `before`: a pause, and a seek.
    pub(super) fn of(
        before: &PlaybackState,
        after: &PlaybackState,
        time: RoomTime,
        now: Instant,
    ) -> Option<Self> {
        let done = match after.cause {
            Cause::Pause => before.playing && !after.playing,
            Cause::Seek => true,
            _ => false,
        };
        let next = after.revision > before.revision && before.film_id() == after.film_id();
        (done && next && after.film.is_some()).then(|| Self {
            revision: after.revision,
            playing: before.playing,
            position_secs: before.position_at(time),
            until: now + UNDO_FOR,
        })
    }
}

/// Something that can be taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct Undoable {
    /// Who did it.
    pub by: ParticipantId,
    /// What.
    pub cause: Cause,
    /// Where the film went or stopped, in seconds.
    pub position_secs: f64,
}

impl PlaybackSync {
    /// What [`super::PlaybackInput::Undo`] would take back now.
    pub fn undoable(&self, now: Instant) -> Option<Undoable> {
        let undo = self.undo.as_ref()?;
        (now < undo.until && undo.revision == self.state.revision).then(|| Undoable {
            by: self.state.by.clone(),
            cause: self.state.cause,
            position_secs: self.state.position_secs,
        })
    }

    pub(super) fn open(&mut self, opening: Opening, clock: &ClockSync, now: Instant) {
        let Opening { film, by, position_secs, plays } = opening;
        // Whoever has it opens it, and those who are not ready by then are waited for.
        let waiting = plays.then(|| Waiting { who: vec![by.clone()], why: WaitReason::Loading });
        let mut state = PlaybackState {
            film: Some(film),
            opened_by: Some(by),
            playing: false,
            rate: 1.0,
            cause: Cause::Pause,
            started: false,
            waiting,
            ..self.next(clock, now)
        };
        state.position_secs = state.clamp(position_secs);
        self.publish(state, clock, now);
    }

    pub(super) fn close(&mut self, clock: &ClockSync, now: Instant) {
        let nothing = PlaybackState::nothing(self.me.clone());
        let PlaybackState { revision, at, .. } = self.next(clock, now);
        self.publish(PlaybackState { revision, at, ..nothing }, clock, now);
    }

    pub(super) fn play(&mut self, clock: &ClockSync, now: Instant) {
        let here = self.state.position_at(clock.room_time(now));
        let at_end = self.state.duration().is_some_and(|duration| here > duration - END_SECS);
        if self.state.playing && !at_end {
            return;
        }
        // Pressed once more it starts without those who are not ready.
        if self.rules.ready_check && !self.state.started && self.state.waiting.is_none() {
            self.agreed = true;
            let who = self.conductor.not_agreed();
            let who: Vec<_> = who.into_iter().filter(|id| *id != self.me).collect();
            if !who.is_empty() {
                let state = PlaybackState {
                    waiting: Some(Waiting { who, why: WaitReason::NotReady }),
                    cause: Cause::Waiting,
                    ..self.next(clock, now)
                };
                return self.publish(state, clock, now);
            }
        }
        let (position_secs, lead) = if at_end { (0.0, SEEK_LEAD) } else { (here, START_LEAD) };
        let at = clock.room_time(now + lead + clock.longest_round_trip() / 2);
        let state = PlaybackState {
            playing: true,
            started: true,
            position_secs,
            at,
            waiting: None,
            cause: Cause::Play,
            ..self.next(clock, now)
        };
        self.publish(state, clock, now);
    }

    pub(super) fn pause(&mut self, clock: &ClockSync, now: Instant) {
        if !self.state.playing && self.state.waiting.is_none() {
            return;
        }
        let position_secs = self.state.position_at(clock.room_time(now));
        let state = PlaybackState {
            playing: false,
            position_secs,
            waiting: None,
            cause: Cause::Pause,
            ..self.next(clock, now)
        };
        self.publish(state, clock, now);
    }

    pub(super) fn seek(&mut self, position_secs: f64, clock: &ClockSync, now: Instant) {
        if !position_secs.is_finite() {
            return;
        }
        let position_secs = self.state.clamp(position_secs);
        let lead = if self.state.playing {
            // A film that has to come first comes to all at once, or somebody would miss its beginning.
            let takes = self.conductor.seek_takes().clamp(SEEK_LEAD, LONGEST_SEEK_LEAD);
            takes + clock.longest_round_trip() / 2
        } else {
            Duration::ZERO
        };
        let at = clock.room_time(now + lead);
        let state =
            PlaybackState { position_secs, at, cause: Cause::Seek, ..self.next(clock, now) };
        self.publish(state, clock, now);
    }

    pub(super) fn rate(&mut self, rate: f64, clock: &ClockSync, now: Instant) {
        if !rate.is_finite() {
            return;
        }
        let rate = rate.clamp(*RATES.start(), *RATES.end());
        // Everybody changes at one moment, so nobody gets ahead meanwhile.
        let at = clock.room_time(now + START_LEAD + clock.longest_round_trip() / 2);
        let position_secs = self.state.position_at(at);
        let state =
            PlaybackState { position_secs, at, rate, cause: Cause::Rate, ..self.next(clock, now) };
        self.publish(state, clock, now);
    }

    pub(super) fn step(&mut self, forward: bool, clock: &ClockSync, now: Instant) {
        if self.state.playing {
            return;
        }
        let frame = self.follower.frame_secs();
        let step = if forward { frame } else { -frame };
        self.seek(self.state.position_secs + step, clock, now);
    }

    pub(super) fn take_back(&mut self, clock: &ClockSync, now: Instant) {
        if self.undoable(now).is_none() {
            return;
        }
        let Some(undo) = self.undo.take() else { return };
        if self.state.cause == Cause::Pause {
            return self.play(clock, now);
        }
        // A film that played has gone on meanwhile.
        let gone_by =
            now.saturating_duration_since(undo.until.checked_sub(UNDO_FOR).unwrap_or(now));
        let played = if undo.playing { gone_by.as_secs_f64() * self.state.speed() } else { 0.0 };
        self.seek(undo.position_secs + played, clock, now);
    }

    /// The state after this one, by a person here and as of now.
    fn next(&self, clock: &ClockSync, now: Instant) -> PlaybackState {
        PlaybackState {
            revision: self.state.revision.saturating_add(1),
            adjustment: 0,
            by: self.me.clone(),
            at: clock.room_time(now),
            ..self.state.clone()
        }
    }
}
