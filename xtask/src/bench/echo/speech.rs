//! Sounds that are like speech and like a film, where no speech synthesiser is installed: the same in
//! every run. Voices are pulses through formants, in syllables with pauses; a film is voices, chords
//! and noise.

use std::f64::consts::TAU;

use super::super::sound_server::RATE;

/// A small generator of chance.
struct Chance(u64);

impl Chance {
    /// Uniform in 0..1.
    fn next(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1u32 << 31)
    }
}

/// A resonance: where a vowel is loud.
#[derive(Default)]
struct Formant {
    before: [f64; 2],
}

impl Formant {
    fn next(&mut self, sample: f64, hertz: f64, width: f64) -> f64 {
        let rate = f64::from(RATE);
        let radius = (-std::f64::consts::PI * width / rate).exp();
        let turn = 2.0 * radius * (TAU * hertz / rate).cos();
        let out =
            sample * (1.0 - radius) + turn * self.before[0] - radius * radius * self.before[1];
        self.before = [out, self.before[0]];
        out
    }
}

/// Vowels: their first three formants in hertz.
const VOWELS: [[f64; 3]; 5] = [
    [730.0, 1_090.0, 2_440.0],
    [270.0, 2_290.0, 3_010.0],
    [530.0, 1_840.0, 2_480.0],
    [570.0, 840.0, 2_410.0],
    [300.0, 870.0, 2_240.0],
];

/// A voice around `pitch` hertz, of this loudness (root mean square while it speaks).
pub(super) fn voice(seed: u64, pitch: f64, seconds: f64, loudness: f64) -> Vec<f32> {
    let mut chance = Chance(seed);
    let mut formants = [Formant::default(), Formant::default(), Formant::default()];
    let length = (seconds * f64::from(RATE)) as usize;
    let (mut sound, mut phase) = (Vec::with_capacity(length), 0.0);
    let mut syllables = 0;
    while sound.len() < length {
        let vowel = VOWELS[(chance.next() * VOWELS.len() as f64) as usize % VOWELS.len()];
        let bend = pitch * (0.85 + 0.3 * chance.next());
        let long = (f64::from(RATE) * (0.12 + 0.14 * chance.next())) as usize;
        let breath = (f64::from(RATE) * 0.06 * chance.next()) as usize;
        syllables += 1;
        let pause = if syllables % 9 == 0 { RATE as usize / 3 } else { 0 };
        for at in 0..long + pause {
            let share = at as f64 / long as f64;
            let swell = if at < long { (share * std::f64::consts::PI).sin() } else { 0.0 };
            phase += bend * (1.0 + 0.05 * share) / f64::from(RATE);
            let pulse = if phase >= 1.0 { 24.0 } else { 0.0 };
            phase = phase.fract();
            let hiss = (chance.next() - 0.5) * if at < breath { 1.2 } else { 0.05 };
            let raw = (pulse + hiss) * swell;
            let mut out = 0.0;
            for (formant, (hertz, width)) in
                formants.iter_mut().zip(vowel.iter().zip([90.0, 110.0, 170.0]))
            {
                out += formant.next(raw, *hertz, width);
            }
            sound.push((out + 0.3 * hiss * swell) as f32);
        }
    }
    sound.truncate(length);
    scale(&mut sound, loudness);
    sound
}

/// A film: two voices, a chord that changes, noise that swells.
pub(super) fn film(seconds: f64, loudness: f64) -> Vec<f32> {
    let mut chance = Chance(77);
    let mut sound = voice(31, 105.0, seconds, 1.0);
    let other = voice(32, 190.0, seconds, 0.7);
    let mut low = 0.0;
    for (at, sample) in sound.iter_mut().enumerate() {
        let time = at as f64 / f64::from(RATE);
        let root = [110.0, 146.8, 130.8, 98.0][(time / 1.7) as usize % 4];
        let chord: f64 =
            [1.0, 1.26, 1.5, 2.0].iter().map(|step| (TAU * root * step * time).sin()).sum();
        low += (chance.next() - 0.5 - low) * 0.2;
        let swell = (TAU * time / 3.3).sin().max(0.0);
        *sample += other[at] + (0.12 * chord + 1.5 * low * swell) as f32;
    }
    scale(&mut sound, loudness);
    sound
}

/// Brings what is not a pause to this root mean square.
fn scale(sound: &mut [f32], loudness: f64) {
    let loud: Vec<f64> =
        sound.iter().map(|sample| f64::from(*sample).powi(2)).filter(|it| *it > 1e-7).collect();
    let now = (loud.iter().sum::<f64>() / loud.len().max(1) as f64).sqrt();
    let factor = (loudness / now.max(1e-9)) as f32;
    sound.iter_mut().for_each(|sample| *sample = (*sample * factor).clamp(-0.95, 0.95));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sounds_are_as_long_and_as_loud_as_asked() {
        for sound in [voice(1, 120.0, 2.0, 0.1), film(2.0, 0.1)] {
            assert_eq!(sound.len(), 2 * RATE as usize);
            let power = sound.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>();
            let loudness = (power / sound.len() as f64).sqrt();
            assert!((0.04..0.12).contains(&loudness), "{loudness}");
        }
    }
}
