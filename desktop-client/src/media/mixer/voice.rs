//! One remote voice: its inbox, filled by the network, and what the mixer makes of it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use cinemasync_core::jitter_buffer::{JitterBuffer, JitterStats, Pull};
use cinemasync_core::packet::RtpPacket;
use cinemasync_core::plan::VoiceStats;
use opusic_c::ErrorCode;

use super::super::level::{LevelMeter, SILENCE_DB, SpeechGate, level_db};
use super::super::opus::{FRAME, VoiceDecoder};

/// Packets that wait for the mixer, which empties this every 10 ms. Full: the oldest goes.
const INBOX: usize = 64;
/// A splice in what is softer than this is not heard.
const QUIET_DB: f64 = -45.0;

/// Where the network puts a voice's packets and reads its figures. Never blocks for longer than
/// it takes to move a packet.
#[derive(Debug)]
pub(in super::super) struct VoiceInbox {
    packets: Mutex<VecDeque<RtpPacket>>,
    /// Bits of an `f32`.
    volume: AtomicU32,
    meter: Mutex<Meter>,
}

#[derive(Debug, Default)]
struct Meter {
    now: JitterStats,
    before: JitterStats,
    /// Sum of the squares of what was played since the previous figures, and how many.
    square: f64,
    samples: u64,
}

impl VoiceInbox {
    /// An empty one, at volume 1.
    pub(in super::super) fn new() -> Self {
        Self {
            packets: Mutex::default(),
            volume: AtomicU32::new(1.0f32.to_bits()),
            meter: Mutex::default(),
        }
    }

    /// Leaves a packet for the mixer.
    pub(in super::super) fn put(&self, packet: RtpPacket) {
        let mut packets = self.packets.lock().unwrap_or_else(PoisonError::into_inner);
        if packets.len() == INBOX {
            packets.pop_front();
        }
        packets.push_back(packet);
    }

    /// Sets how loud it is mixed: 0 is silent, 1 as it came, 2 is the most.
    pub(in super::super) fn set_volume(&self, volume: f32) {
        let volume = if volume.is_nan() { 1.0 } else { volume.clamp(0.0, 2.0) };
        self.volume.store(volume.to_bits(), Ordering::Relaxed);
    }

    /// Figures since the previous call; `None` if nothing ever came.
    pub(in super::super) fn take_stats(&self) -> Option<VoiceStats> {
        let mut meter = self.meter.lock().unwrap_or_else(PoisonError::into_inner);
        if meter.now.received == 0 {
            return None;
        }
        let played = meter.now.played_samples - meter.before.played_samples;
        let concealed = meter.now.concealed_samples - meter.before.concealed_samples;
        let level_db = match meter.samples {
            0 => SILENCE_DB,
            samples => (10.0 * (meter.square / samples as f64).log10()).max(SILENCE_DB),
        };
        let stats = VoiceStats {
            jitter_ms: meter.now.jitter_ms,
            concealed_percent: 100.0 * concealed as f64 / played.max(1) as f64,
            level_db,
        };
        *meter = Meter { now: meter.now, before: meter.now, ..Meter::default() };
        Some(stats)
    }
}

/// One voice in the mixer.
pub(super) struct Voice {
    inbox: Arc<VoiceInbox>,
    jitter: JitterBuffer,
    decoder: VoiceDecoder,
    /// Decoded and not yet played.
    sound: Vec<f32>,
    gate: SpeechGate,
    level: LevelMeter,
    quiet: bool,
}

/// 10 ms of a voice.
pub(super) struct Heard {
    pub(super) frame: [f32; FRAME],
    /// Whether the person began or stopped speaking with it.
    pub(super) speaking: Option<bool>,
    /// How loud the person is, for a meter, if that changed.
    pub(super) level: Option<f64>,
}

impl Voice {
    pub(super) fn new(inbox: Arc<VoiceInbox>) -> Result<Self, ErrorCode> {
        Ok(Self {
            inbox,
            jitter: JitterBuffer::new(),
            decoder: VoiceDecoder::new()?,
            sound: Vec::new(),
            gate: SpeechGate::new(),
            level: LevelMeter::default(),
            quiet: true,
        })
    }

    /// Is it fed from this inbox?
    pub(super) fn is_of(&self, inbox: &Arc<VoiceInbox>) -> bool {
        Arc::ptr_eq(&self.inbox, inbox)
    }

    pub(super) fn is_speaking(&self) -> bool {
        self.gate.is_speaking()
    }

    /// The last figure that was told for a meter.
    pub(super) fn level(&self) -> f64 {
        self.level.shown()
    }

    pub(super) fn volume(&self) -> f32 {
        f32::from_bits(self.inbox.volume.load(Ordering::Relaxed))
    }

    /// The next 10 ms.
    pub(super) fn next(&mut self, now: Instant) -> Heard {
        let arrived = {
            let mut packets = self.inbox.packets.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *packets)
        };
        for packet in arrived {
            self.jitter.insert(packet);
        }
        while self.sound.len() < FRAME {
            self.pull(now);
        }
        let frame: [f32; FRAME] = self.sound[..FRAME].try_into().expect("a slice of that length");
        self.sound.drain(..FRAME);
        let level = level_db(&frame);
        self.quiet = level < QUIET_DB;
        let mut meter = self.inbox.meter.lock().unwrap_or_else(PoisonError::into_inner);
        meter.now = self.jitter.stats();
        meter.square += frame.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>();
        meter.samples += FRAME as u64;
        drop(meter);
        let (speaking, level) = (self.gate.frame(level), self.level.frame(level));
        Heard { frame, speaking, level }
    }

    fn pull(&mut self, now: Instant) {
        match self.jitter.pull(now, self.quiet) {
            Pull::Play(packet) => self.decoder.play(&packet, &mut self.sound),
            Pull::Fec { next, samples } => self.decoder.recover(&next, samples, &mut self.sound),
            Pull::Conceal { samples } | Pull::Rest { samples } => {
                self.decoder.conceal(samples, &mut self.sound);
            }
            Pull::Silence { samples } => {
                // At least something, or this would be asked for without end.
                let samples = (samples as usize).max(1);
                self.sound.resize(self.sound.len() + samples, 0.0);
            }
            Pull::Merge(first, second) => {
                let (mut from, mut to) = (Vec::new(), Vec::new());
                self.decoder.play(&first, &mut from);
                self.decoder.play(&second, &mut to);
                let length = to.len() as f32;
                self.sound.extend(to.iter().enumerate().map(|(at, sample)| {
                    let share = at as f32 / length;
                    sample * share + from.get(at).copied().unwrap_or(0.0) * (1.0 - share)
                }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::level::goertzel;
    use super::super::super::opus::VoiceEncoder;
    use super::*;

    #[test]
    fn a_voice_over_a_jittery_network_is_heard_at_its_pitch() {
        let start = Instant::now();
        let inbox = Arc::new(VoiceInbox::new());
        let mut voice = Voice::new(Arc::clone(&inbox)).expect("opens");
        let mut encoder = VoiceEncoder::new(false).expect("opens");
        let mut arrivals = Vec::new();
        for number in 0..400u32 {
            let frame: [f32; FRAME] = std::array::from_fn(|at| {
                let at = number as usize * FRAME + at;
                (std::f32::consts::TAU * 440.0 * at as f32 / 48_000.0).sin() * 0.25
            });
            let Some(payload) = encoder.encode(&frame).expect("encodes") else { continue };
            let packet = number / 2;
            // Up to 30 ms late, every 25th lost.
            let late = u64::from(packet * 7919 % 30);
            let arrived = start + Duration::from_millis(u64::from(packet) * 20 + late);
            if packet % 25 != 24 {
                arrivals.push(RtpPacket {
                    sequence: packet as u16,
                    timestamp: packet * 960,
                    marker: false,
                    payload,
                    arrived,
                });
            }
        }
        arrivals.sort_by_key(|packet| packet.arrived);
        let mut arrivals = arrivals.into_iter().peekable();
        let mut sound = Vec::new();
        for step in 0..400 {
            let now = start + Duration::from_millis(step * 10);
            while let Some(packet) = arrivals.next_if(|packet| packet.arrived <= now) {
                inbox.put(packet);
            }
            sound.extend(voice.next(now).frame);
        }
        // Most of it: what was recovered or merged has steps in it.
        let mut levels: Vec<f64> =
            sound[48_000..].chunks_exact(2_400).map(|chunk| goertzel(chunk, 440.0)).collect();
        levels.sort_by(f64::total_cmp);
        let median = levels[levels.len() / 2];
        assert!((0.2..0.3).contains(&median), "{levels:?}");
        assert!(levels[0] > 0.1, "never gone: {levels:?}");
        let stats = inbox.take_stats().expect("something came");
        assert!(stats.concealed_percent < 3.0, "{stats:?}");
        assert!((-20.0..-14.0).contains(&stats.level_db), "{stats:?}");
        assert!(voice.is_speaking());
    }

    #[test]
    fn a_flood_of_packets_is_bounded() {
        let inbox = VoiceInbox::new();
        for number in 0..1_000u16 {
            inbox.put(RtpPacket {
                sequence: number,
                timestamp: 0,
                marker: false,
                payload: bytes::Bytes::new(),
                arrived: Instant::now(),
            });
        }
        assert_eq!(inbox.packets.lock().expect("not poisoned").len(), INBOX);
    }

    #[test]
    fn volumes_out_of_range_are_bounded() {
        let inbox = VoiceInbox::new();
        for (given, kept) in [(f32::NAN, 1.0), (-1.0, 0.0), (f32::INFINITY, 2.0), (0.5, 0.5)] {
            inbox.set_volume(given);
            assert_eq!(inbox.volume.load(Ordering::Relaxed), f32::to_bits(kept));
        }
    }
}
