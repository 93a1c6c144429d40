//! The bar under the film: where it is, play and pause, and one's own sound and subtitles.

use cinemasync_core::interface::{Command, PlaybackView};
use cinemasync_core::player::FilmTrackKind;
use eframe::egui::{
    Align2, Color32, PopupCloseBehavior, Rect, RectAlign, Response, Ui, Vec2, pos2, vec2,
};

use super::{Room, STEP_SECS};
use crate::ui::theme::icons::{self, Icon};
use crate::ui::theme::{font, on_picture, palette, size, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::slider::{Rail, slider};
use crate::ui::widgets::{Line, label, line_galley, menu};
use crate::ui::{Scene, text};

/// Length of the volume's rail.
const VOLUME_RAIL: f32 = 84.0;

/// What lasts between frames.
#[derive(Debug, Default)]
pub(super) struct PlayerBar {
    /// Where the seek bar is held, 0 to 1.
    held: Option<f64>,
    /// The volume before it was silenced.
    loud: Option<f64>,
}

/// `position` kept within the film, as far as its length is known.
pub(super) fn within_film(playback: &PlaybackView, position: f64) -> f64 {
    let duration = playback.film.as_ref().map_or(0.0, |film| film.duration_secs);
    if duration > 0.0 { position.clamp(0.0, duration) } else { position.max(0.0) }
}

impl Room {
    /// Draws the bar into `bar`.
    pub(super) fn player_bar(&mut self, ui: &mut Ui, bar: Rect, scene: &mut Scene<'_>) {
        let rail = Rect::from_min_size(bar.min, vec2(bar.width(), 28.0));
        self.seek_bar(ui, rail, scene);
        let row = Rect::from_min_max(
            pos2(bar.left(), rail.bottom()),
            pos2(bar.right(), (rail.bottom() + size::CONTROL).min(bar.bottom())),
        );
        let row = Rect::from_min_size(row.min, vec2(row.width(), size::CONTROL));
        let narrow = bar.width() < size::NARROW_BELOW - 2.0 * space::XXL;
        let right = self.own_side(ui, row, scene, narrow);
        room_side(ui, row.with_max_x(right - space::S), scene, narrow, self.player_bar.held);
    }

    fn seek_bar(&mut self, ui: &Ui, rail: Rect, scene: &mut Scene<'_>) {
        let colors = palette(ui);
        let playback = &scene.snapshot.playback;
        let duration = playback.film.as_ref().map_or(0.0, |film| film.duration_secs);
        let share = |seconds: f64| {
            if duration > 0.0 { (seconds / duration).clamp(0.0, 1.0) } else { 0.0 }
        };
        let value = share(playback.position_secs);
        let ahead = share(playback.position_secs + playback.buffered_secs);
        let look = Rail {
            done: colors.amber,
            ready: colors.text_1.gamma_multiply(0.4),
            rest: colors.text_1.gamma_multiply(0.17),
            knob: colors.amber,
            knob_always: true,
        };
        let step = if duration > 0.0 { STEP_SECS / duration } else { 0.0 };
        let moved = slider(ui, rail, ("seek", text::SEEK), (value, ahead, step), look);
        self.player_bar.held = moved.held;
        if duration > 0.0 {
            let pointed = moved.held.or_else(|| {
                let pos = moved.response.hover_pos()?;
                Some(f64::from((pos.x - rail.left()) / rail.width()).clamp(0.0, 1.0))
            });
            if let Some(pointed) = pointed {
                time_above(ui, rail, pointed, &text::film_time(pointed * duration));
            }
            if let Some(to) = moved.dropped {
                scene.command(Command::Seek(to * duration));
            }
        }
    }

    /// What changes only here: sound, tracks, full screen. Returns where it begins.
    fn own_side(&mut self, ui: &mut Ui, row: Rect, scene: &mut Scene<'_>, narrow: bool) -> f32 {
        let mut right = row.right() + space::S;
        let mut place = |width: f32| {
            let rect = Rect::from_min_max(
                pos2(right - width, row.center().y - size::SMALL / 2.0),
                pos2(right, row.center().y + size::SMALL / 2.0),
            );
            right -= width + space::XS;
            rect
        };
        let (name, sign) = if self.theatre {
            (text::LEAVE_FULL_SCREEN, icons::LEAVE_FULL_SCREEN)
        } else {
            (text::FULL_SCREEN, icons::FULL_SCREEN)
        };
        if small(ui, place(size::SMALL), ("full screen", name), sign).clicked() {
            let on = !self.theatre;
            self.set_theatre(ui, on);
        }
        if !narrow {
            let close = ("close film", text::CLOSE_FILM);
            if small(ui, place(size::SMALL), close, icons::CLOSE_FILM).clicked() {
                scene.command(Command::CloseFilm);
            }
        }
        rates(ui, place(size::SMALL), scene);
        tracks(ui, place(size::SMALL), scene, FilmTrackKind::Audio);
        tracks(ui, place(size::SMALL), scene, FilmTrackKind::Subtitle);
        if !narrow {
            let mut rail = place(VOLUME_RAIL + space::L);
            rail.max.x = rail.min.x + VOLUME_RAIL;
            self.volume(ui, place(size::SMALL), rail, scene);
        }
        right
    }

    fn volume(&mut self, ui: &Ui, button: Rect, rail: Rect, scene: &mut Scene<'_>) {
        let colors = palette(ui);
        let volume = scene.snapshot.playback.volume;
        let silent = volume <= 0.0;
        let sign = match volume {
            v if v <= 0.0 => icons::VOLUME_OFF,
            v if v < 0.4 => icons::VOLUME_LOW,
            _ => icons::VOLUME,
        };
        let name = if silent { text::SOUND } else { text::SILENCE };
        if small(ui, button, ("silence", name), sign).clicked() {
            let to = if silent { self.player_bar.loud.take().unwrap_or(1.0) } else { 0.0 };
            if !silent {
                self.player_bar.loud = Some(volume);
            }
            scene.command(Command::FilmVolume(to));
        }
        let look = Rail {
            done: colors.text_1,
            ready: Color32::TRANSPARENT,
            rest: colors.surface_4,
            knob: colors.text_1,
            knob_always: false,
        };
        let moved = slider(ui, rail, ("volume", text::VOLUME), (volume, 0.0, 0.1), look);
        if let Some(to) = moved.held.or(moved.dropped).filter(|to| (to - volume).abs() > 0.005) {
            scene.command(Command::FilmVolume(to));
        }
    }
}

/// What changes for everybody: play, pause, back, forward; then time and title.
fn room_side(ui: &Ui, row: Rect, scene: &mut Scene<'_>, narrow: bool, held: Option<f64>) {
    let colors = palette(ui);
    let playback = &scene.snapshot.playback;
    let position = playback.position_secs;
    let duration = playback.film.as_ref().map_or(0.0, |film| film.duration_secs);
    let (playing, back) = (playback.playing, (position - STEP_SECS).max(0.0));
    let forward = within_film(playback, position + STEP_SECS);
    let shown = held.map_or(position, |held| held * duration);
    let (now, whole) = (text::film_time(shown), text::film_time(duration));
    let title = text::title_and_opener(playback);

    let mut left = row.left();
    let mut place = |side: f32, gap: f32| {
        let at = pos2(left, row.center().y - side / 2.0);
        left += side + gap;
        Rect::from_min_size(at, Vec2::splat(side))
    };
    let (name, sign) =
        if playing { (text::PAUSE, icons::PAUSE) } else { (text::PLAY, icons::PLAY) };
    let button = Button::icon("play", name, sign).kind(Kind::Quiet);
    if button.show(ui, place(size::CONTROL, 0.0)).clicked() {
        scene.command(if playing { Command::Pause } else { Command::Play });
    }
    if !narrow {
        let back_place = place(size::SMALL, space::XS);
        if small(ui, back_place, ("back", text::BACK), icons::BACK).clicked() {
            scene.command(Command::Seek(back));
        }
        let forward_place = place(size::SMALL, space::M);
        if small(ui, forward_place, ("forward", text::FORWARD), icons::FORWARD).clicked() {
            scene.command(Command::Seek(forward));
        }
    }
    let rest = row.with_min_x(left);
    let strong = Line::new(font::body_strong(), colors.text_1);
    let place = label(ui, rest, Align2::LEFT_CENTER, &now, &strong);
    let beside = Line::new(font::body(), colors.text_2);
    let rest = rest.with_min_x(place.right() + space::XS);
    let place = label(ui, rest, Align2::LEFT_CENTER, &format!("/ {whole}"), &beside);
    let rest = rest.with_min_x(place.right() + space::L);
    if !narrow && rest.width() > 60.0 {
        label(ui, rest, Align2::LEFT_CENTER, &title, &beside);
    }
}

fn small(ui: &Ui, rect: Rect, (key, name): (&str, &str), sign: Icon) -> Response {
    Button::icon(key, name, sign).small().kind(Kind::Quiet).show(ui, rect)
}

fn time_above(ui: &Ui, rail: Rect, share: f64, words: &str) {
    let line = Line::new(font::caption_strong(), on_picture::INK);
    let galley = line_galley(ui.painter(), words, &line, 100.0);
    let half = galley.size().x / 2.0 + space::S;
    let x = rail.left() + share as f32 * rail.width();
    let x = x.clamp(rail.left() + half, (rail.right() - half).max(rail.left() + half));
    let center = pos2(x, rail.top() - space::M);
    let ground = Rect::from_center_size(center, vec2(2.0 * half, 24.0));
    ui.painter().rect_filled(ground, 8.0, on_picture::GROUND_HOVER);
    ui.painter().galley(center - galley.size() / 2.0, galley, on_picture::INK);
}

fn tracks(ui: &Ui, place: Rect, scene: &mut Scene<'_>, kind: FilmTrackKind) {
    let subtitles = kind == FilmTrackKind::Subtitle;
    let (key, name, sign) = if subtitles {
        ("subtitles", text::SUBTITLES, icons::SUBTITLES)
    } else {
        ("audio", text::AUDIO, icons::AUDIO_TRACK)
    };
    let button = small(ui, place, (key, name), sign);
    let close = PopupCloseBehavior::CloseOnClick;
    menu::popup(ui, &button, 240.0, close, RectAlign::TOP_END, |ui| {
        menu::caption(ui, name);
        let playback = &scene.snapshot.playback;
        let chosen = if subtitles { playback.subtitle_track } else { playback.audio_track };
        let command = |id| {
            if subtitles { Command::SubtitleTrack(id) } else { Command::AudioTrack(id) }
        };
        let mut wish = menu::choice(ui, text::OFF, chosen == 0).clicked().then_some(0);
        for track in playback.tracks.iter().filter(|track| track.kind == kind) {
            if menu::choice(ui, &text::track(track), chosen == track.id).clicked() {
                wish = Some(track.id);
            }
        }
        if let Some(id) = wish {
            scene.command(command(id));
        }
    });
}

fn rates(ui: &Ui, place: Rect, scene: &mut Scene<'_>) {
    let button = small(ui, place, ("rate", text::RATE), icons::RATE);
    let close = PopupCloseBehavior::CloseOnClick;
    menu::popup(ui, &button, 160.0, close, RectAlign::TOP_END, |ui| {
        menu::caption(ui, text::RATE);
        for rate in text::RATES {
            let chosen = (scene.snapshot.playback.rate - rate).abs() < 0.01;
            if menu::choice(ui, &text::rate(rate), chosen).clicked() {
                scene.command(Command::Rate(rate));
            }
        }
    });
}
