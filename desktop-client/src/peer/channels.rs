//! The data channels of a link: `control` (texts, ordered and reliable) and `clock` (datagrams,
//! neither).
//!
//! What the texts mean is the core's. One side opens the channels, the other adopts them by label;
//! each has a task that reads and one that writes.

use std::sync::Arc;
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use cinemasync_core::link::LinkEvent;
use cinemasync_protocol::ParticipantId;
use rtc::data_channel::RTCDataChannelInit;
use tokio::sync::{Mutex, mpsc, watch};
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::error::Result;
use webrtc::peer_connection::PeerConnection;

/// Longest text on `control`, either way.
pub(super) const MAX_CONTROL_BYTES: u32 = 256 * 1024;
/// Longest datagram on `clock`.
const MAX_CLOCK_BYTES: usize = 1024;
/// Bytes that a channel may hold before a text waits for room.
pub(super) const SEND_BUFFER_BYTES: usize = 1 << 20;

const CONTROL: &str = "control";
const CLOCK: &str = "clock";

/// A link's channels. Writers wait here for the channel that is in use now.
pub(super) struct Channels {
    id: ParticipantId,
    events: mpsc::Sender<(ParticipantId, LinkEvent)>,
    control: watch::Sender<Option<Arc<dyn DataChannel>>>,
    clock: watch::Sender<Option<Arc<dyn DataChannel>>>,
    /// Which of the two have an owner already.
    adopted: Mutex<Vec<&'static str>>,
}

impl Channels {
    pub(super) fn new(
        id: ParticipantId,
        events: mpsc::Sender<(ParticipantId, LinkEvent)>,
    ) -> Arc<Self> {
        let (control, clock) = (watch::Sender::new(None), watch::Sender::new(None));
        Arc::new(Self { id, events, control, clock, adopted: Mutex::default() })
    }

    /// Opens both channels; they carry something once the connection stands.
    pub(super) async fn open(connection: &dyn PeerConnection) -> Result<[Arc<dyn DataChannel>; 2]> {
        let reliable = RTCDataChannelInit { ordered: true, ..Default::default() };
        let datagrams =
            RTCDataChannelInit { ordered: false, max_retransmits: Some(0), ..Default::default() };
        let control = connection.create_data_channel(CONTROL, Some(reliable)).await?;
        let clock = connection.create_data_channel(CLOCK, Some(datagrams)).await?;
        Ok([control, clock])
    }

    /// Reads a channel, ours or theirs, until it closes. A second one of the same label, and any of
    /// another, is closed.
    pub(super) async fn read(self: Arc<Self>, channel: Arc<dyn DataChannel>) {
        let label = channel.label().await.unwrap_or_default();
        let known = [CONTROL, CLOCK].into_iter().find(|known| *known == label);
        let Some(label) = known else { return self.refuse(channel, "unknown label").await };
        {
            let mut adopted = self.adopted.lock().await;
            if adopted.contains(&label) {
                drop(adopted);
                return self.refuse(channel, "a second channel of its label").await;
            }
            adopted.push(label);
        }
        if label == CONTROL {
            self.read_control(&channel).await;
        } else {
            self.read_clock(&channel).await;
        }
        self.adopted.lock().await.retain(|other| *other != label);
    }

    async fn refuse(&self, channel: Arc<dyn DataChannel>, why: &str) {
        tracing::warn!(peer = %self.id, why, "refusing a data channel");
        if let Err(error) = channel.close().await {
            tracing::debug!(%error, peer = %self.id, "closing a refused channel");
        }
    }

    async fn read_control(&self, channel: &Arc<dyn DataChannel>) {
        let mut open = false;
        while let Some(event) = channel.poll().await {
            let event = match event {
                DataChannelEvent::OnOpen => {
                    open = true;
                    self.control.send_replace(Some(Arc::clone(channel)));
                    LinkEvent::ControlOpen
                }
                DataChannelEvent::OnMessage(message) => {
                    let text = control_text(&message.data);
                    let Some(text) = text.filter(|_| message.is_string) else {
                        let bytes = message.data.len();
                        tracing::warn!(peer = %self.id, bytes, "dropped a control message that is no text or too long");
                        continue;
                    };
                    LinkEvent::Control(text)
                }
                DataChannelEvent::OnClose => break,
                _ => continue,
            };
            // Waiting here lets the channel fill up, which slows the other side down.
            if self.events.send((self.id.clone(), event)).await.is_err() {
                break;
            }
        }
        self.control.send_replace(None);
        if open {
            // Nobody to tell means that the session is gone too.
            let _ = self.events.send((self.id.clone(), LinkEvent::ControlClosed)).await;
        }
    }

    async fn read_clock(&self, channel: &Arc<dyn DataChannel>) {
        while let Some(event) = channel.poll().await {
            match event {
                DataChannelEvent::OnOpen => {
                    self.clock.send_replace(Some(Arc::clone(channel)));
                }
                DataChannelEvent::OnMessage(message) if message.data.len() <= MAX_CLOCK_BYTES => {
                    let event = LinkEvent::Clock(message.data.freeze(), Instant::now());
                    // Full: a probe that waits is worth nothing.
                    let _ = self.events.try_send((self.id.clone(), event));
                }
                DataChannelEvent::OnClose => break,
                _ => {}
            }
        }
        self.clock.send_replace(None);
    }

    /// Sends texts in order, each when there is room, until the queue's senders are gone.
    pub(super) async fn write_control(self: Arc<Self>, mut queue: mpsc::Receiver<String>) {
        while let Some(text) = queue.recv().await {
            let channel = self.control.borrow().clone();
            let Some(channel) = channel else {
                tracing::warn!(peer = %self.id, "dropped a control message: the channel is not open");
                continue;
            };
            if text.len() > MAX_CONTROL_BYTES as usize {
                tracing::warn!(peer = %self.id, bytes = text.len(), "dropped a control message that is too long to send");
                continue;
            }
            if let Err(error) = channel.send_text(&text).await {
                tracing::warn!(peer = %self.id, %error, "a control message could not be sent");
            }
        }
    }

    /// Sends datagrams while the channel is open and has room, until the queue's senders are gone.
    pub(super) async fn write_clock(self: Arc<Self>, mut queue: mpsc::Receiver<Bytes>) {
        while let Some(datagram) = queue.recv().await {
            let channel = self.clock.borrow().clone();
            if let Some(channel) = channel
                && let Err(error) = channel.try_send(BytesMut::from(datagram.as_ref())).await
            {
                tracing::debug!(peer = %self.id, %error, "a clock datagram was dropped");
            }
        }
    }
}

/// A message as text, if it is one and not too long.
fn control_text(data: &[u8]) -> Option<String> {
    if data.len() > MAX_CONTROL_BYTES as usize {
        return None;
    }
    std::str::from_utf8(data).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_messages_are_utf8_within_the_bound() {
        assert_eq!(control_text("grüß".as_bytes()).as_deref(), Some("grüß"));
        assert_eq!(control_text(&[0xff, 0xfe]), None);
        let longest = MAX_CONTROL_BYTES as usize;
        assert!(control_text(&vec![b'a'; longest]).is_some());
        assert!(control_text(&vec![b'a'; longest + 1]).is_none());
    }
}
