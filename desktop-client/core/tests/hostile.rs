//! A session among strangers: a server, peers, a player and a person that may do anything at any
//! time. Whatever comes, the machine does not panic, does not spin, asks for a bounded amount of
//! work and says nothing that is over the wire's own limits.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cinemasync_core::control::MAX_CONTROL_BYTES;
use cinemasync_core::devices::{Device, DeviceKind, DeviceListing};
use cinemasync_core::film::{FilmId, FilmInfo};
use cinemasync_core::interface::{Command, Event, Invite, RoomChoice, ServerChoice, Shown, Stage};
use cinemasync_core::link::{
    Description, DescriptionKind, LinkCommand, LinkEvent, LinkState, Path, Route,
};
use cinemasync_core::plan::{MediaEvent, MediaStats};
use cinemasync_core::player::{PlayerEvent, PlayerPosition};
use cinemasync_core::safety_code::Secret;
use cinemasync_core::session::{EquipmentConfig, Input, Now, Output, SessionConfig, SessionCore};
use cinemasync_core::track::Track;
use cinemasync_core::voice_settings::VoiceSettings;
use cinemasync_protocol::{
    ClientMessage, DisconnectReason, ErrorCode, IceCandidate, IceServer, ParticipantId,
    ParticipantInfo, RoomCode, RoomEntry, ServerMessage, Token, limits,
};
use proptest::prelude::*;

/// No room holds more than this many others.
const MAX_OTHERS: usize = limits::MAX_MAX_PARTICIPANTS - 1;
/// Far more than any one input may ask for in a full room.
const MAX_OUTPUTS: usize = 1_000;
/// Timeouts that may be due at one moment.
const MAX_TIMEOUTS: usize = 50;

fn id() -> impl Strategy<Value = ParticipantId> {
    prop_oneof![
        8 => (0..5_u8).prop_map(|number| ParticipantId::new(format!("p{number}"))),
        1 => (0..40_u8).prop_map(|number| ParticipantId::new(format!("crowd{number}"))),
        1 => Just(ParticipantId::new("")),
        1 => Just(ParticipantId::new("\u{0}\u{1f980}".repeat(100))),
    ]
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z ]{1,20}",
        1 => ".{0,60}",
        1 => Just(String::new()),
        1 => Just("x".repeat(limits::MAX_CHAT_CHARS + 1)),
        1 => Just("\u{202e}\u{7}\r\n".to_owned()),
    ]
}

fn message_id() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0..3_u8, 0..70_u64).prop_map(|(nonce, number)| format!("n{nonce}-{number}")),
        1 => any::<u64>().prop_map(|number| format!("n0-{number}")),
        1 => Just(format!("n0-{}", u64::MAX)),
        1 => ".{0,80}",
    ]
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => -10.0..200.0_f64,
        1 => any::<f64>(),
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(-1e300),
    ]
}

fn info() -> impl Strategy<Value = ParticipantInfo> {
    (id(), words(), any::<bool>(), any::<bool>()).prop_map(|(id, name, host, screen_sharing)| {
        ParticipantInfo { id, name, host, screen_sharing }
    })
}

fn ice_servers() -> impl Strategy<Value = Vec<IceServer>> {
    let server = prop::collection::vec(words(), 0..3).prop_map(|urls| IceServer {
        urls,
        username: None,
        credential: None,
    });
    prop::collection::vec(server, 0..3)
}

fn entry() -> impl Strategy<Value = RoomEntry> {
    (any::<[u8; RoomCode::LEN]>(), id(), any::<usize>(), ice_servers()).prop_map(
        |(code, id, max_participants, ice_servers)| RoomEntry {
            room: RoomCode::from_random(code),
            id,
            token: Token::new("token"),
            max_participants,
            ice_servers,
        },
    )
}

fn candidate() -> impl Strategy<Value = Option<IceCandidate>> {
    let candidate = words().prop_map(|candidate| IceCandidate {
        candidate,
        sdp_mid: Some("0".into()),
        sdp_m_line_index: Some(u16::MAX),
        username_fragment: None,
    });
    prop::option::of(candidate)
}

fn sdp() -> impl Strategy<Value = String> {
    // Few programs, so that they are met again, with the same key and with another.
    let program = (0..3_u8, 0..4_u8).prop_map(|(key, session)| {
        format!("v=0\r\no=- {session} 1 IN IP4 0.0.0.0\r\na=fingerprint:sha-256 A{key}\r\n")
    });
    prop_oneof![
        1 => words(),
        1 => Just("v".repeat(limits::MAX_SDP_BYTES)),
        1 => Just("v=0\r\n".to_owned()),
        3 => program
    ]
}

fn error_code() -> impl Strategy<Value = ErrorCode> {
    prop::sample::select(vec![
        ErrorCode::Removed,
        ErrorCode::ResumeExpired,
        ErrorCode::RoomNotFound,
        ErrorCode::RoomFull,
        ErrorCode::WrongPassword,
        ErrorCode::ShuttingDown,
        ErrorCode::RateLimited,
        ErrorCode::BadMessage,
        ErrorCode::NotInRoom,
    ])
}

fn server_message() -> impl Strategy<Value = ServerMessage> {
    let reason = prop::sample::select(vec![
        DisconnectReason::Left,
        DisconnectReason::Lost,
        DisconnectReason::Removed,
    ]);
    prop_oneof![
        1 => entry().prop_map(ServerMessage::RoomCreated),
        3 => (entry(), prop::collection::vec(info(), 0..25), any::<bool>()).prop_map(
            |(entry, participants, locked)| ServerMessage::RoomJoined { entry, participants, locked }
        ),
        1 => Just(ServerMessage::RoomLeft),
        6 => info().prop_map(|participant| ServerMessage::UserJoined { participant }),
        2 => (id(), reason, id())
            .prop_map(|(id, reason, host)| ServerMessage::UserDisconnected { id, reason, host }),
        2 => (id(), sdp()).prop_map(|(from, sdp)| ServerMessage::WebrtcOffer { from, sdp }),
        2 => (id(), sdp()).prop_map(|(from, sdp)| ServerMessage::WebrtcAnswer { from, sdp }),
        2 => (id(), candidate())
            .prop_map(|(from, candidate)| ServerMessage::WebrtcIceCandidate { from, candidate }),
        3 => (id(), message_id(), words(), any::<u64>())
            .prop_map(|(from, id, text, at)| ServerMessage::ChatMessage { from, id, text, at }),
        1 => id().prop_map(|from| ServerMessage::ScreenShareStarted { from }),
        1 => id().prop_map(|from| ServerMessage::ScreenShareStopped { from }),
        1 => any::<bool>().prop_map(|locked| ServerMessage::RoomLocked { locked }),
        1 => ice_servers().prop_map(|ice_servers| ServerMessage::IceServers { ice_servers }),
        2 => (error_code(), words()).prop_map(|(code, message)| ServerMessage::Error {
            code,
            message,
            retry_after_ms: None
        }),
    ]
}

/// A playback state as a peer might write it, right in form and often not in content.
fn playback_text() -> impl Strategy<Value = String> {
    let text = |value: &'static [&'static str]| prop::sample::select(value);
    let revision = text(&["1", "2", "3", "9", "1000000", "18446744073709551615"]);
    let film = text(&[
        "null",
        r#"{"name":"a.mkv","bytes":7,"duration_secs":90.0,"id":"abc"}"#,
        r#"{"name":"b.mkv","bytes":7,"duration_secs":0.0,"id":"def"}"#,
        r#"{"name":"","bytes":7,"duration_secs":-1e308,"id":"../../etc"}"#,
    ]);
    let position = text(&["0.0", "12.5", "89.99", "1e7", "1e308", "-1.0", "null"]);
    let at = text(&["0", "1000000", "-9223372036854775808", "9223372036854775807"]);
    let rate = text(&["1.0", "0.25", "4.0", "0.0", "-1.0", "1e308"]);
    let cause = text(&["play", "pause", "seek", "rate", "join", "waiting", "resumed"]);
    (revision, film, any::<bool>(), position, at, rate, cause).prop_map(
        |(revision, film, playing, position, at, rate, cause)| {
            format!(
                r#"{{"type":"playback","state":{{"revision":{revision},"by":"p1","film":{film},"opened_by":"p1","playing":{playing},"position_secs":{position},"at":{at},"rate":{rate},"cause":"{cause}"}}}}"#
            )
        },
    )
}

fn control_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => playback_text(),
        1 => any::<u64>().prop_map(|from| format!(r#"{{"type":"hello","version":1,"chat_from":{from}}}"#)),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(camera, microphone)| {
            format!(r#"{{"type":"media","camera":{camera},"microphone":{microphone}}}"#)
        }),
        3 => (message_id(), words()).prop_map(|(id, text)| {
            format!(r#"{{"type":"chat","id":{id:?},"text":{text:?}}}"#)
        }),
        1 => words().prop_map(|emoji| format!(r#"{{"type":"reaction","emoji":{emoji:?}}}"#)),
        1 => Just(r#"{"type":"standing","standing":{"copy":"local","ready":true}}"#.to_owned()),
        2 => (prop::sample::select(vec!["commit", "answer", "reveal"]), 0..3_u8).prop_map(
            |(step, number)| {
                let number = format!("0{number}").repeat(32);
                format!(r#"{{"type":"safety","step":{{"{step}":"{number}"}}}}"#)
            }
        ),
        1 => "[\\{\\}\\[\\]\",:a-z0-9]{0,80}",
        1 => Just("[".repeat(MAX_CONTROL_BYTES + 1)),
    ]
}

/// Probes with the right version and kind and any content, and noise.
fn datagram() -> impl Strategy<Value = Bytes> {
    let probe = (1..=2_u8, prop::collection::vec(any::<u8>(), 34)).prop_map(|(kind, rest)| {
        let length = if kind == 1 { 16 } else { 36 };
        let mut bytes = vec![1, kind];
        bytes.extend(rest);
        bytes.truncate(length);
        bytes
    });
    prop_oneof![probe, prop::collection::vec(any::<u8>(), 0..50)].prop_map(Bytes::from)
}

fn link_event() -> impl Strategy<Value = LinkEvent> {
    let state = prop::sample::select(vec![
        LinkState::Connecting,
        LinkState::Connected,
        LinkState::Reconnecting,
        LinkState::Failed,
        LinkState::Closed,
    ]);
    let kind = || prop::sample::select(vec![DescriptionKind::Offer, DescriptionKind::Answer]);
    prop_oneof![
        1 => Just(LinkEvent::NegotiationNeeded),
        2 => (kind(), sdp())
            .prop_map(|(kind, sdp)| LinkEvent::LocalDescription(Description { kind, sdp })),
        2 => kind().prop_map(LinkEvent::RemoteDescriptionSet),
        1 => words().prop_map(LinkEvent::NegotiationFailed),
        1 => candidate().prop_map(LinkEvent::LocalCandidate),
        3 => state.prop_map(LinkEvent::State),
        4 => Just(LinkEvent::ControlOpen),
        1 => Just(LinkEvent::ControlClosed),
        9 => control_text().prop_map(LinkEvent::Control),
        3 => datagram().prop_map(|bytes| LinkEvent::Clock(bytes, Instant::now())),
        1 => Just(LinkEvent::KeyframeWanted(Track::Camera)),
        1 => Just(LinkEvent::Path(Path::Host)),
        1 => (words(), words())
            .prop_map(|(local, remote)| LinkEvent::Fingerprints { local, remote }),
        2 => (0..3_u8).prop_map(|key| {
            let (local, remote) = ("AF".to_owned(), format!("A{key}"));
            LinkEvent::Fingerprints { local, remote }
        }),
    ]
}

fn player_event() -> impl Strategy<Value = PlayerEvent> {
    let position =
        (number(), any::<bool>(), number()).prop_map(|(position_secs, playing, buffered_secs)| {
            let at = Instant::now();
            PlayerEvent::Position(PlayerPosition { position_secs, at, playing, buffered_secs })
        });
    prop_oneof![
        2 => number()
            .prop_map(|duration_secs| PlayerEvent::Loaded {
                duration_secs,
                frame_rate: Some(duration_secs),
                tracks: Vec::new(),
                chapters: Vec::new(),
            }),
        1 => words().prop_map(PlayerEvent::Failed),
        1 => words().prop_map(PlayerEvent::Warning),
        2 => number().prop_map(|position_secs| PlayerEvent::Seeked { position_secs }),
        4 => position,
        1 => Just(PlayerEvent::Ended),
        1 => any::<Option<u8>>().prop_map(PlayerEvent::Buffering),
        1 => (any::<i64>(), any::<i64>())
            .prop_map(|(audio, subtitle)| PlayerEvent::TracksChosen { audio, subtitle }),
    ]
}

fn path() -> impl Strategy<Value = PathBuf> {
    prop::sample::select(vec!["a.mkv", "b.mkv", "/"]).prop_map(PathBuf::from)
}

fn inspected() -> impl Strategy<Value = Input> {
    let film = (words(), number(), "[a-f]{1,3}").prop_map(|(name, duration_secs, id)| FilmInfo {
        name,
        bytes: 7,
        duration_secs,
        id: FilmId(id),
    });
    (path(), prop::result::maybe_ok(film, words()))
        .prop_map(|(path, result)| Input::FilmInspected { path, result })
}

fn command() -> impl Strategy<Value = Command> {
    let invite = words().prop_map(|name| {
        let server = ServerChoice::Url("ws://server".into());
        let (password, identity) = (None, None);
        Command::Enter(Invite { server, room: RoomChoice::Create, name, password, identity })
    });
    prop_oneof![
        2 => invite,
        1 => Just(Command::Leave),
        3 => words().prop_map(Command::Chat),
        1 => words().prop_map(Command::React),
        1 => any::<bool>().prop_map(Command::Camera),
        1 => any::<bool>().prop_map(Command::Microphone),
        2 => path().prop_map(Command::OpenFilm),
        2 => path().prop_map(Command::AttachFilm),
        1 => Just(Command::CloseFilm),
        3 => Just(Command::Play),
        1 => Just(Command::Pause),
        2 => number().prop_map(Command::Seek),
        1 => number().prop_map(Command::Rate),
        1 => any::<i64>().prop_map(Command::AudioTrack),
        1 => any::<i64>().prop_map(Command::SubtitleTrack),
        1 => number().prop_map(Command::FilmVolume),
        1 => (id(), any::<bool>()).prop_map(|(id, equal)| Command::Compared(id, equal)),
        1 => Just(Command::Route(Route::RelayOnly)),
        1 => id().prop_map(Command::AcceptKey),
        1 => id().prop_map(Command::RefuseKey),
        1 => (id(), any::<u32>(), any::<u32>()).prop_map(|(of, width, height)| {
            Command::Shown(vec![Shown { of, track: Track::Camera, width, height }])
        }),
        2 => (device_kind(), prop::option::of(words()))
            .prop_map(|(kind, id)| Command::ChooseDevice { kind, id }),
        1 => Just(Command::ListDevices),
        1 => any::<bool>().prop_map(Command::Preview),
        1 => (number(), number()).prop_map(|(input_gain_db, ducking_db)| {
            Command::Voice(VoiceSettings { input_gain_db, ducking_db, ..VoiceSettings::default() })
        }),
        1 => (id(), number()).prop_map(|(who, volume)| Command::VoiceVolume { who, volume }),
        1 => any::<bool>().prop_map(Command::PushToTalk),
        1 => any::<bool>().prop_map(Command::Talk),
    ]
}

fn device_kind() -> impl Strategy<Value = DeviceKind> {
    prop::sample::select(vec![DeviceKind::Camera, DeviceKind::Microphone, DeviceKind::Speaker])
}

fn media_event() -> impl Strategy<Value = MediaEvent> {
    prop_oneof![
        (id(), any::<u32>()).prop_map(|(from, width)| MediaEvent::FirstFrame {
            from,
            track: Track::Camera,
            width,
            height: 0
        }),
        id().prop_map(|from| MediaEvent::KeyframeNeeded { from, track: Track::Camera }),
        words().prop_map(|text| MediaEvent::DeviceFailed {
            track: None,
            device: Some(text.clone()),
            text
        }),
        (device_kind(), prop::collection::vec(words(), 0..3)).prop_map(|(kind, ids)| {
            let default = ids.first().cloned();
            let devices = ids.into_iter().map(|id| Device { name: id.clone(), id }).collect();
            MediaEvent::Devices { kind, listing: DeviceListing { devices, default } }
        }),
        (prop::option::of(id()), number())
            .prop_map(|(who, level)| MediaEvent::Level { who, level }),
        (prop::option::of(id()), any::<bool>())
            .prop_map(|(who, speaking)| MediaEvent::Speaking { who, speaking }),
    ]
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        4 => command().prop_map(Input::Command),
        1 => Just("ws://server".to_owned()).prop_map(|server| Input::SignalingUp { server }),
        8 => server_message().prop_map(Input::Signaling),
        1 => words().prop_map(Input::SignalingDown),
        12 => (id(), link_event()).prop_map(|(id, event)| Input::Link(id, event)),
        1 => id().prop_map(|id| Input::Stats {
            links: vec![(id, cinemasync_core::link::LinkStats::default())],
            media: MediaStats::default(),
        }),
        1 => media_event().prop_map(Input::Media),
        4 => player_event().prop_map(Input::Player),
        1 => words().prop_map(Input::PlayerMissing),
        3 => inspected(),
        2 => Just(()).prop_map(|()| Input::Timeout),
    ]
}

/// The machine with a clock that only this test moves.
struct Session {
    core: SessionCore,
    start: Instant,
    now: Instant,
}

impl Session {
    fn new() -> Self {
        let config = SessionConfig {
            camera: true,
            microphone: true,
            preview: false,
            route: Route::Any,
            equipment: EquipmentConfig::default(),
            nonce: "nonce".into(),
        };
        let now = Instant::now();
        Self { core: SessionCore::new(config, Secret::new([9; 32])), start: now, now }
    }

    /// In a room with two others and channels to them.
    fn in_a_room() -> Self {
        let mut session = Self::new();
        let invite = Invite {
            server: ServerChoice::Embedded,
            room: RoomChoice::Create,
            name: "Ana".into(),
            password: None,
            identity: None,
        };
        session.take(Input::Command(Command::Enter(invite)));
        session.take(Input::SignalingUp { server: "ws://server".into() });
        let entry = RoomEntry {
            room: RoomCode::from_random([3; RoomCode::LEN]),
            id: ParticipantId::new("p0"),
            token: Token::new("token"),
            max_participants: 3,
            ice_servers: Vec::new(),
        };
        session.take(Input::Signaling(ServerMessage::RoomCreated(entry)));
        for other in ["p1", "p2"] {
            let id = ParticipantId::new(other);
            let info = ParticipantInfo {
                id: id.clone(),
                name: other.into(),
                host: false,
                screen_sharing: false,
            };
            session.take(Input::Signaling(ServerMessage::UserJoined { participant: info }));
            session.take(Input::Link(id.clone(), LinkEvent::State(LinkState::Connected)));
            session.take(Input::Link(id, LinkEvent::ControlOpen));
        }
        session
    }

    /// Takes one input and checks everything that it leads to.
    fn take(&mut self, input: Input) {
        let described = format!("{input:.200?}");
        let unix_ms = (self.now - self.start).as_millis() as u64;
        self.core.handle(input, Now { instant: self.now, unix_ms });
        let mut count = 0;
        while let Some(output) = self.core.poll_output() {
            check_output(&output);
            count += 1;
            assert!(count <= MAX_OUTPUTS, "{count} outputs after {described}");
        }
        let snapshot = self.core.snapshot(Now { instant: self.now, unix_ms });
        assert!(snapshot.participants.len() <= MAX_OTHERS, "a crowd after {described}");
        if !matches!(snapshot.stage, Stage::Room { .. }) {
            assert!(snapshot.participants.is_empty());
        }
        let mut ids: Vec<_> = snapshot.participants.iter().map(|other| &other.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), snapshot.participants.len(), "somebody twice after {described}");
        let playback = &snapshot.playback;
        for (name, value) in [
            ("position", playback.position_secs),
            ("target", playback.target_secs),
            ("speed", playback.speed),
            ("volume", playback.volume),
            ("buffered", playback.buffered_secs),
            ("offset", playback.offset_ms.unwrap_or(0.0)),
        ] {
            assert!(value.is_finite(), "{name} is {value} after {described}");
        }
    }

    /// Lets time pass, with every timeout at its time.
    fn wait(&mut self, length: Duration) {
        let end = self.now + length;
        let mut at_once = 0;
        while let Some(due) = self.core.next_timeout().filter(|due| *due <= end) {
            at_once = if due > self.now { 0 } else { at_once + 1 };
            assert!(at_once <= MAX_TIMEOUTS, "time stands still");
            self.now = self.now.max(due);
            self.take(Input::Timeout);
        }
        self.now = end;
    }
}

fn check_output(output: &Output) {
    match output {
        Output::Signal(message) => check_signal(message),
        Output::Link(_, LinkCommand::Control(text)) => assert!(text.len() <= MAX_CONTROL_BYTES),
        Output::Link(_, LinkCommand::Clock(datagram)) => assert!(datagram.len() <= 64),
        Output::Event(Event::ParticipantJoined { name, .. }) => check_name(name),
        Output::Event(Event::Room { participants, .. }) => {
            assert!(participants.len() <= MAX_OTHERS);
            participants.iter().for_each(|(_, name)| check_name(name));
        }
        Output::Event(Event::Playback { position_secs, rate, .. }) => {
            assert!(position_secs.is_finite() && *position_secs >= 0.0);
            assert!((0.25..=4.0).contains(rate));
        }
        Output::Event(Event::Reaction { emoji, .. }) => assert!(emoji.chars().count() <= 16),
        _ => {}
    }
}

fn check_signal(message: &ClientMessage) {
    match message {
        ClientMessage::ChatMessage { text, .. } => assert!(limits::is_valid_chat_text(text)),
        ClientMessage::JoinRoom { name, .. } | ClientMessage::CreateRoom { name, .. } => {
            check_name(name);
        }
        _ => {}
    }
}

/// What a person sees as a name is one, whatever the server said.
fn check_name(name: &str) {
    assert_eq!(limits::normalize_name(name).as_deref(), Some(name));
}

fn steps() -> impl Strategy<Value = Vec<(Input, u64)>> {
    let pause_ms = prop_oneof![4 => Just(0_u64), 3 => 0..300_u64, 1 => 0..20_000_u64];
    prop::collection::vec((input(), pause_ms), 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn a_session_in_a_room_survives_whatever_comes(steps in steps()) {
        let mut session = Session::in_a_room();
        for (input, pause_ms) in steps {
            session.take(input);
            session.wait(Duration::from_millis(pause_ms));
        }
        session.wait(Duration::from_secs(30));
    }

    #[test]
    fn a_session_in_the_lobby_survives_whatever_comes(steps in steps()) {
        let mut session = Session::new();
        for (input, pause_ms) in steps {
            session.take(input);
            session.wait(Duration::from_millis(pause_ms));
        }
        session.take(Input::Command(Command::Leave));
        session.wait(Duration::from_secs(60));
        prop_assert_eq!(session.core.next_timeout(), None, "the lobby waits for nothing");
    }
}

#[test]
fn a_peer_that_never_stops_writing_does_not_fill_the_memory() {
    let mut session = Session::in_a_room();
    let from = ParticipantId::new("p1");
    for number in 0..25_000_u64 {
        // Every other number is missing, so all of them would have to wait.
        let text = format!(r#"{{"type":"chat","id":"n-{}","text":"{number}"}}"#, number * 2);
        session.take(Input::Link(from.clone(), LinkEvent::Control(text)));
    }
    let now = Now { instant: session.now, unix_ms: 0 };
    let kept = session.core.snapshot(now).chat.len();
    assert!(kept <= cinemasync_core::interface::MAX_CHAT_LINES, "{kept} lines are kept");
}
