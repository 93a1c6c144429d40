//! Loudness: levels in dBFS, who speaks, and a mix that does not clip. Pure.

/// Figures shown for silence.
pub(super) const SILENCE_DB: f64 = -100.0;

/// Root mean square of samples in dBFS (a full-scale square wave is 0 dB); -100 for silence.
pub(super) fn level_db(samples: &[f32]) -> f64 {
    if samples.is_empty() {
        return SILENCE_DB;
    }
    let square = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>();
    (10.0 * (square / samples.len() as f64).log10()).max(SILENCE_DB)
}

/// Below this it is nobody's voice, however quiet the room.
const FLOOR_DB: f64 = -55.0;
/// How far a voice stands out of the room's noise to begin, and to go on.
const BEGIN_DB: f64 = 12.0;
const GO_ON_DB: f64 = 7.0;
/// Frames of 10 ms that must stand out before somebody speaks: a click is shorter.
const BEGIN_FRAMES: u32 = 4;
/// Frames after the last loud one before somebody is silent: pauses between words are shorter.
const HOLD_FRAMES: u32 = 40;
/// A room louder than this is no room.
const LOUDEST_NOISE_DB: f64 = -35.0;

/// Tells from the loudness of 10 ms frames whether somebody speaks. Follows the noise of the room,
/// so that a fan is not a speaker.
#[derive(Debug)]
pub(super) struct SpeechGate {
    noise_db: f64,
    loud_frames: u32,
    hold: u32,
    speaking: bool,
}

impl SpeechGate {
    pub(super) fn new() -> Self {
        Self { noise_db: -70.0, loud_frames: 0, hold: 0, speaking: false }
    }

    /// Takes a frame's level; tells when somebody began (true) or stopped (false) to speak.
    pub(super) fn frame(&mut self, level_db: f64) -> Option<bool> {
        // Noise is what is always there: falls at once, rises by 3 dB a second, slower in speech.
        let rise = if self.speaking { 0.006 } else { 0.03 };
        self.noise_db = level_db.min(self.noise_db + rise).clamp(-90.0, LOUDEST_NOISE_DB);
        let margin = if self.speaking { GO_ON_DB } else { BEGIN_DB };
        if level_db > (self.noise_db + margin).max(FLOOR_DB) {
            self.loud_frames += 1;
            if self.loud_frames >= BEGIN_FRAMES {
                self.hold = HOLD_FRAMES;
            }
        } else {
            self.loud_frames = 0;
            self.hold = self.hold.saturating_sub(1);
        }
        let speaking = self.hold > 0;
        (std::mem::replace(&mut self.speaking, speaking) != speaking).then_some(speaking)
    }

    /// Is somebody speaking?
    pub(super) fn is_speaking(&self) -> bool {
        self.speaking
    }
}

/// The quietest that a meter shows, in dBFS.
const METER_FLOOR_DB: f64 = -60.0;
/// Frames of 10 ms that one look at a meter covers: ten looks a second are as fluent as eyes want.
const METER_FRAMES: u32 = 10;
/// Steps of a meter, 2 dB each: what wavers less is not told.
const METER_STEPS: f64 = 30.0;

/// Makes a meter's figures of the loudness of 10 ms frames.
#[derive(Debug, Default)]
pub(super) struct LevelMeter {
    loudest: f64,
    frames: u32,
    shown: f64,
}

impl LevelMeter {
    /// Takes a frame's level; tells the meter's, 0 to 1, when that changed.
    pub(super) fn frame(&mut self, level_db: f64) -> Option<f64> {
        let share = (level_db - METER_FLOOR_DB) / -METER_FLOOR_DB;
        self.loudest = self.loudest.max(share.clamp(0.0, 1.0));
        self.frames += 1;
        if self.frames < METER_FRAMES {
            return None;
        }
        let level = (self.loudest * METER_STEPS).round() / METER_STEPS;
        (self.frames, self.loudest) = (0, 0.0);
        let changed = (level - std::mem::replace(&mut self.shown, level)).abs() > 1e-9;
        changed.then_some(level)
    }

    /// The last figure that was told.
    pub(super) fn shown(&self) -> f64 {
        self.shown
    }
}

/// Bends what is louder than 0.8 so that no sum of voices leaves -1..1; softer sound is untouched.
pub(super) fn soft_limit(sample: f32) -> f32 {
    const KNEE: f32 = 0.8;
    let magnitude = sample.abs();
    if magnitude <= KNEE {
        return sample;
    }
    let over = (magnitude - KNEE) / (1.0 - KNEE);
    sample.signum() * (KNEE + (1.0 - KNEE) * over / (1.0 + over))
}

/// A sample as 16 bits.
pub(super) fn to_i16(sample: f32) -> i16 {
    (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16
}

/// Amplitude of one frequency (in Hz, at 48 kHz) in the samples: the Goertzel algorithm.
#[cfg(test)]
pub(super) fn goertzel(samples: &[f32], hz: f64) -> f64 {
    let step = std::f64::consts::TAU * hz / 48_000.0;
    let (mut re, mut im) = (0.0, 0.0);
    for (at, sample) in samples.iter().enumerate() {
        re += f64::from(*sample) * (step * at as f64).cos();
        im += f64::from(*sample) * (step * at as f64).sin();
    }
    2.0 * (re * re + im * im).sqrt() / samples.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_in_decibels_of_full_scale() {
        assert!(level_db(&[1.0, -1.0]).abs() < 1e-9);
        assert!((level_db(&[0.1; 480]) + 20.0).abs() < 0.01);
        assert!((level_db(&[0.0; 480]) - SILENCE_DB).abs() < 1e-9);
        assert!((level_db(&[]) - SILENCE_DB).abs() < 1e-9);
    }

    #[test]
    fn a_meter_tells_ten_times_a_second_and_only_changes() {
        let mut meter = LevelMeter::default();
        let told: Vec<f64> = (0..100)
            .filter_map(|frame| meter.frame(if (30..60).contains(&frame) { -30.0 } else { -90.0 }))
            .collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!((told[0] - 0.5).abs() < 0.01 && told[1].abs() < 0.01, "{told:?}");
        assert!(meter.shown().abs() < 0.01);
        assert!((0..10).filter_map(|_| meter.frame(12.0)).all(|level| level <= 1.0));
    }

    #[test]
    fn a_voice_begins_and_ends_once() {
        let mut gate = SpeechGate::new();
        let mut changes = Vec::new();
        for frame in 0..300 {
            let level = if (100..200).contains(&frame) && frame % 7 != 0 { -25.0 } else { -62.0 };
            changes.extend(gate.frame(level));
        }
        assert_eq!(changes, [true, false]);
    }

    #[test]
    fn a_click_is_no_voice() {
        let mut gate = SpeechGate::new();
        assert_eq!(gate.frame(-10.0), None);
        assert_eq!(gate.frame(-90.0), None);
        assert!(!gate.is_speaking());
    }

    #[test]
    fn a_steady_noise_is_no_voice_for_long() {
        let mut gate = SpeechGate::new();
        for _ in 0..12_000 {
            gate.frame(-42.0);
        }
        assert!(!gate.is_speaking());
        let began = (0..10).any(|_| gate.frame(-20.0) == Some(true));
        assert!(began, "a voice stands out of it");
    }

    #[test]
    fn the_limit_leaves_soft_sound_alone_and_never_clips() {
        assert!((soft_limit(0.5) - 0.5).abs() < 1e-9);
        assert!((soft_limit(-0.8) + 0.8).abs() < 1e-6);
        let mut last = 0.0;
        for step in 0..1000 {
            let limited = soft_limit(step as f32 * 0.01);
            assert!(limited >= last && limited <= 1.0);
            last = limited;
        }
    }
}
