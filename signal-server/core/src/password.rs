//! A room's password, kept as a salted hash only.
//!
//! The hash is a fast one on purpose: it lives in memory as long as the room, and in the tokens of
//! those who know the password anyway. So it guards against a stray look, not against a stolen
//! database; a slow one would let strangers burn the server's time with wrong guesses.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is kept of a password. It is in the tokens of those who know the password, too: a server
/// that starts anew has it from there.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PasswordHash {
    salt: [u8; 32],
    hash: [u8; 32],
}

impl PasswordHash {
    /// Keeps `password`, salted with random bytes.
    pub(crate) fn new(password: &str, salt: [u8; 32]) -> Self {
        Self { salt, hash: *blake3::keyed_hash(&salt, password.as_bytes()).as_bytes() }
    }

    /// Is `given` the password? Takes the same time for every wrong one of the same length.
    pub(crate) fn matches(&self, given: &str) -> bool {
        // `blake3::Hash` compares in constant time.
        blake3::keyed_hash(&self.salt, given.as_bytes()) == self.hash
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_matches() {
        let kept = PasswordHash::new("open sesame", [7; 32]);
        assert!(kept.matches("open sesame"));
        assert!(!kept.matches("open sesame "));
        assert!(!kept.matches(""));
    }

    #[test]
    fn one_password_has_a_different_hash_under_another_salt() {
        let one = PasswordHash::new("open sesame", [7; 32]);
        let other = PasswordHash::new("open sesame", [8; 32]);
        assert_ne!(one.hash, other.hash);
        assert!(other.matches("open sesame"));
    }

    #[test]
    fn nothing_of_it_shows_in_debug_output() {
        let kept = PasswordHash::new("open sesame", [7; 32]);
        assert_eq!(format!("{kept:?}"), "PasswordHash(…)");
    }
}
