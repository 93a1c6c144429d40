//! The way to the signaling server: up, down, and when to try again. What is said over it is the
//! session's business.

use std::time::{Duration, Instant};

use crate::interface::ServerChoice;

/// The first wait after a loss; doubled with each failure.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

#[derive(Debug, Default)]
pub(super) struct Signaling {
    state: State,
    choice: Option<ServerChoice>,
    server: String,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Off,
    Connecting {
        failures: u32,
    },
    Up,
    Waiting {
        until: Instant,
        failures: u32,
    },
}

impl Signaling {
    /// A connection is being made.
    pub(super) fn connect(&mut self, choice: ServerChoice) {
        self.choice = Some(choice);
        self.state = State::Connecting { failures: 0 };
    }

    /// It stands.
    pub(super) fn connected(&mut self, server: String) {
        // Whoever comes back looks for the server that was there, embedded or not.
        self.choice = Some(ServerChoice::Url(server.clone()));
        self.server = server;
        self.state = State::Up;
    }

    pub(super) fn is_up(&self) -> bool {
        self.state == State::Up
    }

    /// The address that others can use.
    pub(super) fn server(&self) -> &str {
        &self.server
    }

    /// It is gone for now; true if it was up until now.
    pub(super) fn lost(&mut self, now: Instant) -> bool {
        let failures = match self.state {
            State::Off => return false,
            State::Up => 0,
            State::Connecting { failures } | State::Waiting { failures, .. } => failures,
        };
        let wait = FIRST_WAIT.saturating_mul(1 << failures.min(5)).min(LONGEST_WAIT);
        let was_up = self.state == State::Up;
        self.state = State::Waiting { until: now + wait, failures: failures + 1 };
        was_up
    }

    /// The server to try again, if it is time.
    pub(super) fn retry(&mut self, now: Instant) -> Option<ServerChoice> {
        match self.state {
            State::Waiting { until, failures } if now >= until => {
                self.state = State::Connecting { failures };
                self.choice.clone()
            }
            _ => None,
        }
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        match self.state {
            State::Waiting { until, .. } => Some(until),
            _ => None,
        }
    }

    /// Closes it on purpose; true if there is something to close.
    pub(super) fn close(&mut self) -> bool {
        std::mem::take(&mut self.state) != State::Off
    }

    /// It closed by itself and is not wanted back.
    pub(super) fn reset(&mut self) {
        self.state = State::Off;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_server_is_tried_again_after_growing_waits() {
        let mut signaling = Signaling::default();
        let mut now = Instant::now();
        signaling.connect(ServerChoice::Embedded);
        signaling.connected("ws://127.0.0.1:1/ws".into());
        assert!(signaling.lost(now));
        let mut waits = Vec::new();
        for _ in 0..8 {
            let until = signaling.next_timeout().expect("it waits");
            waits.push((until - now).as_millis());
            assert_eq!(signaling.retry(now), None, "not before its time");
            now = until;
            assert_eq!(signaling.retry(now), Some(ServerChoice::Url("ws://127.0.0.1:1/ws".into())));
            assert!(!signaling.lost(now), "it was not up in between");
        }
        assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
    }

    #[test]
    fn a_server_that_was_left_is_not_tried_again() {
        let mut signaling = Signaling::default();
        signaling.connect(ServerChoice::Embedded);
        assert!(signaling.close());
        assert!(!signaling.lost(Instant::now()));
        assert_eq!(signaling.next_timeout(), None);
        assert!(!signaling.close());
    }
}
