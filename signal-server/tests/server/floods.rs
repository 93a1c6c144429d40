//! Who says too much is refused, then closed as 1008; the room it is in goes on.

use cinemasync_protocol::{
    ClientMessage, DisconnectReason, ErrorCode, ServerMessage, decode_server, encode,
};
use tokio::io::AsyncWriteExt as _;

use crate::harness::{Client, chat, impatient_server, join, server};
use crate::raw::{FIN, Frame, PING, PONG, Raw, TEXT, frame};

/// Far more than a server takes at once, whatever the machine.
const FLOOD: usize = 20_000;

/// Sends it again and again and gives back everything that came until the end.
pub(crate) async fn flood(raw: Raw, bytes: Vec<u8>) -> Vec<Frame> {
    let (reading, mut writing) = raw.stream.into_split();
    let writing = tokio::spawn(async move {
        for _ in 0..FLOOD {
            // The server ends the connection in the middle of it.
            if writing.write_all(&bytes).await.is_err() {
                break;
            }
        }
        writing
    });
    let frames = crate::raw::rest(reading).await;
    drop(writing.await.unwrap());
    frames
}

#[tokio::test]
async fn a_flood_is_refused_then_closed_as_1008_and_the_room_goes_on() {
    let server = impatient_server().await;
    let (mut ana, mut ben) = (Client::connect(&server).await, Client::connect(&server).await);
    let entry = ana.create("Ana").await;
    ben.join(entry.room, "Ben").await;
    let mut raw = Raw::connect(server.local_addr()).await;
    raw.send(FIN | TEXT, encode(&join(entry.room, "Loud", None)).as_bytes()).await;
    raw.receive().await.unwrap();

    let nonsense = frame(FIN | TEXT, encode(&ClientMessage::LockRoom { locked: true }).as_bytes());
    let frames = flood(raw, nonsense).await;
    let (last, before) = frames.split_last().unwrap();
    assert_eq!(last.close_code(), Some(1008));
    let (mut answered, mut refused) = (0, 0);
    for frame in before {
        match decode_server(frame.text()).unwrap() {
            ServerMessage::Error { code: ErrorCode::NotHost, .. } => answered += 1,
            ServerMessage::Error { code: ErrorCode::RateLimited, retry_after_ms, .. } => {
                assert!(retry_after_ms.is_some_and(|ms| ms > 0));
                refused += 1;
            }
            other => panic!("{other:?} was not asked for"),
        }
    }
    assert!(answered >= 900 && refused >= 1, "{answered} answered, {refused} refused");

    ana.say(&chat("m", "What was that?", None)).await;
    assert!(matches!(ben.hear().await, ServerMessage::UserJoined { .. }));
    assert!(matches!(ben.hear().await, ServerMessage::ChatMessage { .. }));
    let gone = ben.hear().await;
    assert!(
        matches!(gone, ServerMessage::UserDisconnected { reason: DisconnectReason::Lost, .. }),
        "{gone:?}"
    );
}

#[tokio::test]
async fn a_flood_of_pings_is_closed_as_1008() {
    let server = server().await;
    let raw = Raw::connect(server.local_addr()).await;
    let frames = flood(raw, frame(FIN | PING, b"?")).await;
    let (last, before) = frames.split_last().unwrap();
    assert_eq!(last.close_code(), Some(1008));
    assert!(before.iter().all(|frame| matches!(frame.opcode, PONG | TEXT)));
}
