//! The report of a crash: offered in the lobby of the next start, read over everything else. Owns what is
//! offered and whether it is open; the files are the app's.

use eframe::egui::{
    Align2, Frame, Id, Modal, Rect, ScrollArea, Sense, TextEdit, Ui, Vec2, pos2, vec2,
};

use super::theme::{font, icons, line, on_picture, palette, size, space};
use super::widgets::button::{Button, Kind};
use super::widgets::prompt::Prompt;
use super::widgets::{Line, label, menu, raised};
use super::{Scene, UiAction, text};

/// The widest that the report is.
const WIDTH: f32 = 760.0;

/// A report that the person has not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crash {
    /// What it says.
    pub text: String,
    /// Did the program end by it?
    pub ended: bool,
}

/// What is offered, and what is open.
#[derive(Debug, Default)]
pub(super) struct CrashReport {
    offered: Option<Crash>,
    open: Option<String>,
    copied: bool,
}

impl CrashReport {
    pub(super) fn new(offered: Option<Crash>) -> Self {
        Self { offered, ..Self::default() }
    }

    /// Offers it from `top` on. Returns where the offer ends.
    pub(super) fn offer(
        &mut self,
        ui: &mut Ui,
        whole: Rect,
        top: f32,
        scene: &mut Scene<'_>,
    ) -> f32 {
        let Some(crash) = &self.offered else { return top };
        let words = if crash.ended { text::crashed_last_time() } else { text::failed_last_time() };
        let prompt = Prompt {
            key: "crash",
            sign: icons::WARNING,
            text: words,
            answers: &[text::show_report(), text::dismiss()],
        };
        let (height, pressed) = prompt.show(ui, whole, top);
        if let Some(answer) = pressed {
            let crash = self.offered.take();
            if answer == 0 {
                (self.open, self.copied) = (crash.map(|crash| crash.text), false);
            }
            (scene.send)(UiAction::CrashSeen);
        }
        top + height + space::S
    }

    /// Shows the report, while it is open.
    pub(super) fn show(&mut self, ui: &Ui, scene: &mut Scene<'_>) {
        let Some(report) = &self.open else { return };
        let colors = palette(ui);
        let frame = raised(ui, space::L);
        let most = ui.ctx().content_rect().size() - Vec2::splat(4.0 * space::L);
        let width = WIDTH.min(most.x);
        let modal = Modal::new(Id::unique("crash report")).frame(frame);
        let modal = modal.backdrop_color(on_picture::GROUND).show(ui.ctx(), |ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing = vec2(0.0, space::S);
            let closed = head(ui);
            menu::hint(ui, text::crash_report_hint(), colors.text_2);
            let rest = most.y - 3.0 * size::CONTROL - 2.0 * line::READING;
            ScrollArea::vertical().max_height(rest.max(size::CONTROL)).show(ui, |ui| {
                // Can be selected, and not changed.
                let mut words = report.as_str();
                let field = TextEdit::multiline(&mut words).font(font::caption());
                ui.add(field.desired_width(f32::INFINITY).frame(Frame::NONE));
            });
            let words = if self.copied { text::copied() } else { text::copy_crash_report() };
            let copied = menu::button(ui, "copy crash", words, Kind::Control).clicked();
            if copied {
                (scene.send)(UiAction::CopyReport(report.clone()));
            }
            (closed, copied)
        });
        let (closed, copied) = modal.inner;
        self.copied |= copied;
        if closed || modal.should_close() {
            self.open = None;
        }
    }
}

/// What it is, and what closes it.
fn head(ui: &mut Ui) -> bool {
    let wanted = vec2(ui.available_width(), size::SMALL);
    let (head, _) = ui.allocate_exact_size(wanted, Sense::empty());
    let side = size::SMALL;
    let place = Rect::from_min_size(pos2(head.right() - side, head.top()), Vec2::splat(side));
    let words = Rect::from_min_max(head.min, pos2(place.left() - space::S, place.bottom()));
    let style = Line::new(font::large(), palette(ui).text_1);
    label(ui, words, Align2::LEFT_CENTER, text::crash_report(), &style);
    let close = Button::icon("close report", text::close(), icons::CLOSE).small();
    close.kind(Kind::Quiet).show(ui, place).clicked()
}
