//! Room time over simulated links: within its own error bound always, within 10 ms where both ways
//! take equally long, and out of a stranger's reach.

use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cinemasync_core::clock_sync::{ClockSync, RoomTime};
use cinemasync_protocol::ParticipantId;
use proptest::prelude::*;

/// A small generator, so that a failing case can be told by its seed.
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// One way of a link, in milliseconds.
#[derive(Debug, Clone, Copy)]
struct Way {
    base_ms: f64,
    jitter_ms: f64,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Datagram {
    at: std::cmp::Reverse<Duration>,
    to: usize,
    from: usize,
    bytes: Vec<u8>,
}

struct World {
    truth: Duration,
    start: Instant,
    /// Each one's clock runs faster by this share.
    drift: Vec<f64>,
    /// And began so much earlier.
    head_start: Vec<Duration>,
    clocks: Vec<ClockSync>,
    flying: BinaryHeap<Datagram>,
    there: Way,
    back: Way,
    loss: f64,
    dice: Dice,
}

fn id(index: usize) -> ParticipantId {
    ParticipantId::new(format!("p{index}"))
}

impl World {
    fn new(drift_ppm: &[f64], there: Way, back: Way, loss: f64, seed: u64) -> Self {
        let start = Instant::now();
        let count = drift_ppm.len();
        Self {
            truth: Duration::ZERO,
            start,
            drift: drift_ppm.iter().map(|ppm| ppm * 1e-6).collect(),
            head_start: (0..count).map(|index| Duration::from_secs(100 * index as u64)).collect(),
            clocks: (0..count).map(|_| ClockSync::new(start)).collect(),
            flying: BinaryHeap::new(),
            there,
            back,
            loss,
            dice: Dice(seed | 1),
        }
    }

    fn connect(&mut self, left: usize, right: usize) {
        let (one, other) = (self.local(left), self.local(right));
        self.clocks[left].add_peer(id(right), one);
        self.clocks[right].add_peer(id(left), other);
    }

    fn refer(&mut self, index: usize, reference: Option<usize>) {
        let now = self.local(index);
        self.clocks[index].set_reference(reference.map(id), now);
    }

    /// One's own clock at the true time.
    fn local(&self, index: usize) -> Instant {
        let passed = self.truth.as_secs_f64() * (1.0 + self.drift[index]);
        self.start + self.head_start[index] + Duration::from_secs_f64(passed)
    }

    fn truth_of(&self, index: usize, local: Instant) -> Duration {
        let passed = local.saturating_duration_since(self.start + self.head_start[index]);
        Duration::from_secs_f64(passed.as_secs_f64() / (1.0 + self.drift[index]))
    }

    fn room(&self, index: usize) -> RoomTime {
        self.clocks[index].room_time(self.local(index))
    }

    /// How far one is from the other, in milliseconds.
    fn apart_ms(&self, left: usize, right: usize) -> f64 {
        self.room(left).seconds_since(self.room(right)) * 1e3
    }

    fn post(&mut self) {
        for from in 0..self.clocks.len() {
            while let Some((to, bytes)) = self.clocks[from].poll_output() {
                assert!(bytes.len() <= 64);
                let to =
                    (0..self.clocks.len()).find(|index| id(*index) == to).expect("all are here");
                let way = if from < to { self.there } else { self.back };
                let delay = way.base_ms + way.jitter_ms * self.dice.unit();
                if self.dice.unit() >= self.loss {
                    let at = self.truth + Duration::from_secs_f64(delay / 1e3);
                    let at = std::cmp::Reverse(at);
                    self.flying.push(Datagram { at, to, from, bytes: bytes.to_vec() });
                }
            }
        }
    }

    fn run(&mut self, span: Duration) {
        let end = self.truth + span;
        loop {
            self.post();
            let timer = (0..self.clocks.len())
                .filter_map(|index| {
                    let at = self.clocks[index].next_timeout()?;
                    Some((self.truth_of(index, at) + Duration::from_micros(1), index))
                })
                .min();
            let arrival = self.flying.peek().map(|datagram| datagram.at.0);
            match (timer, arrival) {
                (_, Some(at)) if at <= end && timer.is_none_or(|(timer, _)| at <= timer) => {
                    self.truth = self.truth.max(at);
                    let datagram = self.flying.pop().expect("it is due");
                    let now = self.local(datagram.to);
                    let from = id(datagram.from);
                    self.clocks[datagram.to].datagram(&from, &datagram.bytes, now, now);
                }
                (Some((at, index)), _) if at <= end => {
                    self.truth = self.truth.max(at);
                    let now = self.local(index);
                    self.clocks[index].handle_timeout(now);
                }
                _ => {
                    self.truth = end;
                    return;
                }
            }
        }
    }

    fn assert_bound(&self, index: usize, reference: usize) {
        if let Some(bound) = self.clocks[index].error_bound() {
            let apart = self.apart_ms(index, reference).abs();
            let bound = bound.as_secs_f64() * 1e3;
            assert!(
                apart <= bound + 0.1,
                "{apart} ms apart, {bound} ms claimed at {:?}",
                self.truth
            );
        }
    }
}

const LAN: Way = Way { base_ms: 0.2, jitter_ms: 0.1 };

#[test]
fn one_alone_is_settled_and_exact() {
    let clock = ClockSync::new(Instant::now());
    assert!(clock.is_settled());
    assert_eq!(clock.error_bound(), Some(Duration::ZERO));
}

#[test]
fn a_newcomer_is_settled_within_half_a_second() {
    let way = Way { base_ms: 20.0, jitter_ms: 40.0 };
    for seed in 1..40 {
        let mut world = World::new(&[0.0, 0.0], way, way, 0.05, seed * 7919);
        world.connect(0, 1);
        world.refer(1, Some(0));
        assert!(!world.clocks[1].is_settled());
        assert_eq!(world.clocks[1].error_bound(), None);
        world.run(Duration::from_millis(500));
        assert!(world.clocks[1].is_settled(), "seed {seed}");
        world.assert_bound(1, 0);
    }
}

#[test]
fn on_a_quiet_network_clocks_agree_to_a_fraction_of_a_millisecond() {
    let mut world = World::new(&[100.0, -100.0], LAN, LAN, 0.0, 5);
    world.connect(0, 1);
    world.refer(1, Some(0));
    world.run(Duration::from_secs(10));
    for _ in 0..200 {
        world.run(Duration::from_secs(1));
        world.assert_bound(1, 0);
        assert!(world.apart_ms(1, 0).abs() < 2.0, "{}", world.apart_ms(1, 0));
    }
    assert!(world.apart_ms(1, 0).abs() < 0.3, "{}", world.apart_ms(1, 0));
    let peer = world.clocks[1].peer(&id(0)).unwrap();
    assert!(peer.offset_ms.abs() < 0.5 && peer.rtt_ms < 1.0, "{peer:?}");
}

#[test]
fn the_next_reference_takes_over_without_a_jump() {
    let way = Way { base_ms: 20.0, jitter_ms: 20.0 };
    let mut world = World::new(&[50.0, -30.0, 90.0], way, way, 0.0, 77);
    for (left, right) in [(0, 1), (0, 2), (1, 2)] {
        world.connect(left, right);
    }
    world.refer(1, Some(0));
    world.refer(2, Some(0));
    world.run(Duration::from_secs(120));
    let before = [1, 2].map(|index| world.room(index));
    world.clocks[1].remove_peer(&id(0));
    world.clocks[2].remove_peer(&id(0));
    world.refer(1, None);
    world.refer(2, Some(1));
    let after = [1, 2].map(|index| world.room(index));
    assert_eq!(before, after);
    assert!(world.clocks[1].is_settled() && world.clocks[2].is_settled());
    for _ in 0..60 {
        world.run(Duration::from_secs(1));
        world.assert_bound(2, 1);
        assert!(world.apart_ms(2, 1).abs() < 10.0);
    }
    // Without its reference it ran on with what it had learned: less than 50 ppm beside it.
    let drifted = world.room(1).seconds_since(before[0]) - 60.0;
    assert!((drifted - 60.0 * 50e-6).abs() < 60.0 * 50e-6, "{drifted}");
}

#[test]
fn a_datagram_that_comes_twice_or_from_nowhere_changes_nothing() {
    let now = Instant::now();
    let mut clock = ClockSync::new(now);
    clock.add_peer(id(0), now);
    clock.set_reference(Some(id(0)), now);
    let before = clock.room_time(now);
    let mut reply = vec![0_u8; 36];
    reply[0] = 1;
    reply[1] = 2;
    reply[2] = 1;
    reply[16..24].copy_from_slice(&i64::MAX.to_be_bytes());
    for _ in 0..100 {
        clock.datagram(&id(0), &reply, now, now);
        clock.datagram(&id(9), &reply, now, now);
    }
    assert_eq!(clock.room_time(now), before);
    assert!(!clock.is_settled());
}

#[test]
fn requests_are_answered_within_bounds() {
    let now = Instant::now();
    let mut clock = ClockSync::new(now);
    let mut request = vec![0_u8; 16];
    request[0] = 1;
    request[1] = 1;
    for _ in 0..100_000 {
        clock.datagram(&id(3), &request, now, now);
    }
    assert!(std::iter::from_fn(|| clock.poll_output()).count() <= 256);
}

#[test]
fn any_room_time_has_an_instant() {
    let now = Instant::now();
    let clock = ClockSync::new(now);
    for time in [i64::MIN, -1, 0, 1, i64::MAX] {
        let _ = clock.instant_of(RoomTime(time));
    }
    let there = clock.instant_of(RoomTime(1_500_000));
    assert!(there.duration_since(now + Duration::from_millis(1500)) < Duration::from_micros(2));
    assert_eq!(RoomTime(i64::MAX).plus_secs(f64::INFINITY), RoomTime(i64::MAX));
    assert_eq!(RoomTime(5).plus_secs(f64::NAN), RoomTime(5));
}

/// The datagrams that a stranger makes of our own request.
fn forge(request: &Bytes, received: i64, answered: i64, generation: u32) -> Vec<u8> {
    let mut reply = vec![1, 2, 1, 0];
    reply.extend_from_slice(&request[4..16]);
    reply.extend_from_slice(&received.to_be_bytes());
    reply.extend_from_slice(&answered.to_be_bytes());
    reply.extend_from_slice(&generation.to_be_bytes());
    reply
}

#[test]
fn a_settled_clock_jumps_only_when_several_replies_bear_it_out() {
    for generation in [1, 2] {
        let start = Instant::now();
        let mut clock = ClockSync::new(start);
        clock.add_peer(id(0), start);
        clock.set_reference(Some(id(0)), start);
        let mut jumped_after = None;
        for probe in 0..20_u64 {
            let now = clock.next_timeout().unwrap();
            clock.handle_timeout(now);
            let (_, request) = clock.poll_output().unwrap();
            let later = now + Duration::from_millis(2);
            let lies = probe >= 10;
            let time = (later - start).as_micros() as i64 + if lies { 3_600_000_000 } else { 0 };
            let generation = if lies { generation } else { 1 };
            clock.datagram(
                &id(0),
                &forge(&request, time - 1_000, time - 1_000, generation),
                later,
                later,
            );
            let off =
                clock.room_time(later).seconds_since(RoomTime(0)) - (later - start).as_secs_f64();
            if off > 1.0 && jumped_after.is_none() {
                jumped_after = Some(probe - 9);
            }
        }
        assert!(jumped_after.is_some_and(|lies| lies >= 3), "after {jumped_after:?} replies");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn room_time_is_within_ten_milliseconds_on_a_jittery_link(
        drifts in [-100.0..100.0_f64, -100.0..100.0_f64], loss in 0.0..0.1_f64, seed in any::<u64>(),
    ) {
        let way = Way { base_ms: 20.0, jitter_ms: 40.0 };
        let mut world = World::new(&drifts, way, way, loss, seed);
        world.connect(0, 1);
        world.refer(1, Some(0));
        world.run(Duration::from_secs(15));
        for _ in 0..150 {
            world.run(Duration::from_secs(1));
            world.assert_bound(1, 0);
            prop_assert!(world.apart_ms(1, 0).abs() <= 10.0, "{} ms at {:?}", world.apart_ms(1, 0), world.truth);
        }
    }

    #[test]
    fn the_error_bound_holds_on_any_link(
        drifts in [-100.0..100.0_f64, -100.0..100.0_f64], loss in 0.0..0.5_f64, seed in any::<u64>(),
        bases in [0.1..150.0_f64, 0.1..150.0_f64], jitters in [0.0..200.0_f64, 0.0..200.0_f64],
    ) {
        let there = Way { base_ms: bases[0], jitter_ms: jitters[0] };
        let back = Way { base_ms: bases[1], jitter_ms: jitters[1] };
        let mut world = World::new(&drifts, there, back, loss, seed);
        world.connect(0, 1);
        world.refer(1, Some(0));
        let mut last = None;
        for _ in 0..400 {
            world.run(Duration::from_millis(250));
            world.assert_bound(1, 0);
            if world.clocks[1].is_settled() {
                let now = world.room(1);
                prop_assert!(last.is_none_or(|last| now > last), "room time ran backwards");
                last = Some(now);
            }
        }
        prop_assert!(last.is_some());
    }

    #[test]
    fn whatever_a_hostile_reference_says_room_time_stays_within_a_century(
        lies in prop::collection::vec((any::<i64>(), any::<i64>(), any::<u32>()), 1..200),
    ) {
        let start = Instant::now();
        let mut clock = ClockSync::new(start);
        clock.add_peer(id(0), start);
        clock.set_reference(Some(id(0)), start);
        let mut now = start;
        for (received, answered, generation) in lies {
            now = clock.next_timeout().unwrap().max(now);
            clock.handle_timeout(now);
            while let Some((_, request)) = clock.poll_output() {
                let later = now + Duration::from_millis(3);
                clock.datagram(&id(0), &forge(&request, received, answered, generation), later, later);
                clock.datagram(&id(0), &forge(&request, received, answered, generation), later, later);
                clock.datagram(&id(0), &forge(&request, received, received, generation), later, later);
            }
            let room = clock.room_time(now).0;
            prop_assert!(room.unsigned_abs() <= 3_200_000_000_000_000);
            let _ = (clock.error_bound(), clock.peer(&id(0)), clock.longest_round_trip());
            let _ = clock.instant_of(RoomTime(received));
        }
    }

    #[test]
    fn bytes_of_any_kind_never_panic(datagrams in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..50)) {
        let now = Instant::now();
        let mut clock = ClockSync::new(now);
        clock.add_peer(id(0), now);
        for bytes in datagrams {
            clock.datagram(&id(0), &bytes, now, now);
        }
    }
}
