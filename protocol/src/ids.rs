//! Ids that travel: room codes, participant ids and resume tokens.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A room's code: 8 characters of [`RoomCode::ALPHABET`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RoomCode([u8; RoomCode::LEN]);

impl RoomCode {
    /// Characters in a code.
    pub const LEN: usize = 8;
    /// Upper-case letters and digits without the look-alikes I, O, 0 and 1: 32 characters, so that
    /// a code carries 40 bits and a random byte maps to a character without bias.
    pub const ALPHABET: &'static [u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// The code made of `random`, whose low 5 bits a byte each choose one character.
    pub fn from_random(random: [u8; Self::LEN]) -> Self {
        Self(random.map(|byte| Self::ALPHABET[usize::from(byte % 32)]))
    }

    /// The code as text, as it is sent.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("the alphabet is ASCII")
    }
}

/// Why a text is not a room code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RoomCodeError {
    /// Not 8 characters once spaces and hyphens are gone.
    #[error("a room code has 8 characters")]
    Length,
    /// A character outside the alphabet.
    #[error("{0:?} does not occur in room codes (letters and digits without I, O, 0 and 1)")]
    Character(char),
}

impl FromStr for RoomCode {
    type Err = RoomCodeError;

    /// Reads what a person typed: small letters are accepted, spaces and hyphens are ignored.
    fn from_str(typed: &str) -> Result<Self, Self::Err> {
        let mut code = [0; Self::LEN];
        let mut len = 0;
        let separator = |c: &char| c.is_whitespace() || *c == '-';
        for typed in typed.chars().filter(|c| !separator(c)) {
            let upper = typed.to_ascii_uppercase();
            let byte = u8::try_from(upper)
                .ok()
                .filter(|byte| Self::ALPHABET.contains(byte))
                .ok_or(RoomCodeError::Character(typed))?;
            *code.get_mut(len).ok_or(RoomCodeError::Length)? = byte;
            len += 1;
        }
        if len == Self::LEN { Ok(Self(code)) } else { Err(RoomCodeError::Length) }
    }
}

impl TryFrom<String> for RoomCode {
    type Error = RoomCodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<RoomCode> for String {
    fn from(code: RoomCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RoomCode({self})")
    }
}

/// One participant of a room, as the server named it. Opaque; compared and ordered as text, which
/// also decides who is polite in a negotiation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ParticipantId(String);

impl ParticipantId {
    /// An id of this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The id as text, as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ParticipantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A participant's secret: proves to the server who one is when resuming or asking for relay
/// credentials. Its text shows neither in `Debug` nor in `Display`, so that no log can leak it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// A token of this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret text itself, for the wire only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}
