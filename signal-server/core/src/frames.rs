//! What a client sends over a WebSocket (RFC 6455), read from bytes that come in any pieces. Memory
//! is taken for what has come, not for what is announced, and is given back with each message.
//!
//! Compression is never agreed on, so that its bit is a fault. Each frame is told of, also one that
//! is only a part of its message, so that whoever sends endless parts can be stopped.

use thiserror::Error;

/// One frame, or one message if the frame is the last of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A whole text.
    Text(String),
    /// The beginning of something that is not text.
    Binary,
    /// So many bytes of a message that goes on.
    Part(usize),
    /// A ping, which is to be answered with what it carries.
    Ping(Vec<u8>),
    /// A pong that carries so many bytes.
    Pong(usize),
    /// The client closes: its code and its reason, if it gives them.
    Close(Option<(u16, String)>),
}

impl Frame {
    /// How many bytes came with it.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary => 0,
            Self::Part(bytes) | Self::Pong(bytes) => *bytes,
            Self::Ping(payload) => payload.len(),
            Self::Close(close) => close.as_ref().map_or(0, |(_, reason)| 2 + reason.len()),
        }
    }
}

/// Why the stream cannot be read any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FrameFault {
    /// Against the rules of the framing: close as 1002.
    #[error("a protocol fault")]
    Protocol,
    /// A message over the limit: close as 1009.
    #[error("a message too long")]
    TooLong,
    /// Text that is not UTF-8: close as 1007.
    #[error("text that is not UTF-8")]
    NotUtf8,
}

/// The longest head: two bytes, eight of length, four of mask.
const MAX_HEAD: usize = 14;
/// Most bytes that a ping, a pong or a close carries.
const MAX_CONTROL: usize = 125;

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// Reads one connection's frames. After a fault it is not to be used any more.
#[derive(Debug)]
pub struct FrameReader {
    max_message: usize,
    head: [u8; MAX_HEAD],
    head_len: u8,
    /// The frame whose payload is being read.
    current: Option<Current>,
    /// Text up to here.
    message: Vec<u8>,
    /// Whether the message goes on after the current frame.
    unfinished: bool,
    /// Payload of a control frame, which may come in the middle of a message.
    control: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Current {
    opcode: u8,
    last: bool,
    len: usize,
    left: usize,
    mask: [u8; 4],
}

impl FrameReader {
    /// At the start of a stream whose messages may have so many bytes.
    pub fn new(max_message: usize) -> Self {
        Self {
            max_message,
            head: [0; MAX_HEAD],
            head_len: 0,
            current: None,
            message: Vec::new(),
            unfinished: false,
            control: Vec::new(),
        }
    }

    /// Takes from the front of `input` up to the end of the next frame. `None`: all was taken, and
    /// more is needed.
    ///
    /// # Errors
    /// When the client breaks the rules.
    pub fn read(&mut self, input: &mut &[u8]) -> Result<Option<Frame>, FrameFault> {
        let mut current = match self.current.take() {
            Some(current) => current,
            None => match self.read_head(input)? {
                Some(current) if current.opcode == BINARY => return Ok(Some(Frame::Binary)),
                Some(current) => current,
                None => return Ok(None),
            },
        };
        let (payload, rest) = input.split_at(current.left.min(input.len()));
        *input = rest;
        let into = if current.opcode < CLOSE { &mut self.message } else { &mut self.control };
        let begin = into.len();
        into.extend_from_slice(payload);
        current.mask = unmask(&mut into[begin..], current.mask);
        current.left -= payload.len();
        if current.left > 0 {
            self.current = Some(current);
            return Ok(None);
        }
        self.finish(current).map(Some)
    }

    /// What the frame is that has been read.
    fn finish(&mut self, frame: Current) -> Result<Frame, FrameFault> {
        if frame.opcode < CLOSE {
            if !frame.last {
                return Ok(Frame::Part(frame.len));
            }
            let text = String::from_utf8(std::mem::take(&mut self.message));
            return text.map(Frame::Text).map_err(|_| FrameFault::NotUtf8);
        }
        let payload = std::mem::take(&mut self.control);
        match frame.opcode {
            PING => Ok(Frame::Ping(payload)),
            PONG => Ok(Frame::Pong(payload.len())),
            _ => close(&payload),
        }
    }

    /// The next frame's head, if it is whole, checked.
    fn read_head(&mut self, input: &mut &[u8]) -> Result<Option<Current>, FrameFault> {
        loop {
            let have = usize::from(self.head_len);
            let wanted = match (have, self.head) {
                (0 | 1, _) => 2,
                (_, [_, second, ..]) => {
                    // Before anything else of it is read or kept.
                    self.check_start()?;
                    2 + length_bytes(second & 0x7f) + 4
                }
            };
            if have == wanted {
                break;
            }
            let Some((byte, rest)) = input.split_first() else { return Ok(None) };
            *input = rest;
            self.head[have] = *byte;
            self.head_len += 1;
        }
        let [first, second, extended @ ..] = self.head;
        let bytes = length_bytes(second & 0x7f);
        let (length, mask) = extended.split_at(bytes);
        let announced = match bytes {
            0 => u64::from(second & 0x7f),
            _ => length.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        };
        self.head_len = 0;
        let (opcode, last) = (first & 0x0f, first & 0x80 != 0);
        let before = if opcode < CLOSE { self.message.len() } else { 0 };
        let len = usize::try_from(announced).unwrap_or(usize::MAX);
        if before.saturating_add(len) > self.max_message {
            return Err(FrameFault::TooLong);
        }
        if opcode < CLOSE {
            self.unfinished = !last;
        }
        let mask = [mask[0], mask[1], mask[2], mask[3]];
        Ok(Some(Current { opcode, last, len, left: len, mask }))
    }

    /// Whether a frame may begin with these two bytes here.
    fn check_start(&self) -> Result<(), FrameFault> {
        let [first, second, ..] = self.head;
        let (opcode, last) = (first & 0x0f, first & 0x80 != 0);
        let known = match opcode {
            CONTINUATION => self.unfinished,
            TEXT | BINARY => !self.unfinished,
            CLOSE | PING | PONG => last && usize::from(second & 0x7f) <= MAX_CONTROL,
            _ => false,
        };
        let (reserved, masked) = (first & 0x70 != 0, second & 0x80 != 0);
        if known && masked && !reserved { Ok(()) } else { Err(FrameFault::Protocol) }
    }
}

/// How many bytes of length follow the second byte.
fn length_bytes(short: u8) -> usize {
    match short {
        126 => 2,
        127 => 8,
        _ => 0,
    }
}

/// Takes the mask off; gives it back as it goes on after `payload`.
fn unmask(payload: &mut [u8], mask: [u8; 4]) -> [u8; 4] {
    let (words, rest) = payload.as_chunks_mut::<4>();
    let mask_word = u32::from_ne_bytes(mask);
    for word in words {
        *word = (u32::from_ne_bytes(*word) ^ mask_word).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask) {
        *byte ^= mask;
    }
    let mut mask = mask;
    mask.rotate_left(rest.len());
    mask
}

fn close(payload: &[u8]) -> Result<Frame, FrameFault> {
    let Some((code, reason)) = payload.split_first_chunk::<2>() else {
        return if payload.is_empty() { Ok(Frame::Close(None)) } else { Err(FrameFault::Protocol) };
    };
    let code = u16::from_be_bytes(*code);
    // RFC 6455 §7.4: the others stand for something that is not sent.
    if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
        return Err(FrameFault::Protocol);
    }
    let reason = str::from_utf8(reason).map_err(|_| FrameFault::NotUtf8)?;
    Ok(Frame::Close(Some((code, reason.to_owned()))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAX: usize = 64 * 1024;

    /// A masked frame.
    fn frame(first: u8, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
        let mut bytes = vec![first];
        match payload.len() {
            len @ 0..126 => bytes.push(0x80 | len as u8),
            len @ 126..0x1_0000 => {
                bytes.push(0x80 | 126);
                bytes.extend((len as u16).to_be_bytes());
            }
            len => {
                bytes.push(0x80 | 127);
                bytes.extend((len as u64).to_be_bytes());
            }
        }
        bytes.extend(mask);
        bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        bytes
    }

    /// All frames of bytes that come in pieces of these lengths, again and again.
    fn read(bytes: &[u8], pieces: &[usize]) -> (Vec<Frame>, Option<FrameFault>) {
        let mut reader = FrameReader::new(MAX);
        let (mut frames, mut rest) = (Vec::new(), bytes);
        for len in pieces.iter().cycle() {
            let (mut piece, later) =
                rest.split_at((*len).clamp(1, rest.len().max(1)).min(rest.len()));
            rest = later;
            while !piece.is_empty() {
                match reader.read(&mut piece) {
                    Ok(Some(frame)) => frames.push(frame),
                    Ok(None) => assert!(piece.is_empty()),
                    Err(fault) => return (frames, Some(fault)),
                }
                assert!(reader.message.len() <= MAX && reader.control.len() <= MAX_CONTROL);
            }
            if rest.is_empty() {
                break;
            }
        }
        (frames, None)
    }

    fn whole(bytes: &[u8]) -> (Vec<Frame>, Option<FrameFault>) {
        read(bytes, &[usize::MAX])
    }

    /// What a proper client sends, and how it is to be heard.
    fn proper() -> impl Strategy<Value = (Vec<u8>, Vec<Frame>)> {
        let mask = any::<[u8; 4]>();
        let text = prop_oneof![".{0,200}", "[a-zé]{100,3000}"];
        let control = proptest::collection::vec(any::<u8>(), 0..=MAX_CONTROL);
        prop_oneof![
            (text, 1..5_usize, mask).prop_map(|(text, parts, mask)| {
                let size = text.len().div_ceil(parts).max(1);
                let mut pieces: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
                if pieces.is_empty() {
                    pieces.push(&[]);
                }
                let (mut bytes, mut frames, last) = (Vec::new(), Vec::new(), pieces.len() - 1);
                for (at, piece) in pieces.into_iter().enumerate() {
                    let opcode = if at == 0 { TEXT } else { CONTINUATION };
                    let fin = if at == last { 0x80 } else { 0 };
                    bytes.extend(frame(fin | opcode, piece, mask));
                    if at != last {
                        frames.push(Frame::Part(piece.len()));
                        // A control frame may come between.
                        bytes.extend(frame(0x80 | PONG, b"!", mask));
                        frames.push(Frame::Pong(1));
                    }
                }
                frames.push(Frame::Text(text));
                (bytes, frames)
            }),
            (control, mask).prop_map(|(payload, mask)| {
                (frame(0x80 | PING, &payload, mask), vec![Frame::Ping(payload)])
            }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn frames_are_read_as_sent_in_whatever_pieces_they_come(
            sent in proptest::collection::vec(proper(), 1..8),
            pieces in proptest::collection::vec(1..400_usize, 1..10),
        ) {
            let bytes: Vec<u8> = sent.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
            let frames: Vec<Frame> = sent.into_iter().flat_map(|(_, frames)| frames).collect();
            prop_assert_eq!(&read(&bytes, &pieces), &(frames.clone(), None));
            prop_assert_eq!(&read(&bytes, &[1]), &(frames, None));
        }

        #[test]
        fn garbage_is_read_the_same_in_whatever_pieces_and_never_panics(
            mut garbage in proptest::collection::vec(any::<u8>(), 0..600),
            pieces in proptest::collection::vec(1..50_usize, 1..10),
            plausible in any::<bool>(),
        ) {
            if plausible && garbage.len() > 1 {
                garbage[0] &= 0x8b;
                garbage[1] |= 0x80;
            }
            prop_assert_eq!(read(&garbage, &pieces), whole(&garbage));
        }
    }

    #[test]
    fn a_frame_against_the_rules_is_a_fault_at_its_second_byte() {
        for [first, second] in [
            [0x81, 0x02],
            [0xc1, 0x80],
            [0xa1, 0x80],
            [0x91, 0x80],
            [0x83, 0x80],
            [0x8b, 0x80],
            [0x80, 0x80],
            [0x09, 0x80],
            [0x89, 0xfe],
        ] {
            assert_eq!(whole(&[first, second]), (vec![], Some(FrameFault::Protocol)), "{first:x}");
        }
    }

    #[test]
    fn what_is_too_long_is_a_fault_before_any_of_it_has_come() {
        let huge = [&[0x81, 0xff][..], &[0xff; 8], &[0; 4]].concat();
        assert_eq!(whole(&huge), (vec![], Some(FrameFault::TooLong)));
        let mut parts = frame(TEXT, &vec![b' '; MAX], [0; 4]);
        parts.extend(frame(0x80, b" ", [0; 4]));
        assert_eq!(whole(&parts), (vec![Frame::Part(MAX)], Some(FrameFault::TooLong)));
    }

    #[test]
    fn a_close_is_read_and_one_of_no_sense_is_a_fault() {
        let closed = |payload: &[u8]| whole(&frame(0x88, payload, [1, 2, 3, 4]));
        let close = |close| (vec![Frame::Close(close)], None);
        assert_eq!(closed(b""), close(None));
        assert_eq!(closed(b"\x03\xe8bye"), close(Some((1000, "bye".to_owned()))));
        for payload in [&b"\x03"[..], b"\x03\xed", b"\x03\xe7", b"\x13\x88"] {
            assert_eq!(closed(payload), (vec![], Some(FrameFault::Protocol)), "{payload:?}");
        }
        assert_eq!(closed(b"\x03\xe8\xff"), (vec![], Some(FrameFault::NotUtf8)));
    }

    #[test]
    fn nothing_is_kept_between_messages() {
        let mut reader = FrameReader::new(MAX);
        let bytes = frame(0x81, &[b'a'; 30_000], [9; 4]);
        let heard = reader.read(&mut bytes.as_slice()).unwrap();
        assert_eq!(heard.map(|heard| heard.bytes()), Some(30_000));
        assert_eq!((reader.message.capacity(), reader.control.capacity()), (0, 0));
    }
}
