//! Which camera, microphone and loudspeaker, with one's picture and level.

use cinemasync_core::devices::{DeviceKind, DeviceView};
use cinemasync_core::interface::Command;
use eframe::egui::{Align2, CornerRadius, Rect, Sense, Ui, pos2, vec2};

use crate::ui::theme::{font, icons, palette, radius, size, space};
use crate::ui::video::Placement;
use crate::ui::widgets::meter::meter;
use crate::ui::widgets::{Line, icon, label, menu, readable};
use crate::ui::{Scene, text};

/// Width of one's picture.
const PICTURE: f32 = 224.0;

/// The devices of a kind.
fn view<'a>(kind: DeviceKind, scene: &'a Scene<'_>) -> &'a DeviceView {
    let devices = &scene.snapshot.devices;
    match kind {
        DeviceKind::Camera => &devices.cameras,
        DeviceKind::Microphone => &devices.microphones,
        DeviceKind::Speaker => &devices.speakers,
    }
}

/// What a person calls the device in use, if there is one.
pub(in crate::ui) fn in_use(kind: DeviceKind, scene: &Scene<'_>) -> Option<String> {
    let view = view(kind, scene);
    let id = view.in_use.as_ref()?;
    let device = view.available.iter().find(|device| device.id == *id)?;
    Some(device.name.clone())
}

/// The choice in words.
pub(super) fn now(kind: DeviceKind, scene: &Scene<'_>) -> String {
    let view = view(kind, scene);
    let name = |id: &String| {
        let found = view.available.iter().find(|device| device.id == *id);
        found.map_or_else(|| text::away().to_owned(), |device| device.name.clone())
    };
    match (&view.chosen, in_use(kind, scene)) {
        (Some(chosen), _) => name(chosen),
        (None, Some(used)) => used,
        (None, None) if view.available.is_empty() => text::no_device().to_owned(),
        (None, None) => text::system_default().to_owned(),
    }
}

/// The list; true when something was chosen.
pub(super) fn choices(ui: &mut Ui, kind: DeviceKind, scene: &mut Scene<'_>) -> bool {
    let view = view(kind, scene).clone();
    let mut wanted = None;
    if menu::choice(ui, text::system_default(), view.chosen.is_none()).clicked() {
        wanted = Some(None);
    }
    for device in &view.available {
        let chosen = view.chosen.as_ref() == Some(&device.id);
        if menu::choice(ui, &device.name, chosen).clicked() {
            wanted = Some(Some(device.id.clone()));
        }
    }
    let chose = wanted.is_some();
    if let Some(id) = wanted {
        scene.command(Command::ChooseDevice { kind, id });
    }
    chose
}

/// One's own picture as the others see it, mirrored.
pub(super) fn preview(ui: &mut Ui, scene: &Scene<'_>) {
    let colors = palette(ui);
    let height = PICTURE * 9.0 / 16.0;
    let wanted = vec2(ui.available_width(), height + space::S);
    let (area, _) = ui.allocate_exact_size(wanted, Sense::empty());
    let corner = pos2(area.center().x - PICTURE / 2.0, area.top());
    let rect = Rect::from_min_size(corner, vec2(PICTURE, height));
    ui.painter().rect_filled(rect, CornerRadius::same(radius::TILE), colors.surface_2);
    let placement = Placement { corner: f32::from(radius::TILE), mirrored: true, whole: false };
    let on = scene.snapshot.me.camera;
    let shown = on && scene.pictures.draw(ui, "own", &scene.frames.own, rect, placement);
    if !shown {
        let words = if on { text::camera_starting() } else { text::camera_is_off() };
        let line = Line::new(font::caption(), colors.text_2);
        label(ui, rect, Align2::CENTER_CENTER, words, &line);
    }
}

/// How loud one's microphone is.
pub(super) fn level(ui: &mut Ui, scene: &Scene<'_>) {
    let colors = palette(ui);
    let wanted = vec2(ui.available_width(), size::SMALL);
    let (row, _) = ui.allocate_exact_size(wanted, Sense::empty());
    let row = row.shrink2(vec2(space::M, 0.0));
    let on = scene.snapshot.me.microphone;
    let sign = if on { icons::MICROPHONE } else { icons::MICROPHONE_OFF };
    let at = pos2(row.left() + size::ICON_TEXT / 2.0, row.center().y);
    icon(ui.painter(), at, sign, size::ICON_TEXT, colors.text_2);
    let cells = Rect::from_min_max(
        pos2(at.x + size::ICON_TEXT / 2.0 + space::M, row.center().y - 7.0),
        pos2(row.right(), row.center().y + 7.0),
    );
    meter(ui, cells, if on { scene.snapshot.me.level } else { 0.0 });
    readable(ui, row, if on { text::level() } else { text::microphone_is_off() });
}
