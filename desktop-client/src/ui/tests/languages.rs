//! The window in other languages: what it says is found, fits, and changes at once.

use eframe::egui::Shape;
use eframe::egui::epaint::TextShape;

use super::text::Language;
use super::*;
use crate::ui::Crash;

fn speaking(size: Vec2, snapshot: Snapshot, language: Language) -> Window {
    let locale = language.tag().to_owned();
    let defaults = LobbyDefaults { name: "Cyd".to_owned(), locale, ..Default::default() };
    let mut window = window_with(size, snapshot, defaults);
    bring_font(&mut window);
    window
}

/// Hands over the system's typeface for Chinese, if it is asked for and there is one.
fn bring_font(window: &mut Window) {
    let ctx = window.ctx.clone();
    let ui = window.state_mut().ui.as_mut().expect("it was shown");
    if ui.wants_chinese_font()
        && let Some(file) = crate::platform::fonts::chinese()
    {
        ui.set_chinese_font(&ctx, Some((file.bytes, file.face)));
    }
    window.run_steps(3);
}

/// The texts that were drawn.
fn texts(window: &Window) -> Vec<TextShape> {
    fn collect(shape: &Shape, texts: &mut Vec<TextShape>) {
        match shape {
            Shape::Text(text) => texts.push(text.clone()),
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, texts)),
            _ => {}
        }
    }
    let mut texts = Vec::new();
    window.output().shapes.iter().for_each(|clipped| collect(&clipped.shape, &mut texts));
    texts
}

/// What is cut or reaches beyond the window, but for what people named themselves.
#[derive(Default)]
struct Misfits(Vec<String>);

impl Misfits {
    fn look(&mut self, window: &Window, language: Language, place: &str) {
        /// Of the script: the titles of a film and of one of its tracks, and a friend who is waited for.
        const NAMED: [&str; 3] = ["The Long Way", "Director's comments", "Ben"];
        let rect = window.ctx.content_rect();
        for text in texts(window) {
            let words = text.galley.text();
            // A strip's bar has little room beside the code; the panel that opens says it whole.
            let named = NAMED.iter().any(|name| words.contains(name)) || words == text::connected();
            let beyond = text.visual_bounding_rect().right() > rect.right() + 1.0;
            if !named && (text.galley.elided || beyond) {
                let found = format!("{language:?}, {}, {place}: “{words}”", rect.width());
                if !self.0.contains(&found) {
                    self.0.push(found);
                }
            }
        }
    }

    fn none(self) {
        assert!(self.0.is_empty(), "cut or beyond the window:\n{}", self.0.join("\n"));
    }
}

#[test]
fn lobby_and_room_fit_in_every_language() {
    let mut misfits = Misfits::default();
    for language in Language::ALL {
        for size in [NARROW, WIDE] {
            let window = speaking(size, Snapshot::default(), language);
            window.get_by_role_and_label(Role::Button, text::new_room());
            window.get_by_role_and_label(Role::TextInput, text::your_name());
            misfits.look(&window, language, "the lobby");

            let mut window = speaking(size, watching(), language);
            window.get_by_role_and_label(Role::Button, text::mute());
            window.get_by_role_and_label(Role::Button, text::leave());
            misfits.look(&window, language, "the room");
            for panel in [text::settings(), text::tracks(), text::films()] {
                click(&mut window, panel);
                misfits.look(&window, language, panel);
                press(&mut window, Key::Escape);
            }
            press(&mut window, Key::F1);
            misfits.look(&window, language, text::keys());
        }
    }
    misfits.none();
}

#[test]
fn what_belongs_to_a_moment_fits_in_every_language() {
    let mut misfits = Misfits::default();
    for language in Language::ALL {
        for why in [WaitReason::Buffering, WaitReason::Loading, WaitReason::NotReady] {
            let mut snapshot = watching();
            snapshot.playback.state = PlaybackStage::Waiting;
            let who = (ParticipantId::new("p-ben"), "Ben".to_owned(), Some(40));
            snapshot.playback.waiting = Some(WaitingView { who: vec![who], why });
            misfits.look(&speaking(NARROW, snapshot, language), language, "waiting");
        }
        let mut snapshot = watching();
        snapshot.playback = PlaybackView::default();
        misfits.look(&speaking(NARROW, snapshot, language), language, "without a film");
        let mut alone = watching();
        alone.participants.clear();
        misfits.look(&speaking(NARROW, alone, language), language, "alone");
        let crash = Some(Crash { text: "it failed".to_owned(), ended: true });
        let locale = language.tag().to_owned();
        let defaults = LobbyDefaults { locale, crash, ..LobbyDefaults::default() };
        let mut crashed = window_with(NARROW, Snapshot::default(), defaults);
        bring_font(&mut crashed);
        misfits.look(&crashed, language, "a crash");
        click(&mut crashed, text::show_report());
        misfits.look(&crashed, language, "the report of a crash");
    }
    misfits.none();
}

#[test]
fn another_language_is_chosen_in_the_settings_and_spoken_at_once() {
    let mut window = speaking(WIDE, Snapshot::default(), Language::German);
    window.get_by_label("Neuer Raum");
    click(&mut window, "Einstellungen");
    type_into(&mut window, text::search_settings(), "sprache");
    click(&mut window, "Sprache: Wie im System · Deutsch");
    bring_font(&mut window);
    choose(&mut window, "Español");
    window.get_by_label("Sala nueva");
    let kept = WindowSettings { language: "es".to_owned(), ..Default::default() };
    assert_eq!(window.state().actions.last(), Some(&UiAction::KeepWindow(kept)));
    // What was typed finds nothing in this language.
    window.get_by_label(text::no_setting_found());
}

#[test]
fn chinese_without_a_typeface_is_said_to_need_one_and_not_spoken() {
    let defaults = LobbyDefaults { locale: "zh-CN".to_owned(), ..Default::default() };
    let mut window = window_with(NARROW, Snapshot::default(), defaults);
    let ctx = window.ctx.clone();
    let ui = window.state_mut().ui.as_mut().expect("it was shown");
    assert!(ui.wants_chinese_font());
    ui.set_chinese_font(&ctx, None);
    window.run_steps(3);
    window.get_by_label("New room");
    click(&mut window, text::settings());
    type_into(&mut window, text::search_settings(), "language");
    click(&mut window, "Language: As the system says · Chinese · needs a font");
    window.get_by_label(text::chinese_font_hint());
}
