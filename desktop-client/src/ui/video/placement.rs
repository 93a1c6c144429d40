//! How a picture lies in its place: which part of it, how large, with which corners. Pure arithmetic.

use eframe::egui::{Rect, pos2, vec2};

/// How a picture is put into its place.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Placement {
    /// The corners' radius in points.
    pub(crate) corner: f32,
    /// Left and right swapped, as in a mirror?
    pub(crate) mirrored: bool,
    /// Stretched over the place, which has its shape already, instead of cut to fill it?
    pub(crate) whole: bool,
}

/// What the shader is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    /// Where in the place the part begins that is drawn, as a share of its sides.
    pub(super) from: [f32; 2],
    /// How much of the place is drawn, as a share of its sides.
    pub(super) part: [f32; 2],
    /// The part of the picture that fills the place, around the middle; negative is mirrored.
    pub(super) scale: [f32; 2],
    /// The place's sides in points.
    pub(super) place: [f32; 2],
    /// How far from each other samples are taken, as a share of the picture; 0 for one sample.
    pub(super) taps: [f32; 2],
    /// The corners' radius in points.
    pub(super) corner: f32,
    /// How solid it is: 1 hides what lies below.
    pub(super) solid: f32,
}

/// The rectangle with its edges moved to the nearest pixels'.
pub(super) fn on_pixels(rect: Rect, pixels_per_point: f32) -> Rect {
    let snap = |x: f32| (x * pixels_per_point).round() / pixels_per_point;
    Rect::from_min_max(
        pos2(snap(rect.min.x), snap(rect.min.y)),
        pos2(snap(rect.max.x), snap(rect.max.y)),
    )
}

/// What can be seen of a picture in `rect` through `clip`, and how it is drawn there. Edges lie on
/// pixels, so that a picture in its own size is shown as it is.
pub(super) fn view(
    rect: Rect,
    clip: Rect,
    picture: (u32, u32),
    placement: Placement,
    pixels_per_point: f32,
) -> Option<(Rect, View)> {
    let rect = on_pixels(rect, pixels_per_point);
    let seen = on_pixels(rect.intersect(clip), pixels_per_point);
    if !rect.is_positive() || !seen.is_positive() {
        return None;
    }
    let (size, from) = (rect.size(), seen.min - rect.min);
    let scale = if placement.whole { [1.0, 1.0] } else { crop(picture, [size.x, size.y]) };
    let step = vec2(scale[0] / size.x, scale[1] / size.y) / pixels_per_point;
    let tap = |step: f32, texels: u32| 0.25 * (step - 1.0 / texels.max(1) as f32).max(0.0);
    // A rounding error is no reason to blur.
    let taps = [tap(step.x, picture.0), tap(step.y, picture.1)];
    let taps = taps.map(|tap| if tap < 1e-5 { 0.0 } else { tap });
    let view = View {
        from: [from.x / size.x, from.y / size.y],
        part: [seen.width() / size.x, seen.height() / size.y],
        scale: [if placement.mirrored { -scale[0] } else { scale[0] }, scale[1]],
        place: [size.x, size.y],
        taps,
        corner: placement.corner,
        solid: 1.0,
    };
    Some((seen, view))
}

/// The part of the picture that fills a place of the given shape: scale of both axes around the
/// middle, 1 or less.
fn crop(picture: (u32, u32), place: [f32; 2]) -> [f32; 2] {
    let picture = picture.0 as f32 / picture.1.max(1) as f32;
    let place = place[0] / place[1].max(1.0);
    if picture > place { [place / picture, 1.0] } else { [1.0, picture / place.max(1e-3)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Placement = Placement { corner: 0.0, mirrored: false, whole: true };

    fn at(x: f32, y: f32, width: f32, height: f32) -> Rect {
        Rect::from_min_size(pos2(x, y), vec2(width, height))
    }

    #[test]
    fn a_wide_picture_loses_its_sides_and_a_tall_one_its_ends() {
        for (picture, place, expected) in [
            ((1280, 720), [160.0, 90.0], [1.0, 1.0]),
            ((200, 100), [100.0, 100.0], [0.5, 1.0]),
            ((100, 200), [100.0, 100.0], [1.0, 0.5]),
        ] {
            let found = crop(picture, place);
            let near = |axis: usize| (found[axis] - expected[axis]).abs() < 1e-4;
            assert!(near(0) && near(1), "{picture:?} in {place:?}: {found:?}");
        }
        assert!(crop((0, 0), [0.0, 0.0]).iter().all(|scale| scale.is_finite()));
    }

    #[test]
    fn what_stands_out_of_its_window_is_cut_and_not_squeezed() {
        let place = at(-100.0, 50.0, 400.0, 200.0);
        let clip = at(0.0, 0.0, 200.0, 150.0);
        let (seen, view) = view(place, clip, (400, 200), WHOLE, 1.0).unwrap();
        assert_eq!(seen, at(0.0, 50.0, 200.0, 100.0));
        assert_eq!((view.from, view.part), ([0.25, 0.0], [0.5, 0.5]));
    }

    #[test]
    fn what_cannot_be_seen_is_not_drawn() {
        let clip = at(0.0, 0.0, 100.0, 100.0);
        for place in [at(200.0, 0.0, 50.0, 50.0), at(0.0, 0.0, 0.0, 50.0), Rect::NOTHING] {
            assert_eq!(view(place, clip, (2, 2), WHOLE, 1.0), None, "{place:?}");
        }
    }

    #[test]
    fn a_picture_in_its_own_size_is_not_blurred() {
        for scale in [1.0, 1.25, 2.0] {
            let place = at(10.3, 20.7, 1920.0 / scale, 1080.0 / scale);
            let clip = at(0.0, 0.0, 1000.0, 700.0);
            let (seen, view) = view(place, clip, (1920, 1080), WHOLE, scale).unwrap();
            assert!(view.taps.iter().all(|tap| *tap <= 0.0), "{scale}: {:?}", view.taps);
            let pixel = seen.min.x * scale;
            assert!((pixel - pixel.round()).abs() < 1e-3, "{scale}: {pixel}");
        }
        let half = at(0.0, 0.0, 960.0, 540.0);
        let (_, view) = view(half, half, (1920, 1080), WHOLE, 1.0).unwrap();
        assert!(view.taps[0] > 0.0 && view.taps[1] > 0.0);
    }
}
