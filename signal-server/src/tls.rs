//! TLS on the server's port: handshakes, and the certificate that all of them show. Where that comes
//! from is `files` or `acme`, what it holds `certificate`. What is said inside is not known here.

mod acme;
mod certificate;
mod files;
mod stream;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use thiserror::Error;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::{self, ServerConfig};

pub use certificate::CertificateError;
use certificate::Certificates;
pub(crate) use stream::Stream;

use crate::config::{Source, TlsConfig, TlsOptionsError};
use crate::metrics::Metrics;

/// How long a client may take for its handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// What a connection may hold of its own that its client does not read.
const SEND_BUFFER_BYTES: usize = 16 * 1024;
/// The first byte of a TLS handshake (RFC 8446 §5.1).
const HANDSHAKE_RECORD: u8 = 22;
const HTTP: &[u8] = b"http/1.1";
const ACME_CHALLENGE: &[u8] = b"acme-tls/1";
const PLAIN_HTTP_ANSWER: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\
    Content-Type: text/plain; charset=utf-8\r\nContent-Length: 54\r\nConnection: close\r\n\r\n\
    This port speaks TLS: connect with https:// or wss://.";
/// How much a client that is not served may still say.
const LAST_WORDS_BYTES: u64 = 64 * 1024;

/// Why there can be no TLS.
#[derive(Debug, Error)]
pub enum TlsError {
    /// Options that do not fit together.
    #[error(transparent)]
    Options(#[from] TlsOptionsError),
    /// The certificate is not one.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The authority's own certificates cannot be read.
    #[error(
        "The certificates in {file} cannot be used: {fault}. --acme-ca names a PEM file with those of the certificate authority."
    )]
    Authority {
        /// Which file.
        file: PathBuf,
        /// What is wrong with it.
        fault: String,
    },
    /// The system knows no authorities.
    #[error(
        "This system knows no certificate authorities, so that the one for --domain cannot be recognised. Install the package ca-certificates, or name a file with --acme-ca."
    )]
    NoAuthorities,
    /// The system names no folder to keep certificates in.
    #[error("This user has no place to keep certificates. Name a folder with --acme-cache.")]
    Nowhere,
    /// The system gives no randomness.
    #[error("The system gives no random numbers for TLS: {0}.")]
    Random(rustls::Error),
}

/// The server's TLS. Dropping it ends the care for its certificate.
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    keeper: JoinHandle<()>,
    failed: Counter,
}

impl Tls {
    /// As the options say; none for a plain port. A certificate in files must be there already, one
    /// from an authority comes later.
    pub(crate) fn start(config: &TlsConfig, metrics: &Metrics) -> Result<Option<Self>, TlsError> {
        let certificates = Arc::new(Certificates::default());
        let (protocols, keeper) = match config.source()? {
            Source::Plain => return Ok(None),
            Source::Files { cert, key } => {
                let files = files::Files { cert, key };
                let found = files.look();
                certificates.install(found.certificate?);
                let care = files::keep(files, found.fingerprint, certificates.clone());
                (vec![HTTP], tokio::spawn(care))
            }
            Source::Acme(options) => {
                let order = acme::Acme::new(options)?;
                let care = acme::keep(order, certificates.clone());
                (vec![HTTP, ACME_CHALLENGE], tokio::spawn(care))
            }
        };
        let failed = Counter::default();
        let help = "TLS handshakes that failed or took too long";
        metrics.register("tls_handshakes_failed", help, failed.clone());
        let help = "When the TLS certificate expires, in Unix time; 0 while there is none";
        metrics.register("tls_certificate_expiry_seconds", help, certificates.expiry());
        let acceptor = TlsAcceptor::from(server_config(certificates, &protocols)?);
        Ok(Some(Self { acceptor, keeper, failed }))
    }

    /// The same certificate, for listeners that speak something else than HTTP.
    pub(crate) fn config_without_protocols(&self) -> Arc<ServerConfig> {
        let mut config = ServerConfig::clone(self.acceptor.config());
        config.alpn_protocols.clear();
        Arc::new(config)
    }

    /// Whether it could start: the options fit together, and a certificate in files can be used.
    pub(crate) fn check(config: &TlsConfig) -> Result<(), TlsError> {
        match config.source()? {
            Source::Plain => {}
            Source::Files { cert, key } => drop(files::Files { cert, key }.look().certificate?),
            Source::Acme(options) => drop(acme::Acme::new(options)?),
        }
        Ok(())
    }

    /// Shakes hands; none when that failed, or when it was all that the client came for.
    pub(crate) async fn accept(&self, mut stream: TcpStream) -> Option<Stream> {
        let handshake = async {
            let mut first = [0];
            if stream.peek(&mut first).await? == 0 {
                // Somebody looked whether the port is open.
                return Ok(None);
            }
            if first[0] != HANDSHAKE_RECORD {
                refuse_plain(&mut stream).await?;
                return Err(std::io::Error::other("not TLS"));
            }
            let limit_buffer = |connection: &mut rustls::ServerConnection| {
                connection.set_buffer_limit(Some(SEND_BUFFER_BYTES));
            };
            self.acceptor.accept_with(stream, limit_buffer).await.map(Some)
        };
        match tokio::time::timeout(HANDSHAKE_TIMEOUT, handshake).await {
            Ok(Ok(stream)) => {
                // An authority has seen all it wants when it has seen the certificate.
                let served =
                    stream.filter(|tls| tls.get_ref().1.alpn_protocol() != Some(ACME_CHALLENGE));
                return served.map(|tls| Stream::Tls(Box::new(tls)));
            }
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
        self.failed.inc();
        None
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

/// Says in plain HTTP that this is the wrong way, then hears the client out: what is dropped unread
/// resets the connection, and the reset overtakes the answer.
async fn refuse_plain(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(PLAIN_HTTP_ANSWER).await?;
    stream.shutdown().await?;
    let mut last_words = stream.take(LAST_WORDS_BYTES);
    tokio::io::copy(&mut last_words, &mut tokio::io::sink()).await?;
    Ok(())
}

/// Shows the newest of `certificates` and speaks one of `protocols`, the first that the client knows.
fn server_config(
    certificates: Arc<Certificates>,
    protocols: &[&[u8]],
) -> Result<Arc<ServerConfig>, TlsError> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("the provider has the suites of TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    // Who comes back resumes by a ticket that the client keeps: the server remembers nothing.
    config.ticketer = ring::Ticketer::new().map_err(TlsError::Random)?;
    config.send_tls13_tickets = 1;
    Ok(Arc::new(config))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
