//! A small graph of a figure's last minutes: a line from left to right, its last value in words.

use eframe::egui::{Align2, Pos2, Rect, Stroke, Ui, lerp, pos2};

use super::{Line, label};
use crate::ui::theme::{font, line, palette, size};

/// Height of the caption above the line.
const CAPTION: f32 = line::CAPTION;

/// A graph about to be shown.
pub(crate) struct Graph<'a> {
    /// What it shows.
    pub(crate) caption: &'a str,
    /// Its values, oldest first; `None` where nothing is known.
    pub(crate) values: &'a [Option<f64>],
    /// The graph's top is at least this value, so that small changes look small.
    pub(crate) at_least: f64,
    /// How a value is written.
    pub(crate) write: &'a dyn Fn(f64) -> String,
}

/// Shows it in `rect`; the newest of `room` values stands at the right.
pub(crate) fn show(ui: &Ui, rect: Rect, graph: &Graph<'_>, room: usize) {
    let colors = palette(ui);
    let last = graph.values.iter().rev().copied().flatten().next();
    let words = last.map_or_else(
        || graph.caption.to_owned(),
        |last| format!("{} {}", graph.caption, (graph.write)(last)),
    );
    let line = Line::new(font::caption(), colors.text_3);
    let caption = rect.with_max_y(rect.top() + CAPTION);
    label(ui, caption, Align2::LEFT_CENTER, &words, &line);
    let area = rect.with_min_y(caption.bottom());
    ui.painter().hline(area.x_range(), area.bottom(), Stroke::new(size::HAIR, colors.line));
    let stroke = Stroke::new(size::EDGE, colors.teal);
    for run in runs(graph.values, graph.at_least, room) {
        let points: Vec<Pos2> = run
            .iter()
            .map(|(x, y)| pos2(lerp(area.x_range(), *x), lerp(area.bottom()..=area.top(), *y)))
            .collect();
        ui.painter().line(points, stroke);
    }
}

/// The lines to draw, from 0 to 1 in both directions: one for each run of known values.
fn runs(values: &[Option<f64>], at_least: f64, room: usize) -> Vec<Vec<(f32, f32)>> {
    let top = values.iter().copied().flatten().fold(at_least, f64::max).max(f64::MIN_POSITIVE);
    let room = room.max(values.len()).max(2);
    let skipped = room - values.len();
    let mut runs = vec![Vec::new()];
    for (index, value) in values.iter().enumerate() {
        match value.filter(|value| value.is_finite()) {
            Some(value) => {
                let x = (index + skipped) as f32 / (room - 1) as f32;
                let y = (value / top).clamp(0.0, 1.0) as f32;
                if let Some(run) = runs.last_mut() {
                    run.push((x, y));
                }
            }
            None => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| run.len() > 1);
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_value_stands_at_the_right_and_the_largest_at_the_top() {
        let found = runs(&[Some(1.0), Some(4.0), Some(2.0)], 1.0, 5);
        assert_eq!(found, [vec![(0.5, 0.25), (0.75, 1.0), (1.0, 0.5)]]);
        let small = runs(&[Some(1.0), Some(1.0)], 10.0, 2);
        assert_eq!(small, [vec![(0.0, 0.1), (1.0, 0.1)]], "small changes look small");
    }

    #[test]
    fn what_is_not_known_is_a_gap() {
        let values = [Some(1.0), Some(1.0), None, Some(f64::NAN), Some(1.0), Some(1.0)];
        assert_eq!(runs(&values, 1.0, 6).len(), 2);
        assert!(runs(&[], 0.0, 0).is_empty() && runs(&[None, None], 0.0, 2).is_empty());
    }
}
