//! How late packets come and how long a voice must therefore wait: the jitter of RFC 3550 and the
//! target delay. Knows arrival times only, not what is in the buffer.

use std::collections::VecDeque;
use std::time::Instant;

use super::opus_toc::SAMPLES_A_MS;

/// Packets that are remembered: 8 s of 20 ms packets. Shorter forgets a burst before the next one
/// comes, longer follows a change of route too late.
const HISTORY: usize = 400;

/// The fastest of this many packets, 2 s, stands for the path as it is: once a route has become
/// longer, what its first seconds look like is not taken for a delay of our own making.
const PATH: usize = 100;

/// One in this many packets may come later than the target delay provides for.
const LATE_ONE_IN: usize = 200;

/// Below this many packets the history says nothing yet and the starting target holds.
const ENOUGH: usize = 10;

/// Follows the delays of a stream's packets.
#[derive(Debug)]
pub(super) struct DelayEstimate {
    /// The moment that arrival times are counted from.
    epoch: Option<Instant>,
    /// Arrival minus media time of recent packets, in samples.
    history: VecDeque<i64>,
    /// The previous packet's, for the jitter.
    previous: Option<i64>,
    jitter: f64,
    least: i64,
    spread: i64,
}

impl DelayEstimate {
    pub(super) fn new() -> Self {
        Self {
            epoch: None,
            history: VecDeque::with_capacity(HISTORY),
            previous: None,
            jitter: 0.0,
            least: 0,
            spread: 0,
        }
    }

    /// Forgets the delays, because media time has jumped; the jitter figure stays.
    pub(super) fn restart(&mut self) {
        self.history.clear();
        self.previous = None;
        self.spread = 0;
    }

    /// A packet of media time `timestamp` (samples, unwrapped) came at `arrived`.
    pub(super) fn arrived(&mut self, timestamp: i64, arrived: Instant) {
        let delay = self.samples_at(arrived) - timestamp;
        if let Some(previous) = self.previous.replace(delay) {
            let change = (delay - previous).abs() as f64;
            self.jitter += (change - self.jitter) / 16.0;
        }
        self.note(delay);
    }

    /// What had media time `timestamp` did not come, but a copy of it did at `arrived`.
    pub(super) fn recoverable(&mut self, timestamp: i64, arrived: Instant) {
        let delay = self.samples_at(arrived) - timestamp;
        self.note(delay);
    }

    fn note(&mut self, delay: i64) {
        if self.history.len() == HISTORY {
            self.history.pop_front();
        }
        self.history.push_back(delay);

        let mut sorted: Vec<i64> = self.history.iter().copied().collect();
        let rank = sorted.len() - 1 - sorted.len() / LATE_ONE_IN;
        let (_, high, _) = sorted.select_nth_unstable(rank);
        let high = *high;
        let recent = self.history.iter().rev().take(PATH);
        self.least = recent.copied().min().expect("a delay was just added");
        self.spread = high - self.least;
    }

    /// How long after the fastest packets the slow ones come, in samples; `None` while too few
    /// have come to tell.
    pub(super) fn spread(&self) -> Option<i64> {
        (self.history.len() >= ENOUGH).then_some(self.spread)
    }

    /// How long what has media time `timestamp` would have waited by `now`, had it travelled as
    /// fast as the fastest recent packet; in samples.
    pub(super) fn waited(&mut self, timestamp: i64, now: Instant) -> i64 {
        self.samples_at(now) - timestamp - self.least
    }

    /// Interarrival jitter (RFC 3550 §6.4.1) in milliseconds.
    pub(super) fn jitter_ms(&self) -> f64 {
        self.jitter / f64::from(SAMPLES_A_MS)
    }

    fn samples_at(&mut self, at: Instant) -> i64 {
        let epoch = *self.epoch.get_or_insert(at);
        let signed = |micros: u128| i64::try_from(micros).unwrap_or(i64::MAX / 1000);
        let micros = match at.checked_duration_since(epoch) {
            Some(since) => signed(since.as_micros()),
            None => -signed(epoch.duration_since(at).as_micros()),
        };
        micros * i64::from(SAMPLES_A_MS) / 1000
    }
}
