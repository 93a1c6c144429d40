//! The picker: which monitor or window is shared, with its sound or without, and how it is sent. Owns
//! what is being chosen; the listing comes with the snapshot.

mod cards;

use cinemasync_core::interface::Command;
use cinemasync_core::screen::{ScreenItem, ScreenSource, Share};
use eframe::egui::{
    Align2, Id, Modal, PopupCloseBehavior, Rect, RectAlign, Sense, Ui, UiBuilder, Vec2, pos2, vec2,
};

use crate::ui::settings::screen as screen_settings;
use crate::ui::theme::{font, icons, line, on_picture, palette, size, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::switch::switch;
use crate::ui::widgets::{Line, icon, label, menu, paragraph, raised};
use crate::ui::{Scene, text};

/// The largest that it is.
const LARGEST: Vec2 = vec2(920.0, 700.0);
/// With more windows than so many they can be searched.
const SEARCHED_FROM: usize = 9;
/// The longest that is searched for.
const SEARCH_CHARS: usize = 80;
/// A system that has listed nothing for so long has nothing to list, in seconds.
const PATIENCE_SECS: f64 = 4.0;
/// The panel of how it is sent.
const SETTINGS_WIDTH: f32 = 360.0;

/// What lasts between frames.
#[derive(Debug, Default)]
pub(super) struct Picker {
    choosing: Option<Choosing>,
    /// Was it said that the system will ask?
    explained: bool,
    search: String,
    settings_unfolded: bool,
}

/// While it is open.
#[derive(Debug)]
struct Choosing {
    /// When it was opened, in egui's seconds.
    since: f64,
    chosen: Option<ScreenSource>,
    sound: bool,
    /// Does the session list screens for it?
    listing: bool,
}

/// What a person did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Close,
    Share,
    Stop,
    Understood,
}

impl Picker {
    /// Opens it.
    pub(super) fn open(&mut self, ui: &Ui, scene: &Scene<'_>) {
        let sharing = scene.snapshot.sharing.as_ref();
        self.search.clear();
        self.choosing = Some(Choosing {
            since: ui.input(|input| input.time),
            chosen: None,
            sound: sharing.is_none_or(|sharing| sharing.share.sound),
            listing: false,
        });
    }

    /// Is it open?
    pub(super) fn is_open(&self) -> bool {
        self.choosing.is_some()
    }

    /// Shows it over everything, while it is open.
    pub(super) fn show(&mut self, ui: &Ui, scene: &mut Scene<'_>) {
        let Some(choosing) = &mut self.choosing else { return };
        let explains = scene.screen_asks_first && !self.explained;
        if !explains && !choosing.listing {
            choosing.listing = true;
            scene.command(Command::ListScreens(true));
        }
        let margin = space::L;
        let frame = raised(ui, margin);
        let whole = ui.ctx().content_rect();
        let most = whole.size() - Vec2::splat(4.0 * margin);
        // In a strip the same words take more lines.
        let tall = if whole.width() < size::NARROW_BELOW { 460.0 } else { 320.0 };
        let size = if explains { vec2(480.0, tall) } else { LARGEST }.min(most);
        let modal = Modal::new(Id::unique("share screen")).frame(frame);
        let modal = modal.backdrop_color(on_picture::GROUND).show(ui.ctx(), |ui| {
            let (rect, _) = ui.allocate_exact_size(size, Sense::empty());
            if explains { explanation(ui, rect) } else { self.contents(ui, rect, scene) }
        });
        let closed = modal.should_close().then_some(Answer::Close);
        match modal.inner.or(closed) {
            Some(Answer::Understood) => self.explained = true,
            Some(answer) => self.answer(answer, scene),
            None => {}
        }
    }

    fn answer(&mut self, answer: Answer, scene: &mut Scene<'_>) {
        let Some(choosing) = self.choosing.take() else { return };
        if choosing.listing {
            scene.command(Command::ListScreens(false));
        }
        match (answer, choosing.chosen) {
            (Answer::Share, Some(source)) => {
                scene.command(Command::ShareScreen(Share { source, sound: choosing.sound }));
            }
            (Answer::Stop, _) => scene.command(Command::StopSharing),
            _ => {}
        }
    }

    fn contents(&mut self, ui: &mut Ui, rect: Rect, scene: &mut Scene<'_>) -> Option<Answer> {
        let narrow = rect.width() < 560.0;
        let items = scene.snapshot.screens.clone();
        let is_window = |item: &&ScreenItem| matches!(item.source, ScreenSource::Window(_));
        let searched = items.iter().filter(is_window).count() >= SEARCHED_FROM;
        let rows = if narrow && searched { 2.0 } else { 1.0 };
        let head_height = rows * size::CONTROL + (rows - 1.0) * space::XS;
        let head = rect.with_max_y(rect.top() + head_height);
        let foot_height = if narrow { 2.0 * size::CONTROL + space::S } else { size::CONTROL };
        let foot = rect.with_min_y(rect.bottom() - foot_height);
        let body = Rect::from_min_max(
            pos2(rect.left(), head.bottom() + space::S),
            pos2(rect.right(), foot.top() - space::M),
        );
        let closed = self.head(ui, head, narrow, searched);
        let choosing = self.choosing.as_mut()?;
        // Where the system asks there is nothing else to choose.
        if let [only] = items.as_slice()
            && only.source == ScreenSource::Portal
        {
            choosing.chosen = Some(ScreenSource::Portal);
        }
        // A window that was closed meanwhile cannot be shared.
        choosing.chosen.take_if(|chosen| !items.iter().any(|item| item.source == *chosen));
        let mut twice = false;
        if items.is_empty() {
            nothing(ui, body, choosing.since);
        } else {
            let search = if searched { self.search.trim() } else { "" };
            let pressed = cards::show(ui, body, &items, search, choosing.chosen.as_ref(), scene);
            if let Some(pressed) = pressed {
                twice = pressed.twice;
                choosing.chosen = Some(pressed.source);
            }
        }
        let answer = self.foot(ui, foot, narrow, scene);
        let share = twice.then_some(Answer::Share);
        closed.or(answer).or(share)
    }

    /// What it is, a field to search, and what closes it.
    fn head(&mut self, ui: &mut Ui, head: Rect, narrow: bool, searched: bool) -> Option<Answer> {
        let colors = palette(ui);
        let side = size::SMALL;
        let line = head.with_max_y(head.top() + size::CONTROL);
        let corner = pos2(line.right() - side, line.center().y - side / 2.0);
        let place = Rect::from_min_size(corner, Vec2::splat(side));
        let close = Button::icon("close picker", text::cancel(), icons::CLOSE).small();
        let closed = close.kind(Kind::Quiet).show(ui, place).clicked();
        let mut words = line.with_max_x(place.left() - space::S);
        if searched {
            let field = if narrow {
                head.with_min_y(head.bottom() - size::CONTROL)
            } else {
                let field = words.with_min_x(words.right() - 260.0);
                words.max.x = field.left() - space::M;
                field
            };
            let at = pos2(field.left() + space::L, field.center().y);
            let id = Id::unique("search windows");
            let named = Field::new(id, text::search_windows(), text::search_hint());
            named.limit(SEARCH_CHARS).font(font::body()).indent(size::ICON_TEXT).show(
                ui,
                field,
                &mut self.search,
            );
            icon(ui.painter(), at, icons::SEARCH, size::ICON_TEXT, colors.text_3);
        }
        let style = Line::new(font::large(), colors.text_1);
        label(ui, words, Align2::LEFT_CENTER, text::share_screen(), &style);
        closed.then_some(Answer::Close)
    }

    /// Sound, how it is sent, and what begins or ends it.
    fn foot(
        &mut self,
        ui: &mut Ui,
        foot: Rect,
        narrow: bool,
        scene: &mut Scene<'_>,
    ) -> Option<Answer> {
        let choosing = self.choosing.as_mut()?;
        let sharing = scene.snapshot.sharing.is_some();
        let row = foot.with_min_y(foot.bottom() - size::CONTROL);
        let words = if sharing { text::share_this_now() } else { text::share_label() };
        let share = Button::text("share", words).with_icon(icons::SHARE).kind(Kind::Primary);
        let share = share.enabled(choosing.chosen.is_some());
        let (other, kind, leave) = if sharing {
            (text::stop_sharing(), Kind::Danger, Answer::Stop)
        } else {
            (text::cancel(), Kind::Control, Answer::Close)
        };
        let other = Button::text("other", other).kind(kind);
        let (share_wide, other_wide) = if narrow {
            let half = (row.width() - size::CONTROL - 2.0 * space::S) / 2.0;
            (half, half)
        } else {
            (share.width(ui), other.width(ui))
        };
        let mut right = row.right();
        let mut place = |wide: f32| {
            let rect = row.with_max_x(right).with_min_x(right - wide);
            right = rect.left() - space::S;
            rect
        };
        let mut answer = None;
        if share.show(ui, place(share_wide)).clicked() {
            answer = Some(Answer::Share);
        }
        if other.show(ui, place(other_wide)).clicked() {
            answer = Some(leave);
        }
        let how = Button::icon("how sent", text::how_it_is_sent(), icons::SETTINGS);
        let how = how.kind(Kind::Control).show(ui, place(size::CONTROL));
        let close = PopupCloseBehavior::CloseOnClickOutside;
        let width = SETTINGS_WIDTH.min(foot.width());
        menu::popup(ui, &how, width, close, RectAlign::TOP_END, |ui| {
            menu::caption(ui, text::how_it_is_sent());
            screen_settings::rows(ui, &mut self.settings_unfolded, scene);
        });
        let sound = if narrow {
            foot.with_max_y(foot.top() + size::CONTROL)
        } else {
            row.with_max_x((right - space::L).min(row.left() + 320.0))
        };
        let mut row = ui.new_child(UiBuilder::new().max_rect(sound));
        let pressed = switch(&mut row, text::with_sound(), choosing.sound);
        if pressed.clicked() {
            choosing.sound = !choosing.sound;
        }
        pressed.on_hover_text(text::with_sound_hint());
        answer
    }
}

/// While nothing is listed: why.
fn nothing(ui: &Ui, body: Rect, since: f64) {
    let waited = ui.input(|input| input.time) - since;
    let words = if waited < PATIENCE_SECS {
        ui.ctx().request_repaint_after_secs((PATIENCE_SECS - waited) as f32);
        text::looking_for_screens()
    } else {
        text::no_screens()
    };
    let style = Line::new(font::reading(), palette(ui).text_2);
    let width = body.width().min(420.0);
    let galley =
        crate::ui::widgets::centred_galley(ui.painter(), words, &style, line::READING, width);
    let place = Align2::CENTER_CENTER.align_size_within_rect(galley.size(), body);
    crate::ui::widgets::readable(ui, place, words);
    ui.painter().galley(place.center_top(), galley, style.color);
}

/// What the system will ask, before it does.
fn explanation(ui: &mut Ui, rect: Rect) -> Option<Answer> {
    let colors = palette(ui);
    let head = rect.with_max_y(rect.top() + size::CONTROL);
    let style = Line::new(font::large(), colors.text_1);
    label(ui, head, Align2::LEFT_CENTER, text::share_screen(), &style);
    let style = Line::new(font::reading(), colors.text_2);
    let mut rest = rect.with_min_y(head.bottom() + space::M);
    for words in text::permission() {
        let place = paragraph(ui, rest, words, &style, line::READING);
        rest.min.y = place.bottom() + space::M;
    }
    let row = rect.with_min_y(rect.bottom() - size::CONTROL);
    let go_on = Button::text("go on", text::go_on()).kind(Kind::Primary);
    let wide = go_on.width(ui);
    let place = row.with_min_x(row.right() - wide);
    if go_on.show(ui, place).clicked() {
        return Some(Answer::Understood);
    }
    let cancel = Button::text("cancel", text::cancel());
    let wide = cancel.width(ui);
    let right = place.left() - space::S;
    let place = row.with_max_x(right).with_min_x(right - wide);
    cancel.show(ui, place).clicked().then_some(Answer::Close)
}
