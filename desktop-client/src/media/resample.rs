//! Changes the sample rate of mono sound, for devices and files that are not at 48 kHz: a windowed
//! sinc, evaluated where it is needed. Pure.

/// Zero crossings of the sinc on each side. 16 keep images 60 dB down; at 10 ms of sound it costs
/// 480 × 32 multiplications, nothing beside a codec.
const LOBES: usize = 16;
/// Steps a sample in the table of the sinc.
const STEPS: usize = 256;

/// A stream of samples at one rate in, at another out.
pub(super) struct Resampler {
    /// Input samples an output sample.
    ratio: f64,
    /// Widens the sinc when the rate falls, so that it cuts at the lower rate's half.
    scale: f64,
    table: Vec<f32>,
    input: Vec<f32>,
    /// Where in `input` the next output sample lies.
    position: f64,
}

impl Resampler {
    /// From `from` to `to` samples a second.
    pub(super) fn new(from: u32, to: u32) -> Self {
        let ratio = f64::from(from.max(1)) / f64::from(to.max(1));
        let scale = ratio.max(1.0);
        let table = (0..=LOBES * STEPS).map(|at| windowed_sinc(at as f64 / STEPS as f64)).collect();
        let reach = (LOBES as f64 * scale).ceil() as usize;
        // Silence before the first sample.
        Self { ratio, scale, table, input: vec![0.0; reach], position: reach as f64 }
    }

    /// Is there nothing to do?
    pub(super) fn is_identity(&self) -> bool {
        (self.ratio - 1.0).abs() < f64::EPSILON
    }

    /// Takes `samples` and appends what follows from them to `out`.
    pub(super) fn process(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        if self.is_identity() {
            out.extend_from_slice(samples);
            return;
        }
        self.input.extend_from_slice(samples);
        let reach = LOBES as f64 * self.scale;
        while self.position + reach < self.input.len() as f64 {
            out.push(self.sample_at(self.position, reach));
            self.position += self.ratio;
        }
        let over = (self.position - reach).floor().max(0.0) as usize;
        self.input.drain(..over);
        self.position -= over as f64;
    }

    fn sample_at(&self, position: f64, reach: f64) -> f32 {
        let first = (position - reach).ceil().max(0.0) as usize;
        let last = ((position + reach).floor() as usize).min(self.input.len() - 1);
        let mut sum = 0.0;
        for (at, sample) in self.input[first..=last].iter().enumerate() {
            let distance = ((first + at) as f64 - position).abs() / self.scale;
            let step = ((distance * STEPS as f64).round() as usize).min(LOBES * STEPS);
            sum += sample * self.table[step];
        }
        sum / self.scale as f32
    }
}

/// The sinc under a Blackman window that is zero at [`LOBES`].
fn windowed_sinc(x: f64) -> f32 {
    let turn = std::f64::consts::PI * x;
    let sinc = if x == 0.0 { 1.0 } else { turn.sin() / turn };
    let turn = turn / LOBES as f64;
    (sinc * (0.42 + 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos())) as f32
}

#[cfg(test)]
mod tests {
    use super::super::level::{goertzel, level_db};
    use super::*;

    fn through(from: u32, to: u32, hz: f64) -> Vec<f32> {
        let tone: Vec<f32> = (0..from)
            .map(|at| (std::f64::consts::TAU * hz * f64::from(at) / f64::from(from)).sin() as f32)
            .collect();
        let mut resampler = Resampler::new(from, to);
        let mut out = Vec::new();
        for chunk in tone.chunks(441) {
            resampler.process(chunk, &mut out);
        }
        out
    }

    #[test]
    fn a_tone_keeps_its_pitch_and_level() {
        for from in [8_000, 16_000, 44_100, 48_000, 96_000] {
            let out = through(from, 48_000, 1_000.0);
            assert!((47_000..=48_000).contains(&out.len()), "{from}: {}", out.len());
            let level = goertzel(&out[1_000..46_000], 1_000.0);
            assert!((level - 1.0).abs() < 0.02, "{from}: {level}");
            let whole = level_db(&out[1_000..46_000]);
            assert!((whole + 3.01).abs() < 0.1, "{from}: {whole} dB, so nothing else was added");
        }
    }

    #[test]
    fn what_the_lower_rate_cannot_hold_is_cut() {
        let out = through(96_000, 48_000, 30_000.0);
        assert!(level_db(&out[2_000..]) < -50.0);
    }
}
