//! What runs inside the sound system's realtime callbacks, and the ring that connects it with our
//! threads. Here nothing locks, allocates, blocks or logs: a callback that is late is heard. A test
//! runs these under an allocator that forbids itself.
//!
//! Full ring at capture: the new samples are dropped and counted. Empty ring at playback: silence,
//! counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use cpal::{FromSample, Sample};
use rtrb::{Consumer, Producer, RingBuffer};

/// What both ends of a ring know of each other.
#[derive(Debug, Default)]
pub struct RingState {
    /// Frames that the device gave or took.
    frames: AtomicU64,
    /// Samples lost because the ring was full (capture) or missing because it was empty (playback).
    missed: AtomicU64,
    /// The device's first fatal fault, 0 for none. Only the first is kept: a dead server reports
    /// a hundred thousand a second.
    fault: AtomicU8,
}

impl RingState {
    /// Frames that the device gave or took since the start.
    pub fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }

    /// Samples lost or missing since the start.
    pub fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
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

/// The callback's end of a capture ring: takes interleaved samples of the device, leaves mono.
#[derive(Debug)]
pub struct CaptureEnd {
    ring: Producer<f32>,
    channels: usize,
    state: Arc<RingState>,
}

/// A ring for `capacity` samples between a capture callback with `channels` and its reader.
pub fn capture_ring(capacity: usize, channels: u16) -> (CaptureEnd, Consumer<f32>, Arc<RingState>) {
    let (producer, consumer) = RingBuffer::new(capacity);
    let state = Arc::new(RingState::default());
    let end = CaptureEnd {
        ring: producer,
        channels: usize::from(channels).max(1),
        state: Arc::clone(&state),
    };
    (end, consumer, state)
}

impl CaptureEnd {
    /// The body of the callback: the mean of the channels goes into the ring.
    pub fn write<T: Copy>(&mut self, samples: &[T])
    where
        f32: FromSample<T>,
    {
        let frames = samples.len() / self.channels;
        let fit = frames.min(self.ring.slots());
        let channels = self.channels;
        let mono = samples.chunks_exact(channels).map(|frame| {
            frame.iter().map(|sample| f32::from_sample_(*sample)).sum::<f32>() / channels as f32
        });
        if let Ok(chunk) = self.ring.write_chunk_uninit(fit) {
            chunk.fill_from_iter(mono);
        }
        self.state.frames.fetch_add(frames as u64, Ordering::Relaxed);
        self.state.missed.fetch_add((frames - fit) as u64, Ordering::Relaxed);
    }
}

/// The callback's end of a playback ring: takes mono, gives each channel of the device the same.
#[derive(Debug)]
pub struct PlaybackEnd {
    ring: Consumer<f32>,
    channels: usize,
    state: Arc<RingState>,
}

/// A ring for `capacity` samples between its writer and a playback callback with `channels`.
pub fn playback_ring(
    capacity: usize,
    channels: u16,
) -> (Producer<f32>, PlaybackEnd, Arc<RingState>) {
    let (producer, consumer) = RingBuffer::new(capacity);
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
        if let Ok(chunk) = self.ring.read_chunk(frames.min(self.ring.slots())) {
            filled = chunk.len();
            for (frame, mono) in samples.chunks_exact_mut(self.channels).zip(chunk) {
                frame.fill(T::from_sample(mono));
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
    fn a_full_ring_loses_the_newest_and_counts() {
        let (mut end, reader, state) = capture_ring(4, 1);
        end.write(&[i16::MAX; 6]);
        assert_eq!(reader.slots(), 4);
        assert_eq!(state.missed(), 2);
    }

    #[test]
    fn an_empty_ring_is_silence_on_every_channel() {
        let (mut writer, mut end, state) = playback_ring(8, 2);
        writer.push(0.5).expect("has room");
        let mut out = [1.0f32; 7];
        end.read(&mut out);
        assert_eq!(out.map(f32::to_bits), [0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0f32].map(f32::to_bits));
        assert_eq!(state.missed(), 2);
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
