//! Encoded media between the codecs (media) and the network (peer).

use std::time::Instant;

use bytes::Bytes;

use crate::track::Track;

/// Encoded media on its way out, the same for every peer: each keeps sequence numbers and SSRC of
/// its own, so cloning is a reference count.
#[derive(Debug, Clone)]
pub enum OutboundPacket {
    /// One H.264 access unit.
    Video {
        /// [`Track::Camera`] or [`Track::Screen`].
        track: Track,
        /// Which encoding of it; a link sends one at a time.
        rung: usize,
        /// Annex B byte stream; SPS and PPS precede every IDR.
        access_unit: Bytes,
        /// Capture time in the RTP clock, 90 kHz, from an arbitrary start, wrapping.
        rtp_timestamp: u32,
        /// Can decoding start here?
        keyframe: bool,
        /// When the picture was captured.
        captured: Instant,
    },
    /// One Opus packet.
    Audio {
        /// [`Track::Microphone`] or [`Track::ScreenAudio`].
        track: Track,
        /// The Opus packet: 20 ms.
        payload: Bytes,
        /// Capture time in the RTP clock, 48 kHz, from an arbitrary start, wrapping.
        rtp_timestamp: u32,
        /// First packet after silence (RTP marker, RFC 3551 §4.1).
        talk_spurt: bool,
    },
}

impl OutboundPacket {
    /// The track it belongs to.
    pub fn track(&self) -> Track {
        match self {
            Self::Video { track, .. } | Self::Audio { track, .. } => *track,
        }
    }
}

/// One RTP packet as it came from a peer, its payload still packetized.
#[derive(Debug, Clone)]
pub struct RtpPacket {
    /// Sequence number, wrapping.
    pub sequence: u16,
    /// RTP timestamp: 90 kHz for video, 48 kHz for audio; wrapping.
    pub timestamp: u32,
    /// Marker bit: last packet of a picture, first of a talk spurt.
    pub marker: bool,
    /// The payload after the RTP header and its extensions.
    pub payload: Bytes,
    /// When it arrived.
    pub arrived: Instant,
}

/// Encoded media that came from a peer, ready for media.
#[derive(Debug, Clone)]
pub enum InboundPacket {
    /// One whole H.264 access unit, in decoding order. After a loss, nothing comes until the next
    /// keyframe (the peer asks for it).
    Video {
        /// [`Track::Camera`] or [`Track::Screen`].
        track: Track,
        /// Annex B byte stream.
        access_unit: Bytes,
        /// RTP timestamp, 90 kHz, wrapping.
        rtp_timestamp: u32,
        /// Can decoding start here?
        keyframe: bool,
        /// When its last packet arrived.
        arrived: Instant,
    },
    /// One Opus RTP packet, in order of arrival: the jitter buffer sorts.
    Audio {
        /// [`Track::Microphone`] or [`Track::ScreenAudio`].
        track: Track,
        /// The packet; its payload is one Opus packet.
        packet: RtpPacket,
    },
}
