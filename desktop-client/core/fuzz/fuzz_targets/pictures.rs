//! Any RTP packets of a picture's stream, at any times, into the frame assembler: never a panic, and
//! after each step it has said all that it has to say.
//!
//! Each step is eight bytes and a payload: what to do, milliseconds since the step before, sequence
//! number, timestamp in pictures, length.
//! `cargo +nightly fuzz run pictures`, in the core's folder.

#![no_main]

use std::time::{Duration, Instant};

use bytes::Bytes;
use cinemasync_core::frame_assembler::FrameAssembler;
use cinemasync_core::packet::RtpPacket;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut now = Instant::now();
    let mut assembler = FrameAssembler::new();
    let mut rest = bytes;
    while let Some((head, tail)) = rest.split_first_chunk::<8>() {
        let [what, ms, s0, s1, t0, t1, t2, length] = *head;
        now += Duration::from_millis(u64::from(ms));
        let (payload, tail) = tail.split_at(usize::from(length).min(tail.len()));
        rest = tail;
        if what & 1 == 0 {
            assembler.handle_packet(RtpPacket {
                sequence: u16::from_be_bytes([s0, s1]),
                timestamp: u32::from_be_bytes([0, t0, t1, t2]).wrapping_mul(3_000),
                marker: what & 2 != 0,
                payload: Bytes::copy_from_slice(payload),
                arrived: now,
            });
        } else {
            assembler.handle_timeout(now);
        }
        let said = std::iter::from_fn(|| assembler.poll_output()).take(10_000).count();
        assert!(said < 10_000, "it talks without end");
    }
});
