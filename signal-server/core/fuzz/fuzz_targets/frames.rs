//! Any bytes as a client's WebSocket frames: never a panic, the same frames in whatever pieces the
//! bytes come, and the same texts as another implementation hears.
//!
//! `cargo +nightly fuzz run frames`, in the server core's folder.

#![no_main]

use std::io::{Cursor, Read, Write};

use cinemasync_server_core::{Frame, FrameReader};
use libfuzzer_sys::fuzz_target;
use tungstenite::protocol::{Role, WebSocketConfig};
use tungstenite::{Message, WebSocket};

const MAX: usize = 64 * 1024;

/// What we hear, up to the first fault, close or binary frame.
fn ours(bytes: &[u8], piece: usize) -> (Vec<Frame>, bool) {
    let (mut reader, mut frames) = (FrameReader::new(MAX), Vec::new());
    for mut piece in bytes.chunks(piece) {
        while !piece.is_empty() {
            match reader.read(&mut piece) {
                Ok(Some(end @ (Frame::Close(_) | Frame::Binary))) => {
                    frames.push(end);
                    return (frames, false);
                }
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => assert!(piece.is_empty()),
                Err(_) => return (frames, true),
            }
        }
    }
    (frames, false)
}

/// Reads the bytes and swallows what is written.
struct Stream<'a>(Cursor<&'a [u8]>);

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Stream<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The texts that the other implementation hears.
fn theirs(bytes: &[u8]) -> Vec<String> {
    let config =
        WebSocketConfig::default().max_message_size(Some(MAX)).max_frame_size(Some(MAX));
    let stream = Stream(Cursor::new(bytes));
    let mut socket = WebSocket::from_raw_socket(stream, Role::Server, Some(config));
    let mut texts = Vec::new();
    loop {
        match socket.read() {
            Ok(Message::Text(text)) => texts.push(text.to_string()),
            Ok(Message::Ping(_) | Message::Pong(_)) => {}
            _ => return texts,
        }
    }
}

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, bytes) = (usize::from(input.0) + 1, input.1);
    let whole = ours(bytes, bytes.len().max(1));
    assert_eq!(ours(bytes, piece), whole);
    let texts: Vec<String> = whole
        .0
        .into_iter()
        .filter_map(|frame| if let Frame::Text(text) = frame { Some(text) } else { None })
        .collect();
    // A binary message ends ours at its head and theirs at its end, and nothing comes between but
    // control frames.
    assert_eq!(theirs(bytes), texts);
});
