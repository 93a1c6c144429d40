//! Records through PulseAudio's own protocol (PipeWire speaks it, too): a microphone, or what a
//! loudspeaker plays. cpal's recordings have a buffer of one fragment and lose sound whenever the
//! machine is busy; these have one of a second.

use std::ffi::CString;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use cinemasync_core::devices::Device;
use pulseaudio::protocol::{
    ChannelMap, DEFAULT_SINK, DEFAULT_SOURCE, RecordStreamParams, SampleFormat, SampleSpec, stream,
};
use pulseaudio::{Client, RecordStream};

use super::opus::{FRAME, RATE};
use super::sound_device::{SoundError, Wanted, pick};

/// A sound server that does not answer for this long is not there.
const PATIENCE: Duration = Duration::from_secs(3);
/// Bytes of a sample.
const SAMPLE: usize = size_of::<f32>();

/// An open recording: mono at 48 kHz, in lumps of about 10 ms.
pub(super) struct Recording {
    stream: RecordStream,
    _client: Client,
    beat: Arc<Heartbeat>,
}

/// When sound came last.
struct Heartbeat {
    began: Instant,
    last_ms: AtomicU64,
}

impl Heartbeat {
    fn beat(&self) {
        let ms = self.began.elapsed().as_millis();
        self.last_ms.store(u64::try_from(ms).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

/// Takes what was recorded, on the connection's own thread.
type Take = Box<dyn FnMut(&[f32]) + Send>;

impl Recording {
    /// Records what the sink of this name (or the default one) plays.
    pub(super) fn of_sink(sink: Option<&str>, take: Take) -> Result<Self, String> {
        let client = connect()?;
        let name = match sink {
            Some(sink) => CString::new(sink).map_err(|error| error.to_string())?,
            None => DEFAULT_SINK.to_owned(),
        };
        let answer = wait_for(client.sink_info_by_name(name))?;
        let monitor = answer.map_err(|error| error.to_string())?.monitor_source_index;
        Self::open(client, monitor.ok_or("the loudspeaker has no monitor")?, take)
    }

    /// Records a microphone. `Ok(None)`: there is no such sound server, another way is to be tried.
    pub(super) fn of_microphone(wanted: &Wanted, take: Take) -> Result<Option<Self>, SoundError> {
        const KIND: &str = "microphone";
        let failed = |reason: String| SoundError::Failed { kind: KIND, reason };
        let Ok(client) = connect() else { return Ok(None) };
        let source = match wanted {
            Wanted::Default => {
                let name = DEFAULT_SOURCE.to_owned();
                let answer = wait_for(client.source_info_by_name(name)).map_err(failed)?;
                answer.map_err(|_| SoundError::None { kind: KIND })?.index
            }
            Wanted::Named(name) => {
                let answer = wait_for(client.list_sources()).map_err(failed)?;
                let sources = answer.map_err(|error| failed(error.to_string()))?;
                let listed: Vec<Device> = sources
                    .iter()
                    .map(|source| {
                        let id = source.name.to_string_lossy().into_owned();
                        let described = source.description.as_ref();
                        let name = described.map(|name| name.to_string_lossy().into_owned());
                        Device { name: name.unwrap_or_else(|| id.clone()), id }
                    })
                    .collect();
                sources[pick(KIND, name, &listed)?].index
            }
        };
        Self::open(client, source, take).map(Some).map_err(failed)
    }

    fn open(client: Client, source: u32, mut take: Take) -> Result<Self, String> {
        let beat = Arc::new(Heartbeat { began: Instant::now(), last_ms: AtomicU64::new(0) });
        let their_beat = Arc::clone(&beat);
        let mut sound = Vec::with_capacity(RATE as usize);
        let write = move |bytes: &[u8]| {
            their_beat.beat();
            sound.clear();
            let samples = bytes.chunks_exact(SAMPLE);
            sound.extend(samples.map(|sample| {
                f32::from_le_bytes(sample.try_into().expect("chunks of four bytes"))
            }));
            take(&sound);
        };
        let params = RecordStreamParams {
            sample_spec: SampleSpec {
                format: SampleFormat::Float32Le,
                channels: 1,
                sample_rate: RATE,
            },
            channel_map: ChannelMap::mono(),
            source_index: Some(source),
            buffer_attr: stream::BufferAttr {
                // Far more than a fragment: a machine that stands still for a moment loses nothing.
                max_length: RATE * SAMPLE as u32,
                fragment_size: (FRAME * SAMPLE) as u32,
                ..stream::BufferAttr::default()
            },
            flags: stream::StreamFlags { adjust_latency: true, ..stream::StreamFlags::default() },
            ..RecordStreamParams::default()
        };
        let stream = wait_for(client.create_record_stream(params, write))?;
        let stream = stream.map_err(|error| error.to_string())?;
        Ok(Self { stream, _client: client, beat })
    }

    /// For how long no sound has come; silence comes, too.
    pub(super) fn silent_for(&self) -> Duration {
        let last = Duration::from_millis(self.beat.last_ms.load(Ordering::Relaxed));
        self.beat.began.elapsed().saturating_sub(last)
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // Whether the server has heard it is the server's business: the connection ends, too.
        let _ = wait_for(self.stream.clone().delete());
    }
}

/// Connects to the server that the environment names.
fn connect() -> Result<Client, String> {
    in_time(|| Client::from_env(c"CinemaSync").map_err(|error| error.to_string()))
}

/// Makes a connection on a thread that is left behind if the server does not answer: nobody can say
/// how long connecting may take.
pub(super) fn in_time<T: Send + 'static>(
    make: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("sound-connect".to_owned())
        .spawn(move || {
            // Nobody waits any more if it took too long.
            let _ = sender.send(make());
        })
        .map_err(|error| error.to_string())?;
    match receiver.recv_timeout(PATIENCE) {
        Ok(made) => made,
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            Err("the sound server does not answer".to_owned())
        }
    }
}

/// Wakes the thread that waits.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// What comes of `future`, if it comes in time.
fn wait_for<T>(future: impl Future<Output = T>) -> Result<T, String> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    let until = Instant::now() + PATIENCE;
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Ok(value);
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err("the sound server does not answer".to_owned());
        }
        thread::park_timeout(left);
    }
}
