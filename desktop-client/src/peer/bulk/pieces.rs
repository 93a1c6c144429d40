//! Messages in pieces, as they go over a lane: at a slow rate a whole one would hold up a packet of the call for
//! tens of milliseconds, so it leaves in pieces with time between them.
//!
//! A piece is one byte that says whether more follow, then its share of the message. A lane keeps the order, so
//! nothing else is needed. A filler is a byte that means nothing.

use bytes::{BufMut, Bytes, BytesMut};

use super::MAX_MESSAGE_BYTES;

/// Longest piece with its head, in bytes.
pub(super) const MAX_PIECE_BYTES: usize = MAX_MESSAGE_BYTES + 1;
/// Shortest piece of a message that has several: what fits into a packet.
const LEAST_PIECE_BYTES: usize = 1_120;
/// A piece takes about so long at the rate.
const PIECE_SECS: f64 = 0.004;

const LAST: u8 = 0;
const MORE: u8 = 1;
const FILLER: u8 = 2;

/// How long pieces should be at `rate` bytes a second.
pub(super) fn length_at(rate: f64) -> usize {
    // Saturates, and is bounded below and above.
    ((rate * PIECE_SECS) as usize).clamp(LEAST_PIECE_BYTES, MAX_MESSAGE_BYTES)
}

/// Takes the next piece of at most `length` bytes off a message.
pub(super) fn cut(message: &mut Bytes, length: usize) -> BytesMut {
    let share = message.split_to(length.min(message.len()));
    let mut piece = BytesMut::with_capacity(share.len() + 1);
    piece.put_u8(if message.is_empty() { LAST } else { MORE });
    piece.extend_from_slice(&share);
    piece
}

/// What means nothing and is acknowledged.
pub(super) fn filler() -> BytesMut {
    BytesMut::from(&[FILLER][..])
}

/// Puts the pieces of a lane together.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    begun: BytesMut,
}

/// What came is no piece, or makes a message longer than allowed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoPiece;

impl Pieces {
    /// Takes a piece; gives the message that it completes.
    pub(super) fn take(&mut self, mut piece: BytesMut) -> Result<Option<Bytes>, NoPiece> {
        if piece.is_empty() {
            return Err(NoPiece);
        }
        let head = piece.split_to(1)[0];
        if self.begun.len() + piece.len() > MAX_MESSAGE_BYTES || (head == MORE && piece.is_empty())
        {
            return Err(NoPiece);
        }
        match head {
            // The whole message at once is the rule, and is not copied.
            LAST if self.begun.is_empty() => Ok(Some(piece.freeze())),
            LAST => {
                self.begun.extend_from_slice(&piece);
                Ok(Some(std::mem::take(&mut self.begun).freeze()))
            }
            MORE => {
                self.begun.reserve(MAX_MESSAGE_BYTES.saturating_sub(self.begun.len()));
                self.begun.extend_from_slice(&piece);
                Ok(None)
            }
            FILLER if piece.is_empty() => Ok(None),
            _ => Err(NoPiece),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_piece_takes_a_few_milliseconds() {
        assert_eq!(length_at(0.0), LEAST_PIECE_BYTES);
        assert_eq!(length_at(750_000.0), 3_000);
        assert_eq!(length_at(1e12), MAX_MESSAGE_BYTES);
    }

    #[test]
    fn what_is_no_piece_is_refused() {
        let take = |bytes: &[u8]| Pieces::default().take(BytesMut::from(bytes));
        assert_eq!(take(&[]), Err(NoPiece));
        assert_eq!(take(&[7, 1]), Err(NoPiece));
        assert_eq!(take(&[MORE]), Err(NoPiece));
        assert_eq!(take(&[LAST]), Ok(Some(Bytes::new())));
        assert_eq!(take(&filler()), Ok(None));
        assert_eq!(take(&[FILLER, 0]), Err(NoPiece));
        let mut pieces = Pieces::default();
        let half = [&[MORE][..], &vec![1; MAX_MESSAGE_BYTES / 2 + 1]].concat();
        assert_eq!(pieces.take(BytesMut::from(&half[..])), Ok(None));
        assert_eq!(pieces.take(BytesMut::from(&half[..])), Err(NoPiece), "longer than a message");
    }

    proptest! {
        #[test]
        fn pieces_make_the_message(length in 0..=MAX_MESSAGE_BYTES, rate in 0.0..1e7_f64) {
            let message: Bytes = (0..length).map(|i| i as u8).collect();
            let (mut rest, mut pieces) = (message.clone(), Pieces::default());
            loop {
                let piece = cut(&mut rest, length_at(rate));
                prop_assert!(piece.len() <= MAX_PIECE_BYTES);
                if let Some(whole) = pieces.take(piece).unwrap() {
                    prop_assert_eq!(whole, message);
                    prop_assert!(rest.is_empty());
                    break;
                }
            }
        }
    }
}
