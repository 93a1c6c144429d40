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
    /// Was it told that the server is away?
    told_away: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Off,
    Connecting {
        failures: u32,
    },
    Up,
    /// It was up, and is made anew on another network: nobody need know, if it succeeds.
    Renewing,
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

    /// Is it up as far as people are told?
    pub(super) fn seems_up(&self) -> bool {
        matches!(self.state, State::Up | State::Renewing)
    }

    /// It stands again; true if it was told that it did not.
    pub(super) fn take_told_away(&mut self) -> bool {
        std::mem::take(&mut self.told_away)
    }

    /// The machine has left the network that it used: the server to connect to at once, if one is
    /// wanted.
    pub(super) fn renew(&mut self) -> Option<ServerChoice> {
        self.state = match self.state {
            State::Off => return None,
            State::Up | State::Renewing => State::Renewing,
            State::Connecting { .. } | State::Waiting { .. } => State::Connecting { failures: 0 },
        };
        self.choice.clone()
    }

    /// The machine has another network, too: the server to try again at once, if it is waited for.
    pub(super) fn hurry(&mut self) -> Option<ServerChoice> {
        matches!(self.state, State::Waiting { .. }).then(|| self.renew())?
    }

    /// The address that others can use.
    pub(super) fn server(&self) -> &str {
        &self.server
    }

    /// It is gone for now; true if it was up until now, as far as people were told.
    pub(super) fn lost(&mut self, now: Instant) -> bool {
        let failures = match self.state {
            State::Off => return false,
            State::Up | State::Renewing => 0,
            State::Connecting { failures } | State::Waiting { failures, .. } => failures,
        };
        let wait = FIRST_WAIT.saturating_mul(1 << failures.min(5)).min(LONGEST_WAIT);
        let was_up = self.seems_up();
        self.told_away |= was_up;
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
    fn on_another_network_the_server_is_looked_for_at_once_and_only_a_failure_is_told() {
        let now = Instant::now();
        let mut signaling = Signaling::default();
        assert_eq!(signaling.renew(), None, "none is wanted");
        let server = ServerChoice::Url("ws://192.0.2.1/ws".into());
        signaling.connect(server.clone());
        signaling.connected("ws://192.0.2.1/ws".into());
        assert_eq!(signaling.hurry(), None, "it stands");
        assert_eq!(signaling.renew(), Some(server.clone()));
        assert!(!signaling.is_up() && signaling.seems_up());
        signaling.connected("ws://192.0.2.1/ws".into());
        assert!(!signaling.take_told_away());

        assert_eq!(signaling.renew(), Some(server.clone()));
        assert!(signaling.lost(now), "there is no network yet");
        assert!(!signaling.seems_up());
        assert_eq!(signaling.hurry(), Some(server), "now there is");
        signaling.connected("ws://192.0.2.1/ws".into());
        assert!(signaling.take_told_away());
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
