//! The keyboard in the room, while no text is being typed.

use eframe::egui::{self, Modifiers, Ui};

/// What a key stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// Space, K.
    PlayPause,
    /// Arrow left.
    Back,
    /// Arrow right.
    Forward,
    /// J: further back.
    BackMore,
    /// L: further forward.
    ForwardMore,
    /// Comma: a frame back.
    FrameBack,
    /// Full stop: a frame forward.
    FrameForward,
    /// M.
    Microphone,
    /// V.
    Camera,
    /// F.
    FullScreen,
    /// C: to the message field.
    Chat,
    /// S: what to share of the screen.
    Share,
    /// Z: a shared screen in its actual size, or all of it.
    Zoom,
    /// Escape.
    Escape,
}

const KEYS: [(egui::Key, Key); 15] = [
    (egui::Key::Space, Key::PlayPause),
    (egui::Key::K, Key::PlayPause),
    (egui::Key::ArrowLeft, Key::Back),
    (egui::Key::J, Key::BackMore),
    (egui::Key::ArrowRight, Key::Forward),
    (egui::Key::L, Key::ForwardMore),
    (egui::Key::Comma, Key::FrameBack),
    (egui::Key::Period, Key::FrameForward),
    (egui::Key::M, Key::Microphone),
    (egui::Key::V, Key::Camera),
    (egui::Key::F, Key::FullScreen),
    (egui::Key::C, Key::Chat),
    (egui::Key::S, Key::Share),
    (egui::Key::Z, Key::Zoom),
    (egui::Key::Escape, Key::Escape),
];

/// The keys pressed in this frame, taken so that nobody else acts on them. While a text field has
/// the focus all belong to it; while a button has it, the space bar presses that button.
/// `talk` is not one of them: it is held, not pressed.
pub(super) fn pressed(ui: &Ui, talk: Option<egui::Key>) -> Vec<Key> {
    let ctx = ui.ctx();
    if ctx.text_edit_focused() || egui::Popup::is_any_open(ctx) {
        return Vec::new();
    }
    let focused = ctx.egui_wants_keyboard_input();
    ui.input_mut(|input| {
        KEYS.into_iter()
            .filter(|(key, _)| Some(*key) != talk)
            .filter(|(key, _)| !(focused && *key == egui::Key::Space))
            .filter(|(key, _)| input.consume_key(Modifiers::NONE, *key))
            .map(|(_, meaning)| meaning)
            .collect()
    })
}
