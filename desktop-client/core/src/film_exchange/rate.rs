//! How fast something comes, from what came lately.

use std::time::{Duration, Instant};

/// The length of one look, and how much of the new one counts.
const LOOK: Duration = Duration::from_millis(250);
const SHARE: f64 = 0.4;

/// A rate in bytes a second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    since: Instant,
    bytes: u64,
    smoothed: f64,
}

impl Rate {
    pub(super) fn new(now: Instant) -> Self {
        Self { since: now, bytes: 0, smoothed: 0.0 }
    }

    pub(super) fn came(&mut self, bytes: u64, now: Instant) {
        self.bytes += bytes;
        self.look(now);
    }

    /// The rate of late, in bytes a second.
    pub(super) fn get(&mut self, now: Instant) -> f64 {
        self.look(now);
        self.smoothed
    }

    fn look(&mut self, now: Instant) {
        let span = now.saturating_duration_since(self.since);
        if span < LOOK {
            return;
        }
        let latest = self.bytes as f64 / span.as_secs_f64();
        // A long pause is many looks at once.
        let looks = span.as_secs_f64() / LOOK.as_secs_f64();
        let kept = (1.0 - SHARE).powf(looks);
        self.smoothed = self.smoothed * kept + latest * (1.0 - kept);
        (self.since, self.bytes) = (now, 0);
    }
}
