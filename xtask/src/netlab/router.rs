//! The middle of the lab: one thread that takes packets from each interface, leads them over the
//! sender's line and the receiver's, and drops what a wall stops.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::net::IpAddr;
use std::os::fd::AsFd as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::eventfd::EventFd;
use nix::sys::time::TimeSpec;

use super::link::{Counts, Link, Pipe};
use super::nat::Translation;
use super::packet::{Head, Transport, head};

/// Packets taken from one interface before the others get their turn.
const TURN: usize = 64;

/// Longest packet: what an interface's default size lets through, with room to spare.
const PACKET_BYTES: usize = 4_096;

/// Nothing happens by itself, but a look costs nothing.
const IDLE: Duration = Duration::from_secs(1);

/// Which way, seen from the participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the participant into the net.
    Up,
    /// From the net to the participant.
    Down,
}

/// What a participant's router lets through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Firewall {
    /// Everything.
    #[default]
    Open,
    /// Everything but UDP.
    NoUdp,
    /// Only TCP, to and from these ports of others.
    OnlyTcp(Vec<u16>),
}

impl Firewall {
    /// Does it let a packet pass that goes this way?
    fn admits(&self, transport: Transport, direction: Direction) -> bool {
        match (self, transport) {
            (Self::Open, _) => true,
            (Self::NoUdp, _) => !matches!(transport, Transport::Udp { .. }),
            (Self::OnlyTcp(ports), Transport::Tcp { from, to }) => {
                ports.contains(if direction == Direction::Up { &to } else { &from })
            }
            (Self::OnlyTcp(_), Transport::Udp { .. } | Transport::Other) => false,
        }
    }
}

/// How far two do not reach each other directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Apart {
    /// Not at all.
    Wholly,
    /// Not by IPv4.
    InIpv4,
}

/// One participant as the router sees it.
struct Node {
    up: Pipe<(usize, Vec<u8>)>,
    down: Pipe<Vec<u8>>,
    firewall: Firewall,
    translation: Option<Translation>,
}

/// All of it.
struct Net {
    nodes: Vec<Node>,
    /// Who cannot reach whom directly, the lower one first.
    apart: BTreeMap<(usize, usize), Apart>,
    ended: bool,
}

impl Net {
    /// A packet comes out of a participant's interface.
    fn enter(&mut self, from: usize, mut packet: Vec<u8>, now: Instant) {
        if let Some(translation) = &mut self.nodes[from].translation
            && translation.outwards(&mut packet).is_none()
        {
            return;
        }
        let Some(head) = head(&packet) else { return };
        let Some(to) = self.destination(from, &head) else { return };
        let bytes = packet.len();
        self.nodes[from].up.push((to, packet), bytes, now);
    }

    /// Whose packet this is, if no wall stands between.
    fn destination(&self, from: usize, head: &Head) -> Option<usize> {
        let to = owner(head.to).filter(|to| *to < self.nodes.len() && *to != from)?;
        let apart = match self.apart.get(&(from.min(to), from.max(to))) {
            Some(Apart::Wholly) => true,
            Some(Apart::InIpv4) => head.to.is_ipv4(),
            None => false,
        };
        let open = !apart
            && self.nodes[from].firewall.admits(head.transport, Direction::Up)
            && self.nodes[to].firewall.admits(head.transport, Direction::Down);
        open.then_some(to)
    }

    /// What has arrived at whom by now.
    fn arrived(&mut self, now: Instant) -> Vec<(usize, Vec<u8>)> {
        for from in 0..self.nodes.len() {
            while let Some((to, packet)) = self.nodes[from].up.poll(now) {
                let bytes = packet.len();
                self.nodes[to].down.push(packet, bytes, now);
            }
        }
        let mut arrived = Vec::new();
        for (to, node) in self.nodes.iter_mut().enumerate() {
            while let Some(mut packet) = node.down.poll(now) {
                let translation = node.translation.as_mut();
                if translation.is_none_or(|router| router.inwards(&mut packet).is_some()) {
                    arrived.push((to, packet));
                }
            }
        }
        arrived
    }

    fn next_timeout(&self) -> Option<Instant> {
        let of = |node: &Node| [node.up.next_timeout(), node.down.next_timeout()];
        self.nodes.iter().flat_map(of).flatten().min()
    }
}

/// The participant that an address of the lab belongs to: its number stands second.
fn owner(address: IpAddr) -> Option<usize> {
    let number = match address {
        IpAddr::V4(v4) => usize::from(v4.octets()[1]),
        IpAddr::V6(v6) => usize::from(v6.segments()[1]),
    };
    number.checked_sub(1)
}

/// The running router. Dropping it ends its thread.
pub(super) struct Router {
    net: Arc<Mutex<Net>>,
    wake: Arc<EventFd>,
    thread: Option<JoinHandle<()>>,
}

impl Router {
    /// Routes between these interfaces.
    pub(super) fn start(interfaces: Vec<File>) -> Result<Self> {
        let node = |index: usize| Node {
            up: Pipe::new(Link::default(), 2 * index as u64),
            down: Pipe::new(Link::default(), 2 * index as u64 + 1),
            firewall: Firewall::default(),
            translation: None,
        };
        let nodes = (0..interfaces.len()).map(node).collect();
        let net = Arc::new(Mutex::new(Net { nodes, apart: BTreeMap::new(), ended: false }));
        let wake = Arc::new(EventFd::new().context("no event descriptor")?);
        let (shared, woken) = (Arc::clone(&net), Arc::clone(&wake));
        let thread = thread::Builder::new()
            .name("lab router".to_owned())
            .spawn(move || run(&interfaces, &shared, &woken))
            .context("no thread could be started")?;
        Ok(Self { net, wake, thread: Some(thread) })
    }

    /// Changes a line.
    pub(super) fn set_link(&self, node: usize, direction: Direction, link: Link) {
        self.change(|net| match direction {
            Direction::Up => net.nodes[node].up.set(link, Instant::now()),
            Direction::Down => net.nodes[node].down.set(link, Instant::now()),
        });
    }

    /// Changes what a participant's router lets through.
    pub(super) fn set_firewall(&self, node: usize, firewall: Firewall) {
        self.change(|net| net.nodes[node].firewall = firewall);
    }

    /// Puts a participant behind a router that translates, or takes it away.
    pub(super) fn set_translation(&self, node: usize, translation: Option<Translation>) {
        self.change(|net| net.nodes[node].translation = translation);
    }

    /// From now on these two reach each other only by way of others.
    pub(super) fn isolate(&self, a: usize, b: usize, apart: Apart) {
        self.change(|net| {
            net.apart.insert((a.min(b), a.max(b)), apart);
        });
    }

    /// What a line has carried so far.
    pub(super) fn counts(&self, node: usize, direction: Direction) -> Counts {
        let net = lock(&self.net);
        match direction {
            Direction::Up => net.nodes[node].up.counts(),
            Direction::Down => net.nodes[node].down.counts(),
        }
    }

    fn change(&self, change: impl FnOnce(&mut Net)) {
        change(&mut lock(&self.net));
        if let Err(error) = self.wake.write(1) {
            eprintln!("the lab's router is not woken: {error}");
        }
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        self.change(|net| net.ended = true);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            eprintln!("the lab's router panicked");
        }
    }
}

fn lock(net: &Mutex<Net>) -> MutexGuard<'_, Net> {
    net.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(interfaces: &[File], net: &Mutex<Net>, wake: &EventFd) {
    let mut packet = [0; PACKET_BYTES];
    loop {
        let due = {
            let net = lock(net);
            if net.ended {
                return;
            }
            net.next_timeout()
        };
        let wait = due.map_or(IDLE, |due| due.saturating_duration_since(Instant::now()));
        let ready = ready(interfaces, wake, wait.min(IDLE));
        let mut taken = Vec::new();
        for index in ready {
            match interfaces.get(index) {
                Some(interface) => take(index, interface, &mut packet, &mut taken),
                // Read only to be quiet until the next change.
                None => drop(wake.read()),
            }
        }
        let now = Instant::now();
        let arrived = {
            let mut net = lock(net);
            for (from, packet) in taken {
                net.enter(from, packet, now);
            }
            net.arrived(now)
        };
        for (to, packet) in arrived {
            // An interface that takes nothing (it is down, or its processes do not read) loses it.
            let _ = (&interfaces[to]).write(&packet);
        }
    }
}

/// The numbers of the interfaces that have packets; one more: we were woken.
fn ready(interfaces: &[File], wake: &EventFd, wait: Duration) -> Vec<usize> {
    let mut waiting: Vec<PollFd<'_>> = interfaces
        .iter()
        .map(std::os::fd::AsFd::as_fd)
        .chain([wake.as_fd()])
        .map(|fd| PollFd::new(fd, PollFlags::POLLIN))
        .collect();
    // An error is an interruption: the caller looks again.
    if ppoll(&mut waiting, Some(TimeSpec::from_duration(wait)), None).is_err() {
        return Vec::new();
    }
    let readable = |fd: &PollFd<'_>| fd.any().unwrap_or_default();
    (0..waiting.len()).filter(|index| readable(&waiting[*index])).collect()
}

fn take(from: usize, mut interface: &File, packet: &mut [u8], taken: &mut Vec<(usize, Vec<u8>)>) {
    for _ in 0..TURN {
        match interface.read(packet) {
            Ok(bytes) => taken.push((from, packet[..bytes].to_vec())),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Nothing more, or the interface is gone.
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_firewall_lets_through_what_it_says() {
        let (up, down) = (Direction::Up, Direction::Down);
        let request = Transport::Tcp { from: 50_000, to: 443 };
        let answer = Transport::Tcp { from: 443, to: 50_000 };
        let udp = Transport::Udp { from: 443, to: 443 };
        for transport in [request, answer, udp, Transport::Other] {
            assert!(Firewall::Open.admits(transport, up));
            assert_eq!(Firewall::NoUdp.admits(transport, down), transport != udp);
        }
        let narrow = Firewall::OnlyTcp(vec![443]);
        assert!(narrow.admits(request, up) && narrow.admits(answer, down));
        assert!(!narrow.admits(answer, up) && !narrow.admits(request, down));
        assert!(!narrow.admits(udp, up) && !narrow.admits(Transport::Other, down));
    }

    #[test]
    fn an_address_tells_whose_it_is() {
        assert_eq!(owner("44.2.1.2".parse().expect("an address")), Some(1));
        assert_eq!(owner("2a00:1:3::2".parse().expect("an address")), Some(0));
        assert_eq!(owner("44.0.0.1".parse().expect("an address")), None);
    }
}
