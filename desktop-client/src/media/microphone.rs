//! The microphone's thread: frames of 10 ms from the source, on their way to Opus packets. It also
//! tells when we speak.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cinemasync_core::packet::OutboundPacket;
use cinemasync_core::plan::MediaEvent;
use cinemasync_core::track::Track;

use super::clock::RtpClock;
use super::level::{SpeechGate, level_db};
use super::opus::{FRAME, PACKET, RATE, VoiceEncoder};
use super::source::MicrophoneSource;
use super::voice_source::VoiceSource;
use super::worker::{Stop, Worker};
use super::{EventSink, PacketSink};

/// A gap between frames beyond this is told to the receivers as a pause. In a shorter one sound may
/// only have waited, in the ring or for its turn, and follows in a burst: counting it as a pause
/// would put that burst into the future.
const PAUSE: Duration = Duration::from_secs(1);

/// Opens the source on a thread of its own and sends packets while `encode` is set.
pub(super) fn start(
    source: MicrophoneSource,
    encode: Arc<AtomicBool>,
    clock: RtpClock,
    packets: PacketSink,
    events: EventSink,
) -> Worker {
    Worker::spawn("microphone", move |stop| {
        if let Err(error) = run(&source, &encode, clock, &packets, &events, stop) {
            tracing::warn!(%error, "no voice");
            events(MediaEvent::DeviceFailed { track: Some(Track::Microphone), text: error });
        }
    })
}

fn run(
    source: &MicrophoneSource,
    encode: &AtomicBool,
    clock: RtpClock,
    packets: &PacketSink,
    events: &EventSink,
    stop: &Stop,
) -> Result<(), String> {
    let Some(mut source) = VoiceSource::open(source).map_err(|error| error.to_string())? else {
        return Ok(());
    };
    let encoder = VoiceEncoder::new().map_err(|error| {
        format!("The voice cannot be encoded ({error:?}). Restart the program.")
    })?;
    let mut sender = Sender { encoder, clock, timestamp: 0, spurt: true, last: Instant::now() };
    let mut gate = SpeechGate::new();
    let result = loop {
        let frame = match source.next(stop) {
            Ok(Some(frame)) => frame,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error.to_string()),
        };
        // The echo canceller belongs here: it sees each frame of the microphone once, in order,
        // before anything judges or encodes it.
        if let Some(speaking) = gate.frame(level_db(&frame)) {
            events(MediaEvent::Speaking { who: None, speaking });
        }
        if encode.load(Ordering::Relaxed) {
            if let Some(packet) = sender.frame(&frame, Instant::now())? {
                packets(packet);
            }
        } else {
            sender.pause();
        }
    };
    if gate.is_speaking() {
        events(MediaEvent::Speaking { who: None, speaking: false });
    }
    result
}

/// Makes packets of frames and counts their time.
struct Sender {
    encoder: VoiceEncoder,
    clock: RtpClock,
    timestamp: u32,
    /// Does the next packet begin a talk spurt?
    spurt: bool,
    last: Instant,
}

impl Sender {
    /// Nothing is sent for now.
    fn pause(&mut self) {
        if !self.spurt {
            self.spurt = true;
            self.encoder.restart();
        }
    }

    fn frame(
        &mut self,
        frame: &[f32; FRAME],
        now: Instant,
    ) -> Result<Option<OutboundPacket>, String> {
        let gap = now.saturating_duration_since(self.last);
        if gap > PAUSE {
            self.pause();
        }
        self.last = now;
        let encoded = self.encoder.encode(frame).map_err(|error| {
            format!("The voice cannot be encoded ({error:?}). Restart the program.")
        })?;
        let Some(payload) = encoded else { return Ok(None) };
        let talk_spurt = std::mem::take(&mut self.spurt);
        if talk_spurt {
            self.timestamp = self.clock.at(now, RATE);
        }
        let rtp_timestamp = self.timestamp;
        self.timestamp = self.timestamp.wrapping_add(PACKET as u32);
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
            encoder: VoiceEncoder::new().expect("opens"),
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
}
