//! The replicated state itself: what it says, which of two wins, what is refused.

use cinemasync_protocol::ParticipantId;
use serde::{Deserialize, Serialize};

use super::RATES;
use crate::clock_sync::RoomTime;
use crate::film::{FilmId, FilmInfo, MAX_FILM_SECS};
use crate::interface::{Cause, WaitReason};

/// How far a revision may run ahead of ours. A room would need a change a second for eleven days to
/// get there honestly; a hostile peer cannot exhaust the numbers and lock the room.
const MAX_REVISION_JUMP: u64 = 1_000_000;
/// The room's speed while somebody's player fills up, as a share of its rate.
const SLOWED: f64 = 0.95;
/// No room waits for more.
const MAX_AWAITED: usize = 64;

/// The room stands still for somebody, and goes on by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// For whom, in the order of their ids.
    pub who: Vec<ParticipantId>,
    /// Why.
    pub why: WaitReason,
}

/// What the room watches and where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaybackState {
    /// Counts what people did.
    pub revision: u64,
    /// Counts what the room did by itself since: of both at once, a person's wish wins.
    #[serde(default)]
    pub adjustment: u64,
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
    /// Has the film been played since it was opened?
    #[serde(default)]
    pub started: bool,
    /// For whom it stands still although somebody pressed play.
    #[serde(default)]
    pub waiting: Option<Waiting>,
    /// Does it play a little slower than its rate, so that somebody's player fills up?
    #[serde(default)]
    pub slowed: bool,
}

impl PlaybackState {
    /// No film.
    pub(super) fn nothing(by: ParticipantId) -> Self {
        Self {
            revision: 0,
            adjustment: 0,
            by,
            film: None,
            opened_by: None,
            playing: false,
            position_secs: 0.0,
            at: RoomTime(0),
            rate: 1.0,
            cause: Cause::Pause,
            started: false,
            waiting: None,
            slowed: false,
        }
    }

    /// Film seconds a second, in force now.
    pub fn speed(&self) -> f64 {
        if self.slowed { self.rate * SLOWED } else { self.rate }
    }

    /// Where the film is at a room time, in seconds.
    pub fn position_at(&self, time: RoomTime) -> f64 {
        if !self.playing {
            return self.position_secs;
        }
        self.clamp(self.position_secs + self.speed() * time.seconds_since(self.at).max(0.0))
    }

    /// The film's length in seconds, if it is known.
    pub fn duration(&self) -> Option<f64> {
        self.film.as_ref().map(|film| film.duration_secs).filter(|duration| *duration > 0.0)
    }

    /// A position within the film.
    pub(super) fn clamp(&self, position_secs: f64) -> f64 {
        position_secs.clamp(0.0, self.duration().unwrap_or(MAX_FILM_SECS))
    }

    pub(super) fn film_id(&self) -> Option<&FilmId> {
        self.film.as_ref().map(|film| &film.id)
    }

    /// Of two states everybody keeps the same one.
    pub(super) fn wins_over(&self, other: &Self) -> bool {
        let rank = |state: &Self| (state.revision, state.adjustment);
        (rank(self), &self.by) > (rank(other), &other.by)
    }

    /// Could an honest peer have sent it to somebody who holds `mine`?
    pub(super) fn is_sane_after(&self, mine: &Self) -> bool {
        let near = self.revision <= mine.revision.saturating_add(MAX_REVISION_JUMP)
            && self.adjustment <= MAX_REVISION_JUMP;
        let placed =
            self.position_secs.is_finite() && (0.0..=MAX_FILM_SECS).contains(&self.position_secs);
        let waits = self
            .waiting
            .as_ref()
            .is_none_or(|waiting| !self.playing && waiting.who.len() <= MAX_AWAITED);
        let named = self.film.as_ref().is_none_or(FilmInfo::is_sane);
        near && placed && waits && RATES.contains(&self.rate) && named
    }
}
