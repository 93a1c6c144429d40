//! Finding a setting by a word of its name, or of its section's.

use std::cell::Cell;

use eframe::egui::{Id, Rect, Sense, Ui, pos2, vec2};

use crate::ui::text;
use crate::ui::theme::{font, icons, palette, size, space};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::{icon, menu};

/// The longest that is searched for.
const MOST_CHARS: usize = 60;

/// What is searched for.
#[derive(Debug)]
pub(super) struct Search {
    words: Vec<String>,
    /// Was a section shown?
    found: Cell<bool>,
}

impl Search {
    /// Shows the field above everything else.
    pub(super) fn field(ui: &mut Ui, typed: &mut String) -> Self {
        let wanted = vec2(ui.available_width(), size::CONTROL + space::XS);
        let (row, _) = ui.allocate_exact_size(wanted, Sense::empty());
        let rect = Rect::from_min_size(row.min, vec2(row.width(), size::CONTROL));
        let id = Id::unique("search settings");
        let field = Field::new(id, text::search_settings(), text::search_settings());
        let field = field.limit(MOST_CHARS).font(font::body()).indent(size::ICON_TEXT);
        field.show(ui, rect, typed);
        let at = pos2(rect.left() + space::L + size::ICON_TEXT / 2.0, rect.center().y);
        icon(ui.painter(), at, icons::SEARCH, size::ICON_TEXT, palette(ui).text_3);
        Self::of(typed)
    }

    fn of(typed: &str) -> Self {
        let words = typed.split_whitespace().map(str::to_lowercase).collect();
        Self { words, found: Cell::new(false) }
    }

    /// The section of this name with these settings: its caption, if anything of it is wanted.
    pub(super) fn section<'a>(
        &'a self,
        ui: &mut Ui,
        name: &'a str,
        settings: &[&str],
    ) -> Option<Section<'a>> {
        let section = Section { search: self, name };
        if !settings.iter().any(|setting| section.has(setting)) {
            return None;
        }
        self.found.set(true);
        menu::caption(ui, name);
        Some(section)
    }

    /// Says so if nothing was found.
    pub(super) fn end(&self, ui: &mut Ui) {
        if !self.found.get() {
            menu::hint(ui, text::no_setting_found(), palette(ui).text_2);
        }
    }
}

/// A section of which something is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section<'a> {
    search: &'a Search,
    name: &'a str,
}

impl Section<'_> {
    /// Is this setting wanted?
    pub(super) fn has(self, setting: &str) -> bool {
        let named = format!("{} {setting}", self.name).to_lowercase();
        self.search.words.iter().all(|word| named.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_words_have_to_be_in_the_setting_or_its_section() {
        let has = |typed, setting| {
            Section { search: &Search::of(typed), name: "Your voice" }.has(setting)
        };
        assert!(has("", "Take out noise"));
        assert!(has("NOISE", "Take out noise"));
        assert!(has("voice noise", "Take out noise"));
        assert!(!has("noise echo", "Take out noise"));
    }
}
