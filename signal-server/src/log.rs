//! The log's lines about what happens: one an event, with fields, and never a name, a text, a
//! description, a token or a room's code above debug.
//!
//! Whoever floods the server must not fill its disk as well: lines that a client can cause are
//! bounded, and how many were left out is told.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use cinemasync_protocol::RoomCode;
use cinemasync_server_core::admission::{Rate, Spent};
use cinemasync_server_core::{ConnectionId, Event};

use crate::config::LogAddresses;

/// Lines that clients cause: far more than 10,000 well-behaved people do.
const LINES: Rate = Rate { burst: 5_000, every: Duration::from_millis(5) };

/// Writes the lines.
pub(crate) struct Log {
    addresses: LogAddresses,
    started: Instant,
    lines: Mutex<Lines>,
    /// Turns a room's code into a number that says nothing of it, so that one room's lines can be
    /// found. Another one at each start.
    numbers: RandomState,
}

#[derive(Default)]
struct Lines {
    spent: Spent,
    left_out: u64,
}

impl Log {
    pub(crate) fn new(addresses: LogAddresses) -> Self {
        Self {
            addresses,
            started: Instant::now(),
            lines: Mutex::default(),
            numbers: RandomState::new(),
        }
    }

    /// A WebSocket is open.
    pub(crate) fn connected(&self, connection: ConnectionId, address: IpAddr) {
        if self.has_room() {
            let address = (self.addresses == LogAddresses::All).then_some(address);
            tracing::info!(%connection, address = address.map(tracing::field::display), "connected");
        }
    }

    /// A WebSocket is closed.
    pub(crate) fn disconnected(&self, connection: ConnectionId, how: &str, lived: Duration) {
        if self.has_room() {
            tracing::info!(%connection, close = how, seconds = lived.as_secs(), "disconnected");
        }
    }

    /// Somebody met a limit.
    pub(crate) fn limit(&self, limit: &str, address: IpAddr) {
        if self.has_room() {
            let address = (self.addresses != LogAddresses::None).then_some(address);
            tracing::info!(limit, address = address.map(tracing::field::display), "limit met");
        }
    }

    /// Something happened in the rooms.
    pub(crate) fn event(&self, event: &Event) {
        // A call trickles dozens of candidates, and a client may be refused a hundred times a second:
        // a line each would bury the rest.
        match event {
            Event::Relayed { connection, wire_type: "webrtc_ice_candidate", .. } => {
                tracing::debug!(%connection, "candidate relayed");
                return;
            }
            Event::Refused { connection, code } => {
                tracing::debug!(%connection, %code, "refused");
                return;
            }
            _ => {}
        }
        if !self.has_room() {
            return;
        }
        match event {
            Event::RoomCreated { connection, room } => {
                tracing::info!(%connection, room = self.number(room), "room created");
                tracing::debug!(%connection, code = %room, "room created");
            }
            Event::Joined { connection, room, participants } => {
                tracing::info!(%connection, room = self.number(room), participants, "joined");
                tracing::debug!(%connection, code = %room, "joined");
            }
            Event::Relayed { connection, wire_type, receivers } => match *wire_type {
                "webrtc_offer" => tracing::info!(%connection, receivers, "offer relayed"),
                "webrtc_answer" => tracing::info!(%connection, receivers, "answer relayed"),
                "chat_message" => tracing::info!(%connection, receivers, "chat relayed"),
                what => tracing::info!(%connection, what, receivers, "relayed"),
            },
            Event::Away { connection } => tracing::info!(%connection, "away"),
            Event::Resumed { connection, room, participants } => {
                tracing::info!(%connection, room = self.number(room), participants, "resumed");
                tracing::debug!(%connection, code = %room, "resumed");
            }
            Event::Left { connection, reason, room, participants } => {
                let (room, connection) = (self.number(room), connection.map(|id| id.0));
                tracing::info!(connection, room, ?reason, participants, "left");
            }
            Event::Refused { .. } => {}
        }
    }

    fn number(&self, room: &RoomCode) -> String {
        format!("{:08x}", self.numbers.hash_one(room) >> 32)
    }

    /// Whether another line may be written.
    fn has_room(&self) -> bool {
        let now = self.started.elapsed();
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.spent.try_take(LINES, now).is_err() {
            lines.left_out += 1;
            return false;
        }
        let left_out = std::mem::take(&mut lines.left_out);
        drop(lines);
        if left_out > 0 {
            tracing::warn!(left_out, "too much happened to write a line for each");
        }
        true
    }
}
