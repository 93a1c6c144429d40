//! Two people in a lab who see each other, and what they say of each other.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::super::report::Cell;
use super::{PATIENCE, SETTLED, with_traffic};
use crate::children;
use crate::headless::{Event, Headless};
use crate::netlab::{Certificate, Direction, Firewall, Link, Nat, Netlab};
use crate::server::LocalServer;
use crate::workspace::{self, Profile};

/// What lies between the two.
#[derive(Debug, Clone, Default)]
pub(super) struct Network {
    /// Nothing passes directly.
    pub(super) apart: bool,
    /// Each is behind a router of this kind.
    pub(super) nat: Option<Nat>,
    /// IPv4 does not pass directly.
    pub(super) v6_alone: bool,
    /// The server relays.
    pub(super) relay: bool,
    /// All of the server is behind TLS, the relay on port 443.
    pub(super) tls: bool,
    /// Of both of them.
    pub(super) firewall: Firewall,
    /// Of the second one, if it is another.
    pub(super) firewall_of_ben: Option<Firewall>,
}

/// Each one's line, each way: 40 ms from one to the other and back, 20 ms to the server and back.
pub(super) fn line() -> Link {
    Link { delay: Duration::from_millis(10), ..Link::default() }
}

/// One of the two.
pub(super) struct Person {
    pub(super) id: String,
    pub(super) process: Headless,
}

/// Both, with their lab. Fields in this order: the processes end before their network.
pub(super) struct Pair {
    pub(super) anna: Person,
    pub(super) ben: Person,
    server: Option<LocalServer>,
    certificate: Option<Certificate>,
    pub(super) lab: Netlab,
}

impl Pair {
    /// Anna makes a room, and Ben joins; both are in it.
    pub(super) fn meet(network: &Network, profile: Profile, folder: &Path) -> Result<Self> {
        let mut lab = Netlab::new(&["server", "anna", "ben"])?;
        for name in ["anna", "ben"] {
            if let Some(nat) = network.nat {
                lab.set_nat(name, nat)?;
            }
            lab.set_link(name, Direction::Up, line());
            lab.set_link(name, Direction::Down, line());
            lab.set_firewall(name, network.firewall.clone());
        }
        if let Some(firewall) = &network.firewall_of_ben {
            lab.set_firewall("ben", firewall.clone());
        }
        if network.apart {
            lab.isolate("anna", "ben");
        }
        if network.v6_alone {
            lab.isolate_v4("anna", "ben");
        }
        let certificate = match network.tls {
            true => Some(Certificate::make(lab.address("server"), folder)?),
            false => None,
        };
        let server = serve(&lab, network, certificate.as_ref(), profile, folder)?;
        let url = match certificate {
            Some(_) => server.url().replacen("ws:", "wss:", 1),
            None => server.url(),
        };
        let start = |name: &str, arguments: &[&str]| {
            let program = workspace::program("cinemasync", profile);
            let mut command = lab.command(name, &program);
            command
                .args(["headless", "--server", &url, "--name", name])
                .args(["--camera", "test-pattern", "--microphone", "tone"])
                .args(arguments)
                .env("CINEMASYNC_FOLDER", folder.join(format!("{name}-home")))
                .envs(certificate.iter().map(Certificate::trusted));
            let log = folder.join(format!("{name}.log"));
            let mut process = Headless::spawn_as(name, &mut command, &log)?;
            let room = process.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
            let code = room.text("code").to_owned();
            anyhow::Ok((Person { id: room.text("id").to_owned(), process }, code))
        };
        let (anna, code) = start("anna", &["--create"])?;
        let (ben, _) = start("ben", &["--join", &code])?;
        Ok(Self { anna, ben, server: Some(server), certificate, lab })
    }

    /// The same, once both have seen each other for a moment.
    pub(super) fn settled(network: &Network, profile: Profile, folder: &Path) -> Result<Self> {
        let mut pair = Self::meet(network, profile, folder)?;
        for person in [&mut pair.anna, &mut pair.ben] {
            let first = |event: &Event| event.name() == "first_frame";
            with_traffic(person.process.wait_for("a picture", PATIENCE, first), &pair.lab)?;
        }
        children::pause(SETTLED)?;
        Ok(pair)
    }

    /// Ends the server, and starts it again where it was.
    pub(super) fn restart_server(
        &mut self,
        network: &Network,
        profile: Profile,
        folder: &Path,
    ) -> Result<()> {
        drop(self.server.take());
        self.server = Some(serve(&self.lab, network, self.certificate.as_ref(), profile, folder)?);
        Ok(())
    }

    /// Changes Ben's line both ways.
    pub(super) fn set_line_of_ben(&self, line: Link) {
        self.lab.set_link("ben", Direction::Up, line);
        self.lab.set_link("ben", Direction::Down, line);
    }

    /// Where the next events will stand.
    pub(super) fn marks(&mut self) -> [usize; 2] {
        [self.anna.process.mark(), self.ben.process.mark()]
    }

    /// When Anna is told that the connection to Ben is broken.
    pub(super) fn told(&mut self, [mark, _]: [usize; 2], patience: Duration) -> Result<Instant> {
        let id = self.ben.id.clone();
        let broken = |event: &Event| {
            event.name() == "peer" && event.text("id") == id && event.text("state") != "connected"
        };
        let told = self.anna.process.wait_from(mark, "word of a broken link", patience, broken);
        with_traffic(told, &self.lab)?;
        Ok(Instant::now())
    }

    /// When both are told that they are connected, after it was broken.
    pub(super) fn connected_again(
        &mut self,
        marks: [usize; 2],
        patience: Duration,
    ) -> Result<Instant> {
        let ids = [self.ben.id.clone(), self.anna.id.clone()];
        let people = [&mut self.anna, &mut self.ben];
        for ((person, mark), id) in people.into_iter().zip(marks).zip(ids) {
            let state = |event: &Event, connected: bool| {
                let is = event.text("state") == "connected";
                event.name() == "peer" && event.text("id") == id && is == connected
            };
            let broken = |event: &Event| state(event, false);
            let whole = |event: &Event| state(event, true);
            let process = &mut person.process;
            let again = process.wait_from(mark, "a broken link", patience, broken).and_then(|_| {
                let at = process.history()[mark..].iter().position(broken).unwrap_or(0);
                process.wait_from(mark + at, "a connection", patience, whole)
            });
            with_traffic(again, &self.lab)?;
        }
        Ok(Instant::now())
    }

    /// When both decode pictures of each other again; known to a second.
    pub(super) fn pictures_again(&mut self, patience: Duration) -> Result<Instant> {
        let ids = [self.ben.id.clone(), self.anna.id.clone()];
        for (person, id) in [&mut self.anna, &mut self.ben].into_iter().zip(ids) {
            let mark = person.process.mark();
            let before = person
                .process
                .history()
                .iter()
                .rev()
                .find_map(|event| frames(event, &id))
                .unwrap_or_default();
            let more = |event: &Event| frames(event, &id).is_some_and(|count| count > before);
            let again = person.process.wait_from(mark, "further pictures", patience, more);
            with_traffic(again, &self.lab)?;
        }
        Ok(Instant::now())
    }

    /// The kind of path in use, at Anna's end and at Ben's.
    pub(super) fn paths(&mut self) -> Result<Cell> {
        let ids = [self.ben.id.clone(), self.anna.id.clone()];
        let mut paths = Vec::new();
        for (person, id) in [&mut self.anna, &mut self.ben].into_iter().zip(ids) {
            let known = |event: &Event| {
                event.name() == "peer" && event.text("id") == id && !event.text("path").is_empty()
            };
            person.process.wait_for("a path", PATIENCE, known)?;
            let last = person.process.history().iter().rev().find(|event| known(event));
            paths.push(last.context("it was just there")?.text("path").to_owned());
        }
        Ok(Cell::Text(paths.join("/")))
    }

    /// Both leave properly.
    pub(super) fn leave(self) -> Result<()> {
        self.anna.process.leave()?;
        self.ben.process.leave()
    }
}

fn serve(
    lab: &Netlab,
    network: &Network,
    certificate: Option<&Certificate>,
    profile: Profile,
    folder: &Path,
) -> Result<LocalServer> {
    let mut options = if network.relay { lab.relay("server") } else { Vec::new() };
    if network.nat.is_some() {
        options.push("--stun-url".to_owned());
        options.push(format!("stun:{}:3478", lab.address("server")));
    }
    if let Some(certificate) = certificate {
        options.extend(certificate.options());
        options.push("--turn-tls-listen".to_owned());
        options.push(format!("{}:443", lab.address("server")));
    }
    lab.serve("server", profile, &options, &folder.join("server.log"))
}

/// Pictures of this one that were decoded so far, in a `stats` line.
fn frames(event: &Event, id: &str) -> Option<u64> {
    let peers = event.fields["peers"].as_array()?;
    let peer = peers.iter().find(|peer| peer["id"] == id)?;
    let videos = peer["video_in"].as_array()?;
    let camera = videos.iter().find(|video| video["source"] == "camera")?;
    camera["frames_decoded"].as_u64()
}
