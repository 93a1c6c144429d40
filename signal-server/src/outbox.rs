//! What waits to be sent to one connection. Texts are shared among their receivers; an empty outbox
//! holds no memory.
//!
//! It is bounded in texts and in bytes, and all outboxes together are bounded in bytes. Full means
//! that the client does not keep up: what waited is dropped and the connection is to be closed as
//! 1013. When all together hold too much, whoever has something waiting and is sent more is closed
//! in the same way, and from twice as much on everybody who is sent something.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use tokio_tungstenite::tungstenite::Utf8Bytes;

/// Texts that wait for one connection. The answers and candidates of 15 others are under 500.
const MAX_TEXTS: usize = 512;
/// Bytes that wait for one connection. Fifteen answers and their candidates are under 300 KiB.
const MAX_BYTES: usize = 512 * 1024;
/// Bytes that wait for all connections.
const MAX_BYTES_OF_ALL: usize = 64 * 1024 * 1024;
/// What a text costs beside its bytes.
const OVERHEAD_BYTES: usize = 64;

/// The bytes that wait in all outboxes of a server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    pub(crate) fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// The end that texts go into. Dropping it lets the reader take what waits, and then ends it.
pub(crate) struct Outbox(Arc<Shared>);

/// The connection's end.
pub(crate) struct Reader(Arc<Shared>);

/// What the connection does next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Send this.
    Text(Utf8Bytes),
    /// The client does not keep up.
    TooSlow,
    /// The server goes down: everything was said.
    GoingDown,
    /// Nobody sends any more.
    Nothing,
}

struct Shared {
    queue: Mutex<Queue>,
    waiting: Waiting,
}

#[derive(Default)]
struct Queue {
    texts: VecDeque<Utf8Bytes>,
    bytes: usize,
    state: State,
    reader: Option<Waker>,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Open,
    Full,
    GoingDown,
    Dropped,
}

/// An outbox was full, and is not used any more.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// Both ends of an empty outbox.
pub(crate) fn outbox(waiting: Waiting) -> (Outbox, Reader) {
    let shared = Arc::new(Shared { queue: Mutex::default(), waiting });
    (Outbox(shared.clone()), Reader(shared))
}

impl Outbox {
    /// Puts `text` at the end. What comes after the end is dropped.
    pub(crate) fn push(&self, text: Utf8Bytes) -> Result<(), Full> {
        let mut queue = self.0.lock();
        if queue.state != State::Open {
            return Ok(());
        }
        let bytes = text.len() + OVERHEAD_BYTES;
        let fits = queue.texts.len() < MAX_TEXTS && queue.bytes + bytes <= MAX_BYTES;
        let of_all = self.0.waiting.bytes();
        let bearable =
            of_all <= MAX_BYTES_OF_ALL || queue.texts.is_empty() && of_all <= 2 * MAX_BYTES_OF_ALL;
        let result = if fits && bearable {
            queue.texts.push_back(text);
            queue.bytes += bytes;
            self.0.waiting.0.fetch_add(bytes, Ordering::Relaxed);
            Ok(())
        } else {
            queue.state = State::Full;
            self.0.clear(&mut queue);
            Err(Full)
        };
        wake(queue);
        result
    }

    /// After what waits, the connection is closed because the server goes down.
    pub(crate) fn go_down(&self) {
        self.end(State::GoingDown);
    }

    fn end(&self, state: State) {
        let mut queue = self.0.lock();
        if queue.state == State::Open {
            queue.state = state;
            wake(queue);
        }
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.end(State::Dropped);
    }
}

impl Reader {
    /// What comes next. Nothing is lost when this future is dropped.
    pub(crate) async fn next(&mut self) -> Next {
        poll_fn(|context| {
            let mut queue = self.0.lock();
            if let Some(text) = self.0.pop(&mut queue) {
                return Poll::Ready(Next::Text(text));
            }
            let end = match queue.state {
                State::Open => {
                    queue.reader = Some(context.waker().clone());
                    return Poll::Pending;
                }
                State::Full => Next::TooSlow,
                State::GoingDown => Next::GoingDown,
                State::Dropped => Next::Nothing,
            };
            Poll::Ready(end)
        })
        .await
    }

    /// A text that waits already.
    pub(crate) fn take(&self) -> Option<Utf8Bytes> {
        self.0.pop(&mut self.0.lock())
    }

    /// Completes when the outbox is full, which a connection must hear while it waits for its client
    /// to take a text.
    pub(crate) async fn full(&self) {
        poll_fn(|context| {
            let mut queue = self.0.lock();
            if queue.state == State::Full {
                return Poll::Ready(());
            }
            queue.reader = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut queue = self.0.lock();
        queue.state = State::Dropped;
        self.0.clear(&mut queue);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pop(&self, queue: &mut Queue) -> Option<Utf8Bytes> {
        let text = queue.texts.pop_front()?;
        let bytes = text.len() + OVERHEAD_BYTES;
        queue.bytes -= bytes;
        self.waiting.0.fetch_sub(bytes, Ordering::Relaxed);
        if queue.texts.is_empty() {
            queue.texts = VecDeque::new();
        }
        Some(text)
    }

    fn clear(&self, queue: &mut Queue) {
        self.waiting.0.fetch_sub(queue.bytes, Ordering::Relaxed);
        queue.texts = VecDeque::new();
        queue.bytes = 0;
    }
}

/// Wakes the reader after the lock is free, as it takes that next.
fn wake(mut queue: MutexGuard<'_, Queue>) {
    let reader = queue.reader.take();
    drop(queue);
    if let Some(reader) = reader {
        reader.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::task::Context;

    use super::*;

    fn text(bytes: usize) -> Utf8Bytes {
        "x".repeat(bytes).into()
    }

    /// What comes next, if it is there.
    fn now(reader: &mut Reader) -> Option<Next> {
        let mut next = std::pin::pin!(reader.next());
        match next.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(next) => Some(next),
            Poll::Pending => None,
        }
    }

    #[test]
    fn texts_come_out_in_their_order_and_leave_nothing_behind() {
        let waiting = Waiting::default();
        let (outbox, mut reader) = outbox(waiting.clone());
        for bytes in [3, 1, 2] {
            assert_eq!(outbox.push(text(bytes)), Ok(()));
        }
        assert_eq!(waiting.bytes(), 6 + 3 * OVERHEAD_BYTES);
        for bytes in [3, 1, 2] {
            assert_eq!(now(&mut reader), Some(Next::Text(text(bytes))));
        }
        assert_eq!(now(&mut reader), None);
        assert_eq!(waiting.bytes(), 0);
        assert_eq!(reader.0.lock().texts.capacity(), 0);
    }

    #[test]
    fn too_many_texts_or_bytes_end_it_at_once() {
        for (bytes, fit) in [(1, MAX_TEXTS), (32 * 1024, 15)] {
            let waiting = Waiting::default();
            let (outbox, mut reader) = outbox(waiting.clone());
            for _ in 0..fit {
                assert_eq!(outbox.push(text(bytes)), Ok(()));
            }
            assert_eq!(outbox.push(text(bytes)), Err(Full));
            assert_eq!(waiting.bytes(), 0);
            // What comes later is nobody's any more.
            assert_eq!(outbox.push(text(bytes)), Ok(()));
            assert_eq!(now(&mut reader), Some(Next::TooSlow));
        }
    }

    #[test]
    fn when_all_hold_too_much_who_has_something_waiting_is_ended() {
        let waiting = Waiting::default();
        waiting.0.store(MAX_BYTES_OF_ALL + 1, Ordering::Relaxed);
        let (outbox, mut reader) = outbox(waiting.clone());
        assert_eq!(outbox.push(text(1)), Ok(()));
        assert_eq!(outbox.push(text(1)), Err(Full));
        assert_eq!(now(&mut reader), Some(Next::TooSlow));
        assert_eq!(waiting.bytes(), MAX_BYTES_OF_ALL + 1);
        let (other, mut reader) = super::outbox(waiting.clone());
        waiting.0.store(2 * MAX_BYTES_OF_ALL + 1, Ordering::Relaxed);
        assert_eq!(other.push(text(1)), Err(Full));
        assert_eq!(now(&mut reader), Some(Next::TooSlow));
    }

    #[test]
    fn what_waits_is_said_before_the_end() {
        let ends: [(fn(Outbox), Next); 2] =
            [(|outbox| outbox.go_down(), Next::GoingDown), (drop, Next::Nothing)];
        for (end, last) in ends {
            let (outbox, mut reader) = outbox(Waiting::default());
            assert_eq!(outbox.push(text(5)), Ok(()));
            end(outbox);
            assert_eq!(now(&mut reader), Some(Next::Text(text(5))));
            assert_eq!(now(&mut reader), Some(last));
        }
    }

    #[test]
    fn a_reader_that_goes_gives_back_what_waits() {
        let waiting = Waiting::default();
        let (outbox, reader) = outbox(waiting.clone());
        assert_eq!(outbox.push(text(5)), Ok(()));
        drop(reader);
        assert_eq!(waiting.bytes(), 0);
        assert_eq!(outbox.push(text(5)), Ok(()));
        assert_eq!(waiting.bytes(), 0);
    }

    #[test]
    fn what_waits_can_be_taken_without_waiting() {
        let waiting = Waiting::default();
        let (outbox, reader) = outbox(waiting.clone());
        assert_eq!(reader.take(), None);
        for bytes in [5, 6] {
            assert_eq!(outbox.push(text(bytes)), Ok(()));
        }
        assert_eq!(
            [reader.take(), reader.take(), reader.take()],
            [Some(text(5)), Some(text(6)), None]
        );
        assert_eq!(waiting.bytes(), 0);
    }

    #[tokio::test]
    async fn a_reader_hears_of_a_text_and_of_fullness_while_it_waits() {
        let (outbox, mut reader) = outbox(Waiting::default());
        let (next, ()) = tokio::join!(reader.next(), async {
            tokio::task::yield_now().await;
            assert_eq!(outbox.push(text(5)), Ok(()));
        });
        assert_eq!(next, Next::Text(text(5)));
        tokio::join!(reader.full(), async {
            tokio::task::yield_now().await;
            assert_eq!(outbox.push(text(MAX_BYTES)), Err(Full));
        });
    }
}
