//! What the parts of a link share about its way out: the estimate of what it carries, and how much
//! waits before it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cinemasync_core::bitrate::estimator::{Estimator, FIRST_BPS, PacketFate};
use rtc::interceptor::{BandwidthEstimator, PacketReport};

/// Pictures that wait longer than this are late: nothing is encoded on top of them.
const FULL_MS: u32 = 200;

/// A round trip before one was measured, in milliseconds.
const USUAL_RTT_MS: u32 = 80;

/// Read by whoever sends, written by whoever measures.
#[derive(Debug)]
pub(super) struct Uplink {
    /// Bits a second.
    target_bps: AtomicU64,
    /// Has the other end reported anything yet?
    known: AtomicBool,
    /// How long what waits will take, in milliseconds.
    backlog_ms: AtomicU32,
    /// The round trip in milliseconds.
    rtt_ms: AtomicU32,
    /// Do packets go another way than those before?
    rerouted: AtomicBool,
}

impl Default for Uplink {
    fn default() -> Self {
        Self {
            target_bps: AtomicU64::new(FIRST_BPS as u64),
            known: AtomicBool::new(false),
            backlog_ms: AtomicU32::new(0),
            rtt_ms: AtomicU32::new(USUAL_RTT_MS),
            rerouted: AtomicBool::new(false),
        }
    }
}

impl Uplink {
    /// What the link carries, in bits a second; a guess before anything was reported.
    pub(super) fn target_bps(&self) -> u64 {
        self.target_bps.load(Ordering::Relaxed)
    }

    /// The same, once it rests on reports.
    pub(super) fn estimate_bps(&self) -> Option<u64> {
        self.is_known().then(|| self.target_bps())
    }

    /// Has the other end reported anything yet?
    pub(super) fn is_known(&self) -> bool {
        self.known.load(Ordering::Relaxed)
    }

    /// Waits so much that another picture would be late?
    pub(super) fn is_full(&self) -> bool {
        self.backlog_ms.load(Ordering::Relaxed) > FULL_MS
    }

    /// The round trip, as it was last measured.
    pub(super) fn rtt(&self) -> Duration {
        Duration::from_millis(self.rtt_ms.load(Ordering::Relaxed).into())
    }

    pub(super) fn set_rtt(&self, rtt: Duration) {
        let ms = u32::try_from(rtt.as_millis()).unwrap_or(u32::MAX);
        self.rtt_ms.store(ms, Ordering::Relaxed);
    }

    /// Packets go another way from now on.
    pub(super) fn route_changed(&self) {
        self.rerouted.store(true, Ordering::Relaxed);
    }

    pub(super) fn set_backlog_ms(&self, ms: u32) {
        self.backlog_ms.store(ms, Ordering::Relaxed);
    }

    pub(super) fn estimated(&self, bps: f64) {
        self.target_bps.store(bps as u64, Ordering::Relaxed);
        self.known.store(true, Ordering::Relaxed);
    }
}

/// Told the estimate when it has moved; runs on the connection's driver and must not block.
pub(super) type OnEstimate = Box<dyn Fn(u64) + Send + Sync>;

/// An estimate is told again once it differs by this share from the one told before.
const MOVED: f64 = 0.04;

/// The core's estimator at the place that the crate has for one.
pub(super) struct UplinkEstimator {
    uplink: Arc<Uplink>,
    on_estimate: OnEstimate,
    told_bps: f64,
    reports: Reports,
}

#[derive(Debug, Default)]
struct Reports {
    estimator: Estimator,
    /// The furthest packet of each of our streams, by which a repair is told.
    furthest: Vec<(u32, u16)>,
    fates: Vec<PacketFate>,
}

impl UplinkEstimator {
    pub(super) fn new(uplink: Arc<Uplink>, on_estimate: OnEstimate) -> Self {
        Self { uplink, on_estimate, told_bps: 0.0, reports: Reports::default() }
    }
}

impl Reports {
    /// Is this packet older than one of its stream that left before?
    fn is_repair(&mut self, ssrc: u32, sequence: u16) -> bool {
        let Some((_, furthest)) = self.furthest.iter_mut().find(|(of, _)| *of == ssrc) else {
            self.furthest.push((ssrc, sequence));
            return false;
        };
        let ahead = sequence.wrapping_sub(*furthest);
        let repair = ahead == 0 || ahead >= 0x8000;
        if !repair {
            *furthest = sequence;
        }
        repair
    }
}

impl BandwidthEstimator for UplinkEstimator {
    fn on_reports(&mut self, now: Instant, reports: &[PacketReport]) {
        if reports.is_empty() {
            return;
        }
        let inner = &mut self.reports;
        if self.uplink.rerouted.swap(false, Ordering::Relaxed) {
            inner.estimator.route_changed();
        }
        inner.fates.clear();
        for report in reports {
            let repair = inner.is_repair(report.ssrc, report.rtp_sequence_number);
            inner.fates.push(PacketFate {
                departure: report.departure,
                arrival: report.arrival.filter(|_| report.arrived),
                bytes: report.size,
                repair,
            });
        }
        inner.estimator.on_report(now, &inner.fates);
        let bps = inner.estimator.target_bps();
        self.uplink.estimated(bps);
        if (bps / self.told_bps - 1.0).abs() >= MOVED {
            self.told_bps = bps;
            (self.on_estimate)(bps as u64);
        }
    }

    fn target_bitrate(&self) -> f64 {
        self.uplink.target_bps() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repairs_are_told_from_first_transmissions_over_the_wrap_of_numbers() {
        let mut reports = Reports::default();
        let told: Vec<bool> = [65_533, 65_535, 65_534, 0, 65_535, 1, 1]
            .map(|sequence| reports.is_repair(7, sequence))
            .to_vec();
        assert_eq!(told, [false, false, true, false, true, false, true]);
        assert!(!reports.is_repair(8, 3), "another stream has numbers of its own");
    }
}
