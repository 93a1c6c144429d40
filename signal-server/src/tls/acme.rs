//! A certificate from an authority that speaks ACME (RFC 8555), proved by the TLS-ALPN-01 challenge on
//! the server's own port, and a new one after two thirds of its time. `rustls-acme` orders; this
//! keeps at it, tells what goes wrong, and keeps what was given (`cache`).

mod cache;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use rustls_acme::{AcmeConfig, AcmeState, EventError, EventOk};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use cache::Cache;

use super::certificate::{Certificates, now_unix};
use super::{TlsError, provider};
use crate::config::AcmeOptions;
use crate::state_directory::state_directory;

/// How long after each failure it is tried again, the last of them from then on. Let's Encrypt takes
/// five failures of one name an hour, so the first five may come quickly, when a person watches.
const RETRY: [Duration; 5] = [
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(900),
    Duration::from_secs(3600),
];
/// How long an order may take; one that takes longer hangs.
const ORDER_PATIENCE: Duration = Duration::from_secs(20 * 60);

type State = AcmeState<std::io::Error>;

/// What is ordered, and where.
pub(super) struct Acme {
    options: AcmeOptions,
    client: Arc<ClientConfig>,
    folder: PathBuf,
}

impl Acme {
    pub(super) fn new(options: AcmeOptions) -> Result<Self, TlsError> {
        let client = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("the provider has the suites of TLS 1.2 and 1.3")
            .with_root_certificates(authorities(&options)?)
            .with_no_client_auth();
        let usual = || state_directory().map(|state| state.join("acme"));
        let folder = options.cache.clone().or_else(usual).ok_or(TlsError::Nowhere)?;
        Ok(Self { options, client: Arc::new(client), folder })
    }

    fn begin(&self, certificates: &Arc<Certificates>) -> State {
        let cache = Cache::new(self.folder.clone(), certificates.clone());
        let state = AcmeConfig::new_with_client_config(&self.options.domains, self.client.clone())
            .directory(&self.options.directory)
            .contact_push(format!("mailto:{}", self.options.email))
            .cache(cache)
            .state();
        certificates.set_challenges(state.resolver());
        state
    }

    fn names(&self) -> String {
        self.options.domains.join(", ")
    }
}

/// Whom to believe that it is the authority's server.
fn authorities(options: &AcmeOptions) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    if let Some(file) = &options.ca {
        let fault = |fault: String| TlsError::Authority { file: file.clone(), fault };
        let certificates = CertificateDer::pem_file_iter(file)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| fault(error.to_string()))?;
        for certificate in certificates {
            roots.add(certificate).map_err(|error| fault(error.to_string()))?;
        }
        if roots.is_empty() {
            return Err(fault("there is none in it".to_owned()));
        }
    } else {
        // A certificate that is damaged vouches for nobody; one good one may be enough.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(TlsError::NoAuthorities);
        }
    }
    Ok(roots)
}

/// Keeps a certificate in `certificates`, for ever.
pub(super) async fn keep(acme: Acme, certificates: Arc<Certificates>) {
    let mut failures = 0;
    loop {
        let mut state = acme.begin(&certificates);
        loop {
            let Ok(event) = tokio::time::timeout(patience(&certificates), state.next()).await
            else {
                tracing::warn!(
                    names = acme.names(),
                    "the certificate authority does not answer; asking again"
                );
                break;
            };
            match event {
                Some(Ok(EventOk::DeployedNewCert)) => failures = 0,
                Some(Ok(_)) => {}
                Some(Err(EventError::Order(error))) => {
                    let wait = RETRY[failures.min(RETRY.len() - 1)];
                    failures += 1;
                    tracing::warn!(
                        names = acme.names(),
                        directory = acme.options.directory,
                        %error,
                        retry_seconds = wait.as_secs(),
                        "no new certificate; check that each name leads here (DNS) and that its port 443 reaches this server"
                    );
                    tokio::time::sleep(wait).await;
                    break;
                }
                Some(Err(error)) => tracing::warn!(
                    folder = %acme.folder.display(),
                    %error,
                    "certificates cannot be kept; let the server's user write there, or choose another folder with --acme-cache"
                ),
                // It never ends by itself.
                None => break,
            }
        }
    }
}

/// How long nothing need happen.
fn patience(certificates: &Certificates) -> Duration {
    let due = certificates.renewal_unix().map_or(0, |renewal| renewal - now_unix());
    Duration::from_secs(u64::try_from(due).unwrap_or(0)) + ORDER_PATIENCE
}
