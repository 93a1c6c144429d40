//! The texts by which two bundles find each other. They travel over the call, whose ends know each other, so the
//! certificates in them are those of the participant.
//!
//! A text is JSON: the lane, the attempt that it belongs to, and a description or candidates that came after it.

use cinemasync_core::link::Route;
use cinemasync_protocol::IceCandidate;
use serde::{Deserialize, Serialize};

use crate::peer::sdp;

/// Longest text, in bytes.
pub const MAX_SIGNAL_BYTES: usize = 60 * 1024;
/// Connections of a bundle: eight lanes and the light one.
pub(super) const CONNECTIONS: usize = 9;
/// The light one's number.
pub(super) const LIGHT: usize = CONNECTIONS - 1;

/// A text as it is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Signal {
    /// Which connection, from 0.
    pub(super) lane: usize,
    /// The how many-eth attempt at it, counted by whoever offers.
    pub(super) attempt: u32,
    pub(super) said: Said,
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Said {
    /// An SDP offer.
    Offer(String),
    /// An SDP answer.
    Answer(String),
    /// Candidates that were found after the description was sent.
    Candidates(Vec<IceCandidate>),
}

impl Signal {
    /// As it is sent.
    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers can be written as JSON")
    }

    /// Reads a text of the other end; `None` if it is none. What is in it may be used on this route.
    pub(super) fn read(text: &str, route: Route) -> Option<Self> {
        if text.len() > MAX_SIGNAL_BYTES {
            return None;
        }
        let mut signal: Self = serde_json::from_str(text).ok()?;
        match &mut signal.said {
            Said::Offer(sdp) | Said::Answer(sdp) => {
                if sdp.len() > sdp::MAX_SDP_BYTES {
                    return None;
                }
                *sdp = sdp::with_admitted_candidates(sdp, route).0;
            }
            Said::Candidates(candidates) => {
                candidates.retain(|candidate| sdp::admits(&candidate.candidate, route));
                candidates.truncate(sdp::MAX_REMOTE_CANDIDATES);
            }
        }
        (signal.lane < CONNECTIONS).then_some(signal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(lane: usize, sdp: &str) -> Signal {
        Signal { lane, attempt: 1, said: Said::Offer(sdp.to_owned()) }
    }

    #[test]
    fn a_text_is_read_as_it_was_written_without_what_the_route_forbids() {
        let relay = "a=candidate:2 1 udp 1 203.0.113.9 6000 typ relay\r\n";
        let sdp = format!("v=0\r\n{relay}");
        let read = |route| Signal::read(&offer(3, &sdp).to_text(), route);
        assert_eq!(read(Route::Any), Some(offer(3, &sdp)));
        assert_eq!(read(Route::NoRelay), Some(offer(3, "v=0\r\n")));
    }

    #[test]
    fn what_is_no_text_of_a_bundle_or_too_much_is_ignored() {
        let too_long = offer(0, &"a".repeat(sdp::MAX_SDP_BYTES + 1)).to_text();
        let candidate = IceCandidate {
            candidate: "candidate:1 1 udp 1 10.0.0.1 9 typ host".to_owned(),
            sdp_mid: None,
            sdp_m_line_index: Some(0),
            username_fragment: None,
        };
        let many = Said::Candidates(vec![candidate; 300]);
        let many = Signal { lane: 0, attempt: 1, said: many }.to_text();
        let lane = offer(CONNECTIONS, "").to_text();
        let nested = "[".repeat(50_000);
        for text in
            ["", "null", "{}", "{\"lane\":-1}", &too_long, &lane, &nested, &"x".repeat(1 << 20)]
        {
            assert_eq!(Signal::read(text, Route::Any), None, "{}", &text[..text.len().min(80)]);
        }
        let Some(Signal { said: Said::Candidates(kept), .. }) = Signal::read(&many, Route::Any)
        else {
            panic!("candidates are read")
        };
        assert_eq!(kept.len(), sdp::MAX_REMOTE_CANDIDATES);
    }
}
