//! The kinds of media a participant can send.

use serde::{Deserialize, Serialize};

/// One of the streams that a participant may send; at most one of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Track {
    /// The person's voice: Opus, mono, 48 kHz.
    Microphone,
    /// The person's face: H.264.
    Camera,
    /// A shared screen: H.264.
    Screen,
    /// The sound of the shared screen: Opus, stereo, 48 kHz.
    ScreenAudio,
}

impl Track {
    /// Every kind, in the order of their sections in an offer.
    pub const ALL: [Self; 4] = [Self::Microphone, Self::Camera, Self::Screen, Self::ScreenAudio];

    /// Does it carry pictures?
    pub fn is_video(self) -> bool {
        matches!(self, Self::Camera | Self::Screen)
    }

    /// Its name in headless events and in media stream ids.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Microphone => "microphone",
            Self::Camera => "camera",
            Self::Screen => "screen",
            Self::ScreenAudio => "screen_audio",
        }
    }
}
