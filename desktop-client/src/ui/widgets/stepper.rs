//! A row with a value and buttons that move it by steps.

use eframe::egui::{Align2, Rect, Sense, Ui, Vec2, pos2, vec2};

use super::button::{Button, Kind};
use super::{Line, label};
use crate::ui::theme::icons::Icon;
use crate::ui::theme::{font, icons, palette, size, space};

/// Width of the value.
const VALUE: f32 = 76.0;

/// Which way a value is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Less of it.
    Less,
    /// More of it.
    More,
}

/// Shows `text` with the value in words between two buttons, which are called `less` and `more`.
pub(crate) fn stepper(
    ui: &mut Ui,
    text: &str,
    value: &str,
    (less, more): (&str, &str),
) -> Option<Step> {
    let colors = palette(ui);
    let wanted = vec2(ui.available_width(), size::SMALL + space::XS);
    let (row, _) = ui.allocate_exact_size(wanted, Sense::empty());
    let row = row.shrink2(vec2(space::S, 0.0));
    let button = |right: f32, name: &str, sign: Icon| {
        let corner = pos2(right - size::SMALL, row.center().y - size::SMALL / 2.0);
        let place = Rect::from_min_size(corner, Vec2::splat(size::SMALL));
        Button::icon(name, name, sign).small().kind(Kind::Control).show(ui, place).clicked()
    };
    let more = button(row.right(), more, icons::MORE);
    let value_right = row.right() - size::SMALL;
    let value_left = value_right - VALUE;
    let less = button(value_left, less, icons::LESS);
    let words = row.with_max_x(value_left - size::SMALL - space::S);
    label(ui, words, Align2::LEFT_CENTER, text, &Line::new(font::body(), colors.text_1));
    let place = Rect::from_min_max(pos2(value_left, row.top()), pos2(value_right, row.bottom()));
    let style = Line::new(font::body_strong(), colors.text_1);
    label(ui, place, Align2::CENTER_CENTER, value, &style);
    match (less, more) {
        (true, _) => Some(Step::Less),
        (_, true) => Some(Step::More),
        _ => None,
    }
}
