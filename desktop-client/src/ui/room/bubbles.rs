//! The faces over a film that fills the screen: circles at an edge of one's choice, that come up with
//! the controls and when somebody speaks, and never stand where subtitles do.

mod places;

use std::collections::BTreeMap;

use cinemasync_core::bubbles::{Bubbles, Edge};
use cinemasync_protocol::ParticipantId;
use eframe::egui::{
    CursorIcon, PointerButton, PopupCloseBehavior, Pos2, Rect, RectAlign, Response, Ui, UiBuilder,
    Vec2,
};

use super::faces;
use crate::ui::theme::{icons, motion};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::menu;
use crate::ui::widgets::stepper::{Step, stepper};
use crate::ui::{Scene, UiAction, text};

/// The usual side as a share of the film's height.
const SHARE: f32 = 0.1;
/// The usual side in points is within these, whatever the film's height.
const SMALLEST: f32 = 64.0;
const LARGEST: f32 = 120.0;
/// How much larger somebody is who speaks.
const GROWN: f32 = 1.65;
/// The outer part of a circle, as a share of its radius, by which it is made larger or smaller.
const RIM: f32 = 0.8;
/// One step larger or smaller in the menu.
const STEP: f32 = 0.25;

/// What lasts between frames.
#[derive(Debug, Default)]
pub(super) struct FacesOver {
    kept: Bubbles,
    /// When each spoke last, in egui's seconds.
    spoke: BTreeMap<ParticipantId, f64>,
    held: Option<Hold>,
}

/// A circle that is held by the pointer.
#[derive(Debug, Clone, Copy)]
enum Hold {
    /// Moved: from its middle to where it was taken.
    Move(Vec2),
    /// Made larger or smaller: where it was taken, its side, and the size then.
    Resize(Pos2, f32, f32),
}

impl FacesOver {
    /// As they were kept.
    pub(super) fn new(kept: Bubbles) -> Self {
        Self { kept: kept.bounded(), ..Self::default() }
    }

    /// Where and how large, to be kept.
    pub(super) fn kept(&self) -> Bubbles {
        self.kept
    }

    /// Do they stand at the left edge?
    pub(super) fn at_left(&self) -> bool {
        self.kept.edge == Edge::Left
    }

    /// Draws them into `area`, which is free of subtitles; all of them while the controls are `wanted`.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        area: Rect,
        unit: f32,
        wanted: bool,
        scene: &mut Scene<'_>,
    ) {
        let now = ui.input(|input| input.time);
        let people = &scene.snapshot.participants;
        self.spoke.retain(|id, _| people.iter().any(|person| person.id == *id));
        for person in people.iter().filter(|person| person.speaking) {
            self.spoke.insert(person.id.clone(), now);
        }
        let salt = ui.scope_id().with("faces over the film");
        let spoke = self.spoke.clone();
        let lively = |id: &ParticipantId| {
            spoke.get(id).map(|at| motion::CONTROLS_STAY - (now - at)).filter(|left| *left > 0.0)
        };
        let side = unit * self.kept.size;
        let sides: Vec<f32> = people
            .iter()
            .map(|person| {
                let left = lively(&person.id);
                if let Some(left) = left.filter(|_| !person.speaking) {
                    ui.ctx().request_repaint_after_secs(left as f32 + 0.02);
                }
                let grown = if left.is_some() { GROWN } else { 1.0 };
                let id = salt.with(("grown", &person.id));
                side * ui.ctx().animate_value_with_time(id, grown, motion::panel(ui))
            })
            .collect();
        let places = places::places(area, self.kept.edge, self.kept.along, &sides);
        let mut taken = None;
        for (index, (person, place)) in people.iter().zip(places).enumerate() {
            let lively = lively(&person.id).is_some();
            let up = wanted || self.held.is_some() || lively || person.hand;
            let id = salt.with(("up", &person.id));
            let shown = ui.ctx().animate_bool_with_time(id, up, motion::state(ui));
            if shown <= 0.0 {
                continue;
            }
            let builder = UiBuilder::new().id_salt(("circle", &person.id));
            let circle = ui.scope_builder(builder, |ui| {
                ui.set_opacity(shown);
                faces::bubble(ui, place, person, scene, shown)
            });
            if circle.inner.is_some_and(|circle| self.hold(ui, &circle, place)) {
                taken = Some(index);
            }
        }
        if let (Some(index), Some(hold)) = (taken, self.held) {
            self.drag(ui, area, &sides, index, hold, scene);
        }
        if self.held.is_some() && !ui.input(|input| input.pointer.any_down()) {
            self.held = None;
        }
    }

    /// Is this circle held by the pointer, or let go just now?
    fn hold(&mut self, ui: &Ui, circle: &Response, place: Rect) -> bool {
        let at = ui.input(|input| input.pointer.interact_pos());
        let on_rim = |at: Pos2| at.distance(place.center()) > RIM * place.width() / 2.0;
        let resizes = match self.held {
            Some(hold) => matches!(hold, Hold::Resize(..)),
            None => circle.hover_pos().is_some_and(on_rim),
        };
        if resizes && (circle.hovered() || circle.dragged()) {
            let cursor = match self.kept.edge {
                Edge::Left | Edge::Right => CursorIcon::ResizeHorizontal,
                Edge::Top => CursorIcon::ResizeVertical,
            };
            ui.ctx().set_cursor_icon(cursor);
        }
        if circle.drag_started_by(PointerButton::Primary)
            && let Some(from) = ui.input(|input| input.pointer.press_origin())
        {
            self.held = Some(if on_rim(from) {
                Hold::Resize(from, place.width(), self.kept.size)
            } else {
                Hold::Move(from - place.center())
            });
        }
        at.is_some() && (circle.dragged() || circle.drag_stopped())
    }

    fn drag(
        &mut self,
        ui: &Ui,
        area: Rect,
        sides: &[f32],
        index: usize,
        hold: Hold,
        scene: &mut Scene<'_>,
    ) {
        let Some(at) = ui.input(|input| input.pointer.interact_pos()) else { return };
        let before = self.kept;
        match hold {
            Hold::Move(from_middle) => {
                let middle = at - from_middle;
                self.kept.edge = places::nearest(area, at);
                self.kept.along = places::along(area, self.kept.edge, sides, index, middle);
            }
            Hold::Resize(from, side, size) => {
                let larger = match self.kept.edge {
                    Edge::Left => at.x - from.x,
                    Edge::Right => from.x - at.x,
                    Edge::Top => at.y - from.y,
                };
                self.kept.size = size * (1.0 + larger / side.max(1.0));
            }
        }
        self.kept = self.kept.bounded();
        if self.kept != before {
            ui.ctx().request_repaint();
        }
        if !ui.input(|input| input.pointer.any_down()) {
            (scene.send)(UiAction::KeepBubbles(self.kept));
        }
    }

    /// The button that opens where they stand and how large they are.
    pub(super) fn button(&mut self, ui: &Ui, place: Rect, scene: &mut Scene<'_>) {
        let button = Button::icon("faces", text::faces(), icons::FACES).kind(Kind::OverPicture);
        let button = button.show(ui, place);
        let close = PopupCloseBehavior::CloseOnClickOutside;
        let before = self.kept;
        menu::popup(ui, &button, 260.0, close, RectAlign::TOP_START, |ui| {
            menu::caption(ui, text::faces());
            for edge in [Edge::Left, Edge::Top, Edge::Right] {
                if menu::choice(ui, text::faces_at(edge), edge == self.kept.edge).clicked() {
                    self.kept.edge = edge;
                }
            }
            let names = (text::faces_smaller(), text::faces_larger());
            let now = text::share(f64::from(self.kept.size));
            match stepper(ui, text::faces_size(), &now, names) {
                Some(Step::Less) => self.kept.size -= STEP,
                Some(Step::More) => self.kept.size += STEP,
                None => {}
            }
        });
        self.kept = self.kept.bounded();
        if self.kept != before {
            (scene.send)(UiAction::KeepBubbles(self.kept));
        }
    }
}

/// The usual side on a film of this height.
pub(super) fn unit(height: f32) -> f32 {
    (height * SHARE).clamp(SMALLEST, LARGEST)
}
