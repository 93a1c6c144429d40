//! The status panel: for each person how the connection stands in words, the figures and the last
//! minutes beside them, what one sends oneself, and how exactly time is shared.

use cinemasync_core::call_status::{self, Condition};
use cinemasync_core::interface::{ParticipantView, Stage};
use cinemasync_core::link::LinkState;
use cinemasync_core::sentence;
use eframe::egui::{
    Align2, Color32, PopupCloseBehavior, RectAlign, Response, ScrollArea, Sense, Ui, pos2, vec2,
};

use super::Room;
use crate::ui::theme::{font, palette, size, space};
use crate::ui::widgets::button::Kind;
use crate::ui::widgets::graph::{self, Graph};
use crate::ui::widgets::{Line, columns, label, menu};
use crate::ui::{Scene, UiAction, text};

/// The panel's width.
const WIDTH: f32 = 372.0;
/// A line of figures.
const ROW: f32 = 20.0;
/// A graph with its caption.
const GRAPH: f32 = 52.0;
/// How long the button says that the report was copied, in seconds.
const COPIED_SECS: f64 = 2.0;

impl Room {
    /// Opens with `button`.
    pub(super) fn status(&mut self, ui: &Ui, button: &Response, scene: &mut Scene<'_>) {
        let whole = ui.ctx().content_rect();
        let width = WIDTH.min(whole.width() - 2.0 * space::L);
        let tall = whole.height() - 3.0 * size::TOP_BAR - 2.0 * space::L;
        let close = PopupCloseBehavior::CloseOnClickOutside;
        let now = ui.input(|input| input.time);
        let copied = self.reported_at.is_some_and(|at| now - at < COPIED_SECS);
        let (mut wanted, mut code_wanted) = (false, false);
        menu::popup(ui, button, width, close, RectAlign::BOTTOM_END, |ui| {
            ScrollArea::vertical()
                .max_height(tall)
                .min_scrolled_height(tall)
                .show(ui, |ui| contents(ui, scene));
            ui.add_space(space::S);
            code_wanted =
                menu::button(ui, "code only", text::copy_code_only(), Kind::Control).clicked();
            let words = if copied { text::report_copied() } else { text::copy_report() };
            wanted = menu::button(ui, "report", words, Kind::Control).clicked();
        });
        if let (true, Stage::Room { code, .. }) = (code_wanted, &scene.snapshot.stage) {
            self.copied_at = Some(now);
            (scene.send)(UiAction::CopyInvite(code.as_str().to_owned()));
        }
        if wanted {
            self.reported_at = Some(now);
            ui.ctx().request_repaint_after_secs(COPIED_SECS as f32);
            let report = call_status::report(scene.status, scene.snapshot, scene.about);
            (scene.send)(UiAction::CopyReport(report));
        }
    }
}

fn contents(ui: &mut Ui, scene: &Scene<'_>) {
    let snapshot = scene.snapshot;
    menu::caption(ui, &text::people(snapshot.participants.len() + 1));
    for person in &snapshot.participants {
        one(ui, person, scene);
    }
    let own = call_status::own_figures(snapshot, scene.status.program());
    if !own.is_empty() {
        menu::caption(ui, text::you_send());
        for line in own {
            row(ui, &text::told(&line));
        }
    }
    row(ui, &text::clock_error(snapshot.clock_error_ms));
    if !snapshot.signaling_connected {
        row(ui, text::server_away());
    }
}

fn one(ui: &mut Ui, person: &ParticipantView, scene: &Scene<'_>) {
    let colors = palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::empty());
    let condition = scene.status.of(&person.id);
    let at = pos2(rect.left() + space::S + size::DOT, rect.center().y);
    ui.painter().circle_filled(at, size::DOT, dot(ui, condition));
    let mut inner = rect.shrink2(vec2(space::S, 0.0));
    inner.min.x += 2.0 * size::DOT + space::S;
    let name = Line::new(font::body_strong(), colors.text_1);
    let share = inner.left() + inner.width() * 0.35;
    label(ui, inner.with_max_x(share), Align2::LEFT_CENTER, &person.name, &name);
    let said = standing(person, condition);
    let beside = Line::new(font::caption(), colors.text_2);
    label(ui, inner.with_min_x(share), Align2::RIGHT_CENTER, &said, &beside);
    for line in call_status::person_figures(person, scene.snapshot) {
        row(ui, &text::figures(&line));
    }
    graphs(ui, person, scene);
    ui.add_space(space::XS);
}

fn dot(ui: &Ui, condition: Condition) -> Color32 {
    let colors = palette(ui);
    match condition {
        Condition::Good => colors.teal,
        Condition::NoConnection | Condition::OtherKey => colors.red,
        _ => colors.amber_text,
    }
}

/// The condition, and which way the connection takes.
fn standing(person: &ParticipantView, condition: Condition) -> String {
    let way = person.path.filter(|_| person.state == LinkState::Connected).map(call_status::path);
    match (condition, way) {
        (Condition::Good, Some(way)) => text::told(&way),
        (Condition::Good, None) => text::link_state(person.state).to_owned(),
        (other, Some(way)) => text::told(&sentence::words_and_path(other.words(), way)),
        (other, None) => text::told(&other.words()),
    }
}

/// Round trip, loss and bitrate of the last minutes.
fn graphs(ui: &mut Ui, person: &ParticipantView, scene: &Scene<'_>) {
    let samples: Vec<_> = scene.status.history(&person.id).collect();
    if samples.len() < 2 {
        return;
    }
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), GRAPH), Sense::empty());
    let mut inner = rect.shrink2(vec2(space::S, space::XS));
    inner.min.x += 2.0 * size::DOT + space::S;
    let rtt: Vec<_> = samples.iter().map(|sample| sample.rtt_ms).collect();
    let loss: Vec<_> = samples.iter().map(|sample| sample.loss_percent).collect();
    let rate: Vec<_> = samples.iter().map(|sample| Some(sample.received_bps as f64)).collect();
    let milliseconds = |value: f64| text::milliseconds(text::figure(value, 0));
    let percent = |value: f64| text::percent(text::figure(value, 1));
    let bits = |value: f64| text::told(&call_status::bitrate(value.max(0.0) as u64));
    let all = [
        Graph { caption: text::graph_rtt(), values: &rtt, at_least: 50.0, write: &milliseconds },
        Graph { caption: text::graph_loss(), values: &loss, at_least: 2.0, write: &percent },
        Graph { caption: text::graph_rate(), values: &rate, at_least: 100_000.0, write: &bits },
    ];
    for (graph, cell) in all.iter().zip(columns(inner, all.len(), space::M)) {
        graph::show(ui, cell, graph, call_status::HISTORY);
    }
}

fn row(ui: &mut Ui, words: &str) {
    let colors = palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::empty());
    let mut inner = rect.shrink2(vec2(space::S, 0.0));
    inner.min.x += 2.0 * size::DOT + space::S;
    let line = Line::new(font::caption(), colors.text_2);
    label(ui, inner, Align2::LEFT_CENTER, words, &line);
}
