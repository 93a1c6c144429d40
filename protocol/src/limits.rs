//! Every limit of the protocol, in one place. A server enforces them; a client keeps within them.

/// Longest message on the socket, in bytes. A longer frame closes the connection with 1009.
pub const MAX_MESSAGE_BYTES: usize = 64 * 1024;
/// Longest participant name after trimming, in characters.
pub const MAX_NAME_CHARS: usize = 40;
/// Longest chat text, in characters.
pub const MAX_CHAT_CHARS: usize = 4_000;
/// Longest session description, in bytes.
pub const MAX_SDP_BYTES: usize = 32 * 1024;
/// Longest ICE candidate line, in bytes; a real one stays under 300.
pub const MAX_CANDIDATE_BYTES: usize = 1_024;
/// Longest id that a client may choose or name (chat ids, participant ids), in bytes.
pub const MAX_ID_BYTES: usize = 64;
/// Longest room password, in bytes.
pub const MAX_PASSWORD_BYTES: usize = 256;
/// Participants in a room unless the server says otherwise.
pub const DEFAULT_MAX_PARTICIPANTS: usize = 3;
/// Fewest participants that a room may be limited to.
pub const MIN_MAX_PARTICIPANTS: usize = 2;
/// Most participants that a room may be limited to.
pub const MAX_MAX_PARTICIPANTS: usize = 16;
/// Seconds between two pings of the server.
pub const PING_INTERVAL_SECS: u64 = 20;
/// Seconds of silence after which the server drops a connection.
pub const SILENCE_TIMEOUT_SECS: u64 = 45;
/// Seconds after a lost connection within which `resume` keeps id, role and place.
pub const RESUME_WINDOW_SECS: u64 = 60;

/// The name as it is kept and shown, or `None` when it is not allowed: surrounding white space is
/// trimmed, then 1 to [`MAX_NAME_CHARS`] characters without control characters must remain.
pub fn normalize_name(name: &str) -> Option<String> {
    let name = name.trim();
    let fits = (1..=MAX_NAME_CHARS).contains(&name.chars().count());
    (fits && !name.chars().any(char::is_control)).then(|| name.to_owned())
}

/// Whether a chat text may be relayed: 1 to [`MAX_CHAT_CHARS`] characters.
pub fn is_valid_chat_text(text: &str) -> bool {
    (1..=MAX_CHAT_CHARS).contains(&text.chars().count())
}

/// Whether a session description may be relayed: 1 to [`MAX_SDP_BYTES`] bytes.
pub fn is_valid_sdp(sdp: &str) -> bool {
    (1..=MAX_SDP_BYTES).contains(&sdp.len())
}
