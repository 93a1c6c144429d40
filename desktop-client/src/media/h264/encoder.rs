//! The encoder, set up for a call: constrained baseline, which every browser must decode, rate
//! control by bitrate, keyframes only when asked for.

use bytes::Bytes;
use cinemasync_core::frame::VideoFrame;
use openh264::encoder::{
    BitRate, Complexity, EncoderConfig, FrameRate, FrameType, IntraFramePeriod, Profile,
    RateControlMode, UsageType, VuiConfig,
};
use openh264::formats::YUVSlices;
use openh264::{OpenH264API, Timestamp};

/// One picture, encoded.
pub(in super::super) struct Encoded {
    /// Annex B byte stream; SPS and PPS precede an IDR.
    pub(in super::super) access_unit: Bytes,
    /// Can decoding start here?
    pub(in super::super) keyframe: bool,
}

/// What rate control aims at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Rate {
    /// Bits a second.
    pub(in super::super) bps: u64,
    /// Pictures a second.
    pub(in super::super) fps: u32,
}

#[cfg(test)]
impl Rate {
    /// What is worth it for a size, at 30 pictures a second.
    pub(in super::super) fn usual(width: u32, height: u32) -> Self {
        Self { bps: target_bps(width, height), fps: 30 }
    }
}

/// An encoder for pictures of one size.
pub(in super::super) struct Encoder {
    inner: openh264::encoder::Encoder,
    width: u32,
    height: u32,
    rate: Rate,
    /// Start of the stream's clock, which rate control reads.
    started: Option<std::time::Instant>,
}

/// The most that is worth it for a picture size, in bits a second: 600 kbit/s at 640×360 and 1.7 Mbit/s at 1280×720, between them
/// and around them by the power law through both (pixels to the 0.75), as larger pictures need
/// fewer bits a pixel.
pub(in super::super) fn target_bps(width: u32, height: u32) -> u64 {
    let pixels = f64::from(width) * f64::from(height);
    let bps = 600_000.0 * (pixels / (640.0 * 360.0)).powf(0.75);
    (bps.clamp(100_000.0, 4_000_000.0) / 10_000.0).round() as u64 * 10_000
}

/// How hard the encoder searches. Above 720p every percent counts: a low one takes 5 % less time for 0.1 dB
/// (1080p30 film at 8 Mbit/s, measured).
fn complexity(width: u32, height: u32) -> Complexity {
    if width * height > 1280 * 720 { Complexity::Low } else { Complexity::Medium }
}

impl Encoder {
    /// An encoder that aims at `rate`.
    ///
    /// # Errors
    ///
    /// What openh264 says, for sizes that it does not take.
    pub(in super::super) fn new(
        width: u32,
        height: u32,
        rate: Rate,
    ) -> Result<Self, openh264::Error> {
        let bps = u32::try_from(rate.bps).unwrap_or(u32::MAX);
        let config = EncoderConfig::new()
            .usage_type(UsageType::CameraVideoRealTime)
            .profile(Profile::Baseline)
            .rate_control_mode(RateControlMode::Bitrate)
            .bitrate(BitRate::from_bps(bps))
            .max_frame_rate(FrameRate::from_hz(rate.fps as f32))
            // A skipped picture is a freeze; coarser ones are not noticed in a face.
            .skip_frames(false)
            // Without losses no keyframe is needed, and on a loss the receiver asks.
            .intra_frame_period(IntraFramePeriod::auto())
            .scene_change_detect(false)
            .complexity(complexity(width, height))
            // 3 ms a picture at 720p: threads would only take the cores from the decoders.
            .num_threads(1)
            .vui(VuiConfig::bt601());
        let mut inner =
            openh264::encoder::Encoder::with_api_config(OpenH264API::from_source(), config)?;
        be_quiet(&mut inner);
        Ok(Self { inner, width, height, rate, started: None })
    }

    /// The size that it takes.
    pub(in super::super) fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Aims at another rate from the next picture on.
    pub(in super::super) fn set_rate(&mut self, rate: Rate) {
        if rate == self.rate {
            return;
        }
        self.rate = rate;
        // Before the first picture openh264 takes no options; it is set up with that.
        if self.started.is_none() {
            return;
        }
        let mut bps = openh264_sys2::SBitrateInfo {
            iLayer: openh264_sys2::SPATIAL_LAYER_ALL,
            iBitrate: i32::try_from(rate.bps).unwrap_or(i32::MAX),
        };
        let mut fps = rate.fps as f32;
        set_option(&mut self.inner, openh264_sys2::ENCODER_OPTION_BITRATE, &mut bps);
        set_option(&mut self.inner, openh264_sys2::ENCODER_OPTION_FRAME_RATE, &mut fps);
    }

    /// Encodes a picture, as a keyframe if asked to; the first one always is. `None` if rate
    /// control left it out.
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
        keyframe: bool,
    ) -> Result<Option<Encoded>, openh264::Error> {
        assert_eq!((frame.width, frame.height), self.size(), "one encoder a size");
        // openh264 sets itself up with the first picture, which is a keyframe anyway.
        if keyframe && self.started.is_some() {
            self.inner.force_intra_frame();
        }
        let started = *self.started.get_or_insert(frame.at);
        encode(&mut self.inner, frame, started)
    }
}

/// Encodes a picture on a clock that began at `started`.
pub(super) fn encode(
    encoder: &mut openh264::encoder::Encoder,
    frame: &VideoFrame,
    started: std::time::Instant,
) -> Result<Option<Encoded>, openh264::Error> {
    let since = frame.at.saturating_duration_since(started);
    let (width, height) = (frame.width as usize, frame.height as usize);
    let planes = YUVSlices::new(
        (&frame.y, &frame.u, &frame.v),
        (width, height),
        (width, width / 2, width / 2),
    );
    let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
    let stream = encoder.encode_at(&planes, Timestamp::from_millis(millis))?;
    let keyframe = stream.frame_type() == FrameType::IDR;
    if matches!(stream.frame_type(), FrameType::Skip | FrameType::Invalid) {
        return Ok(None);
    }
    let access_unit = Bytes::from(stream.to_vec());
    Ok((!access_unit.is_empty()).then_some(Encoded { access_unit, keyframe }))
}

/// Keeps openh264 from writing to stderr. The wrapper does so too, but only after the setup that
/// has most to say.
pub(super) fn be_quiet(encoder: &mut openh264::encoder::Encoder) {
    let mut level = openh264_sys2::WELS_LOG_QUIET;
    set_option(encoder, openh264_sys2::ENCODER_OPTION_TRACE_LEVEL, &mut level);
}

/// Sets an option that the wrapper has no word for.
pub(super) fn set_option<T>(
    encoder: &mut openh264::encoder::Encoder,
    option: openh264_sys2::ENCODER_OPTION,
    value: &mut T,
) {
    // SAFETY: the encoder is alive; each caller gives the type that its option is documented to take,
    // which is read at once; the wrapper relies on nothing that these options change.
    let code = unsafe { encoder.raw_api().set_option(option, std::ptr::from_mut(value).cast()) };
    if code != 0 {
        tracing::debug!(code, option, "openh264 does not take an option");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_follow_the_size() {
        assert_eq!(target_bps(640, 360), 600_000);
        assert_eq!(target_bps(1280, 720), 1_700_000);
        assert_eq!(target_bps(64, 64), 100_000);
        assert_eq!(target_bps(3840, 2160), 4_000_000);
    }
}
