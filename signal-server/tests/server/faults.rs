//! What breaks the WebSocket: each fault closes its own connection with its own code, and a room on
//! the same server notices nothing.

use cinemasync_protocol::{ErrorCode, ServerMessage, decode_server, limits::MAX_MESSAGE_BYTES};
use tokio::io::AsyncWriteExt as _;

use crate::harness::{Three, chat, server};
use crate::raw::{BINARY, CLOSE, FIN, Frame, PING, PONG, Raw, TEXT, frame};

/// Sends the bytes on a connection of their own, wants the close, and a room that goes on.
async fn closes_with(code: u16, faults: &[(&str, Vec<u8>)]) {
    let server = server().await;
    let mut room = Three::meet(&server).await;
    for (what, bytes) in faults {
        let mut raw = Raw::connect(server.local_addr()).await;
        // The server may close before it has read all of it.
        let _ = raw.stream.write_all(bytes).await;
        let frames = raw.rest().await;
        let codes: Vec<_> = frames.iter().map(Frame::close_code).collect();
        assert_eq!(codes, [Some(code)], "{what}");
        room.ana.say(&chat("m", "all well?", None)).await;
        for client in [&mut room.ben, &mut room.cleo] {
            assert!(matches!(client.hear().await, ServerMessage::ChatMessage { .. }), "{what}");
        }
    }
    room.nobody_hears_more().await;
}

#[tokio::test]
async fn a_message_over_the_limit_closes_as_1009() {
    let mut fragments = frame(TEXT, &[b' '; MAX_MESSAGE_BYTES]);
    fragments.extend(frame(FIN, b" "));
    // Only announced: nothing may be kept ready for it.
    let announced = [&[FIN | TEXT, 0xff][..], &[0x7f; 8], &[0; 4]].concat();
    closes_with(
        1009,
        &[
            ("one byte too long", frame(FIN | TEXT, &vec![b' '; MAX_MESSAGE_BYTES + 1])),
            ("a megabyte", frame(FIN | TEXT, &vec![b' '; 1 << 20])),
            ("too long in fragments", fragments),
            ("an enormous length", announced),
        ],
    )
    .await;
}

#[tokio::test]
async fn text_that_is_not_utf8_closes_as_1007() {
    let mut split = frame(TEXT, b"{\"\xc3");
    split.extend(frame(FIN, b"(\"}"));
    closes_with(
        1007,
        &[
            ("a byte that never occurs", frame(FIN | TEXT, b"{\"\xff\"}")),
            ("half a character", frame(FIN | TEXT, b"\xe2\x82")),
            ("a surrogate", frame(FIN | TEXT, b"\xed\xa0\x80")),
            ("broken across fragments", split),
        ],
    )
    .await;
}

#[tokio::test]
async fn faults_of_the_framing_close_as_1002() {
    let mut interrupted = frame(TEXT, b"{");
    interrupted.extend(frame(FIN | TEXT, b"}"));
    closes_with(
        1002,
        &[
            ("not masked", [&[FIN | TEXT, 2][..], b"{}"].concat()),
            ("reserved bit 1, as of an unasked compression", frame(FIN | 0x40 | TEXT, b"{}")),
            ("reserved bit 3", frame(FIN | 0x10 | TEXT, b"{}")),
            ("reserved data opcode", frame(FIN | 3, b"{}")),
            ("reserved control opcode", frame(FIN | 11, b"")),
            ("continues nothing", frame(FIN, b"{}")),
            ("a message within another", interrupted),
            ("a ping in fragments", frame(PING, b"")),
            ("a ping too long", frame(FIN | PING, &[0; 126])),
        ],
    )
    .await;
}

#[tokio::test]
async fn binary_closes_as_1003() {
    closes_with(1003, &[("binary", frame(FIN | BINARY, b"{}"))]).await;
}

#[tokio::test]
async fn a_message_of_just_the_limit_is_read_in_one_piece_or_many() {
    let server = server().await;
    let mut raw = Raw::connect(server.local_addr()).await;
    let mut text = br#"{"type":"leave_room"}"#.to_vec();
    text.resize(MAX_MESSAGE_BYTES, b' ');
    raw.send(FIN | TEXT, &text).await;
    let (last, fragments) = text.as_chunks::<1024>().0.split_last().unwrap();
    raw.send(TEXT, &fragments[0]).await;
    for fragment in &fragments[1..] {
        raw.send(0, fragment).await;
        // A control frame may come between.
        raw.send(FIN | PONG, b"").await;
    }
    raw.send(FIN, last).await;
    for _ in 0..2 {
        let answer = raw.receive().await.unwrap();
        let message = decode_server(answer.text()).unwrap();
        assert!(
            matches!(message, ServerMessage::Error { code: ErrorCode::NotInRoom, .. }),
            "{message:?}"
        );
    }
}

#[tokio::test]
async fn pings_are_answered_with_what_they_carry() {
    let server = server().await;
    let mut raw = Raw::connect(server.local_addr()).await;
    raw.send(FIN | PING, b"are you there?").await;
    let pong = Frame { opcode: PONG, payload: b"are you there?".to_vec() };
    assert_eq!(raw.receive().await, Some(pong));
}

#[tokio::test]
async fn a_close_is_answered_with_its_code_and_nothing_after_it_is_heard() {
    let server = server().await;
    let mut raw = Raw::connect(server.local_addr()).await;
    let mut bytes = frame(FIN | CLOSE, &[&1000_u16.to_be_bytes()[..], b"bye"].concat());
    bytes.extend(frame(FIN | TEXT, br#"{"type":"leave_room"}"#));
    raw.stream.write_all(&bytes).await.unwrap();
    let codes: Vec<_> = raw.rest().await.iter().map(Frame::close_code).collect();
    assert_eq!(codes, [Some(1000)]);
}
