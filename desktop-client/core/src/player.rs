//! What the session and the film player say to each other. Positions are seconds of film time.

use crate::sentence::Sentence;
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;

use crate::film::FilmSource;

/// Longest text of an external subtitle that the player takes, in bytes.
pub const MAX_SUBTITLE_BYTES: usize = 4 << 20;

/// What the player is told to do.
#[derive(Debug, Clone, PartialEq)]
pub enum PlayerCommand {
    /// Open a film, paused at a position. Its delays are 0 again, and it has its own subtitles only.
    Load {
        /// What to open.
        source: FilmSource,
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
    /// Show these subtitles (SRT, ASS, SSA or WebVTT, at most [`MAX_SUBTITLE_BYTES`]) with the film that is
    /// open or being opened. They become a track of it and are chosen at once. A text that is none of these
    /// is answered by [`PlayerEvent::Warning`].
    AddSubtitle {
        /// What the track is called.
        name: String,
        /// The whole text.
        text: Arc<str>,
    },
    /// Show the subtitles of this film later by seconds, -60 to 60; negative is earlier.
    SubtitleDelay(f64),
    /// Let the sound of this film be heard later than its picture by seconds, -10 to 10; negative is earlier.
    /// The picture stays where the room is, the sound moves.
    AudioDelay(f64),
    /// The size of text subtitles, 0.25 to 4 times what the film asks for; for all films from now on.
    SubtitleScale(f64),
    /// Loudness, 0 to 1 as a person moves a slider.
    Volume(f64),
    /// Let the film's sound come out of the device with this id or description, or of the only one that
    /// has this in either; `None` for the system's default. A device that is not there is answered by
    /// [`PlayerEvent::Warning`], and the one before it stays.
    AudioDevice(Option<String>),
}

/// What the player reports.
#[derive(Debug, Clone, PartialEq)]
pub enum PlayerEvent {
    /// A film is open and stands paused at its position.
    Loaded {
        /// Duration in seconds; 0 if unknown.
        duration_secs: f64,
        /// Frames a second of the picture, if there is one and the file tells.
        frame_rate: Option<f64>,
        /// Its tracks.
        tracks: Vec<FilmTrack>,
        /// Its chapters, in order.
        chapters: Vec<Chapter>,
    },
    /// The film's tracks are these now, as subtitles were added or the film brought more of them.
    Tracks(Vec<FilmTrack>),
    /// The film could not be opened; a sentence for a person.
    Failed(Sentence),
    /// The film plays on, but something of it is missing (such as its sound, because the audio device
    /// is gone; it comes back with the device); a sentence for a person.
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
    /// The player ran out of input and has this many percent of what it needs to go on; told again when
    /// that changes much. `None`: it has enough.
    Buffering(Option<u8>),
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
            Self::Loaded { duration_secs, frame_rate, chapters, .. } => {
                duration_secs.is_finite()
                    && frame_rate.is_none_or(f64::is_finite)
                    && chapters.iter().all(|chapter| chapter.start_secs.is_finite())
            }
            Self::Seeked { position_secs } => position_secs.is_finite(),
            Self::Position(position) => {
                position.position_secs.is_finite() && position.buffered_secs.is_finite()
            }
            Self::Failed(_)
            | Self::Warning(_)
            | Self::Ended
            | Self::Buffering(_)
            | Self::Tracks(_)
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
    /// Was it added to the film, instead of being in its file?
    pub external: bool,
    /// The player's short name for its encoding, such as `h264`.
    pub codec: Option<String>,
    /// How many channels its sound has.
    pub channels: Option<u32>,
}

/// A chapter of a film.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chapter {
    /// Where it begins, in seconds.
    pub start_secs: f64,
    /// Title, if the file has one.
    pub title: Option<String>,
}
