//! One remote sound: what came of it through its jitter buffer and decoder, 10 ms at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cinemasync_core::jitter_buffer::{JitterBuffer, Pull};

use super::super::level::level_db;
use super::super::opus::{FRAME, SoundDecoder};
use super::inbox::SoundInbox;

/// A splice in what is softer than this is not heard.
const QUIET_DB: f64 = -45.0;

/// A remote sound in the mixer.
pub(super) struct Playout {
    inbox: Arc<SoundInbox>,
    jitter: JitterBuffer,
    decoder: SoundDecoder,
    /// Decoded and not yet played; the samples of all channels by turns.
    sound: Vec<f32>,
    quiet: bool,
}

impl Playout {
    /// Plays what comes into this inbox.
    pub(super) fn new(inbox: Arc<SoundInbox>, decoder: SoundDecoder) -> Self {
        Self { inbox, jitter: JitterBuffer::new(), decoder, sound: Vec::new(), quiet: true }
    }

    /// Is it fed from this inbox?
    pub(super) fn is_of(&self, inbox: &Arc<SoundInbox>) -> bool {
        Arc::ptr_eq(&self.inbox, inbox)
    }

    pub(super) fn volume(&self) -> f32 {
        self.inbox.volume()
    }

    /// Lets the sound come so much later than the network asks for.
    pub(super) fn set_extra_delay(&mut self, delay: Duration) {
        self.jitter.set_extra_delay(delay);
    }

    /// Puts the next 10 ms into `frame`, which has room for its channels and no more; tells how loud they
    /// are, and the RTP timestamp of the first sample if it was sent and is no stopgap.
    pub(super) fn next(&mut self, now: Instant, frame: &mut [f32]) -> (f64, Option<u32>) {
        let channels = self.decoder.channels();
        debug_assert_eq!(frame.len(), FRAME * channels);
        for packet in self.inbox.take() {
            self.jitter.insert(packet);
        }
        while self.sound.len() < frame.len() {
            self.pull(now);
        }
        let waits = (self.sound.len() / channels) as u32;
        let timestamp = self.jitter.position().map(|end| end.wrapping_sub(waits));
        frame.copy_from_slice(&self.sound[..frame.len()]);
        self.sound.drain(..frame.len());
        let level = level_db(frame);
        self.quiet = level < QUIET_DB;
        self.inbox.note(self.jitter.stats(), frame);
        (level, timestamp)
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
                let samples = (samples as usize).max(1) * self.decoder.channels();
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
