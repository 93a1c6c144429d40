//! What the session and the film player say to each other. Positions are seconds of film time.

use std::path::PathBuf;
use std::time::Instant;

use serde::Serialize;

/// What the player is told to do.
#[derive(Debug, Clone, PartialEq)]
pub enum PlayerCommand {
    /// Open a local file, paused at a position.
    Load {
        /// The file.
        path: PathBuf,
        /// Where to stand.
        position_secs: f64,
    },
    /// Close the film.
    Unload,
    /// Be at this position, paused and primed (first frame and sound decoded), as soon as can be.
    /// Answered by [`PlayerEvent::Seeked`].
    Seek {
        /// Where to.
        position_secs: f64,
    },
    /// Start playing at exactly this time (at once if it is past).
    PlayAt(Instant),
    /// Stop playing at once.
    Pause,
    /// The room's rate: 1 is normal, 0.25 to 4; pitch is kept.
    Rate(f64),
    /// A small correction on top of the rate by resampling, near 1: 1.01 plays 1 % faster.
    Trim(f64),
    /// Choose an audio track by its id; 0 for none.
    AudioTrack(i64),
    /// Choose a subtitle track by its id; 0 for none.
    SubtitleTrack(i64),
    /// Loudness, 0 to 1 as a person moves a slider.
    Volume(f64),
}

/// What the player reports.
#[derive(Debug, Clone, PartialEq)]
pub enum PlayerEvent {
    /// A film is open and stands paused at its position.
    Loaded {
        /// Duration in seconds; 0 if unknown.
        duration_secs: f64,
        /// Its tracks.
        tracks: Vec<FilmTrack>,
    },
    /// The film could not be opened; a sentence for a person.
    Failed(String),
    /// The film plays on, but something of it is missing (such as its sound, because the audio device
    /// could not be opened); a sentence for a person.
    Warning(String),
    /// A seek is done: the player stands paused here, primed.
    Seeked {
        /// Where it stands.
        position_secs: f64,
    },
    /// Where playback is; about ten times a second while playing, and after each change.
    Position(PlayerPosition),
    /// The end of the film was reached; the player stands paused there.
    Ended,
    /// The player ran out of input (`true`) or has enough again.
    Buffering(bool),
    /// Which tracks play now.
    TracksChosen {
        /// Audio track id, 0 for none.
        audio: i64,
        /// Subtitle track id, 0 for none.
        subtitle: i64,
    },
}

impl PlayerEvent {
    /// Are all its figures numbers? Those of an odd film may not be, and mean nothing then.
    pub fn is_finite(&self) -> bool {
        match self {
            Self::Loaded { duration_secs, .. } => duration_secs.is_finite(),
            Self::Seeked { position_secs } => position_secs.is_finite(),
            Self::Position(position) => {
                position.position_secs.is_finite() && position.buffered_secs.is_finite()
            }
            Self::Failed(_)
            | Self::Warning(_)
            | Self::Ended
            | Self::Buffering(_)
            | Self::TracksChosen { .. } => true,
        }
    }
}

/// Where playback was at a time, from the audio clock if there is sound, else from the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlayerPosition {
    /// Film time in seconds of what is heard at `at`.
    pub position_secs: f64,
    /// When.
    pub at: Instant,
    /// Playing, not paused and not stalled?
    pub playing: bool,
    /// Seconds of film decoded or read ahead.
    pub buffered_secs: f64,
}

/// What kind of track a [`FilmTrack`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FilmTrackKind {
    /// Picture.
    Video,
    /// Sound.
    Audio,
    /// Subtitles.
    Subtitle,
}

/// One track of a film.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilmTrack {
    /// The player's id for it; counts from 1 within its kind.
    pub id: i64,
    /// Its kind.
    pub kind: FilmTrackKind,
    /// Title, if the file has one.
    pub title: Option<String>,
    /// Language code, if the file has one.
    pub language: Option<String>,
}
