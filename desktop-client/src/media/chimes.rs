//! The short sounds that tell who came, who left and whether one is muted. They are in the program
//! and are mixed with the voices, here alone.

use std::collections::VecDeque;
use std::io::Cursor;
use std::sync::{Mutex, PoisonError};

use cinemasync_core::plan::Sound;

use super::opus::FRAME;

/// Sounds that wait for each other. Full: the newest is left out, as a crowd's arrival is heard well
/// enough.
const WAITING: usize = 4;

/// The sounds that are to be heard.
#[derive(Debug, Default)]
pub(super) struct Chimes(Mutex<VecDeque<Chime>>);

/// A sound, and how much of it was heard.
#[derive(Debug)]
struct Chime {
    samples: Vec<f32>,
    heard: usize,
}

impl Chimes {
    /// Lets a sound be heard after those before it.
    pub(super) fn ring(&self, sound: Sound) {
        let file: &[u8] = match sound {
            Sound::Joined => include_bytes!("../../../assets/sounds/joined.wav"),
            Sound::Left => include_bytes!("../../../assets/sounds/left.wav"),
            Sound::Muted => include_bytes!("../../../assets/sounds/muted.wav"),
            Sound::Unmuted => include_bytes!("../../../assets/sounds/unmuted.wav"),
        };
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < WAITING {
            waiting.push_back(Chime { samples: read(file), heard: 0 });
        }
    }

    /// Is nothing to be heard any more?
    pub(super) fn are_over(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Mixes the next 10 ms in.
    pub(super) fn mix(&self, sound: &mut [f32; FRAME]) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(chime) = waiting.front_mut() else { return };
        let next = &chime.samples[chime.heard..];
        sound.iter_mut().zip(next).for_each(|(sum, sample)| *sum += sample);
        chime.heard = (chime.heard + FRAME).min(chime.samples.len());
        if chime.heard == chime.samples.len() {
            waiting.pop_front();
        }
    }
}

/// The samples of one of our own files: mono, 48 kHz, 16 bits.
fn read(file: &[u8]) -> Vec<f32> {
    let samples = hound::WavReader::new(Cursor::new(file)).map(|wav| {
        wav.into_samples::<i16>()
            .map_while(Result::ok)
            .map(|sample| f32::from(sample) / 32_768.0)
            .collect()
    });
    samples.unwrap_or_else(|error| {
        tracing::error!(%error, "a sound of the program's own cannot be read");
        Vec::new()
    })
}

#[cfg(test)]
mod tests {
    use super::super::level::level_db;
    use super::*;

    #[test]
    fn each_sound_is_short_soft_and_heard_once() {
        for sound in [Sound::Joined, Sound::Left, Sound::Muted, Sound::Unmuted] {
            let chimes = Chimes::default();
            chimes.ring(sound);
            let mut all = Vec::new();
            while !chimes.are_over() {
                let mut frame = [0.0; FRAME];
                chimes.mix(&mut frame);
                all.extend(frame);
            }
            let seconds = all.len() as f64 / 48_000.0;
            assert!((0.1..0.6).contains(&seconds), "{sound:?}: {seconds} s");
            let loud = level_db(&all);
            assert!((-40.0..-18.0).contains(&loud), "{sound:?}: {loud} dB");
            assert!(all[..5].iter().chain(&all[all.len() - 5..]).all(|it| it.abs() < 0.01));
        }
    }

    #[test]
    fn a_crowd_does_not_ring_for_ever() {
        let chimes = Chimes::default();
        (0..100).for_each(|_| chimes.ring(Sound::Joined));
        let frames = (0..).take_while(|_| {
            chimes.mix(&mut [0.0; FRAME]);
            !chimes.are_over()
        });
        assert!(frames.count() < 300);
    }
}
