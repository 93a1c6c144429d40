//! `treat PLAYED.wav HEARD.wav TREATED.wav`: what a microphone heard, treated as a voice in a call is,
//! with what the loudspeaker played meanwhile as the echo's reference. All mono, 48 kHz, 16 bits. For
//! `cargo xtask bench echo`: without devices, and the same on a busy machine.

#![allow(clippy::unwrap_used, reason = "a failed step is a failed measurement")]

use cinemasync_client::media::processing::VoiceProcessing;
use cinemasync_core::voice_settings::VoiceSettings;
use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

/// Samples of 10 ms.
const FRAME: usize = 480;

fn main() {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [played, heard, treated] = paths.as_slice() else {
        eprintln!("treat PLAYED.wav HEARD.wav TREATED.wav");
        std::process::exit(2);
    };
    let (played, heard) = (read(played), read(heard));
    // Without gain control, so that what is lost can be told from what is raised.
    let settings = VoiceSettings { automatic_gain: false, ..VoiceSettings::default() };
    let spec = WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let mut writer = WavWriter::create(treated, spec).unwrap();
    let mut processing = VoiceProcessing::default();
    for (played, heard) in played.chunks_exact(FRAME).zip(heard.chunks_exact(FRAME)) {
        let mut frame: [f32; FRAME] = heard.try_into().unwrap();
        processing.process(&mut frame, Some(played.try_into().unwrap()), &settings);
        for sample in frame {
            writer.write_sample((sample.clamp(-1.0, 1.0) * 32_767.0).round() as i16).unwrap();
        }
    }
    writer.finalize().unwrap();
}

fn read(path: &str) -> Vec<f32> {
    let reader = WavReader::open(path).unwrap();
    reader.into_samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32_768.0).collect()
}
