//! What others write while the chat cannot be seen: it passes at the lower left of the stage, and is
//! counted until the chat is looked at.

use std::collections::VecDeque;

use cinemasync_core::interface::ChatLine;
use eframe::egui::{CornerRadius, CursorIcon, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::text;
use crate::ui::theme::{font, line, motion, on_picture, radius, space};
use crate::ui::widgets::{Line, block_galley, focus_ring, line_galley};

/// At most so many at once; when another comes, the oldest goes.
const MOST: usize = 3;
/// The widest that one is.
const WIDEST: f32 = 320.0;
/// Of a long message so many lines are seen.
const MOST_ROWS: usize = 3;

/// What passes, oldest first, and how many were not read.
#[derive(Debug, Default)]
pub(super) struct Passing {
    shown: VecDeque<One>,
    unread: usize,
    count: u64,
}

#[derive(Debug)]
struct One {
    number: u64,
    name: String,
    text: String,
    /// How long it stays, in seconds.
    stays: f64,
    /// When it was first shown, in egui's seconds.
    since: Option<f64>,
}

impl Passing {
    /// Somebody wrote something while the chat could not be seen.
    pub(super) fn add(&mut self, said: &ChatLine) {
        self.unread = self.unread.saturating_add(1);
        self.count += 1;
        if self.shown.len() >= MOST {
            self.shown.pop_front();
        }
        let letters = said.text.chars().count() as f64;
        self.shown.push_back(One {
            number: self.count,
            name: said.name.clone(),
            text: said.text.clone(),
            stays: (3.0 + 0.06 * letters).min(10.0),
            since: None,
        });
    }

    /// How many were written since the chat was seen last.
    pub(super) fn unread(&self) -> usize {
        self.unread
    }

    /// The chat is seen.
    pub(super) fn read(&mut self) {
        self.shown.clear();
        self.unread = 0;
    }

    /// Draws them above `floor`, at most as wide as `room`. True if one was pressed.
    pub(super) fn show(&mut self, ui: &mut Ui, left: f32, floor: f32, room: f32) -> bool {
        let now = ui.input(|input| input.time);
        let mut bottom = floor;
        let mut pressed = false;
        for one in self.shown.iter_mut().rev() {
            let left_secs = one.stays - (now - *one.since.get_or_insert(now));
            ui.ctx().request_repaint_after_secs((left_secs as f32).max(0.0));
            let gone = left_secs < f64::from(motion::panel(ui));
            let id = ui.scope_id().with(("passing", one.number));
            let solid = ui.ctx().animate_bool_with_time(id, !gone, motion::panel(ui));
            ui.scope(|ui| {
                ui.set_opacity(solid.max(0.01));
                let (top, hit) = show_one(ui, left, bottom, room.min(WIDEST), one);
                bottom = top - space::S;
                pressed |= hit;
            });
        }
        self.shown.retain(|one| one.since.is_none_or(|since| now - since < one.stays));
        pressed
    }
}

/// Returns where it begins, and whether it was pressed.
fn show_one(ui: &Ui, left: f32, bottom: f32, width: f32, one: &One) -> (f32, bool) {
    let inner = width - 2.0 * space::M;
    let strong = Line::new(font::body_strong(), on_picture::INK);
    let name = line_galley(ui.painter(), &one.name, &strong, inner);
    let style = Line::new(font::body(), on_picture::INK);
    let words = block_galley(ui.painter(), &one.text, &style, line::BODY, inner);
    let words = if words.rows.len() > MOST_ROWS {
        let mut job = (*words.job).clone();
        job.wrap.max_rows = MOST_ROWS;
        ui.painter().layout_job(job)
    } else {
        words
    };
    let content = vec2(name.size().x.max(words.size().x), line::BODY + words.size().y);
    let whole = content + vec2(2.0 * space::M, 2.0 * space::S);
    let rect = Rect::from_min_size(pos2(left, bottom - whole.y), whole);
    let id = ui.scope_id().with(("passed", one.number));
    let response = ui.interact(rect, id, Sense::click());
    let said = text::passing(&one.name, &one.text);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &said));
    let fill = if response.hovered() { on_picture::CONTROL_HOVER } else { on_picture::CONTROL };
    ui.painter().rect_filled(rect, CornerRadius::same(radius::CONTROL), fill);
    focus_ring(ui, &response, radius::CONTROL);
    let at = rect.min + vec2(space::M, space::S);
    ui.painter().galley(at, name, on_picture::INK);
    ui.painter().galley(at + vec2(0.0, line::BODY), words, on_picture::INK);
    (rect.top(), response.on_hover_cursor(CursorIcon::PointingHand).clicked())
}

#[cfg(test)]
mod tests {
    use cinemasync_core::interface::Via;

    use super::*;

    #[test]
    fn only_the_latest_few_pass_and_all_are_counted() {
        let said = |text: &str| ChatLine {
            sentence: None,
            from: None,
            name: "Ben".to_owned(),
            text: text.to_owned(),
            film_secs: None,
            id: text.to_owned(),
            via: Via::Peer,
            at_unix_ms: 0,
        };
        let mut passing = Passing::default();
        for text in ["a", "b", "c", "d", "e"] {
            passing.add(&said(text));
        }
        let texts: Vec<_> = passing.shown.iter().map(|one| one.text.as_str()).collect();
        assert_eq!((texts, passing.unread()), (vec!["c", "d", "e"], 5));
        passing.read();
        assert_eq!((passing.shown.len(), passing.unread()), (0, 0));
    }
}
