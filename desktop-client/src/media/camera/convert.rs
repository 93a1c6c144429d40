//! From what cameras and films deliver to planar 4:2:0. What comes
//! in is believed in nothing: a short buffer or a broken JPEG is an error, never a panic.

use std::time::Instant;

use cinemasync_core::frame::VideoFrame;
use nokhwa::utils::FrameFormat;
use thiserror::Error;
use yuv::{
    BufferStoreMut, YuvConversionMode, YuvPackedImage, YuvPlanarImageMut, YuvRange,
    YuvStandardMatrix,
};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use crate::media::scale::ScaleError;

/// A camera's picture may be this large a side before it is scaled.
const LARGEST_SIDE: u32 = 4096;

/// Why a buffer gave no picture.
#[derive(Debug, Error)]
pub(super) enum ConvertError {
    #[error("a picture of {width}x{height} in {bytes} bytes")]
    Size { width: u32, height: u32, bytes: usize },
    #[error("a format that is not understood: {0}")]
    Format(FrameFormat),
    #[error("{0}")]
    Jpeg(String),
    #[error("{0}")]
    Pixels(String),
    #[error(transparent)]
    Scale(#[from] ScaleError),
}

/// The picture in a camera's buffer. Buffers may be longer than the picture.
pub(super) fn picture(
    format: FrameFormat,
    width: u32,
    height: u32,
    buffer: &[u8],
    at: Instant,
) -> Result<VideoFrame, ConvertError> {
    if format == FrameFormat::MJPEG {
        let (width, height, rgb) = jpeg(buffer)?;
        return from_rgb(yuv::rgb_to_yuv420, width, height, &rgb, at);
    }
    match format {
        FrameFormat::YUYV => from_yuyv(width, height, buffer, at),
        FrameFormat::NV12 => from_nv12(width, height, buffer, at),
        FrameFormat::RAWRGB => from_rgb(yuv::rgb_to_yuv420, width, height, buffer, at),
        FrameFormat::RAWBGR => from_rgb(yuv::bgr_to_yuv420, width, height, buffer, at),
        other => Err(ConvertError::Format(other)),
    }
}

/// A black picture to write into, and the source's rows cut to `bytes_a_pixel` × its true size.
fn prepare(
    width: u32,
    height: u32,
    bytes: usize,
    needed: impl Fn(usize, usize) -> usize,
    at: Instant,
) -> Result<VideoFrame, ConvertError> {
    let fault = ConvertError::Size { width, height, bytes };
    if width < 2 || height < 2 || width > LARGEST_SIDE || height > LARGEST_SIDE {
        return Err(fault);
    }
    if bytes < needed(width as usize, height as usize) {
        return Err(fault);
    }
    Ok(VideoFrame::black(width & !1, height & !1, at))
}

fn planes(frame: &mut VideoFrame) -> YuvPlanarImageMut<'_, u8> {
    YuvPlanarImageMut {
        y_stride: frame.width,
        u_stride: frame.width / 2,
        v_stride: frame.width / 2,
        width: frame.width,
        height: frame.height,
        y_plane: BufferStoreMut::Borrowed(&mut frame.y),
        u_plane: BufferStoreMut::Borrowed(&mut frame.u),
        v_plane: BufferStoreMut::Borrowed(&mut frame.v),
    }
}

fn from_yuyv(
    width: u32,
    height: u32,
    buffer: &[u8],
    at: Instant,
) -> Result<VideoFrame, ConvertError> {
    // Two pixels share four bytes, so a row of odd length is not possible.
    let width = width & !1;
    let mut frame = prepare(width, height, buffer.len(), |w, h| w * h * 2, at)?;
    let packed = YuvPackedImage {
        yuy: &buffer[..frame.width as usize * frame.height as usize * 2],
        yuy_stride: frame.width * 2,
        width: frame.width,
        height: frame.height,
    };
    yuv::yuyv422_to_yuv420(&mut planes(&mut frame), &packed)
        .map_err(|error| ConvertError::Pixels(error.to_string()))?;
    Ok(frame)
}

fn from_nv12(
    width: u32,
    height: u32,
    buffer: &[u8],
    at: Instant,
) -> Result<VideoFrame, ConvertError> {
    let (width, height) = (width & !1, height & !1);
    let mut frame = prepare(width, height, buffer.len(), |w, h| w * h * 3 / 2, at)?;
    let (y, uv) = buffer.split_at(frame.y.len());
    frame.y.copy_from_slice(y);
    for ((pair, u), v) in uv.chunks_exact(2).zip(&mut frame.u).zip(&mut frame.v) {
        (*u, *v) = (pair[0], pair[1]);
    }
    Ok(frame)
}

type RgbConversion = fn(
    &mut YuvPlanarImageMut<'_, u8>,
    &[u8],
    u32,
    YuvRange,
    YuvStandardMatrix,
    YuvConversionMode,
) -> Result<(), yuv::YuvError>;

fn from_rgb(
    convert: RgbConversion,
    width: u32,
    height: u32,
    buffer: &[u8],
    at: Instant,
) -> Result<VideoFrame, ConvertError> {
    let mut frame = prepare(width, height, buffer.len(), |w, h| w * h * 3, at)?;
    let rows = width as usize * 3 * frame.height as usize;
    convert(
        &mut planes(&mut frame),
        &buffer[..rows],
        width * 3,
        YuvRange::Limited,
        YuvStandardMatrix::Bt601,
        YuvConversionMode::default(),
    )
    .map_err(|error| ConvertError::Pixels(error.to_string()))?;
    Ok(frame)
}

/// Decodes a JPEG to RGB.
fn jpeg(buffer: &[u8]) -> Result<(u32, u32, Vec<u8>), ConvertError> {
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::RGB)
        .set_max_width(LARGEST_SIDE as usize)
        .set_max_height(LARGEST_SIDE as usize);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(buffer), options);
    let rgb = decoder.decode().map_err(|error| ConvertError::Jpeg(format!("{error:?}")))?;
    let (width, height) = decoder
        .dimensions()
        .ok_or_else(|| ConvertError::Jpeg("a picture without a size".to_owned()))?;
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    Ok((side(width), side(height), rgb))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_becomes_the_same_grey() {
        let at = Instant::now();
        let (w, h) = (64u32, 48u32);
        let pixels = (w * h) as usize;
        for (format, buffer) in [
            (FrameFormat::YUYV, [126, 128].repeat(pixels)),
            (FrameFormat::NV12, [vec![126; pixels], vec![128; pixels / 2]].concat()),
            (FrameFormat::RAWRGB, vec![128; pixels * 3]),
            (FrameFormat::RAWBGR, vec![128; pixels * 3]),
        ] {
            // V4L2 buffers are longer than the picture.
            let buffer = [buffer, vec![7; 999]].concat();
            let frame = picture(format, w, h, &buffer, at).expect("converts");
            assert_eq!((frame.width, frame.height), (w, h));
            assert!(frame.y.iter().all(|y| y.abs_diff(126) <= 1), "{format}");
            assert!(frame.u.iter().chain(&frame.v).all(|c| c.abs_diff(128) <= 1), "{format}");
        }
    }

    #[test]
    fn red_is_red_whatever_the_order_of_its_bytes() {
        let at = Instant::now();
        let rgb =
            picture(FrameFormat::RAWRGB, 16, 16, &[255, 0, 0].repeat(256), at).expect("converts");
        let bgr =
            picture(FrameFormat::RAWBGR, 16, 16, &[0, 0, 255].repeat(256), at).expect("converts");
        assert_eq!(rgb, bgr);
        assert!(rgb.v[0] > 200 && rgb.u[0] < 128, "{} {}", rgb.u[0], rgb.v[0]);
    }

    #[test]
    fn odd_sizes_lose_a_row_and_column() {
        let frame = picture(FrameFormat::RAWRGB, 17, 15, &[9; 17 * 15 * 3], Instant::now());
        let frame = frame.expect("converts");
        assert_eq!((frame.width, frame.height), (16, 14));
    }

    #[test]
    fn short_buffers_and_broken_jpegs_are_errors() {
        let at = Instant::now();
        for format in
            [FrameFormat::YUYV, FrameFormat::NV12, FrameFormat::RAWRGB, FrameFormat::MJPEG]
        {
            assert!(picture(format, 640, 480, &[1; 100], at).is_err(), "{format}");
            assert!(picture(format, 0, 0, &[], at).is_err());
            assert!(picture(format, u32::MAX, u32::MAX, &[1; 100], at).is_err());
        }
        assert!(picture(FrameFormat::MJPEG, 8, 8, &[0xff, 0xd8, 0xff, 0xd9], at).is_err());
        assert!(picture(FrameFormat::GRAY, 8, 8, &[0; 64], at).is_err());
    }
}
