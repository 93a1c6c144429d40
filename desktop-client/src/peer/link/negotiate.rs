//! Descriptions and candidates, as the session asks for them.
//!
//! Who may offer, and whose offer counts when both did, is the core's to decide. Here a command is
//! carried out or reported as failed, and leaves the connection able to negotiate again.

use cinemasync_core::link::{Description, DescriptionKind, LinkEvent, Route};
use cinemasync_protocol::IceCandidate;
use rtc::peer_connection::configuration::RTCOfferOptions;
use webrtc::error::Result;
use webrtc::peer_connection::{PeerConnection, RTCIceCandidateInit, RTCSessionDescription};

use super::Link;
use crate::peer::sdp;

/// How far an exchange is, as far as we carried it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Signaling {
    #[default]
    Stable,
    HaveLocalOffer,
    HaveRemoteOffer,
}

/// The state of the exchange.
#[derive(Debug, Default)]
pub(super) struct Negotiation {
    signaling: Signaling,
    /// Was an exchange ever completed?
    complete: bool,
    /// Was the need for an offer told since the last exchange?
    need_told: bool,
    /// Has the latest description a section for data channels?
    channels_described: bool,
    local_ufrag: Option<String>,
    remote_ufrag: Option<String>,
    /// Remote candidates taken for this ICE generation.
    remote_candidates: usize,
}

impl Negotiation {
    fn described(&mut self, local_sdp: &str) {
        self.local_ufrag = sdp::ufrag(local_sdp).map(str::to_owned);
        self.channels_described = sdp::has_channels(local_sdp);
    }

    /// A candidate of ours in the form that is sent. The section is the first: everything is bundled
    /// there, and browsers insist on being told one.
    pub(super) fn local_candidate(
        &self,
        candidate: RTCIceCandidateInit,
        route: Route,
    ) -> IceCandidate {
        IceCandidate {
            candidate: sdp::shown(&candidate.candidate, route),
            sdp_mid: candidate.sdp_mid.filter(|mid| !mid.is_empty()),
            sdp_m_line_index: Some(candidate.sdp_mline_index.unwrap_or(0)),
            username_fragment: self.local_ufrag.clone(),
        }
    }
}

impl Link {
    /// Tells that an offer is needed if one is. The crate's own word for it is only a reason to
    /// look: it may be one exchange old, for its driver sleeps until the first description is set.
    /// Not told while an exchange is under way (looked at again after it) nor before the first one
    /// if that is the other side's to begin.
    pub(super) async fn tell_if_negotiation_needed(&mut self) {
        let ours = self.parts.config.opens_channels || self.negotiation.complete;
        let stable = self.negotiation.signaling == Signaling::Stable;
        if ours && stable && !self.negotiation.need_told && self.needs_negotiation().await {
            self.negotiation.need_told = true;
            self.tell(LinkEvent::NegotiationNeeded).await;
        }
    }

    async fn needs_negotiation(&self) -> bool {
        if self.parts.config.opens_channels && !self.negotiation.channels_described {
            return true;
        }
        let tracks: Vec<_> = self.lock_tracks().values().cloned().collect();
        for track in tracks {
            // An error means that the connection is closed.
            if matches!(track.is_described().await, Ok(false)) {
                return true;
            }
        }
        false
    }

    /// Makes an offer; it replaces one that is out.
    pub(super) async fn make_offer(&mut self, connection: &dyn PeerConnection, ice_restart: bool) {
        match self.set_local_offer(connection, ice_restart).await {
            Ok(sdp) => {
                let description = Description { kind: DescriptionKind::Offer, sdp };
                self.tell(LinkEvent::LocalDescription(description)).await;
            }
            Err(error) => self.failed("An offer could not be made", &error).await,
        }
    }

    async fn set_local_offer(
        &mut self,
        connection: &dyn PeerConnection,
        ice_restart: bool,
    ) -> Result<String> {
        self.roll_back(connection).await?;
        let options = RTCOfferOptions { ice_restart };
        let offer = connection.create_offer(Some(options)).await?;
        let sdp = offer.sdp.clone();
        connection.set_local_description(offer).await?;
        self.negotiation.signaling = Signaling::HaveLocalOffer;
        self.negotiation.described(&sdp);
        let sdp = sdp::with_shown_candidates(&sdp, self.parts.config.route);
        tracing::trace!(peer = %self.parts.id, %sdp, "local offer");
        Ok(sdp)
    }

    /// Takes back our offer if one is out.
    async fn roll_back(&mut self, connection: &dyn PeerConnection) -> Result<()> {
        if self.negotiation.signaling == Signaling::HaveLocalOffer {
            connection.set_local_description(RTCSessionDescription::rollback(None)?).await?;
            self.negotiation.signaling = Signaling::Stable;
        }
        Ok(())
    }

    pub(super) async fn accept(
        &mut self,
        connection: &dyn PeerConnection,
        description: Description,
        rollback: bool,
    ) {
        if description.sdp.len() > sdp::MAX_SDP_BYTES {
            let text = format!("Their description is too long ({} bytes).", description.sdp.len());
            return self.tell(LinkEvent::NegotiationFailed(text)).await;
        }
        tracing::trace!(peer = %self.parts.id, sdp = %description.sdp, "remote description");
        let accepted = match description.kind {
            DescriptionKind::Offer => {
                self.accept_offer(connection, &description.sdp, rollback).await
            }
            DescriptionKind::Answer => self.accept_answer(connection, &description.sdp).await,
        };
        if let Err(error) = accepted {
            if self.negotiation.signaling == Signaling::HaveRemoteOffer {
                // Their offer cannot be answered: forget it, so that the next one can be taken.
                let forget = RTCSessionDescription::rollback(None);
                if let Ok(forget) = forget
                    && let Err(error) = connection.set_remote_description(forget).await
                {
                    tracing::debug!(peer = %self.parts.id, %error, "an offer could not be taken back");
                }
                self.negotiation.signaling = Signaling::Stable;
            }
            self.failed("Their description was not accepted", &error).await;
        }
    }

    async fn accept_offer(
        &mut self,
        connection: &dyn PeerConnection,
        sdp: &str,
        rollback: bool,
    ) -> Result<()> {
        if rollback {
            self.roll_back(connection).await?;
        }
        let (sdp, candidates) = sdp::with_admitted_candidates(sdp, self.parts.config.route);
        let offer = RTCSessionDescription::offer(sdp)?;
        // Parts of it may have been applied when it fails.
        if self.negotiation.signaling == Signaling::Stable {
            self.negotiation.signaling = Signaling::HaveRemoteOffer;
        }
        self.note_remote(&offer.sdp, candidates);
        connection.set_remote_description(offer).await?;
        self.tell(LinkEvent::RemoteDescriptionSet(DescriptionKind::Offer)).await;
        let answer = connection.create_answer(None).await?;
        let sdp = answer.sdp.clone();
        connection.set_local_description(answer).await?;
        self.negotiation.described(&sdp);
        let sdp = sdp::with_shown_candidates(&sdp, self.parts.config.route);
        tracing::trace!(peer = %self.parts.id, %sdp, "local answer");
        let description = Description { kind: DescriptionKind::Answer, sdp };
        self.tell(LinkEvent::LocalDescription(description)).await;
        self.completed().await
    }

    async fn accept_answer(&mut self, connection: &dyn PeerConnection, sdp: &str) -> Result<()> {
        let (sdp, candidates) = sdp::with_admitted_candidates(sdp, self.parts.config.route);
        let answer = RTCSessionDescription::answer(sdp)?;
        let remote = answer.sdp.clone();
        connection.set_remote_description(answer).await?;
        self.note_remote(&remote, candidates);
        self.tell(LinkEvent::RemoteDescriptionSet(DescriptionKind::Answer)).await;
        self.completed().await
    }

    /// An exchange is complete: learn what was agreed.
    async fn completed(&mut self) -> Result<()> {
        self.negotiation.signaling = Signaling::Stable;
        self.negotiation.complete = true;
        self.negotiation.need_told = false;
        let tracks: Vec<_> = self.lock_tracks().values().cloned().collect();
        for track in tracks {
            track.negotiated().await?;
        }
        self.tell_if_negotiation_needed().await;
        Ok(())
    }

    fn note_remote(&mut self, sdp: &str, candidates: usize) {
        let ufrag = sdp::ufrag(sdp).map(str::to_owned);
        if ufrag != self.negotiation.remote_ufrag {
            self.negotiation.remote_candidates = 0;
        }
        self.negotiation.remote_ufrag = ufrag;
        self.negotiation.remote_candidates += candidates;
    }

    pub(super) async fn add_candidate(
        &mut self,
        connection: &dyn PeerConnection,
        candidate: Option<IceCandidate>,
    ) {
        // The crate needs no end of candidates.
        let Some(candidate) = candidate.filter(|candidate| !candidate.candidate.is_empty()) else {
            return;
        };
        let negotiation = &mut self.negotiation;
        let other_generation = candidate.username_fragment.is_some()
            && candidate.username_fragment != negotiation.remote_ufrag;
        if other_generation
            || negotiation.remote_candidates >= sdp::MAX_REMOTE_CANDIDATES
            || !sdp::admits(&candidate.candidate, self.parts.config.route)
        {
            tracing::debug!(peer = %self.parts.id, other_generation, "a remote candidate is not used");
            return;
        }
        negotiation.remote_candidates += 1;
        let init = RTCIceCandidateInit {
            candidate: candidate.candidate,
            sdp_mid: candidate.sdp_mid,
            sdp_mline_index: candidate.sdp_m_line_index,
            username_fragment: candidate.username_fragment,
            url: None,
        };
        if let Err(error) = connection.add_ice_candidate(init).await {
            tracing::debug!(peer = %self.parts.id, %error, "a remote candidate could not be added");
        }
    }

    async fn failed(&self, what: &str, error: &webrtc::error::Error) {
        self.tell(LinkEvent::NegotiationFailed(format!("{what}: {error}."))).await;
    }
}
