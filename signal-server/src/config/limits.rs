//! How much one address and all together may do, who may connect, and whose address is logged.

use std::time::Duration;

use cinemasync_server_core::admission::{Limits, Rate};
use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// Limits against abuse. docs/src/server-limits.md tells what each is for.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits")]
pub struct LimitsConfig {
    /// How many connections there may be at once.
    #[arg(long, env = "CINEMASYNC_MAX_CONNECTIONS", default_value_t = 20_000)]
    pub max_connections: usize,
    /// How many connections at once may come from one address (one IPv6 network of 64 bits).
    #[arg(long, env = "CINEMASYNC_MAX_CONNECTIONS_PER_ADDRESS", default_value_t = 64,
          value_parser = count())]
    pub max_connections_per_address: u32,
    /// How many new connections a minute may come from one address.
    #[arg(long, env = "CINEMASYNC_MAX_HANDSHAKES_PER_MINUTE", default_value_t = 120,
          value_parser = count())]
    pub max_handshakes_per_minute: u32,
    /// How many rooms an hour one address may make; a sixth of them at once.
    #[arg(long, env = "CINEMASYNC_MAX_NEW_ROOMS_PER_HOUR", default_value_t = 120,
          value_parser = count())]
    pub max_new_rooms_per_hour: u32,
    /// How many wrong codes and passwords an hour one address may try; a twelfth of them at once.
    #[arg(long, env = "CINEMASYNC_MAX_FAILED_JOINS_PER_HOUR", default_value_t = 120,
          value_parser = count())]
    pub max_failed_joins_per_hour: u32,
    /// How many wrong codes and passwords a minute all together may try; ten times as many at once.
    #[arg(long, env = "CINEMASYNC_MAX_FAILED_JOINS_PER_MINUTE_OF_ALL", default_value_t = 60,
          value_parser = count())]
    pub max_failed_joins_per_minute_of_all: u32,
    /// Limits this machine's own addresses too. Not for a server behind a proxy on the same machine,
    /// unless it is named as --trusted-proxy.
    #[arg(long, env = "CINEMASYNC_LIMIT_LOOPBACK")]
    pub limit_loopback: bool,
    /// From which web pages a browser may connect: `https://example.org`, or `*` for all. Apps send
    /// no origin and may always connect.
    #[arg(
        long,
        env = "CINEMASYNC_ALLOW_ORIGIN",
        value_delimiter = ',',
        value_name = "ORIGIN",
        default_value = "*"
    )]
    pub allow_origin: Vec<String>,
    /// In which log lines the addresses of clients stand.
    #[arg(long, env = "CINEMASYNC_LOG_ADDRESSES", value_enum, default_value_t)]
    pub log_addresses: LogAddresses,
}

/// In which log lines the addresses of clients stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogAddresses {
    /// In none.
    None,
    /// In those about somebody who met a limit.
    #[default]
    Limits,
    /// In those about each connection too.
    All,
}

impl LimitsConfig {
    /// For a server inside another program: that program is its only client.
    pub fn embedded() -> Self {
        Self {
            max_connections: 1_000,
            max_connections_per_address: 64,
            max_handshakes_per_minute: 120,
            max_new_rooms_per_hour: 120,
            max_failed_joins_per_hour: 120,
            max_failed_joins_per_minute_of_all: 60,
            limit_loopback: false,
            // A web page that somebody looks at must not reach into the programs on the machine.
            allow_origin: Vec::new(),
            log_addresses: LogAddresses::default(),
        }
    }

    /// Whether a web page of this origin may connect.
    pub(crate) fn allows_origin(&self, origin: &str) -> bool {
        let same = |allowed: &String| allowed == "*" || allowed.eq_ignore_ascii_case(origin);
        self.allow_origin.iter().any(same)
    }

    /// What the door goes by.
    pub(crate) fn limits(&self) -> Limits {
        let rate = |span, count: u32, burst: u32| Rate::per(span, count, burst.max(1));
        let handshakes = self.max_handshakes_per_minute;
        let (rooms, guesses) = (self.max_new_rooms_per_hour, self.max_failed_joins_per_hour);
        let of_all = self.max_failed_joins_per_minute_of_all;
        Limits {
            connections: self.max_connections,
            connections_of_one: self.max_connections_per_address,
            handshakes: rate(MINUTE, handshakes, handshakes),
            rooms: rate(HOUR, rooms, rooms / 6),
            guesses: rate(HOUR, guesses, guesses / 12),
            guesses_of_all: rate(MINUTE, of_all, of_all.saturating_mul(10)),
            loopback: self.limit_loopback,
            ..Limits::default()
        }
    }
}

/// At least one, and few enough that nothing overflows.
fn count() -> RangedU64ValueParser<u32> {
    RangedU64ValueParser::new().range(1..=10_000_000)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        limits: LimitsConfig,
    }

    fn parse(arguments: &[&str]) -> LimitsConfig {
        Only::parse_from([&["server"][..], arguments].concat()).limits
    }

    #[test]
    fn without_a_word_the_limits_are_those_of_the_rules() {
        assert_eq!(parse(&[]).limits(), Limits::default());
    }

    #[test]
    fn an_origin_is_allowed_if_it_or_all_are() {
        let config = parse(&["--allow-origin", "https://a.example,http://localhost:3000"]);
        assert!(config.allows_origin("https://A.example"));
        assert!(config.allows_origin("http://localhost:3000"));
        for origin in ["https://a.example:444", "http://a.example", "null", ""] {
            assert!(!config.allows_origin(origin), "{origin}");
            assert!(parse(&[]).allows_origin(origin), "{origin}");
            assert!(!LimitsConfig::embedded().allows_origin(origin), "{origin}");
        }
    }

    #[test]
    fn a_limit_of_nothing_is_refused() {
        let arguments = ["server", "--max-handshakes-per-minute", "0"];
        assert!(Only::try_parse_from(arguments).is_err());
    }
}
