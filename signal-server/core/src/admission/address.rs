//! Whose budget an address draws from. Whoever has one IPv6 address has its whole /64.

use std::net::IpAddr;

/// Those who share one budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Party {
    /// An IPv4 address.
    V4(u32),
    /// An IPv6 network of 64 bits.
    V6(u64),
    /// All who came while the table was full.
    Crowd,
    /// Nobody counts: this machine itself.
    Exempt,
}

impl Party {
    /// The party of `address`. An IPv4 address in IPv6 clothes is that IPv4 address.
    pub(super) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.to_bits()),
            IpAddr::V6(address) => {
                let network = address.to_bits() >> 64;
                Self::V6(u64::try_from(network).expect("64 bits are left"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(text: &str) -> Party {
        Party::of(text.parse().unwrap())
    }

    #[test]
    fn an_ipv4_address_stands_alone_in_whatever_clothes() {
        assert_ne!(party("192.0.2.1"), party("192.0.2.2"));
        assert_eq!(party("192.0.2.1"), party("::ffff:192.0.2.1"));
    }

    #[test]
    fn an_ipv6_network_of_64_bits_is_one_party() {
        assert_eq!(party("2001:db8::1"), party("2001:db8::ffff:1:2:3"));
        assert_ne!(party("2001:db8::1"), party("2001:db8:0:1::1"));
    }
}
