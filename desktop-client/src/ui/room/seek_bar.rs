//! The bar that shows where the film is, with its chapters, and goes elsewhere for everybody.

use cinemasync_core::interface::{Command, PlaybackView};
use eframe::egui::{Align2, Rect, Ui, Vec2, pos2, vec2};

use super::{Room, STEP_SECS, chapters};
use crate::ui::theme::{font, on_picture, palette, radius, size, space, strength};
use crate::ui::widgets::slider::{Rail, slider};
use crate::ui::widgets::{Line, describe, line_galley, readable};
use crate::ui::{Scene, text};

/// A film with more chapters than this shows marks of the first ones only.
const MOST_MARKS: usize = 200;
/// The widest that the words over the bar are.
const WORDS: f32 = 300.0;
/// Who is further than this from the room has a mark, in seconds.
const OFF_SECS: f64 = 1.0;
/// The mark's radius, and that of the knob.
const MARK: f32 = 7.0;
const KNOB: f32 = 7.5;

impl Room {
    /// Draws the bar into `rail`.
    pub(super) fn seek_bar(&mut self, ui: &mut Ui, rail: Rect, scene: &mut Scene<'_>) {
        let colors = palette(ui);
        let playback = &scene.snapshot.playback;
        let duration = playback.film.as_ref().map_or(0.0, |film| film.duration_secs);
        let share = |seconds: f64| {
            if duration > 0.0 { (seconds / duration).clamp(0.0, 1.0) } else { 0.0 }
        };
        let value = share(playback.position_secs);
        let ahead = share(playback.position_secs + ready_secs(playback));
        let look = Rail {
            done: colors.amber_mark,
            ready: colors.text_1.gamma_multiply(strength::READY),
            rest: colors.text_1.gamma_multiply(strength::REST),
            knob: colors.amber_mark,
            knob_always: true,
        };
        let step = if duration > 0.0 { STEP_SECS / duration } else { 0.0 };
        let because = text::may_not_steer(scene.snapshot);
        let moved = ui
            .scope(|ui| {
                if because.is_some() {
                    ui.disable();
                }
                slider(ui, rail, ("seek", text::seek()), (value, ahead, step), look)
            })
            .inner;
        if let Some(because) = &because {
            describe(ui, &moved.response, because);
            moved.response.clone().on_disabled_hover_text(because);
        }
        self.player_bar.held = moved.held;
        if duration <= 0.0 {
            return;
        }
        let knob = moved.held.unwrap_or(value);
        for chapter in playback.chapters.iter().take(MOST_MARKS) {
            let at = share(chapter.start_secs);
            let x = rail.left() + at as f32 * rail.width();
            let beside = (at - knob).abs() * f64::from(rail.width()) > 9.0;
            if chapter.start_secs > 0.0 && at < 1.0 && beside {
                let mark = Rect::from_center_size(pos2(x, rail.center().y), vec2(2.0, 6.0));
                ui.painter().rect_filled(mark, 0.0, colors.background);
            }
        }
        who_is_where(ui, rail, knob, scene);
        let pointed = moved.held.or_else(|| {
            let pos = moved.response.hover_pos()?;
            Some(f64::from((pos.x - rail.left()) / rail.width()).clamp(0.0, 1.0))
        });
        if let Some(pointed) = pointed {
            let place = pointed * duration;
            let chapter = chapters::at(&playback.chapters, place);
            words_above(ui, rail, pointed, &text::film_time_and_chapter(place, chapter));
        }
        if let Some(to) = moved.dropped.filter(|_| because.is_none()) {
            scene.command(Command::Seek(to * duration));
        }
    }
}

/// How much of the film is ready ahead, in seconds: in the player, and of one that comes from friends on the disk.
fn ready_secs(playback: &PlaybackView) -> f64 {
    let coming = playback.stream.as_ref().filter(|stream| stream.comes);
    let here = coming.and_then(|stream| {
        let needed = stream.needs_bytes_per_second.filter(|needed| *needed > 0.0)?;
        Some(stream.figures.ahead_bytes as f64 / needed)
    });
    playback.buffered_secs.max(here.unwrap_or_default())
}

/// A mark for each who is not where the room is, beside the knob where it would lie on it.
fn who_is_where(ui: &Ui, rail: Rect, knob: f64, scene: &Scene<'_>) {
    let colors = palette(ui);
    let playback = &scene.snapshot.playback;
    let duration = playback.film.as_ref().map_or(0.0, |film| film.duration_secs);
    let x = |share: f64| rail.left() + share.clamp(0.0, 1.0) as f32 * rail.width();
    let mut free = [x(knob) - KNOB, x(knob) + KNOB];
    for person in &scene.snapshot.participants {
        let Some(offset) = person.film_offset_ms.map(|ms| ms / 1_000.0) else { continue };
        if offset.abs() <= OFF_SECS {
            continue;
        }
        let there = x((playback.position_secs + offset) / duration);
        // Whoever comes later stands further out.
        let at = if offset < 0.0 {
            let at = there.min(free[0] - MARK);
            free[0] = at - MARK;
            at
        } else {
            let at = there.max(free[1] + MARK);
            free[1] = at + MARK;
            at
        };
        let center = pos2(at.clamp(rail.left() + MARK, rail.right() - MARK), rail.center().y);
        ui.painter().circle_filled(center, MARK + 1.5, colors.background);
        ui.painter().circle_filled(center, MARK, colors.teal);
        let letter: String =
            person.name.chars().next().into_iter().flat_map(char::to_uppercase).collect();
        let font = font::letter(MARK * 1.5);
        ui.painter().text(center, Align2::CENTER_CENTER, letter, font, colors.background);
        let place = Rect::from_center_size(center, Vec2::splat(2.0 * MARK));
        let words = text::off_in_time(&person.name, offset);
        readable(ui, place, &words).on_hover_text(&words);
    }
}

fn words_above(ui: &Ui, rail: Rect, share: f64, words: &str) {
    let line = Line::new(font::caption_strong(), on_picture::INK);
    let widest = (rail.width() - 2.0 * size::ICON).min(WORDS);
    let galley = line_galley(ui.painter(), words, &line, widest);
    let half = galley.size().x / 2.0 + space::S;
    let x = rail.left() + share as f32 * rail.width();
    let x = x.clamp(rail.left() + half, (rail.right() - half).max(rail.left() + half));
    let center = pos2(x, rail.top() - space::M);
    let ground = Rect::from_center_size(center, vec2(2.0 * half, 24.0));
    ui.painter().rect_filled(ground, radius::MARK, on_picture::GROUND_HOVER);
    readable(ui, ground, words);
    ui.painter().galley(center - galley.size() / 2.0, galley, on_picture::INK);
}
