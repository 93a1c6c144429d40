//! Participants' tokens: what a server must know to take somebody back, signed, so that nothing has
//! to be kept on a disk and nobody can make one up. Clients treat them as opaque.
//!
//! A token is `base64url(claims as JSON).base64url(HMAC-SHA256)`. It holds the participant's place
//! as it was when the token was given out, so that a server that lost everything puts a room
//! together again from the tokens of those who come back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cinemasync_protocol::{ParticipantId, RoomCode, Token};
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::password::PasswordHash;

/// Separates this use of the server's secret from every other.
const KEY_CONTEXT: &str = "CinemaSync signaling server, participant token, version 2";
/// The longest token that is looked at, in bytes. Every one that is made is shorter.
const MAX_TOKEN_BYTES: usize = 1_536;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Claims {
    /// The room.
    pub(crate) room: RoomCode,
    /// Whose place it is.
    pub(crate) id: ParticipantId,
    /// The place itself: lower ones came earlier.
    pub(crate) seat: u64,
    /// The name the others see.
    pub(crate) name: String,
    /// The room's password, as the server keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<PasswordHash>,
    /// When the token was given out, in Unix milliseconds.
    pub(crate) issued_unix_ms: u64,
    /// When it ends, in Unix seconds.
    pub(crate) expires_unix: u64,
}

/// Makes and checks tokens.
pub(crate) struct TokenKey(Hmac<Sha256>);

impl TokenKey {
    /// The key that belongs to the server's secret.
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        let key = blake3::derive_key(KEY_CONTEXT, secret);
        Self(Hmac::new_from_slice(&key).expect("HMAC takes a key of any length (RFC 2104)"))
    }

    /// The token that says this.
    pub(crate) fn sign(&self, claims: &Claims) -> Token {
        let json = serde_json::to_vec(claims).expect("claims have string keys");
        let body = URL_SAFE_NO_PAD.encode(json);
        let mut mac = self.0.clone();
        mac.update(body.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        Token::new(format!("{body}.{signature}"))
    }

    /// What a token says, if this key signed it and it has not ended. Whether that place is still
    /// kept is another question.
    pub(crate) fn verify(&self, token: &Token, now_unix: u64) -> Option<Claims> {
        let text = token.reveal();
        if text.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let (body, signature) = text.split_once('.')?;
        let mut mac = self.0.clone();
        mac.update(body.as_bytes());
        // Compares in constant time.
        mac.verify_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()?;
        (now_unix < claims.expires_unix).then_some(claims)
    }
}

#[cfg(test)]
mod tests {
    use cinemasync_protocol::limits::MAX_NAME_CHARS;

    use super::*;

    fn claims() -> Claims {
        Claims {
            room: RoomCode::from_random([3; 8]),
            id: ParticipantId::new("ana"),
            seat: 7,
            name: "Ana".to_owned(),
            password: Some(PasswordHash::new("tea", [9; 32])),
            issued_unix_ms: 0,
            expires_unix: 1_000,
        }
    }

    #[test]
    fn a_signed_token_tells_whose_place_it_is() {
        let key = TokenKey::new(&[1; 32]);
        assert_eq!(key.verify(&key.sign(&claims()), 999), Some(claims()));
    }

    #[test]
    fn a_token_ends() {
        let key = TokenKey::new(&[1; 32]);
        assert_eq!(key.verify(&key.sign(&claims()), 1_000), None);
    }

    #[test]
    fn a_token_of_another_secret_is_refused() {
        let token = TokenKey::new(&[1; 32]).sign(&claims());
        assert_eq!(TokenKey::new(&[2; 32]).verify(&token, 0), None);
    }

    #[test]
    fn a_token_changed_anywhere_is_refused() {
        let key = TokenKey::new(&[1; 32]);
        let token = key.sign(&claims());
        for at in 0..token.reveal().len() {
            let mut bytes = token.reveal().as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = Token::new(String::from_utf8(bytes).unwrap());
            assert_eq!(key.verify(&changed, 0), None, "byte {at}");
        }
    }

    #[test]
    fn texts_that_are_no_tokens_are_refused() {
        let key = TokenKey::new(&[1; 32]);
        for text in ["", ".", "..", "e30.", "e30.AAAA", "ü.ü", &"A".repeat(1 << 16)] {
            assert_eq!(key.verify(&Token::new(text), 0), None, "{text:.20}");
        }
    }

    #[test]
    fn the_longest_token_is_looked_at() {
        let key = TokenKey::new(&[1; 32]);
        let name = "\u{1f600}".repeat(MAX_NAME_CHARS);
        let longest = Claims { name, seat: u64::MAX, issued_unix_ms: u64::MAX, ..claims() };
        let token = key.sign(&longest);
        assert!(token.reveal().len() < MAX_TOKEN_BYTES, "{}", token.reveal().len());
        assert_eq!(key.verify(&token, 0), Some(longest));
    }
}
