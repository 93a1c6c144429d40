//! What the host decides for the whole room, beside the server's own settings.

use std::time::Duration;

use cinemasync_protocol::ParticipantId;
use serde::{Deserialize, Serialize};

/// Longest that a room can be set to wait for somebody, in seconds.
pub const MAX_PATIENCE_SECS: u32 = 600;
/// How far a revision may run ahead of ours: a hostile host cannot exhaust the numbers for the next one.
const MAX_REVISION_JUMP: u64 = 1_000_000;

/// Who may play, pause, seek, and choose the film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Steering {
    /// Everyone.
    #[default]
    Everyone,
    /// The host alone.
    Host,
}

/// The rules that people see. What is not told has its default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Who may steer.
    pub steering: Steering,
    /// Does the first start of a film wait until everybody has said to be ready?
    pub ready_check: bool,
    /// How long the room waits for somebody who cannot keep up, in seconds.
    pub patience_secs: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self { steering: Steering::Everyone, ready_check: false, patience_secs: 20 }
    }
}

impl Rules {
    /// How long the room waits for somebody.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(u64::from(self.patience_secs.min(MAX_PATIENCE_SECS)))
    }

    /// The same within what can be.
    pub(crate) fn bounded(self) -> Self {
        Self { patience_secs: self.patience_secs.min(MAX_PATIENCE_SECS), ..self }
    }
}

/// The rules as peers tell them: the latest set by a host counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomRules {
    /// Counts the changes.
    pub revision: u64,
    /// Who set them.
    pub by: ParticipantId,
    /// The rules.
    pub rules: Rules,
}

impl RoomRules {
    /// Those of a room in which nobody has set any.
    pub(crate) fn unset(me: ParticipantId) -> Self {
        Self { revision: 0, by: me, rules: Rules::default() }
    }

    /// Of two everybody keeps the same ones.
    pub(crate) fn win_over(&self, others: &Self) -> bool {
        let near = self.revision <= others.revision.saturating_add(MAX_REVISION_JUMP);
        near && (self.revision, &self.by) > (others.revision, &others.by)
    }
}
