//! The throttle on emulated links, beside a call that estimates its own share by the law it really uses.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::bitrate::estimator::{Estimator, PacketFate};

const MS: Duration = Duration::from_millis(1);
/// Bytes of a packet on the wire.
const PACKET: f64 = 1_200.0;
/// The bottleneck's buffer, as time: what a home router has.
const BUFFER_SECS: f64 = 0.3;

/// A way with one bottleneck, a call over it and bulk data.
struct Link {
    start: Instant,
    now: Duration,
    bytes_per_sec: f64,
    one_way: Duration,
    /// The delay of each packet varies by up to this.
    jitter: Duration,
    /// How much faster the far end's clock runs, as a share.
    drift: f64,
    /// Bytes in the bottleneck's buffer.
    buffered: f64,
    random: u64,
    throttle: Throttle,
    bulk_wanted: bool,
    bulk_credit_sent: u64,
    bulk_arrived: u64,
    bulk_on_the_way: VecDeque<(Duration, u64)>,
    probes: Vec<(Duration, Duration)>,
    echoes: Vec<(Duration, Duration, Duration, u64)>,
    call: Option<Call>,
    /// The queue in the bottleneck at each millisecond, in milliseconds.
    queued: Vec<f64>,
}

/// What the call sends: as much as its estimate allows, up to what its pictures take.
struct Call {
    estimator: Estimator,
    most_bps: f64,
    credit: f64,
    sent: VecDeque<PacketFate>,
    next_report: Duration,
    bytes: f64,
}

impl Link {
    fn new(mbit: f64, one_way_ms: u64) -> Self {
        let start = Instant::now();
        Self {
            start,
            now: Duration::ZERO,
            bytes_per_sec: mbit * 125_000.0,
            one_way: Duration::from_millis(one_way_ms),
            jitter: Duration::ZERO,
            drift: 0.0,
            buffered: 0.0,
            random: 1,
            throttle: Throttle::new(start),
            bulk_wanted: true,
            bulk_credit_sent: 0,
            bulk_arrived: 0,
            bulk_on_the_way: VecDeque::new(),
            probes: Vec::new(),
            echoes: Vec::new(),
            call: None,
            queued: Vec::new(),
        }
    }

    fn calls(&mut self, most_mbit: f64) {
        self.call = Some(Call {
            estimator: Estimator::new(),
            most_bps: most_mbit * 1e6,
            credit: 0.0,
            sent: VecDeque::new(),
            next_report: self.now,
            bytes: 0.0,
        });
    }

    fn at(&self) -> Instant {
        self.start + self.now
    }

    /// By the far end's clock, which began long before.
    fn theirs(&self, at: Duration) -> Duration {
        Duration::from_secs(1_000) + at.mul_f64(1.0 + self.drift)
    }

    fn jittered(&mut self) -> Duration {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        self.jitter.mul_f64((self.random >> 33) as f64 / f64::from(1_u32 << 31))
    }

    /// When a packet that enters the bottleneck now arrives; `None`: the buffer is full.
    fn enter(&mut self, bytes: f64) -> Option<Duration> {
        if self.buffered > BUFFER_SECS * self.bytes_per_sec {
            return None;
        }
        self.buffered += bytes;
        let queue = Duration::from_secs_f64(self.buffered / self.bytes_per_sec);
        Some(self.now + queue + self.one_way + self.jittered())
    }

    fn pass_ms(&mut self) {
        self.now += MS;
        self.buffered = (self.buffered - self.bytes_per_sec / 1_000.0).max(0.0);
        self.queued.push(self.buffered / self.bytes_per_sec * 1_000.0);
        self.pass_call();
        let now = self.at();
        self.throttle.tick(now);
        while self.bulk_wanted && self.throttle.next_send(now) <= now {
            self.throttle.sent(now, PACKET as usize);
            self.bulk_credit_sent += PACKET as u64;
            if let Some(at) = self.enter(PACKET) {
                self.bulk_on_the_way.push_back((at, PACKET as u64));
            }
        }
        if self.now.as_millis().is_multiple_of(PROBE_INTERVAL.as_millis())
            && let Some(Datagram::Probe { sent }) = self.throttle.poll_probe(now)
            && let Some(at) = self.enter(70.0)
        {
            self.probes.push((at, sent));
        }
        while self.bulk_on_the_way.front().is_some_and(|(at, _)| *at <= self.now) {
            self.bulk_arrived += self.bulk_on_the_way.pop_front().map_or(0, |(_, bytes)| bytes);
        }
        for (at, sent) in self.probes.extract_if(.., |(at, _)| *at <= self.now).collect::<Vec<_>>()
        {
            let back = self.now + self.one_way + self.jittered();
            self.echoes.push((back, sent, self.theirs(at), self.bulk_arrived));
        }
        let back = self.echoes.extract_if(.., |(at, ..)| *at <= self.now).collect::<Vec<_>>();
        for (_, sent, arrived, received) in back {
            self.throttle.on_echo(now, [sent, arrived], received, self.bulk_credit_sent);
        }
    }

    fn pass_call(&mut self) {
        let Some(mut call) = self.call.take() else { return };
        let rate = call.estimator.target_bps().min(call.most_bps) / 8.0;
        call.credit += rate / 1_000.0;
        while call.credit >= PACKET {
            call.credit -= PACKET;
            let arrival = self.enter(PACKET);
            if arrival.is_some() {
                call.bytes += PACKET;
            }
            let departure = self.at();
            let bytes = PACKET as usize;
            call.sent.push_back(PacketFate { departure, arrival, bytes, repair: false });
        }
        if self.now >= call.next_report {
            call.next_report = self.now + Duration::from_millis(50);
            let settled = self.now.saturating_sub(self.one_way);
            let known =
                call.sent.iter().take_while(|fate| fate.arrival.is_none_or(|at| at <= settled));
            let count = known.count();
            let fates: Vec<_> = call.sent.drain(..count).collect();
            call.estimator.on_report(self.at(), &fates);
        }
        self.call = Some(call);
    }

    /// Lets so many seconds pass, and gives what happened in them.
    fn pass(&mut self, secs: u64) -> Passed {
        let (bulk, began) = (self.bulk_arrived, self.queued.len());
        let call = self.call.as_ref().map_or(0.0, |call| call.bytes);
        for _ in 0..secs * 1_000 {
            self.pass_ms();
        }
        let mut queued = self.queued[began..].to_vec();
        queued.sort_by(f64::total_cmp);
        let mbit = |bytes: f64| bytes * 8.0 / 1e6 / secs as f64;
        Passed {
            bulk_mbit: mbit((self.bulk_arrived - bulk) as f64),
            call_mbit: mbit(self.call.as_ref().map_or(0.0, |call| call.bytes) - call),
            queue_median_ms: queued[queued.len() / 2],
            queue_p95_ms: queued[queued.len() * 95 / 100],
        }
    }
}

#[derive(Debug)]
struct Passed {
    bulk_mbit: f64,
    call_mbit: f64,
    queue_median_ms: f64,
    queue_p95_ms: f64,
}

#[test]
fn beside_a_call_the_queue_stays_short_and_the_rest_is_used() {
    for (mbit, call, bulk_first) in
        [(20.0, 4.0, true), (20.0, 4.0, false), (6.0, 2.5, true), (6.0, 2.5, false)]
    {
        let mut alone = Link::new(mbit, 20);
        alone.bulk_wanted = false;
        alone.calls(call);
        alone.pass(5);
        let alone = alone.pass(30);

        let mut link = Link::new(mbit, 20);
        if bulk_first {
            link.pass(30);
            let now = link.at();
            link.throttle.hush(now, Duration::from_millis(500));
            link.calls(call);
        } else {
            link.bulk_wanted = false;
            link.calls(call);
            link.pass(30);
            link.bulk_wanted = true;
        }
        let early = link.pass(5);
        let late = link.pass(30);
        println!(
            "{mbit} Mbit/s, bulk first: {bulk_first}: alone {alone:?}\n  first {early:?}\n  then {late:?}"
        );
        for passed in [&early, &late] {
            assert!(passed.queue_p95_ms <= 60.0, "{mbit} {bulk_first} {passed:?}");
            assert!(passed.queue_median_ms <= 20.0, "{mbit} {bulk_first} {passed:?}");
        }
        assert!(late.call_mbit >= 0.9 * alone.call_mbit, "{mbit} {bulk_first} {late:?} {alone:?}");
        assert!(late.bulk_mbit >= 0.7 * (mbit - alone.call_mbit), "{mbit} {bulk_first} {late:?}");
    }
}

#[test]
fn a_film_starts_soon() {
    let mut link = Link::new(50.0, 20);
    // The lanes stood before anything was to be sent.
    link.bulk_wanted = false;
    link.pass(1);
    link.bulk_wanted = true;
    link.pass(1);
    println!("{} bytes within a second", link.bulk_arrived);
    assert!(link.bulk_arrived > 1_500_000, "{}", link.bulk_arrived);
}

#[test]
fn a_slower_path_is_followed_down_and_up() {
    let mut link = Link::new(20.0, 20);
    link.pass(10);
    link.bytes_per_sec = 4.0 * 125_000.0;
    link.pass(2);
    let slow = link.pass(10);
    link.bytes_per_sec = 20.0 * 125_000.0;
    link.pass(4);
    let fast = link.pass(10);
    println!("{slow:?}\n{fast:?}");
    assert!(slow.queue_p95_ms <= 60.0 && slow.bulk_mbit >= 2.8, "{slow:?}");
    assert!(fast.queue_p95_ms <= 60.0 && fast.bulk_mbit >= 14.0, "{fast:?}");
}

#[test]
fn a_longer_path_is_not_taken_for_a_queue_for_good() {
    let mut link = Link::new(20.0, 10);
    link.pass(10);
    link.one_way = Duration::from_millis(60);
    link.pass(15);
    let passed = link.pass(10);
    println!("{passed:?}");
    assert!(passed.bulk_mbit >= 14.0, "{passed:?}");
}

#[test]
fn without_echoes_the_rate_falls_and_comes_back() {
    let mut link = Link::new(20.0, 20);
    link.pass(10);
    let before = link.throttle.rate(link.at());
    let (start, now) = (link.start, link.now);
    for ms in 0..3_000 {
        let at = start + now + MS * ms;
        link.throttle.sent(at, 100);
        link.throttle.tick(at);
    }
    let silent = link.throttle.rate(start + now + MS * 3_000);
    assert!(silent < before / 20.0, "{before} {silent}");
    link.now += MS * 3_000;
    link.pass(5);
    let passed = link.pass(5);
    assert!(passed.bulk_mbit >= 14.0, "{passed:?}");
}

#[test]
fn on_a_machine_whose_timers_are_late_a_queue_is_only_half_believed() {
    let rate_after = |late_ms: u32| {
        let start = Instant::now();
        let mut throttle = Throttle::new(start);
        let mut now = start;
        for i in 0..40 {
            now += PROBE_INTERVAL + MS * late_ms;
            throttle.sent(now, 1_000);
            let Some(Datagram::Probe { sent }) = throttle.poll_probe(now) else { panic!("busy") };
            // A queue of 100 ms after the first ten.
            let delay = MS * if i < 10 { 0 } else { 100 };
            throttle.on_echo(now + MS, [sent, sent + delay], 1_000 * i, u64::MAX);
        }
        throttle.rate(now)
    };
    assert!(rate_after(0) < FIRST_RATE / 4.0, "{}", rate_after(0));
    assert!(rate_after(20) > 2.0 * rate_after(0), "{} {}", rate_after(20), rate_after(0));
}

#[test]
fn a_hush_is_silence_and_then_all_goes_on() {
    let mut link = Link::new(20.0, 20);
    link.pass(10);
    let now = link.at();
    link.throttle.hush(now, Duration::from_secs(1));
    let before = link.bulk_credit_sent;
    (1..1_000).for_each(|_| link.pass_ms());
    assert_eq!(link.bulk_credit_sent, before);
    link.pass_ms();
    let rate = link.throttle.rate(link.at());
    assert!(rate > 1_000_000.0, "{rate}");
    let passed = link.pass(5);
    assert!(passed.bulk_mbit > 14.0, "{passed:?}");
}

#[test]
fn idle_probes_are_few_and_their_absence_slows_nothing() {
    let start = Instant::now();
    let mut throttle = Throttle::new(start);
    let probes = (0..10_000).filter(|ms| throttle.poll_probe(start + MS * *ms).is_some()).count();
    assert_eq!(probes, 50);
    throttle.tick(start + MS * 10_000);
    assert!((throttle.rate(start + MS * 10_000) - FIRST_RATE).abs() < 1.0);
}

#[test]
fn whoever_tells_of_more_than_was_sent_is_not_believed() {
    let start = Instant::now();
    let mut throttle = Throttle::new(start);
    for ms in (15..5_000).step_by(15) {
        let now = start + MS * ms;
        throttle.sent(now, 1_000);
        let sent = MS * (ms - 10);
        throttle.on_echo(now, [sent, sent], u64::MAX, u64::from(ms) * 66);
    }
    assert!(throttle.rate(start + MS * 5_000) <= FIRST_RATE * 1.01);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn on_any_link_the_queue_is_short_and_the_path_used(
        mbit in 3.0..100.0_f64,
        one_way_ms in 2_u64..80,
        jitter_ms in 0_u64..=20,
        drift_ppm in -100..=100_i32,
        seed: u64,
    ) {
        let mut link = Link::new(mbit, one_way_ms);
        link.jitter = Duration::from_millis(jitter_ms);
        link.drift = f64::from(drift_ppm) / 1e6;
        link.random = seed;
        link.pass(10);
        let passed = link.pass(100);
        prop_assert!(passed.queue_p95_ms <= 60.0, "{:?}", passed);
        prop_assert!(passed.bulk_mbit >= 0.7 * mbit, "{:?}", passed);
    }

    #[test]
    fn no_echo_can_upset_it(
        echoes in proptest::collection::vec((any::<u64>(), any::<u64>(), any::<u64>(), 0..1_000_u32), 0..200),
    ) {
        let start = Instant::now();
        let mut throttle = Throttle::new(start);
        let mut now = start;
        for (sent, arrived, received, later) in echoes {
            now += MS * later;
            let clock = throttle.clock(now).as_micros() as u64;
            let sent = Duration::from_micros(sent % (clock + 2));
            throttle.on_echo(now, [sent, Duration::from_micros(arrived)], received, u64::MAX);
            throttle.sent(now, 1_000);
            throttle.tick(now);
            let rate = throttle.rate(now);
            prop_assert!((LEAST_RATE..=MOST_RATE).contains(&rate));
            prop_assert!(throttle.next_send(now) <= now + Duration::from_secs(60));
            let _ = throttle.queue();
        }
    }

    #[test]
    fn datagrams_are_read_as_they_were_written(sent: u64, arrived: u64, received: u64) {
        let [sent, arrived] = [sent, arrived].map(Duration::from_micros);
        for datagram in [Datagram::Probe { sent }, Datagram::Echo { sent, arrived, received }] {
            let bytes = datagram.to_bytes();
            prop_assert!(bytes.len() <= MOST_DATAGRAM_BYTES);
            prop_assert_eq!(Datagram::read(&bytes), Some(datagram));
            prop_assert_eq!(Datagram::read(&bytes[1..]), None);
        }
    }

    #[test]
    fn other_bytes_are_no_datagram(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        if let Some(datagram) = Datagram::read(&bytes) {
            prop_assert_eq!(datagram.to_bytes(), bytes);
        }
    }
}
