//! Their media on its way in: one task a track, which tells its kind, assembles pictures and asks for
//! keyframes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cinemasync_core::frame_assembler::{Assembled, FrameAssembler};
use cinemasync_core::packet::{InboundPacket, RtpPacket};
use cinemasync_core::track::Track;
use cinemasync_protocol::ParticipantId;
use rtc::rtcp::Packet as RtcpPacket;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use tokio::sync::Notify;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

/// Takes what came; called from the link's tasks and must not block.
pub type OnPacket = Arc<dyn Fn(&ParticipantId, InboundPacket) + Send + Sync>;

/// Requests of ours closer together than this are one: the keyframe is on its way.
const REQUEST_SPACING: Duration = Duration::from_millis(200);

/// The link's round-trip time in microseconds, 0 while unknown.
#[derive(Debug, Default)]
pub(super) struct RoundTrip(AtomicU64);

impl RoundTrip {
    pub(super) fn set(&self, rtt: Duration) {
        self.0.store(u64::try_from(rtt.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> Option<Duration> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            micros => Some(Duration::from_micros(micros)),
        }
    }
}

/// Which of a participant's tracks this is, given those that are taken: by the name of its stream if
/// that is one of ours; else, from a browser, by the section that it shares with a track of ours, for
/// whichever sends first is seen first; else the first of its kind is the person and the second the
/// screen. `None` if there is no place for it.
pub(super) fn classify(
    stream_id: &str,
    kind: RtpCodecKind,
    shares: Option<Track>,
    taken: &[Track],
) -> Option<Track> {
    let (person, screen) = match kind {
        RtpCodecKind::Audio => (Track::Microphone, Track::ScreenAudio),
        RtpCodecKind::Video => (Track::Camera, Track::Screen),
        _ => return None,
    };
    let named = [person, screen].into_iter().filter(|track| track.as_str() == stream_id);
    let mut choices = named.chain(shares).chain([person, screen]);
    choices.find(|track| !taken.contains(track))
}

/// A track of theirs and the task that reads it.
pub(super) struct Reader {
    pub(super) from: ParticipantId,
    pub(super) track: Track,
    pub(super) remote: Arc<dyn TrackRemote>,
    pub(super) on_packet: OnPacket,
    pub(super) round_trip: Arc<RoundTrip>,
    /// Notified when a decoder wants a keyframe.
    pub(super) keyframe: Arc<Notify>,
}

impl Reader {
    /// Reads until the track ends.
    pub(super) async fn run(self) {
        if self.track.is_video() {
            self.read_video().await;
        } else {
            self.read_audio().await;
        }
        tracing::debug!(peer = %self.from, track = self.track.as_str(), "remote track ended");
    }

    async fn read_audio(&self) {
        while let Some(event) = self.remote.poll().await {
            match event {
                TrackRemoteEvent::OnRtpPacket(packet) => {
                    let (packet, _) = received(packet);
                    let packet = InboundPacket::Audio { track: self.track, packet };
                    (self.on_packet)(&self.from, packet);
                }
                TrackRemoteEvent::OnEnded | TrackRemoteEvent::OnError => return,
                _ => {}
            }
        }
    }

    async fn read_video(&self) {
        let mut assembler = FrameAssembler::new();
        let mut ssrc = None;
        let mut asked: Option<Instant> = None;
        // Kept across turns, so that no event is lost to a timer.
        let mut event = self.remote.poll();
        loop {
            let due = assembler.next_timeout();
            tokio::select! {
                polled = &mut event => {
                    event = self.remote.poll();
                    match polled {
                        Some(TrackRemoteEvent::OnRtpPacket(packet)) => {
                            let (packet, from) = received(packet);
                            ssrc = Some(from);
                            if let Some(rtt) = self.round_trip.get() {
                                assembler.set_rtt(rtt);
                            }
                            assembler.handle_packet(packet);
                        }
                        Some(TrackRemoteEvent::OnEnded | TrackRemoteEvent::OnError) | None => return,
                        Some(_) => {}
                    }
                }
                () = sleep_until(due) => assembler.handle_timeout(Instant::now()),
                () = self.keyframe.notified() => self.request_keyframe(ssrc, &mut asked).await,
            }
            while let Some(output) = assembler.poll_output() {
                match output {
                    Assembled::AccessUnit { access_unit, rtp_timestamp, keyframe, arrived } => {
                        let track = self.track;
                        let packet = InboundPacket::Video {
                            track,
                            access_unit,
                            rtp_timestamp,
                            keyframe,
                            arrived,
                        };
                        (self.on_packet)(&self.from, packet);
                    }
                    Assembled::KeyframeNeeded => self.request_keyframe(ssrc, &mut asked).await,
                }
            }
        }
    }

    async fn request_keyframe(&self, ssrc: Option<u32>, asked: &mut Option<Instant>) {
        // Before the first packet there is nothing to ask about: a stream starts with a keyframe.
        let Some(media_ssrc) = ssrc else { return };
        let now = Instant::now();
        if asked.is_some_and(|at| now.saturating_duration_since(at) < REQUEST_SPACING) {
            return;
        }
        *asked = Some(now);
        let request: Box<dyn RtcpPacket> =
            Box::new(PictureLossIndication { sender_ssrc: 0, media_ssrc });
        if let Err(error) = self.remote.write_rtcp(vec![request]).await {
            tracing::debug!(%error, peer = %self.from, "a keyframe could not be asked for");
        }
    }
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}

fn received(packet: rtc::rtp::Packet) -> (RtpPacket, u32) {
    let rtc::rtp::Packet { header, payload } = packet;
    let packet = RtpPacket {
        sequence: header.sequence_number,
        timestamp: header.timestamp,
        marker: header.marker,
        payload,
        arrived: Instant::now(),
    };
    (packet, header.ssrc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_tracks_are_told_by_the_name_of_their_stream() {
        let classify = |stream, kind| classify(stream, kind, None, &[]);
        assert_eq!(classify("screen", RtpCodecKind::Video), Some(Track::Screen));
        assert_eq!(classify("camera", RtpCodecKind::Video), Some(Track::Camera));
        assert_eq!(classify("screen_audio", RtpCodecKind::Audio), Some(Track::ScreenAudio));
        assert_eq!(classify("screen", RtpCodecKind::Audio), Some(Track::Microphone), "a lie");
    }

    #[test]
    fn a_browsers_first_tracks_are_the_person_and_its_second_ones_the_screen() {
        let taken = &[Track::Microphone, Track::Camera];
        let classify = |kind, taken: &[Track]| classify("7f3c", kind, None, taken);
        assert_eq!(classify(RtpCodecKind::Video, &[]), Some(Track::Camera));
        assert_eq!(classify(RtpCodecKind::Audio, &[]), Some(Track::Microphone));
        assert_eq!(classify(RtpCodecKind::Video, taken), Some(Track::Screen));
        assert_eq!(classify(RtpCodecKind::Video, &Track::ALL), None, "no third picture");
    }

    #[test]
    fn a_browser_s_screen_is_one_although_its_camera_is_silent() {
        let screen = classify("9a01", RtpCodecKind::Video, Some(Track::Screen), &[]);
        assert_eq!(screen, Some(Track::Screen));
        let camera = classify("7f3c", RtpCodecKind::Video, Some(Track::Camera), &[Track::Screen]);
        assert_eq!(camera, Some(Track::Camera));
    }
}
