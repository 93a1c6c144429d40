//! The film over the whole screen: faces, passing chat, and what hides.

use cinemasync_core::bubbles::{Bubbles, Edge};
use cinemasync_core::interface::ParticipantView;

use super::*;

const SCREEN: Vec2 = vec2(1920.0, 1080.0);

/// The film over the whole screen, once nothing but it is to be seen.
fn theatre(size: Vec2) -> Window {
    let mut window = window(size, watching());
    press(&mut window, Key::F);
    window.run_steps(16);
    window
}

fn face(name: &str, speaking: bool) -> String {
    text::face_menu(text::face(name, speaking, false, LinkState::Connected))
}

fn wake(window: &mut Window) {
    window.hover_at(pos2(500.0, 300.0));
    window.run_steps(1);
    window.hover_at(pos2(520.0, 300.0));
    window.run_steps(2);
}

fn kept(window: &Window) -> Option<Bubbles> {
    window.state().actions.iter().rev().find_map(|action| match action {
        UiAction::KeepBubbles(bubbles) => Some(*bubbles),
        _ => None,
    })
}

fn said(text: &str) -> ChatLine {
    ChatLine {
        sentence: None,
        film_secs: None,
        from: Some(ParticipantId::new("p-ben")),
        name: "Ben".to_owned(),
        text: text.to_owned(),
        id: text.to_owned(),
        via: Via::Peer,
        at_unix_ms: 0,
    }
}

#[test]
fn faces_hide_with_the_controls_and_come_up_when_somebody_speaks() {
    let mut window = theatre(SCREEN);
    assert!(window.query_by_label(text::leave_full_screen()).is_none());
    assert!(window.query_by_label(&face("Ana", false)).is_none());
    now(&mut window, |snapshot| snapshot.participants[0].speaking = true);
    let grown = window.get_by_label(&face("Ana", true)).rect();
    assert!(window.query_by_label(&face("Ben", false)).is_none(), "Ben is silent");
    now(&mut window, |snapshot| snapshot.participants[0].speaking = false);
    window.get_by_label(&face("Ana", false));
    window.run_steps(16);
    assert!(window.query_by_label(&face("Ana", false)).is_none());
    wake(&mut window);
    let (ana, ben) = (face("Ana", false), face("Ben", false));
    let (ana, ben) = (window.get_by_label(&ana).rect(), window.get_by_label(&ben).rect());
    assert!(grown.width() > 1.4 * ana.width(), "{grown:?} {ana:?}");
    assert!(!ana.intersects(ben) && (ana.width() - ben.width()).abs() < 0.1);
}

#[test]
fn faces_never_stand_where_subtitles_do() {
    for size in [SCREEN, WIDE, NARROW, vec2(360.0, 640.0), vec2(640.0, 360.0)] {
        for edge in [Edge::Left, Edge::Top, Edge::Right] {
            let mut snapshot = watching();
            let ana = snapshot.participants[0].clone();
            for number in 0..5 {
                let id = ParticipantId::new(format!("p-{number}"));
                snapshot.participants.push(ParticipantView { id, ..ana.clone() });
            }
            for person in &mut snapshot.participants {
                person.speaking = true;
            }
            let bubbles = Bubbles { edge, along: 1.0, size: Bubbles::LARGEST };
            let defaults = LobbyDefaults { bubbles, ..LobbyDefaults::default() };
            let mut window = window_with(size, snapshot, defaults);
            press(&mut window, Key::F);
            let faces = window.get_all_by_label_contains(", speaking. Volume").collect::<Vec<_>>();
            assert_eq!(faces.len(), 7);
            for face in faces {
                let rect = face.rect();
                assert!(rect.bottom() <= size.y * 0.7 + 0.5, "{edge:?} {rect:?} in {size:?}");
                assert!(Rect::from_min_size(pos2(0.0, 0.0), size).contains_rect(rect));
            }
        }
    }
}

fn drag(window: &mut Window, from: egui::Pos2, to: egui::Pos2) {
    let button = |pos, pressed| egui::Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    window.hover_at(from);
    window.run_steps(1);
    window.event(button(from, true));
    window.run_steps(1);
    for part in [0.3, 0.7, 1.0] {
        window.hover_at(from.lerp(to, part));
        window.run_steps(1);
    }
    window.event(button(to, false));
    window.run_steps(3);
}

#[test]
fn faces_are_dragged_to_another_edge_and_made_larger() {
    let mut window = theatre(SCREEN);
    wake(&mut window);
    let ana = window.get_by_label(&face("Ana", false)).rect();
    assert!(ana.right() > SCREEN.x - 40.0, "{ana:?}");
    drag(&mut window, ana.center(), pos2(80.0, 400.0));
    let moved = window.get_by_label(&face("Ana", false)).rect();
    assert!(moved.left() < 40.0 && (moved.center().y - 400.0).abs() < 2.0, "{moved:?}");
    assert_eq!(kept(&window).map(|kept| kept.edge), Some(Edge::Left));
    let rim = moved.right_center() - vec2(3.0, 0.0);
    drag(&mut window, rim, rim + vec2(50.0, 0.0));
    let larger = window.get_by_label(&face("Ana", false)).rect();
    assert!(larger.width() > moved.width() + 30.0, "{moved:?} {larger:?}");
    assert!(kept(&window).is_some_and(|kept| kept.size > 1.3));
    assert_eq!(commands(&window), [], "nobody else is told");
}

#[test]
fn where_faces_stand_is_chosen_from_a_menu_too() {
    let mut window = theatre(SCREEN);
    wake(&mut window);
    click(&mut window, text::faces());
    choose(&mut window, text::faces_at(Edge::Top));
    click(&mut window, text::faces_larger());
    let expected = Bubbles { edge: Edge::Top, along: 0.0, size: 1.25 };
    assert_eq!(kept(&window), Some(expected));
    // Below what the film's subtitles say at the top.
    let top = window.get_by_label(&face("Ben", false)).rect().top();
    assert!((SCREEN.y * 0.14..SCREEN.y * 0.2).contains(&top), "{top}");
}

#[test]
fn a_message_passes_over_the_film_and_is_counted_until_the_chat_is_seen() {
    let mut window = theatre(SCREEN);
    let line = said("this score is unreal");
    window.state_mut().events.push(Event::Chat(line.clone()));
    window.run_steps(2);
    let passing = text::passing("Ben", "this score is unreal");
    let rect = window.get_by_role_and_label(Role::Button, &passing).rect();
    assert!(rect.left() < 40.0 && rect.bottom() > SCREEN.y * 0.7);
    window.run_steps(30);
    assert!(window.query_by_label(&passing).is_none());
    wake(&mut window);
    click(&mut window, &text::chat_switch(false, 1));
    window.get_by_role_and_label(Role::TextInput, text::message());
    type_into(&mut window, text::message(), "yes");
    press(&mut window, Key::Enter);
    assert_eq!(last(&window), Some(Command::Chat("yes".to_owned())));
    window.state_mut().events.push(Event::Chat(line));
    window.run_steps(2);
    assert!(window.query_by_label(&passing).is_none(), "the chat is seen");
    press(&mut window, Key::Escape);
    assert!(window.query_by_label(text::message()).is_none());
    press(&mut window, Key::Escape);
    window.get_by_role_and_label(Role::Button, text::full_screen());
}

#[test]
fn a_message_that_passes_opens_the_chat() {
    let mut window = theatre(SCREEN);
    window.state_mut().events.push(Event::Chat(said("look!")));
    window.run_steps(2);
    click(&mut window, &text::passing("Ben", "look!"));
    assert!(window.get_by_role_and_label(Role::TextInput, text::message()).is_focused());
}

#[test]
fn in_a_narrow_window_the_chat_is_put_away_and_counts() {
    let mut window = window(NARROW, watching());
    click(&mut window, &text::chat_switch(true, 0));
    assert!(window.query_by_label(text::message()).is_none());
    for text in ["one", "two"] {
        window.state_mut().events.push(Event::Chat(said(text)));
        window.run_steps(2);
    }
    window.get_by_label(&text::passing("Ben", "two"));
    click(&mut window, &text::chat_switch(false, 2));
    window.get_by_role_and_label(Role::TextInput, text::message());
    assert!(window.query_by_label(&text::passing("Ben", "two")).is_none());
    window.get_by_label(&text::chat_switch(true, 0));
}
