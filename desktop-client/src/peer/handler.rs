//! The crate's callbacks as facts for the link task.
//!
//! They run on the connection's driver, which also keeps ICE and DTLS alive: nothing here waits.

use std::sync::Arc;

use cinemasync_core::track::Track;
use tokio::sync::mpsc;
use webrtc::data_channel::DataChannel;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{
    PeerConnectionEventHandler, RTCIceCandidateInit, RTCIceGatheringState,
    RTCPeerConnectionIceEvent, RTCPeerConnectionState,
};

use super::feedback::KeyframeWanted;
use super::link::{Ending, Endings};
use super::outbound::OnDropped;
use super::tunnel::OnLost;
use super::uplink::OnEstimate;

/// Facts waiting at most; the link task only waits for the session's event queue, so this full means
/// that the session hangs.
const FACT_QUEUE: usize = 512;

/// What happened to the connection.
pub(super) enum Fact {
    NegotiationNeeded,
    LocalCandidate(RTCIceCandidateInit),
    GatheringComplete,
    State(RTCPeerConnectionState),
    Channel(Arc<dyn DataChannel>),
    Track(Arc<dyn TrackRemote>),
    /// They want a keyframe of our stream with this SSRC.
    KeyframeAsked(u32),
    /// The link is estimated to carry so many bits a second.
    Estimate(u64),
    /// Pictures of ours were dropped.
    PicturesDropped(Track),
    /// The way to a relay broke.
    RelayLost,
}

/// Tells facts to the link task. A full queue ends the link.
#[derive(Clone)]
pub(super) struct Facts {
    queue: mpsc::Sender<Fact>,
    endings: Endings,
}

impl Facts {
    pub(super) fn channel(endings: Endings) -> (Self, mpsc::Receiver<Fact>) {
        let (queue, facts) = mpsc::channel(FACT_QUEUE);
        (Self { queue, endings }, facts)
    }

    fn tell(&self, fact: Fact) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.queue.try_send(fact) {
            self.endings.end(Ending::Overflow);
        }
    }

    /// For the sending queues.
    pub(super) fn on_dropped(&self) -> OnDropped {
        let facts = self.clone();
        Arc::new(move |track| facts.tell(Fact::PicturesDropped(track)))
    }

    /// For the tunnels.
    pub(super) fn on_relay_lost(&self) -> OnLost {
        let facts = self.clone();
        Arc::new(move || facts.tell(Fact::RelayLost))
    }

    /// For the estimator.
    pub(super) fn on_estimate(&self) -> OnEstimate {
        let facts = self.clone();
        Box::new(move |bps| facts.tell(Fact::Estimate(bps)))
    }

    /// For the reader of their feedback.
    pub(super) fn on_keyframe_wanted(&self) -> KeyframeWanted {
        let facts = self.clone();
        Box::new(move |ssrc| facts.tell(Fact::KeyframeAsked(ssrc)))
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Facts {
    async fn on_negotiation_needed(&self) {
        self.tell(Fact::NegotiationNeeded);
    }

    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        match event.candidate.to_json() {
            Ok(candidate) => self.tell(Fact::LocalCandidate(candidate)),
            Err(error) => tracing::debug!(%error, "a local candidate could not be written down"),
        }
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.tell(Fact::GatheringComplete);
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.tell(Fact::State(state));
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        self.tell(Fact::Channel(channel));
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        self.tell(Fact::Track(track));
    }
}
