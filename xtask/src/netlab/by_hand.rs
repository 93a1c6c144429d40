//! `cargo xtask netlab`: a server and two people in a lab, to look at by hand. Ben's line is as bad as
//! the options say, and changes by lines on stdin while the call goes on.

use std::env;
use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;

use super::{Direction, Firewall, Link, Netlab, acquire_rights};
use crate::children;
use crate::headless::Headless;
use crate::server;
use crate::workspace::{self, Profile};

/// What `cargo xtask netlab` can be told. All of it is about the line of the second person.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Delay each way, in milliseconds.
    #[arg(long, default_value_t = 0)]
    delay: u64,
    /// Up to so much more delay, in milliseconds.
    #[arg(long, default_value_t = 0)]
    jitter: u64,
    /// Packets lost each way, in percent.
    #[arg(long, default_value_t = 0.0)]
    loss: f64,
    /// Bits a second each way, as 600k or 4M; none: as fast as this machine.
    #[arg(long, default_value = "none")]
    rate: Rate,
    /// Kilobytes that wait for a slow line at most.
    #[arg(long, default_value_t = 128)]
    queue: usize,
    /// What the second person's router lets through: open, no-udp, or only-tcp:PORT,PORT.
    #[arg(long, default_value = "open")]
    firewall: Firewall,
    /// Nothing passes directly between the two: they meet through the relay.
    #[arg(long)]
    apart: bool,
    /// Two processes without windows; so it is where there is no display.
    #[arg(long)]
    headless: bool,
    /// Build quickly instead of well.
    #[arg(long)]
    dev: bool,
}

/// How long a process may take to be in the room.
const PATIENCE: Duration = Duration::from_secs(60);

/// What can be typed while it runs.
const HELP: &str = "netlab: type a change of Ben's line and press Enter: delay 40, jitter 10, loss 2, \
                    rate 600k (or none), queue 64, firewall no-udp (open, only-tcp:8080,3478), apart, \
                    address, counts; end with Ctrl-C";

/// Bits a second, or no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rate(Option<u64>);

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (digits, factor) = match text.as_bytes() {
            b"none" => return Ok(Self(None)),
            [.., b'k'] => (&text[..text.len() - 1], 1_000),
            [.., b'M'] => (&text[..text.len() - 1], 1_000_000),
            _ => (text, 1),
        };
        let number = digits.parse::<u32>().ok().filter(|number| *number > 0);
        let rate = number.ok_or_else(|| format!("{text} is no rate; one is 600k, 4M or none"))?;
        Ok(Self(Some(u64::from(rate) * factor)))
    }
}

impl FromStr for Firewall {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "open" => Ok(Self::Open),
            None if text == "no-udp" => Ok(Self::NoUdp),
            Some(("only-tcp", ports)) => {
                let numbers = ports.split(',').map(str::parse).collect::<Result<_, _>>();
                numbers.map(Self::OnlyTcp).map_err(|_| format!("{ports} are no ports"))
            }
            _ => Err(format!("{text} is none of open, no-udp, only-tcp:PORT,PORT")),
        }
    }
}

/// Opens the room and obeys until Ctrl-C.
pub(crate) fn run(options: &Options) -> Result<()> {
    acquire_rights()?;
    let profile = if options.dev { Profile::Dev } else { Profile::Release };
    server::build(profile)?;
    children::catch_interrupts()?;
    let folder = workspace::target_dir().join("netlab");
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    let mut lab = Netlab::new(&["server", "anna", "ben"])?;
    let mut link = Link {
        delay: Duration::from_millis(options.delay),
        jitter: Duration::from_millis(options.jitter),
        loss: options.loss / 100.0,
        rate_bps: options.rate.0,
        queue_bytes: options.queue * 1_024,
    };
    set_both_ways(&lab, link);
    lab.set_firewall("ben", options.firewall.clone());
    if options.apart {
        lab.isolate("anna", "ben");
    }
    let server = lab.serve("server", profile, &lab.relay("server"), &folder.join("server.log"))?;
    eprintln!("netlab: the server is at {}", server.url());
    let program = workspace::program("cinemasync", profile);
    let windows = !options.headless && env::var_os("DISPLAY").is_some();
    let start = |name: &str, room: &[&str]| -> Result<Headless> {
        let mut command = lab.command(name, &program);
        command
            .arg(if windows { "--print-events" } else { "headless" })
            .args(["--server", &server.url(), "--name", name])
            .args(["--camera", "test-pattern", "--microphone", "none"])
            .args(room)
            .env("CINEMASYNC_FOLDER", home(&folder, name));
        Headless::spawn_as(name, &mut command, &folder.join(format!("{name}.log")))
    };
    let mut anna = start("anna", &["--create"])?;
    let room = anna.wait_for("room", PATIENCE, |event| event.name() == "room")?;
    let mut people = [anna, start("ben", &["--join", room.text("code")])?];
    eprintln!("{HELP}");
    let lines = typed()?;
    while children::check_interrupted().is_ok() {
        if let Ok(line) = lines.recv_timeout(Duration::from_millis(100))
            && let Err(error) = obey(&mut lab, &mut link, &line)
        {
            eprintln!("netlab: {error:#}");
        }
        for person in &mut people {
            show_news(person);
            if person.ended()?.is_some() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Where a person's program keeps what it keeps: not in this machine's user's own folders.
fn home(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}-home"))
}

fn set_both_ways(lab: &Netlab, link: Link) {
    lab.set_link("ben", Direction::Up, link);
    lab.set_link("ben", Direction::Down, link);
}

/// Carries out one typed line.
fn obey(lab: &mut Netlab, link: &mut Link, line: &str) -> Result<()> {
    let (word, value) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    let number = || value.parse::<f64>().ok().filter(|number| (0.0..=1e6).contains(number));
    let number = || number().with_context(|| format!("{word} needs a number"));
    match word {
        "" => return Ok(()),
        "delay" => link.delay = Duration::from_secs_f64(number()? / 1e3),
        "jitter" => link.jitter = Duration::from_secs_f64(number()? / 1e3),
        "loss" => link.loss = number()? / 100.0,
        "rate" => link.rate_bps = value.parse::<Rate>().map_err(anyhow::Error::msg)?.0,
        "queue" => link.queue_bytes = number()? as usize * 1_024,
        "firewall" => {
            lab.set_firewall("ben", value.parse().map_err(anyhow::Error::msg)?);
        }
        "apart" => lab.isolate("anna", "ben"),
        "address" => {
            lab.change_address("ben")?;
            eprintln!("netlab: Ben is {} and {} now", lab.address("ben"), lab.address_v6("ben"));
        }
        "counts" => {
            for direction in [Direction::Up, Direction::Down] {
                eprintln!("netlab: {direction:?} {:?}", lab.counts("ben", direction));
            }
        }
        _ => bail!("{line:?} is none of the changes\n{HELP}"),
    }
    set_both_ways(lab, *link);
    Ok(())
}

/// What somebody is told of the other's connection.
fn show_news(person: &mut Headless) {
    let name = person.name().to_owned();
    for event in person.news() {
        if matches!(event.name(), "peer" | "notice" | "first_frame" | "error") {
            eprintln!("{name}: {}", event.fields);
        }
    }
}

/// Lines from stdin. The thread ends with its input, or with the program.
fn typed() -> Result<Receiver<String>> {
    // A person types; full means that nobody listens any more.
    let (sender, lines) = mpsc::sync_channel(16);
    thread::Builder::new()
        .name("typed lines".to_owned())
        .spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        })
        .context("no thread could be started")?;
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_firewalls_are_read() {
        assert_eq!("600k".parse(), Ok(Rate(Some(600_000))));
        assert_eq!("4M".parse(), Ok(Rate(Some(4_000_000))));
        assert_eq!("none".parse(), Ok(Rate(None)));
        for text in ["", "0", "4G", "-1", "M"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
        assert_eq!("only-tcp:443,80".parse(), Ok(Firewall::OnlyTcp(vec![443, 80])));
        assert_eq!("no-udp".parse(), Ok(Firewall::NoUdp));
        assert!("only-tcp:x".parse::<Firewall>().is_err());
        assert!("closed".parse::<Firewall>().is_err());
    }
}
