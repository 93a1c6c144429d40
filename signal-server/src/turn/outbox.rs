//! What waits to be written to one stream client. Bounded: a client that does not read loses
//! packets, as it would on a full network, and nobody waits for it.

use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

/// Bytes that wait for one client; a quarter of a second of a fast one. What comes when it is full
/// is lost and counted.
const CAPACITY: usize = 256 * 1024;

/// Frames on their way to one stream.
#[derive(Default)]
pub(super) struct Outbox {
    waiting: Mutex<Vec<u8>>,
    filled: Notify,
}

impl Outbox {
    /// Adds whole frames; whether they were taken.
    pub(super) fn push(&self, frames: &[u8]) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() + frames.len() > CAPACITY {
            return false;
        }
        let was_empty = waiting.is_empty();
        waiting.extend_from_slice(frames);
        drop(waiting);
        if was_empty {
            self.filled.notify_one();
        }
        true
    }

    /// Waits for frames and swaps all of them into `into`, which was written.
    pub(super) async fn take(&self, into: &mut Vec<u8>) {
        into.clear();
        // What a burst needed is not kept while nothing comes.
        into.shrink_to(16 * 1024);
        loop {
            let filled = self.filled.notified();
            {
                let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                if !waiting.is_empty() {
                    std::mem::swap(&mut *waiting, into);
                    return;
                }
            }
            filled.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_come_out_together_and_in_order() {
        let outbox = Outbox::default();
        assert!(outbox.push(b"one") && outbox.push(b"two"));
        let mut taken = Vec::new();
        outbox.take(&mut taken).await;
        assert_eq!(taken, b"onetwo");
        let (_, more) = tokio::join!(outbox.take(&mut taken), async { outbox.push(b"three") });
        assert!(more);
        assert_eq!(taken, b"three");
    }

    #[test]
    fn a_full_outbox_takes_nothing_and_keeps_what_it_has() {
        let outbox = Outbox::default();
        assert!(outbox.push(&vec![1; CAPACITY]));
        assert!(!outbox.push(&[2]));
        assert_eq!(outbox.waiting.lock().unwrap().len(), CAPACITY);
    }
}
