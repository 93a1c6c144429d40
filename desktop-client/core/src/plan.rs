//! What media must run now: nothing is captured, encoded or decoded that nobody watches.

pub use cinemasync_protocol::ParticipantId;

use crate::track::Track;

/// The state that media is to be in. Applying the same plan twice changes nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MediaPlan {
    /// Is the camera device open (for others or for the preview)?
    pub camera: bool,
    /// Is the camera encoded (somebody receives it)?
    pub encode_camera: bool,
    /// Is the microphone open?
    pub microphone: bool,
    /// Is the voice encoded (somebody receives it)?
    pub encode_microphone: bool,
    /// The participants whose media is decoded and played, in a fixed order.
    pub receive: Vec<ParticipantId>,
}

/// What media is told besides the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaCommand {
    /// Encode a keyframe of this track soon; requests close together are merged.
    Keyframe(Track),
}

/// What media reports.
#[derive(Debug, Clone, PartialEq)]
pub enum MediaEvent {
    /// The first frame of a track was decoded.
    FirstFrame {
        /// Whose.
        from: ParticipantId,
        /// Which.
        track: Track,
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// A decoder cannot go on without a keyframe.
    KeyframeNeeded {
        /// Whose.
        from: ParticipantId,
        /// Which track.
        track: Track,
    },
    /// A device could not be opened or is gone; a sentence for a person. The rest goes on.
    DeviceFailed {
        /// Which track it fed, or `None` for the speaker.
        track: Option<Track>,
        /// What happened and what to do.
        text: String,
    },
    /// Somebody began or stopped speaking.
    Speaking {
        /// Who; `None` is oneself.
        who: Option<ParticipantId>,
        /// Speaking now?
        speaking: bool,
    },
}

/// Figures of one encoder, over the time since the previous ones were taken.
#[derive(Debug, Clone, PartialEq)]
pub struct EncoderStats {
    /// What it encodes.
    pub track: Track,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Frames a second.
    pub fps: f64,
    /// The bitrate it aims at.
    pub target_bps: u64,
    /// Mean milliseconds a frame.
    pub encode_ms: f64,
    /// Keyframes since the start.
    pub keyframes: u64,
}

/// Figures of one video decoder.
#[derive(Debug, Clone, PartialEq)]
pub struct DecoderStats {
    /// What it decodes.
    pub track: Track,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Frames a second, since the previous figures.
    pub fps: f64,
    /// Frames decoded since the start.
    pub frames_decoded: u64,
    /// Frames lost or given up since the start.
    pub frames_dropped: u64,
    /// Gaps between shown frames longer than 300 ms (or 3 times the usual), since the start.
    pub freezes: u64,
    /// Mean milliseconds a frame, since the previous figures.
    pub decode_ms: f64,
    /// Capture to decode in milliseconds, read from a test pattern; `None` for other pictures.
    pub capture_to_decode_ms: Option<f64>,
}

/// Figures of one received voice.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VoiceStats {
    /// Interarrival jitter (RFC 3550 §6.4.1) in milliseconds.
    pub jitter_ms: f64,
    /// Share of the played time that was concealed, in percent, since the previous figures.
    pub concealed_percent: f64,
    /// Loudness in dBFS; -100 for silence.
    pub level_db: f64,
}

/// Everything media knows about itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MediaStats {
    /// One entry an encoder.
    pub encoders: Vec<EncoderStats>,
    /// By participant: decoders and the voice.
    pub received: Vec<(ParticipantId, Vec<DecoderStats>, Option<VoiceStats>)>,
}
