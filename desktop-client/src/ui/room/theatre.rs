//! The film or a screen over the whole screen, and nothing else after two seconds: bars while the pointer
//! moves, faces as circles, chat as it passes or beside the film while it is wanted.

use eframe::egui::{CornerRadius, CursorIcon, Key, Popup, Rect, Ui, ViewportCommand, pos2, vec2};

use super::{Layout, Room, bubbles, sharing, stage, top_bar};
use crate::ui::Scene;
use crate::ui::theme::{motion, on_picture, radius, size, space};

/// The part of the screen's height where subtitles stand.
const SUBTITLES: f32 = 0.3;
/// The part at its top where some of them stand.
const UPPER_SUBTITLES: f32 = 0.14;
/// The widest and tallest that the chat is.
const CHAT_WIDTH: f32 = 340.0;
const CHAT_HEIGHT: f32 = 480.0;
/// With less room beside the switches how well in sync is not told.
const PILL: f32 = 96.0;

impl Room {
    /// Nothing but the film or the screen; faces as circles; bars while the pointer moves.
    pub(super) fn theatre(&mut self, ui: &mut Ui, whole: Rect, scene: &mut Scene<'_>) {
        let now = ui.input(|input| input.time);
        let moving =
            ui.input(|input| input.pointer.delta().length() > 0.5 || input.pointer.any_down());
        // Whoever goes through the controls by keyboard has to see them.
        let moving = moving || ui.input(|input| input.key_pressed(Key::Tab));
        if moving || Popup::is_any_open(ui.ctx()) || self.moved_at > now {
            self.moved_at = now;
        }
        let left = motion::CONTROLS_STAY - (now - self.moved_at);
        let stands = scene.snapshot.playback.film.is_some() && !scene.snapshot.playback.playing;
        let wanted = left > 0.0 || stands;
        if left > 0.0 {
            ui.ctx().request_repaint_after_secs(left as f32 + 0.02);
        }
        let id = ui.scope_id().with("theatre controls");
        let shown = ui.ctx().animate_bool_with_time(id, wanted, motion::state(ui));
        self.stage(ui, whole, scene);
        let above = above_bars(whole, scene);
        let chat = Rect::from_min_max(
            pos2(
                whole.left() + space::L,
                (above - space::S - CHAT_HEIGHT).max(whole.top() + size::TOP_BAR),
            ),
            pos2(
                (whole.left() + space::L + CHAT_WIDTH).min(whole.right() - space::L),
                above - space::S,
            ),
        );
        let area = self.free_of_subtitles(whole, chat, scene);
        self.faces_over.show(ui, area, bubbles::unit(whole.height()), wanted, scene);
        if shown > 0.0 {
            ui.scope(|ui| {
                ui.set_opacity(shown);
                self.theatre_bars(ui, whole, scene);
            });
        } else if !self.chat_open {
            ui.ctx().set_cursor_icon(CursorIcon::None);
        }
        if self.chat_open {
            let corner = CornerRadius::same(radius::TILE);
            ui.painter().rect_filled(chat, corner, on_picture::CONTROL_HOVER);
            self.chat(ui, chat.shrink(space::M), scene);
        } else if self.passing.show(ui, chat.left(), chat.bottom(), whole.width() * 0.3) {
            self.open_chat(ui);
        }
    }

    /// Where faces can stand.
    fn free_of_subtitles(&self, whole: Rect, chat: Rect, scene: &Scene<'_>) -> Rect {
        let top = sharing::banner_room(scene) + self.stage_bar_room();
        let mut area = whole.shrink2(vec2(space::XL, space::XL));
        area.min.y += top;
        area.max.y = whole.bottom() - whole.height() * SUBTITLES;
        let playback = &scene.snapshot.playback;
        if playback.film.is_some() && playback.subtitle_track != 0 {
            area.min.y = area.min.y.max(whole.top() + whole.height() * UPPER_SUBTITLES);
        }
        if self.chat_open && self.faces_over.at_left() {
            area.max.y = area.max.y.min(chat.top() - space::M);
        }
        area
    }

    fn theatre_bars(&mut self, ui: &mut Ui, whole: Rect, scene: &mut Scene<'_>) {
        let above = above_bars(whole, scene);
        let top = above + size::CONTROL + space::S;
        let bar = Rect::from_min_max(
            pos2(whole.left() + space::L, top),
            pos2(whole.right() - space::L, whole.bottom()),
        );
        self.above_stage(ui, whole.with_min_y(whole.top() + space::L), space::L, scene);
        let ground = whole.with_min_y(above - space::XXL);
        stage::shade(ui.painter(), ground);
        let switches =
            Rect::from_min_size(pos2(bar.left(), above), vec2(bar.width(), size::CONTROL));
        let end = self.controls(ui, switches, scene);
        let at = pos2(bar.right(), above + size::CONTROL / 2.0);
        let room = (bar.right() - end - space::M).min(bar.width() / 2.0);
        if room > PILL {
            self.sync_pill(ui, at, room, scene, top_bar::Ground::Picture);
        }
        if scene.snapshot.playback.film.is_some() {
            self.player_bar(ui, bar, scene);
        }
    }

    /// Goes into full screen or out of it, because a person says so: what is kept otherwise gives way.
    pub(super) fn set_theatre(&mut self, ui: &Ui, on: bool) {
        if self.on_stage.pinned() == Some(Layout::Theatre) {
            self.on_stage.pin(None);
        }
        self.switch_theatre(ui, on);
    }

    /// Leaves full screen when there is nothing to see in it; comes back where that is kept.
    pub(super) fn follow_theatre(&mut self, ui: &Ui) {
        let (is_there, kept) = (self.on_stage.is_there(), self.on_stage.pinned());
        if self.theatre && !is_there {
            self.switch_theatre(ui, false);
        } else if is_there && !self.theatre && kept == Some(Layout::Theatre) {
            self.switch_theatre(ui, true);
        }
    }

    fn switch_theatre(&mut self, ui: &Ui, on: bool) {
        (self.theatre, self.theatre_in_window) = (on, false);
        self.on_stage.set_alone(on);
        self.chat_open = false;
        ui.ctx().send_viewport_cmd(ViewportCommand::Fullscreen(on));
    }
}

/// Where one's own switches begin, above the film's bar.
fn above_bars(whole: Rect, scene: &Scene<'_>) -> f32 {
    let has_film = scene.snapshot.playback.film.is_some();
    let bar_height = if has_film { size::PLAYER_BAR } else { space::S };
    whole.bottom() - bar_height - space::S - size::CONTROL
}
