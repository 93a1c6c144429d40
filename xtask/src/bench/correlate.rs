//! How far two recordings of the same sound are apart: the peak of their normalised
//! cross-correlation, by a Fourier transform of our own.

use std::f64::consts::TAU;

/// Where two recordings match best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Match {
    /// Samples by which the second is behind the first; negative: ahead.
    pub(crate) lag: f64,
    /// How alike they are there: 1 is the same, 0 unrelated.
    pub(crate) likeness: f64,
}

/// The best match of `second` to `first` within `max_lag` samples; `None` where one is silent.
pub(crate) fn best_match(first: &[f32], second: &[f32], max_lag: usize) -> Option<Match> {
    let length = first.len().min(second.len());
    let energy = |signal: &[f32]| signal.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>();
    let norm = (energy(&first[..length]) * energy(&second[..length])).sqrt();
    if norm < 1e-6 {
        return None;
    }
    // Padded so that what leaves at one end does not come in at the other.
    let size = (2 * length).next_power_of_two();
    let spectrum = |signal: &[f32]| {
        let mut values: Vec<Complex> =
            signal[..length].iter().map(|s| (f64::from(*s), 0.0)).collect();
        values.resize(size, (0.0, 0.0));
        transform(&mut values, -1.0);
        values
    };
    let mut product: Vec<Complex> = spectrum(first)
        .into_iter()
        .zip(spectrum(second))
        .map(|((a, b), (c, d))| (a * c + b * d, a * d - b * c))
        .collect();
    transform(&mut product, 1.0);

    let at = |lag: i64| product[lag.rem_euclid(size as i64) as usize].0;
    let reach = max_lag.min(length - 1) as i64;
    let peak = (-reach..=reach).max_by(|a, b| at(*a).total_cmp(&at(*b)))?;
    // Between samples the peak is a parabola.
    let (left, middle, right) = (at(peak - 1), at(peak), at(peak + 1));
    let bend = left - 2.0 * middle + right;
    let shift = if bend < 0.0 { 0.5 * (left - right) / bend } else { 0.0 };
    Some(Match { lag: peak as f64 + shift.clamp(-0.5, 0.5), likeness: middle / size as f64 / norm })
}

/// Real and imaginary part.
type Complex = (f64, f64);

/// The discrete Fourier transform in place (`direction` -1), or its inverse without the division
/// (1). The length is a power of two.
fn transform(values: &mut [Complex], direction: f64) {
    let size = values.len();
    let bits = size.trailing_zeros();
    for index in 0..size {
        let mirrored = index.reverse_bits() >> (usize::BITS - bits);
        if index < mirrored {
            values.swap(index, mirrored);
        }
    }
    let mut half = 1;
    while half < size {
        let step = direction * TAU / (2 * half) as f64;
        let turns: Vec<Complex> =
            (0..half).map(|k| ((step * k as f64).cos(), (step * k as f64).sin())).collect();
        for block in values.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for ((a, b), (cos, sin)) in low.iter_mut().zip(high).zip(&turns) {
                let turned = (b.0 * cos - b.1 * sin, b.0 * sin + b.1 * cos);
                *b = (a.0 - turned.0, a.1 - turned.1);
                *a = (a.0 + turned.0, a.1 + turned.1);
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same noise in each run.
    fn noise(length: usize) -> Vec<f32> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32 - 0.5
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn a_delay_is_found_to_the_sample_and_its_sign_is_right() {
        let sound = noise(12_000);
        for lag in [0_usize, 1, 480, 2_000] {
            let found = best_match(&sound[lag..], &sound, 4_000).expect("there is sound");
            assert!((found.lag - lag as f64).abs() < 0.1, "{lag}: {found:?}");
            assert!(found.likeness > 0.7, "{found:?}");
            let found = best_match(&sound, &sound[lag..], 4_000).expect("there is sound");
            assert!((found.lag + lag as f64).abs() < 0.1, "-{lag}: {found:?}");
        }
    }

    #[test]
    fn unrelated_sounds_are_not_alike() {
        let sound = noise(20_000);
        let found = best_match(&sound[..9_000], &sound[11_000..], 1_000).expect("there is sound");
        assert!(found.likeness < 0.2, "{found:?}");
    }

    #[test]
    fn silence_matches_nothing() {
        assert_eq!(best_match(&[0.0; 100], &noise(100), 10), None);
        assert_eq!(best_match(&[], &[], 10), None);
    }
}
