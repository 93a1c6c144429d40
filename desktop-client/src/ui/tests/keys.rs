//! All keys at a glance, and the theatre within the window.

use super::*;

#[test]
fn a_question_mark_shows_all_keys_until_it_is_closed() {
    for (size, snapshot) in [(WIDE, watching()), (NARROW, watching()), (WIDE, Snapshot::default())]
    {
        let mut window = window(size, snapshot);
        press(&mut window, Key::Questionmark);
        window.get_by_label("Play or pause: Space, K");
        window.get_by_label("These keys: ?, F1");
        press(&mut window, Key::M);
        assert_eq!(commands(&window), [], "what lies below does not hear keys");
        click(&mut window, text::close());
        assert!(window.query_by_label("Play or pause: Space, K").is_none());
        press(&mut window, Key::F1);
        window.get_by_label("Play or pause: Space, K");
        press(&mut window, Key::Escape);
        assert!(window.query_by_label("Play or pause: Space, K").is_none());
    }
}

#[test]
fn a_button_of_the_lobby_shows_all_keys() {
    let mut window = lobby();
    click(&mut window, text::keys());
    window.get_by_label("These keys: ?, F1");
}

#[test]
fn who_types_gets_the_keys_by_f1_only() {
    let mut window = window(WIDE, watching());
    type_into(&mut window, text::message(), "why?");
    press(&mut window, Key::Questionmark);
    assert!(window.query_by_label("Play or pause: Space, K").is_none());
    press(&mut window, Key::F1);
    window.get_by_label("Play or pause: Space, K");
}

#[test]
fn t_shows_only_the_film_within_the_window() {
    let mut window = window(WIDE, watching());
    press(&mut window, Key::T);
    assert!(window.query_by_label(text::message()).is_none());
    press(&mut window, Key::T);
    window.get_by_label(text::message());
    for leaves in [Key::Escape, Key::F] {
        press(&mut window, Key::T);
        assert!(window.query_by_label(text::message()).is_none());
        if leaves == Key::F {
            press(&mut window, Key::F);
            assert!(
                window.query_by_label(text::message()).is_none(),
                "from the window to the screen"
            );
        }
        press(&mut window, leaves);
        window.get_by_label(text::message());
    }
}

#[test]
fn the_arrows_make_the_film_louder_and_quieter() {
    let mut window = window(WIDE, watching());
    window.state_mut().snapshot.playback.volume = 0.5;
    press(&mut window, Key::ArrowUp);
    press(&mut window, Key::ArrowDown);
    assert_eq!(commands(&window), [Command::FilmVolume(0.55), Command::FilmVolume(0.45)]);
}

#[test]
fn while_a_button_has_the_focus_space_and_arrows_are_for_the_buttons() {
    let mut window = window(WIDE, watching());
    window.get_by_role_and_label(Role::Button, text::leave()).focus();
    window.run_steps(2);
    press(&mut window, Key::ArrowUp);
    assert_eq!(commands(&window), []);
    press(&mut window, Key::M);
    assert_eq!(commands(&window), [Command::Microphone(false)]);
}
