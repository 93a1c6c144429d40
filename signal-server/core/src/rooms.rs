//! The rooms and their rules: entering, leaving, roles, and who is told what.
//!
//! The parts: `check` the limits of single fields, `relay` what participants say to each other,
//! `resume` coming back after a lost connection, `room` one room's own state.

mod check;
mod overview;
mod relay;
mod resume;
mod room;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use cinemasync_protocol::{
    ClientMessage, DisconnectReason, IceServer, ParticipantId, RoomCode, RoomEntry, ServerMessage,
    Token,
};

pub use self::overview::{ParticipantOverview, RoomOverview};
use self::relay::Sender;
use self::room::{Participant, Presence, Room};
use crate::entropy::random;
use crate::ice::IceDirectory;
use crate::password::PasswordHash;
use crate::token::{Claims, TokenKey};
use crate::{ConnectionId, Entropy, Event, Now, Output, Refusal, Relay, Settings};

/// How often a fresh code or id may meet one that exists. With 40 and 60 random bits the first try
/// does it; the bound is there for an entropy source that is broken.
const MAX_DRAWS: usize = 16;

/// Every room of a server. See the crate's page.
pub struct Rooms {
    settings: Settings,
    tokens: TokenKey,
    ice: IceDirectory,
    rooms: BTreeMap<RoomCode, Room>,
    /// Where a connection is.
    places: BTreeMap<ConnectionId, (RoomCode, ParticipantId)>,
    /// What is to be looked at when. An entry whose cause is gone is passed over in its time; each
    /// is a minute or the life of a room old at most, and costs its causer a message.
    timers: BTreeSet<(Duration, Timer)>,
}

/// What is to be looked at.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// The place that is kept for this one.
    Away(RoomCode, ParticipantId),
    /// The relay credentials of this room.
    Renew(RoomCode),
}

/// What somebody wants who enters a room.
struct Newcomer {
    connection: ConnectionId,
    name: String,
    password: Option<String>,
}

impl Rooms {
    /// No rooms yet.
    pub fn new(settings: Settings) -> Self {
        let tokens = TokenKey::new(&settings.secret);
        let ice = IceDirectory::new(settings.ice.clone());
        Self {
            settings,
            tokens,
            ice,
            rooms: BTreeMap::new(),
            places: BTreeMap::new(),
            timers: BTreeSet::new(),
        }
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

    /// `connection` is gone without a word. Its place is kept for the resume window; the others are
    /// told when that is over.
    pub fn disconnect(&mut self, connection: ConnectionId, now: Now) -> Vec<Output> {
        let mut outputs = Vec::new();
        self.keep_place(connection, now, &mut outputs);
        outputs
    }

    /// When [`Rooms::handle_timeout`] is wanted next, on the clock of [`Now::elapsed`].
    pub fn next_timeout(&self) -> Option<Duration> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// Time has passed: places that nobody came back to are given up, credentials renewed.
    pub fn handle_timeout(&mut self, now: Now) -> Vec<Output> {
        let mut outputs = Vec::new();
        while let Some((at, timer)) = self.timers.pop_first() {
            if now.elapsed < at {
                self.timers.insert((at, timer));
                break;
            }
            match timer {
                Timer::Away(code, id) => self.give_up_on(code, &id, now, &mut outputs),
                Timer::Renew(code) => self.renew(code, now, &mut outputs),
            }
        }
        outputs
    }

    /// A service gave these ICE servers, in place of those that it gave before.
    pub fn set_fetched_ice_servers(&mut self, servers: Vec<IceServer>, now: Now) -> Vec<Output> {
        let mut outputs = Vec::new();
        if self.ice.set_fetched(servers) {
            for room in self.rooms.values() {
                self.tell_ice_servers(room, now, &mut outputs);
            }
        }
        outputs
    }

    /// From now on participants are told of this relay too.
    pub fn add_relay(&mut self, relay: Relay) {
        self.ice.add_relay(relay);
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
    pub fn ice_servers_for(&self, token: &Token, now: Now) -> Option<Vec<IceServer>> {
        let claims = self.tokens.verify(token, now.unix_secs())?;
        self.rooms.get(&claims.room)?.participant(&claims.id)?;
        Some(self.ice.servers_for(&claims.id, now.unix_secs()))
    }

    /// Every room and who is in it, in the order of their codes.
    pub fn overview(&self, now: Now) -> Vec<RoomOverview> {
        let participants = |room: &Room| {
            let all = room.participants().iter();
            all.map(|participant| ParticipantOverview {
                participant: room.describe(participant),
                age: now.elapsed.saturating_sub(participant.joined),
                away: participant.connection().is_none(),
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
        match message {
            ClientMessage::CreateRoom { name, protocol, password } => {
                self.outside(from)?;
                let newcomer = newcomer(from, &name, protocol, password)?;
                self.create(newcomer, now, entropy, outputs)
            }
            ClientMessage::JoinRoom { room, name, protocol, password } => {
                self.outside(from)?;
                let newcomer = newcomer(from, &name, protocol, password)?;
                self.join(check::room_code(&room)?, newcomer, now, entropy, outputs)
            }
            ClientMessage::Resume { token } => {
                self.outside(from)?;
                self.resume(from, &token, now, outputs)
            }
            ClientMessage::LeaveRoom => {
                let (code, id) = self.places.get(&from).cloned().ok_or(Refusal::NotInRoom)?;
                outputs.push(send(from, ServerMessage::RoomLeft));
                self.take_out(code, &id, DisconnectReason::Left, outputs);
                Ok(())
            }
            ClientMessage::WebrtcOffer { to, sdp } => {
                let sender = self.sender(from)?;
                check::sdp(&sdp)?;
                sender.tell(&to, |from| ServerMessage::WebrtcOffer { from, sdp }, outputs)
            }
            ClientMessage::WebrtcAnswer { to, sdp } => {
                let sender = self.sender(from)?;
                check::sdp(&sdp)?;
                sender.tell(&to, |from| ServerMessage::WebrtcAnswer { from, sdp }, outputs)
            }
            ClientMessage::WebrtcIceCandidate { to, candidate } => {
                let sender = self.sender(from)?;
                check::candidate(candidate.as_ref())?;
                let message = |from| ServerMessage::WebrtcIceCandidate { from, candidate };
                sender.tell(&to, message, outputs)
            }
            ClientMessage::ChatMessage { id, text, to } => {
                let sender = self.sender(from)?;
                check::chat(&id, &text, to.as_deref())?;
                let message = |from| ServerMessage::ChatMessage { from, id, text, at: now.unix_ms };
                sender.chat(to.as_deref(), message, outputs)
            }
            ClientMessage::ScreenShareStarted => self.share_screen(from, true, outputs),
            ClientMessage::ScreenShareStopped => self.share_screen(from, false, outputs),
            ClientMessage::LockRoom { locked } => {
                let Sender { room, .. } = self.host(from)?;
                room.locked = locked;
                let here = room.participants().iter().filter_map(Participant::connection);
                outputs.extend(here.map(|to| send(to, ServerMessage::RoomLocked { locked })));
                Ok(())
            }
            ClientMessage::RemoveParticipant { id } => self.remove(from, &id, outputs),
        }
    }

    fn create(
        &mut self,
        newcomer: Newcomer,
        now: Now,
        entropy: &mut impl Entropy,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let code = (0..MAX_DRAWS)
            .map(|_| RoomCode::from_random(random(entropy)))
            .find(|code| !self.rooms.contains_key(code))
            .ok_or(Refusal::TooManyRooms)?;
        let id = draw_id(entropy);
        let password = newcomer.password.as_deref();
        let password = password.map(|password| PasswordHash::new(password, random(entropy)));
        let connection = newcomer.connection;
        let room = self.insert_room(Room::new(code, password, now.elapsed), now)?;
        room.seat(newcomer.participant(id.clone(), room.next_seat(now.unix_ms), now));
        self.places.insert(connection, (code, id.clone()));
        let entry = self.entry(&self.rooms[&code], &id, now);
        outputs.push(send(connection, ServerMessage::RoomCreated(entry)));
        outputs.push(Output::Happened(Event::RoomCreated { connection, room: code }));
        Ok(())
    }

    fn join(
        &mut self,
        code: RoomCode,
        newcomer: Newcomer,
        now: Now,
        entropy: &mut impl Entropy,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let room = self.rooms.get_mut(&code).ok_or(Refusal::RoomNotFound)?;
        // The password comes first: without it a stranger learns nothing more of the room.
        match (&room.password, &newcomer.password) {
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
        if room.len() >= max_participants {
            // Somebody whose program was ended, and who joins again instead of coming back.
            let again = room.away_named(&newcomer.name).map(|again| again.id.clone());
            let again = again.ok_or(Refusal::RoomFull(max_participants))?;
            self.take_out(code, &again, DisconnectReason::Lost, outputs);
        }
        let room = self.rooms.get_mut(&code).expect("a full room has others in it");
        let id = (0..MAX_DRAWS)
            .map(|_| draw_id(entropy))
            .find(|id| room.participant(id).is_none())
            .ok_or(Refusal::RoomFull(max_participants))?;
        let connection = newcomer.connection;
        room.seat(newcomer.participant(id.clone(), room.next_seat(now.unix_ms), now));
        self.places.insert(connection, (code, id.clone()));

        let room = &self.rooms[&code];
        let entry = self.entry(room, &id, now);
        let participants = room.roll_without(&id);
        let joined = ServerMessage::RoomJoined { entry, participants, locked: room.locked };
        outputs.push(send(connection, joined));
        announce(room, &id, outputs);
        let participants = room.len();
        outputs.push(Output::Happened(Event::Joined { connection, room: code, participants }));
        Ok(())
    }

    /// Keeps a room that somebody is about to be seated in.
    fn insert_room(&mut self, mut room: Room, now: Now) -> Result<&mut Room, Refusal> {
        if self.rooms.len() >= self.settings.max_rooms {
            return Err(Refusal::TooManyRooms);
        }
        let code = room.code;
        if let Some(renewal) = self.ice.renewal() {
            let at = now.elapsed + renewal;
            room.renew_at = Some(at);
            self.timers.insert((at, Timer::Renew(code)));
        }
        Ok(self.rooms.entry(code).or_insert(room))
    }

    /// Tells the others when it changes something; saying it twice is no news.
    fn share_screen(
        &mut self,
        from: ConnectionId,
        sharing: bool,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let Sender { room, id, .. } = self.sender(from)?;
        let sender = room.participant_mut(&id).expect("a place leads to a participant");
        if std::mem::replace(&mut sender.screen_sharing, sharing) == sharing {
            return Ok(());
        }
        for other in room.others(&id) {
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
        let Sender { room, id: host, .. } = self.host(from)?;
        if *id == host {
            return Err(Refusal::Oneself);
        }
        let removed = room.participant(id).ok_or(Refusal::UnknownParticipant)?.connection();
        let code = room.code;
        room.remember_removed(id.clone());
        outputs.extend(removed.map(|to| send(to, Refusal::Removed.to_message())));
        self.take_out(code, id, DisconnectReason::Removed, outputs);
        Ok(())
    }

    /// Takes somebody out of a room and tells those who stay.
    fn take_out(
        &mut self,
        code: RoomCode,
        id: &ParticipantId,
        reason: DisconnectReason,
        outputs: &mut Vec<Output>,
    ) {
        let room = self.rooms.get_mut(&code).expect("a place leads to a room");
        let gone = room.unseat(id).expect("a place leads to a participant");
        let connection = gone.connection();
        if let Some(connection) = connection {
            self.places.remove(&connection);
        }
        let participants = room.len();
        if participants == 0 {
            let renew_at = room.renew_at;
            self.rooms.remove(&code);
            // A room's renewal is hours ahead: it would outlive many a room.
            if let Some(at) = renew_at {
                self.timers.remove(&(at, Timer::Renew(code)));
            }
        } else {
            let host = &room.host().id;
            for other in room.others(id) {
                let (id, host) = (id.clone(), host.clone());
                outputs.push(send(other, ServerMessage::UserDisconnected { id, reason, host }));
            }
        }
        let left = Event::Left { connection, reason, room: code, participants };
        outputs.push(Output::Happened(left));
    }

    /// Gives a room's participants fresh relay credentials.
    fn renew(&mut self, code: RoomCode, now: Now, outputs: &mut Vec<Output>) {
        let (Some(renewal), Some(room)) = (self.ice.renewal(), self.rooms.get_mut(&code)) else {
            return;
        };
        let at = now.elapsed + renewal;
        room.renew_at = Some(at);
        self.timers.insert((at, Timer::Renew(code)));
        self.tell_ice_servers(&self.rooms[&code], now, outputs);
    }

    fn tell_ice_servers(&self, room: &Room, now: Now, outputs: &mut Vec<Output>) {
        for participant in room.participants() {
            if let Some(to) = participant.connection() {
                let ice_servers = self.ice.servers_for(&participant.id, now.unix_secs());
                outputs.push(send(to, ServerMessage::IceServers { ice_servers }));
            }
        }
    }

    /// What a participant is told about its own place.
    fn entry(&self, room: &Room, id: &ParticipantId, now: Now) -> RoomEntry {
        let participant = room.participant(id).expect("the caller has just seated it");
        let claims = Claims {
            room: room.code,
            id: id.clone(),
            seat: participant.seat,
            name: participant.name.clone(),
            password: room.password.clone(),
            issued_unix_ms: now.unix_ms,
            expires_unix: now.unix_secs().saturating_add(self.settings.token_ttl.as_secs()),
        };
        RoomEntry {
            room: room.code,
            token: self.tokens.sign(&claims),
            id: id.clone(),
            max_participants: self.settings.max_participants,
            ice_servers: self.ice.servers_for(id, now.unix_secs()),
        }
    }

    fn outside(&self, connection: ConnectionId) -> Result<(), Refusal> {
        if self.places.contains_key(&connection) { Err(Refusal::AlreadyInRoom) } else { Ok(()) }
    }

    fn sender(&mut self, connection: ConnectionId) -> Result<Sender<'_>, Refusal> {
        let (code, id) = self.places.get(&connection).ok_or(Refusal::NotInRoom)?;
        let room = self.rooms.get_mut(code).expect("a place leads to a room");
        Ok(Sender { room, connection, id: id.clone() })
    }

    fn host(&mut self, connection: ConnectionId) -> Result<Sender<'_>, Refusal> {
        let sender = self.sender(connection)?;
        if sender.room.host().id == sender.id { Ok(sender) } else { Err(Refusal::NotHost) }
    }
}

impl Newcomer {
    fn participant(self, id: ParticipantId, seat: u64, now: Now) -> Participant {
        Participant {
            id,
            seat,
            presence: Presence::Here(self.connection),
            name: self.name,
            screen_sharing: false,
            joined: now.elapsed,
        }
    }
}

fn newcomer(
    connection: ConnectionId,
    name: &str,
    protocol: u32,
    password: Option<String>,
) -> Result<Newcomer, Refusal> {
    check::protocol(protocol)?;
    let (name, password) = (check::name(name)?, check::password(password)?);
    Ok(Newcomer { connection, name, password })
}

/// Tells the others in the room that this one is there.
fn announce(room: &Room, id: &ParticipantId, outputs: &mut Vec<Output>) {
    let participant = room.describe(room.participant(id).expect("the caller has just seated it"));
    for other in room.others(id) {
        let participant = participant.clone();
        outputs.push(send(other, ServerMessage::UserJoined { participant }));
    }
}

fn send(to: ConnectionId, message: ServerMessage) -> Output {
    Output::Send { to, message }
}

/// A participant's id: 12 characters of the room codes' alphabet in small letters, 60 random bits.
fn draw_id(entropy: &mut impl Entropy) -> ParticipantId {
    let random: [u8; 12] = random(entropy);
    let character = |byte| RoomCode::ALPHABET[usize::from(byte % 32)].to_ascii_lowercase();
    ParticipantId::new(random.map(|byte| char::from(character(byte))).iter().collect::<String>())
}
