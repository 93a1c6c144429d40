//! How to get into a room, and back to a place in one.

use crate::link::Identity;
use cinemasync_protocol::{RoomCode, Token};
use serde::{Deserialize, Serialize};

/// How to get into a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Where the server is.
    pub server: ServerChoice,
    /// Make a room, or join the one with this code.
    pub room: RoomChoice,
    /// What to be called.
    pub name: String,
    /// The room's password, if it has one.
    pub password: Option<String>,
    /// What to show the others so that they know this program again; none yet: the session makes
    /// one.
    pub identity: Option<Identity>,
}

/// Which signaling server to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerChoice {
    /// One inside this process, on a free loopback port.
    Embedded,
    /// The one at this `ws://` or `wss://` address.
    Url(String),
}

/// Make a room, join one, or come back to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomChoice {
    /// Make a new one.
    Create,
    /// Join this one.
    Join(RoomCode),
    /// Take the place again that this token stands for.
    Resume(Token),
}

/// A place in a room, as a program keeps it that may be ended and started again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The server's address.
    pub server: String,
    /// The name one has there.
    pub name: String,
    /// What proves whose place it is. Secret.
    pub token: Token,
    /// What the others know this program by.
    #[serde(default)]
    pub identity: Option<Identity>,
}
