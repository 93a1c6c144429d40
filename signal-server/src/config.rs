//! What whoever runs the server can set, on the command line or in the environment.

mod limits;
mod metered;
mod secret;
mod tls;
mod turn;

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;

use cinemasync_protocol::limits::{
    DEFAULT_MAX_PARTICIPANTS, MAX_MAX_PARTICIPANTS, MIN_MAX_PARTICIPANTS, RESUME_WINDOW_SECS,
};
use clap::{Parser, ValueEnum};

pub use limits::{LimitsConfig, LogAddresses};
pub(crate) use metered::MeteredService;
pub use metered::{MeteredConfig, MeteredFault};
pub use secret::{SecretConfig, ServerSecret};
pub(crate) use tls::{AcmeOptions, Source};
pub use tls::{TlsConfig, TlsOptionsError};
pub use turn::{PortRange, TurnConfig};

/// The signaling server of CinemaSync: rooms, and the first words between those who meet in them.
#[derive(Debug, Clone, Parser)]
#[command(name = "cinemasync-server", version)]
pub struct Config {
    /// Where to listen.
    #[arg(long, env = "CINEMASYNC_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// How many participants a room holds.
    #[arg(long, env = "CINEMASYNC_MAX_PARTICIPANTS", default_value_t = DEFAULT_MAX_PARTICIPANTS,
          value_parser = participants)]
    pub max_participants: usize,
    /// How many rooms there may be at once.
    #[arg(long, env = "CINEMASYNC_MAX_ROOMS", default_value_t = 10_000)]
    pub max_rooms: usize,
    /// How many seconds the place of somebody whose connection broke is kept, and how long after a
    /// restart people find their rooms again.
    #[arg(long, env = "CINEMASYNC_RESUME_WINDOW", value_name = "SECONDS",
          default_value_t = RESUME_WINDOW_SECS, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub resume_window: u64,
    /// STUN servers that tell participants their public address.
    #[arg(long, env = "CINEMASYNC_STUN_URL", value_delimiter = ',', value_name = "URL",
          default_values = ["stun:stun.l.google.com:19302", "stun:stun.cloudflare.com:3478"])]
    pub stun_url: Vec<String>,
    /// Opens /debug/rooms and /metrics to whoever knows this word. Without one the first does not
    /// exist, and the second is for this machine only, if the server listens nowhere else.
    #[arg(long, env = "CINEMASYNC_ADMIN_TOKEN", hide_env_values = true)]
    pub admin_token: Option<String>,
    /// Which version of the app is recommended to those who use this server; the app tells them on
    /// request. Three numbers, as 1.2.3.
    #[arg(long, env = "CINEMASYNC_CLIENT_VERSION", value_name = "VERSION")]
    pub client_version: Option<ClientVersion>,
    /// Relays by Metered.ca.
    #[command(flatten)]
    pub metered: MeteredConfig,
    /// The server's secret.
    #[command(flatten)]
    pub secret: SecretConfig,
    /// How the log is written.
    #[arg(long, env = "CINEMASYNC_LOG_FORMAT", value_enum, default_value_t)]
    pub log_format: LogFormat,
    /// How connections arrive.
    #[command(flatten)]
    pub tls: TlsConfig,
    /// How much clients may do.
    #[command(flatten)]
    pub limits: LimitsConfig,
    /// How packets are relayed.
    #[command(flatten)]
    pub turn: TurnConfig,
}

/// A version of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientVersion([u32; 3]);

impl FromStr for ClientVersion {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers: Vec<u32> =
            text.split('.').map_while(|number| number.parse().ok()).take(4).collect();
        // What is not a number ends the list early, and is missed in the text that it makes.
        let version = numbers.try_into().map(Self);
        version
            .ok()
            .filter(|version| version.to_string() == text)
            .ok_or("a version has three numbers, as 1.2.3")
    }
}

impl fmt::Display for ClientVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// A server inside another program: on a free loopback port, without anything from outside.
    pub fn embedded() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            max_participants: DEFAULT_MAX_PARTICIPANTS,
            max_rooms: 100,
            resume_window: RESUME_WINDOW_SECS,
            stun_url: Vec::new(),
            admin_token: None,
            client_version: None,
            metered: MeteredConfig::default(),
            secret: SecretConfig::default(),
            log_format: LogFormat::Pretty,
            tls: TlsConfig::default(),
            limits: LimitsConfig::embedded(),
            turn: TurnConfig::default(),
        }
    }
}

fn participants(text: &str) -> Result<usize, String> {
    let range = MIN_MAX_PARTICIPANTS..=MAX_MAX_PARTICIPANTS;
    text.parse().ok().filter(|count| range.contains(count)).ok_or_else(|| {
        format!("a room holds {MIN_MAX_PARTICIPANTS} to {MAX_MAX_PARTICIPANTS} participants")
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Config::command().debug_assert();
    }

    #[test]
    fn a_version_has_three_numbers() {
        let parse = |text: &str| text.parse::<ClientVersion>().map(|version| version.to_string());
        assert_eq!(parse("1.20.3"), Ok("1.20.3".to_owned()));
        for none in ["", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.x", "1.2.3-beta", "01.2.3"] {
            assert!(parse(none).is_err(), "{none}");
        }
    }

    #[test]
    fn rooms_of_one_or_of_a_crowd_are_refused() {
        let parse = |count: &str| Config::try_parse_from(["server", "--max-participants", count]);
        assert!(parse("2").is_ok() && parse("16").is_ok());
        assert!(parse("1").is_err() && parse("17").is_err() && parse("many").is_err());
    }
}
