//! What the lab reads of an IP packet, from where to where and by which transport, and what a router
//! writes into it. What is no whole packet is nothing.

use std::net::{IpAddr, SocketAddrV4};

/// IP's numbers of the two transports.
const TCP: u8 = 6;
const UDP: u8 = 17;

/// How a packet travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    /// TCP, between these ports.
    Tcp { from: u16, to: u16 },
    /// UDP, between these ports.
    Udp { from: u16, to: u16 },
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
    let ports = match rest {
        [a, b, c, d, ..] => Some((u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d]))),
        _ => None,
    };
    let transport = match (protocol, ports) {
        (TCP, Some((from, to))) => Transport::Tcp { from, to },
        (UDP | 44, Some((from, to))) => Transport::Udp { from, to },
        _ => Transport::Other,
    };
    Some(Head { from, to, transport })
}

/// One of a packet's two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    From,
    To,
}

/// Gives an IPv4 packet another address and port at one end, with the checksums that belong to it.
/// `None`: it has no ports, and stays as it is.
pub(super) fn rewrite(packet: &mut [u8], end: End, address: SocketAddrV4) -> Option<()> {
    if packet.first()? >> 4 != 4 {
        return None;
    }
    let transport = usize::from(packet[0] & 15) * 4;
    let (ip_at, port_at) = match end {
        End::From => (12, transport),
        End::To => (16, transport + 2),
    };
    let checksum_at = match *packet.get(9)? {
        TCP => transport + 16,
        UDP => transport + 6,
        _ => return None,
    };
    packet.get(checksum_at + 1)?;
    let old = [packet[ip_at..ip_at + 4].to_vec(), packet[port_at..port_at + 2].to_vec()].concat();
    let new = [&address.ip().octets()[..], &address.port().to_be_bytes()].concat();
    adjust(&mut packet[10..12], &old[..4], &new[..4]);
    // A datagram without a checksum stays without one.
    if packet[9] == TCP || packet[checksum_at..checksum_at + 2] != [0, 0] {
        adjust(&mut packet[checksum_at..checksum_at + 2], &old, &new);
    }
    packet[ip_at..ip_at + 4].copy_from_slice(&new[..4]);
    packet[port_at..port_at + 2].copy_from_slice(&new[4..]);
    Some(())
}

/// Changes a checksum as its bytes change (RFC 1624).
fn adjust(checksum: &mut [u8], old: &[u8], new: &[u8]) {
    let word = |pair: &[u8]| u32::from(u16::from_be_bytes([pair[0], pair[1]]));
    let mut sum = !word(checksum) & 0xffff;
    for (old, new) in old.chunks_exact(2).zip(new.chunks_exact(2)) {
        sum += (!word(old) & 0xffff) + word(new);
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    let [.., high, low] = (!sum).to_be_bytes();
    checksum.copy_from_slice(&[high, low]);
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
        assert_eq!(read.transport, Transport::Udp { from: 0, to: 0 });
    }

    /// The checksum of a header that holds none (RFC 1071).
    fn checksum(bytes: &[u8]) -> [u8; 2] {
        let mut sum: u32 =
            bytes.chunks(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]]))).sum();
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        let [.., high, low] = (!sum).to_be_bytes();
        [high, low]
    }

    #[test]
    fn a_rewritten_packet_has_the_checksum_that_it_should() {
        let mut packet = vec![0x45, 0, 0, 28, 0, 0, 0, 0, 64, UDP, 0, 0, 192, 168, 1, 2];
        packet.extend([44, 1, 0, 2, 0x13, 0x88, 0x0d, 0x96, 0, 8, 0, 0]);
        let sum = checksum(&packet[..20]);
        packet[10..12].copy_from_slice(&sum);
        let outer = "44.2.0.2:40000".parse().expect("an address");
        rewrite(&mut packet, End::From, outer).expect("it has ports");
        let read = head(&packet).expect("it is whole");
        assert_eq!(read.from, IpAddr::from([44, 2, 0, 2]));
        assert_eq!(read.transport, Transport::Udp { from: 40_000, to: 3_478 });
        let sum: [u8; 2] = packet[10..12].try_into().expect("two");
        packet[10..12].copy_from_slice(&[0, 0]);
        assert_eq!(checksum(&packet[..20]), sum);
        assert_eq!(packet[26..28], [0, 0], "it had none");
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
