//! The safety code of a link: the same at both ends exactly when both see the same two
//! certificates under the same two ids, so comparing it aloud shows that nobody stands between.

use cinemasync_protocol::ParticipantId;

/// Groups of five digits in a code.
const GROUPS: usize = 6;

/// One end of a link.
#[derive(Debug, Clone, Copy)]
pub struct End<'a> {
    /// Its participant.
    pub id: &'a ParticipantId,
    /// The SHA-256 fingerprint of its certificate, as SDP writes it.
    pub fingerprint: &'a str,
}

/// Six groups of five digits, 99 bits of BLAKE3 over both ends, ordered by id.
pub fn safety_code(one: End<'_>, other: End<'_>) -> String {
    let (first, second) = if one.id <= other.id { (one, other) } else { (other, one) };
    let mut hasher = blake3::Hasher::new_derive_key("CinemaSync 2026-11 safety code of a link");
    for end in [first, second] {
        for part in [end.id.as_str(), &end.fingerprint.to_ascii_lowercase()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    let mut words = hasher.finalize_xof();
    let group = |_| {
        let mut word = [0; 8];
        words.fill(&mut word);
        format!("{:05}", u64::from_le_bytes(word) % 100_000)
    };
    (0..GROUPS).map(group).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(a: (&str, &str), b: (&str, &str)) -> String {
        let (id_a, id_b) = (ParticipantId::new(a.0), ParticipantId::new(b.0));
        safety_code(End { id: &id_a, fingerprint: a.1 }, End { id: &id_b, fingerprint: b.1 })
    }

    #[test]
    fn both_ends_see_the_same_code() {
        let (ana, ben) = (("ana", "AB:CD"), ("ben", "12:34"));
        assert_eq!(code(ana, ben), code(ben, ana));
        assert_eq!(
            code(ana, ben),
            code(("ana", "ab:cd"), ben),
            "case does not matter in hexadecimal"
        );
        assert_eq!(code(ana, ben).len(), 35);
    }

    #[test]
    fn another_certificate_or_id_makes_another_code() {
        let honest = code(("ana", "AB:CD"), ("ben", "12:34"));
        assert_ne!(honest, code(("ana", "AB:CE"), ("ben", "12:34")));
        assert_ne!(honest, code(("ana", "AB:CD"), ("bea", "12:34")));
        assert_ne!(honest, code(("anaAB", ":CD"), ("ben", "12:34")));
    }
}
