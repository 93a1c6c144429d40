//! The embedded TURN relay, over UDP, TCP and TLS. The `turn` crate keeps the protocol's
//! bookkeeping; who may ask for what is the desk's and the pure core's; packets take a short way of
//! their own.
//!
//! The parts: `packets` and `streams` are the listeners, `desk` answers requests and asks the crate
//! (through `crate_side`), `relay` is one allocation, `forward` the way of each packet, in `train`s,
//! through `socket`s or an `outbox`. `shared` holds what all of them know.

mod client;
mod crate_side;
mod desk;
mod figures;
mod forward;
mod metrics;
mod outbox;
mod packets;
mod quota;
mod relay;
mod settings;
mod shared;
mod socket;
mod streams;
mod train;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use cinemasync_server_core::relay_policy::RelayPolicy;
use cinemasync_server_core::turn_nonce::NonceKey;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use desk::{Authority, Desk};
pub use figures::{Refused, TurnFigures};
pub(crate) use metrics::TurnCollector;
use quota::Quotas;
pub use quota::TurnLimits;
pub use settings::TurnSettings;
use shared::Shared;
use socket::PacketSocket;

/// Requests that wait for the desk. It answers tens of thousands a second; when it is full, one on UDP
/// is lost and asked again, and a stream waits.
const ASKS: usize = 1024;
/// How often a port that UDP chose is tried on TCP, when any port will do.
const SAME_PORT_TRIES: usize = 16;

/// Why the relay cannot start.
#[derive(Debug, Error)]
pub enum TurnError {
    /// Nobody could be told where it relays.
    #[error(
        "The relay needs the address under which participants reach this machine. Give it with --public-ip."
    )]
    NoPublicIp,
    /// Two addresses of the same family.
    #[error("The relay has one IPv4 and one IPv6 address at most. Give fewer with --public-ip.")]
    TwoPublicIps,
    /// TLS without a certificate.
    #[error(
        "The relay cannot speak TLS without a certificate. Give the server one, or leave out --turn-tls-listen."
    )]
    NoCertificate,
    /// An address cannot be listened on.
    #[error(
        "The relay cannot listen on {address}: {error}. Choose another address with --turn-listen or --turn-tls-listen, or end the program that uses it."
    )]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
}

/// A relay's addresses for participants, and the secret that makes credentials for it.
#[derive(Clone, PartialEq, Eq)]
pub struct TurnUrls {
    /// As in `RTCIceServer`: `turn:…?transport=udp` and so on, the best first.
    pub urls: Vec<String>,
    /// For `turn_credentials::issue`. Not shown by `Debug`.
    pub secret: Vec<u8>,
}

impl std::fmt::Debug for TurnUrls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TurnUrls").field("urls", &self.urls).finish_non_exhaustive()
    }
}

/// Whether these fit together.
pub(crate) fn check(
    public_ips: &[IpAddr],
    tls_listen: &[SocketAddr],
    has_certificate: bool,
) -> Result<(), TurnError> {
    let six = public_ips.iter().filter(|ip| ip.is_ipv6()).count();
    if public_ips.is_empty() {
        return Err(TurnError::NoPublicIp);
    }
    if six > 1 || public_ips.len() - six > 1 {
        return Err(TurnError::TwoPublicIps);
    }
    if !has_certificate && !tls_listen.is_empty() {
        return Err(TurnError::NoCertificate);
    }
    Ok(())
}

/// A running relay. Dropping it ends it at once, with every allocation and connection.
pub struct TurnServer {
    shared: Arc<Shared>,
    given: TurnUrls,
    addresses: Vec<SocketAddr>,
    tls_addresses: Vec<SocketAddr>,
    tasks: JoinSet<()>,
}

impl TurnServer {
    /// Starts to listen and relay, on tasks of the current tokio runtime.
    ///
    /// # Errors
    /// [`TurnError`] when the settings do not fit together or an address cannot be used.
    pub async fn start(settings: TurnSettings) -> Result<Self, TurnError> {
        check(&settings.public_ips, &settings.tls_listen, settings.tls.is_some())?;
        let tls = settings.tls.clone().map(TlsAcceptor::from);
        let policy = RelayPolicy::new(
            settings.public_ips.clone(),
            own_addresses(),
            settings.ports.clone(),
            settings.allow_private,
        );
        let shared = Arc::new(Shared::new(
            policy,
            Quotas::new(settings.limits),
            settings.public_ips.clone(),
            settings.ports.clone(),
        ));
        let mut server = Self {
            shared,
            given: TurnUrls { urls: Vec::new(), secret: settings.secret.clone() },
            addresses: Vec::new(),
            tls_addresses: Vec::new(),
            tasks: JoinSet::new(),
        };
        server.listen(&settings, tls).await?;
        server.given.urls = settings.urls(&server.addresses, &server.tls_addresses);
        Ok(server)
    }

    async fn listen(
        &mut self,
        settings: &TurnSettings,
        tls: Option<TlsAcceptor>,
    ) -> Result<(), TurnError> {
        let (asks, asked) = mpsc::channel(ASKS);
        let authority = Authority {
            nonces: NonceKey::new(&settings.secret),
            secret: settings.secret.clone(),
            realm: settings.realm.clone(),
        };
        self.tasks.spawn(Desk::new(self.shared.clone(), authority).run(asked));
        // Numbers the listeners, so that equal addresses of clients on two are told apart.
        let mut listeners = 0..;
        let mut number = || listeners.next().expect("there are more numbers than listeners");
        for address in settings.listen.iter().copied() {
            let error = |error| TurnError::Listen { address, error };
            let (packets, streams) = bind_both(address).await.map_err(error)?;
            self.addresses.push(packets.local_addr());
            let shared = self.shared.clone();
            self.tasks.spawn(packets::serve(number(), packets, shared, asks.clone()));
            let (shared, limits) = (self.shared.clone(), settings.limits);
            self.tasks.spawn(streams::serve(number(), streams, None, shared, asks.clone(), limits));
        }
        for address in settings.tls_listen.iter().copied() {
            let error = |error| TurnError::Listen { address, error };
            let streams = streams::bind(address).await.map_err(error)?;
            self.tls_addresses.push(streams.local_addr().map_err(error)?);
            let (shared, limits, tls) = (self.shared.clone(), settings.limits, tls.clone());
            self.tasks.spawn(streams::serve(number(), streams, tls, shared, asks.clone(), limits));
        }
        Ok(())
    }

    /// Where it listens, on UDP and TCP.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Where it listens on TLS.
    pub fn tls_addresses(&self) -> &[SocketAddr] {
        &self.tls_addresses
    }

    /// What participants are given.
    pub fn urls(&self) -> &TurnUrls {
        &self.given
    }

    /// Its figures now.
    pub fn figures(&self) -> TurnFigures {
        self.shared.figures()
    }

    /// A way to its figures that outlives it.
    pub fn figures_reader(&self) -> impl Fn() -> TurnFigures + Send + Sync + use<> {
        let shared = self.shared.clone();
        move || shared.figures()
    }

    /// Its figures for `/metrics`.
    pub(crate) fn collector(&self) -> TurnCollector {
        TurnCollector(self.shared.clone())
    }

    /// Ends it and waits until it has let go of its sockets.
    pub async fn shutdown(mut self) {
        self.tasks.shutdown().await;
    }
}

/// UDP and TCP on one address, and on the same port if any will do.
async fn bind_both(address: SocketAddr) -> io::Result<(Arc<PacketSocket>, TcpListener)> {
    let mut tries = 0;
    loop {
        let packets = PacketSocket::bind(address)?;
        match streams::bind(packets.local_addr()).await {
            Ok(streams) => return Ok((Arc::new(packets), streams)),
            Err(error) if address.port() != 0 || tries == SAME_PORT_TRIES => return Err(error),
            Err(_) => tries += 1,
        }
    }
}

/// The machine's addresses, which are not relayed to: its firewall trusts the machine itself.
fn own_addresses() -> Vec<IpAddr> {
    match if_addrs::get_if_addrs() {
        Ok(interfaces) => interfaces.into_iter().map(|interface| interface.ip()).collect(),
        Err(error) => {
            tracing::warn!(
                %error,
                "the machine's addresses are unknown; the relay refuses its public one only"
            );
            Vec::new()
        }
    }
}
