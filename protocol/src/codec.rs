//! Text to message and back. Nothing that arrives can make it panic.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a text is not a message.
#[derive(Debug, Error)]
pub enum DecodeError {
    /// A well-formed object whose `type` this side does not know. The connection lives.
    #[error("unknown message type {0:?}")]
    UnknownType(String),
    /// Not JSON, not an object, no `type`, or a field is missing or of the wrong kind.
    #[error("malformed message: {0}")]
    Malformed(#[from] serde_json::Error),
}

#[derive(Deserialize)]
struct Tag {
    #[serde(rename = "type")]
    tag: String,
}

/// Reads one message.
///
/// # Errors
/// [`DecodeError::UnknownType`] for a tag that `known` refuses, else [`DecodeError::Malformed`].
pub fn decode<M: DeserializeOwned>(
    text: &str,
    known: impl Fn(&str) -> bool,
) -> Result<M, DecodeError> {
    match serde_json::from_str(text) {
        Ok(message) => Ok(message),
        Err(error) => match serde_json::from_str::<Tag>(text) {
            Ok(Tag { tag }) if !known(&tag) => Err(DecodeError::UnknownType(tag)),
            _ => Err(DecodeError::Malformed(error)),
        },
    }
}

/// Writes one message.
pub fn encode<M: Serialize>(message: &M) -> String {
    serde_json::to_string(message).expect("messages have string keys and no failing serializer")
}
