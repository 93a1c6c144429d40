//! One direction of one participant's line: how late, how irregular, how lossy, how slow. Pure: time
//! and chance are arguments, and what is carried is anybody's business.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Packets under way at most. Full: a packet is dropped, as if the queue had been full.
const FLIGHT: usize = 65_536;

/// What a line does to what it carries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Link {
    /// From end to end, whatever else happens.
    pub(crate) delay: Duration,
    /// Up to so much more, differently for each packet; the order stays.
    pub(crate) jitter: Duration,
    /// Share of packets that vanish, from 0 to 1.
    pub(crate) loss: f64,
    /// Bits a second, IP headers included; `None`: as fast as this machine.
    pub(crate) rate_bps: Option<u64>,
    /// Bytes that wait for a slow line at most; what comes when it is full is dropped.
    pub(crate) queue_bytes: usize,
}

impl Default for Link {
    fn default() -> Self {
        let queue_bytes = 128 * 1024;
        Self {
            delay: Duration::ZERO,
            jitter: Duration::ZERO,
            loss: 0.0,
            rate_bps: None,
            queue_bytes,
        }
    }
}

/// What a line has carried and lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// Packets that entered it.
    pub(crate) entered: u64,
    /// Packets that left it at the far end.
    pub(crate) carried: u64,
    /// Their bytes, IP headers included.
    pub(crate) carried_bytes: u64,
    /// Packets lost by chance.
    pub(crate) lost: u64,
    /// Packets that found the queue full.
    pub(crate) overflowed: u64,
}

/// A source of chance that says the same for the same seed (xorshift64*).
#[derive(Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// From 0 to below 1.
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        // 53 bits: what a double holds.
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A line with what is on it.
#[derive(Debug)]
pub(super) struct Pipe<T> {
    link: Link,
    chance: Chance,
    /// Waits to be put on the line, with its bytes.
    queue: VecDeque<(usize, T)>,
    queued_bytes: usize,
    /// When the first of the queue is on the line with its last bit.
    sent_at: Option<Instant>,
    /// On its way, with the time of its arrival and its bytes.
    flight: VecDeque<(Instant, usize, T)>,
    counts: Counts,
}

impl<T> Pipe<T> {
    pub(super) fn new(link: Link, seed: u64) -> Self {
        Self {
            link,
            chance: Chance::new(seed),
            queue: VecDeque::new(),
            queued_bytes: 0,
            sent_at: None,
            flight: VecDeque::new(),
            counts: Counts::default(),
        }
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// Changes the line; what is on its way arrives as it would have.
    pub(super) fn set(&mut self, link: Link, now: Instant) {
        self.link = link;
        self.sent_at = self.queue.front().map(|(bytes, _)| now + self.time_to_send(*bytes));
    }

    /// A packet enters.
    pub(super) fn push(&mut self, packet: T, bytes: usize, now: Instant) {
        self.counts.entered += 1;
        if self.chance.next() < self.link.loss {
            self.counts.lost += 1;
        } else if self.queue.is_empty() && self.link.rate_bps.is_none() {
            self.fly(packet, bytes, now);
        } else if self.queued_bytes + bytes > self.link.queue_bytes {
            self.counts.overflowed += 1;
        } else {
            self.queue.push_back((bytes, packet));
            self.queued_bytes += bytes;
            if self.sent_at.is_none() {
                self.sent_at = Some(now + self.time_to_send(bytes));
            }
        }
    }

    /// The next packet that has arrived by now.
    pub(super) fn poll(&mut self, now: Instant) -> Option<T> {
        while let Some(sent) = self.sent_at.filter(|sent| *sent <= now)
            && let Some((bytes, packet)) = self.queue.pop_front()
        {
            self.queued_bytes -= bytes;
            self.fly(packet, bytes, sent);
            self.sent_at = self.queue.front().map(|(next, _)| sent + self.time_to_send(*next));
        }
        let (_, bytes, packet) = self.flight.pop_front_if(|(arrives, ..)| *arrives <= now)?;
        self.counts.carried += 1;
        self.counts.carried_bytes += bytes as u64;
        Some(packet)
    }

    /// When [`poll`](Self::poll) has something to do.
    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let arrives = self.flight.front().map(|(arrives, ..)| *arrives);
        [self.sent_at, arrives].into_iter().flatten().min()
    }

    fn time_to_send(&self, bytes: usize) -> Duration {
        match self.link.rate_bps {
            Some(rate) => Duration::from_secs_f64(bytes as f64 * 8.0 / rate.max(1) as f64),
            None => Duration::ZERO,
        }
    }

    fn fly(&mut self, packet: T, bytes: usize, sent: Instant) {
        if self.flight.len() >= FLIGHT {
            self.counts.overflowed += 1;
            return;
        }
        let jitter = self.link.jitter.mul_f64(self.chance.next());
        let arrives = sent + self.link.delay + jitter;
        let before = self.flight.back().map_or(arrives, |(before, ..)| *before);
        self.flight.push_back((arrives.max(before), bytes, packet));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Pushes packets of `bytes`, `apart` from each other; gives when each one arrived.
    fn arrivals(link: Link, count: u32, bytes: usize, apart: Duration) -> Vec<(u32, Duration)> {
        let start = Instant::now();
        let mut pipe = Pipe::new(link, 7);
        let mut arrived = Vec::new();
        for index in 0..count {
            let now = start + apart * index;
            while let Some(due) = pipe.next_timeout().filter(|due| *due <= now) {
                arrived.extend(pipe.poll(due).map(|packet| (packet, due - start)));
            }
            pipe.push(index, bytes, now);
        }
        while let Some(due) = pipe.next_timeout() {
            arrived.extend(pipe.poll(due).map(|packet| (packet, due - start)));
        }
        arrived
    }

    #[test]
    fn a_perfect_line_carries_at_once() {
        let arrived = arrivals(Link::default(), 3, 1_000, MS);
        assert_eq!(arrived, [(0, Duration::ZERO), (1, MS), (2, 2 * MS)]);
    }

    #[test]
    fn a_delay_moves_everything_and_jitter_keeps_the_order() {
        let link = Link { delay: 20 * MS, jitter: 10 * MS, ..Link::default() };
        let arrived = arrivals(link, 1_000, 100, MS);
        assert!(arrived.iter().map(|(index, _)| *index).eq(0..1_000));
        for (index, at) in &arrived {
            let took = *at - MS * *index;
            assert!((20 * MS..=30 * MS).contains(&took), "{index} took {took:?}");
        }
    }

    #[test]
    fn a_share_is_lost() {
        let link = Link { loss: 0.05, ..Link::default() };
        let lost = 20_000 - arrivals(link, 20_000, 100, MS).len();
        assert!((900..=1_100).contains(&lost), "{lost} of 20,000");
    }

    #[test]
    fn a_slow_line_carries_at_its_rate_and_drops_what_its_queue_does_not_hold() {
        // 1,000 bytes take 8 ms at 1 Mbit/s; ten come at once, the queue holds five.
        let link = Link { rate_bps: Some(1_000_000), queue_bytes: 5_000, ..Link::default() };
        let arrived = arrivals(link, 10, 1_000, Duration::ZERO);
        let expected: Vec<_> = (0..5).map(|index| (index, 8 * MS * (index + 1))).collect();
        assert_eq!(arrived, expected);
    }

    #[test]
    fn a_line_that_gets_faster_is_faster_at_once() {
        let start = Instant::now();
        let slow = Link { rate_bps: Some(8_000), ..Link::default() };
        let mut pipe = Pipe::new(slow, 1);
        pipe.push('a', 1_000, start);
        pipe.push('b', 1_000, start);
        assert_eq!(pipe.next_timeout(), Some(start + Duration::from_secs(1)));
        pipe.set(Link { rate_bps: Some(8_000_000), ..slow }, start + MS);
        assert_eq!(pipe.poll(start + 2 * MS), Some('a'));
        assert_eq!(pipe.poll(start + 3 * MS), Some('b'));
        let counts = pipe.counts();
        assert_eq!((counts.entered, counts.carried, counts.carried_bytes), (2, 2, 2_000));
    }
}
