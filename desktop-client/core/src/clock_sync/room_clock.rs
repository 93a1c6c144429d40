//! Our own room clock: a line through our own clock, bent gently or moved at once.

/// Fastest that the room clock is bent, as a share: 2 ms a second, which no ear or eye notices. As it
/// is below 1, bent room time never runs backwards.
const MAX_SLEW: f64 = 2e-3;
/// A difference is bent away in this time, in microseconds, if [`MAX_SLEW`] allows.
const SLEW_US: f64 = 2e6;
/// From this difference on, in microseconds, bending would take minutes: the clock is moved.
const STEP_US: f64 = 250e3;
/// Room time stays within this, in microseconds: a century, where a float still knows each of them.
pub(super) const MAX_ROOM_US: f64 = 3.15e15;

/// Room time as a function of our own clock, both in microseconds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RoomClock {
    base_us: f64,
    room_us: f64,
    drift: f64,
    slew: f64,
    slew_us: f64,
}

impl RoomClock {
    pub(super) fn room_us(&self, own_us: f64) -> f64 {
        let passed = own_us - self.base_us;
        let bent = self.slew * passed.clamp(0.0, self.slew_us);
        (self.room_us + passed * (1.0 + self.drift) + bent).clamp(-MAX_ROOM_US, MAX_ROOM_US)
    }

    /// The inverse of [`RoomClock::room_us`].
    pub(super) fn own_us(&self, room_us: f64) -> f64 {
        let rate = 1.0 + self.drift;
        let ahead = room_us - self.room_us;
        let while_bent = self.slew_us * (rate + self.slew);
        let passed = if ahead <= 0.0 {
            ahead / rate
        } else if ahead <= while_bent {
            ahead / (rate + self.slew)
        } else {
            self.slew_us + (ahead - while_bent) / rate
        };
        self.base_us + passed
    }

    /// How much faster than our own clock it runs when not bent, as a share.
    pub(super) fn drift(&self) -> f64 {
        self.drift
    }

    /// From now on runs `drift` faster than our own clock, from where it is.
    pub(super) fn run_at(&mut self, now_us: f64, drift: f64) {
        *self =
            Self { base_us: now_us, room_us: self.room_us(now_us), drift, slew: 0.0, slew_us: 0.0 };
    }

    /// Brings the clock to `room_us`: bent if near, moved at once if far or if nobody used it yet.
    /// True if it was moved.
    pub(super) fn steer(&mut self, now_us: f64, room_us: f64, drift: f64, in_use: bool) -> bool {
        let room_us = room_us.clamp(-MAX_ROOM_US, MAX_ROOM_US);
        self.run_at(now_us, drift);
        let error = room_us - self.room_us;
        if !in_use || error.abs() > STEP_US {
            self.room_us = room_us;
            return true;
        }
        self.slew = (error / SLEW_US).clamp(-MAX_SLEW, MAX_SLEW);
        self.slew_us = if self.slew.abs() > 0.0 { error / self.slew } else { 0.0 };
        false
    }
}
