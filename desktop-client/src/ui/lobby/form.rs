//! The lobby's form: headline, name, new room, code; or, on the way in, what is being waited for.

use std::path::Path;
use std::sync::Arc;

use cinemasync_core::interface::Command;
use cinemasync_protocol::limits::MAX_NAME_CHARS;
use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{
    Align2, Galley, Id, Key, Rect, Spinner, Stroke, TextBuffer, Ui, Vec2, pos2, vec2,
};

use super::Lobby;
use crate::ui::theme::{font, icons, letters, line, motion, palette, size, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::{Line, icon, label, panel, paragraph};
use crate::ui::{Scene, UiAction, text};

/// The widest text that the code field takes: a whole invitation that is pasted.
const MAX_PASTED_CHARS: usize = 600;

impl Lobby {
    /// Draws the form from `rect`'s top.
    pub(super) fn form(&mut self, ui: &mut Ui, rect: Rect, scene: &mut Scene<'_>) {
        let mut y = headline(ui, rect, self.first_start);
        if Self::is_entering(scene) {
            self.entering(ui, rect.with_min_y(y + space::XL), scene);
            return;
        }
        let mut next = |height: f32, gap: f32| {
            let row = Rect::from_min_size(pos2(rect.left(), y), vec2(rect.width(), height));
            y += height + gap;
            row
        };
        let colors = palette(ui);
        let caption = Line::new(font::caption(), colors.text_2);
        next(0.0, if self.film.is_some() { space::L } else { space::XL });
        if let Some(film) = self.film.clone()
            && film_row(ui, next(size::FIELD, space::L), &film)
        {
            self.show_film(None, scene);
        }
        label(ui, next(line::CAPTION, space::S), Align2::LEFT_CENTER, text::your_name(), &caption);

        let row = next(size::FIELD, 0.0);
        let field = Field::new(Id::unique("name"), text::your_name(), text::name_hint());
        let field = field.limit(MAX_NAME_CHARS).wrong(self.name_error.is_some());
        if field.show(ui, row, &mut self.name).changed() {
            self.name_error = None;
        }
        if let Some(why) = self.name_error {
            next(wrong(ui, next_room(rect, row), why), 0.0);
        }
        next(0.0, space::L);

        let button = Button::text("new room", text::new_room()).with_icon(icons::NEW_ROOM);
        let row = next(size::MAIN, 0.0);
        if button.kind(Kind::Primary).show(ui, row).clicked() {
            self.create(scene);
        }
        if let Some(why) = &self.general_error {
            next(wrong(ui, next_room(rect, row), why), 0.0);
        }
        if self.new_password.asked {
            next(0.0, space::M);
            let label = text::new_password();
            let (_, entered) = self.new_password.field(ui, next(size::FIELD, 0.0), label, false);
            if entered {
                self.create(scene);
            }
            next(0.0, space::L);
        } else {
            let row = next(size::SMALL, 0.0);
            let button = Button::text("with password", text::with_password());
            let button = button.with_icon(icons::PASSWORD).kind(Kind::Link);
            let width = button.width(ui).min(row.width());
            let place = Rect::from_center_size(row.center(), vec2(width, row.height()));
            if button.show(ui, place).clicked() {
                self.new_password.ask();
            }
        }

        divider(ui, next(24.0, space::L));

        let row = next(size::MAIN, 0.0);
        let join = Button::text("join", text::join());
        let join_width = join.width(ui).max(72.0);
        let mut field_row = row;
        field_row.max.x -= join_width + space::S + 2.0;
        let entered = self.code_field(ui, field_row);
        let join_row = row.with_min_x(row.right() - join_width);
        if join.show(ui, join_row).clicked() || entered {
            self.join(scene);
        }
        if let Some(why) = &self.code_error {
            next(wrong(ui, next_room(rect, row), why), 0.0);
        }
        if self.password.asked {
            next(0.0, space::M);
            let row = next(size::FIELD, 0.0);
            let label = text::room_password();
            let wrong_now = self.password_error.is_some();
            let (field, entered) = self.password.field(ui, row, label, wrong_now);
            if let Some(why) = self.password_error {
                next(wrong(ui, next_room(rect, row), why), 0.0);
            }
            if field.changed() {
                self.password_error = None;
            }
            if entered {
                self.join(scene);
            }
        }
        if self.recent.height() > 0.0 {
            next(0.0, space::L);
            let row = next(self.recent.height() - space::L, 0.0);
            self.recent(ui, row, scene);
        }
        if self.can_come_back {
            next(0.0, space::L);
            let button = Button::text("come back", text::come_back()).with_icon(icons::BACK);
            if button.show(ui, next(size::CONTROL, 0.0)).clicked() {
                (self.can_come_back, self.creating) = (false, false);
                (scene.send)(UiAction::ComeBack);
            }
        }
    }

    /// The spaced code field; true when Enter was pressed in it.
    fn code_field(&mut self, ui: &mut Ui, rect: Rect) -> bool {
        let color = palette(ui).text_1;
        let mut spaced = move |ui: &Ui, text: &dyn TextBuffer, _: f32| -> Arc<Galley> {
            let format = TextFormat {
                font_id: font::large(),
                color,
                extra_letter_spacing: letters::CODE_FIELD,
                ..TextFormat::default()
            };
            let text = text.as_str();
            let half = text.char_indices().nth(4).map_or(text.len(), |(index, _)| index);
            let mut job = LayoutJob { break_on_newline: false, ..LayoutJob::default() };
            job.append(&text[..half], 0.0, format.clone());
            if half < text.len() {
                job.append(&text[half..], space::M, format);
            }
            ui.fonts_mut(|fonts| fonts.layout_job(job))
        };
        let field = Field::new(Id::unique("code"), text::room_code(), text::code_hint());
        let field = field.limit(MAX_PASTED_CHARS).wrong(self.code_error.is_some());
        let response = field.layouter(&mut spaced).show(ui, rect, &mut self.code);
        if response.changed() {
            let typed = std::mem::take(&mut self.code);
            self.fill(&typed);
        }
        response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
    }

    fn entering(&self, ui: &mut Ui, rect: Rect, scene: &mut Scene<'_>) {
        let colors = palette(ui);
        let row = Rect::from_min_size(rect.min, vec2(rect.width(), size::MAIN));
        let spot = Rect::from_center_size(
            pos2(row.left() + size::ICON / 2.0, row.center().y),
            Vec2::splat(size::ICON),
        );
        if motion::reduced(ui) {
            icon(ui.painter(), spot.center(), icons::WAIT, size::ICON, colors.amber_mark);
        } else {
            ui.place(spot, Spinner::new().size(size::ICON).color(colors.amber_mark));
        }
        let sentence = if self.creating { text::entering_new() } else { text::entering() };
        let line = Line::new(font::reading(), colors.text_1);
        let beside = row.with_min_x(row.left() + size::ICON + space::M);
        label(ui, beside, Align2::LEFT_CENTER, sentence, &line);
        let button = Button::text("cancel", text::cancel());
        let below = row.translate(vec2(0.0, size::MAIN + space::S));
        let place = Rect::from_min_size(below.min, vec2(button.width(ui), size::CONTROL));
        if button.show(ui, place).clicked() {
            scene.command(Command::Leave);
        }
    }
}

/// Where a sentence about the field in `row` goes.
fn next_room(rect: Rect, row: Rect) -> Rect {
    Rect::from_min_max(pos2(rect.left(), row.bottom() + space::S), rect.max)
}

/// The film that waits for a room; true if it is not to.
fn film_row(ui: &Ui, row: Rect, film: &Path) -> bool {
    let colors = palette(ui);
    panel(ui, row, colors.surface_1);
    let at = pos2(row.left() + space::M + size::ICON_SMALL / 2.0, row.center().y);
    icon(ui.painter(), at, icons::FILM, size::ICON_SMALL, colors.amber_text);
    let side = Vec2::splat(size::SMALL);
    let center = pos2(row.right() - space::XS - side.x / 2.0, row.center().y);
    let close = Button::icon("not that film", text::not_that_film(), icons::CLOSE).small();
    let pressed = close.kind(Kind::Quiet).show(ui, Rect::from_center_size(center, side)).clicked();
    let words = Rect::from_min_max(
        pos2(at.x + size::ICON_SMALL / 2.0 + space::S, row.top() + space::XS),
        pos2(center.x - side.x / 2.0 - space::S, row.bottom() - space::XS),
    );
    let style = Line::new(font::body_strong(), colors.text_1);
    label(ui, words, Align2::LEFT_TOP, &text::file_name(film), &style);
    let style = Line::new(font::caption(), colors.text_2);
    label(ui, words, Align2::LEFT_BOTTOM, text::film_for_room(), &style);
    pressed
}

/// Says what is wrong; returns the height it took.
fn wrong(ui: &Ui, rect: Rect, why: &str) -> f32 {
    let line = Line::new(font::caption(), palette(ui).red);
    paragraph(ui, rect, why, &line, line::CAPTION).height() + space::S
}

/// The two lines and the hint; returns where they end.
fn headline(ui: &Ui, rect: Rect, first_start: bool) -> f32 {
    let colors = palette(ui);
    let mut style = Line::new(font::display(), colors.text_1);
    style.letters = letters::DISPLAY;
    let mut rest = rect;
    for words in text::headline() {
        paragraph(ui, rest, words, &style, line::DISPLAY);
        rest.min.y += line::DISPLAY;
    }
    rest.min.y += space::S;
    let style = Line::new(font::reading(), colors.text_2);
    if !first_start {
        return paragraph(ui, rest, text::lobby_hint(), &style, line::READING).bottom();
    }
    for words in text::first_start() {
        rest.min.y = paragraph(ui, rest, words, &style, line::READING).bottom() + space::XS;
    }
    rest.min.y
}

fn divider(ui: &Ui, row: Rect) {
    let colors = palette(ui);
    let style = Line::new(font::caption(), colors.text_3);
    let words = label(ui, row, Align2::CENTER_CENTER, text::or_join(), &style);
    let stroke = Stroke::new(size::HAIR, colors.line);
    let y = row.center().y;
    ui.painter().hline(row.left()..=words.left() - space::M, y, stroke);
    ui.painter().hline(words.right() + space::M..=row.right(), y, stroke);
}
