//! The bytes under a WebSocket, counted. Messages have budgets of their own, but a message that is
//! never finished, in fragments that may be empty, is none: this bounds what such tricks cost.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use cinemasync_server_core::StreamPace;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// A stream that ends with [`TooMuch`] when more comes over it than any messages explain.
pub(super) struct Counted<S> {
    stream: S,
    since: Instant,
    pace: StreamPace,
}

/// More came over the stream than any messages explain.
#[derive(Debug, thiserror::Error)]
#[error("more came over the connection than any messages explain")]
pub(super) struct TooMuch;

impl TooMuch {
    /// Whether it is what the stream ended with.
    pub(super) fn is(error: &io::Error) -> bool {
        error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()).is_some()
    }
}

impl<S> Counted<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, since: Instant::now(), pace: StreamPace::new() }
    }

    /// The stream itself, uncounted.
    pub(super) fn inner(&mut self) -> &mut S {
        &mut self.stream
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let bytes = buffer.filled().len() - before;
        let now = self.since.elapsed();
        Poll::Ready(if self.pace.read(bytes, now) {
            Ok(())
        } else {
            Err(io::Error::other(TooMuch))
        })
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
