//! Which tones a recording holds.

use std::path::Path;

/// Samples of one look at a recording: 100 ms, so that whole multiples of 10 Hz do not leak.
const WINDOW: usize = 4_800;

/// How strong each tone is in a recording at 48 kHz, as the mean power over all its windows.
pub(crate) fn powers(path: &Path, tones: &[f64]) -> Vec<f64> {
    let mut wav = hound::WavReader::open(path)
        .unwrap_or_else(|error| panic!("{} can be read: {error}", path.display()));
    let spec = wav.spec();
    assert_eq!((spec.sample_rate, spec.channels), (48_000, 1), "{}", path.display());
    let samples: Vec<f64> =
        wav.samples::<i16>().map(|sample| f64::from(sample.expect("whole samples"))).collect();
    let windows = samples.chunks_exact(WINDOW);
    let count = windows.len().max(1) as f64;
    let mean =
        |tone: &f64| windows.clone().map(|window| goertzel(window, *tone)).sum::<f64>() / count;
    tones.iter().map(mean).collect()
}

/// Power at one frequency (Goertzel 1958), with full scale as 1.
fn goertzel(samples: &[f64], hertz: f64) -> f64 {
    let factor = 2.0 * (std::f64::consts::TAU * hertz / 48_000.0).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for sample in samples {
        (last, before) = (sample / 32_768.0 + factor * last - before, last);
    }
    let scale = (samples.len() as f64 / 2.0).powi(2);
    (last * last + before * before - factor * last * before) / scale
}

#[test]
fn a_tone_is_told_from_its_neighbours() {
    let tone: Vec<f64> = (0..WINDOW)
        .map(|n| 16_384.0 * (std::f64::consts::TAU * 660.0 * n as f64 / 48_000.0).sin())
        .collect();
    assert!((goertzel(&tone, 660.0) - 0.25).abs() < 1e-6);
    assert!(goertzel(&tone, 440.0) < 1e-9);
}
