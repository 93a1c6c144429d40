//! Keeps the pictures of a shared screen and its sound together, though each comes its own way: what
//! comes early waits. A lasting difference is made up for by the sound, which is moved gently and
//! seldom; a picture waits by itself.
//!
//! Sound before its picture is noticed from 45 ms on, sound after it from 125 ms (ITU-R BT.1359). So
//! the sound may come a little later, and pictures are not held up for what nobody notices.
//!
//! Timestamps of both count one time (`RtpClock` in media): where they do not, because another program
//! sends them, nothing waits.

use std::time::{Duration, Instant};

/// Pictures come as long before their sound as is not noticed by far.
const PICTURE_LEADS_MS: f64 = 60.0;
/// A picture is held no longer than this.
const MOST_HELD: Duration = Duration::from_millis(500);
/// Sound that comes so long before its pictures is made to wait.
const SOUND_EARLY_MS: f64 = 25.0;
/// Sound that waits, though it came so long after its pictures anyway, waits less.
const SOUND_LATE_MS: f64 = -80.0;
/// How far the sound is then to be from its pictures.
const AIM_MS: f64 = -30.0;
/// The sound waits no longer than this.
const MOST_WAIT_MS: f64 = 600.0;
/// How long pictures are watched before something is done, and how many must have come: a screen that
/// hardly moves has nothing to be in time with.
const WATCHED: Duration = Duration::from_secs(2);
const ENOUGH: usize = 20;
/// Pictures that are remembered while they are watched.
const REMEMBERED: usize = 256;
/// Later ones count like this one of them: most are to be in time, not just half.
const RANK: f64 = 0.75;
/// What the sound's delay grows by takes so many times as long to take effect, and what it shrinks by.
const GROWS: f64 = 12.0;
const SHRINKS: f64 = 120.0;
/// Sound that was heard longer ago says nothing about now.
const FRESH: Duration = Duration::from_secs(1);
/// Timestamps further apart do not belong together.
const PLAUSIBLE_MS: f64 = 5_000.0;

/// What is common to a sound's 48,000 and a picture's 90,000 ticks a second.
const COMMON_TICKS_A_MS: f64 = 720.0;
const TICKS_A_SOUNDS: u32 = 15;
const TICKS_A_PICTURES: u32 = 8;

/// A screen's sound and its pictures.
#[derive(Debug, Default)]
pub struct LipSync {
    /// What was heard last: its timestamp and when.
    heard: Option<(u32, Instant)>,
    /// By how many milliseconds pictures came after their sound before anything waited, since
    /// `watched_since`.
    watched: Vec<f64>,
    watched_since: Option<Instant>,
    /// How much later than it could the sound comes.
    sound_waits_ms: f64,
    /// When that has taken effect.
    settled: Option<Instant>,
    /// What was shown since the figures were taken: the sum of how early their sound was, and how many.
    sum_ms: f64,
    count: u32,
}

impl LipSync {
    /// The sound with this RTP timestamp (48 kHz) is heard at `at`.
    pub fn heard(&mut self, timestamp: u32, at: Instant) {
        self.heard = Some((timestamp, at));
    }

    /// How much later than it could the sound is to come.
    pub fn sound_waits(&self) -> Duration {
        Duration::from_secs_f64(self.sound_waits_ms / 1_000.0)
    }

    /// When a picture with this RTP timestamp (90 kHz) that came at `arrived` is to be shown.
    pub fn due(&self, timestamp: u32, arrived: Instant) -> Instant {
        let early_ms = self.sound_early_ms(timestamp, arrived).unwrap_or(0.0);
        let held_ms = (-early_ms - PICTURE_LEADS_MS).max(0.0);
        arrived + Duration::from_secs_f64(held_ms / 1_000.0).min(MOST_HELD)
    }

    /// A picture with this RTP timestamp that came at `arrived` is shown at `at`.
    pub fn shown(&mut self, timestamp: u32, arrived: Instant, at: Instant) {
        let Some(early_ms) = self.sound_early_ms(timestamp, at) else { return };
        self.sum_ms += early_ms;
        self.count += 1;
        // What it was held for is no lateness of its own.
        let held = self.due(timestamp, arrived) > arrived;
        let early_ms = if held { self.sound_early_ms(timestamp, arrived) } else { Some(early_ms) };
        let since = *self.watched_since.get_or_insert(at);
        if self.watched.len() < REMEMBERED {
            self.watched.extend(early_ms);
        }
        if at.saturating_duration_since(since) >= WATCHED {
            self.decide(at);
        }
    }

    /// By how many milliseconds the sound came before its picture on average, since the previous call;
    /// negative: after it. `None` while there is not both.
    pub fn take_skew_ms(&mut self) -> Option<f64> {
        let (sum, count) = (std::mem::take(&mut self.sum_ms), std::mem::take(&mut self.count));
        (count > 0).then(|| sum / f64::from(count))
    }

    /// By how many milliseconds the sound would be before a picture that is shown at `at`.
    fn sound_early_ms(&self, timestamp: u32, at: Instant) -> Option<f64> {
        let (sound, heard) = self.heard?;
        if at.saturating_duration_since(heard) > FRESH {
            return None;
        }
        let captured = timestamp
            .wrapping_mul(TICKS_A_PICTURES)
            .wrapping_sub(sound.wrapping_mul(TICKS_A_SOUNDS));
        let captured_later_ms = f64::from(captured as i32) / COMMON_TICKS_A_MS;
        let shown_later_ms = match at.checked_duration_since(heard) {
            Some(later) => later.as_secs_f64() * 1_000.0,
            None => -heard.duration_since(at).as_secs_f64() * 1_000.0,
        };
        let early_ms = shown_later_ms - captured_later_ms;
        (early_ms.abs() < PLAUSIBLE_MS).then_some(early_ms)
    }

    /// Moves the sound if most pictures of the last time were too late, or too early, for it.
    fn decide(&mut self, now: Instant) {
        let mut watched = std::mem::take(&mut self.watched);
        self.watched_since = None;
        if watched.len() < ENOUGH || self.settled.is_some_and(|at| now < at) {
            return;
        }
        let rank = (watched.len() as f64 * RANK) as usize;
        let (_, early_ms, _) = watched.select_nth_unstable_by(rank, f64::total_cmp);
        let early_ms = *early_ms;
        let change_ms = if (SOUND_LATE_MS..=SOUND_EARLY_MS).contains(&early_ms) {
            0.0
        } else {
            let wanted = (self.sound_waits_ms + early_ms - AIM_MS).clamp(0.0, MOST_WAIT_MS);
            wanted - self.sound_waits_ms
        };
        self.sound_waits_ms += change_ms;
        let takes_ms = change_ms * if change_ms > 0.0 { GROWS } else { -SHRINKS };
        self.settled = Some(now + Duration::from_secs_f64(takes_ms / 1_000.0));
    }
}

#[cfg(test)]
mod tests;
