//! TLS to a relay or a server: whom to trust is the system's to say.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Read once: it takes some tens of milliseconds.
static SETTINGS: OnceCell<Arc<ClientConfig>> = OnceCell::const_new();

/// TLS over `stream`, to whom the certificates of this system say that it is `host`.
///
/// # Errors
/// Whatever the handshake or the certificates give.
pub async fn connect(host: &str, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let settings = SETTINGS
        .get_or_try_init(|| async {
            tokio::task::spawn_blocking(settings).await.map_err(io::Error::other)?
        })
        .await?;
    TlsConnector::from(Arc::clone(settings)).connect(name, stream).await
}

fn settings() -> io::Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let settings = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(settings))
}
