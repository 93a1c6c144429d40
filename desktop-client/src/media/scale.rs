//! Makes pictures smaller, keeping their shape.

use cinemasync_core::frame::VideoFrame;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeError, ResizeOptions, Resizer};

/// Scales planes with the widest instructions that the machine has.
#[derive(Default)]
pub(super) struct Scaler(Resizer);

impl Scaler {
    /// The picture in `size`, both sides even.
    ///
    /// # Errors
    ///
    /// Sizes that cannot be, which none from [`fitted`] is.
    pub(super) fn scale(
        &mut self,
        frame: &VideoFrame,
        size: (u32, u32),
    ) -> Result<VideoFrame, ScaleError> {
        let mut out = VideoFrame::black(size.0, size.1, frame.at);
        self.scale_into(frame, &mut out)?;
        Ok(out)
    }

    /// Fills a picture of the wanted size.
    ///
    /// # Errors
    ///
    /// As [`scale`](Self::scale).
    pub(super) fn scale_into(
        &mut self,
        frame: &VideoFrame,
        out: &mut VideoFrame,
    ) -> Result<(), ScaleError> {
        let (from, to) = ((frame.width, frame.height), (out.width, out.height));
        self.plane(&frame.y, from, &mut out.y, to)?;
        let half = |(width, height)| (width / 2, height / 2);
        self.plane(&frame.u, half(from), &mut out.u, half(to))?;
        self.plane(&frame.v, half(from), &mut out.v, half(to))?;
        out.at = frame.at;
        Ok(())
    }

    fn plane(
        &mut self,
        from: &[u8],
        (width, height): (u32, u32),
        to: &mut [u8],
        (to_width, to_height): (u32, u32),
    ) -> Result<(), ScaleError> {
        let from = ImageRef::new(width, height, from, PixelType::U8).map_err(|_| ScaleError)?;
        let to = Image::from_slice_u8(to_width, to_height, to, PixelType::U8);
        let mut to = to.map_err(|_| ScaleError)?;
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
        self.0.resize(&from, &mut to, &options).map_err(|_: ResizeError| ScaleError)
    }
}

/// A picture of a size that cannot be scaled.
#[derive(Debug, thiserror::Error)]
#[error("a picture that cannot be scaled")]
pub(super) struct ScaleError;

/// The largest even size of the same shape within `largest`, and not above the size itself.
pub(super) fn fitted((width, height): (u32, u32), largest: (u32, u32)) -> (u32, u32) {
    let (most_wide, most_high) = largest;
    if width <= most_wide && height <= most_high {
        return (width, height);
    }
    let scale =
        (f64::from(most_wide) / f64::from(width)).min(f64::from(most_high) / f64::from(height));
    let even = |side: u32| (((f64::from(side) * scale / 2.0).round() as u32) * 2).max(2);
    (even(width).min(most_wide), even(height).min(most_high))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn large_pictures_are_fitted_and_small_ones_left_alone() {
        let hd = (1280, 720);
        assert_eq!(fitted((1280, 720), hd), (1280, 720));
        assert_eq!(fitted((640, 360), hd), (640, 360));
        assert_eq!(fitted((1920, 1080), hd), (1280, 720));
        assert_eq!(fitted((1600, 1200), hd), (960, 720));
        assert_eq!(fitted((4096, 100), hd), (1280, 32));
        let mut large = VideoFrame::black(1920, 1080, Instant::now());
        large.y.fill(100);
        let small = Scaler::default().scale(&large, hd).expect("scales");
        assert_eq!((small.width, small.height), hd);
        assert!(small.y.iter().all(|y| *y == 100));
    }
}
