//! What a server, peers, a player and a person may do.

use std::path::PathBuf;
use std::time::Instant;

use bytes::Bytes;
use cinemasync_core::control::MAX_CONTROL_BYTES;
use cinemasync_core::devices::{Device, DeviceKind, DeviceListing};
use cinemasync_core::film::{FilmId, FilmInfo, FilmSource};
use cinemasync_core::interface::{Command, Invite, RoomChoice, ServerChoice, Shown};
use cinemasync_core::link::{Description, DescriptionKind, LinkEvent, LinkState, Path, Route};
use cinemasync_core::plan::{MediaEvent, MediaStats};
use cinemasync_core::player::{PlayerEvent, PlayerPosition};
use cinemasync_core::room_rules::{Rules, Steering};
use cinemasync_core::screen::{Content, ScreenItem, ScreenSettings, ScreenSource, Share};
use cinemasync_core::sentence::Sentence;
use cinemasync_core::session::Input;
use cinemasync_core::subtitles::SubtitleFile;
use cinemasync_core::track::Track;
use cinemasync_core::voice_settings::VoiceSettings;
use cinemasync_protocol::{
    DisconnectReason, ErrorCode, IceCandidate, IceServer, ParticipantId, ParticipantInfo, RoomCode,
    RoomEntry, ServerMessage, Token, limits,
};
use proptest::prelude::*;

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

fn standing_text() -> impl Strategy<Value = String> {
    let stall = prop::sample::select(vec![
        "null",
        r#"{"why":"buffering","percent":255}"#,
        r#"{"why":"loading","percent":null}"#,
    ]);
    let offset = prop::sample::select(vec!["null", "3.5", "1e308"]);
    (stall, any::<bool>(), any::<bool>(), offset).prop_map(|(stall, strained, agreed, offset)| {
        format!(
            r#"{{"type":"standing","standing":{{"copy":"local","ready":true,"stall":{stall},"strained":{strained},"agreed":{agreed},"offset_ms":{offset}}}}}"#
        )
    })
}

/// Rules, queues, subtitles and proposals as peers might write them.
fn about_films_text() -> impl Strategy<Value = String> {
    let revision = || prop::sample::select(vec!["1", "2", "900", "18446744073709551615"]);
    let rules = (revision(), any::<bool>(), any::<u32>()).prop_map(|(revision, host, patience)| {
        let steering = if host { "host" } else { "everyone" };
        format!(
            r#"{{"type":"rules","rules":{{"revision":{revision},"by":"p1","rules":{{"steering":"{steering}","ready_check":{host},"patience_secs":{patience}}}}}}}"#
        )
    });
    let queue = (revision(), 0..60_usize).prop_map(|(revision, length)| {
        let film =
            r#"{"film":{"name":"a.mkv","bytes":7,"duration_secs":90.0,"id":"abc"},"by":"p1"}"#;
        let films = vec![film; length].join(",");
        format!(
            r#"{{"type":"queue","queue":{{"revision":{revision},"by":"p1","films":[{films}]}}}}"#
        )
    });
    let subtitle = (0..3_u8, 0..3_u32, 0..50_usize, words()).prop_map(|(kind, number, at, text)| {
        match kind {
            0 => format!(r#"{{"type":"subtitle","subtitle":"offer","number":{number},"name":{text:?},"bytes":{at}}}"#),
            1 => format!(r#"{{"type":"subtitle","subtitle":"wanted","number":{number},"at":{at}}}"#),
            _ => format!(r#"{{"type":"subtitle","subtitle":"piece","number":{number},"at":{at},"text":{text:?}}}"#),
        }
    });
    let proposal = (any::<i64>(), any::<i64>()).prop_map(|(audio, subtitle)| {
        format!(r#"{{"type":"proposal","film":"abc","audio":{audio},"subtitle":{subtitle}}}"#)
    });
    prop_oneof![rules, queue, subtitle, proposal]
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
        1 => any::<bool>().prop_map(|raised| format!(r#"{{"type":"hand","raised":{raised}}}"#)),
        1 => words().prop_map(|emoji| format!(r#"{{"type":"reaction","emoji":{emoji:?}}}"#)),
        2 => standing_text(),
        3 => about_films_text(),
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
        1 => words().prop_map(|text| PlayerEvent::Failed(text.into())),
        1 => words().prop_map(PlayerEvent::Warning),
        2 => number().prop_map(|position_secs| PlayerEvent::Seeked { position_secs }),
        4 => position,
        1 => Just(PlayerEvent::Ended),
        1 => any::<Option<u8>>().prop_map(PlayerEvent::Buffering),
        1 => (any::<i64>(), any::<i64>())
            .prop_map(|(audio, subtitle)| PlayerEvent::TracksChosen { audio, subtitle }),
    ]
}

/// What concerns films, as commands.
fn film_command() -> impl Strategy<Value = Command> {
    let film = || "[a-f]{1,3}".prop_map(FilmId);
    let rules = (any::<bool>(), any::<bool>(), any::<u32>()).prop_map(
        |(host, ready_check, patience_secs)| {
            let steering = if host { Steering::Host } else { Steering::Everyone };
            Command::SetRules(Rules { steering, ready_check, patience_secs })
        },
    );
    let address = prop::sample::select(vec![
        "https://films.example/a.mkv",
        "file:///etc/passwd",
        "http://",
        "",
    ]);
    let acts = prop_oneof![
        2 => path().prop_map(Command::OpenFilm),
        2 => path().prop_map(Command::AttachFilm),
        1 => path().prop_map(Command::AttachOtherCut),
        1 => path().prop_map(Command::QueueFilm),
        1 => path().prop_map(Command::AddSubtitle),
        1 => Just(Command::CloseFilm),
        1 => Just(Command::ReopenFilm),
        1 => Just(Command::RequeueFilm),
        3 => Just(Command::Play),
        1 => Just(Command::Pause),
        2 => number().prop_map(Command::Seek),
    ];
    let more = prop_oneof![
        1 => number().prop_map(Command::Rate),
        1 => number().prop_map(Command::FilmShift),
        1 => any::<bool>().prop_map(|forward| Command::Step { forward }),
        1 => Just(Command::Undo),
        1 => any::<bool>().prop_map(Command::Ready),
        1 => Just(Command::PlayNext),
        1 => Just(Command::ProposeTracks),
        1 => any::<bool>().prop_map(Command::AnswerProposal),
        1 => any::<bool>().prop_map(Command::AnswerAddress),
    ];
    let own = prop_oneof![
        1 => film().prop_map(Command::Unqueue),
        1 => (film(), any::<usize>()).prop_map(|(film, to)| Command::MoveInQueue { film, to }),
        1 => (id(), 0..3_u32).prop_map(|(from, number)| Command::TakeSubtitle { from, number }),
        1 => any::<i64>().prop_map(Command::AudioTrack),
        1 => any::<i64>().prop_map(Command::SubtitleTrack),
        1 => number().prop_map(Command::FilmVolume),
        1 => words().prop_map(Command::ChatAtFilm),
        1 => rules,
        1 => address.prop_map(|address| Command::OpenAddress(address.to_owned())),
    ];
    prop_oneof![4 => acts, 2 => more, 2 => own]
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
        address: None,
    });
    (path(), prop::result::maybe_ok(film, words())).prop_map(|(path, result)| {
        let source = FilmSource::File(path);
        Input::FilmInspected { source, result: result.map_err(Sentence::from) }
    })
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
        1 => any::<bool>().prop_map(Command::RaiseHand),
        1 => any::<bool>().prop_map(Command::Camera),
        1 => any::<bool>().prop_map(Command::Microphone),
        20 => film_command(),
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
        3 => screen_command(),
    ]
}

fn screen_source() -> impl Strategy<Value = ScreenSource> {
    prop_oneof![
        words().prop_map(ScreenSource::Window),
        words().prop_map(ScreenSource::Monitor),
        Just(ScreenSource::Portal),
    ]
}

fn screen_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        (screen_source(), any::<bool>())
            .prop_map(|(source, sound)| Command::ShareScreen(Share { source, sound })),
        Just(Command::StopSharing),
        any::<bool>().prop_map(Command::ListScreens),
        (any::<u32>(), any::<u64>()).prop_map(|(fps, max_bps)| {
            Command::ScreenSettings(ScreenSettings { content: None, fps, max_bps })
        }),
        (id(), number()).prop_map(|(who, volume)| Command::ScreenVolume { who, volume }),
        (id(), any::<u32>(), any::<u32>()).prop_map(|(of, width, height)| {
            Command::Shown(vec![Shown { of, track: Track::Screen, width, height }])
        }),
    ]
}

fn screen_item() -> impl Strategy<Value = ScreenItem> {
    (screen_source(), words(), any::<u32>()).prop_map(|(source, title, width)| ScreenItem {
        source,
        program: title.clone(),
        title,
        width,
        height: width,
    })
}

fn screen_event() -> impl Strategy<Value = MediaEvent> {
    prop_oneof![
        (screen_item(), 0..400_usize)
            .prop_map(|(item, count)| MediaEvent::Screens(vec![item; count])),
        screen_item().prop_map(MediaEvent::ScreenShows),
        Just(MediaEvent::ScreenContent(Content::Motion)),
        words().prop_map(|text| MediaEvent::ScreenEnded { source: None, text: text.into() }),
        words().prop_map(|text| MediaEvent::ScreenSoundEnded(text.into())),
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
            text: text.into(),
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
        screen_event(),
    ]
}

pub(crate) fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        4 => command().prop_map(Input::Command),
        1 => Just("ws://server".to_owned()).prop_map(|server| Input::SignalingUp { server }),
        8 => server_message().prop_map(Input::Signaling),
        1 => words().prop_map(|text| Input::SignalingDown(text.into())),
        12 => (id(), link_event()).prop_map(|(id, event)| Input::Link(id, event)),
        1 => id().prop_map(|id| Input::Stats {
            links: vec![(id, cinemasync_core::link::LinkStats::default())],
            media: MediaStats::default(),
        }),
        1 => media_event().prop_map(Input::Media),
        4 => player_event().prop_map(Input::Player),
        1 => words().prop_map(|text| Input::PlayerMissing(text.into())),
        3 => inspected(),
        1 => prop::result::maybe_ok(words(), words()).prop_map(|read| {
            let file = |text: String| SubtitleFile { name: "a.srt".to_owned(), text: text.into() };
            Input::SubtitleRead(read.map(file).map_err(Sentence::from))
        }),
        2 => Just(()).prop_map(|()| Input::Timeout),
    ]
}
