//! Somebody's shared screen on the stage: whole, or in its actual size to be moved around in.

use cinemasync_core::track::Track;
use cinemasync_protocol::ParticipantId;
use eframe::egui::{
    CornerRadius, CursorIcon, InputState, Rect, Response, Ui, UiBuilder, Vec2, vec2,
};

use super::{invite, letterbox};
use crate::ui::theme::{icons, palette};
use crate::ui::video::Placement;
use crate::ui::{Scene, text};

/// What of a screen is seen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(in crate::ui::room) struct Zoom {
    /// One pixel of the picture on one of this screen?
    pub(in crate::ui::room) actual: bool,
    /// Where the picture's middle lies from the stage's, in points.
    moved: Vec2,
}

impl Zoom {
    /// Shows all of it, or its actual size from the middle.
    pub(in crate::ui::room) fn toggle(&mut self) {
        *self = Self { actual: !self.actual, moved: Vec2::ZERO };
    }

    /// Where a picture of `size` points stands that was moved `by` more points: no edge comes further
    /// in than the stage's.
    fn place(&mut self, stage: Rect, size: Vec2, by: Vec2) -> Rect {
        let room = ((size - stage.size()) / 2.0).max(Vec2::ZERO);
        self.moved = (self.moved + by).clamp(-room, room);
        Rect::from_center_size(stage.center() + self.moved, size)
    }
}

/// Draws it; `stage_response` is the stage's own, which can be dragged.
pub(super) fn show(
    ui: &mut Ui,
    stage: Rect,
    stage_response: &Response,
    id: &ParticipantId,
    zoom: &mut Zoom,
    scene: &mut Scene<'_>,
    (corner, narrow): (u8, bool),
) {
    let scale = ui.pixels_per_point();
    let slot = scene.frames.screens.get(id);
    let frame = slot.and_then(|slot| Some((slot, slot.get()?)));
    let Some((slot, frame)) = frame else {
        // Before the first picture nobody knows its shape.
        scene.shown.note(id, Track::Screen, stage.size(), scale);
        let mut people = scene.snapshot.participants.iter();
        let name = people.find(|person| person.id == *id).map_or("", |person| &person.name);
        invite(ui, stage, (icons::SCREEN, &text::screen_comes(name)), Vec::new(), narrow);
        return;
    };
    let rect = if zoom.actual {
        let size = vec2(frame.width as f32, frame.height as f32) / scale;
        let mut by = stage_response.drag_delta();
        if stage_response.hovered() {
            by += ui.input(InputState::smooth_scroll_delta);
        }
        let rect = zoom.place(stage, size, by);
        if size.x > stage.width() || size.y > stage.height() {
            let held = stage_response.dragged();
            let cursor = if held { CursorIcon::Grabbing } else { CursorIcon::Grab };
            stage_response.clone().on_hover_cursor(cursor);
        }
        rect
    } else {
        letterbox(stage, frame.width, frame.height)
    };
    scene.shown.note(id, Track::Screen, rect.size(), scale);
    let bars = (stage.width() - rect.width()).max(stage.height() - rect.height());
    let corner = if bars.abs() > f32::from(corner) { 0 } else { corner };
    let key = format!("screen {id}");
    let placement = Placement { corner: f32::from(corner), mirrored: false, whole: true };
    let mut clipped = ui.new_child(UiBuilder::new().max_rect(stage));
    clipped.set_clip_rect(stage.intersect(ui.clip_rect()));
    if !scene.pictures.draw(&clipped, &key, slot, rect, placement) {
        // A picture that cannot be drawn is a grey place and not the one before.
        let fill = palette(ui).surface_2;
        ui.painter().rect_filled(rect.intersect(stage), CornerRadius::ZERO, fill);
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::pos2;

    use super::*;

    #[test]
    fn a_screen_in_its_actual_size_is_moved_as_far_as_its_edges() {
        let stage = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        let mut zoom = Zoom::default();
        zoom.toggle();
        let size = vec2(1000.0, 400.0);
        assert_eq!(zoom.place(stage, size, Vec2::ZERO).center(), stage.center());
        let right = zoom.place(stage, size, vec2(500.0, 500.0));
        assert_eq!(right.min, pos2(0.0, 100.0));
        let left = zoom.place(stage, size, vec2(-5_000.0, 0.0));
        assert_eq!(left.max, pos2(stage.right(), 500.0));
        // A larger stage takes the freedom back.
        let larger = Rect::from_min_size(pos2(0.0, 0.0), vec2(1200.0, 600.0));
        assert_eq!(zoom.place(larger, size, Vec2::ZERO).center(), larger.center());
        zoom.toggle();
        assert_eq!(zoom, Zoom::default());
    }
}
