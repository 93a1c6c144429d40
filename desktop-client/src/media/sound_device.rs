//! Opens microphones and loudspeakers through cpal and names them. Each comes as a ring (see
//! `ring`) and lives as long as what is returned here.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cinemasync_core::devices::{Device as Listed, DeviceListing, Found, find};
use cinemasync_core::sentence::{self, Sentence};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, Device, ErrorKind, FromSample, Host, SampleFormat, SizedSample, StreamConfig,
    SupportedBufferSize, SupportedStreamConfigRange,
};
use rtrb::{Consumer, Producer};

use super::opus::RATE;
use super::ring::{CaptureEnd, PlaybackEnd, RingState, capture_ring, playback_ring};

/// A sound server that does not answer for this long is not there.
const PATIENCE: Duration = Duration::from_secs(3);
/// Frames in a ring: 0.5 s at 48 kHz, far more than any callback takes or gives.
const RING: usize = 24_000;
/// The buffer that is asked for, in hundredths of a second. Left to itself, PulseAudio takes 2 s.
pub(super) const FIRST_BUFFER: u32 = 1;

/// Faults as [`RingState`] keeps them.
const FAULT_GONE: u8 = 1;
const FAULT_OTHER: u8 = 2;

/// Which device is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The system's default.
    Default,
    /// By id, name, or an unambiguous part of one.
    Named(String),
}

/// Why a device is not open. Sentences for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SoundError {
    None { kind: &'static str },
    Unknown { kind: &'static str, name: String, known: String },
    Ambiguous { kind: &'static str, name: String, matches: String },
    Busy { kind: &'static str },
    Denied { kind: &'static str },
    Format { kind: &'static str },
    Failed { kind: &'static str, reason: String },
    Gone { kind: &'static str },
    Stopped { kind: &'static str },
}

impl SoundError {
    /// For a person.
    pub(super) fn sentence(&self) -> Sentence {
        match self {
            Self::None { kind } => sentence::no_device_found(*kind),
            Self::Unknown { kind, name, known } => {
                sentence::device_unknown(*kind, format!("{name:?}"), known)
            }
            Self::Ambiguous { kind, name, matches } => {
                sentence::device_ambiguous(*kind, format!("{name:?}"), matches)
            }
            Self::Busy { kind } => sentence::device_busy(*kind),
            Self::Denied { kind } => sentence::device_forbidden(*kind),
            Self::Format { kind } => sentence::device_no_format(*kind),
            Self::Failed { kind, reason } => sentence::device_not_opened(*kind, reason),
            Self::Gone { kind } => sentence::device_disconnected(*kind),
            Self::Stopped { kind } => sentence::device_stopped(*kind),
        }
    }
}

impl fmt::Display for SoundError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentence().fmt(formatter)
    }
}

impl std::error::Error for SoundError {}

/// An open microphone.
pub(super) struct Input {
    pub(super) ring: Consumer<f32>,
    pub(super) state: Arc<RingState>,
    /// Samples a second in the ring.
    pub(super) rate: u32,
    _stream: cpal::Stream,
}

/// An open loudspeaker.
pub(super) struct Output {
    /// Takes left and right by turns, and always both.
    pub(super) ring: Producer<f32>,
    pub(super) state: Arc<RingState>,
    /// Samples a second in the ring.
    pub(super) rate: u32,
    _stream: cpal::Stream,
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Input,
    Output,
}

impl Direction {
    fn kind(self) -> &'static str {
        match self {
            Self::Input => "microphone",
            Self::Output => "loudspeaker",
        }
    }

    fn default_device(self, host: &Host) -> Option<Device> {
        match self {
            Self::Input => host.default_input_device(),
            Self::Output => host.default_output_device(),
        }
    }

    fn try_devices(self, host: &Host) -> Result<Vec<Device>, cpal::Error> {
        let devices = match self {
            Self::Input => host.input_devices().map(Iterator::collect),
            Self::Output => host.output_devices().map(Iterator::collect),
        };
        devices.inspect_err(|error| {
            tracing::warn!(host = host.id().name(), %error, "devices could not be listed");
        })
    }

    fn devices(self, host: &Host) -> Vec<Device> {
        self.try_devices(host).unwrap_or_default()
    }
}

/// The sound system whose devices are listed: the first that answers.
#[derive(Default)]
pub(super) struct SoundSystem {
    host: Option<Host>,
}

impl SoundSystem {
    /// The microphones and the loudspeakers as they are now.
    pub(super) fn listings(&mut self) -> (DeviceListing, DeviceListing) {
        // A sound server may have ended since, and another one started.
        for _ in 0..2 {
            if self.host.is_none() {
                self.host = hosts().next();
            }
            let Some(host) = &self.host else { break };
            let listings = [Direction::Input, Direction::Output].map(|it| listing(host, it));
            if let [Some(microphones), Some(speakers)] = listings {
                return (microphones, speakers);
            }
            self.host = None;
        }
        Default::default()
    }
}

/// The devices of one direction; `None` if the sound system does not answer.
fn listing(host: &Host, direction: Direction) -> Option<DeviceListing> {
    let devices = direction.try_devices(host).ok()?;
    let default = direction.default_device(host).and_then(|device| device.id().ok());
    Some(DeviceListing {
        devices: described(&devices),
        default: default.map(|id| id.id().to_owned()),
    })
}

/// What devices go by: their id, and their name with the id behind it where several have the same.
fn described(devices: &[Device]) -> Vec<Listed> {
    let names: Vec<String> = devices.iter().map(ToString::to_string).collect();
    let ids = devices.iter().map(|device| device.id().map(|id| id.id().to_owned()));
    ids.zip(&names)
        .map(|(id, name)| {
            let id = id.unwrap_or_else(|_| name.clone());
            let alone = names.iter().filter(|other| *other == name).count() == 1;
            let name = if alone { name.clone() } else { format!("{name} ({id})") };
            Listed { id, name }
        })
        .collect()
}

/// Opens a microphone whose callbacks bring about `hundredths` of 10 ms each.
pub(super) fn open_input(wanted: &Wanted, hundredths: u32) -> Result<Input, SoundError> {
    open(Direction::Input, wanted, |device| {
        let (config, format) = choose(device, Direction::Input, hundredths)?;
        let (end, ring, state) = capture_ring(RING, config.channels);
        let stream = match format {
            SampleFormat::F32 => capture::<f32>(device, config, end, &state),
            SampleFormat::I16 => capture::<i16>(device, config, end, &state),
            SampleFormat::I32 => capture::<i32>(device, config, end, &state),
            _ => return Err(SoundError::Format { kind: Direction::Input.kind() }),
        };
        let stream = started(Direction::Input, stream)?;
        Ok(Input { ring, state, rate: config.sample_rate, _stream: stream })
    })
}

/// Opens a loudspeaker.
pub(super) fn open_output(wanted: &Wanted) -> Result<Output, SoundError> {
    open(Direction::Output, wanted, |device| {
        let (config, format) = choose(device, Direction::Output, FIRST_BUFFER)?;
        let (ring, end, state) = playback_ring(RING, config.channels);
        let stream = match format {
            SampleFormat::F32 => playback::<f32>(device, config, end, &state),
            SampleFormat::I16 => playback::<i16>(device, config, end, &state),
            SampleFormat::I32 => playback::<i32>(device, config, end, &state),
            _ => return Err(SoundError::Format { kind: Direction::Output.kind() }),
        };
        let stream = started(Direction::Output, stream)?;
        Ok(Output { ring, state, rate: config.sample_rate, _stream: stream })
    })
}

/// Opens a loudspeaker for input: what it plays, where the sound system records that.
#[cfg(windows)]
pub(super) fn open_loopback(wanted: &Wanted) -> Result<Input, SoundError> {
    let kind = Direction::Output.kind();
    open(Direction::Output, wanted, |device| {
        let config = device.default_output_config().map_err(|error| translate(kind, &error))?;
        let format = config.sample_format();
        let config = StreamConfig { buffer_size: BufferSize::Default, ..config.config() };
        let (end, ring, state) = capture_ring(RING, config.channels);
        let stream = match format {
            SampleFormat::F32 => capture::<f32>(device, config, end, &state),
            SampleFormat::I16 => capture::<i16>(device, config, end, &state),
            SampleFormat::I32 => capture::<i32>(device, config, end, &state),
            _ => return Err(SoundError::Format { kind }),
        };
        let stream = started(Direction::Input, stream)?;
        Ok(Input { ring, state, rate: config.sample_rate, _stream: stream })
    })
}

/// Opens the input device with this id in stereo, in its own format.
#[cfg(target_os = "macos")]
pub(super) fn open_in_stereo(id: &str) -> Result<Input, SoundError> {
    let kind = "recording";
    let host = cpal::default_host();
    let mut devices = host.input_devices().map_err(|error| translate(kind, &error))?;
    let is_meant = |device: &Device| device.id().is_ok_and(|it| it.id() == id);
    let device = devices.find(is_meant).ok_or(SoundError::None { kind })?;
    let config = device.default_input_config().map_err(|error| translate(kind, &error))?;
    // Core Audio's own format is floating point.
    if config.sample_format() != SampleFormat::F32 {
        return Err(SoundError::Format { kind });
    }
    let config = StreamConfig { buffer_size: BufferSize::Default, ..config.config() };
    let (end, ring, state) = super::ring::stereo_capture_ring(RING, config.channels);
    let stream = started(Direction::Input, capture::<f32>(&device, config, end, &state))?;
    Ok(Input { ring, state, rate: config.sample_rate, _stream: stream })
}

/// What a fault of an open device means.
pub(super) fn fault(state: &RingState, kind: &'static str) -> Option<SoundError> {
    state.fault().map(|fault| match fault {
        FAULT_GONE => SoundError::Gone { kind },
        _ => SoundError::Stopped { kind },
    })
}

/// The sound systems that answer. PulseAudio (or PipeWire in its stead) shares devices among
/// programs and comes before ALSA; elsewhere there is only one.
fn hosts() -> impl Iterator<Item = Host> {
    let mut ids = cpal::ALL_HOSTS.to_vec();
    ids.sort_by_key(|id| id.name() != "PulseAudio");
    ids.into_iter().filter_map(|id| {
        cpal::host_from_id(id)
            .inspect_err(|error| tracing::debug!(host = id.name(), %error, "does not answer"))
            .ok()
    })
}

/// Tries the device in each sound system; what the first says about it is what is reported.
fn open<T>(
    direction: Direction,
    wanted: &Wanted,
    open: impl Fn(&Device) -> Result<T, SoundError>,
) -> Result<T, SoundError> {
    let mut first = None;
    for host in hosts() {
        let result = find_device(&host, direction, wanted).and_then(|device| {
            tracing::debug!(host = host.id().name(), device = %device, kind = direction.kind(), "opening");
            open(&device)
        });
        match result {
            Ok(opened) => return Ok(opened),
            Err(error) => {
                first.get_or_insert(error);
            }
        }
    }
    Err(first.unwrap_or(SoundError::None { kind: direction.kind() }))
}

fn find_device(host: &Host, direction: Direction, wanted: &Wanted) -> Result<Device, SoundError> {
    let kind = direction.kind();
    let name = match wanted {
        Wanted::Default => {
            return direction.default_device(host).ok_or(SoundError::None { kind });
        }
        Wanted::Named(name) => name,
    };
    let mut devices = direction.devices(host);
    pick(kind, name, &described(&devices)).map(|at| devices.swap_remove(at))
}

/// Which of `devices` the name means: exactly, or as a part of only one.
pub(super) fn pick(
    kind: &'static str,
    name: &str,
    devices: &[Listed],
) -> Result<usize, SoundError> {
    let list = |which: &mut dyn Iterator<Item = &Listed>| {
        which.map(|device| device.name.clone()).collect::<Vec<_>>().join(", ")
    };
    match find(devices, name) {
        Found::One(at) => Ok(at),
        Found::Nothing if devices.is_empty() => Err(SoundError::None { kind }),
        Found::Nothing => Err(SoundError::Unknown {
            kind,
            name: name.to_owned(),
            known: list(&mut devices.iter()),
        }),
        Found::Several(matches) => Err(SoundError::Ambiguous {
            kind,
            name: name.to_owned(),
            matches: list(&mut matches.iter().filter_map(|at| devices.get(*at))),
        }),
    }
}

/// The format nearest to what we use: 48 kHz, floating point, one channel in and two out.
fn choose(
    device: &Device,
    direction: Direction,
    hundredths: u32,
) -> Result<(StreamConfig, SampleFormat), SoundError> {
    let kind = direction.kind();
    let ranges: Vec<SupportedStreamConfigRange> = match direction {
        Direction::Input => device.supported_input_configs().map(Iterator::collect),
        Direction::Output => device.supported_output_configs().map(Iterator::collect),
    }
    .map_err(|error| translate(kind, &error))?;
    let format_rank = |format| match format {
        SampleFormat::F32 => Some(0),
        SampleFormat::I16 => Some(1),
        SampleFormat::I32 => Some(2),
        _ => None,
    };
    let channels = if direction == Direction::Input { 1 } else { 2 };
    let best = ranges
        .iter()
        .filter_map(|range| {
            let rate = RATE.clamp(range.min_sample_rate(), range.max_sample_rate());
            let rank = (
                rate.abs_diff(RATE),
                range.channels().abs_diff(channels),
                format_rank(range.sample_format())?,
            );
            Some((rank, rate, range))
        })
        .min_by_key(|(rank, ..)| *rank);
    let (_, rate, range) = best.ok_or(SoundError::Format { kind })?;
    let frames = rate / 100 * hundredths;
    let frames = match *range.buffer_size() {
        SupportedBufferSize::Range { min, max } => frames.clamp(min, max.max(min)),
        SupportedBufferSize::Unknown => frames,
    };
    let config = StreamConfig {
        channels: range.channels(),
        sample_rate: rate,
        buffer_size: BufferSize::Fixed(frames),
    };
    Ok((config, range.sample_format()))
}

fn capture<T: SizedSample>(
    device: &Device,
    config: StreamConfig,
    mut end: CaptureEnd,
    state: &Arc<RingState>,
) -> Result<cpal::Stream, cpal::Error>
where
    f32: FromSample<T>,
{
    let write = move |samples: &[T], _: &cpal::InputCallbackInfo| end.write(samples);
    device.build_input_stream(config, write, latch(state), Some(PATIENCE))
}

fn playback<T: SizedSample + FromSample<f32>>(
    device: &Device,
    config: StreamConfig,
    mut end: PlaybackEnd,
    state: &Arc<RingState>,
) -> Result<cpal::Stream, cpal::Error> {
    let told = Arc::clone(state);
    let read = move |samples: &mut [T], info: &cpal::OutputCallbackInfo| {
        let at = info.timestamp();
        told.set_latency(at.playback.duration_since(at.callback));
        end.read(samples);
    };
    device.build_output_stream(config, read, latch(state), Some(PATIENCE))
}

/// An error callback that keeps the first fault that ends the stream and nothing else.
fn latch(state: &Arc<RingState>) -> impl FnMut(cpal::Error) + Send + 'static {
    let state = Arc::clone(state);
    move |error| match error.kind() {
        // The stream goes on.
        ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
        ErrorKind::DeviceNotAvailable => state.fail(FAULT_GONE),
        _ => state.fail(FAULT_OTHER),
    }
}

fn started(
    direction: Direction,
    stream: Result<cpal::Stream, cpal::Error>,
) -> Result<cpal::Stream, SoundError> {
    let kind = direction.kind();
    let stream = stream.map_err(|error| translate(kind, &error))?;
    stream.play().map_err(|error| translate(kind, &error))?;
    Ok(stream)
}

fn translate(kind: &'static str, error: &cpal::Error) -> SoundError {
    match error.kind() {
        ErrorKind::DeviceBusy => SoundError::Busy { kind },
        ErrorKind::PermissionDenied => SoundError::Denied { kind },
        ErrorKind::DeviceNotAvailable => SoundError::Gone { kind },
        ErrorKind::HostUnavailable => SoundError::None { kind },
        _ => SoundError::Failed { kind, reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn devices() -> Vec<Listed> {
        [
            ("sink_a", "Built-in Audio"),
            ("sink_a.monitor", "Monitor of Built-in Audio"),
            ("usb", "Headset"),
        ]
        .map(|(id, name)| Listed { id: id.to_owned(), name: name.to_owned() })
        .to_vec()
    }

    #[test]
    fn what_is_not_found_is_answered_with_what_there_is() {
        assert_eq!(pick("microphone", "sink_a", &devices()), Ok(0));
        let error = pick("microphone", "built-in", &devices()).expect_err("two").to_string();
        assert!(error.contains("more than one") && error.contains("Monitor"), "{error}");
        let error = pick("microphone", "x", &devices()).expect_err("none").to_string();
        assert!(error.contains("Headset"), "{error}");
        assert_eq!(pick("microphone", "x", &[]), Err(SoundError::None { kind: "microphone" }));
    }
}
