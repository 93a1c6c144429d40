//! The emoji beside the message field: a small grid that is reached by keyboard, too.

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::{
    Id, Key, Popup, PopupCloseBehavior, Rect, RectAlign, Response, Sense, TextEdit, Ui, vec2,
};

use crate::ui::room::reactions::reaction;
use crate::ui::text;
use crate::ui::theme::{palette, size};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{columns, menu};

/// So many beside each other.
const ACROSS: usize = 8;

/// Opens with `button`. What is chosen is put where the cursor is in the field of `field`, as long as the
/// `draft` stays within `limit` characters.
pub(super) fn picker(ui: &Ui, button: &Response, field: Id, draft: &mut String, limit: usize) {
    let width = ACROSS as f32 * size::SMALL;
    let close = PopupCloseBehavior::CloseOnClickOutside;
    let opened =
        button.clicked() && !Popup::is_id_open(ui.ctx(), Popup::default_response_id(button));
    let mut chosen = None;
    menu::popup(ui, button, width, close, RectAlign::TOP_END, |ui| {
        for (number, row) in text::EMOJI.chunks(ACROSS).enumerate() {
            let wanted = vec2(width, size::SMALL);
            let (rect, _) = ui.allocate_exact_size(wanted, Sense::empty());
            for (index, (emoji, cell)) in row.iter().zip(columns(rect, ACROSS, 0.0)).enumerate() {
                let pressed = one(ui, cell, emoji);
                if opened && number == 0 && index == 0 {
                    pressed.request_focus();
                }
                if pressed.clicked() {
                    chosen = Some(*emoji);
                }
            }
        }
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            ui.memory_mut(|memory| memory.request_focus(field));
        }
    });
    if let Some(emoji) = chosen {
        insert(ui, field, draft, emoji, limit);
    }
}

fn one(ui: &Ui, cell: Rect, emoji: &str) -> Response {
    let response = Button::blank(emoji, emoji).show(ui, cell);
    reaction(ui.painter(), cell.center(), emoji, size::ICON_SMALL, palette(ui).text_1);
    response
}

/// Puts `words` where the cursor is, instead of what is selected, and the cursor behind them.
fn insert(ui: &Ui, field: Id, draft: &mut String, words: &str, limit: usize) {
    let count = draft.chars().count();
    let mut state = TextEdit::load_state(ui.ctx(), field).unwrap_or_default();
    let range = state.cursor.char_range().map_or(count..count, |range| {
        let range = range.as_sorted_char_range();
        range.start.0.min(count)..range.end.0.min(count)
    });
    if count - range.len() + words.chars().count() > limit {
        return;
    }
    let byte = |index: usize| draft.char_indices().nth(index).map_or(draft.len(), |(at, _)| at);
    let (start, end) = (byte(range.start), byte(range.end));
    draft.replace_range(start..end, words);
    let cursor = CCursor::new(range.start + words.chars().count());
    state.cursor.set_char_range(Some(CCursorRange::one(cursor)));
    TextEdit::store_state(ui.ctx(), field, state);
}
