//! A bad network in a box, for measurements and stories: each participant's processes live in a
//! network of their own, and between these networks lie lines as late, lossy and slow as one wishes,
//! firewalls, and pairs that do not reach each other. Linux only; needs no root.
//!
//! The parts: `namespace` makes the networks, `router` leads packets between them, `link` is what a
//! line and `nat` what a home router does to them (pure), `certificate` makes a server's, `by_hand` is the command.

mod by_hand;
mod certificate;
mod link;
mod namespace;
mod nat;
mod packet;
mod router;
#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use nix::unistd::geteuid;

pub(crate) use self::by_hand::{Options, run};
pub(crate) use self::certificate::Certificate;
pub(crate) use self::link::{Counts, Link};
pub(crate) use self::nat::Nat;
pub(crate) use self::router::{Direction, Firewall};

use self::namespace::Namespace;
use self::nat::Translation;
use self::router::{Apart, Router};
use crate::server::{self, LocalServer};
use crate::workspace::{self, Profile};

/// Participants at most: each has a number that fits into its address.
const MAX_NODES: usize = 64;

/// Where a server in a lab listens.
pub(crate) const SERVER_PORT: u16 = 8_080;

/// A running lab. Dropping it takes the network away from those who still run in it.
pub(crate) struct Netlab {
    nodes: Vec<Node>,
    router: Router,
}

struct Node {
    name: String,
    namespace: Namespace,
    /// How often it has changed its address.
    moves: u8,
    /// Between it and the net.
    nat: Option<Nat>,
}

/// Starts this very program once more with the right to make networks, if it has not got it, and does
/// not return then. To be called before anything is begun.
pub(crate) fn acquire_rights() -> Result<()> {
    if geteuid().is_root() {
        return Ok(());
    }
    let program = std::env::current_exe().context("this program does not find itself")?;
    let mut again = Command::new("unshare");
    again.args(["--user", "--map-root-user", "--"]).arg(program).args(std::env::args_os().skip(1));
    Err(again.exec()).context("`unshare` (of the package util-linux) could not be started")
}

impl Netlab {
    /// A lab with these participants, each of whom reaches each other one over perfect lines.
    pub(crate) fn new(names: &[&str]) -> Result<Self> {
        if names.len() > MAX_NODES {
            bail!("{} participants are more than the {MAX_NODES} that a lab holds", names.len());
        }
        if !geteuid().is_root() {
            bail!("a lab needs root, or a user namespace: `unshare --user --map-root-user`");
        }
        let node = |(index, name): (usize, &&str)| -> Result<Node> {
            let namespace = Namespace::new(v4(index, 0), v6(index, 0))
                .with_context(|| format!("{name} gets no network"))?;
            Ok(Node { name: (*name).to_owned(), namespace, moves: 0, nat: None })
        };
        let nodes = names.iter().enumerate().map(node).collect::<Result<Vec<_>>>()?;
        let interfaces: Result<Vec<_>, _> =
            nodes.iter().map(|node| node.namespace.tun().try_clone()).collect();
        let router = Router::start(interfaces.context("no descriptor is left")?)?;
        Ok(Self { nodes, router })
    }

    /// A command that runs `program` in the network of `name`.
    pub(crate) fn command(&self, name: &str, program: &Path) -> Command {
        let mut command = Command::new(program);
        self.nodes[self.index(name)].namespace.contain(&mut command);
        command
    }

    /// Starts the built signaling server in the network of `name`, on port 8080, with more `options`.
    pub(crate) fn serve(
        &self,
        name: &str,
        profile: Profile,
        options: &[String],
        log: &Path,
    ) -> Result<LocalServer> {
        let program = workspace::program("cinemasync-server", profile);
        let mut command = self.command(name, &program);
        command.args(options);
        let address = SocketAddr::from((self.address(name), SERVER_PORT));
        let encrypted = options.iter().any(|option| option == "--tls-cert");
        let answer = move |address| match encrypted {
            true => server::is_listening(address),
            false => server::is_healthy(address),
        };
        let answers = |address| self.inside(name, || answer(address)).unwrap_or(false);
        LocalServer::start_as(&mut command, address, log, answers)
    }

    /// Options of a server in the network of `name` that relays too, by UDP and TCP on port 3478.
    pub(crate) fn relay(&self, name: &str) -> Vec<String> {
        let (v4, v6) = (self.address(name), self.address_v6(name));
        let listen = format!("{v4}:3478,[{v6}]:3478");
        ["--turn", "--public-ip", &format!("{v4},{v6}"), "--turn-listen", &listen]
            .map(str::to_owned)
            .to_vec()
    }

    /// Does something in the network of `name`, on a thread of its own.
    pub(crate) fn inside<T: Send>(&self, name: &str, what: impl FnOnce() -> T + Send) -> Result<T> {
        self.nodes[self.index(name)].namespace.inside(what)
    }

    /// The address of `name` now, as others see it.
    pub(crate) fn address(&self, name: &str) -> Ipv4Addr {
        let index = self.index(name);
        v4(index, self.nodes[index].moves)
    }

    /// The IPv6 address of `name` now.
    pub(crate) fn address_v6(&self, name: &str) -> Ipv6Addr {
        let index = self.index(name);
        v6(index, self.nodes[index].moves)
    }

    /// Changes one direction of the line of `name`.
    pub(crate) fn set_link(&self, name: &str, direction: Direction, link: Link) {
        self.router.set_link(self.index(name), direction, link);
    }

    /// Changes what passes to and from `name`.
    pub(crate) fn set_firewall(&self, name: &str, firewall: Firewall) {
        self.router.set_firewall(self.index(name), firewall);
    }

    /// From now on nothing passes directly between these two: like a pair behind two strict routers.
    pub(crate) fn isolate(&self, a: &str, b: &str) {
        self.router.isolate(self.index(a), self.index(b), Apart::Wholly);
    }

    /// From now on only IPv6 passes directly between these two.
    pub(crate) fn isolate_v4(&self, a: &str, b: &str) {
        self.router.isolate(self.index(a), self.index(b), Apart::InIpv4);
    }

    /// Gives `name` another address in another network, as by going from Wi-Fi to a cable: what is
    /// sent to the old one goes nowhere.
    pub(crate) fn change_address(&mut self, name: &str) -> Result<()> {
        let index = self.index(name);
        self.nodes[index].moves = self.nodes[index].moves.wrapping_add(1);
        self.address_anew(index)
    }

    /// Puts `name` behind a router that translates addresses: it has a private one from now on, and none
    /// of IPv6.
    pub(crate) fn set_nat(&mut self, name: &str, nat: Nat) -> Result<()> {
        let index = self.index(name);
        self.nodes[index].nat = Some(nat);
        self.address_anew(index)
    }

    fn address_anew(&self, index: usize) -> Result<()> {
        let node = &self.nodes[index];
        let outer = v4(index, node.moves);
        match node.nat {
            Some(nat) => {
                let inner = Ipv4Addr::new(192, 168, node.moves, 2);
                let translation = Translation::new(nat, inner, outer);
                self.router.set_translation(index, Some(translation));
                node.namespace.change_addresses(inner, None)
            }
            None => node.namespace.change_addresses(outer, Some(v6(index, node.moves))),
        }
    }

    /// What one direction of the line of `name` has carried since the start.
    pub(crate) fn counts(&self, name: &str, direction: Direction) -> Counts {
        self.router.counts(self.index(name), direction)
    }

    fn index(&self, name: &str) -> usize {
        let found = self.nodes.iter().position(|node| node.name == name);
        found.unwrap_or_else(|| panic!("there is no {name} in this lab"))
    }
}

/// Addresses as the open internet has them: a relay refuses those of private networks. Nobody outside
/// sees them. The second number tells whose it is.
fn v4(index: usize, moves: u8) -> Ipv4Addr {
    Ipv4Addr::new(44, index as u8 + 1, moves, 2)
}

fn v6(index: usize, moves: u8) -> Ipv6Addr {
    Ipv6Addr::new(0x2a00, index as u16 + 1, moves.into(), 0, 0, 0, 0, 2)
}
