//! Coming back after a lost connection: to a place that was kept, or, once the server has started
//! anew, to a room that is put together again from the tokens of those who were in it.

use std::collections::VecDeque;

use cinemasync_protocol::{ParticipantId, RoomCode, ServerMessage, Token};

use super::room::{Participant, Presence, Room};
use super::{Rooms, Timer, send};
use crate::token::Claims;
use crate::{ConnectionId, Event, Now, Output, Refusal};

impl Rooms {
    /// A connection is gone without a word: its place is kept for a while.
    pub(super) fn keep_place(
        &mut self,
        connection: ConnectionId,
        now: Now,
        outputs: &mut Vec<Output>,
    ) {
        let Some((code, id)) = self.places.remove(&connection) else { return };
        let until = now.elapsed + self.settings.resume_window;
        let room = self.rooms.get_mut(&code).expect("a place leads to a room");
        let participant = room.participant_mut(&id).expect("a place leads to a participant");
        participant.presence = Presence::Away { until, missed: VecDeque::new() };
        self.timers.insert((until, Timer::Away(code, id)));
        outputs.push(Output::Happened(Event::Away { connection }));
    }

    /// The time of somebody whose connection broke may be over.
    pub(super) fn give_up_on(
        &mut self,
        code: RoomCode,
        id: &ParticipantId,
        now: Now,
        outputs: &mut Vec<Output>,
    ) {
        let presence = self.rooms.get(&code).and_then(|room| room.participant(id));
        // It may have come back, and even gone again since.
        if let Some(Participant { presence: Presence::Away { until, .. }, .. }) = presence
            && *until <= now.elapsed
        {
            self.take_out(code, id, cinemasync_protocol::DisconnectReason::Lost, outputs);
        }
    }

    /// Takes the holder of a token back into its place.
    pub(super) fn resume(
        &mut self,
        from: ConnectionId,
        token: &Token,
        now: Now,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let claims = self.tokens.verify(token, now.unix_secs()).ok_or(Refusal::ResumeExpired)?;
        let (code, id) = (claims.room, claims.id.clone());
        let missed = match self.rooms.get_mut(&code) {
            Some(room) if room.participant(&id).is_some() => {
                self.take_over(code, &id, from, outputs)
            }
            Some(room) if room.was_removed(&id) => return Err(Refusal::Removed),
            _ => {
                self.restore(claims, from, now, outputs)?;
                VecDeque::new()
            }
        };
        self.places.insert(from, (code, id.clone()));
        let room = &self.rooms[&code];
        let entry = self.entry(room, &id, now);
        let participants = room.roll_without(&id);
        outputs.push(send(
            from,
            ServerMessage::RoomJoined { entry, participants, locked: room.locked },
        ));
        outputs.extend(missed.into_iter().map(|message| send(from, message)));
        let participants = room.len();
        let resumed = Event::Resumed { connection: from, room: code, participants };
        outputs.push(Output::Happened(resumed));
        Ok(())
    }

    /// The place was kept, or the server has not noticed yet that its connection is dead.
    fn take_over(
        &mut self,
        code: RoomCode,
        id: &ParticipantId,
        from: ConnectionId,
        outputs: &mut Vec<Output>,
    ) -> VecDeque<ServerMessage> {
        let room = self.rooms.get_mut(&code).expect("the caller found it");
        let participant = room.participant_mut(id).expect("the caller found it");
        match std::mem::replace(&mut participant.presence, Presence::Here(from)) {
            Presence::Here(connection) => {
                self.places.remove(&connection);
                outputs.push(send(connection, Refusal::Replaced.to_message()));
                outputs.push(Output::Close { connection });
                VecDeque::new()
            }
            Presence::Away { missed, .. } => missed,
        }
    }

    /// The server has started anew: what it needs to know of this place is in the token. What only
    /// it knew is gone: whether the room was locked, and whom the host had sent away.
    fn restore(
        &mut self,
        claims: Claims,
        from: ConnectionId,
        now: Now,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        // Who had a place in this server's own time lost it for good. A token of its first millisecond
        // counts as one of the server before: it cannot be told from it.
        let old = claims.issued_unix_ms <= now.started_unix_ms();
        if !old || now.elapsed >= self.settings.resume_window {
            return Err(Refusal::ResumeExpired);
        }
        let code = claims.room;
        if !self.rooms.contains_key(&code) {
            self.insert_room(Room::new(code, claims.password, now.elapsed), now)?;
        }
        let room = self.rooms.get_mut(&code).expect("inserted above");
        if room.len() >= self.settings.max_participants {
            return Err(Refusal::RoomFull(self.settings.max_participants));
        }
        let id = claims.id.clone();
        room.seat(Participant {
            id: claims.id,
            seat: claims.seat,
            presence: Presence::Here(from),
            name: claims.name,
            screen_sharing: false,
            joined: now.elapsed,
        });
        super::announce(room, &id, outputs);
        Ok(())
    }
}
