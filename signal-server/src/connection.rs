//! One WebSocket: reads messages, writes what the hub has for it, notices when the other end is gone
//! or misbehaves.

mod stream;

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use cinemasync_protocol::{DecodeError, decode_client, encode, limits};
use cinemasync_server_core::{ConnectionId, Pace, Refusal, Verdict};
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

use crate::door::Visit;
use crate::hub::{Client, Hub};
use crate::metrics::{self, limit};
use crate::outbox::Next;
use stream::{Counted, TooMuch};

/// The memory of an idle connection is mostly this buffer; an offer of 4 KiB takes two reads.
const READ_BUFFER_BYTES: usize = 2 * 1024;
/// Texts that wait together are written together, with one system call up to so much.
const WRITE_BUFFER_BYTES: usize = 4 * 1024;
const PING_INTERVAL: Duration = Duration::from_secs(limits::PING_INTERVAL_SECS);
const SILENCE: Duration = Duration::from_secs(limits::SILENCE_TIMEOUT_SECS);
/// How long the other end gets to take the end of the connection.
const CLOSE_PATIENCE: Duration = Duration::from_secs(1);
/// How much it may still say meanwhile: what can be under way when it learns that nobody listens.
const LAST_WORDS_BYTES: u64 = 4 * 1024 * 1024;

type Socket = WebSocketStream<Counted<TokioIo<Upgraded>>>;

/// Why a connection ends.
enum End {
    /// The other end is gone.
    Gone,
    /// The other end closes it.
    Closed,
    /// We close it.
    Close(CloseCode, &'static str),
}

impl End {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Gone => metrics::GONE,
            Self::Closed => metrics::CLOSED,
            Self::Close(code, _) => match code {
                CloseCode::Normal => "1000",
                CloseCode::Away => "1001",
                CloseCode::Protocol => "1002",
                CloseCode::Unsupported => "1003",
                CloseCode::Invalid => "1007",
                CloseCode::Policy => "1008",
                CloseCode::Size => "1009",
                CloseCode::Again => "1013",
                _ => metrics::OTHER,
            },
        }
    }
}

/// Serves one WebSocket until it ends.
pub(crate) async fn run(upgraded: Upgraded, visit: Arc<Visit>, hub: &Hub) {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_message_size(Some(limits::MAX_MESSAGE_BYTES))
        .max_frame_size(Some(limits::MAX_MESSAGE_BYTES));
    let stream = Counted::new(TokioIo::new(upgraded));
    let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await;
    let end = match visit.denied() {
        None => serve(&mut socket, hub.connect(visit), hub).await,
        Some(denied) => {
            // Boxed, like what comes after the end: most connections never need the memory.
            let told = Box::pin(tell(&mut socket, denied.refusal()));
            tokio::time::timeout(CLOSE_PATIENCE, told).await.unwrap_or(End::Gone)
        }
    };
    let goodbye = match end {
        End::Gone => return,
        End::Closed => None,
        End::Close(code, reason) => Some(CloseFrame { code, reason: reason.into() }),
    };
    // Whoever does not take it in time is cut off.
    let closing = Box::pin(close(&mut socket, goodbye));
    let _ = tokio::time::timeout(CLOSE_PATIENCE, closing).await;
}

/// Says why it is not served.
async fn tell(socket: &mut Socket, refusal: Refusal) -> End {
    match socket.send(Message::text(encode(&refusal.to_message()))).await {
        Ok(()) => End::Close(CloseCode::Again, "try again later"),
        Err(_) => End::Gone,
    }
}

async fn serve(socket: &mut Socket, mut client: Client, hub: &Hub) -> End {
    // Even if this task is dropped in the middle, its room hears of it.
    let place = Place { hub, id: client.id, since: Instant::now(), end: Cell::new(metrics::GONE) };
    let end = converse(socket, hub, &mut client).await;
    place.end.set(end.as_str());
    end
}

struct Place<'a> {
    hub: &'a Hub,
    id: ConnectionId,
    since: Instant,
    end: Cell<&'static str>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.hub.disconnect(self.id);
        self.hub.ended(self.id, self.end.get(), self.since.elapsed());
    }
}

/// When something is to be done although nothing comes: a timer is a good part of an idle
/// connection's memory, so that there is one for both ends.
struct Clock {
    heard: Instant,
    ping_at: Instant,
}

impl Clock {
    fn next(&self) -> Instant {
        self.ping_at.min(self.heard + SILENCE)
    }

    fn is_silent(&self, now: Instant) -> bool {
        now >= self.heard + SILENCE
    }
}

async fn converse(socket: &mut Socket, hub: &Hub, client: &mut Client) -> End {
    let connected = Instant::now();
    let mut clock = Clock { heard: connected, ping_at: connected + PING_INTERVAL };
    let mut timer = std::pin::pin!(sleep_until(clock.next()));
    let mut pace = Pace::new();
    loop {
        // In no fixed order: a room that talks without end must not keep this client from being heard,
        // nor the other way round.
        let outgoing = tokio::select! {
            next = client.inbox.next() => match next {
                Next::Text(text) => Message::Text(text),
                Next::TooSlow => return too_slow(),
                Next::GoingDown => return End::Close(CloseCode::Away, "the server is going down"),
                Next::Nothing => return End::Close(CloseCode::Normal, "taken over from elsewhere"),
            },
            incoming = socket.next() => {
                clock.heard = Instant::now();
                let message = match incoming {
                    None => return End::Gone,
                    Some(Ok(Message::Close(_))) => return End::Closed,
                    Some(Ok(message)) => message,
                    Some(Err(error)) => return fault(&error, hub),
                };
                match pace.heard(message.len(), clock.heard - connected) {
                    Verdict::Pass => if let Some(end) = heard(&message, hub, client) {
                        return end;
                    },
                    Verdict::Refuse { retry_after_ms } => {
                        hub.metrics().limit(limit::PACE);
                        hub.refuse(client.id, &Refusal::TooFast { retry_after_ms });
                    }
                    Verdict::Flood => return flood(hub),
                }
                continue;
            }
            () = &mut timer => {
                let now = Instant::now();
                if clock.is_silent(now) {
                    return End::Gone;
                }
                let ping = now >= clock.ping_at;
                if ping {
                    clock.ping_at = now + PING_INTERVAL;
                }
                timer.as_mut().reset(clock.next());
                if !ping {
                    continue;
                }
                Message::Ping(Bytes::new())
            }
        };
        if let Err(end) = send(socket, outgoing, client, &clock, timer.as_mut()).await {
            return end;
        }
    }
}

/// Sends this and what waits behind it. A client that does not read holds up nobody but itself, and not
/// for long.
async fn send(
    socket: &mut Socket,
    message: Message,
    client: &Client,
    clock: &Clock,
    mut timer: std::pin::Pin<&mut Sleep>,
) -> Result<(), End> {
    let mut sent = std::pin::pin!(async {
        socket.feed(message).await?;
        // Whoever is to be heard now goes first: a busy server then has more to send with one call.
        tokio::task::yield_now().await;
        while let Some(text) = client.inbox.take() {
            socket.feed(Message::Text(text)).await?;
        }
        socket.flush().await
    });
    let mut waited = false;
    loop {
        tokio::select! {
            sent = &mut sent => {
                sent.map_err(|_| End::Gone)?;
                if waited {
                    timer.reset(clock.next());
                }
                return Ok(());
            }
            () = client.inbox.full() => return Err(too_slow()),
            () = &mut timer => {
                if clock.is_silent(Instant::now()) {
                    return Err(End::Gone);
                }
                waited = true;
                timer.as_mut().reset(clock.heard + SILENCE);
            }
        }
    }
}

fn too_slow() -> End {
    End::Close(CloseCode::Again, "too slow")
}

fn flood(hub: &Hub) -> End {
    hub.metrics().limit(limit::FLOOD);
    End::Close(CloseCode::Policy, "too many messages")
}

/// Takes one message in; an end if it cannot be one.
fn heard(message: &Message, hub: &Hub, client: &Client) -> Option<End> {
    let text = match message {
        Message::Text(text) => text,
        Message::Binary(_) => return Some(End::Close(CloseCode::Unsupported, "messages are text")),
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => return None,
    };
    match decode_client(text) {
        Ok(message) => {
            hub.metrics().received(message.wire_type(), text.len());
            hub.handle(client, message);
        }
        Err(error) => {
            hub.metrics().received(metrics::OTHER, text.len());
            let refusal = match error {
                DecodeError::UnknownType(_) => Refusal::UnknownType,
                DecodeError::Malformed(_) => Refusal::Malformed,
            };
            hub.refuse(client.id, &refusal);
        }
    }
    None
}

/// How a broken stream is closed.
fn fault(error: &Error, hub: &Hub) -> End {
    match error {
        Error::Io(error) if TooMuch::is(error) => flood(hub),
        Error::Capacity(_) => End::Close(CloseCode::Size, "message too long"),
        Error::Utf8(_) => End::Close(CloseCode::Invalid, "text is not UTF-8"),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => End::Gone,
        Error::Protocol(_) => End::Close(CloseCode::Protocol, "protocol fault"),
        _ => End::Gone,
    }
}

/// Sends our close, or answers theirs, then hears the other end out: dropping a socket that holds
/// unread bytes resets the connection, and the reset overtakes the close frame. What still comes is
/// not looked at, their close neither: a flood would be read for as long as patience lasts.
async fn close(socket: &mut Socket, goodbye: Option<CloseFrame>) {
    // The answer to a ping that waits would come after the close, which is the last that may be said.
    // After their close, this sends the answer to it and then fails.
    let flushed = socket.flush().await.is_ok();
    if let Some(frame) = goodbye
        && (!flushed || socket.close(Some(frame)).await.is_err())
    {
        return;
    }
    let stream = socket.get_mut().inner();
    if stream.shutdown().await.is_ok() {
        let mut last_words = stream.take(LAST_WORDS_BYTES);
        // An error here is the other end being gone, which is what is waited for.
        let _ = tokio::io::copy(&mut last_words, &mut tokio::io::sink()).await;
    }
}
