//! What runs inside the sound system's realtime callbacks, and the ring that connects it with our
//! threads. Here nothing locks, allocates, blocks or logs: a callback that is late is heard. A test
//! runs these under an allocator that forbids itself.
//!
//! Full ring at capture: the new samples are dropped and counted. Empty ring at playback: silence,
//! counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use cpal::{FromSample, Sample};
use rtrb::{Consumer, Producer, RingBuffer};

/// Samples of a frame in a playback ring: left and right.
const SIDES: usize = 2;

/// What both ends of a ring know of each other.
#[derive(Debug, Default)]
pub struct RingState {
    /// Frames that the device gave or took.
    frames: AtomicU64,
    /// Frames lost because the ring was full (capture) or missing because it was empty (playback).
    missed: AtomicU64,
    /// How long the device takes to let be heard what it took, in microseconds.
    latency_us: AtomicU32,
    /// The device's first fatal fault, 0 for none. Only the first is kept: a dead server reports
    /// a hundred thousand a second.
    fault: AtomicU8,
}

impl RingState {
    /// Frames that the device gave or took since the start.
    pub fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }

    /// Frames lost or missing since the start.
    pub fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }

    /// Notes how long the device takes to let be heard what it takes now.
    pub fn set_latency(&self, latency: Duration) {
        let micros = u32::try_from(latency.as_micros()).unwrap_or(u32::MAX);
        self.latency_us.store(micros, Ordering::Relaxed);
    }

    /// How long the device takes to let be heard what it takes now, as far as it tells.
    pub fn latency(&self) -> Duration {
        Duration::from_micros(self.latency_us.load(Ordering::Relaxed).into())
    }

    /// Notes a fault; those after the first change nothing.
    pub fn fail(&self, fault: u8) {
        let _ = self.fault.compare_exchange(0, fault.max(1), Ordering::Release, Ordering::Relaxed);
    }

    /// The first fault, if there was one.
    pub fn fault(&self) -> Option<u8> {
        Some(self.fault.load(Ordering::Acquire)).filter(|fault| *fault != 0)
    }
}

/// The callback's end of a capture ring: takes interleaved samples of the device, leaves mono, or left
/// and right by turns.
#[derive(Debug)]
pub struct CaptureEnd {
    ring: Producer<f32>,
    channels: usize,
    /// Samples that are left of a frame.
    sides: usize,
    state: Arc<RingState>,
}

/// A ring for `capacity` samples between a capture callback with `channels` and its reader, who gets their
/// mean.
pub fn capture_ring(capacity: usize, channels: u16) -> (CaptureEnd, Consumer<f32>, Arc<RingState>) {
    capture(capacity, channels, 1)
}

/// A ring for `capacity` frames between a capture callback with `channels` and its reader, who gets the
/// first two by turns.
pub fn stereo_capture_ring(
    capacity: usize,
    channels: u16,
) -> (CaptureEnd, Consumer<f32>, Arc<RingState>) {
    capture(capacity, channels, SIDES)
}

fn capture(
    capacity: usize,
    channels: u16,
    sides: usize,
) -> (CaptureEnd, Consumer<f32>, Arc<RingState>) {
    let (producer, consumer) = RingBuffer::new(sides * capacity);
    let state = Arc::new(RingState::default());
    let end = CaptureEnd {
        ring: producer,
        channels: usize::from(channels).max(1),
        sides,
        state: Arc::clone(&state),
    };
    (end, consumer, state)
}

impl CaptureEnd {
    /// The body of the callback: what is left of each frame goes into the ring.
    pub fn write<T: Copy>(&mut self, samples: &[T])
    where
        f32: FromSample<T>,
    {
        let frames = samples.len() / self.channels;
        let fit = frames.min(self.ring.slots() / self.sides);
        let (channels, sides) = (self.channels, self.sides);
        let left = samples.chunks_exact(channels).flat_map(|frame| {
            let mean = || {
                frame.iter().map(|sample| f32::from_sample_(*sample)).sum::<f32>() / channels as f32
            };
            let side = |number: usize| f32::from_sample_(frame[number.min(channels - 1)]);
            let both = if sides == 1 { [mean(), 0.0] } else { [side(0), side(1)] };
            both.into_iter().take(sides)
        });
        if let Ok(chunk) = self.ring.write_chunk_uninit(sides * fit) {
            chunk.fill_from_iter(left);
        }
        self.state.frames.fetch_add(frames as u64, Ordering::Relaxed);
        self.state.missed.fetch_add((frames - fit) as u64, Ordering::Relaxed);
    }
}

/// The callback's end of a playback ring: takes left and right by turns. A device of one channel gets
/// their mean; one of more gets them in its first two.
#[derive(Debug)]
pub struct PlaybackEnd {
    ring: Consumer<f32>,
    channels: usize,
    state: Arc<RingState>,
}

/// A ring for `capacity` frames between its writer, who writes left and right by turns and always both,
/// and a playback callback with `channels`.
pub fn playback_ring(
    capacity: usize,
    channels: u16,
) -> (Producer<f32>, PlaybackEnd, Arc<RingState>) {
    let (producer, consumer) = RingBuffer::new(SIDES * capacity);
    let state = Arc::new(RingState::default());
    let end = PlaybackEnd {
        ring: consumer,
        channels: usize::from(channels).max(1),
        state: Arc::clone(&state),
    };
    (producer, end, state)
}

impl PlaybackEnd {
    /// The body of the callback: fills `samples`, with silence where the ring is empty.
    pub fn read<T: Sample + FromSample<f32>>(&mut self, samples: &mut [T]) {
        let frames = samples.len() / self.channels;
        let mut filled = 0;
        if let Ok(chunk) = self.ring.read_chunk(SIDES * frames.min(self.ring.slots() / SIDES)) {
            filled = chunk.len() / SIDES;
            let mut sound = chunk.into_iter();
            for frame in samples.chunks_exact_mut(self.channels).take(filled) {
                let sides = [(); SIDES].map(|()| sound.next().unwrap_or(0.0));
                if let [only] = frame {
                    *only = T::from_sample((sides[0] + sides[1]) / 2.0);
                    continue;
                }
                let rest =
                    sides.into_iter().map(T::from_sample).chain(std::iter::repeat(T::EQUILIBRIUM));
                frame.iter_mut().zip(rest).for_each(|(to, from)| *to = from);
            }
        }
        samples[filled * self.channels..].fill(T::EQUILIBRIUM);
        self.state.frames.fetch_add(frames as u64, Ordering::Relaxed);
        self.state.missed.fetch_add((frames - filled) as u64, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_become_their_mean() {
        let (mut end, mut reader, state) = capture_ring(8, 2);
        end.write(&[1.0f32, 0.0, -0.5, -0.5]);
        assert_eq!(reader.pop().ok(), Some(0.5));
        assert_eq!(reader.pop().ok(), Some(-0.5));
        assert_eq!(state.frames(), 2);
    }

    #[test]
    fn the_first_two_channels_are_left_and_right() {
        let read = |channels: u16, samples: &[f32]| {
            let (mut end, reader, _) = stereo_capture_ring(8, channels);
            end.write(samples);
            let mut reader = reader;
            std::iter::from_fn(|| reader.pop().ok()).collect::<Vec<f32>>()
        };
        assert_eq!(read(1, &[0.5, 0.25]), [0.5, 0.5, 0.25, 0.25]);
        assert_eq!(read(2, &[0.5, 0.25]), [0.5, 0.25]);
        assert_eq!(read(3, &[0.5, 0.25, 1.0]), [0.5, 0.25]);
    }

    #[test]
    fn a_full_ring_loses_the_newest_and_counts() {
        let (mut end, reader, state) = capture_ring(4, 1);
        end.write(&[i16::MAX; 6]);
        assert_eq!(reader.slots(), 4);
        assert_eq!(state.missed(), 2);
    }

    #[test]
    fn an_empty_ring_is_silence_on_every_channel() {
        let (mut writer, mut end, state) = playback_ring(8, 2);
        [0.5, -0.25].into_iter().for_each(|sample| writer.push(sample).expect("has room"));
        let mut out = [1.0f32; 7];
        end.read(&mut out);
        assert_eq!(
            out.map(f32::to_bits),
            [0.5, -0.25, 0.0, 0.0, 0.0, 0.0, 0.0f32].map(f32::to_bits)
        );
        assert_eq!(state.missed(), 2);
    }

    #[test]
    fn left_and_right_go_where_the_device_has_them() {
        let played = |channels: u16| {
            let (mut writer, mut end, _) = playback_ring(8, channels);
            for sample in [0.5, -0.25, 1.0, 0.0] {
                writer.push(sample).expect("has room");
            }
            let mut out = vec![9.0f32; 2 * usize::from(channels)];
            end.read(&mut out);
            out
        };
        assert_eq!(played(1), [0.125, 0.5]);
        assert_eq!(played(2), [0.5, -0.25, 1.0, 0.0]);
        assert_eq!(played(4), [0.5, -0.25, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn only_the_first_fault_is_kept() {
        let state = RingState::default();
        assert_eq!(state.fault(), None);
        state.fail(3);
        state.fail(4);
        assert_eq!(state.fault(), Some(3));
    }
}
