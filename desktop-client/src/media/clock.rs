//! RTP timestamps: one clock for all that we send, from a start that nobody can guess (RFC 3550
//! §5.1). What begins at random is a time and not the timestamps, so whoever gets sound and pictures
//! can tell which belong together (`cinemasync_core::lip_sync`).

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

/// Milliseconds after which the 32 bits of a clock of 48 kHz and of one of 90 kHz have wrapped together.
const TURN_MS: u64 = 715_827_882;

/// Turns moments into RTP timestamps.
#[derive(Debug, Clone, Copy)]
pub(super) struct RtpClock {
    epoch: Instant,
    /// What the clock showed at its epoch.
    before: Duration,
}

impl RtpClock {
    /// A clock that begins at `epoch`.
    pub(super) fn new(epoch: Instant) -> Self {
        let before = Duration::from_millis(RandomState::new().hash_one(0) % TURN_MS);
        Self { epoch, before }
    }

    /// The timestamp of `at` on a clock of `rate` a second, wrapping.
    pub(super) fn at(&self, at: Instant, rate: u32) -> u32 {
        let since = at.saturating_duration_since(self.epoch) + self.before;
        let ticks = since.as_nanos() * u128::from(rate) / 1_000_000_000;
        ticks as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_of_the_same_moment_are_comparable() {
        let start = Instant::now();
        let clock = RtpClock::new(start);
        for ms in [0, 7, 100_000, 50_000_000, 700_000_000] {
            let at = start + Duration::from_millis(ms);
            let (picture, sound) = (clock.at(at, 90_000), clock.at(at, 48_000));
            assert_eq!(picture.wrapping_mul(8), sound.wrapping_mul(15), "{ms} ms");
        }
    }
}
