//! Bulk data beside a call: a bundle of connections of its own with one participant.
//!
//! One association carries little over a long or lossy way (New Reno, and timers of a second), so there are
//! eight, the *lanes*: whichever has room takes the next message of one queue. A ninth, the *light* one, carries
//! what must not wait behind them: the probes of the throttle and urgent messages.
//!
//! What is sent gives way to the call by `bulk_throttle` in the core. The parts: `bundle` opens and replaces
//! lanes, `lane` is one connection, `carry` is what goes over it, `pieces` cuts messages, `shared` is what all
//! have in common, `signal` are the texts by which two bundles find each other. What messages mean is the core's.

mod bundle;
mod carry;
mod flow;
mod lane;
mod pieces;
mod shared;
mod signal;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cinemasync_core::link::LinkConfig;
use cinemasync_protocol::ParticipantId;
use thiserror::Error;
use tokio::sync::mpsc;

use super::PeerError;
use super::runtime::WrapSocket;

use self::bundle::Bundle;
use self::shared::{Queues, Shared};

pub use self::signal::MAX_SIGNAL_BYTES;

/// Longest message, in bytes.
pub const MAX_MESSAGE_BYTES: usize = 16 * 1024;
/// Longest urgent message, in bytes: three packets. More would make the throttle's probes wait.
pub const MAX_URGENT_BYTES: usize = 4 * 1024;

/// Messages waiting for a lane at most: what eight lanes take up at once. Full: `send` waits. Few, because what waits
/// here cannot be overtaken but by what goes ahead.
const QUEUE: usize = 16;
/// The same for those that go ahead.
const QUEUE_AHEAD: usize = 8;
/// Urgent messages waiting at most. Full: [`Bulk::send_urgent`] says so.
const URGENT_QUEUE: usize = 256;
/// Texts of the other end waiting at most: a few of each lane. Full: they are dropped, and their lanes tried
/// again.
const SIGNAL_QUEUE: usize = 64;

/// Which of the two makes the connections. The one who wants data does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Makes them, and makes those anew that were lost.
    Opens,
    /// Answers.
    Answers,
}

/// What a bundle reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkEvent {
    /// A text for [`Bulk::signal`] of the other end, at most [`MAX_SIGNAL_BYTES`] long.
    Signal(String),
    /// Messages can be sent: the first lane stands.
    Up,
    /// A message came, at most [`MAX_MESSAGE_BYTES`] long. Messages on different lanes overtake each other.
    Message(Bytes),
    /// The bundle is over, for this reason: open another one, or do without. Nothing comes after it.
    Down(String),
}

/// Why a message was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SendError {
    /// The bundle is over.
    #[error("the connection for the film is over")]
    Down,
    /// Longer than allowed: a mistake of ours.
    #[error("a message for the film's connection is too long")]
    TooLong,
    /// Too many urgent messages wait: the other end does not take them.
    #[error("the other end is too slow to take what is asked of it")]
    Full,
}

/// Figures of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BulkStats {
    /// Bytes of messages handed to lanes, since the beginning.
    pub sent: u64,
    /// Bytes of messages that came, since the beginning.
    pub received: u64,
    /// What the throttle allows to be sent now, in bytes a second on the wire.
    pub rate: f64,
    /// The queue on the way there, in milliseconds.
    pub queue_ms: f64,
    /// Lanes that stand, of eight.
    pub lanes: usize,
}

/// A bundle of lanes with one participant. Dropping it closes every connection and ends every task of it.
///
/// Messages arrive whole and at most once. They may be lost: what a lane that dies had not brought over goes with it,
/// untold. Whoever asked asks again.
#[derive(Debug)]
pub struct Bulk {
    queue: mpsc::Sender<Bytes>,
    ahead: mpsc::Sender<Bytes>,
    urgent: mpsc::Sender<Bytes>,
    signals: mpsc::Sender<String>,
    shared: Arc<Shared>,
}

impl Bulk {
    /// Opens a bundle. It reports to `events`; a full queue makes it wait, and with it the other end, once a lane
    /// holds 512 messages that were not taken (8 MiB). Of `config`, `opens_channels` means nothing here. Needs a running tokio runtime.
    ///
    /// # Errors
    /// Outside of a tokio runtime.
    pub fn open(
        id: ParticipantId,
        role: Role,
        config: LinkConfig,
        events: mpsc::Sender<(ParticipantId, BulkEvent)>,
    ) -> Result<Self, PeerError> {
        Self::open_over(id, role, config, events, None)
    }

    /// [`open`](Self::open) with something put around each socket.
    fn open_over(
        id: ParticipantId,
        role: Role,
        config: LinkConfig,
        events: mpsc::Sender<(ParticipantId, BulkEvent)>,
        wrap: Option<WrapSocket>,
    ) -> Result<Self, PeerError> {
        let tokio = tokio::runtime::Handle::try_current().map_err(|_| PeerError::NoRuntime)?;
        let (queue, queue_out) = mpsc::channel(QUEUE);
        let (ahead, ahead_out) = mpsc::channel(QUEUE_AHEAD);
        let (urgent, urgent_out) = mpsc::channel(URGENT_QUEUE);
        let (signals, signals_in) = mpsc::channel(SIGNAL_QUEUE);
        let queues = Queues { ahead: ahead_out, rest: queue_out };
        let shared = Arc::new(Shared::new(id, config, events, queues, urgent_out, wrap));
        tokio.spawn(Bundle::new(role, Arc::clone(&shared)).run(signals_in));
        Ok(Self { queue, ahead, urgent, signals, shared })
    }

    /// Takes a text of the other end's bundle ([`BulkEvent::Signal`]). One that is none is ignored.
    pub fn signal(&self, text: String) {
        if self.signals.try_send(text).is_err() {
            tracing::debug!(peer = %self.shared.id, "a signal of a bundle was dropped");
        }
    }

    /// Has a message sent once there is room and the throttle lets it.
    ///
    /// # Errors
    /// If the bundle is over, or the message is longer than [`MAX_MESSAGE_BYTES`].
    pub async fn send(&self, message: Bytes) -> Result<(), SendError> {
        Self::wait_in(&self.queue, message).await
    }

    /// The same, before all that waits in [`send`](Self::send).
    ///
    /// # Errors
    /// The same.
    pub async fn send_ahead(&self, message: Bytes) -> Result<(), SendError> {
        Self::wait_in(&self.ahead, message).await
    }

    async fn wait_in(queue: &mpsc::Sender<Bytes>, message: Bytes) -> Result<(), SendError> {
        if message.len() > MAX_MESSAGE_BYTES {
            return Err(SendError::TooLong);
        }
        queue.send(message).await.map_err(|_| SendError::Down)
    }

    /// Has a small message sent ahead of all that waits and unthrottled: a request, a few hashes.
    ///
    /// # Errors
    /// If the bundle is over, the message is longer than [`MAX_URGENT_BYTES`], or many wait already.
    pub fn send_urgent(&self, message: Bytes) -> Result<(), SendError> {
        if message.len() > MAX_URGENT_BYTES {
            return Err(SendError::TooLong);
        }
        self.urgent.try_send(message).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SendError::Full,
            mpsc::error::TrySendError::Closed(_) => SendError::Down,
        })
    }

    /// Sends nothing but urgent messages for a while, so that a call or another bundle that begins now learns the
    /// delay of the path without our queue in it. 300 ms are enough.
    pub fn hush(&self, pause: Duration) {
        self.shared.throttle().hush(Instant::now(), pause);
    }

    /// Figures.
    pub fn stats(&self) -> BulkStats {
        let throttle = self.shared.throttle();
        BulkStats {
            sent: self.shared.sent.load(Ordering::Relaxed),
            received: self.shared.received.load(Ordering::Relaxed),
            rate: throttle.rate(Instant::now()),
            queue_ms: throttle.queue().as_secs_f64() * 1_000.0,
            lanes: self.shared.standing().lanes,
        }
    }
}

impl Drop for Bulk {
    fn drop(&mut self) {
        self.shared.drop_all();
    }
}
