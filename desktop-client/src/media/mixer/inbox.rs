//! Where the network puts a sound's packets and reads its figures; the mixer takes them out.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cinemasync_core::jitter_buffer::JitterStats;
use cinemasync_core::packet::RtpPacket;
use cinemasync_core::plan::VoiceStats;

use super::super::level::SILENCE_DB;

/// Packets that wait for the mixer, which empties this every 10 ms. Full: the oldest goes.
const INBOX: usize = 64;

/// Where the network puts a sound's packets and reads its figures. Never blocks for longer than
/// it takes to move a packet.
#[derive(Debug)]
pub(in super::super) struct SoundInbox {
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

impl SoundInbox {
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

    /// How loud it is mixed.
    pub(super) fn volume(&self) -> f32 {
        f32::from_bits(self.volume.load(Ordering::Relaxed))
    }

    /// All that came since the previous call.
    pub(super) fn take(&self) -> VecDeque<RtpPacket> {
        std::mem::take(&mut *self.packets.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes what was played.
    pub(super) fn note(&self, stats: JitterStats, sound: &[f32]) {
        let mut meter = self.meter();
        meter.now = stats;
        meter.square += sound.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>();
        meter.samples += sound.len() as u64;
    }

    fn meter(&self) -> MutexGuard<'_, Meter> {
        self.meter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Figures since the previous call; `None` if nothing ever came.
    pub(in super::super) fn take_stats(&self) -> Option<VoiceStats> {
        let mut meter = self.meter();
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

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_flood_of_packets_is_bounded() {
        let inbox = SoundInbox::new();
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
        let inbox = SoundInbox::new();
        for (given, kept) in [(f32::NAN, 1.0), (-1.0, 0.0), (f32::INFINITY, 2.0), (0.5, 0.5)] {
            inbox.set_volume(given);
            assert_eq!(inbox.volume.load(Ordering::Relaxed), f32::to_bits(kept));
        }
    }
}
