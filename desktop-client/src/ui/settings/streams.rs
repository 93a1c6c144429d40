//! Films that are not here: whether they come from friends, and what is kept of them.

use cinemasync_core::interface::Command;
use cinemasync_core::streaming::StreamMode;
use eframe::egui::Ui;

use super::{Fold, SettingsPanel};
use crate::ui::widgets::button::Kind;
use crate::ui::widgets::menu;
use crate::ui::widgets::switch::opener;
use crate::ui::{Scene, text};

/// What there is.
pub(super) fn all() -> [&'static str; 2] {
    [text::stream_mode_label(), text::forget_films()]
}

impl SettingsPanel {
    /// The rows.
    pub(super) fn streams(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let now = scene.snapshot.stream_mode;
        let open = self.unfolded == Some(Fold::Streams);
        let label = text::stream_mode_label();
        if opener(ui, label, text::stream_mode(now), open).clicked() {
            self.fold(Fold::Streams);
        }
        if open {
            for mode in [StreamMode::Auto, StreamMode::Ask, StreamMode::Never] {
                if menu::choice(ui, text::stream_mode(mode), mode == now).clicked() {
                    self.unfolded = None;
                    scene.command(Command::StreamMode(mode));
                }
            }
        }
        if menu::button(ui, "forget films", text::forget_films(), Kind::Control).clicked() {
            scene.command(Command::ForgetFilms);
        }
    }
}
