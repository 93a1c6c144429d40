//! Asks a STUN or TURN server what a call would ask of it, for whoever checks a network: which address it
//! sees, and whether it relays. Nothing is relayed, and what was given is given back.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use cinemasync_server_core::turn_wire::{Class, Message, Method, Writer, attribute, frame};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::UdpSocket;
use tokio::time::timeout;

/// A packet that is not answered in these times is sent again, and after the last of them given up.
const TRIES: [Duration; 3] =
    [Duration::from_millis(500), Duration::from_millis(1_000), Duration::from_millis(1_500)];
/// How long an answer over a stream may take.
const STREAM_PATIENCE: Duration = Duration::from_secs(3);
/// The largest packet that is read, in bytes.
const LARGEST: usize = 2_048;
/// The code of the answer that says how to ask.
const UNAUTHORIZED: u16 = 401;
/// And of the one that says that it was asked with an old word.
const STALE_NONCE: u16 = 438;

/// Why there is no answer to be had.
#[derive(Debug, Error)]
pub enum ProbeError {
    /// Nothing came back.
    #[error("it does not answer")]
    Silent,
    /// It said no, with this code of RFC 8656.
    #[error("it refuses (error {0})")]
    Refused(u16),
    /// It said something else.
    #[error("it answers something that is no STUN")]
    Strange,
    /// The way there is closed.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// What can carry the words of a relay beside UDP.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// The way to a server.
pub enum Way {
    /// Datagrams to this address.
    Packets(UdpSocket, SocketAddr),
    /// A connection over TCP or TLS.
    Stream(Box<dyn Stream>),
}

/// Under which address the server sees the socket.
///
/// # Errors
/// [`ProbeError`].
pub async fn mapped(socket: &UdpSocket, server: SocketAddr) -> Result<SocketAddr, ProbeError> {
    let transaction = transaction()?;
    let request = Writer::new(Class::Request, Method::Binding, transaction).finish();
    let answer = ask_by_packets(socket, server, &request).await?;
    let message = Message::parse(&answer).ok_or(ProbeError::Strange)?;
    address(&message, attribute::XOR_MAPPED_ADDRESS)
}

/// Asks for a relayed address and gives it back.
///
/// # Errors
/// [`ProbeError`].
pub async fn allocate(
    mut way: Way,
    username: &str,
    credential: &str,
) -> Result<SocketAddr, ProbeError> {
    let mut realm = String::new();
    let mut nonce = Vec::new();
    // Asked without a name first, as RFC 8656 wants it; the second word may be old already.
    for _ in 0..3 {
        let mut request = Writer::new(Class::Request, Method::Allocate, transaction()?)
            .with(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
        if !nonce.is_empty() {
            request = signed(request, username, credential, &realm, &nonce);
        }
        let answer = way.ask(&request.finish()).await?;
        let message = Message::parse(&answer).ok_or(ProbeError::Strange)?;
        match code(&message) {
            None => {
                let relayed = address(&message, attribute::XOR_RELAYED_ADDRESS)?;
                let end = Writer::new(Class::Request, Method::Refresh, transaction()?)
                    .with(attribute::LIFETIME, &[0; 4]);
                let end = signed(end, username, credential, &realm, &nonce).finish();
                // If that is lost, it ends by itself.
                let _ = way.ask(&end).await;
                return Ok(relayed);
            }
            Some(UNAUTHORIZED) if nonce.is_empty() => {}
            Some(STALE_NONCE) => {}
            Some(code) => return Err(ProbeError::Refused(code)),
        }
        realm = message.text(attribute::REALM).ok_or(ProbeError::Strange)?.to_owned();
        nonce = message.get(attribute::NONCE).ok_or(ProbeError::Strange)?.to_vec();
    }
    Err(ProbeError::Refused(UNAUTHORIZED))
}

impl Way {
    /// The answer to this request.
    async fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, ProbeError> {
        match self {
            Self::Packets(socket, server) => ask_by_packets(socket, *server, request).await,
            Self::Stream(stream) => timeout(STREAM_PATIENCE, ask_by_stream(stream, request))
                .await
                .map_err(|_| ProbeError::Silent)?,
        }
    }
}

async fn ask_by_packets(
    socket: &UdpSocket,
    server: SocketAddr,
    request: &[u8],
) -> Result<Vec<u8>, ProbeError> {
    for patience in TRIES {
        socket.send_to(request, server).await?;
        let answered = async {
            let mut packet = vec![0; LARGEST];
            loop {
                let (bytes, from) = socket.recv_from(&mut packet).await?;
                if from == server && answers(&packet[..bytes], request) {
                    packet.truncate(bytes);
                    return Ok::<_, io::Error>(packet);
                }
            }
        };
        if let Ok(answer) = timeout(patience, answered).await {
            return Ok(answer?);
        }
    }
    Err(ProbeError::Silent)
}

async fn ask_by_stream(
    stream: &mut Box<dyn Stream>,
    request: &[u8],
) -> Result<Vec<u8>, ProbeError> {
    stream.write_all(request).await?;
    stream.flush().await?;
    let mut buffer = Vec::new();
    loop {
        match frame::next(&buffer).map_err(|_| ProbeError::Strange)? {
            Some(next) => {
                let packet = buffer[..next.len].to_vec();
                buffer.drain(..next.taken);
                if answers(&packet, request) {
                    return Ok(packet);
                }
            }
            None => {
                if stream.read_buf(&mut buffer).await? == 0 {
                    return Err(ProbeError::Silent);
                }
            }
        }
    }
}

/// Is this packet the answer to that request?
fn answers(packet: &[u8], request: &[u8]) -> bool {
    let (Some(packet), Some(request)) = (Message::parse(packet), Message::parse(request)) else {
        return false;
    };
    packet.transaction() == request.transaction() && packet.method() == request.method()
}

fn signed(request: Writer, username: &str, credential: &str, realm: &str, nonce: &[u8]) -> Writer {
    let key = ::turn::auth::generate_auth_key(username, realm, credential);
    request
        .with(attribute::USERNAME, username.as_bytes())
        .with(attribute::REALM, realm.as_bytes())
        .with(attribute::NONCE, nonce)
        .signed_with(&key)
}

fn address(message: &Message<'_>, kind: u16) -> Result<SocketAddr, ProbeError> {
    if let Some(code) = code(message) {
        return Err(ProbeError::Refused(code));
    }
    message.get(kind).and_then(|value| message.address(value)).ok_or(ProbeError::Strange)
}

/// The error's code, if it is one.
fn code(message: &Message<'_>) -> Option<u16> {
    if message.class() != Class::Error {
        return None;
    }
    match message.get(attribute::ERROR_CODE) {
        Some(&[_, _, class, number, ..]) => Some(u16::from(class & 7) * 100 + u16::from(number)),
        _ => Some(0),
    }
}

fn transaction() -> Result<[u8; 12], ProbeError> {
    let mut transaction = [0; 12];
    getrandom::fill(&mut transaction).map_err(io::Error::other)?;
    Ok(transaction)
}
