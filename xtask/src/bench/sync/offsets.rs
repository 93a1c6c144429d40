//! How far two sinks are apart in the course of time.

use std::time::Duration;

use anyhow::Result;

use crate::bench::correlate;
use crate::bench::report::Cell;
use crate::bench::sound_server::{RATE, Recording};

/// Samples of the recording that become one: 12 kHz is enough for tenths of a millisecond.
const DECIMATED: usize = 4;
const DECIMATED_RATE: f64 = RATE as f64 / DECIMATED as f64;
/// Length of what is laid over each other, and from one to the next, in seconds.
const WINDOW_SECS: f64 = 0.4;
const STEP_SECS: f64 = 0.1;
/// Offsets beyond this are not looked for in one window, in seconds.
const REACH_SECS: f64 = 0.3;
/// While one of them is corrected, its sound is a little faster or slower: such sound is compared in pieces of
/// this length, in seconds, with the second one resampled to speeds up to this much more or less, in these
/// steps.
const CORRECTED_SECS: f64 = 0.2;
const CORRECTED_BY: f64 = 0.02;
const CORRECTED_STEPS: i32 = 8;
/// Below this likeness (of 1) the two sinks did not play the same.
const ALIKE: f64 = 0.3;
/// Louder than this is more than silence.
const AUDIBLE: f32 = 0.01;

/// One window.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Window {
    /// Nobody plays.
    Silent,
    /// Only one plays, or another place of the film.
    Apart,
    /// The second one is so far behind the first, in ms, and so much like it.
    Offset(f64, f64),
}

/// The offset of the second sink behind the first, window by window.
#[derive(Debug)]
pub(super) struct Course {
    windows: Vec<Window>,
}

impl Course {
    /// What was recorded from this frame on.
    pub(super) fn listen(recording: &Recording, start: usize, span: Duration) -> Result<Self> {
        let both = recording.read(start, span)?;
        Ok(Self::of(both.map(|sound| decimate(&sound))))
    }

    fn of([first, second]: [Vec<f32>; 2]) -> Self {
        let samples = |seconds: f64| (seconds * DECIMATED_RATE) as usize;
        let (window, reach) = (samples(WINDOW_SECS), samples(REACH_SECS));
        let length = first.len().min(second.len());
        let starts = (0..(length + 1).saturating_sub(window)).step_by(samples(STEP_SECS));
        let compare = |start: usize| {
            let parts = [&first, &second].map(|sound| &sound[start..start + window]);
            if parts.iter().all(|part| part.iter().all(|sample| sample.abs() < AUDIBLE)) {
                return Window::Silent;
            }
            let found = correlate::best_match(parts[0], parts[1], reach)
                .filter(|found| found.likeness >= ALIKE)
                .or_else(|| while_corrected(parts, reach).filter(|found| found.likeness >= ALIKE));
            found.map_or(Window::Apart, |found| {
                Window::Offset(found.lag * 1e3 / DECIMATED_RATE, found.likeness)
            })
        };
        Self { windows: starts.map(compare).collect() }
    }

    /// From when on every window in which somebody played was within this, in seconds after the
    /// beginning; `None`: never.
    pub(super) fn together_after(&self, within_ms: f64) -> Option<f64> {
        let apart = |window: &Window| match *window {
            Window::Silent => false,
            Window::Apart => true,
            Window::Offset(offset_ms, _) => offset_ms.abs() > within_ms,
        };
        let first = self.windows.iter().rposition(apart).map_or(0, |last| last + 1);
        let played = self.windows[first..].iter().any(|window| *window != Window::Silent);
        played.then_some(first as f64 * STEP_SECS)
    }

    /// The middle one of the offsets, in ms.
    pub(super) fn median(&self) -> Option<f64> {
        let known: Vec<f64> = self.offsets().map(|(offset_ms, _)| offset_ms).collect();
        quantile(&known, 0.5)
    }

    fn offsets(&self) -> impl DoubleEndedIterator<Item = (f64, f64)> {
        self.windows.iter().filter_map(|window| match *window {
            Window::Offset(offset_ms, likeness) => Some((offset_ms, likeness)),
            Window::Silent | Window::Apart => None,
        })
    }

    /// A row of the table.
    pub(super) fn row(&self, who: &'static str, step: &'static str, within_ms: f64) -> Vec<Cell> {
        let last = self.offsets().next_back();
        vec![
            who.into(),
            step.into(),
            Cell::number(self.together_after(within_ms), 1),
            Cell::number(last.map(|(offset_ms, _)| offset_ms), 1),
            Cell::number(last.map(|(_, likeness)| likeness), 2),
        ]
    }
}

/// When both sound, in seconds from this frame on; `None`: not within the span.
pub(super) fn both_sound_after(
    recording: &Recording,
    start: usize,
    span: Duration,
) -> Result<Option<f64>> {
    let begins = recording
        .read(start, span)?
        .map(|sound| sound.iter().position(|sample| sample.abs() > AUDIBLE));
    let [Some(first), Some(second)] = begins else { return Ok(None) };
    Ok(Some(first.max(second) as f64 / f64::from(RATE)))
}

/// The value below which this share of them lies; `None` of none.
pub(super) fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    Some(sorted[(last as f64 * share).round() as usize])
}

/// The best match of two windows that are played at different speeds.
fn while_corrected(parts: [&[f32]; 2], reach: usize) -> Option<correlate::Match> {
    let half = (CORRECTED_SECS * DECIMATED_RATE / 2.0) as usize;
    let middle = parts[0].len() / 2;
    let first = parts[0].get(middle.checked_sub(half)?..middle + half)?;
    (-CORRECTED_STEPS..=CORRECTED_STEPS)
        .filter_map(|step| {
            let speed = 1.0 + CORRECTED_BY * f64::from(step) / f64::from(CORRECTED_STEPS);
            correlate::best_match(first, &at_speed(parts[1], speed, 2 * half), reach)
        })
        .max_by(|a, b| a.likeness.total_cmp(&b.likeness))
}

/// So many samples about the middle of a sound, as they are at this speed.
fn at_speed(sound: &[f32], speed: f64, samples: usize) -> Vec<f32> {
    let (middle, half) = (sound.len() as f64 / 2.0, samples as f64 / 2.0);
    let at = |index: usize| {
        let place = middle + (index as f64 - half) * speed;
        let (before, share) = (place.floor() as usize, place.fract() as f32);
        let value = |index: usize| sound.get(index).copied().unwrap_or_default();
        value(before) * (1.0 - share) + value(before + 1) * share
    };
    (0..samples).map(at).collect()
}

fn decimate(sound: &[f32]) -> Vec<f32> {
    sound.chunks_exact(DECIMATED).map(|few| few.iter().sum::<f32>() / DECIMATED as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise that never repeats, at the decimated rate.
    fn noise(length: usize) -> Vec<f32> {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 40) as f32 / (1 << 23) as f32 - 1.0
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn a_course_tells_from_when_on_two_are_together() {
        let film = noise(48_000);
        // For the first two seconds the second one is 50 ms behind, then exact.
        let (late, cut) = (600, 24_000);
        let mut second: Vec<f32> = vec![0.0; late];
        second.extend(&film[..cut - late]);
        second.extend(&film[cut..]);
        let course = Course::of([film.clone(), second]);
        let after = course.together_after(20.0).expect("they come together");
        assert!((1.6..=2.1).contains(&after), "{after}");
        assert!(course.offsets().next().is_some_and(|(offset, _)| (offset - 50.0).abs() < 0.2));
        assert!(course.median().is_some_and(|median| median.abs() < 0.1));
    }

    #[test]
    fn what_is_being_corrected_is_compared_at_its_speed() {
        let film = noise(60_000);
        // 50 ms behind, and played 1.6 % faster until it is together after 3.1 s.
        let second: Vec<f32> = (0..48_000)
            .map(|at| {
                let behind = (600.0 - 0.016 * f64::from(at)).max(0.0);
                let place = f64::from(at) - behind;
                let before = place.floor();
                let value = |index: f64| if index < 0.0 { 0.0 } else { film[index as usize] };
                let share = (place - before) as f32;
                value(before) * (1.0 - share) + value(before + 1.0) * share
            })
            .collect();
        let course = Course::of([film[..48_000].to_vec(), second]);
        // Within 20 ms after 1.9 s; a window is 0.4 s long.
        let after = course.together_after(20.0).expect("they come together");
        assert!((1.5..=2.0).contains(&after), "{after}");
    }

    #[test]
    fn silence_and_another_film_are_not_together() {
        let film = noise(48_000);
        assert_eq!(Course::of([film.clone(), vec![0.0; 48_000]]).together_after(20.0), None);
        let other: Vec<f32> = noise(96_000).split_off(48_000);
        assert_eq!(Course::of([film, other]).together_after(20.0), None);
        let nothing = || vec![0.0; 48_000];
        assert_eq!(Course::of([nothing(), nothing()]).together_after(20.0), None);
    }
}
