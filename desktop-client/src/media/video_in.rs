//! One received video track: its queue, its decoder's thread and its figures.
//!
//! A full queue means that this machine is too slow: everything up to the next keyframe is dropped
//! and that keyframe asked for. So does a picture that cannot be decoded. A picture of a shared screen
//! may wait for its sound.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cinemasync_core::frame::{FrameSlot, VideoFrame};
use cinemasync_core::plan::{DecoderStats, MediaEvent, ParticipantId};
use cinemasync_core::track::Track;

use super::EventSink;
use super::h264::Decoder;
use super::lips::Lips;
use super::pattern;
use super::record::Recorder;
use super::worker::{Stop, Worker};

/// Access units that wait for the decoder: one second of a film on a screen.
const QUEUE: usize = 60;
/// A keyframe is not asked for again within this time.
const ASK_AGAIN: Duration = Duration::from_millis(500);
/// A gap between pictures longer than this, and than three usual ones, is a freeze.
const FREEZE: Duration = Duration::from_millis(300);
/// A longer gap than this was a camera switched off.
const SWITCHED_OFF: Duration = Duration::from_secs(10);

/// An access unit.
pub(super) struct Unit {
    /// Annex B byte stream.
    pub(super) access_unit: Bytes,
    /// Can decoding start here?
    pub(super) keyframe: bool,
    /// RTP timestamp, 90 kHz.
    pub(super) timestamp: u32,
    /// When its last packet arrived.
    pub(super) arrived: Instant,
}

/// What the network's side and the decoder's thread share.
struct Shared {
    from: ParticipantId,
    track: Track,
    slot: FrameSlot,
    /// Does the slot get no more pictures?
    over: Mutex<bool>,
    lips: Option<Arc<Lips>>,
    events: EventSink,
    recorder: Option<Arc<Recorder>>,
    meter: Mutex<Meter>,
    asked: Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Meter {
    size: (u32, u32),
    decoded: u64,
    dropped: u64,
    freezes: u64,
    last: Option<Instant>,
    /// The usual time between pictures, in seconds.
    usual: f64,
    /// Since the previous figures:
    began: Option<Instant>,
    recent: u32,
    decode_time: Duration,
    longest_gap: Duration,
    delay_ms: f64,
    delays: u32,
}

/// A received video track.
pub(super) struct VideoIn {
    shared: Arc<Shared>,
    queue: SyncSender<Unit>,
    /// The queue was full: nothing but a keyframe goes in.
    overflowed: AtomicBool,
    _worker: Worker,
}

impl VideoIn {
    /// Starts the decoder's thread. Pictures that have a sound wait for it as `lips` says.
    pub(super) fn start(
        from: ParticipantId,
        track: Track,
        slot: FrameSlot,
        lips: Option<Arc<Lips>>,
        events: EventSink,
        recorder: Option<Arc<Recorder>>,
    ) -> Self {
        let shared = Arc::new(Shared {
            from,
            track,
            slot,
            over: Mutex::default(),
            lips,
            events,
            recorder,
            meter: Mutex::default(),
            asked: Mutex::default(),
        });
        let (queue, units) = sync_channel(QUEUE);
        let theirs = Arc::clone(&shared);
        let name = format!("decode-{}", track.as_str());
        let worker = Worker::spawn(&name, move |stop| run(&theirs, &units, stop));
        Self { shared, queue, overflowed: AtomicBool::new(false), _worker: worker }
    }

    /// Takes an access unit; never waits.
    pub(super) fn put(&self, unit: Unit) {
        if self.overflowed.load(Ordering::Relaxed) && !unit.keyframe {
            self.shared.drop_one();
            self.shared.ask_for_keyframe();
            return;
        }
        match self.queue.try_send(unit) {
            Ok(()) => self.overflowed.store(false, Ordering::Relaxed),
            Err(TrySendError::Full(_)) => {
                self.overflowed.store(true, Ordering::Relaxed);
                self.shared.drop_one();
                self.shared.ask_for_keyframe();
            }
            Err(TrySendError::Disconnected(_)) => self.shared.drop_one(),
        }
    }

    /// The track is over: takes its last picture down, for good.
    pub(super) fn take_down(&self) {
        let mut over = self.shared.over.lock().unwrap_or_else(PoisonError::into_inner);
        *over = true;
        self.shared.slot.clear();
    }

    /// Figures since the previous call; `None` before the first picture.
    pub(super) fn take_stats(&self, track: Track) -> Option<DecoderStats> {
        let mut meter = self.shared.meter();
        let (width, height) = meter.size;
        if meter.decoded == 0 {
            return None;
        }
        let now = Instant::now();
        let since = meter.began.replace(now).map_or(0.0, |began| (now - began).as_secs_f64());
        let recent = std::mem::take(&mut meter.recent);
        let delays = std::mem::take(&mut meter.delays);
        let delay_ms = std::mem::take(&mut meter.delay_ms);
        let decode_time = std::mem::take(&mut meter.decode_time);
        let longest_gap = std::mem::take(&mut meter.longest_gap);
        Some(DecoderStats {
            track,
            width,
            height,
            fps: if since > 0.0 { f64::from(recent) / since } else { 0.0 },
            frames_decoded: meter.decoded,
            frames_dropped: meter.dropped,
            freezes: meter.freezes,
            longest_gap_ms: longest_gap.as_secs_f64() * 1_000.0,
            decode_ms: decode_time.as_secs_f64() * 1_000.0 / f64::from(recent.max(1)),
            capture_to_decode_ms: (delays > 0).then(|| delay_ms / f64::from(delays)),
        })
    }
}

impl Shared {
    fn show(&self, frame: Arc<VideoFrame>) {
        let over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        if !*over {
            self.slot.put(frame);
        }
    }

    fn meter(&self) -> std::sync::MutexGuard<'_, Meter> {
        self.meter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn drop_one(&self) {
        self.meter().dropped += 1;
    }

    fn ask_for_keyframe(&self) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if asked.is_some_and(|at| now.saturating_duration_since(at) < ASK_AGAIN) {
            return;
        }
        *asked = Some(now);
        drop(asked);
        (self.events)(MediaEvent::KeyframeNeeded { from: self.from.clone(), track: self.track });
    }
}

fn run(shared: &Shared, units: &Receiver<Unit>, stop: &Stop) {
    let mut decoder = match Decoder::new() {
        Ok(decoder) => decoder,
        Err(error) => {
            tracing::error!(%error, "pictures cannot be decoded");
            return;
        }
    };
    let mut starving = true;
    while !stop.is_set() {
        let unit = match units.recv_timeout(Duration::from_millis(50)) {
            Ok(unit) => unit,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        if starving && !unit.keyframe {
            shared.drop_one();
            shared.ask_for_keyframe();
            continue;
        }
        if let Some(lips) = &shared.lips
            && stop.sleep_until(lips.due(unit.timestamp, unit.arrived))
        {
            return;
        }
        let began = Instant::now();
        match decoder.decode(&unit.access_unit, began) {
            Ok(Some(frame)) => {
                starving = false;
                let delay = pattern::delay_ms(&frame, pattern::unix_ms());
                let size = (frame.width, frame.height);
                let frame = Arc::new(frame);
                shared.show(Arc::clone(&frame));
                if let Some(lips) = &shared.lips {
                    lips.shown(unit.timestamp, unit.arrived, Instant::now());
                }
                let first = note(&mut shared.meter(), size, began, Instant::now(), delay);
                if first {
                    (shared.events)(MediaEvent::FirstFrame {
                        from: shared.from.clone(),
                        track: shared.track,
                        width: size.0,
                        height: size.1,
                    });
                }
                if let Some(recorder) = &shared.recorder {
                    recorder.picture(&shared.from, shared.track, frame);
                }
            }
            Ok(None) => {}
            Err(error) => {
                tracing::debug!(peer = %shared.from, track = shared.track.as_str(), %error, "picture lost");
                starving = true;
                shared.drop_one();
                shared.ask_for_keyframe();
            }
        }
    }
}

/// Counts a decoded picture; true for the first one.
fn note(
    meter: &mut Meter,
    size: (u32, u32),
    began: Instant,
    now: Instant,
    delay_ms: Option<f64>,
) -> bool {
    meter.size = size;
    meter.decoded += 1;
    meter.recent += 1;
    meter.began.get_or_insert(began);
    meter.decode_time += now.saturating_duration_since(began);
    if let Some(delay) = delay_ms {
        meter.delay_ms += delay;
        meter.delays += 1;
    }
    let Some(last) = meter.last.replace(now) else { return true };
    let gap = now.saturating_duration_since(last);
    if gap < SWITCHED_OFF {
        meter.longest_gap = meter.longest_gap.max(gap);
    }
    let bound = FREEZE.as_secs_f64().max(3.0 * meter.usual);
    if gap.as_secs_f64() > bound && gap < SWITCHED_OFF {
        meter.freezes += 1;
    } else {
        let usual = if meter.usual > 0.0 { meter.usual } else { gap.as_secs_f64() };
        meter.usual = usual + (gap.as_secs_f64().min(1.0) - usual) * 0.05;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::h264::{Encoder, Rate};
    use super::*;

    fn unit(access_unit: Bytes) -> Unit {
        Unit { access_unit, keyframe: true, timestamp: 0, arrived: Instant::now() }
    }

    #[test]
    fn gaps_are_freezes_but_slow_pictures_and_pauses_are_not() {
        let start = Instant::now();
        let mut meter = Meter::default();
        let mut at = start;
        let mut step = |meter: &mut Meter, ms: u64| {
            at += Duration::from_millis(ms);
            note(meter, (640, 360), at, at, None);
        };
        (0..100).for_each(|_| step(&mut meter, 33));
        step(&mut meter, 400);
        assert_eq!(meter.freezes, 1);
        step(&mut meter, 60_000);
        assert_eq!(meter.freezes, 1, "the camera was off");
        (0..200).for_each(|_| step(&mut meter, 200));
        step(&mut meter, 400);
        assert_eq!(meter.freezes, 1, "usual at 5 pictures a second");
    }

    #[test]
    fn a_full_queue_waits_for_a_keyframe_and_asks_for_it() {
        let asked = Arc::new(Mutex::new(0));
        let count = Arc::clone(&asked);
        let events: EventSink = Arc::new(move |event| {
            if matches!(event, MediaEvent::KeyframeNeeded { .. }) {
                *count.lock().expect("not poisoned") += 1;
            }
        });
        let who = ParticipantId::new("a");
        let video = VideoIn::start(who, Track::Camera, FrameSlot::default(), None, events, None);
        // Far more than can be decoded in the time of putting it.
        let at = Instant::now();
        let frame = pattern::draw(1280, 720, 0, 0, at);
        let mut encoder = Encoder::new(1280, 720, Rate::usual(1280, 720)).expect("opens");
        let encoded = encoder.encode(&frame, true).expect("encodes").expect("not skipped");
        let mut overflowed = false;
        for _ in 0..20 * QUEUE {
            video.put(unit(encoded.access_unit.clone()));
            overflowed |= video.overflowed.load(Ordering::Relaxed);
        }
        assert!(overflowed);
        assert!(*asked.lock().expect("not poisoned") >= 1);
    }

    #[test]
    fn nonsense_is_dropped_and_counted() {
        let (sent, got) = std::sync::mpsc::channel();
        let events: EventSink = Arc::new(move |event| {
            // The receiver is gone once the test ends.
            let _ = sent.send(event);
        });
        let who = ParticipantId::new("a");
        let slot = FrameSlot::default();
        let video = VideoIn::start(who.clone(), Track::Screen, slot.clone(), None, events, None);
        video.put(unit(Bytes::from_static(b"\0\0\0\x01\x67nonsense")));
        let event = got.recv_timeout(Duration::from_secs(10)).expect("an answer");
        assert_eq!(event, MediaEvent::KeyframeNeeded { from: who, track: Track::Screen });
        assert!(slot.get().is_none());
    }
}
