//! How large each other's picture stands in the window, so that nobody sends more than is seen. Owns
//! the sizes last told and when telling again is worth it; leaves what follows to the session.

use std::cell::RefCell;
use std::collections::BTreeMap;

use cinemasync_core::interface::{Shown, Snapshot};
use cinemasync_core::track::Track;
use cinemasync_protocol::ParticipantId;
use eframe::egui::Vec2;

/// Sizes are told at most so often, in seconds: a window being dragged changes them each frame.
const PAUSE_SECS: f64 = 0.5;
/// A side that changed by less than this share is not told of.
const WORTH_TELLING: f64 = 0.1;

/// The sizes, gathered anew in each frame.
#[derive(Debug, Default)]
pub(super) struct ShownSizes {
    /// By picture: width and height in physical pixels, in this frame.
    seen: RefCell<BTreeMap<(ParticipantId, Track), (u32, u32)>>,
    told: Vec<Shown>,
    told_at: Option<f64>,
}

/// What is to be done about the sizes of a frame.
#[derive(Debug, PartialEq)]
pub(super) enum News {
    /// Nothing worth telling.
    None,
    /// Tell these.
    Tell(Vec<Shown>),
    /// Look again after so many seconds.
    In(f64),
}

impl ShownSizes {
    /// A picture stands here in this frame. Of several places of one picture the largest counts.
    pub(super) fn note(&self, who: &ParticipantId, track: Track, points: Vec2, scale: f32) {
        // Sizes on a screen are small and not negative.
        let pixels = |side: f32| (side * scale).round().max(0.0) as u32;
        let mut seen = self.seen.borrow_mut();
        let (width, height) = seen.entry((who.clone(), track)).or_default();
        *width = pixels(points.x).max(*width);
        *height = pixels(points.y).max(*height);
    }

    /// Ends a frame at `now_secs`. A camera, or a screen that is shared, that was not noted is hidden:
    /// 0 × 0.
    pub(super) fn end_frame(&mut self, snapshot: &Snapshot, now_secs: f64) -> News {
        let seen = std::mem::take(self.seen.get_mut());
        let current = sizes(snapshot, &seen);
        if !differ(&self.told, &current) {
            return News::None;
        }
        let wait = self.told_at.map_or(0.0, |at| at + PAUSE_SECS - now_secs);
        if wait > 0.0 {
            return News::In(wait);
        }
        self.told_at = Some(now_secs);
        self.told.clone_from(&current);
        News::Tell(current)
    }

    /// The window cannot be seen: what to tell, unless that was told.
    pub(super) fn hide(&mut self, snapshot: &Snapshot) -> Option<Vec<Shown>> {
        let current = sizes(snapshot, &BTreeMap::new());
        differ(&self.told, &current).then(|| {
            self.told.clone_from(&current);
            current
        })
    }
}

fn sizes(snapshot: &Snapshot, seen: &BTreeMap<(ParticipantId, Track), (u32, u32)>) -> Vec<Shown> {
    let shown = |id: &ParticipantId, track: Track| {
        let (width, height) = seen.get(&(id.clone(), track)).copied().unwrap_or_default();
        Shown { of: id.clone(), track, width, height }
    };
    let people = snapshot.participants.iter();
    people
        .flat_map(|person| {
            let screen = person.screen.then(|| shown(&person.id, Track::Screen));
            [shown(&person.id, Track::Camera)].into_iter().chain(screen)
        })
        .collect()
}

fn differ(told: &[Shown], current: &[Shown]) -> bool {
    told.len() != current.len()
        || told.iter().zip(current).any(|(told, now)| {
            (&told.of, told.track) != (&now.of, now.track)
                || side_differs(told.width, now.width)
                || side_differs(told.height, now.height)
        })
}

fn side_differs(told: u32, now: u32) -> bool {
    let change = f64::from(told.abs_diff(now));
    (told == 0) != (now == 0) || change > f64::from(told.max(now)) * WORTH_TELLING
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;
    use std::time::Instant;

    use eframe::egui::vec2;

    use super::*;
    use crate::app::demo::Demo;

    /// Ana and Ben.
    fn room() -> Snapshot {
        static ROOM: LazyLock<Snapshot> =
            LazyLock::new(|| Demo::at(30.0, Instant::now()).snapshot().clone());
        ROOM.clone()
    }

    fn frame(sizes: &mut ShownSizes, ana: f32, at: f64) -> News {
        let room = room();
        let first = &room.participants[0].id;
        if ana > 0.0 {
            sizes.note(first, Track::Camera, vec2(ana, ana / 2.0), 2.0);
        }
        sizes.end_frame(&room, at)
    }

    fn told(news: &News) -> Vec<(u32, u32)> {
        match news {
            News::Tell(shown) => shown.iter().map(|one| (one.width, one.height)).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn sizes_are_told_in_physical_pixels_and_the_unseen_as_nothing() {
        let mut sizes = ShownSizes::default();
        assert_eq!(told(&frame(&mut sizes, 100.0, 0.0)), [(200, 100), (0, 0)]);
        assert_eq!(frame(&mut sizes, 100.0, 9.0), News::None);
        assert_eq!(told(&frame(&mut sizes, 0.0, 10.0)), [(0, 0), (0, 0)]);
    }

    #[test]
    fn a_dragged_window_tells_twice_a_second_and_its_last_size() {
        let mut sizes = ShownSizes::default();
        let mut times = Vec::new();
        let mut last = Vec::new();
        for step in 0..=100 {
            let at = f64::from(step) * 0.02;
            let side = 100.0 + 5.0 * step.min(60) as f32;
            if let news @ News::Tell(_) = frame(&mut sizes, side, at) {
                last = told(&news);
                times.push(at);
            }
        }
        assert!(times.windows(2).all(|two| two[1] - two[0] >= PAUSE_SECS), "{times:?}");
        assert_eq!(last[0].0, 800);
    }

    #[test]
    fn a_little_more_or_less_is_no_news_but_small_steps_add_up() {
        let mut sizes = ShownSizes::default();
        frame(&mut sizes, 100.0, 0.0);
        assert_eq!(frame(&mut sizes, 105.0, 1.0), News::None);
        assert_eq!(frame(&mut sizes, 109.0, 2.0), News::None);
        assert_eq!(told(&frame(&mut sizes, 115.0, 3.0))[0], (230, 115));
    }

    #[test]
    fn a_window_that_cannot_be_seen_shows_nothing() {
        let mut sizes = ShownSizes::default();
        frame(&mut sizes, 100.0, 0.0);
        let hidden = sizes.hide(&room()).unwrap();
        assert!(hidden.iter().all(|one| (one.width, one.height) == (0, 0)));
        assert_eq!(sizes.hide(&room()), None, "once");
        assert_eq!(told(&frame(&mut sizes, 100.0, 1.0))[0], (200, 100));
    }

    #[test]
    fn what_comes_too_early_is_told_later() {
        let mut sizes = ShownSizes::default();
        frame(&mut sizes, 100.0, 0.0);
        let News::In(wait) = frame(&mut sizes, 200.0, 0.1) else { panic!("told too early") };
        assert!((wait - 0.4).abs() < 1e-9);
    }
}
