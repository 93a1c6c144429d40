//! The control for the layout: which it is, what it could be, and whether one of them is kept.

use eframe::egui::{Align, PopupCloseBehavior, Pos2, Rect, RectAlign, Response, Ui};

use super::Room;
use super::stage::choice::Layout;
use crate::ui::text;
use crate::ui::theme::icons::{self, Icon};
use crate::ui::theme::{palette, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::menu;
use crate::ui::widgets::pill::Pill;

/// The menu's width.
const WIDTH: f32 = 300.0;

impl Room {
    /// Keeps this layout, or follows what happens again.
    pub(super) fn keep_layout(&mut self, ui: &Ui, layout: Option<Layout>) {
        let theatre = layout == Some(Layout::Theatre) && self.on_stage.is_there();
        if self.theatre != theatre {
            self.set_theatre(ui, theatre);
        }
        self.on_stage.pin(layout);
    }

    /// Shows the control with its right middle at `at`. Returns where it stands.
    pub(super) fn layout_pill(&mut self, ui: &Ui, at: Pos2) -> Rect {
        let (sign, name) = self.layout_words();
        let now = self.on_stage.pinned().unwrap_or(self.on_stage.layout());
        let pill = Pill::new("layout", &name, text::layout(now)).icon(sign);
        let pill = pill.show(ui, at, Align::Max, 160.0);
        self.layout_menu(ui, &pill, RectAlign::BOTTOM_END);
        pill.rect
    }

    /// Shows the control as a switch among others.
    pub(super) fn layout_switch(&mut self, ui: &Ui, place: Rect, kind: Kind) {
        let (sign, name) = self.layout_words();
        let button = Button::icon("layout", &name, sign).kind(kind).show(ui, place);
        self.layout_menu(ui, &button, RectAlign::TOP);
    }

    fn layout_words(&self) -> (Icon, String) {
        let (now, pinned) = (self.on_stage.layout(), self.on_stage.pinned());
        let sign = if pinned.is_some() { icons::PINNED } else { sign(now) };
        (sign, text::layout_control(now, pinned))
    }

    fn layout_menu(&mut self, ui: &Ui, control: &Response, align: RectAlign) {
        let pinned = self.on_stage.pinned();
        let (mut wanted, mut small) = (None, false);
        let width = WIDTH.min(ui.ctx().content_rect().width() - 2.0 * space::L);
        let close = PopupCloseBehavior::CloseOnClick;
        menu::popup(ui, control, width, close, align, |ui| {
            menu::caption(ui, text::layout_label());
            let mut choice = |ui: &mut Ui, words: &str, layout: Option<Layout>| {
                if menu::choice(ui, words, layout == pinned).clicked() {
                    wanted = Some(layout);
                }
            };
            choice(ui, text::layout_follows(), None);
            for layout in [Layout::Talk, Layout::Watch, Layout::Share, Layout::Theatre] {
                choice(ui, text::layout_choice(layout), Some(layout));
            }
            let waits = pinned.filter(|pinned| *pinned != self.on_stage.layout());
            let hint = waits.and_then(text::layout_waits).unwrap_or_else(text::layout_follows_hint);
            menu::hint(ui, hint, palette(ui).text_3);
            if menu::button(ui, "small window", text::compact(), Kind::Control).clicked() {
                small = true;
            }
        });
        if let Some(layout) = wanted {
            self.keep_layout(ui, layout);
        }
        if small {
            self.set_compact(ui, true);
        }
    }
}

fn sign(layout: Layout) -> Icon {
    match layout {
        Layout::Talk => icons::LAYOUT_TALK,
        Layout::Watch => icons::LAYOUT_WATCH,
        Layout::Share => icons::SCREEN,
        Layout::Theatre => icons::FULL_SCREEN,
    }
}
