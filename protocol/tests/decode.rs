//! Whatever arrives is read as a message or refused, never a panic; what is written is read back.

use cinemasync_protocol::{
    ClientMessage, DecodeError, DisconnectReason, ErrorCode, IceCandidate, IceServer,
    ParticipantId, ParticipantInfo, RoomCode, RoomEntry, ServerMessage, Token, decode_client,
    decode_server, encode, limits,
};
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<char>(), 0..12).prop_map(|text| text.into_iter().collect())
}

fn id() -> impl Strategy<Value = ParticipantId> {
    text().prop_map(ParticipantId::new)
}

fn room() -> impl Strategy<Value = RoomCode> {
    any::<[u8; 8]>().prop_map(RoomCode::from_random)
}

fn candidate() -> impl Strategy<Value = Option<IceCandidate>> {
    let marks = (proptest::option::of(text()), any::<Option<u16>>(), proptest::option::of(text()));
    proptest::option::of((text(), marks).prop_map(|(candidate, marks)| {
        let (sdp_mid, sdp_m_line_index, username_fragment) = marks;
        IceCandidate { candidate, sdp_mid, sdp_m_line_index, username_fragment }
    }))
}

fn ice_servers() -> impl Strategy<Value = Vec<IceServer>> {
    let one = (
        proptest::collection::vec(text(), 0..3),
        proptest::option::of(text()),
        proptest::option::of(text()),
    );
    let one = one.prop_map(|(urls, username, credential)| IceServer { urls, username, credential });
    proptest::collection::vec(one, 0..3)
}

fn participant() -> impl Strategy<Value = ParticipantInfo> {
    (id(), text(), any::<bool>(), any::<bool>()).prop_map(|(id, name, host, screen_sharing)| {
        ParticipantInfo { id, name, host, screen_sharing }
    })
}

fn entry() -> impl Strategy<Value = RoomEntry> {
    (room(), id(), text(), any::<usize>(), ice_servers()).prop_map(
        |(room, id, token, max_participants, ice_servers)| RoomEntry {
            room,
            id,
            token: Token::new(token),
            max_participants,
            ice_servers,
        },
    )
}

fn reason() -> impl Strategy<Value = DisconnectReason> {
    use DisconnectReason::{Left, Lost, Removed};
    prop_oneof![Just(Left), Just(Lost), Just(Removed)]
}

fn client_message() -> impl Strategy<Value = ClientMessage> {
    use ClientMessage as M;
    prop_oneof![
        (text(), any::<u32>(), proptest::option::of(text()))
            .prop_map(|(name, protocol, password)| M::CreateRoom { name, protocol, password }),
        (text(), text(), any::<u32>(), proptest::option::of(text())).prop_map(
            |(room, name, protocol, password)| M::JoinRoom { room, name, protocol, password }
        ),
        text().prop_map(|token| M::Resume { token: Token::new(token) }),
        Just(M::LeaveRoom),
        (id(), text()).prop_map(|(to, sdp)| M::WebrtcOffer { to, sdp }),
        (id(), text()).prop_map(|(to, sdp)| M::WebrtcAnswer { to, sdp }),
        (id(), candidate()).prop_map(|(to, candidate)| M::WebrtcIceCandidate { to, candidate }),
        (text(), text(), proptest::option::of(proptest::collection::vec(id(), 0..4)))
            .prop_map(|(id, text, to)| M::ChatMessage { id, text, to }),
        Just(M::ScreenShareStarted),
        Just(M::ScreenShareStopped),
        any::<bool>().prop_map(|locked| M::LockRoom { locked }),
        id().prop_map(|id| M::RemoveParticipant { id }),
    ]
}

fn server_message() -> impl Strategy<Value = ServerMessage> {
    use ServerMessage as M;
    let participants = proptest::collection::vec(participant(), 0..3);
    prop_oneof![
        entry().prop_map(M::RoomCreated),
        (entry(), participants, any::<bool>()).prop_map(|(entry, participants, locked)| {
            M::RoomJoined { entry, participants, locked }
        }),
        Just(M::RoomLeft),
        participant().prop_map(|participant| M::UserJoined { participant }),
        (id(), reason(), id()).prop_map(|(id, reason, host)| M::UserDisconnected {
            id,
            reason,
            host
        }),
        (id(), text()).prop_map(|(from, sdp)| M::WebrtcOffer { from, sdp }),
        (id(), text()).prop_map(|(from, sdp)| M::WebrtcAnswer { from, sdp }),
        (id(), candidate()).prop_map(|(from, candidate)| M::WebrtcIceCandidate { from, candidate }),
        (id(), text(), text(), any::<u64>()).prop_map(|(from, id, text, at)| M::ChatMessage {
            from,
            id,
            text,
            at
        }),
        id().prop_map(|from| M::ScreenShareStarted { from }),
        id().prop_map(|from| M::ScreenShareStopped { from }),
        any::<bool>().prop_map(|locked| M::RoomLocked { locked }),
        ice_servers().prop_map(|ice_servers| M::IceServers { ice_servers }),
        (0..ErrorCode::ALL.len(), text(), any::<Option<u64>>()).prop_map(
            |(at, message, retry_after_ms)| {
                M::Error { code: ErrorCode::ALL[at], message, retry_after_ms }
            }
        ),
    ]
}

proptest! {
    #[test]
    fn what_a_client_writes_the_server_reads(message in client_message()) {
        prop_assert_eq!(decode_client(&encode(&message)).unwrap(), message);
    }

    #[test]
    fn what_the_server_writes_a_client_reads(message in server_message()) {
        prop_assert_eq!(decode_server(&encode(&message)).unwrap(), message);
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = decode_client(&text);
        let _ = decode_server(&text);
    }

    /// Nearly messages reach deeper than any text does.
    #[test]
    fn a_message_with_one_character_changed_is_read_or_refused(
        message in client_message(),
        at in any::<proptest::sample::Index>(),
        by in any::<char>(),
    ) {
        let mut text: Vec<char> = encode(&message).chars().collect();
        let at = at.index(text.len());
        text[at] = by;
        let text: String = text.into_iter().collect();
        if let Ok(read) = decode_client(&text) {
            prop_assert_eq!(decode_client(&encode(&read)).unwrap(), read);
        }
    }

    #[test]
    fn a_message_cut_short_is_refused(
        message in server_message(),
        at in any::<proptest::sample::Index>(),
    ) {
        let text: Vec<char> = encode(&message).chars().collect();
        let cut: String = text[..at.index(text.len())].iter().collect();
        prop_assert!(matches!(decode_server(&cut), Err(DecodeError::Malformed(_))));
    }

    #[test]
    fn room_codes_are_read_as_people_type_them(code in room(), gaps in any::<[bool; 8]>()) {
        let typed: String = code
            .as_str()
            .chars()
            .zip(gaps)
            .map(|(c, gap)| if gap { format!(" -{}", c.to_lowercase()) } else { c.to_string() })
            .collect();
        prop_assert_eq!(typed.parse(), Ok(code));
    }

    #[test]
    fn a_kept_name_is_kept_as_it_is(name in any::<String>()) {
        if let Some(kept) = limits::normalize_name(&name) {
            prop_assert_eq!(limits::normalize_name(&kept), Some(kept));
        }
    }
}

#[test]
fn fields_of_a_newer_version_are_ignored() {
    let text = r#"{"colour":"red","type":"lock_room","locked":true,"for":{"ms":[1]}}"#;
    assert_eq!(decode_client(text).unwrap(), ClientMessage::LockRoom { locked: true });
    let text = r#"{"type":"error","code":"too_sunny","message":"Draw the curtains.","shade":3}"#;
    let message = "Draw the curtains.".to_owned();
    let code = ErrorCode::Unrecognized;
    let expected = ServerMessage::Error { code, message, retry_after_ms: None };
    assert_eq!(decode_server(text).unwrap(), expected);
}

#[test]
fn an_unknown_type_is_told_from_a_malformed_message() {
    let unknown = |text: &str| match decode_client(text) {
        Err(DecodeError::UnknownType(tag)) => Some(tag),
        Err(DecodeError::Malformed(_)) => None,
        Ok(message) => panic!("{message:?}"),
    };
    assert_eq!(unknown(r#"{"type":"dance"}"#).as_deref(), Some("dance"));
    assert_eq!(unknown(r#"{"type":"room_left"}"#).as_deref(), Some("room_left"));
    assert_eq!(unknown(r#"{"type":"join_room"}"#), None);
    assert_eq!(unknown(r#"{"type":"webrtc_ice_candidate","to":"b"}"#), None);
    assert_eq!(unknown(r#"{"type":1}"#), None);
    assert_eq!(unknown(r#"["leave_room"]"#), None);
    // No more of it is repeated than a log may hold.
    let long = format!(r#"{{"type":"{}"}}"#, "ä".repeat(1_000));
    assert_eq!(unknown(&long), Some("ä".repeat(40)));
}

#[test]
fn secrets_do_not_show_in_debug_output() {
    let message = ClientMessage::Resume { token: Token::new("open sesame") };
    assert!(!format!("{message:?}").contains("sesame"));
    let server = IceServer {
        urls: Vec::new(),
        username: Some("ana".to_owned()),
        credential: Some("open sesame".to_owned()),
    };
    assert!(!format!("{server:?}").contains("sesame"));
}
