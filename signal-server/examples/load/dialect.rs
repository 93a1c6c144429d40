//! What the clients say and understand: this project's messages, or the like events over Engine.IO 4
//! and Socket.IO. Texts only; sockets are `client`'s.

use cinemasync_protocol::{ClientMessage, ParticipantId, encode};
use clap::ValueEnum;
use serde_json::{Value, json};

/// Every chat text starts with this and the moment it was due, in nanoseconds. No other message of
/// either dialect contains it.
const STAMP: &str = "\"due=";

/// Which protocol a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Dialect {
    /// Ours.
    #[default]
    Cinemasync,
    /// Socket.IO over WebSocket.
    Socketio,
}

/// What opens a TURN relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Login {
    /// The name.
    pub(crate) username: String,
    /// The password.
    pub(crate) credential: String,
}

/// A client's place in a room.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The room's code.
    pub(crate) room: String,
    /// The client's id.
    pub(crate) id: String,
    /// What opens the relay that the server named first, if it named one.
    pub(crate) relay: Option<Login>,
}

/// What a client makes of a text from the server.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// We are in a room.
    Entered(Entry),
    /// We are out of it.
    Left,
    /// A chat message that was due at this moment.
    Chat(u64),
    /// Is to be answered with a text, this one.
    Answer(&'static str),
    /// The connection is ready for use.
    Ready,
    /// The server refused something.
    Refused(String),
    /// Nothing that matters here.
    Other,
}

impl Dialect {
    /// The path of the WebSocket.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Cinemasync => "/ws",
            Self::Socketio => "/socket.io/?EIO=4&transport=websocket",
        }
    }

    /// Does the server say when the connection is [`Heard::Ready`]?
    pub(crate) fn waits_for_ready(self) -> bool {
        self == Self::Socketio
    }

    /// Make a room.
    pub(crate) fn create(self) -> String {
        let name = "Ana".to_owned();
        match self {
            Self::Cinemasync => {
                encode(&ClientMessage::CreateRoom { name, protocol: 1, password: None })
            }
            Self::Socketio => event("create_room", &json!({ "name": name })),
        }
    }

    /// Enter one.
    pub(crate) fn join(self, room: &str) -> String {
        let (room, name) = (room.to_owned(), "Ben".to_owned());
        match self {
            Self::Cinemasync => {
                encode(&ClientMessage::JoinRoom { room, name, protocol: 1, password: None })
            }
            Self::Socketio => event("join_room", &json!({ "room": room, "name": name })),
        }
    }

    /// Leave it.
    pub(crate) fn leave(self) -> String {
        match self {
            Self::Cinemasync => encode(&ClientMessage::LeaveRoom),
            Self::Socketio => event("leave", &json!({})),
        }
    }

    /// A line of chat to one other, due at `due_nanos`. About 100 characters, as people write them.
    pub(crate) fn chat(self, to: &str, due_nanos: u64) -> String {
        let text = format!("due={due_nanos} {:.<90}", "");
        match self {
            Self::Cinemasync => {
                let (id, to) = (due_nanos.to_string(), Some(vec![ParticipantId::new(to)]));
                encode(&ClientMessage::ChatMessage { id, text, to })
            }
            Self::Socketio => {
                let id = due_nanos.to_string();
                event("chat", &json!({ "id": id, "text": text, "to": to }))
            }
        }
    }

    /// Reads what the server sent.
    pub(crate) fn hear(self, text: &str) -> Heard {
        // Most of what comes under load; reading it as JSON would make the crowd slower than the server.
        if let Some(due) = stamp(text) {
            return Heard::Chat(due);
        }
        match self {
            Self::Cinemasync => ours(text),
            Self::Socketio => socketio(text),
        }
    }
}

fn stamp(text: &str) -> Option<u64> {
    let at = text.find(STAMP)? + STAMP.len();
    let digits = text[at..].bytes().take_while(u8::is_ascii_digit).count();
    text[at..at + digits].parse().ok()
}

fn event(name: &str, data: &Value) -> String {
    format!("42{}", json!([name, data]))
}

fn ours(text: &str) -> Heard {
    let Ok(message) = serde_json::from_str::<Value>(text) else { return Heard::Other };
    match message["type"].as_str() {
        Some("room_created" | "room_joined") => entered(&message),
        Some("room_left") => Heard::Left,
        Some("error") => Heard::Refused(word(&message["code"])),
        _ => Heard::Other,
    }
}

fn socketio(text: &str) -> Heard {
    match text.as_bytes() {
        // Engine.IO: opened, and a ping. Socket.IO: connected to the namespace, and an event.
        [b'0', ..] => Heard::Answer("40"),
        [b'2'] => Heard::Answer("3"),
        [b'4', b'0', ..] => Heard::Ready,
        [b'4', b'2', json @ ..] => {
            let Ok(event) = serde_json::from_slice::<Value>(json) else { return Heard::Other };
            match event[0].as_str() {
                Some("room_created" | "room_joined") => entered(&event[1]),
                Some("room_left") => Heard::Left,
                Some("error") => Heard::Refused(word(&event[1]["code"])),
                _ => Heard::Other,
            }
        }
        _ => Heard::Other,
    }
}

fn entered(fields: &Value) -> Heard {
    let servers = fields["ice_servers"].as_array().map(Vec::as_slice).unwrap_or_default();
    let login = |server: &Value| {
        let part = |name: &str| server[name].as_str().map(str::to_owned);
        part("username")
            .zip(part("credential"))
            .map(|(username, credential)| Login { username, credential })
    };
    let relay = servers.iter().find_map(login);
    Heard::Entered(Entry { room: word(&fields["room"]), id: word(&fields["id"]), relay })
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_line_tells_when_it_was_due_in_both_dialects() {
        for dialect in [Dialect::Cinemasync, Dialect::Socketio] {
            let said = dialect.chat("abc", 1_234_567);
            assert_eq!(dialect.hear(&said), Heard::Chat(1_234_567), "{said}");
        }
    }

    #[test]
    fn both_dialects_say_who_we_are_and_in_which_room() {
        let (room, id) = ("ABCDEFGH".to_owned(), "me".to_owned());
        let entered = Heard::Entered(Entry { room, id, relay: None });
        let ours = r#"{"type":"room_created","room":"ABCDEFGH","id":"me","token":"t"}"#;
        assert_eq!(Dialect::Cinemasync.hear(ours), entered);
        let theirs = r#"42["room_joined",{"room":"ABCDEFGH","id":"me"}]"#;
        assert_eq!(Dialect::Socketio.hear(theirs), entered);
    }

    #[test]
    fn the_relay_is_the_first_server_with_a_login() {
        let text = r#"{"type":"room_created","ice_servers":[{"urls":["stun:a"]},
            {"urls":["turn:b"],"username":"1:x","credential":"y"}]}"#;
        let Heard::Entered(entry) = Dialect::Cinemasync.hear(text) else { panic!("{text}") };
        let login = Login { username: "1:x".to_owned(), credential: "y".to_owned() };
        assert_eq!(entry.relay, Some(login));
    }

    #[test]
    fn engine_io_is_answered_as_it_wants() {
        let hear = |text| Dialect::Socketio.hear(text);
        assert_eq!(hear(r#"0{"sid":"x","pingInterval":25000}"#), Heard::Answer("40"));
        assert_eq!(hear(r#"40{"sid":"y"}"#), Heard::Ready);
        assert_eq!(hear("2"), Heard::Answer("3"));
        assert_eq!(hear(r#"42["room_left"]"#), Heard::Left);
        let full = Heard::Refused("room_full".to_owned());
        assert_eq!(hear(r#"42["error",{"code":"room_full"}]"#), full);
        assert_eq!(hear("6"), Heard::Other);
        assert_eq!(hear(""), Heard::Other);
    }
}
