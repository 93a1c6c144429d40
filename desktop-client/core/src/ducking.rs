//! Ducking: how much quieter the film is made while somebody talks. Somebody's voice in, a gain in
//! decibels out, in steps so small and so many that they are heard as one smooth change.

use std::time::{Duration, Instant};

use crate::voice_settings::VoiceSettings;

/// How often the gain moves while it does.
const STEP: Duration = Duration::from_millis(10);
/// The film stays quiet for so long after the last word: it is not to pump between sentences.
const HOLD: Duration = Duration::from_millis(700);
/// The longest time that counts as one step, so that a machine that stood still does not jump.
const LONGEST_STEP: Duration = Duration::from_millis(50);
/// A gain this close to where it goes is there.
const THERE_DB: f64 = 0.01;

/// The gain of the film while people talk.
#[derive(Debug)]
pub(crate) struct Ducking {
    /// How far down, how fast and how fast back: decibels, and decibels a second.
    depth_db: f64,
    attack: f64,
    release: f64,
    talking: bool,
    quiet_since: Option<Instant>,
    gain_db: f64,
    /// When the gain moved last; `None` while it stands.
    moved: Option<Instant>,
}

impl Ducking {
    /// A film as loud as it is.
    pub(crate) fn new() -> Self {
        Self {
            depth_db: 0.0,
            attack: 0.0,
            release: 0.0,
            talking: false,
            quiet_since: None,
            gain_db: 0.0,
            moved: None,
        }
    }

    /// Takes over the settings, and whether somebody talks.
    pub(crate) fn update(&mut self, settings: &VoiceSettings, talking: bool, now: Instant) {
        let depth_db = settings.ducking_db;
        // Off has no pace of its own: back with the one from before.
        if depth_db > 0.0 {
            let a_second = |ms: u32| depth_db * 1_000.0 / f64::from(ms.max(1));
            self.attack = a_second(settings.ducking_attack_ms);
            self.release = a_second(settings.ducking_release_ms);
        }
        self.depth_db = depth_db;
        if std::mem::replace(&mut self.talking, talking) && !talking {
            self.quiet_since = Some(now);
        }
        if talking {
            self.quiet_since = None;
        }
    }

    /// The gain as a factor on a volume slider, whose loudness grows with its third power.
    pub(crate) fn slider_factor(&self) -> f64 {
        10f64.powf(self.gain_db / 60.0)
    }

    /// When [`Self::step`] is wanted.
    pub(crate) fn next_timeout(&self, now: Instant) -> Option<Instant> {
        if (self.target_db(now) - self.gain_db).abs() > 0.0 {
            return Some(self.moved.map_or(now, |moved| moved + STEP));
        }
        let held = self.quiet_since.filter(|_| self.gain_db < 0.0);
        held.map(|since| since + HOLD)
    }

    /// Moves the gain on; true if it did.
    pub(crate) fn step(&mut self, now: Instant) -> bool {
        let target = self.target_db(now);
        if (target - self.gain_db).abs() <= THERE_DB {
            let moved = (target - self.gain_db).abs() > 0.0;
            (self.gain_db, self.moved) = (target, None);
            return moved;
        }
        let since = self.moved.map_or(STEP, |moved| now.saturating_duration_since(moved));
        if since < STEP {
            return false;
        }
        let seconds = since.min(LONGEST_STEP).as_secs_f64();
        self.gain_db = if target < self.gain_db {
            (self.gain_db - self.attack * seconds).max(target)
        } else {
            (self.gain_db + self.release * seconds).min(target)
        };
        let there = (target - self.gain_db).abs() <= THERE_DB;
        self.moved = Some(now).filter(|_| !there);
        true
    }

    fn target_db(&self, now: Instant) -> f64 {
        let held = self.quiet_since.is_some_and(|since| now < since + HOLD);
        if self.talking || held { -self.depth_db } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(depth_db: f64) -> VoiceSettings {
        VoiceSettings { ducking_db: depth_db, ..VoiceSettings::default() }
    }

    /// Lets time pass with every step at its time; the gains on the way, and how long it took.
    fn settle(ducking: &mut Ducking, now: &mut Instant) -> (Vec<f64>, Duration) {
        let began = *now;
        let mut gains = vec![ducking.gain_db];
        while let Some(due) = ducking.next_timeout(*now) {
            *now = due.max(*now);
            if ducking.step(*now) {
                gains.push(ducking.gain_db);
            }
            assert!(gains.len() < 10_000, "it ends");
        }
        (gains, *now - began)
    }

    #[test]
    fn a_film_is_quieter_while_somebody_talks_and_loud_again_afterwards() {
        let mut now = Instant::now();
        let mut ducking = Ducking::new();
        let settings = settings(12.0);
        ducking.update(&settings, true, now);
        let (down, took) = settle(&mut ducking, &mut now);
        assert!((down.last().expect("some") + 12.0).abs() < 1e-9);
        assert!(
            took.as_millis().abs_diff(u128::from(settings.ducking_attack_ms)) <= 20,
            "{took:?}"
        );
        now += Duration::from_secs(3);
        ducking.update(&settings, false, now);
        let (up, took) = settle(&mut ducking, &mut now);
        assert!(up.last().expect("some").abs() < 1e-9);
        let whole = HOLD.as_millis() + u128::from(settings.ducking_release_ms);
        assert!(took.as_millis().abs_diff(whole) <= 30, "{took:?}");
        for gains in [down, up] {
            let steps = gains.windows(2).map(|pair| (pair[1] - pair[0]).abs());
            assert!(steps.fold(0.0, f64::max) < 0.5, "no step is heard");
        }
        assert_eq!(ducking.next_timeout(now), None, "then nothing runs");
    }

    #[test]
    fn short_pauses_do_not_pump() {
        let mut now = Instant::now();
        let mut ducking = Ducking::new();
        ducking.update(&settings(12.0), true, now);
        settle(&mut ducking, &mut now);
        for _ in 0..20 {
            ducking.update(&settings(12.0), false, now);
            now += HOLD / 2;
            assert!(!ducking.step(now));
            ducking.update(&settings(12.0), true, now);
            now += HOLD / 2;
            assert!(!ducking.step(now));
        }
        assert!((ducking.gain_db + 12.0).abs() < 1e-9);
    }

    #[test]
    fn off_is_off_and_turns_back_a_ducked_film() {
        let mut now = Instant::now();
        let mut ducking = Ducking::new();
        ducking.update(&settings(0.0), true, now);
        assert_eq!(ducking.next_timeout(now), None);
        ducking.update(&settings(20.0), true, now);
        settle(&mut ducking, &mut now);
        assert!((ducking.slider_factor() - 10f64.powf(-1.0 / 3.0)).abs() < 1e-9);
        ducking.update(&settings(0.0), true, now);
        let (gains, _) = settle(&mut ducking, &mut now);
        assert!(gains.len() > 20 && ducking.gain_db.abs() < 1e-9, "smoothly");
    }

    #[test]
    fn after_a_standstill_the_gain_does_not_jump() {
        let mut now = Instant::now();
        let mut ducking = Ducking::new();
        ducking.update(&settings(12.0), true, now);
        ducking.step(now);
        let before = ducking.gain_db;
        now += Duration::from_secs(5);
        ducking.step(now);
        assert!((ducking.gain_db - before).abs() <= 2.0);
    }
}
