//! Credentials for a TURN relay that end by themselves, by the REST scheme that coturn reads too: the
//! name says until when and whose, the password is a signature over the name. So a relay that knows
//! the secret needs no list of users. Whom to give them is `rooms`' business, checking a packet that
//! bears them the relay's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cinemasync_protocol::ParticipantId;
use hmac::{Hmac, Mac as _};
use sha1::Sha1;
use thiserror::Error;

/// The longest name this server makes or reads, in bytes; TURN allows 512. An id is far shorter.
pub const MAX_USERNAME: usize = 128;

/// What a participant shows to a TURN relay.
#[derive(Clone, PartialEq, Eq)]
pub struct TurnCredentials {
    /// When the credentials end, in Unix seconds, a colon, and the participant's id.
    pub username: String,
    /// The password that belongs to the name. Secret: not shown by `Debug`.
    pub credential: String,
}

impl std::fmt::Debug for TurnCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TurnCredentials").field("username", &self.username).finish_non_exhaustive()
    }
}

/// Why a name opens no relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Invalid {
    /// Not `time:id`, or too long.
    #[error("the name is not one that this server gives out")]
    Malformed,
    /// Its time is over.
    #[error("the credentials have expired")]
    Expired,
}

/// Whose a name is, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder<'a> {
    /// The participant's id.
    pub id: &'a str,
    /// When the credentials end, in Unix seconds.
    pub expires_unix: u64,
}

/// Credentials for `participant` that end at `expires_unix` (Unix seconds), for relays that know
/// `secret`.
pub fn issue(secret: &[u8], participant: &ParticipantId, expires_unix: u64) -> TurnCredentials {
    let username = format!("{expires_unix}:{participant}");
    let credential = password(secret, &username);
    TurnCredentials { username, credential }
}

/// The password of `username`: base64 of HMAC-SHA1, as coturn's `use-auth-secret` computes it.
pub fn password(secret: &[u8], username: &str) -> String {
    let mut mac =
        Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes a key of any length (RFC 2104)");
    mac.update(username.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// The id of whom a name was given to, while its time is not over.
///
/// # Errors
/// [`Invalid`] when the name is not of this scheme or `now_unix` (Unix seconds) is past its end.
pub fn holder(username: &str, now_unix: u64) -> Result<&str, Invalid> {
    let holder = parse(username)?;
    if holder.expires_unix <= now_unix { Err(Invalid::Expired) } else { Ok(holder.id) }
}

/// What a name says, whether or not its time is over.
///
/// # Errors
/// [`Invalid::Malformed`] when the name is not of this scheme.
pub fn parse(username: &str) -> Result<Holder<'_>, Invalid> {
    if username.len() > MAX_USERNAME {
        return Err(Invalid::Malformed);
    }
    let (expires, id) = username.split_once(':').ok_or(Invalid::Malformed)?;
    // `parse` would take a plus sign, and each name must have one spelling only.
    if id.is_empty() || !expires.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Invalid::Malformed);
    }
    let expires_unix = expires.parse().map_err(|_| Invalid::Malformed)?;
    Ok(Holder { id, expires_unix })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECRET: &[u8] = b"north wind";

    fn given() -> TurnCredentials {
        issue(SECRET, &ParticipantId::new("p-7f3a"), 1_700_000_000)
    }

    /// By `printf 1700000000:p-7f3a | openssl dgst -sha1 -hmac "north wind" -binary | base64`.
    #[test]
    fn credentials_are_what_openssl_computes() {
        assert_eq!(given().username, "1700000000:p-7f3a");
        assert_eq!(given().credential, "tUjO007PlRkpk4u/fdby7hFAKdg=");
    }

    #[test]
    fn a_key_longer_than_a_block_works() {
        assert_ne!(password(&[1; 100], "a"), password(&[1; 101], "a"));
    }

    #[test]
    fn a_name_tells_whose_it_is_until_it_expires() {
        let name = given().username;
        assert_eq!(holder(&name, 1_699_999_999), Ok("p-7f3a"));
        assert_eq!(holder(&name, 1_700_000_000), Err(Invalid::Expired));
        assert_eq!(holder(&name, u64::MAX), Err(Invalid::Expired));
    }

    #[test]
    fn other_names_are_refused() {
        let long = format!("1700000000:{}", "a".repeat(MAX_USERNAME));
        for name in ["", ":", "a", "1:", ":a", "-1:a", "+1:a", " 1:a", "1.5:a", "x:a", &long] {
            assert_eq!(holder(name, 0), Err(Invalid::Malformed), "{name:?}");
        }
        assert_eq!(holder("99999999999999999999999:a", 0), Err(Invalid::Malformed));
    }

    #[test]
    fn the_password_is_not_shown_in_debug() {
        assert!(!format!("{:?}", given()).contains(&given().credential));
    }

    proptest! {
        #[test]
        fn whatever_is_issued_is_read_back(id in "[!-~]{1,40}", expires: u64) {
            let given = issue(SECRET, &ParticipantId::new(id.clone()), expires);
            prop_assert_eq!(parse(&given.username), Ok(Holder { id: &id, expires_unix: expires }));
            prop_assert_eq!(&given.credential, &password(SECRET, &given.username));
            prop_assert_ne!(given.credential, password(b"south wind", &given.username));
        }

        #[test]
        fn no_name_panics(name in any::<String>(), now: u64) {
            let _ = holder(&name, now);
        }
    }
}
