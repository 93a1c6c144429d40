//! The messages themselves. Field names and tags are the wire's; limits on what they hold are
//! [`crate::limits`], and who may say what when is the server's to decide.

use serde::{Deserialize, Serialize};

use crate::{ErrorCode, IceCandidate, IceServer, ParticipantId, RoomCode, Token};

/// What a client says to the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Make a room and be its host. Answer: [`ServerMessage::RoomCreated`].
    CreateRoom {
        /// The creator's name.
        name: String,
        /// [`crate::PROTOCOL_VERSION`].
        protocol: u32,
        /// Wanted from everybody who joins, if given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        password: Option<String>,
    },
    /// Enter a room. Answer: [`ServerMessage::RoomJoined`].
    JoinRoom {
        /// The room's code, as typed: the server normalizes it.
        room: String,
        /// The newcomer's name.
        name: String,
        /// [`crate::PROTOCOL_VERSION`].
        protocol: u32,
        /// The room's password, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        password: Option<String>,
    },
    /// Come back after a lost connection. Answer: [`ServerMessage::RoomJoined`] with the same id.
    Resume {
        /// The token of `room_created` or `room_joined`.
        token: Token,
    },
    /// Leave the room. Answer: [`ServerMessage::RoomLeft`].
    LeaveRoom,
    /// Relayed: an SDP offer.
    WebrtcOffer {
        /// Whom it is for.
        to: ParticipantId,
        /// The session description.
        sdp: String,
    },
    /// Relayed: an SDP answer.
    WebrtcAnswer {
        /// Whom it is for.
        to: ParticipantId,
        /// The session description.
        sdp: String,
    },
    /// Relayed: a trickled candidate; `null` ends them.
    WebrtcIceCandidate {
        /// Whom it is for.
        to: ParticipantId,
        /// The candidate. On the wire `null` is not the same as absent, which is malformed.
        #[serde(deserialize_with = "Option::deserialize")]
        candidate: Option<IceCandidate>,
    },
    /// Relayed: a chat message.
    ChatMessage {
        /// The sender's own id for it, so that it is shown once.
        id: String,
        /// The text.
        text: String,
        /// Whom it is for; everybody else if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Vec<ParticipantId>>,
    },
    /// The sender shares a screen from now on.
    ScreenShareStarted,
    /// The sender shares no screen any more.
    ScreenShareStopped,
    /// Nobody may join any more, or again. Host only.
    LockRoom {
        /// Locked from now on?
        locked: bool,
    },
    /// Send somebody away. Host only.
    RemoveParticipant {
        /// Whom.
        id: ParticipantId,
    },
}

impl ClientMessage {
    /// Every `type` that version 1 defines.
    pub const TYPES: &[&str] = &[
        "create_room",
        "join_room",
        "resume",
        "leave_room",
        "webrtc_offer",
        "webrtc_answer",
        "webrtc_ice_candidate",
        "chat_message",
        "screen_share_started",
        "screen_share_stopped",
        "lock_room",
        "remove_participant",
    ];

    /// The `type` that this message carries on the wire.
    pub fn wire_type(&self) -> &'static str {
        match self {
            Self::CreateRoom { .. } => "create_room",
            Self::JoinRoom { .. } => "join_room",
            Self::Resume { .. } => "resume",
            Self::LeaveRoom => "leave_room",
            Self::WebrtcOffer { .. } => "webrtc_offer",
            Self::WebrtcAnswer { .. } => "webrtc_answer",
            Self::WebrtcIceCandidate { .. } => "webrtc_ice_candidate",
            Self::ChatMessage { .. } => "chat_message",
            Self::ScreenShareStarted => "screen_share_started",
            Self::ScreenShareStopped => "screen_share_stopped",
            Self::LockRoom { .. } => "lock_room",
            Self::RemoveParticipant { .. } => "remove_participant",
        }
    }
}

/// One participant, as others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantInfo {
    /// The server's id for it.
    pub id: ParticipantId,
    /// What it calls itself.
    pub name: String,
    /// Is it the host?
    pub host: bool,
    /// Does it share a screen?
    pub screen_sharing: bool,
}

/// What `room_created` and `room_joined` have in common: one's own place in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomEntry {
    /// The room's code.
    pub room: RoomCode,
    /// One's own id.
    pub id: ParticipantId,
    /// One's own secret, for `resume`.
    pub token: Token,
    /// How many the room holds.
    pub max_participants: usize,
    /// Servers for ICE.
    pub ice_servers: Vec<IceServer>,
}

/// Why somebody is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisconnectReason {
    /// It said `leave_room`.
    Left,
    /// Its connection broke and it did not resume in time.
    Lost,
    /// The host removed it.
    Removed,
}

/// What the server says to a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The room exists and the receiver is its host.
    RoomCreated(RoomEntry),
    /// The receiver is in the room.
    RoomJoined {
        /// Its place.
        #[serde(flatten)]
        entry: RoomEntry,
        /// The others, oldest first.
        participants: Vec<ParticipantInfo>,
        /// Is the room locked?
        locked: bool,
    },
    /// The receiver is out of the room.
    RoomLeft,
    /// Somebody came.
    UserJoined {
        /// Who.
        participant: ParticipantInfo,
    },
    /// Somebody is gone.
    UserDisconnected {
        /// Who.
        id: ParticipantId,
        /// Why.
        reason: DisconnectReason,
        /// The host's id now.
        host: ParticipantId,
    },
    /// An SDP offer.
    WebrtcOffer {
        /// Who sent it.
        from: ParticipantId,
        /// The session description.
        sdp: String,
    },
    /// An SDP answer.
    WebrtcAnswer {
        /// Who sent it.
        from: ParticipantId,
        /// The session description.
        sdp: String,
    },
    /// A trickled candidate; `null` ends them.
    WebrtcIceCandidate {
        /// Who sent it.
        from: ParticipantId,
        /// The candidate. On the wire `null` is not the same as absent, which is malformed.
        #[serde(deserialize_with = "Option::deserialize")]
        candidate: Option<IceCandidate>,
    },
    /// A chat message.
    ChatMessage {
        /// Who wrote it.
        from: ParticipantId,
        /// The sender's own id for it.
        id: String,
        /// The text.
        text: String,
        /// When the server relayed it, in Unix milliseconds.
        at: u64,
    },
    /// Somebody shares a screen from now on.
    ScreenShareStarted {
        /// Who.
        from: ParticipantId,
    },
    /// Somebody shares no screen any more.
    ScreenShareStopped {
        /// Who.
        from: ParticipantId,
    },
    /// The room was locked or opened.
    RoomLocked {
        /// Locked from now on?
        locked: bool,
    },
    /// Fresh servers for ICE, before the old credentials expire.
    IceServers {
        /// The servers.
        ice_servers: Vec<IceServer>,
    },
    /// Something was wrong.
    Error {
        /// For programs.
        code: ErrorCode,
        /// A sentence for a person.
        message: String,
        /// When to try again, in milliseconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u64>,
    },
}

impl ServerMessage {
    /// Every `type` that version 1 defines.
    pub const TYPES: &[&str] = &[
        "room_created",
        "room_joined",
        "room_left",
        "user_joined",
        "user_disconnected",
        "webrtc_offer",
        "webrtc_answer",
        "webrtc_ice_candidate",
        "chat_message",
        "screen_share_started",
        "screen_share_stopped",
        "room_locked",
        "ice_servers",
        "error",
    ];

    /// The `type` that this message carries on the wire.
    pub fn wire_type(&self) -> &'static str {
        match self {
            Self::RoomCreated(_) => "room_created",
            Self::RoomJoined { .. } => "room_joined",
            Self::RoomLeft => "room_left",
            Self::UserJoined { .. } => "user_joined",
            Self::UserDisconnected { .. } => "user_disconnected",
            Self::WebrtcOffer { .. } => "webrtc_offer",
            Self::WebrtcAnswer { .. } => "webrtc_answer",
            Self::WebrtcIceCandidate { .. } => "webrtc_ice_candidate",
            Self::ChatMessage { .. } => "chat_message",
            Self::ScreenShareStarted { .. } => "screen_share_started",
            Self::ScreenShareStopped { .. } => "screen_share_stopped",
            Self::RoomLocked { .. } => "room_locked",
            Self::IceServers { .. } => "ice_servers",
            Self::Error { .. } => "error",
        }
    }
}
