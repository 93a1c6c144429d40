//! A client that reads nothing is closed as 1013 once its outbox is full; others wait for nothing.

use cinemasync_protocol::{
    ClientMessage, DisconnectReason, ErrorCode, ParticipantId, RoomCode, ServerMessage,
    decode_server, encode, limits::MAX_SDP_BYTES,
};

use crate::harness::{Client, PATIENCE, Three, chat, join, server};
use crate::raw::{FIN, Raw, TEXT};

/// What the outbox and the system's buffers hold together is far less than this many offers.
const MOST_OFFERS: usize = 4_000;

/// A client in the room that does not read from here on.
async fn enter(room: RoomCode, raw: &mut Raw) -> ParticipantId {
    raw.send(FIN | TEXT, encode(&join(room, "Slow", None)).as_bytes()).await;
    match decode_server(raw.receive().await.unwrap().text()).unwrap() {
        ServerMessage::RoomJoined { entry, .. } => entry.id,
        other => panic!("room_joined was expected, not {other:?}"),
    }
}

#[tokio::test]
async fn a_reader_that_never_reads_is_closed_as_1013_and_holds_up_nobody() {
    let server = server().await;
    let mut others = Three::meet(&server).await;
    let mut ana = Client::connect(&server).await;
    let entry = ana.create("Ana").await;
    let mut slow = Raw::with_receive_buffer(server.local_addr(), 128 * 1024).await;
    let id = enter(entry.room, &mut slow).await;
    assert!(matches!(ana.hear().await, ServerMessage::UserJoined { .. }));

    let offer =
        encode(&ClientMessage::WebrtcOffer { to: id.clone(), sdp: "v".repeat(MAX_SDP_BYTES) });
    let lost =
        ServerMessage::UserDisconnected { id, reason: DisconnectReason::Lost, host: entry.id };
    let mut sent = 0;
    loop {
        assert!(sent < MOST_OFFERS, "the server keeps everything for a client that reads nothing");
        ana.say_text(&offer).await;
        sent += 1;
        // What the sender and another room ask is answered all the while.
        let heard = ana.fence().await;
        if sent % 16 == 0 {
            others.ben.say(&chat("m", "go on", None)).await;
            for client in [&mut others.ana, &mut others.cleo] {
                assert!(matches!(client.hear().await, ServerMessage::ChatMessage { .. }));
            }
        }
        if heard.contains(&lost) {
            break;
        }
        assert_eq!(heard, []);
    }

    // Reading at last, it finds what was under way and the reason.
    let frames = tokio::time::timeout(PATIENCE, slow.rest()).await.unwrap();
    let (last, before) = frames.split_last().expect("something was under way");
    assert_eq!(last.close_code(), Some(1013));
    assert!(before.len() < sent, "{} of {sent} offers", before.len());
    for frame in before {
        let message = decode_server(frame.text()).unwrap();
        assert!(matches!(message, ServerMessage::WebrtcOffer { .. }), "{message:?}");
    }
    others.nobody_hears_more().await;
    ana.say_text(&offer).await;
    assert_eq!(ana.hear_error().await, ErrorCode::UnknownParticipant);
}
