//! The film or the screen as one small picture among faces that are kept large.

use cinemasync_core::interface::FilmCopy;
use cinemasync_core::track::Track;
use cinemasync_protocol::ParticipantId;
use eframe::egui::{CornerRadius, CursorIcon, Rect, Role, Sense, Ui, WidgetInfo, pos2};

use super::choice::View;
use super::{letterbox, picture};
use crate::ui::room::{Room, faces, waiting};
use crate::ui::theme::icons::{self, Icon};
use crate::ui::theme::{on_picture, palette, radius, size, space};
use crate::ui::video::Placement;
use crate::ui::widgets::{focus_ring, icon, pill};
use crate::ui::{Scene, text};

impl Room {
    /// The faces on the stage; in a strip the small picture stands among them.
    pub(super) fn faces_instead(&mut self, ui: &mut Ui, rect: Rect, scene: &mut Scene<'_>) {
        let strip = ui.max_rect().width() < size::NARROW_BELOW;
        if let Some(cell) = faces::grid(ui, rect, scene, strip) {
            self.small_stage(ui, cell, scene);
        }
        let film = self.on_stage.beside() == Some(&View::Film);
        if film && scene.snapshot.playback.mine != FilmCopy::None && waiting::is_wanted(scene) {
            waiting::banner(ui, rect, scene);
        }
    }

    /// Draws the small picture into `rect`; a press makes it large.
    pub(in crate::ui::room) fn small_stage(&mut self, ui: &Ui, rect: Rect, scene: &Scene<'_>) {
        let Some(view) = self.on_stage.beside().cloned() else { return };
        let response = ui.interact(rect, ui.scope_id().with("small stage"), Sense::click());
        let corner = CornerRadius::same(radius::TILE);
        ui.painter().rect_filled(rect, corner, palette(ui).film_surround);
        let (shown, sign, words, name) = match &view {
            View::Film => {
                self.film_area = Some(rect.size());
                let words = scene.snapshot.playback.film.as_ref().map(text::title);
                let name = text::film_large().to_owned();
                (film(ui, rect, scene), icons::FILM, words.unwrap_or_default(), name)
            }
            View::Screen(id) => {
                let mut people = scene.snapshot.participants.iter();
                let who = people.find(|person| person.id == *id).map_or("", |one| &one.name);
                let words = text::screen_of(who);
                (screen(ui, rect, id, scene), icons::SCREEN, words, text::screen_large(who))
            }
        };
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &name));
        if !shown {
            waits(ui, rect, sign);
        }
        let at = pos2(rect.left() + space::S, rect.bottom() - space::S);
        pill::tag(ui, at, &words, None, Some(sign), rect.width() - 2.0 * space::S);
        focus_ring(ui, &response, radius::TILE);
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        if response.on_hover_text(&name).clicked() {
            self.on_stage.choose(view);
        }
    }
}

/// True if there was a picture to draw.
fn film(ui: &Ui, rect: Rect, scene: &Scene<'_>) -> bool {
    let here = scene.snapshot.playback.mine != FilmCopy::None;
    let film = scene.frames.film.filter(|_| here);
    if let Some(film) = film {
        picture(ui, rect, scene, film, radius::TILE);
    }
    film.is_some()
}

/// The same.
fn screen(ui: &Ui, rect: Rect, id: &ParticipantId, scene: &Scene<'_>) -> bool {
    scene.shown.note(id, Track::Screen, rect.size(), ui.pixels_per_point());
    let slot = scene.frames.screens.get(id);
    let Some((slot, frame)) = slot.and_then(|slot| Some((slot, slot.get()?))) else {
        return false;
    };
    let place = letterbox(rect, frame.width, frame.height);
    let placement = Placement { corner: 0.0, mirrored: false, whole: true };
    scene.pictures.draw(ui, &format!("screen {id}"), slot, place, placement)
}

fn waits(ui: &Ui, rect: Rect, sign: Icon) {
    icon(ui.painter(), rect.center(), sign, size::ICON_LARGE, on_picture::INK);
}
