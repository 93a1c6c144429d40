//! The stage: the film or somebody's screen, or what is there instead, inviting. Takes dropped files.

pub(super) mod choice;
mod empty;
pub(super) mod screen;
mod small;

use cinemasync_core::interface::{Command, FilmCopy, PlaybackView};
use eframe::egui::{
    Color32, CornerRadius, Mesh, Painter, Rect, Sense, Shape, Ui, Vec2, pos2, vec2,
};

use self::choice::View;
use super::{Room, faces, waiting};
use crate::ui::dropped::{self, Dragged, Dropped};
use crate::ui::theme::icons::{self, Icon};
use crate::ui::theme::{font, line, on_picture, palette, radius, size, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::{Line, centred_galley, icon, pill, readable};
use crate::ui::{FilmPicture, Scene, UiAction, text};

/// A film whose picture nobody sees is drawn so small: libmpv keeps its time by what is drawn.
const UNSEEN: Vec2 = vec2(64.0, 36.0);

/// Files dropped onto the window: subtitles for the film; else the film to show, or one's copy where
/// that is wanted.
pub(super) fn take_dropped(ui: &Ui, scene: &mut Scene<'_>) {
    let Dropped { film, subtitles } = dropped::take(ui);
    if let Some(path) = film {
        let playback = &scene.snapshot.playback;
        scene.command(if is_copy_wanted(playback) {
            Command::AttachFilm(path)
        } else {
            Command::OpenFilm(path)
        });
    }
    for path in subtitles {
        scene.command(Command::AddSubtitle(path));
    }
}

/// Is one's own copy of the film wanted, rather than another film?
fn is_copy_wanted(playback: &PlaybackView) -> bool {
    playback.film.is_some() && playback.mine == FilmCopy::None
}

/// Darkens towards the bottom, so that what stands on the picture can be read.
pub(super) fn shade(painter: &Painter, rect: Rect) {
    let (clear, dark) = (Color32::TRANSPARENT, on_picture::CONTROL_HOVER);
    let mut mesh = Mesh::default();
    for (corner, color) in [
        (rect.left_top(), clear),
        (rect.right_top(), clear),
        (rect.right_bottom(), dark),
        (rect.left_bottom(), dark),
    ] {
        mesh.colored_vertex(corner, color);
    }
    mesh.add_triangle(0, 1, 2);
    mesh.add_triangle(0, 2, 3);
    painter.add(Shape::mesh(mesh));
}

/// Where a picture of this shape stands whole and as large as can be.
pub(super) fn letterbox(stage: Rect, width: u32, height: u32) -> Rect {
    let (width, height) = (width.max(1) as f32, height.max(1) as f32);
    let scale = (stage.width() / width).min(stage.height() / height);
    Rect::from_center_size(stage.center(), vec2(width, height) * scale)
}

impl Room {
    /// Draws the stage into `rect`.
    pub(super) fn stage(&mut self, ui: &mut Ui, rect: Rect, scene: &mut Scene<'_>) {
        let narrow = rect.width() < size::NARROW_BELOW && !self.theatre;
        let has_film = scene.snapshot.playback.film.is_some();
        let large = self.on_stage.large().cloned();
        let area = if large == Some(View::Film) { rect.size() } else { UNSEEN };
        self.film_area = has_film.then_some(area);
        if let Some(large) = large {
            let edge_to_edge = self.theatre || rect.left() <= ui.max_rect().left();
            let corner = if edge_to_edge { 0 } else { radius::TILE };
            let colors = palette(ui);
            if large != View::Film || !is_covered(rect, scene) {
                ui.painter().rect_filled(rect, CornerRadius::same(corner), colors.film_surround);
            }
            let id = ui.scope_id().with("stage");
            let sense = if self.zoom.actual { Sense::CLICK | Sense::DRAG } else { Sense::CLICK };
            let response = ui.interact(rect, id, sense);
            if response.double_clicked() {
                if self.compact {
                    self.set_compact(ui, false);
                } else {
                    self.set_theatre(ui, !self.theatre);
                }
            }
            match large {
                View::Film => film(ui, rect, scene, (corner, narrow)),
                View::Screen(id) => {
                    let zoom = &mut self.zoom;
                    screen::show(ui, rect, &response, &id, zoom, scene, (corner, narrow));
                }
            }
        } else if self.on_stage.beside().is_some() {
            self.faces_instead(ui, rect, scene);
        } else if self.compact {
            faces::grid(ui, rect.shrink(space::XS), scene, false);
        } else {
            empty::show(ui, rect, scene, narrow, &mut self.films, &mut self.picker);
        }
        if self.theatre || ui.max_rect().width() < size::NARROW_BELOW {
            trouble(ui, rect, scene);
        }
        self.reactions.show(ui, rect);
        if let Some(dragged) = dropped::dragged(ui) {
            let playback = &scene.snapshot.playback;
            let words = match (dragged, &playback.film) {
                (Dragged::Subtitles, _) => text::drop_subtitles_now().to_owned(),
                (Dragged::Film, Some(film)) if is_copy_wanted(playback) => text::drop_copy(film),
                (Dragged::Film, Some(film)) => text::drop_instead(film),
                (Dragged::Film, None) => text::drop_now().to_owned(),
            };
            dropped::say(ui, rect, &words);
        }
    }
}

/// Does the film's picture cover the stage?
fn is_covered(stage: Rect, scene: &Scene<'_>) -> bool {
    let here = scene.snapshot.playback.mine != FilmCopy::None;
    scene.frames.film.filter(|_| here).is_some_and(|film| {
        let bars = stage.size() - letterbox(stage, film.width, film.height).size();
        bars.x.max(bars.y) < 1.0
    })
}

/// The film, or what is there instead of it.
fn film(ui: &Ui, rect: Rect, scene: &mut Scene<'_>, (corner, narrow): (u8, bool)) {
    let here = scene.snapshot.playback.mine != FilmCopy::None;
    match scene.frames.film {
        Some(film) if here => picture(ui, rect, scene, film, corner),
        _ if here && waiting::is_wanted(scene) => {}
        _ => instead(ui, rect, scene, narrow),
    }
    if here && (scene.frames.film.is_some() || waiting::is_wanted(scene)) {
        waiting::banner(ui, rect, scene);
    }
}

/// Instead of a picture: what is happening, or what to do.
fn instead(ui: &Ui, rect: Rect, scene: &mut Scene<'_>, narrow: bool) {
    let playback = &scene.snapshot.playback;
    let film_at = playback.film.as_ref().and_then(|film| film.address.as_ref());
    let wanted = playback.mine == FilmCopy::None && film_at.is_none();
    let offer = playback.stream_offer.as_ref().filter(|_| scene.player_missing.is_none());
    let words = match (scene.player_missing, offer) {
        (Some(missing), _) => missing.to_owned(),
        (None, Some(offer)) => text::stream_offer(playback, offer),
        (None, None) => text::stage(playback),
    };
    let sign = if scene.player_missing.is_some() { icons::WARNING } else { icons::FILM };
    let mut buttons = Vec::new();
    let stream = offer.map(|offer| text::stream_from(&offer.from));
    if let Some(words) = &stream {
        buttons.push((Button::text("stream", words), UiAction::Command(Command::StreamFilm)));
    }
    if wanted && scene.player_missing.is_none() {
        let choose = Button::text("choose copy", text::choose_copy()).with_icon(icons::OPEN);
        buttons.push((choose, UiAction::PickOwnCopy));
    }
    if let Some(action) = invite(ui, rect, (sign, &words), buttons, narrow) {
        (scene.send)(action);
    }
}

/// Where there is no bar for it: what is wrong with the call, in a corner.
fn trouble(ui: &Ui, rect: Rect, scene: &Scene<'_>) {
    let Some(sentence) = scene.status.sentence() else { return };
    let sentence = text::told(&sentence);
    let at = pos2(rect.left() + space::M, rect.top() + space::M + 24.0);
    let dot = Some(on_picture::MARKS.amber);
    let tag = pill::tag(ui, at, &sentence, dot, None, rect.width() * 0.8);
    readable(ui, tag, &sentence);
}

fn picture(ui: &Ui, stage: Rect, scene: &Scene<'_>, film: FilmPicture, corner: u8) {
    let rect = letterbox(stage, film.width, film.height);
    // Beside a bar the corner belongs to the bar.
    let bars = (stage.width() - rect.width()).max(stage.height() - rect.height());
    let corner = if bars > f32::from(corner) { 0 } else { corner };
    scene.pictures.film(ui, film, rect, corner);
}

/// A sign, a sentence and perhaps buttons, the first one prominent, in the middle of the stage; what the one that
/// was pressed does.
fn invite(
    ui: &Ui,
    rect: Rect,
    (sign, words): (Icon, &str),
    buttons: Vec<(Button<'_>, UiAction)>,
    narrow: bool,
) -> Option<UiAction> {
    let colors = palette(ui);
    let style = Line::new(if narrow { font::reading() } else { font::large() }, on_picture::INK);
    let height = if narrow { line::READING } else { 28.0 };
    let width = (rect.width() - 2.0 * space::XL).min(520.0);
    let galley = centred_galley(ui.painter(), words, &style, height, width);
    let tall = if narrow { size::ICON_LARGE } else { size::ICON_HERO };
    let row = size::CONTROL + space::S;
    let below = if buttons.is_empty() { 0.0 } else { space::L + row * buttons.len() as f32 };
    let whole = tall + space::M + galley.size().y + below;
    let mut y = rect.center().y - whole / 2.0;
    let center = rect.center().x;
    icon(ui.painter(), pos2(center, y + tall / 2.0), sign, tall, colors.amber);
    y += tall + space::M;
    let place = Rect::from_min_size(pos2(center - galley.size().x / 2.0, y), galley.size());
    y = place.bottom() + space::L;
    readable(ui, place, words);
    ui.painter().galley(place.center_top(), galley, style.color);
    let mut pressed = None;
    for (index, (button, action)) in buttons.into_iter().enumerate() {
        let wanted = Vec2::new((button.width(ui) + space::S).min(width), size::CONTROL);
        let place = Rect::from_min_size(pos2(center - wanted.x / 2.0, y), wanted);
        let kind = if index == 0 { Kind::Primary } else { Kind::Control };
        if button.kind(kind).show(ui, place).clicked() {
            pressed = Some(action);
        }
        y += row;
    }
    pressed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_keeps_its_shape_on_every_stage() {
        let stage = Rect::from_min_size(pos2(10.0, 10.0), vec2(1000.0, 1000.0));
        let wide = letterbox(stage, 239, 100);
        assert!((wide.width() - 1000.0).abs() < 0.01);
        assert!((wide.aspect_ratio() - 2.39).abs() < 0.01);
        assert_eq!(wide.center(), stage.center());
        assert!((letterbox(stage, 100, 200).height() - 1000.0).abs() < 0.01);
        assert!(letterbox(stage, 0, 0).is_finite());
    }
}
