//! How one's own screen is sent when one shares it.

use cinemasync_core::interface::Command;
use cinemasync_core::screen::{Content, ScreenSettings};
use eframe::egui::Ui;

use crate::ui::theme::palette;
use crate::ui::widgets::menu;
use crate::ui::widgets::stepper::{Step, stepper};
use crate::ui::widgets::switch::{opener, switch};
use crate::ui::{Scene, text};

/// Limits that can be chosen here, in bits a second.
const LIMITS: [u64; 12] = [
    300_000,
    500_000,
    1_000_000,
    2_000_000,
    4_000_000,
    6_000_000,
    8_000_000,
    12_000_000,
    18_000_000,
    25_000_000,
    35_000_000,
    ScreenSettings::MOST_BPS,
];

/// What there is.
pub(super) fn all() -> [&'static str; 3] {
    [text::content_label(), text::sixty(), text::screen_limit()]
}

/// The rows; `unfolded`: is the list of contents open?
pub(in crate::ui) fn rows(ui: &mut Ui, unfolded: &mut bool, scene: &mut Scene<'_>) {
    let now = scene.snapshot.screen_settings;
    let mut wanted = now;
    let found = scene.snapshot.sharing.as_ref().and_then(|sharing| sharing.content);
    let words = text::content_now(now.content, found);
    if opener(ui, text::content_label(), &words, *unfolded).clicked() {
        *unfolded = !*unfolded;
    }
    if *unfolded {
        for content in [None, Some(Content::Text), Some(Content::Motion)] {
            if menu::choice(ui, text::content(content), content == now.content).clicked() {
                *unfolded = false;
                wanted.content = content;
            }
        }
        menu::hint(ui, text::content_hint(), palette(ui).text_3);
    }
    let fast = now.fps > 30;
    if switch(ui, text::sixty(), fast).clicked() {
        wanted.fps = if fast { 30 } else { 60 };
    }
    let names = (text::screen_limit_less(), text::screen_limit_more());
    if let Some(step) = stepper(ui, text::screen_limit(), &text::megabits(now.max_bps), names) {
        wanted.max_bps = limit(now.max_bps, step);
    }
    if wanted != now {
        scene.command(Command::ScreenSettings(wanted));
    }
}

/// The next lower or higher limit.
fn limit(now: u64, step: Step) -> u64 {
    let next = match step {
        Step::Less => LIMITS.into_iter().rfind(|limit| *limit < now),
        Step::More => LIMITS.into_iter().find(|limit| *limit > now),
    };
    next.unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_go_through_sensible_figures_and_stay_within_what_can_be() {
        assert_eq!(limit(12_000_000, Step::More), 18_000_000);
        assert_eq!(limit(12_000_000, Step::Less), 8_000_000);
        assert_eq!(limit(5_000_000, Step::Less), 4_000_000);
        assert_eq!(limit(LIMITS[0], Step::Less), LIMITS[0]);
        assert_eq!(limit(ScreenSettings::MOST_BPS, Step::More), ScreenSettings::MOST_BPS);
        for bps in LIMITS {
            let settings = ScreenSettings { max_bps: bps, ..ScreenSettings::default() };
            assert_eq!(settings.bounded(), settings);
        }
    }
}
