//! What this computer plays, in step with what its microphone hears: the reference of the echo
//! canceller.
//!
//! Whoever plays or records the sound puts it into a [`ReferenceQueue`]; the microphone's thread
//! takes a frame for each of its own. Time is never shortened where sound was lost: silence stands
//! for it. It is shortened where the queue has grown, or the sound would come after its echo: at
//! once after a standstill, by single samples against clocks that differ.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::opus::FRAME;

/// Most samples that wait, half a second; the oldest go. An echo is not found that late.
const CAPACITY: usize = 24_000;
/// How long the queue is watched before something is done about its length, in frames: 1 s.
const WATCHED: u32 = 100;
/// Sound comes in lumps; a queue that never is shorter than this is too long and loses a sample a
/// frame, more than any two clocks differ by.
const LONG: usize = FRAME + FRAME / 4;
/// Beyond this it was a standstill, and is given up at once.
const TOO_LONG: usize = 3 * FRAME;

/// Where what is played is left for the microphone's thread. The writer never waits long: a lock is
/// held for a copy.
#[derive(Debug, Default)]
pub(super) struct ReferenceQueue {
    samples: Mutex<VecDeque<f32>>,
    live: AtomicBool,
}

impl ReferenceQueue {
    /// Adds what is played next, mono at 48 kHz.
    pub(super) fn push(&self, sound: &[f32]) {
        let mut samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        samples.extend(sound);
        let over = samples.len().saturating_sub(CAPACITY);
        samples.drain(..over);
    }

    /// Tells whether somebody fills the queue.
    pub(super) fn set_live(&self, live: bool) {
        self.live.store(live, Ordering::Release);
    }

    fn is_live(&self) -> bool {
        self.live.load(Ordering::Acquire)
    }

    fn clear(&self) {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The two sounds that may serve: everything that the computer plays, or the voices alone where
/// that cannot be recorded.
#[derive(Debug, Clone, Default)]
pub(super) struct References {
    pub(super) everything: Arc<ReferenceQueue>,
    pub(super) voices: Arc<ReferenceQueue>,
}

/// Hands out a frame of the best reference for each frame of the microphone.
#[derive(Debug)]
pub(super) struct Reference {
    references: References,
    /// Is it everything?
    everything: bool,
    /// Frames since the length was looked at, and the shortest since.
    watched: u32,
    shortest: usize,
    /// Is a sample to be left out of each frame?
    trims: bool,
}

impl Reference {
    /// Begins with what comes from now on.
    pub(super) fn new(references: References) -> Self {
        references.everything.clear();
        references.voices.clear();
        let everything = references.everything.is_live();
        Self { references, everything, watched: 0, shortest: usize::MAX, trims: false }
    }

    /// What is played with the next frame of the microphone; silence stands for what is missing.
    pub(super) fn next(&mut self) -> [f32; FRAME] {
        let everything = self.references.everything.is_live();
        if std::mem::replace(&mut self.everything, everything) != everything {
            tracing::debug!(everything, "another reference for the echo canceller");
            self.queue().clear();
            (self.watched, self.shortest, self.trims) = (0, usize::MAX, false);
        }
        let (trims, mut frame) = (self.trims, [0.0; FRAME]);
        let queue = Arc::clone(self.queue());
        let mut samples = queue.samples.lock().unwrap_or_else(PoisonError::into_inner);
        if samples.len() > FRAME {
            let over = usize::from(trims);
            frame.iter_mut().zip(samples.drain(..FRAME + over)).for_each(|(to, from)| *to = from);
        }
        self.watch(&mut samples);
        frame
    }

    fn queue(&self) -> &Arc<ReferenceQueue> {
        if self.everything { &self.references.everything } else { &self.references.voices }
    }

    fn watch(&mut self, samples: &mut VecDeque<f32>) {
        self.shortest = self.shortest.min(samples.len());
        self.watched += 1;
        if self.watched < WATCHED {
            return;
        }
        if self.shortest > TOO_LONG {
            tracing::debug!(samples = self.shortest, "the echo canceller's reference was late");
            samples.drain(..self.shortest - FRAME);
            self.shortest = FRAME;
        }
        self.trims = self.shortest > LONG;
        (self.watched, self.shortest) = (0, usize::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references() -> References {
        let references = References::default();
        references.everything.set_live(true);
        references
    }

    /// Samples that count up, so that each tells when it was played.
    fn ramp(from: usize, length: usize) -> Vec<f32> {
        (from..from + length).map(|at| at as f32).collect()
    }

    fn is_silence(frame: &[f32; FRAME]) -> bool {
        frame.iter().all(|sample| sample.abs() < f32::EPSILON)
    }

    #[test]
    fn frames_come_in_their_order_and_silence_stands_for_what_is_missing() {
        let references = references();
        let mut reference = Reference::new(references.clone());
        assert!(is_silence(&reference.next()), "nothing has come yet");
        references.everything.push(&ramp(1, FRAME + 10));
        assert_eq!(reference.next().to_vec(), ramp(1, FRAME));
        assert!(is_silence(&reference.next()), "a part of a frame waits");
        references.everything.push(&ramp(FRAME + 11, FRAME));
        assert_eq!(reference.next().to_vec(), ramp(FRAME + 1, FRAME));
    }

    #[test]
    fn the_voices_serve_while_nothing_else_does() {
        let references = References::default();
        let mut reference = Reference::new(references.clone());
        references.voices.push(&ramp(1, 2 * FRAME));
        assert_eq!(reference.next().to_vec(), ramp(1, FRAME));
        references.everything.push(&ramp(5, 9 * FRAME));
        references.everything.set_live(true);
        assert!(is_silence(&reference.next()), "begins with what comes from now on");
        references.everything.push(&ramp(7_000, 2 * FRAME));
        assert_eq!(reference.next().to_vec(), ramp(7_000, FRAME));
    }

    /// Plays and hears with clocks that differ, in lumps of 20 ms; how late the reference is in the
    /// end, in samples.
    fn lateness(played_a_frame: f64, standstill_at: Option<u32>) -> f64 {
        let references = references();
        let mut reference = Reference::new(references.clone());
        let (mut played, mut pushed) = (0.0, 0usize);
        let mut late = 0.0;
        for frame in 1..=60_000u32 {
            played += played_a_frame;
            if frame % 2 == 0 {
                let whole = played as usize;
                references.everything.push(&ramp(pushed + 1, whole - pushed));
                pushed = whole;
            }
            if standstill_at.is_some_and(|at| (at..at + 30).contains(&frame)) {
                // The microphone lost 300 ms.
                continue;
            }
            let heard = reference.next()[FRAME - 1];
            if heard > 0.0 {
                late = played - f64::from(heard);
            }
        }
        late
    }

    #[test]
    fn clocks_that_differ_do_not_make_the_reference_late() {
        for ppm in [-500.0, -100.0, 0.0, 100.0, 500.0] {
            let late = lateness(FRAME as f64 * (1.0 + ppm / 1e6), None);
            assert!(late < 3.5 * FRAME as f64, "{ppm} ppm: {late}");
        }
    }

    #[test]
    fn a_standstill_of_the_microphone_does_not_make_the_reference_late() {
        let late = lateness(FRAME as f64, Some(20_000));
        assert!(late < 3.5 * FRAME as f64, "{late}");
    }

    #[test]
    fn what_nobody_takes_is_bounded() {
        let references = references();
        for _ in 0..1_000 {
            references.everything.push(&[0.0; FRAME]);
        }
        let length = references.everything.samples.lock().expect("not poisoned").len();
        assert!(length <= CAPACITY);
    }
}
