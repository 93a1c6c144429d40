//! The microphone's thread: frames of 10 ms from the source, on their way to Opus packets. It also
//! tells when we speak.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cinemasync_core::packet::OutboundPacket;
use cinemasync_core::plan::{MediaEvent, MediaPlan};
use cinemasync_core::sentence::{self, Sentence};
use cinemasync_core::track::Track;
use cinemasync_core::voice_settings::VoiceSettings;

use super::clock::RtpClock;
use super::level::{LevelMeter, SpeechGate, level_db, soft_limit};
use super::opus::{FRAME, PACKET, RATE, SoundEncoder, is_rest};
use super::processing::VoiceProcessing;
use super::reference::{Reference, References};
use super::source::MicrophoneSource;
use super::voice_source::VoiceSource;
use super::worker::{Stop, Worker};
use super::{EventSink, PacketSink};

/// A gap between frames beyond this is told to the receivers as a pause. In a shorter one sound may
/// only have waited, in the ring or for its turn, and follows in a burst: counting it as a pause
/// would put that burst into the future.
const PAUSE: Duration = Duration::from_secs(1);

/// What a late reference of the echo canceller is waited for, a few times: less than a frame.
const MOMENT: Duration = Duration::from_millis(4);
/// How often the receivers are told that nobody speaks before nothing is sent: one may be lost.
const TOLD_RESTS: u32 = 2;

/// What the plan says about one's own voice, readable at any time.
#[derive(Debug, Default)]
pub(super) struct VoiceControl {
    /// Is the voice sent?
    encode: AtomicBool,
    expected_loss_percent: AtomicU8,
    settings: Mutex<VoiceSettings>,
}

impl VoiceControl {
    /// Follows the plan from the next frame on.
    pub(super) fn set(&self, plan: &MediaPlan) {
        self.encode.store(plan.encode_microphone, Ordering::Relaxed);
        self.expected_loss_percent.store(plan.expected_loss_percent, Ordering::Relaxed);
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner) = plan.voice;
    }

    /// The share of packets that is expected to be lost, in percent.
    pub(super) fn expected_loss_percent(&self) -> u8 {
        self.expected_loss_percent.load(Ordering::Relaxed)
    }

    fn settings(&self) -> VoiceSettings {
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a microphone's thread works with.
pub(super) struct Outlets {
    pub(super) control: Arc<VoiceControl>,
    /// What the loudspeaker plays meanwhile.
    pub(super) references: References,
    pub(super) clock: RtpClock,
    pub(super) packets: PacketSink,
    pub(super) events: EventSink,
}

/// Opens the source on a thread of its own and sends packets while the plan says so. `device` is its
/// id, if the plan named one.
pub(super) fn start(source: MicrophoneSource, device: Option<String>, to: Outlets) -> Worker {
    Worker::spawn("microphone", move |stop| {
        let events = to.events.clone();
        if let Err(text) = run(&source, to, stop) {
            tracing::warn!(error = %text, "no voice");
            let track = Some(Track::Microphone);
            events(MediaEvent::DeviceFailed { track, device, text });
        }
    })
}

fn run(source: &MicrophoneSource, to: Outlets, stop: &Stop) -> Result<(), Sentence> {
    let hears_a_room = source.is_device();
    let Some(mut source) = VoiceSource::open(source).map_err(|error| error.sentence())? else {
        return Ok(());
    };
    let encoder = SoundEncoder::voice(hears_a_room)
        .map_err(|error| sentence::voice_not_encoded(format!("{error:?}")))?;
    let Outlets { control, references, clock, packets, events } = to;
    let mut sender =
        Sender { encoder, clock, timestamp: 0, spurt: true, rests: 0, last: Instant::now() };
    let mut reference = Reference::new(references);
    let mut processing = VoiceProcessing::default();
    let mut gate = SpeechGate::new();
    let mut meter = LevelMeter::default();
    let result = loop {
        let mut frame = match source.next(stop) {
            Ok(Some(frame)) => frame,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error.sentence()),
        };
        let settings = control.settings();
        if hears_a_room {
            let played = reference.next(|| !stop.sleep(MOMENT));
            processing.process(&mut frame, Some(&played), &settings);
        }
        amplify(&mut frame, settings.input_gain_db);
        let level_db = level_db(&frame);
        if let Some(speaking) = gate.frame(level_db) {
            events(MediaEvent::Speaking { who: None, speaking });
        }
        if let Some(level) = meter.frame(level_db) {
            events(MediaEvent::Level { who: None, level });
        }
        if control.encode.load(Ordering::Relaxed) {
            sender.encoder.expect_loss(control.expected_loss_percent());
            if let Some(packet) = sender.frame(&frame, Instant::now())? {
                packets.send(packet);
            }
        } else {
            sender.pause();
        }
    };
    if gate.is_speaking() {
        events(MediaEvent::Speaking { who: None, speaking: false });
    }
    if meter.shown() > 0.0 {
        events(MediaEvent::Level { who: None, level: 0.0 });
    }
    result
}

/// Raises (or lowers) a frame by so many decibels, without clipping.
fn amplify(frame: &mut [f32; FRAME], gain_db: f64) {
    if gain_db != 0.0 {
        let gain = 10f64.powf(gain_db / 20.0) as f32;
        frame.iter_mut().for_each(|sample| *sample = soft_limit(*sample * gain));
    }
}

/// Makes packets of frames and counts their time.
struct Sender {
    encoder: SoundEncoder,
    clock: RtpClock,
    timestamp: u32,
    /// Does the next packet begin a talk spurt?
    spurt: bool,
    /// Packets in a row that say that nobody speaks.
    rests: u32,
    last: Instant,
}

impl Sender {
    /// Nothing is sent for now.
    fn pause(&mut self) {
        if !self.spurt {
            self.spurt = true;
            self.rests = 0;
            self.encoder.restart();
        }
    }

    fn frame(
        &mut self,
        frame: &[f32; FRAME],
        now: Instant,
    ) -> Result<Option<OutboundPacket>, Sentence> {
        let gap = now.saturating_duration_since(self.last);
        if gap > PAUSE {
            self.pause();
        }
        self.last = now;
        let encoded = self
            .encoder
            .encode(frame)
            .map_err(|error| sentence::voice_not_encoded(format!("{error:?}")))?;
        let Some(payload) = encoded else { return Ok(None) };
        let begins = std::mem::take(&mut self.spurt);
        if begins {
            self.timestamp = self.clock.at(now, RATE);
        }
        let rtp_timestamp = self.timestamp;
        self.timestamp = self.timestamp.wrapping_add(PACKET as u32);
        let rested = self.rests;
        self.rests = if is_rest(&payload) { rested + 1 } else { 0 };
        if self.rests > TOLD_RESTS {
            return Ok(None);
        }
        let talk_spurt = begins || self.rests == 0 && rested > TOLD_RESTS;
        Ok(Some(OutboundPacket::Audio {
            track: Track::Microphone,
            payload,
            rtp_timestamp,
            talk_spurt,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_count_samples_and_jump_over_pauses() {
        let start = Instant::now();
        let mut sender = Sender {
            encoder: SoundEncoder::voice(false).expect("opens"),
            rests: 0,
            clock: RtpClock::new(start),
            timestamp: 0,
            spurt: true,
            last: start,
        };
        let mut packets = Vec::new();
        for number in 0..100u32 {
            let pause = if number >= 50 { 1_000 } else { 0 };
            let now = start + Duration::from_millis(u64::from(number) * 10 + pause);
            packets.extend(sender.frame(&[0.0; FRAME], now).expect("encodes"));
        }
        let seen: Vec<(u32, bool)> = packets
            .iter()
            .filter_map(|packet| match packet {
                OutboundPacket::Audio { rtp_timestamp, talk_spurt, .. } => {
                    Some((*rtp_timestamp, *talk_spurt))
                }
                OutboundPacket::Video { .. } => None,
            })
            .collect();
        assert_eq!(seen.len(), 50);
        for (at, pair) in seen.windows(2).enumerate() {
            let step = pair[1].0.wrapping_sub(pair[0].0);
            if at == 24 {
                assert!(pair[1].1, "the first after the pause");
                assert_eq!(step, 960 + 48_000);
            } else {
                assert!(!pair[1].1);
                assert_eq!(step, 960);
            }
        }
        assert!(seen[0].1);
    }

    #[test]
    fn a_rest_is_told_twice_and_then_kept() {
        let start = Instant::now();
        let mut sender = Sender {
            encoder: SoundEncoder::voice(true).expect("opens"),
            clock: RtpClock::new(start),
            timestamp: 0,
            spurt: true,
            rests: 0,
            last: start,
        };
        let mut packets = Vec::new();
        for number in 0..400u32 {
            let now = start + Duration::from_millis(u64::from(number) * 10);
            packets.extend(sender.frame(&[0.0; FRAME], now).expect("encodes"));
        }
        let seen: Vec<(u32, bool)> = packets
            .iter()
            .filter_map(|packet| match packet {
                OutboundPacket::Audio { rtp_timestamp, payload, .. } => {
                    Some((*rtp_timestamp, is_rest(payload)))
                }
                OutboundPacket::Video { .. } => None,
            })
            .collect();
        assert!((10..80).contains(&seen.len()), "{} of 200", seen.len());
        assert!(seen.windows(3).all(|three| !three.iter().all(|(_, rest)| *rest)), "{seen:?}");
        let first = seen[0].0;
        assert!(seen.iter().all(|(at, _)| at.wrapping_sub(first) % PACKET as u32 == 0));
        let last = seen.last().expect("some").0.wrapping_sub(first);
        assert!(last > 48_000 * 3, "time went on: {last}");
    }
}
