//! How much one connection may say: a budget of messages and one of bytes, and an end to patience
//! with whoever goes on without any left. Time is an argument.

use std::time::Duration;

/// A call of 16 sends an offer and some thirty candidates to each of 15 others when its last one
/// comes: under 500 messages, which is half of this. What follows is a few a second.
const MESSAGES: Rate = Rate { burst: 1_000, per_second: 100 };
/// Fifteen descriptions of the longest kind are 480 KiB.
const BYTES: Rate = Rate { burst: 4 * 1024 * 1024, per_second: 256 * 1024 };
/// What comes over the stream, framing included: far more than the messages that are taken, and those
/// that are refused with patience, can be. Only fragments and the like come near it.
const STREAM: Rate = Rate { burst: 16 * 1024 * 1024, per_second: 512 * 1024 };
/// Refusals before the connection is closed; an app that heeds `retry_after_ms` sees one or two.
const REFUSALS: Rate = Rate { burst: 100, per_second: 1 };

/// So many at once, so many a second in the long run.
#[derive(Debug, Clone, Copy)]
struct Rate {
    burst: u64,
    per_second: u64,
}

/// What to do with what was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Take it.
    Pass,
    /// Refuse it.
    Refuse {
        /// When there is room for it again.
        retry_after_ms: u64,
    },
    /// Close the connection.
    Flood,
}

/// The budgets of one connection.
#[derive(Debug)]
pub struct Pace {
    messages: Bucket,
    bytes: Bucket,
    refusals: Bucket,
}

impl Pace {
    /// Full budgets, at time zero.
    pub fn new() -> Self {
        Self {
            messages: Bucket::full(MESSAGES),
            bytes: Bucket::full(BYTES),
            refusals: Bucket::full(REFUSALS),
        }
    }

    /// Something of `bytes` came in at `now`, which counts from [`Pace::new`]. What is refused costs
    /// nothing but patience.
    pub fn heard(&mut self, bytes: usize, now: Duration) -> Verdict {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let wait = self.messages.wait(1, now).max(self.bytes.wait(bytes, now));
        if wait.is_zero() {
            self.messages.take(1);
            self.bytes.take(bytes);
            return Verdict::Pass;
        }
        if !self.refusals.wait(1, now).is_zero() {
            return Verdict::Flood;
        }
        self.refusals.take(1);
        let retry_after_ms = u64::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
        Verdict::Refuse { retry_after_ms }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::new()
    }
}

/// The budget of the stream under a connection's messages.
#[derive(Debug)]
pub struct StreamPace(Bucket);

impl StreamPace {
    /// A full budget, at time zero.
    pub fn new() -> Self {
        Self(Bucket::full(STREAM))
    }

    /// So many bytes came in at `now`, which counts from [`StreamPace::new`]. False: the stream is not
    /// to be read any further.
    pub fn read(&mut self, bytes: usize, now: Duration) -> bool {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let fits = self.0.wait(bytes, now).is_zero();
        self.0.take(bytes);
        fits
    }
}

impl Default for StreamPace {
    fn default() -> Self {
        Self::new()
    }
}

/// A token bucket. It counts millionths, so that every microsecond adds a whole number of them.
#[derive(Debug)]
struct Bucket {
    rate: Rate,
    level: u64,
    /// Up to when it was filled.
    filled: Duration,
}

const MILLION: u64 = 1_000_000;

impl Bucket {
    fn full(rate: Rate) -> Self {
        Self { rate, level: rate.burst * MILLION, filled: Duration::ZERO }
    }

    /// Fills it up to `now` and tells how long it takes until `amount` is in it. More than the burst
    /// never is: the wait is then a guess.
    fn wait(&mut self, amount: u64, now: Duration) -> Duration {
        let micros = u64::try_from(now.saturating_sub(self.filled).as_micros()).unwrap_or(u64::MAX);
        let added = micros.saturating_mul(self.rate.per_second);
        self.level = self.level.saturating_add(added).min(self.rate.burst * MILLION);
        // Whole microseconds only: the rest of one is not lost.
        self.filled += Duration::from_micros(micros);
        let missing = amount.saturating_mul(MILLION).saturating_sub(self.level);
        Duration::from_micros(missing.div_ceil(self.rate.per_second))
    }

    /// Takes `amount`, for which there was no wait.
    fn take(&mut self, amount: u64) {
        self.level = self.level.saturating_sub(amount.saturating_mul(MILLION));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LONGEST: usize = 64 * 1024;

    fn gaps() -> impl Strategy<Value = Vec<(u64, usize)>> {
        let gap = prop_oneof![3 => 0..200_u64, 1 => 0..20_000_u64, 1 => 0..3_000_000_u64];
        proptest::collection::vec((gap, 0..=LONGEST), 1..2_000)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn no_span_of_time_lets_more_through_than_burst_and_rate(steps in gaps()) {
            let mut pace = Pace::new();
            let (mut now, mut messages, mut bytes) = (Duration::ZERO, 0, 0);
            for (gap, size) in steps {
                now += Duration::from_micros(gap);
                if pace.heard(size, now) == Verdict::Pass {
                    messages += 1;
                    bytes += size as u64;
                }
                let seconds = now.as_secs_f64();
                let most = |rate: Rate| rate.burst as f64 + rate.per_second as f64 * seconds + 1.0;
                prop_assert!(f64::from(messages) <= most(MESSAGES));
                prop_assert!(bytes as f64 <= most(BYTES));
            }
        }

        #[test]
        fn who_waits_as_told_passes(steps in gaps()) {
            let mut pace = Pace::new();
            let mut now = Duration::ZERO;
            for (gap, size) in steps {
                now += Duration::from_micros(gap);
                match pace.heard(size, now) {
                    Verdict::Pass => {}
                    Verdict::Refuse { retry_after_ms } => {
                        now += Duration::from_millis(retry_after_ms);
                        prop_assert_eq!(pace.heard(size, now), Verdict::Pass);
                    }
                    // Hundreds of refusals without a pause of a second each.
                    Verdict::Flood => break,
                }
            }
        }

        #[test]
        fn a_steady_pace_within_the_rate_always_passes(size in 0..=2_621_usize, count in 1..5_000_u32) {
            let mut pace = Pace::new();
            for number in 0..count {
                let now = Duration::from_millis(10) * number;
                prop_assert_eq!(pace.heard(size, now), Verdict::Pass);
            }
        }

        #[test]
        fn time_that_stands_still_or_goes_back_gives_nothing(times in proptest::collection::vec(0..5_u64, 5_000)) {
            let mut pace = Pace::new();
            let late = Duration::from_secs(10);
            let passed = times
                .into_iter()
                .filter(|back| pace.heard(0, late - Duration::from_secs(*back)) == Verdict::Pass)
                .count() as u64;
            prop_assert!(passed <= MESSAGES.burst + MESSAGES.per_second * 10);
        }
    }

    #[test]
    fn a_flood_is_refused_a_while_and_then_closed() {
        let mut pace = Pace::new();
        let mut verdicts = (0..).map(|_| pace.heard(10, Duration::ZERO));
        assert!(verdicts.by_ref().take(1_000).all(|verdict| verdict == Verdict::Pass));
        let refused = Verdict::Refuse { retry_after_ms: 10 };
        assert!(verdicts.by_ref().take(100).all(|verdict| verdict == refused));
        assert_eq!(verdicts.next(), Some(Verdict::Flood));
    }

    #[test]
    fn whoever_keeps_to_the_budgets_of_messages_never_meets_that_of_the_stream() {
        // In pieces as small as the messages' count allows, with the longest header for each, and
        // with as many refused ones of the longest kind as patience bears.
        let (mut pace, mut stream) = (Pace::new(), StreamPace::new());
        for second in 0..1_000 {
            let now = Duration::from_secs(second);
            while let verdict @ (Verdict::Pass | Verdict::Refuse { .. }) = pace.heard(LONGEST, now)
            {
                assert!(stream.read(LONGEST + 14, now), "{verdict:?} in second {second}");
            }
            while pace.heard(1, now) == Verdict::Pass {
                assert!(stream.read(15, now));
            }
        }
        assert!(!stream.read(17 * 1024 * 1024, Duration::from_secs(1_000)));
    }

    #[test]
    fn the_others_of_a_full_room_are_greeted_at_once() {
        let mut pace = Pace::new();
        for _ in 0..15 {
            assert_eq!(pace.heard(32 * 1024, Duration::ZERO), Verdict::Pass);
            for _ in 0..40 {
                assert_eq!(pace.heard(300, Duration::ZERO), Verdict::Pass);
            }
        }
    }
}
