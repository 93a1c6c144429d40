//! Coming back after a lost connection, to a server that remembers and to one that does not.

use cinemasync_protocol::{ClientMessage, DisconnectReason, ErrorCode, ServerMessage, Token};
use cinemasync_server::{Config, ServerSecret};

use crate::harness::{Client, Three, chat, impatient_server, info, join, server, server_with};

#[tokio::test]
async fn whoever_comes_back_has_the_same_place_and_what_was_missed() {
    let server = server().await;
    let Three { ana, mut ben, mut cleo, entries: [a, b, c] } = Three::meet(&server).await;
    drop(ana);
    let mut again = Client::connect(&server).await;
    // The server may not have noticed yet; it makes no difference.
    let back = again.resume(&a.token).await;
    assert_eq!((&back.entry.id, back.entry.room), (&a.id, a.room));
    assert_eq!(back.participants, [info(&b, "Ben", false), info(&c, "Cleo", false)]);
    again.say(&ClientMessage::LockRoom { locked: true }).await;
    for client in [&mut again, &mut ben, &mut cleo] {
        assert_eq!(client.hear().await, ServerMessage::RoomLocked { locked: true });
    }

    // Relayed while nobody was there: it waits.
    drop(cleo);
    ben.say(&chat("m", "Where are you?", None)).await;
    assert!(matches!(again.hear().await, ServerMessage::ChatMessage { .. }));
    let mut cleo = Client::connect(&server).await;
    assert!(cleo.resume(&c.token).await.locked);
    for client in [&mut again, &mut ben] {
        client.hears_nothing().await;
    }
}

#[tokio::test]
async fn what_is_said_to_somebody_who_is_away_waits_for_the_return() {
    let server = server().await;
    let Three { mut ana, ben, cleo: _stays, entries: [_, b, _] } = Three::meet(&server).await;
    assert!(ben.close().await, "the server knows that the connection is gone");
    ana.say(&ClientMessage::WebrtcOffer { to: b.id.clone(), sdp: "v=0".to_owned() }).await;
    ana.say(&chat("m", "Hurry!", None)).await;
    ana.hears_nothing().await;
    let mut ben = Client::connect(&server).await;
    ben.resume(&b.token).await;
    assert!(matches!(ben.hear().await, ServerMessage::WebrtcOffer { .. }));
    assert!(matches!(ben.hear().await, ServerMessage::ChatMessage { .. }));
    ben.hears_nothing().await;
}

#[tokio::test]
async fn a_place_can_be_taken_over_from_elsewhere_and_the_old_connection_ends() {
    let server = server().await;
    let Three { ana: mut old, mut ben, cleo: _stays, entries: [a, ..] } =
        Three::meet(&server).await;
    let mut new = Client::connect(&server).await;
    assert_eq!(new.resume(&a.token).await.entry.id, a.id);
    assert_eq!(old.hear_error().await, ErrorCode::Removed);
    assert_eq!(old.closed().await, 1000);
    ben.hears_nothing().await;
    ben.say(&ClientMessage::WebrtcOffer { to: a.id, sdp: "v=0".to_owned() }).await;
    assert!(matches!(new.hear().await, ServerMessage::WebrtcOffer { .. }));
}

#[tokio::test]
async fn a_place_is_given_up_after_the_window_or_a_farewell() {
    let server = impatient_server().await;
    let Three { mut ana, ben, mut cleo, entries: [a, b, c] } = Three::meet(&server).await;
    drop(ben);
    let lost = ServerMessage::UserDisconnected {
        id: b.id,
        reason: DisconnectReason::Lost,
        host: a.id.clone(),
    };
    assert_eq!(ana.hear().await, lost);
    cleo.say(&ClientMessage::LeaveRoom).await;
    assert_eq!(cleo.hear().await, lost);
    assert_eq!(cleo.hear().await, ServerMessage::RoomLeft);
    let forged = Token::new(format!("{}x", a.token.reveal()));
    for token in [&b.token, &c.token, &forged, &Token::new("")] {
        let mut late = Client::connect(&server).await;
        late.say(&ClientMessage::Resume { token: token.clone() }).await;
        assert_eq!(late.hear_error().await, ErrorCode::ResumeExpired);
        // The connection is as good as any.
        late.create("Late").await;
    }
}

#[tokio::test]
async fn whoever_was_removed_does_not_come_back_by_its_token() {
    let server = server().await;
    let Three { mut ana, ben, cleo: _stays, entries: [_, b, _] } = Three::meet(&server).await;
    assert!(ben.close().await);
    ana.say(&ClientMessage::RemoveParticipant { id: b.id }).await;
    ana.fence().await;
    let mut ben = Client::connect(&server).await;
    ben.say(&ClientMessage::Resume { token: b.token }).await;
    assert_eq!(ben.hear_error().await, ErrorCode::Removed);
}

#[tokio::test]
async fn who_joins_a_full_room_again_under_the_same_name_takes_the_lost_place() {
    let server = server().await;
    let Three { mut ana, ben, cleo: _stays, entries: [a, b, c] } = Three::meet(&server).await;
    assert!(ben.close().await);
    let mut client = Client::connect(&server).await;
    client.say(&join(a.room, "Dora", None)).await;
    assert_eq!(client.hear_error().await, ErrorCode::RoomFull);
    let joined = client.join(a.room, "Ben").await;
    assert_ne!(joined.entry.id, b.id);
    assert_eq!(joined.participants, [info(&a, "Ana", true), info(&c, "Cleo", false)]);
    let [gone, came] = &ana.fence().await[..] else { panic!("one goes, one comes") };
    assert!(matches!(gone, ServerMessage::UserDisconnected { id, .. } if *id == b.id));
    assert!(matches!(came, ServerMessage::UserJoined { .. }));
}

#[tokio::test]
async fn a_server_with_the_same_secret_puts_the_rooms_together_again() {
    let server = server_with(with_secret(5)).await;
    let Three { ana, ben, cleo, entries: [a, b, c] } = Three::meet(&server).await;
    let mut host = Client::connect(&server).await;
    let closed = host.create_with("Dora", Some("open sesame")).await;
    drop((server, ana, ben, cleo, host));

    let server = server_with(with_secret(5)).await;
    // In whatever order they come.
    let mut cleo = Client::connect(&server).await;
    let back = cleo.resume(&c.token).await;
    assert_eq!((back.entry.room, &back.entry.id), (c.room, &c.id));
    assert_eq!(back.participants, []);
    let mut ana = Client::connect(&server).await;
    let back = ana.resume(&a.token).await;
    assert_eq!((back.entry.room, &back.entry.id), (a.room, &a.id));
    assert_eq!(back.participants, [info(&c, "Cleo", false)]);
    let participant = info(&a, "Ana", true);
    assert_eq!(cleo.hear().await, ServerMessage::UserJoined { participant });
    let mut ben = Client::connect(&server).await;
    let back = ben.resume(&b.token).await;
    assert_eq!(back.participants, [info(&a, "Ana", true), info(&c, "Cleo", false)]);
    // The host is the host, and the password the password.
    ana.say(&ClientMessage::LockRoom { locked: true }).await;
    assert!(ana.fence().await.contains(&ServerMessage::RoomLocked { locked: true }));
    let mut dora = Client::connect(&server).await;
    assert_eq!(dora.resume(&closed.token).await.entry.id, closed.id);
    let mut stranger = Client::connect(&server).await;
    stranger.say(&join(closed.room, "Eve", Some("open barley"))).await;
    assert_eq!(stranger.hear_error().await, ErrorCode::WrongPassword);
    drop(server);

    // Another secret, another server.
    let server = server_with(with_secret(6)).await;
    let mut ana = Client::connect(&server).await;
    ana.say(&ClientMessage::Resume { token: a.token }).await;
    assert_eq!(ana.hear_error().await, ErrorCode::ResumeExpired);
}

fn with_secret(byte: u8) -> Config {
    let mut config = Config::embedded();
    config.secret.key = Some(ServerSecret([byte; 32]));
    config
}
