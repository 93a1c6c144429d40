//! What goes into the machine beside messages, and what comes out of it.

use std::fmt;
use std::time::Duration;

use cinemasync_protocol::{DisconnectReason, ErrorCode, RoomCode, ServerMessage};

/// One connection, as whoever owns the sockets numbers it. Never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The two clocks at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Time since the server started; never goes back. Ages are measured with it.
    pub elapsed: Duration,
    /// The wall clock in Unix milliseconds, which may jump. Chat messages are stamped with it.
    pub unix_ms: u64,
}

impl Now {
    /// The wall clock in whole Unix seconds.
    pub(crate) fn unix_secs(self) -> u64 {
        self.unix_ms / 1_000
    }

    /// When the server started, by the wall clock in Unix milliseconds.
    pub(crate) fn started_unix_ms(self) -> u64 {
        let elapsed = u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX);
        self.unix_ms.saturating_sub(elapsed)
    }
}

/// What is to be done, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send this.
    Send {
        /// Over which connection.
        to: ConnectionId,
        /// What.
        message: ServerMessage,
    },
    /// Close this connection: nobody is behind it any more.
    Close {
        /// Which.
        connection: ConnectionId,
    },
    /// Nothing to do: this happened, for the log and the counters.
    Happened(Event),
}

/// What happened. No name, text or description is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A room exists; its creator is in it.
    RoomCreated {
        /// Who made it.
        connection: ConnectionId,
        /// Its code: whoever reads it can enter, so it is not for everyday logs.
        room: RoomCode,
    },
    /// Somebody entered a room that existed.
    Joined {
        /// Who.
        connection: ConnectionId,
        /// Which room.
        room: RoomCode,
        /// How many are in it now.
        participants: usize,
    },
    /// A message went from one participant to others.
    Relayed {
        /// Who sent it.
        connection: ConnectionId,
        /// Its `type` on the wire.
        wire_type: &'static str,
        /// To how many it went.
        receivers: usize,
    },
    /// Somebody's connection broke; the place is kept for a while.
    Away {
        /// Whose.
        connection: ConnectionId,
    },
    /// Somebody is back in its place.
    Resumed {
        /// Over which connection.
        connection: ConnectionId,
        /// Which room.
        room: RoomCode,
        /// How many are in it now, those whose place is kept among them.
        participants: usize,
    },
    /// Somebody is out of its room.
    Left {
        /// Who; `None` if its connection broke before.
        connection: Option<ConnectionId>,
        /// Why.
        reason: DisconnectReason,
        /// Which room.
        room: RoomCode,
        /// How many are in it now; at 0 the room is gone.
        participants: usize,
    },
    /// A request was answered with an error.
    Refused {
        /// Whose.
        connection: ConnectionId,
        /// With which code.
        code: ErrorCode,
    },
}
