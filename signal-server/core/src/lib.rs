//! The signaling server's rules, pure: who is in which room, who may do what, who is told.
//!
//! [`Rooms`] takes what a connection said and answers with what to send to whom. Time and
//! randomness are arguments; sockets, JSON, logs and back-pressure belong to `cinemasync-server`.
//! The client's simulator drives the same [`Rooms`], so that a whole evening runs in one thread.

pub mod admission;
mod client_address;
mod entropy;
mod ice;
pub mod metered;
mod output;
mod pace;
mod password;
mod refusal;
pub mod relay_policy;
pub mod relay_quota;
pub mod relay_table;
mod rooms;
mod secret;
mod settings;
mod token;
pub mod turn_credentials;
pub mod turn_nonce;
pub mod turn_wire;

pub use client_address::{Network, NotANetwork, TrustedProxies};
pub use entropy::Entropy;
pub use ice::{DEFAULT_CREDENTIALS_TTL, IceSettings, Relay};
pub use output::{ConnectionId, Event, Now, Output};
pub use pace::{Pace, StreamPace, Verdict};
pub use refusal::Refusal;
pub use rooms::{ParticipantOverview, RoomOverview, Rooms};
pub use secret::same_secret;
pub use settings::Settings;
