//! What probes tell of one peer's room clock: its offset to our own clock, its drift, and bounds that
//! hold as long as clocks drift no more than [`MAX_DRIFT`].
//!
//! A reply bounds the offset from both sides, for neither way can take less than no time. The tightest
//! bound of each side over a minute is kept: like taking the quickest probes only, but one that was
//! quick in one direction alone still counts.

use std::collections::VecDeque;

/// Most that two clocks may run apart, as a share: two crystals of 100 ppm each.
const MAX_DRIFT: f64 = 200e-6;
/// How far two clocks run apart as a rule: standard deviation of the difference of two that are
/// anywhere within 100 ppm.
const USUAL_DRIFT: f64 = 80e-6;
/// Samples older than this, in microseconds, do not bound the offset any more: routes change.
const WINDOW_US: f64 = 60e6;
/// Samples kept. At the bound the oldest goes.
const MAX_SAMPLES: usize = 96;
/// Drift is fitted to the middles of pieces this long, in microseconds.
const PIECE_US: f64 = 20e6;
/// Pieces kept for the drift: five minutes. At the bound the oldest goes.
const MAX_PIECES: usize = 15;
/// Pieces before drift is fitted.
const FEWEST_PIECES: usize = 4;
/// Samples before the offset counts as known.
const ENOUGH: usize = 4;
/// Samples in a row that contradict the window before it is given up for them.
const CONTRADICTIONS: usize = 3;

/// One answered probe.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    /// When the reply came, in our own microseconds.
    pub(super) at_us: f64,
    /// The peer's room clock minus our own clock is at least this, in microseconds.
    pub(super) low_us: f64,
    /// And at most this.
    pub(super) high_us: f64,
}

/// The offset at a time, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Offset {
    pub(super) offset_us: f64,
    pub(super) error_us: f64,
}

/// Bounds over a piece of time, reduced to its middle.
#[derive(Debug, Clone, Copy)]
struct Piece {
    start_us: f64,
    end_us: f64,
    low_us: f64,
    high_us: f64,
}

/// The estimate of one peer's room clock.
#[derive(Debug)]
pub(super) struct Estimate {
    samples: VecDeque<Sample>,
    pieces: VecDeque<Piece>,
    contradicting: Vec<Sample>,
    drift: f64,
    /// Standard deviation of the drift.
    drift_error: f64,
}

impl Default for Estimate {
    fn default() -> Self {
        Self {
            samples: VecDeque::new(),
            pieces: VecDeque::new(),
            contradicting: Vec::new(),
            drift: 0.0,
            drift_error: USUAL_DRIFT,
        }
    }
}

impl Estimate {
    pub(super) fn is_known(&self) -> bool {
        self.samples.len() >= ENOUGH
    }

    /// How much faster the peer's room clock runs than ours, as a share.
    pub(super) fn drift(&self) -> f64 {
        self.drift
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes a sample; false if it contradicts the ones before and waits for others like it.
    pub(super) fn add(&mut self, sample: Sample) -> bool {
        if let Some((low, high)) = self.bounds(sample.at_us)
            && (sample.high_us < low || sample.low_us > high)
        {
            self.contradicting.push(sample);
            if self.contradicting.len() < CONTRADICTIONS {
                return false;
            }
            // The peer's clock jumped (its machine slept, say): start over from what it says now.
            let fresh = std::mem::take(&mut self.contradicting);
            self.clear();
            self.samples.extend(fresh);
            return true;
        }
        self.contradicting.clear();
        if self.samples.len() == MAX_SAMPLES {
            self.samples.pop_front();
        }
        self.samples.push_back(sample);
        while self.samples.front().is_some_and(|first| sample.at_us - first.at_us > WINDOW_US) {
            self.samples.pop_front();
        }
        self.learn_drift(sample);
        true
    }

    /// The offset at a time of our own clock.
    pub(super) fn at(&self, at_us: f64) -> Option<Offset> {
        let (low, high) = self.bounds(at_us)?;
        let mut best = (f64::NEG_INFINITY, f64::INFINITY);
        for sample in &self.samples {
            // What is old counts for less, by what the drift is not known.
            let moved = self.drift * (at_us - sample.at_us);
            let doubt = self.drift_error * (at_us - sample.at_us).abs();
            best.0 = best.0.max(sample.low_us + moved - doubt);
            best.1 = best.1.min(sample.high_us + moved + doubt);
        }
        let offset_us = f64::midpoint(best.0, best.1).clamp(low.min(high), high.max(low));
        Some(Offset { offset_us, error_us: (high - offset_us).max(offset_us - low).max(0.0) })
    }

    /// What holds for sure at a time of our own clock.
    fn bounds(&self, at_us: f64) -> Option<(f64, f64)> {
        if self.samples.is_empty() {
            return None;
        }
        let mut bounds = (f64::NEG_INFINITY, f64::INFINITY);
        for sample in &self.samples {
            let slack = MAX_DRIFT * (at_us - sample.at_us).abs();
            bounds.0 = bounds.0.max(sample.low_us - slack);
            bounds.1 = bounds.1.min(sample.high_us + slack);
        }
        Some(bounds)
    }

    /// A straight line through the middles of the pieces, by least squares. A young line is bent by
    /// the network's noise, so it counts for less than the clocks' nominal equality.
    fn learn_drift(&mut self, sample: Sample) {
        match self.pieces.back_mut() {
            Some(piece) if sample.at_us - piece.start_us < PIECE_US => {
                piece.end_us = sample.at_us;
                piece.low_us = piece.low_us.max(sample.low_us);
                piece.high_us = piece.high_us.min(sample.high_us);
                return;
            }
            _ => {}
        }
        // The new piece is not complete: fit the ones before it.
        let points: Vec<(f64, f64)> = self.pieces.iter().map(Piece::middle).collect();
        if points.len() >= FEWEST_PIECES {
            let width = |piece: &Piece| (piece.high_us - piece.low_us).abs();
            let mean_width = self.pieces.iter().map(width).sum::<f64>() / points.len() as f64;
            let count = points.len() as f64;
            let mean_x = points.iter().map(|point| point.0).sum::<f64>() / count;
            let mean_y = points.iter().map(|point| point.1).sum::<f64>() / count;
            let sxx: f64 = points.iter().map(|point| (point.0 - mean_x).powi(2)).sum();
            let sxy: f64 = points.iter().map(|point| (point.0 - mean_x) * (point.1 - mean_y)).sum();
            let syy: f64 = points.iter().map(|point| (point.1 - mean_y).powi(2)).sum();
            let slope = sxy / sxx;
            let residual = ((syy - slope * sxy).max(0.0) / (count - 2.0)).sqrt();
            // Variance of the slope against that of real drifts: Bayes for two bells. Few points may
            // lie on a line by chance, but not better than the bounds are wide.
            let noise = (residual.max(mean_width / 16.0) / sxx.sqrt()).powi(2);
            let usual = USUAL_DRIFT.powi(2);
            let trust = usual / (usual + noise);
            if slope.is_finite() {
                self.drift = (slope * trust).clamp(-MAX_DRIFT, MAX_DRIFT);
                self.drift_error = (usual * (1.0 - trust)).sqrt();
            }
        }
        if self.pieces.len() == MAX_PIECES {
            self.pieces.pop_front();
        }
        self.pieces.push_back(Piece {
            start_us: sample.at_us,
            end_us: sample.at_us,
            low_us: sample.low_us,
            high_us: sample.high_us,
        });
    }
}

impl Piece {
    fn middle(&self) -> (f64, f64) {
        (f64::midpoint(self.start_us, self.end_us), f64::midpoint(self.low_us, self.high_us))
    }
}
