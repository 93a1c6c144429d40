//! Holding a playing film on its course: measure at normal speed, correct rarely and inaudibly.

use std::time::{Duration, Instant};

/// How long is measured before a verdict.
const MEASURE: Duration = Duration::from_secs(2);
/// Fewest positions for a verdict.
const FEWEST: usize = 5;
/// Positions kept for one measurement; at the bound the verdict falls early.
const MOST: usize = 128;
/// Offsets up to this are left alone, in seconds: less than a measurement can be trusted in a noisy
/// machine, and far below what an ear notices.
const DEAD_BAND_SECS: f64 = 0.006;
/// The same at another rate than 1, where the player's clock is off by up to 8 ms while it stretches.
const WIDE_BAND_SECS: f64 = 0.015;
/// Slightest and strongest correction, as shares of the speed.
const TRIMS: (f64, f64) = (0.004, 0.01);
/// A correction is as strong as takes this long, in seconds, within [`TRIMS`].
const TRIM_SECS: f64 = 4.0;
/// After a correction the player's clock needs this to be right again.
const SETTLE: Duration = Duration::from_millis(600);
/// From this offset on, in seconds, a seek is the lesser evil.
pub(super) const SEEK_SECS: f64 = 0.35;
/// The same after the player ran dry: there was a gap just now, and a shift of more than this is heard
/// as an echo between people in one call.
const SEEK_AFTER_GAP_SECS: f64 = 0.04;

/// What a position leads to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Verdict {
    /// Go on.
    None,
    /// On course, or close enough.
    Fine,
    /// Play at this multiple of the speed until told otherwise.
    Trim(f64),
    /// Too far off.
    Seek,
}

/// Measures and corrects.
#[derive(Debug, Default)]
pub(super) struct Hold {
    /// Positions before this tell of the time before a command took effect.
    quiet_until: Option<Instant>,
    samples: Vec<(Instant, f64)>,
    trim: Option<(f64, Instant)>,
    after_gap: bool,
    offset_secs: Option<f64>,
}

impl Hold {
    /// The offset as it was measured last, in seconds.
    pub(super) fn offset_secs(&self) -> Option<f64> {
        self.offset_secs
    }

    /// The correction in force, 1 for none.
    pub(super) fn trim(&self) -> f64 {
        self.trim.map_or(1.0, |(trim, _)| trim)
    }

    /// When the correction ends.
    pub(super) fn trim_ends(&self) -> Option<Instant> {
        self.trim.map(|(_, until)| until)
    }

    /// Measures anew from `quiet_until` on. True if a correction was in force and has to be ended.
    pub(super) fn restart(&mut self, quiet_until: Instant, after_gap: bool) -> bool {
        self.quiet_until = Some(quiet_until);
        self.samples.clear();
        self.after_gap = after_gap;
        self.trim.take().is_some()
    }

    /// True once when the correction has done its work and has to be ended.
    pub(super) fn end_trim(&mut self, now: Instant) -> bool {
        self.trim_ends().is_some_and(|until| until <= now) && self.restart(now + SETTLE, false)
    }

    /// Takes how far the position at a time was off, in seconds of film.
    pub(super) fn measured(
        &mut self,
        at: Instant,
        offset_secs: f64,
        rate: f64,
        now: Instant,
    ) -> Verdict {
        if self.quiet_until.is_some_and(|until| at < until) {
            return Verdict::None;
        }
        if self.trim.is_some() {
            self.offset_secs = Some(offset_secs);
            return Verdict::None;
        }
        self.samples.push((at, offset_secs));
        if self.samples.len() < FEWEST {
            return Verdict::None;
        }
        let median = self.median();
        self.offset_secs = Some(median);
        let limit = if self.after_gap { SEEK_AFTER_GAP_SECS } else { SEEK_SECS };
        if median.abs() > limit {
            self.samples.clear();
            return Verdict::Seek;
        }
        self.after_gap = false;
        let measured = self.samples.first().map_or(Duration::ZERO, |(first, _)| {
            at.checked_duration_since(*first).unwrap_or_default()
        });
        if measured < MEASURE && self.samples.len() < MOST {
            return Verdict::None;
        }
        self.samples.clear();
        let band = if (rate - 1.0).abs() > f64::EPSILON { WIDE_BAND_SECS } else { DEAD_BAND_SECS };
        if median.abs() <= band {
            return Verdict::Fine;
        }
        let strength = (median.abs() / (TRIM_SECS * rate)).clamp(TRIMS.0, TRIMS.1);
        let lasts = Duration::from_secs_f64(median.abs() / (strength * rate));
        let trim = 1.0 - strength * median.signum();
        self.trim = Some((trim, now + lasts));
        Verdict::Trim(trim)
    }

    fn median(&self) -> f64 {
        let mut offsets: Vec<f64> = self.samples.iter().map(|(_, offset)| *offset).collect();
        offsets.sort_by(f64::total_cmp);
        offsets[offsets.len() / 2]
    }
}
