//! What all connections of a bundle have in common: the queues, the throttle, the counts, the way out.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use cinemasync_core::bulk_throttle::Throttle;
use cinemasync_core::link::LinkConfig;
use cinemasync_protocol::ParticipantId;
use tokio::sync::{Mutex as AsyncMutex, MutexGuard as AsyncMutexGuard, mpsc, watch};
use tokio::time::sleep_until;

use super::BulkEvent;
use super::signal::{CONNECTIONS, LIGHT};
use crate::peer::runtime::{Traffic, WrapSocket};

/// Which connections stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Standing {
    /// Lanes that messages can go over.
    pub(super) lanes: usize,
    /// Does the light connection carry urgent messages?
    pub(super) light: bool,
}

/// See the module.
pub(super) struct Shared {
    pub(super) id: ParticipantId,
    pub(super) config: LinkConfig,
    pub(super) wrap: Option<WrapSocket>,
    events: mpsc::Sender<(ParticipantId, BulkEvent)>,
    queues: AsyncMutex<Queues>,
    urgent: AsyncMutex<mpsc::Receiver<Bytes>>,
    throttle: Mutex<Throttle>,
    standing: watch::Sender<Standing>,
    /// Was the handle dropped?
    dropped: watch::Sender<bool>,
    /// Over the sockets of each connection, since the beginning.
    pub(super) traffic: [Arc<Traffic>; CONNECTIONS],
    /// Bytes of messages.
    pub(super) sent: AtomicU64,
    /// Bytes of messages.
    pub(super) received: AtomicU64,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What waits to be sent over lanes.
pub(super) struct Queues {
    /// Before the rest.
    pub(super) ahead: mpsc::Receiver<Bytes>,
    pub(super) rest: mpsc::Receiver<Bytes>,
}

impl Queues {
    /// The next message; `None` once nobody sends any more. Nothing is lost if this is not waited for.
    async fn next(&mut self) -> Option<Bytes> {
        tokio::select! {
            biased;
            Some(message) = self.ahead.recv() => Some(message),
            message = self.rest.recv() => message,
        }
    }
}

/// The right of one lane to take messages off the queue: while it has this, no other does.
pub(super) struct Turn<'a> {
    queues: AsyncMutexGuard<'a, Queues>,
    /// The first message.
    pub(super) message: Bytes,
}

impl Turn<'_> {
    /// Another message, if one waits.
    pub(super) fn another(&mut self) -> Option<Bytes> {
        let Queues { ahead, rest } = &mut *self.queues;
        ahead.try_recv().or_else(|_| rest.try_recv()).ok()
    }
}

/// Nobody listens or sends any more.
#[derive(Debug)]
pub(super) struct Over;

impl Shared {
    pub(super) fn new(
        id: ParticipantId,
        config: LinkConfig,
        events: mpsc::Sender<(ParticipantId, BulkEvent)>,
        queues: Queues,
        urgent: mpsc::Receiver<Bytes>,
        wrap: Option<WrapSocket>,
    ) -> Self {
        Self {
            id,
            config,
            wrap,
            events,
            queues: AsyncMutex::new(queues),
            urgent: AsyncMutex::new(urgent),
            throttle: Mutex::new(Throttle::new(Instant::now())),
            standing: watch::Sender::default(),
            dropped: watch::Sender::new(false),
            traffic: std::array::from_fn(|_| Arc::default()),
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
        }
    }

    pub(super) fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes of bulk data sent and received on the wire, all lanes together.
    pub(super) fn on_lanes(&self) -> (u64, u64) {
        let count = |of: fn(&Traffic) -> &AtomicU64| {
            self.traffic[..LIGHT].iter().map(|lane| of(lane).load(Ordering::Relaxed)).sum()
        };
        (count(|lane| &lane.sent), count(|lane| &lane.received))
    }

    pub(super) fn standing(&self) -> Standing {
        *self.standing.borrow()
    }

    pub(super) fn watch_standing(&self) -> watch::Receiver<Standing> {
        self.standing.subscribe()
    }

    /// Notes that a connection stands (or does no more).
    pub(super) fn stands(&self, light: bool, now: bool) {
        self.standing.send_modify(|standing| match (light, now) {
            (true, _) => standing.light = now,
            (false, true) => standing.lanes += 1,
            (false, false) => standing.lanes = standing.lanes.saturating_sub(1),
        });
    }

    /// The handle is dropped: nobody is told anything any more.
    pub(super) fn drop_all(&self) {
        self.dropped.send_replace(true);
    }

    /// Returns once the handle is dropped.
    pub(super) async fn dropped(&self) {
        let mut dropped = self.dropped.subscribe();
        // An error is impossible: we hold the sender.
        let _ = dropped.wait_for(|dropped| *dropped).await;
    }

    /// Tells, and waits while the session does not listen.
    pub(super) async fn tell(&self, event: BulkEvent) -> Result<(), Over> {
        match self.events.try_reserve() {
            Ok(place) => {
                place.send((self.id.clone(), event));
                return Ok(());
            }
            Err(mpsc::error::TrySendError::Closed(())) => return Err(Over),
            Err(mpsc::error::TrySendError::Full(())) => {}
        }
        tokio::select! {
            sent = self.events.send((self.id.clone(), event)) => sent.map_err(|_| Over),
            () = self.dropped() => Err(Over),
        }
    }

    /// Hands on a message that came.
    pub(super) async fn arrived(&self, message: Bytes) -> Result<(), Over> {
        self.received.fetch_add(message.len() as u64, Ordering::Relaxed);
        self.tell(BulkEvent::Message(message)).await
    }

    /// A turn to send, once the throttle lets something leave and there is something. Nothing is lost if this is not
    /// waited for to its end.
    pub(super) async fn turn(&self) -> Result<Turn<'_>, Over> {
        let mut queues = self.queues.lock().await;
        self.allowed().await;
        let message = queues.next().await.ok_or(Over)?;
        Ok(Turn { queues, message })
    }

    /// The next urgent message; nothing is lost either.
    pub(super) async fn next_urgent(&self) -> Result<Bytes, Over> {
        self.urgent.lock().await.recv().await.ok_or(Over)
    }

    /// Waits until the throttle lets something leave.
    pub(super) async fn allowed(&self) {
        loop {
            let now = Instant::now();
            let at = self.throttle().next_send(now);
            if at <= now {
                return;
            }
            // Looked at again then: a hush may have begun meanwhile.
            sleep_until(at.into()).await;
        }
    }
}
