//! What goes over the channels of one connection: messages in pieces over a lane, urgent ones and the throttle's
//! datagrams over the light one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use cinemasync_core::bulk_throttle::{Datagram, MOST_DATAGRAM_BYTES, PROBE_INTERVAL};
use tokio::time::{MissedTickBehavior, interval, sleep};
use webrtc::data_channel::{DataChannel, DataChannelEvent};

use super::flow::{Flow, LOOK};
use super::pieces::{self, Pieces};
use super::shared::{Over, Shared, Turn};

/// Messages that a lane takes at one time at most, where the rate is so high that they take less than a timer's
/// step: each wake-up of a connection costs more than a message.
const MOST_AT_ONCE: usize = 4;

/// After the last message so many fillers follow, so far apart, while something is not acknowledged. The crate notices
/// a loss by three acknowledgements of what was sent later; where nothing follows it would wait a second.
const FILLERS: u32 = 4;
const FILLER_GAP: Duration = Duration::from_millis(10);

/// What a piece takes on the wire: each packet carries 1,150 bytes of it behind 70 bytes of heads.
fn on_the_wire(piece: usize) -> usize {
    piece + piece.div_ceil(1_150) * 70
}

/// A channel that stands, until it closes or nobody needs it; what it carries is its caller's.
pub(super) struct Standing {
    channel: Arc<dyn DataChannel>,
    shared: Arc<Shared>,
    light: bool,
    /// Bytes of pieces that came.
    came: Arc<AtomicU64>,
    /// Bytes of pieces that the channel was given.
    given: AtomicU64,
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
        came: Arc<AtomicU64>,
    ) -> Option<Self> {
        if !is_opened(&channel).await {
            return None;
        }
        shared.stands(light, true);
        Some(Self { channel, shared, light, came, given: AtomicU64::new(0) })
    }

    /// Carries messages both ways.
    pub(super) async fn carry(&self) -> Result<(), Over> {
        let mut light = self.shared.watch_standing();
        let mut pieces = Pieces::default();
        let read = async {
            while let Some(event) = self.channel.poll().await {
                match event {
                    DataChannelEvent::OnMessage(piece) => {
                        self.came.fetch_add(piece.data.len() as u64, Ordering::Relaxed);
                        match pieces.take(piece.data) {
                            Ok(Some(message)) => self.shared.arrived(message).await?,
                            Ok(None) => {}
                            Err(pieces::NoPiece) => {
                                tracing::warn!(peer = %self.shared.id, "closing a lane that brought no piece of a message");
                                break;
                            }
                        }
                    }
                    DataChannelEvent::OnClose => break,
                    _ => {}
                }
            }
            Ok(())
        };
        let write = async {
            let mut fillers = 0;
            let mut flow = Flow::new(Instant::now());
            // Only a lane with room asks for the next message, and none that holds up what it has.
            while self.channel.writable().await.is_ok() {
                let urgent = self.light || !light.borrow_and_update().light;
                let underway = self.channel.outstanding_bytes().await.unwrap_or(0) as u64;
                let acknowledged = self.given.load(Ordering::Relaxed).saturating_sub(underway);
                let round_trip = self.shared.throttle().round_trip();
                let room = flow.has_room(acknowledged, underway, round_trip, Instant::now());
                tokio::select! {
                    biased;
                    message = self.shared.next_urgent(), if urgent => {
                        self.send_whole(message?).await;
                        fillers = FILLERS;
                    }
                    turn = self.shared.turn(), if !self.light && room => {
                        flow.begins(Instant::now(), underway == 0);
                        self.send(turn?).await;
                        fillers = FILLERS;
                    }
                    // Who takes the urgent ones may be another now.
                    _ = light.changed() => {}
                    () = sleep(FILLER_GAP), if fillers > 0 => {
                        fillers = if self.fill().await { fillers - 1 } else { 0 };
                    }
                    () = sleep(LOOK), if !self.light && !room => {}
                }
            }
            Ok(())
        };
        tokio::select! {
            read = read => read,
            written = write => written,
        }
    }

    async fn send(&self, turn: Turn<'_>) {
        let length = pieces::length_at(self.shared.throttle().rate(Instant::now()));
        if turn.message.len() > length {
            self.send_in_pieces(turn).await;
        } else {
            self.send_several(turn).await;
        }
    }

    /// Sends whole messages, as many as may leave now; meanwhile it is another lane's turn.
    async fn send_several(&self, mut turn: Turn<'_>) {
        let mut messages = [const { Bytes::new() }; MOST_AT_ONCE];
        let mut count = 0;
        {
            let now = Instant::now();
            let mut throttle = self.shared.throttle();
            let mut next = Some(std::mem::take(&mut turn.message));
            while let Some(message) = next.take() {
                throttle.sent(now, on_the_wire(message.len()));
                messages[count] = message;
                count += 1;
                if count < MOST_AT_ONCE && throttle.next_send(now) <= now {
                    next = turn.another();
                }
            }
        }
        drop(turn);
        for message in &mut messages[..count] {
            self.send_whole(std::mem::take(message)).await;
        }
    }

    /// Sends a message in pieces with time between them. Whole messages come sooner one after the other than side by
    /// side, so it stays this lane's turn, as long as there is room in it.
    async fn send_in_pieces(&self, turn: Turn<'_>) {
        let mut message = turn.message.clone();
        self.shared.sent.fetch_add(message.len() as u64, Ordering::Relaxed);
        let mut turn = Some(turn);
        loop {
            let piece = {
                let now = Instant::now();
                let mut throttle = self.shared.throttle();
                let piece = pieces::cut(&mut message, pieces::length_at(throttle.rate(now)));
                throttle.sent(now, on_the_wire(piece.len()));
                piece
            };
            self.given.fetch_add(piece.len() as u64, Ordering::Relaxed);
            // A message is begun where there is room, so this is the exception.
            if turn.is_none() || self.channel.try_send(piece.clone()).await.is_err() {
                turn = None;
                // An error means that the channel is closed, which its reader is told.
                if self.channel.send(piece).await.is_err() {
                    return;
                }
            }
            if message.is_empty() {
                return;
            }
            self.shared.allowed().await;
        }
    }

    /// Sends a filler if something is not acknowledged.
    async fn fill(&self) -> bool {
        let underway = self.channel.outstanding_bytes().await.is_ok_and(|bytes| bytes > 0);
        let filled = underway && self.channel.try_send(pieces::filler()).await.is_ok();
        self.given.fetch_add(u64::from(filled), Ordering::Relaxed);
        filled
    }

    /// Sends a message as one piece.
    async fn send_whole(&self, mut message: Bytes) {
        self.shared.sent.fetch_add(message.len() as u64, Ordering::Relaxed);
        let whole = message.len();
        let piece = pieces::cut(&mut message, whole);
        self.given.fetch_add(piece.len() as u64, Ordering::Relaxed);
        // An error means that the channel is closed, which its reader is told.
        let _ = self.channel.send(piece).await;
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
            received: shared.on_lanes().1,
        }),
        Datagram::Echo { sent, arrived, received } => {
            throttle.on_echo(now, [sent, arrived], received, shared.on_lanes().0);
            None
        }
    }
}
