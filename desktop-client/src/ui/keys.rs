//! The keyboard: one table of what can be done by keys, which of them a person chose otherwise, and what
//! was pressed while no text is being typed.

use std::collections::BTreeMap;

use cinemasync_core::window_settings::WindowSettings;
use eframe::egui::{self, Modifiers, Ui};

use super::text;

/// What a key stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    PlayPause,
    Back,
    Forward,
    /// Further back.
    BackMore,
    /// Further forward.
    ForwardMore,
    FrameBack,
    FrameForward,
    Louder,
    Quieter,
    Microphone,
    Camera,
    FullScreen,
    /// Nothing but the film, within the window.
    Theatre,
    /// To the message field.
    Chat,
    /// What to share of the screen.
    Share,
    /// The next layout, kept; or what happens again.
    Layout,
    /// A small window above all others, or the large one again.
    Compact,
    /// A shared screen in its actual size, or all of it.
    Zoom,
    /// All keys.
    Help,
    /// Out of whatever is open. The one key that stays what it is.
    Escape,
}

/// What keys are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Film,
    Call,
    Window,
}

/// A row of the table.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) key: Key,
    /// By this name a chosen key is kept.
    pub(super) id: &'static str,
    pub(super) group: Group,
    words: fn() -> &'static str,
    /// The keys that it has unless others were chosen.
    usual: &'static [egui::Key],
}

impl Row {
    /// What it does, in words.
    pub(super) fn words(&self) -> &'static str {
        (self.words)()
    }
}

const fn row(
    key: Key,
    id: &'static str,
    group: Group,
    words: fn() -> &'static str,
    usual: &'static [egui::Key],
) -> Row {
    Row { key, id, group, words, usual }
}

/// All keys, as they are shown and as they act.
pub(super) const TABLE: [Row; 20] = {
    use Group::{Call, Film, Window};
    use egui::Key as K;
    [
        row(Key::PlayPause, "play", Film, text::key_play, &[K::Space, K::K]),
        row(Key::Back, "back", Film, text::key_back, &[K::ArrowLeft]),
        row(Key::Forward, "forward", Film, text::key_forward, &[K::ArrowRight]),
        row(Key::BackMore, "back_more", Film, text::key_back_more, &[K::J]),
        row(Key::ForwardMore, "forward_more", Film, text::key_forward_more, &[K::L]),
        row(Key::FrameBack, "frame_back", Film, text::key_frame_back, &[K::Comma]),
        row(Key::FrameForward, "frame_forward", Film, text::key_frame_forward, &[K::Period]),
        row(Key::Louder, "louder", Film, text::key_louder, &[K::ArrowUp]),
        row(Key::Quieter, "quieter", Film, text::key_quieter, &[K::ArrowDown]),
        row(Key::Microphone, "microphone", Call, text::key_microphone, &[K::M]),
        row(Key::Camera, "camera", Call, text::key_camera, &[K::V]),
        row(Key::Chat, "chat", Call, text::key_chat, &[K::C]),
        row(Key::Share, "share", Call, text::key_share, &[K::S]),
        row(Key::FullScreen, "full_screen", Window, text::key_full_screen, &[K::F]),
        row(Key::Theatre, "theatre", Window, text::key_theatre, &[K::T]),
        row(Key::Layout, "layout", Window, text::key_layout, &[K::W]),
        row(Key::Compact, "compact", Window, text::compact, &[K::P]),
        row(Key::Zoom, "zoom", Window, text::key_zoom, &[K::Z]),
        row(Key::Help, "keys", Window, text::key_help, &[K::Questionmark, K::F1]),
        row(Key::Escape, "escape", Window, text::key_escape, &[K::Escape]),
    ]
};

/// Which keys do what.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyMap {
    chosen: BTreeMap<&'static str, egui::Key>,
}

impl KeyMap {
    /// The usual keys, but for those that were chosen. Names that nobody knows count for nothing.
    pub(super) fn of(window: &WindowSettings) -> Self {
        let chosen = TABLE.iter().filter(|row| row.key != Key::Escape).filter_map(|row| {
            let key = egui::Key::from_name(window.keys.get(row.id)?)?;
            (key != egui::Key::Escape).then_some((row.id, key))
        });
        Self { chosen: chosen.collect() }
    }

    /// The keys of a row.
    pub(super) fn keys(&self, row: &Row) -> Vec<egui::Key> {
        match self.chosen.get(row.id) {
            Some(key) => vec![*key],
            None => row.usual.iter().copied().filter(|key| !self.is_chosen(*key)).collect(),
        }
    }

    /// What a key does by now.
    pub(super) fn holder(&self, key: egui::Key) -> Option<&'static Row> {
        TABLE.iter().find(|row| self.keys(row).contains(&key))
    }

    /// Was any key chosen by the person?
    pub(super) fn is_changed(&self) -> bool {
        !self.chosen.is_empty()
    }

    fn is_chosen(&self, key: egui::Key) -> bool {
        self.chosen.values().any(|chosen| *chosen == key)
    }

    /// The keys pressed in this frame, taken so that nobody else acts on them. While a text field has
    /// the focus all belong to it; while something lies above, to that; while a button has the focus, the
    /// space bar presses that button and the arrows go on to the next one.
    /// `talk` is not one of them: it is held, not pressed.
    pub(super) fn pressed(&self, ui: &Ui, talk: Option<egui::Key>) -> Vec<Key> {
        let ctx = ui.ctx();
        let covered = ctx.memory(|memory| memory.top_modal_layer().is_some());
        if covered || ctx.text_edit_focused() || egui::Popup::is_any_open(ctx) {
            return Vec::new();
        }
        let focused = ctx.egui_wants_keyboard_input();
        let mut pressed = Vec::new();
        for row in TABLE.iter().filter(|row| row.key != Key::Help) {
            for key in self.keys(row) {
                let theirs = Some(key) == talk || (focused && moves_focus(key));
                if !theirs && ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
                    pressed.push(row.key);
                }
            }
        }
        pressed
    }

    /// Was the key pressed that shows all of them? While one types, only a key that writes nothing is.
    pub(super) fn asks_for_help(&self, ctx: &egui::Context) -> bool {
        if egui::Popup::is_any_open(ctx) {
            return false;
        }
        let typing = ctx.text_edit_focused();
        let row = TABLE.iter().find(|row| row.key == Key::Help);
        let keys = row.map(|row| self.keys(row)).unwrap_or_default();
        keys.into_iter().any(|key| {
            (!typing || writes_nothing(key))
                && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key))
        })
    }
}

/// Does it press the control that has the focus, or go on to another one?
fn moves_focus(key: egui::Key) -> bool {
    use egui::Key::{ArrowDown, ArrowLeft, ArrowRight, ArrowUp, Space};
    matches!(key, Space | ArrowLeft | ArrowRight | ArrowUp | ArrowDown)
}

/// Is it one of F1 to F35?
fn writes_nothing(key: egui::Key) -> bool {
    let number = key.name().strip_prefix('F').map(str::parse::<u8>);
    matches!(number, Some(Ok(_)))
}

#[cfg(test)]
mod tests {
    use egui::Key as K;

    use super::*;

    fn map(keys: &[(&str, &str)]) -> KeyMap {
        let keys = keys.iter().map(|(what, key)| ((*what).to_owned(), (*key).to_owned()));
        KeyMap::of(&WindowSettings { keys: keys.collect(), ..WindowSettings::default() })
    }

    #[test]
    fn no_key_does_two_things() {
        let all: Vec<K> = TABLE.iter().flat_map(|row| row.usual.iter().copied()).collect();
        for (index, key) in all.iter().enumerate() {
            assert!(!all[index + 1..].contains(key), "{key:?}");
        }
        let ids: std::collections::BTreeSet<_> = TABLE.iter().map(|row| row.id).collect();
        assert_eq!(ids.len(), TABLE.len());
    }

    #[test]
    fn a_chosen_key_takes_the_place_of_the_usual_ones() {
        let map = map(&[("theatre", "X"), ("camera", "K"), ("escape", "E"), ("what", "?")]);
        assert_eq!(map.holder(K::X).map(|row| row.key), Some(Key::Theatre));
        assert!(map.holder(K::T).is_none());
        assert_eq!(map.holder(K::K).map(|row| row.key), Some(Key::Camera));
        assert_eq!(map.holder(K::Space).map(|row| row.key), Some(Key::PlayPause));
        assert_eq!(map.holder(K::Escape).map(|row| row.key), Some(Key::Escape));
        assert!(map.is_changed() && !KeyMap::default().is_changed());
    }

    #[test]
    fn keys_that_write_are_no_keys_while_one_types() {
        assert!(writes_nothing(K::F1) && writes_nothing(K::F12));
        assert!(!writes_nothing(K::F) && !writes_nothing(K::Questionmark));
    }
}
