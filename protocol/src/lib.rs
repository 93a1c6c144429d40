//! The signaling protocol, version 1: every message, id, limit and error code that crosses the
//! WebSocket between a client and the signaling server.
//!
//! This crate owns the wire format and nothing else: no socket, no clock, no randomness. Both the
//! server and the desktop client build on it; so can a bot. [`decode_client`] and
//! [`decode_server`] turn text into a message without ever panicking, [`encode`] is their inverse.

mod codec;
mod error_code;
mod ice;
mod ids;
pub mod limits;
mod message;

pub use codec::{DecodeError, decode_client, decode_server, encode};
pub use error_code::ErrorCode;
pub use ice::{IceCandidate, IceServer};
pub use ids::{ParticipantId, RoomCode, RoomCodeError, Token};
pub use message::{ClientMessage, DisconnectReason, ParticipantInfo, RoomEntry, ServerMessage};

/// The version that `create_room` and `join_room` carry in their `protocol` field.
pub const PROTOCOL_VERSION: u32 = 1;
