//! Everything that is shown, as it is now.

use super::PlaybackView;
use super::{ChatLine, FilmCopy};
use crate::bitrate::ladder::CameraQuality;
use crate::devices::Devices;
use crate::link::{LinkState, LinkStats, Path, Route};
use crate::plan::MediaStats;
use crate::room_rules::Rules;
use crate::safety_code::SafetyCode;
use crate::screen::{Content, ScreenItem, ScreenSettings, Share};
use crate::streaming::StreamMode;
use crate::voice_settings::VoiceSettings;
use cinemasync_protocol::{ParticipantId, RoomCode};
use serde::Serialize;

/// Everything a front end shows, as it is now. Latest wins.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// Where in its life the session is.
    pub stage: Stage,
    /// Is the signaling server reachable (in a room; the call goes on without)?
    pub signaling_connected: bool,
    /// One's own camera and microphone.
    pub me: SelfView,
    /// The devices of this computer, once they were listed.
    pub devices: Devices,
    /// How voices are treated.
    pub voice: VoiceSettings,
    /// Which ways connections may take.
    pub route: Route,
    /// What the host decided for the room.
    pub rules: Rules,
    /// The others, oldest first.
    pub participants: Vec<ParticipantView>,
    /// The chat, oldest first; at most [`MAX_CHAT_LINES`].
    pub chat: std::sync::Arc<Vec<ChatLine>>,
    /// The film and its playback.
    pub playback: PlaybackView,
    /// Whether a film that is not here comes from friends.
    pub stream_mode: StreamMode,
    /// The best that one's camera is asked for.
    pub camera_quality: CameraQuality,
    /// What one shares of the screen.
    pub sharing: Option<SharingView>,
    /// How one's screen is sent.
    pub screen_settings: ScreenSettings,
    /// The monitors and windows that can be shared, while somebody chooses.
    pub screens: std::sync::Arc<Vec<ScreenItem>>,
    /// How exactly room time is known, in milliseconds, once it is.
    pub clock_error_ms: Option<f64>,
    /// Figures of the encoders and decoders, a second old at most.
    pub media: MediaStats,
}

/// Chat lines kept in the snapshot; older ones are forgotten.
pub const MAX_CHAT_LINES: usize = 10_000;

/// Where in its life a session is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Stage {
    /// In no room.
    #[default]
    Lobby,
    /// On the way into one.
    Entering,
    /// In a room.
    Room {
        /// Its code.
        code: RoomCode,
        /// The server's address, as others can use it.
        server: String,
        /// How many it holds.
        max_participants: usize,
        /// Is it locked?
        locked: bool,
    },
}

/// Oneself, as the window shows it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SelfView {
    /// One's own id, in a room.
    pub id: Option<ParticipantId>,
    /// One's own name.
    pub name: String,
    /// Is one the host?
    pub host: bool,
    /// Is the camera on?
    pub camera: bool,
    /// Is the microphone on?
    pub microphone: bool,
    /// Is one's voice sent only while a key is held?
    pub push_to_talk: bool,
    /// Is one heard: is the microphone on, and with push-to-talk the key held?
    pub audible: bool,
    /// Is one speaking, and heard?
    pub speaking: bool,
    /// Is one's hand raised?
    pub hand: bool,
    /// How loud one's own microphone is while it is open, for a meter: 0 to 1.
    pub level: f64,
}

/// What one shares of the screen, as the window shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharingView {
    /// What was asked for.
    pub share: Share,
    /// What it turned out to be, once it is grabbed.
    pub shows: Option<ScreenItem>,
    /// What its pictures are mostly made of, as far as that is known.
    pub content: Option<Content>,
    /// Is its sound sent, too?
    pub sound: bool,
}

/// A program that takes somebody's place with another key than that one's program had before.
/// Nothing is sent to it and nothing shown of it until a person here accepts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OtherKey {
    /// One is asked.
    Asks,
    /// One has refused it.
    Refused,
}

/// Another participant, as the window shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ParticipantView {
    /// Its id.
    pub id: ParticipantId,
    /// What it calls itself.
    pub name: String,
    /// Is it the host?
    pub host: bool,
    /// The connection to it.
    pub state: LinkState,
    /// The connection's path.
    pub path: Option<Path>,
    /// The connection's figures.
    pub link: LinkStats,
    /// Which encoding of one's own camera it gets; `None` while it shows none.
    pub camera_rung: Option<usize>,
    /// The connection's safety code.
    pub safety_code: Option<SafetyCode>,
    /// Did one say that the codes are equal?
    pub compared: bool,
    /// Does a program with another key than before want its place?
    pub other_key: Option<OtherKey>,
    /// Is its camera on?
    pub camera: bool,
    /// Is its microphone on?
    pub microphone: bool,
    /// Does it share its screen?
    pub screen: bool,
    /// With sound?
    pub screen_audio: bool,
    /// How loud that is mixed here: 0 is silent, 1 as it comes, 2 the most.
    pub screen_volume: f64,
    /// Which encoding of one's own screen it gets; `None` while it shows none.
    pub screen_rung: Option<usize>,
    /// Is it speaking?
    pub speaking: bool,
    /// Is its hand raised?
    pub hand: bool,
    /// How loud it is now, for a meter: 0 to 1.
    pub level: f64,
    /// How loud its voice is mixed here: 0 is silent, 1 as it comes, 2 the most.
    pub volume: f64,
    /// Its copy of the film, once it said so.
    pub copy: FilmCopy,
    /// Is the film open there?
    pub film_ready: bool,
    /// Is its copy the same as one's own to the last byte? `None` until both were read through.
    pub same_film: Option<bool>,
    /// Has its person said to be ready for the first start?
    pub agreed: bool,
    /// Where the film is heard there minus where the room is, in milliseconds, while it plays.
    pub film_offset_ms: Option<f64>,
    /// Its clock against ours, in milliseconds.
    pub clock_offset_ms: Option<f64>,
    /// How exactly that is known, in milliseconds.
    pub clock_error_ms: Option<f64>,
}
