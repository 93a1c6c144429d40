//! The room's playback state as it travels, and how one's own copy stands.

use cinemasync_protocol::ParticipantId;
use cinemasync_protocol::limits::MAX_ID_BYTES;
use serde::{Deserialize, Serialize};

use crate::clock_sync::RoomTime;
use crate::film::{FilmId, FilmInfo, MAX_FILM_NAME_CHARS};
use crate::interface::{Cause, FilmCopy};

/// Latest position in a film, in seconds: a week.
pub const MAX_POSITION_SECS: f64 = 604_800.0;
/// Slowest and fastest rate of the room.
pub const RATES: std::ops::RangeInclusive<f64> = 0.25..=4.0;
/// A state this many revisions ahead of ours is no person's doing and is refused, so that a stranger
/// cannot put the counter at its end in one message.
pub const MAX_REVISION_JUMP: u64 = 1 << 20;
/// Longest fingerprint that is taken from a peer, in bytes.
const MAX_FILM_ID_BYTES: usize = 128;

/// The room's playback. Every participant holds one; of two, the one with the greater
/// (`revision`, `by`) wins, the same everywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaybackState {
    /// Counts the changes.
    pub revision: u64,
    /// Who made this one.
    pub by: ParticipantId,
    /// What is shown.
    pub film: Option<FilmInfo>,
    /// Who opened it.
    pub opened_by: Option<ParticipantId>,
    /// Playing?
    pub playing: bool,
    /// Position in seconds at `at`, and until `at`.
    pub position_secs: f64,
    /// Since when the position runs: for a start, the time that is agreed for it.
    pub at: RoomTime,
    /// Film seconds a second.
    pub rate: f64,
    /// Why it changed.
    pub cause: Cause,
}

impl PlaybackState {
    /// The state before anything happened, as `me` sees it.
    pub(super) fn nothing(me: ParticipantId) -> Self {
        Self {
            revision: 0,
            by: me,
            film: None,
            opened_by: None,
            playing: false,
            position_secs: 0.0,
            at: RoomTime(0),
            rate: 1.0,
            cause: Cause::Pause,
        }
    }

    /// Does this one win over the other?
    pub fn beats(&self, other: &Self) -> bool {
        (self.revision, &self.by) > (other.revision, &other.by)
    }

    /// Are all values such as a person here could have made?
    pub fn is_valid(&self) -> bool {
        let id = |id: &ParticipantId| !id.as_str().is_empty() && id.as_str().len() <= MAX_ID_BYTES;
        self.revision > 0
            && id(&self.by)
            && self.opened_by.as_ref().is_none_or(id)
            && self.film.as_ref().is_none_or(is_valid_film)
            && (self.film.is_some() || !self.playing)
            && is_position(self.position_secs)
            && RATES.contains(&self.rate)
    }

    /// Do both describe the same film at the same place at any time?
    pub(super) fn same_course(&self, other: &Self) -> bool {
        let film = |state: &Self| state.film.as_ref().map(|film| film.id.clone());
        film(self) == film(other)
            && self.playing == other.playing
            && self.position_secs.to_bits() == other.position_secs.to_bits()
            && (self.at == other.at || !self.playing)
            && self.rate.to_bits() == other.rate.to_bits()
    }

    /// Where it is at a time, unbounded: before a start it stands.
    pub(super) fn position_at(&self, time: RoomTime) -> f64 {
        if self.playing && time > self.at {
            self.position_secs + time.seconds_since(self.at) * self.rate
        } else {
            self.position_secs
        }
    }
}

/// May this film be told to the room?
pub fn is_valid_film(film: &FilmInfo) -> bool {
    film.name.chars().count() <= MAX_FILM_NAME_CHARS
        && !film.name.chars().any(char::is_control)
        && film.id.0.len() <= MAX_FILM_ID_BYTES
        && is_position(film.duration_secs)
}

fn is_position(seconds: f64) -> bool {
    (0.0..=MAX_POSITION_SECS).contains(&seconds)
}

/// How a participant's own copy of the film stands, told to all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Of which film; `None` when none is shown.
    pub film: Option<FilmId>,
    /// Where the copy comes from.
    pub copy: FilmCopy,
    /// What it is about.
    pub stage: StandingStage,
    /// Its position minus the room's, in milliseconds, as measured last.
    pub offset_ms: Option<f64>,
}

impl Standing {
    /// Are all values sane?
    pub(super) fn is_valid(&self) -> bool {
        self.film.as_ref().is_none_or(|film| film.0.len() <= MAX_FILM_ID_BYTES)
            && self.offset_ms.is_none_or(f64::is_finite)
    }
}

/// What somebody's copy of the film is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandingStage {
    /// There is no copy.
    None,
    /// It is being opened.
    Loading,
    /// It can play or plays.
    Ready,
    /// It ran out of input.
    Buffering,
}
