//! Emoji that float up over the stage and fade.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use cinemasync_protocol::ParticipantId;
use eframe::egui::{Align2, Color32, FontId, Rect, Ui, pos2};

use crate::ui::theme::{font, motion};

/// At most so many at once; when another comes, the oldest goes.
const MAX_FLOATING: usize = 24;
/// How far one rises, as a share of the stage's height.
const RISE: f32 = 0.35;

/// What floats now, oldest first.
#[derive(Debug, Default)]
pub(super) struct Reactions {
    floating: VecDeque<Floating>,
}

#[derive(Debug)]
struct Floating {
    emoji: String,
    /// Where across the stage, 0 to 1.
    across: f32,
    /// When it was first shown, in egui's seconds.
    since: Option<f64>,
}

impl Reactions {
    /// Lets one float.
    pub(super) fn add(&mut self, from: ParticipantId, emoji: String) {
        if self.floating.len() >= MAX_FLOATING {
            self.floating.pop_front();
        }
        // Each person's rise side by side, and one's own do not hide each other.
        let mut hasher = DefaultHasher::new();
        (from, self.floating.len()).hash(&mut hasher);
        let across = 0.35 + 0.3 * ((hasher.finish() % 1000) as f32 / 1000.0);
        self.floating.push_back(Floating { emoji, across, since: None });
    }

    /// Draws them over `stage`.
    pub(super) fn show(&mut self, ui: &Ui, stage: Rect) {
        if self.floating.is_empty() {
            return;
        }
        let now = ui.input(|input| input.time);
        for one in &mut self.floating {
            let since = *one.since.get_or_insert(now);
            let age = ((now - since) / motion::REACTION).clamp(0.0, 1.0) as f32;
            let rise = 1.0 - (1.0 - age) * (1.0 - age);
            let x = stage.left() + one.across * stage.width();
            let y = stage.bottom() - stage.height() * (0.2 + RISE * rise);
            let fade = 1.0 - ((age - 0.6) / 0.4).max(0.0);
            let color = Color32::WHITE.gamma_multiply(fade);
            let font = FontId { size: 34.0, ..font::large() };
            ui.painter().text(pos2(x, y), Align2::CENTER_CENTER, &one.emoji, font, color);
        }
        self.floating.retain(|one| one.since.is_none_or(|since| now - since < motion::REACTION));
        ui.ctx().request_repaint();
    }
}
