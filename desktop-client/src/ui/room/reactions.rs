//! Emoji that float up over the stage and fade.

use std::collections::VecDeque;

use eframe::egui::{Align2, Color32, Painter, Pos2, Rect, Ui, pos2};

use crate::ui::theme::{font, icons, motion, on_picture, size};
use crate::ui::widgets::icon;

/// At most so many at once; when another comes, the oldest goes.
const MAX_FLOATING: usize = 24;
/// How far one rises, as a share of the stage's height.
const RISE: f32 = 0.35;

/// Paints a reaction. The heart comes from the icons: the emoji typeface hatches it to mean red.
pub(super) fn reaction(painter: &Painter, center: Pos2, emoji: &str, side: f32, color: Color32) {
    if emoji.starts_with('❤') {
        icon(painter, center, icons::HEART, side, color);
    } else {
        let font = font::letter(side);
        painter.text(center, Align2::CENTER_CENTER, emoji, font, color);
    }
}

/// What floats now, oldest first.
#[derive(Debug, Default)]
pub(super) struct Reactions {
    floating: VecDeque<Floating>,
    /// Where the last one rose, 0 to 1.
    across: f32,
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
    pub(super) fn add(&mut self, emoji: String) {
        if self.floating.len() >= MAX_FLOATING {
            self.floating.pop_front();
        }
        // Steps of the golden section never come back to where one rises still.
        self.across = (self.across + 0.618).fract();
        let across = 0.35 + 0.3 * self.across;
        self.floating.push_back(Floating { emoji, across, since: None });
    }

    /// Draws them over `stage`.
    pub(super) fn show(&mut self, ui: &Ui, stage: Rect) {
        if self.floating.is_empty() {
            return;
        }
        let now = ui.input(|input| input.time);
        let still = motion::reduced(ui);
        for one in &mut self.floating {
            let since = *one.since.get_or_insert(now);
            let age = ((now - since) / motion::REACTION).clamp(0.0, 1.0) as f32;
            let rise = if still { 0.5 } else { 1.0 - (1.0 - age) * (1.0 - age) };
            let x = stage.left() + one.across * stage.width();
            let y = stage.bottom() - stage.height() * (0.2 + RISE * rise);
            let fade = if still { 1.0 } else { 1.0 - ((age - 0.6) / 0.4).max(0.0) };
            let color = on_picture::INK.gamma_multiply(fade);
            // A shared page is as white as they are.
            let shadow = on_picture::GROUND.gamma_multiply(fade);
            reaction(ui.painter(), pos2(x, y + 1.5), &one.emoji, size::REACTION, shadow);
            reaction(ui.painter(), pos2(x, y), &one.emoji, size::REACTION, color);
        }
        self.floating.retain(|one| one.since.is_none_or(|since| now - since < motion::REACTION));
        ui.ctx().request_repaint();
    }
}
