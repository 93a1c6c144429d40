//! One room: its people in the order they came, its lock and its password.

use std::collections::VecDeque;
use std::time::Duration;

use cinemasync_protocol::{ParticipantId, ParticipantInfo, RoomCode, ServerMessage};

use crate::ConnectionId;
use crate::password::PasswordHash;

/// Messages that wait for somebody whose connection broke; the oldest make room. A negotiation that
/// went on meanwhile is a few dozen.
const MAX_MISSED: usize = 64;
/// Ids of removed people that a room remembers; the oldest make room.
const MAX_REMOVED: usize = 64;

/// A room. It always holds somebody: whoever takes out the last one drops it.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) code: RoomCode,
    pub(super) password: Option<PasswordHash>,
    pub(super) locked: bool,
    /// When it was made.
    pub(super) created: Duration,
    /// When its participants get fresh relay credentials, if theirs end.
    pub(super) renew_at: Option<Duration>,
    /// By seat; the first is the host.
    participants: Vec<Participant>,
    removed: VecDeque<ParticipantId>,
}

/// One person in a room.
#[derive(Debug)]
pub(super) struct Participant {
    pub(super) id: ParticipantId,
    /// Its place in the order of arrival: when it came, in Unix milliseconds, or later if that is
    /// taken. Whoever comes to a room that was put together again sits behind those who come back.
    pub(super) seat: u64,
    pub(super) presence: Presence,
    pub(super) name: String,
    pub(super) screen_sharing: bool,
    /// When it came.
    pub(super) joined: Duration,
}

/// How a participant can be reached.
#[derive(Debug)]
pub(super) enum Presence {
    /// Over this connection.
    Here(ConnectionId),
    /// Its connection broke; the place is kept.
    Away {
        /// Until then.
        until: Duration,
        /// What was said to it meanwhile, at most [`MAX_MISSED`].
        missed: VecDeque<ServerMessage>,
    },
}

impl Participant {
    /// The connection it is reached over, while there is one.
    pub(super) fn connection(&self) -> Option<ConnectionId> {
        match self.presence {
            Presence::Here(connection) => Some(connection),
            Presence::Away { .. } => None,
        }
    }

    /// Keeps a message for its return, or gives it back with the connection to send it over.
    pub(super) fn deliver(
        &mut self,
        message: ServerMessage,
    ) -> Option<(ConnectionId, ServerMessage)> {
        match &mut self.presence {
            Presence::Here(connection) => Some((*connection, message)),
            Presence::Away { missed, .. } => {
                if missed.len() == MAX_MISSED {
                    missed.pop_front();
                }
                missed.push_back(message);
                None
            }
        }
    }
}

impl Room {
    /// A room that nobody is in yet: the caller seats somebody at once.
    pub(super) fn new(code: RoomCode, password: Option<PasswordHash>, created: Duration) -> Self {
        Self {
            code,
            password,
            locked: false,
            created,
            renew_at: None,
            participants: Vec::new(),
            removed: VecDeque::new(),
        }
    }

    /// The seat of somebody who comes now, by the wall clock in Unix milliseconds.
    pub(super) fn next_seat(&self, unix_ms: u64) -> u64 {
        self.participants.last().map_or(0, |last| last.seat.saturating_add(1)).max(unix_ms)
    }

    /// Seats somebody, in the order of seats.
    pub(super) fn seat(&mut self, participant: Participant) {
        let at = self.participants.partition_point(|other| other.seat <= participant.seat);
        self.participants.insert(at, participant);
    }

    /// Takes somebody out.
    pub(super) fn unseat(&mut self, id: &ParticipantId) -> Option<Participant> {
        let at = self.participants.iter().position(|one| one.id == *id)?;
        Some(self.participants.remove(at))
    }

    /// How many there are, those whose place is kept among them.
    pub(super) fn len(&self) -> usize {
        self.participants.len()
    }

    /// Everybody, by seat.
    pub(super) fn participants(&self) -> &[Participant] {
        &self.participants
    }

    /// Everybody, by seat.
    pub(super) fn participants_mut(&mut self) -> &mut [Participant] {
        &mut self.participants
    }

    /// The one who has been here longest.
    pub(super) fn host(&self) -> &Participant {
        self.participants.first().expect("a room without people is dropped at once")
    }

    /// The participant of this id.
    pub(super) fn participant(&self, id: &ParticipantId) -> Option<&Participant> {
        self.participants.iter().find(|participant| participant.id == *id)
    }

    /// The participant of this id.
    pub(super) fn participant_mut(&mut self, id: &ParticipantId) -> Option<&mut Participant> {
        self.participants.iter_mut().find(|participant| participant.id == *id)
    }

    /// Somebody of this name whose connection broke.
    pub(super) fn away_named(&self, name: &str) -> Option<&Participant> {
        let away = |one: &&Participant| one.name == name && one.connection().is_none();
        self.participants.iter().find(away)
    }

    /// The connections of all but `id` who can be reached, by seat.
    pub(super) fn others(&self, id: &ParticipantId) -> impl Iterator<Item = ConnectionId> {
        let others = self.participants.iter().filter(move |other| other.id != *id);
        others.filter_map(Participant::connection)
    }

    /// Everybody but `id` as others see them, by seat.
    pub(super) fn roll_without(&self, id: &ParticipantId) -> Vec<ParticipantInfo> {
        let others = self.participants.iter().filter(|other| other.id != *id);
        others.map(|participant| self.describe(participant)).collect()
    }

    /// `participant` as others see it.
    pub(super) fn describe(&self, participant: &Participant) -> ParticipantInfo {
        ParticipantInfo {
            id: participant.id.clone(),
            name: participant.name.clone(),
            host: self.host().id == participant.id,
            screen_sharing: participant.screen_sharing,
        }
    }

    /// The host sent this one away: its token opens nothing here any more.
    pub(super) fn remember_removed(&mut self, id: ParticipantId) {
        if self.removed.len() == MAX_REMOVED {
            self.removed.pop_front();
        }
        self.removed.push_back(id);
    }

    /// Whether the host sent this one away.
    pub(super) fn was_removed(&self, id: &ParticipantId) -> bool {
        self.removed.contains(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn participant(id: &str, seat: u64) -> Participant {
        Participant {
            id: ParticipantId::new(id),
            seat,
            presence: Presence::Here(ConnectionId(seat)),
            name: id.to_owned(),
            screen_sharing: false,
            joined: Duration::ZERO,
        }
    }

    #[test]
    fn whoever_comes_back_sits_where_it_sat() {
        let mut room = Room::new(RoomCode::from_random([1; 8]), None, Duration::ZERO);
        for (id, seat) in [("cleo", 2), ("ana", 0), ("ben", 1)] {
            room.seat(participant(id, seat));
        }
        let order: Vec<&str> = room.participants().iter().map(|one| one.id.as_str()).collect();
        assert_eq!(order, ["ana", "ben", "cleo"]);
        assert_eq!(room.next_seat(0), 3, "a clock that goes back changes no order");
        assert_eq!(room.next_seat(1_000), 1_000);
    }

    #[test]
    fn what_waits_for_somebody_is_bounded_and_the_newest_is_kept() {
        let mut away = participant("ana", 0);
        away.presence = Presence::Away { until: Duration::ZERO, missed: VecDeque::new() };
        for number in 0..MAX_MISSED + 3 {
            let from = ParticipantId::new(number.to_string());
            assert!(away.deliver(ServerMessage::ScreenShareStarted { from }).is_none());
        }
        let Presence::Away { missed, .. } = away.presence else { panic!("it was away") };
        assert_eq!(missed.len(), MAX_MISSED);
        let newest = ParticipantId::new((MAX_MISSED + 2).to_string());
        assert_eq!(missed.back(), Some(&ServerMessage::ScreenShareStarted { from: newest }));
    }
}
