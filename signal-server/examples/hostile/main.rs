//! How long a room's messages take while others flood the same server: for each flood the median, the
//! 99th percentile and the longest, as one JSON line.
//!
//! `cargo run --release -p cinemasync-server --example hostile` runs the server inside itself, on
//! threads of its own; `--server ADDRESS` takes one that runs already. On Linux the floods come from
//! an address of their own, 127.0.0.2, and the limits for loopback are on, so that what is measured
//! is the server as strangers meet it. Attackers share the machine with the server: on few cores
//! their own work is in the figures.

mod flood;
mod room;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context as _, Result};
use cinemasync_server::{Config, LimitsConfig, Server};
use clap::Parser;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

use flood::{Flood, From};
use room::Room;

/// Measures a room's latency during floods.
#[derive(Debug, Parser)]
struct Arguments {
    /// A server that runs already.
    #[arg(long)]
    server: Option<SocketAddr>,
    /// How long each flood lasts.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How many attack at once.
    #[arg(long, default_value_t = 4)]
    attackers: usize,
    /// Each attacker comes from another address each time, so that no address meets its limits. Linux
    /// only, where all of 127.0.0.0/8 is this machine.
    #[arg(long)]
    many_addresses: bool,
    /// Messages a second in the room.
    #[arg(long, default_value_t = 100)]
    rate: u32,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    // Each with threads of its own, so that they meet in the server only.
    let serving = runtime("server", 2)?;
    let attacking = runtime("attack", 1)?;
    let measuring = runtime("room", 1)?;
    let server = match arguments.server {
        Some(_) => None,
        None => Some(serving.block_on(Server::bind(config()))?),
    };
    let address = match (&server, arguments.server) {
        (Some(server), _) => server.local_addr(),
        (None, given) => given.context("either a server is given or one is started")?,
    };
    let from = match arguments.many_addresses {
        true => From::Many,
        false if cfg!(target_os = "linux") => From::One(Ipv4Addr::new(127, 0, 0, 2)),
        false => From::One(Ipv4Addr::UNSPECIFIED),
    };
    let mut room = measuring.block_on(Room::meet(address))?;
    let time = Duration::from_secs(arguments.seconds);
    let quiet = measuring.block_on(room.talk(arguments.rate, time))?;
    print("nothing", &quiet, 0);
    for flood in Flood::ALL {
        let attack = flood.begin(&attacking, address, from, arguments.attackers);
        let latency = measuring.block_on(room.talk(arguments.rate, time));
        let turns = attack.end();
        print(flood.name(), &latency.with_context(|| flood.name().to_owned())?, turns);
    }
    Ok(())
}

fn config() -> Config {
    let limits = LimitsConfig { limit_loopback: true, ..LimitsConfig::embedded() };
    Config { limits, ..Config::embedded() }
}

fn runtime(name: &str, threads: usize) -> Result<Runtime> {
    let runtime =
        Builder::new_multi_thread().worker_threads(threads).thread_name(name).enable_all().build();
    runtime.context("a runtime can be started")
}

/// `turns`: how often an attacker was thrown out and came again.
fn print(flood: &str, latency: &[Duration], turns: u64) {
    let millis = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index below the length"
        )]
        let at = ((latency.len() as f64 * share) as usize).min(latency.len().saturating_sub(1));
        latency.get(at).map(|time| (time.as_secs_f64() * 1e5).round() / 100.0)
    };
    let line = json!({
        "flood": flood,
        "messages": latency.len(),
        "p50_ms": millis(0.5),
        "p99_ms": millis(0.99),
        "max_ms": millis(1.0),
        "attackers_thrown_out": turns,
    });
    println!("{line}");
}
