//! Data on its way through the relay, and where one frame ends and the next begins on a stream.
//! These run for every packet: they borrow and never allocate.

use std::net::SocketAddr;

use super::{Class, HEADER, Message, Method, Transaction, attribute, write_address};

/// The longest frame taken from a stream, in bytes. A packet of the internet has 1,500, of the
/// largest networks 9,000; whoever announces more wants our memory.
pub const MAX_FRAME: usize = 9216;

/// Bytes before the data of a channel.
pub const CHANNEL_HEADER: usize = 4;

/// What a frame on a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Bytes of the frame itself, as it would be one datagram.
    pub len: usize,
    /// Bytes it takes on the stream, padding included.
    pub taken: usize,
}

/// The stream does not speak TURN, or not within the limits. There is no way back into step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfStep;

/// The first frame of `buffer`; `None` while more bytes must come.
///
/// # Errors
/// [`OutOfStep`] as soon as it shows.
pub fn next(buffer: &[u8]) -> Result<Option<Frame>, OutOfStep> {
    let Some(head) = buffer.get(..4) else {
        // The first byte alone tells what it cannot become.
        return if buffer.first().is_some_and(|first| *first > 0x7F) {
            Err(OutOfStep)
        } else {
            Ok(None)
        };
    };
    let value = usize::from(u16::from_be_bytes([head[2], head[3]]));
    let frame = match head[0] {
        0x00..=0x3F if value.is_multiple_of(4) => {
            Frame { len: HEADER + value, taken: HEADER + value }
        }
        0x40..=0x7F => {
            Frame { len: CHANNEL_HEADER + value, taken: CHANNEL_HEADER + value.next_multiple_of(4) }
        }
        _ => return Err(OutOfStep),
    };
    if frame.taken > MAX_FRAME {
        return Err(OutOfStep);
    }
    Ok((buffer.len() >= frame.taken).then_some(frame))
}

/// Whether a packet is data of a channel rather than a message, by its first byte.
pub fn is_channel_data(packet: &[u8]) -> bool {
    packet.first().is_some_and(|first| (0x40..=0x7F).contains(first))
}

/// The channel's number and the data. `None` if it is shorter than it says.
pub fn channel_data(packet: &[u8]) -> Option<(u16, &[u8])> {
    let (head, rest) = packet.split_first_chunk::<CHANNEL_HEADER>()?;
    let number = u16::from_be_bytes([head[0], head[1]]);
    let data = rest.get(..usize::from(u16::from_be_bytes([head[2], head[3]])))?;
    (0x40..=0x7F).contains(&head[0]).then_some((number, data))
}

/// Bytes that [`write_channel_data`] appends.
pub fn channel_data_len(data: &[u8], padded: bool) -> usize {
    CHANNEL_HEADER + if padded { data.len().next_multiple_of(4) } else { data.len() }
}

/// Bytes that [`write_data_indication`] appends.
pub fn data_indication_len(peer: SocketAddr, data: &[u8]) -> usize {
    let address = if peer.is_ipv4() { 8 } else { 20 };
    HEADER + 8 + address + data.len().next_multiple_of(4)
}

/// Appends data of a channel to `out`. `padded` to four bytes, as streams need it. Data that no
/// datagram holds (64 KiB) is left out.
pub fn write_channel_data(out: &mut Vec<u8>, number: u16, data: &[u8], padded: bool) {
    let Ok(len) = u16::try_from(data.len()) else { return };
    out.extend_from_slice(&number.to_be_bytes());
    out.extend_from_slice(&len.to_be_bytes());
    out.extend_from_slice(data);
    if padded {
        let padding = data.len().next_multiple_of(4) - data.len();
        out.extend_from_slice(&[0; 3][..padding]);
    }
}

/// To whom and what a Send indication sends.
pub fn send_indication(packet: &[u8]) -> Option<(SocketAddr, &[u8])> {
    let message = Message::parse(packet)?;
    if (message.class(), message.method()) != (Class::Indication, Method::Send) {
        return None;
    }
    let peer = message.address(message.get(attribute::XOR_PEER_ADDRESS)?)?;
    Some((peer, message.get(attribute::DATA)?))
}

/// Whether a packet is a Send indication, by its first two bytes.
pub fn is_send_indication(packet: &[u8]) -> bool {
    packet.starts_with(&[0x00, 0x16])
}

/// Appends a Data indication to `out`: `data` came from `peer`. Data that does not fit into a
/// message is left out.
pub fn write_data_indication(
    out: &mut Vec<u8>,
    transaction: Transaction,
    peer: SocketAddr,
    data: &[u8],
) {
    let mut header = [0; HEADER];
    header[..2].copy_from_slice(&(Class::Indication.bits() | Method::Data.bits()).to_be_bytes());
    header[4..8].copy_from_slice(&super::COOKIE);
    header[8..].copy_from_slice(&transaction);
    let mut address = [0; 20];
    let address_len = write_address(&mut address, peer, &header[4..]);
    let len = 8 + address_len + data.len().next_multiple_of(4);
    let Ok(len) = u16::try_from(len) else { return };
    header[2..4].copy_from_slice(&len.to_be_bytes());
    out.extend_from_slice(&header);
    for (kind, value) in
        [(attribute::XOR_PEER_ADDRESS, &address[..address_len]), (attribute::DATA, data)]
    {
        let len = u16::try_from(value.len()).expect("the whole message is shorter than 64 KiB");
        out.extend_from_slice(&kind.to_be_bytes());
        out.extend_from_slice(&len.to_be_bytes());
        out.extend_from_slice(value);
        let padding = value.len().next_multiple_of(4) - value.len();
        out.extend_from_slice(&[0; 3][..padding]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::turn_wire::Writer;

    /// Frames as they come out of a stream, whatever pieces it arrives in.
    fn frames(pieces: &[&[u8]]) -> Result<Vec<Vec<u8>>, OutOfStep> {
        let mut buffer = Vec::new();
        let mut found = Vec::new();
        for piece in pieces {
            buffer.extend_from_slice(piece);
            while let Some(frame) = next(&buffer)? {
                found.push(buffer[..frame.len].to_vec());
                buffer.drain(..frame.taken);
            }
            assert!(buffer.len() <= MAX_FRAME, "whole frames do not stay");
        }
        Ok(found)
    }

    #[test]
    fn other_protocols_are_out_of_step_at_once() {
        assert_eq!(next(&[0xFF]), Err(OutOfStep));
        assert_eq!(next(&[0x80, 0, 0, 0]), Err(OutOfStep));
        assert_eq!(next(b"GET / HTTP/1.1"), Err(OutOfStep), "announces 12 KiB");
        assert_eq!(next(&[0x16, 3, 1, 2]), Err(OutOfStep), "TLS");
        assert_eq!(next(&[0x16, 3]), Ok(None), "not enough to tell");
        assert_eq!(next(&[0, 3, 0, 1]), Err(OutOfStep), "messages are multiples of four");
        assert_eq!(next(&[0x40, 0, 0xFF, 0xFF]), Err(OutOfStep), "too long");
    }

    #[test]
    fn data_of_a_channel_has_its_length_checked() {
        assert_eq!(channel_data(&[0x40, 1, 0, 2, 7, 8]), Some((0x4001, &[7, 8][..])));
        assert_eq!(channel_data(&[0x40, 1, 0, 2, 7, 8, 0, 0]), Some((0x4001, &[7, 8][..])));
        assert_eq!(channel_data(&[0x40, 1, 0, 3, 7, 8]), None);
        assert_eq!(channel_data(&[0x40, 1, 0]), None);
        assert_eq!(channel_data(&[0x80, 1, 0, 0]), None);
    }

    proptest! {
        #[test]
        fn a_stream_gives_the_same_frames_in_whatever_pieces_it_comes(
            payloads in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..80), any::<bool>()), 0..12),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let mut stream = Vec::new();
            let mut sent = Vec::new();
            for (payload, channel) in &payloads {
                let mut packet = Vec::new();
                if *channel {
                    write_channel_data(&mut packet, 0x4005, payload, false);
                    prop_assert_eq!(packet.len(), channel_data_len(payload, false));
                    write_channel_data(&mut stream, 0x4005, payload, true);
                } else {
                    packet = Writer::new(Class::Indication, Method::Send, [7; 12])
                        .with(attribute::DATA, payload)
                        .finish();
                    stream.extend_from_slice(&packet);
                }
                sent.push(packet);
            }
            let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
            ends.extend([0, stream.len()]);
            ends.sort_unstable();
            let pieces: Vec<&[u8]> = ends.windows(2).map(|pair| &stream[pair[0]..pair[1]]).collect();
            prop_assert_eq!(frames(&pieces), Ok(sent));
        }

        #[test]
        fn no_bytes_panic_and_every_frame_lies_within(bytes: Vec<u8>) {
            if let Ok(Some(frame)) = next(&bytes) {
                prop_assert!(frame.len <= frame.taken && frame.taken <= bytes.len());
                prop_assert!(frame.taken >= 4, "a frame always moves the stream on");
            }
            let _ = channel_data(&bytes);
            let _ = send_indication(&bytes);
        }

        #[test]
        fn a_data_indication_is_read_by_the_strict_reader(
            transaction: [u8; 12], ip: u128, v4: u32, six: bool, port: u16, data: Vec<u8>,
        ) {
            let peer = if six {
                SocketAddr::new(std::net::Ipv6Addr::from_bits(ip).into(), port)
            } else {
                SocketAddr::new(std::net::Ipv4Addr::from_bits(v4).into(), port)
            };
            let mut bytes = Vec::new();
            write_data_indication(&mut bytes, transaction, peer, &data);
            prop_assert_eq!(bytes.len(), data_indication_len(peer, &data));
            let message = Message::parse(&bytes).unwrap();
            let address = message.get(attribute::XOR_PEER_ADDRESS).unwrap();
            prop_assert_eq!(message.address(address), Some(peer));
            prop_assert_eq!(message.get(attribute::DATA), Some(&data[..]));
        }

        #[test]
        fn a_send_indication_is_read(v4: u32, port: u16, data: Vec<u8>) {
            let peer = SocketAddr::new(std::net::Ipv4Addr::from_bits(v4).into(), port);
            let bytes = Writer::new(Class::Indication, Method::Send, [7; 12])
                .with_address(attribute::XOR_PEER_ADDRESS, peer)
                .with(attribute::DATA, &data)
                .finish();
            prop_assert!(is_send_indication(&bytes));
            prop_assert_eq!(send_indication(&bytes), Some((peer, &data[..])));
        }
    }
}
