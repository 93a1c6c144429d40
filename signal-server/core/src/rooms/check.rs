//! The wire's limits on single fields, checked before anything changes.

use cinemasync_protocol::limits::{
    MAX_CANDIDATE_BYTES, MAX_CHAT_CHARS, MAX_ID_BYTES, MAX_MAX_PARTICIPANTS, MAX_PASSWORD_BYTES,
    MAX_SDP_BYTES, normalize_name,
};
use cinemasync_protocol::{IceCandidate, PROTOCOL_VERSION, ParticipantId, RoomCode};

use crate::Refusal;

pub(super) fn protocol(version: u32) -> Result<(), Refusal> {
    if version == PROTOCOL_VERSION { Ok(()) } else { Err(Refusal::UnsupportedProtocol(version)) }
}

/// The name as it is kept.
pub(super) fn name(name: &str) -> Result<String, Refusal> {
    normalize_name(name).ok_or(Refusal::NameInvalid)
}

/// The password, if there is one: an empty one is none, as from a form field left blank.
pub(super) fn password(password: Option<String>) -> Result<Option<String>, Refusal> {
    let password = password.filter(|password| !password.is_empty());
    if let Some(password) = &password {
        at_most("password", MAX_PASSWORD_BYTES, password)?;
    }
    Ok(password)
}

/// The room's code, read as a person typed it.
pub(super) fn room_code(typed: &str) -> Result<RoomCode, Refusal> {
    typed.parse().map_err(Refusal::NotARoomCode)
}

pub(super) fn sdp(sdp: &str) -> Result<(), Refusal> {
    not_empty("session description", sdp)?;
    at_most("session description", MAX_SDP_BYTES, sdp)
}

/// A candidate's line may be empty: that is how browsers end the candidates of one generation.
pub(super) fn candidate(candidate: Option<&IceCandidate>) -> Result<(), Refusal> {
    let Some(candidate) = candidate else { return Ok(()) };
    at_most("candidate", MAX_CANDIDATE_BYTES, &candidate.candidate)?;
    let marks =
        [("sdpMid", &candidate.sdp_mid), ("usernameFragment", &candidate.username_fragment)];
    for (field, mark) in marks {
        // RFC 8839 allows a ufrag of 256 characters; nobody comes near it.
        at_most(field, MAX_CANDIDATE_BYTES, mark.as_deref().unwrap_or_default())?;
    }
    Ok(())
}

pub(super) fn chat(id: &str, text: &str, to: Option<&[ParticipantId]>) -> Result<(), Refusal> {
    not_empty("message's id", id)?;
    at_most("message's id", MAX_ID_BYTES, id)?;
    not_empty("message", text)?;
    if text.chars().count() > MAX_CHAT_CHARS {
        let (limit, unit) = (MAX_CHAT_CHARS, "characters");
        return Err(Refusal::TooLarge { field: "message", limit, unit });
    }
    if to.is_some_and(|to| to.len() > MAX_MAX_PARTICIPANTS) {
        let (limit, unit) = (MAX_MAX_PARTICIPANTS, "people");
        return Err(Refusal::TooLarge { field: "list of receivers", limit, unit });
    }
    Ok(())
}

fn not_empty(field: &'static str, text: &str) -> Result<(), Refusal> {
    if text.is_empty() { Err(Refusal::Empty(field)) } else { Ok(()) }
}

fn at_most(field: &'static str, limit: usize, text: &str) -> Result<(), Refusal> {
    if text.len() <= limit {
        Ok(())
    } else {
        Err(Refusal::TooLarge { field, limit, unit: "bytes" })
    }
}
