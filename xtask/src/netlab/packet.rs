//! What the lab reads of an IP packet: from where to where, and by which transport. Nothing is
//! changed, and what is no whole packet is nothing.

use std::net::IpAddr;

/// IP's numbers of the two transports.
const TCP: u8 = 6;
const UDP: u8 = 17;

/// How a packet travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    /// TCP, between these ports.
    Tcp { from: u16, to: u16 },
    /// UDP; also a later part of a datagram.
    Udp,
    /// ICMP and all else.
    Other,
}

/// The head of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) from: IpAddr,
    pub(super) to: IpAddr,
    pub(super) transport: Transport,
}

/// Reads a packet's head.
pub(super) fn head(packet: &[u8]) -> Option<Head> {
    let (from, to, protocol, rest) = match packet.first()? >> 4 {
        4 => {
            let length = usize::from(packet[0] & 15) * 4;
            let from: [u8; 4] = packet.get(12..16)?.try_into().ok()?;
            let to: [u8; 4] = packet.get(16..20)?.try_into().ok()?;
            (IpAddr::from(from), IpAddr::from(to), *packet.get(9)?, packet.get(length..)?)
        }
        6 => {
            let from: [u8; 16] = packet.get(8..24)?.try_into().ok()?;
            let to: [u8; 16] = packet.get(24..40)?.try_into().ok()?;
            // What stands behind an extension header is not looked for: Linux writes none here but
            // for parts of datagrams.
            (IpAddr::from(from), IpAddr::from(to), *packet.get(6)?, packet.get(40..)?)
        }
        _ => return None,
    };
    let transport = match (protocol, rest) {
        (TCP, [a, b, c, d, ..]) => {
            Transport::Tcp { from: u16::from_be_bytes([*a, *b]), to: u16::from_be_bytes([*c, *d]) }
        }
        (UDP | 44, _) => Transport::Udp,
        _ => Transport::Other,
    };
    Some(Head { from, to, transport })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv4_and_ipv6_are_read() {
        let mut v4 = vec![0x45, 0, 0, 24, 0, 0, 0, 0, 64, TCP, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
        v4.extend([0x1f, 0x90, 0x01, 0xbb]);
        let read = head(&v4).expect("it is whole");
        assert_eq!((read.from, read.to), (IpAddr::from([1, 2, 3, 4]), IpAddr::from([5, 6, 7, 8])));
        assert_eq!(read.transport, Transport::Tcp { from: 8080, to: 443 });

        let mut v6 = vec![0x60, 0, 0, 0, 0, 8, UDP, 64];
        v6.extend([0xfd; 16]);
        v6.extend([0xfe; 16]);
        v6.extend([0; 8]);
        let read = head(&v6).expect("it is whole");
        assert_eq!((read.from, read.to), (IpAddr::from([0xfd; 16]), IpAddr::from([0xfe; 16])));
        assert_eq!(read.transport, Transport::Udp);
    }

    #[test]
    fn what_is_cut_or_no_packet_is_nothing() {
        assert_eq!(head(&[]), None);
        assert_eq!(head(&[0x45; 19]), None);
        assert_eq!(head(&[0x60; 39]), None);
        assert_eq!(head(&[0x4f; 20]), None);
        assert_eq!(head(&[0x10; 60]), None);
    }
}
