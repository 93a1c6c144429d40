//! Seeks, one at a time: libmpv merges those that come while it works on one, so the last one waits until
//! the one before it has begun. Owns where the film was sent and what stands there.

use std::time::{Duration, Instant};

use cinemasync_core::player::PlayerEvent;

use super::{Deck, Film};
use crate::player::engine::{Clock, Engine};

/// A seek may read a long way between two key frames, but not longer than this.
const SEEK_LIMIT: Duration = Duration::from_secs(20);
/// libmpv stands further than this from where it was sent only if the film has nothing there.
pub(super) const SEEK_TOLERANCE_SECS: f64 = 0.25;
/// Seeks stop this far before the end: at the very end there is no frame to stand on.
const END_MARGIN_SECS: f64 = 0.1;

/// A seek that libmpv works on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Seeking {
    /// Has libmpv begun it? What is primed before belongs to an older seek.
    pub(super) started: bool,
    pub(super) deadline: Instant,
}

impl<E: Engine> Deck<E> {
    pub(super) fn seek(&mut self, position_secs: f64, now: Instant) {
        if self.film == Film::Closed {
            return;
        }
        self.play_at = None;
        self.halt();
        let underway = self.seeking.is_some_and(|seeking| !seeking.started);
        if self.is_open() && !underway {
            self.begin_seek(position_secs, now);
        } else {
            self.next_seek = Some(position_secs);
        }
    }

    pub(super) fn begin_seek(&mut self, position_secs: f64, now: Instant) {
        let duration = self.engine.duration();
        let last = if duration > 0.0 { (duration - END_MARGIN_SECS).max(0.0) } else { f64::MAX };
        let target = if position_secs.is_finite() { position_secs.clamp(0.0, last) } else { 0.0 };
        self.sent_to = Some(target);
        tracing::debug!(target, "seeking");
        if self.engine.seek(target) {
            self.seeking = Some(Seeking { started: false, deadline: now + SEEK_LIMIT });
        } else {
            self.answer_seek();
        }
    }

    pub(super) fn seek_started(&mut self, now: Instant) {
        let Some(seeking) = &mut self.seeking else { return };
        seeking.started = true;
        if let Some(position_secs) = self.next_seek.take() {
            self.begin_seek(position_secs, now);
        }
    }

    /// Answers a seek that takes too long.
    pub(super) fn give_up_seek(&mut self, now: Instant) {
        let waits_for_bytes = self.engine.waits_for_bytes();
        let Some(seeking) = self.seeking.as_mut().filter(|seeking| seeking.deadline <= now) else {
            return;
        };
        if waits_for_bytes {
            seeking.deadline = now + SEEK_LIMIT;
        } else {
            // libmpv refuses a seek without a word where a file has no way to seek.
            tracing::debug!("a seek was not answered in time");
            self.answer_seek();
        }
    }

    pub(super) fn answer_seek(&mut self) {
        self.seeking = None;
        self.measure_ahead();
        let position_secs = self.clock().map_or(0.0, |clock| clock.position_secs);
        tracing::debug!(position_secs, "sought");
        self.told.push(PlayerEvent::Seeked { position_secs });
    }

    /// libmpv stands on a frame, which is up to one ahead of the place it was sent to, or behind it.
    pub(super) fn measure_ahead(&mut self) {
        let shown = self.engine.picture_time().zip(self.sent_to);
        let ahead = shown.map_or(0.0, |(shown, sent_to)| shown - sent_to);
        self.ahead_secs = if ahead.abs() < SEEK_TOLERANCE_SECS { ahead } else { 0.0 };
    }

    pub(super) fn clock(&self) -> Option<Clock> {
        let mut clock = self.engine.clock()?;
        if let Some(sent_to) = self.sent_to {
            let shown = self.engine.picture_time().unwrap_or(clock.position_secs);
            let arrived = (shown - sent_to).abs() < SEEK_TOLERANCE_SECS;
            clock.position_secs = if arrived { sent_to } else { shown };
        }
        Some(clock)
    }
}
