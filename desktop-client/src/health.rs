//! What a signaling server tells of itself to anybody: that it is well, its version, and which version of
//! this program it recommends. One short request, no more.

use std::io;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1;
use hyper::header::{DATE, HOST};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::platform::tls;
use crate::session::server_address;

/// How long the whole may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest answer, in bytes.
const LONGEST: usize = 16 * 1024;
/// The longest name of a version, in bytes.
const LONGEST_VERSION: usize = 40;

/// A server that is well.
#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    /// Its version; empty if it does not say.
    pub version: String,
    /// The version of this program that whoever runs it recommends.
    pub client_version: Option<String>,
    /// From the request to the answer, over a connection that stands.
    pub round_trip: Duration,
    /// How far its clock is ahead of this one's, in seconds; known to about a second.
    pub clock_ahead_secs: Option<i64>,
}

/// Why a server's health is not known.
#[derive(Debug, Error)]
pub enum HealthError {
    /// The address is none.
    #[error("{0}")]
    Address(String),
    /// There is nobody, or the way is closed.
    #[error("It cannot be reached: {0}.")]
    Unreachable(io::Error),
    /// It did not answer in time.
    #[error("It does not answer.")]
    Silent,
    /// Somebody else answers.
    #[error("What answers there is no CinemaSync server ({0}).")]
    Foreign(String),
    /// It goes down, or is in trouble.
    #[error("It says that it is not well ({0}).")]
    Unwell(String),
}

/// Asks the server at this address, as people type it.
///
/// # Errors
/// [`HealthError`].
pub async fn ask(typed: &str) -> Result<Health, HealthError> {
    let socket = server_address(typed).map_err(|why| HealthError::Address(why.to_string()))?;
    let uri: Uri = socket
        .parse()
        .map_err(|_| HealthError::Address(format!("{typed:?} is no server's address.")))?;
    tokio::time::timeout(PATIENCE, ask_at(&uri)).await.map_err(|_| HealthError::Silent)?
}

async fn ask_at(uri: &Uri) -> Result<Health, HealthError> {
    let secure = uri.scheme_str() == Some("wss");
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let stream = TcpStream::connect((host, port)).await.map_err(HealthError::Unreachable)?;
    if secure {
        let stream = tls::connect(host, stream).await.map_err(HealthError::Unreachable)?;
        talk(uri, stream).await
    } else {
        talk(uri, stream).await
    }
}

/// Beside the WebSocket's path lies that of the health.
fn path(socket: &str) -> String {
    let folder = socket.trim_end_matches('/').rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{folder}/health")
}

async fn talk<S>(uri: &Uri, stream: S) -> Result<Health, HealthError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let foreign = |error: hyper::Error| HealthError::Foreign(error.to_string());
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(foreign)?;
    let asked = async {
        let request = Request::get(path(uri.path()))
            .header(HOST, uri.authority().map_or("", |authority| authority.as_str()))
            .body(Empty::<Bytes>::new())
            .map_err(|error| HealthError::Address(error.to_string()))?;
        let began = Instant::now();
        let answer = sender.send_request(request).await.map_err(foreign)?;
        let round_trip = began.elapsed();
        let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok());
        let clock_ahead_secs = date.and_then(|date| ahead(date, SystemTime::now()));
        let status = answer.status();
        let body = Limited::new(answer.into_body(), LONGEST).collect().await;
        let body = body.map_err(|error| HealthError::Foreign(error.to_string()))?.to_bytes();
        let (version, client_version) = read(&body, status.as_str(), status.is_success())?;
        Ok(Health { version, client_version, round_trip, clock_ahead_secs })
    };
    // The connection ends when the sender goes.
    tokio::select! {
        asked = asked => asked,
        ended = connection => Err(match ended {
            Err(error) => foreign(error),
            Ok(()) => HealthError::Silent,
        }),
    }
}

/// The two versions in an answer.
fn read(body: &[u8], status: &str, success: bool) -> Result<(String, Option<String>), HealthError> {
    let foreign = || HealthError::Foreign(format!("status {status}"));
    let answer: serde_json::Value = serde_json::from_slice(body).map_err(|_| foreign())?;
    let word = answer["status"].as_str().ok_or_else(foreign)?;
    if !success || word != "ok" {
        return Err(HealthError::Unwell(word.chars().take(LONGEST_VERSION).collect()));
    }
    let version = |name: &str| {
        let version = answer[name].as_str().filter(|version| version.len() <= LONGEST_VERSION);
        version.map(str::to_owned)
    };
    Ok((version("version").unwrap_or_default(), version("client_version")))
}

fn ahead(date: &str, now: SystemTime) -> Option<i64> {
    let theirs = httpdate::parse_http_date(date).ok()?;
    let seconds = match theirs.duration_since(now) {
        Ok(ahead) => i64::try_from(ahead.as_secs()).ok()?,
        Err(behind) => -i64::try_from(behind.duration().as_secs()).ok()?,
    };
    Some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_lies_beside_the_socket() {
        assert_eq!(path("/ws"), "/health");
        assert_eq!(path("/cinema/ws"), "/cinema/health");
        assert_eq!(path("/"), "/health");
    }

    #[test]
    fn an_answer_is_read_and_others_are_told_apart() {
        let good = br#"{"status":"ok","version":"0.1.0","client_version":"0.2.0","rooms":1}"#;
        let versions = ("0.1.0".to_owned(), Some("0.2.0".to_owned()));
        assert_eq!(read(good, "200", true).unwrap(), versions);
        let without = br#"{"status":"ok","version":"0.1.0"}"#;
        assert_eq!(read(without, "200", true).unwrap().1, None);
        let going = br#"{"status":"shutting_down"}"#;
        assert!(matches!(read(going, "503", false), Err(HealthError::Unwell(_))));
        for foreign in [&b"<html>"[..], b"{}", b"[]"] {
            assert!(matches!(read(foreign, "200", true), Err(HealthError::Foreign(_))));
        }
        let long = format!(r#"{{"status":"ok","client_version":"{}"}}"#, "9".repeat(500));
        assert_eq!(read(long.as_bytes(), "200", true).unwrap().1, None);
    }

    #[test]
    fn clocks_are_compared() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(ahead("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(0));
        assert_eq!(ahead("Sun, 06 Nov 1994 08:50:37 GMT", now), Some(60));
        assert_eq!(ahead("Sun, 06 Nov 1994 08:48:37 GMT", now), Some(-60));
        assert_eq!(ahead("yesterday", now), None);
    }

    #[tokio::test]
    async fn a_server_of_ours_is_well_and_nobody_is_not() {
        let config = cinemasync_server::Config::embedded();
        let server = cinemasync_server::Server::bind(config).await.unwrap();
        let address = server.local_addr();
        let health = ask(&format!("ws://{address}")).await.unwrap();
        assert_eq!(health.version, env!("CARGO_PKG_VERSION"));
        assert!(health.clock_ahead_secs.is_some_and(|ahead| ahead.abs() <= 1));
        server.shutdown().await;
        let nobody = ask(&format!("ws://{address}")).await;
        assert!(matches!(nobody, Err(HealthError::Unreachable(_))), "{nobody:?}");
        assert!(matches!(ask("ftp://x").await, Err(HealthError::Address(_))));
    }
}
