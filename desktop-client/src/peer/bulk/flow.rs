//! How much one lane may have under way: what it gets rid of, so that nothing waits on it while others have
//! room. Pure: whoever carries says what was acknowledged, and when.

use std::time::{Duration, Instant};

/// A lane that has something under way, of which nothing was acknowledged for so long, holds it up: it lost it, and
/// notices late. What is not on it yet goes over others.
const STUCK: Duration = Duration::from_millis(150);
/// So much may be under way on each lane …
const LEAST_UNDER_WAY: f64 = 16_384.0;
/// … or what was acknowledged in so many round trips, if that is more: enough to grow. What is more than a lane gets
/// rid of would wait on it while others have room.
const ROUND_TRIPS: f64 = 1.25;
/// Over a shorter way than this what is under way is soon there, however much it is.
const NEAR: Duration = Duration::from_millis(15);
/// A lane without room looks again this often.
pub(super) const LOOK: Duration = Duration::from_millis(2);

/// Does what a lane was given arrive, and how fast?
pub(super) struct Flow {
    acknowledged: u64,
    /// Bytes a second of late.
    rate: f64,
    looked: Instant,
    /// When something was acknowledged last, or was given to an empty lane.
    moved: Instant,
}

impl Flow {
    pub(super) fn new(now: Instant) -> Self {
        Self { acknowledged: 0, rate: 0.0, looked: now, moved: now }
    }

    /// So many bytes were acknowledged since the beginning, and so many are under way: may the lane have more?
    pub(super) fn has_room(
        &mut self,
        acknowledged: u64,
        underway: u64,
        round_trip: Duration,
        now: Instant,
    ) -> bool {
        let near = round_trip < NEAR;
        let round_trip = round_trip.max(NEAR).as_secs_f64();
        let passed = now.saturating_duration_since(self.looked).as_secs_f64();
        let more = acknowledged.saturating_sub(self.acknowledged);
        if passed > 0.0 {
            let kept = (-passed / round_trip).exp();
            self.rate = self.rate * kept + more as f64 / passed * (1.0 - kept);
            (self.acknowledged, self.looked) = (acknowledged, now);
        }
        if more > 0 || underway == 0 {
            self.moved = now;
        }
        let most = (ROUND_TRIPS * self.rate * round_trip).max(LEAST_UNDER_WAY);
        (near || (underway as f64) < most) && now.saturating_duration_since(self.moved) < STUCK
    }

    /// Something is given to the lane, which was empty or not.
    pub(super) fn begins(&mut self, now: Instant, was_empty: bool) {
        if was_empty {
            self.moved = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUND_TRIP: Duration = Duration::from_millis(40);

    #[test]
    fn a_lane_of_which_nothing_is_acknowledged_gets_no_more() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut flow = Flow::new(start);
        let mut look = |acknowledged, underway, millis| {
            flow.has_room(acknowledged, underway, ROUND_TRIP, at(millis))
        };
        assert!(look(0, 0, 5_000));
        assert!(look(10, 100, 9_149));
        assert!(look(10, 100, 9_290));
        assert!(!look(10, 100, 9_300));
        assert!(look(11, 100, 9_301));
        assert!(look(111, 0, 20_000));
        flow.begins(at(30_000), true);
        assert!(flow.has_room(111, 100, ROUND_TRIP, at(30_100)), "it has just begun");
    }

    #[test]
    fn a_lane_may_have_as_much_under_way_as_it_gets_rid_of() {
        let start = Instant::now();
        let mut flow = Flow::new(start);
        assert!(!flow.has_room(0, 17_000, ROUND_TRIP, start));
        // 1 MB/s: 40 kB in a round trip.
        for millis in 1..400 {
            let now = start + Duration::from_millis(millis);
            let room = flow.has_room(millis * 1_000, 45_000, ROUND_TRIP, now);
            assert!(room || millis < 200, "{millis}");
        }
        let now = start + Duration::from_millis(401);
        assert!(!flow.has_room(400_000, 55_000, ROUND_TRIP, now));
    }
}
