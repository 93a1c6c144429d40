//! The threads that encode the camera, one for each encoding of it: the latest picture in, one access
//! unit out, keyframes when somebody asks. A picture that comes while one is being encoded replaces the
//! one that waits; none is encoded while what was sent before still waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cinemasync_core::frame::VideoFrame;
use cinemasync_core::packet::OutboundPacket;
use cinemasync_core::plan::{EncoderStats, MediaEvent};
use cinemasync_core::sentence;
use cinemasync_core::track::Track;

use super::clock::RtpClock;
use super::h264::{Encoded, Encoder, Rate, target_bps};
use super::scale::{Scaler, fitted};
use super::worker::{Latest, Stop, Taken, Worker};
use super::{EventSink, PacketSink};

/// Requests for keyframes within this time after one are answered together at its end: each
/// costs as much as ten other pictures.
pub(super) const MERGED: Duration = Duration::from_millis(300);
/// Older pictures are left over from before the encoder started.
const STALE: Duration = Duration::from_millis(500);
/// Failures in a row before a person is told.
pub(super) const HOPELESS: u32 = 5;

/// How pictures are to be encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Height in pixels at most.
    pub(super) height: u32,
    /// Pictures a second at most.
    pub(super) fps: u32,
    /// What it aims at, in bits a second.
    pub(super) bps: u64,
}

/// What an encoder's thread shares with its owner.
#[derive(Default)]
pub(super) struct EncoderState {
    keyframe: AtomicBool,
    wanted: Mutex<Option<Wanted>>,
    meter: Mutex<Meter>,
}

#[derive(Default)]
struct Meter {
    size: (u32, u32),
    target_bps: u64,
    keyframes: u64,
    began: Option<Instant>,
    recent: u32,
    bytes: u64,
    time: Duration,
}

impl EncoderState {
    /// Asks for a keyframe.
    pub(super) fn request_keyframe(&self) {
        self.keyframe.store(true, Ordering::Relaxed);
    }

    /// Encodes like this from the next picture on.
    pub(super) fn want(&self, wanted: Wanted) {
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner) = Some(wanted);
    }

    /// Is a keyframe due, after one that was made then?
    pub(super) fn keyframe_is_due(&self, last: Option<Instant>) -> bool {
        last.is_none_or(|at| at.elapsed() >= MERGED) && self.keyframe.load(Ordering::Relaxed)
    }

    /// What is asked for from now on is another keyframe.
    pub(super) fn keyframe_is_made(&self) {
        self.keyframe.store(false, Ordering::Relaxed);
    }

    /// How pictures are to be encoded now.
    pub(super) fn wanted(&self) -> Option<Wanted> {
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A picture of this size was encoded, on which work began then.
    pub(super) fn note(&self, size: (u32, u32), bps: u64, began: Instant, encoded: &Encoded) {
        let mut meter = self.meter.lock().unwrap_or_else(PoisonError::into_inner);
        (meter.size, meter.target_bps) = (size, bps);
        meter.recent += 1;
        meter.bytes += encoded.access_unit.len() as u64;
        meter.keyframes += u64::from(encoded.keyframe);
        meter.began.get_or_insert(began);
        meter.time += began.elapsed();
    }

    /// No encoder runs any more: there are no figures until one does.
    pub(super) fn ended(&self) {
        let mut meter = self.meter.lock().unwrap_or_else(PoisonError::into_inner);
        *meter = Meter { keyframes: meter.keyframes, ..Meter::default() };
    }

    /// Figures since the previous call; `None` while nothing is encoded.
    pub(super) fn take_stats(&self, track: Track, rung: usize) -> Option<EncoderStats> {
        let mut meter = self.meter.lock().unwrap_or_else(PoisonError::into_inner);
        let (width, height) = meter.size;
        let now = Instant::now();
        let since = (now - meter.began.replace(now)?).as_secs_f64();
        let recent = std::mem::take(&mut meter.recent);
        let time = std::mem::take(&mut meter.time);
        let bits = 8.0 * std::mem::take(&mut meter.bytes) as f64;
        Some(EncoderStats {
            track,
            rung,
            width,
            height,
            fps: if since > 0.0 { f64::from(recent) / since } else { 0.0 },
            target_bps: meter.target_bps,
            bps: if since > 0.0 { (bits / since) as u64 } else { 0 },
            encode_ms: time.as_secs_f64() * 1_000.0 / f64::from(recent.max(1)),
            keyframes: meter.keyframes,
        })
    }
}

/// Where pictures come from and packets go to.
pub(super) struct Ends {
    pub(super) pictures: Latest<Arc<VideoFrame>>,
    pub(super) clock: RtpClock,
    pub(super) packets: PacketSink,
    pub(super) events: EventSink,
}

/// Starts the encoder that makes this encoding of the camera.
pub(super) fn start(rung: usize, state: Arc<EncoderState>, ends: Ends) -> Worker {
    Worker::spawn(&format!("encode-camera-{rung}"), move |stop| {
        // Whoever is there now has seen nothing yet.
        state.request_keyframe();
        let mut encoding = Encoding {
            rung,
            encoder: None,
            scaler: Scaler::default(),
            last_keyframe: None,
            next_at: None,
            failures: 0,
        };
        encoding.run(&state, &ends, stop);
        state.ended();
    })
}

struct Encoding {
    rung: usize,
    encoder: Option<Encoder>,
    scaler: Scaler,
    last_keyframe: Option<Instant>,
    /// When the next picture is due, so that no more than wanted are sent.
    next_at: Option<Instant>,
    failures: u32,
}

impl Encoding {
    fn run(&mut self, state: &EncoderState, ends: &Ends, stop: &Stop) {
        while !stop.is_set() {
            let frame = match ends.pictures.take(Duration::from_millis(50)) {
                Taken::Value(frame) => frame,
                Taken::TimedOut => continue,
                Taken::Closed => return,
            };
            let Some(wanted) = state.wanted() else { continue };
            if frame.at.elapsed() > STALE
                || ends.packets.is_full(Track::Camera, self.rung)
                || !self.is_due(frame.at, wanted.fps)
            {
                continue;
            }
            match self.encode(&frame, wanted, state) {
                Ok(encoded) => {
                    self.failures = 0;
                    let Some(Encoded { access_unit, keyframe }) = encoded else { continue };
                    ends.packets.send(OutboundPacket::Video {
                        track: Track::Camera,
                        rung: self.rung,
                        access_unit,
                        rtp_timestamp: ends.clock.at(frame.at, 90_000),
                        keyframe,
                        captured: frame.at,
                    });
                }
                Err(error) => self.failed(&error, &ends.events),
            }
        }
    }

    /// Is it time for another picture? Cameras waver by some milliseconds.
    fn is_due(&mut self, at: Instant, fps: u32) -> bool {
        let period = Duration::from_secs(1) / fps.max(1);
        let due = self.next_at.unwrap_or(at);
        if at + period / 4 < due {
            return false;
        }
        self.next_at = Some((due + period).max(at));
        true
    }

    fn encode(
        &mut self,
        frame: &VideoFrame,
        wanted: Wanted,
        state: &EncoderState,
    ) -> Result<Option<Encoded>, String> {
        let began = Instant::now();
        let size = fitted((frame.width, frame.height), (u32::MAX, wanted.height));
        let scaled;
        let frame = if size == (frame.width, frame.height) {
            frame
        } else {
            scaled = self.scaler.scale(frame, size).map_err(|error| error.to_string())?;
            &scaled
        };
        let rate = Rate { bps: wanted.bps.min(target_bps(size.0, size.1)), fps: wanted.fps };
        let encoder = self.encoder.take().filter(|encoder| encoder.size() == size);
        let mut encoder = match encoder {
            Some(encoder) => encoder,
            None => Encoder::new(size.0, size.1, rate).map_err(|error| error.to_string())?,
        };
        encoder.set_rate(rate);
        let keyframe = state.keyframe_is_due(self.last_keyframe);
        if keyframe {
            state.keyframe_is_made();
        }
        let encoded = encoder.encode(frame, keyframe).map_err(|error| error.to_string())?;
        self.encoder = Some(encoder);
        if let Some(encoded) = &encoded {
            if encoded.keyframe {
                self.last_keyframe = Some(began);
            }
            state.note(size, rate.bps, began, encoded);
        }
        Ok(encoded)
    }

    fn failed(&mut self, error: &str, events: &EventSink) {
        tracing::warn!(error, "a picture could not be encoded");
        self.failures += 1;
        if self.failures == HOPELESS {
            let text = sentence::camera_not_sent(error);
            events(MediaEvent::DeviceFailed { track: Some(Track::Camera), device: None, text });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::super::pattern;
    use super::*;

    struct Rig {
        pictures: Latest<Arc<VideoFrame>>,
        state: Arc<EncoderState>,
        got: mpsc::Receiver<OutboundPacket>,
        worker: Option<Worker>,
        number: u64,
    }

    impl Rig {
        fn new(wanted: Wanted) -> Self {
            let (pictures, state) = (Latest::default(), Arc::new(EncoderState::default()));
            let (sent, got) = mpsc::channel();
            state.want(wanted);
            let ends = Ends {
                pictures: pictures.clone(),
                clock: RtpClock::new(Instant::now()),
                packets: Arc::new(move |packet| {
                    // The receiver is gone once the test ends.
                    let _ = sent.send(packet);
                }),
                events: Arc::new(|_| {}),
            };
            let worker = Some(start(0, Arc::clone(&state), ends));
            Self { pictures, state, got, worker, number: 0 }
        }

        /// Shows a picture and takes what becomes of it: is it a keyframe, and how long is it?
        fn show(&mut self, width: u32, height: u32, at: Instant) -> (bool, usize) {
            self.number += 1;
            self.pictures.put(Arc::new(pattern::draw(width, height, self.number, 0, at)));
            match self.got.recv_timeout(Duration::from_secs(10)).expect("is encoded") {
                OutboundPacket::Video { keyframe, access_unit, .. } => {
                    (keyframe, access_unit.len())
                }
                OutboundPacket::Audio { .. } => panic!("a picture"),
            }
        }
    }

    fn wanted(height: u32, fps: u32, bps: u64) -> Wanted {
        Wanted { height, fps, bps }
    }

    #[test]
    fn keyframes_come_first_and_when_asked_for_but_not_in_heaps() {
        let mut rig = Rig::new(wanted(180, 30, 100_000));
        let mut kinds = Vec::new();
        let began = Instant::now();
        // As a camera would, only faster.
        let at = |number: u64| began + Duration::from_millis(number * 34);
        let mut keyframe_times = Vec::new();
        while began.elapsed() < Duration::from_secs(1) {
            let (keyframe, _) = rig.show(320, 180, at(rig.number));
            kinds.push(keyframe);
            if keyframe {
                keyframe_times.push(Instant::now());
            }
            rig.state.request_keyframe();
        }
        let stats = rig.state.take_stats(Track::Camera, 0).expect("something was encoded");
        rig.worker = None;
        assert!(rig.state.take_stats(Track::Camera, 0).is_none(), "and now nothing is");
        assert!(kinds[0]);
        assert!(keyframe_times.len() >= 2, "asked for all the time");
        for pair in keyframe_times.windows(2) {
            assert!(pair[1] - pair[0] >= MERGED.mul_f64(0.8));
        }
        assert_eq!((stats.width, stats.height), (320, 180));
        assert_eq!(stats.keyframes as usize, keyframe_times.len());
    }

    #[test]
    fn size_and_bitrate_follow_what_is_wanted_while_it_runs() {
        let mut rig = Rig::new(wanted(720, 30, 1_700_000));
        let at = Instant::now();
        let bits = |rig: &mut Rig, from: u64| {
            let pictures = (from..from + 60).map(|n| {
                let at = at + Duration::from_millis(n * 34);
                // The first is a keyframe, which costs what it costs.
                let (keyframe, bytes) = rig.show(640, 360, at);
                if keyframe { 0 } else { bytes * 8 }
            });
            pictures.sum::<usize>()
        };
        let much = bits(&mut rig, 0);
        rig.state.want(wanted(720, 30, 150_000));
        let little = bits(&mut rig, 60);
        assert!(little * 2 < much, "{much} {little}");
        rig.state.want(wanted(180, 30, 150_000));
        let (keyframe, _) = rig.show(640, 360, at + Duration::from_secs(5));
        let stats = rig.state.take_stats(Track::Camera, 0).expect("something was encoded");
        assert!(keyframe, "another size begins anew");
        assert_eq!((stats.width, stats.height, stats.target_bps), (320, 180, 150_000));
    }

    #[test]
    fn no_more_pictures_are_sent_than_are_wanted() {
        let mut encoding = Encoding {
            rung: 0,
            encoder: None,
            scaler: Scaler::default(),
            last_keyframe: None,
            next_at: None,
            failures: 0,
        };
        let start = Instant::now();
        let mut count = |fps: u32, from: u64| {
            // 30 a second, each up to 5 ms off.
            let at = |n: u64| start + Duration::from_millis(from + n * 1_000 / 30 + n * 7 % 6);
            (0..300).filter(|n| encoding.is_due(at(*n), fps)).count()
        };
        assert!((297..=300).contains(&count(30, 0)));
        assert!((148..=153).contains(&count(15, 20_000)));
        assert!((195..=205).contains(&count(20, 40_000)));
    }
}
