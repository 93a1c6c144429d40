//! H.264 by openh264: one encoder for what we send, one decoder for each track that we receive.
//! Pictures in, access units out, and back. No threads and no timing here.

mod decoder;
mod encoder;
mod sps;
mod text;

pub(super) use decoder::Decoder;
pub(super) use encoder::{Encoded, Encoder, Rate, target_bps};
pub(super) use text::TextEncoder;

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use cinemasync_core::frame::VideoFrame;

    use super::super::pattern;
    use super::*;

    /// Peak signal-to-noise ratio of the luma, in decibels.
    pub(super) fn psnr(a: &VideoFrame, b: &VideoFrame) -> f64 {
        let square = |(a, b): (&u8, &u8)| f64::from(i32::from(*a) - i32::from(*b)).powi(2);
        let mean = a.y.iter().zip(&b.y).map(square).sum::<f64>() / a.y.len() as f64;
        10.0 * (255.0 * 255.0 / mean.max(1e-9)).log10()
    }

    #[test]
    fn the_pattern_goes_through_the_codec_with_its_stamp() {
        for (width, height) in [(640, 360), (1280, 720)] {
            let at = Instant::now();
            let mut encoder =
                Encoder::new(width, height, Rate::usual(width, height)).expect("opens");
            let mut decoder = Decoder::new().expect("opens");
            let (mut bytes, mut encoding, mut decoding) = (0, Duration::ZERO, Duration::ZERO);
            for number in 0..60 {
                let stamp = 1_795_404_618_000 + number * 33;
                let at = at + Duration::from_millis(number * 33);
                let frame = pattern::draw(width, height, number, stamp, at);
                let began = Instant::now();
                let encoded =
                    encoder.encode(&frame, number == 0).expect("encodes").expect("not skipped");
                encoding += began.elapsed();
                assert_eq!(encoded.keyframe, number == 0, "only what was asked for");
                bytes += encoded.access_unit.len();
                let began = Instant::now();
                let decoded =
                    decoder.decode(&encoded.access_unit, at).expect("decodes").expect("a picture");
                decoding += began.elapsed();
                assert_eq!((decoded.width, decoded.height), (width, height));
                assert_eq!(pattern::read(&decoded), Some(stamp), "picture {number}");
                let psnr = psnr(&frame, &decoded);
                assert!(psnr > 28.0, "picture {number}: {psnr} dB");
            }
            let bps = bytes as u64 * 8 / 2;
            println!(
                "{width}x{height}: {bps} bit/s of {}, encoding {:?} and decoding {:?} a picture",
                target_bps(width, height),
                encoding / 60,
                decoding / 60,
            );
            assert!(bps < target_bps(width, height) * 3 / 2, "{bps}");
        }
    }

    #[test]
    fn a_browser_can_decode_what_is_sent() {
        let at = Instant::now();
        let mut encoder = Encoder::new(1280, 720, Rate::usual(1280, 720)).expect("opens");
        for number in 0..20 {
            let asked = number % 10 == 0;
            let frame = pattern::draw(1280, 720, number, 0, at);
            let encoded = encoder.encode(&frame, asked).expect("encodes").expect("not skipped");
            let kinds: Vec<u8> =
                sps::nal_units(&encoded.access_unit).map(|nal| nal[0] & 0x1f).collect();
            if asked {
                assert_eq!(kinds[..3], [7, 8, 5], "SPS, PPS, IDR");
                let sps = sps::nal_units(&encoded.access_unit).next().expect("is there");
                assert_eq!(sps[1], 66, "baseline");
                assert_eq!(sps[2] & 0x40, 0x40, "constrained");
                assert!(sps[3] <= 31, "level 3.1 is what is offered: {}", sps[3]);
            } else {
                assert!(kinds.iter().all(|kind| *kind == 1), "{kinds:?}");
            }
        }
    }

    #[test]
    fn a_decoder_that_missed_the_start_asks_for_a_keyframe_and_goes_on_with_it() {
        let at = Instant::now();
        let mut encoder = Encoder::new(640, 360, Rate::usual(640, 360)).expect("opens");
        let mut decoder = Decoder::new().expect("opens");
        let mut units = Vec::new();
        for number in 0..6 {
            let frame = pattern::draw(640, 360, number, number, at);
            units.push(
                encoder.encode(&frame, number % 3 == 0).expect("encodes").expect("not skipped"),
            );
        }
        assert!(decoder.decode(&units[1].access_unit, at).is_err());
        let picture = decoder.decode(&units[3].access_unit, at).expect("decodes");
        assert_eq!(picture.and_then(|picture| pattern::read(&picture)), Some(3));
    }

    #[test]
    fn a_change_of_size_is_decoded() {
        let at = Instant::now();
        let mut decoder = Decoder::new().expect("opens");
        for (width, height) in [(640, 360), (1280, 720), (320, 180)] {
            let mut encoder =
                Encoder::new(width, height, Rate::usual(width, height)).expect("opens");
            let frame = pattern::draw(width, height, 0, 5, at);
            let encoded = encoder.encode(&frame, true).expect("encodes").expect("not skipped");
            let decoded =
                decoder.decode(&encoded.access_unit, at).expect("decodes").expect("a picture");
            assert_eq!((decoded.width, decoded.height), (width, height));
        }
    }
}
