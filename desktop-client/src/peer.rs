//! One WebRTC connection a participant. Only here: webrtc and rtc.
//!
//! Owns the connection, its media in both directions and its two data channels, and tells facts. Who
//! offers when, and what is said on the channels, is the core's; codecs are media's.
//!
//! A [`Peer`] is a handle on tasks of the tokio runtime it was opened on:
//! - the link task builds the connection, carries out commands in order and turns the crate's
//!   callbacks into events (`link`);
//! - two pumps packetize and send what media encoded (`outbound`);
//! - one reader a remote track gives packets to media (`inbound`);
//! - a reader and a writer a data channel (`channels`);
//! - the crate's own driver, on a runtime of ours (`runtime`);
//! - a line a relay that is reached over TCP or TLS (`tunnel`).
//!
//! Bulk data goes beside it, over connections of its own (`bulk`).
//!
//! Dropping the handle closes the connection and ends all of them.

mod addresses;
pub mod bulk;
mod channels;
mod engine;
mod feedback;
mod figures;
mod handler;
pub mod identity;
mod inbound;
mod link;
mod names;
mod outbound;
mod pacer;
mod runtime;
mod sdp;
mod tunnel;
mod uplink;

use std::sync::Arc;

use bytes::Bytes;
use cinemasync_core::link::{LinkCommand, LinkConfig, LinkEvent, LinkStats};
use cinemasync_protocol::ParticipantId;
use thiserror::Error;
use tokio::sync::mpsc::{self, error::TrySendError};

pub use self::inbound::OnPacket;
pub use self::outbound::PacketSender;

use self::figures::Figures;
use self::handler::Facts;
use self::link::{Ending, Endings, Link};
use self::outbound::Gate;
use self::runtime::WrapSocket;

/// Commands waiting at most. A negotiation is a handful, candidates a dozen or two.
const COMMAND_QUEUE: usize = 256;
/// Texts waiting for room on `control` at most: what a person and a film make in minutes.
const CONTROL_QUEUE: usize = 256;
/// Clock datagrams waiting at most.
const CLOCK_QUEUE: usize = 16;

/// Why a link could not be opened.
#[derive(Debug, Error)]
pub enum PeerError {
    /// Called outside a tokio runtime.
    #[error("a link to a participant needs the program's network runtime; start it first")]
    NoRuntime,
}

/// The link to one participant. Dropping it closes the connection and ends every task of it.
#[derive(Debug)]
pub struct Peer {
    id: ParticipantId,
    commands: mpsc::Sender<LinkCommand>,
    control: mpsc::Sender<String>,
    clock: mpsc::Sender<Bytes>,
    endings: Endings,
    gate: Arc<Gate>,
    sender: PacketSender,
    figures: Arc<Figures>,
}

impl Peer {
    /// Opens a link. It reports to `events` (a full queue makes it wait) and gives media to
    /// `on_packet`, which is called from the link's tasks and must not block. Needs a running
    /// tokio runtime.
    pub fn open(
        id: ParticipantId,
        config: LinkConfig,
        events: mpsc::Sender<(ParticipantId, LinkEvent)>,
        on_packet: OnPacket,
    ) -> Result<Self, PeerError> {
        Self::open_over(id, config, events, on_packet, None)
    }

    /// [`open`](Self::open) with something put around each socket.
    fn open_over(
        id: ParticipantId,
        config: LinkConfig,
        events: mpsc::Sender<(ParticipantId, LinkEvent)>,
        on_packet: OnPacket,
        wrap: Option<WrapSocket>,
    ) -> Result<Self, PeerError> {
        let tokio = tokio::runtime::Handle::try_current().map_err(|_| PeerError::NoRuntime)?;
        let endings = Endings::default();
        let (facts, facts_in) = Facts::channel(endings.clone());
        let gate = Arc::new(Gate::default());
        let figures = Arc::new(Figures::default());
        let uplink = Arc::clone(&figures.uplink);
        let (sender, queues) = outbound::queues(Arc::clone(&gate), uplink, facts.on_dropped());
        let (commands, commands_in) = mpsc::channel(COMMAND_QUEUE);
        let (control, control_in) = mpsc::channel(CONTROL_QUEUE);
        let (clock, clock_in) = mpsc::channel(CLOCK_QUEUE);
        let link = Link::new(link::Parts {
            id: id.clone(),
            config,
            events,
            on_packet,
            gate: Arc::clone(&gate),
            facts,
            figures: Arc::clone(&figures),
            wrap,
        });
        let inputs = link::Inputs {
            commands: commands_in,
            control: control_in,
            clock: clock_in,
            facts: facts_in,
            media: queues,
        };
        tokio.spawn(link.supervise(inputs, endings.clone()));
        Ok(Self { id, commands, control, clock, endings, gate, sender, figures })
    }

    /// Has a command carried out, after those before it; texts and datagrams go on their channel,
    /// in their own order. A link whose queue is full does not keep up with its session and is
    /// closed, which it reports; a clock datagram is dropped instead.
    pub fn command(&self, command: LinkCommand) {
        let full = match command {
            LinkCommand::Control(text) => is_full(&self.control.try_send(text)),
            LinkCommand::Clock(datagram) => {
                // Full: a probe that waits is worth nothing.
                let _ = self.clock.try_send(datagram);
                false
            }
            LinkCommand::SendRung { track, rung } => {
                self.gate.send_rung(track, rung);
                false
            }
            other => is_full(&self.commands.try_send(other)),
        };
        if full {
            tracing::warn!(peer = %self.id, "a queue of the link is full; closing it");
            self.endings.end(Ending::Overflow);
        }
    }

    /// Sends media; clone it for each source.
    pub fn sender(&self) -> PacketSender {
        self.sender.clone()
    }

    /// Figures since this was last called.
    pub async fn stats(&self) -> LinkStats {
        self.figures.take()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.endings.end(Ending::Dropped);
    }
}

/// A queue whose link is over is not full: what comes then is late, and ignored.
fn is_full<T>(sent: &Result<(), TrySendError<T>>) -> bool {
    matches!(sent, Err(TrySendError::Full(_)))
}

#[cfg(test)]
mod tests;
