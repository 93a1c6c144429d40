//! The task of a bundle: opens its connections at once, or as they are offered, replaces those that break, and ends
//! all of them with the handle.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::lane::Lane;
use super::shared::Shared;
use super::signal::{CONNECTIONS, Said, Signal};
use super::{BulkEvent, Role};

/// How often it is looked whether a connection is due, and whether the throttle's echoes are missing.
const LOOK: Duration = Duration::from_millis(100);
/// A connection that broke is made anew after this, and after twice as long each time up to the second.
const RETRY: Duration = Duration::from_millis(500);
const LONGEST_RETRY: Duration = Duration::from_secs(8);
/// One that stood so long broke for a new reason.
const STOOD: Duration = Duration::from_secs(10);
/// An offer that replaces a connection sooner than this after the last is ignored: each costs a handshake.
const LEAST_BETWEEN: Duration = Duration::from_millis(300);
/// Without any lane for so long the bundle is over. Longer than two attempts.
const PATIENCE: Duration = Duration::from_secs(20);
/// Texts for one connection waiting at most: an answer and what came after it. Full: candidates are dropped.
const INBOX: usize = 16;
/// Connections close at the same time; none is waited for longer.
const CLOSING: Duration = Duration::from_secs(1);
/// A session that has gone or hangs is not told of the end for longer.
const LAST_EVENT: Duration = Duration::from_secs(5);

/// One connection's place.
struct Place {
    /// Where its texts go while it exists.
    inbox: Option<mpsc::Sender<Said>>,
    attempt: u32,
    opened: Option<Instant>,
    retry: Duration,
    /// When it is to be made anew, by whoever makes them.
    due: Option<Instant>,
}

/// See the module.
pub(super) struct Bundle {
    role: Role,
    shared: Arc<Shared>,
    places: [Place; CONNECTIONS],
    /// Each gives its place and its attempt when it ends.
    running: JoinSet<(usize, u32)>,
}

impl Bundle {
    pub(super) fn new(role: Role, shared: Arc<Shared>) -> Self {
        let due = (role == Role::Opens).then(Instant::now);
        let place = || Place { inbox: None, attempt: 0, opened: None, retry: RETRY, due };
        Self { role, shared, places: std::array::from_fn(|_| place()), running: JoinSet::new() }
    }

    /// Runs until the handle is dropped, or no lane stands for long.
    pub(super) async fn run(mut self, mut signals: mpsc::Receiver<String>) {
        let shared = Arc::clone(&self.shared);
        let down = tokio::select! {
            down = self.keep(&mut signals) => down,
            () = shared.dropped() => None,
        };
        for place in &mut self.places {
            place.inbox = None;
        }
        let closed = async { while self.running.join_next().await.is_some() {} };
        if timeout(CLOSING, closed).await.is_err() {
            self.running.shutdown().await;
        }
        if let Some(reason) = down {
            tracing::debug!(peer = %shared.id, reason, "a bundle is over");
            // An error means that nobody is there to be told.
            let _ = timeout(LAST_EVENT, shared.tell(BulkEvent::Down(reason.to_owned()))).await;
        }
    }

    /// Gives why the bundle is over; `None` if nobody wants it any more.
    async fn keep(&mut self, signals: &mut mpsc::Receiver<String>) -> Option<&'static str> {
        let mut standing = self.shared.watch_standing();
        let (mut told, mut stood) = (false, Instant::now());
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                signal = signals.recv() => self.hear(&signal?),
                Some(Ok((number, attempt))) = self.running.join_next() => self.ended(number, attempt),
                _ = standing.changed() => {}
                _ = look.tick() => {
                    self.open_due();
                    self.tick();
                }
            }
            if standing.borrow_and_update().lanes > 0 {
                stood = Instant::now();
                if !told {
                    told = true;
                    self.shared.tell(BulkEvent::Up).await.ok()?;
                }
            } else if stood.elapsed() > PATIENCE {
                return Some(if told {
                    "The connections for the film broke, and no new ones came about."
                } else {
                    "No connection for the film came about."
                });
            }
        }
    }

    fn tick(&self) {
        let now = Instant::now();
        let mut throttle = self.shared.throttle();
        throttle.tick(now);
        let (rate, queue) = (throttle.rate(now), throttle.queue());
        tracing::trace!(peer = %self.shared.id, rate, ?queue, sent = self.shared.on_lanes().0, "a bundle");
    }

    /// Makes those connections that are due.
    fn open_due(&mut self) {
        for number in 0..CONNECTIONS {
            let place = &mut self.places[number];
            if place.inbox.is_none() && place.due.is_some_and(|due| due <= Instant::now()) {
                let attempt = place.attempt.wrapping_add(1);
                self.start(number, attempt, None);
            }
        }
    }

    fn start(&mut self, number: usize, attempt: u32, offer: Option<String>) {
        let (inbox, inbox_out) = mpsc::channel(INBOX);
        let place = &mut self.places[number];
        // The one that was there ends with its inbox.
        place.inbox = Some(inbox);
        place.attempt = attempt;
        place.opened = Some(Instant::now());
        place.due = None;
        let lane = Lane { number, attempt, shared: Arc::clone(&self.shared) };
        self.running.spawn(async move {
            // The crate parses what strangers send: its panic is one connection's end.
            let _ = AssertUnwindSafe(lane.run(offer, inbox_out)).catch_unwind().await;
            (number, attempt)
        });
    }

    fn ended(&mut self, number: usize, attempt: u32) {
        let place = &mut self.places[number];
        if place.attempt != attempt {
            return;
        }
        place.inbox = None;
        if self.role == Role::Opens {
            if place.opened.is_some_and(|at| at.elapsed() >= STOOD) {
                place.retry = RETRY;
            }
            place.due = Some(Instant::now() + place.retry);
            place.retry = (place.retry * 2).min(LONGEST_RETRY);
        }
    }

    /// Takes a text of the other end.
    fn hear(&mut self, text: &str) {
        let Some(signal) = Signal::read(text, self.shared.config.route) else {
            tracing::debug!(peer = %self.shared.id, bytes = text.len(), "a signal of a bundle was not read");
            return;
        };
        let place = &mut self.places[signal.lane];
        match signal.said {
            Said::Offer(offer) => {
                let soon = place.opened.is_some_and(|at| at.elapsed() < LEAST_BETWEEN);
                if self.role == Role::Answers && !soon {
                    self.start(signal.lane, signal.attempt, Some(offer));
                }
            }
            said if signal.attempt == place.attempt => {
                // Full or closed: it has no use for more.
                let _ = place.inbox.as_ref().map(|inbox| inbox.try_send(said));
            }
            _ => {}
        }
    }
}
