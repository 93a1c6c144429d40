//! All keys at a glance, over everything else. Owns whether it is open; what is listed is the keys' table.

use eframe::egui::{
    self, Align2, CornerRadius, Id, Modal, Pos2, Rect, ScrollArea, Sense, Ui, UiBuilder, Vec2,
    pos2, vec2,
};

use super::keys::{Group, Row, TABLE};
use super::theme::{font, icons, on_picture, palette, radius, size, space};
use super::widgets::button::{Button, Kind};
use super::widgets::{Line, columns, label, line_galley, raised, readable};
use super::{Scene, text};

/// The largest that it is, and the widest with one column.
const WIDTH: f32 = 720.0;
const NARROW: f32 = 420.0;
/// Height of a row, and of a key in it.
const ROW: f32 = 34.0;
const CAP: f32 = 26.0;

/// The overlay.
#[derive(Debug, Default)]
pub(super) struct Help {
    open: bool,
}

impl Help {
    /// Opens or closes it. While something else lies above everything it stays closed.
    pub(super) fn toggle(&mut self, ctx: &egui::Context) {
        let covered = ctx.memory(|memory| memory.top_modal_layer().is_some());
        self.open = !self.open && !covered;
    }

    /// Shows the button that opens it, with its right middle at `at`.
    pub(super) fn button(&mut self, ui: &Ui, at: Pos2) {
        let side = Vec2::splat(size::SMALL);
        let place = Rect::from_center_size(at - vec2(side.x / 2.0, 0.0), side);
        let button = Button::icon("keys", text::keys(), icons::HELP).small();
        if button.kind(Kind::Quiet).show(ui, place).clicked() {
            self.toggle(ui.ctx());
        }
    }

    /// Shows it, while it is open.
    pub(super) fn show(&mut self, ui: &Ui, scene: &Scene<'_>) {
        if !self.open {
            return;
        }
        let colors = palette(ui);
        let frame = raised(ui, space::L);
        let most = ui.ctx().content_rect().size() - Vec2::splat(4.0 * space::L);
        let one_column = most.x < WIDTH - space::XXL;
        let width = if one_column { NARROW } else { WIDTH }.min(most.x);
        let modal = Modal::new(Id::unique("all keys")).frame(frame);
        let modal = modal.backdrop_color(on_picture::GROUND).show(ui.ctx(), |ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
            let closed = head(ui);
            let left = [Group::Film];
            let right = [Group::Call, Group::Window];
            let rest = most.y - size::CONTROL - ROW - space::M;
            ScrollArea::vertical().max_height(rest).show(ui, |ui| {
                if one_column {
                    column(ui, &[left.as_slice(), &right].concat(), scene);
                } else {
                    pair(ui, (&left, &right), scene);
                }
            });
            let (foot, _) = ui.allocate_exact_size(vec2(width, ROW), Sense::empty());
            let style = Line::new(font::caption(), colors.text_3);
            label(ui, foot, Align2::LEFT_BOTTOM, text::keys_hint(), &style);
            closed
        });
        if modal.inner || modal.should_close() {
            self.open = false;
        }
    }
}

/// What it is, and what closes it.
fn head(ui: &mut Ui) -> bool {
    let colors = palette(ui);
    let wanted = vec2(ui.available_width(), size::CONTROL);
    let (head, _) = ui.allocate_exact_size(wanted, Sense::empty());
    let side = size::SMALL;
    let corner = pos2(head.right() - side, head.top());
    let place = Rect::from_min_size(corner, Vec2::splat(side));
    let words = Rect::from_min_max(head.min, pos2(place.left() - space::S, place.bottom()));
    let style = Line::new(font::large(), colors.text_1);
    label(ui, words, Align2::LEFT_CENTER, text::keys(), &style);
    let close = Button::icon("close keys", text::close(), icons::CLOSE).small();
    close.kind(Kind::Quiet).show(ui, place).clicked()
}

fn pair(ui: &mut Ui, (left, right): (&[Group], &[Group]), scene: &Scene<'_>) {
    let height = tall(left, scene).max(tall(right, scene));
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::empty());
    for (place, groups) in columns(rect, 2, space::XXL).into_iter().zip([left, right]) {
        let mut half = ui.new_child(UiBuilder::new().max_rect(place));
        half.spacing_mut().item_spacing = Vec2::ZERO;
        column(&mut half, groups, scene);
    }
}

/// The rows of a group that mean something here.
fn rows(group: Group) -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(move |row| row.group == group)
}

fn tall(groups: &[Group], scene: &Scene<'_>) -> f32 {
    let talks = scene.talk_key.is_some();
    let talk = |group: &Group| usize::from(talks && *group == Group::Call);
    let count = |group: &Group| rows(*group).count() + talk(group) + 1;
    groups.iter().map(count).sum::<usize>() as f32 * ROW
}

fn column(ui: &mut Ui, groups: &[Group], scene: &Scene<'_>) {
    for group in groups {
        let (place, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::empty());
        let style = Line::new(font::caption(), palette(ui).amber_text);
        label(ui, place, Align2::LEFT_CENTER, text::key_group(*group), &style);
        for row in rows(*group) {
            let names = scene.keys.keys(row).into_iter().map(text::key_name);
            one(ui, row.words(), &names.collect::<Vec<_>>());
        }
        if let Some(key) = scene.talk_key.filter(|_| *group == Group::Call) {
            one(ui, text::key_talk(), &[text::key_name(key)]);
        }
    }
}

/// What is done, and the keys for it.
fn one(ui: &mut Ui, words: &str, keys: &[&str]) {
    let colors = palette(ui);
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::empty());
    let mut right = row.right();
    for key in keys.iter().rev() {
        let style = Line::new(font::caption_strong(), colors.text_1);
        let galley = line_galley(ui.painter(), key, &style, row.width() / 2.0);
        let wide = (galley.size().x + 2.0 * space::S).max(CAP);
        let place = pos2(right - wide, row.center().y - CAP / 2.0);
        let cap = Rect::from_min_size(place, vec2(wide, CAP));
        ui.painter().rect_filled(cap, CornerRadius::same(radius::MARK), colors.surface_3);
        ui.painter().galley(cap.center() - galley.size() / 2.0, galley, colors.text_1);
        right = cap.left() - space::XS;
    }
    let style = Line::new(font::body(), colors.text_2);
    let galley = line_galley(ui.painter(), words, &style, right - row.left() - space::S);
    let at = pos2(row.left(), row.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, colors.text_2);
    readable(ui, row, &text::key_row(words, keys));
}
