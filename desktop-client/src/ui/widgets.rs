//! The window's own controls, painted from the theme's tokens at a place that the screen chooses.
//! Each has an accessible name. Leaves what they mean to the screens.

pub(crate) mod button;
pub(crate) mod chip;
pub(crate) mod field;
pub(crate) mod graph;
pub(crate) mod menu;
pub(crate) mod meter;
pub(crate) mod pill;
pub(crate) mod prompt;
pub(crate) mod slider;
pub(crate) mod stepper;
pub(crate) mod switch;
pub(crate) mod tab;
pub(crate) mod toast;

use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{
    Align, Align2, Color32, CornerRadius, FontId, Frame, Galley, Margin, Painter, Pos2, Rect,
    Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2,
};

use super::theme::icons::Icon;
use super::theme::{font, palette, radius, size};

/// How one-line text is set.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Typeface and size.
    pub(crate) font: FontId,
    /// Colour.
    pub(crate) color: Color32,
    /// Extra space between letters, in points.
    pub(crate) letters: f32,
}

impl Line {
    /// Text without extra spacing.
    pub(crate) fn new(font: FontId, color: Color32) -> Self {
        Self { font, color, letters: 0.0 }
    }
}

/// Lays out one line, cut with an ellipsis where it does not fit `width`.
pub(crate) fn line_galley(painter: &Painter, text: &str, line: &Line, width: f32) -> Arc<Galley> {
    let format = TextFormat {
        font_id: line.font.clone(),
        color: line.color,
        extra_letter_spacing: line.letters,
        ..TextFormat::default()
    };
    let mut job = LayoutJob::single_section(text.replace(['\n', '\r'], " "), format);
    job.wrap.max_width = width.max(1.0);
    job.wrap.max_rows = 1;
    job.wrap.break_anywhere = true;
    painter.layout_job(job)
}

/// Lays out text that may take several lines of `height`.
pub(crate) fn block_galley(
    painter: &Painter,
    text: &str,
    line: &Line,
    height: f32,
    width: f32,
) -> Arc<Galley> {
    let format = TextFormat {
        font_id: line.font.clone(),
        color: line.color,
        extra_letter_spacing: line.letters,
        line_height: Some(height),
        ..TextFormat::default()
    };
    let mut job = LayoutJob::single_section(text.to_owned(), format);
    job.wrap.max_width = width.max(1.0);
    painter.layout_job(job)
}

/// The same, each line centred on the place where it is painted.
pub(crate) fn centred_galley(
    painter: &Painter,
    text: &str,
    line: &Line,
    height: f32,
    width: f32,
) -> Arc<Galley> {
    let mut job = (*block_galley(painter, text, line, height, width).job).clone();
    job.halign = Align::Center;
    painter.layout_job(job)
}

/// Paints one line inside `rect` and lets assistive programs read it. Returns where it stands.
pub(crate) fn label(ui: &Ui, rect: Rect, align: Align2, text: &str, line: &Line) -> Rect {
    let galley = line_galley(ui.painter(), text, line, rect.width());
    let place = align.align_size_within_rect(galley.size(), rect);
    ui.painter().galley(place.min, galley, line.color);
    readable(ui, place, text);
    place
}

/// Paints text of several lines from `rect`'s top, and lets assistive programs read it. Returns
/// where it stands.
pub(crate) fn paragraph(ui: &Ui, rect: Rect, text: &str, line: &Line, height: f32) -> Rect {
    let galley = block_galley(ui.painter(), text, line, height, rect.width());
    let place = Rect::from_min_size(rect.min, galley.size());
    ui.painter().galley(place.min, galley, line.color);
    readable(ui, place, text);
    place
}

/// Makes painted text known to assistive programs.
pub(crate) fn readable(ui: &Ui, rect: Rect, text: &str) -> Response {
    // Two equal lines at two places are two things to read.
    let id = ui.scope_id().with((text, rect.min.x.to_bits(), rect.min.y.to_bits()));
    let response = ui.interact(rect, id, Sense::empty());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), text));
    response
}

/// Tells assistive programs more about a control than its name.
pub(crate) fn describe(ui: &Ui, control: &Response, text: &str) {
    ui.ctx().accesskit_node_builder(control.id, |node| node.set_description(text));
}

/// Paints an icon centred at a point.
pub(crate) fn icon(painter: &Painter, center: Pos2, icon: Icon, side: f32, color: Color32) {
    let font = font::icon(side, icon.filled);
    let galley = painter.layout_no_wrap(icon.glyph.to_string(), font, color);
    let ink = galley.mesh_bounds;
    let rect = if ink.is_positive() { ink } else { Rect::from_min_size(Pos2::ZERO, galley.size()) };
    // Icon glyphs are drawn on a square; centring the square keeps a family's icons on one line.
    let square =
        Rect::from_center_size(pos2(galley.size().x / 2.0, rect.center().y), Vec2::splat(side));
    let place = pos2(center.x - square.center().x, center.y - square.center().y);
    painter.galley(place, galley, color);
}

/// Marks the focused control.
pub(crate) fn focus_ring(ui: &Ui, response: &Response, corner: u8) {
    if response.has_focus() {
        let stroke = Stroke::new(size::RING, palette(ui).amber_text);
        let corner = CornerRadius::same(corner.saturating_add(size::FOCUS_GAP as u8));
        ui.painter().rect_stroke(
            response.rect.expand(size::FOCUS_GAP),
            corner,
            stroke,
            StrokeKind::Middle,
        );
    }
}

/// A panel's background.
pub(crate) fn panel(ui: &Ui, rect: Rect, fill: Color32) {
    ui.painter().rect_filled(rect, CornerRadius::same(radius::TILE), fill);
}

/// The frame of what lies over the window: menus and dialogs, with a margin in points around what is in it.
pub(crate) fn raised(ui: &Ui, margin: f32) -> Frame {
    let colors = palette(ui);
    Frame::NONE
        .fill(colors.surface_1)
        .stroke(Stroke::new(size::HAIR, colors.line))
        .corner_radius(CornerRadius::same(radius::TILE))
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(Margin::same(margin as i8))
}

/// Cuts `rect` from the left into `count` equal cells with `gap` between them.
pub(crate) fn columns(rect: Rect, count: usize, gap: f32) -> Vec<Rect> {
    let count = count.max(1);
    let width = (rect.width() - gap * (count - 1) as f32) / count as f32;
    (0..count)
        .map(|index| {
            let left = rect.left() + index as f32 * (width + gap);
            Rect::from_min_size(pos2(left, rect.top()), Vec2::new(width, rect.height()))
        })
        .collect()
}
