//! One's own switches in the call: microphone, camera, screen, reactions, leaving.

use cinemasync_core::interface::Command;
use eframe::egui::{
    CornerRadius, PopupCloseBehavior, Pos2, Rect, RectAlign, Sense, Ui, Vec2, pos2, vec2,
};

use super::Room;
use super::reactions::reaction;
use crate::ui::theme::{font, icons, palette, size, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::{Line, columns, line_galley, menu};
use crate::ui::{Scene, text};

/// How tall the mark with a count is.
const BADGE: f32 = 18.0;

impl Room {
    /// Draws the switches into `row`: spread over a narrow window's whole width, centred elsewhere. Returns
    /// where they end.
    pub(super) fn controls(&mut self, ui: &mut Ui, row: Rect, scene: &mut Scene<'_>) -> f32 {
        let narrow = ui.max_rect().width() < size::NARROW_BELOW;
        let folds = narrow || self.theatre;
        let count = 5 + 2 * usize::from(folds) + usize::from(self.theatre);
        let gaps = (count - 1) as f32;
        let fair = (row.width() - gaps * space::XS) / count as f32;
        let side = fair.clamp(size::SMALL, size::CONTROL);
        let spread = (row.width() - count as f32 * side) / gaps;
        let gap = if narrow && !self.theatre { spread } else { spread.min(space::S) };
        let whole = count as f32 * side + gaps * gap;
        let mut x = if self.theatre { row.left() } else { row.center().x - whole / 2.0 };
        let mut cell = || {
            let left = x;
            x += side + gap;
            Rect::from_min_size(pos2(left, row.center().y - side / 2.0), Vec2::splat(side))
        };
        let on = if self.theatre { Kind::OverPicture } else { Kind::Control };
        let kind = |is_on: bool| if is_on { on } else { Kind::Danger };

        let microphone = scene.snapshot.me.microphone;
        let (label, sign) = if microphone {
            (text::mute(), icons::MICROPHONE)
        } else {
            (text::unmute(), icons::MICROPHONE_OFF)
        };
        let button = Button::icon("microphone", label, sign).kind(kind(microphone));
        if button.show(ui, cell()).clicked() {
            scene.command(Command::Microphone(!microphone));
        }

        let camera = scene.snapshot.me.camera;
        let (label, sign) = if camera {
            (text::camera_off(), icons::CAMERA)
        } else {
            (text::camera_on(), icons::CAMERA_OFF)
        };
        let button = Button::icon("camera", label, sign).kind(kind(camera));
        if button.show(ui, cell()).clicked() {
            scene.command(Command::Camera(!camera));
        }

        let sharing = scene.snapshot.sharing.is_some();
        let (label, share_kind) = if sharing {
            (text::stop_sharing(), Kind::Primary)
        } else {
            (text::share_screen(), on)
        };
        let button = Button::icon("share screen", label, icons::SHARE).kind(share_kind);
        if button.show(ui, cell()).clicked() {
            if sharing {
                scene.command(Command::StopSharing);
            } else {
                self.picker.open(ui, scene);
            }
        }

        let hand = scene.snapshot.me.hand;
        let (sign, kind) = if hand { (icons::HAND, Kind::Primary) } else { (icons::REACT, on) };
        let react = Button::icon("react", text::react(), sign).kind(kind);
        let react = react.show(ui, cell());
        let across = text::REACTIONS.len() + 1;
        let width = across as f32 * size::CONTROL;
        menu::popup(ui, &react, width, PopupCloseBehavior::CloseOnClick, RectAlign::TOP, |ui| {
            let wanted = vec2(width, size::CONTROL);
            let (rect, _) = ui.allocate_exact_size(wanted, Sense::empty());
            let cells = columns(rect, across, 0.0);
            for (emoji, cell) in text::REACTIONS.iter().zip(&cells) {
                let cell = *cell;
                let pressed = Button::blank(emoji, emoji).show(ui, cell).clicked();
                let ink = palette(ui).text_1;
                reaction(ui.painter(), cell.center(), emoji, size::ICON, ink);
                if pressed {
                    scene.command(Command::React((*emoji).to_owned()));
                    ui.close();
                }
            }
            if let Some(last) = cells.last() {
                let name = if hand { text::lower_hand() } else { text::raise_hand() };
                let button = Button::icon("hand", name, icons::HAND);
                let button = button.kind(if hand { Kind::Primary } else { Kind::Quiet });
                if button.show(ui, *last).clicked() {
                    scene.command(Command::RaiseHand(!hand));
                    ui.close();
                }
            }
        });

        if folds {
            self.chat_switch(ui, cell(), on);
            self.layout_switch(ui, cell(), on);
        }
        if self.theatre {
            self.faces_over.button(ui, cell(), scene);
        }
        let leave = Button::icon("leave", text::leave(), icons::LEAVE).kind(Kind::Danger);
        let last = cell();
        if leave.show(ui, last).clicked() {
            scene.command(Command::Leave);
        }
        last.right()
    }

    /// Where the chat can be put away: the switch for it, with how many messages wait.
    fn chat_switch(&mut self, ui: &Ui, place: Rect, kind: Kind) {
        let open = self.shows_chat();
        let unread = self.passing.unread();
        let label = text::chat_switch(open, unread);
        if Button::icon("chat", &label, icons::CHAT).kind(kind).show(ui, place).clicked() {
            if open {
                self.close_chat();
            } else {
                self.open_chat(ui);
            }
        }
        if unread > 0 {
            badge(ui, place.right_top(), unread);
        }
    }
}

/// How many wait, at the corner of a switch.
pub(super) fn badge(ui: &Ui, corner: Pos2, count: usize) {
    let colors = palette(ui);
    let words = if count > 99 { "99+".to_owned() } else { count.to_string() };
    let line = Line::new(font::caption_strong(), colors.amber_ink);
    let galley = line_galley(ui.painter(), &words, &line, size::CONTROL);
    let whole = vec2((galley.size().x + space::S).max(BADGE), BADGE);
    let rect = Rect::from_center_size(corner + vec2(-space::XS, space::XS), whole);
    ui.painter().rect_filled(rect, CornerRadius::same((BADGE / 2.0) as u8), colors.amber);
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, colors.amber_ink);
}
