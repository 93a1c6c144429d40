//! The estimator on emulated links: a sender that follows it, a bottleneck with a queue, loss and
//! jitter, reports every 50 ms.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use cinemasync_core::bitrate::estimator::{Estimator, LEAST_BPS, MOST_BPS, PacketFate};
use proptest::prelude::*;

const STEP: Duration = Duration::from_millis(1);
const PACKET: usize = 1_200;

/// A bottleneck that several senders may share.
struct Link {
    rate_bps: f64,
    /// One way, without the queue.
    delay: Duration,
    /// Delay on top, up to this, by chance.
    jitter: Duration,
    loss: f64,
    /// What the queue holds at most.
    queue_bytes: usize,
    free_at: Instant,
    random: u64,
}

impl Link {
    fn new(rate_bps: f64, now: Instant) -> Self {
        Self {
            rate_bps,
            delay: Duration::from_millis(20),
            jitter: Duration::ZERO,
            loss: 0.0,
            queue_bytes: 200_000,
            free_at: now,
            random: 7,
        }
    }

    fn chance(&mut self) -> f64 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.random >> 11) as f64 / (1u64 << 53) as f64
    }

    /// When a packet that is sent now arrives.
    fn send(&mut self, now: Instant, bytes: usize) -> Option<Instant> {
        let start = self.free_at.max(now);
        let queued = (start - now).as_secs_f64() * self.rate_bps / 8.0;
        if queued > self.queue_bytes as f64 {
            return None;
        }
        self.free_at = start + Duration::from_secs_f64(bytes as f64 * 8.0 / self.rate_bps);
        let jitter = self.jitter.mul_f64(self.chance());
        (self.chance() >= self.loss).then(|| self.free_at + self.delay + jitter)
    }

    fn queue_ms(&self, now: Instant) -> f64 {
        self.free_at.saturating_duration_since(now).as_secs_f64() * 1_000.0
    }
}

/// A sender with its estimator: 30 pictures a second, paced at 1.5 times the estimate.
struct Sender {
    estimator: Estimator,
    /// What the encoder makes at most.
    most_bps: f64,
    /// The other end's clock runs so much faster.
    drift: f64,
    waiting: usize,
    /// The part of a packet that the next picture begins with.
    rest: f64,
    budget: f64,
    next_picture: Instant,
    /// On the way: when it left, when it arrives, when one knows that it will not.
    sent: VecDeque<(Instant, Option<Instant>)>,
    /// Reports on their way back.
    reports: VecDeque<(Instant, Vec<PacketFate>)>,
    next_report: Instant,
    received: usize,
}

impl Sender {
    fn new(most_bps: f64, now: Instant) -> Self {
        Self {
            estimator: Estimator::new(),
            most_bps,
            drift: 0.0,
            waiting: 0,
            rest: 0.0,
            budget: 0.0,
            next_picture: now,
            sent: VecDeque::new(),
            reports: VecDeque::new(),
            next_report: now,
            received: 0,
        }
    }

    fn step(&mut self, link: &mut Link, epoch: Instant, now: Instant) {
        let target = self.estimator.target_bps();
        if now >= self.next_picture {
            self.next_picture += Duration::from_micros(33_333);
            // What waits too long is not encoded at all.
            if (self.waiting * PACKET * 8) as f64 / (1.5 * target) < 0.2 {
                let bits = target.min(self.most_bps) / 30.0;
                let packets = bits / (PACKET as f64 * 8.0) + self.rest;
                self.waiting += packets as usize;
                self.rest = packets.fract();
            }
        }
        self.budget = (self.budget + 1.5 * target * STEP.as_secs_f64()).min(24_000.0);
        while self.waiting > 0 && self.budget >= (PACKET * 8) as f64 {
            self.waiting -= 1;
            self.budget -= (PACKET * 8) as f64;
            self.sent.push_back((now, link.send(now, PACKET)));
        }
        if now >= self.next_report {
            self.next_report += Duration::from_millis(50);
            let newest = self.sent.iter().rposition(|(_, at)| at.is_some_and(|at| at <= now));
            if let Some(newest) = newest {
                let fates = self.sent.drain(..=newest).map(|(departure, arrival)| PacketFate {
                    departure,
                    arrival: arrival.map(|at| (at - epoch).mul_f64(1.0 + self.drift)),
                    bytes: PACKET,
                    repair: false,
                });
                let fates: Vec<_> = fates.collect();
                let arrived = fates.iter().filter(|fate| fate.arrival.is_some()).count();
                self.received += arrived * PACKET;
                self.reports.push_back((now + link.delay, fates));
            }
        }
        while self.reports.front().is_some_and(|(at, _)| *at <= now) {
            let (_, fates) = self.reports.pop_front().expect("seen");
            self.estimator.on_report(now, &fates);
        }
    }
}

struct Run {
    epoch: Instant,
    now: Instant,
    link: Link,
    senders: Vec<Sender>,
}

impl Run {
    fn new(rate_bps: f64, most_bps: &[f64]) -> Self {
        let epoch = Instant::now();
        let senders = most_bps.iter().map(|most| Sender::new(*most, epoch)).collect();
        Self { epoch, now: epoch, link: Link::new(rate_bps, epoch), senders }
    }

    /// Goes on; what each received in bits a second, and the longest queue in milliseconds.
    fn go(&mut self, seconds: f64) -> (Vec<f64>, f64) {
        let end = self.now + Duration::from_secs_f64(seconds);
        let before: Vec<usize> = self.senders.iter().map(|sender| sender.received).collect();
        let mut queue = 0.0_f64;
        while self.now < end {
            self.now += STEP;
            for sender in &mut self.senders {
                sender.step(&mut self.link, self.epoch, self.now);
            }
            queue = queue.max(self.link.queue_ms(self.now));
        }
        let rate =
            |(sender, before): (&Sender, usize)| (sender.received - before) as f64 * 8.0 / seconds;
        (self.senders.iter().zip(before).map(rate).collect(), queue)
    }

    /// Seconds until the estimate is what `is` says; at most `most`.
    fn until(&mut self, most: f64, is: impl Fn(f64) -> bool) -> f64 {
        let start = self.now;
        while !is(self.senders[0].estimator.target_bps()) {
            self.go(0.05);
            let passed = (self.now - start).as_secs_f64();
            assert!(passed < most, "after {passed} s: {}", self.senders[0].estimator.target_bps());
        }
        (self.now - start).as_secs_f64()
    }
}

#[test]
fn a_free_link_is_used_for_all_that_is_made() {
    let mut run = Run::new(50e6, &[2.5e6]);
    run.go(3.0);
    let (rates, queue) = run.go(10.0);
    assert!(rates[0] > 0.95 * 2.5e6, "{rates:?}");
    assert!(queue < 10.0, "{queue}");
}

/// One who has sent little, as of a screen on which nothing happens, and then shows a page.
fn a_page_on(rate_bps: f64, jitter_ms: u64) -> Run {
    let mut run = Run::new(rate_bps, &[50e3]);
    run.link.jitter = Duration::from_millis(jitter_ms);
    run.go(3.0);
    // 2.4 Mbit.
    run.senders[0].waiting = 250;
    run
}

#[test]
fn a_wide_link_is_found_to_be_wide_by_a_page() {
    for jitter_ms in [0, 3] {
        let mut run = a_page_on(50e6, jitter_ms);
        let found = run.until(1.0, |target| target > 5e6);
        println!("{jitter_ms} ms: found after {found:.2} s");
    }
}

#[test]
fn a_narrow_link_is_not_taken_for_a_wide_one_because_a_page_left_fast() {
    for rate in [1.5e6, 3e6, 6e6] {
        for jitter_ms in [0, 10] {
            let mut run = a_page_on(rate, jitter_ms);
            let (mut highest, mut longest) = (0.0_f64, 0.0_f64);
            for _ in 0..40 {
                longest = longest.max(run.go(0.05).1);
                highest = highest.max(run.senders[0].estimator.target_bps());
            }
            println!("{rate}, {jitter_ms} ms: {highest}, {longest} ms");
            assert!(highest < 1.2 * rate, "{rate}, {jitter_ms} ms: {highest}");
            assert!(longest < 350.0, "{rate}, {jitter_ms} ms: {longest} ms");
        }
    }
}

#[test]
fn a_narrow_link_is_filled_and_its_queue_kept_short() {
    for rate in [0.4e6, 1e6, 3e6] {
        let mut run = Run::new(rate, &[8e6]);
        run.go(15.0);
        let (rates, queue) = run.go(30.0);
        println!("{rate}: {rates:?}, {queue} ms");
        assert!(rates[0] > 0.75 * rate, "{rate}: {rates:?}");
        assert!(queue < 200.0, "{rate}: {queue} ms");
    }
}

#[test]
fn random_loss_costs_nothing() {
    for loss in [0.01, 0.02, 0.04] {
        let mut run = Run::new(8e6, &[2.0e6]);
        run.link.loss = loss;
        run.go(3.0);
        let (rates, _) = run.go(20.0);
        assert!(rates[0] > 0.9 * (1.0 - loss) * 2.0e6, "{loss}: {rates:?}");
    }
}

#[test]
fn a_link_that_is_mostly_gone_and_comes_back_is_followed() {
    let mut run = Run::new(4e6, &[1.7e6]);
    run.go(10.0);
    run.link.rate_bps = 0.6e6;
    let adapted = run.until(3.0, |target| target < 0.6e6);
    run.go(4.0);
    let (rates, queue) = run.go(15.0);
    assert!(rates[0] > 0.7 * 0.6e6, "{rates:?}");
    assert!(queue < 150.0, "{queue} ms");
    run.link.rate_bps = 4e6;
    let back = run.until(15.0, |target| target > 0.8 * 1.7e6);
    println!("adapted in {adapted:.2} s, back in {back:.2} s");
}

#[test]
fn another_way_that_is_longer_is_not_taken_for_a_queue_for_long() {
    let mut run = Run::new(8e6, &[1.7e6]);
    run.go(10.0);
    run.link.delay += Duration::from_millis(60);
    run.go(3.0);
    let back = run.until(12.0, |target| target > 0.8 * 1.7e6);
    println!("noticed by itself: back after {:.1} s", 3.0 + back);
    let mut run = Run::new(8e6, &[1.7e6]);
    run.go(10.0);
    run.link.delay += Duration::from_millis(60);
    run.go(0.3);
    run.senders[0].estimator.route_changed();
    let back = run.until(8.0, |target| target > 0.8 * 1.7e6);
    println!("told of it: back after {back:.1} s");
}

#[test]
fn jitter_is_not_taken_for_a_queue() {
    let mut run = Run::new(8e6, &[1.7e6]);
    run.link.jitter = Duration::from_millis(30);
    run.go(3.0);
    let (rates, _) = run.go(20.0);
    assert!(rates[0] > 0.9 * 1.7e6, "{rates:?}");
}

#[test]
fn clocks_that_drift_are_not_taken_for_a_queue() {
    for drift in [200e-6, -200e-6] {
        let mut run = Run::new(8e6, &[1.7e6]);
        run.senders[0].drift = drift;
        run.go(3.0);
        let (rates, _) = run.go(60.0);
        assert!(rates[0] > 0.95 * 1.7e6, "{drift}: {rates:?}");
    }
}

#[test]
fn two_on_one_link_both_get_something() {
    let mut run = Run::new(3e6, &[8e6, 8e6]);
    run.go(20.0);
    let (rates, queue) = run.go(40.0);
    assert!(rates[0] + rates[1] > 0.75 * 3e6, "{rates:?}");
    assert!(rates.iter().all(|rate| *rate > 0.15 * 3e6), "{rates:?}");
    assert!(queue < 250.0, "{queue} ms");
}

#[test]
fn heavy_loss_is_a_full_path_even_without_a_queue() {
    let mut run = Run::new(50e6, &[8e6]);
    run.link.loss = 0.3;
    run.go(10.0);
    assert!(run.senders[0].estimator.target_bps() < 0.3e6);
}

#[test]
fn a_missing_report_is_no_loss() {
    let now = Instant::now();
    let mut estimator = Estimator::new();
    for report in 0..100_u64 {
        let fates: Vec<_> = (0..10)
            .map(|packet| {
                let at = Duration::from_millis(report * 100 + packet * 10);
                PacketFate {
                    departure: now + at,
                    // Every tenth report begins with the packets of one that never came.
                    arrival: (report % 10 != 0 || packet >= 7)
                        .then(|| at + Duration::from_millis(20)),
                    bytes: 1_200,
                    repair: false,
                }
            })
            .collect();
        estimator.on_report(now + Duration::from_millis(report * 100 + 120), &fates);
    }
    assert!(estimator.target_bps() > 0.9e6, "{}", estimator.target_bps());
}

fn fate() -> impl Strategy<Value = (u64, Option<u64>, usize, bool)> {
    (0..100_000_u64, proptest::option::of(0..u64::MAX / 1_000_000), 0..70_000_usize, any::<bool>())
}

proptest! {
    /// Reports are foreign bytes: whatever they claim, the estimate stays a number within bounds.
    #[test]
    fn any_report_leaves_an_estimate_within_bounds(
        reports in proptest::collection::vec((0..5_000_u64, proptest::collection::vec(fate(), 0..20)), 0..60),
    ) {
        let epoch = Instant::now();
        let mut now = epoch;
        let mut estimator = Estimator::new();
        for (step, fates) in reports {
            now += Duration::from_millis(step);
            let fates: Vec<_> = fates
                .into_iter()
                .map(|(departure, arrival, bytes, repair)| PacketFate {
                    departure: epoch + Duration::from_millis(departure),
                    arrival: arrival.map(Duration::from_micros),
                    bytes,
                    repair,
                })
                .collect();
            estimator.on_report(now, &fates);
            prop_assert!((LEAST_BPS..=MOST_BPS).contains(&estimator.target_bps()));
        }
    }
}
