//! Threads that have a name and an owner: dropping a [`Worker`] stops and joins its thread. Also
//! the one-slot channel by which the latest picture reaches a thread that waits for it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Tells a thread that it is to end, and wakes it from its sleep.
#[derive(Debug, Clone, Default)]
pub(super) struct Stop(Arc<StopState>);

#[derive(Debug, Default)]
struct StopState {
    stopped: AtomicBool,
    lock: Mutex<()>,
    wake: Condvar,
}

impl Stop {
    /// Is it time to end?
    pub(super) fn is_set(&self) -> bool {
        self.0.stopped.load(Ordering::Acquire)
    }

    /// Asks the thread to end.
    pub(super) fn set(&self) {
        // The lock keeps a sleeper from missing the wake-up between its look and its wait.
        let _lock = self.0.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.stopped.store(true, Ordering::Release);
        self.0.wake.notify_all();
    }

    /// Sleeps until `at` or until it is time to end; true if it is.
    pub(super) fn sleep_until(&self, at: Instant) -> bool {
        let mut lock = self.0.lock.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if self.is_set() {
                return true;
            }
            let left = at.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            lock = self.0.wake.wait_timeout(lock, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Sleeps for `time` or until it is time to end; true if it is.
    pub(super) fn sleep(&self, time: Duration) -> bool {
        self.sleep_until(Instant::now() + time)
    }
}

/// A named thread and the means to end it.
pub(super) struct Worker {
    stop: Stop,
    /// Wakes the thread where it may wait for something other than its [`Stop`].
    unblock: Box<dyn Fn() + Send + Sync>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts a thread that sleeps nowhere but in its [`Stop`].
    pub(super) fn spawn(name: &str, run: impl FnOnce(&Stop) + Send + 'static) -> Self {
        Self::spawn_with(name, || {}, run)
    }

    /// Starts a thread that `unblock` wakes from whatever else it waits for.
    pub(super) fn spawn_with(
        name: &str,
        unblock: impl Fn() + Send + Sync + 'static,
        run: impl FnOnce(&Stop) + Send + 'static,
    ) -> Self {
        let stop = Stop::default();
        let theirs = stop.clone();
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || run(&theirs))
            .inspect_err(|error| tracing::error!(name, %error, "cannot start a thread"))
            .ok();
        Self { stop, unblock: Box::new(unblock), thread }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop.set();
        (self.unblock)();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a media thread panicked");
        }
    }
}

/// A slot that holds the latest value and wakes who waits for it: a slow reader skips values, a
/// fast writer never waits.
#[derive(Debug)]
pub(super) struct Latest<T>(Arc<(Mutex<Slot<T>>, Condvar)>);

#[derive(Debug)]
struct Slot<T> {
    value: Option<T>,
    closed: bool,
    /// Values that were replaced before anybody took them.
    skipped: u64,
}

impl<T> Clone for Latest<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Latest<T> {
    fn default() -> Self {
        let slot = Slot { value: None, closed: false, skipped: 0 };
        Self(Arc::new((Mutex::new(slot), Condvar::new())))
    }
}

impl<T> Latest<T> {
    /// Replaces the value; false once the slot is closed.
    pub(super) fn put(&self, value: T) -> bool {
        let (slot, wake) = &*self.0;
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.closed {
            return false;
        }
        if slot.value.replace(value).is_some() {
            slot.skipped += 1;
        }
        wake.notify_one();
        true
    }

    /// Waits up to `patience` for a value.
    pub(super) fn take(&self, patience: Duration) -> Taken<T> {
        let (slot, wake) = &*self.0;
        let slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut slot, _) = wake
            .wait_timeout_while(slot, patience, |slot| slot.value.is_none() && !slot.closed)
            .unwrap_or_else(PoisonError::into_inner);
        match slot.value.take() {
            Some(value) => Taken::Value(value),
            None if slot.closed => Taken::Closed,
            None => Taken::TimedOut,
        }
    }

    /// Ends it: readers get what is left and then [`Taken::Closed`].
    pub(super) fn close(&self) {
        let (slot, wake) = &*self.0;
        slot.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        wake.notify_all();
    }
}

/// What came of waiting.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken<T> {
    /// The latest value.
    Value(T),
    /// Nothing in time.
    TimedOut,
    /// Nothing will come any more.
    Closed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropping_a_worker_wakes_and_joins_it() {
        let ended = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&ended);
        let worker = Worker::spawn("test", move |stop| {
            assert!(stop.sleep(Duration::from_secs(600)));
            flag.store(true, Ordering::Release);
        });
        drop(worker);
        assert!(ended.load(Ordering::Acquire));
    }

    #[test]
    fn a_slow_reader_gets_the_latest_value() {
        let slot = Latest::default();
        slot.put(1);
        slot.put(2);
        assert_eq!(slot.take(Duration::ZERO), Taken::Value(2));
        assert_eq!(slot.take(Duration::ZERO), Taken::TimedOut);
        slot.put(3);
        slot.close();
        assert_eq!(slot.take(Duration::from_secs(600)), Taken::Value(3));
        assert_eq!(slot.take(Duration::from_secs(600)), Taken::Closed);
        assert!(!slot.put(4));
    }
}
