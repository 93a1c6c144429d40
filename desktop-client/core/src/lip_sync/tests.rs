//! Sound and pictures of one clock over ways that take different times, and nonsense.

use super::*;

/// Sound and pictures of one clock over two ways.
struct Way {
    start: Instant,
    lips: LipSync,
    /// What the clock showed at the start, in milliseconds.
    origin_ms: u64,
    /// How late each is: pictures in ms, and sound before it is made to wait.
    pictures_ms: u64,
    sound_ms: u64,
    /// How late the sound is made to come; follows slowly, like a jitter buffer.
    waits_ms: f64,
    now_ms: u64,
}

impl Way {
    fn new(origin_ms: u64, pictures_ms: u64, sound_ms: u64) -> Self {
        Self {
            start: Instant::now() + Duration::from_secs(60),
            lips: LipSync::default(),
            origin_ms,
            pictures_ms,
            sound_ms,
            waits_ms: 0.0,
            now_ms: 0,
        }
    }

    fn at(&self, ms: f64) -> Instant {
        self.start + Duration::from_secs_f64(ms / 1_000.0)
    }

    /// Lets seconds pass; returns the skew as measured over them, and what a picture had been held for at
    /// most.
    fn run(&mut self, seconds: u64) -> (f64, Duration) {
        self.lips.take_skew_ms();
        let mut held = Duration::ZERO;
        for _ in 0..seconds * 100 {
            self.now_ms += 10;
            let captured_ms = self.now_ms + self.origin_ms;
            let late_ms = self.sound_ms as f64 + self.waits_ms;
            let heard = self.at(self.now_ms as f64 + late_ms);
            self.lips.heard((captured_ms * 48) as u32, heard);
            let wanted = self.lips.sound_waits().as_secs_f64() * 1_000.0;
            self.waits_ms += (wanted - self.waits_ms).clamp(-0.1, 1.0);
            if self.now_ms.is_multiple_of(30) {
                let timestamp = (captured_ms * 90) as u32;
                let arrived = self.at((self.now_ms + self.pictures_ms) as f64);
                let due = self.lips.due(timestamp, arrived);
                held = held.max(due - arrived);
                self.lips.shown(timestamp, arrived, due);
            }
        }
        (self.lips.take_skew_ms().expect("both came"), held)
    }
}

#[test]
fn what_comes_in_time_does_not_wait() {
    for (pictures_ms, sound_ms) in [(30, 80), (30, 60), (50, 40)] {
        let mut way = Way::new(12_345_678, pictures_ms, sound_ms);
        let (skew, held) = way.run(20);
        let truth = pictures_ms as f64 - sound_ms as f64;
        assert!((skew - truth).abs() < 0.5, "{skew}");
        assert_eq!((held, way.lips.sound_waits()), (Duration::ZERO, Duration::ZERO));
    }
}

#[test]
fn pictures_wait_for_a_sound_that_takes_longer() {
    // Headphones without a wire.
    let mut way = Way::new(0, 30, 280);
    let (skew, held) = way.run(20);
    assert!((skew + PICTURE_LEADS_MS).abs() < 1.0, "{skew}");
    assert!(held >= Duration::from_millis(180), "{held:?}");
    assert_eq!(way.lips.sound_waits(), Duration::ZERO);
}

#[test]
fn sound_waits_for_pictures_that_take_longer_and_no_longer_than_they_do() {
    let mut way = Way::new(700_000_000, 300, 80);
    way.run(10);
    let (skew, held) = way.run(10);
    assert!((-45.0..=0.0).contains(&skew), "{skew}");
    assert_eq!(held, Duration::ZERO, "nothing waits for each other");
    // The line is better now.
    way.pictures_ms = 60;
    way.run(60);
    let (skew, _) = way.run(10);
    assert!((-90.0..=25.0).contains(&skew), "{skew}");
    assert!(way.lips.sound_waits() < Duration::from_millis(60), "{:?}", way.lips.sound_waits());
}

#[test]
fn clocks_that_wrap_between_sound_and_picture_are_still_one() {
    // One of 90 kHz wraps after 47,721 s, one of 48 kHz after 89,478 s.
    for origin_ms in [47_721_000, 89_478_000, 715_826_000] {
        let (skew, _) = Way::new(origin_ms, 100, 80).run(4);
        assert!((skew - 20.0).abs() < 0.5, "{origin_ms}: {skew}");
    }
}

#[test]
fn timestamps_of_different_clocks_hold_up_nothing() {
    let mut lips = LipSync::default();
    let now = Instant::now();
    lips.heard(3_000_000_000, now);
    assert_eq!(lips.due(17, now), now);
    lips.shown(17, now, now);
    assert_eq!(lips.take_skew_ms(), None);
}

#[test]
fn a_sound_that_ended_holds_up_nothing() {
    let mut lips = LipSync::default();
    let start = Instant::now();
    lips.heard(0, start + Duration::from_millis(300));
    assert!(lips.due(0, start) > start);
    let later = start + Duration::from_secs(10);
    assert_eq!(lips.due(900_000, later), later);
}

proptest::proptest! {
    /// Whatever a sender writes, a picture is held for a bounded time, and so is the sound.
    #[test]
    fn nothing_is_held_for_long(steps in proptest::collection::vec((0u32.., 0u32.., 0u64..100), 0..600)) {
        let mut lips = LipSync::default();
        let mut now = Instant::now();
        for (sound, picture, ms) in steps {
            now += Duration::from_millis(ms);
            lips.heard(sound, now);
            let due = lips.due(picture, now);
            proptest::prop_assert!(due >= now && due - now <= MOST_HELD);
            lips.shown(picture, now, due);
            proptest::prop_assert!(lips.sound_waits() <= Duration::from_millis(600));
            proptest::prop_assert!(lips.watched.len() <= REMEMBERED);
        }
    }
}
