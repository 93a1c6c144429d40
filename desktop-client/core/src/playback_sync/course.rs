//! Where the room's film is at each time, and what that asks of a player now.

use std::time::{Duration, Instant};

use super::state::{MAX_POSITION_SECS, PlaybackState};
use crate::clock_sync::{ClockSync, RoomTime};
use crate::interface::Cause;

/// The course of the film, seen with our clock.
pub(super) struct Course<'a> {
    pub(super) state: &'a PlaybackState,
    /// The state before a change of rate, which holds until that change's time.
    pub(super) before: Option<&'a PlaybackState>,
    pub(super) clock: &'a ClockSync,
    /// Counts the courses: the same number means the same course.
    pub(super) serial: u64,
    /// Length of the film in seconds; `None` while unknown.
    pub(super) duration_secs: Option<f64>,
}

/// What a player should do now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Goal {
    /// Stand here.
    Stand(f64),
    /// Play along the course.
    Play,
    /// The film ended at this time: stand at its end.
    End(f64, Instant),
}

impl Course<'_> {
    /// The state that holds at a time.
    fn holding(&self, time: RoomTime) -> &PlaybackState {
        match self.before {
            Some(before) if self.glides() && time < self.state.at => before,
            _ => self.state,
        }
    }

    /// Is this a change of rate without a halt?
    pub(super) fn glides(&self) -> bool {
        self.state.cause == Cause::Rate
            && self.state.playing
            && self.before.is_some_and(|before| before.playing)
    }

    /// Where the film is at a room time, within the film.
    pub(super) fn position_at(&self, time: RoomTime) -> f64 {
        let end = self.duration_secs.unwrap_or(MAX_POSITION_SECS);
        self.holding(time).position_at(time).clamp(0.0, end)
    }

    /// Where the film is at a time.
    pub(super) fn position(&self, at: Instant) -> f64 {
        self.position_at(self.clock.room_time(at))
    }

    /// The rate in force at a time.
    pub(super) fn rate(&self, at: Instant) -> f64 {
        self.holding(self.clock.room_time(at)).rate
    }

    /// When a player that stands at `position_secs` has to start to be on the course.
    pub(super) fn start_from(&self, position_secs: f64) -> Instant {
        let time_on = |state: &PlaybackState| {
            state.at.plus_secs((position_secs - state.position_secs) / state.rate)
        };
        let mut time = time_on(self.state);
        if let Some(before) = self.before.filter(|_| self.glides())
            && time < self.state.at
        {
            time = time_on(before);
        }
        self.clock.instant_of(time)
    }

    /// When the course begins, or changes its rate.
    pub(super) fn begins(&self) -> Instant {
        self.clock.instant_of(self.state.at)
    }

    /// When the film ends; `None` if it stands or its length is unknown.
    pub(super) fn ends(&self) -> Option<Instant> {
        let end = self.duration_secs.filter(|_| self.state.playing)?;
        let left = ((end - self.state.position_secs) / self.state.rate).max(0.0);
        Some(self.clock.instant_of(self.state.at.plus_secs(left)))
    }

    pub(super) fn goal(&self, now: Instant) -> Goal {
        if !self.state.playing {
            return Goal::Stand(self.position(now));
        }
        match (self.ends(), self.duration_secs) {
            (Some(ends), Some(duration)) if ends <= now => Goal::End(duration, ends),
            _ => Goal::Play,
        }
    }

    /// Is the course still to begin, so that everybody stands ready for it?
    pub(super) fn is_scheduled(&self, now: Instant) -> bool {
        !self.glides() && self.begins() > now + Duration::from_millis(1)
    }
}
