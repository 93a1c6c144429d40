//! One request to the service: bounded in time and in size, without redirections, and with errors
//! that name neither the address nor the key in it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cinemasync_server_core::metered::{Answer, Fault, MAX_ANSWER_BYTES, read};
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::header::{ACCEPT, CONNECTION, HOST, USER_AGENT};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

use crate::config::MeteredService;

/// For all of it, from the name's resolution to the last byte.
const PATIENCE: Duration = Duration::from_secs(10);
const AGENT: &str = concat!("cinemasync-server/", env!("CARGO_PKG_VERSION"));

/// Why there is no answer.
#[derive(Debug, Error)]
pub(crate) enum FetchError {
    #[error("it cannot be reached ({0})")]
    Connect(std::io::Error),
    #[error("this system has no certificate authorities to know it by; install ca-certificates")]
    NoAuthorities,
    #[error("no encrypted connection to it is possible ({0})")]
    Encrypt(String),
    #[error("it refuses METERED_API_KEY (status {0})")]
    Refused(u16),
    #[error("it answers with status {0}")]
    Status(u16),
    #[error("its answer breaks off or is no HTTP ({0})")]
    Http(hyper::Error),
    #[error("its answer is too long")]
    TooLong,
    #[error("its answer breaks off")]
    BrokenOff,
    #[error(transparent)]
    Answer(#[from] Fault),
    #[error("it does not answer within ten seconds")]
    Late,
}

/// Asks once.
pub(super) async fn fetch(service: &MeteredService) -> Result<Answer, FetchError> {
    tokio::time::timeout(PATIENCE, ask(service)).await.unwrap_or(Err(FetchError::Late))
}

async fn ask(service: &MeteredService) -> Result<Answer, FetchError> {
    let stream = TcpStream::connect((service.host.as_str(), service.port))
        .await
        .map_err(FetchError::Connect)?;
    if !service.encrypted {
        return converse(stream, service).await;
    }
    let encrypt = |error: &dyn std::fmt::Display| FetchError::Encrypt(error.to_string());
    let name = ServerName::try_from(service.host.clone()).map_err(|error| encrypt(&error))?;
    let stream = connector()?.connect(name, stream).await.map_err(|error| encrypt(&error))?;
    converse(stream, service).await
}

/// Made for each request: an hour is long, and the authorities' certificates take memory.
fn connector() -> Result<TlsConnector, FetchError> {
    let mut authorities = RootCertStore::empty();
    // Single unreadable certificates among a hundred are usual.
    authorities.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if authorities.is_empty() {
        return Err(FetchError::NoAuthorities);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| FetchError::Encrypt(error.to_string()))?
        .with_root_certificates(authorities)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

async fn converse<S>(stream: S, service: &MeteredService) -> Result<Answer, FetchError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .max_buf_size(MAX_ANSWER_BYTES)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(FetchError::Http)?;
    // Ends with this function, whatever the other side does.
    let mut driving = JoinSet::new();
    driving.spawn(connection);
    let request = Request::get(service.path())
        .header(HOST, service.authority())
        .header(USER_AGENT, AGENT)
        .header(ACCEPT, "application/json")
        .header(CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .expect("host and key were checked to be plain characters");
    let answer = sender.send_request(request).await.map_err(FetchError::Http)?;
    match answer.status() {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            return Err(FetchError::Refused(answer.status().as_u16()));
        }
        other => return Err(FetchError::Status(other.as_u16())),
    }
    let body = Limited::new(answer.into_body(), MAX_ANSWER_BYTES).collect().await;
    let body = body.map_err(|error| {
        if error.is::<LengthLimitError>() { FetchError::TooLong } else { FetchError::BrokenOff }
    })?;
    Ok(read(&body.to_bytes())?)
}
