//! Our media on its way out: bounded queues, packetization, payload types as negotiated.
//!
//! What to encode and when is media's; what a full queue means to a picture is decided here.

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use cinemasync_core::packet::OutboundPacket;
use cinemasync_core::track::Track;
use rtc::media_stream::MediaStreamTrack;
use rtc::rtp;
use rtc::rtp::codec::h264::H264Payloader;
use rtc::rtp::packetizer::Payloader;
use rtc::rtp_transceiver::RTCRtpTransceiverDirection;
use rtc::rtp_transceiver::RTCRtpTransceiverInit;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use tokio::sync::mpsc;
use webrtc::error::Result;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::PeerConnection;
use webrtc::rtp_transceiver::RtpTransceiver;

use super::engine;
use super::uplink::Uplink;

/// Largest RTP payload. With its headers, SRTP and TURN around it a packet stays below 1,280 bytes,
/// which every path carries.
pub(super) const MAX_PAYLOAD_BYTES: usize = 1200;
/// Packets of sound waiting at most: half a second of a voice and a screen, past which they would only be
/// late.
const AUDIO_QUEUE: usize = 50;
/// Pictures waiting at most: half a second of a camera and a screen at 30 fps.
const VIDEO_QUEUE: usize = 30;

/// Told which track needs a keyframe because pictures of it were dropped; must not block.
pub(super) type OnDropped = Arc<dyn Fn(Track) + Send + Sync>;

/// Sends media to one participant. Cheap to clone; sending never blocks.
#[derive(Clone)]
pub struct PacketSender {
    gate: Arc<Gate>,
    uplink: Arc<Uplink>,
    audio: mpsc::Sender<OutboundPacket>,
    video: mpsc::Sender<OutboundPacket>,
    on_dropped: OnDropped,
}

impl PacketSender {
    /// Queues a packet. Nothing is sent while the link is not connected. A full queue drops the
    /// packet; of video then everything up to the next keyframe, which is asked for with
    /// [`LinkEvent::KeyframeWanted`](cinemasync_core::link::LinkEvent::KeyframeWanted).
    pub fn send(&self, packet: &OutboundPacket) {
        if !self.gate.open.load(Ordering::Acquire) {
            return;
        }
        match packet {
            OutboundPacket::Audio { .. } => {
                // Full: the packet would be late. The other side conceals it.
                let _ = self.audio.try_send(packet.clone());
            }
            OutboundPacket::Video { track, rung, keyframe, .. } => {
                self.send_video(packet, (*track, *rung), *keyframe);
            }
        }
    }

    /// Does this link send that encoding of the track, and more waits than would be out before the
    /// next picture?
    pub fn is_full(&self, track: Track, rung: usize) -> bool {
        self.gate.open.load(Ordering::Acquire)
            && self.gate.pictures(track).sends(rung)
            && self.uplink.is_full()
    }

    fn send_video(&self, packet: &OutboundPacket, (track, rung): (Track, usize), keyframe: bool) {
        let pictures = self.gate.pictures(track);
        if !pictures.sends(rung) || pictures.wait.load(Ordering::Acquire) && !keyframe {
            return;
        }
        let sent = self.video.try_send(packet.clone()).is_ok();
        pictures.wait.store(!sent, Ordering::Release);
        if !sent {
            (self.on_dropped)(track);
        }
    }
}

impl std::fmt::Debug for PacketSender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PacketSender").field("gate", &self.gate).finish_non_exhaustive()
    }
}

/// Whether media may be sent now, and which.
#[derive(Debug, Default)]
pub(super) struct Gate {
    open: AtomicBool,
    camera: Pictures,
    screen: Pictures,
}

/// What is sent of a video track.
#[derive(Debug, Default)]
struct Pictures {
    /// Which encoding of it; [`NO_RUNG`]: none.
    rung: AtomicUsize,
    /// Nothing is sent before a keyframe.
    wait: AtomicBool,
}

const NO_RUNG: usize = usize::MAX;

impl Pictures {
    fn sends(&self, rung: usize) -> bool {
        self.rung.load(Ordering::Acquire) == rung
    }
}

impl Gate {
    /// From now on packets are sent, pictures from the next keyframe on.
    pub(super) fn open(&self) {
        for pictures in [&self.camera, &self.screen] {
            pictures.wait.store(true, Ordering::Release);
        }
        self.open.store(true, Ordering::Release);
    }

    /// From now on packets are dropped.
    pub(super) fn close(&self) {
        self.open.store(false, Ordering::Release);
    }

    /// From its next keyframe on this encoding of a track is sent.
    pub(super) fn send_rung(&self, track: Track, rung: Option<usize>) {
        let pictures = self.pictures(track);
        pictures.wait.store(true, Ordering::Release);
        pictures.rung.store(rung.unwrap_or(NO_RUNG), Ordering::Release);
    }

    fn pictures(&self, track: Track) -> &Pictures {
        if track == Track::Screen { &self.screen } else { &self.camera }
    }
}

/// The receiving ends of the queues.
pub(super) struct Queues {
    pub(super) audio: mpsc::Receiver<OutboundPacket>,
    pub(super) video: mpsc::Receiver<OutboundPacket>,
}

/// A sender and what it feeds.
pub(super) fn queues(
    gate: Arc<Gate>,
    uplink: Arc<Uplink>,
    on_dropped: OnDropped,
) -> (PacketSender, Queues) {
    let (audio, audio_out) = mpsc::channel(AUDIO_QUEUE);
    let (video, video_out) = mpsc::channel(VIDEO_QUEUE);
    let sender = PacketSender { gate, uplink, audio, video, on_dropped };
    (sender, Queues { audio: audio_out, video: video_out })
}

/// No payload type was negotiated (yet): nothing is sent.
const NOT_NEGOTIATED: u16 = u16::MAX;

/// One of our tracks on this connection.
pub(super) struct LocalTrack {
    pub(super) ssrc: u32,
    rtp: Arc<TrackLocalStaticRTP>,
    transceiver: Arc<dyn RtpTransceiver>,
    payload_type: AtomicU16,
    next_sequence: AtomicU16,
}

impl LocalTrack {
    /// Adds a transceiver for `track` to the connection. The track's name travels as the id of its
    /// media stream; the track id is random, for the crate tells our tracks from theirs by it.
    pub(super) async fn add(connection: &dyn PeerConnection, track: Track) -> Result<Self> {
        let (kind, codec) = if track.is_video() {
            (RtpCodecKind::Video, engine::h264())
        } else {
            (RtpCodecKind::Audio, engine::opus())
        };
        let random = random();
        #[expect(clippy::cast_possible_truncation, reason = "any 32 and 15 bits will do")]
        let (ssrc, sequence) = (random as u32 | 1, (random >> 33) as u16 & 0x7fff);
        let coding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters {
                ssrc: Some(ssrc),
                ..Default::default()
            },
            codec,
            ..Default::default()
        };
        let stream_id = track.as_str().to_owned();
        let local = MediaStreamTrack::new(
            stream_id.clone(),
            format!("{:016x}", self::random()),
            String::new(),
            kind,
            vec![coding],
        );
        let rtp = Arc::new(TrackLocalStaticRTP::new(local));
        let init = RTCRtpTransceiverInit {
            direction: RTCRtpTransceiverDirection::Sendrecv,
            streams: vec![stream_id],
            send_encodings: vec![],
        };
        let transceiver = connection
            .add_transceiver_from_track(Arc::clone(&rtp) as Arc<dyn TrackLocal>, Some(init))
            .await?;
        Ok(Self {
            ssrc,
            rtp,
            transceiver,
            payload_type: AtomicU16::new(NOT_NEGOTIATED),
            next_sequence: AtomicU16::new(sequence),
        })
    }

    /// Learns the payload type after a negotiation.
    pub(super) async fn negotiated(&self) -> Result<()> {
        let Some(sender) = self.transceiver.sender().await? else { return Ok(()) };
        let parameters = sender.get_parameters().await?;
        let codec = parameters.rtp_parameters.codecs.first();
        let payload_type = codec.map_or(NOT_NEGOTIATED, |codec| u16::from(codec.payload_type));
        self.payload_type.store(payload_type, Ordering::Release);
        Ok(())
    }

    /// Is it part of a description?
    pub(super) async fn is_described(&self) -> Result<bool> {
        Ok(self.transceiver.mid().await?.is_some())
    }

    /// Does this track of theirs come in the section in which this one goes?
    pub(super) async fn receives(&self, remote: &Arc<dyn TrackRemote>) -> bool {
        // An error means that the connection is closed.
        let receiver = self.transceiver.receiver().await.ok().flatten();
        receiver.is_some_and(|receiver| Arc::ptr_eq(receiver.track(), remote))
    }

    /// Sends a packet that carries nothing. The other side's crate opens a track with the first packet,
    /// and behind a relay loses that and what comes at once after it: better this than the first
    /// keyframe, which would be asked for again.
    pub(super) async fn announce(&self) -> Result<()> {
        self.send(Bytes::new(), 0, false).await
    }

    async fn send(&self, payload: Bytes, timestamp: u32, marker: bool) -> Result<()> {
        let Ok(payload_type) = u8::try_from(self.payload_type.load(Ordering::Acquire)) else {
            return Ok(());
        };
        let header = rtp::Header {
            version: 2,
            marker,
            payload_type,
            sequence_number: self.next_sequence.fetch_add(1, Ordering::Relaxed),
            timestamp,
            ssrc: self.ssrc,
            ..Default::default()
        };
        self.rtp.write_rtp(rtp::Packet { header, payload }).await
    }
}

/// Not for secrets: SSRCs and track ids only must differ from others of the same call.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Our tracks by kind; more can be added while media flows.
pub(super) type LocalTracks = Arc<Mutex<BTreeMap<Track, Arc<LocalTrack>>>>;

fn track(tracks: &LocalTracks, track: Track) -> Option<Arc<LocalTrack>> {
    tracks.lock().unwrap_or_else(PoisonError::into_inner).get(&track).cloned()
}

/// Carries voice until the queue's senders are gone.
pub(super) async fn pump_audio(mut queue: mpsc::Receiver<OutboundPacket>, tracks: LocalTracks) {
    while let Some(packet) = queue.recv().await {
        if let OutboundPacket::Audio { track: kind, payload, rtp_timestamp, talk_spurt } = packet
            && let Some(track) = track(&tracks, kind)
            && let Err(error) = track.send(payload, rtp_timestamp, talk_spurt).await
        {
            tracing::debug!(%error, track = kind.as_str(), "a voice packet could not be sent");
        }
    }
}

/// Carries pictures until the queue's senders are gone.
pub(super) async fn pump_video(mut queue: mpsc::Receiver<OutboundPacket>, tracks: LocalTracks) {
    let mut payloaders: BTreeMap<Track, H264Payloader> = BTreeMap::new();
    while let Some(packet) = queue.recv().await {
        let OutboundPacket::Video { track: kind, access_unit, rtp_timestamp, .. } = packet else {
            continue;
        };
        let Some(track) = track(&tracks, kind) else { continue };
        let payloader = payloaders.entry(kind).or_default();
        let payloads = match payloader.payload(MAX_PAYLOAD_BYTES, &access_unit) {
            Ok(payloads) => payloads,
            Err(error) => {
                tracing::warn!(%error, track = kind.as_str(), "a picture could not be packetized");
                continue;
            }
        };
        let last = payloads.len().saturating_sub(1);
        for (i, payload) in payloads.into_iter().enumerate() {
            if let Err(error) = track.send(payload, rtp_timestamp, i == last).await {
                tracing::debug!(%error, track = kind.as_str(), "a picture could not be sent");
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn picture(keyframe: bool) -> OutboundPacket {
        OutboundPacket::Video {
            track: Track::Camera,
            rung: 0,
            access_unit: Bytes::from_static(&[0, 0, 0, 1, 0x65]),
            rtp_timestamp: 0,
            keyframe,
            captured: Instant::now(),
        }
    }

    fn sender() -> (PacketSender, Queues, Arc<Gate>, Arc<AtomicU16>) {
        let (gate, dropped) = (Arc::new(Gate::default()), Arc::new(AtomicU16::new(0)));
        let count = Arc::clone(&dropped);
        let on_dropped = Arc::new(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        });
        let (sender, queues) = queues(Arc::clone(&gate), Arc::default(), on_dropped);
        (sender, queues, gate, dropped)
    }

    #[test]
    fn nothing_is_queued_before_the_link_is_open_and_pictures_begin_with_a_keyframe() {
        let (sender, mut queues, gate, _) = sender();
        sender.send(&picture(true));
        assert!(queues.video.try_recv().is_err());
        gate.open();
        sender.send(&picture(false));
        assert!(queues.video.try_recv().is_err());
        sender.send(&picture(true));
        sender.send(&picture(false));
        assert!(queues.video.try_recv().is_ok() && queues.video.try_recv().is_ok());
    }

    #[test]
    fn a_full_queue_drops_pictures_up_to_the_next_keyframe_and_asks_for_it_once() {
        let (sender, mut queues, gate, dropped) = sender();
        gate.open();
        for i in 0..VIDEO_QUEUE + 5 {
            sender.send(&picture(i == 0));
        }
        assert_eq!(dropped.load(Ordering::SeqCst), 1);
        while queues.video.try_recv().is_ok() {}
        sender.send(&picture(false));
        assert!(queues.video.try_recv().is_err(), "a picture after a gap cannot be decoded");
        sender.send(&picture(true));
        assert!(queues.video.try_recv().is_ok());
    }

    #[test]
    fn one_encoding_is_sent_at_a_time_and_another_one_from_its_keyframe_on() {
        let (sender, mut queues, gate, _) = sender();
        gate.open();
        let of = |rung: usize, keyframe: bool| {
            let mut packet = picture(keyframe);
            let OutboundPacket::Video { rung: its, .. } = &mut packet else { unreachable!() };
            *its = rung;
            packet
        };
        let mut goes = |packet| {
            sender.send(&packet);
            queues.video.try_recv().is_ok()
        };
        assert!(goes(of(0, true)) && !goes(of(1, true)) && goes(of(0, false)));
        gate.send_rung(Track::Camera, Some(1));
        assert!(
            !goes(of(0, true)) && !goes(of(1, false)) && goes(of(1, true)) && goes(of(1, false))
        );
        gate.send_rung(Track::Camera, None);
        assert!(!goes(of(0, true)) && !goes(of(1, true)));
    }
}
