//! One room: its people in the order they came, its lock and its password.

use std::time::Duration;

use cinemasync_protocol::{ParticipantId, ParticipantInfo, RoomCode};

use crate::ConnectionId;
use crate::password::PasswordHash;

/// A room. It always holds somebody: whoever takes out the last one drops it.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) code: RoomCode,
    pub(super) password: Option<PasswordHash>,
    pub(super) locked: bool,
    /// When it was made.
    pub(super) created: Duration,
    /// Oldest first; the first is the host.
    pub(super) participants: Vec<Participant>,
}

/// One person in a room.
#[derive(Debug)]
pub(super) struct Participant {
    pub(super) id: ParticipantId,
    pub(super) connection: ConnectionId,
    pub(super) name: String,
    pub(super) screen_sharing: bool,
    /// When it came.
    pub(super) joined: Duration,
}

impl Room {
    /// The one who has been here longest.
    pub(super) fn host(&self) -> &Participant {
        self.participants.first().expect("a room without people is dropped at once")
    }

    /// Whether `connection` is the host's.
    pub(super) fn is_host(&self, connection: ConnectionId) -> bool {
        self.host().connection == connection
    }

    /// The participant of this id.
    pub(super) fn participant(&self, id: &ParticipantId) -> Option<&Participant> {
        self.participants.iter().find(|participant| participant.id == *id)
    }

    /// The participant behind `connection`.
    pub(super) fn by_connection(&mut self, connection: ConnectionId) -> Option<&mut Participant> {
        self.participants.iter_mut().find(|participant| participant.connection == connection)
    }

    /// The connections of all but `connection`, oldest first.
    pub(super) fn others(&self, connection: ConnectionId) -> impl Iterator<Item = ConnectionId> {
        let all = self.participants.iter().map(|participant| participant.connection);
        all.filter(move |other| *other != connection)
    }

    /// Everybody as others see them, oldest first.
    pub(super) fn roll(&self) -> Vec<ParticipantInfo> {
        self.participants.iter().map(|participant| self.describe(participant)).collect()
    }

    /// `participant` as others see it.
    pub(super) fn describe(&self, participant: &Participant) -> ParticipantInfo {
        ParticipantInfo {
            id: participant.id.clone(),
            name: participant.name.clone(),
            host: self.is_host(participant.connection),
            screen_sharing: participant.screen_sharing,
        }
    }
}
