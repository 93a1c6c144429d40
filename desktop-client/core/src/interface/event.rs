//! What happened, and the words for why.

use super::OtherKey;
use super::Place;
use crate::film::FilmInfo;
use crate::film_memory::FilmMemory;
use crate::film_queue::QueuedFilm;
use crate::link::{LinkState, Path};
use crate::safety_code::SafetyCode;
use crate::sentence::Sentence;
use crate::subtitles::SubtitleOffer;
use crate::track::Track;
use cinemasync_protocol::{ParticipantId, RoomCode};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

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
    /// Somebody raised a hand, or lowered it.
    Hand {
        /// Who.
        from: ParticipantId,
        /// Is it raised?
        raised: bool,
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
    /// A film that came from friends was saved there.
    FilmKept(PathBuf),
    /// What is remembered of films is something else now.
    FilmMemory(FilmMemory),
    /// Something to tell the person.
    Notice(Notice),
    /// Something that was asked for failed.
    Failed {
        /// For programs: an [`cinemasync_protocol::ErrorCode`] in snake case, or one of our own such as `no_server`.
        code: String,
        /// A sentence that says what happened and what to do.
        text: Sentence,
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
    pub text: Sentence,
}

/// One line of the chat.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatLine {
    /// Who wrote it; `None` for a system line.
    pub from: Option<ParticipantId>,
    /// The writer's name then; empty for a system line.
    pub name: String,
    /// The text; of a system line in English.
    pub text: String,
    /// What a system line says, for other languages.
    pub sentence: Option<Sentence>,
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
