//! The settings: devices, how one's voice is treated, push-to-talk, how one's screen is sent, which ways
//! connections take, how the window itself is, in a room its rules, and which program this is; searched by a field at the top.
//! Owns what is open and the key to talk; what is set is the session's, told by the snapshot.

mod about;
mod devices;
mod language;
mod room;
pub(super) mod screen;
mod search;
mod streams;
mod voice;
mod window;

pub(super) use self::devices::in_use;

use cinemasync_core::bitrate::ladder::CameraQuality;
use cinemasync_core::devices::DeviceKind;
use cinemasync_core::interface::{Command, Stage};
use cinemasync_core::link::Route;
use eframe::egui::{
    self, Event, Key, PopupCloseBehavior, Pos2, Rect, RectAlign, ScrollArea, Ui, Vec2,
};

use self::search::Search;
use super::theme::{icons, palette, size, space};
use super::widgets::button::{Button, Kind};
use super::widgets::menu;
use super::widgets::switch::{opener, switch};
use super::{Scene, UiAction, text};

/// The panel's width.
const WIDTH: f32 = 400.0;

/// The settings panel.
#[derive(Debug)]
pub(super) struct SettingsPanel {
    /// The list that is unfolded.
    unfolded: Option<Fold>,
    /// Does the session know that somebody looks at picture and meter?
    looking: bool,
    /// The key that is held to talk.
    talk_key: Key,
    /// For what the next key that is pressed is to be.
    choosing: Option<Choosing>,
    /// Why the last one was not taken.
    taken: Option<String>,
    /// What is searched for.
    search: String,
    /// Did the session hear last that the key is held?
    talking: bool,
}

/// A list that can be unfolded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fold {
    Device(DeviceKind),
    Quality,
    Screen,
    Route,
    Streams,
    Keys,
    Language,
    Steering,
}

/// What a key is chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choosing {
    /// To talk.
    Talk,
    /// For what the keys' table calls this.
    Act(&'static str),
}

impl SettingsPanel {
    pub(super) fn new(talk_key: Key) -> Self {
        Self {
            unfolded: None,
            looking: false,
            talk_key,
            choosing: None,
            taken: None,
            search: String::new(),
            talking: false,
        }
    }

    /// The key to talk with, if it has to be held at all: it is no other key then.
    pub(super) fn talk_key(&self, scene: &Scene<'_>) -> Option<Key> {
        scene.snapshot.me.push_to_talk.then_some(self.talk_key)
    }

    /// Shows the button with its right middle at `at`, and the panel that it opens.
    pub(super) fn show(&mut self, ui: &Ui, at: Pos2, scene: &mut Scene<'_>) {
        let side = Vec2::splat(size::SMALL);
        let rect = Rect::from_center_size(at - Vec2::new(side.x / 2.0, 0.0), side);
        let button = Button::icon("settings", text::settings(), icons::SETTINGS).small();
        let button = button.kind(Kind::Quiet).show(ui, rect);
        let whole = ui.ctx().content_rect();
        let width = WIDTH.min(whole.width() - 2.0 * space::L);
        let tall = whole.height() - 2.0 * size::TOP_BAR;
        let close = PopupCloseBehavior::CloseOnClickOutside;
        let mut open = false;
        menu::popup(ui, &button, width, close, RectAlign::BOTTOM_END, |ui| {
            open = true;
            ScrollArea::vertical()
                .max_height(tall)
                .min_scrolled_height(tall)
                .show(ui, |ui| self.contents(ui, scene));
        });
        if !open {
            self.choosing = None;
            self.search.clear();
        }
        self.look(open, scene);
    }

    /// The camera and the microphone run while somebody looks at them, in the lobby anyway.
    fn look(&mut self, open: bool, scene: &mut Scene<'_>) {
        let in_room = matches!(scene.snapshot.stage, Stage::Room { .. });
        let looking = open && in_room;
        if std::mem::replace(&mut self.looking, looking) != looking && in_room {
            scene.command(Command::Preview(looking));
        }
    }

    /// Tells the session while the key to talk is held. To be called in each frame in a room.
    pub(super) fn talk(&mut self, ctx: &egui::Context, scene: &mut Scene<'_>) {
        let key = self.talk_key(scene).filter(|_| !ctx.text_edit_focused());
        let held = key.is_some_and(|key| ctx.input(|input| input.focused && input.key_down(key)));
        if std::mem::replace(&mut self.talking, held) != held {
            scene.command(Command::Talk(held));
        }
    }

    fn contents(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let search = Search::field(ui, &mut self.search);
        let kind = text::device_kind;
        let settings = [kind(DeviceKind::Camera), text::quality_label()];
        if let Some(section) = search.section(ui, text::settings_camera(), &settings) {
            if section.has(kind(DeviceKind::Camera)) {
                devices::preview(ui, scene);
                self.device(ui, DeviceKind::Camera, scene);
            }
            if section.has(text::quality_label()) {
                self.quality(ui, scene);
            }
        }
        let mut settings = vec![kind(DeviceKind::Microphone), text::push_to_talk()];
        settings.extend(voice::own_rows());
        if let Some(section) = search.section(ui, text::settings_voice(), &settings) {
            if section.has(kind(DeviceKind::Microphone)) {
                self.device(ui, DeviceKind::Microphone, scene);
                devices::level(ui, scene);
            }
            voice::own(ui, section, scene);
            if section.has(text::push_to_talk()) {
                self.push_to_talk(ui, scene);
            }
        }
        let mut settings = vec![kind(DeviceKind::Speaker)];
        settings.extend(voice::film_rows());
        if let Some(section) = search.section(ui, text::settings_sound(), &settings) {
            if section.has(kind(DeviceKind::Speaker)) {
                self.device(ui, DeviceKind::Speaker, scene);
            }
            voice::film(ui, section, scene);
        }
        if search.section(ui, text::settings_screen(), &screen::all()).is_some() {
            self.screen(ui, scene);
        }
        if search.section(ui, text::settings_films(), &streams::all()).is_some() {
            self.streams(ui, scene);
        }
        if search.section(ui, text::settings_connections(), &[text::route_label()]).is_some() {
            self.route(ui, scene);
        }
        let settings = [
            text::language_label(),
            text::scale(),
            text::on_top(),
            text::reduced_motion(),
            text::notifications(),
            text::keys(),
        ];
        if let Some(section) = search.section(ui, text::settings_window(), &settings) {
            self.window(ui, section, scene);
        }
        if matches!(scene.snapshot.stage, Stage::Room { .. })
            && search.section(ui, text::this_room(), &room::all()).is_some()
        {
            self.room(ui, scene);
        }
        if let Some(section) = search.section(ui, text::settings_about(), &about::all()) {
            about::rows(ui, section, scene);
        }
        search.end(ui);
    }

    fn fold(&mut self, fold: Fold) {
        self.unfolded = (self.unfolded != Some(fold)).then_some(fold);
    }

    fn device(&mut self, ui: &mut Ui, kind: DeviceKind, scene: &mut Scene<'_>) {
        let fold = Fold::Device(kind);
        let open = self.unfolded == Some(fold);
        if opener(ui, text::device_kind(kind), &devices::now(kind, scene), open).clicked() {
            self.fold(fold);
        }
        if open && devices::choices(ui, kind, scene) {
            self.unfolded = None;
        }
    }

    fn quality(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let quality = scene.snapshot.camera_quality;
        let open = self.unfolded == Some(Fold::Quality);
        if opener(ui, text::quality_label(), &text::quality(quality), open).clicked() {
            self.fold(Fold::Quality);
        }
        if !open {
            return;
        }
        for choice in CameraQuality::CHOICES.into_iter().rev() {
            if menu::choice(ui, &text::quality(choice), choice == quality).clicked() {
                self.unfolded = None;
                scene.command(Command::CameraQuality(choice));
            }
        }
        menu::hint(ui, text::quality_hint(), palette(ui).text_3);
    }

    fn screen(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let mut open = self.unfolded == Some(Fold::Screen);
        let before = open;
        screen::rows(ui, &mut open, scene);
        if open != before {
            self.unfolded = open.then_some(Fold::Screen);
        }
    }

    fn push_to_talk(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let on = scene.snapshot.me.push_to_talk;
        if switch(ui, text::push_to_talk(), on).clicked() {
            scene.command(Command::PushToTalk(!on));
        }
        if !on {
            return;
        }
        if self.choosing == Some(Choosing::Talk) {
            menu::hint(ui, text::press_a_key(), palette(ui).amber_text);
            if let Some(key) = pressed(ui) {
                self.choosing = None;
                if key != Key::Escape {
                    self.talk_key = key;
                    (scene.send)(UiAction::KeepTalkKey(key.name().to_owned()));
                }
            }
        } else if opener(ui, text::talk_key(), text::key_name(self.talk_key), false).clicked() {
            self.choosing = Some(Choosing::Talk);
        }
        if let Some(other) = scene.keys.holder(self.talk_key) {
            let words = text::talk_key_takes(self.talk_key, other.words());
            menu::hint(ui, &words, palette(ui).amber_text);
        }
    }

    fn route(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let route = scene.snapshot.route;
        let open = self.unfolded == Some(Fold::Route);
        if opener(ui, text::route_label(), text::route(route), open).clicked() {
            self.fold(Fold::Route);
        }
        if !open {
            return;
        }
        for choice in [Route::Any, Route::RelayOnly, Route::NoRelay] {
            if menu::choice(ui, text::route(choice), choice == route).clicked() {
                self.unfolded = None;
                scene.command(Command::Route(choice));
            }
        }
        menu::hint(ui, text::route_hint(), palette(ui).text_3);
    }
}

/// A key that was pressed in this frame, taken so that nobody else acts on it.
fn pressed(ui: &Ui) -> Option<Key> {
    ui.input_mut(|input| {
        let at = input
            .events
            .iter()
            .position(|event| matches!(event, Event::Key { pressed: true, repeat: false, .. }))?;
        match input.events.remove(at) {
            Event::Key { key, .. } => Some(key),
            _ => None,
        }
    })
}
