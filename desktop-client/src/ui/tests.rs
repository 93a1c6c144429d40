//! The window as a person meets it: found by accessible names, answered with actions.

mod care;
mod chat;
mod crowd;
mod film;
mod films;
mod guide;
mod keys;
mod languages;
mod layouts;
mod lobby;
mod people;
mod picker;
mod room;
mod screens;
mod settings;
mod still;
mod stories;
mod streams;
mod theatre;
mod tracks;
mod waiting;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use cinemasync_core::bitrate::ladder::CameraQuality;
use cinemasync_core::devices::DeviceKind;
use cinemasync_core::film::FilmAddressError;
use cinemasync_core::interface::{
    Cause, ChatLine, Command, Event, FilmCopy, Invite, Level, Notice, OtherCut, OtherKey,
    PlaybackStage, PlaybackView, RoomChoice, ServerChoice, SharingView, Shown, Snapshot, Stage,
    UndoView, Via, WaitReason, WaitingView,
};
use cinemasync_core::link::{LinkState, Route};
use cinemasync_core::recent_rooms::RecentRooms;
use cinemasync_core::room_rules::{Rules, Steering};
use cinemasync_core::screen::{Content, ScreenItem, ScreenSettings, ScreenSource, Share};
use cinemasync_core::sentence;
use cinemasync_core::subtitles::SubtitleOffer;
use cinemasync_core::voice_settings::VoiceSettings;
use cinemasync_core::window_settings::WindowSettings;
use cinemasync_protocol::ParticipantId;
use eframe::egui::accesskit::Role;
use eframe::egui::{
    Key, Modifiers, MouseWheelSource, MouseWheelUnit, Rect, TouchPhase, Vec2, pos2, vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::{Frames, LobbyDefaults, Ui, UiAction, text, theme};
use crate::app::demo::Demo;

const WIDE: Vec2 = vec2(1280.0, 800.0);
const NARROW: Vec2 = vec2(390.0, 760.0);

struct Bench {
    ui: Option<Ui>,
    defaults: LobbyDefaults,
    events: Vec<Event>,
    snapshot: Snapshot,
    frames: Frames,
    actions: Vec<UiAction>,
}

type Window = Harness<'static, Bench>;

fn window(size: Vec2, snapshot: Snapshot) -> Window {
    window_with(size, snapshot, LobbyDefaults { name: "Cyd".to_owned(), ..Default::default() })
}

fn window_with(size: Vec2, snapshot: Snapshot, defaults: LobbyDefaults) -> Window {
    window_at(size, snapshot, defaults, 0.25)
}

/// A window in which this many seconds pass from one frame to the next.
fn window_at(size: Vec2, snapshot: Snapshot, defaults: LobbyDefaults, step_secs: f32) -> Window {
    let (events, frames) = (Vec::new(), Frames::default());
    let bench = Bench { ui: None, defaults, events, snapshot, frames, actions: Vec::new() };
    let mut window = Harness::builder()
        .with_size(size)
        .with_step_dt(step_secs)
        .with_context_setup(|ctx| theme::install(ctx, theme::Look::Dark))
        .build_ui_state(
            |ui, bench: &mut Bench| {
                let window =
                    bench.ui.get_or_insert_with(|| Ui::new(ui.ctx(), bench.defaults.clone()));
                for event in bench.events.drain(..) {
                    window.hear(&event);
                }
                let actions = &mut bench.actions;
                let mut send = |action| actions.push(action);
                let background = theme::palette(ui).background;
                ui.painter().rect_filled(ui.max_rect(), 0.0, background);
                window.show(ui, &bench.snapshot, &bench.frames, &mut send);
            },
            bench,
        );
    window.run_steps(2);
    window
}

fn lobby() -> Window {
    window(WIDE, Snapshot::default())
}

/// The scripted evening while the film plays.
fn watching() -> Snapshot {
    Demo::at(30.0, Instant::now()).snapshot().clone()
}

fn click(window: &mut Window, name: &str) {
    window.get_by_role_and_label(Role::Button, name).click();
    window.run_steps(3);
}

fn type_into(window: &mut Window, field: &str, typed: &str) {
    window.get_by_role_and_label(Role::TextInput, field).focus();
    window.run_steps(2);
    window.get_by_role_and_label(Role::TextInput, field).type_text(typed);
    window.run_steps(3);
}

/// Types over what stands in a field.
fn retype(window: &mut Window, field: &str, typed: &str) {
    window.get_by_role_and_label(Role::TextInput, field).focus();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run_steps(2);
    type_into(window, field, typed);
}

/// Presses what opens or chooses in a menu.
fn choose(window: &mut Window, name: &str) {
    window.get_by_role_and_label(Role::MenuItemRadio, name).click();
    window.run_steps(3);
}

/// The last thing that a person asked for.
fn last(window: &Window) -> Option<Command> {
    commands(window).pop()
}

/// Changes what is, and draws it.
fn now(window: &mut Window, change: impl FnOnce(&mut Snapshot)) {
    change(&mut window.state_mut().snapshot);
    window.run_steps(3);
}

fn press(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run_steps(3);
}

/// What a person asked for: how large the pictures are is nobody's wish.
fn commands(window: &Window) -> Vec<Command> {
    let command = |action: &UiAction| match action {
        UiAction::Command(Command::Shown(_)) => None,
        UiAction::Command(command) => Some(command.clone()),
        _ => None,
    };
    window.state().actions.iter().filter_map(command).collect()
}

fn enter(server: ServerChoice, room: RoomChoice) -> Command {
    let name = "Cyd".to_owned();
    Command::Enter(Invite { server, room, name, password: None, identity: None })
}
