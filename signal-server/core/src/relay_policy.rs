//! To whom the TURN relay may send and from whom it may hand on: the open internet, and its own
//! relayed addresses. A relay that sends anywhere is a way into the network that it stands in, past
//! every firewall; so whatever is not plainly public is refused. Counting packets and allocations is
//! `relay_quota`'s.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;

/// Why an address is not relayed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Forbidden {
    /// The machine itself.
    Loopback,
    /// A network that is not routed: RFC 1918, carriers' NAT, unique local addresses.
    Private,
    /// One cable or one radio cell; cloud metadata services live here.
    LinkLocal,
    /// Many at once.
    Multicast,
    /// No address, documentation, benchmarks, tunnels, and what nobody has been given.
    Reserved,
    /// The server's own address, but none that it relays for.
    Own,
}

impl Forbidden {
    /// One word, for figures and logs.
    pub fn label(self) -> &'static str {
        match self {
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::LinkLocal => "link_local",
            Self::Multicast => "multicast",
            Self::Reserved => "reserved",
            Self::Own => "own",
        }
    }

    /// Whether the switch for a LAN opens it.
    fn opens_for_lan(self) -> bool {
        matches!(self, Self::Loopback | Self::Private | Self::LinkLocal)
    }
}

/// How a packet gets to an allowed address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Over the network.
    Outside,
    /// The address can only be a relayed one of this server: hand it over within, and send nothing.
    Inside,
    /// A relayed address of this server, if there is such an allocation; over the network otherwise
    /// (a server in a LAN, whose other ports may belong to a participant on the same machine).
    InsideOrOutside,
}

/// The rule, for one server.
#[derive(Debug, Clone)]
pub struct RelayPolicy {
    /// Under which addresses the server relays.
    relayed: Vec<IpAddr>,
    /// All other addresses of the machine.
    own: Vec<IpAddr>,
    ports: RangeInclusive<u16>,
    allow_private: bool,
}

impl RelayPolicy {
    /// The rule for a server that relays at the addresses `relayed` and `ports`, on a machine that
    /// has the addresses `own` too. `allow_private` opens loopback, private and link-local
    /// addresses, for a LAN.
    pub fn new(
        relayed: Vec<IpAddr>,
        own: Vec<IpAddr>,
        ports: RangeInclusive<u16>,
        allow_private: bool,
    ) -> Self {
        Self { relayed, own, ports, allow_private }
    }

    /// Whether a permission for `ip` may be given. It holds for all its ports, so that sending asks
    /// [`RelayPolicy::way`] again.
    ///
    /// # Errors
    /// [`Forbidden`] says why not.
    pub fn permission(&self, ip: IpAddr) -> Result<(), Forbidden> {
        if self.relayed.contains(&ip) { Ok(()) } else { self.outside(ip) }
    }

    /// Whether and how to send to `peer`.
    ///
    /// # Errors
    /// [`Forbidden`] says why not.
    pub fn way(&self, peer: SocketAddr) -> Result<Way, Forbidden> {
        if peer.port() == 0 {
            return Err(Forbidden::Reserved);
        }
        let outside = self.outside(peer.ip());
        if self.relayed.contains(&peer.ip()) && self.ports.contains(&peer.port()) {
            return Ok(if outside.is_ok() { Way::InsideOrOutside } else { Way::Inside });
        }
        outside.map(|()| Way::Outside)
    }

    /// Whether `ip` may be reached over the network.
    fn outside(&self, ip: IpAddr) -> Result<(), Forbidden> {
        let kind = kind(ip);
        match kind {
            Some(forbidden) if self.allow_private && forbidden.opens_for_lan() => Ok(()),
            Some(forbidden) => Err(forbidden),
            // A public address of this very machine, perhaps written another way: its firewall
            // trusts the machine.
            None if self.is_ours(ip) || embedded(ip).is_some_and(|v4| self.is_ours(v4.into())) => {
                Err(Forbidden::Own)
            }
            None => Ok(()),
        }
    }

    fn is_ours(&self, ip: IpAddr) -> bool {
        self.relayed.contains(&ip) || self.own.contains(&ip)
    }
}

/// What is wrong with an address, wherever the server stands.
fn kind(ip: IpAddr) -> Option<Forbidden> {
    match ip {
        IpAddr::V4(v4) => kind_v4(v4),
        IpAddr::V6(v6) => kind_v6(v6),
    }
}

fn kind_v4(ip: Ipv4Addr) -> Option<Forbidden> {
    match ip.octets() {
        [127, ..] => Some(Forbidden::Loopback),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => {
            Some(Forbidden::Private)
        }
        [169, 254, ..] => Some(Forbidden::LinkLocal),
        [224..=239, ..] => Some(Forbidden::Multicast),
        // RFC 6890: this network; protocol assignments; documentation (three); the old anycast of
        // 6to4; benchmarks; the future and broadcast.
        [0 | 240..=255, ..]
        | [192, 0, 0 | 2, _]
        | [198, 51, 100, _]
        | [203, 0, 113, _]
        | [192, 88, 99, _]
        | [198, 18..=19, ..] => Some(Forbidden::Reserved),
        _ => None,
    }
}

fn kind_v6(ip: Ipv6Addr) -> Option<Forbidden> {
    if let Some(v4) = embedded(ip.into()) {
        return kind_v4(v4);
    }
    match ip.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Some(Forbidden::Loopback),
        // fc00::/7, the old site-local fec0::/10, and the translators of one's own network.
        [0xfc00..=0xfdff | 0xfec0..=0xfeff, ..] | [0x64, 0xff9b, 1, ..] => Some(Forbidden::Private),
        [0xfe80..=0xfebf, ..] => Some(Forbidden::LinkLocal),
        [0xff00..=0xffff, ..] => Some(Forbidden::Multicast),
        // Of what is routed: protocol assignments with Teredo (2001::/23), documentation (two).
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Some(Forbidden::Reserved),
        [0x2000..=0x3fff, ..] => None,
        // IPv4-mapped ones among them: they are IPv4, and must come as such.
        _ => Some(Forbidden::Reserved),
    }
}

/// The IPv4 address to which packets for this IPv6 address go in the end: NAT64's prefix
/// 64:ff9b::/96 and 6to4's 2002::/16.
fn embedded(ip: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(v6) = ip else { return None };
    let octets = v6.octets();
    let at = match v6.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => 12,
        [0x2002, ..] => 2,
        _ => return None,
    };
    let [a, b, c, d] = octets[at..at + 4].try_into().expect("four octets at a fixed place");
    Some(Ipv4Addr::new(a, b, c, d))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PUBLIC: IpAddr = IpAddr::V4(Ipv4Addr::new(5, 6, 7, 8));
    const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(5, 6, 7, 9));

    fn policy(allow_private: bool) -> RelayPolicy {
        let lan = IpAddr::from([10, 0, 0, 5]);
        RelayPolicy::new(vec![PUBLIC], vec![OTHER, lan], 50_000..=50_100, allow_private)
    }

    fn outside(text: &str) -> Result<Way, Forbidden> {
        policy(false).way(SocketAddr::new(text.parse().unwrap(), 4000))
    }

    #[test]
    fn public_addresses_are_relayed_to() {
        let public = ["1.1.1.1", "9.9.9.9", "100.63.255.255", "100.128.0.0", "172.32.0.1"];
        for ip in public.into_iter().chain(["2606:4700::1111", "2a00:1450::5", "2001:4860::8888"]) {
            assert_eq!(outside(ip), Ok(Way::Outside), "{ip}");
        }
    }

    #[test]
    fn addresses_that_are_not_public_are_refused() {
        let cases = [
            (Forbidden::Loopback, "127.0.0.1 127.255.255.255 ::1"),
            (Forbidden::Private, "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1"),
            (Forbidden::Private, "100.127.255.255 fc00::1 fd12:3456::1 fec0::1 64:ff9b:1::1"),
            (Forbidden::LinkLocal, "169.254.169.254 fe80::1 febf::1"),
            (Forbidden::Multicast, "224.0.0.1 239.255.255.250 ff02::1"),
            (Forbidden::Reserved, "0.0.0.0 0.1.2.3 255.255.255.255 240.0.0.1 192.0.0.1 192.0.2.1"),
            (Forbidden::Reserved, "198.51.100.1 203.0.113.1 198.18.0.1 198.19.255.255 192.88.99.1"),
            (Forbidden::Reserved, ":: ::2 100::1 2001:db8::1 3fff::1 2001::1 2001:1ff::1 4000::1"),
        ];
        for (reason, addresses) in cases {
            for ip in addresses.split(' ') {
                assert_eq!(outside(ip), Err(reason), "{ip}");
            }
        }
    }

    #[test]
    fn an_inner_address_in_an_outer_form_is_refused() {
        for ip in ["::ffff:10.0.0.1", "::ffff:1.1.1.1", "::127.0.0.1", "::1.1.1.1"] {
            assert!(outside(ip).is_err(), "{ip}");
        }
        assert_eq!(outside("64:ff9b::127.0.0.1"), Err(Forbidden::Loopback));
        assert_eq!(outside("64:ff9b::192.168.0.1"), Err(Forbidden::Private));
        assert_eq!(outside("2002:7f00:1::"), Err(Forbidden::Loopback));
        assert_eq!(outside("2002:a00:1::1"), Err(Forbidden::Private));
        assert_eq!(outside("64:ff9b::5.6.7.8"), Err(Forbidden::Own));
        assert_eq!(outside("64:ff9b::1.1.1.1"), Ok(Way::Outside));
    }

    #[test]
    fn relayed_addresses_of_the_server_are_reached_within_and_its_others_not() {
        let way = |ip, port| policy(false).way(SocketAddr::new(ip, port));
        assert_eq!(way(PUBLIC, 50_000), Ok(Way::Inside));
        assert_eq!(way(PUBLIC, 50_100), Ok(Way::Inside));
        assert_eq!(way(PUBLIC, 22), Err(Forbidden::Own));
        assert_eq!(way(OTHER, 50_000), Err(Forbidden::Own));
        assert_eq!(policy(false).permission(PUBLIC), Ok(()));
        assert_eq!(policy(false).permission(OTHER), Err(Forbidden::Own));
    }

    #[test]
    fn a_lan_opens_private_addresses_only() {
        let way = |text: &str| policy(true).way(text.parse().unwrap());
        for peer in ["127.0.0.1:9", "10.0.0.5:9", "[fe80::1]:9", "[fd00::1]:9", "1.1.1.1:9"] {
            assert_eq!(way(peer), Ok(Way::Outside), "{peer}");
        }
        for peer in ["224.0.0.1:9", "0.0.0.0:9", "255.255.255.255:9", "[ff02::1]:9", "5.6.7.9:9"] {
            assert!(way(peer).is_err(), "{peer}");
        }
        let lan = RelayPolicy::new(vec![[10, 0, 0, 5].into()], vec![], 50_000..=50_100, true);
        assert_eq!(lan.way("10.0.0.5:50001".parse().unwrap()), Ok(Way::InsideOrOutside));
        assert_eq!(lan.way("10.0.0.5:9".parse().unwrap()), Ok(Way::Outside));
    }

    #[test]
    fn port_zero_is_nobody() {
        assert!(policy(true).way("1.1.1.1:0".parse().unwrap()).is_err());
    }

    proptest! {
        /// Against the standard library's own words for the same kinds.
        #[test]
        fn what_the_standard_library_calls_inner_is_never_reached(octets: [u8; 4], port: u16) {
            let ip = Ipv4Addr::from(octets);
            let inner = ip.is_loopback() || ip.is_private() || ip.is_link_local()
                || ip.is_multicast() || ip.is_broadcast() || ip.is_documentation()
                || ip.is_unspecified();
            let result = policy(false).way(SocketAddr::new(ip.into(), port));
            prop_assert!(!inner || result.is_err());
        }

        /// Random addresses are seldom inner ones: here each is, in each form that hides one.
        #[test]
        fn no_form_hides_an_inner_address(
            head in prop::sample::select(vec![[10, 0], [127, 0], [192, 168], [169, 254], [224, 0]]),
            tail: [u8; 2],
            form in 0..5,
            rest: [u16; 5],
        ) {
            let v4 = Ipv4Addr::new(head[0], head[1], tail[0], tail[1]);
            let [high, low] = [head, tail].map(u16::from_be_bytes);
            let [a, b, c, d, e] = rest;
            let ip: IpAddr = match form {
                0 => v4.into(),
                1 => v4.to_ipv6_mapped().into(),
                2 => Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low).into(),
                3 => Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low).into(),
                _ => Ipv6Addr::new(0x2002, high, low, a, b, c, d, e).into(),
            };
            prop_assert!(policy(false).way(SocketAddr::new(ip, 4000)).is_err());
            prop_assert!(policy(false).permission(ip).is_err());
        }

        /// Sending needs a permission first; what can be sent to must be permitted.
        #[test]
        fn a_permission_never_refuses_what_sending_allows(ip: u128, lan: bool, port: u16) {
            let peer = SocketAddr::new(Ipv6Addr::from_bits(ip).into(), port);
            let policy = policy(lan);
            prop_assert!(policy.way(peer).is_err() || policy.permission(peer.ip()).is_ok());
        }
    }
}
