//! What the session and the streams (films that come from friends, or go to them) say to each other.

use std::path::PathBuf;

use cinemasync_protocol::ParticipantId;
use serde::{Deserialize, Serialize};

use crate::film::{FilmId, FilmInfo};
use crate::link::LinkConfig;

/// Longest text of a bundle of lanes that one carries to its other end, in bytes.
pub const MAX_SIGNAL_BYTES: usize = 60 * 1024;

/// Does a film that the room shows, and that is not here, come from a friend?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamMode {
    /// By itself.
    Auto,
    /// Once the person says so.
    #[default]
    Ask,
    /// Never.
    Never,
}

/// What the streams are told to do.
#[derive(Debug, Clone, PartialEq)]
pub enum StreamCommand {
    /// This file of one's own may be given to those who ask for it; no other.
    Offer {
        /// The film.
        film: FilmInfo,
        /// Where it is.
        path: PathBuf,
    },
    /// Let this film come. Answered by [`StreamEvent::Ready`] or [`StreamEvent::Failed`].
    Fetch(FilmInfo),
    /// Ask this participant for it, too.
    AddSource(ParticipantId, LinkConfig),
    /// Do not ask this one any more.
    RemoveSource(ParticipantId),
    /// What this one says of the film's hashes counts, and the hash of all of it once that is known
    /// (hexadecimal BLAKE3).
    Vouches(ParticipantId, Option<String>),
    /// The other end of a bundle of lanes says something.
    Signal {
        /// Who.
        from: ParticipantId,
        /// It gets the film from us, and not the other way round.
        taker: bool,
        /// What.
        text: String,
        /// For a bundle that is made for it.
        config: LinkConfig,
    },
    /// This participant is gone: it gets nothing more.
    Gone(ParticipantId),
    /// A connection for media begins: let it find out what its way carries.
    Hush,
    /// The film is over: nothing comes, nothing is given.
    Stop,
    /// Save the film that has come here. Answered by [`StreamEvent::Kept`].
    Keep(PathBuf),
    /// Delete what has come of films, but of the one that is watched.
    Forget,
}

/// What the streams report.
#[derive(Debug, Clone, PartialEq)]
pub enum StreamEvent {
    /// The film can be played, as far as it is here.
    Ready(FilmId),
    /// It cannot come; a sentence for a person.
    Failed(FilmId, String),
    /// Carry this to the other end of a bundle of lanes.
    Signal {
        /// To whom.
        to: ParticipantId,
        /// It is we who get the film.
        taker: bool,
        /// What.
        text: String,
    },
    /// Figures, about once a second and when something changes.
    Figures(StreamFigures),
    /// Something that the person should know; a sentence.
    Warning(String),
    /// The film was saved there, or a sentence why not.
    Kept(Result<PathBuf, String>),
}

/// How a film comes.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct StreamFigures {
    /// Bytes that are here.
    pub bytes_have: u64,
    /// Bytes of the whole film.
    pub bytes_total: u64,
    /// Bytes that are here without a gap from where the player is.
    pub ahead_bytes: u64,
    /// How fast it comes.
    pub bytes_per_second: f64,
    /// From how many it comes.
    pub sources: usize,
    /// How fast the film goes to others, in bytes a second.
    pub given_per_second: f64,
}
