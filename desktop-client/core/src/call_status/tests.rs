//! The status of calls that get worse and better, on a clock of our own.

use super::*;
use crate::interface::FilmCopy;
use crate::link::{LinkStats, Path};

const SECOND: Duration = Duration::from_secs(1);

/// A call with one friend, or several.
struct Call {
    status: CallStatus,
    snapshot: Snapshot,
    now: Instant,
}

fn friend(name: &str) -> ParticipantView {
    ParticipantView {
        film_ready: false,
        same_film: None,
        agreed: false,
        film_offset_ms: None,
        id: ParticipantId::new(name),
        name: name.to_owned(),
        host: false,
        state: LinkState::Connected,
        path: Some(Path::Relay),
        camera_rung: Some(0),
        link: LinkStats {
            rtt_ms: Some(30.0),
            loss_percent: Some(0.0),
            available_bps: Some(3_000_000),
            sent_bps: 1_000_000,
            received_bps: 1_500_000,
        },
        safety_code: None,
        compared: false,
        other_key: None,
        camera: true,
        microphone: true,
        screen: false,
        screen_audio: false,
        screen_volume: 1.0,
        screen_rung: None,
        speaking: false,
        hand: false,
        level: 0.0,
        volume: 1.0,
        copy: FilmCopy::None,
        clock_offset_ms: None,
        clock_error_ms: Some(0.8),
    }
}

fn camera(fps: f64, height: u32, freezes: u64) -> DecoderStats {
    DecoderStats {
        track: Track::Camera,
        width: height * 16 / 9,
        height,
        fps,
        frames_decoded: 1_000,
        frames_dropped: 3,
        longest_gap_ms: 0.0,
        freezes,
        decode_ms: 1.0,
        capture_to_decode_ms: None,
    }
}

impl Call {
    fn with(names: &[&str]) -> Self {
        let participants = names.iter().map(|name| friend(name)).collect();
        let snapshot = Snapshot { participants, signaling_connected: true, ..Snapshot::default() };
        let mut call = Self { status: CallStatus::default(), snapshot, now: Instant::now() };
        for name in names {
            call.hear(name, camera(30.0, 720, 0), 0.0);
        }
        call.pass(10);
        call
    }

    fn link(&mut self, at: usize) -> &mut LinkStats {
        &mut self.snapshot.participants[at].link
    }

    fn hear(&mut self, name: &str, decoder: DecoderStats, concealed_percent: f64) {
        let id = ParticipantId::new(name);
        self.snapshot.media.received.retain(|(known, ..)| *known != id);
        let voice = VoiceStats { jitter_ms: 4.0, concealed_percent, level_db: -30.0 };
        self.snapshot.media.received.push((id, vec![decoder], Some(voice)));
    }

    fn pass(&mut self, seconds: u32) {
        for _ in 0..seconds {
            self.now += SECOND;
            self.status.update(&self.snapshot, ProgramUse::default(), self.now);
        }
    }

    fn condition(&self, at: usize) -> Condition {
        self.status.people()[at].condition
    }

    fn sentence(&self) -> String {
        self.status.sentence().unwrap_or_default().to_string()
    }
}

#[test]
fn while_all_is_well_nothing_is_said() {
    let call = Call::with(&["Ana", "Ben"]);
    assert_eq!(call.sentence(), "");
    assert_eq!((call.condition(0), call.condition(1)), (Condition::Good, Condition::Good));
}

#[test]
fn a_weak_link_is_told_by_name_and_whether_the_picture_suffers() {
    let mut call = Call::with(&["Ana", "Ben"]);
    call.link(0).loss_percent = Some(8.0);
    call.pass(5);
    assert_eq!(call.sentence(), "Ana: weak connection");
    call.hear("Ana", camera(12.0, 180, 0), 0.0);
    call.pass(1);
    assert_eq!(call.sentence(), "Ana: weak connection, picture reduced");
    call.link(1).loss_percent = Some(8.0);
    call.hear("Ben", camera(12.0, 180, 0), 0.0);
    call.pass(5);
    assert_eq!(call.sentence(), "Everybody: weak connection, picture reduced");
}

#[test]
fn a_narrow_link_is_weak_only_while_it_is_used() {
    let mut call = Call::with(&["Ana"]);
    call.link(0).available_bps = Some(300_000);
    call.link(0).sent_bps = 60_000;
    call.pass(10);
    assert_eq!(call.sentence(), "", "nobody tried to send more");
    call.link(0).sent_bps = 250_000;
    call.pass(5);
    assert_eq!(call.sentence(), "Ana: weak connection, picture reduced");
}

#[test]
fn a_short_hiccup_is_not_told_and_a_wavering_figure_does_not_flap() {
    let mut call = Call::with(&["Ana"]);
    call.link(0).loss_percent = Some(20.0);
    call.pass(2);
    call.link(0).loss_percent = Some(0.0);
    call.pass(1);
    assert_eq!(call.sentence(), "");
    let mut changes = 0;
    let mut before = call.condition(0);
    for second in 0..120 {
        call.link(0).loss_percent = Some(if second % 2 == 0 { 5.5 } else { 4.5 });
        call.pass(1);
        changes += u32::from(std::mem::replace(&mut before, call.condition(0)) != before);
    }
    assert_eq!(changes, 0, "it is bad for a second at a time only");
    call.link(0).loss_percent = Some(6.0);
    call.pass(5);
    for second in 0..120 {
        call.link(0).loss_percent = Some(if second % 4 == 0 { 3.0 } else { 1.0 });
        call.pass(1);
        assert_eq!(call.condition(0), Condition::Weak { reduced: false }, "not over yet");
    }
    call.link(0).loss_percent = Some(0.5);
    call.pass(8);
    assert_eq!(call.condition(0), Condition::Good);
}

#[test]
fn each_figure_has_its_words() {
    let mut call = Call::with(&["Ana"]);
    call.link(0).rtt_ms = Some(600.0);
    call.pass(5);
    assert_eq!(call.sentence(), "Ana: long delay");
    call.link(0).rtt_ms = Some(30.0);
    call.pass(8);
    call.hear("Ana", camera(30.0, 720, 0), 9.0);
    call.pass(5);
    assert_eq!(call.sentence(), "Ana: the voice breaks off");
    call.hear("Ana", camera(2.0, 720, 0), 0.0);
    call.pass(8);
    assert_eq!(call.sentence(), "Ana: the picture stutters");
    // Nothing comes because nothing is looked at: that is no fault.
    call.hear("Ana", camera(0.0, 720, 0), 0.0);
    call.pass(8);
    assert_eq!(call.sentence(), "");
    for freezes in 1..8 {
        call.hear("Ana", camera(20.0, 720, freezes), 0.0);
        call.pass(1);
    }
    assert_eq!(call.sentence(), "Ana: the picture stutters");
}

#[test]
fn states_are_told_at_once_and_the_worst_first() {
    let mut call = Call::with(&["Ana", "Ben"]);
    call.link(0).loss_percent = Some(9.0);
    call.pass(5);
    call.snapshot.participants[1].state = LinkState::Reconnecting;
    call.status.update(&call.snapshot, ProgramUse::default(), call.now);
    assert_eq!(call.sentence(), "Ben: reconnecting");
    call.snapshot.participants[1].state = LinkState::Connecting;
    call.status.update(&call.snapshot, ProgramUse::default(), call.now);
    assert_eq!(call.sentence(), "Ana: weak connection", "who comes in is no trouble");
}

#[test]
fn the_computer_and_the_server_are_told_when_no_friend_is_in_trouble() {
    let mut call = Call::with(&["Ana"]);
    call.snapshot.signaling_connected = false;
    call.pass(1);
    assert!(call.sentence().contains("server is away"));
    call.snapshot.media.encoders.push(crate::plan::EncoderStats {
        rung: 0,
        track: Track::Camera,
        width: 1280,
        height: 720,
        fps: 30.0,
        bps: 0,
        target_bps: 1_500_000,
        encode_ms: 40.0,
        keyframes: 1,
    });
    call.pass(5);
    assert!(call.sentence().contains("too slow"));
}

#[test]
fn the_history_is_bounded_and_forgotten_with_the_person() {
    let mut call = Call::with(&["Ana"]);
    let ana = ParticipantId::new("Ana");
    call.pass(1_000);
    assert_eq!(call.status.history(&ana).len(), HISTORY);
    call.snapshot.participants.clear();
    call.pass(1);
    assert_eq!(call.status.history(&ana).len(), 0);
    assert!(call.status.links.is_empty());
}

#[test]
fn figures_that_are_none_do_not_count() {
    let mut call = Call::with(&["Ana"]);
    call.link(0).loss_percent = Some(f64::NAN);
    call.link(0).rtt_ms = Some(f64::INFINITY);
    call.hear("Ana", camera(f64::NAN, 0, 0), f64::NAN);
    call.pass(10);
    assert_eq!(call.sentence(), "");
}

#[test]
fn a_report_holds_figures_and_nobodys_secrets() {
    let mut call = Call::with(&["Ana Secret", "Ben Secret"]);
    call.snapshot.me.name = "Cyd Secret".to_owned();
    call.snapshot.stage = crate::interface::Stage::Room {
        code: "K7QM4XTB".parse().unwrap(),
        server: "wss://secret.example.org".to_owned(),
        max_participants: 3,
        locked: false,
    };
    call.snapshot.playback.opened_by = "Ana Secret".to_owned();
    call.snapshot.playback.offset_ms = Some(-3.2);
    call.snapshot.participants[0].film_offset_ms = Some(4.4);
    call.snapshot.participants[1].film_offset_ms = Some(0.3);
    let text = report(&call.status, &call.snapshot, "CinemaSync 1.0 on Linux");
    assert!(text.starts_with("CinemaSync 1.0 on Linux\nA call of 3\n"), "{text}");
    for part in [
        "Friend 1: good, through a relay",
        "30 ms",
        "720",
        "concealed",
        "Last 10 s: 30 to",
        "You\n  Film 3 ms behind\n",
        "  Film 4 ms ahead\n",
        "  Film in step to the millisecond\n",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    for secret in ["Secret", "secret", "K7QM"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
