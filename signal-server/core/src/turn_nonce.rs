//! The relay's nonces: the time and a signature over it and the client's address, so that the server
//! remembers none. A list of those given out could be filled by whoever asks often enough.

use std::net::{IpAddr, SocketAddr};

/// How long a nonce is taken, in seconds (RFC 8656, 5).
pub const LIFETIME_SECS: u64 = 3600;
/// Hexadecimal digits of the time and of the signature.
const TIME: usize = 16;
const SIGNATURE: usize = 32;
const KEY_CONTEXT: &str = "CinemaSync signaling server, TURN nonce, version 1";

/// Makes and checks nonces.
pub struct NonceKey([u8; 32]);

impl NonceKey {
    /// The key that belongs to a secret.
    pub fn new(secret: &[u8]) -> Self {
        Self(blake3::derive_key(KEY_CONTEXT, secret))
    }

    /// A nonce for `client`, given out at `now_unix` (Unix seconds).
    pub fn make(&self, client: SocketAddr, now_unix: u64) -> String {
        let signature = self.signature(client, now_unix).to_hex();
        format!("{now_unix:016x}{}", &signature[..SIGNATURE])
    }

    /// Whether `nonce` was made for `client` and is still young enough.
    pub fn is_fresh(&self, nonce: &str, client: SocketAddr, now_unix: u64) -> bool {
        // Not ASCII, and an index may fall into a character.
        if nonce.len() != TIME + SIGNATURE || !nonce.is_ascii() {
            return false;
        }
        let Ok(made) = u64::from_str_radix(&nonce[..TIME], 16) else { return false };
        made <= now_unix
            && now_unix - made < LIFETIME_SECS
            && crate::same_secret(nonce, &self.make(client, made))
    }

    fn signature(&self, client: SocketAddr, now_unix: u64) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&now_unix.to_be_bytes());
        match client.ip() {
            IpAddr::V4(ip) => hasher.update(&ip.octets()),
            IpAddr::V6(ip) => hasher.update(&ip.octets()),
        };
        hasher.update(&client.port().to_be_bytes());
        hasher.finalize()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000;

    fn client() -> SocketAddr {
        SocketAddr::from(([9, 8, 7, 6], 5))
    }

    #[test]
    fn a_nonce_is_taken_from_its_client_for_an_hour() {
        let key = NonceKey::new(b"secret");
        let nonce = key.make(client(), NOW);
        assert!(key.is_fresh(&nonce, client(), NOW));
        assert!(key.is_fresh(&nonce, client(), NOW + LIFETIME_SECS - 1));
        assert!(!key.is_fresh(&nonce, client(), NOW + LIFETIME_SECS));
        assert!(!key.is_fresh(&nonce, client(), NOW - 1));
        assert!(!key.is_fresh(&nonce, SocketAddr::from(([9, 8, 7, 6], 6)), NOW));
        assert!(!NonceKey::new(b"other").is_fresh(&nonce, client(), NOW));
    }

    #[test]
    fn changed_and_foreign_nonces_are_refused() {
        let key = NonceKey::new(b"secret");
        let nonce = key.make(client(), NOW);
        for at in 0..nonce.len() {
            let mut bytes = nonce.clone().into_bytes();
            bytes[at] ^= 1;
            let changed = String::from_utf8(bytes).unwrap();
            assert!(!key.is_fresh(&changed, client(), NOW), "byte {at}");
        }
        for text in ["", "0", &"ü".repeat(24), &"f".repeat(48), &nonce.to_uppercase()] {
            assert!(!key.is_fresh(text, client(), NOW), "{text:?}");
        }
    }
}
