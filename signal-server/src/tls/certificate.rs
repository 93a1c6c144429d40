//! A certificate with its key, read from PEM, and the place where the one in use is found. Who reads
//! files and who asks authorities is elsewhere.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use prometheus_client::metrics::gauge::Gauge;
use thiserror::Error;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;

use super::{ACME_CHALLENGE, provider};

/// Why a certificate cannot be used.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// A file cannot be read.
    #[error("{file} cannot be read: {error}. Let the server's user read it.")]
    Read {
        /// Which file.
        file: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A file is no certificate file.
    #[error("{0} is too long for a certificate or a key.")]
    TooLong(PathBuf),
    /// No certificate in what should hold one.
    #[error(
        "There is no certificate in the certificate's file. It is a PEM file with BEGIN CERTIFICATE, the server's own first, then those that vouch for it."
    )]
    NoCertificate,
    /// No key in what should hold one.
    #[error(
        "There is no private key in the key's file. It is a PEM file with BEGIN PRIVATE KEY, not locked with a password."
    )]
    NoKey,
    /// The PEM is damaged.
    #[error("The certificate or its key is damaged: {0}. Copy them again.")]
    Damaged(String),
    /// Certificate and key are not each other's.
    #[error("The private key is not the certificate's. Give both from the same order.")]
    Mismatch,
}

/// A certificate, those that vouch for it, and its key.
pub(super) struct Certificate {
    key: Arc<CertifiedKey>,
    /// From when to when it holds, in seconds since 1970.
    validity_unix: [i64; 2],
}

impl Certificate {
    pub(super) fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, CertificateError> {
        let damaged = |error: &dyn std::fmt::Display| CertificateError::Damaged(error.to_string());
        let chain = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| damaged(&error))?;
        let first = chain.first().ok_or(CertificateError::NoCertificate)?;
        let (_, parsed) =
            x509_parser::parse_x509_certificate(first).map_err(|error| damaged(&error))?;
        let validity = parsed.validity();
        let validity_unix = [validity.not_before, validity.not_after].map(|time| time.timestamp());
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| match error {
            tokio_rustls::rustls::pki_types::pem::Error::NoItemsFound => CertificateError::NoKey,
            error => damaged(&error),
        })?;
        let key = CertifiedKey::from_der(chain, key, &provider()).map_err(|error| match error {
            tokio_rustls::rustls::Error::InconsistentKeys(_) => CertificateError::Mismatch,
            error => damaged(&error),
        })?;
        Ok(Self { key: Arc::new(key), validity_unix })
    }

    /// When a new one is to be asked for: after two thirds of its time, as `rustls-acme` does.
    pub(super) fn renewal_unix(&self) -> i64 {
        let [begin, end] = self.validity_unix;
        end - (end - begin) / 3
    }
}

/// The certificate in use, and answers to an authority that asks whether the server is who it says.
#[derive(Default)]
pub(super) struct Certificates {
    certificate: RwLock<Option<Certificate>>,
    challenges: RwLock<Option<Arc<dyn ResolvesServerCert>>>,
    expiry_unix: Gauge,
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Certificates(…)")
    }
}

impl Certificates {
    /// Every handshake from now on shows this one. Connections that stand are not touched.
    pub(super) fn install(&self, certificate: Certificate) {
        let expires = certificate.validity_unix[1];
        let mut place = self.certificate.write().unwrap_or_else(PoisonError::into_inner);
        self.expiry_unix.set(expires);
        let known = place.as_ref().is_some_and(|old| old.key.cert == certificate.key.cert);
        *place = Some(certificate);
        drop(place);
        if known {
            return;
        }
        let left_days = (expires - now_unix()).div_euclid(24 * 3600);
        if left_days < 0 {
            tracing::warn!(
                expires_unix = expires,
                "the TLS certificate is used, but it has expired: clients will refuse it; renew it"
            );
        } else {
            tracing::info!(left_days, "the TLS certificate is used");
        }
    }

    /// Who answers an authority's challenges.
    pub(super) fn set_challenges(&self, resolver: Arc<dyn ResolvesServerCert>) {
        *self.challenges.write().unwrap_or_else(PoisonError::into_inner) = Some(resolver);
    }

    /// When the one in use expires, in seconds since 1970; 0 while there is none.
    pub(super) fn expiry(&self) -> Gauge {
        self.expiry_unix.clone()
    }

    /// When the one in use is to be renewed.
    pub(super) fn renewal_unix(&self) -> Option<i64> {
        let place = self.certificate.read().unwrap_or_else(PoisonError::into_inner);
        place.as_ref().map(Certificate::renewal_unix)
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // As the challenge must come (RFC 8737 §3): nothing else is offered.
        let challenge = hello.alpn().is_some_and(|mut offered| {
            offered.next() == Some(ACME_CHALLENGE) && offered.next().is_none()
        });
        if challenge {
            let place = self.challenges.read().unwrap_or_else(PoisonError::into_inner);
            let resolver = place.clone();
            drop(place);
            return resolver?.resolve(hello);
        }
        let place = self.certificate.read().unwrap_or_else(PoisonError::into_inner);
        place.as_ref().map(|certificate| certificate.key.clone())
    }
}

/// The time, in seconds since 1970.
pub(super) fn now_unix() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.ok().and_then(|now| i64::try_from(now.as_secs()).ok()).unwrap_or_default()
}
