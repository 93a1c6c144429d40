//! The window as a person meets it: found by accessible names, answered with actions.

use std::sync::Arc;
use std::time::Instant;

use cinemasync_core::bitrate::ladder::CameraQuality;
use cinemasync_core::devices::DeviceKind;
use cinemasync_core::interface::{
    ChatLine, Command, Event, FilmCopy, Invite, Level, Notice, OtherKey, PlaybackStage, RoomChoice,
    ServerChoice, Snapshot, Stage, Via, WaitReason,
};
use cinemasync_core::link::{LinkState, Route};
use cinemasync_core::voice_settings::VoiceSettings;
use cinemasync_protocol::ParticipantId;
use eframe::egui::accesskit::Role;
use eframe::egui::{
    Key, Modifiers, MouseWheelSource, MouseWheelUnit, Rect, TouchPhase, Vec2, vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::{Frames, LobbyDefaults, Ui, UiAction, text, theme};
use crate::app::demo::Demo;

const WIDE: Vec2 = vec2(1280.0, 800.0);
const NARROW: Vec2 = vec2(390.0, 760.0);

struct Bench {
    ui: Option<Ui>,
    defaults: LobbyDefaults,
    events: Vec<Event>,
    snapshot: Snapshot,
    actions: Vec<UiAction>,
}

type Window = Harness<'static, Bench>;

fn window(size: Vec2, snapshot: Snapshot) -> Window {
    window_with(size, snapshot, LobbyDefaults { name: "Cyd".to_owned(), ..Default::default() })
}

fn window_with(size: Vec2, snapshot: Snapshot, defaults: LobbyDefaults) -> Window {
    let bench = Bench { ui: None, defaults, events: Vec::new(), snapshot, actions: Vec::new() };
    let mut window = Harness::builder()
        .with_size(size)
        .with_context_setup(|ctx| theme::install(ctx, theme::Look::Dark))
        .build_ui_state(
            |ui, bench: &mut Bench| {
                let window =
                    bench.ui.get_or_insert_with(|| Ui::new(ui.ctx(), bench.defaults.clone()));
                for event in bench.events.drain(..) {
                    window.hear(&event);
                }
                let actions = &mut bench.actions;
                let mut send = |action| actions.push(action);
                window.show(ui, &bench.snapshot, &Frames::default(), &mut send);
            },
            bench,
        );
    window.run_steps(2);
    window
}

fn lobby() -> Window {
    window(WIDE, Snapshot::default())
}

/// The scripted evening while the film plays.
fn watching() -> Snapshot {
    Demo::at(30.0, Instant::now()).snapshot().clone()
}

fn click(window: &mut Window, name: &str) {
    window.get_by_role_and_label(Role::Button, name).click();
    window.run_steps(3);
}

fn type_into(window: &mut Window, field: &str, typed: &str) {
    window.get_by_role_and_label(Role::TextInput, field).focus();
    window.run_steps(2);
    window.get_by_role_and_label(Role::TextInput, field).type_text(typed);
    window.run_steps(3);
}

fn press(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run_steps(3);
}

/// What a person asked for: how large the pictures are is nobody's wish.
fn commands(window: &Window) -> Vec<Command> {
    let command = |action: &UiAction| match action {
        UiAction::Command(Command::Shown(_)) => None,
        UiAction::Command(command) => Some(command.clone()),
        _ => None,
    };
    window.state().actions.iter().filter_map(command).collect()
}

fn enter(server: ServerChoice, room: RoomChoice) -> Command {
    let name = "Cyd".to_owned();
    Command::Enter(Invite { server, room, name, password: None, identity: None })
}

#[test]
fn a_new_room_is_one_press_away() {
    let mut window = lobby();
    click(&mut window, text::NEW_ROOM);
    assert_eq!(commands(&window), [enter(ServerChoice::Embedded, RoomChoice::Create)]);
}

#[test]
fn a_name_is_asked_for_before_a_room_is_made() {
    let mut window = window_with(WIDE, Snapshot::default(), LobbyDefaults::default());
    click(&mut window, text::NEW_ROOM);
    assert_eq!(commands(&window), []);
    window.get_by_label(text::NAME_MISSING);
    type_into(&mut window, text::YOUR_NAME, "Cyd");
    assert!(window.query_by_label(text::NAME_MISSING).is_none());
    click(&mut window, text::NEW_ROOM);
    assert_eq!(commands(&window).len(), 1);
}

#[test]
fn a_code_typed_in_small_letters_joins_that_room_by_enter() {
    let mut window = lobby();
    type_into(&mut window, text::ROOM_CODE, "k7qm-4xtb");
    let field = window.get_by_role_and_label(Role::TextInput, text::ROOM_CODE);
    assert_eq!(field.value().as_deref(), Some("K7QM4XTB"));
    press(&mut window, Key::Enter);
    let room = RoomChoice::Join("K7QM4XTB".parse().unwrap());
    assert_eq!(commands(&window), [enter(ServerChoice::Embedded, room)]);
}

#[test]
fn a_pasted_link_brings_its_server_along() {
    let mut window = lobby();
    let link = text::invite_link("K7QM4XTB".parse().unwrap(), "wss://films.example.org");
    type_into(&mut window, text::ROOM_CODE, &link);
    click(&mut window, text::JOIN);
    let server = ServerChoice::Url("wss://films.example.org".to_owned());
    let room = RoomChoice::Join("K7QM4XTB".parse().unwrap());
    assert_eq!(commands(&window), [enter(server, room)]);
}

#[test]
fn what_is_wrong_with_a_code_stands_under_it() {
    let mut window = lobby();
    click(&mut window, text::JOIN);
    window.get_by_label(text::CODE_MISSING);
    type_into(&mut window, text::ROOM_CODE, "K7QM");
    click(&mut window, text::JOIN);
    window.get_by_label(text::CODE_LENGTH);
    assert_eq!(commands(&window), []);
}

#[test]
fn a_server_address_is_checked_before_it_is_used() {
    let mut window = lobby();
    click(&mut window, text::SERVER);
    window.get_by_label(text::AT_AN_ADDRESS).click();
    window.run_steps(3);
    type_into(&mut window, text::ADDRESS, "https://films.example.org");
    window.get_by_label(text::ADDRESS_SCHEME);
    press(&mut window, Key::Escape);
    click(&mut window, text::NEW_ROOM);
    assert_eq!(commands(&window), []);
}

#[test]
fn after_a_crash_the_way_back_is_one_press() {
    let defaults = LobbyDefaults { can_come_back: true, ..LobbyDefaults::default() };
    for size in [WIDE, NARROW, vec2(360.0, 640.0)] {
        let mut window = window_with(size, Snapshot::default(), defaults.clone());
        if size.x < WIDE.x {
            window.get_by_label(text::COME_BACK).scroll_to_me();
            window.run_steps(20);
        }
        click(&mut window, text::COME_BACK);
        assert_eq!(window.state().actions, [UiAction::ComeBack]);
        assert!(window.query_by_label(text::COME_BACK).is_none(), "once");
    }
}

#[test]
fn entering_can_be_given_up() {
    let mut window = window(WIDE, Snapshot { stage: Stage::Entering, ..Snapshot::default() });
    assert!(window.query_by_label(text::NEW_ROOM).is_none());
    click(&mut window, text::CANCEL);
    assert_eq!(commands(&window), [Command::Leave]);
}

#[test]
fn why_one_could_not_enter_is_said_in_the_lobby() {
    let mut window = lobby();
    let why = "There is no room with this code. Ask your friend for it again.";
    window.state_mut().events.push(Event::Failed {
        code: "room_not_found".to_owned(),
        text: why.to_owned(),
        fatal: true,
    });
    window.run_steps(2);
    window.get_by_label(why);
}

#[test]
fn the_lobby_switches_camera_and_microphone() {
    let mut window = lobby();
    click(&mut window, text::UNMUTE);
    click(&mut window, text::CAMERA_ON);
    assert_eq!(commands(&window), [Command::Microphone(true), Command::Camera(true)]);
}

#[test]
fn a_message_is_sent_by_enter_and_by_the_button_and_never_empty() {
    let mut window = window(WIDE, watching());
    type_into(&mut window, text::MESSAGE, " hello ");
    press(&mut window, Key::Enter);
    let field = window.get_by_role_and_label(Role::TextInput, text::MESSAGE);
    assert!(field.is_focused(), "one goes on writing");
    assert_eq!(field.value().unwrap_or_default(), "");
    press(&mut window, Key::Enter);
    type_into(&mut window, text::MESSAGE, "again");
    click(&mut window, text::SEND);
    let said = ["hello", "again"].map(|text| Command::Chat(text.to_owned()));
    assert_eq!(commands(&window), said);
}

#[test]
fn the_player_bar_plays_pauses_and_seeks_for_everybody() {
    let mut window = window(WIDE, watching());
    let at = window.state().snapshot.playback.position_secs;
    click(&mut window, text::PAUSE);
    click(&mut window, text::BACK);
    click(&mut window, text::FORWARD);
    let expected = [Command::Pause, Command::Seek(at - 10.0), Command::Seek(at + 10.0)];
    assert_eq!(commands(&window), expected);
    window.state_mut().snapshot.playback.playing = false;
    window.state_mut().actions.clear();
    window.run_steps(2);
    click(&mut window, text::PLAY);
    assert_eq!(commands(&window), [Command::Play]);
}

#[test]
fn the_seek_bar_goes_where_it_is_pressed() {
    let mut window = window(WIDE, watching());
    window.get_by_role_and_label(Role::Slider, text::SEEK).click();
    window.run_steps(3);
    let duration = window.state().snapshot.playback.film.as_ref().unwrap().duration_secs;
    let middle = match commands(&window)[..] {
        [Command::Seek(to)] => to,
        ref other => panic!("{other:?}"),
    };
    assert!((middle / duration - 0.5).abs() < 0.01);
}

#[test]
fn keys_work_unless_one_types() {
    let mut window = window(WIDE, watching());
    let at = window.state().snapshot.playback.position_secs;
    for key in [Key::Space, Key::ArrowLeft, Key::ArrowRight, Key::M, Key::V] {
        press(&mut window, key);
    }
    let expected = [
        Command::Pause,
        Command::Seek(at - 5.0),
        Command::Seek(at + 5.0),
        Command::Microphone(false),
        Command::Camera(false),
    ];
    assert_eq!(commands(&window), expected);
    window.state_mut().actions.clear();
    type_into(&mut window, text::MESSAGE, "m v");
    press(&mut window, Key::M);
    press(&mut window, Key::Space);
    assert_eq!(commands(&window), []);
}

#[test]
fn everything_to_press_in_the_room_has_its_command() {
    for size in [WIDE, NARROW] {
        let mut window = window(size, watching());
        for name in [text::MUTE, text::CAMERA_OFF, text::LEAVE] {
            click(&mut window, name);
        }
        let expected = [Command::Microphone(false), Command::Camera(false), Command::Leave];
        assert_eq!(commands(&window), expected);
        click(&mut window, text::REACT);
        click(&mut window, "👏");
        assert_eq!(commands(&window).last(), Some(&Command::React("👏".to_owned())));
        click(&mut window, text::SUBTITLES);
        window.get_by_role_and_label(Role::MenuItemRadio, "German").click();
        window.run_steps(3);
        assert_eq!(commands(&window).last(), Some(&Command::SubtitleTrack(2)));
        click(&mut window, &format!("{} K7QM 4XTB", text::COPY_CODE));
        let copied = window.state().actions.last();
        assert!(matches!(copied, Some(UiAction::CopyInvite(link)) if link.contains("K7QM4XTB")));
    }
}

#[test]
fn all_controls_stay_inside_the_window_and_can_be_hit() {
    for (size, snapshot) in [
        (WIDE, watching()),
        (NARROW, watching()),
        (vec2(360.0, 640.0), watching()),
        (vec2(1920.0, 1080.0), watching()),
        (NARROW, Demo::at(14.0, Instant::now()).snapshot().clone()),
        (WIDE, Snapshot::default()),
    ] {
        let window = window(size, snapshot);
        let screen = Rect::from_min_size(Default::default(), size).expand(0.5);
        for node in window.get_all_by_role(Role::Button) {
            let (rect, name) = (node.rect(), node.accesskit_node().label());
            assert!(screen.contains_rect(rect), "{name:?} at {rect:?} in {size:?}");
            assert!(rect.height() >= 36.0 && rect.width() >= 36.0, "{name:?} is {rect:?}");
            assert!(name.is_some_and(|name| !name.is_empty()), "a button without a name");
        }
    }
}

#[test]
fn without_a_film_the_stage_invites_to_choose_one() {
    for size in [WIDE, NARROW] {
        let mut window = window(size, Demo::at(14.0, Instant::now()).snapshot().clone());
        window.get_by_label(text::DROP_A_FILM);
        click(&mut window, text::CHOOSE_FILM);
        assert_eq!(window.state().actions.last(), Some(&UiAction::PickFilm));
    }
}

#[test]
fn a_film_of_a_friend_asks_for_ones_own_copy() {
    let mut window = window(WIDE, Demo::at(18.0, Instant::now()).snapshot().clone());
    window.get_by_label_contains("choose your copy");
    click(&mut window, text::CHOOSE_COPY);
    assert_eq!(window.state().actions.last(), Some(&UiAction::PickOwnCopy));
}

#[test]
fn without_a_player_the_stage_says_how_to_get_one() {
    let why = "Films need libmpv. Install it with: apt install libmpv2";
    let defaults =
        LobbyDefaults { player_missing: Some(why.to_owned()), ..LobbyDefaults::default() };
    for seconds in [14.0, 18.0] {
        let snapshot = Demo::at(seconds, Instant::now()).snapshot().clone();
        let window = window_with(WIDE, snapshot, defaults.clone());
        window.get_by_label(why);
        assert!(window.query_by_label(text::CHOOSE_FILM).is_none());
    }
}

#[test]
fn every_stage_of_playback_has_its_words_on_screen() {
    let mut snapshot = watching();
    for (mine, stage, words) in [
        (FilmCopy::None, PlaybackStage::Loading, text::COPY_WANTED),
        (FilmCopy::Local, PlaybackStage::Loading, text::OPENING),
        (FilmCopy::Local, PlaybackStage::Waiting, "Waiting for Ben"),
        (FilmCopy::Local, PlaybackStage::Paused, text::PAUSED),
        (FilmCopy::Streaming, PlaybackStage::Playing, "In sync · ±3 ms"),
    ] {
        snapshot.playback.mine = mine;
        snapshot.playback.state = stage;
        let mut window = window(WIDE, snapshot.clone());
        let who = vec![ParticipantId::new("p-ben")];
        window.state_mut().events.push(Event::Waiting { who, why: WaitReason::Buffering });
        window.run_steps(2);
        window.get_by_role_and_label(Role::Button, &format!("{words}. {}", text::PEOPLE));
    }
}

#[test]
fn the_status_panel_tells_the_figures_of_each_connection() {
    let mut window = window(WIDE, watching());
    click(&mut window, "3 people in the room");
    window.get_all_by_label("18 ms · 0.2 % lost · clock ±0.8 ms").next().unwrap();
    window.get_all_by_label("↓ 1.3 Mbit/s · ↑ 1.2 Mbit/s of 6.4 Mbit/s").next().unwrap();
    window.get_by_label("Clock known to ±0.8 ms");
    click(&mut window, text::COPY_REPORT);
    let Some(UiAction::CopyReport(report)) = window.state().actions.last() else {
        panic!("a report is copied")
    };
    assert!(report.contains("Friend 1") && report.contains("18 ms"), "{report}");
    assert!(!report.contains("Ana") && !report.contains("films.example.org"), "{report}");
    window.get_by_label(text::REPORT_COPIED);
}

#[test]
fn trouble_is_told_in_a_sentence_and_quiet_else() {
    let mut window = window(WIDE, watching());
    assert!(window.query_by_label_contains(&format!(". {}", text::PEOPLE)).is_some());
    window.state_mut().snapshot.participants[1].state = LinkState::Reconnecting;
    window.run_steps(2);
    click(&mut window, &format!("Ben: reconnecting. {}", text::PEOPLE));
    window.get_by_label("Clock known to ±0.8 ms");
    press(&mut window, Key::Escape);
    window.state_mut().snapshot.participants[1].state = LinkState::Connected;
    window.run_steps(2);
    assert!(window.query_by_label_contains("reconnecting").is_none());
    window.set_size(NARROW);
    window.state_mut().snapshot.participants[1].state = LinkState::Reconnecting;
    window.run_steps(3);
    window.get_by_label("Ben: reconnecting");
}

/// A snapshot with devices, in the lobby or in a room.
fn with_devices(in_room: bool) -> Snapshot {
    let seconds = if in_room { 30.0 } else { 0.0 };
    Demo::at(seconds, Instant::now()).snapshot().clone()
}

#[test]
fn devices_are_chosen_in_the_lobby_and_in_the_room() {
    for (size, in_room) in [(WIDE, false), (WIDE, true), (NARROW, false), (NARROW, true)] {
        let mut window = window(size, with_devices(in_room));
        click(&mut window, text::SETTINGS);
        click(&mut window, "Microphone: Built-in microphone");
        window.get_by_role_and_label(Role::MenuItemRadio, "Headset").click();
        window.run_steps(3);
        let kind = DeviceKind::Microphone;
        let chosen = Command::ChooseDevice { kind, id: Some("headset".to_owned()) };
        assert_eq!(commands(&window).last(), Some(&chosen));
        assert!(window.query_by_role_and_label(Role::MenuItemRadio, "Headset").is_none());
        click(&mut window, "Camera: Built-in camera");
        window.get_by_role_and_label(Role::MenuItemRadio, text::SYSTEM_DEFAULT).click();
        window.run_steps(3);
        let chosen = Command::ChooseDevice { kind: DeviceKind::Camera, id: None };
        assert_eq!(commands(&window).last(), Some(&chosen));
    }
}

#[test]
fn one_sees_and_hears_oneself_while_the_settings_are_open() {
    let mut window = window(WIDE, with_devices(true));
    click(&mut window, text::SETTINGS);
    window.get_by_label(text::LEVEL);
    assert_eq!(commands(&window), [Command::Preview(true)]);
    press(&mut window, Key::Escape);
    assert!(window.query_by_label(text::LEVEL).is_none());
    assert_eq!(commands(&window), [Command::Preview(true), Command::Preview(false)]);
}

#[test]
fn every_setting_of_voices_has_its_control() {
    let mut window = window(vec2(1280.0, 1600.0), with_devices(true));
    let voice = window.state().snapshot.voice;
    click(&mut window, text::SETTINGS);
    window.state_mut().actions.clear();
    for (name, expected) in [
        (text::NOISE_SUPPRESSION, VoiceSettings { noise_suppression: true, ..voice }),
        (text::ECHO_CANCELLATION, VoiceSettings { echo_cancellation: false, ..voice }),
        (text::AUTOMATIC_GAIN, VoiceSettings { automatic_gain: false, ..voice }),
        (text::SOUNDS, VoiceSettings { sounds: false, ..voice }),
    ] {
        window.get_by_role_and_label(Role::Switch, name).click();
        window.run_steps(3);
        assert_eq!(commands(&window).last(), Some(&Command::Voice(expected)), "{name}");
    }
    for (name, expected) in [
        (text::DUCKING, VoiceSettings { ducking_db: 20.0, ..voice }),
        (text::DUCKING_RELEASE, VoiceSettings { ducking_release_ms: 1_500, ..voice }),
    ] {
        window.get_by_role_and_label(Role::Slider, name).click();
        window.run_steps(3);
        assert_eq!(commands(&window).last(), Some(&Command::Voice(expected)), "{name}");
    }
    window.state_mut().snapshot.voice.input_gain_db = 12.0;
    window.run_steps(2);
    window.get_by_role_and_label(Role::Slider, text::INPUT_GAIN).click();
    window.run_steps(3);
    assert_eq!(commands(&window).last(), Some(&Command::Voice(voice)), "the middle is 0 dB");
    let quality = window.state().snapshot.camera_quality;
    click(&mut window, &format!("{}: {}", text::QUALITY, text::quality(quality)));
    window.get_by_role_and_label(Role::MenuItemRadio, "1080p, 30 fps").click();
    window.run_steps(3);
    let chosen = CameraQuality { height: 1080, fps: 30 };
    assert_eq!(commands(&window).last(), Some(&Command::CameraQuality(chosen)));
    click(&mut window, &format!("{}: {}", text::ROUTE, text::route(Route::Any)));
    let relays = text::route(Route::RelayOnly);
    window.get_by_role_and_label(Role::MenuItemRadio, relays).click();
    window.run_steps(3);
    assert_eq!(commands(&window).last(), Some(&Command::Route(Route::RelayOnly)));
}

#[test]
fn push_to_talk_sends_while_its_key_is_held_unless_one_types() {
    let mut window = window(vec2(1280.0, 1600.0), with_devices(true));
    click(&mut window, text::SETTINGS);
    window.get_by_role_and_label(Role::Switch, text::PUSH_TO_TALK).click();
    window.run_steps(3);
    assert_eq!(commands(&window).last(), Some(&Command::PushToTalk(true)));
    window.state_mut().snapshot.me.push_to_talk = true;
    window.run_steps(2);
    click(&mut window, &format!("{}: T", text::TALK_KEY));
    window.get_by_label(text::PRESS_A_KEY);
    press(&mut window, Key::B);
    assert_eq!(window.state().actions.last(), Some(&UiAction::KeepTalkKey("B".to_owned())));
    window.get_by_label(&format!("{}: B", text::TALK_KEY));
    press(&mut window, Key::Escape);
    window.state_mut().actions.clear();
    window.key_down(Key::B);
    window.run_steps(2);
    window.key_up(Key::B);
    window.run_steps(2);
    assert_eq!(commands(&window), [Command::Talk(true), Command::Talk(false)]);
    type_into(&mut window, text::MESSAGE, "b");
    window.key_down(Key::B);
    window.run_steps(2);
    assert_eq!(commands(&window).len(), 2, "who types does not talk");
}

/// Opens what opens from somebody's picture.
fn open_person(window: &mut Window, name: &str) {
    let said = text::face_menu(name);
    click(window, &said);
}

#[test]
fn from_somebodys_picture_the_volume_is_set_and_the_code_compared() {
    for size in [WIDE, NARROW] {
        let mut snapshot = watching();
        for person in &mut snapshot.participants {
            (person.speaking, person.microphone) = (false, true);
        }
        let code = snapshot.participants[0].safety_code.unwrap();
        let ana = snapshot.participants[0].id.clone();
        let mut window = window(size, snapshot);
        open_person(&mut window, "Ana");
        window.get_by_label(&format!("{}: {code}", text::SAFETY_CODE));
        for sign in code.signs() {
            assert!(window.query_all_by_label(sign.name).next().is_some(), "{}", sign.name);
        }
        window.get_by_role_and_label(Role::Slider, &text::volume_of("Ana")).click();
        window.run_steps(3);
        let expected = Command::VoiceVolume { who: ana.clone(), volume: 1.0 };
        window.state_mut().snapshot.participants[0].volume = 0.3;
        window.run_steps(2);
        window.get_by_role_and_label(Role::Slider, &text::volume_of("Ana")).click();
        window.run_steps(3);
        assert_eq!(commands(&window).last(), Some(&expected), "the middle is as it came");
        click(&mut window, text::THEY_ARE_EQUAL);
        assert_eq!(commands(&window).last(), Some(&Command::Compared(ana.clone(), true)));
        window.state_mut().snapshot.participants[0].compared = true;
        window.run_steps(2);
        window.get_by_label(&text::compared("Ana"));
        click(&mut window, text::TAKE_BACK);
        assert_eq!(commands(&window).last(), Some(&Command::Compared(ana, false)));
    }
}

#[test]
fn a_program_with_another_key_is_decided_on_at_the_persons_picture() {
    let mut snapshot = watching();
    let ben = &mut snapshot.participants[1];
    (ben.other_key, ben.compared) = (Some(OtherKey::Asks), true);
    (ben.state, ben.safety_code) = (LinkState::Failed, None);
    (ben.speaking, ben.microphone) = (false, true);
    let id = ben.id.clone();
    let mut window = window(WIDE, snapshot);
    window.get_by_label(text::ANOTHER_KEY);
    window.get_by_label_contains("Ben: another key than before");
    open_person(&mut window, &text::face("Ben", false, false, LinkState::Failed));
    window.get_by_label(&text::other_key("Ben", true));
    click(&mut window, text::REFUSE_KEY);
    window.state_mut().snapshot.participants[1].other_key = Some(OtherKey::Refused);
    window.run_steps(2);
    window.get_by_label(text::KEY_REFUSED);
    assert!(window.query_by_label(text::REFUSE_KEY).is_none());
    click(&mut window, text::ACCEPT_KEY);
    assert_eq!(commands(&window), [Command::RefuseKey(id.clone()), Command::AcceptKey(id)]);
}

#[test]
fn a_notice_is_shown_and_can_be_dismissed() {
    let mut window = window(WIDE, watching());
    let text = "The camera is used by another program. Close it and press Retry.";
    let notice = Notice { level: Level::Error, text: text.to_owned() };
    window.state_mut().events.push(Event::Notice(notice));
    window.run_steps(2);
    window.get_by_label(text);
    click(&mut window, text::DISMISS);
    assert!(window.query_by_label(text).is_none());
}

#[test]
fn ten_thousand_messages_cost_no_more_to_draw_than_a_screenful() {
    let with = |count: u64| {
        let line = |number: u64| ChatLine {
            film_secs: None,
            from: Some(ParticipantId::new("p-ben")),
            name: "Ben".to_owned(),
            text: format!("message {number}"),
            id: number.to_string(),
            via: Via::Peer,
            at_unix_ms: number * 60_000,
        };
        let chat = Arc::new((0..count).map(line).collect());
        let mut window = window(WIDE, Snapshot { chat, ..watching() });
        window.run_steps(4);
        window
    };
    let shapes = |window: &Window| window.output().shapes.len();
    let (few, many) = (with(60), with(10_000));
    assert!(many.query_by_label("message 9999").is_some(), "the newest is in view");
    assert!(many.query_by_label("message 0").is_none());
    let (few, many) = (shapes(&few), shapes(&many));
    assert!(many <= few + 10, "{many} shapes against {few}");
}

#[test]
fn the_session_is_told_how_large_each_picture_is_shown() {
    let sizes = |window: &Window| {
        let told = window.state().actions.iter().rev().find_map(|action| match action {
            UiAction::Command(Command::Shown(shown)) => Some(shown.clone()),
            _ => None,
        });
        told.unwrap_or_default().iter().map(|one| (one.width, one.height)).collect::<Vec<_>>()
    };
    let mut snapshot = watching();
    snapshot.participants[0].speaking = true;
    let mut window = window(WIDE, snapshot);
    let [large, small] = sizes(&window)[..] else { panic!("two others are in the room") };
    assert!(large.0 > 2 * small.0 - 50 && small.0 > 100, "{large:?} {small:?}");
    // Whose camera is off has no picture.
    window.state_mut().snapshot.participants[1].camera = false;
    window.run_steps(60);
    assert_eq!(sizes(&window)[1], (0, 0));
}

#[test]
fn the_newest_message_is_in_view_whatever_the_windows_shape() {
    let mut window = window(WIDE, Demo::at(45.0, Instant::now()).snapshot().clone());
    for size in [WIDE, NARROW, vec2(360.0, 640.0), vec2(1440.0, 900.0), NARROW] {
        window.set_size(size);
        window.run_steps(5);
        let newest = window.get_by_label("no spoilers!").rect();
        let field = window.get_by_role_and_label(Role::TextInput, text::MESSAGE).rect();
        assert!(newest.bottom() <= field.top(), "{newest:?} above {field:?} in {size:?}");
    }
}

#[test]
fn who_reads_back_is_not_pulled_to_the_newest_message() {
    let mut window = window(NARROW, Demo::at(45.0, Instant::now()).snapshot().clone());
    let middle = window.get_by_label("no spoilers!").rect().center();
    window.hover_at(middle);
    window.event(egui::Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, 120.0),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    window.run_steps(30);
    assert!(window.query_by_label("no spoilers!").is_none());
    window.run_steps(5);
    assert!(window.query_by_label("no spoilers!").is_none());
}

#[test]
fn nothing_is_drawn_again_while_nothing_changes() {
    for snapshot in [Snapshot::default(), watching()] {
        let mut window = window(WIDE, snapshot);
        // What fades in takes a few frames, then all is still.
        assert!(window.run() < 20);
    }
}
