//! Tabs: a row of things of which one is shown.

use eframe::egui::{
    Color32, CornerRadius, CursorIcon, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::{Line, focus_ring, icon, line_galley};
use crate::ui::theme::icons::Icon;
use crate::ui::theme::{font, motion, on_picture, palette, radius, size, space};

/// One of a row.
#[derive(Debug)]
pub(crate) struct Tab {
    /// Its sign.
    pub(crate) sign: Icon,
    /// Its text.
    pub(crate) text: String,
    /// Is it the one that is shown?
    pub(crate) chosen: bool,
}

/// Shows them from `row`'s left, narrower where there is too little room; on a picture if
/// `over_picture`. Returns which one was pressed.
pub(crate) fn tabs(ui: &Ui, row: Rect, tabs: &[Tab], over_picture: bool) -> Option<usize> {
    let line = Line::new(font::body_strong(), on_picture::INK);
    let sides = 2.0 * space::M + size::ICON_TEXT + space::S;
    let wanted =
        |tab: &Tab| line_galley(ui.painter(), &tab.text, &line, f32::INFINITY).size().x + sides;
    let widths: Vec<f32> = tabs.iter().map(wanted).collect();
    let gaps = space::XS * tabs.len().saturating_sub(1) as f32;
    let fair = (row.width() - gaps) / tabs.len().max(1) as f32;
    let fits = widths.iter().sum::<f32>() + gaps <= row.width();
    let mut left = row.left();
    let mut pressed = None;
    for (index, (tab, width)) in tabs.iter().zip(widths).enumerate() {
        let width = if fits { width } else { width.min(fair).max(size::SMALL) };
        let corner = pos2(left, row.center().y - size::SMALL / 2.0);
        let rect = Rect::from_min_size(corner, vec2(width, size::SMALL));
        left = rect.right() + space::XS;
        if one(ui, rect, index, tab, over_picture) {
            pressed = Some(index);
        }
    }
    pressed
}

fn one(ui: &Ui, rect: Rect, index: usize, tab: &Tab, over_picture: bool) -> bool {
    let colors = palette(ui);
    let id = ui.scope_id().with(("tab", index));
    let response = ui.interact(rect, id, Sense::click());
    response
        .widget_info(|| WidgetInfo::selected(Role::Tab, ui.is_enabled(), tab.chosen, &tab.text));
    let lit = ui.ctx().animate_bool_with_time(id, response.hovered(), motion::state(ui));
    let (rest, hover, chosen) = if over_picture {
        (on_picture::GROUND, on_picture::GROUND_HOVER, on_picture::CONTROL_HOVER)
    } else {
        (Color32::TRANSPARENT, colors.surface_2, colors.surface_3)
    };
    let fill = if tab.chosen { chosen } else { rest.lerp_to_gamma(hover, lit) };
    ui.painter().rect_filled(rect, CornerRadius::same(radius::SMALL), fill);
    focus_ring(ui, &response, radius::SMALL);
    let ink = match (over_picture, tab.chosen) {
        (true, _) => on_picture::INK,
        (false, true) => colors.text_1,
        (false, false) => colors.text_2,
    };
    let sign_at = pos2(rect.left() + space::M + size::ICON_TEXT / 2.0, rect.center().y);
    let sign_ink = if tab.chosen { colors.amber_text } else { ink };
    icon(ui.painter(), sign_at, tab.sign, size::ICON_TEXT, sign_ink);
    let text_left = sign_at.x + size::ICON_TEXT / 2.0 + space::S;
    let room = rect.right() - space::S - text_left;
    if room > space::M {
        let line = Line::new(font::body_strong(), ink);
        let galley = line_galley(ui.painter(), &tab.text, &line, room);
        let at = pos2(text_left, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, ink);
    }
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    response.on_hover_text(&tab.text).clicked()
}
