//! People on a server: what they do, what they hear, and whether it all agrees with the model.

use std::time::Duration;

use cinemasync_protocol::{
    ClientMessage, ErrorCode, ParticipantId, ParticipantInfo, RoomCode, RoomEntry, ServerMessage,
    Token,
};
use cinemasync_server_core::{ConnectionId, Entropy, Now, Output, Rooms, Settings};

use crate::model::{Model, Ticket};
use crate::{MAX_PARTICIPANTS, MAX_ROOMS, PEOPLE, WINDOW};

/// Counts: no two draws are the same, so that codes and ids differ.
struct Counter(u64);

impl Entropy for Counter {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0 += 1;
        let mut rest = self.0;
        for byte in bytes {
            *byte = u8::try_from(rest % 32).expect("below 32");
            rest /= 32;
        }
    }
}

/// What somebody does. Numbers choose among what there is at that moment.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Create,
    Join(usize),
    Leave,
    /// Its connection breaks, and it makes another one.
    Vanish,
    /// It comes back with its newest token; from elsewhere, if it is in a room.
    Resume,
    Share(bool),
    Lock(bool),
    Remove(usize),
    Offer(usize),
    Chat(Option<usize>),
    /// Seconds pass.
    Wait(u64),
    /// The server is killed and started again with the same secret.
    Restart,
}

/// What one client knows of its room.
#[derive(Debug, Clone, PartialEq)]
struct View {
    room: RoomCode,
    own: ParticipantId,
    others: Vec<ParticipantInfo>,
    locked: bool,
}

struct Person {
    connection: ConnectionId,
    /// While it is in a room.
    view: Option<View>,
    token: Option<(Token, Ticket)>,
}

pub(crate) struct Evening {
    rooms: Rooms,
    model: Model,
    entropy: Counter,
    unix: Duration,
    connections: u64,
    people: Vec<Person>,
    /// The error that the one who acts got.
    refused: Option<ErrorCode>,
    /// The place that it got.
    entered: Option<RoomEntry>,
}

fn rooms() -> Rooms {
    Rooms::new(Settings {
        max_participants: MAX_PARTICIPANTS,
        max_rooms: MAX_ROOMS,
        resume_window: WINDOW,
        ..Settings::new([1; 32])
    })
}

/// Two people share a name.
fn name(person: usize) -> String {
    format!("Person {}", person / 2)
}

impl Evening {
    pub(crate) fn begin() -> Self {
        let person = |number| Person { connection: ConnectionId(number), view: None, token: None };
        Self {
            rooms: rooms(),
            model: Model::default(),
            entropy: Counter(0),
            unix: Duration::from_secs(1_000_000),
            connections: PEOPLE as u64,
            people: (0..PEOPLE as u64).map(person).collect(),
            refused: None,
            entered: None,
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.rooms.room_count() == 0 && self.rooms.next_timeout().is_none()
    }

    fn now(&self) -> Now {
        let unix_ms = u64::try_from(self.unix.as_millis()).expect("fits");
        Now { elapsed: self.model.elapsed, unix_ms }
    }

    fn pass(&mut self, span: Duration) {
        self.model.elapsed += span;
        self.unix += span;
        self.model.expire();
        let outputs = self.rooms.handle_timeout(self.now());
        self.apply(None, outputs);
    }

    /// The `choice`th participant of any room; somebody unknown beyond.
    fn anybody(&self, choice: usize) -> ParticipantId {
        let rooms = self.model.rooms();
        let mut all = rooms.iter().flat_map(|room| self.model.people(*room));
        all.nth(choice).map_or_else(|| ParticipantId::new("nobody"), |place| place.id.clone())
    }

    fn reconnect(&mut self, by: usize) {
        self.people[by].connection = ConnectionId(self.connections);
        self.people[by].view = None;
        self.connections += 1;
    }

    /// Does the step on the server and in the model, which must agree on what comes of it.
    pub(crate) fn take(&mut self, by: usize, step: &Step) {
        self.pass(Duration::from_secs(1));
        let place = self.people[by].view.as_ref().map(|view| (view.room, view.own.clone()));
        match step {
            Step::Wait(seconds) => return self.pass(Duration::from_secs(*seconds)),
            Step::Restart => {
                self.rooms = rooms();
                self.model.restart();
                (0..PEOPLE).for_each(|person| self.reconnect(person));
                return;
            }
            Step::Vanish => {
                let outputs = self.rooms.disconnect(self.people[by].connection, self.now());
                assert!(outputs.iter().all(|output| matches!(output, Output::Happened(_))));
                if let Some((room, id)) = place {
                    let until = self.model.elapsed + WINDOW;
                    self.model.place(room, &id).expect("it was there").away = Some(until);
                }
                return self.reconnect(by);
            }
            Step::Resume if place.is_some() => {
                // The old connection hears of it last; here it is not listened to any more.
                self.reconnect(by);
            }
            _ => {}
        }
        let place = place.filter(|_| !matches!(step, Step::Resume));
        let message = self.message(by, step);
        let expected = self.expect(by, step, place.as_ref());
        (self.refused, self.entered) = (None, None);
        let connection = self.people[by].connection;
        let outputs = self.rooms.handle(connection, message, self.now(), &mut self.entropy);
        self.apply(Some(by), outputs);
        assert_eq!(self.refused, expected, "{step:?} of {by}");
        if expected.is_none() {
            self.carry_out(by, step, place);
        }
    }

    fn message(&self, by: usize, step: &Step) -> ClientMessage {
        let (name, protocol, password) = (name(by), 1, None);
        match step {
            Step::Create => ClientMessage::CreateRoom { name, protocol, password },
            Step::Join(choice) => {
                let room = self.joined(*choice).to_string();
                ClientMessage::JoinRoom { room, name, protocol, password }
            }
            Step::Leave => ClientMessage::LeaveRoom,
            Step::Resume => {
                let token = self.people[by].token.as_ref().map(|(token, _)| token.clone());
                ClientMessage::Resume { token: token.unwrap_or_else(|| Token::new("none")) }
            }
            Step::Share(true) => ClientMessage::ScreenShareStarted,
            Step::Share(false) => ClientMessage::ScreenShareStopped,
            Step::Lock(locked) => ClientMessage::LockRoom { locked: *locked },
            Step::Remove(choice) => ClientMessage::RemoveParticipant { id: self.anybody(*choice) },
            Step::Offer(choice) => {
                ClientMessage::WebrtcOffer { to: self.anybody(*choice), sdp: "v=0".to_owned() }
            }
            Step::Chat(choice) => ClientMessage::ChatMessage {
                id: "m".to_owned(),
                text: "Hello".to_owned(),
                to: choice.map(|choice| vec![self.anybody(choice)]),
            },
            Step::Vanish | Step::Wait(_) | Step::Restart => unreachable!("these say nothing"),
        }
    }

    /// The room that the `choice` means; one that never is beyond.
    fn joined(&self, choice: usize) -> RoomCode {
        let rooms = self.model.rooms();
        let room = rooms.iter().nth(choice % (MAX_ROOMS + 1));
        room.copied().unwrap_or_else(|| RoomCode::from_random([31; 8]))
    }

    /// With which error the step must be refused.
    fn expect(
        &mut self,
        by: usize,
        step: &Step,
        place: Option<&(RoomCode, ParticipantId)>,
    ) -> Option<ErrorCode> {
        let entering = matches!(step, Step::Create | Step::Join(_) | Step::Resume);
        let (room, own) = match place {
            Some(_) if entering => return Some(ErrorCode::AlreadyInRoom),
            None if !entering => return Some(ErrorCode::NotInRoom),
            Some((room, own)) => (*room, own.clone()),
            None => (RoomCode::from_random([31; 8]), ParticipantId::new("none")),
        };
        let is_host = self.model.host(room) == Some(&own);
        let mut other = |choice: &usize| {
            let id = self.anybody(*choice);
            let known = id != own && self.model.place(room, &id).is_some();
            if known { Ok(()) } else { Err(ErrorCode::UnknownParticipant) }
        };
        let allowed = match step {
            Step::Lock(_) | Step::Remove(_) if !is_host => Err(ErrorCode::NotHost),
            Step::Remove(choice) | Step::Offer(choice) | Step::Chat(Some(choice)) => other(choice),
            Step::Create => self.model.may_create(),
            Step::Join(choice) => self.model.may_join(self.joined(*choice), &name(by)),
            Step::Resume => match &self.people[by].token {
                Some((_, ticket)) => self.model.may_resume(&ticket.clone()),
                None => Err(ErrorCode::ResumeExpired),
            },
            _ => Ok(()),
        };
        allowed.err()
    }

    /// Changes the model as the step, which was allowed, must have changed the rooms.
    fn carry_out(&mut self, by: usize, step: &Step, place: Option<(RoomCode, ParticipantId)>) {
        match (step, place) {
            (Step::Create | Step::Join(_), _) => {
                let entry = self.entered.take().expect("it is in a room");
                if let Step::Join(choice) = step {
                    assert_eq!(entry.room, self.joined(*choice));
                }
                let ticket = self.model.seat(entry.room, entry.id, &name(by));
                self.people[by].token = Some((entry.token, ticket));
            }
            (Step::Resume, _) => {
                let entry = self.entered.take().expect("it is in a room");
                let (_, ticket) = self.people[by].token.clone().expect("it had one");
                assert_eq!((entry.room, &entry.id), (ticket.place.room, &ticket.place.id));
                let ticket = self.model.seat_again(ticket.place);
                self.people[by].token = Some((entry.token, ticket));
            }
            (Step::Leave, Some((room, own))) => {
                assert!(self.people[by].view.is_none());
                self.model.unseat(room, &own);
            }
            (Step::Share(on), Some((room, own))) => {
                self.model.place(room, &own).expect("it is there").sharing = *on;
            }
            (Step::Lock(locked), Some((room, _))) => self.model.lock(room, *locked),
            (Step::Remove(choice), Some((room, _))) => {
                let id = self.anybody(*choice);
                self.model.send_away(room, &id);
            }
            _ => {}
        }
    }

    fn apply(&mut self, by: Option<usize>, outputs: Vec<Output>) {
        for output in outputs {
            if let Output::Send { to, message } = output {
                let receiver = self.people.iter().position(|person| person.connection == to);
                match receiver {
                    Some(receiver) => self.hear(by, receiver, message),
                    // Only who is taken over from elsewhere is still spoken to.
                    None => assert!(matches!(
                        message,
                        ServerMessage::Error { code: ErrorCode::Removed, .. }
                    )),
                }
            }
        }
    }

    /// Applies one message to what its receiver knows, which must have a use for it.
    fn hear(&mut self, by: Option<usize>, to: usize, message: ServerMessage) {
        let acts = by == Some(to);
        match message {
            ServerMessage::RoomCreated(entry) => {
                assert!(acts);
                self.enter(to, entry, Vec::new(), false);
            }
            ServerMessage::RoomJoined { entry, participants, locked } => {
                assert!(acts);
                self.enter(to, entry, participants, locked);
            }
            ServerMessage::RoomLeft => {
                assert!(acts && self.people[to].view.take().is_some());
            }
            ServerMessage::Error { code: ErrorCode::Removed, .. } if !acts => {
                assert!(self.people[to].view.take().is_some());
            }
            ServerMessage::Error { code, .. } => {
                assert!(acts, "errors go to who caused them");
                self.refused = Some(code);
            }
            ServerMessage::UserJoined { participant } => {
                let others = &mut self.view(to).others;
                assert!(others.iter().all(|other| other.id != participant.id));
                if participant.host {
                    others.iter_mut().for_each(|other| other.host = false);
                }
                others.push(participant);
            }
            ServerMessage::UserDisconnected { id, host, .. } => {
                let others = &mut self.view(to).others;
                let before = others.len();
                others.retain(|other| other.id != id);
                assert_eq!(others.len() + 1, before, "who goes was known");
                others.iter_mut().for_each(|other| other.host = other.id == host);
            }
            ServerMessage::ScreenShareStarted { from } => {
                self.sender(to, &from).screen_sharing = true;
            }
            ServerMessage::ScreenShareStopped { from } => {
                self.sender(to, &from).screen_sharing = false;
            }
            ServerMessage::RoomLocked { locked } => self.view(to).locked = locked,
            ServerMessage::WebrtcOffer { from, .. } | ServerMessage::ChatMessage { from, .. } => {
                // What was missed comes after the return; its sender may be gone since.
                if !acts {
                    self.sender(to, &from);
                }
            }
            other => panic!("{other:?} was not asked for"),
        }
    }

    fn enter(&mut self, who: usize, entry: RoomEntry, others: Vec<ParticipantInfo>, locked: bool) {
        let (room, own) = (entry.room, entry.id.clone());
        let before = self.people[who].view.replace(View { room, own, others, locked });
        assert_eq!(before, None);
        self.entered = Some(entry);
    }

    fn view(&mut self, of: usize) -> &mut View {
        self.people[of].view.as_mut().expect("only who is in a room hears of it")
    }

    fn sender(&mut self, receiver: usize, from: &ParticipantId) -> &mut ParticipantInfo {
        let others = &mut self.view(receiver).others;
        others.iter_mut().find(|other| other.id == *from).expect("only the others are heard")
    }

    /// The rooms are the model's, and so is what everybody knows of them.
    pub(crate) fn agrees(&self) {
        let overview = self.rooms.overview(self.now());
        let rooms: Vec<RoomCode> = overview.iter().map(|room| room.room).collect();
        assert_eq!(rooms, self.model.rooms().into_iter().collect::<Vec<_>>());
        for room in &overview {
            let people = self.model.people(room.room);
            let ids: Vec<_> =
                people.iter().map(|place| (&place.id, place.away.is_some())).collect();
            let seen: Vec<_> =
                room.participants.iter().map(|one| (&one.participant.id, one.away)).collect();
            assert_eq!(seen, ids);
            assert_eq!(room.locked, self.model.is_locked(room.room));
            for (one, place) in room.participants.iter().zip(&people) {
                assert_eq!(one.participant.host, Some(&place.id) == self.model.host(room.room));
                assert_eq!(one.participant.screen_sharing, place.sharing);
            }
            for view in self.people.iter().filter_map(|person| person.view.as_ref()) {
                if view.room == room.room {
                    let all = room.participants.iter().map(|one| &one.participant);
                    let mut others: Vec<_> = all.filter(|one| one.id != view.own).collect();
                    let mut known: Vec<_> = view.others.iter().collect();
                    // Whoever comes back to a room that was put together again is told of last.
                    others.sort_by(|one, other| one.id.cmp(&other.id));
                    known.sort_by(|one, other| one.id.cmp(&other.id));
                    assert_eq!(known, others);
                    assert_eq!(view.locked, room.locked);
                }
            }
        }
        for view in self.people.iter().filter_map(|person| person.view.as_ref()) {
            assert!(rooms.contains(&view.room));
        }
    }
}
