//! The error codes of the protocol: names for programs. The sentence that goes with one on the
//! wire is written where the error arises.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What went wrong, for programs; the sentence beside it on the wire is for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Not JSON, not an object, or a field is missing or of the wrong kind.
    BadMessage,
    /// A `type` this server does not know.
    UnknownMessage,
    /// `protocol` is not a version this server speaks.
    UnsupportedProtocol,
    /// The message needs a room and the sender is in none.
    NotInRoom,
    /// The sender is in a room already.
    AlreadyInRoom,
    /// No room has this code.
    RoomNotFound,
    /// The room has as many participants as it may.
    RoomFull,
    /// The host locked the room.
    RoomLocked,
    /// The room's password is another one, or was not given.
    WrongPassword,
    /// The name is empty, too long or holds control characters.
    NameInvalid,
    /// No participant of the room has this id.
    UnknownParticipant,
    /// Only the host may do this.
    NotHost,
    /// A field is over its limit.
    TooLarge,
    /// Too many messages or attempts.
    RateLimited,
    /// The token is unknown, foreign or too old.
    ResumeExpired,
    /// The host removed the receiver from the room.
    Removed,
    /// The server is going down.
    ShuttingDown,
    /// The server has as many rooms or connections as it may.
    ServerFull,
    /// A code that a newer server sends and this version does not know.
    #[serde(other)]
    Unrecognized,
}

impl ErrorCode {
    /// Every code that version 1 defines.
    pub const ALL: [Self; 18] = [
        Self::BadMessage,
        Self::UnknownMessage,
        Self::UnsupportedProtocol,
        Self::NotInRoom,
        Self::AlreadyInRoom,
        Self::RoomNotFound,
        Self::RoomFull,
        Self::RoomLocked,
        Self::WrongPassword,
        Self::NameInvalid,
        Self::UnknownParticipant,
        Self::NotHost,
        Self::TooLarge,
        Self::RateLimited,
        Self::ResumeExpired,
        Self::Removed,
        Self::ShuttingDown,
        Self::ServerFull,
    ];

    /// The code as it is sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadMessage => "bad_message",
            Self::UnknownMessage => "unknown_message",
            Self::UnsupportedProtocol => "unsupported_protocol",
            Self::NotInRoom => "not_in_room",
            Self::AlreadyInRoom => "already_in_room",
            Self::RoomNotFound => "room_not_found",
            Self::RoomFull => "room_full",
            Self::RoomLocked => "room_locked",
            Self::WrongPassword => "wrong_password",
            Self::NameInvalid => "name_invalid",
            Self::UnknownParticipant => "unknown_participant",
            Self::NotHost => "not_host",
            Self::TooLarge => "too_large",
            Self::RateLimited => "rate_limited",
            Self::ResumeExpired => "resume_expired",
            Self::Removed => "removed",
            Self::ShuttingDown => "shutting_down",
            Self::ServerFull => "server_full",
            Self::Unrecognized => "unrecognized",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
