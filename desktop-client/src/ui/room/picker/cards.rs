//! Monitors and windows as cards with live pictures; only those in sight are drawn, however many
//! there are.

use cinemasync_core::screen::{ScreenItem, ScreenSource};
use eframe::egui::{
    Align2, CornerRadius, CursorIcon, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};

use crate::ui::room::stage::letterbox;
use crate::ui::theme::{font, icons, line, motion, palette, radius, size, space};
use crate::ui::video::Placement;
use crate::ui::widgets::{Line, focus_ring, icon, label, line_galley, paragraph};
use crate::ui::{Scene, text};

/// A card is about so wide; in a narrow window narrower.
const WIDE: f32 = 205.0;
const NARROW: f32 = 150.0;
/// Title and details below the picture.
const WORDS: f32 = 50.0;
/// The caption above a group.
const CAPTION: f32 = 32.0;
/// The card that lets the system ask; in a narrow window its words take more lines.
const PORTAL: f32 = 120.0;
const PORTAL_NARROW: f32 = 208.0;

/// What was pressed.
#[derive(Debug)]
pub(super) struct Pressed {
    pub(super) source: ScreenSource,
    /// Twice in a row: it is to be shared at once.
    pub(super) twice: bool,
}

/// A row of what is scrolled through.
#[derive(Debug)]
enum Row<'a> {
    Caption(&'static str),
    Note(&'static str),
    Portal(&'a ScreenItem),
    Cards(Vec<&'a ScreenItem>),
}

/// Does a person who types `search` look for this?
fn matches(item: &ScreenItem, search: &str) -> bool {
    let search = search.to_lowercase();
    [&item.title, &item.program]
        .into_iter()
        .any(|words| text::clean_title(words).to_lowercase().contains(&search))
}

/// Everything from top to bottom, `across` cards beside each other.
fn rows<'a>(items: &'a [ScreenItem], search: &str, across: usize) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    rows.extend(items.iter().filter(|item| item.source == ScreenSource::Portal).map(Row::Portal));
    let is_window = |item: &ScreenItem| matches!(item.source, ScreenSource::Window(_));
    let is_listed = |item: &&ScreenItem| item.source != ScreenSource::Portal;
    let (windows, monitors): (Vec<_>, Vec<_>) =
        items.iter().filter(is_listed).partition(|item| is_window(item));
    let any_window = !windows.is_empty();
    let found: Vec<_> = windows.into_iter().filter(|item| matches(item, search)).collect();
    // Who searches looks for a window.
    let monitors = if search.is_empty() { monitors } else { Vec::new() };
    for (caption, group) in [(text::monitors(), monitors), (text::windows(), found)] {
        if !group.is_empty() {
            rows.push(Row::Caption(caption));
            rows.extend(group.chunks(across).map(|chunk| Row::Cards(chunk.to_vec())));
        } else if caption == text::windows() && any_window {
            rows.push(Row::Note(text::nothing_found()));
        }
    }
    rows
}

/// Shows them in `body`, the chosen one marked. Returns what was pressed.
pub(super) fn show(
    ui: &mut Ui,
    body: Rect,
    items: &[ScreenItem],
    search: &str,
    chosen: Option<&ScreenSource>,
    scene: &Scene<'_>,
) -> Option<Pressed> {
    let wish = if body.width() < size::NARROW_BELOW / 2.0 { NARROW } else { WIDE };
    // Room for the bar that scrolls, and for the ring around a card.
    let width = body.width() - space::M;
    let across = (((width + space::S) / (wish + space::S)) as usize).max(1);
    let card = (width - space::S * (across - 1) as f32) / across as f32;
    let card = vec2(card, card * 9.0 / 16.0 + WORDS);
    let rows = rows(items, search, across);
    let tall = |row: &Row<'_>| match row {
        Row::Caption(_) | Row::Note(_) => CAPTION,
        Row::Portal(_) if wish < WIDE => PORTAL_NARROW + space::S,
        Row::Portal(_) => PORTAL + space::S,
        Row::Cards(_) => card.y + space::S,
    };
    let whole: f32 = rows.iter().map(tall).sum();
    let mut pressed = None;
    let mut child = ui.new_child(UiBuilder::new().max_rect(body).id_salt("cards"));
    let area = ScrollArea::vertical().auto_shrink(false);
    area.show_viewport(&mut child, |ui, seen| {
        ui.set_height(whole);
        let origin = ui.min_rect().min;
        let mut y = 0.0;
        for row in &rows {
            let height = tall(row);
            let place = Rect::from_min_size(origin + vec2(2.0, y), vec2(width, height));
            if y + height >= seen.min.y && y <= seen.max.y {
                pressed = draw(ui, place, row, card, chosen, scene).or(pressed.take());
            }
            y += height;
        }
    });
    pressed
}

fn draw(
    ui: &Ui,
    place: Rect,
    row: &Row<'_>,
    card: Vec2,
    chosen: Option<&ScreenSource>,
    scene: &Scene<'_>,
) -> Option<Pressed> {
    let colors = palette(ui);
    match row {
        Row::Caption(words) | Row::Note(words) => {
            let style = Line::new(font::caption(), colors.text_3);
            label(ui, place, Align2::LEFT_CENTER, words, &style);
            None
        }
        Row::Portal(item) => {
            let rect = place.with_max_y(place.bottom() - space::S);
            let pressed = ground(ui, rect, item, chosen);
            let at = pos2(rect.left() + space::XL, rect.top() + space::XL + space::XS);
            icon(ui.painter(), at, icons::SCREEN, size::ICON, colors.amber_text);
            let words = Rect::from_min_max(
                pos2(at.x + space::XL, rect.top() + space::L),
                pos2(rect.right() - space::L, rect.bottom()),
            );
            let title = words.with_max_y(words.top() + line::READING);
            let style = Line::new(font::body_strong(), colors.text_1);
            label(ui, title, Align2::LEFT_CENTER, text::portal(), &style);
            let style = Line::new(font::body(), colors.text_2);
            let hint = words.with_min_y(title.bottom() + space::XS);
            paragraph(ui, hint, text::portal_hint(), &style, line::BODY);
            pressed
        }
        Row::Cards(items) => {
            let mut pressed = None;
            for (index, item) in items.iter().enumerate() {
                let left = place.left() + index as f32 * (card.x + space::S);
                let rect = Rect::from_min_size(pos2(left, place.top()), card);
                pressed = one(ui, rect, item, chosen, scene).or(pressed);
            }
            pressed
        }
    }
}

/// What can be pressed of a card, with its ground and its ring.
fn ground(
    ui: &Ui,
    rect: Rect,
    item: &ScreenItem,
    chosen: Option<&ScreenSource>,
) -> Option<Pressed> {
    let colors = palette(ui);
    let id = ui.scope_id().with(("card", &item.source));
    let response = ui.interact(rect, id, Sense::click());
    let chosen = chosen == Some(&item.source);
    let name = text::screen_title(item);
    response
        .widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), chosen, &name));
    let lit = ui.ctx().animate_bool_with_time(id, response.hovered(), motion::state(ui));
    let fill = colors.surface_2.lerp_to_gamma(colors.surface_3, lit);
    let corner = CornerRadius::same(radius::CONTROL);
    ui.painter().rect_filled(rect, corner, fill);
    if chosen {
        let stroke = Stroke::new(size::RING, colors.amber_mark);
        ui.painter().rect_stroke(rect, corner, stroke, StrokeKind::Inside);
    }
    focus_ring(ui, &response, radius::CONTROL);
    let (pressed, twice) = (response.clicked(), response.double_clicked());
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(name);
    (pressed || twice).then(|| Pressed { source: item.source.clone(), twice })
}

fn one(
    ui: &Ui,
    rect: Rect,
    item: &ScreenItem,
    chosen: Option<&ScreenSource>,
    scene: &Scene<'_>,
) -> Option<Pressed> {
    let colors = palette(ui);
    let pressed = ground(ui, rect, item, chosen);
    let picture = rect.with_max_y(rect.bottom() - WORDS).shrink(space::XS + 2.0);
    ui.painter().rect_filled(picture, CornerRadius::same(radius::MARK), colors.film_surround);
    let slot = scene.frames.thumbnails.get(&item.source);
    let frame = slot.and_then(|slot| Some((slot, slot.get()?)));
    let drawn = frame.is_some_and(|(slot, frame)| {
        let key = format!("thumbnail {:?}", item.source);
        let place = letterbox(picture, frame.width, frame.height);
        let placement = Placement { corner: f32::from(radius::MARK), mirrored: false, whole: true };
        scene.pictures.draw(ui, &key, slot, place, placement)
    });
    let sign = match item.source {
        ScreenSource::Window(_) => icons::WINDOW,
        _ => icons::SCREEN,
    };
    if !drawn {
        icon(ui.painter(), picture.center(), sign, size::ICON_LARGE, colors.text_3);
    }
    let words = rect.with_min_y(rect.bottom() - WORDS).shrink2(vec2(space::M, space::XS));
    // The card is called by its title already.
    let style = Line::new(font::body_strong(), colors.text_1);
    let galley = line_galley(ui.painter(), &text::screen_title(item), &style, words.width());
    ui.painter().galley(words.min, galley, style.color);
    let style = Line::new(font::caption(), colors.text_2);
    let galley = line_galley(ui.painter(), &text::screen_details(item), &style, words.width());
    ui.painter().galley(words.min + vec2(0.0, 21.0), galley, style.color);
    pressed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(source: ScreenSource, title: &str, program: &str) -> ScreenItem {
        let (title, program) = (title.to_owned(), program.to_owned());
        ScreenItem { source, title, program, width: 800, height: 600 }
    }

    fn listing() -> Vec<ScreenItem> {
        let window = |id: u32| ScreenSource::Window(id.to_string());
        vec![
            item(ScreenSource::Monitor("0".to_owned()), "DP-1", ""),
            item(window(1), "Notes \u{200b}of May", "Editor"),
            item(window(2), "Film", "Browser"),
            item(window(3), "", "Browser"),
        ]
    }

    fn titles(rows: &[Row<'_>]) -> Vec<String> {
        rows.iter()
            .flat_map(|row| match row {
                Row::Caption(words) | Row::Note(words) => vec![(*words).to_owned()],
                Row::Portal(_) => vec!["portal".to_owned()],
                Row::Cards(items) => items.iter().map(|item| text::screen_title(item)).collect(),
            })
            .collect()
    }

    #[test]
    fn monitors_come_first_and_a_search_finds_windows_by_title_and_program() {
        let listing = listing();
        let found = |search| titles(&rows(&listing, search, 2));
        let all = [text::monitors(), "DP-1", text::windows(), "Notes of May", "Film", "Browser"];
        assert_eq!(found(""), all);
        assert_eq!(found("BROWS"), [text::windows(), "Film", "Browser"]);
        assert_eq!(found("notes of"), [text::windows(), "Notes of May"]);
        assert_eq!(found("xyz"), [text::nothing_found()]);
    }

    #[test]
    fn the_system_is_offered_first_where_it_asks() {
        let mut listing = listing();
        listing.push(item(ScreenSource::Portal, "", ""));
        assert_eq!(titles(&rows(&listing, "", 3))[0], "portal");
        assert_eq!(titles(&rows(&listing[4..], "", 3)), ["portal"]);
    }
}
