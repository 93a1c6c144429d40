//! A simulated room: what the loudspeaker plays comes back to the microphone with reflections, and
//! somebody speaks in it when told. A thread that lives between a listener and a player.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::super::sound_server::{Hearing, Playing, RATE, SoundServer};

/// Samples of one step: 10 ms.
const STEP: usize = RATE as usize / 100;
/// The way from loudspeaker to microphone, in samples, and what it leaves.
const DIRECT: (usize, f32) = (210, 0.5);
/// How many reflections there are, and after how many samples they have died away.
const REFLECTIONS: usize = 160;
const TAIL: usize = 9_600;

/// The time that loudspeaker and microphone take, in samples: 50 ms.
const DEVICES: usize = 2_400;
/// How long the processes take to start.
const SETTLING: Duration = Duration::from_millis(1_500);

/// A step that comes sooner than this has waited for us.
const INSTANT: Duration = Duration::from_millis(1);
/// So many in a row may have: later the echo would come so late that no canceller finds it.
const MOST_BEHIND: u32 = 8;

/// A running room.
pub(super) struct Room {
    speak: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    stumbles: Arc<AtomicU32>,
    thread: Option<JoinHandle<()>>,
}

impl Room {
    /// Between the loudspeaker `from` and the microphone's sink `to`; `near` is what somebody says.
    pub(super) fn start(sound: &SoundServer, from: &str, to: &str, near: Vec<f32>) -> Result<Self> {
        let (mut hearing, mut playing) = (sound.hear(from)?, sound.play(to)?);
        let (speak, stop) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let stumbles = Arc::new(AtomicU32::new(0));
        let (told, ended) = (Arc::clone(&speak), Arc::clone(&stop));
        let stumbled = Arc::clone(&stumbles);
        let thread = thread::Builder::new()
            .name("room".to_owned())
            .spawn(move || {
                if settle(&mut hearing, &mut playing).is_err() {
                    return;
                }
                let mut walls = Walls::new();
                let (mut said, mut behind) = (near.len(), 0);
                let (mut step, mut out) = ([0.0; STEP], [0.0; STEP]);
                while !ended.load(Ordering::Acquire) {
                    if told.swap(false, Ordering::AcqRel) {
                        said = 0;
                    }
                    let asked = Instant::now();
                    if hearing.read(&mut step).is_err() {
                        return;
                    }
                    // Steps that need not be waited for are behind their time.
                    behind = if asked.elapsed() < INSTANT { behind + 1 } else { 0 };
                    if behind > MOST_BEHIND {
                        stumbled.fetch_add(1, Ordering::Relaxed);
                        continue;
                    }
                    walls.reflect(&step, &mut out);
                    let words = near.get(said..).unwrap_or_default();
                    out.iter_mut().zip(words).for_each(|(out, word)| *out += word);
                    said = (said + STEP).min(near.len());
                    if playing.write(&out).is_err() {
                        return;
                    }
                }
            })
            .context("no thread could be started")?;
        Ok(Self { speak, stop, stumbles, thread: Some(thread) })
    }

    /// How many steps were left out because this machine was too busy: no room does that.
    pub(super) fn stumbles(&self) -> u32 {
        self.stumbles.load(Ordering::Relaxed)
    }

    /// Somebody in the room speaks from now on.
    pub(super) fn speak(&self) {
        self.speak.store(true, Ordering::Release);
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A panic was printed where it happened.
            let _ = thread.join();
        }
    }
}

/// What a microphone hears of all this, with the time that devices take.
pub(super) fn echo_of(played: &[f32]) -> Vec<f32> {
    let mut walls = Walls::new();
    let mut heard = vec![0.0; DEVICES];
    for step in played.chunks_exact(STEP) {
        let mut out = [0.0; STEP];
        walls.reflect(step.try_into().expect("a whole step"), &mut out);
        heard.extend(out);
    }
    heard.truncate(played.len());
    heard
}

/// Lets both processes start and what waits in their pipes run dry: what is in between at the start
/// would stay in between, and no room answers half a second later.
fn settle(hearing: &mut Hearing, playing: &mut Playing) -> Result<()> {
    playing.write(&[0.0; STEP])?;
    let started = Instant::now();
    let mut step = [0.0; STEP];
    loop {
        let asked = Instant::now();
        hearing.read(&mut step)?;
        // Only what has not sounded yet is waited for.
        if started.elapsed() > SETTLING && asked.elapsed() > Duration::from_millis(5) {
            return Ok(());
        }
    }
}

/// The room's impulse response, and what was played lately.
struct Walls {
    taps: Vec<(usize, f32)>,
    played: Vec<f32>,
}

impl Walls {
    fn new() -> Self {
        let mut state = 12_345_u32;
        let mut chance = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8) / f64::from(1 << 24)
        };
        let mut taps = vec![DIRECT];
        for _ in 0..REFLECTIONS {
            let delay = (chance() * TAIL as f64) as usize;
            let decay = (-6.9 * delay as f64 / TAIL as f64).exp();
            taps.push((DIRECT.0 + 40 + delay, ((chance() - 0.5) * 0.22 * decay) as f32));
        }
        let longest = taps.iter().map(|(delay, _)| *delay).max().unwrap_or(0);
        Self { taps, played: vec![0.0; longest] }
    }

    fn reflect(&mut self, step: &[f32; STEP], out: &mut [f32; STEP]) {
        self.played.extend(step);
        let first = self.played.len() - STEP;
        out.fill(0.0);
        for (delay, gain) in &self.taps {
            let came = &self.played[first - delay..][..STEP];
            out.iter_mut().zip(came).for_each(|(out, sample)| *out += sample * gain);
        }
        self.played.drain(..STEP);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_comes_back_after_its_way_and_dies_away() {
        let mut walls = Walls::new();
        let mut step = [0.0; STEP];
        step[0] = 1.0;
        let mut heard = Vec::new();
        for _ in 0..40 {
            let mut out = [0.0; STEP];
            walls.reflect(&step, &mut out);
            heard.extend(out);
            step = [0.0; STEP];
        }
        assert!(heard[..DIRECT.0].iter().all(|sample| sample.abs() < 1e-9));
        assert!((heard[DIRECT.0] - DIRECT.1).abs() < 1e-6);
        assert!(heard[TAIL + 1_000..].iter().all(|sample| sample.abs() < 1e-9));
    }
}
