//! A relay with settings for tests, and who talks to it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cinemasync_protocol::ParticipantId;
use cinemasync_server::{TurnLimits, TurnServer, TurnSettings};
use cinemasync_server_core::turn_credentials::{self, TurnCredentials};
use tokio::net::UdpSocket;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

pub(crate) const SECRET: &[u8] = b"north wind";
pub(crate) const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Far longer than anything takes; for a machine under load.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A relay on free ports of loopback that may relay to loopback.
pub(crate) fn settings() -> TurnSettings {
    TurnSettings {
        listen: vec![SocketAddr::new(LOCALHOST, 0)],
        tls_listen: Vec::new(),
        tls: None,
        public_ips: vec![LOCALHOST],
        host: None,
        ports: 20_000..=31_999,
        realm: "test".to_owned(),
        secret: SECRET.to_vec(),
        allow_private: true,
        limits: TurnLimits {
            per_participant: 10,
            total: 100,
            bytes_per_second: None,
            streams: 100,
            streams_per_address: 100,
        },
    }
}

pub(crate) async fn start(settings: TurnSettings) -> TurnServer {
    TurnServer::start(settings).await.expect("loopback has free ports")
}

pub(crate) fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Credentials of a participant that last an hour.
pub(crate) fn credentials(id: &str) -> TurnCredentials {
    turn_credentials::issue(SECRET, &ParticipantId::new(id), unix_now() + 3600)
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("never: {what}"));
}

/// A peer that sends everything back. Ends with the test's runtime.
pub(crate) async fn echo() -> SocketAddr {
    let socket = UdpSocket::bind((LOCALHOST, 0)).await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 2048];
        while let Ok((len, from)) = socket.recv_from(&mut buffer).await {
            let _ = socket.send_to(&buffer[..len], from).await;
        }
    });
    address
}

/// A certificate for localhost, and its DER for whoever is to trust it.
pub(crate) fn tls() -> (Arc<ServerConfig>, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    (Arc::new(config), certificate)
}
