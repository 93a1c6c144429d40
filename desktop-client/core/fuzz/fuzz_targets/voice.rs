//! Any RTP packets of a voice, at any times, into the jitter buffer: never a panic, never without an
//! answer, and never more held than is allowed.
//!
//! Each step is eight bytes and a payload: what to do, milliseconds since the step before, sequence
//! number, timestamp in hundredths of a second, length.
//! `cargo +nightly fuzz run voice`, in the core's folder.

#![no_main]

use std::time::{Duration, Instant};

use bytes::Bytes;
use cinemasync_core::jitter_buffer::{JitterBuffer, Pull};
use cinemasync_core::packet::RtpPacket;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut now = Instant::now();
    let mut buffer = JitterBuffer::new();
    let mut rest = bytes;
    while let Some((head, tail)) = rest.split_first_chunk::<8>() {
        let [what, ms, s0, s1, t0, t1, t2, length] = *head;
        now += Duration::from_millis(u64::from(ms));
        let (payload, tail) = tail.split_at(usize::from(length).min(tail.len()));
        rest = tail;
        if what & 1 == 0 {
            buffer.insert(RtpPacket {
                sequence: u16::from_be_bytes([s0, s1]),
                timestamp: u32::from_be_bytes([0, t0, t1, t2]).wrapping_mul(480),
                marker: what & 2 != 0,
                payload: Bytes::copy_from_slice(payload),
                arrived: now,
            });
            continue;
        }
        let samples = match buffer.pull(now, what & 2 != 0) {
            Pull::Play(packet) | Pull::Merge(packet, _) => packet.len(),
            Pull::Fec { samples, .. }
            | Pull::Conceal { samples }
            | Pull::Rest { samples }
            | Pull::Silence { samples } => samples as usize,
        };
        assert!(samples > 0, "or the mixer would ask without end");
        let stats = buffer.stats();
        assert!(stats.concealed_samples + stats.recovered_samples <= stats.played_samples);
    }
});
