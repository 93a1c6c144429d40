//! One line of the chat: a person's bubble, with the place in the film that it speaks of, or a line of the
//! room's own.

use cinemasync_core::interface::ChatLine;
use cinemasync_protocol::ParticipantId;
use eframe::egui::{Align2, CornerRadius, Rect, Ui, pos2, vec2};

use super::BUBBLE_SHARE;
use super::rows::{self, Group};
use crate::ui::text;
use crate::ui::theme::{font, line, palette, radius, space};
use crate::ui::widgets::{Line, block_galley, chip, label, readable};

/// What all lines are drawn with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting<'a> {
    /// Oneself.
    pub(super) me: Option<&'a ParticipantId>,
    /// Local time minus UTC.
    pub(super) utc_offset_minutes: i32,
    /// Is there a film whose places can be gone to?
    pub(super) has_film: bool,
    /// Why one may not go there.
    pub(super) because: Option<&'a str>,
}

/// What became of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    /// The height it took.
    pub(super) height: f32,
    /// The place in the film that was pressed, in seconds.
    pub(super) asked: Option<f64>,
}

/// Draws one line from `place`'s top.
pub(super) fn show(
    ui: &Ui,
    place: Rect,
    said: &ChatLine,
    group: Group,
    with: &Setting<'_>,
) -> Shown {
    let colors = palette(ui);
    let Some(from) = &said.from else {
        return Shown { height: system(ui, place, &said.text), asked: None };
    };
    let own = with.me == Some(from);
    let mut y = place.top() + if group == Group::New { space::M } else { space::XS };
    if group == Group::New {
        let name = if own { text::YOU } else { &said.name };
        let time = text::clock_time(said.at_unix_ms, with.utc_offset_minutes);
        let words = format!("{name} · {time}");
        let row = Rect::from_min_size(pos2(place.left(), y), vec2(place.width(), rows::HEADER));
        let align = if own { Align2::RIGHT_TOP } else { Align2::LEFT_TOP };
        let style = Line::new(font::caption(), colors.text_2);
        label(ui, row.shrink2(vec2(2.0, 0.0)), align, &words, &style);
        y += rows::HEADER;
    }
    let style = Line::new(font::body(), colors.text_1);
    let width = place.width() * BUBBLE_SHARE - 2.0 * space::M;
    let galley = block_galley(ui.painter(), &said.text, &style, line::BODY, width);
    let film_time = said.film_secs.map(text::film_time);
    let mark = film_time.as_deref().map(|time| chip::width(ui, time));
    let beside = mark.map(|mark| galley.size().x + space::S + mark);
    let is_row = galley.rows.len() == 1 && beside.is_none_or(|beside| beside <= width);
    let content = match (mark, beside) {
        (Some(_), Some(beside)) if is_row => vec2(beside, galley.size().y),
        (Some(mark), _) => {
            vec2(galley.size().x.max(mark), galley.size().y + space::XS + chip::HEIGHT)
        }
        _ => galley.size(),
    };
    let whole = content + vec2(2.0 * space::M, 2.0 * rows::PADDING);
    let left = if own { place.right() - whole.x } else { place.left() };
    let bubble = Rect::from_min_size(pos2(left, y), whole);
    let fill = if own { colors.own_bubble } else { colors.surface_2 };
    ui.painter().rect_filled(bubble, CornerRadius::same(radius::CONTROL), fill);
    readable(ui, bubble, &said.text);
    let at = bubble.min + vec2(space::M, rows::PADDING);
    let words = galley.size();
    ui.painter().galley(at, galley, colors.text_1);
    let mut asked = None;
    if let (Some(seconds), Some(time), Some(mark)) = (said.film_secs, &film_time, mark) {
        let corner = if is_row {
            pos2(at.x + words.x + space::S, bubble.center().y - chip::HEIGHT / 2.0)
        } else {
            pos2(at.x, at.y + words.y + space::XS)
        };
        let rect = Rect::from_min_size(corner, vec2(mark, chip::HEIGHT));
        let key = (from, &said.id);
        if with.has_film {
            let name = text::place(seconds);
            let pressed = chip::show(ui, rect, key, &name, time, with.because);
            asked = pressed.then_some(seconds);
        } else {
            chip::paint(ui, rect, time, false);
            readable(ui, rect, time);
        }
    }
    Shown { height: bubble.bottom() - place.top(), asked }
}

fn system(ui: &Ui, place: Rect, words: &str) -> f32 {
    let colors = palette(ui);
    let style = Line::new(font::caption(), colors.text_3);
    let galley = block_galley(ui.painter(), words, &style, 18.0, place.width() - space::L);
    let at = pos2(place.center().x - galley.size().x / 2.0, place.top() + space::S);
    let rect = Rect::from_min_size(at, galley.size());
    readable(ui, rect, words);
    ui.painter().galley(at, galley, colors.text_3);
    rect.bottom() - place.top()
}
