//! Which program this is, and whether there is a newer one.

use eframe::egui::Ui;

use super::search::Section;
use crate::ui::theme::palette;
use crate::ui::widgets::button::Kind;
use crate::ui::widgets::menu;
use crate::ui::widgets::switch::switch;
use crate::ui::{Scene, UiAction, text};
use cinemasync_core::window_settings::WindowSettings;

/// The settings of this section.
pub(super) fn all() -> [&'static str; 2] {
    [text::check_updates(), text::check_daily()]
}

/// The rows.
pub(super) fn rows(ui: &mut Ui, section: Section<'_>, scene: &mut Scene<'_>) {
    let colors = palette(ui);
    menu::hint(ui, scene.about, colors.text_2);
    if section.has(text::check_updates()) {
        if menu::button(ui, "updates", text::check_updates(), Kind::Control).clicked() {
            (scene.send)(UiAction::CheckForUpdates);
        }
        if let Some(news) = scene.updates {
            menu::hint(ui, &text::updates(news), colors.amber_text);
        }
    }
    if section.has(text::check_daily()) {
        let on = scene.window.check_updates;
        if switch(ui, text::check_daily(), on).clicked() {
            let wanted = WindowSettings { check_updates: !on, ..scene.window.clone() };
            (scene.send)(UiAction::KeepWindow(wanted));
        }
        menu::hint(ui, text::check_updates_hint(), colors.text_3);
    }
}
