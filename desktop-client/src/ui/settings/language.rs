//! Which language the window speaks.

use cinemasync_core::window_settings::WindowSettings;
use eframe::egui::Ui;

use super::{Fold, SettingsPanel};
use crate::ui::theme::palette;
use crate::ui::widgets::menu;
use crate::ui::widgets::switch::opener;
use crate::ui::{Scene, text};

impl SettingsPanel {
    /// Are the languages shown by their own names?
    pub(in crate::ui) fn lists_languages(&self) -> bool {
        self.unfolded == Some(Fold::Language)
    }

    pub(super) fn language(&mut self, ui: &mut Ui, wanted: &mut WindowSettings, scene: &Scene<'_>) {
        let chosen = text::Language::of_locale(&wanted.language);
        let name = |language: text::Language| {
            if scene.speech.can_draw(language) {
                language.own_name().to_owned()
            } else if scene.speech.lacks_font() {
                text::needs_font(text::chinese())
            } else {
                text::chinese().to_owned()
            }
        };
        let of_system = text::language_of_system(name(scene.speech.system()));
        let now = chosen.map_or_else(|| of_system.clone(), name);
        let open = self.lists_languages();
        if opener(ui, text::language_label(), &now, open).clicked() {
            self.fold(Fold::Language);
        }
        if !open {
            return;
        }
        if menu::choice(ui, &of_system, chosen.is_none()).clicked() {
            self.unfolded = None;
            wanted.language.clear();
        }
        for language in text::Language::ALL {
            if menu::choice(ui, &name(language), chosen == Some(language)).clicked() {
                self.unfolded = None;
                language.tag().clone_into(&mut wanted.language);
            }
        }
        if scene.speech.lacks_font() {
            menu::hint(ui, text::chinese_font_hint(), palette(ui).amber_text);
        }
    }
}
