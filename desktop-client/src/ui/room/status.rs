//! The status panel: for each person how the connection stands, and how exactly time is shared.

use cinemasync_core::interface::ParticipantView;
use cinemasync_core::link::LinkState;
use cinemasync_core::plan::MediaStats;
use cinemasync_core::track::Track;
use eframe::egui::{Align2, PopupCloseBehavior, RectAlign, Response, Sense, Ui, pos2, vec2};

use super::Room;
use crate::ui::theme::{font, palette, size, space};
use crate::ui::widgets::{Line, label, menu};
use crate::ui::{Scene, text};

/// The panel's width.
const WIDTH: f32 = 300.0;
/// A line of figures.
const ROW: f32 = 20.0;

impl Room {
    /// Opens with `button`.
    #[expect(clippy::unused_self, reason = "a part of the room like the others")]
    pub(super) fn status(&self, ui: &Ui, button: &Response, scene: &Scene<'_>) {
        let close = PopupCloseBehavior::CloseOnClickOutside;
        menu::popup(ui, button, WIDTH, close, RectAlign::BOTTOM_END, |ui| {
            let snapshot = scene.snapshot;
            menu::caption(ui, &text::people(snapshot.participants.len() + 1));
            for person in &snapshot.participants {
                one(ui, person, &snapshot.media);
            }
            row(ui, &text::clock_error(snapshot.clock_error_ms));
            if snapshot.playback.film.is_some() {
                row(ui, &text::film_offset(snapshot.playback.offset_ms));
            }
            if !snapshot.signaling_connected {
                row(ui, text::SERVER_AWAY);
            }
        });
    }
}

fn one(ui: &mut Ui, person: &ParticipantView, media: &MediaStats) {
    let colors = palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::empty());
    let dot = match person.state {
        LinkState::Connected => colors.teal,
        LinkState::Connecting | LinkState::Reconnecting => colors.amber_text,
        LinkState::Failed | LinkState::Closed => colors.red,
    };
    let at = pos2(rect.left() + space::S + size::DOT, rect.center().y);
    ui.painter().circle_filled(at, size::DOT, dot);
    let mut inner = rect.shrink2(vec2(space::S, 0.0));
    inner.min.x += 2.0 * size::DOT + space::S;
    let name = Line::new(font::body_strong(), colors.text_1);
    let name_place = inner.with_max_x(inner.center().x);
    label(ui, name_place, Align2::LEFT_CENTER, &person.name, &name);
    let said = match (person.state, person.path) {
        (LinkState::Connected, Some(path)) => text::path(path),
        (state, _) => text::link_state(state),
    };
    let beside = Line::new(font::caption(), colors.text_2);
    let said_place = inner.with_min_x(inner.center().x);
    label(ui, said_place, Align2::RIGHT_CENTER, said, &beside);
    for line in figures(person, media) {
        row(ui, &line);
    }
    ui.add_space(space::XS);
}

/// A connection's figures, a line a subject; what is unknown is not told.
fn figures(person: &ParticipantView, media: &MediaStats) -> Vec<String> {
    let link = &person.link;
    let mut lines = Vec::new();
    let mut way = Vec::new();
    if let Some(rtt) = link.rtt_ms {
        way.push(format!("{rtt:.0} ms"));
    }
    if let Some(loss) = link.loss_percent {
        way.push(format!("{loss:.1} % lost"));
    }
    if let Some(error) = person.clock_error_ms {
        way.push(format!("clock ±{error:.1} ms"));
    }
    if !way.is_empty() {
        lines.push(way.join(" · "));
    }
    if link.received_bps > 0 || link.sent_bps > 0 {
        let (down, up) = (text::bitrate(link.received_bps), text::bitrate(link.sent_bps));
        lines.push(format!("↓ {down} · ↑ {up}"));
    }
    let received = media.received.iter().find(|(id, _, _)| *id == person.id);
    for decoder in received.iter().flat_map(|(_, decoders, _)| decoders) {
        let subject = if decoder.track == Track::Screen { "Screen" } else { "Camera" };
        let (width, height, fps) = (decoder.width, decoder.height, decoder.fps);
        lines.push(format!("{subject} {width}×{height}, {fps:.0} fps"));
    }
    if let Some((_, _, Some(voice))) = received {
        let (jitter, concealed) = (voice.jitter_ms, voice.concealed_percent);
        lines.push(format!("Voice jitter {jitter:.0} ms, {concealed:.1} % concealed"));
    }
    if let Some(code) = &person.safety_code {
        lines.push(format!("Safety code {code}"));
    }
    lines
}

fn row(ui: &mut Ui, words: &str) {
    let colors = palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::empty());
    let mut inner = rect.shrink2(vec2(space::S, 0.0));
    inner.min.x += 2.0 * size::DOT + space::S;
    let line = Line::new(font::caption(), colors.text_2);
    label(ui, inner, Align2::LEFT_CENTER, words, &line);
}
