//! Whom one knows by which key. A key that a handshake has proved is its participant's for the rest
//! of the stay; what comes with another one is withheld until a person decides.

use std::collections::BTreeMap;

use cinemasync_protocol::{IceCandidate, ParticipantId};

use crate::interface::OtherKey;
use crate::link::Description;

/// Keys kept at most, those of people who left included. When one more comes, one that was not
/// compared is forgotten: whoever is there can be asked again.
const MAX_KEYS: usize = 64;
/// Candidates kept of a program that waits; more are not tried.
const MAX_CANDIDATES: usize = 48;

/// The keys known.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys(BTreeMap<ParticipantId, Key>);

#[derive(Debug, Clone)]
struct Key {
    /// The certificate's SHA-256 fingerprint in small letters.
    certificate: String,
    compared: bool,
}

impl Keys {
    /// The certificate that this participant is known by.
    pub(super) fn certificate(&self, id: &ParticipantId) -> Option<&str> {
        self.0.get(id).map(|key| key.certificate.as_str())
    }

    /// Does somebody show another certificate than the one known?
    pub(super) fn is_other(&self, id: &ParticipantId, certificate: &str) -> bool {
        self.certificate(id).is_some_and(|known| known != certificate)
    }

    /// A handshake has proved a certificate. The first one stays.
    pub(super) fn proved(&mut self, id: &ParticipantId, certificate: &str) {
        if self.0.contains_key(id) {
            return;
        }
        if self.0.len() >= MAX_KEYS {
            let least = self.0.iter().find(|(_, key)| !key.compared).or(self.0.iter().next());
            if let Some(forgotten) = least.map(|(id, _)| id.clone()) {
                self.0.remove(&forgotten);
            }
        }
        self.0.insert(id.clone(), Key { certificate: certificate.to_owned(), compared: false });
    }

    /// A person says whether the safety codes are equal. False if nothing is known of the key yet.
    pub(super) fn compare(&mut self, id: &ParticipantId, equal: bool) -> bool {
        self.0.get_mut(id).map(|key| key.compared = equal).is_some()
    }

    /// Did a person say so?
    pub(super) fn is_compared(&self, id: &ParticipantId) -> bool {
        self.0.get(id).is_some_and(|key| key.compared)
    }

    /// A person accepts another key: the next handshake proves it.
    pub(super) fn forget(&mut self, id: &ParticipantId) {
        self.0.remove(id);
    }
}

/// A program that waits for a person's word because of its key.
#[derive(Debug)]
pub(super) struct Withheld {
    /// Its certificate.
    pub(super) certificate: String,
    pub(super) refused: bool,
    /// The offer to answer if it is accepted.
    offer: Option<Description>,
    candidates: Vec<Option<IceCandidate>>,
}

impl Withheld {
    pub(super) fn new(certificate: String, offer: Option<Description>) -> Self {
        Self { certificate, refused: false, offer, candidates: Vec::new() }
    }

    /// It offers again.
    pub(super) fn offers(&mut self, offer: Description) {
        self.offer = Some(offer);
        self.candidates.clear();
    }

    pub(super) fn candidate(&mut self, candidate: Option<IceCandidate>) {
        if self.candidates.len() < MAX_CANDIDATES {
            self.candidates.push(candidate);
        }
    }

    /// What it said, to be heard now.
    pub(super) fn said(self) -> (Option<Description>, Vec<Option<IceCandidate>>) {
        (self.offer, self.candidates)
    }

    pub(super) fn view(&self) -> OtherKey {
        if self.refused { OtherKey::Refused } else { OtherKey::Asks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> ParticipantId {
        ParticipantId::new(format!("p{number:03}"))
    }

    #[test]
    fn the_first_key_stays_until_a_person_accepts_another() {
        let mut keys = Keys::default();
        assert!(!keys.is_other(&id(1), "aa"), "nothing is known yet");
        assert!(!keys.compare(&id(1), true));
        keys.proved(&id(1), "aa");
        keys.proved(&id(1), "bb");
        assert!(keys.is_other(&id(1), "bb") && !keys.is_other(&id(1), "aa"));
        assert!(keys.compare(&id(1), true) && keys.is_compared(&id(1)));
        keys.forget(&id(1));
        keys.proved(&id(1), "bb");
        assert!(!keys.is_other(&id(1), "bb") && !keys.is_compared(&id(1)));
    }

    #[test]
    fn a_crowd_does_not_push_out_whom_one_has_compared_with() {
        let mut keys = Keys::default();
        keys.proved(&id(0), "aa");
        keys.compare(&id(0), true);
        for number in 1..500 {
            keys.proved(&id(number), "cc");
        }
        assert_eq!(keys.0.len(), MAX_KEYS);
        assert!(keys.is_compared(&id(0)));
    }

    #[test]
    fn little_is_kept_of_who_waits() {
        let mut waiting = Withheld::new("bb".to_owned(), None);
        for _ in 0..500 {
            waiting.candidate(None);
        }
        assert_eq!(waiting.said().1.len(), MAX_CANDIDATES);
    }
}
