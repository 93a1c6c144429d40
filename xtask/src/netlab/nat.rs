//! A home router's address translation (RFC 4787): one public address for the private one behind it.
//! Pure. What comes from outside is let in only from where something was sent.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddrV4};

use super::packet::{self, End, Head, Transport};

/// The first port that is given out.
const FIRST_PORT: u16 = 40_000;

/// How ports are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nat {
    /// The same port for every destination: two behind such routers find each other through STUN.
    Alike,
    /// Another port for each destination: what STUN tells is of no use to anybody else.
    Strict,
}

/// TCP or not.
type IsTcp = bool;

/// One router's table.
#[derive(Debug)]
pub(super) struct Translation {
    nat: Nat,
    inner: Ipv4Addr,
    outer: Ipv4Addr,
    next_port: u16,
    /// The outer port of an inner one, and of a destination where that counts.
    outer_ports: BTreeMap<(IsTcp, u16, Option<SocketAddrV4>), u16>,
    inner_ports: BTreeMap<(IsTcp, u16), u16>,
    /// To whom was sent from an outer port.
    spoken_to: BTreeSet<(IsTcp, u16, SocketAddrV4)>,
}

impl Translation {
    pub(super) fn new(nat: Nat, inner: Ipv4Addr, outer: Ipv4Addr) -> Self {
        Self {
            nat,
            inner,
            outer,
            next_port: FIRST_PORT,
            outer_ports: BTreeMap::new(),
            inner_ports: BTreeMap::new(),
            spoken_to: BTreeSet::new(),
        }
    }

    /// Makes a packet from inside one from outside; `None`: it goes nowhere.
    pub(super) fn outwards(&mut self, packet: &mut [u8]) -> Option<()> {
        let (is_tcp, from, to) = ends(&packet::head(packet)?)?;
        if *from.ip() != self.inner {
            return None;
        }
        let destination = (self.nat == Nat::Strict).then_some(to);
        let flow = (is_tcp, from.port(), destination);
        let port = match self.outer_ports.get(&flow) {
            Some(port) => *port,
            None => {
                let port = self.next_port;
                self.next_port = port.checked_add(1)?;
                self.outer_ports.insert(flow, port);
                self.inner_ports.insert((is_tcp, port), from.port());
                port
            }
        };
        self.spoken_to.insert((is_tcp, port, to));
        packet::rewrite(packet, End::From, SocketAddrV4::new(self.outer, port))
    }

    /// Makes a packet to outside one to inside; `None`: nobody there waits for it.
    pub(super) fn inwards(&mut self, packet: &mut [u8]) -> Option<()> {
        let (is_tcp, from, to) = ends(&packet::head(packet)?)?;
        let port = *self.inner_ports.get(&(is_tcp, to.port()))?;
        if *to.ip() != self.outer || !self.spoken_to.contains(&(is_tcp, to.port(), from)) {
            return None;
        }
        packet::rewrite(packet, End::To, SocketAddrV4::new(self.inner, port))
    }
}

fn ends(head: &Head) -> Option<(IsTcp, SocketAddrV4, SocketAddrV4)> {
    let (is_tcp, from, to) = match head.transport {
        Transport::Tcp { from, to } => (true, from, to),
        Transport::Udp { from, to } => (false, from, to),
        Transport::Other => return None,
    };
    match (head.from, head.to) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            Some((is_tcp, SocketAddrV4::new(a, from), SocketAddrV4::new(b, to)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INNER: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 2);
    const OUTER: Ipv4Addr = Ipv4Addr::new(44, 2, 0, 2);

    fn address(text: &str) -> SocketAddrV4 {
        text.parse().expect("an address")
    }

    fn udp(from: SocketAddrV4, to: SocketAddrV4) -> Vec<u8> {
        let mut packet = vec![0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0];
        packet.extend(from.ip().octets());
        packet.extend(to.ip().octets());
        packet.extend(from.port().to_be_bytes());
        packet.extend(to.port().to_be_bytes());
        packet.extend([0, 8, 0, 0]);
        packet
    }

    /// Sends from inside; from where it seems to come.
    fn sent(router: &mut Translation, from: u16, to: SocketAddrV4) -> SocketAddrV4 {
        let mut packet = udp(SocketAddrV4::new(INNER, from), to);
        router.outwards(&mut packet).expect("it goes out");
        ends(&packet::head(&packet).expect("it is whole")).expect("it has ports").1
    }

    #[test]
    fn a_router_gives_one_port_for_all_or_one_for_each() {
        let (a, b) = (address("44.1.0.2:3478"), address("44.3.0.2:5000"));
        let mut alike = Translation::new(Nat::Alike, INNER, OUTER);
        assert_eq!(sent(&mut alike, 5_000, a), sent(&mut alike, 5_000, b));
        assert_ne!(sent(&mut alike, 5_000, a), sent(&mut alike, 5_001, a));
        let mut strict = Translation::new(Nat::Strict, INNER, OUTER);
        assert_ne!(sent(&mut strict, 5_000, a), sent(&mut strict, 5_000, b));
        assert_eq!(sent(&mut strict, 5_000, a), sent(&mut strict, 5_000, a));
        assert_eq!(*sent(&mut strict, 5_000, a).ip(), OUTER);
    }

    #[test]
    fn only_those_who_were_spoken_to_are_let_in() {
        let mut router = Translation::new(Nat::Alike, INNER, OUTER);
        let friend = address("44.3.0.2:5000");
        let seen = sent(&mut router, 5_000, friend);
        let mut answer = udp(friend, seen);
        assert_eq!(router.inwards(&mut answer), Some(()));
        let (_, _, to) = ends(&packet::head(&answer).expect("whole")).expect("ports");
        assert_eq!(to, SocketAddrV4::new(INNER, 5_000));
        assert_eq!(router.inwards(&mut udp(address("44.3.0.2:5001"), seen)), None);
        assert_eq!(router.inwards(&mut udp(friend, SocketAddrV4::new(OUTER, 39_999))), None);
    }
}
