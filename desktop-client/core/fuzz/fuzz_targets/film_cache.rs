//! Any bytes as the index of a film in the cache, which may be broken: never a panic, and nothing that cannot
//! be is read.
//!
//! `cargo +nightly fuzz run film_cache`, in the core's folder.

#![no_main]

use cinemasync_core::film_blocks::block_count;
use cinemasync_core::film_cache::{max_slots, read_records};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u64, u32, &[u8])| {
    let (film_bytes, first, records) = input;
    let blocks = block_count(film_bytes).unwrap_or(0);
    for (block, stored) in read_records(film_bytes, first, records) {
        assert!(block >= first && block < blocks && stored.slot < max_slots(blocks));
    }
});
