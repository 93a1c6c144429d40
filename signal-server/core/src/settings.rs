//! What whoever runs the server decides about its rooms.

use cinemasync_protocol::IceServer;
use cinemasync_protocol::limits::DEFAULT_MAX_PARTICIPANTS;

/// The rooms' settings. The caller has checked them; see `cinemasync-server`'s configuration.
#[derive(Clone)]
pub struct Settings {
    /// How many participants a room holds.
    pub max_participants: usize,
    /// How many rooms there may be at once; memory is bounded by it.
    pub max_rooms: usize,
    /// What participants are told to find each other with.
    pub ice_servers: Vec<IceServer>,
    /// Signs participants' tokens: random, and nobody else's.
    pub secret: [u8; 32],
}

impl Settings {
    /// Rooms of the usual size without ICE servers, signing with `secret`.
    pub fn new(secret: [u8; 32]) -> Self {
        Self {
            max_participants: DEFAULT_MAX_PARTICIPANTS,
            max_rooms: 5_000,
            ice_servers: Vec::new(),
            secret,
        }
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("max_participants", &self.max_participants)
            .field("max_rooms", &self.max_rooms)
            .field("ice_servers", &self.ice_servers)
            .finish_non_exhaustive()
    }
}
