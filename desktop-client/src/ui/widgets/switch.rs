//! A row with a switch: something that is on or off.

use eframe::egui::{
    Align2, CornerRadius, CursorIcon, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::{Line, focus_ring, line_galley};
use crate::ui::theme::{font, motion, palette, radius, size, space};

/// The switch itself.
const TRACK: Vec2 = vec2(40.0, 24.0);

/// Shows `text` with a switch at its right; clicked when it is to change.
pub(crate) fn switch(ui: &mut Ui, text: &str, on: bool) -> Response {
    let colors = palette(ui);
    let wanted = vec2(ui.available_width(), size::SMALL + space::XS);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Switch, ui.is_enabled(), on, text));
    if response.hovered() {
        let corner = CornerRadius::same(radius::SMALL);
        ui.painter().rect_filled(rect, corner, colors.surface_2);
    }
    let inner = rect.shrink2(vec2(space::S, 0.0));
    let line = Line::new(font::body(), colors.text_1);
    let galley = line_galley(ui.painter(), text, &line, inner.width() - TRACK.x - space::M);
    let place = Align2::LEFT_CENTER.align_size_within_rect(galley.size(), inner);
    ui.painter().galley(place.min, galley, colors.text_1);
    let track = Align2::RIGHT_CENTER.align_size_within_rect(TRACK, inner);
    let lit = ui.ctx().animate_bool_with_time(response.id.with("on"), on, motion::state(ui));
    let fill = colors.surface_4.lerp_to_gamma(colors.teal, lit);
    let half = TRACK.y / 2.0;
    ui.painter().rect_filled(track, CornerRadius::same(half as u8), fill);
    let travel = TRACK.x - TRACK.y;
    let ink = colors.text_2.lerp_to_gamma(colors.background, lit);
    let knob = pos2(track.left() + half + travel * lit, track.center().y);
    ui.painter().circle_filled(knob, half - 3.0, ink);
    focus_ring(ui, &response.clone().with_new_rect(track), half as u8);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// Shows `text`, what it is now, and a sign that more opens; clicked when it is to open or close.
pub(crate) fn opener(ui: &mut Ui, text: &str, now: &str, open: bool) -> Response {
    let colors = palette(ui);
    let wanted = vec2(ui.available_width(), size::SMALL + space::XS);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    let name = format!("{text}: {now}");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &name));
    let fill = if response.hovered() { colors.surface_3 } else { colors.surface_2 };
    let row = rect.shrink2(vec2(0.0, 1.0));
    ui.painter().rect_filled(row, CornerRadius::same(radius::SMALL), fill);
    focus_ring(ui, &response, radius::SMALL);
    let inner = row.shrink2(vec2(space::M, 0.0));
    let line = Line::new(font::body(), colors.text_2);
    let galley = line_galley(ui.painter(), text, &line, inner.width() * 0.4);
    let place = Align2::LEFT_CENTER.align_size_within_rect(galley.size(), inner);
    ui.painter().galley(place.min, galley, colors.text_2);
    let sign = if open { "−" } else { "+" };
    let beside = Line::new(font::body(), colors.text_3);
    let mark = line_galley(ui.painter(), sign, &beside, 20.0);
    let at = Align2::RIGHT_CENTER.align_size_within_rect(mark.size(), inner);
    ui.painter().galley(at.min, mark, colors.text_3);
    let value = Rect::from_min_max(
        pos2(place.right() + space::M, inner.top()),
        pos2(at.left() - space::S, inner.bottom()),
    );
    let line = Line::new(font::body(), colors.text_1);
    let galley = line_galley(ui.painter(), now, &line, value.width());
    let place = Align2::RIGHT_CENTER.align_size_within_rect(galley.size(), value);
    ui.painter().galley(place.min, galley, colors.text_1);
    response.on_hover_cursor(CursorIcon::PointingHand)
}
