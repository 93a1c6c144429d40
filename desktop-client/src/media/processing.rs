//! What one's own voice goes through between the microphone and the codec: echo cancellation, noise
//! suppression, gain control. Frames in, frames out, on the caller's thread; which sound the
//! loudspeaker plays is told frame by frame, in step with the microphone's.

use cinemasync_core::voice_settings::VoiceSettings;
use sonora::config::{
    AdaptiveDigital, GainController2, HighPassFilter, MaxProcessingRate, NoiseSuppression,
    NoiseSuppressionLevel, Pipeline,
};
use sonora::{AudioProcessing, Config, StreamConfig};

use super::echo::EchoCanceller;
use super::opus::{FRAME, RATE};

/// What gain control adds at first and at most, in decibels: a quiet microphone is heard, a sleeping
/// room is not.
const FIRST_GAIN_DB: f32 = 3.0;
const MOST_GAIN_DB: f32 = 24.0;

/// What is switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Switches {
    echo: bool,
    noise: bool,
    gain: bool,
}

impl Switches {
    fn of(settings: &VoiceSettings) -> Self {
        Self {
            echo: settings.echo_cancellation,
            noise: settings.noise_suppression,
            gain: settings.automatic_gain,
        }
    }
}

/// The treatment of one voice.
#[derive(Debug, Default)]
pub struct VoiceProcessing {
    switches: Switches,
    /// First, as what is done to a voice would be done to its echo. None while it is off.
    canceller: Option<Box<EchoCanceller>>,
    /// None while there is nothing else to do.
    engine: Option<Box<AudioProcessing>>,
}

impl VoiceProcessing {
    /// Treats 10 ms of the microphone as the settings say. `reference` is what the loudspeaker plays
    /// meanwhile: it must come before its echo does, by less than half a second.
    pub fn process(
        &mut self,
        frame: &mut [f32; FRAME],
        reference: Option<&[f32; FRAME]>,
        settings: &VoiceSettings,
    ) {
        let switches = Switches::of(settings);
        if switches != self.switches {
            self.change(switches);
        }
        if let Some(canceller) = &mut self.canceller {
            if let Some(reference) = reference {
                canceller.tell_played(reference);
            }
            canceller.cancel(frame);
        }
        if let Some(engine) = &mut self.engine {
            let spoken = *frame;
            let treated = engine.process_capture_f32(&[&spoken], &mut [frame]);
            treated.expect("mono at 48 kHz, as the engine was built for");
        }
    }

    /// What stays on keeps what it has learned.
    fn change(&mut self, to: Switches) {
        if !to.echo {
            self.canceller = None;
        } else if self.canceller.is_none() {
            self.canceller = Some(Box::default());
        }
        self.switches = to;
        self.engine = (to.noise || to.gain).then(|| Box::new(engine(to)));
    }
}

fn engine(switches: Switches) -> AudioProcessing {
    let gain = AdaptiveDigital {
        initial_gain_db: FIRST_GAIN_DB,
        max_gain_db: MOST_GAIN_DB,
        ..AdaptiveDigital::default()
    };
    let config = Config {
        pipeline: Pipeline {
            maximum_internal_processing_rate: MaxProcessingRate::Rate48kHz,
            multi_channel_render: false,
            multi_channel_capture: false,
            ..Pipeline::default()
        },
        // A table that is knocked on, a fan, the hum of the mains: nobody's voice. The canceller takes
        // them out itself.
        high_pass_filter: (!switches.echo).then(HighPassFilter::default),
        noise_suppression: switches.noise.then(|| NoiseSuppression {
            level: NoiseSuppressionLevel::Low,
            ..NoiseSuppression::default()
        }),
        gain_controller2: switches.gain.then(|| GainController2 {
            adaptive_digital: Some(gain),
            ..GainController2::default()
        }),
        ..Config::default()
    };
    let mono = StreamConfig::new(RATE, 1);
    AudioProcessing::builder().config(config).capture_config(mono).render_config(mono).build()
}

#[cfg(test)]
mod tests {
    use super::super::level::level_db;
    use super::*;

    /// Noise that swells and ebbs like syllables; the same in every run.
    fn babble(seed: u64, length: usize) -> Vec<f32> {
        let mut state = seed;
        let mut low = 0.0f32;
        (0..length)
            .map(|at| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(seed | 1);
                let white = (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0;
                low += (white - low) * 0.3;
                let beat = (at as f32 / 48_000.0 * std::f32::consts::TAU * 3.1).sin().max(0.0);
                low * beat * 0.6
            })
            .collect()
    }

    /// A room: what the loudspeaker plays comes back after 35 ms, and with reflections.
    fn echo(played: &[f32]) -> Vec<f32> {
        let taps = [(1_680, 0.5), (1_990, -0.2), (2_611, 0.12), (3_907, 0.05)];
        (0..played.len())
            .map(|at| {
                taps.iter()
                    .filter(|(delay, _)| at >= *delay)
                    .map(|(delay, gain)| played[at - delay] * gain)
                    .sum()
            })
            .collect()
    }

    fn treat(sound: &[f32], played: Option<&[f32]>, settings: &VoiceSettings) -> Vec<f32> {
        let mut processing = VoiceProcessing::default();
        let mut out = Vec::new();
        for (number, chunk) in sound.chunks_exact(FRAME).enumerate() {
            let mut frame: [f32; FRAME] = chunk.try_into().expect("a whole frame");
            let reference = played
                .map(|played| played[number * FRAME..][..FRAME].try_into().expect("a whole frame"));
            processing.process(&mut frame, reference.as_ref(), settings);
            out.extend(frame);
        }
        out
    }

    fn settings() -> VoiceSettings {
        VoiceSettings { automatic_gain: false, ..VoiceSettings::default() }
    }

    #[test]
    fn what_the_loudspeaker_plays_is_taken_out() {
        let played = babble(7, 48_000 * 4);
        let heard = echo(&played);
        let out = treat(&heard, Some(&played), &settings());
        let late = 48_000 * 2..;
        let lost = level_db(&heard[late.clone()]) - level_db(&out[late.clone()]);
        assert!(lost >= 30.0, "{lost} dB");
        let untreated =
            treat(&heard, Some(&played), &VoiceSettings { echo_cancellation: false, ..settings() });
        let lost = level_db(&heard[late.clone()]) - level_db(&untreated[late]);
        assert!(lost.abs() < 1e-6, "off is off: {lost} dB");
    }

    /// A hummed sentence: harmonics of a pitch that wavers, in syllables.
    fn hum(pitch: f32, beat: f32, length: usize) -> Vec<f32> {
        let mut phase = 0.0f32;
        (0..length)
            .map(|at| {
                let time = at as f32 / 48_000.0;
                let waver = 1.0 + 0.06 * (time * std::f32::consts::TAU * 0.7).sin();
                phase = (phase + pitch * waver / 48_000.0).fract();
                let turn = std::f32::consts::TAU * phase;
                let wave: f32 = (1..=24).map(|number| (turn * number as f32).sin() / 24.0).sum();
                wave * (time * std::f32::consts::TAU * beat).sin().max(0.0)
            })
            .collect()
    }

    /// Both at once, and the echo is louder.
    #[test]
    fn a_voice_over_the_echo_is_kept() {
        let film = babble(7, 48_000 * 12);
        let voice = hum(205.0, 1.9, film.len());
        let played: Vec<f32> = film.iter().zip(&voice).map(|(a, b)| a + b).collect();
        let echoes = echo(&played);
        let near: Vec<f32> =
            hum(120.0, 2.3, 48_000 * 8).iter().map(|sample| sample * 0.5).collect();
        let mut both = echoes.clone();
        both[48_000 * 4..].iter_mut().zip(&near).for_each(|(heard, said)| *heard += said);
        let silence = vec![0.0; near.len()];
        let alone = treat(&near, Some(&silence), &settings());
        let out = treat(&both, Some(&played), &settings());
        let kept = level_db(&out[48_000 * 5..]) - level_db(&alone[48_000..]);
        let louder = level_db(&echoes) - level_db(&near);
        assert!(louder > 3.0, "{louder} dB");
        assert!(kept.abs() <= 3.0, "{kept} dB with an echo that is {louder} dB louder");
    }

    #[test]
    fn a_voice_without_an_echo_stays_as_it_is() {
        let voice = babble(3, 48_000 * 4);
        let silence = vec![0.0; voice.len()];
        let out = treat(&voice, Some(&silence), &settings());
        let late = 48_000..;
        let change = level_db(&out[late.clone()]) - level_db(&voice[late]);
        assert!(change.abs() < 1.5, "{change} dB");
    }

    #[test]
    fn a_quiet_voice_is_raised_by_gain_control_alone() {
        let voice: Vec<f32> = babble(5, 48_000 * 8).iter().map(|sample| sample * 0.05).collect();
        let gain = |automatic_gain| {
            let settings = VoiceSettings { automatic_gain, ..settings() };
            let out = treat(&voice, None, &settings);
            level_db(&out[48_000 * 6..]) - level_db(&voice[48_000 * 6..])
        };
        assert!(gain(true) > gain(false) + 2.0, "{} {}", gain(true), gain(false));
    }
}
