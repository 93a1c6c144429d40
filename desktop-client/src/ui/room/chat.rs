//! The chat: bubbles grouped by person and minute, and the field to write in. Of ten thousand
//! lines only those in view are laid out.

mod bubble;
mod emoji;
mod links;
mod rows;

use cinemasync_core::interface::Command;
use cinemasync_protocol::limits::MAX_CHAT_CHARS;
use eframe::egui::{
    Align2, Event, Id, Key, Rect, ScrollArea, Sense, Ui, UiBuilder, Vec2, pos2, vec2,
};

use self::bubble::Setting;
use self::rows::{Group, Rows};
use crate::ui::theme::icons::{self, Icon};
use crate::ui::theme::{font, line, palette, size, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::{Line, label};
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

/// What was pressed within a message.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Asked {
    /// A place in the film, in seconds.
    Place(f64),
    /// An address.
    Link(String),
}

fn field_id() -> Id {
    Id::unique("chat message")
}

impl Chat {
    /// Puts the cursor into the message field.
    #[expect(clippy::unused_self, reason = "the field belongs to the chat")]
    pub(super) fn focus(&self, ui: &Ui) {
        // The letter of the key that asked for it is not meant for the message.
        ui.input_mut(|input| input.events.retain(|event| !matches!(event, Event::Text(_))));
        ui.memory_mut(|memory| memory.request_focus(field_id()));
    }

    /// Draws lines and field into `rect`. Returns what was pressed within a message.
    pub(super) fn show(&mut self, ui: &mut Ui, rect: Rect, scene: &mut Scene<'_>) -> Option<Asked> {
        let field = rect.with_min_y(rect.bottom() - size::CONTROL);
        let lines = rect.with_max_y(field.top() - space::M);
        let mut asked = None;
        if lines.height() > line::BODY {
            asked = self.lines(ui, lines, scene);
        }
        self.field(ui, field, scene);
        asked
    }

    fn field(&mut self, ui: &mut Ui, rect: Rect, scene: &mut Scene<'_>) {
        let field = Field::new(field_id(), text::message(), text::message()).limit(MAX_CHAT_CHARS);
        let has_film = scene.snapshot.playback.film.is_some();
        let buttons = if has_film { 3.0 } else { 2.0 };
        let field = field.reserve(buttons * size::SMALL - space::S).font(font::body());
        let response = field.show(ui, rect, &mut self.draft);
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        // With the key held the field keeps the focus.
        let with_place = has_film
            && response.has_focus()
            && ui.input(|input| input.modifiers.command && input.key_pressed(Key::Enter));
        let ready = !self.draft.trim().is_empty();
        let mut right = rect.right() - space::XS;
        let mut button = |key: &str, name: &str, sign: Icon| {
            right -= size::SMALL;
            let corner = pos2(right, rect.center().y - size::SMALL / 2.0);
            let place = Rect::from_min_size(corner, Vec2::splat(size::SMALL));
            let button = Button::icon(key, name, sign).small().kind(Kind::Link);
            button.enabled(ready).show(ui, place).clicked()
        };
        let sent = button("send", text::send(), icons::SEND);
        let pressed =
            has_film && button("send with place", text::send_with_place(), icons::FILM_PLACE);
        let corner = pos2(right - size::SMALL, rect.center().y - size::SMALL / 2.0);
        let place = Rect::from_min_size(corner, Vec2::splat(size::SMALL));
        let picker = Button::icon("emoji", text::emoji_picker(), icons::REACT).small();
        let picker = picker.kind(Kind::Quiet).show(ui, place);
        emoji::picker(ui, &picker, field_id(), &mut self.draft, MAX_CHAT_CHARS);
        let placed = pressed || with_place;
        if (entered || sent || placed) && ready {
            let words = std::mem::take(&mut self.draft).trim().to_owned();
            scene.command(if placed { Command::ChatAtFilm(words) } else { Command::Chat(words) });
        }
        if entered || sent || placed {
            response.request_focus();
        }
    }

    fn lines(&mut self, ui: &mut Ui, rect: Rect, scene: &Scene<'_>) -> Option<Asked> {
        let colors = palette(ui);
        let chat = &scene.snapshot.chat;
        if chat.is_empty() {
            let style = Line::new(font::body(), colors.text_3);
            let above = rect.with_min_y(rect.bottom() - line::BODY - space::S);
            label(ui, above, Align2::CENTER_CENTER, text::chat_empty(), &style);
            return None;
        }
        self.rows.update(chat, rect.width());
        let because = text::may_not_steer(scene.snapshot);
        let with = Setting {
            me: scene.snapshot.me.id.as_ref(),
            utc_offset_minutes: scene.utc_offset_minutes,
            has_film: scene.snapshot.playback.film.is_some(),
            because: because.as_deref(),
        };
        let mut asked = None;
        let (rows, reading_back) = (&mut self.rows, self.reading_back);
        let builder = UiBuilder::new().max_rect(rect).id_salt("chat lines");
        ui.scope_builder(builder, |ui| {
            let total = rows.total();
            // Few lines stand at the bottom, beside where one writes.
            let lift = (rect.height() - total).max(0.0);
            let height = total + lift;
            let mut area = ScrollArea::vertical().auto_shrink(false);
            if !reading_back {
                // Else a message that comes is pulled back below the edge for some frames, and whatever is
                // pressed meanwhile counts as reading back.
                ui.spacing_mut().scroll.kinetic.rubber_band = false;
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
                    let shown = bubble::show(ui, place, &chat[index], group, &with);
                    rows.measured(index, shown.height);
                    y += shown.height;
                    asked = asked.take().or(shown.asked);
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
        asked
    }
}
