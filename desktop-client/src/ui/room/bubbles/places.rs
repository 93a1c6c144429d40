//! Where circles stand along an edge, and where they go when one of them is dragged. Pure arithmetic.

use cinemasync_core::bubbles::Edge;
use eframe::egui::{Pos2, Rect, Vec2, pos2};

use crate::ui::theme::space;

/// Between two circles.
const GAP: f32 = space::M;

/// The circles' places within `area`, by their sides in points. All fit: where there are too many for
/// the edge, all get smaller.
pub(super) fn places(area: Rect, edge: Edge, along: f32, sides: &[f32]) -> Vec<Rect> {
    let (sides, free) = fitted(area, edge, sides);
    let mut at = free.max(0.0) * along;
    sides
        .into_iter()
        .map(|side| {
            let corner = match edge {
                Edge::Left => pos2(area.left(), area.top() + at),
                Edge::Right => pos2(area.right() - side, area.top() + at),
                Edge::Top => pos2(area.left() + at, area.top()),
            };
            at += side + GAP;
            Rect::from_min_size(corner, Vec2::splat(side))
        })
        .collect()
}

/// The sides as they fit, and how much of the edge is left.
fn fitted(area: Rect, edge: Edge, sides: &[f32]) -> (Vec<f32>, f32) {
    let gaps = GAP * sides.len().saturating_sub(1) as f32;
    let room = (length(area, edge) - gaps).max(0.0);
    let wanted: f32 = sides.iter().sum();
    let scale = if wanted > room { room / wanted } else { 1.0 };
    let sides: Vec<f32> = sides.iter().map(|side| side * scale).collect();
    let used: f32 = sides.iter().sum();
    (sides, room - used)
}

fn length(area: Rect, edge: Edge) -> f32 {
    match edge {
        Edge::Left | Edge::Right => area.height(),
        Edge::Top => area.width(),
    }
}

/// The edge that is nearest to a place.
pub(super) fn nearest(area: Rect, at: Pos2) -> Edge {
    let to = [
        (Edge::Left, at.x - area.left()),
        (Edge::Right, area.right() - at.x),
        (Edge::Top, at.y - area.top()),
    ];
    let nearest = to.into_iter().min_by(|(_, a), (_, b)| a.total_cmp(b));
    nearest.map_or(Edge::Right, |(edge, _)| edge)
}

/// Where along `edge` the circles stand, 0 to 1, so that the middle of the one of this `index` is as
/// near as can be to `at`.
pub(super) fn along(area: Rect, edge: Edge, sides: &[f32], index: usize, at: Pos2) -> f32 {
    let (sides, free) = fitted(area, edge, sides);
    if free <= 0.0 {
        return 0.0;
    }
    let before: f32 = sides.iter().take(index).map(|side| side + GAP).sum();
    let half = sides.get(index).map_or(0.0, |side| side / 2.0);
    let at = match edge {
        Edge::Left | Edge::Right => at.y - area.top(),
        Edge::Top => at.x - area.left(),
    };
    ((at - before - half) / free).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use eframe::egui::vec2;

    use super::*;

    const EDGES: [Edge; 3] = [Edge::Left, Edge::Top, Edge::Right];

    fn area() -> Rect {
        Rect::from_min_size(pos2(24.0, 24.0), vec2(1200.0, 500.0))
    }

    #[test]
    fn circles_stay_within_their_area_and_beside_each_other() {
        for edge in EDGES {
            for count in 0..8 {
                for along in [0.0, 0.4, 1.0] {
                    let sides: Vec<f32> = (0..count).map(|n| 80.0 + 12.0 * n as f32).collect();
                    let places = places(area(), edge, along, &sides);
                    assert_eq!(places.len(), count);
                    for place in &places {
                        assert!(area().expand(0.01).contains_rect(*place), "{edge:?} {place:?}");
                    }
                    for two in places.windows(2) {
                        assert!(!two[0].intersects(two[1]), "{edge:?} {two:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_circle_follows_where_it_is_dragged() {
        let sides = [40.0, 60.0, 40.0];
        for (edge, at) in [(Edge::Right, pos2(1100.0, 260.0)), (Edge::Top, pos2(700.0, 50.0))] {
            assert_eq!(nearest(area(), at), edge);
            for index in 0..3 {
                let along = along(area(), edge, &sides, index, at);
                let place = places(area(), edge, along, &sides)[index];
                let away = match edge {
                    Edge::Top => place.center().x - at.x,
                    _ => place.center().y - at.y,
                };
                assert!(away.abs() < 0.1, "{edge:?} {index}: {away}");
            }
        }
        assert_eq!(nearest(area(), pos2(40.0, 300.0)), Edge::Left);
    }

    #[test]
    fn a_full_edge_has_no_other_place() {
        let sides = [400.0; 7];
        assert!(along(area(), Edge::Right, &sides, 3, pos2(1000.0, 500.0)).abs() < f32::EPSILON);
    }
}
