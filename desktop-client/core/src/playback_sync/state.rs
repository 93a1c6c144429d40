//! The replicated state itself: what it says, which of two wins, what is refused.

use cinemasync_protocol::ParticipantId;
use serde::{Deserialize, Serialize};

use super::RATES;
use crate::clock_sync::RoomTime;
use crate::film::{FilmId, FilmInfo, MAX_FILM_NAME_CHARS};
use crate::interface::Cause;

/// How far a revision may run ahead of ours. A room would need a change a second for eleven days to
/// get there honestly; a hostile peer cannot exhaust the numbers and lock the room.
const MAX_REVISION_JUMP: u64 = 1_000_000;
/// No film is longer, in seconds.
const MAX_POSITION_SECS: f64 = 1e7;
/// Longest film id: hexadecimal BLAKE3.
const MAX_FILM_ID_BYTES: usize = 128;

/// What the room watches and where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaybackState {
    /// Counts the changes.
    pub revision: u64,
    /// Who made this one.
    pub by: ParticipantId,
    /// The film.
    pub film: Option<FilmInfo>,
    /// Who showed it.
    pub opened_by: Option<ParticipantId>,
    /// Playing or paused?
    pub playing: bool,
    /// Position in seconds at `at`; the scheduled start if that lies ahead.
    pub position_secs: f64,
    /// When.
    pub at: RoomTime,
    /// Film seconds a second.
    pub rate: f64,
    /// What was pressed.
    pub cause: Cause,
}

impl PlaybackState {
    /// No film.
    pub(super) fn nothing(by: ParticipantId) -> Self {
        Self {
            revision: 0,
            by,
            film: None,
            opened_by: None,
            playing: false,
            position_secs: 0.0,
            at: RoomTime(0),
            rate: 1.0,
            cause: Cause::Pause,
        }
    }

    /// Where the film is at a room time, in seconds.
    pub fn position_at(&self, time: RoomTime) -> f64 {
        if !self.playing {
            return self.position_secs;
        }
        self.clamp(self.position_secs + self.rate * time.seconds_since(self.at).max(0.0))
    }

    /// The film's length in seconds, if it is known.
    pub fn duration(&self) -> Option<f64> {
        self.film.as_ref().map(|film| film.duration_secs).filter(|duration| *duration > 0.0)
    }

    /// A position within the film.
    pub(super) fn clamp(&self, position_secs: f64) -> f64 {
        position_secs.clamp(0.0, self.duration().unwrap_or(MAX_POSITION_SECS))
    }

    pub(super) fn film_id(&self) -> Option<&FilmId> {
        self.film.as_ref().map(|film| &film.id)
    }

    /// Of two states everybody keeps the same one.
    pub(super) fn wins_over(&self, other: &Self) -> bool {
        (self.revision, &self.by) > (other.revision, &other.by)
    }

    /// Could an honest peer have sent it to somebody who holds `mine`?
    pub(super) fn is_sane_after(&self, mine: &Self) -> bool {
        let near = self.revision <= mine.revision.saturating_add(MAX_REVISION_JUMP);
        let placed = self.position_secs.is_finite()
            && (0.0..=MAX_POSITION_SECS).contains(&self.position_secs);
        near && placed && RATES.contains(&self.rate) && self.film.as_ref().is_none_or(is_sane_film)
    }
}

fn is_sane_film(film: &FilmInfo) -> bool {
    let named = (1..=MAX_FILM_NAME_CHARS).contains(&film.name.chars().count());
    let lasting =
        film.duration_secs.is_finite() && (0.0..=MAX_POSITION_SECS).contains(&film.duration_secs);
    named
        && !film.name.chars().any(char::is_control)
        && lasting
        && film.id.0.len() <= MAX_FILM_ID_BYTES
        && film.id.0.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
