//! What is said on a bundle of lanes between somebody who streams a film and a source of it: shape, limits,
//! codec. Numbers are little-endian.

use bytes::{Buf, BufMut, Bytes, BytesMut};

use crate::film_blocks::{BLOCK_BYTES, MAX_RUNS, Run};

/// Longest message, in bytes: what a lane carries.
pub const MAX_MESSAGE_BYTES: usize = 16 * 1024;
/// Bytes of a block in one message: the 17th part of a block, the last one is a little shorter. Each piece begins
/// at a multiple of it.
pub const PIECE_BYTES: usize = 15_424;
/// Pieces of a whole block.
pub const PIECES: usize = (BLOCK_BYTES as usize).div_ceil(PIECE_BYTES);
/// Most hashes in one message.
pub const MAX_HASHES: usize = 500;
/// Longest film id.
const MAX_ID_BYTES: usize = 128;

/// Pieces of a block, as bits from the lowest; never all of them.
pub type PieceSet = u32;
const ALL_PIECES: PieceSet = (1 << PIECES) - 1;

/// The hash of a block: its chaining value in the film's BLAKE3 tree.
pub type BlockHash = [u8; 32];

/// One message. Those who stream ask, sources tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkMessage {
    /// The first message of who streams: this film.
    Film(String),
    /// Send this block; `urgent`: a player waits for it.
    Ask {
        /// Which.
        block: u32,
        /// Before those that are not.
        urgent: bool,
        /// Pieces that came already and are not needed again.
        came: PieceSet,
    },
    /// A player waits for a block that was asked for before: if it still waits to be sent, it goes first.
    Hurry(u32),
    /// Do not send it any more.
    Unask(u32),
    /// Tell the hashes from this block on.
    AskHashes(u32),
    /// The source has these blocks, beside those it told before.
    Has(Vec<Run>),
    /// A part of a block.
    Piece {
        /// Which block.
        block: u32,
        /// Where the part begins in it.
        offset: u32,
        /// The bytes.
        data: Bytes,
    },
    /// The block does not come: it is not there, or is not given.
    Sorry(u32),
    /// The hashes of blocks from this one on.
    Hashes(u32, Vec<BlockHash>),
}

impl BulkMessage {
    /// Reads a message; `None` for whatever is none within its limits.
    pub fn decode(mut bytes: Bytes) -> Option<Self> {
        if bytes.is_empty() || bytes.len() > MAX_MESSAGE_BYTES {
            return None;
        }
        let kind = bytes.split_to(1)[0];
        let number = |bytes: &mut Bytes| {
            let four = bytes.len() >= 4;
            four.then(|| bytes.split_to(4))
                .and_then(|four| four[..].try_into().ok().map(u32::from_le_bytes))
        };
        let message = match kind {
            0 => {
                let id = String::from_utf8(bytes.split_off(0).to_vec()).ok()?;
                let sane = (1..=MAX_ID_BYTES).contains(&id.len())
                    && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
                sane.then_some(Self::Film(id))?
            }
            1 => {
                let block = number(&mut bytes)?;
                let urgent = match *bytes.first()? {
                    0 => false,
                    1 => true,
                    _ => return None,
                };
                bytes.advance(1);
                let came = number(&mut bytes)?;
                (came < ALL_PIECES).then_some(Self::Ask { block, urgent, came })?
            }
            2 => Self::Unask(number(&mut bytes)?),
            3 => Self::AskHashes(number(&mut bytes)?),
            4 => {
                let mut runs = Vec::with_capacity(bytes.len() / 8);
                while !bytes.is_empty() {
                    runs.push((number(&mut bytes)?, number(&mut bytes)?));
                }
                (runs.len() <= MAX_RUNS).then_some(Self::Has(runs))?
            }
            5 => {
                let (block, offset) = (number(&mut bytes)?, number(&mut bytes)?);
                let data = bytes.split_off(0);
                let fits = (1..=PIECE_BYTES).contains(&data.len())
                    && (offset as usize).is_multiple_of(PIECE_BYTES)
                    && u64::from(offset) + data.len() as u64 <= BLOCK_BYTES;
                fits.then_some(Self::Piece { block, offset, data })?
            }
            6 => Self::Sorry(number(&mut bytes)?),
            8 => Self::Hurry(number(&mut bytes)?),
            7 => {
                let first = number(&mut bytes)?;
                let (hashes, rest) = bytes.as_chunks::<32>();
                let fits = rest.is_empty() && (1..=MAX_HASHES).contains(&hashes.len());
                let hashes = fits.then(|| hashes.to_vec())?;
                bytes.clear();
                Self::Hashes(first, hashes)
            }
            _ => return None,
        };
        bytes.is_empty().then_some(message)
    }

    /// Writes a message.
    pub fn encode(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(match self {
            Self::Piece { data, .. } => data.len() + 9,
            Self::Has(runs) => runs.len() * 8 + 1,
            Self::Hashes(_, hashes) => hashes.len() * 32 + 5,
            _ => 16,
        });
        match self {
            Self::Film(id) => {
                out.put_u8(0);
                out.put_slice(id.as_bytes());
            }
            Self::Ask { block, urgent, came } => {
                out.put_u8(1);
                out.put_u32_le(*block);
                out.put_u8(u8::from(*urgent));
                out.put_u32_le(*came);
            }
            Self::Hurry(block) => {
                out.put_u8(8);
                out.put_u32_le(*block);
            }
            Self::Unask(block) => {
                out.put_u8(2);
                out.put_u32_le(*block);
            }
            Self::AskHashes(first) => {
                out.put_u8(3);
                out.put_u32_le(*first);
            }
            Self::Has(runs) => {
                out.put_u8(4);
                for (first, length) in runs {
                    out.put_u32_le(*first);
                    out.put_u32_le(*length);
                }
            }
            Self::Piece { block, offset, data } => {
                out.put_u8(5);
                out.put_u32_le(*block);
                out.put_u32_le(*offset);
                out.put_slice(data);
            }
            Self::Sorry(block) => {
                out.put_u8(6);
                out.put_u32_le(*block);
            }
            Self::Hashes(first, hashes) => {
                out.put_u8(7);
                out.put_u32_le(*first);
                hashes.iter().for_each(|hash| out.put_slice(hash));
            }
        }
        out.freeze()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message() -> impl Strategy<Value = BulkMessage> {
        prop_oneof![
            "[0-9a-f]{1,128}".prop_map(BulkMessage::Film),
            (any::<u32>(), any::<bool>(), 0..ALL_PIECES)
                .prop_map(|(block, urgent, came)| BulkMessage::Ask { block, urgent, came }),
            any::<u32>().prop_map(BulkMessage::Hurry),
            any::<u32>().prop_map(BulkMessage::Unask),
            any::<u32>().prop_map(BulkMessage::AskHashes),
            prop::collection::vec(any::<Run>(), 0..=MAX_RUNS).prop_map(BulkMessage::Has),
            (any::<u32>(), 0..16_u32, prop::collection::vec(any::<u8>(), 1..=PIECE_BYTES))
                .prop_map(|(block, piece, data)| BulkMessage::Piece {
                    block,
                    offset: piece * PIECE_BYTES as u32,
                    data: data.into()
                }),
            any::<u32>().prop_map(BulkMessage::Sorry),
            (any::<u32>(), prop::collection::vec(any::<BlockHash>(), 1..=MAX_HASHES))
                .prop_map(|(first, hashes)| BulkMessage::Hashes(first, hashes)),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_message_survives_the_way(message in message()) {
            let bytes = message.encode();
            prop_assert!(bytes.len() <= MAX_MESSAGE_BYTES);
            prop_assert_eq!(BulkMessage::decode(bytes), Some(message));
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            if let Some(message) = BulkMessage::decode(Bytes::from(bytes.clone())) {
                // There is one way to write each.
                prop_assert_eq!(message.encode(), Bytes::from(bytes));
            }
        }
    }

    #[test]
    fn a_piece_lies_within_its_block_and_begins_where_pieces_do() {
        let piece = |offset: usize, length| {
            let (offset, data) = (offset as u32, Bytes::from(vec![7; length]));
            BulkMessage::decode(BulkMessage::Piece { block: 1, offset, data }.encode())
        };
        let (last, rest) = ((PIECES - 1) * PIECE_BYTES, BLOCK_BYTES as usize % PIECE_BYTES);
        assert!(piece(last, rest).is_some());
        assert!(piece(last, rest + 1).is_none());
        assert!(piece(last + PIECE_BYTES, 1).is_none());
        assert!(piece(1, 1).is_none());
        assert!(piece(0, PIECE_BYTES + 1).is_none());
    }
}
