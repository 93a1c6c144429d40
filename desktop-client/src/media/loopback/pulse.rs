//! The monitor of a PulseAudio sink (or of PipeWire in its stead), recorded directly: cpal loses
//! sound of a monitor that plays already.

use std::ffi::CString;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use pulseaudio::protocol::{
    ChannelMap, DEFAULT_SINK, RecordStreamParams, SampleFormat, SampleSpec, stream,
};
use pulseaudio::{Client, RecordStream};

use super::super::opus::{FRAME, RATE};
use super::super::reference::ReferenceQueue;

/// A sound server that does not answer for this long is not there.
const PATIENCE: Duration = Duration::from_secs(3);
/// A monitor that gives nothing for so long has ended: silence is given, too.
const SILENT: Duration = Duration::from_secs(1);
/// Bytes of a sample.
const SAMPLE: usize = size_of::<f32>();

/// An open recording.
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

    fn silent_for(&self) -> Duration {
        let last = Duration::from_millis(self.last_ms.load(Ordering::Relaxed));
        self.began.elapsed().saturating_sub(last)
    }
}

impl Recording {
    /// Opens the monitor of the sink of this name.
    pub(super) fn open(sink: Option<&str>, queue: &Arc<ReferenceQueue>) -> Result<Self, String> {
        let client = connect()?;
        let name = match sink {
            Some(sink) => CString::new(sink).map_err(|error| error.to_string())?,
            None => DEFAULT_SINK.to_owned(),
        };
        let answer = wait_for(client.sink_info_by_name(name))?;
        let monitor = answer.map_err(|error| error.to_string())?.monitor_source_index;
        let monitor = monitor.ok_or("the loudspeaker has no monitor")?;

        let beat = Arc::new(Heartbeat { began: Instant::now(), last_ms: AtomicU64::new(0) });
        let (their_beat, their_queue) = (Arc::clone(&beat), Arc::clone(queue));
        let mut sound = Vec::with_capacity(RATE as usize);
        let write = move |bytes: &[u8]| {
            their_beat.beat();
            sound.clear();
            let samples = bytes.chunks_exact(SAMPLE);
            sound.extend(samples.map(|sample| {
                f32::from_le_bytes(sample.try_into().expect("chunks of four bytes"))
            }));
            their_queue.push(&sound);
        };
        let params = RecordStreamParams {
            sample_spec: SampleSpec {
                format: SampleFormat::Float32Le,
                channels: 1,
                sample_rate: RATE,
            },
            channel_map: ChannelMap::mono(),
            source_index: Some(monitor),
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

    /// Does it still give sound?
    pub(super) fn is_alive(&self) -> bool {
        self.beat.silent_for() < SILENT
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // Whether the server has heard it is the server's business: the connection ends, too.
        let _ = wait_for(self.stream.clone().delete());
    }
}

/// Connects on a thread that is left behind if the server does not answer: the connection is made
/// without a time limit.
fn connect() -> Result<Client, String> {
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("loopback-connect".to_owned())
        .spawn(move || {
            // Nobody waits any more if it took too long.
            let _ = sender.send(Client::from_env(c"CinemaSync"));
        })
        .map_err(|error| error.to_string())?;
    match receiver.recv_timeout(PATIENCE) {
        Ok(client) => client.map_err(|error| error.to_string()),
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
