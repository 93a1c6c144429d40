//! One TCP or TLS connection to a relay, as a task: made when there is something to send, and over
//! when its handle is dropped. It is made once; after a loss new sockets bring new lines.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::io::{
    AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf,
};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep_until, timeout};

use super::race::Race;
use super::{OnLost, Target, frame};
use crate::platform::tls;

/// Messages that wait to be sent. A line that is too slow for them loses the newest, as UDP would:
/// what waits longer is too late for a voice.
const OUTGOING: usize = 128;
/// What the system keeps for a slow line, for the same reason.
const SEND_BUFFER_BYTES: u32 = 128 * 1024;
/// How long one address may take to answer, and all of it with TLS.
const ADDRESS_PATIENCE: Duration = Duration::from_secs(4);
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);
/// The last words (giving back what was allocated) may take so long.
const CLOSE_PATIENCE: Duration = Duration::from_millis(300);
/// The writer's pace: so much in each such time. Whole bursts at once make both ends stutter.
const BURST_BYTES: usize = 32 * 1024;
const BURST_TIME: Duration = Duration::from_millis(2);

/// What a relay said, with the address that stands for it.
pub(super) type Incoming = (SocketAddr, Bytes);

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A line. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Line {
    outgoing: mpsc::Sender<Bytes>,
    /// Only to be dropped.
    _stop: oneshot::Sender<()>,
}

/// What a line's task works with.
struct Work {
    target: Target,
    address: SocketAddr,
    race: Arc<Race>,
    outgoing: mpsc::Receiver<Bytes>,
    incoming: mpsc::Sender<Incoming>,
    stop: oneshot::Receiver<()>,
    on_lost: OnLost,
}

impl Line {
    /// A line to `target`, whose words come to `incoming` as from `address`. A full `incoming` loses
    /// what comes.
    pub(super) fn begin(
        target: Target,
        address: SocketAddr,
        race: Arc<Race>,
        incoming: mpsc::Sender<Incoming>,
        on_lost: OnLost,
    ) -> Self {
        let (sender, outgoing) = mpsc::channel(OUTGOING);
        let (_stop, stop) = oneshot::channel();
        tokio::spawn(Work { target, address, race, outgoing, incoming, stop, on_lost }.run());
        Self { outgoing: sender, _stop }
    }

    /// Sends a message in its turn; an error if there is no line.
    pub(super) fn send(&self, message: &[u8]) -> io::Result<()> {
        let mut padded = BytesMut::with_capacity(message.len() + 3);
        padded.extend_from_slice(message);
        padded.extend_from_slice(&[0; 3][..frame::padding(message)]);
        match self.outgoing.try_send(padded.freeze()) {
            Ok(()) | Err(mpsc::error::TrySendError::Full(_)) => Ok(()),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

impl Work {
    async fn run(mut self) {
        let stream = tokio::select! {
            _ = &mut self.stop => return,
            connected = connect_in_turn(&self.target, &self.race) => match connected {
                Ok(Some(stream)) => stream,
                Ok(None) => return,
                Err(error) => {
                    tracing::info!(%error, tls = self.target.tls, "a relay cannot be reached");
                    return;
                }
            },
        };
        tracing::debug!(tls = self.target.tls, "a relay is reached over TCP");
        let (reading, mut writing) = tokio::io::split(stream);
        let mut buffer = waiting(&mut self.outgoing);
        let lost = tokio::select! {
            lost = read(reading, self.address, &self.incoming) => Some(lost),
            lost = write(&mut writing, &mut self.outgoing, &mut buffer) => lost,
            _ = &mut self.stop => None,
        };
        if let Some(error) = lost {
            tracing::info!(%error, tls = self.target.tls, "the connection to a relay is lost");
            return (self.on_lost)();
        }
        while let Ok(message) = self.outgoing.try_recv() {
            buffer.extend_from_slice(&message);
        }
        let last_words = async {
            writing.write_all_buf(&mut buffer).await?;
            writing.shutdown().await
        };
        // Whoever does not hear us will see the end of the connection.
        let _ = timeout(CLOSE_PATIENCE, last_words).await;
    }
}

async fn connect_in_turn(target: &Target, race: &Race) -> io::Result<Option<Box<dyn Stream>>> {
    if !race.turn(target.rank()).await {
        return Ok(None);
    }
    match timeout(CONNECT_PATIENCE, connect(target)).await {
        Ok(connected) => connected.map(Some),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

async fn connect(target: &Target) -> io::Result<Box<dyn Stream>> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in lookup_host((target.host.as_str(), target.port)).await? {
        match timeout(ADDRESS_PATIENCE, connect_tcp(address)).await {
            Ok(Ok(stream)) if target.tls => {
                return Ok(Box::new(tls::connect(&target.host, stream).await?));
            }
            Ok(Ok(stream)) => return Ok(Box::new(stream)),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}

async fn connect_tcp(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if let Err(error) = socket.set_send_buffer_size(SEND_BUFFER_BYTES) {
        tracing::debug!(%error, "the system keeps its own size of a send buffer");
    }
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Takes in what the relay says, until the line is lost; says why.
async fn read(
    mut stream: ReadHalf<Box<dyn Stream>>,
    from: SocketAddr,
    incoming: &mpsc::Sender<Incoming>,
) -> io::Error {
    // A message is 64 KiB and a little at most, so that this ends growing.
    let mut bytes = BytesMut::with_capacity(16 * 1024);
    loop {
        match frame::first(&bytes) {
            Ok(Some((taken, length))) => {
                let message = bytes.split_to(taken).freeze().slice(..length);
                // Full: the connection does not keep up. Lost, as on any way.
                let _ = incoming.try_send((from, message));
            }
            Ok(None) => match stream.read_buf(&mut bytes).await {
                Ok(0) => return io::ErrorKind::UnexpectedEof.into(),
                Ok(_) => {}
                Err(error) => return error,
            },
            Err(frame::NotTurn) => return io::ErrorKind::InvalidData.into(),
        }
    }
}

/// Sends what is to be sent at its pace, until the line is lost (says why) or no longer wanted. What
/// was not sent by then is in `buffer`.
async fn write(
    stream: &mut WriteHalf<Box<dyn Stream>>,
    outgoing: &mut mpsc::Receiver<Bytes>,
    buffer: &mut BytesMut,
) -> Option<io::Error> {
    let mut sent = 0;
    let mut began = Instant::now();
    loop {
        if buffer.is_empty() {
            buffer.extend_from_slice(&outgoing.recv().await?);
        }
        while buffer.len() < BURST_BYTES
            && let Ok(message) = outgoing.try_recv()
        {
            buffer.extend_from_slice(&message);
        }
        if began.elapsed() >= BURST_TIME {
            (sent, began) = (0, Instant::now());
        }
        let part = buffer.len().min(BURST_BYTES - sent);
        let written = async {
            stream.write_all_buf(&mut (&mut *buffer).take(part)).await?;
            stream.flush().await
        };
        if let Err(error) = written.await {
            return Some(error);
        }
        sent += part;
        if sent >= BURST_BYTES {
            sleep_until((began + BURST_TIME).into()).await;
        }
    }
}

/// What was said before the line stood, once each: the crate says it again until it is answered.
fn waiting(outgoing: &mut mpsc::Receiver<Bytes>) -> BytesMut {
    let mut messages: Vec<Bytes> = Vec::new();
    while let Ok(message) = outgoing.try_recv() {
        if !messages.contains(&message) {
            messages.push(message);
        }
    }
    BytesMut::from_iter(messages.into_iter().flatten())
}
