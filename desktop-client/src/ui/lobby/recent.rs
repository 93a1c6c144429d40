//! The rooms in which one was: one press goes in again, another forgets.

use cinemasync_core::recent_rooms::{RecentRoom, RecentRooms};
use eframe::egui::{
    Align2, CornerRadius, CursorIcon, Rect, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::Lobby;
use crate::ui::theme::{font, icons, letters, palette, radius, size, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::{Line, focus_ring, label};
use crate::ui::{Scene, UiAction, text};

/// So many are shown.
const SHOWN: usize = 3;
/// Height of the caption, and of a room.
const CAPTION: f32 = 26.0;
const ROW: f32 = size::CONTROL;

/// The rooms.
#[derive(Debug, Default)]
pub(super) struct Recent {
    pub(super) rooms: RecentRooms,
    /// How late it was then, in Unix seconds.
    pub(super) now_unix_secs: u64,
    /// The one that was forgotten last, while that can be taken back.
    pub(super) forgotten: Option<RecentRoom>,
}

/// What was pressed.
enum Pressed {
    GoIn(RecentRoom),
    Forget(RecentRoom),
    Remember(RecentRoom),
}

impl Recent {
    /// How tall all of it is.
    pub(super) fn height(&self) -> f32 {
        match self.rooms.rooms.len().min(SHOWN) + usize::from(self.forgotten.is_some()) {
            0 => 0.0,
            count => space::L + CAPTION + count as f32 * (ROW + space::XS),
        }
    }

    fn show(&self, ui: &Ui, rect: Rect) -> Option<Pressed> {
        let style = Line::new(font::caption(), palette(ui).text_2);
        let caption = Rect::from_min_size(rect.min, vec2(rect.width(), CAPTION));
        label(ui, caption, Align2::LEFT_TOP, text::recent_rooms(), &style);
        let mut pressed = None;
        let mut top = caption.bottom();
        for room in self.rooms.rooms.iter().take(SHOWN) {
            let row = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), ROW));
            pressed = self.one(ui, row, room).or(pressed);
            top = row.bottom() + space::XS;
        }
        if let Some(room) = &self.forgotten {
            let row = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), ROW));
            if forgotten(ui, row, room) {
                return Some(Pressed::Remember(room.clone()));
            }
        }
        pressed
    }

    fn one(&self, ui: &Ui, row: Rect, room: &RecentRoom) -> Option<Pressed> {
        let colors = palette(ui);
        let side = Vec2::splat(size::SMALL);
        let close = Rect::from_center_size(
            pos2(row.right() - space::XS - side.x / 2.0, row.center().y),
            side,
        );
        let code = text::code(room.code);
        let with = text::recent(&room.names, self.now_unix_secs.saturating_sub(room.at_unix_secs));
        let pressable = row.with_max_x(close.left() - space::XS);
        let id = ui.scope_id().with(("recent", room.code.as_str(), &room.server));
        let response = ui.interact(pressable, id, Sense::click());
        let name = text::go_in_again(&code, &with);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &name));
        let fill = if response.hovered() { colors.surface_2 } else { colors.surface_1 };
        ui.painter().rect_filled(row, CornerRadius::same(radius::CONTROL), fill);
        focus_ring(ui, &response, radius::CONTROL);
        let mut style = Line::new(font::body_strong(), colors.text_1);
        style.letters = letters::CODE;
        let inner = pressable.shrink2(vec2(space::M, 0.0));
        let at = label(ui, inner, Align2::LEFT_CENTER, &code, &style);
        let style = Line::new(font::caption(), colors.text_2);
        let beside = inner.with_min_x(at.right() + space::M);
        label(ui, beside, Align2::LEFT_CENTER, &with, &style);
        let (key, forget) = (format!("forget {code}"), text::forget_room(&code));
        let button = Button::icon(&key, &forget, icons::CLOSE).small().kind(Kind::Quiet);
        if button.show(ui, close).clicked() {
            return Some(Pressed::Forget(room.clone()));
        }
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        response.clicked().then(|| Pressed::GoIn(room.clone()))
    }
}

/// Says which room was forgotten; true if that is to be taken back.
fn forgotten(ui: &Ui, row: Rect, room: &RecentRoom) -> bool {
    let button = Button::text("remember", text::undo_label()).kind(Kind::Link);
    let width = button.width(ui);
    let place = row.with_min_x(row.right() - width);
    let words = text::forgotten_room(text::code(room.code));
    let style = Line::new(font::caption(), palette(ui).text_2);
    let beside = row.with_max_x(place.left()).with_min_x(row.left() + space::M);
    label(ui, beside, Align2::LEFT_CENTER, &words, &style);
    button.show(ui, place).clicked()
}

impl Lobby {
    /// Draws the rooms from `rect`'s top.
    pub(super) fn recent(&mut self, ui: &Ui, rect: Rect, scene: &mut Scene<'_>) {
        match self.recent.show(ui, rect) {
            Some(Pressed::GoIn(room)) => {
                self.set_code(room.code.as_str().to_owned());
                self.server.use_address(room.server);
                self.join(scene);
            }
            Some(Pressed::Forget(room)) => {
                (scene.send)(UiAction::ForgetRoom(room.code));
                self.recent.forgotten = Some(room);
            }
            Some(Pressed::Remember(room)) => {
                self.recent.forgotten = None;
                (scene.send)(UiAction::RememberRoom(room));
            }
            None => {}
        }
    }
}
