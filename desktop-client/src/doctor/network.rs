//! The checks of the network: each needs what the one before found, or says why it could not be made.

use std::net::SocketAddr;

use cinemasync_protocol::IceServer;
use cinemasync_server::{Config, Server};
use tokio::net::lookup_host;

use super::{Finding, bandwidth, nat, relay, room, server};
use crate::health;

pub(super) const NAMES: &[(&str, &str)] = &[server::NAME, relay::NAME, nat::NAME, bandwidth::NAME];

/// Servers of each kind that are asked; a signaling server names a handful.
const ASKED: usize = 6;

/// `server`: as it is set; none, or `embedded`, for the one inside the program.
pub(super) fn check(server: Option<&str>) -> Vec<Finding> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let mut findings = match runtime {
        Ok(runtime) => {
            let findings = runtime.block_on(look(server.filter(|it| *it != "embedded")));
            // A name that is still being looked up holds nobody.
            runtime.shutdown_background();
            findings
        }
        Err(error) => {
            let found = format!("The system gives nothing to connect with: {error}.");
            vec![Finding::bad(server::NAME, found, "Close other programs and try again.")]
        }
    };
    findings.push(bandwidth::check());
    findings
}

async fn look(address: Option<&str>) -> Vec<Finding> {
    let Some(address) = address else {
        let without = "It is a server on the internet that has relays, and none is set.";
        return vec![
            own_server().await,
            Finding::unknown(relay::NAME, without),
            Finding::unknown(nat::NAME, "Nobody is set who could be asked how this network looks."),
        ];
    };
    let health = health::ask(address).await;
    let found = server::judge(Some(address), &health);
    if health.is_err() {
        let why = "The server could not be asked.";
        return vec![found, Finding::unknown(relay::NAME, why), Finding::unknown(nat::NAME, why)];
    }
    match room::ice_servers(address).await {
        Ok(servers) => {
            let (relay, nat) = tokio::join!(relay::check(&servers), nat::check(&servers));
            vec![found, relay, nat]
        }
        Err(why) => {
            let advice = "Try again later; else ask whoever runs the server.";
            let room = Finding::bad(relay::NAME, format!("No room can be entered. {why}"), advice);
            vec![found, room, Finding::unknown(nat::NAME, "No room could be entered.")]
        }
    }
}

/// The server inside the program, started for a moment.
async fn own_server() -> Finding {
    let health = match Server::bind(Config::embedded()).await {
        Ok(server) => {
            let health = health::ask(&format!("ws://{}", server.local_addr())).await;
            drop(server);
            health
        }
        Err(error) => Err(health::HealthError::Unwell(error.to_string())),
    };
    server::judge(None, &health)
}

/// How a STUN server or relay is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    Udp,
    Tcp,
    Tls,
}

/// A STUN server or relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) relay: bool,
    pub(super) over: Over,
    pub(super) host: String,
    pub(super) port: u16,
    /// Name and password, for a relay.
    pub(super) secret: Option<(String, String)>,
}

impl Target {
    /// Its first address; a sentence if there is none.
    pub(super) async fn address(&self) -> Result<SocketAddr, String> {
        let host = &self.host;
        let found = lookup_host((host.as_str(), self.port)).await;
        let mut found = found.map_err(|error| format!("{host} is not found: {error}"))?;
        found.next().ok_or_else(|| format!("{host} has no address"))
    }
}

/// The servers that can be asked, as many as [`ASKED`] of each kind.
pub(super) fn targets(servers: &[IceServer]) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    for server in servers {
        let secret = server.username.clone().zip(server.credential.clone());
        for target in server.urls.iter().filter_map(|url| read(url, secret.as_ref())) {
            let alike = targets.iter().filter(|other| other.relay == target.relay).count();
            if alike < ASKED && !targets.contains(&target) {
                targets.push(target);
            }
        }
    }
    targets
}

/// Reads `stun:host:port` and `turns:host:port?transport=tcp` (RFC 7064, RFC 7065).
fn read(url: &str, secret: Option<&(String, String)>) -> Option<Target> {
    let (scheme, rest) = url.split_once(':')?;
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let over = match (scheme, query) {
        ("stun" | "turn", "" | "transport=udp") => Over::Udp,
        ("turn", "transport=tcp") => Over::Tcp,
        ("turns", "" | "transport=tcp") => Over::Tls,
        _ => return None,
    };
    let usual = if over == Over::Tls { 5349 } else { 3478 };
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port.parse().ok()?),
        _ => (place, usual),
    };
    let host = host.trim_matches(['[', ']']).to_owned();
    let relay = scheme != "stun";
    let secret = secret.filter(|_| relay).cloned();
    (!host.is_empty()).then_some(Target { relay, over, host, port, secret })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_servers_are_read_and_bounded() {
        let secret = ("ana".to_owned(), "word".to_owned());
        let read = |url| {
            let target = read(url, Some(&secret))?;
            Some((target.relay, target.over, target.host, target.port, target.secret.is_some()))
        };
        let of = |relay, over, host: &str, port, secret| {
            Some((relay, over, host.to_owned(), port, secret))
        };
        assert_eq!(read("stun:a.example"), of(false, Over::Udp, "a.example", 3478, false));
        assert_eq!(read("turn:[::1]:99?transport=tcp"), of(true, Over::Tcp, "::1", 99, true));
        assert_eq!(read("turns:a.example"), of(true, Over::Tls, "a.example", 5349, true));
        assert_eq!(read("turn:[::1]"), of(true, Over::Udp, "::1", 3478, true));
        for none in ["", "stun:", "http://a", "turn:a:port", "turns:a?transport=udp"] {
            assert_eq!(read(none), None, "{none}");
        }
        let urls = (0..50).map(|port| format!("stun:a:{port}")).collect();
        let many = IceServer { urls, username: None, credential: None };
        assert_eq!(targets(&[many.clone(), many]).len(), ASKED);
    }
}
