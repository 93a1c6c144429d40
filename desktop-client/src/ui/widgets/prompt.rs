//! A sentence with answers to press, above everything else: it stays until it is answered or out of date.

use eframe::egui::{CornerRadius, Id, LayerId, Order, Rect, Ui, UiBuilder, pos2, vec2};

use super::button::{Button, Kind};
use super::{Line, block_galley, icon, readable};
use crate::ui::theme::icons::Icon;
use crate::ui::theme::{font, line, palette, radius, size, space};

/// The widest that one is.
const WIDTH: f32 = 460.0;

/// Something to be answered.
#[derive(Debug)]
pub(crate) struct Prompt<'a> {
    /// Tells it from the others.
    pub(crate) key: &'a str,
    /// Its sign.
    pub(crate) sign: Icon,
    /// The sentence.
    pub(crate) text: &'a str,
    /// The answers in words; the first one is what most people want.
    pub(crate) answers: &'a [&'a str],
}

impl Prompt<'_> {
    /// Shows it from `top`, centred in `within`. Returns how tall it is, and which answer was pressed.
    pub(crate) fn show(&self, ui: &mut Ui, within: Rect, top: f32) -> (f32, Option<usize>) {
        let colors = palette(ui);
        let width = (within.width() - 2.0 * space::L).min(WIDTH);
        let buttons: Vec<_> = self
            .answers
            .iter()
            .enumerate()
            .map(|(index, answer)| {
                let kind = if index == 0 { Kind::Primary } else { Kind::Control };
                let button = Button::text(answer, answer).kind(kind);
                let wide = button.width(ui).min(width - 2.0 * space::M);
                (button, wide)
            })
            .collect();
        let gaps = space::S * buttons.len().saturating_sub(1) as f32;
        let answers = buttons.iter().map(|(_, wide)| wide).sum::<f32>() + gaps;
        let indent = space::M + size::ICON_SMALL + space::S;
        let style = Line::new(font::body(), colors.text_1);
        let whole = width - indent - space::M;
        let beside = whole - answers - space::M;
        let galley = |width| block_galley(ui.painter(), self.text, &style, line::BODY, width);
        let is_row = galley(whole).rows.len() == 1 && galley(beside.max(1.0)).rows.len() == 1;
        let words = galley(if is_row { beside } else { whole });
        let height = if is_row {
            size::CONTROL + 2.0 * space::S
        } else {
            words.size().y + size::CONTROL + 2.0 * space::M + space::S
        };
        let rect = Rect::from_min_size(pos2(within.center().x - width / 2.0, top), {
            vec2(width, height)
        });
        let id = Id::unique(("prompt", self.key));
        let builder = UiBuilder::new().max_rect(rect).layer_id(LayerId::new(Order::Tooltip, id));
        let pressed = ui.scope_builder(builder.id_salt(id), |ui| {
            let corner = CornerRadius::same(radius::CONTROL);
            let shadow = ui.visuals().popup_shadow;
            ui.painter().add(shadow.as_shape(rect, corner));
            ui.painter().rect_filled(rect, corner, colors.surface_3);
            let words_top =
                if is_row { rect.center().y - words.size().y / 2.0 } else { rect.top() + space::M };
            let sign_at = pos2(
                rect.left() + space::M + size::ICON_SMALL / 2.0,
                words_top + words.size().y.min(line::BODY) / 2.0,
            );
            icon(ui.painter(), sign_at, self.sign, size::ICON_SMALL, colors.amber_text);
            let at = pos2(rect.left() + indent, words_top);
            readable(ui, Rect::from_min_size(at, words.size()), self.text);
            ui.painter().galley(at, words, colors.text_1);
            let bottom = rect.bottom() - if is_row { space::S } else { space::M };
            let mut right = rect.right() - if is_row { space::S } else { space::M };
            let mut pressed = None;
            for (index, (button, wide)) in buttons.into_iter().enumerate() {
                let place = Rect::from_min_max(
                    pos2(right - wide, bottom - size::CONTROL),
                    pos2(right, bottom),
                );
                if button.show(ui, place).clicked() {
                    pressed = Some(index);
                }
                right = place.left() - space::S;
            }
            pressed
        });
        (height, pressed.inner)
    }
}
