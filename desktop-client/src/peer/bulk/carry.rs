//! What goes over the channels of one connection: messages in pieces over a lane, urgent ones and the throttle's
//! datagrams over the light one.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use cinemasync_core::bulk_throttle::{Datagram, MOST_DATAGRAM_BYTES, PROBE_INTERVAL};
use tokio::time::{MissedTickBehavior, interval};
use webrtc::data_channel::{DataChannel, DataChannelEvent};

use super::pieces::{self, Pieces};
use super::shared::{Over, Shared};

/// A piece of this many bytes takes about this many on the wire: a packet of 1,200 has 90 bytes of heads.
fn on_the_wire(piece: usize) -> usize {
    piece + piece / 13 + 90
}

/// A channel that stands, until it closes or nobody needs it; what it carries is its caller's.
pub(super) struct Standing {
    channel: Arc<dyn DataChannel>,
    shared: Arc<Shared>,
    light: bool,
}

impl Drop for Standing {
    fn drop(&mut self) {
        self.shared.stands(self.light, false);
    }
}

impl Standing {
    /// Waits until `channel` is open; `None` if it closes before.
    pub(super) async fn of(
        channel: Arc<dyn DataChannel>,
        shared: Arc<Shared>,
        light: bool,
    ) -> Option<Self> {
        if !is_opened(&channel).await {
            return None;
        }
        shared.stands(light, true);
        Some(Self { channel, shared, light })
    }

    /// Carries messages both ways.
    pub(super) async fn carry(&self) -> Result<(), Over> {
        let mut light = self.shared.watch_standing();
        let mut pieces = Pieces::default();
        let read = async {
            while let Some(event) = self.channel.poll().await {
                match event {
                    DataChannelEvent::OnMessage(piece) => match pieces.take(piece.data) {
                        Ok(Some(message)) => self.shared.arrived(message).await?,
                        Ok(None) => {}
                        Err(pieces::NoPiece) => {
                            tracing::warn!(peer = %self.shared.id, "closing a lane that brought no piece of a message");
                            break;
                        }
                    },
                    DataChannelEvent::OnClose => break,
                    _ => {}
                }
            }
            Ok(())
        };
        let write = async {
            // Only a lane with room asks for the next message.
            while self.channel.writable().await.is_ok() {
                let urgent = self.light || !light.borrow_and_update().light;
                tokio::select! {
                    biased;
                    message = self.shared.next_urgent(), if urgent => self.send_urgent(message?).await,
                    message = self.shared.next(), if !self.light => self.send(message?).await,
                    // Who takes the urgent ones may be another now.
                    _ = light.changed() => continue,
                }
            }
            Ok(())
        };
        tokio::select! {
            read = read => read,
            written = write => written,
        }
    }

    async fn send(&self, mut message: Bytes) {
        self.shared.sent.fetch_add(message.len() as u64, Ordering::Relaxed);
        loop {
            let now = Instant::now();
            let piece = {
                let mut throttle = self.shared.throttle();
                let piece = pieces::cut(&mut message, pieces::length_at(throttle.rate(now)));
                throttle.sent(now, on_the_wire(piece.len()));
                piece
            };
            // An error means that the channel is closed, which its reader is told.
            if self.channel.send(piece).await.is_err() || message.is_empty() {
                return;
            }
            self.shared.allowed().await;
        }
    }

    async fn send_urgent(&self, mut message: Bytes) {
        self.shared.sent.fetch_add(message.len() as u64, Ordering::Relaxed);
        let whole = message.len();
        // As above.
        let _ = self.channel.send(pieces::cut(&mut message, whole)).await;
    }
}

/// Waits until a channel opens; no if it closes instead.
async fn is_opened(channel: &Arc<dyn DataChannel>) -> bool {
    while let Some(event) = channel.poll().await {
        match event {
            DataChannelEvent::OnOpen => return true,
            DataChannelEvent::OnClose => return false,
            _ => {}
        }
    }
    false
}

/// Sends probes and echoes over `channel` until it closes.
pub(super) async fn probe(channel: Arc<dyn DataChannel>, shared: Arc<Shared>) {
    if !is_opened(&channel).await {
        return;
    }
    let say = async |datagram: Datagram| {
        // No room, or closed: a probe that waits is worth nothing.
        let _ = channel.try_send(BytesMut::from(&datagram.to_bytes()[..])).await;
    };
    let mut ticks = interval(PROBE_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            event = channel.poll() => match event {
                Some(DataChannelEvent::OnMessage(message)) => {
                    if let Some(echo) = answer(&shared, &message.data) {
                        say(echo).await;
                    }
                }
                None | Some(DataChannelEvent::OnClose) => return,
                Some(_) => {}
            },
            _ = ticks.tick() => {
                let probe = shared.throttle().poll_probe(Instant::now());
                if let Some(probe) = probe {
                    say(probe).await;
                }
            }
        }
    }
}

/// Takes a datagram of the other end; gives the echo of a probe.
fn answer(shared: &Shared, datagram: &[u8]) -> Option<Datagram> {
    if datagram.len() > MOST_DATAGRAM_BYTES {
        return None;
    }
    let now = Instant::now();
    let mut throttle = shared.throttle();
    match Datagram::read(datagram)? {
        Datagram::Probe { sent } => Some(Datagram::Echo {
            sent,
            arrived: throttle.clock(now),
            received: shared.traffic.received.load(Ordering::Relaxed),
        }),
        Datagram::Echo { sent, arrived, received } => {
            let sent_bytes = shared.traffic.sent.load(Ordering::Relaxed);
            throttle.on_echo(now, [sent, arrived], received, sent_bytes);
            None
        }
    }
}
