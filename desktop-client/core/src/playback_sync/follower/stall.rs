//! What keeps the player from playing where the room is, and whether its input will last.

use std::time::{Duration, Instant};

use super::super::{END_SECS, PlaybackState, Stall};
use super::{Follower, Phase, is_over};
use crate::clock_sync::ClockSync;
use crate::interface::WaitReason;
use crate::player::PlayerPosition;

/// A player that is kept from playing for less than this catches up by itself.
const STALL_AFTER: Duration = Duration::from_millis(500);
/// Less ready ahead than this, in seconds, and less and less of it, will not last …
const LOW_SECS: f64 = 3.0;
/// … once that is so for this long,
const LOW_FOR: Duration = Duration::from_secs(2);
/// until there is this much again.
const ENOUGH_SECS: f64 = 5.0;

/// The player is kept from playing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hindered {
    /// From when on the others are told.
    pub(super) told_at: Instant,
    pub(super) stall: Stall,
}

impl Follower {
    /// Looks whether it is kept from playing; after each input.
    pub(in super::super) fn look(
        &mut self,
        state: &PlaybackState,
        clock: &ClockSync,
        now: Instant,
    ) {
        let hindrance = self.hindrance(state, clock, now);
        self.hindered =
            hindrance.map(|(since, stall)| Hindered { told_at: since + STALL_AFTER, stall });
        let told = |hindered: &Hindered| self.stall.is_some() || now >= hindered.told_at;
        self.stall = self.hindered.filter(told).map(|hindered| hindered.stall);
    }

    /// What keeps it from playing where the room is, and since when.
    fn hindrance(
        &self,
        state: &PlaybackState,
        clock: &ClockSync,
        now: Instant,
    ) -> Option<(Instant, Stall)> {
        let room_plays = state.playing && !is_over(state, clock, now);
        let awaited = state.waiting.is_some();
        let buffering = |percent| Stall { why: WaitReason::Buffering, percent };
        match self.phase {
            // Whoever joins catches up, and nobody else notices.
            _ if self.joining => None,
            Phase::Loading { since, .. } if room_plays || awaited => {
                Some((since, Stall { why: WaitReason::Loading, percent: None }))
            }
            Phase::Playing { .. } if room_plays => {
                self.buffering.map(|(since, percent)| (since, buffering(Some(percent))))
            }
            // Until the room has come to where it goes, it is not late.
            Phase::Seeking { to, since, .. } if room_plays => {
                let ahead = ((to - state.position_secs) / state.speed()).max(0.0);
                let ahead = Duration::try_from_secs_f64(ahead).unwrap_or_default();
                let met = clock.instant_of(state.at).checked_add(ahead).unwrap_or(now);
                Some((met.max(since), buffering(self.buffering.map(|(_, percent)| percent))))
            }
            Phase::Seeking { since, .. } if awaited => Some((since, buffering(None))),
            _ => None,
        }
    }

    /// Notes whether there is less and less ahead.
    pub(super) fn watch_input(
        &mut self,
        position: PlayerPosition,
        state: &PlaybackState,
        now: Instant,
    ) {
        let ahead = position.buffered_secs;
        let to_end = state
            .duration()
            .is_some_and(|duration| position.position_secs + ahead > duration - END_SECS);
        let plays = matches!(self.phase, Phase::Playing { .. }) && position.playing;
        if !plays || to_end || ahead >= ENOUGH_SECS {
            (self.low, self.strained) = (None, false);
        } else if ahead < LOW_SECS {
            let (since, then) = *self.low.get_or_insert((now, ahead));
            self.strained |= now >= since + LOW_FOR && ahead < then;
        }
    }
}
