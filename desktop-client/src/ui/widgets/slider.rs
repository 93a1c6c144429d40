//! A rail with a knob: the film's position and its volume.

use eframe::egui::{
    Color32, CornerRadius, CursorIcon, Id, Rect, Response, Sense, Ui, WidgetInfo,
    accesskit::Action, pos2,
};

use super::focus_ring;
use crate::ui::theme::{motion, radius};

/// What a slider looks like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rail {
    /// Up to the knob.
    pub(crate) done: Color32,
    /// Up to `ahead`.
    pub(crate) ready: Color32,
    /// The rest.
    pub(crate) rest: Color32,
    /// The knob; shown under the pointer only where `knob_always` is not set.
    pub(crate) knob: Color32,
    /// Is the knob always there?
    pub(crate) knob_always: bool,
}

/// What a person did with a slider.
#[derive(Debug)]
pub(crate) struct Moved {
    /// egui's answer.
    pub(crate) response: Response,
    /// Where the knob is held now, 0 to 1.
    pub(crate) held: Option<f64>,
    /// Where it was let go, 0 to 1.
    pub(crate) dropped: Option<f64>,
}

/// Shows a slider at `value` (0 to 1) whose rail runs through the middle of `rect`; `ahead` is how
/// far is ready, `step` what one step by assistive programs moves.
pub(crate) fn slider(
    ui: &Ui,
    rect: Rect,
    (key, label): (&str, &str),
    (value, ahead, step): (f64, f64, f64),
    rail: Rail,
) -> Moved {
    let id: Id = ui.scope_id().with(("slider", key));
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let under = |x: f32| f64::from((x - rect.left()) / rect.width().max(1.0)).clamp(0.0, 1.0);
    let at = response.interact_pointer_pos().map(|pos| under(pos.x));
    let down = response.is_pointer_button_down_on() || response.dragged();
    let held = at.filter(|_| down);
    let mut dropped = at.filter(|_| response.drag_stopped() || response.clicked());
    for (action, sign) in [(Action::Increment, 1.0), (Action::Decrement, -1.0)] {
        let times = ui.input(|input| input.num_accesskit_action_requests(id, action));
        if times > 0 {
            dropped = Some((value + sign * step * times as f64).clamp(0.0, 1.0));
        }
    }
    let shown = held.unwrap_or(value).clamp(0.0, 1.0);
    response.widget_info(|| WidgetInfo::slider(ui.is_enabled(), shown, label));

    let lit = response.hovered() || held.is_some();
    let lit = ui.ctx().animate_bool_with_time(id.with("lit"), lit, motion::state(ui));
    let half = 2.0 + lit * 0.5;
    let y = rect.center().y;
    let part = |from: f64, to: f64, color: Color32| {
        let x = |share: f64| rect.left() + share as f32 * rect.width();
        let bar = Rect::from_min_max(pos2(x(from), y - half), pos2(x(to), y + half));
        ui.painter().rect_filled(bar, CornerRadius::same(radius::RAIL), color);
    };
    part(0.0, 1.0, rail.rest);
    part(shown.min(ahead), ahead.clamp(0.0, 1.0), rail.ready);
    part(0.0, shown, rail.done);
    let knob = if rail.knob_always { 1.0 } else { lit };
    if knob > 0.0 {
        let center = pos2(rect.left() + shown as f32 * rect.width(), y);
        ui.painter().circle_filled(center, (6.5 + lit) * knob, rail.knob);
    }
    focus_ring(ui, &response, 4);
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    Moved { response, held, dropped }
}
