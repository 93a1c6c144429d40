//! What the other side reports about our packets: loss and round-trip time from receiver reports,
//! and its requests for keyframes.
//!
//! The crate's own figures of sent streams stay at zero and its requests stop before the
//! application, so an interceptor of ours reads the RTCP on its way in (and our sender reports on
//! their way out, to time them). It changes nothing.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::reception_report::ReceptionReport;
use rtc::rtcp::sender_report::SenderReport;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;

/// Requests for the same stream closer together than this count as one: a keyframe is on its way.
const KEYFRAME_REQUEST_SPACING: Duration = Duration::from_millis(100);
/// Sender reports remembered to time their echoes; they go out once a second a stream.
const MAX_REPORTS_TIMED: usize = 32;

/// What was reported of one of our streams.
#[derive(Debug, Clone, Copy)]
struct Counts {
    /// Extended highest sequence number received.
    highest: u32,
    /// Packets lost since the start; repaired ones are not lost.
    lost: u32,
}

#[derive(Debug, Default)]
struct Reception {
    latest: Option<Counts>,
    /// As it was when the figures were last taken, or in the first report.
    taken: Option<Counts>,
}

#[derive(Debug, Default)]
struct State {
    /// By SSRC of ours.
    receptions: BTreeMap<u32, Reception>,
    /// Sender reports on their way: the middle bits of their NTP time, and when they left.
    timed: VecDeque<(u32, Instant)>,
    rtt: Option<Duration>,
    asked: BTreeMap<u32, Instant>,
}

/// Shared between the interceptor and whoever wants the figures.
#[derive(Debug, Clone, Default)]
pub(super) struct Feedback(Arc<Mutex<State>>);

impl Feedback {
    /// Counts reports and requests for the stream with this SSRC; all others are ignored.
    pub(super) fn watch(&self, ssrc: u32) {
        self.state().receptions.entry(ssrc).or_default();
    }

    /// Round-trip time by the latest receiver report that allowed to tell.
    pub(super) fn rtt(&self) -> Option<Duration> {
        self.state().rtt
    }

    /// Percent of our packets lost since this was last called; `None` without a new report.
    pub(super) fn take_loss_percent(&self) -> Option<f64> {
        let (mut lost, mut expected) = (0_i64, 0_u64);
        for reception in self.state().receptions.values_mut() {
            if let (Some(now), Some(before)) = (reception.latest, reception.taken) {
                expected += u64::from(now.highest.wrapping_sub(before.highest));
                lost += i64::from(now.lost) - i64::from(before.lost);
                reception.taken = Some(now);
            }
        }
        // Late packets can make the count of the lost fall.
        #[expect(clippy::cast_precision_loss, reason = "counts of seconds are far below 2^52")]
        (expected > 0).then(|| (lost.max(0) as f64 / expected as f64 * 100.0).min(100.0))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reported(&self, report: &ReceptionReport, now: Instant) {
        let mut state = self.state();
        let Some(reception) = state.receptions.get_mut(&report.ssrc) else { return };
        let counts = Counts { highest: report.last_sequence_number, lost: report.total_lost };
        reception.latest = Some(counts);
        reception.taken.get_or_insert(counts);
        let sent = state.timed.iter().find(|(ntp, _)| *ntp == report.last_sender_report);
        if let Some(&(_, left)) = sent {
            let held = Duration::from_secs_f64(f64::from(report.delay) / 65_536.0);
            state.rtt = Some(now.saturating_duration_since(left).saturating_sub(held));
        }
    }

    /// Is this request for one of our streams, and not a repetition?
    fn admits_request(&self, ssrc: u32, now: Instant) -> bool {
        let mut state = self.state();
        if !state.receptions.contains_key(&ssrc) {
            return false;
        }
        let fresh = state
            .asked
            .get(&ssrc)
            .is_none_or(|at| now.saturating_duration_since(*at) >= KEYFRAME_REQUEST_SPACING);
        if fresh {
            state.asked.insert(ssrc, now);
        }
        fresh
    }
}

/// Called with the SSRC of ours whose keyframe is wanted; runs on the connection's driver and must
/// not block.
pub(super) type KeyframeWanted = Box<dyn Fn(u32) + Send + Sync>;

/// The interceptor. Its place is next to the wire, where it sees all of both directions.
pub(super) struct FeedbackReader {
    feedback: Feedback,
    keyframe_wanted: KeyframeWanted,
    inbound: VecDeque<TaggedPacket>,
    outbound: VecDeque<TaggedPacket>,
}

impl FeedbackReader {
    pub(super) fn new(feedback: Feedback, keyframe_wanted: KeyframeWanted) -> Self {
        Self { feedback, keyframe_wanted, inbound: VecDeque::new(), outbound: VecDeque::new() }
    }

    fn read(&self, packet: &dyn rtc::rtcp::Packet, now: Instant) {
        let any = packet.as_any();
        if let Some(report) = any.downcast_ref::<ReceiverReport>() {
            report.reports.iter().for_each(|report| self.feedback.reported(report, now));
        } else if let Some(report) = any.downcast_ref::<SenderReport>() {
            report.reports.iter().for_each(|report| self.feedback.reported(report, now));
        } else if let Some(request) = any.downcast_ref::<PictureLossIndication>() {
            self.wanted(request.media_ssrc, now);
        } else if let Some(request) = any.downcast_ref::<FullIntraRequest>() {
            request.fir.iter().for_each(|entry| self.wanted(entry.ssrc, now));
        }
    }

    fn wanted(&self, ssrc: u32, now: Instant) {
        if self.feedback.admits_request(ssrc, now) {
            (self.keyframe_wanted)(ssrc);
        }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for FeedbackReader {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &packet.message.packet {
            packets.iter().for_each(|inner| self.read(inner.as_ref(), packet.now));
        }
        self.inbound.push_back(packet);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.inbound.pop_front()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &packet.message.packet {
            for report in packets.iter().filter_map(|p| p.as_any().downcast_ref::<SenderReport>()) {
                let mut state = self.feedback.state();
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a report echoes the middle 32 bits"
                )]
                state.timed.push_back(((report.ntp_time >> 16) as u32, packet.now));
                if state.timed.len() > MAX_REPORTS_TIMED {
                    state.timed.pop_front();
                }
            }
        }
        self.outbound.push_back(packet);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.outbound.pop_front()
    }
}

impl Interceptor for FeedbackReader {
    fn bind_local_stream(&mut self, _info: &StreamInfo) {}

    fn unbind_local_stream(&mut self, _info: &StreamInfo) {}

    fn bind_remote_stream(&mut self, _info: &StreamInfo) {}

    fn unbind_remote_stream(&mut self, _info: &StreamInfo) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(ssrc: u32, highest: u32, lost: u32) -> ReceptionReport {
        ReceptionReport {
            ssrc,
            last_sequence_number: highest,
            total_lost: lost,
            ..Default::default()
        }
    }

    #[test]
    fn loss_is_counted_between_takings_and_over_all_our_streams() {
        let (feedback, now) = (Feedback::default(), Instant::now());
        feedback.watch(1);
        feedback.watch(2);
        feedback.reported(&report(1, 1000, 5), now);
        feedback.reported(&report(9, 1000, 900), now);
        assert_eq!(feedback.take_loss_percent(), None, "one report is only where counting starts");
        feedback.reported(&report(1, 1060, 7), now);
        feedback.reported(&report(2, 7, 0), now);
        feedback.reported(&report(2, 47, 2), now);
        let percent = feedback.take_loss_percent().unwrap();
        assert!((percent - 4.0).abs() < 1e-9, "{percent}");
        assert_eq!(feedback.take_loss_percent(), None);
        feedback.reported(&report(1, 1070, 2), now);
        assert!(feedback.take_loss_percent().unwrap().abs() < 1e-9, "repairs are no negative loss");
    }

    #[test]
    fn round_trips_leave_out_the_time_the_other_side_held_the_report() {
        let (feedback, now) = (Feedback::default(), Instant::now());
        feedback.watch(1);
        feedback.state().timed.push_back((77, now));
        let delay = 65_536 / 2;
        let echo = ReceptionReport { last_sender_report: 77, delay, ..report(1, 1, 0) };
        feedback.reported(&echo, now + Duration::from_millis(530));
        assert_eq!(feedback.rtt(), Some(Duration::from_millis(30)));
    }

    #[test]
    fn a_burst_of_keyframe_requests_counts_once_and_strangers_never() {
        let (feedback, now) = (Feedback::default(), Instant::now());
        feedback.watch(1);
        assert!(feedback.admits_request(1, now));
        assert!(!feedback.admits_request(1, now + Duration::from_millis(99)));
        assert!(feedback.admits_request(1, now + Duration::from_millis(100)));
        assert!(!feedback.admits_request(2, now));
    }
}
