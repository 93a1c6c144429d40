//! What opens from somebody's picture: how loud the voice and the shared screen are, the safety code,
//! and what to decide when the program behind it is another one than before.

use cinemasync_core::interface::{Command, OtherKey, ParticipantView};
use cinemasync_core::safety_code::SafetyCode;
use eframe::egui::{
    Align2, Color32, PopupCloseBehavior, Rect, RectAlign, Response, Sense, Ui, pos2, vec2,
};

use crate::ui::theme::{font, icons, line, palette, size, space};
use crate::ui::widgets::button::Kind;
use crate::ui::widgets::slider::{Rail, slider};
use crate::ui::widgets::{Line, icon, label, menu, readable};
use crate::ui::{Scene, text};

/// The panel's width.
const WIDTH: f32 = 336.0;
/// Signs of a code beside each other.
const ACROSS: usize = 4;
/// A sign with its name.
const SIGN: f32 = 54.0;
/// The most that a voice can be raised.
const LOUDEST: f64 = cinemasync_core::voice_settings::MAX_VOICE_VOLUME;

/// Opens with the picture that was pressed.
pub(super) fn menu(ui: &Ui, picture: &Response, person: &ParticipantView, scene: &mut Scene<'_>) {
    let close = PopupCloseBehavior::CloseOnClickOutside;
    let mut asked = Vec::new();
    menu::popup(ui, picture, WIDTH, close, RectAlign::BOTTOM_END, |ui| {
        menu::caption(ui, &person.name);
        if let Some(other) = person.other_key {
            other_key(ui, person, other, &mut asked);
        }
        let name = text::volume_of(&person.name);
        if let Some(to) = volume(ui, &name, person.volume) {
            asked.push(Command::VoiceVolume { who: person.id.clone(), volume: to });
        }
        if person.screen_audio {
            menu::caption(ui, &text::screen_of(&person.name));
            let name = text::screen_volume_of(&person.name);
            if let Some(to) = volume(ui, &name, person.screen_volume) {
                asked.push(Command::ScreenVolume { who: person.id.clone(), volume: to });
            }
        }
        safety(ui, person, &mut asked);
    });
    for command in asked {
        scene.command(command);
    }
}

/// A slider called `name`; how loud somebody is to be, if that changes.
fn volume(ui: &mut Ui, name: &str, loudness: f64) -> Option<f64> {
    let colors = palette(ui);
    let wanted = vec2(ui.available_width(), size::CONTROL);
    let (row, _) = ui.allocate_exact_size(wanted, Sense::empty());
    let row = row.shrink2(vec2(space::S, 0.0));
    let sign = match loudness {
        volume if volume <= 0.0 => icons::VOLUME_OFF,
        volume if volume < 0.5 => icons::VOLUME_LOW,
        _ => icons::VOLUME,
    };
    let at = pos2(row.left() + size::ICON_TEXT / 2.0, row.center().y);
    icon(ui.painter(), at, sign, size::ICON_TEXT, colors.text_2);
    let figure = row.with_min_x(row.right() - 48.0);
    let line = Line::new(font::caption(), colors.text_2);
    label(ui, figure, Align2::RIGHT_CENTER, &text::share(loudness), &line);
    let rail = Rect::from_min_max(
        pos2(at.x + size::ICON_TEXT / 2.0 + space::M, row.top()),
        pos2(figure.left() - space::S, row.bottom()),
    );
    let look = Rail {
        done: colors.teal,
        ready: Color32::TRANSPARENT,
        rest: colors.surface_4,
        knob: colors.text_1,
        knob_always: true,
    };
    let moved = slider(ui, rail, (name, name), (loudness / LOUDEST, 0.0, 0.05), look);
    let to = moved.held.or(moved.dropped).map(|share| settle(share * LOUDEST));
    to.filter(|to| (to - loudness).abs() > 0.005)
}

/// Near the loudness that a voice came with, it is exactly that.
pub(super) fn settle(volume: f64) -> f64 {
    if (volume - 1.0).abs() < 0.04 { 1.0 } else { volume }
}

fn safety(ui: &mut Ui, person: &ParticipantView, asked: &mut Vec<Command>) {
    let colors = palette(ui);
    menu::caption(ui, text::safety_code());
    let Some(code) = person.safety_code else {
        return menu::hint(ui, text::no_safety_code(), colors.text_2);
    };
    signs(ui, code);
    if person.compared {
        marked(ui, &text::compared(&person.name));
        if menu::button(ui, "compared", text::take_back(), Kind::Quiet).clicked() {
            asked.push(Command::Compared(person.id.clone(), false));
        }
    } else {
        menu::hint(ui, &text::how_to_compare(&person.name), colors.text_2);
        if menu::button(ui, "compared", text::they_are_equal(), Kind::Control).clicked() {
            asked.push(Command::Compared(person.id.clone(), true));
        }
    }
}

fn signs(ui: &mut Ui, code: SafetyCode) {
    let colors = palette(ui);
    let signs = code.signs();
    let down = signs.len().div_ceil(ACROSS);
    let wanted = vec2(ui.available_width(), SIGN * down as f32);
    let (area, _) = ui.allocate_exact_size(wanted, Sense::empty());
    readable(ui, area, &format!("{}: {code}", text::safety_code()));
    let step = area.width() / ACROSS as f32;
    for (index, sign) in signs.iter().enumerate() {
        let (column, row) = ((index % ACROSS) as f32, (index / ACROSS) as f32);
        let corner = area.min + vec2(column * step, row * SIGN);
        let cell = Rect::from_min_size(corner, vec2(step, SIGN));
        let picture = cell.with_max_y(cell.top() + 32.0);
        let font = font::sign();
        ui.painter().text(picture.center(), Align2::CENTER_CENTER, sign.emoji, font, colors.text_1);
        let line = Line::new(font::caption(), colors.text_2);
        let below = cell.with_min_y(picture.bottom());
        label(
            ui,
            below.with_max_y(below.top() + line::CAPTION),
            Align2::CENTER_CENTER,
            sign.name,
            &line,
        );
    }
}

fn marked(ui: &mut Ui, words: &str) {
    let colors = palette(ui);
    let wanted = vec2(ui.available_width(), size::SMALL);
    let (row, _) = ui.allocate_exact_size(wanted, Sense::empty());
    let row = row.shrink2(vec2(space::S, 0.0));
    let at = pos2(row.left() + size::ICON_SMALL / 2.0, row.center().y);
    icon(ui.painter(), at, icons::COMPARED, size::ICON_SMALL, colors.teal);
    let line = Line::new(font::body(), colors.text_1);
    let beside = row.with_min_x(row.left() + size::ICON_SMALL + space::S);
    label(ui, beside, Align2::LEFT_CENTER, words, &line);
}

fn other_key(ui: &mut Ui, person: &ParticipantView, other: OtherKey, asked: &mut Vec<Command>) {
    let colors = palette(ui);
    menu::hint(ui, &text::other_key(&person.name, person.compared), colors.red);
    if menu::button(ui, "accept key", text::accept_key(), Kind::Danger).clicked() {
        asked.push(Command::AcceptKey(person.id.clone()));
    }
    if other == OtherKey::Asks
        && menu::button(ui, "refuse key", text::refuse_key(), Kind::Control).clicked()
    {
        asked.push(Command::RefuseKey(person.id.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_as_it_came_is_easily_hit() {
        assert!((settle(1.03) - 1.0).abs() < f64::EPSILON);
        assert!((settle(1.2) - 1.2).abs() < f64::EPSILON);
        assert!(settle(0.0).abs() < f64::EPSILON);
    }
}
