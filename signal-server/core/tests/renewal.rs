//! Relay credentials end, so that people in a room get fresh ones in time, by a clock moved by hand.

#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::time::Duration;

use cinemasync_protocol::{ClientMessage, IceServer, RoomCode, ServerMessage};
use cinemasync_server_core::{
    ConnectionId, Entropy, IceSettings, Now, Output, Relay, Rooms, Settings,
};

const TTL: Duration = Duration::from_secs(600);
const ANA: ConnectionId = ConnectionId(1);
const BEN: ConnectionId = ConnectionId(2);

struct Counter(u8);

impl Entropy for Counter {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0 += 1;
        bytes.fill(self.0);
    }
}

fn at(seconds: u64) -> Now {
    Now { elapsed: Duration::from_secs(seconds), unix_ms: (1_000_000 + seconds) * 1_000 }
}

/// Until when the relay's credentials in the list are good, in seconds after the server's start.
fn ends(servers: &[IceServer]) -> u64 {
    let [relay] = servers else { panic!("one relay, not {servers:?}") };
    let (expires, _) = relay.username.as_deref().unwrap().split_once(':').unwrap();
    expires.parse::<u64>().unwrap() - 1_000_000
}

fn told(outputs: &[Output]) -> Vec<(ConnectionId, u64)> {
    let renewed = |output: &Output| match output {
        Output::Send { to, message: ServerMessage::IceServers { ice_servers } } => {
            Some((*to, ends(ice_servers)))
        }
        _ => None,
    };
    outputs.iter().filter_map(renewed).collect()
}

/// A server with a relay, and a room that Ana made at its start.
fn with_a_room() -> (Rooms, RoomCode) {
    let relays =
        vec![Relay { urls: vec!["turn:turn.example.org".to_owned()], secret: vec![1; 32] }];
    let ice = IceSettings { relays, ttl: TTL, ..IceSettings::default() };
    let mut rooms = Rooms::new(Settings { ice, ..Settings::new([1; 32]) });
    let create = ClientMessage::CreateRoom { name: "Ana".to_owned(), protocol: 1, password: None };
    let outputs = rooms.handle(ANA, create, at(0), &mut Counter(0));
    let Output::Send { message: ServerMessage::RoomCreated(entry), .. } = &outputs[0] else {
        panic!("{outputs:?}")
    };
    assert_eq!(ends(&entry.ice_servers), 600);
    (rooms, entry.room)
}

#[test]
fn everybody_in_a_room_gets_fresh_credentials_before_the_old_ones_end() {
    let (mut rooms, room) = with_a_room();
    let (room, name) = (room.to_string(), "Ben".to_owned());
    let join = ClientMessage::JoinRoom { room, name, protocol: 1, password: None };
    rooms.handle(BEN, join, at(299), &mut Counter(100));
    for renewal in [300, 600, 900] {
        let due = rooms.next_timeout().expect("credentials are in use");
        assert_eq!(due, Duration::from_secs(renewal));
        assert_eq!(told(&rooms.handle_timeout(at(renewal - 1))), []);
        let fresh = renewal + TTL.as_secs();
        assert_eq!(told(&rooms.handle_timeout(at(renewal))), [(ANA, fresh), (BEN, fresh)]);
    }
}

#[test]
fn who_is_away_is_not_told_and_gets_fresh_ones_on_the_return() {
    let (mut rooms, room) = with_a_room();
    let (room, name) = (room.to_string(), "Ben".to_owned());
    let join = ClientMessage::JoinRoom { room, name, protocol: 1, password: None };
    let outputs = rooms.handle(BEN, join, at(280), &mut Counter(100));
    let token = outputs.iter().find_map(|output| match output {
        Output::Send { message: ServerMessage::RoomJoined { entry, .. }, .. } => {
            Some(entry.token.clone())
        }
        _ => None,
    });
    rooms.disconnect(BEN, at(290));
    assert_eq!(told(&rooms.handle_timeout(at(300))), [(ANA, 900)]);
    let resume = ClientMessage::Resume { token: token.unwrap() };
    let outputs = rooms.handle(ConnectionId(3), resume, at(310), &mut Counter(200));
    let Output::Send { message: ServerMessage::RoomJoined { entry, .. }, .. } = &outputs[0] else {
        panic!("{outputs:?}")
    };
    assert_eq!(ends(&entry.ice_servers), 910);
}

#[test]
fn a_room_that_is_over_leaves_nothing_to_wait_for() {
    let (mut rooms, _) = with_a_room();
    rooms.handle(ANA, ClientMessage::LeaveRoom, at(10), &mut Counter(100));
    assert_eq!(rooms.next_timeout(), None);
}
