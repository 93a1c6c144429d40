//! Text to message and back. Nothing that arrives can make it panic, and nothing in an error
//! repeats more of what arrived than a log may hold.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{ClientMessage, ServerMessage};

/// Most characters of an unknown `type` that an error repeats.
const MAX_TYPE_CHARS: usize = 40;

/// Why a text is not a message.
#[derive(Debug, Error)]
pub enum DecodeError {
    /// A well-formed object whose `type` this side does not know (its first characters). The
    /// connection lives.
    #[error("unknown message type {0:?}")]
    UnknownType(String),
    /// Not JSON, not an object, no `type`, a field twice, or a field that is missing, of the wrong
    /// kind or nested too deeply.
    #[error("malformed message: {0}")]
    Malformed(#[from] serde_json::Error),
}

/// Reads what a client sent.
///
/// # Errors
/// [`DecodeError::UnknownType`] for a type that version 1 does not define, else
/// [`DecodeError::Malformed`].
pub fn decode_client(text: &str) -> Result<ClientMessage, DecodeError> {
    decode(text, ClientMessage::TYPES)
}

/// Reads what the server sent.
///
/// # Errors
/// As [`decode_client`].
pub fn decode_server(text: &str) -> Result<ServerMessage, DecodeError> {
    decode(text, ServerMessage::TYPES)
}

/// Writes one message.
pub fn encode<M: Serialize>(message: &M) -> String {
    serde_json::to_string(message).expect("messages have string keys and no failing serializer")
}

#[derive(Deserialize)]
struct Tag {
    #[serde(rename = "type")]
    tag: String,
}

fn decode<M: DeserializeOwned>(text: &str, known: &[&str]) -> Result<M, DecodeError> {
    // serde also reads an array as a struct; a message is an object.
    if !text.trim_start().starts_with('{') {
        let not_an_object = serde::de::Error::custom("a message is a JSON object");
        return Err(DecodeError::Malformed(not_an_object));
    }
    let error = match serde_json::from_str(text) {
        Ok(message) => return Ok(message),
        Err(error) => error,
    };
    match serde_json::from_str::<Tag>(text) {
        Ok(Tag { tag }) if !known.contains(&tag.as_str()) => {
            Err(DecodeError::UnknownType(tag.chars().take(MAX_TYPE_CHARS).collect()))
        }
        _ => Err(DecodeError::Malformed(error)),
    }
}
