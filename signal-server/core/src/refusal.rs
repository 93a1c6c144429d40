//! Why a request is answered with an error: the code for programs and the sentence for people, both
//! in one place, for the rules here and for the connections around them.

use cinemasync_protocol::limits::MAX_NAME_CHARS;
use cinemasync_protocol::{ErrorCode, PROTOCOL_VERSION, RoomCodeError, ServerMessage};
use thiserror::Error;

/// When whoever finds the server full of rooms may try again: an evening ends now and then.
const FULL_RETRY_MS: u64 = 30_000;

/// Why a request is refused. `Display` is the sentence that the person reads.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The text was not a message.
    #[error("The server could not read that message. Update the app if this happens again.")]
    Malformed,
    /// A field that must hold something is empty.
    #[error("The {0} is empty.")]
    Empty(&'static str),
    /// A `type` that version 1 does not define.
    #[error("This server does not know messages of that type. It may be older than the app.")]
    UnknownType,
    /// Another version of the protocol.
    #[error(
        "The app speaks version {0} of the protocol, this server version {PROTOCOL_VERSION}. \
         Update the older one of the two."
    )]
    UnsupportedProtocol(u32),
    /// The sender is in no room.
    #[error("You are not in a room. Create or join one first.")]
    NotInRoom,
    /// The sender is in a room.
    #[error("You are in a room already. Leave it first.")]
    AlreadyInRoom,
    /// The code cannot be one.
    #[error("That is not a room code: {0}. Check it with whoever invited you.")]
    NotARoomCode(RoomCodeError),
    /// The code could be one, but no room has it.
    #[error(
        "There is no room with this code. Check it with whoever invited you; a room closes when \
         the last one leaves."
    )]
    RoomNotFound,
    /// No place left.
    #[error("The room is full: it holds {0} people.")]
    RoomFull(usize),
    /// The host locked it.
    #[error("The room is locked. Ask its host to let you in.")]
    RoomLocked,
    /// A password is wanted and none was given.
    #[error("The room has a password. Ask whoever invited you for it.")]
    PasswordMissing,
    /// Another password is wanted.
    #[error("The password is wrong. Check it with whoever invited you.")]
    PasswordWrong,
    /// Not a name.
    #[error("A name has 1 to {MAX_NAME_CHARS} characters and no control characters.")]
    NameInvalid,
    /// The receiver is not in the room.
    #[error("That person is not in the room any more.")]
    UnknownParticipant,
    /// Some of the receivers are not in the room.
    #[error("Somebody the message was for is not in the room any more. The others got it.")]
    SomeReceiversUnknown,
    /// The receiver is the sender.
    #[error("That is you. Only others in the room can be named here.")]
    Oneself,
    /// Only the host may.
    #[error("Only the host of the room can do that.")]
    NotHost,
    /// A field is over its limit.
    #[error("The {field} is too long: at most {limit} {unit} are allowed.")]
    TooLarge {
        /// What.
        field: &'static str,
        /// How much is allowed.
        limit: usize,
        /// Of what.
        unit: &'static str,
    },
    /// Too much at once.
    #[error(
        "The app is sending more than the server takes from one guest. Wait a moment, then try again."
    )]
    TooFast {
        /// When there is room for it again.
        retry_after_ms: u64,
    },
    /// Too many connections from one address.
    #[error(
        "Too many connections come from your network at the moment. Wait a little, then try again."
    )]
    TooManyConnections {
        /// When there is room for one again.
        retry_after_ms: u64,
    },
    /// Too many new rooms from one address.
    #[error("Too many rooms were made from your network lately. Wait a little, then try again.")]
    TooManyNewRooms {
        /// When another may be made.
        retry_after_ms: u64,
    },
    /// Too many wrong codes or passwords.
    #[error(
        "Too many wrong codes or passwords were tried lately. Wait a little, then try again; check \
         them with whoever invited you meanwhile."
    )]
    TooManyGuesses {
        /// When one is looked at again.
        retry_after_ms: u64,
    },
    /// Nobody is waited for under that token.
    #[error("Your place in the room is not kept any more. Join the room again with its code.")]
    ResumeExpired,
    /// The host sent the receiver away.
    #[error("The host has removed you from the room.")]
    Removed,
    /// The place was taken over by another connection with the same token.
    #[error("You have come back to the room from elsewhere, so this connection ends.")]
    Replaced,
    /// The server is going down.
    #[error(
        "The server is shutting down. Your call and the film go on; to let others in, try again \
         in a minute or use another server."
    )]
    ShuttingDown,
    /// No more connections.
    #[error(
        "The server has as many guests as it can hold. Try again later, or use another server."
    )]
    ServerCrowded {
        /// When it makes sense to try again.
        retry_after_ms: u64,
    },
    /// No more rooms.
    #[error("The server has as many rooms as it can hold. Try again later, or use another server.")]
    TooManyRooms,
}

impl Refusal {
    /// The code for programs.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Malformed | Self::Empty(_) => ErrorCode::BadMessage,
            Self::UnknownType => ErrorCode::UnknownMessage,
            Self::UnsupportedProtocol(_) => ErrorCode::UnsupportedProtocol,
            Self::NotInRoom => ErrorCode::NotInRoom,
            Self::AlreadyInRoom => ErrorCode::AlreadyInRoom,
            Self::NotARoomCode(_) | Self::RoomNotFound => ErrorCode::RoomNotFound,
            Self::RoomFull(_) => ErrorCode::RoomFull,
            Self::RoomLocked => ErrorCode::RoomLocked,
            Self::PasswordMissing | Self::PasswordWrong => ErrorCode::WrongPassword,
            Self::NameInvalid => ErrorCode::NameInvalid,
            Self::UnknownParticipant | Self::SomeReceiversUnknown | Self::Oneself => {
                ErrorCode::UnknownParticipant
            }
            Self::NotHost => ErrorCode::NotHost,
            Self::TooLarge { .. } => ErrorCode::TooLarge,
            Self::TooFast { .. }
            | Self::TooManyConnections { .. }
            | Self::TooManyNewRooms { .. }
            | Self::TooManyGuesses { .. } => ErrorCode::RateLimited,
            Self::ResumeExpired => ErrorCode::ResumeExpired,
            Self::Removed | Self::Replaced => ErrorCode::Removed,
            Self::ShuttingDown => ErrorCode::ShuttingDown,
            Self::ServerCrowded { .. } | Self::TooManyRooms => ErrorCode::ServerFull,
        }
    }

    /// When to try again, in milliseconds, if waiting helps.
    pub fn retry_after_ms(&self) -> Option<u64> {
        match self {
            Self::TooFast { retry_after_ms }
            | Self::TooManyConnections { retry_after_ms }
            | Self::TooManyNewRooms { retry_after_ms }
            | Self::TooManyGuesses { retry_after_ms }
            | Self::ServerCrowded { retry_after_ms } => Some(*retry_after_ms),
            Self::TooManyRooms => Some(FULL_RETRY_MS),
            _ => None,
        }
    }

    /// The message that tells the client.
    pub fn to_message(&self) -> ServerMessage {
        ServerMessage::Error {
            code: self.code(),
            message: self.to_string(),
            retry_after_ms: self.retry_after_ms(),
        }
    }
}
