//! One client: connects from a loopback address of its own choice, upgrades to a WebSocket, enters
//! rooms. What it does there is `crowd`'s and `cycles`'.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpSocket;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::dialect::{Dialect, Entry, Heard};

/// How long the server may take for one answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Ten thousand of these must fit in memory.
const READ_BUFFER_BYTES: usize = 2 * 1_024;

/// A stream to the server, with or without TLS.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// A WebSocket to the server.
pub(crate) type Socket = WebSocketStream<Box<dyn Stream>>;

/// The server, and how it is spoken to.
pub(crate) struct Target {
    server: SocketAddr,
    /// What it speaks.
    pub(crate) dialect: Dialect,
    tls: Option<TlsConnector>,
    one_address: bool,
    addresses: AtomicU32,
}

impl Target {
    /// `tls_ca`: speak TLS and trust this certificate.
    pub(crate) fn new(
        server: SocketAddr,
        dialect: Dialect,
        tls_ca: Option<&Path>,
        one_address: bool,
    ) -> Result<Self> {
        let tls = tls_ca.map(connector).transpose()?;
        Ok(Self { server, dialect, tls, one_address, addresses: AtomicU32::new(0) })
    }

    /// A loopback address for the next household: the server's limits for each address hold, and are
    /// not what is measured.
    pub(crate) fn next_address(&self) -> Ipv4Addr {
        if self.one_address {
            return Ipv4Addr::LOCALHOST;
        }
        nth_address(self.addresses.fetch_add(1, Ordering::Relaxed))
    }

    /// A client that is ready to enter a room.
    pub(crate) async fn connect(&self, from: Ipv4Addr) -> Result<Client> {
        tokio::time::timeout(PATIENCE, self.open(from)).await.context("no connection in time")?
    }

    async fn open(&self, from: Ipv4Addr) -> Result<Client> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((from, 0))).context("no port is left")?;
        let stream = socket.connect(self.server).await.context("not connected")?;
        stream.set_nodelay(true)?;
        let (stream, scheme): (Box<dyn Stream>, _) = match &self.tls {
            None => (Box::new(stream), "ws"),
            Some(tls) => {
                let name = ServerName::try_from("localhost").context("a host name")?;
                (Box::new(tls.connect(name, stream).await.context("no TLS")?), "wss")
            }
        };
        let url = format!("{scheme}://{}{}", self.server, self.dialect.path());
        let config =
            WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES).write_buffer_size(0);
        let (socket, _) =
            tokio_tungstenite::client_async_with_config(url, stream, Some(config)).await?;
        let mut client = Client { socket, dialect: self.dialect };
        if self.dialect.waits_for_ready() {
            while client.hear().await? != Heard::Ready {}
        }
        Ok(client)
    }
}

/// Addresses from 127.1.0.1 on, none of which ends in 0 or 255.
fn nth_address(n: u32) -> Ipv4Addr {
    let (rest, last) = (n / 254, n % 254 + 1);
    let (second, third) = (rest / 256 % 254 + 1, rest % 256);
    let byte = |value: u32| u8::try_from(value).expect("below 256: a remainder");
    Ipv4Addr::new(127, byte(second), byte(third), byte(last))
}

fn connector(ca: &Path) -> Result<TlsConnector> {
    let pem = fs::read(ca).with_context(|| format!("cannot read {}", ca.display()))?;
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(&pem).context("not a certificate")?)?;
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// A connected client.
pub(crate) struct Client {
    /// Its socket.
    pub(crate) socket: Socket,
    dialect: Dialect,
}

impl Client {
    /// Makes a room.
    pub(crate) async fn create(&mut self) -> Result<Entry> {
        self.say(self.dialect.create()).await?;
        self.entered().await
    }

    /// Enters a room.
    pub(crate) async fn join(&mut self, room: &str) -> Result<Entry> {
        self.say(self.dialect.join(room)).await?;
        self.entered().await
    }

    /// Leaves the room, and hears that it did.
    pub(crate) async fn leave(&mut self) -> Result<()> {
        self.say(self.dialect.leave()).await?;
        loop {
            match self.hear().await? {
                Heard::Left => return Ok(()),
                Heard::Refused(code) => bail!("refused: {code}"),
                _ => {}
            }
        }
    }

    /// Closes the connection and waits until the server has closed it too.
    pub(crate) async fn close(mut self) {
        let close = async {
            if self.socket.close(None).await.is_ok() {
                while let Some(Ok(_)) = self.socket.next().await {}
            }
        };
        // Whether it succeeds matters to nobody any more.
        let _ = tokio::time::timeout(PATIENCE, close).await;
    }

    /// Reads, and answers what must be answered, until the server is gone.
    pub(crate) async fn listen(mut self) {
        while self.next().await.is_ok() {}
    }

    async fn entered(&mut self) -> Result<Entry> {
        loop {
            match self.hear().await? {
                Heard::Entered(entry) => return Ok(entry),
                Heard::Refused(code) => bail!("refused: {code}"),
                _ => {}
            }
        }
    }

    async fn say(&mut self, text: String) -> Result<()> {
        self.socket.send(Message::text(text)).await.context("the server is gone")
    }

    async fn hear(&mut self) -> Result<Heard> {
        tokio::time::timeout(PATIENCE, self.next()).await.context("no answer in time")?
    }

    async fn next(&mut self) -> Result<Heard> {
        loop {
            let message = self.socket.next().await.context("the server is gone")??;
            match message {
                Message::Text(text) => match self.dialect.hear(&text) {
                    Heard::Answer(answer) => self.say(answer.to_owned()).await?,
                    heard => return Ok(heard),
                },
                Message::Close(frame) => bail!("closed by the server: {frame:?}"),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn addresses_are_distinct_and_of_this_machine() {
        let some = (0..100_000).map(nth_address).collect::<BTreeSet<_>>();
        assert_eq!(some.len(), 100_000);
        assert!(some.iter().all(Ipv4Addr::is_loopback));
        assert!(!some.contains(&Ipv4Addr::LOCALHOST));
        assert!(nth_address(u32::MAX).is_loopback());
    }
}
