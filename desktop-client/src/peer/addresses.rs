//! The addresses a connection listens on: every interface of this machine, loopback included.
//!
//! The crate's own wildcard leaves loopback out, and a machine without a network would have no
//! usable address; two programs on one machine must find each other all the same.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::vec;

use rtc::shared::ifaces::ifaces;

/// More interfaces than this are left out: each address is a socket, and candidates pair with each
/// other.
const MAX_ADDRESSES: usize = 12;

/// Resolves to the addresses there are at that moment: the crate asks again when ICE restarts, so
/// that a connection follows the machine to another network.
#[derive(Debug, Clone, Copy)]
pub(super) struct LocalAddresses;

impl ToSocketAddrs for LocalAddresses {
    type Iter = vec::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        let found = match ifaces() {
            Ok(interfaces) => {
                interfaces.into_iter().filter_map(|i| i.addr).map(|a| a.ip()).collect()
            }
            Err(error) => {
                tracing::warn!(%error, "the network interfaces cannot be listed; only loopback is used");
                Vec::new()
            }
        };
        let addresses: Vec<_> =
            choose(found).into_iter().map(|ip| SocketAddr::new(ip, 0)).collect();
        Ok(addresses.into_iter())
    }
}

/// What is worth a socket, in the order found: an IPv6 link-local address means nothing without its
/// scope, which a candidate cannot carry. IPv4 loopback is always there.
fn choose(found: Vec<IpAddr>) -> Vec<IpAddr> {
    let mut chosen = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    for ip in found {
        let link_local = match ip {
            IpAddr::V4(ip) => ip.is_link_local(),
            IpAddr::V6(ip) => ip.is_unicast_link_local(),
        };
        if !link_local && !ip.is_unspecified() && !ip.is_multicast() && !chosen.contains(&ip) {
            chosen.push(ip);
        }
    }
    chosen.truncate(MAX_ADDRESSES);
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_there_without_any_network() {
        assert_eq!(choose(vec![]), ["127.0.0.1".parse::<IpAddr>().unwrap()]);
        assert!(LocalAddresses.to_socket_addrs().unwrap().any(|a| a.ip().is_loopback()));
    }

    #[test]
    fn addresses_that_nobody_can_dial_are_left_out() {
        let found =
            ["fe80::1", "169.254.1.1", "0.0.0.0", "192.168.1.7", "2001:db8::7", "192.168.1.7"];
        let chosen = choose(found.iter().map(|ip| ip.parse().unwrap()).collect());
        let expected = ["127.0.0.1", "192.168.1.7", "2001:db8::7"];
        assert_eq!(chosen, expected.map(|ip| ip.parse::<IpAddr>().unwrap()));
    }

    #[test]
    fn a_machine_with_hundreds_of_addresses_opens_a_dozen_sockets() {
        let found = (0..=255).map(|i| IpAddr::V4(Ipv4Addr::new(10, 0, 0, i))).collect();
        assert_eq!(choose(found).len(), MAX_ADDRESSES);
    }
}
