//! The jitter buffer under named networks, against a naive model, and against nonsense.

use proptest::prelude::*;

use super::*;

const FRAME: u32 = 960;

/// An Opus packet of 20 ms whose bytes tell its number.
fn payload(number: u32) -> Bytes {
    let mut bytes = vec![1 << 3];
    bytes.extend(number.to_be_bytes());
    Bytes::from(bytes)
}

fn number(payload: &Bytes) -> u32 {
    u32::from_be_bytes(payload[1..5].try_into().expect("made by payload()"))
}

fn packet(number: u32, arrived: Instant) -> RtpPacket {
    RtpPacket {
        sequence: (number as u16).wrapping_add(65_500),
        timestamp: number.wrapping_mul(FRAME).wrapping_add(u32::MAX - 10 * FRAME),
        marker: false,
        payload: payload(number),
        arrived,
    }
}

fn ms(ms: f64) -> Duration {
    Duration::from_secs_f64(ms / 1000.0)
}

/// A small generator, so that networks are the same in every run.
struct Chance(u64);

impl Chance {
    /// Uniform in 0..1.
    fn next(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1u32 << 31)
    }
}

#[derive(Default)]
struct Outcome {
    played: Vec<u32>,
    merged: usize,
    concealed: usize,
    recovered: usize,
    silent: usize,
    /// Time from arrival on the fastest path to playing, at the end.
    delay_ms: f64,
    stats: JitterStats,
}

/// Sends `count` packets (and some that come after the end) whose transit time (or loss) `transit` tells, on a sender's clock running
/// `skew` times as fast as ours, and pulls every 20 ms.
fn simulate(
    count: u32,
    skew: f64,
    quiet: impl Fn(u32) -> bool,
    mut transit: impl FnMut(u32) -> Option<f64>,
) -> Outcome {
    let start = Instant::now();
    let mut arrivals: Vec<(f64, u32)> = (0..count + 40)
        .filter_map(|n| transit(n).map(|delay| (f64::from(n) * 20.0 / skew + delay, n)))
        .collect();
    arrivals.sort_by(|a, b| a.partial_cmp(b).expect("no NaN"));
    let mut arrivals = arrivals.into_iter().peekable();
    let mut buffer = JitterBuffer::new();
    let mut outcome = Outcome::default();
    for tick in 0..count {
        let time = f64::from(tick) * 20.0;
        while let Some((at, n)) = arrivals.next_if(|(at, _)| *at <= time) {
            buffer.insert(packet(n, start + ms(at)));
        }
        match buffer.pull(start + ms(time), quiet(tick)) {
            Pull::Play(payload) => {
                outcome.played.push(number(&payload));
                outcome.delay_ms = time - f64::from(number(&payload)) * 20.0 / skew;
            }
            Pull::Merge(a, b) => {
                outcome.played.extend([number(&a), number(&b)]);
                outcome.merged += 1;
            }
            Pull::Fec { .. } => outcome.recovered += 1,
            Pull::Conceal { .. } => outcome.concealed += 1,
            Pull::Silence { .. } | Pull::Rest { .. } => outcome.silent += 1,
        }
    }
    outcome.stats = buffer.stats();
    outcome
}

fn is_ascending(numbers: &[u32]) -> bool {
    numbers.windows(2).all(|pair| pair[0] < pair[1])
}

#[test]
fn a_perfect_network_is_played_whole_with_a_small_delay() {
    let outcome = simulate(500, 1.0, |_| false, |_| Some(5.0));
    assert!(is_ascending(&outcome.played));
    assert!(outcome.played.len() >= 495, "{}", outcome.played.len());
    assert_eq!(outcome.concealed, 0);
    assert!(outcome.delay_ms <= 65.0, "{}", outcome.delay_ms);
}

#[test]
fn sequence_numbers_and_timestamps_wrap_unheard() {
    // packet() starts shortly before both wrap.
    let outcome = simulate(200, 1.0, |_| false, |_| Some(0.0));
    assert_eq!(outcome.concealed + outcome.recovered, 0);
    assert_eq!(outcome.stats.late, 0);
}

#[test]
fn jitter_is_waited_for_and_measured() {
    let mut chance = Chance(7);
    let outcome = simulate(3000, 1.0, |_| false, |_| Some(20.0 + 60.0 * chance.next()));
    assert!(is_ascending(&outcome.played));
    let share = (outcome.concealed + outcome.recovered) as f64 / 3000.0;
    assert!(share < 0.02, "{share}");
    assert!((50.0..=100.0).contains(&outcome.stats.target_ms), "{}", outcome.stats.target_ms);
    // Mean difference of two uniform delays is a third of their range.
    assert!((15.0..=25.0).contains(&outcome.stats.jitter_ms), "{}", outcome.stats.jitter_ms);
}

#[test]
fn single_losses_are_recovered_from_the_next_packet() {
    let outcome = simulate(1000, 1.0, |_| false, |n| (n % 20 != 10).then_some(10.0));
    assert!(outcome.recovered >= 48, "{}", outcome.recovered);
    assert_eq!(outcome.concealed, 0);
}

#[test]
fn a_run_of_losses_is_concealed_but_for_its_last() {
    let outcome = simulate(500, 1.0, |_| false, |n| (!(200..203).contains(&n)).then_some(10.0));
    assert_eq!(outcome.recovered + outcome.concealed, 3);
    assert_eq!(outcome.recovered, 1);
}

#[test]
fn a_burst_after_a_standstill_is_played_and_its_delay_given_up_again() {
    // For 80 ms nothing comes, then everything at once.
    let outcome = simulate(
        1500,
        1.0,
        |tick| tick % 10 == 0,
        |n| Some(if (500..504).contains(&n) { 10.0 + f64::from(504 - n) * 20.0 } else { 10.0 }),
    );
    assert!(is_ascending(&outcome.played));
    assert_eq!(outcome.stats.late, 0, "stretching keeps what comes late");
    assert!(outcome.delay_ms < 80.0, "{}", outcome.delay_ms);
}

#[test]
fn a_lasting_rise_of_the_delay_is_taken_for_the_new_path() {
    let mut chance = Chance(3);
    let outcome = simulate(
        1500,
        1.0,
        |tick| tick % 10 == 0,
        |n| Some(if n < 500 { 10.0 } else { 410.0 } + 15.0 * chance.next()),
    );
    assert!(is_ascending(&outcome.played));
    // 400 ms of nothing, and a while without a cushion until the path is known.
    let troubled = outcome.concealed + outcome.recovered;
    assert!(troubled < 60, "{troubled}");
    assert!(outcome.stats.late + outcome.stats.skipped < 60, "{:?}", outcome.stats);
    assert!((0.0..=120.0).contains(&outcome.stats.delay_ms), "{:?}", outcome.stats);
}

#[test]
fn a_fast_sender_clock_leaves_no_lasting_delay() {
    let outcome = simulate(30_000, 1.0005, |tick| tick % 50 == 0, |_| Some(10.0));
    assert!(outcome.merged >= 10, "{}", outcome.merged);
    assert!(outcome.delay_ms < 120.0, "{}", outcome.delay_ms);
    assert_eq!(outcome.concealed, 0);
}

#[test]
fn a_fast_sender_clock_is_followed_even_if_it_is_never_quiet() {
    let outcome = simulate(30_000, 1.0005, |_| false, |_| Some(10.0));
    assert!(outcome.merged >= 10, "{}", outcome.merged);
    assert!(outcome.delay_ms < 120.0, "{}", outcome.delay_ms);
}

#[test]
fn a_slow_sender_clock_is_followed_in_its_pauses() {
    let outcome = simulate(30_000, 0.9995, |tick| tick % 50 == 0, |_| Some(10.0));
    assert!(is_ascending(&outcome.played));
    assert_eq!(outcome.stats.concealed_samples, 0, "the pauses are enough");
    assert_eq!(outcome.stats.late, 0);
}

/// Sound cards differ by up to 200 ppm; twenty minutes of talk with pauses over a usual network.
#[test]
fn sound_cards_that_differ_are_followed_in_silence_alone() {
    for skew in [0.9998, 1.0002] {
        let mut chance = Chance(11);
        let quiet = |tick| tick % 150 < 15;
        let transit = |_| Some(20.0 + 8.0 * chance.next());
        let outcome = simulate(60_000, skew, quiet, transit);
        assert!(is_ascending(&outcome.played));
        let spoken = (outcome.concealed + outcome.recovered) as u64;
        assert!(outcome.stats.concealed_samples == 0, "{skew}: {:?}", outcome.stats);
        assert!(spoken <= 30, "{skew}: {spoken} stretched");
        assert!(outcome.merged <= 30, "{skew}: {} merged", outcome.merged);
        assert!((0.0..=80.0).contains(&outcome.stats.delay_ms), "{skew}: {:?}", outcome.stats);
    }
}

/// 2 % random loss and a round trip of 40 ms, with a little jitter, for ten minutes.
#[test]
fn random_losses_are_nearly_all_recovered() {
    let (mut losses, mut delays) = (Chance(5), Chance(23));
    let mut lost = 0;
    let outcome = simulate(
        30_000,
        1.0,
        |tick| tick % 100 < 20,
        |_| {
            let is_lost = losses.next() < 0.02;
            lost += u32::from(is_lost);
            (!is_lost).then(|| 20.0 + 6.0 * delays.next())
        },
    );
    let stats = outcome.stats;
    let concealed = 100.0 * stats.concealed_samples as f64 / stats.played_samples as f64;
    println!("{lost} lost, {concealed:.3} % concealed");
    assert!(lost > 500 && concealed <= 0.1, "{concealed} %");
}

/// A voice that rests: packets of speech, two heads, then nothing for `pause_ms`, ten times over.
fn simulate_rests(pause_ms: u32, lose_heads: bool) -> (Vec<Pull>, JitterStats) {
    let start = Instant::now();
    let mut buffer = JitterBuffer::new();
    let (mut arrivals, mut at, mut sequence) = (Vec::new(), 0, 0u16);
    for _ in 0..10 {
        for number in 0..52u32 {
            let head = number >= 50;
            let payload = if head { Bytes::from_static(&[1 << 3]) } else { payload(number) };
            let arrived = start + ms(f64::from(at) + 10.0);
            let timestamp = at * SAMPLES_A_MS;
            if !(head && lose_heads) {
                arrivals.push(RtpPacket { sequence, timestamp, marker: false, payload, arrived });
            }
            sequence += 1;
            at += 20;
        }
        at += pause_ms;
    }
    let mut arrivals = arrivals.into_iter().peekable();
    let mut pulls = Vec::new();
    let mut now = 0.0;
    while now < f64::from(at) {
        while let Some(packet) = arrivals.next_if(|packet| packet.arrived <= start + ms(now)) {
            buffer.insert(packet);
        }
        let pull = buffer.pull(start + ms(now), false);
        now += match &pull {
            Pull::Silence { samples } | Pull::Rest { samples } | Pull::Conceal { samples } => {
                f64::from(*samples) / 48.0
            }
            _ => 20.0,
        };
        pulls.push(pull);
    }
    (pulls, buffer.stats())
}

#[test]
fn a_sender_that_rests_is_not_missed() {
    for pause_ms in [100, 380, 2_000, 30_000] {
        let (pulls, stats) = simulate_rests(pause_ms, false);
        assert_eq!(stats.concealed_samples + stats.recovered_samples, 0, "{pause_ms}: {stats:?}");
        assert_eq!(stats.late + stats.skipped, 0, "{pause_ms}: {stats:?}");
        let played = pulls.iter().filter(|pull| matches!(pull, Pull::Play(_))).count();
        assert!(played >= 9 * 52, "{pause_ms}: {played}");
        let spoken = pulls.iter().skip_while(|pull| !matches!(pull, Pull::Play(_)));
        let silent = spoken.filter(|pull| matches!(pull, Pull::Silence { .. })).count();
        assert_eq!(silent, 0, "{pause_ms}: the room's noise goes on");
    }
}

#[test]
fn a_rest_that_nobody_told_of_is_concealed_for_a_moment() {
    let (_, stats) = simulate_rests(2_000, true);
    let most = 10 * (LONGEST_CONCEALMENT as u64 + u64::from(FRAME));
    assert!((1..=most).contains(&stats.concealed_samples), "{stats:?}");
}

#[test]
fn a_pause_of_the_sender_is_silence_and_not_loss() {
    let start = Instant::now();
    let mut buffer = JitterBuffer::new();
    // Timestamps go on through the pause, sequence numbers do not (RFC 3551 §4.1).
    let mut late = packet(11, start + ms(100.0));
    late.timestamp = packet(15, start).timestamp;
    for n in 0..=10 {
        buffer.insert(packet(n, start));
    }
    buffer.insert(late);
    let mut pulls = Vec::new();
    for tick in 0..12 {
        pulls.push(buffer.pull(start + ms(f64::from(tick) * 20.0), false));
    }
    assert!(pulls.contains(&Pull::Silence { samples: FRAME }));
    assert_eq!(buffer.stats().concealed_samples, 0);
}

#[test]
fn a_jump_of_the_timestamps_starts_anew() {
    let start = Instant::now();
    let mut buffer = JitterBuffer::new();
    for n in 0..5 {
        buffer.insert(packet(n, start + ms(f64::from(n) * 20.0)));
    }
    buffer.pull(start + ms(100.0), false);
    for n in 0..5 {
        buffer.insert(packet(1_000_000 + n, start + ms(100.0 + f64::from(n) * 20.0)));
    }
    let played = buffer.pull(start + ms(200.0), false);
    let Pull::Play(payload) = played else { panic!("{played:?}") };
    assert!(number(&payload) >= 1_000_000);
}

/// A sound that belongs to pictures, loud all the time.
#[test]
fn a_sound_that_is_to_come_later_does_so_soon_and_comes_back() {
    let start = Instant::now();
    let mut buffer = JitterBuffer::new();
    let mut position = Vec::new();
    for tick in 0..3_000u32 {
        let now = start + ms(f64::from(tick) * 20.0);
        buffer.insert(packet(tick, now));
        match tick {
            100 => buffer.set_extra_delay(ms(300.0)),
            1_000 => buffer.set_extra_delay(ms(0.0)),
            _ => {}
        }
        buffer.pull(now, false);
        let told = buffer.position().map(|end| end.wrapping_sub(packet(0, now).timestamp));
        position.push(told.map(|end| f64::from(tick * FRAME + FRAME) - f64::from(end)));
    }
    let late_ms = |tick: usize| position[tick].expect("plays") / 48.0;
    let usual = late_ms(99);
    assert!((late_ms(99 + 50 * 4) - usual - 300.0).abs() <= 40.0, "{}", late_ms(99 + 50 * 4));
    assert!((late_ms(2_999) - usual).abs() <= 40.0, "{}", late_ms(2_999));
}

#[test]
fn duplicates_and_late_packets_are_not_played_twice() {
    let start = Instant::now();
    let mut buffer = JitterBuffer::new();
    let mut played = Vec::new();
    for n in 0..50 {
        let now = start + ms(f64::from(n) * 20.0);
        buffer.insert(packet(n, now));
        buffer.insert(packet(n, now));
        if n >= 10 {
            buffer.insert(packet(n - 10, now));
        }
        if let Pull::Play(payload) = buffer.pull(now, false) {
            played.push(number(&payload));
        }
    }
    assert!(is_ascending(&played));
    assert!(buffer.stats().late >= 40);
    assert!(buffer.stats().duplicates >= 40);
}

#[test]
fn a_duplicate_after_the_voice_fell_silent_is_not_played_again() {
    let start = Instant::now();
    let mut buffer = JitterBuffer::new();
    buffer.insert(packet(0, start));
    for tick in 0..30 {
        buffer.pull(start + ms(f64::from(tick) * 20.0), false);
    }
    buffer.insert(packet(0, start + ms(600.0)));
    assert_eq!(buffer.pull(start + ms(700.0), false), NOT_YET);
}

#[test]
fn a_stalled_reader_finds_the_present_and_not_the_past() {
    let start = Instant::now();
    let mut buffer = JitterBuffer::new();
    for n in 0..500 {
        let now = start + ms(f64::from(n) * 20.0);
        buffer.insert(packet(n, now));
        if n < 100 {
            buffer.pull(now, false);
        }
    }
    assert!(buffer.packets.len() <= MAX_PACKETS);
    let mut last = 0;
    for tick in 500..520 {
        let now = start + ms(f64::from(tick) * 20.0);
        buffer.insert(packet(tick, now));
        if let Pull::Play(payload) = buffer.pull(now, false) {
            last = number(&payload);
        }
    }
    assert!(last >= 510, "{last}");
}

#[test]
fn packets_of_other_durations_are_played_back_to_back() {
    let start = Instant::now();
    let mut buffer = JitterBuffer::new();
    let mut played = 0;
    for n in 0..10u16 {
        let now = start + ms(f64::from(n) * 60.0);
        buffer.insert(RtpPacket {
            sequence: n,
            timestamp: u32::from(n) * 2880,
            marker: false,
            payload: Bytes::from(vec![3 << 3, n as u8]),
            arrived: now,
        });
        if matches!(buffer.pull(now + ms(50.0), false), Pull::Play(_)) {
            played += 1;
        }
    }
    assert_eq!(played, 10);
    assert_eq!(buffer.stats().concealed_samples, 0);
}

proptest! {
    /// Whatever comes in whatever order: bounded, nothing twice, nothing out of order.
    #[test]
    fn nonsense_is_bounded_and_ordered(
        steps in prop::collection::vec(
            (any::<u16>(), any::<u32>(), prop::collection::vec(any::<u8>(), 0..8), 0u64..50, any::<bool>()),
            0..300,
        )
    ) {
        let mut now = Instant::now();
        let mut buffer = JitterBuffer::new();
        for (sequence, timestamp, payload, wait, quiet) in steps {
            now += Duration::from_millis(wait);
            buffer.insert(RtpPacket {
                sequence,
                timestamp,
                marker: quiet,
                payload: Bytes::from(payload),
                arrived: now,
            });
            prop_assert!(buffer.packets.len() <= MAX_PACKETS);
            prop_assert!(buffer.bytes <= MAX_BYTES);
            let held: usize = buffer.packets.values().map(|stored| stored.payload.len()).sum();
            prop_assert_eq!(held, buffer.bytes);
            buffer.pull(now, quiet);
        }
        prop_assert!(buffer.stats().concealed_samples <= buffer.stats().played_samples);
    }

    /// The naive model: with an endless buffer every packet that came would be played once, in
    /// order. Ours plays the same numbers, but for those that it counts as late or skipped.
    #[test]
    fn what_is_played_is_what_a_sorted_list_would_play(
        seed in any::<u64>(),
        loss in 0.0f64..0.3,
        jitter in 0.0f64..150.0,
    ) {
        let mut chance = Chance(seed);
        let mut sent = Vec::new();
        let outcome = simulate(400, 1.0, |tick| tick % 7 == 0, |n| {
            let lost = chance.next() < loss;
            let delay = jitter * chance.next();
            if !lost {
                sent.push(n);
            }
            (!lost).then_some(delay)
        });
        prop_assert!(is_ascending(&outcome.played));
        prop_assert!(outcome.played.iter().all(|n| sent.binary_search(n).is_ok()));
        // At the end some are on the way or wait in the buffer: at most the delay's worth.
        let waiting = 40 + 20;
        let missing = sent.len() - outcome.played.len();
        let accounted = (outcome.stats.late + outcome.stats.skipped) as usize + waiting;
        prop_assert!(missing <= accounted, "{} > {}", missing, accounted);
    }
}
