//! What participants say to each other through the server: who gets it, and what the sender is told.

use cinemasync_protocol::{ParticipantId, ServerMessage};

use super::room::Room;
use super::send;
use crate::{ConnectionId, Event, Output, Refusal};

/// One connection says something as the participant behind it.
pub(super) struct Sender<'a> {
    pub(super) room: &'a mut Room,
    pub(super) connection: ConnectionId,
    pub(super) id: ParticipantId,
}

impl Sender<'_> {
    /// To one other participant; if its connection is broken, for its return.
    pub(super) fn tell(
        self,
        to: &ParticipantId,
        message: impl FnOnce(ParticipantId) -> ServerMessage,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let Self { room, connection, id } = self;
        if *to == id {
            return Err(Refusal::Oneself);
        }
        let receiver = room.participant_mut(to).ok_or(Refusal::UnknownParticipant)?;
        let message = message(id);
        let wire_type = message.wire_type();
        outputs.extend(receiver.deliver(message).map(|(to, message)| send(to, message)));
        outputs.push(Output::Happened(Event::Relayed { connection, wire_type, receivers: 1 }));
        Ok(())
    }

    /// A chat message. Each of those named who is here gets it once; if somebody is not, the sender
    /// is told as well.
    pub(super) fn chat(
        self,
        to: Option<&[ParticipantId]>,
        message: impl FnOnce(ParticipantId) -> ServerMessage,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let Self { room, connection, id } = self;
        if to.is_some_and(|to| to.contains(&id)) {
            return Err(Refusal::Oneself);
        }
        let all_here = to.is_none_or(|to| to.iter().all(|id| room.participant(id).is_some()));
        let message = message(id.clone());
        let wire_type = message.wire_type();
        let mut receivers = 0;
        for receiver in room.participants_mut() {
            if receiver.id != id && to.is_none_or(|to| to.contains(&receiver.id)) {
                outputs.extend(
                    receiver.deliver(message.clone()).map(|(to, message)| send(to, message)),
                );
                receivers += 1;
            }
        }
        outputs.push(Output::Happened(Event::Relayed { connection, wire_type, receivers }));
        match (all_here, receivers) {
            (true, _) => Ok(()),
            (false, 0) => Err(Refusal::UnknownParticipant),
            (false, _) => Err(Refusal::SomeReceiversUnknown),
        }
    }
}
