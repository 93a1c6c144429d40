//! The one button: an icon, a text or both, in the kinds that the look knows.

use eframe::egui::{
    Align2, Color32, CornerRadius, CursorIcon, FontId, Id, Rect, Response, Role, Sense, Ui,
    WidgetInfo, pos2, vec2,
};

use super::{Line, describe, focus_ring, icon, line_galley};
use crate::ui::theme::icons::Icon;
use crate::ui::theme::{font, motion, on_picture, palette, radius, size, space, strength};

/// What a button is for, which decides its colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Stands in a bar; no ground until pointed at.
    Quiet,
    /// A control.
    Control,
    /// On a picture.
    OverPicture,
    /// The one thing to do.
    Primary,
    /// Something is off, or one leaves.
    Danger,
    /// A link within text.
    Link,
}

/// A button about to be shown.
#[derive(Debug)]
pub(crate) struct Button<'a> {
    key: &'a str,
    label: &'a str,
    text: Option<&'a str>,
    icon: Option<Icon>,
    kind: Kind,
    enabled: bool,
    because: Option<&'a str>,
    corner: u8,
    icon_side: f32,
}

impl<'a> Button<'a> {
    /// A button with an icon only; `label` is its accessible name and tooltip. `key` tells it from
    /// the others of its parent and stays when the label changes.
    pub(crate) fn icon(key: &'a str, label: &'a str, icon: Icon) -> Self {
        Self {
            key,
            label,
            text: None,
            icon: Some(icon),
            kind: Kind::Control,
            enabled: true,
            because: None,
            corner: radius::CONTROL,
            icon_side: size::ICON,
        }
    }

    /// A button of a menu whose picture the caller paints on it.
    pub(crate) fn blank(key: &'a str, label: &'a str) -> Self {
        Self {
            key,
            label,
            text: None,
            icon: None,
            kind: Kind::Quiet,
            enabled: true,
            because: None,
            corner: radius::SMALL,
            icon_side: size::ICON,
        }
    }

    /// A button with a text, which is its accessible name too.
    pub(crate) fn text(key: &'a str, text: &'a str) -> Self {
        Self {
            key,
            label: text,
            text: Some(text),
            icon: None,
            kind: Kind::Control,
            enabled: true,
            because: None,
            corner: radius::CONTROL,
            icon_side: size::ICON_TEXT,
        }
    }

    /// Puts an icon before the text.
    pub(crate) fn with_icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Sets what it is for.
    pub(crate) fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Makes it one that can be pressed, or not.
    pub(crate) fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Gives it another accessible name than its text.
    pub(crate) fn called(mut self, label: &'a str) -> Self {
        self.label = label;
        self
    }

    /// Makes it one that cannot be pressed, for this reason, which its tooltip tells.
    pub(crate) fn unless(mut self, because: Option<&'a str>) -> Self {
        self.enabled &= because.is_none();
        self.because = because;
        self
    }

    /// Uses the small icon.
    pub(crate) fn small(mut self) -> Self {
        self.icon_side = size::ICON_SMALL;
        self.corner = radius::SMALL;
        self
    }

    /// How wide it wants to be.
    pub(crate) fn width(&self, ui: &Ui) -> f32 {
        let text = self.text.map_or(0.0, |text| {
            let line = Line::new(self.font(), on_picture::INK);
            line_galley(ui.painter(), text, &line, f32::INFINITY).size().x
        });
        let icon = self.icon.map_or(0.0, |_| self.icon_side);
        let gap = if self.text.is_some() && self.icon.is_some() { space::S } else { 0.0 };
        text + icon + gap + 2.0 * space::L
    }

    /// Shows it in `rect`.
    pub(crate) fn show(self, ui: &Ui, rect: Rect) -> Response {
        let id: Id = ui.scope_id().with(("button", self.key));
        let sense = if self.enabled { Sense::click() } else { Sense::hover() };
        let response = ui.interact(rect, id, sense);
        let enabled = self.enabled && ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, self.label));
        if ui.is_rect_visible(rect) {
            self.paint(ui, &response);
        }
        let response =
            if enabled { response.on_hover_cursor(CursorIcon::PointingHand) } else { response };
        match self.because {
            Some(because) => {
                describe(ui, &response, because);
                response.on_hover_text(because)
            }
            None if self.text.is_none() => response.on_hover_text(self.label),
            None => response,
        }
    }

    fn font(&self) -> FontId {
        match self.kind {
            Kind::Link => font::body(),
            _ => font::action(),
        }
    }

    fn paint(&self, ui: &Ui, response: &Response) {
        let colors = palette(ui);
        let lit = response.hovered() || response.is_pointer_button_down_on();
        let lit = ui.ctx().animate_bool_with_time(response.id.with("lit"), lit, motion::state(ui));
        let clear = Color32::TRANSPARENT;
        let (rest, hover, ink) = match self.kind {
            Kind::Quiet => (clear, colors.surface_2, colors.text_1),
            Kind::Control => (colors.surface_3, colors.surface_4, colors.text_1),
            Kind::OverPicture => (on_picture::CONTROL, on_picture::CONTROL_HOVER, on_picture::INK),
            Kind::Primary => (colors.amber, colors.amber_hover, colors.amber_ink),
            Kind::Danger => (colors.red_fill, colors.red_fill_hover, colors.red),
            Kind::Link => (clear, clear, colors.amber_text),
        };
        let (fill, ink) = if self.enabled {
            (rest.lerp_to_gamma(hover, lit), ink)
        } else {
            (rest.gamma_multiply(strength::OFF_GROUND), ink.gamma_multiply(strength::OFF_INK))
        };
        let rect = response.rect;
        ui.painter().rect_filled(rect, CornerRadius::same(self.corner), fill);
        focus_ring(ui, response, self.corner);
        let Some(text) = self.text else {
            if let Some(glyph) = self.icon {
                icon(ui.painter(), rect.center(), glyph, self.icon_side, ink);
            }
            return;
        };
        let side = self.icon.map_or(0.0, |_| self.icon_side + space::S);
        let line = Line::new(self.font(), ink);
        let galley = line_galley(ui.painter(), text, &line, rect.width() - side - space::S);
        let whole = vec2(galley.size().x + side, galley.size().y);
        let place = Align2::CENTER_CENTER.align_size_within_rect(whole, rect);
        if let Some(glyph) = self.icon {
            let center = pos2(place.left() + self.icon_side / 2.0, rect.center().y);
            icon(ui.painter(), center, glyph, self.icon_side, ink);
        }
        ui.painter().galley(pos2(place.left() + side, place.top()), galley, ink);
    }
}
