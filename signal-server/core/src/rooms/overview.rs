//! All rooms as whoever runs the server may see them.

use std::time::Duration;

use cinemasync_protocol::{ParticipantInfo, RoomCode};

/// One room, for whoever runs the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomOverview {
    /// Its code.
    pub room: RoomCode,
    /// How long it exists.
    pub age: Duration,
    /// Is it locked?
    pub locked: bool,
    /// Does it want a password?
    pub password: bool,
    /// Who is in it, oldest first.
    pub participants: Vec<ParticipantOverview>,
}

/// One participant, for whoever runs the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParticipantOverview {
    /// As others see it.
    pub participant: ParticipantInfo,
    /// How long it is in the room.
    pub age: Duration,
    /// Is its connection broken, and its place kept?
    pub away: bool,
}
