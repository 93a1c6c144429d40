//! `cargo xtask bench connect` (Linux): two `headless` processes over bad networks. How soon they see
//! each other, directly and over each kind of relay, and how soon again after the network changed, a
//! program stood still, or a server was started anew.

mod pair;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;

use self::pair::{Network, Pair};
use super::machine::Machine;
use super::report::{Cell, Report, Table};
use crate::children;
use crate::netlab::{Direction, Firewall, Link, Nat};
use crate::shell::Invocation;
use crate::workspace::Profile;

/// What `cargo xtask bench connect` can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only what has this in its name.
    #[arg(long)]
    only: Option<String>,
}

/// How long it may take until somebody is back.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long the one who is stopped stands still, and the one without a network is cut off.
const STANDSTILL: Duration = Duration::from_secs(20);
const CUT: Duration = Duration::from_secs(8);

/// Something happens after pictures have flowed for a moment.
const SETTLED: Duration = Duration::from_secs(2);

/// Measures meeting, then coming back.
pub(super) fn measure(options: &Options, profile: Profile) -> Result<Report> {
    let folder = super::scratch("connect")?;
    let wanted = |name: &str| options.only.as_ref().is_none_or(|only| name.contains(only.as_str()));
    let mut report = Report::new("connect", Machine::of_this_process());

    let mut meeting = Table::new(
        "meeting, 40 ms there and back",
        &["way", "path", "connected s", "first picture s"],
    );
    for (name, network) in ways().into_iter().filter(|(name, _)| wanted(name)) {
        eprintln!("connect: {name}");
        match meet(&network, profile, &folder) {
            Ok(row) => meeting.push([vec![name.into()], row].concat()),
            Err(error) => {
                eprintln!("connect: {name}: {error:#}");
                report.goal(format!("{name}: they meet"), false);
            }
        }
    }
    if meeting.len() > 0 {
        let slowest = meeting.numbers("connected s").into_iter().fold(0.0, f64::max);
        report.goal("whatever the way, they are connected within 2.5 s", slowest <= 2.5);
        report.table(meeting);
    }

    let mut back = Table::new(
        "coming back",
        &["story", "path", "told s", "connected again s", "pictures again s", "at most s"],
    );
    for (name, network, story, most) in stories().into_iter().filter(|(name, ..)| wanted(name)) {
        eprintln!("connect: {name}");
        match story(&network, profile, &folder) {
            Ok(row) => {
                let took = row.last().cloned();
                back.push([vec![name.into()], row, vec![Cell::number(Some(most), 0)]].concat());
                let took = match took {
                    Some(Cell::Number(took, _)) => took,
                    _ => f64::MAX,
                };
                report.goal(format!("{name}: pictures again within {most} s"), took <= most);
            }
            Err(error) => {
                eprintln!("connect: {name}: {error:#}");
                report.goal(format!("{name}: they are back"), false);
            }
        }
    }
    if back.len() > 0 {
        report.table(back);
    }
    Ok(report)
}

/// The ways to each other, with what leaves only that one.
fn ways() -> Vec<(&'static str, Network)> {
    let relayed = Network { relay: true, ..Network::default() };
    let apart = Network { apart: true, ..relayed.clone() };
    vec![
        ("direct", Network::default()),
        ("direct, IPv6 alone", Network { v6_alone: true, ..Network::default() }),
        ("both behind routers", Network { nat: Some(Nat::Alike), ..relayed.clone() }),
        ("both behind strict routers", Network { nat: Some(Nat::Strict), ..relayed.clone() }),
        ("relay over UDP", apart.clone()),
        ("relay over TCP", Network { firewall: only_tcp(&[3478]), ..apart.clone() }),
        ("relay over TLS on 443", Network { tls: true, firewall: only_tcp(&[443]), ..apart }),
        ("one of them without UDP", Network { firewall_of_ben: Some(Firewall::NoUdp), ..relayed }),
    ]
}

/// Lets through TCP to the server and to these ports of it.
fn only_tcp(ports: &[u16]) -> Firewall {
    Firewall::OnlyTcp([&[crate::netlab::SERVER_PORT], ports].concat())
}

fn meet(network: &Network, profile: Profile, folder: &Path) -> Result<Vec<Cell>> {
    let mut pair = Pair::meet(network, profile, folder)?;
    let id = pair.anna.id.clone();
    let room = pair.ben.process.wait_for("a room", PATIENCE, |e| e.name() == "room")?;
    let connected = pair.ben.process.wait_for("a connection", PATIENCE, |e| {
        e.name() == "peer" && e.text("id") == id && e.text("state") == "connected"
    })?;
    let first = pair.ben.process.wait_for("a picture", PATIENCE, |e| e.name() == "first_frame")?;
    let path = pair.paths()?;
    pair.leave()?;
    let since = |seconds: f64| Cell::number(Some(seconds - room.seconds()), 3);
    Ok(vec![path, since(connected.seconds()), since(first.seconds())])
}

/// What happens in a call; gives the path, and when it was told and over.
type Story = fn(&Network, Profile, &Path) -> Result<Vec<Cell>>;

/// What may happen in a call, where, and in how many seconds it should be over.
fn stories() -> Vec<(&'static str, Network, Story, f64)> {
    let apart = Network { apart: true, relay: true, ..Network::default() };
    let strict = Network { nat: Some(Nat::Strict), relay: true, ..Network::default() };
    let tcp = Network { firewall: only_tcp(&[3478]), ..apart.clone() };
    vec![
        ("one moves to another network", Network::default(), move_away, 3.0),
        ("one moves, behind strict routers", strict, move_away, 3.0),
        ("one moves, relayed over UDP", apart.clone(), move_away, 3.0),
        ("one moves, relayed over TCP", tcp.clone(), move_away, 3.0),
        ("one stands still for 20 s", Network::default(), stand_still, 3.0),
        ("one stands still for 20 s, relayed over TCP", tcp.clone(), stand_still, 5.0),
        ("one is cut off for 8 s", Network::default(), cut_off, 5.0),
        ("the server starts anew, relayed over UDP", apart, start_anew, 5.0),
        ("the server starts anew, relayed over TCP", tcp, start_anew, 5.0),
    ]
}

fn move_away(network: &Network, profile: Profile, folder: &Path) -> Result<Vec<Cell>> {
    let mut pair = Pair::settled(network, profile, folder)?;
    let marks = pair.marks();
    let began = Instant::now();
    pair.lab.change_address("ben")?;
    let told = pair.told(marks, PATIENCE)?;
    finish(pair, marks, began, Some(told.duration_since(began)))
}

fn stand_still(network: &Network, profile: Profile, folder: &Path) -> Result<Vec<Cell>> {
    let mut pair = Pair::settled(network, profile, folder)?;
    let marks = pair.marks();
    let pid = pair.ben.process.id().to_string();
    let stopped = Instant::now();
    Invocation::new("kill").args(["-STOP", &pid]).run_quietly()?;
    let told = pair.told(marks, STANDSTILL).map(|at| at.duration_since(stopped));
    children::pause(STANDSTILL.saturating_sub(stopped.elapsed()))?;
    Invocation::new("kill").args(["-CONT", &pid]).run_quietly()?;
    finish(pair, marks, Instant::now(), Some(told?))
}

fn cut_off(network: &Network, profile: Profile, folder: &Path) -> Result<Vec<Cell>> {
    let mut pair = Pair::settled(network, profile, folder)?;
    let marks = pair.marks();
    let cut = Instant::now();
    let nothing = Link { loss: 1.0, ..pair::line() };
    pair.set_line_of_ben(nothing);
    let told = pair.told(marks, CUT).map(|at| at.duration_since(cut));
    children::pause(CUT.saturating_sub(cut.elapsed()))?;
    pair.set_line_of_ben(pair::line());
    finish(pair, marks, Instant::now(), Some(told?))
}

fn start_anew(network: &Network, profile: Profile, folder: &Path) -> Result<Vec<Cell>> {
    let mut pair = Pair::settled(network, profile, folder)?;
    let marks = pair.marks();
    let began = Instant::now();
    pair.restart_server(network, profile, folder)?;
    finish(pair, marks, began, None)
}

/// Waits until both see each other again, and makes sure that nobody has come or gone.
fn finish(
    mut pair: Pair,
    marks: [usize; 2],
    began: Instant,
    told: Option<Duration>,
) -> Result<Vec<Cell>> {
    let connected = pair.connected_again(marks, PATIENCE)?.duration_since(began);
    let pictures = pair.pictures_again(PATIENCE)?.duration_since(began);
    for person in [&mut pair.anna, &mut pair.ben] {
        let name = person.process.name().to_owned();
        let moved = |name: &str| matches!(name, "participant_left" | "room");
        let count = person.process.history().iter().filter(|e| moved(e.name())).count();
        if count != 1 {
            bail!("{name} saw somebody go, or came into a room twice");
        }
    }
    let path = pair.paths()?;
    pair.leave()?;
    let seconds = |span: Duration| Cell::number(Some(span.as_secs_f64()), 2);
    Ok(vec![path, told.map_or(Cell::Missing, seconds), seconds(connected), seconds(pictures)])
}

/// What both lines carry, for an error that says where packets went.
fn traffic(lab: &crate::netlab::Netlab) -> String {
    let of = |name: &str| {
        let [up, down] = [Direction::Up, Direction::Down].map(|way| lab.counts(name, way).carried);
        format!("{name} sent {up} packets and got {down}")
    };
    ["anna", "ben", "server"].map(of).join(", ")
}

/// Adds to an error how much went over the lines.
fn with_traffic<T>(result: Result<T>, lab: &crate::netlab::Netlab) -> Result<T> {
    result.with_context(|| traffic(lab))
}
