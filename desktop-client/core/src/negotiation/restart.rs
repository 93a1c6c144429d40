//! When a link that lost its path, or never found one, is given new ICE credentials.

use std::time::{Duration, Instant};

use crate::link::LinkState;

/// A path that is gone for less than this mostly comes back by itself.
const LOSS_PATIENCE: Duration = Duration::from_secs(3);
/// Time for the checks after a completed exchange; grows with each attempt.
const CONNECT_PATIENCE: Duration = Duration::from_secs(8);
/// The polite side starts this much later, so that as a rule only the other one does.
const POLITE_DELAY: Duration = Duration::from_secs(5);
/// Longest time between two attempts.
const MAX_DELAY: Duration = Duration::from_secs(30);

/// Decides when to restart ICE.
#[derive(Debug)]
pub(super) struct RestartTimer {
    polite: bool,
    state: LinkState,
    attempts: u32,
    due: Option<Instant>,
}

impl RestartTimer {
    pub(super) fn new(polite: bool) -> Self {
        Self { polite, state: LinkState::Connecting, attempts: 0, due: None }
    }

    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    pub(super) fn is_connected(&self) -> bool {
        self.state == LinkState::Connected
    }

    /// The link's state changed.
    pub(super) fn state(&mut self, state: LinkState, now: Instant) {
        self.state = state;
        match state {
            LinkState::Connected => {
                self.attempts = 0;
                self.due = None;
            }
            LinkState::Reconnecting => self.schedule(now, LOSS_PATIENCE),
            LinkState::Failed => {
                let soon = if self.attempts == 0 { Duration::ZERO } else { self.backed_off() };
                self.schedule(now, soon);
            }
            LinkState::Connecting => {}
            LinkState::Closed => self.due = None,
        }
    }

    /// Offer and answer are exchanged: from here the checks have their time.
    pub(super) fn exchanged(&mut self, now: Instant) {
        if !self.is_connected() {
            self.due = None;
            self.schedule(now, self.backed_off());
        }
    }

    /// True once when a restart is due. Then the next one is scheduled.
    pub(super) fn fire(&mut self, now: Instant) -> bool {
        if self.due.is_none_or(|due| due > now) {
            return false;
        }
        self.attempts = self.attempts.saturating_add(1);
        self.due = None;
        self.schedule(now, self.backed_off());
        true
    }

    fn backed_off(&self) -> Duration {
        CONNECT_PATIENCE.saturating_mul(1 << self.attempts.min(4)).min(MAX_DELAY)
    }

    /// Schedules a restart, unless one is scheduled earlier.
    fn schedule(&mut self, now: Instant, delay: Duration) {
        let extra = if self.polite { POLITE_DELAY } else { Duration::ZERO };
        let due = now + delay + extra;
        self.due = Some(self.due.map_or(due, |earlier| earlier.min(due)));
    }
}
