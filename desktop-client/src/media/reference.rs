//! What this computer plays, in step with what its microphone hears: the reference of the echo
//! canceller.
//!
//! Whoever plays or records the sound puts it into a [`ReferenceQueue`]; the microphone's thread
//! takes a frame for each of its own. What matters is that a sound and its echo stay equally far
//! apart, and that the sound comes first. So the length of the queue is watched: where it has grown
//! suddenly the microphone has lost sound, and as much is left out here; where it has shrunk this
//! side has lost it, and silence stands for it. Clocks that differ are followed by single samples.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::opus::FRAME;

/// Most samples that wait, half a second; the oldest go. An echo is not found that late.
const CAPACITY: usize = 24_000;
/// How long the queue is watched before something is done about its length, in frames: 0.5 s. Sound
/// comes in lumps, so its shortest in that time is what counts.
const WATCHED: u32 = 50;
/// How often a late frame is waited for.
const WAITS: u32 = 3;
/// A change beyond this is a loss. What is less is how lumps of one sound lie to those of the other, which
/// shifts by up to a lump whenever the machine is busy; to follow that would move the echo each time.
const STEP: usize = 2 * FRAME;
/// How far ahead of the microphone the queue is to be, at most. An echo takes longer than that.
const LONG: usize = FRAME + FRAME / 4;
/// Most samples that are left out while it is watched once if it is longer: as fast as the worst two
/// sound cards drift apart. No more than it is too long by, as the canceller has to follow each of them.
const MOST_TRIMMED: u32 = 5;
/// Beyond this the sound may come after its echo.
const TOO_LONG: usize = 4 * FRAME;

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
    /// The shortest while all was well.
    usual: Option<usize>,
    /// Was it much shorter the last time, or much longer?
    lacked: bool,
    grew: bool,
    /// How many samples are to be left out before the length is looked at again.
    trims: u32,
    /// Was there a frame the last time?
    fed: bool,
}

impl Reference {
    /// Begins with what comes from now on.
    pub(super) fn new(references: References) -> Self {
        references.everything.clear();
        references.voices.clear();
        let everything = references.everything.is_live();
        Self {
            references,
            everything,
            watched: 0,
            shortest: usize::MAX,
            usual: None,
            lacked: false,
            grew: false,
            trims: 0,
            fed: false,
        }
    }

    /// What is played with the next frame of the microphone. If it is late `wait` is called a few
    /// times, to let a moment pass (false: there is none); then silence stands for it.
    pub(super) fn next(&mut self, mut wait: impl FnMut() -> bool) -> [f32; FRAME] {
        let everything = self.references.everything.is_live();
        if std::mem::replace(&mut self.everything, everything) != everything {
            tracing::debug!(everything, "another reference for the echo canceller");
            self.queue().clear();
            (self.watched, self.shortest) = (0, usize::MAX);
            (self.usual, self.trims) = (None, 0);
            (self.lacked, self.grew) = (false, false);
        }
        let mut frame = [0.0; FRAME];
        // Spread evenly.
        let over = usize::from(self.watched * self.trims % WATCHED < self.trims);
        let queue = Arc::clone(self.queue());
        let mut samples = queue.samples.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..WAITS {
            if samples.len() > FRAME || !self.fed {
                break;
            }
            drop(samples);
            let goes_on = wait();
            samples = queue.samples.lock().unwrap_or_else(PoisonError::into_inner);
            if !goes_on {
                break;
            }
        }
        // Where nothing comes nothing is waited for.
        self.fed = samples.len() > FRAME;
        if self.fed {
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
        let shortest = std::mem::replace(&mut self.shortest, usize::MAX);
        self.watched = 0;
        // At first nothing is lost by making it as short as it can be.
        let usual = self.usual.unwrap_or(shortest.min(LONG));
        let lacks = shortest + STEP < usual;
        let grew = shortest > usual + STEP;
        let lost = (grew && self.grew) || shortest > TOO_LONG;
        let left = if lost || (self.usual.is_none() && shortest > LONG) {
            let left = usual.min(LONG);
            tracing::debug!(samples = shortest - left, "left out of the echo's reference");
            samples.drain(..shortest - left);
            left
        } else if lacks && self.lacked {
            tracing::debug!(samples = usual - shortest, "missing in the echo's reference");
            (shortest..usual).for_each(|_| samples.push_front(0.0));
            usual
        } else if lacks || grew {
            // Perhaps only lumps that came late: the next look tells.
            usual
        } else {
            shortest
        };
        self.lacked = lacks && !self.lacked;
        self.grew = grew && !lost;
        self.usual = Some(left);
        self.trims = u32::try_from(left.saturating_sub(LONG))
            .map_or(MOST_TRIMMED, |long| long.min(MOST_TRIMMED));
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
        assert!(is_silence(&reference.next(|| false)), "nothing has come yet");
        references.everything.push(&ramp(1, FRAME + 10));
        assert_eq!(reference.next(|| false).to_vec(), ramp(1, FRAME));
        assert!(is_silence(&reference.next(|| false)), "a part of a frame waits");
        references.everything.push(&ramp(FRAME + 11, FRAME));
        assert_eq!(reference.next(|| false).to_vec(), ramp(FRAME + 1, FRAME));
    }

    #[test]
    fn a_frame_that_is_late_is_waited_for_while_frames_come() {
        let references = references();
        let mut reference = Reference::new(references.clone());
        assert!(is_silence(&reference.next(|| panic!("nothing has ever come"))));
        references.everything.push(&ramp(1, FRAME + 1));
        assert_eq!(reference.next(|| true).to_vec(), ramp(1, FRAME));
        let late = reference.next(|| {
            references.everything.push(&ramp(FRAME + 2, FRAME));
            true
        });
        assert_eq!(late.to_vec(), ramp(FRAME + 1, FRAME));
        let mut waits = 0;
        let missing = reference.next(|| {
            waits += 1;
            true
        });
        assert!(is_silence(&missing) && waits == WAITS);
        assert!(is_silence(&reference.next(|| panic!("it has ended"))));
    }

    #[test]
    fn the_voices_serve_while_nothing_else_does() {
        let references = References::default();
        let mut reference = Reference::new(references.clone());
        references.voices.push(&ramp(1, 2 * FRAME));
        assert_eq!(reference.next(|| false).to_vec(), ramp(1, FRAME));
        references.everything.push(&ramp(5, 9 * FRAME));
        references.everything.set_live(true);
        assert!(is_silence(&reference.next(|| false)), "begins with what comes from now on");
        references.everything.push(&ramp(7_000, 2 * FRAME));
        assert_eq!(reference.next(|| false).to_vec(), ramp(7_000, FRAME));
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
            let heard = reference.next(|| false)[FRAME - 1];
            if heard > 0.0 {
                late = played - f64::from(heard);
            }
        }
        late
    }

    #[test]
    fn clocks_that_differ_do_not_make_the_reference_late() {
        for ppm in [-200.0, -100.0, 0.0, 100.0, 200.0] {
            let late = lateness(FRAME as f64 * (1.0 + ppm / 1e6), None);
            assert!(late < 3.5 * FRAME as f64, "{ppm} ppm: {late}");
        }
    }

    /// A film that had sounded for a while before the microphone looked for its frames.
    #[test]
    fn a_beginning_with_too_much_is_made_short_at_once_and_then_left_alone() {
        let references = references();
        let mut reference = Reference::new(references.clone());
        references.everything.push(&ramp(1, 3 * FRAME));
        let mut steps = Vec::new();
        let mut before = 0.0;
        for frame in 3..1_000 {
            references.everything.push(&ramp(frame * FRAME + 1, FRAME));
            let heard = reference.next(|| false)[0];
            if (heard - before - FRAME as f32).abs() > 0.5 {
                steps.push(frame);
            }
            before = heard;
        }
        assert!(steps.len() <= 2, "{steps:?}");
        assert!(1_000.0 * FRAME as f32 - before <= 2.0 * FRAME as f32 + LONG as f32);
    }

    /// A busy machine hands over the sounds in other lumps than before.
    #[test]
    fn lumps_that_come_at_other_times_move_nothing() {
        let references = references();
        let mut reference = Reference::new(references.clone());
        let (mut pushed, mut before, mut steps) = (0, 0.0, Vec::new());
        for frame in 1..6_000_usize {
            // Every 5 s they come 7 ms earlier or later.
            let early = [0, 336, 718, 336][frame / 500 % 4];
            let played = frame * FRAME + early;
            references.everything.push(&ramp(pushed + 1, played - pushed));
            pushed = played;
            let heard = reference.next(|| false)[FRAME - 1];
            if frame > 100 && (heard - before - FRAME as f32).abs() > f32::from(MOST_TRIMMED as u8)
            {
                steps.push((frame, heard - before));
            }
            before = heard;
        }
        assert!(steps.is_empty(), "{steps:?}");
    }

    #[test]
    fn a_standstill_of_the_microphone_changes_nothing_afterwards() {
        let (before, after) = (lateness(FRAME as f64, None), lateness(FRAME as f64, Some(20_000)));
        assert!((before - after).abs() < STEP as f64, "{before} {after}");
    }

    #[test]
    fn silence_stands_for_what_the_reference_lost() {
        let references = references();
        let mut reference = Reference::new(references.clone());
        let mut heard = 0.0;
        for frame in 0..1_000 {
            // 30 ms are never recorded.
            let length = if (500..503).contains(&frame) { 0 } else { FRAME };
            references.everything.push(&ramp(frame * FRAME + 1, length));
            // The queue is 10 ms long at first.
            if frame > 0 {
                heard = reference.next(|| false)[FRAME - 1];
            }
        }
        let late = 1_000.0 * FRAME as f32 - heard;
        assert!(late <= (FRAME + STEP) as f32, "as late as before: {late}");
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
