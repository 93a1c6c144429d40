//! Shared screens: one's own with its banner, and the others' on the stage.

use cinemasync_core::frame::{FrameSlot, VideoFrame};
use cinemasync_core::track::Track;

use super::*;

fn ana() -> ParticipantId {
    ParticipantId::new("p-ana")
}

fn ben() -> ParticipantId {
    ParticipantId::new("p-ben")
}

/// A room without a film in which Ana, or Ana and Ben, share with sound.
fn shared(both: bool) -> Snapshot {
    let mut snapshot = watching();
    snapshot.playback = PlaybackView::default();
    for person in snapshot.participants.iter_mut().take(if both { 2 } else { 1 }) {
        (person.screen, person.screen_audio) = (true, true);
    }
    snapshot
}

fn sharing() -> Snapshot {
    let source = ScreenSource::Window("7".to_owned());
    let shows = Some(ScreenItem {
        source: source.clone(),
        title: "Notes".to_owned(),
        program: String::new(),
        width: 800,
        height: 600,
    });
    let share = Share { source, sound: true };
    let sharing = Some(SharingView { share, shows, content: None, sound: true });
    Snapshot { sharing, ..watching() }
}

fn tab(window: &mut Window, name: &str) {
    window.get_by_role_and_label(Role::Tab, name).click();
    window.run_steps(3);
}

fn put_screen(window: &mut Window, who: ParticipantId, width: u32, height: u32) {
    let slot = FrameSlot::default();
    slot.put(Arc::new(VideoFrame::black(width, height, Instant::now())));
    window.state_mut().frames.screens.insert(who, slot);
    window.run_steps(3);
}

/// Moves the pointer, so that controls come up over a picture.
fn point(window: &mut Window) {
    for x in [100.0, 120.0] {
        window.hover_at(pos2(x, 300.0));
        window.run_steps(2);
    }
}

/// How large somebody's screen was told to be shown last.
fn shown(window: &Window, who: &ParticipantId) -> Option<(u32, u32)> {
    let told = window.state().actions.iter().rev().find_map(|action| match action {
        UiAction::Command(Command::Shown(shown)) => Some(shown.clone()),
        _ => None,
    });
    let is_it = |one: &Shown| one.of == *who && one.track == Track::Screen;
    told?.into_iter().find(is_it).map(|one| (one.width, one.height))
}

#[test]
fn who_shares_sees_it_everywhere_and_stops_it_from_everywhere() {
    for size in [WIDE, NARROW, vec2(360.0, 640.0)] {
        let mut window = window(size, sharing());
        window.get_by_label("You share “Notes”");
        let buttons = window.get_all_by_role_and_label(Role::Button, text::stop_sharing()).count();
        assert_eq!(buttons, 2, "in the banner and among the switches");
        for index in 0..buttons {
            window
                .get_all_by_role_and_label(Role::Button, text::stop_sharing())
                .nth(index)
                .expect("counted above")
                .click();
            window.run_steps(3);
            assert_eq!(last(&window), Some(Command::StopSharing));
        }
        window.state_mut().actions.clear();
        press(&mut window, Key::F);
        point(&mut window);
        window.get_by_label("You share “Notes”");
    }
}

#[test]
fn what_is_shared_is_changed_without_stopping() {
    let mut snapshot = sharing();
    let other = ScreenSource::Monitor("1".to_owned());
    let (title, program) = ("DP-2".to_owned(), String::new());
    let item = ScreenItem { source: other.clone(), title, program, width: 800, height: 600 };
    snapshot.screens = Arc::new(vec![item]);
    for size in [WIDE, NARROW] {
        let mut window = window(size, snapshot.clone());
        click(&mut window, text::change_shared());
        window.get_by_role_and_label(Role::RadioButton, "DP-2").click();
        window.run_steps(3);
        click(&mut window, text::share_this_now());
        let share = Command::ShareScreen(Share { source: other.clone(), sound: true });
        let expected = [Command::ListScreens(true), Command::ListScreens(false), share];
        assert_eq!(commands(&window), expected);
    }
}

#[test]
fn a_shared_screen_is_large_and_waited_for() {
    for size in [WIDE, NARROW] {
        let mut window = window(size, shared(false));
        window.get_by_label(&text::screen_comes("Ana"));
        assert!(window.query_by_label(text::drop_a_film()).is_none());
        let before = shown(&window, &ana()).expect("it is told before the first picture");
        assert!(before.0 > 300 && before.1 > 200, "{before:?}");
        put_screen(&mut window, ana(), 1200, 1600);
        assert!(window.query_by_label(&text::screen_comes("Ana")).is_none());
        window.run_steps(10);
        let (width, height) = shown(&window, &ana()).expect("told");
        let shape = f64::from(width) / f64::from(height);
        assert!((shape - 0.75).abs() < 0.02, "whole, in its own shape: {width} × {height}");
    }
}

#[test]
fn of_several_screens_one_chooses_which_is_large() {
    for size in [WIDE, NARROW] {
        let mut window = window(size, shared(true));
        window.get_by_label(&text::screen_comes("Ben"));
        assert_eq!(shown(&window, &ana()), Some((0, 0)), "what is not seen needs no picture");
        tab(&mut window, &text::screen_of("Ana"));
        window.get_by_label(&text::screen_comes("Ana"));
        window.run_steps(10);
        assert_eq!(shown(&window, &ben()), Some((0, 0)));
        now(&mut window, |snapshot| snapshot.participants[0].screen = false);
        window.get_by_label(&text::screen_comes("Ben"));
    }
}

#[test]
fn with_a_film_one_chooses_between_it_and_the_screen() {
    let mut snapshot = watching();
    snapshot.participants[0].screen = true;
    let mut window = window(WIDE, snapshot);
    assert!(window.query_by_label(&text::screen_comes("Ana")).is_none(), "the film plays");
    tab(&mut window, &text::screen_of("Ana"));
    window.get_by_label(&text::screen_comes("Ana"));
    window.get_by_label(text::pause());
    tab(&mut window, text::the_film());
    assert!(window.query_by_label(&text::screen_comes("Ana")).is_none());
}

#[test]
fn the_sound_of_a_screen_has_its_own_volume() {
    let mut window = window(WIDE, shared(false));
    let volume = |volume| Command::ScreenVolume { who: ana(), volume };
    click(&mut window, &text::silence_screen("Ana", false));
    assert_eq!(last(&window), Some(volume(0.0)));
    now(&mut window, |snapshot| snapshot.participants[0].screen_volume = 0.0);
    click(&mut window, &text::silence_screen("Ana", true));
    assert_eq!(last(&window), Some(volume(1.0)));
    window.get_by_role_and_label(Role::Slider, &text::screen_volume_of("Ana")).click();
    window.run_steps(3);
    assert_eq!(last(&window), Some(volume(1.0)), "the middle is as it came");
    now(&mut window, |snapshot| snapshot.participants[0].screen_audio = false);
    assert!(window.query_by_label(&text::screen_volume_of("Ana")).is_none());
}

#[test]
fn in_a_strip_the_volume_is_in_the_menu_of_the_persons_picture() {
    let mut snapshot = shared(false);
    for person in &mut snapshot.participants {
        (person.speaking, person.microphone) = (false, true);
    }
    let mut window = window(NARROW, snapshot);
    assert!(window.query_by_label(&text::screen_volume_of("Ana")).is_none());
    click(&mut window, &text::face_menu("Ana"));
    now(&mut window, |snapshot| snapshot.participants[0].screen_volume = 0.2);
    window.get_by_role_and_label(Role::Slider, &text::screen_volume_of("Ana")).click();
    window.run_steps(3);
    assert_eq!(last(&window), Some(Command::ScreenVolume { who: ana(), volume: 1.0 }));
}

#[test]
fn a_screen_in_its_actual_size_is_wanted_in_all_its_pixels() {
    let mut window = window(WIDE, shared(false));
    put_screen(&mut window, ana(), 1920, 1080);
    window.run_steps(10);
    let whole = shown(&window, &ana()).expect("told");
    assert!(whole.0 < 1000, "{whole:?}");
    click(&mut window, text::actual_size());
    window.run_steps(10);
    assert_eq!(shown(&window, &ana()), Some((1920, 1080)));
    press(&mut window, Key::Z);
    window.run_steps(10);
    assert_eq!(shown(&window, &ana()), Some(whole));
    window.get_by_label(text::actual_size());
}

#[test]
fn a_screen_fills_the_screen_without_a_film_and_ends_it_when_it_ends() {
    let mut window = window(WIDE, shared(false));
    put_screen(&mut window, ana(), 1920, 1080);
    click(&mut window, text::full_screen());
    point(&mut window);
    window.get_by_label(text::leave_full_screen());
    assert!(window.query_by_label(text::message()).is_none());
    window.run_steps(10);
    assert!(shown(&window, &ana()).is_some_and(|(width, _)| width > 1200));
    now(&mut window, |snapshot| snapshot.participants[0].screen = false);
    window.get_by_role_and_label(Role::TextInput, text::message());
}
