//! How long messages took: counted in steps of a twentieth, so that millions take no more memory than
//! ten. Time comes as an argument.

/// Steps for each doubling.
const STEPS: u32 = 14;
/// Enough doublings of a microsecond for an hour.
const DOUBLINGS: u32 = 32;

/// A distribution of durations.
#[derive(Debug)]
pub(crate) struct Latency {
    counts: Vec<u64>,
    total: u64,
}

impl Latency {
    /// Nothing counted.
    pub(crate) fn new() -> Self {
        Self { counts: vec![0; (STEPS * DOUBLINGS) as usize], total: 0 }
    }

    /// Counts one duration.
    pub(crate) fn add(&mut self, nanos: u64) {
        let micros = (nanos as f64 / 1_000.0).max(1.0);
        let step = (micros.log2() * f64::from(STEPS)) as usize;
        let last = self.counts.len() - 1;
        self.counts[step.min(last)] += 1;
        self.total += 1;
    }

    /// The duration in milliseconds that `share` (of 1) of them stayed under; rounded up to a step.
    /// `None` when nothing was counted.
    pub(crate) fn percentile_ms(&self, share: f64) -> Option<f64> {
        let wanted = (self.total as f64 * share).ceil().max(1.0) as u64;
        let mut sum = 0;
        let step = self.counts.iter().position(|count| {
            sum += count;
            sum >= wanted
        })?;
        Some(((step + 1) as f64 / f64::from(STEPS)).exp2() / 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_right_to_a_step() {
        let mut latency = Latency::new();
        assert_eq!(latency.percentile_ms(0.5), None);
        for millis in 1..=1_000_u64 {
            latency.add(millis * 1_000_000);
        }
        for share in [0.01, 0.5, 0.99, 1.0] {
            let (told, exact) = (latency.percentile_ms(share).expect("counted"), share * 1_000.0);
            assert!(told >= exact * 0.999 && told <= exact * 1.06, "{share}: {told}");
        }
    }

    #[test]
    fn the_longest_and_the_shortest_have_a_place() {
        let mut latency = Latency::new();
        latency.add(0);
        latency.add(u64::MAX);
        assert!(latency.percentile_ms(0.1).is_some_and(|ms| ms < 0.002));
    }
}
