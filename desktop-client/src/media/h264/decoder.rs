//! The decoder of one track. What comes in was sent by a stranger: sizes are bounded before
//! openh264 sees them, and after any fault it starts anew with the next keyframe.

use std::time::Instant;

use cinemasync_core::frame::VideoFrame;
use openh264::OpenH264API;
use openh264::decoder::{DecodedYUV, DecoderConfig};
use openh264::formats::YUVSource;
use thiserror::Error;

use super::sps;

/// Largest access unit that is tried: a keyframe of the largest picture at any sensible rate.
const MAX_ACCESS_UNIT: usize = 4 << 20;

/// Why an access unit gave no picture. After any of these only a keyframe helps.
#[derive(Debug, Error)]
pub(in super::super) enum DecodeError {
    /// Too long, or asks for a larger picture than 4096×2304, or no baseline stream.
    #[error("the picture is larger than 4096x2304 or not plain H.264")]
    Refused,
    /// Damaged, or refers to what was never received.
    #[error("damaged or incomplete: {0}")]
    Damaged(#[from] openh264::Error),
    /// openh264 gave planes that do not fit the size that it told.
    #[error("the decoder returned planes of a wrong size")]
    Planes,
}

/// Decodes the access units of one track.
pub(in super::super) struct Decoder {
    inner: openh264::decoder::Decoder,
}

impl Decoder {
    /// A decoder that waits for its first keyframe.
    ///
    /// # Errors
    ///
    /// If openh264 cannot be set up, which only a lack of memory explains.
    pub(in super::super) fn new() -> Result<Self, openh264::Error> {
        // One thread: several make openh264 crash, and a picture takes 1-2 ms.
        let config = DecoderConfig::new();
        let inner =
            openh264::decoder::Decoder::with_api_config(OpenH264API::from_source(), config)?;
        Ok(Self { inner })
    }

    /// Decodes one access unit; `None` if it holds no picture, only parameters. `at` becomes the
    /// picture's time.
    ///
    /// # Errors
    ///
    /// See [`DecodeError`]; the decoder has forgotten everything then.
    pub(in super::super) fn decode(
        &mut self,
        access_unit: &[u8],
        at: Instant,
    ) -> Result<Option<VideoFrame>, DecodeError> {
        let result = self.try_decode(access_unit, at);
        if result.is_err() {
            *self = Self::new()?;
        }
        result
    }

    fn try_decode(
        &mut self,
        access_unit: &[u8],
        at: Instant,
    ) -> Result<Option<VideoFrame>, DecodeError> {
        if access_unit.len() > MAX_ACCESS_UNIT || !sps::is_acceptable(access_unit) {
            return Err(DecodeError::Refused);
        }
        let Some(decoded) = self.inner.decode(access_unit)? else { return Ok(None) };
        copy(&decoded, at).map(Some).ok_or(DecodeError::Planes)
    }
}

/// The picture in memory of our own, its rows without padding.
fn copy(decoded: &DecodedYUV<'_>, at: Instant) -> Option<VideoFrame> {
    // Odd sizes lose a row or column: planes of 4:2:0 fit even sizes only.
    let (width, height) = decoded.dimensions();
    let (width, height) = (width & !1, height & !1);
    if width == 0 || height == 0 {
        return None;
    }
    let (y_stride, u_stride, v_stride) = decoded.strides();
    Some(VideoFrame {
        width: u32::try_from(width).ok()?,
        height: u32::try_from(height).ok()?,
        y: plane(decoded.y(), y_stride, width, height)?,
        u: plane(decoded.u(), u_stride, width / 2, height / 2)?,
        v: plane(decoded.v(), v_stride, width / 2, height / 2)?,
        at,
    })
}

fn plane(from: &[u8], stride: usize, width: usize, height: usize) -> Option<Vec<u8>> {
    if stride < width || from.len() < stride * (height - 1) + width {
        return None;
    }
    let mut plane = Vec::with_capacity(width * height);
    for row in from.chunks(stride).take(height) {
        plane.extend_from_slice(&row[..width]);
    }
    Some(plane)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::pattern;
    use super::super::{Encoder, Rate};
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Damaged streams give pictures, nothing or errors, and the next keyframe heals.
        #[test]
        fn damage_is_survived(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20)) {
            let at = Instant::now();
            let mut encoder = Encoder::new(128, 96, Rate::usual(128, 96)).expect("opens");
            let mut decoder = Decoder::new().expect("opens");
            for number in 0..3 {
                let frame = pattern::draw(128, 96, number, number, at);
                let encoded = encoder.encode(&frame, false).expect("encodes").expect("not skipped");
                let mut damaged = encoded.access_unit.to_vec();
                for (index, value) in &flips {
                    let index = index.index(damaged.len());
                    damaged[index] ^= value;
                }
                let _ = decoder.decode(&damaged, at);
            }
            let frame = pattern::draw(128, 96, 9, 9, at);
            let encoded = encoder.encode(&frame, true).expect("encodes").expect("not skipped");
            // The first keyframe may still fail on what damage left behind; the one after a fresh
            // start may not.
            let healed = decoder.decode(&encoded.access_unit, at).or_else(|_| decoder.decode(&encoded.access_unit, at));
            let picture = healed.expect("decodes").expect("a picture");
            prop_assert_eq!(pattern::read(&picture), Some(9));
        }
    }
}
