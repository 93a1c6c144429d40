//! A point in room time.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A point in room time: microseconds since an origin that means nothing by itself. Arithmetic
/// saturates, so that values from strangers cannot overflow.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct RoomTime(pub i64);

impl RoomTime {
    /// Seconds from `earlier` to this; negative if this is before it.
    pub fn seconds_since(self, earlier: Self) -> f64 {
        (self.0 as f64 - earlier.0 as f64) / 1e6
    }

    /// The time this many seconds later (earlier, if negative). What is no number counts as 0.
    pub fn plus_secs(self, seconds: f64) -> Self {
        // A float cast to an integer saturates, and turns what is no number into 0.
        Self(self.0.saturating_add((seconds * 1e6).round() as i64))
    }

    /// The time this much later.
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
    }
}
