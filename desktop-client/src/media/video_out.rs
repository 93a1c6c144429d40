//! The thread that encodes the camera: the latest picture in, one access unit out, keyframes when
//! somebody asks. A picture that comes while one is being encoded replaces the one that waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cinemasync_core::frame::VideoFrame;
use cinemasync_core::packet::OutboundPacket;
use cinemasync_core::plan::{EncoderStats, MediaEvent};
use cinemasync_core::track::Track;

use super::clock::RtpClock;
use super::h264::{Encoder, target_bps};
use super::worker::{Latest, Stop, Taken, Worker};
use super::{EventSink, PacketSink};

/// Requests for keyframes within this time after one are answered together at its end: each
/// costs as much as ten other pictures.
const MERGED: Duration = Duration::from_millis(300);
/// Pictures a second that rate control counts on.
const FPS: u32 = 30;
/// Older pictures are left over from before the encoder started.
const STALE: Duration = Duration::from_millis(500);
/// Failures in a row before a person is told.
const HOPELESS: u32 = 5;

/// What the encoder's thread shares with its owner.
#[derive(Default)]
pub(super) struct EncoderState {
    keyframe: AtomicBool,
    meter: Mutex<Meter>,
}

#[derive(Default)]
struct Meter {
    size: (u32, u32),
    keyframes: u64,
    began: Option<Instant>,
    recent: u32,
    time: Duration,
}

impl EncoderState {
    /// Asks for a keyframe.
    pub(super) fn request_keyframe(&self) {
        self.keyframe.store(true, Ordering::Relaxed);
    }

    /// No encoder runs any more: there are no figures until one does.
    fn ended(&self) {
        let mut meter = self.meter.lock().unwrap_or_else(PoisonError::into_inner);
        *meter = Meter { keyframes: meter.keyframes, ..Meter::default() };
    }

    /// Figures since the previous call; `None` while nothing is encoded.
    pub(super) fn take_stats(&self, track: Track) -> Option<EncoderStats> {
        let mut meter = self.meter.lock().unwrap_or_else(PoisonError::into_inner);
        let (width, height) = meter.size;
        let now = Instant::now();
        let since = (now - meter.began.replace(now)?).as_secs_f64();
        let recent = std::mem::take(&mut meter.recent);
        let time = std::mem::take(&mut meter.time);
        Some(EncoderStats {
            track,
            width,
            height,
            fps: if since > 0.0 { f64::from(recent) / since } else { 0.0 },
            target_bps: target_bps(width, height),
            encode_ms: time.as_secs_f64() * 1_000.0 / f64::from(recent.max(1)),
            keyframes: meter.keyframes,
        })
    }
}

/// Starts the encoder of the camera.
pub(super) fn start(
    pictures: Latest<Arc<VideoFrame>>,
    state: Arc<EncoderState>,
    clock: RtpClock,
    packets: PacketSink,
    events: EventSink,
) -> Worker {
    Worker::spawn("encode-camera", move |stop| {
        // Whoever is there now has seen nothing yet.
        state.request_keyframe();
        run(&pictures, &state, clock, &packets, &events, stop);
        state.ended();
    })
}

fn run(
    pictures: &Latest<Arc<VideoFrame>>,
    state: &EncoderState,
    clock: RtpClock,
    packets: &PacketSink,
    events: &EventSink,
    stop: &Stop,
) {
    let mut encoder: Option<Encoder> = None;
    let mut last_keyframe: Option<Instant> = None;
    let mut failures = 0;
    while !stop.is_set() {
        let frame = match pictures.take(Duration::from_millis(50)) {
            Taken::Value(frame) => frame,
            Taken::TimedOut => continue,
            Taken::Closed => return,
        };
        let began = Instant::now();
        if began.saturating_duration_since(frame.at) > STALE {
            continue;
        }
        let size = (frame.width, frame.height);
        let due = last_keyframe.is_none_or(|at| began.saturating_duration_since(at) >= MERGED);
        let keyframe = due && state.keyframe.swap(false, Ordering::Relaxed);
        let mut this = match encoder.take().filter(|encoder| encoder.size() == size) {
            Some(encoder) => Ok(encoder),
            None => Encoder::new(size.0, size.1, FPS),
        };
        let encoded = this.as_mut().map_err(|error| error.to_string()).and_then(|encoder| {
            encoder.encode(&frame, keyframe).map_err(|error| error.to_string())
        });
        match encoded {
            Ok(encoded) => {
                failures = 0;
                encoder = this.ok();
                let Some(encoded) = encoded else { continue };
                if encoded.keyframe {
                    last_keyframe = Some(began);
                }
                note(state, size, began, encoded.keyframe);
                packets(OutboundPacket::Video {
                    track: Track::Camera,
                    access_unit: encoded.access_unit,
                    rtp_timestamp: clock.at(frame.at, 90_000),
                    keyframe: encoded.keyframe,
                    captured: frame.at,
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a picture could not be encoded");
                failures += 1;
                if failures == HOPELESS {
                    let text = format!(
                        "The camera's pictures cannot be sent ({error}). Choose another camera."
                    );
                    let track = Some(Track::Camera);
                    events(MediaEvent::DeviceFailed { track, device: None, text });
                }
            }
        }
    }
}

fn note(state: &EncoderState, size: (u32, u32), began: Instant, keyframe: bool) {
    let mut meter = state.meter.lock().unwrap_or_else(PoisonError::into_inner);
    meter.size = size;
    meter.recent += 1;
    meter.keyframes += u64::from(keyframe);
    meter.began.get_or_insert(began);
    meter.time += began.elapsed();
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::super::pattern;
    use super::*;

    #[test]
    fn keyframes_come_first_and_when_asked_for_but_not_in_heaps() {
        let pictures = Latest::default();
        let state = Arc::new(EncoderState::default());
        let (sent, got) = mpsc::channel();
        let packets: PacketSink = Arc::new(move |packet| {
            // The receiver is gone once the test ends.
            let _ = sent.send(packet);
        });
        let clock = RtpClock::new(Instant::now());
        let worker = start(pictures.clone(), Arc::clone(&state), clock, packets, Arc::new(|_| {}));
        let mut kinds = Vec::new();
        let began = Instant::now();
        let mut keyframe_times = Vec::new();
        for number in 0.. {
            pictures.put(Arc::new(pattern::draw(320, 180, number, 0, Instant::now())));
            let packet = got.recv_timeout(Duration::from_secs(10)).expect("is encoded");
            if let OutboundPacket::Video { keyframe, .. } = packet {
                kinds.push(keyframe);
                if keyframe {
                    keyframe_times.push(Instant::now());
                }
            }
            state.request_keyframe();
            if began.elapsed() > Duration::from_millis(1_000) {
                break;
            }
        }
        let stats = state.take_stats(Track::Camera).expect("something was encoded");
        drop(worker);
        assert!(state.take_stats(Track::Camera).is_none(), "and now nothing is");
        assert!(kinds[0]);
        assert!(keyframe_times.len() >= 2, "asked for all the time");
        for pair in keyframe_times.windows(2) {
            assert!(pair[1] - pair[0] >= MERGED.mul_f64(0.8));
        }
        assert_eq!((stats.width, stats.height), (320, 180));
        assert_eq!(stats.keyframes as usize, keyframe_times.len());
    }
}
