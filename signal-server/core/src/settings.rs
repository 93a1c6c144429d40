//! What whoever runs the server decides about its rooms.

use std::time::Duration;

use cinemasync_protocol::limits::{DEFAULT_MAX_PARTICIPANTS, RESUME_WINDOW_SECS};

use crate::IceSettings;

/// How long a participant's token can be used. It is renewed each time somebody comes back.
const TOKEN_TTL: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The rooms' settings. The caller has checked them; see `cinemasync-server`'s configuration.
#[derive(Clone)]
pub struct Settings {
    /// How many participants a room holds.
    pub max_participants: usize,
    /// How many rooms there may be at once; memory is bounded by it.
    pub max_rooms: usize,
    /// How long the place of somebody whose connection broke is kept, and how long a server that
    /// started anew takes rooms back from the tokens of those who were in them.
    pub resume_window: Duration,
    /// How long a participant's token can be used.
    pub token_ttl: Duration,
    /// What participants are told to find each other with.
    pub ice: IceSettings,
    /// Signs participants' tokens: random, and nobody else's.
    pub secret: [u8; 32],
}

impl Settings {
    /// Rooms of the usual size without ICE servers, signing with `secret`.
    pub fn new(secret: [u8; 32]) -> Self {
        Self {
            max_participants: DEFAULT_MAX_PARTICIPANTS,
            max_rooms: 5_000,
            resume_window: Duration::from_secs(RESUME_WINDOW_SECS),
            token_ttl: TOKEN_TTL,
            ice: IceSettings::default(),
            secret,
        }
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("max_participants", &self.max_participants)
            .field("max_rooms", &self.max_rooms)
            .field("resume_window", &self.resume_window)
            .field("token_ttl", &self.token_ttl)
            .field("ice", &self.ice)
            .finish_non_exhaustive()
    }
}
