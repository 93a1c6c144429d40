//! The chat: bubbles grouped by person and minute, and the field to write in. Of ten thousand
//! lines only those in view are laid out.

mod rows;

use cinemasync_core::interface::{ChatLine, Command};
use cinemasync_protocol::ParticipantId;
use cinemasync_protocol::limits::MAX_CHAT_CHARS;
use eframe::egui::{
    Align2, CornerRadius, Id, Key, Rect, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2,
};

use self::rows::{Group, Rows};
use crate::ui::theme::{font, icons, line, palette, radius, size, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::{Line, block_galley, label, readable};
use crate::ui::{Scene, text};

/// A bubble takes at most this share of the width.
const BUBBLE_SHARE: f32 = 0.88;

/// What is being written, and how tall the lines are.
#[derive(Debug, Default)]
pub(super) struct Chat {
    draft: String,
    rows: Rows,
    /// Is one reading back, rather than following the newest line?
    reading_back: bool,
}

fn field_id() -> Id {
    Id::unique("chat message")
}

impl Chat {
    /// Puts the cursor into the message field.
    #[expect(clippy::unused_self, reason = "the field belongs to the chat")]
    pub(super) fn focus(&self, ui: &Ui) {
        ui.memory_mut(|memory| memory.request_focus(field_id()));
    }

    /// Draws lines and field into `rect`.
    pub(super) fn show(&mut self, ui: &mut Ui, rect: Rect, scene: &mut Scene<'_>) {
        let field = rect.with_min_y(rect.bottom() - size::CONTROL);
        let lines = rect.with_max_y(field.top() - space::M);
        if lines.height() > line::BODY {
            self.lines(ui, lines, scene);
        }
        self.field(ui, field, scene);
    }

    fn field(&mut self, ui: &mut Ui, rect: Rect, scene: &mut Scene<'_>) {
        let field = Field::new(field_id(), text::MESSAGE, text::MESSAGE).limit(MAX_CHAT_CHARS);
        let field = field.reserve(size::SMALL - space::S).font(font::body());
        let response = field.show(ui, rect, &mut self.draft);
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let at = pos2(rect.right() - size::CONTROL / 2.0, rect.center().y);
        let place = Rect::from_center_size(at, vec2(size::SMALL, size::SMALL));
        let ready = !self.draft.trim().is_empty();
        let button = Button::icon("send", text::SEND, icons::SEND).small().kind(Kind::Link);
        let sent = button.enabled(ready).show(ui, place).clicked();
        if (entered || sent) && ready {
            let words = std::mem::take(&mut self.draft);
            scene.command(Command::Chat(words.trim().to_owned()));
        }
        if entered || sent {
            response.request_focus();
        }
    }

    fn lines(&mut self, ui: &mut Ui, rect: Rect, scene: &Scene<'_>) {
        let colors = palette(ui);
        let chat = &scene.snapshot.chat;
        if chat.is_empty() {
            let style = Line::new(font::body(), colors.text_3);
            let above = rect.with_min_y(rect.bottom() - line::BODY - space::S);
            label(ui, above, Align2::CENTER_CENTER, text::CHAT_EMPTY, &style);
            return;
        }
        let me = scene.snapshot.me.id.as_ref();
        self.rows.update(chat, rect.width());
        let (rows, reading_back) = (&mut self.rows, self.reading_back);
        let builder = UiBuilder::new().max_rect(rect).id_salt("chat lines");
        ui.scope_builder(builder, |ui| {
            let total = rows.total();
            // Few lines stand at the bottom, beside where one writes.
            let lift = (rect.height() - total).max(0.0);
            let height = total + lift;
            let mut area = ScrollArea::vertical().auto_shrink(false);
            if !reading_back {
                area = area.vertical_scroll_offset(height - rect.height());
            }
            // Asked before the area takes the wheel's movement for itself.
            let by_hand =
                ui.input(|input| input.smooth_scroll_delta().y > 0.0 || input.pointer.any_down());
            let shown = area.show_viewport(ui, |ui, view| {
                let (area, _) =
                    ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::empty());
                let mut y = area.top() + lift;
                let (first, before) = rows.first_in(view.top() - lift);
                y += before;
                let end = area.top() + view.bottom();
                for index in first..chat.len() {
                    if y > end {
                        break;
                    }
                    let place = Rect::from_min_size(pos2(area.left(), y), vec2(area.width(), 0.0));
                    let above = index.checked_sub(1).and_then(|index| chat.get(index));
                    let group = Group::of(above, &chat[index]);
                    let offset = scene.utc_offset_minutes;
                    let taken = one(ui, place, &chat[index], group, me, offset);
                    rows.measured(index, taken);
                    y += taken;
                }
            });
            if (rows.total() - total).abs() > 0.5 {
                ui.ctx().request_repaint();
            }
            // Only a person's hand leaves the newest line: heights that turn out otherwise do not.
            let end = shown.content_size.y - shown.inner_rect.height();
            let above_end = shown.state.unclamped_offset().y < end - 2.0;
            self.reading_back = above_end && (self.reading_back || by_hand);
        });
    }
}

/// Draws one line from `place`'s top; returns the height it took.
fn one(
    ui: &Ui,
    place: Rect,
    said: &ChatLine,
    group: Group,
    me: Option<&ParticipantId>,
    utc_offset_minutes: i32,
) -> f32 {
    let colors = palette(ui);
    let Some(from) = &said.from else { return system(ui, place, &said.text) };
    let own = me == Some(from);
    let mut y = place.top() + if group == Group::New { space::M } else { space::XS };
    if group == Group::New {
        let name = if own { text::YOU } else { &said.name };
        let words = format!("{name} · {}", text::clock_time(said.at_unix_ms, utc_offset_minutes));
        let row = Rect::from_min_size(pos2(place.left(), y), vec2(place.width(), rows::HEADER));
        let align = if own { Align2::RIGHT_TOP } else { Align2::LEFT_TOP };
        let style = Line::new(font::caption(), colors.text_2);
        label(ui, row.shrink2(vec2(2.0, 0.0)), align, &words, &style);
        y += rows::HEADER;
    }
    let style = Line::new(font::body(), colors.text_1);
    let width = place.width() * BUBBLE_SHARE - 2.0 * space::M;
    let galley = block_galley(ui.painter(), &said.text, &style, line::BODY, width);
    let whole = galley.size() + vec2(2.0 * space::M, 2.0 * rows::PADDING);
    let left = if own { place.right() - whole.x } else { place.left() };
    let bubble = Rect::from_min_size(pos2(left, y), whole);
    let fill = if own { colors.own_bubble } else { colors.surface_2 };
    ui.painter().rect_filled(bubble, CornerRadius::same(radius::CONTROL), fill);
    readable(ui, bubble, &said.text);
    let at = bubble.min + vec2(space::M, rows::PADDING);
    ui.painter().galley(at, galley, colors.text_1);
    bubble.bottom() - place.top()
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
