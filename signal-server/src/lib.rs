//! The CinemaSync signaling server: sockets, HTTP and logs around the pure rules of
//! `cinemasync-server-core`.
//!
//! [`Server`] is also what the desktop client runs inside itself when nobody has a server. The
//! parts: `config` what it is told, `listener` accepts, `door` counts who comes, `http` answers
//! requests, `connection` is one WebSocket, `hub` the rooms and who is to be told what, `outbox` what
//! waits to be sent, `metrics` and `log` what is seen from outside, `papers` completions and manual pages, `probe` what is asked of a relay to check it, `secret_file` what outlives a
//! restart, `tls` the handshakes and the certificate, `turn` the relay.

mod check;
mod command_line;
mod config;
mod connection;
mod door;
mod http;
mod hub;
mod listener;
mod log;
mod metered;
mod metrics;
mod outbox;
pub mod papers;
pub mod probe;
mod secret_file;
mod state_directory;
mod tls;
mod turn;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use cinemasync_server_core::Relay;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use self::turn::{
    Refused, TurnError, TurnFigures, TurnLimits, TurnServer, TurnSettings, TurnUrls,
};
pub use check::{Checked, Reach};
use cinemasync_server_core::metered::Pacing;
pub use command_line::CommandLine;
pub use config::{
    ClientVersion, Config, LimitsConfig, LogAddresses, LogFormat, MeteredConfig, MeteredFault,
    PortRange, SecretConfig, ServerSecret, TlsConfig, TlsOptionsError, TurnConfig,
};
use hub::Hub;
use metered::Metered;
pub use secret_file::{SecretError, SecretOrigin};
use tls::Tls;
pub use tls::{CertificateError, TlsError};

/// How long connections get for their goodbye when the server ends.
const GOODBYE: Duration = Duration::from_secs(3);

/// Separates the relay's use of the server's secret from every other.
const RELAY_KEY_CONTEXT: &str = "CinemaSync signaling server, TURN credentials, version 1";

/// Why the server cannot start.
#[derive(Debug, Error)]
pub enum BindError {
    /// The address cannot be listened on.
    #[error(
        "The server cannot listen on {address}: {error}. Choose another address with --listen, or end the program that uses it."
    )]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// What the system says.
        error: std::io::Error,
    },
    /// The system gives no randomness, without which codes could be guessed.
    #[error("The system gives no random numbers ({0}); without them room codes could be guessed.")]
    Random(getrandom::Error),
    /// There can be no TLS as the options want it.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The relay cannot start.
    #[error(transparent)]
    Turn(#[from] TurnError),
    /// The account at Metered.ca is only half there, or cannot be one.
    #[error(transparent)]
    Metered(#[from] MeteredFault),
}

/// A running server. Dropping it ends it at once, [`Server::shutdown`] properly.
pub struct Server {
    address: SocketAddr,
    hub: Arc<Hub>,
    stop: watch::Sender<bool>,
    listener: tokio::task::JoinHandle<()>,
    clock: tokio::task::JoinHandle<()>,
    turn: Option<TurnServer>,
    /// Asks for relays for as long as the server runs.
    _metered: Option<Metered>,
}

impl Server {
    /// Starts to listen and serve, on tasks of the current tokio runtime. Touches no disk: a secret
    /// that is to outlive the server is loaded before, by [`SecretConfig::load`].
    ///
    /// # Errors
    /// [`BindError`] when the address or the certificate cannot be used.
    pub async fn bind(config: Config) -> Result<Self, BindError> {
        let metered = config.metered.service()?;
        let requested = config.listen;
        let listen_error = |error| BindError::Listen { address: requested, error };
        let socket = TcpListener::bind(requested).await.map_err(listen_error)?;
        let address = socket.local_addr().map_err(listen_error)?;
        let secret = match config.secret.key {
            Some(ServerSecret(secret)) => secret,
            None => random_secret()?,
        };
        let hub = Arc::new(Hub::new(&config, secret));
        let tls = Tls::start(&config.tls, hub.metrics())?.map(Arc::new);
        let turn = start_turn(&config, secret, tls.as_deref()).await?;
        if let Some(turn) = &turn {
            hub.metrics().register_collector(turn.collector());
            let TurnUrls { urls, secret } = turn.urls().clone();
            hub.add_relay(Relay { urls, secret });
        }
        let (stop, stopped) = watch::channel(false);
        let listener =
            tokio::spawn(listener::serve(socket, hub.clone(), Arc::new(config), tls, stopped));
        let metered = metered.map(|service| {
            let hub = hub.clone();
            Metered::start(service, Pacing::default(), move |servers| hub.set_metered(servers))
        });
        let clock = tokio::spawn({
            let hub = hub.clone();
            async move { hub.keep_time().await }
        });
        Ok(Self { address, hub, stop, listener, clock, turn, _metered: metered })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Its relay, if it has one.
    pub fn turn(&self) -> Option<&TurnServer> {
        self.turn.as_ref()
    }

    /// Tells everybody that it goes, closes all connections and ends; within a few seconds.
    pub async fn shutdown(mut self) {
        self.hub.begin_shutdown();
        self.stop.send_replace(true);
        if tokio::time::timeout(GOODBYE, &mut self.listener).await.is_err() {
            tracing::warn!("some connections did not take their goodbye");
            self.listener.abort();
        }
    }
}

/// The relay, if the configuration wants one.
async fn start_turn(
    config: &Config,
    secret: [u8; 32],
    tls: Option<&Tls>,
) -> Result<Option<TurnServer>, BindError> {
    // Of its own, and the same after a restart: credentials outlive it as places in rooms do.
    let secret = blake3::derive_key(RELAY_KEY_CONTEXT, &secret).to_vec();
    let certificate = tls.map(Tls::config_without_protocols);
    let Some(mut settings) = TurnSettings::new(&config.turn, secret, certificate) else {
        return Ok(None);
    };
    // The name that the certificate is for.
    settings.host = settings.host.or_else(|| config.tls.domain.first().cloned());
    Ok(Some(TurnServer::start(settings).await?))
}

fn random_secret() -> Result<[u8; 32], BindError> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(BindError::Random)?;
    Ok(secret)
}

impl Drop for Server {
    fn drop(&mut self) {
        // The listener owns every connection: they end with it.
        self.listener.abort();
        self.clock.abort();
    }
}
