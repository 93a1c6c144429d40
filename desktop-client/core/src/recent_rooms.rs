//! The rooms in which one was, for the lobby: which, over which server, with whom, when. Values only.

use cinemasync_protocol::RoomCode;
use serde::{Deserialize, Serialize};

/// So many are remembered.
pub const MOST_ROOMS: usize = 12;
/// So many names of each.
pub const MOST_NAMES: usize = 8;
/// The longest server address, in bytes, and the longest name, in characters.
const LONGEST_SERVER: usize = 300;
const LONGEST_NAME: usize = 40;

/// A room in which one was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentRoom {
    /// Its code.
    pub code: RoomCode,
    /// The server's address.
    pub server: String,
    /// Who else was there, in the order in which they came.
    #[serde(default)]
    pub names: Vec<String>,
    /// When one entered it last, in Unix seconds.
    pub at_unix_secs: u64,
}

/// The rooms, latest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RecentRooms {
    /// The rooms; each once.
    pub rooms: Vec<RecentRoom>,
}

impl RecentRooms {
    /// The same within its limits, whatever a file says.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.rooms.retain(|room| room.server.len() <= LONGEST_SERVER);
        self.rooms.truncate(MOST_ROOMS);
        for room in &mut self.rooms {
            room.names.retain(|name| name.chars().count() <= LONGEST_NAME);
            room.names.truncate(MOST_NAMES);
        }
        self
    }

    /// One is in this room now, with these others; who was there before is kept.
    pub fn entered(
        &mut self,
        code: RoomCode,
        server: &str,
        others: impl IntoIterator<Item = String>,
        now_unix_secs: u64,
    ) {
        let before = self.rooms.iter().position(|room| room.code == code && room.server == server);
        let names = before.map(|at| self.rooms.remove(at).names).unwrap_or_default();
        let server = server.to_owned();
        self.rooms.insert(0, RecentRoom { code, server, names, at_unix_secs: now_unix_secs });
        self.rooms.truncate(MOST_ROOMS);
        for name in others {
            self.met(name);
        }
        *self = std::mem::take(self).bounded();
    }

    /// Somebody is in the room in which one is.
    pub fn met(&mut self, name: String) {
        let Some(room) = self.rooms.first_mut() else { return };
        if !room.names.contains(&name) && room.names.len() < MOST_NAMES {
            room.names.push(name);
        }
    }

    /// Knows a room again that was forgotten, in its place.
    pub fn remember(&mut self, room: RecentRoom) {
        self.forget(room.code);
        let later = |other: &RecentRoom| other.at_unix_secs > room.at_unix_secs;
        let at = self.rooms.iter().take_while(|other| later(other)).count();
        self.rooms.insert(at, room);
        *self = std::mem::take(self).bounded();
    }

    /// Forgets this room.
    pub fn forget(&mut self, code: RoomCode) {
        self.rooms.retain(|room| room.code != code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(number: u8) -> RoomCode {
        RoomCode::from_random([number; 8])
    }

    #[test]
    fn a_room_is_remembered_once_with_everybody_who_was_there() {
        let mut recent = RecentRooms::default();
        recent.entered(code(1), "wss://a", ["Ana".to_owned()], 10);
        recent.entered(code(2), "wss://a", [], 20);
        recent.met("Cyd".to_owned());
        recent.entered(code(1), "wss://a", ["Ben".to_owned(), "Ana".to_owned()], 30);
        let rooms: Vec<_> =
            recent.rooms.iter().map(|room| (room.code, room.at_unix_secs)).collect();
        assert_eq!(rooms, [(code(1), 30), (code(2), 20)]);
        assert_eq!(recent.rooms[0].names, ["Ana", "Ben"]);
        assert_eq!(recent.rooms[1].names, ["Cyd"]);
        let before = recent.clone();
        let forgotten = recent.rooms[1].clone();
        recent.forget(code(2));
        assert_eq!(recent.rooms.len(), 1);
        recent.remember(forgotten);
        assert_eq!(recent, before);
    }

    #[test]
    fn neither_rooms_nor_names_grow_without_end() {
        let mut recent = RecentRooms::default();
        recent.met("Nobody".to_owned());
        for number in 0..100 {
            recent.entered(code(number), "wss://a", (0..50).map(|n| n.to_string()), 0);
        }
        assert!(recent.rooms.len() == MOST_ROOMS);
        assert!(recent.rooms.iter().all(|room| room.names.len() == MOST_NAMES));
        let wild = RecentRoom {
            code: code(1),
            server: "a".repeat(1_000),
            names: vec!["n".repeat(500)],
            at_unix_secs: u64::MAX,
        };
        let long = RecentRoom { server: "wss://a".to_owned(), ..wild.clone() };
        let tame = RecentRooms { rooms: vec![wild, long] }.bounded();
        assert_eq!(tame.rooms.len(), 1);
        assert_eq!(tame.rooms[0].names.len(), 0);
    }
}
