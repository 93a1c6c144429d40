//! Where a voice comes from, as a stream of 10 ms frames at 48 kHz: a device, a tone or a file.

#[cfg(target_os = "linux")]
use std::collections::VecDeque;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cinemasync_core::sentence::{self, Sentence};
use hound::{SampleFormat, WavReader};
#[cfg(target_os = "linux")]
use rtrb::{Consumer, RingBuffer};
use thiserror::Error;

use super::opus::{FRAME, RATE};
#[cfg(target_os = "linux")]
use super::pulse::Recording;
use super::resample::Resampler;
use super::sound_device::{self, FIRST_BUFFER, Input, SoundError, Wanted};
use super::source::MicrophoneSource;
use super::worker::Stop;

/// Amplitude of the tone, -12 dBFS.
const TONE: f32 = 0.25;
/// How often the ring is looked into: half a frame.
const LOOK: Duration = Duration::from_millis(5);
/// A sound system may lose samples when its buffer is too small for it; the share that came is
/// judged over this time.
const JUDGED_OVER: Duration = Duration::from_secs(2);
const ENOUGH: f64 = 0.9;
/// Largest buffer that is tried, in hundredths of a second.
const LARGEST_BUFFER: u32 = 8;
/// So many looks in a row that find nothing mean that a sound server's microphone is gone: 1.5 s.
#[cfg(target_os = "linux")]
const GONE_LOOKS: u32 = 300;
/// A microphone that gives nothing for so long is reported.
const DEAF_AFTER: Duration = Duration::from_secs(4);

/// Why there is no sound. Sentences for a person.
#[derive(Debug, Error)]
pub(super) enum VoiceError {
    #[error(transparent)]
    Device(#[from] SoundError),
    #[error("The sound file {path} could not be read ({reason}). Give a WAV file.", path = path.display())]
    File { path: PathBuf, reason: String },
    #[error("{}", sentence::microphone_silent())]
    Deaf,
}

impl VoiceError {
    /// For a person.
    pub(super) fn sentence(&self) -> Sentence {
        match self {
            Self::Device(error) => error.sentence(),
            Self::File { .. } => Sentence::foreign(self.to_string()),
            Self::Deaf => sentence::microphone_silent(),
        }
    }
}

/// An open source.
pub(super) enum VoiceSource {
    Tone(Tone),
    File(Box<WavLoop>),
    Device(Box<Microphone>),
    #[cfg(target_os = "linux")]
    Pulse(Box<PulseMicrophone>),
}

impl VoiceSource {
    /// Opens what was asked for; may block for seconds. `None` for no source.
    pub(super) fn open(source: &MicrophoneSource) -> Result<Option<Self>, VoiceError> {
        Ok(Some(match source {
            MicrophoneSource::None => return Ok(None),
            MicrophoneSource::Tone(hz) => {
                Self::Tone(Tone { hz: *hz, phase: 0.0, pace: Pace::new() })
            }
            MicrophoneSource::File(path) => Self::File(Box::new(WavLoop::open(path)?)),
            MicrophoneSource::Default => Self::microphone(Wanted::Default)?,
            MicrophoneSource::Device(name) => Self::microphone(Wanted::Named(name.clone()))?,
        }))
    }

    fn microphone(wanted: Wanted) -> Result<Self, VoiceError> {
        #[cfg(target_os = "linux")]
        if let Some(microphone) = PulseMicrophone::open(&wanted)? {
            return Ok(Self::Pulse(Box::new(microphone)));
        }
        Ok(Self::Device(Box::new(Microphone::open(wanted)?)))
    }

    /// Waits for the next frame; `None` when it is time to stop.
    pub(super) fn next(&mut self, stop: &Stop) -> Result<Option<[f32; FRAME]>, VoiceError> {
        match self {
            Self::Tone(tone) => Ok(tone.pace.wait(stop).then(|| tone.frame())),
            Self::File(file) => {
                if !file.pace.wait(stop) {
                    return Ok(None);
                }
                file.frame().map(Some)
            }
            Self::Device(microphone) => microphone.next(stop),
            #[cfg(target_os = "linux")]
            Self::Pulse(microphone) => microphone.next(stop),
        }
    }
}

/// Lets a frame through each 10 ms.
struct Pace {
    next: Instant,
}

impl Pace {
    fn new() -> Self {
        Self { next: Instant::now() }
    }

    /// False when it is time to stop.
    fn wait(&mut self, stop: &Stop) -> bool {
        if stop.sleep_until(self.next) {
            return false;
        }
        self.next += Duration::from_millis(10);
        // After a standstill of the machine go on from now: catching up would be a burst.
        let now = Instant::now();
        if now.saturating_duration_since(self.next) > Duration::from_millis(200) {
            self.next = now;
        }
        true
    }
}

/// A sine.
pub(super) struct Tone {
    hz: f32,
    phase: f32,
    pace: Pace,
}

impl Tone {
    fn frame(&mut self) -> [f32; FRAME] {
        std::array::from_fn(|_| {
            self.phase = (self.phase + self.hz / RATE as f32).fract();
            (std::f32::consts::TAU * self.phase).sin() * TONE
        })
    }
}

/// A WAV file, over and over.
pub(super) struct WavLoop {
    path: PathBuf,
    reader: WavReader<BufReader<File>>,
    resampler: Resampler,
    sound: Vec<f32>,
    pace: Pace,
}

impl WavLoop {
    fn open(path: &Path) -> Result<Self, VoiceError> {
        let fault = |reason: String| VoiceError::File { path: path.to_owned(), reason };
        let reader = WavReader::open(path).map_err(|error| fault(error.to_string()))?;
        let spec = reader.spec();
        if reader.duration() == 0 || spec.channels == 0 {
            return Err(fault("it holds no sound".to_owned()));
        }
        if !(1_000..=768_000).contains(&spec.sample_rate) {
            return Err(fault(format!("{} samples a second", spec.sample_rate)));
        }
        Ok(Self {
            path: path.to_owned(),
            resampler: Resampler::new(spec.sample_rate, RATE),
            reader,
            sound: Vec::new(),
            pace: Pace::new(),
        })
    }

    fn frame(&mut self) -> Result<[f32; FRAME], VoiceError> {
        while self.sound.len() < FRAME {
            let mono = self.read().map_err(|error| VoiceError::File {
                path: self.path.clone(),
                reason: error.to_string(),
            })?;
            self.resampler.process(&mono, &mut self.sound);
        }
        let frame = self.sound[..FRAME].try_into().expect("a slice of that length");
        self.sound.drain(..FRAME);
        Ok(frame)
    }

    /// The next hundredth of a second in mono, from the start again at the end.
    fn read(&mut self) -> Result<Vec<f32>, hound::Error> {
        let spec = self.reader.spec();
        let channels = usize::from(spec.channels);
        let wanted = (spec.sample_rate / 100).max(1) as usize * channels;
        let samples: Vec<f32> = match spec.sample_format {
            SampleFormat::Float => self.reader.samples().take(wanted).collect::<Result<_, _>>()?,
            SampleFormat::Int => {
                let scale = 1.0 / (1u64 << (spec.bits_per_sample.clamp(1, 32) - 1)) as f32;
                let samples = self.reader.samples::<i32>().take(wanted);
                samples
                    .map(|sample| sample.map(|sample| sample as f32 * scale))
                    .collect::<Result<_, _>>()?
            }
        };
        if samples.len() < wanted {
            self.reader.seek(0)?;
        }
        let mean = |frame: &[f32]| frame.iter().sum::<f32>() / channels as f32;
        Ok(samples.chunks_exact(channels).map(mean).collect())
    }
}

/// An open microphone.
pub(super) struct Microphone {
    wanted: Wanted,
    input: Input,
    buffer: u32,
    resampler: Resampler,
    sound: Vec<f32>,
    judged: Instant,
    frames: u64,
    heard: Instant,
}

impl Microphone {
    fn open(wanted: Wanted) -> Result<Self, VoiceError> {
        let input = sound_device::open_input(&wanted, FIRST_BUFFER)?;
        let now = Instant::now();
        Ok(Self {
            resampler: Resampler::new(input.rate, RATE),
            wanted,
            input,
            buffer: FIRST_BUFFER,
            sound: Vec::new(),
            judged: now,
            frames: 0,
            heard: now,
        })
    }

    fn next(&mut self, stop: &Stop) -> Result<Option<[f32; FRAME]>, VoiceError> {
        loop {
            if self.sound.len() >= FRAME {
                let frame = self.sound[..FRAME].try_into().expect("a slice of that length");
                self.sound.drain(..FRAME);
                return Ok(Some(frame));
            }
            if stop.sleep(LOOK) {
                return Ok(None);
            }
            if let Some(fault) = sound_device::fault(&self.input.state, "microphone") {
                return Err(fault.into());
            }
            self.collect()?;
        }
    }

    fn collect(&mut self) -> Result<(), VoiceError> {
        let now = Instant::now();
        let chunk =
            self.input.ring.read_chunk(self.input.ring.slots()).expect("asked for what is there");
        if chunk.is_empty() {
            if now.saturating_duration_since(self.heard) > DEAF_AFTER {
                return Err(VoiceError::Deaf);
            }
            return Ok(());
        }
        self.heard = now;
        let (first, second) = chunk.as_slices();
        self.resampler.process(first, &mut self.sound);
        self.resampler.process(second, &mut self.sound);
        chunk.commit_all();

        let over = now.saturating_duration_since(self.judged);
        if over >= JUDGED_OVER {
            let frames = self.input.state.frames();
            let came = (frames - self.frames) as f64;
            let share = came / (over.as_secs_f64() * f64::from(self.input.rate));
            // The first stretch holds the time until the device began.
            if share < ENOUGH && self.frames > 0 && self.buffer < LARGEST_BUFFER {
                return self.reopen(share);
            }
            (self.judged, self.frames) = (now, frames);
        }
        Ok(())
    }

    /// Opens the microphone again with twice the buffer.
    fn reopen(&mut self, share: f64) -> Result<(), VoiceError> {
        self.buffer *= 2;
        tracing::warn!(
            share,
            buffer_ms = self.buffer * 10,
            "the microphone loses sound, trying a larger buffer"
        );
        self.input = sound_device::open_input(&self.wanted, self.buffer)?;
        self.resampler = Resampler::new(self.input.rate, RATE);
        (self.judged, self.frames) = (Instant::now(), 0);
        Ok(())
    }
}

/// An open microphone of a PulseAudio server.
#[cfg(target_os = "linux")]
pub(super) struct PulseMicrophone {
    _recording: Recording,
    ring: Consumer<f32>,
    sound: VecDeque<f32>,
    /// Looks in a row that found nothing. They are counted, not the time: after a standstill of the
    /// machine sound comes a moment later than we.
    empty_looks: u32,
}

#[cfg(target_os = "linux")]
impl PulseMicrophone {
    /// `None` where no such server answers.
    fn open(wanted: &Wanted) -> Result<Option<Self>, VoiceError> {
        // A second, as much as the server keeps. Full: this thread stands still; the newest go.
        let (mut writer, ring) = RingBuffer::new(RATE as usize);
        let take = move |sound: &[f32]| {
            let fit = sound.len().min(writer.slots());
            if let Ok(chunk) = writer.write_chunk_uninit(fit) {
                chunk.fill_from_iter(sound.iter().copied());
            }
        };
        let recording = Recording::of_microphone(wanted, Box::new(take))?;
        Ok(recording.map(|recording| Self {
            _recording: recording,
            ring,
            sound: VecDeque::new(),
            empty_looks: 0,
        }))
    }

    fn next(&mut self, stop: &Stop) -> Result<Option<[f32; FRAME]>, VoiceError> {
        loop {
            if self.sound.len() >= FRAME {
                let mut frame = [0.0; FRAME];
                frame.iter_mut().zip(self.sound.drain(..FRAME)).for_each(|(to, from)| *to = from);
                return Ok(Some(frame));
            }
            let chunk = self.ring.read_chunk(self.ring.slots()).expect("asked for what is there");
            if !chunk.is_empty() {
                self.empty_looks = 0;
                self.sound.extend(chunk);
                continue;
            }
            if stop.sleep(LOOK) {
                return Ok(None);
            }
            self.empty_looks += 1;
            if self.empty_looks > GONE_LOOKS {
                return Err(SoundError::Gone { kind: "microphone" }.into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use hound::{WavSpec, WavWriter};

    use super::super::level::goertzel;
    use super::*;

    #[test]
    fn a_file_is_looped_resampled_and_mixed_to_mono() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.wav");
        let spec = WavSpec {
            channels: 2,
            sample_rate: 44_100,
            bits_per_sample: 16,
            sample_format: SampleFormat::Int,
        };
        let mut writer = WavWriter::create(&path, spec).expect("creates");
        for at in 0..4_410 {
            let sample = (std::f32::consts::TAU * 1_000.0 * at as f32 / 44_100.0).sin() * 16_000.0;
            writer.write_sample(sample as i16).expect("writes");
            writer.write_sample(0i16).expect("writes");
        }
        writer.finalize().expect("finishes");
        let mut file = WavLoop::open(&path).expect("opens");
        let mut sound = Vec::new();
        for _ in 0..50 {
            sound.extend(file.frame().expect("loops"));
        }
        let level = goertzel(&sound[4_800..], 1_000.0);
        assert!((level - 0.244).abs() < 0.01, "{level}");
    }

    #[test]
    fn what_is_no_sound_file_is_a_sentence() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.wav");
        for content in [&b""[..], b"RIFF", b"not a wave at all, only text"] {
            std::fs::write(&path, content).expect("writes");
            let error = WavLoop::open(&path).map(|_| ()).expect_err("no sound").to_string();
            assert!(error.contains("could not be read"), "{error}");
        }
        assert!(WavLoop::open(&folder.path().join("none.wav")).is_err());
    }
}
