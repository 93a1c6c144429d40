//! A session among strangers: a server, peers, a player and a person that may do anything at any
//! time. Whatever comes, the machine does not panic, does not spin, asks for a bounded amount of
//! work and says nothing that is over the wire's own limits.

mod strategies;

use std::time::{Duration, Instant};

use cinemasync_core::control::MAX_CONTROL_BYTES;
use cinemasync_core::film_memory::FilmMemory;
use cinemasync_core::interface::{Command, Event, Invite, RoomChoice, ServerChoice, Stage};
use cinemasync_core::link::{LinkCommand, LinkEvent, LinkState, Route};
use cinemasync_core::safety_code::Secret;
use cinemasync_core::screen::ScreenSettings;
use cinemasync_core::session::{EquipmentConfig, Input, Now, Output, SessionConfig, SessionCore};
use cinemasync_core::streaming::StreamMode;
use cinemasync_protocol::{
    ClientMessage, ParticipantId, ParticipantInfo, RoomCode, RoomEntry, ServerMessage, Token,
    limits,
};
use proptest::prelude::*;

use strategies::input;

/// No room holds more than this many others.
const MAX_OTHERS: usize = limits::MAX_MAX_PARTICIPANTS - 1;
/// Far more than any one input may ask for in a full room.
const MAX_OUTPUTS: usize = 1_000;
/// Timeouts that may be due at one moment.
const MAX_TIMEOUTS: usize = 50;

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
            memory: FilmMemory::default(),
            stream_mode: StreamMode::Auto,
            screen: ScreenSettings::default(),
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
