//! Brings the sounds of several programs together, each at the moment at which it is heard here, and
//! hands out their sum in frames. Pure: whoever records says what time it is.
//!
//! A program whose sound does not come is waited for only briefly. Full: what is furthest behind is
//! left out.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use super::super::level::soft_limit;
use super::super::opus::{FRAME, RATE, STEREO, StereoFrame};

/// Most samples (of both sides each) that wait, half a second: far more than loudspeakers differ by.
const CAPACITY: usize = RATE as usize / 2;
/// How far the furthest may be ahead before the others are not waited for any more.
const MOST_WAIT: u64 = RATE as u64 * 3 / 10;
/// A program that gave nothing for so long is paused or late, and is not waited for.
const STALE: Duration = Duration::from_millis(40);
/// A sound that is off by more than this has lost something, if the next look says the same.
const JUMP: i64 = RATE as i64 / 25;
/// What is off by less than this stays: nobody measures better.
const CLOSE: i64 = RATE as i64 / 500;
/// So many looks must agree before a sound is moved by single samples: some servers hand sound over in
/// lumps and do not say what is still on its way.
const AGREEING: usize = 8;

/// The sum of what programs play.
#[derive(Debug)]
pub(super) struct Timeline {
    epoch: Instant,
    /// Sums, from `start` on.
    sound: VecDeque<[f32; STEREO]>,
    /// Samples between the epoch and the first sum.
    start: u64,
    programs: BTreeMap<u32, Program>,
}

#[derive(Debug)]
struct Program {
    /// Where its next sample belongs; nobody knows before it was [anchored](Timeline::anchor).
    next: Option<u64>,
    /// How many samples are to be put in (or left out), one at a time.
    drift: i64,
    /// How far off it was when last looked at, if that was a jump.
    suspected: Option<i64>,
    /// How far off it was at the last looks, all in the same direction.
    off: Vec<i64>,
    heard: Instant,
}

impl Program {
    /// Moves the sound by what all looks of the last time agree on.
    fn settle(&mut self, off: i64) {
        let agrees = self.off.first().is_none_or(|first| first.signum() == off.signum());
        if off.abs() <= CLOSE || !agrees {
            self.off.clear();
            return;
        }
        self.off.push(off);
        if self.off.len() == AGREEING {
            let least = self.off.drain(..).min_by_key(|off| off.abs());
            self.drift = least.unwrap_or(0);
        }
    }
}

impl Timeline {
    /// An empty one, whose positions count from `epoch`.
    pub(super) fn new(epoch: Instant) -> Self {
        Self { epoch, sound: VecDeque::new(), start: 0, programs: BTreeMap::new() }
    }

    /// The moment of a position.
    pub(super) fn moment(&self, position: u64) -> Instant {
        let nanos = u128::from(position) * 1_000_000_000 / u128::from(RATE);
        self.epoch + Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
    }

    /// Adds what a program plays next, left and right by turns.
    pub(super) fn add(&mut self, program: u32, sound: &[f32], now: Instant) {
        let entry = self.programs.entry(program).or_insert(Program {
            next: None,
            drift: 0,
            suspected: None,
            off: Vec::with_capacity(AGREEING),
            heard: now,
        });
        entry.heard = now;
        let Some(mut next) = entry.next else { return };
        let drift = entry.drift;
        entry.drift -= drift.signum();
        if self.sound.is_empty() {
            self.start = self.start.max(self.waited_for(now).unwrap_or(next));
        }
        let mut samples = sound.chunks_exact(STEREO).map(|both| [both[0], both[1]]);
        if drift < 0 {
            samples.next();
        }
        let mut last = None;
        for sample in samples {
            self.mix(next, sample);
            next += 1;
            last = Some(sample);
        }
        if let Some(last) = last.filter(|_| drift > 0) {
            self.mix(next, last);
            next += 1;
        }
        if let Some(entry) = self.programs.get_mut(&program) {
            entry.next = Some(next);
        }
    }

    /// Tells when what a program gave so far ends.
    pub(super) fn anchor(&mut self, program: u32, end: Instant) {
        let Some(entry) = self.programs.get_mut(&program) else { return };
        let since = end.saturating_duration_since(self.epoch).as_nanos();
        let measured = u64::try_from(since * u128::from(RATE) / 1_000_000_000).unwrap_or(0);
        let Some(next) = entry.next else {
            entry.next = Some(measured);
            return;
        };
        let off = measured as i64 - next as i64;
        if off.abs() <= JUMP {
            entry.suspected = None;
            entry.settle(off);
            return;
        }
        match entry.suspected.take() {
            Some(before) if before.signum() == off.signum() => {
                let jump = if before.abs() < off.abs() { before } else { off };
                tracing::debug!(samples = jump, "a program's sound has jumped");
                (entry.next, entry.drift) = (Some(next.saturating_add_signed(jump)), 0);
                entry.off.clear();
            }
            _ => entry.suspected = Some(off),
        }
    }

    /// Forgets a program: it plays no more. Other systems mix the programs themselves.
    #[cfg(any(target_os = "linux", test))]
    pub(super) fn remove(&mut self, program: u32) {
        self.programs.remove(&program);
    }

    /// The next 10 ms and their position, once all are there that are waited for.
    pub(super) fn next(&mut self, now: Instant) -> Option<(u64, StereoFrame)> {
        if self.sound.is_empty() {
            return None;
        }
        let furthest = self.start + self.sound.len() as u64;
        let waited_for = self.waited_for(now);
        let ready = waited_for.unwrap_or(furthest).max(furthest.saturating_sub(MOST_WAIT));
        // The very last of what was played is filled up with silence.
        if ready < self.start + FRAME as u64 && waited_for.is_some() {
            return None;
        }
        let mut frame = [0.0; STEREO * FRAME];
        let taken = self.sound.drain(..self.sound.len().min(FRAME));
        for (to, from) in frame.chunks_exact_mut(STEREO).zip(taken) {
            to.copy_from_slice(&from.map(soft_limit));
        }
        let position = self.start;
        self.start += FRAME as u64;
        Some((position, frame))
    }

    /// Up to where those have come that still play.
    fn waited_for(&self, now: Instant) -> Option<u64> {
        let plays = |it: &&Program| now.saturating_duration_since(it.heard) < STALE;
        self.programs.values().filter(plays).filter_map(|program| program.next).min()
    }

    fn mix(&mut self, position: u64, sample: [f32; STEREO]) {
        // What comes after its time is over is left out.
        let Some(at) = position.checked_sub(self.start) else { return };
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        if at >= CAPACITY {
            // Far ahead of all that is here: what is here will not be completed.
            self.sound.clear();
            self.start = position;
            self.sound.push_back(sample);
            return;
        }
        if self.sound.len() <= at {
            self.sound.resize(at + 1, [0.0; STEREO]);
        }
        let sum = &mut self.sound[at];
        sum.iter_mut().zip(sample).for_each(|(sum, sample)| *sum += sample);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LUMP: Duration = Duration::from_millis(10);

    fn level(value: f32) -> [f32; STEREO * FRAME] {
        [value; STEREO * FRAME]
    }

    /// Everything that comes out until `now`.
    fn drain(timeline: &mut Timeline, now: Instant) -> Vec<(u64, f32)> {
        std::iter::from_fn(|| timeline.next(now)).map(|(at, frame)| (at, frame[0])).collect()
    }

    #[test]
    fn programs_are_summed_where_they_are_heard_together() {
        let start = Instant::now();
        let mut timeline = Timeline::new(start);
        let mut out = Vec::new();
        for lump in 0..100u32 {
            let now = start + LUMP * (lump + 1);
            timeline.add(1, &level(0.25), now);
            timeline.add(2, &level(0.5), now);
            // The second comes out of a loudspeaker that takes 50 ms longer.
            timeline.anchor(1, now);
            timeline.anchor(2, now + 5 * LUMP);
            out.extend(drain(&mut timeline, now));
        }
        assert!(out.windows(2).all(|pair| pair[1].0 == pair[0].0 + FRAME as u64), "{out:?}");
        assert!(out[10..].iter().all(|(_, sum)| (sum - 0.75).abs() < 1e-6), "{out:?}");
        // The first is what everything waits for.
        let last = out.last().expect("came out").0 / FRAME as u64;
        assert!((98..=100).contains(&last), "{last}");
    }

    #[test]
    fn a_program_that_pauses_holds_up_the_others_only_briefly() {
        let start = Instant::now();
        let mut timeline = Timeline::new(start);
        let mut out = Vec::new();
        for lump in 0..100u32 {
            let now = start + LUMP * (lump + 1);
            timeline.add(1, &level(0.25), now);
            timeline.anchor(1, now);
            if lump < 50 {
                timeline.add(2, &level(0.5), now);
                timeline.anchor(2, now);
            }
            let before = out.len();
            out.extend(drain(&mut timeline, now));
            assert!((50..55).contains(&lump) || lump == 0 || out.len() > before, "{lump}");
        }
        assert!(out.windows(2).all(|pair| pair[1].0 == pair[0].0 + FRAME as u64));
        assert!((out.last().expect("came out").1 - 0.25).abs() < 1e-6);
    }

    #[test]
    fn what_was_lost_is_silence_and_small_differences_are_followed() {
        let start = Instant::now();
        let mut timeline = Timeline::new(start);
        let mut out = Vec::new();
        for lump in 0..1_000u32 {
            // The program's clock is 0.05 % slow; 100 ms are lost in the middle.
            let now = start + (LUMP + Duration::from_micros(5)) * (lump + 1);
            if (500..510).contains(&lump) {
                continue;
            }
            timeline.add(1, &level(0.25), now);
            timeline.anchor(1, now);
            out.extend(drain(&mut timeline, now));
        }
        let last = timeline.moment(out.last().expect("came out").0 + FRAME as u64);
        let truth = start + (LUMP + Duration::from_micros(5)) * 1_000;
        let off = truth.saturating_duration_since(last);
        assert!(off < Duration::from_millis(13), "{off:?}");
    }

    #[test]
    fn a_measure_that_wavers_moves_nothing() {
        let start = Instant::now();
        let mut timeline = Timeline::new(start);
        let mut samples = 0;
        for lump in 0..1_000u32 {
            let now = start + LUMP * (lump + 1);
            timeline.add(1, &level(0.25), now);
            timeline.anchor(1, now + Duration::from_millis(u64::from(lump * 7 % 20)));
            samples += drain(&mut timeline, now).len() * FRAME;
        }
        // All but the first lump, which told where it is.
        assert_eq!(samples, 999 * FRAME);
    }

    #[test]
    fn the_end_of_a_sound_comes_out_and_a_later_one_begins_where_it_is() {
        let start = Instant::now();
        let mut timeline = Timeline::new(start);
        timeline.add(1, &level(0.25), start);
        timeline.anchor(1, start + LUMP);
        timeline.add(1, &level(0.25), start + LUMP);
        timeline.add(1, &level(0.25)[..100], start + LUMP);
        assert_eq!(drain(&mut timeline, start + LUMP).len(), 1);
        let later = start + Duration::from_secs(1);
        assert_eq!(drain(&mut timeline, later).len(), 1, "filled up");
        timeline.remove(1);
        timeline.add(2, &level(0.25), later);
        timeline.anchor(2, later);
        timeline.add(2, &level(0.25), later + LUMP);
        let out = drain(&mut timeline, later + LUMP);
        assert_eq!(out.first().map(|(at, _)| *at), Some(u64::from(RATE)));
    }

    #[test]
    fn what_nobody_waits_for_is_bounded() {
        let start = Instant::now();
        let mut timeline = Timeline::new(start);
        for (program, ahead) in [(1, 0), (2, 3_600)] {
            timeline.add(program, &[], start);
            timeline.anchor(program, start + Duration::from_secs(ahead));
        }
        for lump in 0..1_000u32 {
            let now = start + LUMP * lump;
            timeline.add(1, &level(0.5), now);
            timeline.add(2, &level(0.5), now);
            assert!(timeline.sound.len() <= CAPACITY);
            drain(&mut timeline, now);
        }
    }
}
