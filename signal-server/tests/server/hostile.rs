//! Tricks of clients that mean no good: each gets its close code or its error, and a room on the same
//! server notices nothing. Faults of the framing are in `faults`, floods in `floods`.

use cinemasync_protocol::{ErrorCode, ServerMessage, decode_server, limits::MAX_MESSAGE_BYTES};
use cinemasync_server::{Config, LimitsConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::floods::flood;
use crate::harness::{Client, Three, server, server_with, soon};
use crate::raw::{FIN, Frame, PONG, Raw, TEXT, frame};

/// The codes of the errors that the frames carry.
fn errors(frames: &[Frame]) -> Vec<ErrorCode> {
    let message = |frame: &Frame| decode_server(frame.text()).unwrap();
    let errors = frames.iter().filter(|frame| frame.opcode == TEXT).map(message);
    errors
        .map(|message| match message {
            ServerMessage::Error { code, .. } => code,
            other => panic!("{other:?} was not asked for"),
        })
        .collect()
}

#[tokio::test]
async fn a_message_of_endless_empty_fragments_is_closed_as_1008() {
    let server = server().await;
    let mut room = Three::meet(&server).await;
    let mut raw = Raw::connect(server.local_addr()).await;
    raw.send(TEXT, b"{").await;
    // Many in one piece, so that the test need not write millions of times.
    let frames = flood(raw, frame(0, b"").repeat(10_000)).await;
    let codes: Vec<_> = frames.iter().map(Frame::close_code).collect();
    assert_eq!(codes, [Some(1008)]);
    room.all_is_well().await;
}

#[tokio::test]
async fn fragments_between_pongs_are_no_way_around_it() {
    let server = server().await;
    let mut room = Three::meet(&server).await;
    let mut raw = Raw::connect(server.local_addr()).await;
    raw.send(TEXT, b"{").await;
    let mut bytes = frame(FIN | PONG, b"");
    bytes.extend(frame(0, b"").repeat(100_000));
    let frames = flood(raw, bytes).await;
    assert_eq!(frames.last().and_then(Frame::close_code), Some(1008));
    room.all_is_well().await;
}

#[tokio::test]
async fn a_flood_of_longest_messages_is_refused_then_closed_as_1008() {
    let server = server().await;
    let mut room = Three::meet(&server).await;
    let raw = Raw::connect(server.local_addr()).await;
    let frames = flood(raw, frame(FIN | TEXT, &vec![b' '; MAX_MESSAGE_BYTES])).await;
    let (last, before) = frames.split_last().unwrap();
    assert_eq!(last.close_code(), Some(1008));
    let errors = errors(before);
    assert!(
        errors
            .iter()
            .all(|code| { matches!(code, ErrorCode::BadMessage | ErrorCode::RateLimited) })
    );
    assert!(errors.contains(&ErrorCode::RateLimited), "it was told before");
    room.all_is_well().await;
}

#[tokio::test]
async fn an_offer_of_compression_is_not_taken_and_compressed_frames_close_as_1002() {
    let server = server().await;
    let mut room = Three::meet(&server).await;
    let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits";
    let (mut raw, answer) = Raw::with_fields(server.local_addr(), &[offer]).await;
    assert!(
        !answer.head.to_ascii_lowercase().contains("sec-websocket-extensions"),
        "{}",
        answer.head
    );
    // A megabyte of spaces, deflated: it is not inflated.
    raw.send(FIN | 0x40 | TEXT, &[0xec, 0xc1, 0x01, 0x01]).await;
    let codes: Vec<_> = raw.rest().await.iter().map(Frame::close_code).collect();
    assert_eq!(codes, [Some(1002)]);
    room.all_is_well().await;
}

#[tokio::test]
async fn json_that_is_deep_or_says_a_thing_twice_is_answered_and_the_connection_lives() {
    let server = server().await;
    let mut room = Three::meet(&server).await;
    let mut client = Client::connect(&server).await;
    let nested = |open: &str, close: &str| {
        let depth = (MAX_MESSAGE_BYTES - 100) / (open.len() + close.len());
        format!(r#"{{"type":"leave_room","x":{}0{}}}"#, open.repeat(depth), close.repeat(depth))
    };
    for text in [
        nested("[", "]"),
        nested(r#"{"x":"#, "}"),
        "[".repeat(MAX_MESSAGE_BYTES),
        r#"{"x":"#.repeat(13_000),
        r#"{"type":"leave_room","type":"leave_room"}"#.to_owned(),
        r#"{"type":"join_room","room":"A","room":"B","name":"N","protocol":1}"#.to_owned(),
    ] {
        client.say_text(&text).await;
        assert_eq!(client.hear_error().await, ErrorCode::BadMessage, "{text:.60}");
    }
    client.create("Survivor").await;
    room.all_is_well().await;
}

#[tokio::test]
async fn web_pages_connect_from_listed_origins_only() {
    let allow_origin = vec!["https://films.example".to_owned()];
    let limits = LimitsConfig { allow_origin, ..LimitsConfig::embedded() };
    let server = server_with(Config { limits, ..Config::embedded() }).await;
    let mut room = Three::meet(&server).await;
    let address = server.local_addr();
    let connect = async |origin| Client::connect_with(address, &[("Origin", origin)]).await;
    for origin in [
        "https://evil.example",
        "http://films.example",
        "null",
        "https://films.example.evil.example",
    ] {
        assert_eq!(connect(origin).await.err(), Some(403), "{origin}");
    }
    connect("https://films.example").await.unwrap().create("Page").await;
    // One good origin beside a bad one is a bad one.
    let two = [("Origin", "https://films.example"), ("Origin", "https://evil.example")];
    assert_eq!(Client::connect_with(address, &two).await.err(), Some(403));
    room.all_is_well().await;
}

#[tokio::test]
async fn no_web_page_reaches_the_server_inside_the_app() {
    let server = server().await;
    for origin in ["http://localhost:8080", "https://films.example", "null"] {
        let refused = Client::connect_with(server.local_addr(), &[("Origin", origin)]).await;
        assert_eq!(refused.err(), Some(403), "{origin}");
    }
}

#[tokio::test]
async fn one_connection_brings_a_hundred_requests_at_most() {
    let server = server().await;
    let mut room = Three::meet(&server).await;
    let mut stream = TcpStream::connect(server.local_addr()).await.unwrap();
    let requests = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1_000);
    // The server closes it in the middle of that.
    let _ = stream.write_all(requests.as_bytes()).await;
    let mut answers = Vec::new();
    let _ = soon("the end", stream.read_to_end(&mut answers)).await;
    let answers = String::from_utf8(answers).unwrap();
    assert!(answers.matches("HTTP/1.1 200").count() <= 100);
    room.all_is_well().await;
}

#[tokio::test]
async fn connections_that_say_nothing_hold_up_nobody() {
    let server = server().await;
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(TcpStream::connect(server.local_addr()).await.unwrap());
    }
    let mut room = Three::meet(&server).await;
    room.all_is_well().await;
    // How long they may say nothing is in `http`.
    drop(silent);
}
