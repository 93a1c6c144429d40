//! While one shares one's own screen: a frame around the window, and a banner that says what is
//! shared and ends it.

use cinemasync_core::interface::{Command, SharingView};
use eframe::egui::{
    Align2, CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2,
};

use super::Room;
use crate::ui::theme::icons;
use crate::ui::theme::{font, on_picture, palette, radius, size, space};
use crate::ui::video::Placement;
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::{Line, icon, label};
use crate::ui::{Scene, text};

/// How tall the banner is.
const HEIGHT: f32 = size::CONTROL + space::S;
/// The widest that it is on a picture.
const WIDEST: f32 = 640.0;
/// The small picture in it.
const PICTURE: f32 = 64.0;

/// How much room the banner takes.
pub(in crate::ui) fn banner_room(scene: &Scene<'_>) -> f32 {
    if scene.snapshot.sharing.is_some() { HEIGHT + space::S } else { 0.0 }
}

/// A frame around the whole window, so that nobody forgets.
pub(super) fn mark(ui: &Ui, whole: Rect, scene: &Scene<'_>) {
    if scene.snapshot.sharing.is_some() {
        let stroke = Stroke::new(size::RING, palette(ui).amber_mark);
        ui.painter().rect_stroke(whole, CornerRadius::ZERO, stroke, StrokeKind::Inside);
    }
}

impl Room {
    /// Draws the banner from `row`'s top, if one shares.
    pub(super) fn sharing_banner(&mut self, ui: &mut Ui, row: Rect, scene: &mut Scene<'_>) {
        let Some(sharing) = scene.snapshot.sharing.clone() else { return };
        let over = self.theatre;
        let width = if over { row.width().min(WIDEST) } else { row.width() };
        let corner = pos2(row.center().x - width / 2.0, row.top());
        let rect = Rect::from_min_size(corner, vec2(width, HEIGHT));
        // What lies below is not pressed through it.
        let ui = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("sharing"));
        ui.interact(rect, ui.scope_id().with("ground"), Sense::click());
        let fill = if over { on_picture::CONTROL_HOVER } else { palette(&ui).surface_1 };
        ui.painter().rect_filled(rect, CornerRadius::same(radius::CONTROL), fill);
        let inner = rect.shrink(space::XS);
        let narrow = rect.width() < 480.0;
        let right = self.banner_buttons(&ui, inner, narrow, scene);
        words(&ui, inner.with_max_x(right - space::S), &sharing, narrow, over, scene);
    }

    /// What can be done, from the right. Returns where it begins.
    fn banner_buttons(&mut self, ui: &Ui, inner: Rect, narrow: bool, scene: &mut Scene<'_>) -> f32 {
        let mut right = inner.right();
        let mut place = |width: f32| {
            let rect = inner.with_max_x(right).with_min_x(right - width);
            right = rect.left() - space::XS;
            rect
        };
        let stop = Button::text("stop sharing", text::stop()).called(text::stop_sharing());
        let stop = stop.with_icon(icons::STOP).kind(Kind::Danger);
        if stop.show(ui, place(104.0)).clicked() {
            scene.command(Command::StopSharing);
        }
        let change = if narrow {
            let side = inner.height();
            let button = Button::icon("change shared", text::change_shared(), icons::SHARE);
            button.kind(Kind::Quiet).show(ui, place(side))
        } else {
            let button =
                Button::text("change shared", text::change()).called(text::change_shared());
            let wide = button.width(ui);
            button.kind(Kind::Quiet).show(ui, place(wide))
        };
        if change.clicked() {
            self.picker.open(ui, scene);
        }
        right
    }
}

/// What is shared, with a small picture of it.
fn words(
    ui: &Ui,
    mut rest: Rect,
    sharing: &SharingView,
    narrow: bool,
    over: bool,
    scene: &Scene<'_>,
) {
    let colors = palette(ui);
    let preview = scene.frames.own_screen.get().filter(|_| !narrow);
    if let Some(frame) = preview {
        let place = rest.with_max_x(rest.left() + PICTURE).shrink(1.0);
        let ground = CornerRadius::same(radius::SMALL);
        ui.painter().rect_filled(place, ground, colors.film_surround);
        let picture = super::stage::letterbox(place, frame.width, frame.height);
        let placement = Placement { corner: 0.0, mirrored: false, whole: true };
        scene.pictures.draw(ui, "own screen", &scene.frames.own_screen, picture, placement);
        rest.min.x = place.right() + space::M;
    } else {
        rest.min.x += space::M;
    }
    let ink = if over { on_picture::INK } else { colors.text_1 };
    let sign = if over { on_picture::MARKS.amber } else { colors.amber_text };
    let at = pos2(rest.left() + size::ICON_SMALL / 2.0, rest.center().y);
    icon(ui.painter(), at, icons::SHARE, size::ICON_SMALL, sign);
    rest.min.x = at.x + size::ICON_SMALL / 2.0 + space::S;
    if sharing.sound && !narrow {
        let beside = Rect::from_min_max(pos2(rest.right() - size::SMALL, rest.top()), rest.max);
        icon(ui.painter(), beside.center(), icons::VOLUME, size::ICON_TEXT, ink);
        crate::ui::widgets::readable(ui, beside, text::sent_with_sound());
        rest.max.x = beside.left();
    }
    let line = Line::new(font::body_strong(), ink);
    label(ui, rest, Align2::LEFT_CENTER, &text::you_share(sharing), &line);
}
