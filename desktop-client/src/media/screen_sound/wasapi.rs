//! What other programs play on Windows: WASAPI's loopback of all processes but this one and those that
//! it started.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use wasapi::{
    AudioCaptureClient, AudioClient, Direction, Handle, SampleType, StreamMode, WaveFormat,
};

use super::super::opus::{RATE, STEREO};
use super::timeline::Timeline;

/// How long sound is waited for before it is looked whether to stop. Where nothing plays none comes.
const LOOK_MS: u32 = 10;
/// The one program that there is for the time line.
const ALL: u32 = 0;
/// What the mixer hands over is heard about two of its periods later.
const AHEAD: Duration = Duration::from_millis(20);
/// How often the time line is told where the sound is.
const ANCHOR: Duration = Duration::from_millis(250);
/// Bits of a sample.
const BITS: usize = 8 * size_of::<f32>();

/// The recording of all others.
pub(super) struct Recording {
    client: AudioClient,
    capture: AudioCaptureClient,
    ready: Handle,
    bytes: VecDeque<u8>,
    sound: Vec<f32>,
    anchor_due: Instant,
}

impl Recording {
    /// Begins to record.
    pub(super) fn open() -> Result<Self, String> {
        let failed = |error: wasapi::WasapiError| {
            format!("Windows 10, version 2004, or a later one is needed for it ({error})")
        };
        // What tells that it was done before is no failure.
        wasapi::initialize_mta().ok().map_err(|error| error.to_string())?;
        let format = WaveFormat::new(BITS, BITS, &SampleType::Float, RATE as usize, STEREO, None);
        let mode = StreamMode::EventsShared { autoconvert: true, buffer_duration_hns: 0 };
        let with_this_process = false;
        let mut client =
            AudioClient::new_application_loopback_client(std::process::id(), with_this_process)
                .map_err(failed)?;
        client.initialize_client(&format, &Direction::Capture, &mode).map_err(failed)?;
        let ready = client.set_get_eventhandle().map_err(failed)?;
        let capture = client.get_audiocaptureclient().map_err(failed)?;
        client.start_stream().map_err(failed)?;
        Ok(Self {
            client,
            capture,
            ready,
            bytes: VecDeque::new(),
            sound: Vec::new(),
            anchor_due: Instant::now(),
        })
    }

    /// Waits for sound, but not long, and puts it into the time line.
    pub(super) fn pump(&mut self, timeline: &mut Timeline) -> Result<(), String> {
        // Nothing in time is nothing played.
        let _ = self.ready.wait_for_event(LOOK_MS);
        let text = |error: wasapi::WasapiError| error.to_string();
        while self.capture.get_next_packet_size().map_err(text)?.is_some_and(|frames| frames > 0) {
            let told = self.capture.read_from_device_to_deque(&mut self.bytes).map_err(text)?;
            self.sound.clear();
            let samples = self.bytes.make_contiguous().chunks_exact(size_of::<f32>());
            self.sound.extend(samples.map(|sample| {
                let sample = f32::from_le_bytes(sample.try_into().expect("chunks of four bytes"));
                if sample.is_finite() && !told.flags.silent { sample } else { 0.0 }
            }));
            self.bytes.clear();
            timeline.add(ALL, &self.sound, Instant::now());
        }
        let now = Instant::now();
        if now >= self.anchor_due {
            self.anchor_due = now + ANCHOR;
            timeline.anchor(ALL, now + AHEAD);
        }
        Ok(())
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if let Err(error) = self.client.stop_stream() {
            tracing::debug!(%error, "the recording of other programs did not stop");
        }
    }
}
