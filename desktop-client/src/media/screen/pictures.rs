//! From what was grabbed to planar 4:2:0, in buffers that are used again: once a share runs, a picture
//! takes no memory that was not there before.

use std::sync::Arc;
use std::time::Instant;

use cinemasync_core::frame::VideoFrame;
use yuv::{BufferStoreMut, YuvConversionMode, YuvPlanarImageMut, YuvRange, YuvStandardMatrix};

use super::grabber::{Order, Pixels};

/// Buffers that are kept: the preview, two encoders with one waiting and one in work each, and the one
/// that is being filled. Whatever is held beyond that is made anew and given back to the system.
const KEPT: usize = 8;

/// Makes pictures of what was grabbed.
#[derive(Default)]
pub(super) struct Pictures {
    kept: Vec<Arc<VideoFrame>>,
}

impl Pictures {
    /// The picture in `pixels`; an odd last row or column is left out. `None` if it is too small for one
    /// or not as long as it should be.
    pub(super) fn picture(&mut self, pixels: &Pixels<'_>, at: Instant) -> Option<VideoFrame> {
        let (width, height) = (pixels.width & !1, pixels.height & !1);
        let stride = pixels.width.checked_mul(4)?;
        let needed = stride as usize * height as usize;
        if width < 2 || height < 2 || pixels.bytes.len() < needed {
            return None;
        }
        let mut frame = self.buffer(width, height, at);
        let mut planes = YuvPlanarImageMut {
            y_stride: width,
            u_stride: width / 2,
            v_stride: width / 2,
            width,
            height,
            y_plane: BufferStoreMut::Borrowed(&mut frame.y),
            u_plane: BufferStoreMut::Borrowed(&mut frame.u),
            v_plane: BufferStoreMut::Borrowed(&mut frame.v),
        };
        let convert = match pixels.order {
            Order::Bgr => yuv::bgra_to_yuv420,
            Order::Rgb => yuv::rgba_to_yuv420,
        };
        let converted = convert(
            &mut planes,
            &pixels.bytes[..needed],
            stride,
            YuvRange::Limited,
            YuvStandardMatrix::Bt601,
            YuvConversionMode::default(),
        );
        converted
            .inspect_err(|error| tracing::debug!(%error, "a picture was not converted"))
            .ok()?;
        Some(frame)
    }

    /// Keeps the buffer of a picture for when nobody needs it any more.
    pub(super) fn keep(&mut self, frame: Arc<VideoFrame>) {
        if self.kept.len() == KEPT {
            // The oldest is held by somebody slow, who will give it back to the system.
            self.kept.remove(0);
        }
        self.kept.push(frame);
    }

    fn buffer(&mut self, width: u32, height: u32, at: Instant) -> VideoFrame {
        let fits = |frame: &VideoFrame| (frame.width, frame.height) == (width, height);
        self.kept.retain(|frame| fits(frame));
        let free = self.kept.iter().position(|frame| Arc::strong_count(frame) == 1);
        match free.and_then(|at| Arc::into_inner(self.kept.swap_remove(at))) {
            Some(frame) => VideoFrame { at, ..frame },
            None => VideoFrame::black(width, height, at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(bytes: &[u8], width: u32, height: u32) -> Pixels<'_> {
        Pixels { order: Order::Bgr, bytes, width, height }
    }

    #[test]
    fn colours_come_in_limited_range_and_odd_edges_are_left_out() {
        let blue_green_red = |colour: [u8; 4]| colour.repeat(17 * 15);
        let mut pictures = Pictures::default();
        for (colour, expected) in [
            ([255, 255, 255, 0], [235, 128, 128]),
            ([0, 0, 0, 0], [16, 128, 128]),
            ([0, 0, 255, 0], [81, 90, 240]),
        ] {
            let bytes = blue_green_red(colour);
            let frame = pictures.picture(&pixels(&bytes, 17, 15), Instant::now());
            let frame = frame.expect("converts");
            assert_eq!((frame.width, frame.height), (16, 14));
            for (plane, expected) in [&frame.y, &frame.u, &frame.v].into_iter().zip(expected) {
                assert!(plane.iter().all(|value| value.abs_diff(expected) <= 1), "{colour:?}");
            }
        }
    }

    #[test]
    fn red_is_red_whatever_the_order_of_its_bytes() {
        let red = |order, colour: [u8; 4]| {
            let bytes = colour.repeat(64);
            let pixels = Pixels { order, bytes: &bytes, width: 8, height: 8 };
            Pictures::default().picture(&pixels, Instant::now()).map(|frame| frame.v[0])
        };
        assert_eq!(red(Order::Bgr, [0, 0, 255, 0]), red(Order::Rgb, [255, 0, 0, 0]));
    }

    #[test]
    fn short_buffers_and_tiny_pictures_are_none() {
        let mut pictures = Pictures::default();
        let at = Instant::now();
        for (bytes, width, height) in [(100, 640, 480), (4, 1, 1), (0, 0, 0), (9, u32::MAX, 2)] {
            let bytes = vec![0; bytes];
            assert!(pictures.picture(&pixels(&bytes, width, height), at).is_none());
        }
    }

    #[test]
    fn buffers_are_used_again_once_nobody_holds_them() {
        let mut pictures = Pictures::default();
        let bytes = vec![9; 64 * 64 * 4];
        let make = |pictures: &mut Pictures| {
            let frame = pictures.picture(&pixels(&bytes, 64, 64), Instant::now());
            let frame = Arc::new(frame.expect("converts"));
            pictures.keep(Arc::clone(&frame));
            frame
        };
        let first = make(&mut pictures);
        let first_buffer = first.y.as_ptr();
        let second = make(&mut pictures);
        assert_ne!(second.y.as_ptr(), first_buffer, "it is still held");
        drop(first);
        assert_eq!(make(&mut pictures).y.as_ptr(), first_buffer);
        let held: Vec<_> = (0..40).map(|_| make(&mut pictures)).collect();
        assert!(pictures.kept.len() <= KEPT);
        drop(held);
    }
}
