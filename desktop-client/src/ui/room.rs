//! The room: where the stage, the faces, the talk and the bars stand in a window of any shape.
//! Owns what lasts between frames of a room; each part draws itself.

mod bubbles;
mod chapters;
mod chat;
mod compact;
mod controls;
mod faces;
mod films;
mod layout;
mod passing;
mod person;
mod picker;
mod player_bar;
mod prompts;
mod reactions;
mod seek_bar;
pub(super) mod sharing;
mod stage;
mod stage_bar;
mod status;
mod theatre;
mod top_bar;
mod tracks;
mod waiting;

use cinemasync_core::bubbles::Bubbles;
use cinemasync_core::interface::{ChatLine, Command};
use cinemasync_core::sentence::Sentence;
use cinemasync_protocol::{ParticipantId, RoomCode};
use eframe::egui::{Pos2, Rect, Theme, Ui, Vec2, pos2, vec2};

use self::bubbles::FacesOver;
use self::chat::{Asked, Chat};
use self::films::Films;
use self::passing::Passing;
use self::picker::Picker;
use self::player_bar::PlayerBar;
use self::prompts::Prompts;
use self::reactions::Reactions;
pub(super) use self::stage::choice::Layout;
use self::stage::choice::{OnStage, View};
use self::stage::screen::Zoom;
use self::tracks::TracksMenu;
use super::keys::Key;
use super::theme::{size, space};
use super::{Scene, UiAction};

/// How far one press of back, forward or an arrow goes, in seconds.
const STEP_SECS: f64 = 10.0;
/// The same for an arrow key.
const ARROW_SECS: f64 = 5.0;
/// How much louder or quieter one press of an arrow makes the film, as a share of all.
const VOLUME_STEP: f64 = 0.05;
/// Play or pause pressed again so soon is a double click, or a hand that shook: in seconds.
const PRESSED_TWICE_SECS: f64 = 0.4;

/// What lasts between frames of one stay in a room.
#[derive(Debug, Default)]
pub(super) struct Room {
    chat: Chat,
    player_bar: PlayerBar,
    reactions: Reactions,
    films: Films,
    tracks: TracksMenu,
    prompts: Prompts,
    /// When play or pause was pressed last, in egui's seconds.
    toggled_at: Option<f64>,
    /// Who spoke last, and is shown large.
    large: Option<ParticipantId>,
    /// The film or a screen, whichever is large.
    on_stage: OnStage,
    /// What of a screen is seen.
    zoom: Zoom,
    picker: Picker,
    /// Nothing but what is on the stage.
    theatre: bool,
    /// The same, within a window that is not in full screen.
    theatre_in_window: bool,
    /// The small window above all others.
    compact: bool,
    /// Where the faces stand there.
    faces_over: FacesOver,
    /// Is the chat beside the film there?
    chat_open: bool,
    /// Is the chat put away in a narrow window?
    chat_folded: bool,
    passing: Passing,
    /// How large the film is to be drawn, in points.
    film_area: Option<Vec2>,
    /// When the pointer last moved over the film, in egui's seconds.
    moved_at: f64,
    /// When the invitation was copied.
    copied_at: Option<f64>,
    /// When the report was copied.
    reported_at: Option<f64>,
}

impl Room {
    /// A room whose faces stand over the film as they did before.
    pub(super) fn new(bubbles: Bubbles) -> Self {
        Self { faces_over: FacesOver::new(bubbles), ..Self::default() }
    }

    /// The next room: nothing lasts but where the faces stand.
    pub(super) fn next(&self) -> Self {
        Self::new(self.faces_over.kept())
    }

    /// Somebody wrote something.
    pub(super) fn hear_chat(&mut self, said: &ChatLine) {
        if !self.shows_chat() {
            self.passing.add(said);
        }
    }

    /// Somebody floats an emoji.
    pub(super) fn react(&mut self, emoji: String) {
        self.reactions.add(emoji);
    }

    /// What the session said of a file that is another cut of the film.
    pub(super) fn told_of_cut(&mut self, sentence: Sentence) {
        self.prompts.told_of_cut(sentence);
    }

    /// Can the chat be seen?
    pub(super) fn shows_chat(&self) -> bool {
        if self.theatre { self.chat_open } else { !self.chat_folded && !self.compact }
    }

    /// How large the film is to be drawn, in points.
    pub(super) fn film_area(&self) -> Option<Vec2> {
        self.film_area
    }

    /// Where the button for the settings stands, with its right middle; `None` where only the film
    /// is to be seen.
    pub(super) fn settings_at(&self, whole: Rect) -> Option<Pos2> {
        let narrow = whole.width() < size::NARROW_BELOW;
        let edge = if narrow { space::S } else { space::M };
        let bar = if narrow { size::TOP_BAR - space::S } else { size::TOP_BAR };
        (!self.theatre && !self.compact)
            .then(|| pos2(whole.right() - edge, whole.top() + bar / 2.0))
    }

    /// Draws the room over the whole of `ui`.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        scene: &mut Scene<'_>,
        code: RoomCode,
        server: &str,
    ) {
        self.large = faces::who_is_large(self.large.take(), scene.snapshot);
        self.on_stage.update(scene.snapshot);
        if !self.picker.is_open() {
            for key in scene.keys.pressed(ui, scene.talk_key) {
                self.act(ui, scene, key);
            }
        }
        self.prompts.take_back(ui.ctx(), scene);
        stage::take_dropped(ui, scene);
        self.follow_theatre(ui);
        let whole = ui.max_rect();
        let bars = Bars { code, server };
        if self.theatre || self.compact {
            ui.scope(|ui| {
                // On the film all is dark, whatever the look.
                ui.set_style(ui.ctx().style_of(Theme::Dark));
                if self.compact {
                    self.small_window(ui, whole, scene);
                } else {
                    self.theatre(ui, whole, scene);
                }
            });
        } else if whole.width() < size::NARROW_BELOW {
            self.narrow(ui, whole, scene, &bars);
        } else {
            self.wide(ui, whole, scene, &bars);
        }
        let snapshot = scene.snapshot;
        for (id, picture) in scene.pressable.take() {
            if let Some(person) = snapshot.participants.iter().find(|person| person.id == id) {
                person::menu(ui, &picture, person, scene);
            }
        }
        sharing::mark(ui, whole, scene);
        self.picker.show(ui, scene);
    }

    /// Film at the left with its bar; faces, switches and chat at the right.
    fn wide(&mut self, ui: &mut Ui, whole: Rect, scene: &mut Scene<'_>, bars: &Bars<'_>) {
        self.chat_folded = false;
        let top = Rect::from_min_size(whole.min, vec2(whole.width(), size::TOP_BAR));
        self.top_bar(ui, top, scene, bars);
        let side_width = (whole.width() * 0.2).clamp(size::SIDE - space::L, 420.0);
        let edge = space::L;
        let side = Rect::from_min_max(
            pos2(whole.right() - edge - side_width, top.bottom()),
            pos2(whole.right() - edge, whole.bottom() - edge),
        );
        let mut stage = Rect::from_min_max(
            pos2(whole.left() + edge, top.bottom()),
            pos2(side.left() - edge, whole.bottom() - edge),
        );
        if scene.snapshot.playback.film.is_some() {
            stage.max.y = whole.bottom() - size::PLAYER_BAR;
            let bar = Rect::from_min_max(pos2(stage.left(), stage.bottom()), {
                pos2(stage.right(), whole.bottom())
            });
            self.player_bar(ui, bar, scene);
        }
        let stage = self.above_stage(ui, stage, 0.0, scene);
        self.stage(ui, stage, scene);

        let mut rest = side;
        if self.on_stage.large().is_some() {
            let bottom = faces::side(ui, side, scene, self.large.as_ref());
            rest.min.y = bottom + space::M;
        } else if self.on_stage.beside().is_some() {
            let small =
                Rect::from_min_size(side.min, vec2(side.width(), side.width() * 9.0 / 16.0));
            self.small_stage(ui, small, scene);
            rest.min.y = small.bottom() + space::M;
        }
        let switches = Rect::from_min_size(rest.min, vec2(rest.width(), size::CONTROL));
        self.controls(ui, switches, scene);
        rest.min.y = switches.bottom() + space::M;
        self.chat(ui, rest, scene);
    }

    /// Everything in one column: the shape of a phone, or of a strip beside work.
    fn narrow(&mut self, ui: &mut Ui, whole: Rect, scene: &mut Scene<'_>, bars: &Bars<'_>) {
        let top = Rect::from_min_size(whole.min, vec2(whole.width(), size::TOP_BAR - space::S));
        self.top_bar(ui, top, scene, bars);
        let foot_height = size::CONTROL + 2.0 * space::S;
        let foot = whole.with_min_y(whole.bottom() - foot_height);
        let colors = super::theme::palette(ui);
        ui.painter().hline(foot.x_range(), foot.top(), (size::HAIR, colors.line));
        self.controls(ui, foot.shrink2(vec2(space::M, space::S)), scene);

        let mut rest = Rect::from_min_max(
            pos2(whole.left(), top.bottom()),
            pos2(whole.right(), foot.top() - space::S),
        );
        rest = self.above_stage(ui, rest, space::M, scene);
        if self.on_stage.large().is_some() {
            let height = (whole.width() * 9.0 / 16.0).min(whole.height() * 0.4);
            let stage = Rect::from_min_size(rest.min, vec2(rest.width(), height));
            self.stage(ui, stage, scene);
            rest.min.y = stage.bottom() + space::S;
            if scene.snapshot.playback.film.is_some() {
                let bar = Rect::from_min_size(
                    pos2(rest.left() + space::M, stage.bottom()),
                    vec2(rest.width() - 2.0 * space::M, size::PLAYER_BAR - space::L),
                );
                self.player_bar(ui, bar, scene);
                rest.min.y = bar.bottom();
            }
            let row = rest.shrink2(vec2(space::M, 0.0));
            if self.chat_folded {
                faces::grid(ui, row, scene, false);
                return self.pass_by(ui, stage);
            }
            let people = scene.snapshot.participants.len() + 1;
            let across = faces::row_across(people);
            let side = ((row.width() - space::S * (across - 1) as f32) / across as f32)
                .min((rest.height() - 150.0) / people.div_ceil(across) as f32)
                .max(56.0);
            rest.min.y = faces::row(ui, row, side, scene) + space::S;
        } else {
            let share = if self.chat_folded { 1.0 } else { 0.58 };
            let has_film = scene.snapshot.playback.film.is_some();
            let bar_height = if has_film { size::PLAYER_BAR - space::L } else { 0.0 };
            let height = ((rest.height() - bar_height) * share).max(220.0);
            let stage = Rect::from_min_size(rest.min, vec2(rest.width(), height));
            self.stage(ui, stage.shrink2(vec2(space::M, 0.0)), scene);
            rest.min.y = stage.bottom() + space::S;
            if has_film {
                let row = rest.shrink2(vec2(space::M, 0.0));
                let bar = Rect::from_min_size(row.min, vec2(row.width(), bar_height));
                self.player_bar(ui, bar, scene);
                rest.min.y = bar.bottom();
            }
            if self.chat_folded {
                return self.pass_by(ui, stage);
            }
        }
        self.chat(ui, rest.shrink2(vec2(space::M, 0.0)), scene);
    }

    /// What stands above the stage, `edge` from its sides. Returns what is left for the stage.
    fn above_stage(&mut self, ui: &mut Ui, stage: Rect, edge: f32, scene: &mut Scene<'_>) -> Rect {
        let row = stage.shrink2(vec2(edge, 0.0));
        self.sharing_banner(ui, row, scene);
        let top = stage.top() + sharing::banner_room(scene);
        let bar = Rect::from_min_size(pos2(row.left(), top), vec2(row.width(), stage_bar::HEIGHT));
        self.stage_bar(ui, bar, scene);
        stage.with_min_y(top + self.stage_bar_room())
    }

    /// What is written while the chat is put away.
    fn pass_by(&mut self, ui: &mut Ui, stage: Rect) {
        let (left, floor) = (stage.left() + space::M, stage.bottom() - space::M);
        if self.passing.show(ui, left, floor, stage.width() - 2.0 * space::M) {
            self.open_chat(ui);
        }
    }

    /// Brings the chat where it can be seen, and the cursor into it.
    fn open_chat(&mut self, ui: &Ui) {
        (self.chat_open, self.chat_folded) = (self.theatre, false);
        self.compact = false;
        self.chat.focus(ui);
    }

    /// Puts the chat away.
    fn close_chat(&mut self) {
        (self.chat_open, self.chat_folded) = (false, !self.theatre);
    }

    fn chat(&mut self, ui: &mut Ui, rect: Rect, scene: &mut Scene<'_>) {
        self.passing.read();
        match self.chat.show(ui, rect, scene) {
            Some(Asked::Place(place)) => self.prompts.asked_place = Some(place),
            Some(Asked::Link(address)) => self.prompts.asked_link = Some(address),
            None => {}
        }
    }

    /// Does what a key stands for.
    fn act(&mut self, ui: &Ui, scene: &mut Scene<'_>, key: Key) {
        let playback = &scene.snapshot.playback;
        let has_film = playback.film.is_some();
        let position = playback.position_secs;
        match key {
            Key::PlayPause if has_film => self.play_or_pause(ui, scene),
            Key::Back | Key::Forward | Key::BackMore | Key::ForwardMore if has_film => {
                let by = match key {
                    Key::Back => -ARROW_SECS,
                    Key::Forward => ARROW_SECS,
                    Key::BackMore => -STEP_SECS,
                    _ => STEP_SECS,
                };
                scene.command(Command::Seek(player_bar::within_film(playback, position + by)));
            }
            Key::Louder | Key::Quieter if has_film => {
                let by = if key == Key::Louder { VOLUME_STEP } else { -VOLUME_STEP };
                let volume = (playback.volume + by).clamp(0.0, 1.0);
                scene.command(Command::FilmVolume(volume));
            }
            Key::FrameBack | Key::FrameForward if has_film && !playback.playing => {
                scene.command(Command::Step { forward: key == Key::FrameForward });
            }
            // What lies on top goes first.
            Key::Escape if self.prompts.dismiss() => {}
            // From the small window everything is one step further.
            Key::FullScreen | Key::Theatre | Key::Escape | Key::Compact if self.compact => {
                self.set_compact(ui, false);
            }
            Key::Compact => self.set_compact(ui, true),
            Key::FullScreen if self.on_stage.is_there() => {
                self.set_theatre(ui, !self.theatre || self.theatre_in_window);
            }
            Key::Theatre if self.theatre => self.set_theatre(ui, false),
            Key::Theatre if self.on_stage.is_there() => {
                (self.theatre, self.theatre_in_window) = (true, true);
                self.on_stage.set_alone(true);
            }
            Key::Escape if self.chat_open => self.close_chat(),
            Key::Escape if self.theatre => self.set_theatre(ui, false),
            Key::Microphone => scene.command(Command::Microphone(!scene.snapshot.me.microphone)),
            Key::Camera => scene.command(Command::Camera(!scene.snapshot.me.camera)),
            Key::Chat => self.open_chat(ui),
            Key::Share => {
                self.set_compact(ui, false);
                self.picker.open(ui, scene);
            }
            Key::Layout if !self.theatre => self.on_stage.pin(self.on_stage.next()),
            Key::Zoom if matches!(self.on_stage.large(), Some(View::Screen(_))) => {
                self.zoom.toggle();
            }
            Key::PlayPause
            | Key::Back
            | Key::Forward
            | Key::BackMore
            | Key::ForwardMore
            | Key::FrameBack
            | Key::FrameForward
            | Key::FullScreen
            | Key::Theatre
            | Key::Louder
            | Key::Quieter
            | Key::Help
            | Key::Layout
            | Key::Zoom
            | Key::Escape => {}
        }
    }

    /// Plays or pauses for everybody, unless that was asked for just now.
    fn play_or_pause(&mut self, ui: &Ui, scene: &mut Scene<'_>) {
        let now = ui.input(|input| input.time);
        if self.toggled_at.is_some_and(|at| now - at < PRESSED_TWICE_SECS) {
            return;
        }
        self.toggled_at = Some(now);
        let playing = scene.snapshot.playback.playing;
        scene.command(if playing { Command::Pause } else { Command::Play });
    }

    fn copy_invite(&mut self, ui: &Ui, scene: &mut Scene<'_>, bars: &Bars<'_>) {
        self.copied_at = Some(ui.input(|input| input.time));
        (scene.send)(UiAction::CopyInvite(super::text::invite_link(bars.code, bars.server)));
    }
}

/// The room's address, for the bars.
struct Bars<'a> {
    code: RoomCode,
    server: &'a str,
}
