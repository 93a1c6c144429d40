//! How one's voice is treated on its way out, and what happens to the film while others talk.

use cinemasync_core::interface::Command;
use cinemasync_core::voice_settings::{MAX_DUCKING_DB, MAX_GAIN_DB, MAX_RAMP_MS, VoiceSettings};
use eframe::egui::{Align2, Color32, Rect, Sense, Ui, pos2, vec2};

use super::search::Section;
use crate::ui::theme::{font, palette, size, space};
use crate::ui::widgets::slider::{Rail, slider};
use crate::ui::widgets::switch::switch;
use crate::ui::widgets::{Line, label};
use crate::ui::{Scene, text};

/// Width of a slider's words, and of its value.
const WORDS: f32 = 168.0;
const VALUE: f32 = 60.0;
/// Seconds that the slowest return of the film's loudness takes here: more is not wanted.
const SLOWEST_MS: u32 = 3_000;

/// What there is of one's own voice.
pub(super) fn own_rows() -> [&'static str; 4] {
    [
        text::input_gain(),
        text::automatic_gain(),
        text::noise_suppression(),
        text::echo_cancellation(),
    ]
}

/// What there is of what one hears.
pub(super) fn film_rows() -> [&'static str; 3] {
    [text::ducking_label(), text::ducking_release(), text::sounds()]
}

/// One's own voice.
pub(super) fn own(ui: &mut Ui, section: Section<'_>, scene: &mut Scene<'_>) {
    let now = scene.snapshot.voice;
    let mut wanted = now;
    let gain = (now.input_gain_db + MAX_GAIN_DB) / (2.0 * MAX_GAIN_DB);
    let words = text::decibels(now.input_gain_db);
    if section.has(text::input_gain())
        && let Some(to) = row(ui, text::input_gain(), gain, &words)
    {
        wanted.input_gain_db = (to * 2.0 * MAX_GAIN_DB - MAX_GAIN_DB).round();
    }
    if section.has(text::automatic_gain())
        && switch(ui, text::automatic_gain(), now.automatic_gain).clicked()
    {
        wanted.automatic_gain = !now.automatic_gain;
    }
    if section.has(text::noise_suppression())
        && switch(ui, text::noise_suppression(), now.noise_suppression).clicked()
    {
        wanted.noise_suppression = !now.noise_suppression;
    }
    if section.has(text::echo_cancellation())
        && switch(ui, text::echo_cancellation(), now.echo_cancellation).clicked()
    {
        wanted.echo_cancellation = !now.echo_cancellation;
    }
    tell(scene, now, wanted);
}

/// The film while somebody talks, and short sounds.
pub(super) fn film(ui: &mut Ui, section: Section<'_>, scene: &mut Scene<'_>) {
    let now = scene.snapshot.voice;
    let mut wanted = now;
    let words = text::ducking(now.ducking_db);
    if section.has(text::ducking_label())
        && let Some(to) = row(ui, text::ducking_label(), now.ducking_db / MAX_DUCKING_DB, &words)
    {
        wanted.ducking_db = (to * MAX_DUCKING_DB).round();
    }
    let slowest = f64::from(SLOWEST_MS.min(MAX_RAMP_MS));
    let words = text::seconds(now.ducking_release_ms);
    let release = f64::from(now.ducking_release_ms) / slowest;
    if section.has(text::ducking_release())
        && let Some(to) = row(ui, text::ducking_release(), release, &words)
    {
        // Steps of a tenth of a second, within what a ramp may take.
        wanted.ducking_release_ms = (to * slowest / 100.0).round() as u32 * 100;
    }
    if section.has(text::sounds()) && switch(ui, text::sounds(), now.sounds).clicked() {
        wanted.sounds = !now.sounds;
    }
    tell(scene, now, wanted);
}

fn tell(scene: &mut Scene<'_>, now: VoiceSettings, wanted: VoiceSettings) {
    if wanted != now {
        scene.command(Command::Voice(wanted));
    }
}

/// A slider with words before and after it; where it is moved to.
fn row(ui: &mut Ui, name: &str, value: f64, words: &str) -> Option<f64> {
    let colors = palette(ui);
    let wanted = vec2(ui.available_width(), size::SMALL + space::XS);
    let (row, _) = ui.allocate_exact_size(wanted, Sense::empty());
    let row = row.shrink2(vec2(space::S, 0.0));
    let line = Line::new(font::body(), colors.text_1);
    label(ui, row.with_max_x(row.left() + WORDS), Align2::LEFT_CENTER, name, &line);
    let line = Line::new(font::caption(), colors.text_2);
    label(ui, row.with_min_x(row.right() - VALUE), Align2::RIGHT_CENTER, words, &line);
    let rail = Rect::from_min_max(
        pos2(row.left() + WORDS + space::M, row.top()),
        pos2(row.right() - VALUE - space::M, row.bottom()),
    );
    let look = Rail {
        done: colors.teal,
        ready: Color32::TRANSPARENT,
        rest: colors.surface_4,
        knob: colors.text_1,
        knob_always: true,
    };
    let moved = slider(ui, rail, (name, name), (value.clamp(0.0, 1.0), 0.0, 0.05), look);
    moved.held.or(moved.dropped)
}
