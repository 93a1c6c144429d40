//! One room of three: who is told what, exactly, and nobody else anything.

use std::time::{SystemTime, UNIX_EPOCH};

use cinemasync_protocol::{
    ClientMessage, DisconnectReason, ErrorCode, IceCandidate, ParticipantId, RoomCode,
    ServerMessage,
};
use cinemasync_server::{Config, Server};

use crate::harness::{Client, Three, chat, impatient_server, info, join, server, server_with};

fn gone(id: &ParticipantId, reason: DisconnectReason, host: &ParticipantId) -> ServerMessage {
    ServerMessage::UserDisconnected { id: id.clone(), reason, host: host.clone() }
}

#[tokio::test]
async fn a_room_has_a_code_an_id_a_token_and_ice_servers_for_each() {
    let stun_url = vec!["stun:one.example:3478".to_owned(), "stun:two.example".to_owned()];
    let server = server_with(Config { max_participants: 5, stun_url, ..Config::embedded() }).await;
    let (mut ana, mut ben) = (Client::connect(&server).await, Client::connect(&server).await);
    let first = ana.create("  Ana ").await;
    let joined = ben.join(first.room, "Ben").await;
    let second = &joined.entry;
    assert_eq!(joined.participants, [info(&first, "Ana", true)]);
    assert!(!joined.locked);
    assert_eq!((second.room, second.max_participants, first.max_participants), (first.room, 5, 5));
    assert_ne!(second.id, first.id);
    assert_ne!(second.token, first.token);
    for entry in [&first, second] {
        let [ice] = &entry.ice_servers[..] else { panic!("one entry of two addresses") };
        assert_eq!(ice.urls, ["stun:one.example:3478", "stun:two.example"]);
        assert_eq!((&ice.username, &ice.credential), (&None, &None));
    }
}

#[tokio::test]
async fn a_newcomer_learns_of_the_others_oldest_first() {
    let server = impatient_server().await;
    let three = Three::meet(&server).await;
    let mut late = Client::connect(&server).await;
    late.say(&join(three.entries[0].room, "Dora", None)).await;
    assert_eq!(late.hear_error().await, ErrorCode::RoomFull);

    drop(three.ben);
    let mut ana = three.ana;
    let [a, b, c] = three.entries.each_ref();
    assert_eq!(ana.hear().await, gone(&b.id, DisconnectReason::Lost, &a.id));
    let joined = late.join(a.room, "Dora").await;
    assert_eq!(joined.participants, [info(a, "Ana", true), info(c, "Cleo", false)]);
}

#[tokio::test]
async fn a_code_is_read_as_people_type_it() {
    let server = server().await;
    let (mut ana, mut ben) = (Client::connect(&server).await, Client::connect(&server).await);
    let room = ana.create("Ana").await.room.to_string();
    let typed = format!(" {}-{} ", room[..4].to_lowercase(), &room[4..]);
    ben.say(&ClientMessage::JoinRoom {
        room: typed,
        name: "Ben".to_owned(),
        protocol: 1,
        password: None,
    })
    .await;
    assert!(matches!(ben.hear().await, ServerMessage::RoomJoined { .. }));
}

#[tokio::test]
async fn offers_answers_and_candidates_go_to_the_one_they_are_for() {
    let server = server().await;
    let mut three = Three::meet(&server).await;
    let [a, b, c] = three.ids();
    let sdp = "v=0\r\nä".to_owned();
    let candidate = Some(IceCandidate {
        candidate: "candidate:1 1 udp 1 192.0.2.1 9 typ host".to_owned(),
        sdp_mid: Some("0".to_owned()),
        sdp_m_line_index: Some(0),
        username_fragment: None,
    });
    three.cleo.say(&ClientMessage::WebrtcOffer { to: a.clone(), sdp: sdp.clone() }).await;
    let heard = three.ana.hear().await;
    assert_eq!(heard, ServerMessage::WebrtcOffer { from: c.clone(), sdp: sdp.clone() });
    three.ana.say(&ClientMessage::WebrtcAnswer { to: c.clone(), sdp: sdp.clone() }).await;
    assert_eq!(three.cleo.hear().await, ServerMessage::WebrtcAnswer { from: a.clone(), sdp });
    for candidate in [candidate, None] {
        let to = c.clone();
        let trickled = ClientMessage::WebrtcIceCandidate { to, candidate: candidate.clone() };
        three.ben.say(&trickled).await;
        let relayed = ServerMessage::WebrtcIceCandidate { from: b.clone(), candidate };
        assert_eq!(three.cleo.hear().await, relayed);
    }
    three.nobody_hears_more().await;
}

#[tokio::test]
async fn the_sender_is_who_the_server_says_whatever_was_written() {
    let server = server().await;
    let mut three = Three::meet(&server).await;
    let [a, b, c] = three.ids();
    let text = format!(
        r#"{{"type":"webrtc_offer","from":"{a}","to":"{c}","sdp":"v=0","at":1,"extra":[{{}}]}}"#
    );
    three.ben.say_text(&text).await;
    let heard = three.cleo.hear().await;
    assert_eq!(heard, ServerMessage::WebrtcOffer { from: b.clone(), sdp: "v=0".to_owned() });
    three.ben.say_text(&format!(r#"{{"type":"screen_share_started","from":"{a}"}}"#)).await;
    let shared = ServerMessage::ScreenShareStarted { from: b };
    assert_eq!(three.cleo.hear().await, shared);
    assert_eq!(three.ana.hear().await, shared);
    three.nobody_hears_more().await;
}

#[tokio::test]
async fn chat_goes_to_everybody_else_or_to_those_named_once_each() {
    let server = server().await;
    let mut three = Three::meet(&server).await;
    let [a, b, c] = three.ids();
    let unix_ms = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let before = unix_ms();
    three.ana.say(&chat("m1", "Hello 👋", None)).await;
    for client in [&mut three.ben, &mut three.cleo] {
        let ServerMessage::ChatMessage { from, id, text, at } = client.hear().await else {
            panic!("a chat message was expected")
        };
        assert_eq!((from, &id[..], &text[..]), (a.clone(), "m1", "Hello 👋"));
        assert!((before..=unix_ms()).contains(&u128::from(at)), "at {at}");
    }
    three.ana.say(&chat("m2", "to Cleo", Some(&[&c, &c]))).await;
    let heard = three.cleo.hear().await;
    assert!(matches!(heard, ServerMessage::ChatMessage { id, .. } if id == "m2"));
    three.nobody_hears_more().await;

    // One of the two is unknown: the other gets it and the sender learns of it.
    let nobody = ParticipantId::new("nobody");
    three.cleo.say(&chat("m3", "to Ben", Some(&[&nobody, &b]))).await;
    assert_eq!(three.cleo.hear_error().await, ErrorCode::UnknownParticipant);
    let heard = three.ben.hear().await;
    assert!(matches!(heard, ServerMessage::ChatMessage { id, .. } if id == "m3"));
    three.nobody_hears_more().await;
}

#[tokio::test]
async fn chat_arrives_in_the_order_it_was_sent() {
    let server = server().await;
    let mut three = Three::meet(&server).await;
    for number in 0..100 {
        three.ana.say(&chat(&number.to_string(), "one of many", None)).await;
    }
    for number in 0..100 {
        let heard = three.cleo.hear().await;
        let expected = number.to_string();
        assert!(matches!(heard, ServerMessage::ChatMessage { id, .. } if id == expected));
    }
}

#[tokio::test]
async fn who_comes_late_learns_who_shares_a_screen() {
    let server = server().await;
    let (mut ana, mut ben, mut cleo) = (
        Client::connect(&server).await,
        Client::connect(&server).await,
        Client::connect(&server).await,
    );
    let first = ana.create("Ana").await;
    ana.say(&ClientMessage::ScreenShareStarted).await;
    ana.hears_nothing().await;
    let sharing = |is| {
        let participant = info(&first, "Ana", true);
        cinemasync_protocol::ParticipantInfo { screen_sharing: is, ..participant }
    };
    assert_eq!(ben.join(first.room, "Ben").await.participants, [sharing(true)]);
    ana.say(&ClientMessage::ScreenShareStopped).await;
    let stopped = ServerMessage::ScreenShareStopped { from: first.id.clone() };
    assert_eq!(ben.hear().await, stopped);
    assert_eq!(cleo.join(first.room, "Cleo").await.participants[0], sharing(false));
}

#[tokio::test]
async fn when_the_host_leaves_the_one_longest_here_is_host() {
    let server = server().await;
    let mut three = Three::meet(&server).await;
    let [a, b, c] = three.ids();
    three.ana.say(&ClientMessage::LeaveRoom).await;
    assert_eq!(three.ana.hear().await, ServerMessage::RoomLeft);
    let left = gone(&a, DisconnectReason::Left, &b);
    assert_eq!(three.ben.hear().await, left);
    assert_eq!(three.cleo.hear().await, left);
    three.nobody_hears_more().await;

    // Ben may now what only a host may; Ana comes back as the newest.
    three.ben.say(&ClientMessage::LockRoom { locked: false }).await;
    assert_eq!(three.ben.hear().await, ServerMessage::RoomLocked { locked: false });
    assert_eq!(three.cleo.hear().await, ServerMessage::RoomLocked { locked: false });
    let joined = three.ana.join(three.entries[0].room, "Ana").await;
    let [_, second, third] = three.entries.each_ref();
    assert_eq!(joined.participants, [info(second, "Ben", true), info(third, "Cleo", false)]);
    assert_eq!(joined.participants[1].id, c);
}

#[tokio::test]
async fn a_locked_room_lets_nobody_in_until_it_is_opened() {
    let server = server().await;
    let (mut ana, mut ben) = (Client::connect(&server).await, Client::connect(&server).await);
    let room = ana.create("Ana").await.room;
    ana.say(&ClientMessage::LockRoom { locked: true }).await;
    assert_eq!(ana.hear().await, ServerMessage::RoomLocked { locked: true });
    ben.say(&join(room, "Ben", None)).await;
    assert_eq!(ben.hear_error().await, ErrorCode::RoomLocked);
    ana.hears_nothing().await;
    ana.say(&ClientMessage::LockRoom { locked: false }).await;
    assert_eq!(ana.hear().await, ServerMessage::RoomLocked { locked: false });
    ben.join(room, "Ben").await;
}

#[tokio::test]
async fn the_removed_one_is_told_and_the_rest_too() {
    let server = server().await;
    let mut three = Three::meet(&server).await;
    let [a, b, _] = three.ids();
    three.ana.say(&ClientMessage::RemoveParticipant { id: b.clone() }).await;
    assert_eq!(three.ben.hear_error().await, ErrorCode::Removed);
    let removed = gone(&b, DisconnectReason::Removed, &a);
    assert_eq!(three.ana.hear().await, removed);
    assert_eq!(three.cleo.hear().await, removed);
    three.nobody_hears_more().await;
    // Out of the room, but not out of the server.
    three.ben.say(&chat("m", "still here?", None)).await;
    assert_eq!(three.ben.hear_error().await, ErrorCode::NotInRoom);
    three.ben.create("Ben").await;
}

#[tokio::test]
async fn a_broken_connection_is_told_as_lost() {
    let server = impatient_server().await;
    let Three { mut ana, mut ben, cleo, entries: [a, b, c] } = Three::meet(&server).await;
    drop(cleo); // The end of the stream, without a close.
    let lost = gone(&c.id, DisconnectReason::Lost, &a.id);
    assert_eq!(ben.hear().await, lost);
    assert_eq!(ana.hear().await, lost);
    // With something unread in its buffer the system resets the connection instead.
    ben.say(&chat("m", "read me", None)).await;
    ben.hears_nothing().await;
    drop(ana);
    assert_eq!(ben.hear().await, gone(&a.id, DisconnectReason::Lost, &b.id));
    ben.hears_nothing().await;
}

#[tokio::test]
async fn a_close_is_answered_and_told_as_lost() {
    let server = impatient_server().await;
    let Three { mut ana, ben, cleo: _stays, entries: [a, b, _] } = Three::meet(&server).await;
    assert!(ben.close().await, "the server answers a close");
    assert_eq!(ana.hear().await, gone(&b.id, DisconnectReason::Lost, &a.id));
}

#[tokio::test]
async fn rooms_hear_nothing_of_each_other_and_end_with_their_last() {
    let server = server().await;
    let mut one = Three::meet(&server).await;
    let mut other = Three::meet(&server).await;
    assert_ne!(one.entries[0].room, other.entries[0].room);
    one.ana.say(&chat("m", "for my room", None)).await;
    one.ana.hears_nothing().await;
    other.nobody_hears_more().await;
    // Nor can they reach into each other.
    let stranger = other.ids()[0].clone();
    one.ana.say(&ClientMessage::WebrtcOffer { to: stranger, sdp: "v=0".to_owned() }).await;
    assert_eq!(one.ana.hear_error().await, ErrorCode::UnknownParticipant);
    other.nobody_hears_more().await;

    let room = one.entries[0].room;
    for client in [&mut one.ana, &mut one.ben, &mut one.cleo] {
        client.say(&ClientMessage::LeaveRoom).await;
        while client.hear().await != ServerMessage::RoomLeft {}
    }
    assert_eq!(refused(&server, room).await, ErrorCode::RoomNotFound);
}

async fn refused(server: &Server, room: RoomCode) -> ErrorCode {
    let mut client = Client::connect(server).await;
    client.say(&join(room, "Dora", None)).await;
    client.hear_error().await
}
