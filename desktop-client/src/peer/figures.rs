//! The figures of a link, gathered from its sockets and reports.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use cinemasync_core::link::LinkStats;

use super::feedback::Feedback;
use super::inbound::RoundTrip;
use super::runtime::Traffic;
use super::uplink::Uplink;

/// What is counted, and when it was last asked for.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) traffic: Arc<Traffic>,
    pub(super) feedback: Feedback,
    pub(super) round_trip: Arc<RoundTrip>,
    pub(super) uplink: Arc<Uplink>,
    last: Mutex<Option<Taken>>,
}

#[derive(Debug, Clone, Copy)]
struct Taken {
    at: Instant,
    sent: u64,
    received: u64,
}

impl Figures {
    /// The figures since they were last taken.
    pub(super) fn take(&self) -> LinkStats {
        let now = Taken {
            at: Instant::now(),
            sent: self.traffic.sent.load(Ordering::Relaxed),
            received: self.traffic.received.load(Ordering::Relaxed),
        };
        let before = self.last.lock().unwrap_or_else(PoisonError::into_inner).replace(now);
        let (sent_bps, received_bps) = before.map_or((0, 0), |before| rates(before, now));
        LinkStats {
            rtt_ms: self.round_trip.get().map(|rtt| rtt.as_secs_f64() * 1000.0),
            loss_percent: self.feedback.take_loss_percent(),
            available_bps: self.uplink.estimate_bps(),
            sent_bps,
            received_bps,
        }
    }
}

fn rates(before: Taken, now: Taken) -> (u64, u64) {
    let micros = now.at.saturating_duration_since(before.at).as_micros().max(1);
    let rate =
        |bytes: u64| u64::try_from(u128::from(bytes) * 8 * 1_000_000 / micros).unwrap_or(u64::MAX);
    (rate(now.sent.saturating_sub(before.sent)), rate(now.received.saturating_sub(before.received)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn rates_are_bits_a_second_since_the_last_taking() {
        let at = Instant::now();
        let before = Taken { at, sent: 1000, received: 0 };
        let now = Taken { at: at + Duration::from_millis(500), sent: 126_000, received: 50 };
        assert_eq!(rates(before, now), (2_000_000, 800));
    }
}
