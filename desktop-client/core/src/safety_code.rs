//! The safety code of a link: seven signs, the same at both ends exactly when both see the same two
//! certificates under the same two ids and heard the same two random numbers, so comparing them
//! aloud shows that nobody stands between.
//!
//! Seven of 64 signs are 42 bits. Alone that would be too few: who stands between sees both
//! certificates early and could try keys of its own until both codes agree. Therefore both ends add
//! a random number, exchanged in `exchange` so that neither could be chosen knowing the other. Who
//! stands between has one try a connection, which succeeds once in four million million.

mod exchange;
mod signs;

use std::fmt;

use cinemasync_protocol::ParticipantId;

pub use self::exchange::{Exchange, ExchangeError, Nonce, Step};
use self::signs::SIGNS;

/// A session's source of random numbers. Not to be told.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    /// Takes 256 random bits.
    pub fn new(random: [u8; 32]) -> Self {
        Self(random)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Numbers that nobody can tell beforehand, none of them twice.
#[derive(Debug)]
pub(crate) struct Nonces {
    secret: Secret,
    given: u64,
}

impl Nonces {
    pub(crate) fn new(secret: Secret) -> Self {
        Self { secret, given: 0 }
    }

    pub(crate) fn next(&mut self) -> Nonce {
        self.given += 1;
        Nonce(*blake3::keyed_hash(&self.secret.0, &self.given.to_le_bytes()).as_bytes())
    }
}

/// Signs in a code.
pub const LENGTH: usize = 7;

/// One end of a link.
#[derive(Debug, Clone, Copy)]
pub struct End<'a> {
    /// Its participant.
    pub id: &'a ParticipantId,
    /// The SHA-256 fingerprint of its certificate, as SDP writes it.
    pub fingerprint: &'a str,
    /// The random number it added.
    pub nonce: &'a Nonce,
}

/// Seven signs, each a picture with a name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SafetyCode([u8; LENGTH]);

/// One sign of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign {
    /// Its picture, one character.
    pub emoji: &'static str,
    /// Its name, one English word in small letters.
    pub name: &'static str,
}

impl SafetyCode {
    /// The code of a link: 42 bits of BLAKE3 over both ends, ordered by id.
    pub fn of(one: End<'_>, other: End<'_>) -> Self {
        let (first, second) = if one.id <= other.id { (one, other) } else { (other, one) };
        let mut hasher =
            blake3::Hasher::new_derive_key("CinemaSync 2026-11 safety code of a link, 7 signs");
        for end in [first, second] {
            let fingerprint = end.fingerprint.to_ascii_lowercase();
            for part in [end.id.as_str().as_bytes(), fingerprint.as_bytes(), &end.nonce.0] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part);
            }
        }
        let mut bits = [0; 8];
        hasher.finalize_xof().fill(&mut bits);
        let mut bits = u64::from_le_bytes(bits);
        Self([(); LENGTH].map(|()| {
            // The low six bits fit a byte.
            let sign = (bits % SIGNS.len() as u64) as u8;
            bits /= SIGNS.len() as u64;
            sign
        }))
    }

    /// Its signs, in the order in which they are read aloud.
    pub fn signs(&self) -> [Sign; LENGTH] {
        self.0.map(|sign| {
            let (emoji, name) = SIGNS[usize::from(sign) % SIGNS.len()];
            Sign { emoji, name }
        })
    }
}

/// The names, separated by blanks.
impl fmt::Display for SafetyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.signs().map(|sign| sign.name).join(" "))
    }
}

impl fmt::Debug for SafetyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SafetyCode({self})")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    type Side = (&'static str, &'static str, u8);

    fn code(a: Side, b: Side) -> SafetyCode {
        let (id_a, id_b) = (ParticipantId::new(a.0), ParticipantId::new(b.0));
        let (nonce_a, nonce_b) = (Nonce([a.2; 32]), Nonce([b.2; 32]));
        SafetyCode::of(
            End { id: &id_a, fingerprint: a.1, nonce: &nonce_a },
            End { id: &id_b, fingerprint: b.1, nonce: &nonce_b },
        )
    }

    #[test]
    fn both_ends_see_the_same_code() {
        let (ana, ben) = (("ana", "AB:CD", 1), ("ben", "12:34", 2));
        assert_eq!(code(ana, ben), code(ben, ana));
        let small = ("ana", "ab:cd", 1);
        assert_eq!(code(ana, ben), code(small, ben), "case does not matter in hexadecimal");
        assert_eq!(code(ana, ben).to_string().split(' ').count(), LENGTH);
    }

    #[test]
    fn another_certificate_id_or_number_makes_another_code() {
        let ben = ("ben", "12:34", 2);
        let honest = code(("ana", "AB:CD", 1), ben);
        assert_ne!(honest, code(("ana", "AB:CE", 1), ben));
        assert_ne!(honest, code(("ana", "AB:CD", 3), ben));
        assert_ne!(honest, code(("anaAB", ":CD", 1), ben));
        assert_ne!(honest, code(("ana", "AB:CD", 1), ("bea", "12:34", 2)));
        let swapped = code(("ana", "AB:CD", 2), ("ben", "12:34", 1));
        assert_ne!(honest, swapped, "each number belongs to its end");
    }

    #[test]
    fn the_signs_are_64_each_a_character_with_a_name_of_its_own() {
        let emoji: BTreeSet<&str> = SIGNS.iter().map(|(emoji, _)| *emoji).collect();
        let names: BTreeSet<&str> = SIGNS.iter().map(|(_, name)| *name).collect();
        assert_eq!((SIGNS.len(), emoji.len(), names.len()), (64, 64, 64));
        assert!(emoji.iter().all(|emoji| emoji.chars().count() == 1));
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase())));
    }

    #[test]
    fn every_sign_occurs_in_every_place() {
        let mut seen = vec![BTreeSet::new(); LENGTH];
        for number in 0..255 {
            for other in 0..8 {
                let code = code(("ana", "AB", number), ("ben", "12", other));
                for (place, sign) in code.signs().iter().enumerate() {
                    seen[place].insert(sign.name);
                }
            }
        }
        assert!(seen.iter().all(|signs| signs.len() == SIGNS.len()));
    }
}
