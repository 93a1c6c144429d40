//! An authority of the test's own, the files of a certificate, and clients that trust that authority.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cinemasync_protocol::{
    ClientMessage, ErrorCode, PROTOCOL_VERSION, RoomCode, RoomEntry, ServerMessage, decode_server,
    encode,
};
use cinemasync_server::{Config, Server, TlsConfig};
use futures_util::{SinkExt as _, StreamExt as _};
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// Long enough for any machine; only a failing test waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// The name on the certificates.
pub(crate) const NAME: &str = "cinema.test";

/// The result of `future`, or a failed test when it never comes.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what} never came"),
    }
}

/// Whoever vouches for the server.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

/// A certificate and its key, as PEM.
pub(crate) struct Pair {
    pub(crate) cert: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A new certificate, each unlike all others.
    pub(crate) fn certify(&self, names: &[&str]) -> Pair {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().unwrap();
        let cert = params.signed_by(&key, &self.issuer).unwrap();
        Pair { cert: format!("{}{}", cert.pem(), self.pem), key: key.serialize_pem() }
    }
}

impl Pair {
    /// The server's own certificate.
    pub(crate) fn first(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(self.cert.as_bytes()).unwrap()
    }
}

/// The two files, in a folder that ends with the test.
pub(crate) struct Files {
    folder: TempDir,
}

impl Files {
    pub(crate) fn new(pair: &Pair) -> Self {
        let files = Self { folder: tempfile::tempdir().unwrap() };
        files.write(pair);
        files
    }

    pub(crate) fn write(&self, pair: &Pair) {
        replace(&self.cert(), &pair.cert);
        replace(&self.key(), &pair.key);
    }

    pub(crate) fn cert(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    pub(crate) fn config(&self) -> Config {
        let (tls_cert, tls_key) = (Some(self.cert()), Some(self.key()));
        let tls = TlsConfig { tls_cert, tls_key, ..TlsConfig::default() };
        Config { tls, ..Config::embedded() }
    }
}

/// Writes a file as whoever renews certificates does: whole, by a rename.
pub(crate) fn replace(path: &Path, text: &str) {
    let beside = path.with_extension("new");
    fs::write(&beside, text).unwrap();
    fs::rename(beside, path).unwrap();
}

/// A server with a certificate of `authority`.
pub(crate) async fn server(authority: &Authority) -> (Server, Files) {
    let files = Files::new(&authority.certify(&[NAME]));
    (Server::bind(files.config()).await.unwrap(), files)
}

/// Trusts who is in `pem` and nobody else.
pub(crate) struct Trust {
    roots: Arc<RootCertStore>,
    versions: Vec<&'static SupportedProtocolVersion>,
    protocols: Vec<Vec<u8>>,
}

impl Trust {
    pub(crate) fn new(pem: &str) -> Self {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            roots.add(certificate.unwrap()).unwrap();
        }
        Self { roots: Arc::new(roots), versions: vec![&TLS13, &TLS12], protocols: Vec::new() }
    }

    pub(crate) fn only(self, version: &'static SupportedProtocolVersion) -> Self {
        Self { versions: vec![version], ..self }
    }

    pub(crate) fn offering(self, protocols: &[&str]) -> Self {
        let protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Self { protocols, ..self }
    }

    /// A handshake of its own, without what earlier ones left.
    pub(crate) async fn connect(
        &self,
        server: SocketAddr,
        name: &str,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&self.versions)
            .unwrap()
            .with_root_certificates(self.roots.clone())
            .with_no_client_auth();
        config.alpn_protocols.clone_from(&self.protocols);
        let stream = TcpStream::connect(server).await?;
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        soon("a handshake", connector.connect(name, stream)).await
    }

    /// The certificate that the server shows.
    pub(crate) async fn shown(
        &self,
        server: SocketAddr,
    ) -> std::io::Result<CertificateDer<'static>> {
        let stream = self.connect(server, NAME).await?;
        Ok(stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned())
    }

    /// Completes when the server shows this one.
    pub(crate) async fn sees(&self, server: SocketAddr, wanted: &CertificateDer<'_>) {
        soon("the new certificate", async {
            // Nothing tells when it comes but asking.
            while self.shown(server).await.unwrap() != *wanted {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
        .await;
    }
}

/// One client inside TLS.
pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<TlsStream<TcpStream>>,
}

impl Client {
    pub(crate) async fn connect(server: SocketAddr, trust: &Trust) -> Self {
        let stream = trust.connect(server, NAME).await.unwrap();
        let request = format!("wss://{NAME}/ws");
        let opening = tokio_tungstenite::client_async(request, stream);
        let (socket, _) = soon("a WebSocket", opening).await.unwrap();
        Self { socket }
    }

    pub(crate) async fn say(&mut self, message: &ClientMessage) {
        self.socket.send(Message::text(encode(message))).await.unwrap();
    }

    pub(crate) async fn hear(&mut self) -> ServerMessage {
        loop {
            match soon("a message", self.socket.next()).await {
                Some(Ok(Message::Text(text))) => return decode_server(&text).unwrap(),
                Some(Ok(Message::Ping(_))) => {}
                other => panic!("a message was expected, not {other:?}"),
            }
        }
    }

    pub(crate) async fn create(&mut self) -> RoomEntry {
        let (name, protocol) = ("Ana".to_owned(), PROTOCOL_VERSION);
        self.say(&ClientMessage::CreateRoom { name, protocol, password: None }).await;
        match self.hear().await {
            ServerMessage::RoomCreated(entry) => entry,
            other => panic!("room_created was expected, not {other:?}"),
        }
    }

    pub(crate) async fn join(&mut self, room: RoomCode) -> RoomEntry {
        let (room, name, protocol) = (room.to_string(), "Ben".to_owned(), PROTOCOL_VERSION);
        self.say(&ClientMessage::JoinRoom { room, name, protocol, password: None }).await;
        match self.hear().await {
            ServerMessage::RoomJoined { entry, .. } => entry,
            other => panic!("room_joined was expected, not {other:?}"),
        }
    }

    /// Is answered, so that the connection is known to stand.
    pub(crate) async fn lives(&mut self) {
        self.socket.send(Message::text(r#"{"type":"fence"}"#)).await.unwrap();
        let answer = self.hear().await;
        let unknown = ErrorCode::UnknownMessage;
        assert!(
            matches!(answer, ServerMessage::Error { code, .. } if code == unknown),
            "{answer:?}"
        );
    }
}
