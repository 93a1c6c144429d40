//! How the window itself is: the size of everything, motion, and which keys do what.

use cinemasync_core::window_settings::WindowSettings;
use eframe::egui::{Key, Ui};

use super::search::Section;
use super::{Choosing, Fold, SettingsPanel, pressed};
use crate::ui::keys::{self, TABLE};
use crate::ui::theme::palette;
use crate::ui::widgets::button::Kind;
use crate::ui::widgets::menu;
use crate::ui::widgets::stepper::{Step, stepper};
use crate::ui::widgets::switch::{opener, switch};
use crate::ui::{Scene, UiAction, text};

impl SettingsPanel {
    /// The rows.
    pub(super) fn window(&mut self, ui: &mut Ui, section: Section<'_>, scene: &mut Scene<'_>) {
        let now = scene.window;
        let mut wanted = now.clone();
        if section.has(text::language_label()) {
            self.language(ui, &mut wanted, scene);
        }
        if section.has(text::scale()) {
            let names = (text::scale_less(), text::scale_more());
            let words = text::percent(now.scale_percent);
            if let Some(step) = stepper(ui, text::scale(), &words, names) {
                wanted.scale_percent = now.next_scale(step == Step::More);
            }
        }
        if section.has(text::on_top()) && switch(ui, text::on_top(), now.on_top).clicked() {
            wanted.on_top = !now.on_top;
        }
        if section.has(text::reduced_motion())
            && switch(ui, text::reduced_motion(), now.reduced_motion).clicked()
        {
            wanted.reduced_motion = !now.reduced_motion;
        }
        if section.has(text::notifications())
            && switch(ui, text::notifications(), now.notifications).clicked()
        {
            wanted.notifications = !now.notifications;
        }
        if section.has(text::keys()) {
            self.keys(ui, &mut wanted, scene);
        }
        if wanted != *now {
            (scene.send)(UiAction::KeepWindow(wanted));
        }
    }

    fn keys(&mut self, ui: &mut Ui, wanted: &mut WindowSettings, scene: &Scene<'_>) {
        let open = self.unfolded == Some(Fold::Keys);
        let changed = scene.keys.is_changed();
        let words = if changed { text::keys_chosen() } else { text::keys_as_they_came() };
        if opener(ui, text::keys(), words, open).clicked() {
            self.choosing = None;
            self.fold(Fold::Keys);
        }
        if !open {
            return;
        }
        for row in TABLE.iter().filter(|row| row.key != keys::Key::Escape) {
            if self.choosing == Some(Choosing::Act(row.id)) {
                let taken = self.taken.as_ref();
                let words = taken.cloned().unwrap_or_else(|| text::press_for(row.words()));
                menu::hint(ui, &words, palette(ui).amber_text);
                if let Some(key) = pressed(ui) {
                    self.choose(key, row, wanted, scene);
                }
                continue;
            }
            let names: Vec<&str> = scene.keys.keys(row).into_iter().map(text::key_name).collect();
            if opener(ui, row.words(), &names.join(", "), false).clicked() {
                self.choosing = Some(Choosing::Act(row.id));
                self.taken = None;
            }
        }
        if changed && menu::button(ui, "reset keys", text::reset_keys(), Kind::Control).clicked() {
            self.choosing = None;
            wanted.keys.clear();
        }
    }

    /// Takes the key for this row, unless it is another one's.
    fn choose(
        &mut self,
        key: Key,
        row: &keys::Row,
        wanted: &mut WindowSettings,
        scene: &Scene<'_>,
    ) {
        let talk = scene.snapshot.me.push_to_talk && key == self.talk_key;
        let holder = scene.keys.holder(key).filter(|other| other.id != row.id);
        self.taken = if key == Key::Escape {
            None
        } else if talk {
            Some(text::key_is_taken(key, text::key_talk()))
        } else {
            holder.map(|other| text::key_is_taken(key, other.words()))
        };
        if self.taken.is_some() {
            return;
        }
        self.choosing = None;
        if key != Key::Escape {
            wanted.keys.insert(row.id.to_owned(), key.name().to_owned());
        }
    }
}
