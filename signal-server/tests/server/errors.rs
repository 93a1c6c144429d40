//! Every error code that this server can answer with; after each the connection lives.

use cinemasync_protocol::{ClientMessage, ErrorCode, IceCandidate, ParticipantId, Token, limits};
use cinemasync_server::Config;

use crate::harness::{Client, Three, chat, create, join, server, server_with};

/// Sends each text, wants its code, and the connection must live on.
async fn each_is_refused(client: &mut Client, cases: &[(String, ErrorCode)]) {
    for (text, code) in cases {
        client.say_text(text).await;
        assert_eq!(
            client.hear_error().await,
            *code,
            "{}",
            text.chars().take(90).collect::<String>()
        );
    }
    client.hears_nothing().await;
}

fn text(message: &ClientMessage) -> String {
    cinemasync_protocol::encode(message)
}

#[tokio::test]
async fn texts_that_are_no_messages_are_answered_and_the_connection_lives() {
    let server = server().await;
    let mut client = Client::connect(&server).await;
    let malformed = [
        "",
        " ",
        "null",
        "[]",
        "7",
        "\"leave_room\"",
        "{",
        "{}",
        "{\"type\":7}",
        "[\"leave_room\"]",
        r#"{"type":"join_room"}"#,
        r#"{"type":"join_room","room":7,"name":"Ana","protocol":1}"#,
        r#"{"type":"create_room","name":"Ana","protocol":-1}"#,
        r#"{"type":"create_room","name":"Ana","protocol":"1"}"#,
        r#"{"type":"create_room","name":"Ana","name":"Ben","protocol":1}"#,
        r#"{"type":"leave_room"} {"type":"leave_room"}"#,
        r#"{"type":"webrtc_ice_candidate","to":"x"}"#,
        r#"{"type":"chat_message","id":"1","text":"\ud800"}"#,
        r#"{"name":"Ana","protocol":1}"#,
    ];
    let cases: Vec<_> =
        malformed.iter().map(|text| ((*text).to_owned(), ErrorCode::BadMessage)).collect();
    each_is_refused(&mut client, &cases).await;
    let deep =
        format!(r#"{{"type":"leave_room","x":{}{}}}"#, "[".repeat(30_000), "]".repeat(30_000));
    each_is_refused(&mut client, &[(deep, ErrorCode::BadMessage)]).await;
    let unknown = [r#"{"type":"dance"}"#, r#"{"type":"Leave_Room"}"#, r#"{"type":""}"#];
    let cases = unknown.map(|text| (text.to_owned(), ErrorCode::UnknownMessage));
    each_is_refused(&mut client, &cases).await;
    client.create("Ana").await;
}

#[tokio::test]
async fn outside_of_rooms_only_entering_one_is_allowed() {
    let server = server().await;
    let mut client = Client::connect(&server).await;
    let to = ParticipantId::new("somebody");
    let sdp = "v=0".to_owned();
    let not_in_room = [
        ClientMessage::LeaveRoom,
        ClientMessage::WebrtcOffer { to: to.clone(), sdp: sdp.clone() },
        ClientMessage::WebrtcAnswer { to: to.clone(), sdp },
        ClientMessage::WebrtcIceCandidate { to: to.clone(), candidate: None },
        chat("1", "anybody?", None),
        ClientMessage::ScreenShareStarted,
        ClientMessage::ScreenShareStopped,
        ClientMessage::LockRoom { locked: true },
        ClientMessage::RemoveParticipant { id: to },
    ];
    let cases = not_in_room.map(|message| (text(&message), ErrorCode::NotInRoom));
    each_is_refused(&mut client, &cases).await;
    let cases = [
        (text(&ClientMessage::Resume { token: Token::new("made up") }), ErrorCode::ResumeExpired),
        (
            r#"{"type":"create_room","name":"Ana","protocol":2}"#.to_owned(),
            ErrorCode::UnsupportedProtocol,
        ),
        (
            r#"{"type":"join_room","room":"ABCDEFGH","name":"Ana","protocol":0}"#.to_owned(),
            ErrorCode::UnsupportedProtocol,
        ),
        (text(&create(" \t ", None)), ErrorCode::NameInvalid),
        (text(&create("A\u{7}na", None)), ErrorCode::NameInvalid),
        (text(&create(&"é".repeat(limits::MAX_NAME_CHARS + 1), None)), ErrorCode::NameInvalid),
        (
            text(&create("Ana", Some(&"p".repeat(limits::MAX_PASSWORD_BYTES + 1)))),
            ErrorCode::TooLarge,
        ),
        (
            r#"{"type":"join_room","room":"ABCDEFGH","name":"Ana","protocol":1}"#.to_owned(),
            ErrorCode::RoomNotFound,
        ),
        (
            r#"{"type":"join_room","room":"NO SUCH!","name":"Ana","protocol":1}"#.to_owned(),
            ErrorCode::RoomNotFound,
        ),
    ];
    each_is_refused(&mut client, &cases).await;
    client.create(&"é".repeat(limits::MAX_NAME_CHARS)).await;
}

#[tokio::test]
async fn in_a_room_what_is_too_long_or_for_nobody_is_not_relayed() {
    let server = server().await;
    let mut three = Three::meet(&server).await;
    let [own, to, _] = three.ids();
    let offer = |to: &ParticipantId, bytes| {
        text(&ClientMessage::WebrtcOffer { to: to.clone(), sdp: "v".repeat(bytes) })
    };
    let candidate = ClientMessage::WebrtcIceCandidate {
        to: to.clone(),
        candidate: Some(IceCandidate {
            candidate: "c".repeat(limits::MAX_CANDIDATE_BYTES + 1),
            sdp_mid: None,
            sdp_m_line_index: None,
            username_fragment: None,
        }),
    };
    let crowd = vec![&to; limits::MAX_MAX_PARTICIPANTS + 1];
    let nobody = ParticipantId::new("nobody");
    let remove = |id: &ParticipantId| text(&ClientMessage::RemoveParticipant { id: id.clone() });
    let cases = [
        (offer(&to, limits::MAX_SDP_BYTES + 1), ErrorCode::TooLarge),
        (offer(&to, 0), ErrorCode::BadMessage),
        (text(&candidate), ErrorCode::TooLarge),
        (text(&chat("1", &"é".repeat(limits::MAX_CHAT_CHARS + 1), None)), ErrorCode::TooLarge),
        (text(&chat(&"1".repeat(limits::MAX_ID_BYTES + 1), "hello", None)), ErrorCode::TooLarge),
        (text(&chat("1", "hello", Some(&crowd))), ErrorCode::TooLarge),
        (text(&chat("1", "", None)), ErrorCode::BadMessage),
        (text(&chat("", "hello", None)), ErrorCode::BadMessage),
        (offer(&nobody, 3), ErrorCode::UnknownParticipant),
        (offer(&own, 3), ErrorCode::UnknownParticipant),
        (text(&chat("1", "hello", Some(&[&own]))), ErrorCode::UnknownParticipant),
        (remove(&nobody), ErrorCode::UnknownParticipant),
        (remove(&own), ErrorCode::UnknownParticipant),
        (text(&create("Ana", None)), ErrorCode::AlreadyInRoom),
        (text(&join(three.entries[0].room, "Ana", None)), ErrorCode::AlreadyInRoom),
        (text(&ClientMessage::Resume { token: Token::new("x") }), ErrorCode::AlreadyInRoom),
    ];
    each_is_refused(&mut three.ana, &cases).await;
    three.nobody_hears_more().await;

    // What is just within the limits passes.
    three.ana.say(&chat("1", &"é".repeat(limits::MAX_CHAT_CHARS), None)).await;
    three.ana.say_text(&offer(&to, limits::MAX_SDP_BYTES)).await;
    three.ana.hears_nothing().await;
    assert_eq!(three.ben.fence().await.len(), 2);
}

#[tokio::test]
async fn only_the_host_locks_and_removes() {
    let server = server().await;
    let mut three = Three::meet(&server).await;
    let [a, ..] = three.ids();
    let cases = [
        (text(&ClientMessage::LockRoom { locked: true }), ErrorCode::NotHost),
        (text(&ClientMessage::RemoveParticipant { id: a }), ErrorCode::NotHost),
    ];
    each_is_refused(&mut three.ben, &cases).await;
    three.nobody_hears_more().await;
}

#[tokio::test]
async fn a_password_is_wanted_from_who_joins() {
    let server = server().await;
    let (mut ana, mut ben) = (Client::connect(&server).await, Client::connect(&server).await);
    let room = ana.create_with("Ana", Some("tea")).await.room;
    let cases = [None, Some(""), Some("Tea"), Some("tea ")]
        .map(|password| (text(&join(room, "Ben", password)), ErrorCode::WrongPassword));
    each_is_refused(&mut ben, &cases).await;
    ana.hears_nothing().await;
    ben.say(&join(room, "Ben", Some("tea"))).await;
    let heard = ben.hear().await;
    assert_eq!(heard.wire_type(), "room_joined");
}

#[tokio::test]
async fn a_server_with_all_its_rooms_says_so_until_one_ends() {
    let server = server_with(Config { max_rooms: 1, ..Config::embedded() }).await;
    let (mut ana, mut ben) = (Client::connect(&server).await, Client::connect(&server).await);
    ana.create("Ana").await;
    each_is_refused(&mut ben, &[(text(&create("Ben", None)), ErrorCode::ServerFull)]).await;
    ana.say(&ClientMessage::LeaveRoom).await;
    ana.hear().await;
    ben.create("Ben").await;
}
