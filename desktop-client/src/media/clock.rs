//! RTP timestamps: one clock for all that we send, from a start that nobody can guess (RFC 3550
//! §5.1).

use std::hash::{BuildHasher, RandomState};
use std::time::Instant;

/// Turns moments into RTP timestamps.
#[derive(Debug, Clone, Copy)]
pub(super) struct RtpClock {
    epoch: Instant,
    origin: u32,
}

impl RtpClock {
    /// A clock that begins at `epoch`.
    pub(super) fn new(epoch: Instant) -> Self {
        Self { epoch, origin: RandomState::new().hash_one(0) as u32 }
    }

    /// The timestamp of `at` on a clock of `rate` a second, wrapping.
    pub(super) fn at(&self, at: Instant, rate: u32) -> u32 {
        let since = at.saturating_duration_since(self.epoch);
        let ticks = since.as_nanos() * u128::from(rate) / 1_000_000_000;
        self.origin.wrapping_add(ticks as u32)
    }
}
