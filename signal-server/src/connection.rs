//! One WebSocket: reads messages, writes what the hub has for it, notices when the other end is gone
//! or misbehaves.

use std::net::IpAddr;
use std::time::Duration;

use cinemasync_protocol::{DecodeError, decode_client, limits};
use cinemasync_server_core::{Pace, Refusal, Verdict};
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

use crate::hub::{Hub, Inbox};
use crate::listener::until_stopped;

/// The memory of an idle connection is mostly this buffer; an offer of 4 KiB takes two reads.
const READ_BUFFER_BYTES: usize = 2 * 1024;
const PING_INTERVAL: Duration = Duration::from_secs(limits::PING_INTERVAL_SECS);
const SILENCE: Duration = Duration::from_secs(limits::SILENCE_TIMEOUT_SECS);
/// How long the other end gets to take the end of the connection.
const CLOSE_PATIENCE: Duration = Duration::from_secs(1);
/// How much it may still say meanwhile: what can be under way when it learns that nobody listens.
const LAST_WORDS_BYTES: u64 = 4 * 1024 * 1024;

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// Why a connection ends.
enum End {
    /// The other end is gone.
    Gone,
    /// The other end closes it.
    Closed,
    /// We close it.
    Close(CloseCode, &'static str),
}

/// Serves one WebSocket until it ends.
pub(crate) async fn run(
    upgraded: Upgraded,
    client: IpAddr,
    hub: &Hub,
    stopped: watch::Receiver<bool>,
) {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(Some(limits::MAX_MESSAGE_BYTES))
        .max_frame_size(Some(limits::MAX_MESSAGE_BYTES));
    let mut socket =
        WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
    let mut inbox = hub.connect();
    tracing::debug!(connection = %inbox.id, %client, "connected");
    // Even if this task is dropped in the middle, its room hears of it.
    let place = Place { hub, id: inbox.id };
    let end = converse(&mut socket, hub, &mut inbox, stopped).await;
    drop(place);
    let goodbye = match end {
        End::Gone => return,
        End::Closed => None,
        End::Close(code, reason) => Some(CloseFrame { code, reason: reason.into() }),
    };
    // Whoever does not take it in time is cut off.
    let _ = tokio::time::timeout(CLOSE_PATIENCE, close(&mut socket, goodbye)).await;
}

struct Place<'a> {
    hub: &'a Hub,
    id: cinemasync_server_core::ConnectionId,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.hub.disconnect(self.id);
    }
}

async fn converse(
    socket: &mut Socket,
    hub: &Hub,
    inbox: &mut Inbox,
    mut stopped: watch::Receiver<bool>,
) -> End {
    let mut pings = tokio::time::interval_at(Instant::now() + PING_INTERVAL, PING_INTERVAL);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut silent_at = Instant::now() + SILENCE;
    let connected = Instant::now();
    let mut pace = Pace::new();
    loop {
        // In no fixed order: a room that talks without end must not keep this client from being heard,
        // nor the other way round.
        let outgoing = tokio::select! {
            _ = inbox.too_slow.recv() => return too_slow(),
            text = inbox.texts.recv() => match text {
                Some(text) => Message::text(text),
                None => return End::Gone,
            },
            () = until_stopped(&mut stopped) => return say_the_rest(socket, inbox).await,
            incoming = socket.next() => {
                silent_at = Instant::now() + SILENCE;
                match incoming {
                    None => return End::Gone,
                    Some(Ok(Message::Close(_))) => return End::Closed,
                    Some(Ok(message)) => {
                        match pace.heard(message.len(), connected.elapsed()) {
                            Verdict::Pass => if let Some(end) = heard(&message, hub, inbox) {
                                return end;
                            },
                            Verdict::Refuse { retry_after_ms } => {
                                hub.refuse(inbox.id, &Refusal::TooFast { retry_after_ms });
                            }
                            Verdict::Flood => {
                                return End::Close(CloseCode::Policy, "too many messages");
                            }
                        }
                    }
                    Some(Err(error)) => return fault(&error),
                }
                continue;
            }
            _ = pings.tick() => Message::Ping(Bytes::new()),
            () = tokio::time::sleep_until(silent_at) => return End::Gone,
        };
        // A client that does not read holds up nobody but itself, and not for long.
        tokio::select! {
            sent = socket.send(outgoing) => if sent.is_err() { return End::Gone },
            _ = inbox.too_slow.recv() => return too_slow(),
            () = tokio::time::sleep_until(silent_at) => return End::Gone,
        }
    }
}

/// What waits, the server's goodbye at its end, and then the close. The server does not wait long.
async fn say_the_rest(socket: &mut Socket, inbox: &mut Inbox) -> End {
    inbox.texts.close();
    while let Some(text) = inbox.texts.recv().await {
        if socket.send(Message::text(text)).await.is_err() {
            return End::Gone;
        }
    }
    End::Close(CloseCode::Away, "the server is going down")
}

fn too_slow() -> End {
    End::Close(CloseCode::Again, "too slow")
}

/// Takes one message in; an end if it cannot be one.
fn heard(message: &Message, hub: &Hub, inbox: &Inbox) -> Option<End> {
    let text = match message {
        Message::Text(text) => text,
        Message::Binary(_) => return Some(End::Close(CloseCode::Unsupported, "messages are text")),
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => return None,
    };
    match decode_client(text) {
        Ok(message) => hub.handle(inbox.id, message),
        Err(DecodeError::UnknownType(_)) => {
            hub.refuse(inbox.id, &Refusal::UnknownType);
        }
        Err(DecodeError::Malformed(_)) => {
            hub.refuse(inbox.id, &Refusal::Malformed);
        }
    }
    None
}

/// How a broken stream is closed.
fn fault(error: &Error) -> End {
    match error {
        Error::Capacity(_) => End::Close(CloseCode::Size, "message too long"),
        Error::Utf8(_) => End::Close(CloseCode::Invalid, "text is not UTF-8"),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => End::Gone,
        Error::Protocol(_) => End::Close(CloseCode::Protocol, "protocol fault"),
        _ => End::Gone,
    }
}

/// Sends our close, or answers theirs, then hears the other end out: dropping a socket that holds
/// unread bytes resets the connection, and the reset overtakes the close frame.
async fn close(socket: &mut Socket, goodbye: Option<CloseFrame>) {
    // The answer to a ping that waits would come after the close, which is the last that may be said.
    if socket.flush().await.is_err() {
        return;
    }
    if let Some(frame) = goodbye
        && socket.close(Some(frame)).await.is_err()
    {
        return;
    }
    // After a fault there is nothing more to be had from here.
    while let Some(Ok(message)) = socket.next().await {
        if message.is_close() {
            return;
        }
    }
    let stream = socket.get_mut();
    if stream.shutdown().await.is_ok() {
        let mut last_words = stream.take(LAST_WORDS_BYTES);
        // An error here is the other end being gone, which is what is waited for.
        let _ = tokio::io::copy(&mut last_words, &mut tokio::io::sink()).await;
    }
}
