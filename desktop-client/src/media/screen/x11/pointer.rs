//! The mouse pointer, which is in no picture that the display gives: what it looks like, where it is, and
//! drawing it.

use x11rb::protocol::xfixes::{self, CursorNotifyMask};
use x11rb::protocol::xproto::{ConnectionExt as _, Window};

use super::{Display, X11Error};

/// Larger pointers than this are not drawn, in pixels a side.
const LARGEST: u16 = 512;

/// The pointer as it is now.
#[derive(Default)]
pub(super) struct Pointer {
    shape: Option<Shape>,
    /// On the root window.
    at: (i16, i16),
    /// The window at the top there.
    over: Window,
}

struct Shape {
    width: u16,
    hot: (u16, u16),
    /// Alpha, red, green, blue; the colours already multiplied by alpha.
    pixels: Vec<u32>,
}

impl Pointer {
    /// Asks to be told when it looks different.
    pub(super) fn watch(&mut self, display: &Display) -> Result<(), X11Error> {
        if display.pointer {
            let mask = CursorNotifyMask::DISPLAY_CURSOR;
            xfixes::select_cursor_input(&display.connection, display.root, mask)?;
            self.look(display)?;
        }
        Ok(())
    }

    /// Finds out what it looks like.
    pub(super) fn look(&mut self, display: &Display) -> Result<(), X11Error> {
        let image = xfixes::get_cursor_image(&display.connection)?.reply()?;
        let pixels = usize::from(image.width) * usize::from(image.height);
        let fits =
            image.width <= LARGEST && image.height <= LARGEST && image.cursor_image.len() == pixels;
        self.shape = fits.then_some(Shape {
            width: image.width,
            hot: (image.xhot, image.yhot),
            pixels: image.cursor_image,
        });
        Ok(())
    }

    /// Finds out where it is; true if it moved.
    pub(super) fn follow(&mut self, display: &Display) -> Result<bool, X11Error> {
        let reply = display.connection.query_pointer(display.root)?.reply()?;
        let now = (reply.root_x, reply.root_y);
        let moved = reply.same_screen && (now != self.at || reply.child != self.over);
        if moved {
            (self.at, self.over) = (now, reply.child);
        }
        Ok(moved)
    }

    /// The window at the top where it is; 0 for the root window.
    pub(super) fn over(&self) -> Window {
        self.over
    }

    /// Is any of it within this part of the root window?
    pub(super) fn touches(&self, origin: (i32, i32), size: (u16, u16)) -> bool {
        let side = i32::from(LARGEST);
        let inside = |at: i16, origin: i32, size: u16| {
            let at = i32::from(at) - origin;
            at > -side && at < i32::from(size) + side
        };
        inside(self.at.0, origin.0, size.0) && inside(self.at.1, origin.1, size.1)
    }

    /// Draws it into a picture of the part of the root window that begins at `origin`.
    pub(super) fn draw(&self, pixels: &mut [u8], size: (u16, u16), origin: (i32, i32)) {
        let Some(shape) = &self.shape else { return };
        let left = i32::from(self.at.0) - i32::from(shape.hot.0) - origin.0;
        let top = i32::from(self.at.1) - i32::from(shape.hot.1) - origin.1;
        let (width, height) = (i32::from(size.0), i32::from(size.1));
        for (y, row) in (top..).zip(shape.pixels.chunks_exact(usize::from(shape.width).max(1))) {
            if y < 0 || y >= height {
                continue;
            }
            for (x, source) in (left..).zip(row) {
                if x < 0 || x >= width {
                    continue;
                }
                let at = (y as usize * width as usize + x as usize) * 4;
                if let Some(pixel) = pixels.get_mut(at..at + 4) {
                    blend(pixel, *source);
                }
            }
        }
    }
}

/// Puts a premultiplied pixel over one of blue, green, red and an unused byte.
fn blend(pixel: &mut [u8], source: u32) {
    let [blue, green, red, alpha] = source.to_le_bytes();
    if alpha == 0 {
        return;
    }
    for (under, over) in pixel.iter_mut().zip([blue, green, red]) {
        let rest = u16::from(*under) * u16::from(255 - alpha) / 255;
        *under = u8::try_from(rest + u16::from(over)).unwrap_or(u8::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_blended_where_it_is_and_cut_at_every_edge() {
        let pointer = |at| Pointer {
            shape: Some(Shape { width: 3, hot: (1, 0), pixels: vec![0xff_ff_ff_ff; 6] }),
            at,
            over: 0,
        };
        let white = |at, origin| -> Vec<usize> {
            let mut picture = vec![0; 8 * 6 * 4];
            pointer(at).draw(&mut picture, (8, 6), origin);
            let white = |pixel: &[u8]| pixel[..3] == [255; 3];
            picture
                .chunks_exact(4)
                .enumerate()
                .filter(|(_, p)| white(p))
                .map(|(at, _)| at)
                .collect()
        };
        let none: Vec<usize> = Vec::new();
        assert_eq!(white((4, 2), (0, 0)), [19, 20, 21, 27, 28, 29]);
        assert_eq!(white((104, 52), (100, 50)), [19, 20, 21, 27, 28, 29]);
        assert_eq!(white((0, 5), (0, 0)), [40, 41]);
        assert_eq!(white((8, -1), (0, 0)), [7]);
        assert_eq!(white((-30, 900), (0, 0)), none);
        assert_eq!(white((i16::MIN, i16::MAX), (-5, 5)), none);
    }

    #[test]
    fn half_of_a_colour_lets_half_through() {
        let mut pixel = [200, 100, 0, 9];
        blend(&mut pixel, 0x80_00_80_00);
        assert_eq!(pixel, [99, 177, 0, 9]);
        blend(&mut pixel, 0);
        assert_eq!(pixel, [99, 177, 0, 9]);
        blend(&mut pixel, 0x01_ff_ff_ff);
        assert_eq!(pixel[..3], [255; 3], "a pointer that lies about its alpha");
    }
}
