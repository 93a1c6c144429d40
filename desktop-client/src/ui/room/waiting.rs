//! Over the standing picture: for whom the room waits and why, and what one can do about it.

use cinemasync_core::interface::{Command, FilmCopy, PlaybackStage};
use eframe::egui::{CornerRadius, Rect, Ui, pos2, vec2};

use crate::ui::theme::{font, line, on_picture, radius, size, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::{Line, centred_galley, readable};
use crate::ui::{Scene, text};

/// The widest that the banner is.
const WIDTH: f32 = 520.0;

/// Has the film yet to start, and does the room want to know first whether all are ready?
fn asks_for_ready(scene: &Scene<'_>) -> bool {
    let playback = &scene.snapshot.playback;
    let here = playback.mine != FilmCopy::None && playback.state != PlaybackStage::Loading;
    scene.snapshot.rules.ready_check && !playback.started && here
}

/// Is there something to say that matters more than what is opened?
pub(super) fn is_wanted(scene: &Scene<'_>) -> bool {
    scene.snapshot.playback.waiting.is_some() || asks_for_ready(scene)
}

/// Draws the banner into the middle of the stage, if the film stands for a reason.
pub(super) fn banner(ui: &Ui, stage: Rect, scene: &mut Scene<'_>) {
    let snapshot = scene.snapshot;
    let (playback, me) = (&snapshot.playback, snapshot.me.id.as_ref());
    let stands = matches!(playback.state, PlaybackStage::Waiting | PlaybackStage::Loading);
    let asks = asks_for_ready(scene);
    let words = match &playback.waiting {
        Some(waiting) => text::waiting(waiting, me),
        None if asks => text::ready_check().to_owned(),
        None if stands => text::stage(playback),
        None => return,
    };
    let go_on = playback.waiting.as_ref().filter(|_| playback.may_steer);
    let go_on = go_on.map(|waiting| text::go_on_without(waiting, me));
    let mut answers = Vec::new();
    if asks {
        let (label, kind) = if playback.agreed {
            (text::not_ready_yet(), Kind::OverPicture)
        } else {
            (text::i_am_ready(), Kind::Primary)
        };
        answers.push((Button::text("ready", label).kind(kind), Command::Ready(!playback.agreed)));
    }
    if let Some(label) = &go_on {
        let button = Button::text("go on", label).kind(Kind::OverPicture);
        answers.push((button, Command::Play));
    }
    if let Some(command) = draw(ui, stage, &words, answers) {
        scene.command(command);
    }
}

/// Words with buttons below them, beside each other where there is room. Returns what was pressed.
fn draw(ui: &Ui, stage: Rect, words: &str, answers: Vec<(Button<'_>, Command)>) -> Option<Command> {
    let style = Line::new(font::body_strong(), on_picture::INK);
    let inner = (stage.width() - 4.0 * space::L).min(WIDTH);
    let galley = centred_galley(ui.painter(), words, &style, line::BODY, inner);
    let widths: Vec<f32> = answers.iter().map(|(button, _)| button.width(ui).min(inner)).collect();
    let gaps = space::S * widths.len().saturating_sub(1) as f32;
    let beside = widths.iter().sum::<f32>() + gaps;
    let is_row = beside <= inner;
    let (wide, tall) = match widths.len() {
        0 => (0.0, 0.0),
        _ if is_row => (beside, size::CONTROL + space::M),
        count => {
            let widest = widths.iter().copied().fold(0.0, f32::max);
            (widest, count as f32 * size::CONTROL + gaps + space::M)
        }
    };
    let content = vec2(galley.size().x.max(wide), galley.size().y + tall);
    let ground =
        Rect::from_center_size(stage.center(), content + vec2(2.0 * space::L, 2.0 * space::M));
    let corner = CornerRadius::same(radius::TILE);
    ui.painter().rect_filled(ground, corner, on_picture::CONTROL);
    let top = ground.top() + space::M;
    let place =
        Rect::from_min_size(pos2(ground.center().x - galley.size().x / 2.0, top), galley.size());
    readable(ui, place, words);
    let below = place.bottom() + space::M;
    ui.painter().galley(place.center_top(), galley, on_picture::INK);
    let mut corner = pos2(ground.center().x - wide / 2.0, below);
    let mut pressed = None;
    for ((button, command), width) in answers.into_iter().zip(widths) {
        let width = if is_row { width } else { wide };
        let place = Rect::from_min_size(corner, vec2(width, size::CONTROL));
        if button.show(ui, place).clicked() {
            pressed = Some(command);
        }
        if is_row {
            corner.x = place.right() + space::S;
        } else {
            corner.y = place.bottom() + space::S;
        }
    }
    pressed
}
