//! A text field on a rounded ground.

use std::sync::Arc;

use eframe::egui::{
    Align2, CornerRadius, FontId, Frame, Galley, Id, Margin, Rect, Response, RichText, Sense,
    Stroke, StrokeKind, TextBuffer, TextEdit, Ui, vec2,
};

use crate::ui::theme::{font, palette, radius, size, space};

/// Lays out the text of a field.
pub(crate) type Layouter<'a> = &'a mut dyn FnMut(&Ui, &dyn TextBuffer, f32) -> Arc<Galley>;

/// A field about to be shown.
pub(crate) struct Field<'a> {
    id: Id,
    label: &'a str,
    hint: &'a str,
    font: FontId,
    limit: usize,
    wrong: bool,
    hidden: bool,
    reserve: f32,
    indent: f32,
    layouter: Option<Layouter<'a>>,
}

impl<'a> Field<'a> {
    /// A field with this accessible name. `id` is the one that focus is asked for.
    pub(crate) fn new(id: Id, label: &'a str, hint: &'a str) -> Self {
        Self {
            id,
            label,
            hint,
            font: font::reading(),
            limit: 400,
            wrong: false,
            hidden: false,
            reserve: 0.0,
            indent: 0.0,
            layouter: None,
        }
    }

    /// Longest text in characters; more is not taken.
    pub(crate) fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// Marks the text as wrong.
    pub(crate) fn wrong(mut self, wrong: bool) -> Self {
        self.wrong = wrong;
        self
    }

    /// Shows no letter of the text.
    pub(crate) fn hidden(mut self, hidden: bool) -> Self {
        self.hidden = hidden;
        self
    }

    /// Keeps room at the right for controls inside the field.
    pub(crate) fn reserve(mut self, width: f32) -> Self {
        self.reserve = width;
        self
    }

    /// Keeps room at the left for a sign.
    pub(crate) fn indent(mut self, width: f32) -> Self {
        self.indent = width + space::S;
        self
    }

    /// Sets typeface and size.
    pub(crate) fn font(mut self, font: FontId) -> Self {
        self.font = font;
        self
    }

    /// Lays the text out by oneself.
    pub(crate) fn layouter(mut self, layouter: Layouter<'a>) -> Self {
        self.layouter = Some(layouter);
        self
    }

    /// Shows it in `rect`.
    pub(crate) fn show(self, ui: &mut Ui, rect: Rect, text: &mut String) -> Response {
        let colors = palette(ui);
        // Clicks beside the text belong to the field too; the text itself lies above and wins.
        let ground = ui.interact(rect, self.id.with("ground"), Sense::CLICK);
        ui.painter().rect_filled(rect, CornerRadius::same(radius::CONTROL), colors.surface_2);
        let mut inner = rect.shrink2(vec2(space::L, 0.0));
        inner.min.x += self.indent;
        inner.max.x -= self.reserve;
        let hint = RichText::new(self.hint).font(self.font.clone()).color(colors.text_3);
        let mut edit = TextEdit::singleline(text)
            .id(self.id)
            .font(self.font)
            .password(self.hidden)
            .frame(Frame::NONE)
            .margin(Margin::ZERO)
            .hint_text(hint)
            .char_limit(self.limit)
            .desired_width(inner.width())
            .align(Align2::LEFT_CENTER)
            .min_size(vec2(inner.width(), rect.height()));
        if let Some(layouter) = self.layouter {
            edit = edit.layouter(layouter);
        }
        let response = ui.place(inner, edit).accessible_name(self.label);
        if ground.clicked() {
            response.request_focus();
        }
        let edge = if self.wrong {
            Stroke::new(size::EDGE, colors.red)
        } else if response.has_focus() {
            Stroke::new(size::EDGE, colors.amber_text)
        } else {
            Stroke::NONE
        };
        let corner = CornerRadius::same(radius::CONTROL);
        ui.painter().rect_stroke(rect, corner, edge, StrokeKind::Inside);
        response
    }
}
