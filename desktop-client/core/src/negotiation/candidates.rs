//! Candidates on their way: the other side's wait for the description they belong to, ours wait until
//! our description is on its way and are kept for a repetition.

use std::collections::VecDeque;

use cinemasync_protocol::IceCandidate;
use cinemasync_protocol::limits::{MAX_CANDIDATE_BYTES, MAX_ID_BYTES};

/// Candidates kept each way. Real gatherings yield a few dozen; at the bound the newest is dropped,
/// because the first ones (host, then reflexive) are the likeliest to connect.
pub(super) const MAX_CANDIDATES: usize = 128;

/// A candidate, or the end of them.
pub(super) type Candidate = Option<IceCandidate>;

/// May it be kept and passed on? Its texts are within the protocol's limits.
pub(super) fn is_acceptable(candidate: &Candidate) -> bool {
    let Some(candidate) = candidate else { return true };
    let short = |text: &Option<String>| text.as_ref().is_none_or(|text| text.len() <= MAX_ID_BYTES);
    candidate.candidate.len() <= MAX_CANDIDATE_BYTES
        && short(&candidate.sdp_mid)
        // RFC 8839 §5.4: at most 256 characters.
        && candidate.username_fragment.as_ref().is_none_or(|user| user.len() <= 256)
}

/// The other side's candidates.
#[derive(Debug, Default)]
pub(super) struct RemoteCandidates {
    waiting: VecDeque<Candidate>,
    /// ICE user names of the remote description in force; `None` before the first.
    users: Option<Vec<String>>,
}

impl RemoteCandidates {
    /// The candidate, if it can be added now; else it waits for its description. While an offer is
    /// `ignored`, what cannot be told to belong elsewhere belongs to it and is dropped.
    pub(super) fn offer(
        &mut self,
        candidate: Candidate,
        ignored: bool,
        busy: bool,
    ) -> Option<Candidate> {
        let fits = self.fits(&candidate);
        let named = candidate.as_ref().is_some_and(|it| it.username_fragment.is_some());
        if ignored && !(fits && named) {
            return None;
        }
        if fits && !busy {
            return Some(candidate);
        }
        if self.waiting.len() < MAX_CANDIDATES {
            self.waiting.push_back(candidate);
        }
        None
    }

    /// Would a description with these ICE user names begin a new generation?
    pub(super) fn is_restarted_by(&self, users: &[String]) -> bool {
        self.users.as_ref().is_some_and(|known| known != users)
    }

    /// A description with these ICE user names is in force: what waited for it, in order. The rest
    /// belonged to descriptions that never came into force and is dropped.
    pub(super) fn described(&mut self, users: Vec<String>) -> Vec<Candidate> {
        self.users = Some(users);
        let waiting = std::mem::take(&mut self.waiting);
        waiting.into_iter().filter(|candidate| self.fits(candidate)).collect()
    }

    fn fits(&self, candidate: &Candidate) -> bool {
        let Some(users) = &self.users else { return false };
        let named = candidate.as_ref().and_then(|candidate| candidate.username_fragment.as_ref());
        named.is_none_or(|user| users.is_empty() || users.contains(user))
    }
}

/// Our own candidates.
#[derive(Debug, Default)]
pub(super) struct LocalCandidates {
    /// They came before the description they belong to could be sent.
    unsent: Vec<Candidate>,
    /// Sent since the last description.
    sent: Vec<Candidate>,
}

impl LocalCandidates {
    /// The candidate, if it can be sent now.
    pub(super) fn gathered(&mut self, candidate: Candidate, hold: bool) -> Option<Candidate> {
        if hold {
            if self.unsent.len() < MAX_CANDIDATES {
                self.unsent.push(candidate);
            }
            return None;
        }
        self.remember(candidate.clone());
        Some(candidate)
    }

    /// A new description was sent: the candidates to send after it. Those sent before it are kept
    /// too, for without an ICE restart they stay in force.
    pub(super) fn description_sent(&mut self, restarted: bool) -> Vec<Candidate> {
        if restarted {
            self.sent.clear();
        }
        let unsent = std::mem::take(&mut self.unsent);
        for candidate in &unsent {
            self.remember(candidate.clone());
        }
        unsent
    }

    /// Everything sent, for a repetition.
    pub(super) fn sent(&self) -> Vec<Candidate> {
        self.sent.clone()
    }

    fn remember(&mut self, candidate: Candidate) {
        if self.sent.len() < MAX_CANDIDATES && !self.sent.contains(&candidate) {
            self.sent.push(candidate);
        }
    }
}
