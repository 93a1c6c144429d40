//! Holding the place: measures how far the player is off while it plays undisturbed, and decides on
//! a correction that nobody hears.
//!
//! Figures by measurement: the player's audio clock is good to 0.6 ms at its normal speed and wrong
//! by several milliseconds while a correction runs, so it is measured, corrected, and measured again.

use std::time::{Duration, Instant};

/// How long is measured before anything is decided.
const MEASURE: Duration = Duration::from_secs(2);
/// Positions that a measurement needs at least.
const MIN_SAMPLES: usize = 8;
/// After a correction or a start, the clock needs this long to tell the truth.
pub(super) const SETTLE: Duration = Duration::from_millis(600);
/// What is left alone, in seconds.
const DEAD_BAND_SECS: f64 = 0.006;
/// The same while the rate is not 1: stretching makes the clock coarse.
const DEAD_BAND_STRETCHED_SECS: f64 = 0.025;
/// What is beyond this is far: the player is put in its place at once, in seconds.
pub(super) const FAR_SECS: f64 = 0.1;
/// The same after the player ran dry: there was a gap just now, and a shift beyond this is heard as an
/// echo by those who talk to each other.
const FAR_AFTER_GAP_SECS: f64 = 0.03;
/// And it is measured for this long: what is off already is to be put right, not held.
const MEASURE_AFTER_GAP: Duration = Duration::from_millis(700);
/// After such a gap, the clock needs this long to tell the truth.
const GAP_SETTLE: Duration = Duration::from_millis(200);
/// A device may begin to sound a buffer late (43 ms was measured, in one start of 25), which is heard as
/// an echo. The clock tells it early, mostly: it is believed if positions agree.
const START_SETTLE: Duration = Duration::from_millis(150);
/// And for so long.
const MEASURE_START: Duration = Duration::from_millis(280);
/// Of which there are at least so many.
const FEWEST_AT_START: usize = 3;
/// How much positions may differ that agree, in seconds.
const AGREEING_SECS: f64 = 0.004;
/// What is off by less than this at a start is no hurry, in seconds.
const LATE_START_SECS: f64 = 0.02;
/// The fastest correction of a late start, right behind silence: half a semitone for a second and a half.
const FASTEST_AT_START: f64 = 0.03;
/// The slowest and the fastest correction, as a share of the speed; 1 % is 17 cents of pitch.
const CORRECTIONS: (f64, f64) = (0.004, 0.01);
/// The fastest one right behind a gap in the sound: 26 cents.
const FASTEST_AFTER_GAP: f64 = 0.015;
/// How long a correction should take if that range allows, in seconds.
const CORRECTION_SECS: f64 = 1.5;

/// What to do about an offset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Verdict {
    /// Play at this multiple of the speed for this long.
    Trim { factor: f64, lasting: Duration },
    /// Go to the right place.
    Jump,
}

/// A measurement under way.
#[derive(Debug)]
pub(super) struct Hold {
    quiet_until: Instant,
    since: Option<Instant>,
    offsets: Vec<f64>,
    /// Two measurements far off in a row are needed for a jump: one may be a hiccup.
    far: bool,
    /// It was measured once since it started: what the clock says before may be wrong by 40 ms, as the
    /// device settles, and is no reason for a jump.
    proven: bool,
    /// Nothing was decided since the player ran dry.
    gap: bool,
    /// Positions right after a start, while they may still tell that it was late: from when on, and
    /// what they were.
    start: Option<(Instant, Vec<f64>)>,
}

impl Hold {
    /// Begins to measure some time from `start`.
    pub(super) fn new(start: Instant) -> Self {
        Self {
            quiet_until: start + SETTLE,
            since: None,
            offsets: Vec::new(),
            far: false,
            proven: false,
            gap: false,
            start: Some((start + START_SETTLE, Vec::new())),
        }
    }

    /// Forgets what was measured, until `until` and a moment more.
    pub(super) fn pause_until(&mut self, until: Instant) {
        self.quiet_until = self.quiet_until.max(until + SETTLE);
        self.since = None;
        self.offsets.clear();
        self.start = None;
    }

    /// There seems to be a gap in the sound. After a start or a correction that is no wonder.
    pub(super) fn stumbled(&mut self, now: Instant) {
        if self.proven && !self.gap && now >= self.quiet_until {
            self.after_gap(now);
        }
    }

    /// The player ran dry and goes on now, later than it was.
    pub(super) fn after_gap(&mut self, now: Instant) {
        self.quiet_until = now + GAP_SETTLE;
        self.since = None;
        self.offsets.clear();
        self.far = false;
        self.gap = true;
        self.start = None;
    }

    /// Takes the offset (position minus target, in seconds) at a time; a verdict ends a measurement.
    pub(super) fn measure(
        &mut self,
        offset_secs: f64,
        at: Instant,
        stretched: bool,
    ) -> Option<Verdict> {
        if let Some(offset) = self.late_start(offset_secs, at).filter(|_| !stretched) {
            return Some(trim(offset, FASTEST_AT_START));
        }
        if at < self.quiet_until {
            return None;
        }
        let since = *self.since.get_or_insert(at);
        self.offsets.push(offset_secs);
        // Stretching makes the clock coarse.
        let limit = if self.gap && !stretched { FAR_AFTER_GAP_SECS } else { FAR_SECS };
        let far_now = offset_secs.abs() > limit;
        let far_before = std::mem::replace(&mut self.far, far_now);
        if far_now && far_before {
            return Some(Verdict::Jump);
        }
        let (measure, fewest) =
            if self.gap { (MEASURE_AFTER_GAP, MIN_SAMPLES / 2) } else { (MEASURE, MIN_SAMPLES) };
        if at.saturating_duration_since(since) < measure || self.offsets.len() < fewest {
            return None;
        }
        let offset = self.median();
        self.since = None;
        let after_gap = std::mem::replace(&mut self.gap, false);
        self.proven = true;
        let dead_band = if stretched { DEAD_BAND_STRETCHED_SECS } else { DEAD_BAND_SECS };
        if offset.abs() <= dead_band {
            return None;
        }
        Some(trim(offset, if after_gap { FASTEST_AFTER_GAP } else { CORRECTIONS.1 }))
    }

    /// How far off a start is, once that is clear and too much to be corrected at leisure.
    fn late_start(&mut self, offset_secs: f64, at: Instant) -> Option<f64> {
        let (from, offsets) = self.start.as_mut()?;
        if at < *from {
            return None;
        }
        offsets.push(offset_secs);
        if at.saturating_duration_since(*from) < MEASURE_START {
            return None;
        }
        let (_, mut offsets) = self.start.take()?;
        let offset = median(&mut offsets);
        let agree = offsets.iter().all(|one| (one - offset).abs() <= AGREEING_SECS);
        let late = (LATE_START_SECS..FAR_SECS).contains(&offset.abs());
        (agree && late && offsets.len() >= FEWEST_AT_START).then_some(offset)
    }

    fn median(&mut self) -> f64 {
        median(&mut std::mem::take(&mut self.offsets))
    }
}

fn median(offsets: &mut [f64]) -> f64 {
    offsets.sort_by(f64::total_cmp);
    offsets[offsets.len() / 2]
}

/// The correction of an offset, no faster than by this share of the speed.
fn trim(offset_secs: f64, fastest: f64) -> Verdict {
    let share = (offset_secs.abs() / CORRECTION_SECS).clamp(CORRECTIONS.0, fastest);
    let lasting = Duration::from_secs_f64((offset_secs.abs() / share).min(60.0));
    Verdict::Trim { factor: 1.0 - offset_secs.signum() * share, lasting }
}
