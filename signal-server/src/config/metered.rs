//! Options for relays of Metered.ca, and which requests they amount to.

use std::net::IpAddr;

use clap::Args;
use thiserror::Error;

/// The account at Metered.ca, if there is one.
#[derive(Clone, Default, Args)]
pub struct MeteredConfig {
    /// Relays by Metered.ca: the API key of a TURN credential, from its dashboard.
    #[arg(long, env = "METERED_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub metered_api_key: Option<String>,
    /// Relays by Metered.ca: the app's domain, as NAME.metered.live.
    #[arg(long, env = "METERED_DOMAIN", value_name = "DOMAIN")]
    pub metered_domain: Option<String>,
}

/// Hides the key.
impl std::fmt::Debug for MeteredConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MeteredConfig")
            .field("metered_domain", &self.metered_domain)
            .finish_non_exhaustive()
    }
}

/// What is wrong with the options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MeteredFault {
    /// Only one of the two is there.
    #[error(
        "METERED_API_KEY is set, but METERED_DOMAIN is not: name the app's domain, as NAME.metered.live."
    )]
    NoDomain,
    /// Only one of the two is there.
    #[error(
        "METERED_DOMAIN is set, but METERED_API_KEY is not: copy it from the dashboard of Metered.ca."
    )]
    NoKey,
    /// The key cannot be one.
    #[error("METERED_API_KEY is not a key: it has letters, digits, `-` and `_` only.")]
    Key,
    /// The domain cannot be one.
    #[error("METERED_DOMAIN is not a domain: it looks like NAME.metered.live.")]
    Domain,
    /// The key would be sent in the clear.
    #[error("METERED_DOMAIN must not begin with http://: the key would travel unencrypted.")]
    Unencrypted,
}

/// Where the service is asked, and by which key. Its `Debug` output hides the key.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct MeteredService {
    pub(crate) encrypted: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    key: String,
}

impl std::fmt::Debug for MeteredService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MeteredService").field("host", &self.host).finish_non_exhaustive()
    }
}

impl MeteredService {
    /// The path to ask for. It holds the key.
    pub(crate) fn path(&self) -> String {
        format!("/api/v1/turn/credentials?apiKey={}", self.key)
    }

    /// What a request's `Host` says.
    pub(crate) fn authority(&self) -> String {
        let usual = if self.encrypted { 443 } else { 80 };
        if self.port == usual { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }
}

impl MeteredConfig {
    /// The service that the options name; `None` when they name none.
    pub(crate) fn service(&self) -> Result<Option<MeteredService>, MeteredFault> {
        // An empty word in the environment means none.
        let given = |word: &Option<String>| {
            word.as_deref().map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned)
        };
        let (key, domain) = match (given(&self.metered_api_key), given(&self.metered_domain)) {
            (Some(key), Some(domain)) => (key, domain),
            (None, None) => return Ok(None),
            (Some(_), None) => return Err(MeteredFault::NoDomain),
            (None, Some(_)) => return Err(MeteredFault::NoKey),
        };
        if !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)) {
            return Err(MeteredFault::Key);
        }
        let (encrypted, rest) = match domain.strip_prefix("http://") {
            Some(rest) => (false, rest),
            None => (true, domain.strip_prefix("https://").unwrap_or(&domain)),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| MeteredFault::Domain)?),
            None => (rest, if encrypted { 443 } else { 80 }),
        };
        let part = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if !host.contains('.') || !host.split('.').all(part) {
            return Err(MeteredFault::Domain);
        }
        if !encrypted && !host.parse().is_ok_and(|address: IpAddr| address.is_loopback()) {
            return Err(MeteredFault::Unencrypted);
        }
        Ok(Some(MeteredService { encrypted, host: host.to_owned(), port, key }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(key: &str, domain: &str) -> Result<Option<MeteredService>, MeteredFault> {
        let word = |word: &str| Some(word.to_owned());
        MeteredConfig { metered_api_key: word(key), metered_domain: word(domain) }.service()
    }

    #[test]
    fn a_domain_is_asked_encrypted() {
        for domain in ["film.metered.live", " https://film.metered.live/ "] {
            let service = service("k-1_a", domain).unwrap().unwrap();
            assert!(service.encrypted);
            assert_eq!((service.authority().as_str(), service.port), ("film.metered.live", 443));
            assert_eq!(service.path(), "/api/v1/turn/credentials?apiKey=k-1_a");
        }
        let here = service("k", "http://127.0.0.1:8123").unwrap().unwrap();
        assert!(!here.encrypted);
        assert_eq!(here.authority(), "127.0.0.1:8123");
    }

    #[test]
    fn half_an_account_and_words_of_no_sense_are_refused() {
        assert_eq!(MeteredConfig::default().service(), Ok(None));
        assert_eq!(service("", " "), Ok(None));
        assert_eq!(service("k", ""), Err(MeteredFault::NoDomain));
        assert_eq!(service("", "film.metered.live"), Err(MeteredFault::NoKey));
        for key in ["a b", "a&b=c", "k\r\nX: y", "a/b", "é"] {
            assert_eq!(service(key, "film.metered.live"), Err(MeteredFault::Key), "{key:?}");
        }
        for domain in
            ["film", "film.metered.live/path", "a@b.c", "b.c:port", "ftp://b.c", ".", "b..c"]
        {
            assert_eq!(service("k", domain), Err(MeteredFault::Domain), "{domain:?}");
        }
        assert_eq!(service("k", "http://film.metered.live"), Err(MeteredFault::Unencrypted));
    }

    #[test]
    fn the_key_is_shown_to_no_log() {
        let options = MeteredConfig {
            metered_api_key: Some("hunter2".to_owned()),
            metered_domain: Some("film.metered.live".to_owned()),
        };
        let service = options.service().unwrap();
        assert!(!format!("{options:?} {service:?}").contains("hunter2"));
    }
}
