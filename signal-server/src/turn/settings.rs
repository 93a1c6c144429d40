//! What the relay is told, and what it tells participants of itself.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;

use tokio_rustls::rustls::ServerConfig;

use super::TurnLimits;
use crate::config::TurnConfig;

/// Clients on TCP and TLS. A participant has one for each allocation there.
const STREAMS: usize = 4096;
/// Of them from one address: a household of three in calls of sixteen.
const STREAMS_PER_ADDRESS: usize = 128;

/// What the relay is told.
#[derive(Clone)]
pub struct TurnSettings {
    /// Where to listen, on UDP and TCP. Port 0 takes a free one.
    pub listen: Vec<SocketAddr>,
    /// Where to listen on TLS.
    pub tls_listen: Vec<SocketAddr>,
    /// The certificate and how TLS is spoken.
    pub tls: Option<Arc<ServerConfig>>,
    /// Under which addresses it relays; one of each family at most.
    pub public_ips: Vec<IpAddr>,
    /// The name that participants are given instead of the first address.
    pub host: Option<String>,
    /// The ports of allocations.
    pub ports: RangeInclusive<u16>,
    /// The realm of its names.
    pub realm: String,
    /// What credentials are signed with.
    pub secret: Vec<u8>,
    /// Whether private, link-local and loopback addresses may be relayed to.
    pub allow_private: bool,
    /// How much each may take.
    pub limits: TurnLimits,
}

impl TurnSettings {
    /// What `config` says, with credentials signed by `secret`; `None` if it wants no relay here.
    pub fn new(
        config: &TurnConfig,
        secret: Vec<u8>,
        tls: Option<Arc<ServerConfig>>,
    ) -> Option<Self> {
        let rate = u64::from(config.turn_mbit) * 1_000_000 / 8;
        config.turn.then(|| Self {
            listen: config.turn_listen.clone(),
            tls_listen: config.turn_tls_listen.clone(),
            tls,
            public_ips: config.public_ip.clone(),
            host: config.turn_host.clone().filter(|host| !host.is_empty()),
            ports: config.turn_ports.ports(),
            realm: config.turn_realm.clone(),
            secret,
            allow_private: config.turn_allow_private,
            limits: TurnLimits {
                per_participant: config.turn_allocations,
                total: config.turn_max_allocations,
                bytes_per_second: (rate > 0).then_some(rate),
                streams: STREAMS,
                streams_per_address: STREAMS_PER_ADDRESS,
            },
        })
    }

    /// The relay's addresses for participants, when it listens at these. UDP first: it is what video
    /// wants, and the rest is for networks that block it.
    pub(super) fn urls(&self, plain: &[SocketAddr], tls: &[SocketAddr]) -> Vec<String> {
        let mut urls = Vec::new();
        let ways = [("turn", "udp", plain), ("turn", "tcp", plain), ("turns", "tcp", tls)];
        for (scheme, transport, addresses) in ways {
            for address in addresses {
                let url = match self.host_for(*address) {
                    Some(host) => {
                        format!("{scheme}:{host}:{}?transport={transport}", address.port())
                    }
                    None => continue,
                };
                if !urls.contains(&url) {
                    urls.push(url);
                }
            }
        }
        urls
    }

    /// The host by which a listener is reached. None where it has a family without a public address.
    fn host_for(&self, listener: SocketAddr) -> Option<String> {
        if let Some(host) = &self.host {
            return Some(host.clone());
        }
        let ip = self.public_ips.iter().find(|ip| ip.is_ipv4() == listener.is_ipv4())?;
        Some(match ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(public_ips: &[&str], host: Option<&str>) -> TurnSettings {
        let config = TurnConfig {
            turn: true,
            public_ip: public_ips.iter().map(|ip| ip.parse().unwrap()).collect(),
            turn_host: host.map(str::to_owned),
            ..TurnConfig::default()
        };
        TurnSettings::new(&config, vec![1; 32], None).unwrap()
    }

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn participants_are_told_each_way_udp_first() {
        let settings = settings(&["5.6.7.8"], None);
        let urls = settings.urls(&addresses(&["0.0.0.0:3478"]), &addresses(&["0.0.0.0:5349"]));
        let expected = [
            "turn:5.6.7.8:3478?transport=udp",
            "turn:5.6.7.8:3478?transport=tcp",
            "turns:5.6.7.8:5349?transport=tcp",
        ];
        assert_eq!(urls, expected);
    }

    #[test]
    fn a_name_stands_for_all_addresses_and_is_told_once() {
        let settings = settings(&["5.6.7.8", "2a00::1"], Some("relay.example.org"));
        let urls = settings.urls(&addresses(&["0.0.0.0:3478", "[::]:3478"]), &[]);
        let expected = [
            "turn:relay.example.org:3478?transport=udp",
            "turn:relay.example.org:3478?transport=tcp",
        ];
        assert_eq!(urls, expected);
    }

    #[test]
    fn an_ipv6_address_is_told_in_brackets_and_no_address_not_at_all() {
        let settings = settings(&["2a00::1"], None);
        let urls = settings.urls(&addresses(&["0.0.0.0:3478", "[::]:3478"]), &[]);
        let expected = ["turn:[2a00::1]:3478?transport=udp", "turn:[2a00::1]:3478?transport=tcp"];
        assert_eq!(urls, expected);
    }

    #[test]
    fn without_the_switch_there_is_no_relay() {
        assert!(TurnSettings::new(&TurnConfig::default(), vec![], None).is_none());
    }
}
