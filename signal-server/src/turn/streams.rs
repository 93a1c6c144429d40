//! The relay's clients on TCP and TLS, for networks that let no UDP pass. Each is a task that reads
//! frames and writes what waits for it; the listener owns them all.

mod places;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::{Buf as _, BytesMut};
use cinemasync_server_core::turn_wire::frame;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsAcceptor;

use super::client::{Client, ClientKey};
use super::desk::Ask;
use super::figures::Refused;
use super::forward::Forwarder;
use super::outbox::Outbox;
use super::quota::TurnLimits;
use super::shared::Shared;
use places::{Places, StreamPlace};

/// How long a client may go without an allocation, from its connection or the end of its last one,
/// the TLS handshake included.
const WITHOUT_ALLOCATION: Duration = Duration::from_secs(30);
/// How long writing what waits may take. Then the client reads too slowly, or is gone.
const WRITE: Duration = Duration::from_secs(10);
/// After an error of accepting: mostly too many open files, which passes.
const AFTER_ERROR: Duration = Duration::from_millis(100);
/// Read at once. A stream that is quiet holds no more than the rest of a frame.
const CHUNK: usize = 16 * 1024;

/// Accepts stream clients, forever. Dropping the future closes all of them.
pub(super) async fn serve(
    listener: usize,
    socket: TcpListener,
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    desk: mpsc::Sender<Ask>,
    limits: TurnLimits,
) {
    let places = Places::new(limits.streams_per_address);
    let mut tasks = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = socket.accept() => accepted,
            Some(_) = tasks.join_next() => continue,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::debug!(%error, "a connection to the relay was not accepted");
                tokio::time::sleep(AFTER_ERROR).await;
                continue;
            }
        };
        let place = StreamCount::take(&shared, limits.streams)
            .and_then(|count| Some((count, places.take(address.ip())?)));
        let Some(place) = place else {
            shared.counters.refuse(Refused::Stream);
            continue;
        };
        let (shared, desk, tls) = (shared.clone(), desk.clone(), tls.clone());
        tasks.spawn(async move {
            let _place: (StreamCount, StreamPlace) = place;
            let key = ClientKey { listener, address };
            if let Err(error) = client(key, stream, tls, &shared, &desk).await {
                tracing::debug!(%error, "a stream client of the relay ended");
            }
            // Its allocation ends with it, at once. Only the end of the desk can prevent that.
            let _ = desk.send(Ask::Gone(key)).await;
        });
    }
}

async fn client(
    key: ClientKey,
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    shared: &Arc<Shared>,
    desk: &mpsc::Sender<Ask>,
) -> io::Result<()> {
    let since = Instant::now();
    // Packets are time-critical and already collected into as few writes as there are.
    stream.set_nodelay(true)?;
    let local = stream.local_addr()?;
    let outbox = Arc::new(Outbox::default());
    let client = Client::Stream { key, outbox: outbox.clone(), local };
    match tls {
        None => talk(client, &outbox, stream, since, shared, desk).await,
        Some(tls) => {
            let stream = match timeout(WITHOUT_ALLOCATION, tls.accept(stream)).await {
                Ok(stream) => stream?,
                Err(_) => {
                    shared.counters.refuse(Refused::Stream);
                    return Err(io::ErrorKind::TimedOut.into());
                }
            };
            talk(client, &outbox, stream, since, shared, desk).await
        }
    }
}

/// Reads and writes on one task, until either ends.
async fn talk(
    client: Client,
    outbox: &Outbox,
    stream: impl AsyncRead + AsyncWrite,
    since: Instant,
    shared: &Arc<Shared>,
    desk: &mpsc::Sender<Ask>,
) -> io::Result<()> {
    let (reader, writer) = tokio::io::split(stream);
    tokio::select! {
        result = read(client, reader, since, shared, desk) => result,
        result = write(outbox, writer, shared) => result,
    }
}

async fn read(
    client: Client,
    reader: impl AsyncRead,
    mut since: Instant,
    shared: &Arc<Shared>,
    desk: &mpsc::Sender<Ask>,
) -> io::Result<()> {
    tokio::pin!(reader);
    let mut buffer = BytesMut::new();
    let mut requests = Vec::new();
    loop {
        buffer.reserve(CHUNK);
        match timeout(WITHOUT_ALLOCATION, reader.read_buf(&mut buffer)).await {
            Ok(Ok(0)) => return Ok(()),
            Ok(result) => drop(result?),
            Err(_) => {}
        }
        let relay = shared.relay_of(client.key());
        if relay.is_some() {
            since = Instant::now();
        } else if since.elapsed() > WITHOUT_ALLOCATION {
            shared.counters.refuse(Refused::Stream);
            return Err(io::ErrorKind::TimedOut.into());
        }
        let mut in_step = true;
        Forwarder::run(shared, |forwarder| {
            loop {
                let next = match frame::next(&buffer) {
                    Ok(Some(next)) => next,
                    Ok(None) => break,
                    Err(frame::OutOfStep) => {
                        in_step = false;
                        break;
                    }
                };
                let packet = &buffer[..next.len];
                if !frame::is_channel_data(packet) && !frame::is_send_indication(packet) {
                    requests.push(packet.to_vec());
                } else if let Some(relay) = &relay {
                    forwarder.take_from_client(relay, packet);
                } else {
                    shared.counters.refuse(Refused::NoPermission);
                }
                buffer.advance(next.taken);
            }
        });
        // At most what one read brought. Waiting here holds up this client only.
        for request in requests.drain(..) {
            if desk.send(Ask::Packet(client.clone(), request)).await.is_err() {
                return Ok(());
            }
        }
        if !in_step {
            shared.counters.refuse(Refused::Garbage);
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
}

async fn write(outbox: &Outbox, writer: impl AsyncWrite, shared: &Shared) -> io::Result<()> {
    tokio::pin!(writer);
    let mut frames = Vec::new();
    loop {
        outbox.take(&mut frames).await;
        let written = timeout(WRITE, async {
            writer.write_all(&frames).await?;
            writer.flush().await
        });
        match written.await {
            Ok(result) => result?,
            Err(_) => {
                shared.counters.refuse(Refused::SlowReader);
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
    }
}

/// One of all streams. Dropping it gives it back.
struct StreamCount(Arc<Shared>);

impl StreamCount {
    fn take(shared: &Arc<Shared>, most: usize) -> Option<Self> {
        let before = shared.streams.fetch_add(1, Ordering::Relaxed);
        let count = Self(shared.clone());
        (before < most).then_some(count)
    }
}

impl Drop for StreamCount {
    fn drop(&mut self) {
        self.0.streams.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Where a listener is bound.
pub(super) async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => tokio::net::TcpSocket::new_v4()?,
        SocketAddr::V6(_) => tokio::net::TcpSocket::new_v6()?,
    };
    // A restart must not wait for old connections to fade. Windows means something else by it.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(1024)
}
