//! What media must run now: nothing is captured, encoded or decoded that nobody watches.

pub use cinemasync_protocol::ParticipantId;

use crate::bitrate::camera::Rung;
use crate::bitrate::ladder::CameraQuality;
use crate::bitrate::screen::ScreenRung;
use crate::devices::{DeviceKind, DeviceListing, DeviceUse};
use crate::screen::{Content, ScreenItem, ScreenSettings, ScreenSource, Share};
use crate::sentence::Sentence;
use crate::track::Track;
use crate::voice_settings::VoiceSettings;

/// The state that media is to be in. Applying the same plan twice changes nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MediaPlan {
    /// Is the camera device open (for others or for the preview)?
    pub camera: bool,
    /// What is encoded of the camera (somebody receives it), the best first; at most
    /// [`MAX_RUNGS`](crate::bitrate::MAX_RUNGS).
    pub encode_camera: Vec<Rung>,
    /// The best that the camera is asked for.
    pub camera_quality: CameraQuality,
    /// Which camera, whenever one is open.
    pub camera_device: DeviceUse,
    /// Is the microphone open?
    pub microphone: bool,
    /// Is the voice encoded (somebody receives it)?
    pub encode_microphone: bool,
    /// Which microphone, whenever one is open.
    pub microphone_device: DeviceUse,
    /// How one's own voice is treated.
    pub voice: VoiceSettings,
    /// The share of voice packets that is expected to be lost, in percent.
    pub expected_loss_percent: u8,
    /// Where voices go.
    pub speaker_device: DeviceUse,
    /// Are the devices to be listed, now and whenever they change?
    pub watch_devices: bool,
    /// The participants whose media is decoded and played, in a fixed order.
    pub receive: Vec<ParticipantId>,
    /// Those of them who share a screen: when one ends, its last picture goes.
    pub sharers: Vec<ParticipantId>,
    /// How loud voices are mixed: 0 is silent, 1 as it came, 2 the most. Whoever is not here: 1.
    pub volumes: Vec<(ParticipantId, f64)>,
    /// The same for the sound of their screens.
    pub screen_volumes: Vec<(ParticipantId, f64)>,
    /// What is shared of this computer's screen.
    pub screen: Option<ScreenPlan>,
    /// Are monitors and windows to be listed, now and whenever they change, with small pictures of
    /// them?
    pub watch_screens: bool,
}

/// What is shared of the screen, and who gets it.
#[derive(Debug, Clone, PartialEq)]
pub struct ScreenPlan {
    /// What is shared.
    pub share: Share,
    /// How it is sent.
    pub settings: ScreenSettings,
    /// What is encoded of its pictures, the best first; empty while nobody receives it.
    pub encode: Vec<ScreenRung>,
    /// Is its sound encoded: is it shared, and does somebody receive it?
    pub encode_sound: bool,
}

/// What media is told besides the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaCommand {
    /// Encode a keyframe soon; requests close together are merged.
    Keyframe {
        /// Of which track.
        track: Track,
        /// Of which of its encodings.
        rung: usize,
    },
    /// Let a short sound be heard, here alone.
    Sound(Sound),
}

/// A short sound that tells of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sound {
    /// Somebody came.
    Joined,
    /// Somebody left.
    Left,
    /// One's own microphone was turned off.
    Muted,
    /// One's own microphone was turned on.
    Unmuted,
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
        /// Its id, if it was one of the system's and the plan named it.
        device: Option<String>,
        /// What happened and what to do.
        text: Sentence,
    },
    /// The devices of one kind as they are now.
    Devices {
        /// Which kind.
        kind: DeviceKind,
        /// The devices.
        listing: DeviceListing,
    },
    /// The monitors and windows as they are now, at most [`MAX_SCREENS`](crate::screen::MAX_SCREENS).
    Screens(Vec<ScreenItem>),
    /// What is shared now is this: told when it begins and whenever its title or size changes.
    ScreenShows(ScreenItem),
    /// What the shared pictures are mostly made of now.
    ScreenContent(Content),
    /// What was shared is gone (its window was closed, the monitor unplugged) or cannot be sent. Nothing
    /// is grabbed any more.
    ScreenEnded {
        /// What was shared; `None`: whatever it is.
        source: Option<ScreenSource>,
        /// What happened: a sentence for a person.
        text: Sentence,
    },
    /// The sound cannot be shared; a sentence for a person. The pictures go on.
    ScreenSoundEnded(Sentence),
    /// How loud somebody is; up to ten times a second, and only when it changed.
    Level {
        /// Who; `None` is oneself.
        who: Option<ParticipantId>,
        /// For a meter: 0 at -60 dBFS or less, 1 at full scale.
        level: f64,
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
    /// Which of the track's encodings.
    pub rung: usize,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Frames a second.
    pub fps: f64,
    /// The bitrate it aims at.
    pub target_bps: u64,
    /// What it made, in bits a second.
    pub bps: u64,
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
    /// The longest time between two shown frames in milliseconds, since the previous figures.
    pub longest_gap_ms: f64,
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

/// Figures of the sound of somebody's screen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScreenSoundStats {
    /// As for a voice.
    pub sound: VoiceStats,
    /// By how many milliseconds the sound came before its pictures on average, since the previous figures;
    /// negative: after them. `None` while there are not both.
    pub av_skew_ms: Option<f64>,
}

/// Everything media knows about itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MediaStats {
    /// One entry an encoder.
    pub encoders: Vec<EncoderStats>,
    /// By participant: decoders and the voice.
    pub received: Vec<(ParticipantId, Vec<DecoderStats>, Option<VoiceStats>)>,
    /// Of those whose screen is heard.
    pub screen_sounds: Vec<(ParticipantId, ScreenSoundStats)>,
}
