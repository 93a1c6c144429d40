//! How connections arrive: plain, under a certificate from files or from an authority, behind a proxy
//! whose word counts. What contradicts itself is refused here, in a sentence.

use std::path::PathBuf;

use cinemasync_server_core::Network;
use clap::Args;
use thiserror::Error;
use tokio_rustls::rustls::pki_types::DnsName;

/// Let's Encrypt, for real certificates.
const DIRECTORY: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// Most names on one certificate, as Let's Encrypt has it.
const MAX_DOMAINS: usize = 100;

/// How connections arrive.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Connections")]
pub struct TlsConfig {
    /// The certificate and those that vouch for it (PEM), for wss:// and https://. Read again when it
    /// changes.
    #[arg(long, env = "CINEMASYNC_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key (PEM).
    #[arg(long, env = "CINEMASYNC_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Get a certificate for this name, and renew it in time. The name must lead to port 443 of this
    /// server. May be given several times.
    #[arg(long, env = "CINEMASYNC_DOMAIN", value_delimiter = ',', value_name = "NAME")]
    pub domain: Vec<String>,
    /// Where the certificate authority may write about the certificate.
    #[arg(long, env = "CINEMASYNC_ACME_EMAIL", value_name = "ADDRESS")]
    pub acme_email: Option<String>,
    /// The authority's ACME directory. [default: Let's Encrypt]
    #[arg(long, env = "CINEMASYNC_ACME_DIRECTORY", value_name = "URL")]
    pub acme_directory: Option<String>,
    /// Certificates (PEM) by which the authority's own server is known. [default: those of this
    /// system]
    #[arg(long, env = "CINEMASYNC_ACME_CA", value_name = "FILE")]
    pub acme_ca: Option<PathBuf>,
    /// Where certificates are kept, so that a restart asks for no new one. [default: `acme` in the
    /// state directory]
    #[arg(long, env = "CINEMASYNC_ACME_CACHE", value_name = "DIR")]
    pub acme_cache: Option<PathBuf>,
    /// A proxy, or a network of proxies, whose X-Forwarded-For or Forwarded says who the client is.
    #[arg(long, env = "CINEMASYNC_TRUSTED_PROXY", value_delimiter = ',', value_name = "CIDR")]
    pub trusted_proxy: Vec<Network>,
}

/// Where the certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// There is none: the port speaks plain HTTP.
    Plain,
    /// From two files.
    Files { cert: PathBuf, key: PathBuf },
    /// From an authority.
    Acme(AcmeOptions),
}

/// How to get a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AcmeOptions {
    /// Lower-case names.
    pub(crate) domains: Vec<String>,
    /// An e-mail address.
    pub(crate) email: String,
    pub(crate) directory: String,
    pub(crate) ca: Option<PathBuf>,
    pub(crate) cache: Option<PathBuf>,
}

/// Options that do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TlsOptionsError {
    /// A certificate without its key.
    #[error("--tls-cert needs the certificate's private key: add --tls-key FILE.")]
    KeyMissing,
    /// A key without its certificate.
    #[error("--tls-key needs the certificate of this key: add --tls-cert FILE.")]
    CertificateMissing,
    /// Two sources of a certificate.
    #[error(
        "--tls-cert brings a certificate, and --domain would get another. Keep one of the two."
    )]
    TwoSources,
    /// An option for getting certificates, and no name to get one for.
    #[error("{0} is for getting a certificate: add --domain NAME, or leave it out.")]
    DomainMissing(&'static str),
    /// No address for the authority.
    #[error(
        "--domain needs --acme-email ADDRESS, where the certificate authority may write about the certificate."
    )]
    EmailMissing,
    /// Not a name that a certificate can be had for.
    #[error(
        "No certificate can be had for {0:?}. --domain takes a full name such as call.example.org, without wildcard, port or https://."
    )]
    Domain(String),
    /// More names than one certificate may have.
    #[error("One certificate is for 100 names at most. Give --domain fewer times.")]
    TooManyDomains,
    /// Not an e-mail address.
    #[error("{0:?} is not an e-mail address. Correct --acme-email.")]
    Email(String),
    /// Not an address of a directory.
    #[error("{0:?} is not the address of an ACME directory: it begins with https://.")]
    Directory(String),
}

impl TlsConfig {
    /// Where the certificate comes from.
    ///
    /// # Errors
    /// [`TlsOptionsError`] when the options contradict each other.
    pub(crate) fn source(&self) -> Result<Source, TlsOptionsError> {
        if self.domain.is_empty() {
            if let Some(option) = self.acme_option() {
                return Err(TlsOptionsError::DomainMissing(option));
            }
        } else if self.tls_cert.is_some() || self.tls_key.is_some() {
            return Err(TlsOptionsError::TwoSources);
        }
        match (&self.tls_cert, &self.tls_key) {
            (Some(cert), Some(key)) => Ok(Source::Files { cert: cert.clone(), key: key.clone() }),
            (Some(_), None) => Err(TlsOptionsError::KeyMissing),
            (None, Some(_)) => Err(TlsOptionsError::CertificateMissing),
            (None, None) if self.domain.is_empty() => Ok(Source::Plain),
            (None, None) => self.acme().map(Source::Acme),
        }
    }

    /// An option that is for getting certificates only.
    fn acme_option(&self) -> Option<&'static str> {
        let given = [
            (self.acme_email.is_some(), "--acme-email"),
            (self.acme_directory.is_some(), "--acme-directory"),
            (self.acme_ca.is_some(), "--acme-ca"),
            (self.acme_cache.is_some(), "--acme-cache"),
        ];
        given.into_iter().find_map(|(given, name)| given.then_some(name))
    }

    fn acme(&self) -> Result<AcmeOptions, TlsOptionsError> {
        if self.domain.len() > MAX_DOMAINS {
            return Err(TlsOptionsError::TooManyDomains);
        }
        let domains: Result<Vec<String>, _> = self.domain.iter().map(|name| domain(name)).collect();
        let email = self.acme_email.as_deref().ok_or(TlsOptionsError::EmailMissing)?;
        let directory = self.acme_directory.as_deref().unwrap_or(DIRECTORY);
        if !directory.starts_with("https://") {
            return Err(TlsOptionsError::Directory(directory.to_owned()));
        }
        Ok(AcmeOptions {
            domains: domains?,
            email: self::email(email)?,
            directory: directory.to_owned(),
            ca: self.acme_ca.clone(),
            cache: self.acme_cache.clone(),
        })
    }
}

/// A name that an authority can look up and connect to.
fn domain(given: &str) -> Result<String, TlsOptionsError> {
    let name = given.trim().trim_end_matches('.').to_ascii_lowercase();
    let has_letter = name.bytes().any(|byte| byte.is_ascii_lowercase());
    if has_letter && name.contains('.') && DnsName::try_from(name.as_str()).is_ok() {
        Ok(name)
    } else {
        Err(TlsOptionsError::Domain(given.to_owned()))
    }
}

fn email(given: &str) -> Result<String, TlsOptionsError> {
    let address = given.trim();
    let address = address.strip_prefix("mailto:").unwrap_or(address);
    match address.split_once('@') {
        Some((name, host))
            if !name.is_empty()
                && domain(host).is_ok()
                && address.bytes().all(|byte| byte.is_ascii_graphic()) =>
        {
            Ok(address.to_owned())
        }
        _ => Err(TlsOptionsError::Email(given.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::Config;

    fn source(line: &str) -> Result<Source, String> {
        let words = std::iter::once("server").chain(line.split_whitespace());
        let config = Config::try_parse_from(words).map_err(|error| error.to_string())?;
        config.tls.source().map_err(|error| error.to_string())
    }

    #[test]
    fn without_options_the_port_is_plain() {
        assert_eq!(source(""), Ok(Source::Plain));
        assert_eq!(source("--trusted-proxy 127.0.0.1 --trusted-proxy fd00::/8"), Ok(Source::Plain));
        assert!(source("--trusted-proxy proxy.example").unwrap_err().contains("10.0.0.0/8"));
    }

    #[test]
    fn a_certificate_is_its_file_and_its_keys() {
        let files = Source::Files { cert: "c.pem".into(), key: "k.pem".into() };
        assert_eq!(source("--tls-cert c.pem --tls-key k.pem"), Ok(files));
        assert!(source("--tls-cert c.pem").unwrap_err().contains("add --tls-key"));
        assert!(source("--tls-key k.pem").unwrap_err().contains("add --tls-cert"));
    }

    #[test]
    fn a_domain_is_certified_by_lets_encrypt_unless_told_otherwise() {
        let Ok(Source::Acme(acme)) =
            source("--domain Call.Example.org. --domain example.org --acme-email me@example.org")
        else {
            panic!("a domain and an address are enough")
        };
        assert_eq!(acme.domains, ["call.example.org", "example.org"]);
        assert_eq!(acme.directory, "https://acme-v02.api.letsencrypt.org/directory");
        let other = "--domain a.test --acme-email mailto:a@a.test --acme-directory https://ca.test:1/dir --acme-ca ca.pem --acme-cache kept";
        let Ok(Source::Acme(acme)) = source(other) else { panic!("another authority") };
        let wanted = AcmeOptions {
            domains: vec!["a.test".to_owned()],
            email: "a@a.test".to_owned(),
            directory: "https://ca.test:1/dir".to_owned(),
            ca: Some("ca.pem".into()),
            cache: Some("kept".into()),
        };
        assert_eq!(acme, wanted);
    }

    #[test]
    fn what_contradicts_itself_is_refused_in_a_sentence() {
        for (line, what) in [
            ("--domain a.test --tls-cert c --tls-key k", "Keep one of the two"),
            ("--domain a.test --tls-key k --acme-email a@a.test", "Keep one of the two"),
            ("--domain a.test", "needs --acme-email"),
            ("--acme-email a@a.test", "--acme-email is for getting a certificate"),
            ("--tls-cert c --tls-key k --acme-cache d", "--acme-cache is for getting"),
            ("--domain *.a.test --acme-email a@a.test", "without wildcard"),
            ("--domain 192.0.2.1 --acme-email a@a.test", "No certificate can be had"),
            ("--domain localhost --acme-email a@a.test", "No certificate can be had"),
            ("--domain https://a.test --acme-email a@a.test", "No certificate can be had"),
            ("--domain a.test:443 --acme-email a@a.test", "No certificate can be had"),
            ("--domain a.test --acme-email a.test", "not an e-mail address"),
            ("--domain a.test --acme-email a@a.test --acme-directory http://a", "https://"),
        ] {
            let sentence = source(line).unwrap_err();
            assert!(sentence.contains(what) && sentence.ends_with('.'), "{line}: {sentence}");
        }
    }
}
