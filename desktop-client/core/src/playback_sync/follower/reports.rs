//! What the player says: where it is, what it found, and what is to be done about it.

use std::time::{Duration, Instant};

use super::super::PlaybackState;
use super::super::hold::Verdict;
use super::{Follower, LATE, Phase, SEEK_GUESS, is_over};
use crate::clock_sync::ClockSync;
use crate::player::{PlayerCommand, PlayerEvent, PlayerPosition};

/// An answer to a seek this far from the place sought belongs to an earlier one, in seconds …
const FOREIGN_SECS: f64 = 0.3;
/// The longest that a place is prepared ahead.
const LONGEST_SEEK: Duration = Duration::from_secs(5);
/// Time between two jumps to the right place: a player that cannot hold it must not seek for ever.
const JUMP_PAUSE: Duration = Duration::from_secs(3);
/// A place this far from where the one before lets expect is behind a gap in the sound, in seconds.
const GAP_SECS: f64 = 0.015;
/// Frame rates that are believed.
const FRAME_RATES: std::ops::RangeInclusive<f64> = 1.0..=300.0;

impl Follower {
    /// The player says something.
    pub(in super::super) fn player(
        &mut self,
        event: PlayerEvent,
        state: &PlaybackState,
        clock: &ClockSync,
        now: Instant,
    ) {
        match event {
            PlayerEvent::Loaded { tracks, chapters, frame_rate, .. } => {
                if let Phase::Loading { to, since } = self.phase {
                    // A film that comes from friends is asked for first; later places come sooner.
                    if !self.streams {
                        self.learn_seek_time(since, now);
                    }
                    (self.tracks, self.chapters) = (tracks, chapters);
                    if let Some(rate) = frame_rate.filter(|rate| FRAME_RATES.contains(rate)) {
                        self.frame_secs = rate.recip();
                    }
                    self.phase = Phase::Standing { at: to };
                    self.align(state, clock, now);
                }
            }
            PlayerEvent::Failed(_) => {
                self.reset();
                self.commands.clear();
            }
            PlayerEvent::Seeked { position_secs } => {
                self.seeked(position_secs - self.shift_secs, state, clock, now);
            }
            PlayerEvent::Position(position) => {
                let position_secs = position.position_secs - self.shift_secs;
                let position = PlayerPosition { position_secs, ..position };
                self.watch_input(position, state, now);
                self.moved(position, state, clock, now);
            }
            PlayerEvent::Ended => {
                self.end_trim();
                self.offset_secs = None;
                self.phase = Phase::Ended;
            }
            PlayerEvent::Buffering(percent) => {
                self.buffering = percent.map(|percent| {
                    let since = self.buffering.map_or(now, |(since, _)| since);
                    (since, percent)
                });
                if let Phase::Playing { hold } = &mut self.phase
                    && percent.is_none()
                {
                    hold.after_gap(now);
                }
            }
            PlayerEvent::Tracks(tracks) => self.tracks = tracks,
            PlayerEvent::TracksChosen { audio, subtitle } => self.chosen = (audio, subtitle),
            PlayerEvent::Warning(_) => {}
        }
    }

    fn seeked(
        &mut self,
        position_secs: f64,
        state: &PlaybackState,
        clock: &ClockSync,
        now: Instant,
    ) {
        let Phase::Seeking { to, since, strayed } = &mut self.phase else { return };
        if (position_secs - *to).abs() > FOREIGN_SECS {
            strayed.get_or_insert(now);
            return;
        }
        let (to, since) = (*to, *since);
        self.learn_seek_time(since, now);
        self.stand(to, state, clock, now);
    }

    /// The player stands where it was sent: on with whatever the room does there.
    pub(super) fn stand(
        &mut self,
        at: f64,
        state: &PlaybackState,
        clock: &ClockSync,
        now: Instant,
    ) {
        self.phase = Phase::Standing { at };
        if state.playing && clock.is_settled() && !is_over(state, clock, now) {
            // Sent ahead of the room: it starts when the room comes by.
            let from_start = (at - state.position_secs) / state.speed();
            let wait = Duration::try_from_secs_f64(from_start.max(0.0)).unwrap_or_default();
            let start = clock.instant_of(state.at).checked_add(wait).unwrap_or(now);
            if from_start >= 0.0 && now <= start + LATE {
                return self.arm(at, start);
            }
        }
        self.align(state, clock, now);
    }

    fn learn_seek_time(&mut self, since: Instant, now: Instant) {
        // Half as much again as it took: the next one may take longer.
        let taken = now.saturating_duration_since(since) * 3 / 2;
        self.seek_takes =
            taken.max((self.seek_takes + taken) / 2).clamp(SEEK_GUESS / 3, LONGEST_SEEK);
    }

    fn moved(
        &mut self,
        position: PlayerPosition,
        state: &PlaybackState,
        clock: &ClockSync,
        now: Instant,
    ) {
        let before = self.position.replace(position);
        let stretched = (self.rate - 1.0).abs() > f64::EPSILON;
        let (speed, heard) = (self.rate * self.trim, self.chosen.0 != 0 && !stretched);
        let Phase::Playing { hold } = &mut self.phase else { return };
        if heard && before.is_some_and(|before| is_gap(before, position, speed)) {
            hold.stumbled(now);
        }
        if !position.playing || self.rate_due.is_some() || is_over(state, clock, now) {
            self.offset_secs = None;
            return;
        }
        let offset = position.position_secs - state.position_at(clock.room_time(position.at));
        self.offset_secs = Some(offset);
        if self.trim_until.is_some() {
            return;
        }
        match hold.measure(offset, position.at, stretched) {
            None => {}
            Some(Verdict::Trim { factor, lasting }) => {
                hold.pause_until(now + lasting);
                self.trim = factor;
                self.trim_until = Some(now + lasting);
                self.command(PlayerCommand::Trim(factor));
            }
            Some(Verdict::Jump) if self.no_jump_before.is_some_and(|until| now < until) => {}
            Some(Verdict::Jump) => {
                self.no_jump_before = Some(now + JUMP_PAUSE);
                self.command(PlayerCommand::Pause);
                let meet = now + self.seek_takes;
                self.seek(state.position_at(clock.room_time(meet)), now);
            }
        }
    }
}

/// Did the sound stand still between these two, or leap? Without sound, and while it is stretched, places
/// are too coarse to tell.
fn is_gap(before: PlayerPosition, after: PlayerPosition, speed: f64) -> bool {
    let passed = after.at.saturating_duration_since(before.at).as_secs_f64();
    let off = after.position_secs - before.position_secs - passed * speed;
    !after.playing || (before.playing && off.abs() > GAP_SECS)
}
