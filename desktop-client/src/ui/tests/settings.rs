//! The settings: devices, voices, push-to-talk, the rules of the room.

use super::*;

/// A snapshot with devices, in the lobby or in a room.
fn with_devices(in_room: bool) -> Snapshot {
    let seconds = if in_room { 30.0 } else { 0.0 };
    Demo::at(seconds, Instant::now()).snapshot().clone()
}

#[test]
fn devices_are_chosen_in_the_lobby_and_in_the_room() {
    for (size, in_room) in [(WIDE, false), (WIDE, true), (NARROW, false), (NARROW, true)] {
        let mut window = window(size, with_devices(in_room));
        click(&mut window, text::settings());
        click(&mut window, "Microphone: Built-in microphone");
        window.get_by_role_and_label(Role::MenuItemRadio, "Headset").click();
        window.run_steps(3);
        let kind = DeviceKind::Microphone;
        let chosen = Command::ChooseDevice { kind, id: Some("headset".to_owned()) };
        assert_eq!(commands(&window).last(), Some(&chosen));
        assert!(window.query_by_role_and_label(Role::MenuItemRadio, "Headset").is_none());
        click(&mut window, "Camera: Built-in camera");
        window.get_by_role_and_label(Role::MenuItemRadio, text::system_default()).click();
        window.run_steps(3);
        let chosen = Command::ChooseDevice { kind: DeviceKind::Camera, id: None };
        assert_eq!(commands(&window).last(), Some(&chosen));
    }
}

#[test]
fn one_sees_and_hears_oneself_while_the_settings_are_open() {
    let mut window = window(WIDE, with_devices(true));
    click(&mut window, text::settings());
    window.get_by_label(text::level());
    assert_eq!(commands(&window), [Command::Preview(true)]);
    press(&mut window, Key::Escape);
    assert!(window.query_by_label(text::level()).is_none());
    assert_eq!(commands(&window), [Command::Preview(true), Command::Preview(false)]);
}

#[test]
fn every_setting_of_voices_has_its_control() {
    let mut window = window(vec2(1280.0, 1600.0), with_devices(true));
    let voice = window.state().snapshot.voice;
    click(&mut window, text::settings());
    window.state_mut().actions.clear();
    for (name, expected) in [
        (text::noise_suppression(), VoiceSettings { noise_suppression: true, ..voice }),
        (text::echo_cancellation(), VoiceSettings { echo_cancellation: false, ..voice }),
        (text::automatic_gain(), VoiceSettings { automatic_gain: false, ..voice }),
        (text::sounds(), VoiceSettings { sounds: false, ..voice }),
    ] {
        window.get_by_role_and_label(Role::Switch, name).click();
        window.run_steps(3);
        assert_eq!(commands(&window).last(), Some(&Command::Voice(expected)), "{name}");
    }
    for (name, expected) in [
        (text::ducking_label(), VoiceSettings { ducking_db: 20.0, ..voice }),
        (text::ducking_release(), VoiceSettings { ducking_release_ms: 1_500, ..voice }),
    ] {
        window.get_by_role_and_label(Role::Slider, name).click();
        window.run_steps(3);
        assert_eq!(commands(&window).last(), Some(&Command::Voice(expected)), "{name}");
    }
    window.state_mut().snapshot.voice.input_gain_db = 12.0;
    window.run_steps(2);
    window.get_by_role_and_label(Role::Slider, text::input_gain()).click();
    window.run_steps(3);
    assert_eq!(commands(&window).last(), Some(&Command::Voice(voice)), "the middle is 0 dB");
    let quality = window.state().snapshot.camera_quality;
    click(&mut window, &format!("{}: {}", text::quality_label(), text::quality(quality)));
    window.get_by_role_and_label(Role::MenuItemRadio, "1080p, 30 fps").click();
    window.run_steps(3);
    let chosen = CameraQuality { height: 1080, fps: 30 };
    assert_eq!(commands(&window).last(), Some(&Command::CameraQuality(chosen)));
    click(&mut window, &format!("{}: {}", text::route_label(), text::route(Route::Any)));
    let relays = text::route(Route::RelayOnly);
    window.get_by_role_and_label(Role::MenuItemRadio, relays).click();
    window.run_steps(3);
    assert_eq!(commands(&window).last(), Some(&Command::Route(Route::RelayOnly)));
}

#[test]
fn push_to_talk_sends_while_its_key_is_held_unless_one_types() {
    let mut window = window(vec2(1280.0, 1600.0), with_devices(true));
    click(&mut window, text::settings());
    window.get_by_role_and_label(Role::Switch, text::push_to_talk()).click();
    window.run_steps(3);
    assert_eq!(commands(&window).last(), Some(&Command::PushToTalk(true)));
    window.state_mut().snapshot.me.push_to_talk = true;
    window.run_steps(2);
    click(&mut window, &format!("{}: N", text::talk_key()));
    window.get_by_label(text::press_a_key());
    press(&mut window, Key::B);
    assert_eq!(window.state().actions.last(), Some(&UiAction::KeepTalkKey("B".to_owned())));
    window.get_by_label(&format!("{}: B", text::talk_key()));
    press(&mut window, Key::Escape);
    window.state_mut().actions.clear();
    window.key_down(Key::B);
    window.run_steps(2);
    window.key_up(Key::B);
    window.run_steps(2);
    assert_eq!(commands(&window), [Command::Talk(true), Command::Talk(false)]);
    type_into(&mut window, text::message(), "b");
    window.key_down(Key::B);
    window.run_steps(2);
    assert_eq!(commands(&window).len(), 2, "who types does not talk");
}

#[test]
fn the_host_sets_the_rules_and_others_read_them() {
    let tall = vec2(1280.0, 1800.0);
    let mut window = window(tall, with_devices(true));
    click(&mut window, text::settings());
    window.get_by_label("Everyone steers the film.");
    window.get_by_label("Nobody is waited for longer than 20 s.");
    assert!(window.query_by_label_contains(text::who_steers()).is_none());
    now(&mut window, |snapshot| snapshot.me.host = true);
    window.get_by_role_and_label(Role::Switch, text::lock_room()).click();
    window.run_steps(3);
    assert_eq!(last(&window), Some(Command::LockRoom(true)));
    let rules = Rules::default();
    click(&mut window, &format!("{}: {}", text::who_steers(), text::steering(Steering::Everyone)));
    choose(&mut window, text::steering(Steering::Host));
    let expected = Rules { steering: Steering::Host, ..rules };
    assert_eq!(last(&window), Some(Command::SetRules(expected)));
    window.get_by_role_and_label(Role::Switch, text::ready_check_rule()).click();
    window.run_steps(3);
    let expected = Rules { ready_check: true, ..rules };
    assert_eq!(last(&window), Some(Command::SetRules(expected)));
    for (name, patience_secs) in [(text::patience_more(), 30), (text::patience_less(), 10)] {
        click(&mut window, name);
        let expected = Rules { patience_secs, ..rules };
        assert_eq!(last(&window), Some(Command::SetRules(expected)));
    }
}

#[test]
fn settings_are_found_by_a_word() {
    let mut window = window(vec2(1280.0, 2000.0), with_devices(true));
    click(&mut window, text::settings());
    type_into(&mut window, text::search_settings(), "noise");
    window.get_by_role_and_label(Role::Switch, text::noise_suppression());
    assert!(window.query_by_role_and_label(Role::Switch, text::automatic_gain()).is_none());
    assert!(window.query_by_label(text::settings_connections()).is_none());
    retype(&mut window, text::search_settings(), "popcorn");
    window.get_by_label(text::no_setting_found());
}

#[test]
fn size_and_motion_are_set_at_once_and_kept() {
    let mut window = window(vec2(1280.0, 2200.0), with_devices(false));
    click(&mut window, text::settings());
    window.get_by_role_and_label(Role::Switch, text::reduced_motion()).click();
    window.run_steps(3);
    assert!(window.ctx.global_style().animation_time <= 0.0);
    click(&mut window, text::scale_more());
    assert!((window.ctx.zoom_factor() - 1.1).abs() < 0.001);
    let kept = WindowSettings { scale_percent: 110, reduced_motion: true, ..Default::default() };
    assert_eq!(window.state().actions.last(), Some(&UiAction::KeepWindow(kept)));
    // The keys that egui knows for it count as well.
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num0);
    window.run_steps(3);
    let Some(UiAction::KeepWindow(kept)) = window.state().actions.last() else { panic!("kept") };
    assert_eq!(kept.scale_percent, 100);
}

#[test]
fn any_key_can_be_another_one_but_for_two_things() {
    let mut window = window(vec2(1280.0, 2600.0), with_devices(true));
    click(&mut window, text::settings());
    click(&mut window, &format!("{}: {}", text::keys(), text::keys_as_they_came()));
    click(&mut window, &format!("{}: V", text::key_camera()));
    window.get_by_label(&text::press_for(text::key_camera()));
    press(&mut window, Key::M);
    window.get_by_label(&text::key_is_taken(Key::M, text::key_microphone()));
    press(&mut window, Key::X);
    let keys = [("camera".to_owned(), "X".to_owned())].into();
    let kept = WindowSettings { keys, ..Default::default() };
    assert_eq!(window.state().actions.last(), Some(&UiAction::KeepWindow(kept)));
    window.get_by_label(&format!("{}: X", text::key_camera()));
    press(&mut window, Key::Escape);
    window.state_mut().actions.clear();
    press(&mut window, Key::V);
    assert_eq!(commands(&window), []);
    press(&mut window, Key::X);
    assert_eq!(commands(&window), [Command::Camera(false)]);
    click(&mut window, text::settings());
    click(&mut window, text::reset_keys());
    assert_eq!(
        window.state().actions.last(),
        Some(&UiAction::KeepWindow(WindowSettings::default()))
    );
    window.get_by_label(&format!("{}: V", text::key_camera()));
}

#[test]
fn a_key_to_talk_with_that_does_something_else_is_told_of() {
    let mut window = window(vec2(1280.0, 2000.0), with_devices(true));
    click(&mut window, text::settings());
    now(&mut window, |snapshot| snapshot.me.push_to_talk = true);
    click(&mut window, &format!("{}: N", text::talk_key()));
    press(&mut window, Key::F);
    window.get_by_label(&text::talk_key_takes(Key::F, text::key_full_screen()));
}

#[test]
fn who_looks_elsewhere_is_told_of_people_messages_and_waiting() {
    let mut window = window(vec2(1280.0, 2200.0), with_devices(true));
    let me = ParticipantId::new("me");
    let line = |from: &str| {
        let mut line = window.state().snapshot.chat[0].clone();
        (line.from, line.name) = (Some(ParticipantId::new(from)), "Ana".to_owned());
        Event::Chat(line)
    };
    let (theirs, own) = (line("ana"), line("me"));
    let why = WaitReason::Buffering;
    let waits = |who: &str| Event::Waiting { who: vec![ParticipantId::new(who)], why };
    let tells = |window: &Window, event: &Event| {
        window.state().ui.as_ref().unwrap().worth_telling(event, Some(&me)).is_some()
    };
    for (event, expected) in
        [(&theirs, true), (&own, false), (&waits("me"), true), (&waits("ana"), false)]
    {
        assert_eq!(tells(&window, event), expected, "{event:?}");
    }
    click(&mut window, text::settings());
    window.get_by_role_and_label(Role::Switch, text::notifications()).click();
    window.run_steps(3);
    assert!(!tells(&window, &theirs));
}

#[test]
fn a_small_window_beside_work_stays_above_all_others() {
    let mut window = window(vec2(390.0, 2200.0), watching());
    click(&mut window, text::settings());
    window.get_by_role_and_label(Role::Switch, text::on_top()).click();
    let mut told = false;
    for _ in 0..3 {
        window.step();
        let root = &window.output().viewport_output[&egui::ViewportId::ROOT];
        let top = egui::ViewportCommand::WindowLevel(egui::WindowLevel::AlwaysOnTop);
        told |= root.commands.contains(&top);
    }
    assert!(told);
    let kept = WindowSettings { on_top: true, ..Default::default() };
    assert!(window.state().actions.contains(&UiAction::KeepWindow(kept)));
}
