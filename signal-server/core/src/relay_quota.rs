//! How much of the TURN relay one participant may take: allocations and bytes a second. Which
//! addresses it may reach is `relay_policy`'s, how long its credentials last `turn_credentials`'.

use std::collections::BTreeMap;
use std::time::Duration;

/// Why there is no further allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Full {
    /// The participant has as many as one may have.
    Participant,
    /// The server has as many as it may have.
    Server,
}

/// Counts the allocations of each participant and of all.
#[derive(Debug)]
pub struct AllocationQuota {
    per_participant: usize,
    total: usize,
    held: BTreeMap<String, usize>,
    sum: usize,
}

impl AllocationQuota {
    /// Nobody has any yet.
    pub fn new(per_participant: usize, total: usize) -> Self {
        Self { per_participant, total, held: BTreeMap::new(), sum: 0 }
    }

    /// One more for the participant `id`, if the quotas allow.
    ///
    /// # Errors
    /// [`Full`] says which quota is used up.
    pub fn take(&mut self, id: &str) -> Result<(), Full> {
        if self.held.get(id).is_some_and(|held| *held >= self.per_participant) {
            return Err(Full::Participant);
        }
        if self.sum >= self.total || self.per_participant == 0 {
            return Err(Full::Server);
        }
        *self.held.entry(id.to_owned()).or_default() += 1;
        self.sum += 1;
        Ok(())
    }

    /// One less for the participant `id`. Whoever took none gives none back.
    pub fn give_back(&mut self, id: &str) {
        let Some(held) = self.held.get_mut(id) else { return };
        *held -= 1;
        self.sum -= 1;
        if *held == 0 {
            self.held.remove(id);
        }
    }

    /// Allocations of the participant `id`.
    pub fn held_by(&self, id: &str) -> usize {
        self.held.get(id).copied().unwrap_or_default()
    }

    /// Allocations now.
    pub fn sum(&self) -> usize {
        self.sum
    }

    /// Participants who have any.
    pub fn participants(&self) -> usize {
        self.held.len()
    }
}

/// A rate with a burst: as many bytes a second on average, and what was not used for a while at
/// once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    bytes_per_second: u64,
    burst: u64,
    level: u64,
    /// What of the level is less than a byte, in billionths, so that frequent calls lose nothing.
    rest: u64,
    at: Duration,
}

impl Bucket {
    /// A full bucket at the time `now`, counted from any fixed moment. `burst` in bytes.
    pub fn new(bytes_per_second: u64, burst: u64, now: Duration) -> Self {
        Self { bytes_per_second, burst, level: burst, rest: 0, at: now }
    }

    /// Whether `bytes` may pass at `now`; they are taken out if so. Time that goes backwards counts
    /// as standing still.
    pub fn take(&mut self, bytes: u64, now: Duration) -> bool {
        self.fill(now);
        let enough = self.level >= bytes;
        if enough {
            self.level -= bytes;
        }
        enough
    }

    fn fill(&mut self, now: Duration) {
        const BILLION: u128 = 1_000_000_000;
        let passed = now.saturating_sub(self.at);
        if passed.is_zero() {
            return;
        }
        self.at = now;
        let gained = passed
            .as_nanos()
            .saturating_mul(u128::from(self.bytes_per_second))
            .saturating_add(u128::from(self.rest));
        let bytes = u64::try_from(gained / BILLION).unwrap_or(u64::MAX);
        self.level = self.level.saturating_add(bytes).min(self.burst);
        self.rest = u64::try_from(gained % BILLION).expect("less than a billion");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_participant_gets_so_many_and_gets_one_for_each_given_back() {
        let mut quota = AllocationQuota::new(2, 10);
        assert_eq!((quota.take("a"), quota.take("a")), (Ok(()), Ok(())));
        assert_eq!(quota.take("a"), Err(Full::Participant));
        assert_eq!(quota.take("b"), Ok(()));
        quota.give_back("a");
        assert_eq!(quota.take("a"), Ok(()));
        assert_eq!((quota.sum(), quota.participants()), (3, 2));
    }

    #[test]
    fn the_server_gets_full() {
        let mut quota = AllocationQuota::new(2, 3);
        let taken: Vec<_> = ["a", "b", "c", "d"].map(|id| quota.take(id)).into();
        assert_eq!(taken, [Ok(()), Ok(()), Ok(()), Err(Full::Server)]);
        assert_eq!(AllocationQuota::new(0, 3).take("a"), Err(Full::Server));
    }

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let at = Duration::from_millis;
        let mut bucket = Bucket::new(1000, 500, at(0));
        assert!(bucket.take(500, at(0)));
        assert!(!bucket.take(1, at(0)));
        assert!(!bucket.take(101, at(100)));
        assert!(bucket.take(100, at(100)));
        assert!(bucket.take(500, at(10_000)), "the burst is there again, and no more");
        assert!(!bucket.take(1, at(10_000)));
        assert!(!bucket.take(1, at(5_000)), "time that goes backwards gives nothing");
    }

    proptest! {
        #[test]
        fn counts_never_differ_from_a_plain_list(steps in prop::collection::vec((0..4u8, any::<bool>()), 0..200)) {
            let mut quota = AllocationQuota::new(3, 7);
            let mut list: Vec<u8> = Vec::new();
            for (id, take) in steps {
                let name = id.to_string();
                let held = list.iter().filter(|other| **other == id).count();
                if take {
                    prop_assert_eq!(quota.take(&name).is_ok(), held < 3 && list.len() < 7);
                    if held < 3 && list.len() < 7 {
                        list.push(id);
                    }
                } else {
                    quota.give_back(&name);
                    if let Some(at) = list.iter().position(|other| *other == id) {
                        list.swap_remove(at);
                    }
                }
                prop_assert_eq!(quota.sum(), list.len());
            }
        }

        #[test]
        fn no_more_passes_than_burst_and_rate_and_almost_as_much_does(
            gaps in prop::collection::vec(0..3_000_000u64, 1..300),
        ) {
            let (rate, burst, packet) = (1_000_000, 20_000, 1_000);
            let mut bucket = Bucket::new(rate, burst, Duration::ZERO);
            let mut now = Duration::ZERO;
            let mut passed = 0;
            for gap in &gaps {
                now += Duration::from_nanos(*gap);
                while bucket.take(packet, now) {
                    passed += packet;
                }
            }
            let most = burst + rate * u64::try_from(now.as_nanos()).unwrap() / 1_000_000_000;
            prop_assert!(passed <= most);
            prop_assert!(passed + packet > most || gaps.iter().any(|gap| *gap > 1_000_000));
        }
    }
}
