//! A symptom that begins and ends late, so that it does not flap.

use std::time::Instant;

use super::{CLEAR_AFTER, RAISE_AFTER};

/// Is it there? Between bad and good it stays as it is.
#[derive(Debug, Default)]
pub(super) struct Latch {
    on: bool,
    /// Since when the figures say otherwise.
    against_since: Option<Instant>,
}

impl Latch {
    pub(super) fn is_on(&self) -> bool {
        self.on
    }

    pub(super) fn feed(&mut self, bad: bool, good: bool, now: Instant) {
        let (against, patience) = if self.on { (good, CLEAR_AFTER) } else { (bad, RAISE_AFTER) };
        if !against {
            self.against_since = None;
            return;
        }
        let since = *self.against_since.get_or_insert(now);
        if now.saturating_duration_since(since) >= patience {
            self.on = !self.on;
            self.against_since = None;
        }
    }
}
