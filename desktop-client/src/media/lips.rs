//! What the mixer and the decoder of a shared screen tell each other, so that its pictures and its
//! sound stay together. What follows from it is decided in the core.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cinemasync_core::lip_sync::LipSync;

/// A screen's sound and pictures, between two threads; neither holds it for longer than a sum takes.
#[derive(Debug, Default)]
pub(super) struct Lips(Mutex<LipSync>);

impl Lips {
    /// The sound of this timestamp is heard at `at`. How much later than the network asks for the
    /// sound is to come.
    pub(super) fn heard(&self, timestamp: u32, at: Instant) -> Duration {
        let mut lips = self.lips();
        lips.heard(timestamp, at);
        lips.sound_waits()
    }

    /// When the picture of this timestamp, which came at `arrived`, is to be shown.
    pub(super) fn due(&self, timestamp: u32, arrived: Instant) -> Instant {
        self.lips().due(timestamp, arrived)
    }

    /// The picture of this timestamp, which came at `arrived`, is shown at `at`.
    pub(super) fn shown(&self, timestamp: u32, arrived: Instant, at: Instant) {
        self.lips().shown(timestamp, arrived, at);
    }

    /// By how many milliseconds the sound came before its picture since the previous call, on average.
    pub(super) fn take_skew_ms(&self) -> Option<f64> {
        self.lips().take_skew_ms()
    }

    fn lips(&self) -> MutexGuard<'_, LipSync> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
