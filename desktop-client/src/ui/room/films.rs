//! The films of the evening: what waits and in which order, one more, an address, taking the film off.

use cinemasync_core::film::{FilmAddress, FilmInfo, MAX_FILM_ADDRESS_BYTES};
use cinemasync_core::interface::Command;
use eframe::egui::{
    Align2, Id, Key, PopupCloseBehavior, Rect, RectAlign, Response, ScrollArea, Sense, Ui, Vec2,
    pos2, vec2,
};

use crate::ui::theme::icons::{self, Icon};
use crate::ui::theme::{font, palette, size, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::{Line, label, menu};
use crate::ui::{Scene, UiAction, text};

/// The panel's width.
const WIDTH: f32 = 360.0;

/// What lasts between frames.
#[derive(Debug, Default)]
pub(super) struct Films {
    /// The address that is being typed.
    address: String,
    /// What was taken away just now, in words, and what puts it back.
    pub(super) taken: Option<(String, Command)>,
}

impl Films {
    /// Opens with `button`: what waits, and what else can be shown.
    pub(super) fn menu(
        &mut self,
        ui: &Ui,
        button: &Response,
        align: RectAlign,
        scene: &mut Scene<'_>,
    ) {
        panel(ui, button, align, |ui| {
            let because = text::may_not_steer(scene.snapshot);
            let because = because.as_deref();
            menu::caption(ui, text::next_films());
            if let Some(film) = queue(ui, because, scene) {
                let words = text::film_waits_no_more(text::title(&film));
                self.taken = Some((words, Command::RequeueFilm));
            }
            let add = row(ui, "add film", text::add_film(), Kind::Control, because);
            if add.clicked() {
                (scene.send)(UiAction::PickNextFilm);
                ui.close();
            }
            menu::caption(ui, text::open_address());
            self.form(ui, because, scene);
            stream(ui, scene);
            if let Some(film) = &scene.snapshot.playback.film
                && row(ui, "take off", text::close_film(), Kind::Quiet, because).clicked()
            {
                let words = text::film_taken_off(text::title(film));
                self.taken = Some((words, Command::ReopenFilm));
                scene.command(Command::CloseFilm);
                ui.close();
            }
        });
    }

    /// Opens with `button`: a field for an address.
    pub(super) fn address(&mut self, ui: &Ui, button: &Response, scene: &mut Scene<'_>) {
        panel(ui, button, RectAlign::TOP_END, |ui| {
            let because = text::may_not_steer(scene.snapshot);
            self.form(ui, because.as_deref(), scene);
        });
    }

    fn form(&mut self, ui: &mut Ui, because: Option<&str>, scene: &mut Scene<'_>) {
        let colors = palette(ui);
        let wanted = vec2(ui.available_width(), size::CONTROL);
        let (rect, _) = ui.allocate_exact_size(wanted, Sense::empty());
        let wrong = FilmAddress::parse(self.address.trim()).err();
        let typed = !self.address.trim().is_empty();
        let id = Id::unique("film address");
        let field = Field::new(id, text::film_address(), text::FILM_ADDRESS_HINT);
        let field = field.limit(MAX_FILM_ADDRESS_BYTES).wrong(typed && wrong.is_some());
        let field = field.font(font::body()).show(ui, rect, &mut self.address);
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        match &wrong {
            Some(wrong) if typed => menu::hint(ui, &text::told(&wrong.sentence()), colors.red),
            _ => menu::hint(ui, text::film_address_asked(), colors.text_3),
        }
        let ready = wrong.is_none();
        let wanted = vec2(ui.available_width(), size::CONTROL + space::XS);
        let (rect, _) = ui.allocate_exact_size(wanted, Sense::empty());
        let show = Button::text("show address", text::show_address()).kind(Kind::Primary);
        let show = show.enabled(ready).unless(because);
        let pressed = show.show(ui, rect.shrink2(vec2(space::XS, space::XS / 2.0))).clicked();
        if (pressed || entered) && ready && because.is_none() {
            scene.command(Command::OpenAddress(std::mem::take(&mut self.address)));
            ui.close();
        }
    }
}

/// How the film comes from friends or goes to them, and keeping it.
fn stream(ui: &mut Ui, scene: &mut Scene<'_>) {
    let Some(stream) = scene.snapshot.playback.stream.as_ref() else { return };
    if let Some(words) = text::stream(stream) {
        menu::hint(ui, &words, palette(ui).text_2);
    }
    let figures = &stream.figures;
    let whole = stream.comes && figures.bytes_have >= figures.bytes_total;
    if stream.keeping {
        menu::hint(ui, text::keeping_film(), palette(ui).text_2);
    } else if whole && row(ui, "keep film", text::keep_film(), Kind::Control, None).clicked() {
        (scene.send)(UiAction::KeepFilm);
        ui.close();
    }
}

fn panel(ui: &Ui, button: &Response, align: RectAlign, content: impl FnOnce(&mut Ui)) {
    let whole = ui.ctx().content_rect();
    let width = WIDTH.min(whole.width() - 2.0 * space::L);
    let tall = whole.height() - 2.0 * size::TOP_BAR - 2.0 * space::L;
    let close = PopupCloseBehavior::CloseOnClickOutside;
    menu::popup(ui, button, width, close, align, |ui| {
        ScrollArea::vertical().max_height(tall).min_scrolled_height(tall).show(ui, content);
    });
}

/// Returns the film that was taken out.
fn queue(ui: &mut Ui, because: Option<&str>, scene: &mut Scene<'_>) -> Option<FilmInfo> {
    let queue = &scene.snapshot.playback.queue;
    if queue.is_empty() {
        menu::hint(ui, text::no_next_film(), palette(ui).text_3);
        return None;
    }
    let mut wish = None;
    for (index, (film, by)) in queue.iter().enumerate() {
        wish = one(ui, (index, queue.len()), film, by, because).or(wish);
    }
    if row(ui, "play next", text::play_next(), Kind::Control, because).clicked() {
        wish = Some(Command::PlayNext);
        ui.close();
    }
    let command = wish?;
    let removed = match &command {
        Command::Unqueue(id) => queue.iter().find(|(film, _)| film.id == *id),
        _ => None,
    };
    let removed = removed.map(|(film, _)| film.clone());
    scene.command(command);
    removed
}

/// A film that waits, with what can be done to it.
fn one(
    ui: &mut Ui,
    (index, count): (usize, usize),
    film: &FilmInfo,
    by: &str,
    because: Option<&str>,
) -> Option<Command> {
    let wanted = vec2(ui.available_width(), size::SMALL + space::XS);
    let (row, _) = ui.allocate_exact_size(wanted, Sense::empty());
    let mut right = row.right();
    let mut button = |what: &str, name: &str, sign: Icon, enabled: bool| {
        right -= size::SMALL;
        let corner = pos2(right, row.center().y - size::SMALL / 2.0);
        let place = Rect::from_min_size(corner, Vec2::splat(size::SMALL));
        let key = format!("{what} {}", film.id.0);
        let button = Button::icon(&key, name, sign).small().kind(Kind::Quiet);
        button.enabled(enabled).unless(because).show(ui, place).clicked()
    };
    let remove = button("remove", &text::unqueue(film), icons::REMOVE, true);
    let later = button("later", &text::later(film), icons::LATER, index + 1 < count);
    let sooner = button("sooner", &text::sooner(film), icons::SOONER, index > 0);
    let words = row.with_max_x(right - space::S).with_min_x(row.left() + space::S);
    let style = Line::new(font::body(), palette(ui).text_1);
    label(ui, words, Align2::LEFT_CENTER, &text::queued(film, by), &style);
    let film = film.id.clone();
    if remove {
        Some(Command::Unqueue(film))
    } else if later {
        Some(Command::MoveInQueue { film, to: index + 1 })
    } else {
        sooner.then(|| Command::MoveInQueue { film, to: index.saturating_sub(1) })
    }
}

fn row(ui: &mut Ui, key: &str, words: &str, kind: Kind, because: Option<&str>) -> Response {
    let wanted = vec2(ui.available_width(), size::CONTROL + space::XS);
    let (rect, _) = ui.allocate_exact_size(wanted, Sense::empty());
    let inner = rect.shrink2(vec2(space::XS, space::XS / 2.0));
    Button::text(key, words).kind(kind).unless(because).show(ui, inner)
}
