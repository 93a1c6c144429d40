//! Random evenings on one server: whatever people do, in whatever order, each client's view of its
//! room stays the server's, and nothing reaches whom it does not concern.
//!
//! The reference is what each client would know from the messages it got, nothing else.

use std::collections::BTreeMap;
use std::time::Duration;

use cinemasync_protocol::{
    ClientMessage, ErrorCode, ParticipantId, ParticipantInfo, RoomCode, ServerMessage,
};
use cinemasync_server_core::{ConnectionId, Entropy, Now, Output, Rooms, Settings};
use proptest::prelude::*;

const CLIENTS: u64 = 6;
const MAX_PARTICIPANTS: usize = 3;
const MAX_ROOMS: usize = 2;

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
enum Step {
    Create,
    Join(usize),
    Leave,
    Vanish,
    Share(bool),
    Lock(bool),
    Remove(usize),
    Offer(usize),
    Chat(Option<usize>),
}

fn step() -> impl Strategy<Value = Step> {
    let choice = 0..8_usize;
    prop_oneof![
        1 => Just(Step::Create),
        4 => choice.clone().prop_map(Step::Join),
        1 => Just(Step::Leave),
        1 => Just(Step::Vanish),
        1 => any::<bool>().prop_map(Step::Share),
        1 => any::<bool>().prop_map(Step::Lock),
        1 => choice.clone().prop_map(Step::Remove),
        1 => choice.clone().prop_map(Step::Offer),
        1 => proptest::option::of(choice).prop_map(Step::Chat),
    ]
}

/// What one client knows of its room.
#[derive(Debug, Clone, PartialEq)]
struct View {
    room: RoomCode,
    own: ParticipantId,
    others: Vec<ParticipantInfo>,
    host: ParticipantId,
    locked: bool,
}

struct Evening {
    rooms: Rooms,
    entropy: Counter,
    elapsed: Duration,
    views: BTreeMap<ConnectionId, View>,
    /// Whose screen is shared: nobody is told of its own sharing.
    sharing: BTreeMap<ConnectionId, bool>,
}

impl Evening {
    fn begin() -> Self {
        let settings = Settings {
            max_participants: MAX_PARTICIPANTS,
            max_rooms: MAX_ROOMS,
            ..Settings::new([1; 32])
        };
        Self {
            rooms: Rooms::new(settings),
            entropy: Counter(0),
            elapsed: Duration::ZERO,
            views: BTreeMap::new(),
            sharing: BTreeMap::new(),
        }
    }

    fn now(&self) -> Now {
        Now { elapsed: self.elapsed, unix_ms: 0 }
    }

    /// The `choice`th participant that the server has, of any room; somebody unknown beyond.
    fn anybody(&self, choice: usize) -> ParticipantId {
        let overview = self.rooms.overview(self.now());
        let mut all = overview.iter().flat_map(|room| &room.participants);
        all.nth(choice).map_or_else(
            || ParticipantId::new("nobody"),
            |participant| participant.participant.id.clone(),
        )
    }

    fn message(&self, step: &Step) -> Option<ClientMessage> {
        let name = "Ana".to_owned();
        Some(match step {
            Step::Create => ClientMessage::CreateRoom { name, protocol: 1, password: None },
            Step::Join(choice) => {
                let overview = self.rooms.overview(self.now());
                let code = overview.get(choice % (MAX_ROOMS + 1)).map(|room| room.room);
                let code = code.unwrap_or_else(|| RoomCode::from_random([31; 8]));
                ClientMessage::JoinRoom {
                    room: code.to_string(),
                    name,
                    protocol: 1,
                    password: None,
                }
            }
            Step::Leave => ClientMessage::LeaveRoom,
            Step::Vanish => return None,
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
        })
    }

    fn take(&mut self, by: ConnectionId, step: &Step) {
        self.elapsed += Duration::from_secs(1);
        let now = self.now();
        let outputs = match self.message(step) {
            Some(message) => {
                if matches!(step, Step::Share(_)) && self.views.contains_key(&by) {
                    self.sharing.insert(by, matches!(step, Step::Share(true)));
                }
                self.rooms.handle(by, message, now, &mut self.entropy)
            }
            None => {
                self.forget(by);
                self.rooms.disconnect(by)
            }
        };
        for output in outputs {
            if let Output::Send { to, message } = output {
                self.hear(by, to, message);
            }
        }
    }

    fn forget(&mut self, who: ConnectionId) {
        self.views.remove(&who);
        self.sharing.remove(&who);
    }

    /// Applies one message to what its receiver knows, which must have a use for it.
    fn hear(&mut self, by: ConnectionId, to: ConnectionId, message: ServerMessage) {
        match message {
            ServerMessage::RoomCreated(entry) => {
                assert!(to == by && !self.views.contains_key(&to));
                let host = entry.id.clone();
                let view = View {
                    room: entry.room,
                    own: entry.id,
                    others: Vec::new(),
                    host,
                    locked: false,
                };
                self.views.insert(to, view);
            }
            ServerMessage::RoomJoined { entry, participants, locked } => {
                assert!(to == by && !self.views.contains_key(&to));
                assert!(!locked, "nobody enters a locked room");
                let host = participants.iter().find(|other| other.host).expect("a room has a host");
                let host = host.id.clone();
                let view =
                    View { room: entry.room, own: entry.id, others: participants, host, locked };
                self.views.insert(to, view);
            }
            ServerMessage::RoomLeft => {
                assert_eq!(to, by);
                self.forget(to);
            }
            ServerMessage::Error { code: ErrorCode::Removed, .. } => {
                assert_ne!(to, by);
                self.forget(to);
            }
            ServerMessage::Error { .. } => assert_eq!(to, by, "errors go to who caused them"),
            ServerMessage::UserJoined { participant } => self.view(to).others.push(participant),
            ServerMessage::UserDisconnected { id, host, .. } => {
                let view = self.view(to);
                let before = view.others.len();
                view.others.retain(|other| other.id != id);
                assert_eq!(view.others.len() + 1, before, "who goes was known");
                for other in &mut view.others {
                    other.host = other.id == host;
                }
                view.host = host;
            }
            ServerMessage::ScreenShareStarted { from } => {
                self.sender(to, &from).screen_sharing = true;
            }
            ServerMessage::ScreenShareStopped { from } => {
                self.sender(to, &from).screen_sharing = false;
            }
            ServerMessage::RoomLocked { locked } => self.view(to).locked = locked,
            ServerMessage::WebrtcOffer { from, .. } | ServerMessage::ChatMessage { from, .. } => {
                let own = self.views[&by].own.clone();
                assert_eq!(from, own, "the sender is who sent it");
                self.sender(to, &from);
            }
            other => panic!("{other:?} was not asked for"),
        }
    }

    fn view(&mut self, of: ConnectionId) -> &mut View {
        self.views.get_mut(&of).expect("only who is in a room hears of it")
    }

    fn sender(&mut self, receiver: ConnectionId, from: &ParticipantId) -> &mut ParticipantInfo {
        let others = &mut self.view(receiver).others;
        others.iter_mut().find(|other| other.id == *from).expect("only the others are heard")
    }

    /// Everybody's view is the server's.
    fn agrees(&self) {
        let overview = self.rooms.overview(self.now());
        assert_eq!(overview.len(), self.rooms.room_count());
        assert!(overview.len() <= MAX_ROOMS);
        let people: usize = overview.iter().map(|room| room.participants.len()).sum();
        assert_eq!(people, self.views.len());
        for room in &overview {
            let all: Vec<_> = room.participants.iter().map(|one| one.participant.clone()).collect();
            assert!((1..=MAX_PARTICIPANTS).contains(&all.len()));
            assert!(all[0].host, "the one longest here is host");
            assert_eq!(all.iter().filter(|one| one.host).count(), 1);
            let ages: Vec<_> = room.participants.iter().map(|one| one.age).collect();
            assert!(ages.is_sorted_by(|older, newer| older > newer), "{ages:?}");
            for own in &all {
                let whose = self.views.iter().find(|(_, view)| view.own == own.id);
                let (connection, view) = whose.expect("who is in a room knows it");
                let others = all.iter().filter(|other| other.id != own.id).cloned().collect();
                let (room, locked) = (room.room, room.locked);
                let host = all[0].id.clone();
                assert_eq!(*view, View { room, own: own.id.clone(), others, host, locked });
                let sharing = self.sharing.get(connection).copied().unwrap_or_default();
                assert_eq!(own.screen_sharing, sharing);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn everybody_knows_of_the_room_what_the_server_does(
        steps in proptest::collection::vec((0..CLIENTS, step()), 1..80),
    ) {
        let mut evening = Evening::begin();
        for (by, step) in steps {
            evening.take(ConnectionId(by), &step);
            evening.agrees();
        }
        for client in 0..CLIENTS {
            evening.take(ConnectionId(client), &Step::Vanish);
            evening.agrees();
        }
        prop_assert_eq!(evening.rooms.room_count(), 0);
    }
}
