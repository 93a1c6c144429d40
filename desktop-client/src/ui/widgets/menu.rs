//! What opens from a button: a list of choices, or a small panel.

use eframe::egui::{
    Align2, Color32, CornerRadius, CursorIcon, Popup, PopupCloseBehavior, RectAlign, Response,
    Role, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::button::{Button, Kind};
use super::{Line, block_galley, focus_ring, icon, line_galley, paragraph, raised};
use crate::ui::theme::{font, icons, line, palette, radius, size, space};

/// Shows `content` in a panel of `width` that opens and closes with `button`.
pub(crate) fn popup(
    ui: &Ui,
    button: &Response,
    width: f32,
    close: PopupCloseBehavior,
    align: RectAlign,
    content: impl FnOnce(&mut Ui),
) {
    let frame = raised(ui, space::S);
    Popup::from_toggle_button_response(button)
        .close_behavior(close)
        .align(align)
        .gap(space::S)
        .width(width)
        .frame(frame)
        .show(|ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing = vec2(0.0, 2.0);
            content(ui);
        });
}

/// One choice of a list; marked when it is the one in force.
pub(crate) fn choice(ui: &mut Ui, text: &str, chosen: bool) -> Response {
    let colors = palette(ui);
    let wanted = vec2(ui.available_width(), size::SMALL);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    response
        .widget_info(|| WidgetInfo::selected(Role::MenuItemRadio, ui.is_enabled(), chosen, text));
    if response.hovered() || response.has_focus() {
        let corner = CornerRadius::same(radius::SMALL);
        ui.painter().rect_filled(rect, corner, colors.surface_3);
    }
    focus_ring(ui, &response, radius::SMALL);
    if chosen {
        let at = pos2(rect.left() + space::L, rect.center().y);
        icon(ui.painter(), at, icons::DONE, size::ICON_TEXT, colors.amber_text);
    }
    let ink = if chosen { colors.text_1 } else { colors.text_2 };
    let line = Line::new(font::body(), ink);
    let left = space::L + size::ICON_TEXT;
    let galley = line_galley(ui.painter(), text, &line, rect.width() - left - space::S);
    let inner = rect.with_min_x(rect.left() + left);
    let place = Align2::LEFT_CENTER.align_size_within_rect(galley.size(), inner);
    ui.painter().galley(place.min, galley, ink);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// A sentence or two.
pub(crate) fn hint(ui: &mut Ui, text: &str, color: Color32) {
    let width = ui.available_width() - 2.0 * space::S;
    let line = Line::new(font::caption(), color);
    let galley = block_galley(ui.painter(), text, &line, line::CAPTION, width);
    let wanted = vec2(ui.available_width(), galley.size().y + space::S);
    let (rect, _) = ui.allocate_exact_size(wanted, Sense::empty());
    let inner = rect.shrink2(vec2(space::S, 0.0));
    paragraph(ui, inner, text, &line, line::CAPTION);
}

/// A button as wide as the panel.
pub(crate) fn button(ui: &mut Ui, key: &str, text: &str, kind: Kind) -> Response {
    let wanted = vec2(ui.available_width(), size::CONTROL + space::XS);
    let (rect, _) = ui.allocate_exact_size(wanted, Sense::empty());
    let inner = rect.shrink2(vec2(space::XS, space::XS / 2.0));
    Button::text(key, text).kind(kind).show(ui, inner)
}

/// A caption above choices.
pub(crate) fn caption(ui: &mut Ui, text: &str) {
    let colors = palette(ui);
    let wanted = vec2(ui.available_width(), size::SMALL - space::S);
    let (rect, _) = ui.allocate_exact_size(wanted, Sense::empty());
    let line = Line::new(font::caption(), colors.text_3);
    super::label(ui, rect.shrink2(vec2(space::S, 0.0)), Align2::LEFT_CENTER, text, &line);
}
