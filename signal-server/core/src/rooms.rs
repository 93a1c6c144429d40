//! The rooms and their rules: entering, leaving, roles, and who is told what.
//!
//! The checks of single fields are in `check`, one room's own state in `room`. A lost connection
//! leaves at once; keeping its place for `resume` comes with the signed tokens' expiry.

mod check;
mod overview;
mod room;

use std::collections::BTreeMap;

use cinemasync_protocol::{
    ClientMessage, DisconnectReason, IceServer, ParticipantId, RoomCode, RoomEntry, ServerMessage,
    Token,
};

pub use self::overview::{ParticipantOverview, RoomOverview};
use self::room::{Participant, Room};
use crate::entropy::random;
use crate::password::PasswordHash;
use crate::token::TokenKey;
use crate::{ConnectionId, Entropy, Event, Now, Output, Refusal, Settings};

/// How often a fresh code or id may meet one that exists. With 40 and 60 random bits the first try
/// does it; the bound is there for an entropy source that is broken.
const MAX_DRAWS: usize = 16;

/// Every room of a server. See the crate's page.
pub struct Rooms {
    settings: Settings,
    tokens: TokenKey,
    rooms: BTreeMap<RoomCode, Room>,
    /// In which room a connection is.
    places: BTreeMap<ConnectionId, RoomCode>,
}

impl Rooms {
    /// No rooms yet.
    pub fn new(settings: Settings) -> Self {
        let tokens = TokenKey::new(&settings.secret);
        Self { settings, tokens, rooms: BTreeMap::new(), places: BTreeMap::new() }
    }

    /// Does what `from` asks, or refuses it.
    pub fn handle(
        &mut self,
        from: ConnectionId,
        message: ClientMessage,
        now: Now,
        entropy: &mut impl Entropy,
    ) -> Vec<Output> {
        let mut outputs = Vec::new();
        if let Err(refusal) = self.act(from, message, now, entropy, &mut outputs) {
            outputs.push(send(from, refusal.to_message()));
            let code = refusal.code();
            outputs.push(Output::Happened(Event::Refused { connection: from, code }));
        }
        outputs
    }

    /// `connection` is gone without a word.
    pub fn disconnect(&mut self, connection: ConnectionId) -> Vec<Output> {
        let mut outputs = Vec::new();
        self.take_out(connection, DisconnectReason::Lost, &mut outputs);
        outputs
    }

    /// How many rooms there are.
    pub fn room_count(&self) -> usize {
        self.rooms.len()
    }

    /// How many participants are connected.
    pub fn participant_count(&self) -> usize {
        self.places.len()
    }

    /// What the participant with this token may use for ICE, or `None` if nobody here has it.
    pub fn ice_servers_for(&self, token: &Token) -> Option<&[IceServer]> {
        let (room, id) = self.tokens.verify(token)?;
        self.rooms.get(&room)?.participant(&id)?;
        Some(&self.settings.ice_servers)
    }

    /// Every room and who is in it, in the order of their codes.
    pub fn overview(&self, now: Now) -> Vec<RoomOverview> {
        let participants = |room: &Room| {
            let all = room.participants.iter();
            all.map(|participant| ParticipantOverview {
                participant: room.describe(participant),
                age: now.elapsed.saturating_sub(participant.joined),
            })
            .collect()
        };
        let rooms = self.rooms.values();
        rooms
            .map(|room| RoomOverview {
                room: room.code,
                age: now.elapsed.saturating_sub(room.created),
                locked: room.locked,
                password: room.password.is_some(),
                participants: participants(room),
            })
            .collect()
    }

    fn act(
        &mut self,
        from: ConnectionId,
        message: ClientMessage,
        now: Now,
        entropy: &mut impl Entropy,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let wire_type = message.wire_type();
        match message {
            ClientMessage::CreateRoom { name, protocol, password } => {
                self.outside(from)?;
                check::protocol(protocol)?;
                let name = check::name(&name)?;
                let password = check::password(password)?;
                self.create(from, name, password.as_deref(), now, entropy, outputs)
            }
            ClientMessage::JoinRoom { room, name, protocol, password } => {
                self.outside(from)?;
                check::protocol(protocol)?;
                let name = check::name(&name)?;
                let password = check::password(password)?;
                let code = check::room_code(&room)?;
                self.join(from, code, name, password.as_deref(), now, entropy, outputs)
            }
            ClientMessage::Resume { token: _ } => {
                self.outside(from)?;
                // No place is kept after a lost connection, so no token leads back to one.
                Err(Refusal::ResumeExpired)
            }
            ClientMessage::LeaveRoom => {
                self.room_of(from)?;
                outputs.push(send(from, ServerMessage::RoomLeft));
                self.take_out(from, DisconnectReason::Left, outputs);
                Ok(())
            }
            ClientMessage::WebrtcOffer { to, sdp } => {
                let room = self.room_of(from)?;
                check::sdp(&sdp)?;
                let relay = |from| ServerMessage::WebrtcOffer { from, sdp };
                relay_to_one(room, from, &to, wire_type, relay, outputs)
            }
            ClientMessage::WebrtcAnswer { to, sdp } => {
                let room = self.room_of(from)?;
                check::sdp(&sdp)?;
                let relay = |from| ServerMessage::WebrtcAnswer { from, sdp };
                relay_to_one(room, from, &to, wire_type, relay, outputs)
            }
            ClientMessage::WebrtcIceCandidate { to, candidate } => {
                let room = self.room_of(from)?;
                check::candidate(candidate.as_ref())?;
                let relay = |from| ServerMessage::WebrtcIceCandidate { from, candidate };
                relay_to_one(room, from, &to, wire_type, relay, outputs)
            }
            ClientMessage::ChatMessage { id, text, to } => {
                let room = self.room_of(from)?;
                check::chat(&id, &text, to.as_deref())?;
                let message = |from| ServerMessage::ChatMessage { from, id, text, at: now.unix_ms };
                chat(room, from, to.as_deref(), message, outputs)
            }
            ClientMessage::ScreenShareStarted => self.share_screen(from, true, outputs),
            ClientMessage::ScreenShareStopped => self.share_screen(from, false, outputs),
            ClientMessage::LockRoom { locked } => {
                let room = self.room_hosted_by(from)?;
                room.locked = locked;
                for participant in &room.participants {
                    let message = ServerMessage::RoomLocked { locked };
                    outputs.push(send(participant.connection, message));
                }
                Ok(())
            }
            ClientMessage::RemoveParticipant { id } => self.remove(from, &id, outputs),
        }
    }

    fn create(
        &mut self,
        from: ConnectionId,
        name: String,
        password: Option<&str>,
        now: Now,
        entropy: &mut impl Entropy,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        if self.rooms.len() >= self.settings.max_rooms {
            return Err(Refusal::TooManyRooms);
        }
        let code = (0..MAX_DRAWS)
            .map(|_| RoomCode::from_random(random(entropy)))
            .find(|code| !self.rooms.contains_key(code))
            .ok_or(Refusal::TooManyRooms)?;
        let id = draw_id(entropy);
        let room = Room {
            code,
            password: password.map(|password| PasswordHash::new(password, random(entropy))),
            locked: false,
            created: now.elapsed,
            participants: vec![newcomer(from, id.clone(), name, now)],
        };
        self.rooms.insert(code, room);
        self.places.insert(from, code);
        outputs.push(send(from, ServerMessage::RoomCreated(self.entry(code, id))));
        outputs.push(Output::Happened(Event::RoomCreated { connection: from, room: code }));
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "what a join consists of, used once")]
    fn join(
        &mut self,
        from: ConnectionId,
        code: RoomCode,
        name: String,
        password: Option<&str>,
        now: Now,
        entropy: &mut impl Entropy,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let room = self.rooms.get_mut(&code).ok_or(Refusal::RoomNotFound)?;
        // The password comes first: without it a stranger learns nothing more of the room.
        match (&room.password, password) {
            (Some(kept), Some(given)) if !kept.matches(given) => {
                return Err(Refusal::PasswordWrong);
            }
            (Some(_), None) => return Err(Refusal::PasswordMissing),
            _ => {}
        }
        if room.locked {
            return Err(Refusal::RoomLocked);
        }
        let max_participants = self.settings.max_participants;
        if room.participants.len() >= max_participants {
            return Err(Refusal::RoomFull(max_participants));
        }
        let id = (0..MAX_DRAWS)
            .map(|_| draw_id(entropy))
            .find(|id| room.participant(id).is_none())
            .ok_or(Refusal::RoomFull(max_participants))?;
        let participants = room.roll();
        room.participants.push(newcomer(from, id.clone(), name, now));
        let newest = room.participants.last().expect("pushed above");
        let participant = room.describe(newest);
        self.places.insert(from, code);

        let room = &self.rooms[&code];
        let entry = self.entry(code, id);
        let joined = ServerMessage::RoomJoined { entry, participants, locked: room.locked };
        outputs.push(send(from, joined));
        for other in room.others(from) {
            let participant = participant.clone();
            outputs.push(send(other, ServerMessage::UserJoined { participant }));
        }
        outputs.push(Output::Happened(Event::Joined {
            connection: from,
            room: code,
            participants: room.participants.len(),
        }));
        Ok(())
    }

    /// Tells the others when it changes something; saying it twice is no news.
    fn share_screen(
        &mut self,
        from: ConnectionId,
        sharing: bool,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let room = self.room_of(from)?;
        let sender = room.by_connection(from).expect("its place leads to this room");
        if std::mem::replace(&mut sender.screen_sharing, sharing) == sharing {
            return Ok(());
        }
        let id = sender.id.clone();
        for other in room.others(from) {
            let from = id.clone();
            let message = if sharing {
                ServerMessage::ScreenShareStarted { from }
            } else {
                ServerMessage::ScreenShareStopped { from }
            };
            outputs.push(send(other, message));
        }
        Ok(())
    }

    fn remove(
        &mut self,
        from: ConnectionId,
        id: &ParticipantId,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let room = self.room_hosted_by(from)?;
        let removed = room.participant(id).ok_or(Refusal::UnknownParticipant)?.connection;
        if removed == from {
            return Err(Refusal::Oneself);
        }
        outputs.push(send(removed, Refusal::Removed.to_message()));
        self.take_out(removed, DisconnectReason::Removed, outputs);
        Ok(())
    }

    /// Takes `connection` out of its room, if it is in one, and tells those who stay.
    fn take_out(
        &mut self,
        connection: ConnectionId,
        reason: DisconnectReason,
        outputs: &mut Vec<Output>,
    ) {
        let Some(code) = self.places.remove(&connection) else { return };
        let room = self.rooms.get_mut(&code).expect("a place leads to a room");
        let at = room.participants.iter().position(|one| one.connection == connection);
        let gone = room.participants.remove(at.expect("a place leads to a participant"));
        if room.participants.is_empty() {
            self.rooms.remove(&code);
        } else {
            let host = &room.host().id;
            for participant in &room.participants {
                let (id, host) = (gone.id.clone(), host.clone());
                let message = ServerMessage::UserDisconnected { id, reason, host };
                outputs.push(send(participant.connection, message));
            }
        }
        let participants = self.rooms.get(&code).map_or(0, |room| room.participants.len());
        let left = Event::Left { connection, reason, room: code, participants };
        outputs.push(Output::Happened(left));
    }

    /// What a participant is told about its own place.
    fn entry(&self, room: RoomCode, id: ParticipantId) -> RoomEntry {
        RoomEntry {
            room,
            token: self.tokens.sign(room, &id),
            id,
            max_participants: self.settings.max_participants,
            ice_servers: self.settings.ice_servers.clone(),
        }
    }

    fn outside(&self, connection: ConnectionId) -> Result<(), Refusal> {
        if self.places.contains_key(&connection) { Err(Refusal::AlreadyInRoom) } else { Ok(()) }
    }

    fn room_of(&mut self, connection: ConnectionId) -> Result<&mut Room, Refusal> {
        let code = self.places.get(&connection).ok_or(Refusal::NotInRoom)?;
        Ok(self.rooms.get_mut(code).expect("a place leads to a room"))
    }

    fn room_hosted_by(&mut self, connection: ConnectionId) -> Result<&mut Room, Refusal> {
        let room = self.room_of(connection)?;
        if room.is_host(connection) { Ok(room) } else { Err(Refusal::NotHost) }
    }
}

fn relay_to_one(
    room: &mut Room,
    from: ConnectionId,
    to: &ParticipantId,
    wire_type: &'static str,
    message: impl FnOnce(ParticipantId) -> ServerMessage,
    outputs: &mut Vec<Output>,
) -> Result<(), Refusal> {
    let receiver = room.participant(to).ok_or(Refusal::UnknownParticipant)?.connection;
    if receiver == from {
        return Err(Refusal::Oneself);
    }
    let sender = room.by_connection(from).expect("its place leads to this room").id.clone();
    outputs.push(send(receiver, message(sender)));
    let relayed = Event::Relayed { connection: from, wire_type, receivers: 1 };
    outputs.push(Output::Happened(relayed));
    Ok(())
}

/// Each of those named who is here gets it once; if somebody is not, the sender is told as well.
fn chat(
    room: &mut Room,
    from: ConnectionId,
    to: Option<&[ParticipantId]>,
    message: impl FnOnce(ParticipantId) -> ServerMessage,
    outputs: &mut Vec<Output>,
) -> Result<(), Refusal> {
    let sender = room.by_connection(from).expect("its place leads to this room").id.clone();
    let all_here = to.is_none_or(|to| to.iter().all(|id| room.participant(id).is_some()));
    if to.is_some_and(|to| to.contains(&sender)) {
        return Err(Refusal::Oneself);
    }
    let wanted =
        |one: &&Participant| one.connection != from && to.is_none_or(|to| to.contains(&one.id));
    let message = message(sender);
    let wire_type = message.wire_type();
    let mut receivers = 0;
    for receiver in room.participants.iter().filter(wanted) {
        outputs.push(send(receiver.connection, message.clone()));
        receivers += 1;
    }
    outputs.push(Output::Happened(Event::Relayed { connection: from, wire_type, receivers }));
    match (all_here, receivers) {
        (true, _) => Ok(()),
        (false, 0) => Err(Refusal::UnknownParticipant),
        (false, _) => Err(Refusal::SomeReceiversUnknown),
    }
}

fn send(to: ConnectionId, message: ServerMessage) -> Output {
    Output::Send { to, message }
}

fn newcomer(connection: ConnectionId, id: ParticipantId, name: String, now: Now) -> Participant {
    Participant { id, connection, name, screen_sharing: false, joined: now.elapsed }
}

/// A participant's id: 12 characters of the room codes' alphabet in small letters, 60 random bits.
fn draw_id(entropy: &mut impl Entropy) -> ParticipantId {
    let random: [u8; 12] = random(entropy);
    let character = |byte| RoomCode::ALPHABET[usize::from(byte % 32)].to_ascii_lowercase();
    ParticipantId::new(random.map(|byte| char::from(character(byte))).iter().collect::<String>())
}
