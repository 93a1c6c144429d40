//! Where a TURN message ends in a stream of bytes (RFC 8656 §3.6, §12.5), and what kind of message a
//! datagram is. Pure; the bytes come from a stranger.

/// Bytes of the head by which every message tells its length.
const HEAD: usize = 4;

/// The stream is none of TURN's.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotTurn;

/// The first message of `bytes`: how much of them it takes, and how much of that it is without the
/// padding behind it. `None`: it is not whole yet.
pub(super) fn first(bytes: &[u8]) -> Result<Option<(usize, usize)>, NotTurn> {
    let [kind, _, high, low, ..] = *bytes else { return Ok(None) };
    let said = usize::from(u16::from_be_bytes([high, low]));
    let length = match kind >> 6 {
        // STUN: a head of 20 bytes, then attributes in fours.
        0 if said.is_multiple_of(4) => 20 + said,
        1 => HEAD + said,
        _ => return Err(NotTurn),
    };
    let taken = length.next_multiple_of(4);
    Ok((bytes.len() >= taken).then_some((taken, length)))
}

/// Bytes to add to a message before it goes into a stream.
pub(super) fn padding(message: &[u8]) -> usize {
    message.len().next_multiple_of(4) - message.len()
}

/// Is this what one and a relay say to each other?
pub(crate) fn is_relay_traffic(datagram: &[u8]) -> bool {
    match datagram {
        // ChannelData (RFC 8656 §12): channels 0x4000 to 0x4fff.
        [0x40..=0x4f, ..] => datagram.len() >= HEAD,
        // The methods of TURN, from Allocate to ChannelBind, whatever the class.
        [high @ 0..=1, low, ..] => {
            let method = u16::from_be_bytes([*high, *low]) & !0x0110;
            is_stun(datagram) && (3..=9).contains(&method)
        }
        _ => false,
    }
}

/// Does a relay say that it gives out an address?
pub(crate) fn is_allocated(datagram: &[u8]) -> bool {
    datagram.starts_with(&[0x01, 0x03]) && is_stun(datagram)
}

/// Is a relay asked for an address?
pub(super) fn asks_for_allocation(datagram: &[u8]) -> bool {
    datagram.starts_with(&[0x00, 0x03]) && is_stun(datagram)
}

/// RFC 8489 §5: the magic cookie.
fn is_stun(datagram: &[u8]) -> bool {
    datagram.len() >= 20 && datagram[4..8] == [0x21, 0x12, 0xa4, 0x42]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stun(kind: [u8; 2], attributes: usize) -> Vec<u8> {
        let length = u16::try_from(attributes).expect("short").to_be_bytes();
        let mut message = vec![kind[0], kind[1], length[0], length[1], 0x21, 0x12, 0xa4, 0x42];
        message.resize(20 + attributes, 7);
        message
    }

    #[test]
    fn messages_are_cut_where_they_end() {
        let message = stun([1, 3], 8);
        assert_eq!(first(&message), Ok(Some((28, 28))));
        assert_eq!(first(&message[..27]), Ok(None));
        assert_eq!(first(&[0x40, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0, 9]), Ok(Some((12, 9))));
        assert_eq!(first(&[0x40, 0, 0, 5, 1, 2, 3, 4, 5]), Ok(None));
        assert_eq!(first(&[0x40, 0, 0]), Ok(None));
        assert_eq!(first(b"HTTP/1.1 400"), Ok(None), "seems to be a channel, of 20,527 bytes");
        assert_eq!(first(&[0x80, 0, 0, 0]), Err(NotTurn));
        assert_eq!(first(&[0, 1, 0, 3]), Err(NotTurn));
        assert_eq!(padding(&[0; 9]), 3);
        assert_eq!(padding(&[0; 8]), 0);
    }

    #[test]
    fn what_a_relay_says_is_told_from_what_peers_say() {
        for kind in [[0, 3], [1, 3], [1, 0x13], [0, 4], [0, 0x16], [0, 0x17], [0, 8], [1, 9]] {
            assert!(is_relay_traffic(&stun(kind, 0)), "{kind:?}");
        }
        assert!(is_relay_traffic(&[0x40, 0, 0, 0]));
        for kind in [[0, 1], [1, 1], [1, 0x11]] {
            assert!(!is_relay_traffic(&stun(kind, 0)), "{kind:?}");
        }
        for other in [&[][..], &[0x40], &[22, 254, 253, 0, 0], &[0x80; 60], &[0, 3, 0, 0]] {
            assert!(!is_relay_traffic(other), "{other:?}");
        }
        assert!(is_allocated(&stun([1, 3], 0)) && !is_allocated(&stun([1, 0x13], 0)));
        assert!(asks_for_allocation(&stun([0, 3], 8)) && !asks_for_allocation(&stun([0, 4], 8)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_cut_within_what_is_there(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(Some((taken, length))) = first(&bytes) {
                prop_assert!(length <= taken && taken <= bytes.len() && taken >= 4);
            }
            is_relay_traffic(&bytes);
            is_allocated(&bytes);
        }
    }
}
