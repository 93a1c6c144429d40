//! Arithmetic of benches: means, shares and the middle of several rounds, and the highest rate that still holds. Nothing
//! here measures.

use anyhow::Result;

/// How near the found rate is to one that no longer holds: within 8 %.
const PRECISION: f64 = 1.08;

/// The middle value; the mean of the two middle ones of an even number. `None` of nothing.
pub(super) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n.is_multiple_of(2) => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
        _ => Some(sorted[middle]),
    }
}

/// The mean; 0 of nothing.
pub(super) fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len().max(1) as f64
}

/// The number below which this share of them lies; 1 for the largest.
pub(super) fn percentile(numbers: &mut [f64], share: f64) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let at = (share * numbers.len() as f64).ceil() as usize;
    numbers.get(at.clamp(1, numbers.len().max(1)) - 1).copied().unwrap_or(f64::NAN)
}

/// The highest rate between `lowest` and `most` that `holds`: doubled from `start` until one does
/// not, then halved in. A rate fails only if it fails twice, since one hiccup of the machine is not
/// the server's. `None` if not even `lowest` holds.
pub(super) fn highest(
    [lowest, start, most]: [f64; 3],
    mut holds: impl FnMut(f64) -> Result<bool>,
) -> Result<Option<f64>> {
    let mut holds_once_of_two = |rate| Ok::<_, anyhow::Error>(holds(rate)? || holds(rate)?);
    let (mut good, mut bad) = (None, None);
    let mut rate = start.clamp(lowest, most);
    loop {
        if holds_once_of_two(rate)? {
            good = Some(rate);
        } else {
            bad = Some(rate);
        }
        rate = match (good, bad) {
            (Some(good), None) if good >= most => return Ok(Some(good)),
            (Some(good), None) => (good * 2.0).min(most),
            (None, Some(bad)) if bad <= lowest => return Ok(None),
            (None, Some(bad)) => (bad / 2.0).max(lowest),
            (Some(good), Some(bad)) if bad / good <= PRECISION => return Ok(Some(good)),
            (Some(good), Some(bad)) => (good * bad).sqrt(),
            (None, None) => unreachable!("one of them was set above"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0]), Some(3.0));
        assert_eq!(median(&[9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 9.0]), Some(3.0));
    }

    fn search(limit: f64, start: f64) -> (Option<f64>, u32) {
        let mut tries = 0;
        let found = highest([100.0, start, 100_000.0], |rate| {
            tries += 1;
            Ok(rate <= limit)
        });
        (found.expect("nothing fails"), tries)
    }

    #[test]
    fn the_highest_rate_is_found_from_below_and_from_above() {
        for limit in [101.0, 5_000.0, 33_333.0, 99_999.0] {
            for start in [100.0, 4_000.0, 90_000.0] {
                let (found, tries) = search(limit, start);
                let found = found.expect("the lowest holds");
                assert!(found <= limit && found * PRECISION > limit, "{limit} {start}: {found}");
                assert!(tries < 40, "{tries}");
            }
        }
    }

    #[test]
    fn a_search_ends_at_its_bounds() {
        assert_eq!(search(1.0, 4_000.0).0, None);
        assert_eq!(search(f64::INFINITY, 4_000.0).0, Some(100_000.0));
    }

    #[test]
    fn one_hiccup_is_forgiven() {
        let mut calls = 0;
        let found = highest([1.0, 10.0, 10.0], |_| {
            calls += 1;
            Ok(calls > 1)
        });
        assert_eq!(found.expect("nothing fails"), Some(10.0));
    }
}
