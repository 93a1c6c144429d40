//! Whose connection it is: the address of the other end or, where that is a proxy of ours, the one
//! that the proxy tells of. Networks, the two header fields, and what is believed of them.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use thiserror::Error;

/// Addresses that begin with the same bits, `10.0.0.0/8`; one address is a network of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    prefix: u32,
}

/// What is not a network.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("this is neither an address nor a network such as 10.0.0.0/8 or fd00::/8")]
pub struct NotANetwork;

impl Network {
    /// Whether `address` is in it. An IPv4 address inside IPv6 counts as the IPv4 address.
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                same_begin(first.to_bits().into(), address.to_bits().into(), 32 - self.prefix)
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                same_begin(first.to_bits(), address.to_bits(), 128 - self.prefix)
            }
            _ => false,
        }
    }
}

/// Whether two addresses differ in their last `rest` bits at most.
fn same_begin(one: u128, other: u128, rest: u32) -> bool {
    // All 128 bits are a shift too far: then there is nothing left that could differ.
    (one ^ other).checked_shr(rest).unwrap_or(0) == 0
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text.trim(), None),
        };
        let given: IpAddr = address.parse().map_err(|_| NotANetwork)?;
        let bits = if given.is_ipv4() { 32 } else { 128 };
        let mut prefix = match prefix {
            // `u32` would take "+8" too.
            Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse().ok().filter(|prefix| *prefix <= bits).ok_or(NotANetwork)?
            }
            Some(_) => return Err(NotANetwork),
            None => bits,
        };
        let mut first = given;
        // An IPv4 network inside IPv6 is that IPv4 network.
        if bits == 128 && given.to_canonical().is_ipv4() && prefix >= 96 {
            (first, prefix) = (given.to_canonical(), prefix - 96);
        }
        Ok(Self { first, prefix })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.first, self.prefix)
    }
}

/// The proxies whose word about a client's address is believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    networks: Vec<Network>,
}

impl TrustedProxies {
    /// Believes whoever connects from one of `networks`; nobody if there is none.
    pub fn new(networks: Vec<Network>) -> Self {
        Self { networks }
    }

    /// Whether `peer` is such a proxy: many clients then come from its address.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        self.networks.iter().any(|network| network.holds(peer))
    }

    /// The client's address, for a request that came from `peer` with these lines of
    /// `X-Forwarded-For` and of `Forwarded` (RFC 7239), in their order. IPv4 inside IPv6 becomes IPv4.
    ///
    /// Each proxy adds at the right end where the request came from, so the rightmost address that
    /// is not a proxy's is the last that somebody trustworthy vouches for; what is left of it anybody
    /// can have written. Where a proxy names no address, the chain ends with that proxy. A proxy that
    /// knows one field passes the other on as the client wrote it: if both are there and tell
    /// different clients, neither is believed.
    pub fn client<'a>(
        &self,
        peer: IpAddr,
        x_forwarded_for: impl DoubleEndedIterator<Item = &'a str>,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
    ) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        let common = x_forwarded_for.rev().flat_map(|line| line.rsplit(',')).map(host);
        let standard = forwarded.rev().flat_map(|line| rsplit_quoted(line, ',')).map(forwarded_for);
        match (self.last_stranger(peer, common), self.last_stranger(peer, standard)) {
            (Some(client), None) | (None, Some(client)) => client,
            (Some(one), Some(other)) if one == other => one,
            _ => peer,
        }
    }

    /// The first address that is no proxy's; none without any hop. `hops` begin with the last.
    fn last_stranger(
        &self,
        peer: IpAddr,
        hops: impl Iterator<Item = Option<IpAddr>>,
    ) -> Option<IpAddr> {
        let mut seen = None;
        for hop in hops {
            // Somebody whom the proxy does not name is taken for the proxy.
            let Some(address) = hop else { return Some(seen.unwrap_or(peer)) };
            seen = Some(address);
            if !self.trusts(address) {
                break;
            }
        }
        seen
    }
}

/// An address, with or without a port.
fn host(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let plain = text.parse().ok();
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok().map(IpAddr::V6);
    plain.or_else(with_port).or_else(bracketed).map(|address| address.to_canonical())
}

/// The `for` of one element of `Forwarded`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let pairs = rsplit_quoted(element, ';').filter_map(|pair| pair.split_once('='));
    let mut named = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    let (_, value) = named.next()?;
    let value = value.trim();
    let value = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    host(value).filter(|_| named.next().is_none())
}

/// The parts of `text` from its end, cut at separators that stand outside of quotes. A quote that is
/// never closed would swallow what a proxy added behind it: then there is one part, and it is empty.
fn rsplit_quoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    let mut parts: Vec<&str> = text
        .split(|letter| {
            let inside = quoted;
            match letter {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                _ => {}
            }
            letter == separator && !inside
        })
        .collect();
    if quoted {
        parts = vec![""];
    }
    parts.into_iter().rev()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn proxies(networks: &[&str]) -> TrustedProxies {
        TrustedProxies::new(networks.iter().map(|text| text.parse().unwrap()).collect())
    }

    /// Behind a proxy at 127.0.0.1 and another in 10.0.0.0/8.
    fn client(x_forwarded_for: &[&str], forwarded: &[&str]) -> IpAddr {
        let (common, standard) = (x_forwarded_for.iter().copied(), forwarded.iter().copied());
        proxies(&["127.0.0.1", "10.0.0.0/8", "::1"]).client(ip("127.0.0.1"), common, standard)
    }

    #[test]
    fn a_network_holds_what_begins_as_it_does() {
        let holds =
            |network: &str, address: &str| network.parse::<Network>().unwrap().holds(ip(address));
        assert!(holds("10.0.0.0/8", "10.255.0.1") && !holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("10.1.2.3/8", "10.9.9.9"), "what follows the prefix does not matter");
        assert!(holds("192.0.2.7", "192.0.2.7") && !holds("192.0.2.7", "192.0.2.6"));
        assert!(holds("0.0.0.0/0", "192.0.2.7") && !holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("fd00::/8", "fdff::1") && !holds("fd00::/8", "fe80::1"));
        assert!(holds("::/0", "2001:db8::1") && !holds("::/0", "192.0.2.7"));
        assert!(holds("10.0.0.0/8", "::ffff:10.0.0.1"), "IPv4 inside IPv6 is IPv4");
        assert!(holds("::ffff:10.0.0.0/104", "10.0.0.1"));
        assert_eq!("::ffff:10.0.0.0/104".parse::<Network>().unwrap().to_string(), "10.0.0.0/8");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/-1", "10/8"]
        {
            assert_eq!(text.parse::<Network>(), Err(NotANetwork), "{text}");
        }
        assert!(
            "proxy.example".parse::<Network>().is_err()
                && "10.0.0.0/8/8".parse::<Network>().is_err()
        );
    }

    #[test]
    fn whoever_is_not_trusted_is_believed_nothing() {
        let (common, standard) = (["192.0.2.1"].into_iter(), ["for=192.0.2.1"].into_iter());
        let trusting_nobody = TrustedProxies::default();
        let peer = ip("::ffff:203.0.113.5");
        assert_eq!(trusting_nobody.client(peer, common.clone(), standard), ip("203.0.113.5"));
        let others = proxies(&["10.0.0.0/8"]);
        assert_eq!(others.client(peer, common, [].into_iter()), ip("203.0.113.5"));
    }

    #[test]
    fn the_rightmost_address_that_is_no_proxy_is_the_client() {
        assert_eq!(client(&["198.51.100.7"], &[]), ip("198.51.100.7"));
        assert_eq!(
            client(&["1.1.1.1, 198.51.100.7"], &[]),
            ip("198.51.100.7"),
            "the left is made up"
        );
        assert_eq!(client(&["198.51.100.7, 10.0.0.3 ,10.0.0.4"], &[]), ip("198.51.100.7"));
        assert_eq!(
            client(&["1.1.1.1", "198.51.100.7,10.0.0.3", "10.0.0.4"], &[]),
            ip("198.51.100.7")
        );
        assert_eq!(client(&["::ffff:198.51.100.7"], &[]), ip("198.51.100.7"));
        assert_eq!(client(&["198.51.100.7:4711"], &[]), ip("198.51.100.7"));
        assert_eq!(client(&["[2001:db8::1]:4711"], &[]), ip("2001:db8::1"));
        assert_eq!(client(&["2001:db8::1"], &[]), ip("2001:db8::1"));
        assert_eq!(
            client(&["10.0.0.9, 10.0.0.3"], &[]),
            ip("10.0.0.9"),
            "a client in our own network"
        );
    }

    #[test]
    fn forwarded_is_read_as_its_rfc_says() {
        assert_eq!(client(&[], &["for=198.51.100.7"]), ip("198.51.100.7"));
        assert_eq!(client(&[], &["For=\"[2001:db8::1]:4711\";proto=https"]), ip("2001:db8::1"));
        assert_eq!(client(&[], &["by=10.0.0.3 ; FOR = 198.51.100.7:80"]), ip("198.51.100.7"));
        assert_eq!(
            client(&[], &["for=1.1.1.1, for=198.51.100.7", "for=10.0.0.3"]),
            ip("198.51.100.7")
        );
        let hiding = r#"for=198.51.100.7;host="a\",for=1.1.1.1,b""#;
        assert_eq!(client(&[], &[hiding]), ip("198.51.100.7"), "a comma in quotes is no comma");
        let swallowing = r#"for=1.1.1.1;host=", for=198.51.100.7"#;
        assert_eq!(client(&[], &[swallowing]), ip("127.0.0.1"), "an open quote hides nothing");
    }

    #[test]
    fn a_chain_ends_where_no_address_is_named() {
        assert_eq!(client(&["unknown"], &[]), ip("127.0.0.1"));
        assert_eq!(client(&["198.51.100.7, unknown, 10.0.0.3"], &[]), ip("10.0.0.3"));
        assert_eq!(client(&[""], &[]), ip("127.0.0.1"));
        assert_eq!(client(&[], &["for=_hidden"]), ip("127.0.0.1"));
        assert_eq!(client(&[], &["for=198.51.100.7, proto=https"]), ip("127.0.0.1"));
        assert_eq!(client(&[], &["for=198.51.100.7;for=198.51.100.8"]), ip("127.0.0.1"));
        assert_eq!(client(&[], &[]), ip("127.0.0.1"));
    }

    #[test]
    fn two_fields_that_disagree_are_both_not_believed() {
        assert_eq!(client(&["198.51.100.7"], &["for=198.51.100.7"]), ip("198.51.100.7"));
        assert_eq!(client(&["198.51.100.7"], &["for=1.1.1.1"]), ip("127.0.0.1"));
    }

    proptest! {
        #[test]
        fn any_bytes_give_some_address(common in ".{0,80}", standard in ".{0,80}") {
            client(&[&common], &[&standard]);
        }

        #[test]
        fn what_stands_left_of_the_client_changes_nothing(made_up in "[^,]{0,40}") {
            let line = format!("{made_up}, 198.51.100.7, 10.0.0.3");
            prop_assert_eq!(client(&[&line], &[]), ip("198.51.100.7"));
        }

        #[test]
        fn a_network_holds_its_own_addresses(bits: u128, prefix in 0u32..=128) {
            let address = IpAddr::V6(bits.into());
            let network: Network = format!("{address}/{prefix}").parse().unwrap();
            prop_assert!(network.holds(address));
        }
    }
}
