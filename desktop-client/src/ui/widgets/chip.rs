//! A small mark in a line of text that can be pressed: a place in the film.

use eframe::egui::{AsIdSalt, CornerRadius, CursorIcon, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use super::{Line, describe, focus_ring, line_galley};
use crate::ui::theme::{font, palette, radius, size, space, strength};

/// How tall it is.
pub(crate) const HEIGHT: f32 = 22.0;

/// How wide one with this text is.
pub(crate) fn width(ui: &Ui, text: &str) -> f32 {
    let style = Line::new(font::caption_strong(), palette(ui).amber_text);
    let galley = line_galley(ui.painter(), text, &style, f32::INFINITY);
    (galley.size().x + 2.0 * space::S).max(size::SMALL)
}

/// Shows it in `rect`, called `name`; it cannot be pressed for the reason `because`. True if it was.
pub(crate) fn show(
    ui: &Ui,
    rect: Rect,
    key: impl AsIdSalt,
    name: &str,
    text: &str,
    because: Option<&str>,
) -> bool {
    let id = ui.scope_id().with(("chip", key));
    let enabled = because.is_none();
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    // As tall to the finger as other controls.
    let reach = Rect::from_center_size(rect.center(), vec2(rect.width(), size::SMALL));
    let response = ui.interact(reach, id, sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled && ui.is_enabled(), name));
    paint(ui, rect, text, response.hovered() && enabled);
    focus_ring(ui, &response.clone().with_new_rect(rect), radius::SMALL);
    let pressed = response.clicked();
    match because {
        Some(because) => {
            describe(ui, &response, because);
            response.on_hover_text(because);
        }
        None => {
            response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(name);
        }
    }
    pressed
}

/// Paints it.
pub(crate) fn paint(ui: &Ui, rect: Rect, text: &str, lit: bool) {
    let colors = palette(ui);
    let strength = if lit { strength::CHIP_HOVER } else { strength::CHIP };
    let fill = colors.amber.gamma_multiply(strength);
    ui.painter().rect_filled(rect, CornerRadius::same(radius::MARK), fill);
    let style = Line::new(font::caption_strong(), colors.amber_text);
    let galley = line_galley(ui.painter(), text, &style, rect.width());
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, style.color);
}
