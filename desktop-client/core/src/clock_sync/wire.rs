//! Probes as they travel on the `clock` channel, big-endian. The first byte is the version; what has
//! another version, kind or length is not for us.
//!
//! | bytes | request | reply |
//! |---|---|---|
//! | 0 | version, 1 | version, 1 |
//! | 1 | kind, 1 | kind, 2 |
//! | 2 | 0 | bit 0: settled |
//! | 3 | 0 | 0 |
//! | 4–7 | number | number |
//! | 8–15 | sent, sender's own microseconds | the same, given back |
//! | 16–23 | | received, room microseconds |
//! | 24–31 | | answered, room microseconds |
//! | 32–35 | | generation: changes when the answerer's room time jumps |

use bytes::{BufMut, Bytes, BytesMut};

const VERSION: u8 = 1;
const REQUEST: u8 = 1;
const REPLY: u8 = 2;
const REQUEST_BYTES: usize = 16;
const REPLY_BYTES: usize = 36;

/// One datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Probe {
    Request { number: u32, sent: i64 },
    Reply(Reply),
}

/// The answer to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) number: u32,
    pub(super) sent: i64,
    pub(super) received: i64,
    pub(super) answered: i64,
    pub(super) settled: bool,
    pub(super) generation: u32,
}

impl Probe {
    pub(super) fn encode(self) -> Bytes {
        let mut bytes = BytesMut::with_capacity(REPLY_BYTES);
        bytes.put_u8(VERSION);
        match self {
            Self::Request { number, sent } => {
                bytes.put_u8(REQUEST);
                bytes.put_u16(0);
                bytes.put_u32(number);
                bytes.put_i64(sent);
            }
            Self::Reply(reply) => {
                bytes.put_u8(REPLY);
                bytes.put_u8(u8::from(reply.settled));
                bytes.put_u8(0);
                bytes.put_u32(reply.number);
                bytes.put_i64(reply.sent);
                bytes.put_i64(reply.received);
                bytes.put_i64(reply.answered);
                bytes.put_u32(reply.generation);
            }
        }
        bytes.freeze()
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        if *bytes.first()? != VERSION {
            return None;
        }
        let number = u32::from_be_bytes(field(bytes, 4)?);
        let sent = i64::from_be_bytes(field(bytes, 8)?);
        match (*bytes.get(1)?, bytes.len()) {
            (REQUEST, REQUEST_BYTES) => Some(Self::Request { number, sent }),
            (REPLY, REPLY_BYTES) => Some(Self::Reply(Reply {
                number,
                sent,
                received: i64::from_be_bytes(field(bytes, 16)?),
                answered: i64::from_be_bytes(field(bytes, 24)?),
                settled: *bytes.get(2)? & 1 == 1,
                generation: u32::from_be_bytes(field(bytes, 32)?),
            })),
            _ => None,
        }
    }
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at + N)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_survive_the_wire_and_stay_small() {
        let reply = Reply {
            number: 7,
            sent: -1,
            received: i64::MIN,
            answered: i64::MAX,
            settled: true,
            generation: u32::MAX,
        };
        for probe in [Probe::Request { number: u32::MAX, sent: i64::MIN }, Probe::Reply(reply)] {
            let bytes = probe.encode();
            assert!(bytes.len() <= 64);
            assert_eq!(Probe::decode(&bytes), Some(probe));
            assert_eq!(Probe::decode(&bytes[..bytes.len() - 1]), None);
        }
        assert_eq!(Probe::decode(&[2; 36]), None);
        assert_eq!(Probe::decode(&[]), None);
    }
}
