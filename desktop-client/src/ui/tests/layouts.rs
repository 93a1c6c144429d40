//! How the room is laid out: what it follows by itself, and what a person keeps.

use super::*;
use crate::ui::room::Layout;

/// Opens the layouts' menu and chooses there.
fn lay_out(window: &mut Window, now: &str, layout: Option<Layout>) {
    click(window, now);
    let choice = layout.map_or_else(text::layout_follows, text::layout_choice);
    choose(window, choice);
}

fn control(now: Layout, kept: Option<Layout>) -> String {
    text::layout_control(now, kept)
}

fn width_of(window: &Window, name: &str) -> f32 {
    let face = text::face_menu(text::face(name, false, false, LinkState::Connected));
    window.get_by_role_and_label(Role::Button, &face).rect().width()
}

/// The evening while nobody speaks.
fn quiet() -> Snapshot {
    let mut snapshot = watching();
    for person in &mut snapshot.participants {
        person.speaking = false;
    }
    snapshot
}

#[test]
fn faces_are_large_while_they_are_kept_so_and_the_film_is_one_press_away() {
    for size in [WIDE, NARROW, vec2(360.0, 640.0)] {
        let mut window = window(size, quiet());
        let small = width_of(&window, "Ben");
        lay_out(&mut window, &control(Layout::Watch, None), Some(Layout::Talk));
        assert!(width_of(&window, "Ben") > 1.2 * small, "{size:?}");
        window.get_by_role_and_label(Role::Button, text::pause());
        window.get_by_role_and_label(Role::Button, &control(Layout::Talk, Some(Layout::Talk)));
        window.get_by_role_and_label(Role::TextInput, text::message());
        // Whatever comes, they stay.
        now(&mut window, |snapshot| snapshot.participants[0].screen = true);
        window.get_by_role_and_label(Role::Button, &control(Layout::Talk, Some(Layout::Talk)));
        now(&mut window, |snapshot| snapshot.participants[0].screen = false);
        click(&mut window, text::film_large());
        window.get_by_role_and_label(Role::Button, &control(Layout::Watch, None));
        assert!((width_of(&window, "Ben") - small).abs() < 1.0);
        assert_eq!(commands(&window), [], "nobody else is told");
    }
}

#[test]
fn a_kept_layout_says_so_and_is_let_go_in_the_same_place() {
    for size in [WIDE, NARROW] {
        let mut window = window(size, quiet());
        lay_out(&mut window, &control(Layout::Watch, None), Some(Layout::Share));
        let kept = control(Layout::Watch, Some(Layout::Share));
        click(&mut window, &kept);
        window.get_by_label(text::layout_waits(Layout::Share).unwrap());
        press(&mut window, Key::Escape);
        // While the film plays nobody's screen takes its place, unless that is kept.
        now(&mut window, |snapshot| snapshot.participants[0].screen = true);
        window.get_by_label(&text::screen_comes("Ana"));
        lay_out(&mut window, &control(Layout::Share, Some(Layout::Share)), None);
        window.get_by_role_and_label(Role::Button, &control(Layout::Watch, None));
        press(&mut window, Key::W);
        window.get_by_role_and_label(Role::Button, &control(Layout::Share, Some(Layout::Share)));
    }
}

#[test]
fn theatre_that_is_kept_comes_with_each_film_until_one_leaves_it() {
    let mut window = window(WIDE, quiet());
    lay_out(&mut window, &control(Layout::Watch, None), Some(Layout::Theatre));
    assert!(window.query_by_label(text::message()).is_none());
    let film = watching().playback;
    now(&mut window, |snapshot| snapshot.playback = PlaybackView::default());
    window.get_by_role_and_label(Role::TextInput, text::message());
    now(&mut window, |snapshot| snapshot.playback = film.clone());
    assert!(window.query_by_label(text::message()).is_none());
    press(&mut window, Key::Escape);
    window.get_by_role_and_label(Role::Button, &control(Layout::Watch, None));
    now(&mut window, |snapshot| snapshot.playback = PlaybackView::default());
    now(&mut window, |snapshot| snapshot.playback = film);
    window.get_by_role_and_label(Role::TextInput, text::message());
}

#[test]
fn a_layout_lasts_for_the_stay() {
    let mut window = window(WIDE, quiet());
    press(&mut window, Key::W);
    window.get_by_role_and_label(Role::Button, &control(Layout::Talk, Some(Layout::Talk)));
    window.state_mut().events.push(Event::Left);
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, &control(Layout::Watch, None));
}

#[test]
fn what_is_pressed_stands_inside_the_window_in_every_layout() {
    for size in [NARROW, vec2(360.0, 640.0), vec2(720.0, 640.0)] {
        for keys in [&[Key::W][..], &[Key::W, Key::F]] {
            for sharing in [false, true] {
                let mut snapshot = quiet();
                snapshot.participants[1].screen = sharing;
                let mut window = window(size, snapshot);
                for key in keys {
                    press(&mut window, *key);
                }
                for x in [100.0, 110.0] {
                    window.hover_at(pos2(x, 200.0));
                    window.run_steps(2);
                }
                let screen = Rect::from_min_size(Default::default(), size).expand(0.5);
                let mut all = Vec::new();
                for node in window.get_all_by_role(Role::Button) {
                    let (rect, name) = (node.rect(), node.accesskit_node().label());
                    assert!(
                        screen.contains_rect(rect),
                        "{name:?} at {rect:?} in {size:?} {keys:?}"
                    );
                    all.push((rect.shrink(1.0), name));
                }
                let bubbles = |name: &Option<String>| {
                    name.as_ref().is_some_and(|name| name.contains(". Volume"))
                };
                for (index, (rect, name)) in all.iter().enumerate() {
                    for (other, its_name) in &all[index + 1..] {
                        let hidden =
                            rect.intersects(*other) && !bubbles(name) && !bubbles(its_name);
                        assert!(!hidden, "{name:?} and {its_name:?} in {size:?} {keys:?}");
                    }
                }
            }
        }
    }
}

/// What the window itself is told.
fn told(window: &Window) -> Vec<egui::ViewportCommand> {
    let output = &window.output().viewport_output;
    output.get(&egui::ViewportId::ROOT).map(|it| it.commands.clone()).unwrap_or_default()
}

/// Steps until the window is told something of its size.
fn sized(window: &mut Window) -> Vec<egui::ViewportCommand> {
    let is_size =
        |command: &egui::ViewportCommand| matches!(command, egui::ViewportCommand::InnerSize(_));
    let mut steps = 0..6;
    steps
        .find_map(|_| {
            window.step();
            Some(told(window)).filter(|told| told.iter().any(is_size))
        })
        .unwrap_or_default()
}

#[test]
fn a_small_window_stays_above_others_and_gives_the_former_size_and_place_back() {
    use egui::ViewportCommand::{InnerSize, OuterPosition, WindowLevel};
    let mut window = window(WIDE, quiet());
    let rect = Rect::from_min_size(pos2(70.0, 50.0), WIDE);
    window.input_mut().viewports.entry(egui::ViewportId::ROOT).and_modify(|info| {
        (info.inner_rect, info.outer_rect) = (Some(rect), Some(rect));
    });
    window.get_by_role_and_label(Role::Button, text::compact()).click();
    let told = sized(&mut window);
    let level = egui::WindowLevel::AlwaysOnTop;
    assert!(told.contains(&WindowLevel(level)), "{told:?}");
    let small = vec2(400.0, 225.0);
    assert!(told.contains(&InnerSize(small)), "{told:?}");
    window.set_size(small);
    window.run_steps(4);
    assert!(window.query_by_label(text::message()).is_none());
    click(&mut window, text::pause());
    click(&mut window, text::mute());
    assert_eq!(commands(&window), [Command::Pause, Command::Microphone(false)]);
    window.state_mut().events.push(Event::Chat(ChatLine {
        sentence: None,
        film_secs: None,
        from: Some(ParticipantId::new("p-ben")),
        name: "Ben".to_owned(),
        text: "look!".to_owned(),
        id: "1".to_owned(),
        via: Via::Peer,
        at_unix_ms: 0,
    }));
    window.run_steps(2);
    window.get_by_role_and_label(Role::Button, &text::passing("Ben", "look!")).click();
    let told = sized(&mut window);
    assert!(told.contains(&InnerSize(WIDE)), "{told:?}");
    assert!(told.contains(&OuterPosition(rect.min)), "{told:?}");
    assert!(told.contains(&WindowLevel(egui::WindowLevel::Normal)), "{told:?}");
    window.set_size(WIDE);
    window.run_steps(3);
    assert!(window.get_by_role_and_label(Role::TextInput, text::message()).is_focused());
}

#[test]
fn the_small_window_ends_by_a_key_and_with_the_stay() {
    let mut window = window(WIDE, quiet());
    for leaves in [Key::P, Key::Escape, Key::F] {
        press(&mut window, Key::P);
        window.get_by_role_and_label(Role::Button, text::leave_compact());
        press(&mut window, leaves);
        window.get_by_role_and_label(Role::TextInput, text::message());
    }
    press(&mut window, Key::P);
    window.state_mut().snapshot = Snapshot::default();
    window.state_mut().events.push(Event::Left);
    let told = sized(&mut window);
    assert!(told.contains(&egui::ViewportCommand::InnerSize(WIDE)), "{told:?}");
}

#[test]
fn the_small_window_shows_faces_where_there_is_no_film() {
    let mut window = window(vec2(400.0, 225.0), Demo::at(14.0, Instant::now()).snapshot().clone());
    press(&mut window, Key::P);
    assert!(window.query_by_label(text::choose_film()).is_none());
    let screen = Rect::from_min_size(Default::default(), vec2(400.0, 225.0)).expand(0.5);
    for node in window.get_all_by_role(Role::Button) {
        assert!(screen.contains_rect(node.rect()), "{:?}", node.accesskit_node().label());
    }
    assert!(width_of(&window, "Ana") > 100.0);
}
