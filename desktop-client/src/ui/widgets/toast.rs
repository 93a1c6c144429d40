//! Sentences that come, are read, and go: notices and failures.

use std::collections::VecDeque;

use cinemasync_core::interface::{Level, Notice};
use cinemasync_core::sentence::Sentence;
use eframe::egui::{Color32, CornerRadius, Id, LayerId, Order, Rect, Ui, UiBuilder, pos2, vec2};

use super::button::{Button, Kind};
use super::{Line, block_galley, icon, readable};
use crate::ui::text;
use crate::ui::theme::icons::{self, Icon};
use crate::ui::theme::{font, line, palette, radius, size, space};

/// At most so many at once; when another comes, the oldest goes.
const MAX_TOASTS: usize = 4;

/// The toasts on screen, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Toasts {
    shown: VecDeque<Toast>,
    count: u64,
}

#[derive(Debug)]
struct Toast {
    number: u64,
    notice: Notice,
    /// When it goes, in egui's seconds; `None` until it was shown once.
    until: Option<f64>,
}

impl Toasts {
    /// Adds one. The same sentence again renews the one on screen.
    pub(crate) fn add(&mut self, notice: Notice) {
        self.shown.retain(|toast| toast.notice != notice);
        if self.shown.len() >= MAX_TOASTS {
            self.shown.pop_front();
        }
        self.count += 1;
        self.shown.push_back(Toast { number: self.count, notice, until: None });
    }

    /// Takes away those that are told in another place.
    pub(crate) fn forget(&mut self, is_told: impl Fn(&Sentence) -> bool) {
        self.shown.retain(|toast| !is_told(&toast.notice.text));
    }

    /// Shows them below each other from `top`, centred in `within`, above everything else.
    pub(crate) fn show(&mut self, ui: &mut Ui, within: Rect, top: f32) {
        let now = ui.input(|input| input.time);
        let mut y = top;
        let mut closed = None;
        for toast in &mut self.shown {
            let until = *toast.until.get_or_insert(now + stay(&toast.notice));
            ui.ctx().request_repaint_after_secs((until - now).max(0.0) as f32);
            let (height, dismissed) = show_one(ui, within, y, toast);
            if dismissed {
                closed = Some(toast.number);
            }
            y += height + space::S;
        }
        self.shown.retain(|toast| {
            Some(toast.number) != closed && toast.until.is_none_or(|until| until > now)
        });
    }
}

/// How long it takes to read, in seconds.
fn stay(notice: &Notice) -> f64 {
    let reading = 2.5 + notice.text.as_str().chars().count() as f64 * 0.06;
    match notice.level {
        Level::Info => reading.min(8.0),
        Level::Warning => reading + 3.0,
        Level::Error => reading + 6.0,
    }
}

fn show_one(ui: &mut Ui, within: Rect, top: f32, toast: &Toast) -> (f32, bool) {
    let colors = palette(ui);
    let (sign, color): (Icon, Color32) = match toast.notice.level {
        Level::Info => (icons::INFO, colors.teal),
        Level::Warning => (icons::WARNING, colors.amber_text),
        Level::Error => (icons::ERROR, colors.red),
    };
    let width = (within.width() - 2.0 * space::L).min(460.0);
    let text_width = width - size::ICON_SMALL - size::SMALL - 2.0 * space::M - space::S;
    let style = Line::new(font::body(), colors.text_1);
    let words = text::told(&toast.notice.text);
    let galley = block_galley(ui.painter(), &words, &style, line::BODY, text_width);
    let height = (galley.size().y + 2.0 * space::M).max(size::CONTROL);
    let corner_at = pos2(within.center().x - width / 2.0, top);
    let rect = Rect::from_min_size(corner_at, vec2(width, height));
    let id = Id::unique(("toast", toast.number));
    let builder = UiBuilder::new().max_rect(rect).layer_id(LayerId::new(Order::Tooltip, id));
    ui.scope_builder(builder.id_salt(id), |ui| {
        let corner = CornerRadius::same(radius::CONTROL);
        let shadow = ui.visuals().popup_shadow;
        ui.painter().add(shadow.as_shape(rect, corner));
        ui.painter().rect_filled(rect, corner, colors.surface_3);
        let sign_at = pos2(rect.left() + space::M + size::ICON_SMALL / 2.0, rect.center().y);
        icon(ui.painter(), sign_at, sign, size::ICON_SMALL, color);
        let left = rect.left() + space::M + size::ICON_SMALL + space::S;
        let text_at = pos2(left, rect.center().y - galley.size().y / 2.0);
        readable(ui, Rect::from_min_size(text_at, galley.size()), &words);
        ui.painter().galley(text_at, galley, colors.text_1);
        let close_at = pos2(rect.right() - space::XS - size::SMALL / 2.0, rect.center().y);
        let close = Rect::from_center_size(close_at, vec2(size::SMALL, size::SMALL));
        let button = Button::icon("dismiss", text::dismiss(), icons::CLOSE).small();
        (height, button.kind(Kind::Quiet).show(ui, close).clicked())
    })
    .inner
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(text: &str) -> Notice {
        Notice { level: Level::Info, text: text.into() }
    }

    #[test]
    fn only_the_latest_few_stay_and_none_twice() {
        let mut toasts = Toasts::default();
        for text in ["a", "b", "c", "d", "e", "c"] {
            toasts.add(notice(text));
        }
        let texts: Vec<_> = toasts.shown.iter().map(|toast| toast.notice.text.as_str()).collect();
        assert_eq!(texts, ["b", "d", "e", "c"]);
    }

    #[test]
    fn errors_stay_longer_than_news() {
        let news = notice("The film is here.");
        let error = Notice { level: Level::Error, ..news.clone() };
        assert!(stay(&error) > stay(&news));
    }
}
