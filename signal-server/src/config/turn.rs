//! Whether and how packets are relayed for those whom no direct way connects: by this program, by
//! another TURN server, or both.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::str::FromStr;

use cinemasync_server_core::Relay;
use clap::Args;

/// How packets are relayed.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Relay (TURN)")]
pub struct TurnConfig {
    /// Relays for participants whom no direct way connects. Needs --public-ip.
    #[arg(long, env = "CINEMASYNC_TURN")]
    pub turn: bool,
    /// The address under which participants reach this machine; one IPv4 and one IPv6 address at
    /// most.
    #[arg(long, env = "CINEMASYNC_PUBLIC_IP", value_delimiter = ',', value_name = "IP")]
    pub public_ip: Vec<IpAddr>,
    /// Where the relay listens, on UDP and on TCP.
    #[arg(
        long,
        env = "CINEMASYNC_TURN_LISTEN",
        value_delimiter = ',',
        value_name = "ADDRESS",
        default_value = "0.0.0.0:3478"
    )]
    pub turn_listen: Vec<SocketAddr>,
    /// Where the relay listens on TLS, with the server's certificate; 0.0.0.0:5349 is usual.
    #[arg(long, env = "CINEMASYNC_TURN_TLS_LISTEN", value_delimiter = ',', value_name = "ADDRESS")]
    pub turn_tls_listen: Vec<SocketAddr>,
    /// The name under which participants reach the relay; TLS needs the certificate's. The first
    /// --domain otherwise, or the public address.
    #[arg(long, env = "CINEMASYNC_TURN_HOST", value_name = "NAME")]
    pub turn_host: Option<String>,
    /// The UDP ports that the relay sends from; the firewall must let them in.
    #[arg(
        long,
        env = "CINEMASYNC_TURN_PORTS",
        value_name = "FIRST-LAST",
        default_value = "49152-65535"
    )]
    pub turn_ports: PortRange,
    /// The realm in which the relay's names are valid.
    #[arg(long, env = "CINEMASYNC_TURN_REALM", value_name = "NAME", default_value = "cinemasync")]
    pub turn_realm: String,
    /// Relays to private, link-local and loopback addresses too. For a LAN only: from the internet
    /// it opens the network that the server stands in.
    #[arg(long, env = "CINEMASYNC_TURN_ALLOW_PRIVATE")]
    pub turn_allow_private: bool,
    /// How many allocations one participant may have. A call has one for each other participant,
    /// network interface and way to the relay.
    #[arg(long, env = "CINEMASYNC_TURN_ALLOCATIONS", value_name = "COUNT", default_value_t = 32)]
    pub turn_allocations: usize,
    /// How many allocations there may be at once. Each takes a port and an open file.
    #[arg(
        long,
        env = "CINEMASYNC_TURN_MAX_ALLOCATIONS",
        value_name = "COUNT",
        default_value_t = 2000
    )]
    pub turn_max_allocations: usize,
    /// Megabits a second that one participant may relay each way, on average; 0: as many as come.
    #[arg(long, env = "CINEMASYNC_TURN_MBIT", value_name = "MBIT", default_value_t = 8)]
    pub turn_mbit: u32,
    /// Another TURN server that knows --turn-secret (coturn: use-auth-secret, static-auth-secret),
    /// as turn:host:3478?transport=udp.
    #[arg(
        long,
        env = "CINEMASYNC_TURN_URL",
        value_delimiter = ',',
        value_name = "URL",
        requires = "turn_secret"
    )]
    pub turn_url: Vec<String>,
    /// The secret shared with the other TURN server.
    #[arg(long, env = "CINEMASYNC_TURN_SECRET", hide_env_values = true, value_name = "SECRET")]
    pub turn_secret: Option<String>,
}

impl TurnConfig {
    /// The other TURN server, if there is one.
    pub(crate) fn external(&self) -> Vec<Relay> {
        // An empty word in the environment means none.
        let urls: Vec<String> =
            self.turn_url.iter().filter(|url| !url.is_empty()).cloned().collect();
        match &self.turn_secret {
            Some(secret) if !urls.is_empty() => {
                vec![Relay { urls, secret: secret.as_bytes().to_vec() }]
            }
            _ => Vec::new(),
        }
    }
}

impl Default for TurnConfig {
    /// No relay.
    fn default() -> Self {
        Self {
            turn: false,
            public_ip: Vec::new(),
            turn_listen: vec![SocketAddr::from((Ipv4Addr::UNSPECIFIED, 3478))],
            turn_tls_listen: Vec::new(),
            turn_host: None,
            turn_ports: PortRange(49_152..=65_535),
            turn_realm: "cinemasync".to_owned(),
            turn_allow_private: false,
            turn_allocations: 32,
            turn_max_allocations: 2000,
            turn_mbit: 8,
            turn_url: Vec::new(),
            turn_secret: None,
        }
    }
}

/// A range of ports, the last included. Never empty, never with port 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortRange(RangeInclusive<u16>);

impl PortRange {
    /// The ports.
    pub fn ports(&self) -> RangeInclusive<u16> {
        self.0.clone()
    }
}

impl FromStr for PortRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let port = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port > 0);
        text.split_once('-')
            .and_then(|(first, last)| Some((port(first)?, port(last)?)))
            .filter(|(first, last)| first <= last)
            .map(|(first, last)| Self(first..=last))
            .ok_or_else(|| "a range of ports is written as 49152-65535".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::Config;

    #[test]
    fn the_command_line_without_options_is_the_default() {
        let parsed = Config::try_parse_from(["server"]).unwrap().turn;
        assert_eq!(format!("{parsed:?}"), format!("{:?}", TurnConfig::default()));
    }

    #[test]
    fn ranges_of_ports_are_read() {
        assert_eq!("49152-65535".parse(), Ok(PortRange(49_152..=65_535)));
        assert_eq!(" 5 - 5 ".parse(), Ok(PortRange(5..=5)));
        for text in ["", "5", "6-5", "0-5", "5-65536", "-5", "a-b", "1-2-3"] {
            assert!(text.parse::<PortRange>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn another_relay_needs_its_secret() {
        let url = ["server", "--turn-url", "turn:relay.example.net"];
        assert!(Config::try_parse_from(url).is_err());
        let both = url.into_iter().chain(["--turn-secret", "s"]);
        assert!(Config::try_parse_from(both).is_ok());
    }
}
