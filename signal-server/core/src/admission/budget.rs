//! A budget that fills up again: so many at once, one more every so often. It keeps one number, the
//! moment at which it is full again, so that thousands of addresses cost little.

use std::time::Duration;

/// So many at once, and then one every `every`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many at once. 0 allows none, ever.
    pub burst: u32,
    /// How long it takes until one more is allowed.
    pub every: Duration,
}

impl Rate {
    /// `count` in each `span`, `burst` of them at once. A count of 0 allows the burst, then one a
    /// span.
    pub fn per(span: Duration, count: u32, burst: u32) -> Self {
        Self { burst, every: span / count.max(1) }
    }

    /// `factor` times as many.
    pub(super) fn times(self, factor: u32) -> Self {
        Self { burst: self.burst.saturating_mul(factor), every: self.every / factor.max(1) }
    }

    fn every_micros(self) -> u64 {
        micros(self.every).max(1)
    }
}

/// What was spent of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// When it is full again, in microseconds.
    full_at: u64,
}

impl Spent {
    /// How long until there is one to be had; zero if there is.
    pub fn wait(self, rate: Rate, now: Duration) -> Duration {
        if rate.burst == 0 {
            return NEVER;
        }
        let missing = self.full_at.saturating_sub(micros(now));
        let most = rate.every_micros().saturating_mul(u64::from(rate.burst - 1));
        Duration::from_micros(missing.saturating_sub(most))
    }

    /// Takes one, whether or not there is one.
    pub fn take(&mut self, rate: Rate, now: Duration) {
        self.full_at = self.full_at.max(micros(now)).saturating_add(rate.every_micros());
    }

    /// Takes one if there is one.
    ///
    /// # Errors
    /// How long until there is one.
    pub fn try_take(&mut self, rate: Rate, now: Duration) -> Result<(), Duration> {
        let wait = self.wait(rate, now);
        if wait.is_zero() {
            self.take(rate, now);
            Ok(())
        } else {
            Err(wait)
        }
    }

    /// Whether nothing is missing, so that it may be forgotten.
    pub fn is_full(self, now: Duration) -> bool {
        self.full_at <= micros(now)
    }
}

/// What is told when waiting does not help.
const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The plain way: everything that was taken, replayed from the start.
    fn left(taken: &[u64], rate: Rate, now: u64) -> bool {
        let every = micros(rate.every);
        let full = every * u64::from(rate.burst);
        let (mut level, mut at) = (full, 0);
        for time in taken {
            level = (level + (time - at)).min(full);
            level -= every;
            at = *time;
        }
        (level + (now - at)).min(full) >= every
    }

    proptest! {
        #[test]
        fn it_gives_what_a_replay_of_everything_gives(
            burst in 1..6_u32,
            every in 1..500_u64,
            gaps in proptest::collection::vec(0..700_u64, 1..200),
        ) {
            let rate = Rate { burst, every: Duration::from_micros(every) };
            let (mut spent, mut taken, mut now) = (Spent::default(), Vec::new(), 0);
            for gap in gaps {
                now += gap;
                let time = Duration::from_micros(now);
                let expected = left(&taken, rate, now);
                match spent.try_take(rate, time) {
                    Ok(()) => {
                        prop_assert!(expected);
                        taken.push(now);
                    }
                    Err(wait) => {
                        prop_assert!(!expected);
                        // Told exactly: one microsecond earlier there is none.
                        prop_assert!(spent.wait(rate, time + wait).is_zero());
                        let early = time + wait - Duration::from_micros(1);
                        prop_assert!(!spent.wait(rate, early).is_zero());
                    }
                }
            }
        }
    }

    #[test]
    fn a_budget_of_nothing_gives_nothing() {
        let rate = Rate { burst: 0, every: Duration::from_secs(1) };
        let mut spent = Spent::default();
        assert!(spent.try_take(rate, Duration::from_secs(1_000_000)).is_err());
    }

    #[test]
    fn a_rate_is_read_as_it_is_said() {
        let rate = Rate::per(Duration::from_secs(3600), 120, 10);
        assert_eq!(rate, Rate { burst: 10, every: Duration::from_secs(30) });
    }
}
