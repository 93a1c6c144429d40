//! Finds a tone in a recording (Goertzel's algorithm): who sends 440 Hz and who 660 Hz is heard
//! apart by their pitch.

use std::f64::consts::TAU;

use crate::wav::Sound;

/// The length of one look: 20 Hz of resolution at any sampling rate.
const WINDOW_SECS: f64 = 0.05;

/// A look below this mean square is silence, in which no tone is dominant.
const SILENCE: f64 = 1e-7;

/// The share of the sound (0 to 1) that is the tone of `hertz`, over all looks that are not silent;
/// 0 where all is silent.
pub(crate) fn share(sound: &Sound, hertz: f64) -> f64 {
    let window = (f64::from(sound.rate) * WINDOW_SECS) as usize;
    let (mut tone, mut all) = (0.0, 0.0);
    for look in sound.samples.chunks_exact(window.max(1)) {
        let power = look.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / look.len() as f64;
        if power > SILENCE {
            tone += tone_power(look, hertz, f64::from(sound.rate));
            all += power;
        }
    }
    if all > 0.0 { (tone / all).min(1.0) } else { 0.0 }
}

/// The mean square of the tone of `hertz` over all looks at these samples.
#[cfg(target_os = "linux")]
pub(super) fn power(samples: &[f32], hertz: f64, rate: f64) -> f64 {
    let window = (rate * WINDOW_SECS) as usize;
    let looks = samples.chunks_exact(window.max(1)).map(|look| tone_power(look, hertz, rate));
    looks.clone().sum::<f64>() / looks.count().max(1) as f64
}

/// The mean square of the part of `look` that is a tone of `hertz`.
fn tone_power(look: &[f32], hertz: f64, rate: f64) -> f64 {
    let step = TAU * hertz / rate;
    let coefficient = 2.0 * step.cos();
    let (mut previous, mut before) = (0.0, 0.0);
    for sample in look {
        let next = f64::from(*sample) + coefficient * previous - before;
        (before, previous) = (previous, next);
    }
    let squared = previous * previous + before * before - coefficient * previous * before;
    2.0 * squared / (look.len() as f64).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hertz: f64, amplitude: f64) -> Sound {
        let sample = |i: u32| (amplitude * (TAU * hertz * f64::from(i) / 48_000.0).sin()) as f32;
        Sound { rate: 48_000, samples: (0..48_000).map(sample).collect() }
    }

    #[test]
    fn a_pure_tone_is_all_of_itself_and_nothing_of_another() {
        let sound = sine(440.0, 0.3);
        assert!(share(&sound, 440.0) > 0.98);
        assert!(share(&sound, 660.0) < 0.01);
    }

    #[test]
    fn two_tones_share_the_sound() {
        let mut both = sine(440.0, 0.3);
        for (sample, other) in both.samples.iter_mut().zip(sine(660.0, 0.3).samples) {
            *sample += other;
        }
        assert!((share(&both, 440.0) - 0.5).abs() < 0.05);
        assert!((share(&both, 660.0) - 0.5).abs() < 0.05);
    }

    #[test]
    fn silence_has_no_tone() {
        assert!(share(&Sound { rate: 48_000, samples: vec![0.0; 48_000] }, 440.0) < 1e-9);
        assert!(share(&Sound { rate: 48_000, samples: Vec::new() }, 440.0) < 1e-9);
    }
}
