//! What a front end (window or headless) and the session say to each other: commands ask, events
//! tell, the snapshot is.

use std::path::PathBuf;

use cinemasync_protocol::{ErrorCode, ParticipantId, RoomCode, Token};
use serde::{Deserialize, Serialize};

use crate::bitrate::ladder::CameraQuality;
use crate::devices::{DeviceKind, Devices};
use crate::film::{FilmId, FilmInfo};
use crate::film_memory::FilmMemory;
use crate::film_queue::QueuedFilm;
use crate::link::{Identity, LinkState, LinkStats, Path, Route};
use crate::plan::MediaStats;
use crate::player::{Chapter, FilmTrack};
use crate::room_rules::Rules;
use crate::safety_code::SafetyCode;
use crate::subtitles::SubtitleOffer;
use crate::track::Track;
use crate::voice_settings::VoiceSettings;

/// How to get into a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Where the server is.
    pub server: ServerChoice,
    /// Make a room, or join the one with this code.
    pub room: RoomChoice,
    /// What to be called.
    pub name: String,
    /// The room's password, if it has one.
    pub password: Option<String>,
    /// What to show the others so that they know this program again; none yet: the session makes
    /// one.
    pub identity: Option<Identity>,
}

/// Which signaling server to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerChoice {
    /// One inside this process, on a free loopback port.
    Embedded,
    /// The one at this `ws://` or `wss://` address.
    Url(String),
}

/// Make a room, join one, or come back to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomChoice {
    /// Make a new one.
    Create,
    /// Join this one.
    Join(RoomCode),
    /// Take the place again that this token stands for.
    Resume(Token),
}

/// A place in a room, as a program keeps it that may be ended and started again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The server's address.
    pub server: String,
    /// The name one has there.
    pub name: String,
    /// What proves whose place it is. Secret.
    pub token: Token,
    /// What the others know this program by.
    #[serde(default)]
    pub identity: Option<Identity>,
}

/// What a person asks the session to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Enter a room.
    Enter(Invite),
    /// Leave the room, or give up entering it.
    Leave,
    /// Write to everybody.
    Chat(String),
    /// Write to everybody about the place where the film is now.
    ChatAtFilm(String),
    /// Float an emoji over everybody's film.
    React(String),
    /// Let nobody else in, or open the room again. The host's to decide.
    LockRoom(bool),
    /// Turn the camera on or off.
    Camera(bool),
    /// Turn the microphone on or off.
    Microphone(bool),
    /// Use this device from now on, by its id; `None` for the system's default one.
    ChooseDevice {
        /// Of which kind it is.
        kind: DeviceKind,
        /// Which.
        id: Option<String>,
    },
    /// List the devices from now on, although none of them is wished for.
    ListDevices,
    /// Run the camera and the microphone although nobody receives them, because a person looks at
    /// their picture and meter: for the lobby and for settings.
    Preview(bool),
    /// Ask the camera for this at most, and send no better.
    CameraQuality(CameraQuality),
    /// Treat voices like this from now on.
    Voice(VoiceSettings),
    /// How loud somebody's voice is to be: 0 is silent, 1 as it comes, 2 the most.
    VoiceVolume {
        /// Whose.
        who: ParticipantId,
        /// How loud.
        volume: f64,
    },
    /// Send one's voice only while [`Command::Talk`] says so; the microphone stays open.
    PushToTalk(bool),
    /// The key to talk is held down, or was let go.
    Talk(bool),
    /// Show this local film to the room.
    OpenFilm(PathBuf),
    /// Show what is at this `http` or `https` address to the room; everybody is asked first.
    OpenAddress(String),
    /// Play the address that the room watches, or do not.
    AnswerAddress(bool),
    /// Use this file as one's own copy of the film that the room shows.
    AttachFilm(PathBuf),
    /// Use this file as one's own copy although it is another cut of the film that the room shows.
    AttachOtherCut(PathBuf),
    /// The time of one's own cut minus that of the room's, in seconds.
    FilmShift(f64),
    /// Take the film off the screen, for everybody.
    CloseFilm,
    /// Show this local film after those that wait already.
    QueueFilm(PathBuf),
    /// Take a film out of those that wait.
    Unqueue(FilmId),
    /// Move a film that waits.
    MoveInQueue {
        /// Which.
        film: FilmId,
        /// Its place, counted from 0.
        to: usize,
    },
    /// Show the next film that waits.
    PlayNext,
    /// Play, for everybody.
    Play,
    /// Pause, for everybody.
    Pause,
    /// Go to this position in seconds, for everybody.
    Seek(f64),
    /// Play at this rate (0.25 to 4), for everybody.
    Rate(f64),
    /// Go a frame forward (or back) while the film stands still, for everybody.
    Step {
        /// Forward?
        forward: bool,
    },
    /// Take back the pause or the seek that somebody just made, for everybody.
    Undo,
    /// One is ready for the first start of the film, or no longer.
    Ready(bool),
    /// Set the room's rules. The host's to decide.
    SetRules(Rules),
    /// One's own audio track; 0 for none.
    AudioTrack(i64),
    /// One's own subtitle track; 0 for none.
    SubtitleTrack(i64),
    /// Show subtitles later here, by seconds; negative is earlier.
    SubtitleDelay(f64),
    /// Let the film's sound come later here, by seconds; negative is earlier.
    AudioDelay(f64),
    /// The size of text subtitles here: 1 is what the film asks for.
    SubtitleScale(f64),
    /// Propose one's own choice of tracks to everybody.
    ProposeTracks,
    /// Take the tracks that somebody proposed, or leave it.
    AnswerProposal(bool),
    /// Add this subtitle file to the film, and offer it to the others.
    AddSubtitle(PathBuf),
    /// Take a subtitle file that somebody offers.
    TakeSubtitle {
        /// Who.
        from: ParticipantId,
        /// That one's number for it.
        number: u32,
    },
    /// One's own loudness of the film, 0 to 1.
    FilmVolume(f64),
    /// How large everybody's pictures are shown here now; replaces what was told before.
    Shown(Vec<Shown>),
    /// Which ways connections may take that are made from now on.
    Route(Route),
    /// One has compared safety codes with this participant, and they are equal; or take that back.
    Compared(ParticipantId, bool),
    /// Connect to this participant although its program shows another key than before.
    AcceptKey(ParticipantId),
    /// Do not.
    RefuseKey(ParticipantId),
}

/// How large somebody's picture is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Whose.
    pub of: ParticipantId,
    /// Which.
    pub track: Track,
    /// Width of its place in physical pixels; 0 while it is hidden.
    pub width: u32,
    /// Height of its place; the picture is cut to fill it.
    pub height: u32,
}

/// What happened. Each one counts and none is dropped.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// One is in a room.
    Room {
        /// Its code.
        code: RoomCode,
        /// One's own id.
        id: ParticipantId,
        /// One's own name.
        name: String,
        /// The server's address.
        server: String,
        /// The others: id and name, oldest first.
        participants: Vec<(ParticipantId, String)>,
    },
    /// Where one can come back to after the program ended; `None`: nowhere any more.
    Place(Option<Place>),
    /// One is out of the room; the session can enter another.
    Left,
    /// Somebody came.
    ParticipantJoined {
        /// Who.
        id: ParticipantId,
        /// What it calls itself.
        name: String,
    },
    /// Somebody is gone.
    ParticipantLeft {
        /// Who.
        id: ParticipantId,
        /// What it called itself.
        name: String,
        /// `left`, `lost` or `removed`.
        reason: &'static str,
    },
    /// A connection's state, path, safety code or key changed.
    Peer {
        /// With whom.
        id: ParticipantId,
        /// How it stands.
        state: LinkState,
        /// Which way it takes.
        path: Option<Path>,
        /// The same at both ends if nobody stands between.
        safety_code: Option<SafetyCode>,
        /// Did one say that the codes are equal?
        compared: bool,
        /// Does a program with another key than before want its place?
        other_key: Option<OtherKey>,
    },
    /// The first picture of a track was decoded.
    FirstFrame {
        /// Whose.
        from: ParticipantId,
        /// Which.
        source: Track,
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// Somebody turned a track on or off.
    TrackChanged {
        /// Who.
        from: ParticipantId,
        /// Which.
        source: Track,
        /// On now?
        on: bool,
    },
    /// Somebody else's chat message.
    Chat(ChatLine),
    /// An emoji.
    Reaction {
        /// Who.
        from: ParticipantId,
        /// Which.
        emoji: String,
    },
    /// The room shows another film, or one's own copy of it changed.
    Film {
        /// The film; `None`: nothing is shown any more.
        film: Option<FilmInfo>,
        /// Who opened it.
        from: Option<ParticipantId>,
        /// One's own copy.
        mine: FilmCopy,
    },
    /// Playback changed.
    Playback {
        /// Playing?
        playing: bool,
        /// Position in seconds.
        position_secs: f64,
        /// Rate.
        rate: f64,
        /// Who asked.
        by: ParticipantId,
        /// Why.
        cause: Cause,
    },
    /// The room waits for somebody; empty when no longer.
    Waiting {
        /// For whom.
        who: Vec<ParticipantId>,
        /// Why.
        why: WaitReason,
    },
    /// The films that wait are others now.
    Queue(Vec<QueuedFilm>),
    /// Somebody proposes these tracks of the film.
    Proposal {
        /// Who.
        from: ParticipantId,
        /// Audio track; 0 for none.
        audio: i64,
        /// Subtitle track; 0 for none.
        subtitle: i64,
    },
    /// Somebody offers a subtitle file.
    SubtitleOffered(SubtitleOffer),
    /// What is remembered of films is something else now.
    FilmMemory(FilmMemory),
    /// Something to tell the person.
    Notice(Notice),
    /// Something that was asked for failed.
    Failed {
        /// For programs: an [`ErrorCode`] in snake case, or one of our own such as `no_server`.
        code: String,
        /// A sentence that says what happened and what to do.
        text: String,
        /// Did it end the stay, or keep one from entering?
        fatal: bool,
    },
}

/// Where one's own copy of the film is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilmCopy {
    /// A file here.
    Local,
    /// It comes from a friend.
    Streaming,
    /// There is none yet.
    #[default]
    None,
}

/// Why playback changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Somebody pressed play.
    Play,
    /// Somebody pressed pause.
    Pause,
    /// Somebody moved to another place.
    Seek,
    /// Somebody changed the rate.
    Rate,
    /// One joined, or one's copy became ready, while it played.
    Join,
    /// It stopped to wait for somebody.
    Waiting,
    /// It went on after waiting.
    Resumed,
}

/// Why the room waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitReason {
    /// The player ran out of input.
    Buffering,
    /// The film is being opened.
    Loading,
    /// Not everybody said ready.
    NotReady,
}

/// How serious a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Good to know.
    Info,
    /// Something does not work as it should; the rest goes on.
    Warning,
    /// Something asked for failed.
    Error,
}

/// A sentence for the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How serious.
    pub level: Level,
    /// What happened and what to do.
    pub text: String,
}

/// One line of the chat.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatLine {
    /// Who wrote it; `None` for a system line.
    pub from: Option<ParticipantId>,
    /// The writer's name then; empty for a system line.
    pub name: String,
    /// The text.
    pub text: String,
    /// The place of the film that it speaks of, in seconds.
    pub film_secs: Option<f64>,
    /// Its id, unique per writer.
    pub id: String,
    /// How it came.
    pub via: Via,
    /// When it was written or came, in Unix milliseconds.
    pub at_unix_ms: u64,
}

/// How a chat message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// Directly.
    Peer,
    /// Through the server.
    Server,
    /// It was made here: one's own, or a system line.
    Here,
}

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
    /// The best that one's camera is asked for.
    pub camera_quality: CameraQuality,
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
    /// How loud one's own microphone is while it is open, for a meter: 0 to 1.
    pub level: f64,
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
    /// Is it speaking?
    pub speaking: bool,
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

/// The film and its playback, as the window shows them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlaybackView {
    /// The film the room shows.
    pub film: Option<FilmInfo>,
    /// The name of who opened it.
    pub opened_by: String,
    /// One's own copy.
    pub mine: FilmCopy,
    /// How playback stands here.
    pub state: PlaybackStage,
    /// Does the room play (rather than pause)?
    pub playing: bool,
    /// For whom the room stands still although somebody pressed play.
    pub waiting: Option<WaitingView>,
    /// Does the room play a little slower, so that somebody's player fills up?
    pub slowed: bool,
    /// What can be taken back now.
    pub undo: Option<UndoView>,
    /// Was the film ever started? Until then the ready check counts.
    pub started: bool,
    /// Has one said to be ready for the first start?
    pub agreed: bool,
    /// May one play, pause, seek and choose the film?
    pub may_steer: bool,
    /// Position here in seconds, at the time of the snapshot.
    pub position_secs: f64,
    /// Where the room should be.
    pub target_secs: f64,
    /// Position here minus where the room should be, in milliseconds, from the audio clock.
    pub offset_ms: Option<f64>,
    /// Speed in force here: the room's rate times the correction.
    pub speed: f64,
    /// The room's rate.
    pub rate: f64,
    /// Seconds of film ready ahead.
    pub buffered_secs: f64,
    /// The film's tracks.
    pub tracks: Vec<FilmTrack>,
    /// The film's chapters.
    pub chapters: Vec<Chapter>,
    /// Chosen audio track; 0 for none.
    pub audio_track: i64,
    /// Chosen subtitle track; 0 for none.
    pub subtitle_track: i64,
    /// Loudness, 0 to 1.
    pub volume: f64,
    /// How sound and subtitles are set here.
    pub tuning: Tuning,
    /// One's own copy, where it is another cut than the room's.
    pub other_cut: Option<OtherCut>,
    /// A file that was to be one's own copy and is another cut: [`Command::AttachOtherCut`] takes it all
    /// the same.
    pub refused_cut: Option<PathBuf>,
    /// The room watches what is at this address, and one is asked before one's player opens it.
    pub address_asked: Option<String>,
    /// The films that wait: each with the name of who has it.
    pub queue: Vec<(FilmInfo, String)>,
    /// Tracks that somebody proposes: the name, audio and subtitle track.
    pub proposal: Option<(String, i64, i64)>,
    /// Subtitle files that others offer.
    pub subtitle_offers: Vec<SubtitleOffer>,
}

/// How one has set sound and subtitles of the film for oneself. The delays are the film's: with the next
/// one they are 0 again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tuning {
    /// Subtitles are shown later by so many seconds, -60 to 60; negative is earlier.
    pub subtitle_delay_secs: f64,
    /// The sound comes later by so many seconds, -10 to 10; negative is earlier.
    pub audio_delay_secs: f64,
    /// The size of text subtitles, 0.25 to 4: 1 is what the film asks for.
    pub subtitle_scale: f64,
}

impl Default for Tuning {
    fn default() -> Self {
        Self { subtitle_delay_secs: 0.0, audio_delay_secs: 0.0, subtitle_scale: 1.0 }
    }
}

/// One's own copy is another cut than the room's.
#[derive(Debug, Clone, PartialEq)]
pub struct OtherCut {
    /// One's own file.
    pub film: FilmInfo,
    /// Its time minus the room's, in seconds.
    pub shift_secs: f64,
}

/// For whom the room stands still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingView {
    /// Each with its name, and how much of what it needs is there, in percent, if known.
    pub who: Vec<(ParticipantId, String, Option<u8>)>,
    /// Why.
    pub why: WaitReason,
}

/// What somebody just did and can be taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct UndoView {
    /// The name of who did it.
    pub by: String,
    /// A pause or a seek.
    pub cause: Cause,
    /// Where the film went or stopped, in seconds.
    pub position_secs: f64,
}

/// How playback stands here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaybackStage {
    /// No film.
    #[default]
    None,
    /// It is being opened, or one's copy is wanted.
    Loading,
    /// Playing.
    Playing,
    /// Paused.
    Paused,
    /// Waiting: for a scheduled start, for input, or for somebody.
    Waiting,
}

/// The wire's name of an error code.
pub fn error_code_name(code: ErrorCode) -> String {
    serde_json::to_value(code)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_else(|| "unrecognized".to_owned())
}
