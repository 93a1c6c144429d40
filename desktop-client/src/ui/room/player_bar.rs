//! The bar under the film: where it is, play and pause, and one's own sound and subtitles.

use cinemasync_core::interface::{Command, PlaybackView};
use eframe::egui::{
    Align2, Color32, PopupCloseBehavior, Rect, RectAlign, Response, Ui, Vec2, pos2, vec2,
};

use super::{Room, STEP_SECS, chapters};
use crate::ui::theme::icons::{self, Icon};
use crate::ui::theme::{font, palette, size, space};
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
    pub(super) held: Option<f64>,
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
        self.room_side(ui, row.with_max_x(right - space::S), scene, narrow);
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
            (text::leave_full_screen(), icons::LEAVE_FULL_SCREEN)
        } else {
            (text::full_screen(), icons::FULL_SCREEN)
        };
        if small(ui, place(size::SMALL), ("full screen", name), sign).clicked() {
            let on = !self.theatre;
            self.set_theatre(ui, on);
        }
        let films = small(ui, place(size::SMALL), ("films", text::films()), icons::FILMS);
        self.films.menu(ui, &films, RectAlign::TOP_END, scene);
        rates(ui, place(size::SMALL), scene);
        let tracks = ("tracks", text::tracks());
        let tracks = small(ui, place(size::SMALL), tracks, icons::SUBTITLES);
        self.tracks.show(ui, &tracks, scene);
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
        let name = if silent { text::sound() } else { text::silence() };
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
        let moved = slider(ui, rail, ("volume", text::volume()), (volume, 0.0, 0.1), look);
        if let Some(to) = moved.held.or(moved.dropped).filter(|to| (to - volume).abs() > 0.005) {
            scene.command(Command::FilmVolume(to));
        }
    }

    /// What changes for everybody: play, pause, back, forward, chapters; then time and title.
    fn room_side(&mut self, ui: &Ui, row: Rect, scene: &mut Scene<'_>, narrow: bool) {
        let colors = palette(ui);
        let playback = &scene.snapshot.playback;
        let position = playback.position_secs;
        let because = text::may_not_steer(scene.snapshot);
        let because = because.as_deref();
        let mut left = row.left();
        let mut button = |side: f32, (key, name): (&str, &str), sign: Icon, enabled: bool| {
            let corner = pos2(left, row.center().y - side / 2.0);
            let place = Rect::from_min_size(corner, Vec2::splat(side));
            left = place.right() + space::XS;
            let button = Button::icon(key, name, sign).kind(Kind::Quiet);
            let button = if side < size::CONTROL { button.small() } else { button };
            button.enabled(enabled).unless(because).show(ui, place).clicked()
        };
        let (name, sign) = if playback.playing {
            (text::pause(), icons::PAUSE)
        } else {
            (text::play(), icons::PLAY)
        };
        let toggled = button(size::CONTROL, ("play", name), sign, true);
        let mut to = None;
        let mut go = |pressed: bool, place: f64| {
            if pressed {
                to = Some(within_film(playback, place));
            }
        };
        let back = button(size::SMALL, ("back", text::back()), icons::BACK, true);
        go(back, position - STEP_SECS);
        if !narrow {
            let forward = button(size::SMALL, ("forward", text::forward()), icons::FORWARD, true);
            go(forward, position + STEP_SECS);
            if !playback.chapters.is_empty() {
                let next = chapters::next(&playback.chapters, position);
                let name = ("previous chapter", text::previous_chapter());
                let pressed = button(size::SMALL, name, icons::PREVIOUS_CHAPTER, true);
                go(pressed, chapters::previous(&playback.chapters, position));
                let name = ("next chapter", text::next_chapter());
                let pressed = button(size::SMALL, name, icons::NEXT_CHAPTER, next.is_some());
                go(pressed, next.unwrap_or(position));
            }
        }
        let duration = playback.film.as_ref().map_or(0.0, |film| film.duration_secs);
        let shown = self.player_bar.held.map_or(position, |held| held * duration);
        let rest = row.with_min_x(left + if narrow { 0.0 } else { space::S });
        let strong = Line::new(font::body_strong(), colors.text_1);
        let now = text::film_time(shown);
        let place = label(ui, rest, Align2::LEFT_CENTER, &now, &strong);
        let beside = Line::new(font::body(), colors.text_2);
        let rest = rest.with_min_x(place.right() + space::XS);
        let whole = format!("/ {}", text::film_time(duration));
        let wide = line_galley(ui.painter(), &whole, &beside, f32::INFINITY).size().x;
        if wide <= rest.width() {
            let place = label(ui, rest, Align2::LEFT_CENTER, &whole, &beside);
            let rest = rest.with_min_x(place.right() + space::L);
            if !narrow && rest.width() > 60.0 {
                let title = text::title_and_opener(playback);
                label(ui, rest, Align2::LEFT_CENTER, &title, &beside);
            }
        }
        if let Some(to) = to {
            scene.command(Command::Seek(to));
        }
        if toggled {
            self.play_or_pause(ui, scene);
        }
    }
}

fn small(ui: &Ui, rect: Rect, (key, name): (&str, &str), sign: Icon) -> Response {
    Button::icon(key, name, sign).small().kind(Kind::Quiet).show(ui, rect)
}

fn rates(ui: &Ui, place: Rect, scene: &mut Scene<'_>) {
    let because = text::may_not_steer(scene.snapshot);
    let button = Button::icon("rate", text::rate_label(), icons::RATE).small().kind(Kind::Quiet);
    let button = button.unless(because.as_deref()).show(ui, place);
    let close = PopupCloseBehavior::CloseOnClick;
    menu::popup(ui, &button, 160.0, close, RectAlign::TOP_END, |ui| {
        menu::caption(ui, text::rate_label());
        for rate in text::RATES {
            let chosen = (scene.snapshot.playback.rate - rate).abs() < 0.01;
            if menu::choice(ui, &text::rate(rate), chosen).clicked() {
                scene.command(Command::Rate(rate));
            }
        }
    });
}
