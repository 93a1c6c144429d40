//! Any bytes as a message of a peer on `control`: never a panic, and what is read is written so that it
//! is read again as the same.
//!
//! `cargo +nightly fuzz run control`, in the core's folder.

#![no_main]

use cinemasync_core::control::ControlMessage;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(message) = ControlMessage::decode(text) {
        let again = ControlMessage::decode(&message.encode()).expect("what was read can be written");
        assert_eq!(again, message);
    }
});
