//! `cargo xtask bench turn`: what one stream through our relay costs, beside coturn in the same run and
//! turn by turn. The client and the peer of the stream are the load generator's.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use super::load::{self, Load, Pins, cell, number};
use super::machine::Machine;
use super::report::{Cell, Report, Table};
use super::search;
use crate::children::Owned;
use crate::server;
use crate::shell::Invocation;
use crate::workspace::{self, Profile};

/// What `cargo xtask bench turn` can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// One round of short streams: about 15 seconds, and rougher.
    #[arg(long)]
    quick: bool,
    /// How often each relay has its turn.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=20))]
    rounds: Option<u32>,
}

/// Packets a second: a film shared in good quality (24 Mbit/s), and eight of them.
const RATES: [f64; 2] = [2_500.0, 20_000.0];
/// What WebRTC puts into one packet, about.
const BYTES: u16 = 1_200;
/// Coturn's secret; the credentials made with it open nothing but a relay on loopback.
const SECRET: &str = "a secret of this bench";
/// Ports of relayed addresses: below those that the system gives out.
const PORTS: [u16; 2] = [21_000, 21_999];

/// Measures.
pub(super) fn measure(options: &Options, profile: Profile) -> Result<Report> {
    load::only_on_linux()?;
    let (rounds, warm_up, seconds) = if options.quick { (1, 0.5, 1.5) } else { (5, 1.0, 4.0) };
    let rounds = options.rounds.unwrap_or(rounds);
    let folder = super::scratch("turn")?;
    let pins = Pins::of_this_machine();
    let mut report = Report::new("turn", Machine::of_this_process());
    let coturn = workspace::find_program("turnserver");
    let mut conditions = Table::new("conditions", &["what", "how"]);
    conditions.push(vec!["processors".into(), Cell::Text(pins.to_string())]);
    let version = coturn.as_deref().map_or("not installed".to_owned(), version_of);
    conditions.push(vec!["coturn".into(), Cell::Text(version)]);
    let how = "no bound on the bandwidth of one participant; private peers allowed; metrics on";
    conditions.push(vec!["ours".into(), how.into()]);
    report.table(conditions);

    let mut sides = vec![Side::ours(profile, &pins, &folder)?];
    if let Some(program) = &coturn {
        sides.push(Side::coturn(program, profile, &pins, &folder)?);
    }
    let mut table = Table::new(
        "one stream",
        &["relay", "round", "packets/s", "Mbit/s", "lost %", "relay CPU", "load CPU", "MB/CPU s"],
    );
    // For each rate, what each side reached in each round.
    let mut found = vec![vec![Vec::new(); sides.len()]; RATES.len()];
    for round in 1..=rounds {
        for (rate, found) in RATES.iter().zip(&mut found) {
            for (side, found) in sides.iter_mut().zip(found) {
                eprintln!("{}: round {round}, {rate} packets a second", side.name);
                let answer = side
                    .load
                    .ask(&json!({ "do": "stream", "relay": side.relay,
                    "secret": side.secret, "bytes": BYTES, "rate": rate, "warm_up": warm_up,
                    "seconds": seconds }))
                    .with_context(|| format!("through {}", side.name))?;
                found.push(number(&answer, "megabytes_per_cpu_second")?);
                table.push(vec![
                    side.name.into(),
                    Cell::Number(f64::from(round), 0),
                    Cell::Number(*rate, 0),
                    cell(&answer, "mbit_per_second", 1),
                    cell(&answer, "lost_percent", 2),
                    cell(&answer, "server_cpu", 3),
                    cell(&answer, "load_cpu", 2),
                    cell(&answer, "megabytes_per_cpu_second", 0),
                ]);
            }
        }
    }
    report.table(table);
    conclude(&mut report, &found);
    Ok(report)
}

fn conclude(report: &mut Report, found: &[Vec<Vec<f64>>]) {
    let mut medians =
        Table::new("medians, MB a CPU second", &["packets/s", "ours", "coturn", "ratio"]);
    for (rate, found) in RATES.iter().zip(found) {
        let median = |side: usize| found.get(side).and_then(|values| search::median(values));
        let (ours, theirs) = (median(0), median(1));
        let ratio = ours.zip(theirs).map(|(ours, theirs)| ours / theirs);
        medians.push(vec![
            Cell::Number(*rate, 0),
            Cell::number(ours, 0),
            Cell::number(theirs, 0),
            Cell::number(ratio, 2),
        ]);
        let told = ratio.map_or("not compared".to_owned(), |ratio| format!("{ratio:.2} times"));
        report.goal(
            format!(
                "one relayed stream of {rate} packets/s: throughput a CPU second ≥ coturn's: {told}"
            ),
            ratio.is_some_and(|ratio| ratio >= 1.0),
        );
    }
    report.table(medians);
}

/// A relay under load.
struct Side {
    name: &'static str,
    relay: SocketAddr,
    secret: Option<&'static str>,
    load: Load,
    _server: Owned,
}

impl Side {
    fn ours(profile: Profile, pins: &Pins, folder: &Path) -> Result<Self> {
        let (address, relay) = (server::free_address()?, server::free_address()?);
        let program = workspace::program("cinemasync-server", profile);
        let arguments = [
            "--listen",
            &address.to_string(),
            "--turn",
            "--public-ip",
            "127.0.0.1",
            "--turn-listen",
            &relay.to_string(),
            "--turn-ports",
            &format!("{}-{}", PORTS[0], PORTS[1]),
            "--turn-allow-private",
            "--turn-mbit",
            "0",
        ]
        .map(str::to_owned);
        let mut server =
            pins.serve("ours", &program, &arguments, address, &folder.join("ours.log"))?;
        let about = [address.to_string(), server.child().id().to_string()];
        let load = Load::start(pins, profile, about, &[], &folder.join("ours-load.log"))?;
        Ok(Self { name: "ours", relay, secret: None, load, _server: server })
    }

    fn coturn(program: &Path, profile: Profile, pins: &Pins, folder: &Path) -> Result<Self> {
        let relay = server::free_address()?;
        let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
        let arguments = [
            "-n",
            "--listening-ip",
            "127.0.0.1",
            "--listening-port",
            &relay.port().to_string(),
            "--relay-ip",
            "127.0.0.1",
            "--min-port",
            &PORTS[0].to_string(),
            "--max-port",
            &PORTS[1].to_string(),
            "--relay-threads",
            "1",
            "--realm",
            "bench",
            "--use-auth-secret",
            "--static-auth-secret",
            SECRET,
            "--allow-loopback-peers",
            "--no-cli",
            "--no-tls",
            "--no-dtls",
            "--no-multicast-peers",
            "--userdb",
            &file("coturn.db"),
            "--pidfile",
            &file("coturn.pid"),
            "--log-file",
            "stdout",
        ]
        .map(str::to_owned);
        let mut server =
            pins.serve("coturn", program, &arguments, relay, &folder.join("coturn.log"))?;
        // It has no signaling server; nothing is asked of that address.
        let about = [relay.to_string(), server.child().id().to_string()];
        let load = Load::start(pins, profile, about, &[], &folder.join("coturn-load.log"))?;
        Ok(Self { name: "coturn", relay, secret: Some(SECRET), load, _server: server })
    }
}

fn version_of(program: &Path) -> String {
    let answer = Invocation::new(program).arg("--version").read();
    let version = answer.ok().and_then(|(_, text)| text.lines().last().map(str::to_owned));
    version.filter(|version| !version.is_empty()).unwrap_or_else(|| "of an unknown version".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rate_must_reach_coturn_and_without_it_none_does() {
        let text = |found: &[Vec<Vec<f64>>]| {
            let mut report = Report::new("turn", Machine::of_this_process());
            conclude(&mut report, found);
            report.to_string()
        };
        let both = text(&[vec![vec![300.0], vec![200.0]], vec![vec![100.0], vec![200.0]]]);
        assert!(both.contains("met     one relayed stream of 2500 packets/s"), "{both}");
        assert!(both.contains("NOT MET one relayed stream of 20000 packets/s"), "{both}");
        let alone = text(&[vec![vec![300.0]], vec![vec![100.0]]]);
        assert_eq!(alone.matches("NOT MET").count(), 2, "{alone}");
    }
}
