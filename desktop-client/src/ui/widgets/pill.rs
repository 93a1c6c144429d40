//! A pill: a short state or code in the top bar, often one that can be pressed.

use eframe::egui::{
    Align, Color32, CornerRadius, CursorIcon, Pos2, Rect, Response, Role, Sense, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::{Line, focus_ring, icon, line_galley};
use crate::ui::theme::icons::Icon;
use crate::ui::theme::{font, motion, on_picture, palette, radius, size, space};

/// A pill about to be shown.
#[derive(Debug)]
pub(crate) struct Pill<'a> {
    key: &'a str,
    label: &'a str,
    text: &'a str,
    dot: Option<Color32>,
    icon: Option<Icon>,
    icon_last: bool,
    line: Option<Line>,
    over_picture: bool,
}

impl<'a> Pill<'a> {
    /// A pill that shows `text` and is called `label`.
    pub(crate) fn new(key: &'a str, label: &'a str, text: &'a str) -> Self {
        Self {
            key,
            label,
            text,
            dot: None,
            icon: None,
            icon_last: false,
            line: None,
            over_picture: false,
        }
    }

    /// Puts a dot before the text.
    pub(crate) fn dot(mut self, color: Color32) -> Self {
        self.dot = Some(color);
        self
    }

    /// Puts an icon before the text.
    pub(crate) fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Puts an icon behind the text.
    pub(crate) fn icon_last(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self.icon_last = true;
        self
    }

    /// Sets the text differently.
    pub(crate) fn line(mut self, line: Line) -> Self {
        self.line = Some(line);
        self
    }

    /// Stands on a picture.
    pub(crate) fn over_picture(mut self) -> Self {
        self.over_picture = true;
        self
    }

    /// How wide it wants to be.
    pub(crate) fn width(&self, ui: &Ui) -> f32 {
        let line = self.style(ui);
        line_galley(ui.painter(), self.text, &line, f32::INFINITY).size().x + self.sides()
    }

    fn style(&self, ui: &Ui) -> Line {
        let ink = if self.over_picture { on_picture::INK } else { palette(ui).text_2 };
        self.line.clone().unwrap_or_else(|| Line::new(font::body_strong(), ink))
    }

    /// What stands beside the text.
    fn sides(&self) -> f32 {
        let dot = self.dot.map_or(0.0, |_| 2.0 * size::DOT + space::S);
        let sign = self.icon.map_or(0.0, |_| size::ICON_TEXT + space::S);
        2.0 * space::M + dot + sign
    }

    /// Shows it with its left or right middle at `at`, at most `max_width` wide.
    pub(crate) fn show(self, ui: &Ui, at: Pos2, align: Align, max_width: f32) -> Response {
        let colors = palette(ui);
        let (line, sides) = (self.style(ui), self.sides());
        let galley = line_galley(ui.painter(), self.text, &line, max_width - sides);
        let whole = vec2(galley.size().x + sides, size::SMALL);
        let left = if align == Align::Min { at.x } else { at.x - whole.x };
        let rect = Rect::from_min_size(pos2(left, at.y - whole.y / 2.0), whole);
        let id = ui.scope_id().with(("pill", self.key));
        let response = ui.interact(rect, id, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), self.label));

        let lit = ui.ctx().animate_bool_with_time(id, response.hovered(), motion::state(ui));
        let (rest, hover) = if self.over_picture {
            (on_picture::GROUND, on_picture::GROUND_HOVER)
        } else {
            (colors.surface_2, colors.surface_3)
        };
        let corner = (size::SMALL / 2.0) as u8;
        let fill = rest.lerp_to_gamma(hover, lit);
        ui.painter().rect_filled(rect, CornerRadius::same(corner), fill);
        focus_ring(ui, &response, corner);
        let mut x = rect.left() + space::M;
        if let Some(color) = self.dot {
            ui.painter().circle_filled(pos2(x + size::DOT, rect.center().y), size::DOT, color);
            x += 2.0 * size::DOT + space::S;
        }
        let mut sign_at = pos2(x + size::ICON_TEXT / 2.0, rect.center().y);
        if self.icon.is_some() && !self.icon_last {
            x += size::ICON_TEXT + space::S;
        }
        let text_at = pos2(x, rect.center().y - galley.size().y / 2.0);
        if self.icon_last {
            sign_at.x = x + galley.size().x + space::S + size::ICON_TEXT / 2.0;
        }
        ui.painter().galley(text_at, galley, line.color);
        if let Some(glyph) = self.icon {
            icon(ui.painter(), sign_at, glyph, size::ICON_TEXT, line.color);
        }
        response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(self.label)
    }
}

/// How tall a [`tag`] is.
pub(crate) const TAG_HEIGHT: f32 = 24.0;

/// A small mark with a text on a picture, not to be pressed; stands with its bottom left at `at`.
pub(crate) fn tag(
    ui: &Ui,
    at: Pos2,
    text: &str,
    dot: Option<Color32>,
    sign: Option<Icon>,
    max_width: f32,
) -> Rect {
    let line = Line::new(font::caption_strong(), on_picture::INK);
    let (dot_width, sign_width) = tag_marks(dot, sign);
    let sides = 2.0 * space::S + dot_width + sign_width;
    let galley = line_galley(ui.painter(), text, &line, max_width - sides);
    let whole = Vec2::new(galley.size().x + sides, TAG_HEIGHT);
    let rect = Rect::from_min_size(pos2(at.x, at.y - TAG_HEIGHT), whole);
    let corner = CornerRadius::same(radius::MARK);
    ui.painter().rect_filled(rect, corner, on_picture::GROUND);
    let mut x = rect.left() + space::S;
    if let Some(color) = dot {
        ui.painter().circle_filled(pos2(x + size::DOT, rect.center().y), size::DOT, color);
        x += dot_width;
    }
    if let Some(glyph) = sign {
        icon(
            ui.painter(),
            pos2(x + size::ICON_TAG / 2.0, rect.center().y),
            glyph,
            size::ICON_TAG,
            on_picture::INK,
        );
        x += sign_width;
    }
    ui.painter().galley(pos2(x, rect.center().y - galley.size().y / 2.0), galley, line.color);
    rect
}

/// How wide a [`tag`] is.
pub(crate) fn tag_width(
    ui: &Ui,
    text: &str,
    dot: Option<Color32>,
    sign: Option<Icon>,
    max_width: f32,
) -> f32 {
    let line = Line::new(font::caption_strong(), on_picture::INK);
    let (dot_width, sign_width) = tag_marks(dot, sign);
    let sides = 2.0 * space::S + dot_width + sign_width;
    line_galley(ui.painter(), text, &line, max_width - sides).size().x + sides
}

/// The widths of a tag's dot and sign.
fn tag_marks(dot: Option<Color32>, sign: Option<Icon>) -> (f32, f32) {
    let dot = dot.map_or(0.0, |_| 2.0 * size::DOT + space::S - 2.0);
    (dot, sign.map_or(0.0, |_| size::ICON_TAG + space::XS))
}
