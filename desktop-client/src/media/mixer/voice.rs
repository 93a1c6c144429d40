//! One remote voice: its sound, whether somebody speaks, and how loud.

use std::sync::Arc;
use std::time::Instant;

use opusic_c::ErrorCode;

use super::super::level::{LevelMeter, SpeechGate};
use super::super::opus::{FRAME, SoundDecoder};
use super::inbox::SoundInbox;
use super::playout::Playout;

/// One voice in the mixer.
pub(super) struct Voice {
    playout: Playout,
    gate: SpeechGate,
    level: LevelMeter,
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
    pub(super) fn new(inbox: Arc<SoundInbox>) -> Result<Self, ErrorCode> {
        let playout = Playout::new(inbox, SoundDecoder::mono()?);
        Ok(Self { playout, gate: SpeechGate::new(), level: LevelMeter::default() })
    }

    /// Is it fed from this inbox?
    pub(super) fn is_of(&self, inbox: &Arc<SoundInbox>) -> bool {
        self.playout.is_of(inbox)
    }

    pub(super) fn is_speaking(&self) -> bool {
        self.gate.is_speaking()
    }

    /// The last figure that was told for a meter.
    pub(super) fn level(&self) -> f64 {
        self.level.shown()
    }

    pub(super) fn volume(&self) -> f32 {
        self.playout.volume()
    }

    /// The next 10 ms.
    pub(super) fn next(&mut self, now: Instant) -> Heard {
        let mut frame = [0.0; FRAME];
        let (level, _) = self.playout.next(now, &mut frame);
        let (speaking, level) = (self.gate.frame(level), self.level.frame(level));
        Heard { frame, speaking, level }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use cinemasync_core::packet::RtpPacket;

    use super::super::super::level::goertzel;
    use super::super::super::opus::SoundEncoder;
    use super::*;

    #[test]
    fn a_voice_over_a_jittery_network_is_heard_at_its_pitch() {
        let start = Instant::now();
        let inbox = Arc::new(SoundInbox::new());
        let mut voice = Voice::new(Arc::clone(&inbox)).expect("opens");
        let mut encoder = SoundEncoder::voice(false).expect("opens");
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
}
