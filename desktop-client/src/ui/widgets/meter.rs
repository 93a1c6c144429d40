//! A level meter: how loud something is now, in cells from quiet to loud.

use eframe::egui::{CornerRadius, Rect, Ui};

use super::columns;
use crate::ui::theme::{palette, radius};

/// Cells of a meter.
const CELLS: usize = 14;
/// From this cell on it is too loud.
const TOO_LOUD: usize = 12;

/// Shows `level` (0 to 1) in `rect`.
pub(crate) fn meter(ui: &Ui, rect: Rect, level: f64) {
    let colors = palette(ui);
    let lit = lit(level);
    for (index, cell) in columns(rect, CELLS, 3.0).into_iter().enumerate() {
        let color = match index {
            index if index >= lit => colors.surface_3,
            index if index >= TOO_LOUD => colors.amber_mark,
            _ => colors.teal,
        };
        ui.painter().rect_filled(cell, CornerRadius::same(radius::RAIL), color);
    }
}

/// How many cells are lit.
fn lit(level: f64) -> usize {
    let level = if level.is_finite() { level.clamp(0.0, 1.0) } else { 0.0 };
    (level * CELLS as f64).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_goes_from_dark_to_full() {
        assert_eq!((lit(0.0), lit(0.5), lit(1.0)), (0, 7, CELLS));
        assert_eq!((lit(-1.0), lit(9.0), lit(f64::NAN)), (0, CELLS, 0));
    }
}
