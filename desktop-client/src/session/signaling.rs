//! The WebSocket to a signaling server, as a task: text in, text out, one end. When to connect and
//! what to say is the core's business.

use cinemasync_core::sentence::{self, Sentence};
use std::time::Duration;

use cinemasync_protocol::{ClientMessage, ServerMessage, limits};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Messages that wait to be sent. Full means that the server does not read: the connection is
/// given up and made anew.
const OUTGOING_QUEUE: usize = 256;
/// How long connecting may take.
const CONNECT_PATIENCE: Duration = Duration::from_secs(8);
/// A server that pings every 20 s and is silent for this long is gone.
const SILENCE: Duration = Duration::from_secs(limits::SILENCE_TIMEOUT_SECS);
/// So is one that does not answer a ping of ours in this time.
const PROBE_PATIENCE: Duration = Duration::from_secs(4);
/// How long the last words may take.
const CLOSE_PATIENCE: Duration = Duration::from_secs(2);

/// What is to be done with the connection.
enum Outgoing {
    Say(ClientMessage),
    Probe,
}

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

/// What the task reports.
#[derive(Debug)]
pub(super) enum SignalingEvent {
    /// Connected, to this address.
    Up(String),
    /// The server said this.
    Message(ServerMessage),
    /// Over, and why: a sentence for a person.
    Down(Sentence),
}

/// A connection or an attempt at one. Dropping it says the last words and closes.
pub(super) struct Signaling {
    outgoing: mpsc::Sender<Outgoing>,
    task: tokio::task::JoinHandle<()>,
}

impl Signaling {
    /// Connects to `url`; events carry `generation`, so that those of an earlier connection can be
    /// told apart.
    pub(super) fn connect(
        url: String,
        generation: u64,
        events: mpsc::Sender<(u64, SignalingEvent)>,
    ) -> Self {
        let (outgoing, queue) = mpsc::channel(OUTGOING_QUEUE);
        let task = tokio::spawn(async move {
            let reason = run(&url, generation, &events, queue).await;
            // The driver may be gone; then nobody wants to know.
            let _ = events.send((generation, SignalingEvent::Down(reason))).await;
        });
        Self { outgoing, task }
    }

    /// Says something; false when the server does not take it.
    pub(super) fn send(&self, message: ClientMessage) -> bool {
        self.outgoing.try_send(Outgoing::Say(message)).is_ok()
    }

    /// Finds out soon whether the server is still there; if not, that is reported.
    pub(super) fn probe(&self) {
        // A full queue is found out about by the next message.
        let _ = self.outgoing.try_send(Outgoing::Probe);
    }

    /// Sends what is queued, closes, and waits for that a moment.
    pub(super) async fn close(self) {
        let Self { outgoing, mut task } = self;
        drop(outgoing);
        if tokio::time::timeout(CLOSE_PATIENCE, &mut task).await.is_err() {
            task.abort();
        }
    }
}

async fn run(
    url: &str,
    generation: u64,
    events: &mpsc::Sender<(u64, SignalingEvent)>,
    mut queue: mpsc::Receiver<Outgoing>,
) -> Sentence {
    let url = match server_address(url) {
        Ok(url) => url,
        Err(reason) => return reason,
    };
    let config = WebSocketConfig::default()
        .read_buffer_size(16 * 1024)
        .max_message_size(Some(limits::MAX_MESSAGE_BYTES))
        .max_frame_size(Some(limits::MAX_MESSAGE_BYTES));
    let connecting = tokio_tungstenite::connect_async_with_config(&url, Some(config), true);
    let mut socket = match tokio::time::timeout(CONNECT_PATIENCE, connecting).await {
        Ok(Ok((socket, _))) => socket,
        Ok(Err(error)) => return unreachable_text(&url, &error),
        Err(_) => {
            return sentence::server_url_silent(url);
        }
    };
    if events.send((generation, SignalingEvent::Up(url.clone()))).await.is_err() {
        return Sentence::default();
    }
    let reason = converse(&mut socket, generation, events, &mut queue).await;
    let _ = tokio::time::timeout(CLOSE_PATIENCE, say_goodbye(&mut socket)).await;
    reason
}

/// Closes, and hears the server out: once it has answered, it has read our last words, which an
/// embedded server that ends with us would otherwise never get to.
async fn say_goodbye(socket: &mut Socket) {
    if socket.close(None).await.is_ok() {
        while let Some(Ok(_)) = socket.next().await {}
    }
}

async fn converse(
    socket: &mut Socket,
    generation: u64,
    events: &mpsc::Sender<(u64, SignalingEvent)>,
    queue: &mut mpsc::Receiver<Outgoing>,
) -> Sentence {
    let gone = sentence::server_connection_lost;
    let mut heard = Instant::now();
    // Set while an answer to a ping of ours is awaited.
    let mut answer_by = None;
    loop {
        let silent_at = answer_by.map_or(heard + SILENCE, |by: Instant| by.min(heard + SILENCE));
        tokio::select! {
            outgoing = queue.recv() => {
                let message = match outgoing {
                    Some(Outgoing::Say(message)) => {
                        Message::text(cinemasync_protocol::encode(&message))
                    }
                    Some(Outgoing::Probe) => {
                        answer_by.get_or_insert_with(|| Instant::now() + PROBE_PATIENCE);
                        Message::Ping(tungstenite::Bytes::new())
                    }
                    None => return Sentence::default(),
                };
                if socket.send(message).await.is_err() {
                    return gone();
                }
            }
            read = tokio::time::timeout_at(silent_at, socket.next()) => {
                let Ok(Some(Ok(message))) = read else { return gone() };
                (heard, answer_by) = (Instant::now(), None);
                let Message::Text(text) = message else { continue };
                match cinemasync_protocol::decode_server(&text) {
                    Ok(message) => {
                        if events.send((generation, SignalingEvent::Message(message))).await.is_err() {
                            return Sentence::default();
                        }
                    }
                    // A newer server may know more than we do.
                    Err(error) => tracing::warn!(%error, "ignored a message from the server"),
                }
            }
        }
    }
}

/// The WebSocket address that a person means: `host:port`, `ws://host`, `https://host/ws` …
///
/// # Errors
/// A sentence, if it is none.
pub fn server_address(typed: &str) -> Result<String, Sentence> {
    let typed = typed.trim();
    let wrong = || sentence::no_server_address(format!("{typed:?}"));
    let (scheme, rest) = match typed.split_once("://") {
        Some(("ws" | "http", rest)) => ("ws", rest),
        Some(("wss" | "https", rest)) => ("wss", rest),
        Some(_) => return Err(wrong()),
        None => ("ws", typed),
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    if authority.is_empty() || authority.contains(char::is_whitespace) {
        return Err(wrong());
    }
    let port = authority.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.contains(']'));
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(wrong());
    }
    let path = if path.is_empty() { "ws" } else { path };
    let url = format!("{scheme}://{authority}/{path}");
    url.parse::<tungstenite::http::Uri>().map_err(|_| wrong())?;
    Ok(url)
}

fn unreachable_text(url: &str, error: &tungstenite::Error) -> Sentence {
    match error {
        tungstenite::Error::Http(response) => {
            sentence::no_cinemasync_server(url, response.status().as_u16().to_string())
        }
        error => sentence::server_unreachable(url, error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_becomes_a_socket_address() {
        for (typed, url) in [
            ("cinema.example.org", "ws://cinema.example.org/ws"),
            (" 127.0.0.1:8080 ", "ws://127.0.0.1:8080/ws"),
            ("wss://cinema.example.org/", "wss://cinema.example.org/ws"),
            ("https://example.org/cinema/ws", "wss://example.org/cinema/ws"),
            ("ws://[::1]:8080/ws", "ws://[::1]:8080/ws"),
            ("[::1]", "ws://[::1]/ws"),
        ] {
            assert_eq!(server_address(typed).as_deref(), Ok(url));
        }
        for typed in
            ["", "ftp://example.org", "two words", "ws://", "ws://host:99999", "host:", "[::1]:x"]
        {
            assert!(server_address(typed).is_err(), "{typed}");
        }
    }

    #[tokio::test]
    async fn a_dead_server_is_told_in_a_sentence() {
        // A port that was just free and is closed again.
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap());
        drop(listener);
        let (events, mut queue) = mpsc::channel(4);
        let _signaling = Signaling::connect(url, 7, events);
        let Some((7, SignalingEvent::Down(text))) = queue.recv().await else {
            panic!("it goes down")
        };
        assert!(text.as_str().contains("cannot be reached"), "{text}");
    }

    #[tokio::test]
    async fn a_server_that_does_not_answer_a_ping_is_gone_and_one_that_does_is_not() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap());
        let (events, mut queue) = mpsc::channel(4);
        let signaling = Signaling::connect(url, 1, events);
        let (stream, _) = listener.accept().await.unwrap();
        let mut server = tokio_tungstenite::accept_async(stream).await.unwrap();
        assert!(matches!(queue.recv().await, Some((1, SignalingEvent::Up(_)))));
        signaling.probe();
        assert!(matches!(server.next().await, Some(Ok(Message::Ping(_)))));
        // What comes after the answer shows that the answer was heard.
        server.send(Message::text(r#"{"type":"room_left"}"#)).await.unwrap();
        assert!(matches!(queue.recv().await, Some((1, SignalingEvent::Message(_)))));
        signaling.probe();
        let began = Instant::now();
        let down = queue.recv().await;
        assert!(matches!(down, Some((1, SignalingEvent::Down(_)))), "{down:?}");
        let waited = began.elapsed();
        assert!((PROBE_PATIENCE / 2..SILENCE / 2).contains(&waited), "{waited:?}");
    }

    #[tokio::test]
    async fn last_words_are_sent_before_the_close() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap());
        let (events, mut queue) = mpsc::channel(4);
        let signaling = Signaling::connect(url, 1, events);
        let (stream, _) = listener.accept().await.unwrap();
        let mut server = tokio_tungstenite::accept_async(stream).await.unwrap();
        assert!(matches!(queue.recv().await, Some((1, SignalingEvent::Up(_)))));
        assert!(signaling.send(ClientMessage::LeaveRoom));
        let reading = async {
            let mut texts = Vec::new();
            while let Some(Ok(message)) = server.next().await {
                if let Message::Text(text) = message {
                    texts.push(text.to_string());
                }
            }
            texts
        };
        let ((), texts) = tokio::join!(signaling.close(), reading);
        assert_eq!(texts, [r#"{"type":"leave_room"}"#]);
    }
}
