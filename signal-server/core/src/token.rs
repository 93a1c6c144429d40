//! Participants' tokens: the room, the id and a signature over both, so that nothing has to be kept
//! to recognize one and nobody can make one up. Clients treat them as opaque.

use cinemasync_protocol::{ParticipantId, RoomCode, Token};

/// Separates this use of the server's secret from every other.
const KEY_CONTEXT: &str = "CinemaSync signaling server, participant token, version 1";

/// Makes and checks tokens.
pub(crate) struct TokenKey([u8; 32]);

impl TokenKey {
    /// The key that belongs to the server's secret.
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        Self(blake3::derive_key(KEY_CONTEXT, secret))
    }

    /// The token of this participant of this room.
    pub(crate) fn sign(&self, room: RoomCode, id: &ParticipantId) -> Token {
        Token::new(format!("{room}.{id}.{}", self.signature(room, id)))
    }

    /// Whose token it is, if this key signed it. Whether that participant is still there is another
    /// question.
    pub(crate) fn verify(&self, token: &Token) -> Option<(RoomCode, ParticipantId)> {
        let mut parts = token.reveal().splitn(3, '.');
        let room: RoomCode = parts.next()?.parse().ok()?;
        let id = ParticipantId::new(parts.next()?);
        let signature = blake3::Hash::from_hex(parts.next()?).ok()?;
        // `blake3::Hash` compares in constant time.
        (signature == self.signature(room, &id)).then_some((room, id))
    }

    fn signature(&self, room: RoomCode, id: &ParticipantId) -> blake3::Hash {
        // A code has a fixed length, so no other pair makes the same bytes.
        blake3::keyed_hash(&self.0, format!("{room}{id}").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> (TokenKey, Token) {
        let key = TokenKey::new(&[1; 32]);
        let token = key.sign(RoomCode::from_random([3; 8]), &ParticipantId::new("ana"));
        (key, token)
    }

    #[test]
    fn a_signed_token_tells_whose_it_is() {
        let (key, token) = token();
        let whose = (RoomCode::from_random([3; 8]), ParticipantId::new("ana"));
        assert_eq!(key.verify(&token), Some(whose));
    }

    #[test]
    fn a_token_of_another_secret_is_refused() {
        let (_, token) = token();
        assert_eq!(TokenKey::new(&[2; 32]).verify(&token), None);
    }

    #[test]
    fn a_token_changed_anywhere_is_refused() {
        let (key, token) = token();
        for at in 0..token.reveal().len() {
            let mut bytes = token.reveal().as_bytes().to_vec();
            bytes[at] ^= 1;
            let changed = Token::new(String::from_utf8(bytes).unwrap());
            assert_eq!(key.verify(&changed), None, "byte {at}");
        }
    }

    #[test]
    fn texts_that_are_no_tokens_are_refused() {
        let (key, _) = token();
        for text in ["", ".", "..", "ABCDEFGH.ana", "ABCDEFGH.ana.", "ABCDEFGH.ana.00", "ü.ü.ü"]
        {
            assert_eq!(key.verify(&Token::new(text)), None, "{text:?}");
        }
    }
}
