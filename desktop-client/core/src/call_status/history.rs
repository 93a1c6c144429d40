//! A link's figures of the last minutes, for a graph. Bounded.

use std::collections::VecDeque;

/// Samples kept: three minutes of one a second. The oldest gives way.
pub const HISTORY: usize = 180;

/// A link's figures in one second.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sample {
    /// Round trip in milliseconds.
    pub rtt_ms: Option<f64>,
    /// Lost packets in percent.
    pub loss_percent: Option<f64>,
    /// Bits a second that came.
    pub received_bps: u64,
    /// Bits a second that went.
    pub sent_bps: u64,
}

/// The samples, oldest first.
#[derive(Debug, Default)]
pub(super) struct History(VecDeque<Sample>);

impl History {
    pub(super) const fn new() -> Self {
        Self(VecDeque::new())
    }

    pub(super) fn add(&mut self, sample: Sample) {
        if self.0.len() >= HISTORY {
            self.0.pop_front();
        }
        self.0.push_back(sample);
    }

    pub(super) fn samples(&self) -> std::collections::vec_deque::Iter<'_, Sample> {
        self.0.iter()
    }
}
