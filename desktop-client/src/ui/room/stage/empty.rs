//! The stage without a film or a screen: the faces, large, and the ways to one.

use eframe::egui::{Align2, Rect, RectAlign, Ui, pos2};

use crate::ui::room::faces;
use crate::ui::room::films::Films;
use crate::ui::room::picker::Picker;
use crate::ui::theme::{font, icons, line, palette, size, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::{Line, block_galley, icon, label, panel, readable};
use crate::ui::{Scene, UiAction, text};

/// Draws it.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    scene: &mut Scene<'_>,
    narrow: bool,
    films: &mut Films,
    picker: &mut Picker,
) {
    let height = if narrow { 108.0 } else { 76.0 };
    let prompt = rect.with_min_y(rect.bottom() - height);
    let grid = rect.with_max_y(prompt.top() - space::M);
    faces::grid(ui, grid, scene, false);
    panel(ui, prompt, palette(ui).surface_1);
    let inner = prompt.shrink(space::L);
    if let Some(missing) = scene.player_missing {
        return no_player(ui, inner, missing);
    }
    let row = if narrow {
        inner.with_min_y(inner.bottom() - size::CONTROL)
    } else {
        inner.with_min_y(inner.center().y - size::CONTROL / 2.0)
    };
    let row = row.with_max_y(row.top() + size::CONTROL);
    let left = ways(ui, row, scene, narrow, films, picker);
    let words = if narrow {
        inner.with_max_y(row.top() - space::S)
    } else {
        inner.with_max_x(left - space::M)
    };
    let colors = palette(ui);
    let at = pos2(words.left() + size::ICON / 2.0, words.center().y);
    icon(ui.painter(), at, icons::FILM, size::ICON, colors.text_2);
    let style = Line::new(font::reading(), colors.text_1);
    let beside = words.with_min_x(words.left() + size::ICON + space::M);
    label(ui, beside, Align2::LEFT_CENTER, text::drop_a_film(), &style);
}

/// Buttons from the right: a file, an address, one's screen, and what waits already. Returns where they begin.
fn ways(
    ui: &Ui,
    row: Rect,
    scene: &mut Scene<'_>,
    narrow: bool,
    films: &mut Films,
    picker: &mut Picker,
) -> f32 {
    let because = text::may_not_steer(scene.snapshot);
    let because = because.as_deref();
    let mut right = row.right();
    let mut place = |width: f32| {
        let place = row.with_max_x(right).with_min_x(right - width);
        right = place.left() - space::S;
        place
    };
    let waiting = !scene.snapshot.playback.queue.is_empty();
    let side = size::CONTROL;
    let choose = Button::text("choose film", text::choose_film()).with_icon(icons::OPEN);
    let choose = choose.kind(Kind::Primary).unless(because);
    let shares = scene.snapshot.sharing.is_some();
    let others = [true, !shares, waiting].into_iter().filter(|there| *there).count();
    let rest = (side + space::S) * others as f32;
    let wide = if narrow { row.width() - rest } else { choose.width(ui) + space::S };
    if choose.show(ui, place(wide)).clicked() {
        (scene.send)(UiAction::PickFilm);
    }
    let address = if narrow {
        let button = Button::icon("address", text::open_address(), icons::ADDRESS);
        button.unless(because).show(ui, place(side))
    } else {
        let button = Button::text("address", text::open_address()).with_icon(icons::ADDRESS);
        let wide = button.width(ui);
        button.unless(because).show(ui, place(wide))
    };
    films.address(ui, &address, scene);
    let share = Button::icon("share", text::share_screen(), icons::SHARE);
    if !shares && share.show(ui, place(side)).clicked() {
        picker.open(ui, scene);
    }
    if waiting {
        let button = Button::icon("films", text::films(), icons::FILMS).show(ui, place(side));
        films.menu(ui, &button, RectAlign::TOP_END, scene);
    }
    right
}

fn no_player(ui: &Ui, inner: Rect, missing: &str) {
    let colors = palette(ui);
    let at = pos2(inner.left() + size::ICON / 2.0, inner.center().y);
    icon(ui.painter(), at, icons::WARNING, size::ICON, colors.amber_text);
    let style = Line::new(font::body(), colors.text_2);
    let beside = inner.with_min_x(inner.left() + size::ICON + space::M);
    let galley = block_galley(ui.painter(), missing, &style, line::BODY, beside.width());
    let top = beside.center().y - galley.size().y / 2.0;
    let place = Rect::from_min_size(pos2(beside.left(), top), galley.size());
    readable(ui, place, missing);
    ui.painter().galley(place.min, galley, colors.text_2);
}
