//! The encoder for text and still pictures: each picture with the quantizer that is asked for, so that
//! quality is decided by whoever knows what there is to spend, and scrolling found as what it is.
//!
//! OpenH264 touches again what does not change only if it was coded with a quantizer above 26 and is now
//! to be finer by more than 5.

use std::time::Instant;

use cinemasync_core::frame::VideoFrame;
use openh264::OpenH264API;
use openh264::encoder::{
    Complexity, EncoderConfig, IntraFramePeriod, Profile, RateControlMode, UsageType, VuiConfig,
};
use openh264_sys2::SEncParamExt;

use super::encoder::{Encoded, be_quiet, encode, set_option};

/// An encoder for screens of one size.
pub(in super::super) struct TextEncoder {
    inner: openh264::encoder::Encoder,
    size: (u32, u32),
    qp: u8,
    started: Instant,
}

impl TextEncoder {
    /// An encoder whose first picture is a keyframe.
    ///
    /// # Errors
    ///
    /// What openh264 says, for sizes that it does not take.
    pub(in super::super) fn new(
        width: u32,
        height: u32,
        now: Instant,
    ) -> Result<Self, openh264::Error> {
        let config = EncoderConfig::new()
            .usage_type(UsageType::ScreenContentRealTime)
            .profile(Profile::Baseline)
            .rate_control_mode(RateControlMode::Off)
            .skip_frames(false)
            .intra_frame_period(IntraFramePeriod::auto())
            // Screens are not encoded without the one and not with the others.
            .scene_change_detect(true)
            .adaptive_quantization(false)
            .background_detection(false)
            // More costs a third more and saves nothing on text.
            .complexity(Complexity::Low)
            .num_threads(1)
            .vui(VuiConfig::bt601());
        let mut inner =
            openh264::encoder::Encoder::with_api_config(OpenH264API::from_source(), config)?;
        be_quiet(&mut inner);
        // Options are taken only after the first picture, which nobody gets to see.
        encode(&mut inner, &VideoFrame::black(width, height, now), now)?;
        inner.force_intra_frame();
        // No picture has this quantizer, so that the first one sets its own.
        Ok(Self { inner, size: (width, height), qp: u8::MAX, started: now })
    }

    /// The size that it takes.
    pub(in super::super) fn size(&self) -> (u32, u32) {
        self.size
    }

    /// Encodes a picture with a quantizer from 0, the finest, to 51; as a keyframe if asked to.
    ///
    /// # Errors
    ///
    /// What openh264 says.
    ///
    /// # Panics
    ///
    /// If the picture has another size than the encoder.
    pub(in super::super) fn encode(
        &mut self,
        frame: &VideoFrame,
        qp: u8,
        keyframe: bool,
    ) -> Result<Option<Encoded>, openh264::Error> {
        assert_eq!((frame.width, frame.height), self.size, "one encoder a size");
        if qp != self.qp {
            self.set_qp(qp);
        }
        if keyframe {
            self.inner.force_intra_frame();
        }
        encode(&mut self.inner, frame, self.started)
    }

    fn set_qp(&mut self, qp: u8) {
        self.qp = qp;
        let mut params = SEncParamExt::default();
        // SAFETY: the encoder is alive and set up, and this option is documented to fill such a struct.
        let code = unsafe {
            self.inner.raw_api().get_option(
                openh264_sys2::ENCODER_OPTION_SVC_ENCODE_PARAM_EXT,
                (&raw mut params).cast(),
            )
        };
        if code != 0 {
            tracing::debug!(code, "openh264 does not tell how it is set up");
            return;
        }
        params.sSpatialLayers[0].iDLayerQp = i32::from(qp);
        set_option(
            &mut self.inner,
            openh264_sys2::ENCODER_OPTION_SVC_ENCODE_PARAM_EXT,
            &mut params,
        );
    }
}

#[cfg(test)]
mod tests {
    use cinemasync_core::screen::text_pace::FINE_QP;

    use super::super::Decoder;
    use super::super::tests::psnr;
    use super::*;
    use crate::media::screen::change::tests::letters;

    #[test]
    fn a_coarse_page_becomes_fine_and_stays_so_while_it_is_scrolled() {
        let (width, height) = (960, 540);
        let mut encoder = TextEncoder::new(width, height, Instant::now()).expect("opens");
        let mut decoder = Decoder::new().expect("opens");
        let mut show = |scrolled, qp, keyframe| {
            let frame = letters(width, height, scrolled);
            let encoded =
                encoder.encode(&frame, qp, keyframe).expect("encodes").expect("a picture");
            let at = Instant::now();
            let decoded = decoder.decode(&encoded.access_unit, at).expect("decodes");
            (
                encoded.keyframe,
                encoded.access_unit.len(),
                psnr(&frame, &decoded.expect("a picture")),
            )
        };
        let (keyframe, coarse_bytes, quality) = show(0, 34, false);
        assert!(keyframe && quality < 45.0, "{keyframe} {quality}");
        let (keyframe, fine_bytes, quality) = show(0, FINE_QP, false);
        assert!(!keyframe && quality >= 50.0, "{keyframe} {quality}");
        let (_, same_bytes, quality) = show(0, FINE_QP, false);
        assert!(same_bytes < 100 && quality >= 50.0, "{same_bytes} {quality}");
        for step in 1..=10 {
            let (_, bytes, quality) = show(step * 14, FINE_QP, false);
            println!("scrolled: {bytes} of {coarse_bytes} and {fine_bytes} bytes, {quality:.1} dB");
            assert!(bytes * 6 < fine_bytes, "{bytes} of {fine_bytes}");
            assert!(quality >= 48.0, "{quality}");
        }
        let (keyframe, _, _) = show(140, 30, true);
        assert!(keyframe);
    }
}
