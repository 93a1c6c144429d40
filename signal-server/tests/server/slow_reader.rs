//! A client that reads nothing is closed as 1013 once its outbox is full; others wait for nothing.

use cinemasync_protocol::{
    ClientMessage, ParticipantId, RoomCode, ServerMessage, decode_server, encode,
    limits::MAX_SDP_BYTES,
};
use cinemasync_server::{Config, Server};

use crate::harness::{Client, PATIENCE, Three, chat, join, server_with};
use crate::raw::{FIN, Raw, TEXT, get};

/// What the outbox and the system's buffers hold together is far less than the offers of so many.
const TALKERS: usize = 14;
/// Stays within what one connection may send at once.
const OFFERS_OF_EACH: usize = 100;

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
    let server = server_with(Config { max_participants: 16, ..Config::embedded() }).await;
    let mut others = Three::meet(&server).await;
    let mut ana = Client::connect(&server).await;
    let entry = ana.create("Ana").await;
    let mut slow = Raw::with_receive_buffer(server.local_addr(), 128 * 1024).await;
    let id = enter(entry.room, &mut slow).await;
    let mut talkers = Vec::new();
    for _ in 0..TALKERS {
        let mut talker = Client::connect(&server).await;
        talker.join(entry.room, "Talker").await;
        talkers.push(talker);
    }
    for talker in &mut talkers {
        talker.fence().await;
    }
    assert_eq!(ana.fence().await.len(), 1 + TALKERS);

    let sdp = "v".repeat(MAX_SDP_BYTES);
    let offer = encode(&ClientMessage::WebrtcOffer { to: id, sdp });
    let everybody = connections(&server).await;
    let mut sent = 0;
    'talking: for talker in &mut talkers {
        for _ in 0..OFFERS_OF_EACH {
            talker.say_text(&offer).await;
            sent += 1;
            // What the sender and another room ask is answered all the while.
            let heard = talker.fence().await;
            assert_eq!(heard, []);
            if sent % 16 == 0 {
                others.ben.say(&chat("m", "go on", None)).await;
                for client in [&mut others.ana, &mut others.cleo] {
                    assert!(matches!(client.hear().await, ServerMessage::ChatMessage { .. }));
                }
            }
            if connections(&server).await < everybody {
                break 'talking;
            }
        }
    }

    // Reading at last, it finds what was under way and the reason.
    let frames = tokio::time::timeout(PATIENCE, slow.rest()).await.unwrap();
    let (last, before) = frames.split_last().expect("something was under way");
    assert_eq!(last.close_code(), Some(1013));
    assert!(before.len() < TALKERS + sent, "{} of {sent} offers", before.len());
    for frame in before {
        let message = decode_server(frame.text()).unwrap();
        assert!(
            matches!(message, ServerMessage::WebrtcOffer { .. } | ServerMessage::UserJoined { .. }),
            "{message:?}"
        );
    }
    others.nobody_hears_more().await;
    // Its place is kept, as after any lost connection.
    ana.hears_nothing().await;
    ana.say_text(&offer).await;
    ana.hears_nothing().await;
}

async fn connections(server: &Server) -> u64 {
    let health = get(server.local_addr(), "/health", &[]).await.json();
    health["connections"].as_u64().unwrap()
}
