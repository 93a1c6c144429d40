//! Every message of version 1 as it is on the wire, one file each under `golden`. Whoever writes
//! another client finds there what to send and to expect; a change of a file is a change of the
//! protocol.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cinemasync_protocol::{
    ClientMessage, DisconnectReason, ErrorCode, IceCandidate, IceServer, PROTOCOL_VERSION,
    ParticipantId, ParticipantInfo, RoomEntry, ServerMessage, Token, decode_client, decode_server,
    encode,
};
use serde::Serialize;
use serde_json::Value;

/// File names without their ending, and what they hold.
type Named<M> = BTreeMap<String, M>;

fn id(text: &str) -> ParticipantId {
    ParticipantId::new(text)
}

fn candidate() -> IceCandidate {
    IceCandidate {
        candidate: "candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host".to_owned(),
        sdp_mid: Some("0".to_owned()),
        sdp_m_line_index: Some(0),
        username_fragment: Some("uFrg".to_owned()),
    }
}

fn ice_servers() -> Vec<IceServer> {
    let urls = |urls: &[&str]| urls.iter().map(|url| (*url).to_owned()).collect();
    vec![
        IceServer { urls: urls(&["stun:stun.example.org:3478"]), username: None, credential: None },
        IceServer {
            urls: urls(&[
                "turn:turn.example.org:3478?transport=udp",
                "turns:turn.example.org:5349",
            ]),
            username: Some("1790000000:a".to_owned()),
            credential: Some("c2VjcmV0".to_owned()),
        },
    ]
}

fn person(person: &str, name: &str, host: bool, screen_sharing: bool) -> ParticipantInfo {
    ParticipantInfo { id: id(person), name: name.to_owned(), host, screen_sharing }
}

fn client_messages() -> Named<ClientMessage> {
    let create = |password: Option<&str>| ClientMessage::CreateRoom {
        name: "Ana".to_owned(),
        protocol: PROTOCOL_VERSION,
        password: password.map(str::to_owned),
    };
    let join = |room: &str, password: Option<&str>| ClientMessage::JoinRoom {
        room: room.to_owned(),
        name: "Ben".to_owned(),
        protocol: PROTOCOL_VERSION,
        password: password.map(str::to_owned),
    };
    let chat = |id: &str, text: &str, to| ClientMessage::ChatMessage {
        id: id.to_owned(),
        text: text.to_owned(),
        to,
    };
    let trickle = |candidate| ClientMessage::WebrtcIceCandidate { to: id("b"), candidate };
    let sdp = || "v=0\r\n".to_owned();
    let all = [
        ("create_room", create(None)),
        ("create_room.password", create(Some("tea"))),
        ("join_room", join("abcd-efgh", None)),
        ("join_room.password", join("ABCDEFGH", Some("tea"))),
        ("resume", ClientMessage::Resume { token: Token::new("secret-of-ana") }),
        ("leave_room", ClientMessage::LeaveRoom),
        ("webrtc_offer", ClientMessage::WebrtcOffer { to: id("b"), sdp: sdp() }),
        ("webrtc_answer", ClientMessage::WebrtcAnswer { to: id("a"), sdp: sdp() }),
        ("webrtc_ice_candidate", trickle(Some(candidate()))),
        ("webrtc_ice_candidate.end", trickle(None)),
        ("chat_message", chat("m1", "Hello, \"Ben\" 👋", None)),
        ("chat_message.to", chat("m2", "Only you", Some(vec![id("b"), id("c")]))),
        ("screen_share_started", ClientMessage::ScreenShareStarted),
        ("screen_share_stopped", ClientMessage::ScreenShareStopped),
        ("lock_room", ClientMessage::LockRoom { locked: true }),
        ("remove_participant", ClientMessage::RemoveParticipant { id: id("c") }),
    ];
    all.into_iter().map(|(name, message)| (name.to_owned(), message)).collect()
}

fn server_messages() -> Named<ServerMessage> {
    let entry = |own, token, ice_servers| RoomEntry {
        room: "ABCDEFGH".parse().expect("eight letters of the alphabet"),
        id: id(own),
        token: Token::new(token),
        max_participants: 3,
        ice_servers,
    };
    let gone = |gone, reason, host| ServerMessage::UserDisconnected {
        id: id(gone),
        reason,
        host: id(host),
    };
    let trickle = |candidate| ServerMessage::WebrtcIceCandidate { from: id("a"), candidate };
    let joined = ServerMessage::RoomJoined {
        entry: entry("c", "secret-of-cleo", Vec::new()),
        participants: vec![person("a", "Ana", true, false), person("b", "Ben", false, true)],
        locked: false,
    };
    let chat = ServerMessage::ChatMessage {
        from: id("a"),
        id: "m1".to_owned(),
        text: "Hello, \"Ben\" 👋".to_owned(),
        at: 1_790_000_000_123,
    };
    let sdp = || "v=0\r\n".to_owned();
    let all = [
        ("room_created", ServerMessage::RoomCreated(entry("a", "secret-of-ana", ice_servers()))),
        ("room_joined", joined),
        ("room_left", ServerMessage::RoomLeft),
        (
            "user_joined",
            ServerMessage::UserJoined { participant: person("c", "Cleo", false, false) },
        ),
        ("user_disconnected.left", gone("a", DisconnectReason::Left, "b")),
        ("user_disconnected.lost", gone("a", DisconnectReason::Lost, "b")),
        ("user_disconnected.removed", gone("c", DisconnectReason::Removed, "a")),
        ("webrtc_offer", ServerMessage::WebrtcOffer { from: id("c"), sdp: sdp() }),
        ("webrtc_answer", ServerMessage::WebrtcAnswer { from: id("a"), sdp: sdp() }),
        ("webrtc_ice_candidate", trickle(Some(candidate()))),
        ("webrtc_ice_candidate.end", trickle(None)),
        ("chat_message", chat),
        ("screen_share_started", ServerMessage::ScreenShareStarted { from: id("b") }),
        ("screen_share_stopped", ServerMessage::ScreenShareStopped { from: id("b") }),
        ("room_locked", ServerMessage::RoomLocked { locked: true }),
        ("ice_servers", ServerMessage::IceServers { ice_servers: ice_servers() }),
    ];
    let mut all: Named<_> =
        all.into_iter().map(|(name, message)| (name.to_owned(), message)).collect();
    for code in ErrorCode::ALL {
        let message = "What happened, and what to do.".to_owned();
        let retry_after_ms = (code == ErrorCode::RateLimited).then_some(1500);
        let error = ServerMessage::Error { code, message, retry_after_ms };
        all.insert(format!("error.{code}"), error);
    }
    all
}

/// The golden files of one side.
fn files(side: &str) -> Named<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(side);
    let entries = folder.read_dir().expect("the golden files are beside this test");
    entries
        .map(|entry| {
            let path = entry.expect("the folder can be read").path();
            let name = path.file_stem().expect("a file has a name").to_string_lossy();
            (name.into_owned(), std::fs::read_to_string(&path).expect("a golden file is text"))
        })
        .collect()
}

fn each_file_is_its_message<M: PartialEq + std::fmt::Debug + Serialize>(
    side: &str,
    messages: &Named<M>,
    decode: impl Fn(&str) -> M,
) {
    let files = files(side);
    assert_eq!(files.keys().collect::<Vec<_>>(), messages.keys().collect::<Vec<_>>());
    for (name, message) in messages {
        let golden: Value = serde_json::from_str(&files[name]).expect("golden files are JSON");
        assert_eq!(decode(&files[name]), *message, "{side}/{name} is read as it is meant");
        let written: Value = serde_json::from_str(&encode(message)).expect("messages are JSON");
        assert_eq!(written, golden, "{side}/{name} is written as it is meant");
    }
}

/// The `type` at the begin of each file's name.
fn types<M>(messages: &Named<M>) -> BTreeSet<&str> {
    let of = |name: &'_ String| name.split('.').next().map(str::len).unwrap_or_default();
    messages.keys().map(|name| &name[..of(name)]).collect()
}

#[test]
fn what_clients_say_is_as_in_the_golden_files() {
    let messages = client_messages();
    each_file_is_its_message("client", &messages, |text| decode_client(text).unwrap());
    for (name, message) in &messages {
        assert_eq!(name.split('.').next(), Some(message.wire_type()));
    }
    assert_eq!(types(&messages), ClientMessage::TYPES.iter().copied().collect());
}

#[test]
fn what_the_server_says_is_as_in_the_golden_files() {
    let messages = server_messages();
    each_file_is_its_message("server", &messages, |text| decode_server(text).unwrap());
    for (name, message) in &messages {
        assert_eq!(name.split('.').next(), Some(message.wire_type()));
    }
    assert_eq!(types(&messages), ServerMessage::TYPES.iter().copied().collect());
}

#[test]
fn the_limits_and_the_version_are_those_of_version_1() {
    use cinemasync_protocol::{RoomCode, limits};
    assert_eq!(PROTOCOL_VERSION, 1);
    assert_eq!(limits::MAX_MESSAGE_BYTES, 65_536);
    assert_eq!((limits::MAX_NAME_CHARS, limits::MAX_CHAT_CHARS), (40, 4_000));
    assert_eq!(limits::MAX_SDP_BYTES, 32_768);
    assert_eq!((limits::PING_INTERVAL_SECS, limits::SILENCE_TIMEOUT_SECS), (20, 45));
    assert_eq!(limits::RESUME_WINDOW_SECS, 60);
    assert_eq!((limits::MIN_MAX_PARTICIPANTS, limits::MAX_MAX_PARTICIPANTS), (2, 16));
    assert_eq!(limits::DEFAULT_MAX_PARTICIPANTS, 3);
    assert_eq!((RoomCode::ALPHABET, RoomCode::LEN), (b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 8));
    assert_eq!(ErrorCode::ALL.len(), 18);
}
