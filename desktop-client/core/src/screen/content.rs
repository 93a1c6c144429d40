//! What a shared picture is mostly made of, from how much of it moves in the way that films do.
//!
//! A page that is scrolled changes much, too, but in short bursts, and what changes is flat colour with
//! sharp edges. So only what changes and is not flat counts, and for a while.

use std::time::{Duration, Instant};

use super::Content;

/// How long a change is remembered, as a time constant.
const MEMORY: Duration = Duration::from_millis(1_500);
/// Whole pictures a second that must move like a film before it is taken for one: a film in an eighth of
/// the screen.
const MOVES: f64 = 3.0;
/// And below which it is text again.
const RESTS: f64 = 1.0;

/// Decides what the pictures are made of; with hysteresis, as each change begins the stream anew.
#[derive(Debug)]
pub struct ContentWatch {
    content: Content,
    /// Whole pictures a second that move like a film, smoothed.
    moving: f64,
    last: Option<Instant>,
}

impl Default for ContentWatch {
    fn default() -> Self {
        // Text that is taken for a film is a blur; a film that is taken for text stutters for a second.
        Self { content: Content::Text, moving: 0.0, last: None }
    }
}

impl ContentWatch {
    /// What the pictures are made of, after a look at the screen at which the share `natural` of it had
    /// changed in the way that films do, 0 to 1.
    pub fn update(&mut self, natural: f64, now: Instant) -> Content {
        let since = self.last.map_or(Duration::ZERO, |last| now.saturating_duration_since(last));
        self.last = Some(now);
        let memory = MEMORY.as_secs_f64();
        self.moving *= (-since.as_secs_f64() / memory).exp();
        self.moving += natural.clamp(0.0, 1.0) / memory;
        self.content = match self.content {
            Content::Text if self.moving > MOVES => Content::Motion,
            Content::Motion if self.moving < RESTS => Content::Text,
            same => same,
        };
        self.content
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at a screen 30 times a second; gives after how many looks it becomes `wanted`.
    fn looks_until(
        watch: &mut ContentWatch,
        start: &mut Instant,
        natural: f64,
        wanted: Content,
    ) -> u32 {
        for look in 1..=300 {
            *start += Duration::from_millis(33);
            if watch.update(natural, *start) == wanted {
                return look;
            }
        }
        u32::MAX
    }

    #[test]
    fn a_film_is_noticed_within_a_second_and_its_end_within_five() {
        let (mut watch, mut now) = (ContentWatch::default(), Instant::now());
        assert!(looks_until(&mut watch, &mut now, 0.6, Content::Motion) <= 30);
        let still = looks_until(&mut watch, &mut now, 0.0, Content::Text);
        assert!((30..=150).contains(&still), "a pause is not the end: {still}");
    }

    #[test]
    fn a_film_in_a_quarter_of_the_screen_is_one() {
        let (mut watch, mut now) = (ContentWatch::default(), Instant::now());
        assert!(looks_until(&mut watch, &mut now, 0.2, Content::Motion) <= 60);
    }

    #[test]
    fn scrolled_text_and_a_small_animation_are_none() {
        for natural in [0.01, 0.05, 0.08] {
            let (mut watch, mut now) = (ContentWatch::default(), Instant::now());
            let looks = looks_until(&mut watch, &mut now, natural, Content::Motion);
            assert_eq!(looks, u32::MAX, "{natural}");
        }
    }

    #[test]
    fn pages_full_of_pictures_that_are_turned_are_no_film() {
        let (mut watch, mut now) = (ContentWatch::default(), Instant::now());
        for _ in 0..20 {
            assert_eq!(watch.update(1.0, now), Content::Text);
            now += Duration::from_millis(600);
        }
    }
}
