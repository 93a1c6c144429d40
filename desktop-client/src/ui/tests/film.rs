//! The film: playing, seeking, chapters, the stage in each of its states.

use super::*;

#[test]
fn the_player_bar_plays_pauses_and_seeks_for_everybody() {
    let mut window = window(WIDE, watching());
    let at = window.state().snapshot.playback.position_secs;
    click(&mut window, text::pause());
    click(&mut window, text::back());
    click(&mut window, text::forward());
    let expected = [Command::Pause, Command::Seek(at - 10.0), Command::Seek(at + 10.0)];
    assert_eq!(commands(&window), expected);
    window.state_mut().snapshot.playback.playing = false;
    window.state_mut().actions.clear();
    window.run_steps(2);
    click(&mut window, text::play());
    assert_eq!(commands(&window), [Command::Play]);
}

#[test]
fn the_seek_bar_goes_where_it_is_pressed() {
    let mut window = window(WIDE, watching());
    window.get_by_role_and_label(Role::Slider, text::seek()).click();
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
    for key in [Key::Space, Key::ArrowLeft, Key::ArrowRight, Key::J, Key::L, Key::M, Key::V] {
        press(&mut window, key);
    }
    let expected = [
        Command::Pause,
        Command::Seek(at - 5.0),
        Command::Seek(at + 5.0),
        Command::Seek(at - 10.0),
        Command::Seek(at + 10.0),
        Command::Microphone(false),
        Command::Camera(false),
    ];
    assert_eq!(commands(&window), expected);
    window.state_mut().actions.clear();
    type_into(&mut window, text::message(), "m v");
    press(&mut window, Key::M);
    press(&mut window, Key::Space);
    assert_eq!(commands(&window), []);
}

#[test]
fn without_a_film_the_stage_invites_to_choose_one() {
    for size in [WIDE, NARROW] {
        let mut window = window(size, Demo::at(14.0, Instant::now()).snapshot().clone());
        window.get_by_label(text::drop_a_film());
        click(&mut window, text::choose_film());
        assert_eq!(window.state().actions.last(), Some(&UiAction::PickFilm));
    }
}

#[test]
fn a_film_of_a_friend_asks_for_ones_own_copy() {
    let mut window = window(WIDE, Demo::at(18.0, Instant::now()).snapshot().clone());
    window.get_by_label_contains("choose your copy");
    click(&mut window, text::choose_copy());
    assert_eq!(window.state().actions.last(), Some(&UiAction::PickOwnCopy));
}

#[test]
fn without_a_player_the_stage_says_how_to_get_one() {
    let why = "Films need libmpv. Install it with: apt install libmpv2";
    let defaults = LobbyDefaults { player_missing: Some(why.into()), ..LobbyDefaults::default() };
    for seconds in [14.0, 18.0] {
        let snapshot = Demo::at(seconds, Instant::now()).snapshot().clone();
        let window = window_with(WIDE, snapshot, defaults.clone());
        window.get_by_label(why);
        assert!(window.query_by_label(text::choose_film()).is_none());
    }
}

#[test]
fn every_stage_of_playback_has_its_words_on_screen() {
    let mut snapshot = watching();
    for (mine, stage, waits, words) in [
        (FilmCopy::None, PlaybackStage::Loading, false, text::copy_wanted()),
        (FilmCopy::Local, PlaybackStage::Loading, false, text::opening()),
        (FilmCopy::Local, PlaybackStage::Waiting, true, "Waiting for Ben"),
        (FilmCopy::Local, PlaybackStage::Paused, false, text::paused()),
        (FilmCopy::Streaming, PlaybackStage::Playing, false, "In sync · ±3 ms"),
    ] {
        let who = vec![(ParticipantId::new("p-ben"), "Ben".to_owned(), None)];
        let waiting = WaitingView { who, why: WaitReason::Buffering };
        (snapshot.playback.mine, snapshot.playback.state) = (mine, stage);
        snapshot.playback.waiting = waits.then_some(waiting);
        let window = window(WIDE, snapshot.clone());
        window.get_by_role_and_label(Role::Button, &format!("{words}. {}", text::people_label()));
    }
}

#[test]
fn frame_by_frame_goes_while_the_film_stands() {
    let mut window = window(WIDE, watching());
    press(&mut window, Key::Period);
    assert_eq!(commands(&window), [], "it plays");
    now(&mut window, |snapshot| snapshot.playback.playing = false);
    press(&mut window, Key::Period);
    press(&mut window, Key::Comma);
    let expected = [true, false].map(|forward| Command::Step { forward });
    assert_eq!(commands(&window), expected);
}

#[test]
fn chapters_are_gone_to_and_named_over_the_bar() {
    let mut window = window(WIDE, watching());
    click(&mut window, text::next_chapter());
    click(&mut window, text::previous_chapter());
    let starts: Vec<f64> =
        window.state().snapshot.playback.chapters.iter().map(|one| one.start_secs).collect();
    assert_eq!(commands(&window), [Command::Seek(starts[2]), Command::Seek(starts[1])]);
    let bar = window.get_by_role_and_label(Role::Slider, text::seek()).rect();
    window.hover_at(bar.right_center() - vec2(1.0, 0.0));
    window.run_steps(3);
    window.get_by_label_contains(" · Home");
    now(&mut window, |snapshot| snapshot.playback.chapters.clear());
    assert!(window.query_by_label(text::next_chapter()).is_none());
}

#[test]
fn the_speed_goes_from_a_quarter_to_four_times() {
    let mut window = window(WIDE, watching());
    for (name, rate) in [("0.25×", 0.25), ("4×", 4.0)] {
        click(&mut window, text::rate_label());
        choose(&mut window, name);
        assert_eq!(last(&window), Some(Command::Rate(rate)));
    }
}

#[test]
fn who_may_not_steer_sees_why_and_cannot_press() {
    let mut snapshot = watching();
    snapshot.playback.may_steer = false;
    snapshot.rules.steering = Steering::Host;
    let mut window = window(WIDE, snapshot);
    for name in
        [text::pause(), text::back(), text::forward(), text::next_chapter(), text::rate_label()]
    {
        let button = window.get_by_role_and_label(Role::Button, name);
        let why = button.accesskit_node().description();
        assert_eq!(why.as_deref(), Some("In this room Ana steers the film"), "{name}");
        click(&mut window, name);
    }
    window.get_by_role_and_label(Role::Slider, text::seek()).click();
    window.run_steps(3);
    assert_eq!(commands(&window), []);
    let pause = window.get_by_role_and_label(Role::Button, text::pause()).rect();
    window.hover_at(pause.center());
    window.run_steps(10);
    window.get_by_label("In this room Ana steers the film");
}

#[test]
fn play_and_pause_pressed_twice_in_a_moment_count_once() {
    let defaults = LobbyDefaults::default();
    let mut window = window_at(WIDE, watching(), defaults, 0.05);
    press(&mut window, Key::Space);
    click(&mut window, text::pause());
    assert_eq!(commands(&window), [Command::Pause]);
    window.run_steps(10);
    click(&mut window, text::pause());
    press(&mut window, Key::K);
    assert_eq!(commands(&window), [Command::Pause, Command::Pause]);
}

#[test]
fn a_double_click_on_the_film_fills_the_screen_and_does_not_pause() {
    let mut window = window_at(WIDE, watching(), LobbyDefaults::default(), 0.05);
    let middle = pos2(400.0, 300.0);
    window.hover_at(middle);
    for pressed in [true, false, true, false] {
        let (button, modifiers) = (egui::PointerButton::Primary, Modifiers::NONE);
        window.event(egui::Event::PointerButton { pos: middle, button, pressed, modifiers });
        window.run_steps(1);
    }
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, text::leave_full_screen());
    assert_eq!(commands(&window), []);
}
