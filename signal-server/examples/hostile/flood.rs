//! What attackers do, again and again: they connect, do one thing as fast as they can until they are
//! thrown out, and come again.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// How long an attacker waits that was not let in: otherwise this only measures how fast it fails.
const PAUSE: Duration = Duration::from_millis(5);

const FIN: u8 = 0x80;
const TEXT: u8 = 1;
const PING: u8 = 9;

/// One kind of attack.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Flood {
    Pings,
    Nonsense,
    Longest,
    Fragments,
    Guesses,
    Handshakes,
    Requests,
}

/// Where attackers come from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum From {
    /// From one address.
    One(Ipv4Addr),
    /// From another each time, 60,000 of them.
    Many,
}

impl From {
    fn address(self, turn: u64) -> Ipv4Addr {
        match self {
            Self::One(address) => address,
            Self::Many => {
                let number = u32::try_from(turn % 60_000).expect("far below");
                Ipv4Addr::from_bits(Ipv4Addr::new(127, 1, 0, 0).to_bits() + number)
            }
        }
    }
}

/// An attack under way; dropping it ends it.
pub(crate) struct Attack {
    tasks: Vec<JoinHandle<()>>,
    turns: Arc<AtomicU64>,
}

impl Flood {
    pub(crate) const ALL: [Self; 7] = [
        Self::Pings,
        Self::Nonsense,
        Self::Longest,
        Self::Fragments,
        Self::Guesses,
        Self::Handshakes,
        Self::Requests,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pings => "pings",
            Self::Nonsense => "messages of no sense",
            Self::Longest => "messages of 64 KiB",
            Self::Fragments => "empty fragments",
            Self::Guesses => "guesses of codes",
            Self::Handshakes => "handshakes",
            Self::Requests => "requests",
        }
    }

    /// Begins with so many attackers at that address.
    pub(crate) fn begin(
        self,
        runtime: &Runtime,
        server: SocketAddr,
        from: From,
        attackers: usize,
    ) -> Attack {
        let turns = Arc::new(AtomicU64::new(0));
        let attack = || {
            let turns = turns.clone();
            runtime.spawn(async move {
                loop {
                    let turn = turns.fetch_add(1, Ordering::Relaxed);
                    // An attacker that fails comes again, whatever the reason.
                    let _ = self.once(server, from.address(turn)).await;
                    tokio::time::sleep(PAUSE).await;
                }
            })
        };
        Attack { tasks: (0..attackers).map(|_| attack()).collect(), turns }
    }

    /// Until the server closes the connection.
    async fn once(self, server: SocketAddr, from: Ipv4Addr) -> std::io::Result<()> {
        let mut stream = connect(server, from).await?;
        if let Self::Requests = self {
            let requests = format!("GET / HTTP/1.1\r\nHost: {server}\r\n\r\n").repeat(50);
            return repeat(stream, requests.as_bytes()).await;
        }
        handshake(&mut stream, server).await?;
        let text = |text: &str| frame(FIN | TEXT, text.as_bytes());
        let bytes = match self {
            Self::Pings => frame(FIN | PING, b"?").repeat(100),
            Self::Nonsense => text(r#"{"type":"leave_room"}"#).repeat(100),
            Self::Longest => frame(FIN | TEXT, &[b' '; 64 * 1024]),
            Self::Fragments => {
                stream.write_all(&frame(TEXT, b"{")).await?;
                frame(0, b"").repeat(1_000)
            }
            Self::Guesses => {
                text(r#"{"type":"join_room","room":"AAAAAAAA","name":"N","protocol":1}"#)
                    .repeat(100)
            }
            Self::Handshakes | Self::Requests => return Ok(()),
        };
        repeat(stream, &bytes).await
    }
}

impl Attack {
    /// Ends it; how often an attacker was thrown out.
    pub(crate) fn end(self) -> u64 {
        self.turns.load(Ordering::Relaxed)
    }
}

impl Drop for Attack {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn connect(server: SocketAddr, from: Ipv4Addr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((from, 0)))?;
    socket.connect(server).await
}

async fn handshake(stream: &mut TcpStream, server: SocketAddr) -> std::io::Result<()> {
    let head = format!(
        "GET /ws HTTP/1.1\r\nHost: {server}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await?;
    Ok(())
}

/// Writes it again and again, and reads what comes, as otherwise it is not the flood that ends it.
async fn repeat(stream: TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    let (mut reading, mut writing) = stream.into_split();
    let mut sink = tokio::io::sink();
    tokio::select! {
        read = tokio::io::copy(&mut reading, &mut sink) => read.map(|_| ()),
        written = async {
            loop {
                writing.write_all(bytes).await?;
            }
        } => written,
    }
}

/// A frame, masked with zeros.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match u16::try_from(payload.len()) {
        Ok(len @ 0..126) => frame.push(0x80 | len.to_be_bytes()[1]),
        Ok(len) => {
            frame.push(0x80 | 126);
            frame.extend(len.to_be_bytes());
        }
        Err(_) => {
            frame.push(0x80 | 127);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}
