//! One's own switches in the call: microphone, camera, screen, reactions, leaving.

use cinemasync_core::interface::Command;
use eframe::egui::{PopupCloseBehavior, Rect, RectAlign, Sense, Ui, Vec2, pos2, vec2};

use super::Room;
use super::reactions::reaction;
use crate::ui::theme::{icons, palette, size, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::{columns, menu};
use crate::ui::{Scene, text};

impl Room {
    /// Draws the switches into `row`: spread over a narrow window's whole width, centred elsewhere.
    pub(super) fn controls(&mut self, ui: &mut Ui, row: Rect, scene: &mut Scene<'_>) {
        const COUNT: usize = 5;
        let narrow = ui.max_rect().width() < size::NARROW_BELOW;
        let side = size::CONTROL;
        let gap = if narrow {
            (row.width() - COUNT as f32 * side) / (COUNT - 1) as f32
        } else {
            space::S
        };
        let whole = COUNT as f32 * side + (COUNT - 1) as f32 * gap;
        let left = if self.theatre { row.left() } else { row.center().x - whole / 2.0 };
        let cell = |index: usize| {
            let x = left + index as f32 * (side + gap);
            Rect::from_min_size(pos2(x, row.center().y - side / 2.0), Vec2::splat(side))
        };
        let on = if self.theatre { Kind::OverPicture } else { Kind::Control };
        let kind = |is_on: bool| if is_on { on } else { Kind::Danger };

        let microphone = scene.snapshot.me.microphone;
        let (label, sign) = if microphone {
            (text::MUTE, icons::MICROPHONE)
        } else {
            (text::UNMUTE, icons::MICROPHONE_OFF)
        };
        let button = Button::icon("microphone", label, sign).kind(kind(microphone));
        if button.show(ui, cell(0)).clicked() {
            scene.command(Command::Microphone(!microphone));
        }

        let camera = scene.snapshot.me.camera;
        let (label, sign) = if camera {
            (text::CAMERA_OFF, icons::CAMERA)
        } else {
            (text::CAMERA_ON, icons::CAMERA_OFF)
        };
        let button = Button::icon("camera", label, sign).kind(kind(camera));
        if button.show(ui, cell(1)).clicked() {
            scene.command(Command::Camera(!camera));
        }

        let sharing = scene.snapshot.sharing.is_some();
        let (label, share_kind) =
            if sharing { (text::STOP_SHARING, Kind::Primary) } else { (text::SHARE_SCREEN, on) };
        let button = Button::icon("share screen", label, icons::SHARE).kind(share_kind);
        if button.show(ui, cell(2)).clicked() {
            if sharing {
                scene.command(Command::StopSharing);
            } else {
                self.picker.open(ui, scene);
            }
        }

        let react = Button::icon("react", text::REACT, icons::REACT).kind(on);
        let react = react.show(ui, cell(3));
        let width = text::REACTIONS.len() as f32 * size::CONTROL;
        menu::popup(ui, &react, width, PopupCloseBehavior::CloseOnClick, RectAlign::TOP, |ui| {
            let wanted = vec2(width, size::CONTROL);
            let (rect, _) = ui.allocate_exact_size(wanted, Sense::empty());
            for (emoji, cell) in
                text::REACTIONS.iter().zip(columns(rect, text::REACTIONS.len(), 0.0))
            {
                let pressed = Button::blank(emoji, emoji).show(ui, cell).clicked();
                let ink = palette(ui).text_1;
                reaction(ui.painter(), cell.center(), emoji, size::ICON, ink);
                if pressed {
                    scene.command(Command::React((*emoji).to_owned()));
                    ui.close();
                }
            }
        });

        let leave = Button::icon("leave", text::LEAVE, icons::LEAVE).kind(Kind::Danger);
        if leave.show(ui, cell(4)).clicked() {
            scene.command(Command::Leave);
        }
    }
}
