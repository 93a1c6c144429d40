//! Any bytes as a message of a client and of the server: never a panic, and what is read is written
//! so that it is read again as the same.
//!
//! `cargo +nightly fuzz run decode fuzz/corpus/decode tests/golden/client tests/golden/server`, in
//! the protocol's folder, starts from the golden files.

#![no_main]

use cinemasync_protocol::{RoomCode, decode_client, decode_server, encode, limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(message) = decode_client(text) {
        assert_eq!(decode_client(&encode(&message)).ok(), Some(message));
    }
    if let Ok(message) = decode_server(text) {
        assert_eq!(decode_server(&encode(&message)).ok(), Some(message));
    }
    if let Ok(code) = text.parse::<RoomCode>() {
        assert_eq!(code.as_str().parse(), Ok(code));
    }
    if let Some(name) = limits::normalize_name(text) {
        assert_eq!(limits::normalize_name(&name), Some(name));
    }
});
