//! RTP packets of one voice in, whatever is to be played next out: sorts, waits as long as the
//! network's jitter asks for, and says what to do about what is missing. It leaves decoding,
//! concealment and loudness to the mixer, which pulls whenever it needs more sound.
//!
//! Media time is counted in samples of the RTP clock (48 kHz). Four rules keep the delay in hand:
//! - Nothing there when something is due: the voice is stretched by concealment, so what comes late
//!   is still played, and the delay grows by as much.
//! - Something later is there, but not what is due: it is lost, and the next packet may carry a
//!   copy (Opus in-band FEC).
//! - The sender rests because nobody speaks: nothing is missing, and the next word begins with the
//!   delay that is right by then.
//! - The delay stays above the target: two packets are merged into the time of one, at once where
//!   it is quiet, after [`PATIENCE`] where it is not. So neither a burst nor a clock that runs
//!   faster than ours leaves a lasting delay.
//!
//! A sound that belongs to pictures may be [told](JitterBuffer::set_extra_delay) to come later than the
//! network asks for.

mod delay;
mod opus_toc;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::packet::RtpPacket;
use delay::DelayEstimate;
use opus_toc::SAMPLES_A_MS;

/// How far the target delay may go. 20 ms is one packet; beyond 200 ms a talk becomes turn-taking.
const TARGET_MS: std::ops::RangeInclusive<u32> = 20..=200;
/// How much later still a sound may be told to come: with the longest target it fits in the buffer.
const MOST_EXTRA_MS: i64 = 800;
/// The target before the network is known.
const FIRST_TARGET_MS: u32 = 40;
/// Added to the measured spread: pulls come in steps of 10 ms.
const MARGIN_MS: u32 = 10;
/// Duration assumed for what is missing before any packet has told its own.
const USUAL: i64 = 20 * SAMPLES_A_MS as i64;
/// The delay may exceed the target by this before anything is done about it.
const TOLERANCE: i64 = 20 * SAMPLES_A_MS as i64;
/// The delay may fall short of the target by this: a part of the margin must be left when it is
/// quiet the next time.
const SHORT: i64 = 10 * SAMPLES_A_MS as i64;
/// Beyond this above the target packets are thrown away at once: our own side had stalled.
const FAR_BEHIND: i64 = 300 * SAMPLES_A_MS as i64;
/// How long the delay may stay too high while somebody speaks.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often a sound that is to come later is stretched by a packet, though it is loud.
const STRETCH_EVERY: Duration = Duration::from_millis(200);
/// A step of media time beyond this is a new stream, not a loss or a pause.
const JUMP: i64 = 5_000 * SAMPLES_A_MS as i64;
/// Gaps longer than this are not waited through.
const LONGEST_GAP: i64 = 1_000 * SAMPLES_A_MS as i64;
/// Concealment has faded out after this; then it is silence.
const LONGEST_CONCEALMENT: i64 = 100 * SAMPLES_A_MS as i64;
/// Media time of a stream that has not begun: far before any other, and far from overflowing.
const NOTHING_OVER: i64 = i64::MIN / 2;
/// Most packets held, 1.28 s of 20 ms: over that the oldest go.
const MAX_PACKETS: usize = 64;
/// Most bytes held; over that the oldest go. An Opus packet of 20 ms has at most 1,275 bytes.
const MAX_BYTES: usize = 64 * 1024;

/// An Opus packet this short is nothing but a head: the sender rests.
const LONGEST_REST_BYTES: usize = 2;

/// While gathering, the next look is after 10 ms.
const REST: Pull = Pull::Rest { samples: 10 * SAMPLES_A_MS };
/// The same before a voice has said anything.
const NOT_YET: Pull = Pull::Silence { samples: 10 * SAMPLES_A_MS };

/// What is to be played next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pull {
    /// Decode this and play it.
    Play(Bytes),
    /// Decode both and fade from the first to the second in the time of one: catching up.
    Merge(Bytes, Bytes),
    /// What is due was lost; this later packet may carry a copy of it. It will be played next.
    Fec {
        /// The packet that follows the gap.
        next: Bytes,
        /// How long the missing part is, in samples at 48 kHz.
        samples: u32,
    },
    /// What is due is not there: let the decoder invent this many samples at 48 kHz.
    Conceal {
        /// How many.
        samples: u32,
    },
    /// The sender rests (DTX): let the decoder go on with this many samples of the room's noise.
    Rest {
        /// How many.
        samples: u32,
    },
    /// Nobody speaks: this many samples of silence.
    Silence {
        /// How many.
        samples: u32,
    },
}

/// Figures since the start, but for the delays, which are current.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct JitterStats {
    /// Interarrival jitter (RFC 3550 §6.4.1) in milliseconds.
    pub jitter_ms: f64,
    /// How long a packet of the fastest kind waits here, in milliseconds.
    pub delay_ms: f64,
    /// The delay aimed at, in milliseconds.
    pub target_ms: f64,
    /// Packets accepted.
    pub received: u64,
    /// Packets that came after their time was over.
    pub late: u64,
    /// Packets that were here already.
    pub duplicates: u64,
    /// Packets that cannot be Opus.
    pub malformed: u64,
    /// Packets thrown away or merged to catch up, or because the buffer was full.
    pub skipped: u64,
    /// Samples handed out as speech, with those concealed and recovered.
    pub played_samples: u64,
    /// Samples of them that were concealed.
    pub concealed_samples: u64,
    /// Samples of them that were recovered from a later packet.
    pub recovered_samples: u64,
}

#[derive(Debug)]
struct Stored {
    sequence: i64,
    samples: i64,
    payload: Bytes,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// Gathering packets until the target delay is reached.
    Filling,
    /// Playing what is due at `over`.
    Playing {
        /// Sequence number of the last packet played.
        sequence: i64,
        /// Concealed since the buffer ran empty, so media time that was not accounted for.
        stretched: i64,
    },
}

/// The jitter buffer of one voice.
#[derive(Debug)]
pub struct JitterBuffer {
    packets: BTreeMap<i64, Stored>,
    bytes: usize,
    state: State,
    /// Media time before this was played or given up.
    over: i64,
    /// The furthest packet seen: unwrapped sequence number and timestamp.
    newest: Option<(i64, i64)>,
    delay: DelayEstimate,
    /// Smoothed delay in samples: pulls come in bursts.
    level: f64,
    too_high_since: Option<Instant>,
    /// Added to the target delay, in samples.
    extra: i64,
    stretched_at: Option<Instant>,
    usual: i64,
    /// Did the last packet say that nobody speaks?
    resting: bool,
    stats: JitterStats,
}

impl Default for JitterBuffer {
    fn default() -> Self {
        Self::new()
    }
}

impl JitterBuffer {
    /// An empty buffer.
    pub fn new() -> Self {
        Self {
            packets: BTreeMap::new(),
            bytes: 0,
            state: State::Filling,
            over: NOTHING_OVER,
            newest: None,
            delay: DelayEstimate::new(),
            level: 0.0,
            too_high_since: None,
            extra: 0,
            stretched_at: None,
            usual: USUAL,
            resting: false,
            stats: JitterStats::default(),
        }
    }

    /// Takes a packet in, in order of arrival.
    pub fn insert(&mut self, packet: RtpPacket) {
        let Some(samples) = opus_toc::duration(&packet.payload) else {
            self.stats.malformed += 1;
            return;
        };
        if packet.payload.len() > MAX_BYTES {
            self.stats.malformed += 1;
            return;
        }
        let samples = i64::from(samples);
        let before = self.newest;
        let (sequence, timestamp) = self.unwrap(&packet);
        self.delay.arrived(timestamp, packet.arrived);
        if before == Some((sequence - 2, timestamp - 2 * samples)) {
            // The one between is lost, or late: its copy is here, and was worth waiting for.
            self.delay.recoverable(timestamp - samples, packet.arrived);
        }
        if timestamp + samples <= self.over {
            self.stats.late += 1;
            return;
        }
        if self.packets.contains_key(&timestamp) {
            self.stats.duplicates += 1;
            return;
        }
        self.stats.received += 1;
        self.bytes += packet.payload.len();
        self.packets.insert(timestamp, Stored { sequence, samples, payload: packet.payload });
        while self.packets.len() > MAX_PACKETS || self.bytes > MAX_BYTES {
            self.skip_first();
        }
    }

    /// What to play next. `quiet` tells that what was played last is too soft for a splice to be
    /// heard.
    pub fn pull(&mut self, now: Instant, quiet: bool) -> Pull {
        let target = self.target();
        if self.state == State::Filling && !self.start(now, target) {
            return if self.resting { REST } else { NOT_YET };
        }
        let waited = self.delay.waited(self.over, now) as f64;
        self.level += (waited - self.level) * 0.1;

        let above = self.level as i64 - target;
        if above > FAR_BEHIND {
            self.catch_up(now, target);
            self.level = self.delay.waited(self.over, now) as f64;
        } else if above > TOLERANCE {
            let since = *self.too_high_since.get_or_insert(now);
            if (quiet || now.saturating_duration_since(since) >= PATIENCE)
                && let Some(merged) = self.merge()
            {
                self.too_high_since = None;
                return merged;
            }
        } else {
            self.too_high_since = None;
            if above < -SHORT && quiet {
                return self.stretch();
            }
            let rested = |at| now.saturating_duration_since(at) >= STRETCH_EVERY;
            if self.extra > 0 && above < -TOLERANCE && self.stretched_at.is_none_or(rested) {
                self.stretched_at = Some(now);
                return self.stretch();
            }
        }
        self.take()
    }

    /// Lets everything come so much later than the network asks for.
    pub fn set_extra_delay(&mut self, delay: Duration) {
        let ms = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
        self.extra = ms.min(MOST_EXTRA_MS) * i64::from(SAMPLES_A_MS);
    }

    /// The RTP timestamp at which what was handed out so far ends; `None` while that is made up.
    pub fn position(&self) -> Option<u32> {
        let plays = matches!(self.state, State::Playing { stretched: 0, .. });
        plays.then_some(self.over as u32)
    }

    /// Figures for a person.
    pub fn stats(&self) -> JitterStats {
        let ms = f64::from(SAMPLES_A_MS);
        JitterStats {
            jitter_ms: self.delay.jitter_ms(),
            delay_ms: self.level / ms,
            target_ms: self.target() as f64 / ms,
            ..self.stats
        }
    }

    /// The delay aimed at, in samples.
    fn target(&self) -> i64 {
        let ms = i64::from(SAMPLES_A_MS);
        let measured = self
            .delay
            .spread()
            .map_or(i64::from(FIRST_TARGET_MS) * ms, |spread| spread + i64::from(MARGIN_MS) * ms);
        let bounds = (i64::from(*TARGET_MS.start()) * ms, i64::from(*TARGET_MS.end()) * ms);
        measured.clamp(bounds.0, bounds.1) + self.extra
    }

    /// The packet's sequence number and timestamp on scales that do not wrap.
    fn unwrap(&mut self, packet: &RtpPacket) -> (i64, i64) {
        let Some((last_sequence, last_timestamp)) = self.newest else {
            let first = (i64::from(packet.sequence), i64::from(packet.timestamp));
            self.newest = Some(first);
            return first;
        };
        let step = packet.sequence.wrapping_sub(last_sequence as u16) as i16;
        let sequence = last_sequence + i64::from(step);
        let step = packet.timestamp.wrapping_sub(last_timestamp as u32) as i32;
        let timestamp = last_timestamp + i64::from(step);
        let jumped = i64::from(step).abs() > JUMP;
        if jumped {
            self.restart();
        }
        if jumped || timestamp > last_timestamp {
            self.newest = Some((sequence, timestamp));
        }
        (sequence, timestamp)
    }

    /// Begins anew with the next packet: media time has jumped.
    fn restart(&mut self) {
        self.stats.skipped += self.packets.len() as u64;
        self.packets.clear();
        self.bytes = 0;
        self.state = State::Filling;
        self.over = NOTHING_OVER;
        self.too_high_since = None;
        self.delay.restart();
    }

    /// Goes over to playing once the oldest packet has waited for the target delay.
    fn start(&mut self, now: Instant, target: i64) -> bool {
        let Some((&first, _)) = self.packets.first_key_value() else { return false };
        if self.delay.waited(first, now) < target {
            return false;
        }
        self.catch_up(now, target);
        let (&first, stored) = self.packets.first_key_value().expect("catching up leaves one");
        self.over = first;
        self.level = self.delay.waited(first, now) as f64;
        self.usual = stored.samples;
        self.state = State::Playing { sequence: stored.sequence - 1, stretched: 0 };
        true
    }

    /// Throws away what is older than the target delay asks for, but for the last packet.
    fn catch_up(&mut self, now: Instant, target: i64) {
        while self.packets.len() > 1 {
            let (&first, stored) = self.packets.first_key_value().expect("more than one");
            let end = first + stored.samples;
            if self.delay.waited(end, now) < target {
                break;
            }
            self.skip_first();
        }
    }

    /// Throws the oldest packet away and takes its time as over.
    fn skip_first(&mut self) {
        let Some((timestamp, stored)) = self.packets.pop_first() else { return };
        self.bytes -= stored.payload.len();
        self.stats.skipped += 1;
        self.over = self.over.max(timestamp + stored.samples);
        if let State::Playing { sequence, stretched } = &mut self.state {
            *sequence = stored.sequence;
            *stretched = 0;
        }
    }

    /// Two packets for the time of one, if both are here.
    fn merge(&mut self) -> Option<Pull> {
        let mut due = self.packets.iter();
        let (&first, a) = due.next()?;
        let (&second, b) = due.next()?;
        let in_a_row = first <= self.over && second <= first + a.samples && a.samples == b.samples;
        if !in_a_row {
            return None;
        }
        let Pull::Play(first) = self.take() else { return None };
        let Pull::Play(second) = self.take() else { return Some(Pull::Play(first)) };
        self.stats.skipped += 1;
        self.stats.played_samples -= self.usual as u64;
        self.level -= self.usual as f64;
        Some(Pull::Merge(first, second))
    }

    /// Lets the decoder fill one frame without media time going on: the delay grows.
    fn stretch(&mut self) -> Pull {
        self.level += self.usual as f64;
        self.stats.played_samples += self.usual as u64;
        Pull::Conceal { samples: self.usual as u32 }
    }

    /// The packet that is due, or what stands for it.
    fn take(&mut self) -> Pull {
        let State::Playing { sequence, stretched } = self.state else { return NOT_YET };
        let Some((&timestamp, next)) = self.packets.first_key_value() else {
            return self.ran_empty(sequence, stretched);
        };
        // What was invented while the buffer was empty stood for what turns out to be missing.
        self.over += stretched.min(timestamp - self.over).max(0);
        let gap = timestamp - self.over;
        if gap < self.usual.min(i64::from(SAMPLES_A_MS) * 5) || gap > LONGEST_GAP {
            let (_, stored) = self.packets.pop_first().expect("seen above");
            self.bytes -= stored.payload.len();
            self.usual = stored.samples;
            self.resting = stored.payload.len() <= LONGEST_REST_BYTES;
            self.stats.played_samples += stored.samples as u64;
            self.over = timestamp + stored.samples;
            self.state = State::Playing { sequence: stored.sequence, stretched: 0 };
            return Pull::Play(stored.payload);
        }
        let step = gap.min(self.usual);
        let paused = next.sequence == sequence + 1;
        let last = gap == step;
        // A head alone carries no copy.
        let next_tells = next.payload.len() > LONGEST_REST_BYTES;
        self.over += step;
        self.state = State::Playing { sequence, stretched: 0 };
        if paused {
            return Pull::Silence { samples: step as u32 };
        }
        self.stats.played_samples += step as u64;
        if last && next_tells {
            self.stats.recovered_samples += step as u64;
            return Pull::Fec { next: next.payload.clone(), samples: step as u32 };
        }
        self.stats.concealed_samples += step as u64;
        Pull::Conceal { samples: step as u32 }
    }

    /// Nothing is here: stretch for a while, then wait for a new start; at once if nothing is due.
    fn ran_empty(&mut self, sequence: i64, stretched: i64) -> Pull {
        if self.resting {
            self.state = State::Filling;
            return REST;
        }
        if stretched >= LONGEST_CONCEALMENT {
            self.state = State::Filling;
            return NOT_YET;
        }
        let samples = self.usual;
        self.state = State::Playing { sequence, stretched: stretched + samples };
        self.stats.played_samples += samples as u64;
        self.stats.concealed_samples += samples as u64;
        Pull::Conceal { samples: samples as u32 }
    }
}

#[cfg(test)]
mod tests;
