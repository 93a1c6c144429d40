//! A WebSocket after its handshake: frames in both directions over one stream. While it is idle it
//! holds no buffer; what it sends is not copied.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use cinemasync_server_core::{Frame, FrameFault, FrameReader};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How much is read at once, on the stack.
const READ_BYTES: usize = 8 * 1024;
/// The longest head of a frame that is not masked.
const MAX_HEAD: usize = 10;

/// The bit that says that a frame is the last of its message: all of ours are.
const LAST: u8 = 0x80;

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Message {
    Text(Bytes),
    Ping,
    Pong(Bytes),
    /// The code and the reason, if any.
    Close(Option<(u16, Bytes)>),
}

/// Why there is nothing more to read.
#[derive(Debug)]
pub(super) enum ReadEnd {
    /// The other end is gone.
    Gone,
    /// It broke the rules.
    Fault(FrameFault),
}

/// A WebSocket over `S`.
pub(super) struct Socket<S> {
    stream: S,
    reader: FrameReader,
    /// What came together with the last frame.
    rest: Bytes,
    sending: Option<Sending>,
}

/// A frame under way.
struct Sending {
    head: [u8; MAX_HEAD],
    head_len: u8,
    /// How much of the head is written.
    head_written: u8,
    payload: Bytes,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    /// The server's side, for messages of so many bytes.
    pub(super) fn new(stream: S, max_message: usize) -> Self {
        let reader = FrameReader::new(max_message);
        Self { stream, reader, rest: Bytes::new(), sending: None }
    }

    /// The next frame. Nothing is lost when this future is dropped.
    pub(super) async fn next(&mut self) -> Result<Frame, ReadEnd> {
        poll_fn(|context| self.poll_next(context)).await
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Result<Frame, ReadEnd>> {
        loop {
            if !self.rest.is_empty() {
                let mut input = &self.rest[..];
                let frame = self.reader.read(&mut input);
                let taken = self.rest.len() - input.len();
                self.rest.advance(taken);
                if self.rest.is_empty() {
                    self.rest = Bytes::new();
                }
                if let Some(frame) = frame.map_err(ReadEnd::Fault)? {
                    return Poll::Ready(Ok(frame));
                }
                continue;
            }
            let mut space = [MaybeUninit::uninit(); READ_BYTES];
            let mut buffer = ReadBuf::uninit(&mut space);
            let read = ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                return Poll::Ready(Err(ReadEnd::Gone));
            }
            let mut input = buffer.filled();
            let frame = self.reader.read(&mut input).map_err(ReadEnd::Fault)?;
            self.rest = Bytes::copy_from_slice(input);
            if let Some(frame) = frame {
                return Poll::Ready(Ok(frame));
            }
        }
    }

    /// Sends `message`, after what a dropped call left unfinished.
    ///
    /// # Errors
    /// When the other end is gone.
    pub(super) async fn send(&mut self, message: Message) -> io::Result<()> {
        self.finish().await?;
        self.sending = Some(Sending::new(message));
        self.finish().await
    }

    /// Writes what is under way to its end.
    async fn finish(&mut self) -> io::Result<()> {
        poll_fn(|context| self.poll_finish(context)).await
    }

    fn poll_finish(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(sending) = &mut self.sending else { return Poll::Ready(Ok(())) };
        while !sending.is_done() {
            let slices = sending.slices();
            let slices = if slices[0].is_empty() { &slices[1..] } else { &slices[..] };
            let stream = Pin::new(&mut self.stream);
            let written = ready!(stream.poll_write_vectored(context, slices))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            sending.advance(written);
        }
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        self.sending = None;
        Poll::Ready(Ok(()))
    }

    /// The stream under it.
    pub(super) fn stream(&mut self) -> &mut S {
        &mut self.stream
    }
}

impl Sending {
    fn new(message: Message) -> Self {
        let (opcode, payload) = match message {
            Message::Text(text) => (1, text),
            Message::Ping => (9, Bytes::new()),
            Message::Pong(payload) => (10, payload),
            Message::Close(None) => (8, Bytes::new()),
            Message::Close(Some((code, reason))) => {
                (8, [&code.to_be_bytes()[..], &reason].concat().into())
            }
        };
        let mut head = [0; MAX_HEAD];
        head[0] = LAST | opcode;
        let head_len = match payload.len() {
            len @ 0..126 => {
                head[1] = u8::try_from(len).expect("below 126");
                2
            }
            len @ 126..0x1_0000 => {
                head[1] = 126;
                head[2..4]
                    .copy_from_slice(&u16::try_from(len).expect("below 65,536").to_be_bytes());
                4
            }
            len => {
                head[1] = 127;
                head[2..].copy_from_slice(&(len as u64).to_be_bytes());
                10
            }
        };
        Self { head, head_len, head_written: 0, payload }
    }

    fn slices(&self) -> [IoSlice<'_>; 2] {
        let head = &self.head[usize::from(self.head_written)..usize::from(self.head_len)];
        [IoSlice::new(head), IoSlice::new(&self.payload)]
    }

    fn advance(&mut self, written: usize) {
        let of_head = written.min(usize::from(self.head_len - self.head_written));
        self.head_written += u8::try_from(of_head).expect("a head has ten bytes at most");
        self.payload.advance(written - of_head);
    }

    fn is_done(&self) -> bool {
        self.head_written == self.head_len && self.payload.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, duplex};

    use super::*;

    #[tokio::test]
    async fn frames_have_the_shortest_length_and_no_mask() {
        for (bytes, head) in [
            (3, &[0x81, 3][..]),
            (125, &[0x81, 125]),
            (126, &[0x81, 126, 0, 126]),
            (0xffff, &[0x81, 126, 0xff, 0xff]),
            (0x1_0000, &[0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let (near, mut far) = duplex(1 << 20);
            let mut socket = Socket::new(near, 64);
            socket.send(Message::Text(vec![b'a'; bytes].into())).await.unwrap();
            drop(socket);
            let mut written = Vec::new();
            far.read_to_end(&mut written).await.unwrap();
            assert_eq!(written[..head.len()], *head);
            assert_eq!(written[head.len()..], vec![b'a'; bytes]);
        }
    }

    #[tokio::test]
    async fn a_send_that_is_dropped_in_the_middle_is_finished_by_the_next() {
        let (near, mut far) = duplex(10);
        let mut socket = Socket::new(near, 64);
        {
            let mut sent = std::pin::pin!(socket.send(Message::Text("0123456789".into())));
            let pending = poll_fn(|context| Poll::Ready(sent.as_mut().poll(context).is_pending()));
            assert!(pending.await, "ten bytes and a head do not fit");
        }
        let read = async {
            let mut written = Vec::new();
            far.read_to_end(&mut written).await.unwrap();
            written
        };
        let (written, ()) = tokio::join!(read, async {
            let close = Message::Close(Some((1013, "no".into())));
            socket.send(close).await.unwrap();
            drop(socket);
        });
        assert_eq!(written, b"\x81\x0a0123456789\x88\x04\x03\xf5no");
    }
}
