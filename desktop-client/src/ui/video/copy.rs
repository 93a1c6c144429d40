//! Copies a texture into the window as it is: no shader, no blending. Without a graphics card drawing it
//! is what a film costs most; a copy is several times cheaper.

use eframe::egui::{PaintCallbackInfo, Rect};
use eframe::egui_glow::Painter as GlPainter;
use eframe::glow::{self, HasContext as _};
use tracing::warn;

use crate::ui::FilmPicture;

/// A rectangle in pixels: left, top, right and bottom.
type Pixels = [i32; 4];

/// Copies textures. It has a framebuffer to read them by from the first copy on.
#[derive(Debug, Default)]
pub(super) struct Copier {
    source: Option<glow::Framebuffer>,
}

impl Copier {
    /// Copies the picture into `place` (in points) but for squares at its corners, whose sides are
    /// `corner` points, and for what is clipped.
    pub(super) fn copy(
        &mut self,
        painter: &GlPainter,
        info: &PaintCallbackInfo,
        film: FilmPicture,
        place: Rect,
        corner: f32,
    ) {
        let gl = painter.gl();
        let Some(texture) = painter.texture(film.texture) else { return };
        if self.source.is_none() {
            // SAFETY: the painter's context is current.
            let made = unsafe { gl.create_framebuffer() };
            self.source = made.inspect_err(|error| warn!(error, "the film has no picture")).ok();
        }
        let Some(source) = self.source else { return };
        let scale = info.pixels_per_point;
        let (place, clip) = (pixels(place, scale), pixels(info.clip_rect, scale));
        let size = [film.width, film.height].map(|side| i32::try_from(side).unwrap_or(i32::MAX));
        let height = i32::try_from(info.screen_size_px[1]).unwrap_or(i32::MAX);
        // SAFETY: the painter's context is current, the texture and the framebuffer were made in it, and
        // OpenGL cuts what reaches beyond either. What is bound is put back; egui restores the scissor.
        unsafe {
            let before = super::bound_framebuffer(gl, glow::READ_FRAMEBUFFER_BINDING);
            gl.bind_framebuffer(glow::READ_FRAMEBUFFER, Some(source));
            let (target, attachment) = (glow::READ_FRAMEBUFFER, glow::COLOR_ATTACHMENT0);
            gl.framebuffer_texture_2d(target, attachment, glow::TEXTURE_2D, Some(texture), 0);
            gl.disable(glow::SCISSOR_TEST);
            // Pixels of the same size are not to be mixed with their neighbours, nor need they be.
            let same = [place[2] - place[0], place[3] - place[1]] == size;
            let filter = if same { glow::NEAREST } else { glow::LINEAR };
            for part in strips(place, (corner * scale).ceil() as i32) {
                let Some(part) = intersection(part, clip) else { continue };
                let [left, top, right, bottom] = of_picture(part, place, size);
                // Both count rows from the bottom.
                gl.blit_framebuffer(
                    left,
                    size[1] - bottom,
                    right,
                    size[1] - top,
                    part[0],
                    height - part[3],
                    part[2],
                    height - part[1],
                    glow::COLOR_BUFFER_BIT,
                    filter,
                );
            }
            gl.framebuffer_texture_2d(target, attachment, glow::TEXTURE_2D, None, 0);
            gl.bind_framebuffer(glow::READ_FRAMEBUFFER, before);
        }
    }
}

fn pixels(rect: Rect, scale: f32) -> Pixels {
    [rect.min.x, rect.min.y, rect.max.x, rect.max.y].map(|side| (side * scale).round() as i32)
}

/// The rectangle without squares at its corners: the top between two, all below, the bottom.
fn strips([left, top, right, bottom]: Pixels, corner: i32) -> [Pixels; 3] {
    [
        [left + corner, top, right - corner, top + corner],
        [left, top + corner, right, bottom - corner],
        [left + corner, bottom - corner, right - corner, bottom],
    ]
}

/// What both have, if they have any.
fn intersection(one: Pixels, other: Pixels) -> Option<Pixels> {
    let [left, top] = [0, 1].map(|side| one[side].max(other[side]));
    let [right, bottom] = [2, 3].map(|side| one[side].min(other[side]));
    (left < right && top < bottom).then_some([left, top, right, bottom])
}

/// Which pixels of a picture of `size`, that fills `place`, lie in `part` of it.
fn of_picture(part: Pixels, place: Pixels, size: [i32; 2]) -> Pixels {
    let at = |side: usize| {
        let axis = side % 2;
        let (offset, whole) = (part[side] - place[axis], place[axis + 2] - place[axis]);
        (i64::from(offset) * i64::from(size[axis]) / i64::from(whole.max(1))) as i32
    };
    [at(0), at(1), at(2), at(3)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_cover_all_but_the_corners_once() {
        let place = [3, 5, 23, 19];
        for corner in [0, 1, 4] {
            for (x, y) in (0..30).flat_map(|x| (0..30).map(move |y| (x, y))) {
                let pixel = [x, y, x + 1, y + 1];
                let covered = strips(place, corner);
                let covered =
                    covered.iter().filter(|part| intersection(**part, pixel).is_some()).count();
                let beside = |at: i32, from: i32, to: i32| at < from + corner || at >= to - corner;
                let in_corner = beside(x, 3, 23) && beside(y, 5, 19);
                let expected = intersection(place, pixel).is_some() && !in_corner;
                assert_eq!(covered, usize::from(expected), "{x}, {y} with corners of {corner}");
            }
        }
    }

    #[test]
    fn a_picture_of_its_own_size_is_copied_pixel_by_pixel_and_others_by_shares() {
        let place = [10, 20, 110, 70];
        assert_eq!(of_picture([12, 25, 50, 70], place, [100, 50]), [2, 5, 40, 50]);
        assert_eq!(of_picture([10, 20, 60, 45], place, [200, 100]), [0, 0, 100, 50]);
        assert_eq!(of_picture([10, 20, 60, 45], [10, 20, 10, 20], [200, 100]).len(), 4);
    }
}
