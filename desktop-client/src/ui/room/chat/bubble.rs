//! One line of the chat: a person's bubble, with the place in the film that it speaks of and addresses that
//! can be pressed, or a line of the room's own. Its text can be selected and copied.

use std::ops::Range;
use std::sync::Arc;

use cinemasync_core::interface::ChatLine;
use cinemasync_protocol::ParticipantId;
use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::text_selection::LabelSelectionState;
use eframe::egui::{
    Align2, Color32, CornerRadius, CursorIcon, Galley, Id, InputState, Painter, Pos2, Rect,
    Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::links::{Link, links};
use super::rows::{self, Group};
use super::{Asked, BUBBLE_SHARE};
use crate::ui::text;
use crate::ui::theme::{font, line, palette, radius, size, space};
use crate::ui::widgets::{Line, block_galley, chip, focus_ring, label, readable};

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
#[derive(Debug, Clone)]
pub(super) struct Shown {
    /// The height it took.
    pub(super) height: f32,
    /// What was pressed.
    pub(super) asked: Option<Asked>,
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
        return Shown { height: system(ui, place, &text::system_line(said)), asked: None };
    };
    let own = with.me == Some(from);
    let mut y = place.top() + if group == Group::New { space::M } else { space::XS };
    if group == Group::New {
        let name = if own { text::you() } else { &said.name };
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
    let found = links(&said.text);
    let galley = laid_out(ui.painter(), &said.text, &found, &style, width, colors.amber_text);
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
    let at = bubble.min + vec2(space::M, rows::PADDING);
    let words = galley.size();
    let id = ui.scope_id().with(("message", from, &said.id));
    let response = selectable(ui, id, Rect::from_min_size(at, words), &said.text);
    let (on_link, mut asked) = link_pressed(ui, id, at, &galley, &said.text, &found);
    if on_link {
        // A selection does not begin here.
        ui.painter().galley(at, galley, colors.text_1);
    } else {
        let (ink, line) = (colors.text_1, Stroke::NONE);
        LabelSelectionState::label_text_selection(ui, &response, at, galley, ink, line);
    }
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
            asked = asked.or(pressed.then_some(Asked::Place(seconds)));
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
    let galley = block_galley(ui.painter(), words, &style, line::CAPTION, place.width() - space::L);
    let at = pos2(place.center().x - galley.size().x / 2.0, place.top() + space::S);
    let rect = Rect::from_min_size(at, galley.size());
    readable(ui, rect, words);
    ui.painter().galley(at, galley, colors.text_3);
    rect.bottom() - place.top()
}

/// Lays out a message, its addresses marked.
fn laid_out(
    painter: &Painter,
    text: &str,
    found: &[Link],
    style: &Line,
    width: f32,
    link: Color32,
) -> Arc<Galley> {
    if found.is_empty() {
        return block_galley(painter, text, style, line::BODY, width);
    }
    let plain = TextFormat {
        font_id: style.font.clone(),
        color: style.color,
        line_height: Some(line::BODY),
        ..TextFormat::default()
    };
    let marked =
        TextFormat { color: link, underline: Stroke::new(size::HAIR, link), ..plain.clone() };
    let mut job = LayoutJob::default();
    let mut from = 0;
    for one in found {
        job.append(&text[from..one.at.start], 0.0, plain.clone());
        job.append(&text[one.at.clone()], 0.0, marked.clone());
        from = one.at.end;
    }
    job.append(&text[from..], 0.0, plain);
    job.wrap.max_width = width.max(1.0);
    painter.layout_job(job)
}

/// Text that can be selected with the pointer and copied.
fn selectable(ui: &Ui, id: Id, rect: Rect, text: &str) -> Response {
    // A finger scrolls.
    let touch = ui.input(InputState::has_touch_screen);
    let sense = if touch { Sense::click() } else { Sense::click_and_drag() };
    let response = ui.interact(rect, id, sense - Sense::FOCUSABLE);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), text));
    response
}

/// Lets the addresses of a message be pressed. Returns whether the pointer is on one, and the one that was
/// pressed.
fn link_pressed(
    ui: &Ui,
    id: Id,
    at: Pos2,
    galley: &Galley,
    text: &str,
    found: &[Link],
) -> (bool, Option<Asked>) {
    let (mut on_link, mut asked) = (false, None);
    for link in found {
        let chars = |bytes: usize| text[..bytes].chars().count();
        let range = chars(link.at.start)..chars(link.at.end);
        for (row, place) in places(galley, &range).into_iter().enumerate() {
            let place = place.translate(at.to_vec2());
            let id = id.with(("link", link.at.start, row));
            // By keyboard and to assistive programs it is one thing, however many rows it takes.
            let sense = Sense::CLICK | Sense::DRAG;
            let sense = if row == 0 { sense | Sense::FOCUSABLE } else { sense };
            let response = ui.interact(place, id, sense);
            if row == 0 {
                let name = text::link(&link.address);
                response.widget_info(|| WidgetInfo::labeled(Role::Link, ui.is_enabled(), &name));
                focus_ring(ui, &response, 2);
            }
            on_link |= response.contains_pointer();
            let response = response.on_hover_cursor(CursorIcon::PointingHand);
            if response.on_hover_text(&link.address).clicked() {
                asked = Some(Asked::Link(link.address.clone()));
            }
        }
    }
    (on_link, asked)
}

/// Where these characters stand within the galley, row by row.
fn places(galley: &Galley, range: &Range<usize>) -> Vec<Rect> {
    let mut first = 0;
    let mut places = Vec::new();
    for row in &galley.rows {
        let count = row.glyphs.len();
        let (from, to) = (range.start.max(first), range.end.min(first + count));
        if from < to {
            let (one, last) = (&row.glyphs[from - first], &row.glyphs[to - 1 - first]);
            let rect = Rect::from_min_max(
                pos2(row.pos.x + one.pos.x, row.pos.y),
                pos2(row.pos.x + last.max_x(), row.pos.y + row.size.y),
            );
            places.push(rect);
        }
        first += count + usize::from(row.ends_with_newline);
    }
    places
}
