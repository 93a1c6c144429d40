//! The links to the other participants: opened and closed as the core asks, with one fan-out of
//! encoded media to all of them.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use cinemasync_core::link::{LinkCommand, LinkConfig, LinkEvent, LinkStats};
use cinemasync_core::packet::{InboundPacket, OutboundPacket};
use cinemasync_core::track::Track;
use cinemasync_protocol::ParticipantId;
use tokio::sync::mpsc;

use crate::media::PacketOut;
use crate::peer::{PacketSender, Peer, PeerError};

/// Events of all links that wait for the driver; a full queue slows the links down.
const LINK_EVENT_QUEUE: usize = 1_024;

/// Takes encoded media from the encoders to every peer. Clones share the list of peers.
#[derive(Clone, Default)]
pub(super) struct FanOut(Arc<RwLock<Vec<PacketSender>>>);

impl FanOut {
    fn senders(&self) -> RwLockReadGuard<'_, Vec<PacketSender>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Never blocks for long: the list is only locked while a peer comes or goes.
impl PacketOut for FanOut {
    fn send(&self, packet: OutboundPacket) {
        self.senders().iter().for_each(|sender| sender.send(&packet));
    }

    fn is_full(&self, track: Track, rung: usize) -> bool {
        self.senders().iter().any(|sender| sender.is_full(track, rung))
    }
}

/// What takes encoded media that came from a peer.
pub(super) type PacketSink = Arc<dyn Fn(&ParticipantId, InboundPacket) + Send + Sync>;

/// The links.
pub(super) struct Links {
    peers: BTreeMap<ParticipantId, Arc<Peer>>,
    fan_out: FanOut,
    events: mpsc::Sender<(ParticipantId, LinkEvent)>,
    sink: PacketSink,
}

impl Links {
    pub(super) fn new(
        fan_out: FanOut,
        sink: PacketSink,
    ) -> (Self, mpsc::Receiver<(ParticipantId, LinkEvent)>) {
        let (events, receiver) = mpsc::channel(LINK_EVENT_QUEUE);
        (Self { peers: BTreeMap::new(), fan_out, events, sink }, receiver)
    }

    pub(super) fn open(&mut self, id: ParticipantId, config: LinkConfig) -> Result<(), PeerError> {
        let peer = Peer::open(id.clone(), config, self.events.clone(), self.sink.clone())?;
        self.peers.insert(id, Arc::new(peer));
        self.refresh();
        Ok(())
    }

    pub(super) fn close(&mut self, id: &ParticipantId) {
        self.peers.remove(id);
        self.refresh();
    }

    pub(super) fn command(&self, id: &ParticipantId, command: LinkCommand) {
        if let Some(peer) = self.peers.get(id) {
            peer.command(command);
        }
    }

    /// Figures of all links, collected without holding up the caller.
    pub(super) fn stats(
        &self,
    ) -> impl Future<Output = Vec<(ParticipantId, LinkStats)>> + Send + use<> {
        let peers: Vec<_> =
            self.peers.iter().map(|(id, peer)| (id.clone(), peer.clone())).collect();
        async move {
            let mut figures = Vec::with_capacity(peers.len());
            for (id, peer) in peers {
                figures.push((id, peer.stats().await));
            }
            figures
        }
    }

    fn refresh(&self) {
        let senders = self.peers.values().map(|peer| peer.sender()).collect();
        *self.fan_out.0.write().unwrap_or_else(PoisonError::into_inner) = senders;
    }
}
