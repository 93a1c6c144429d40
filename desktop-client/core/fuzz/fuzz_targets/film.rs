//! Any messages of somebody from whom a film comes, in any order, into the intake: never a panic, never more asked
//! for than is allowed, and after each step it has said all that it has to say.
//!
//! Each step is a source, milliseconds since the step before, a length, and that many bytes of a message.
//! `cargo +nightly fuzz run film`, in the core's folder.

#![no_main]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cinemasync_core::film_blocks::BlockSet;
use cinemasync_core::film_exchange::intake::{Intake, IntakeInput, IntakeOutput};
use cinemasync_core::film_exchange::message::BulkMessage;
use cinemasync_protocol::ParticipantId;
use libfuzzer_sys::fuzz_target;

const BLOCKS: u32 = 100;

fuzz_target!(|bytes: &[u8]| {
    let mut now = Instant::now();
    let mut intake = Intake::new(BlockSet::none(BLOCKS), now);
    let mut asked = BTreeSet::new();
    let mut rest = bytes;
    while let Some((head, tail)) = rest.split_first_chunk::<3>() {
        let [source, ms, length] = *head;
        now += Duration::from_millis(u64::from(ms) * 8);
        let (message, tail) = tail.split_at(usize::from(length).min(tail.len()));
        rest = tail;
        let from = ParticipantId::new((source % 3).to_string());
        let input = match BulkMessage::decode(Bytes::copy_from_slice(message)) {
            Some(BulkMessage::Has(runs)) => IntakeInput::Has(from, runs),
            Some(BulkMessage::Piece { block, data, .. }) => {
                IntakeInput::Piece { from, block, bytes: data.len() as u64 }
            }
            Some(BulkMessage::Sorry(block)) => IntakeInput::Sorry { from, block },
            Some(BulkMessage::Film(_)) => IntakeInput::SourceUp(from),
            Some(BulkMessage::Unask(block)) if block % 2 == 0 => IntakeInput::Stored(block),
            Some(BulkMessage::Unask(block)) => IntakeInput::Lost(block),
            Some(BulkMessage::Ask { block, urgent }) => IntakeInput::Reads { block, waits: urgent },
            Some(BulkMessage::AskHashes(block)) => IntakeInput::False { from, block },
            Some(BulkMessage::Hashes(..)) => IntakeInput::SourceGone(from),
            None => IntakeInput::Timeout,
        };
        intake.handle(input, now);
        let mut said = 0;
        while let Some(output) = intake.poll_output() {
            said += 1;
            assert!(said < 10_000, "it talks without end");
            match output {
                IntakeOutput::Ask { block, .. } => {
                    assert!(block < BLOCKS);
                    asked.insert(block);
                }
                IntakeOutput::Unask { block, .. } => assert!(asked.contains(&block)),
                IntakeOutput::Leave(_) | IntakeOutput::Complete => {}
            }
        }
    }
});
