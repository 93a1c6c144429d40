//! How fast bulk data may be sent beside a call, so that the call never notices: the law and the bucket.
//!
//! By delay alone. Small probes go ahead of and between the bulk data on a connection of their own; each echo
//! says when its probe arrived and how much bulk had arrived by then. Delay above the least of the last
//! minute is a queue somewhere on the way: while it is short, more is sent; once it is longer than
//! [`QUEUE_TARGET`], less than what arrives. Loss changes nothing. So bulk data takes what the call leaves,
//! and gives way within a few round trips (the idea is LEDBAT's, RFC 6817, with the rate of arrivals in the
//! place of a window, because the lanes below have windows of their own).
//!
//! The numbers come from prototypes and from the emulated links of the tests. Owns no clock and no socket: the
//! shell sends the probes, answers those of the other end and asks before each message whether its time has come.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Probes are this far apart while bulk data is sent: three of them judge the queue, so it is noticed within
/// 50 ms and the round trip. 70 bytes each on the wire: 40 kbit/s.
pub const PROBE_INTERVAL: Duration = Duration::from_millis(15);
/// And this far apart otherwise, so that the delay of the empty path is known when data comes.
pub const IDLE_PROBE_INTERVAL: Duration = Duration::from_millis(200);
/// Bulk data counts as being sent for so long after a message.
const BUSY: Duration = Duration::from_secs(1);

/// The queue that bulk data aims at. Below what a call takes for a queue of its own (`bitrate::estimator`
/// grows below 12 ms and cuts above 25 ms), above what the jitter of a radio link looks like.
pub const QUEUE_TARGET: Duration = Duration::from_millis(12);
/// The queue is judged by the least of so many delays: jitter lifts single probes, a queue all.
const JUDGED_BY: usize = 4;
/// How far back the least delay counts as that of the empty path. Two clocks drift apart by 6 ms in it at 100 ppm,
/// half of what is aimed at; what bulk data sends swings, so that the queue is empty now and then.
const BASE_SPAN_SECS: u64 = 60;
/// What arrives is averaged over this.
const RATE_SPAN: Duration = Duration::from_millis(200);
/// Echoes remembered for that at most, whatever times they tell.
const MOST_ARRIVALS: usize = 64;
/// The rate is decided this often.
const STEP: Duration = Duration::from_millis(50);
/// Growth in one step at most, and beyond what arrives while the path is empty.
const GROWTH: f64 = 1.1;
const BEYOND: f64 = 0.2;
/// The same far below the rate at which there was a queue last, or while there was none: a film should start soon,
/// and what was mistaken for a queue should cost little.
const FAR_GROWTH: f64 = 1.5;
const FAR_BEYOND: f64 = 0.8;
/// Far is below this share of it.
const FAR: f64 = 0.6;
/// With less than this much of the target left as room, growth is no longer fast: some routers keep no longer queues
/// than what is aimed at, and what overflows them costs all lanes dear.
const ROOM_FOR_MORE: f64 = 0.8;
/// Below what arrives by this for each target's length of queue too much, but not below the second in one step.
const LESS: f64 = 0.25;
const LEAST_SHARE: f64 = 0.4;
/// After a queue the rate begins again at this share of what arrived while there was one.
const BACK_TO: f64 = 0.95;
/// Who sends little says little about the path: what arrives counts as no less than this share of the rate.
const LEAST_BELIEVED: f64 = 0.5;
/// Where our own timers are late by so much, delays are the machine's as well as the way's: for a while after
/// that a step keeps at least this share of the rate.
const LATE_TIMER: Duration = Duration::from_millis(8);
const LATE_SPAN: Duration = Duration::from_millis(200);
const LEAST_SHARE_LATE: f64 = 0.9;
/// Without an echo for so long the rate is halved, again and again.
const SILENCE: Duration = Duration::from_millis(500);
/// A queue that stays so long although the rate fell to this share is not ours: the path is another one
/// now, or others fill it.
const NOT_OURS: Duration = Duration::from_secs(3);
const MUCH_LESS: f64 = 0.3;
/// An echo that comes later than this tells nothing any more.
const LATE: Duration = Duration::from_secs(5);

/// Is taken for the round trip before the first echo.
const FIRST_ROUND_TRIP: Duration = Duration::from_millis(100);
/// The rate begins here, in bytes a second: 4 Mbit/s, which most links carry beside a call.
pub const FIRST_RATE: f64 = 500_000.0;
/// The rate stays within these, in bytes a second: two messages, and more than a machine can send.
pub const LEAST_RATE: f64 = 32_000.0;
/// See [`LEAST_RATE`].
pub const MOST_RATE: f64 = 2_000_000_000.0;
/// So much may leave at once, as time at the rate: timers are not finer.
const BURST: Duration = Duration::from_millis(2);
/// What a late timer kept from being sent is made up for, as time at the rate: on a busy machine timers are late by
/// more than what is sent takes …
const MADE_UP: Duration = Duration::from_millis(15);
/// … but with no more bytes at once than a router's short queue holds.
const MOST_MADE_UP: f64 = 32_768.0;

/// One datagram of the throttle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Datagram {
    /// Asks when it arrives.
    Probe {
        /// When it left, by the sender's clock.
        sent: Duration,
    },
    /// Tells.
    Echo {
        /// When the probe left, as it said.
        sent: Duration,
        /// When it arrived, by the clock of whom it arrived at.
        arrived: Duration,
        /// Bytes of bulk data that had arrived by then, on the wire, since the beginning.
        received: u64,
    },
}

/// Bytes of a probe, and of an echo: a kind, then numbers, the highest byte first.
const PROBE_BYTES: usize = 1 + 8;
/// Bytes of the longest datagram.
pub const MOST_DATAGRAM_BYTES: usize = PROBE_BYTES + 16;
const PROBE: u8 = 0;
const ECHO: u8 = 1;

impl Datagram {
    /// As it is sent.
    pub fn to_bytes(self) -> Vec<u8> {
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let mut bytes = Vec::with_capacity(MOST_DATAGRAM_BYTES);
        match self {
            Self::Probe { sent } => {
                bytes.push(PROBE);
                bytes.extend(micros(sent).to_be_bytes());
            }
            Self::Echo { sent, arrived, received } => {
                bytes.push(ECHO);
                for number in [micros(sent), micros(arrived), received] {
                    bytes.extend(number.to_be_bytes());
                }
            }
        }
        bytes
    }

    /// Reads one; `None` if it is none.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (kind, numbers) = bytes.split_first()?;
        let (numbers, []) = numbers.as_chunks::<8>() else { return None };
        let time = |number: &[u8; 8]| Duration::from_micros(u64::from_be_bytes(*number));
        match (*kind, numbers) {
            (PROBE, [sent]) => Some(Self::Probe { sent: time(sent) }),
            (ECHO, [sent, arrived, received]) => Some(Self::Echo {
                sent: time(sent),
                arrived: time(arrived),
                received: u64::from_be_bytes(*received),
            }),
            _ => None,
        }
    }
}

/// The throttle of what is sent to one participant.
#[derive(Debug)]
pub struct Throttle {
    epoch: Instant,
    rate: f64,
    /// The rate at which there was a queue last; infinite before the first.
    full_at: f64,
    delays: Delays,
    /// What arrived while there was too long a queue: all that the path carries. Until the queue is gone.
    carried: Option<f64>,
    /// When probes arrived by the other end's clock, and what had arrived by then.
    arrivals: VecDeque<(Duration, u64)>,
    round_trip: Duration,
    /// When the newest probe left whose echo came.
    newest_echoed: Option<Duration>,
    last_probe: Option<Instant>,
    /// When a timer of ours was late.
    late: Option<Instant>,
    last_step: Instant,
    /// Since when nothing was heard while something was sent.
    silent_since: Instant,
    last_sent: Option<Instant>,
    /// Since when there is a queue, and the rate at which it began.
    queued_since: Option<(Instant, f64)>,
    hushed_until: Option<Instant>,
    /// When all that was sent would have left at the rate.
    level: Instant,
}

impl Throttle {
    /// One that knows nothing yet; its clock starts now.
    pub fn new(now: Instant) -> Self {
        Self {
            epoch: now,
            rate: FIRST_RATE,
            full_at: f64::INFINITY,
            delays: Delays::default(),
            carried: None,
            arrivals: VecDeque::new(),
            round_trip: FIRST_ROUND_TRIP,
            newest_echoed: None,
            last_probe: None,
            late: None,
            last_step: now,
            silent_since: now,
            last_sent: None,
            queued_since: None,
            hushed_until: None,
            level: now,
        }
    }

    /// What may be sent now, in bytes a second on the wire.
    pub fn rate(&self, now: Instant) -> f64 {
        if self.is_hushed(now) { 0.0 } else { self.rate }
    }

    /// The queue on the way, as the latest echoes tell it.
    pub fn queue(&self) -> Duration {
        Duration::try_from_secs_f64(self.delays.queue_secs().max(0.0)).unwrap_or_default()
    }

    /// From a probe to its echo, of late.
    pub fn round_trip(&self) -> Duration {
        self.round_trip
    }

    /// The time by this throttle's clock, for datagrams.
    pub fn clock(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.epoch)
    }

    /// Sends nothing for a while and learns the delay of the empty path anew: a call that begins now, or other
    /// bulk data, learns it as well, instead of taking our queue for a part of the path.
    pub fn hush(&mut self, now: Instant, pause: Duration) {
        let until = now + pause;
        self.hushed_until = Some(self.hushed_until.map_or(until, |before| before.max(until)));
        self.delays = Delays::default();
        self.queued_since = None;
    }

    fn is_hushed(&self, now: Instant) -> bool {
        self.hushed_until.is_some_and(|until| now < until)
    }

    fn is_busy(&self, now: Instant) -> bool {
        let since = |at: Instant| now.saturating_duration_since(at);
        self.is_hushed(now) || self.last_sent.is_some_and(|at| since(at) < BUSY)
    }

    /// The probe to send, if it is time for one. To be asked every [`PROBE_INTERVAL`].
    pub fn poll_probe(&mut self, now: Instant) -> Option<Datagram> {
        let interval = if self.is_busy(now) { Duration::ZERO } else { IDLE_PROBE_INTERVAL };
        if self.last_probe.is_some_and(|at| now.saturating_duration_since(at) < interval) {
            return None;
        }
        let last = self.last_probe.replace(now);
        let late = |last| now.saturating_duration_since(last) > PROBE_INTERVAL + LATE_TIMER;
        if interval.is_zero() && last.is_some_and(late) {
            self.late = Some(now);
        }
        Some(Datagram::Probe { sent: self.clock(now) })
    }

    /// When the next message may leave: now, if that is not in the future.
    pub fn next_send(&self, now: Instant) -> Instant {
        let at = self.level.checked_sub(BURST).unwrap_or(self.level);
        match self.hushed_until {
            Some(until) if now < until => at.max(until),
            _ => at,
        }
    }

    /// A message of so many bytes (on the wire) leaves.
    pub fn sent(&mut self, now: Instant, bytes: usize) {
        if !self.is_busy(now) {
            // Before this there was nothing to be told of.
            self.silent_since = now;
        }
        self.last_sent = Some(now);
        let made_up = MADE_UP.min(Duration::from_secs_f64(MOST_MADE_UP / self.rate)).max(BURST);
        let earliest = now.checked_sub(made_up).unwrap_or(now);
        let takes = Duration::from_secs_f64(bytes as f64 / self.rate);
        self.level = self.level.max(earliest) + takes;
    }

    /// Time passes. To be called at least a few times each [`SILENCE`].
    pub fn tick(&mut self, now: Instant) {
        let silent = now.saturating_duration_since(self.silent_since) >= SILENCE;
        if silent && self.is_busy(now) && !self.is_hushed(now) {
            self.silent_since = now;
            self.set(self.rate / 2.0);
        }
    }

    /// An echo came. `sent_bytes` is what we sent of bulk data since the beginning, on the wire: nobody can have
    /// received more.
    pub fn on_echo(
        &mut self,
        now: Instant,
        [sent, arrived]: [Duration; 2],
        received: u64,
        sent_bytes: u64,
    ) {
        let age = self.clock(now).checked_sub(sent);
        let in_turn = self.newest_echoed.is_none_or(|newest| sent > newest);
        let Some(age) = age.filter(|age| in_turn && *age <= LATE) else { return };
        self.round_trip = (self.round_trip * 7 + age) / 8;
        self.newest_echoed = Some(sent);
        self.silent_since = now;
        self.delays.push(self.clock(now), arrived.as_secs_f64() - sent.as_secs_f64());
        self.count_arrival(arrived, received.min(sent_bytes));
        if self.is_hushed(now) {
            return;
        }
        if now.saturating_duration_since(self.last_step) >= STEP {
            self.last_step = now;
            self.step(now);
        }
    }

    fn step(&mut self, now: Instant) {
        let Some(arriving) = self.arriving() else { return };
        let target = QUEUE_TARGET.as_secs_f64();
        let room = (target - self.delays.queue_secs()) / target;
        let is_far = self.rate < FAR * self.full_at;
        if room < ROOM_FOR_MORE && (is_far || self.queued_since.is_none()) {
            self.full_at = self.rate;
        }
        if room >= 0.0 {
            self.queued_since = None;
            if let Some(carried) = self.carried.take() {
                // The queue is gone: back to nearly what the path carried, at once.
                self.set(self.rate.max(BACK_TO * carried));
            }
            let (growth, beyond) = if is_far { (FAR_GROWTH, FAR_BEYOND) } else { (GROWTH, BEYOND) };
            let most = (arriving * (1.0 + beyond * room)).min(self.rate * growth);
            self.set(self.rate.max(most));
            return;
        }
        let (since, then) = *self.queued_since.get_or_insert((now, self.rate));
        if now.saturating_duration_since(since) > NOT_OURS
            && self.rate <= (MUCH_LESS * then).max(LEAST_RATE)
        {
            self.delays = Delays::default();
            self.queued_since = None;
            return;
        }
        self.carried = Some(arriving);
        let arriving = arriving.max(LEAST_BELIEVED * self.rate);
        let share = (1.0 + LESS * room).max(LEAST_SHARE);
        let is_late = self.late.is_some_and(|at| now.saturating_duration_since(at) < LATE_SPAN);
        let least = if is_late { LEAST_SHARE_LATE * self.rate } else { 0.0 };
        self.set(self.rate.min((arriving * share).max(least)));
    }

    fn set(&mut self, rate: f64) {
        self.rate = rate.clamp(LEAST_RATE, MOST_RATE);
    }

    fn count_arrival(&mut self, arrived: Duration, received: u64) {
        if self.arrivals.back().is_some_and(|(at, bytes)| arrived <= *at || received < *bytes) {
            // Their clock or their count began anew, or they make it up.
            self.arrivals.clear();
        }
        self.arrivals.push_back((arrived, received));
        while self.arrivals.len() > MOST_ARRIVALS
            || self.arrivals.get(1).is_some_and(|(at, _)| arrived.saturating_sub(*at) >= RATE_SPAN)
        {
            self.arrivals.pop_front();
        }
    }

    /// What arrives, in bytes a second; `None` while too little is known.
    fn arriving(&self) -> Option<f64> {
        let ((from, before), (to, by_now)) = (self.arrivals.front()?, self.arrivals.back()?);
        let span = to.saturating_sub(*from);
        (span >= STEP).then(|| by_now.saturating_sub(*before) as f64 / span.as_secs_f64())
    }
}

/// One-way delays in seconds, from an arbitrary zero: two clocks.
#[derive(Debug, Default)]
struct Delays {
    latest: VecDeque<f64>,
    /// The least of each second.
    least: VecDeque<(u64, f64)>,
}

impl Delays {
    fn push(&mut self, now: Duration, delay: f64) {
        self.latest.push_back(delay);
        if self.latest.len() > JUDGED_BY {
            self.latest.pop_front();
        }
        let second = now.as_secs();
        match self.least.back_mut() {
            Some((at, least)) if *at == second => *least = least.min(delay),
            _ => self.least.push_back((second, delay)),
        }
        while self.least.front().is_some_and(|(at, _)| second.saturating_sub(*at) > BASE_SPAN_SECS)
        {
            self.least.pop_front();
        }
    }

    fn queue_secs(&self) -> f64 {
        let least = |delays: &mut dyn Iterator<Item = f64>| delays.fold(f64::INFINITY, f64::min);
        let base = least(&mut self.least.iter().map(|(_, delay)| *delay));
        let now = least(&mut self.latest.iter().copied());
        // Both are infinite while nothing is known.
        if now.is_finite() { now - base } else { 0.0 }
    }
}

#[cfg(test)]
mod tests;
