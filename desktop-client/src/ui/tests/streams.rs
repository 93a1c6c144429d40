//! Films that come from friends.

use cinemasync_core::interface::{StreamOffer, StreamView};
use cinemasync_core::streaming::{StreamFigures, StreamMode};

use super::*;

fn offered() -> Snapshot {
    let mut snapshot = watching();
    snapshot.playback.mine = FilmCopy::None;
    snapshot.playback.stream_offer =
        Some(StreamOffer { from: "Ana".to_owned(), needs_bytes_per_second: Some(1e6) });
    snapshot
}

fn coming(bytes_have: u64) -> Snapshot {
    let mut snapshot = watching();
    snapshot.playback.mine = FilmCopy::Streaming;
    snapshot.playback.stream = Some(StreamView {
        figures: StreamFigures {
            bytes_have,
            bytes_total: 1_000,
            bytes_per_second: 1.5e6,
            sources: 1,
            ..StreamFigures::default()
        },
        comes: true,
        needs_bytes_per_second: Some(1e6),
        keeping: false,
    });
    snapshot
}

#[test]
fn a_film_that_a_friend_has_is_offered_beside_choosing_a_copy() {
    for size in [WIDE, vec2(360.0, 640.0)] {
        let mut window = window(size, offered());
        let playback = &window.state().snapshot.playback;
        let offer = playback.stream_offer.clone().expect("one is offered");
        let words = text::stream_offer(playback, &offer);
        assert!(words.ends_with("8 Mbit/s."), "{words}");
        window.get_by_label(&words);
        click(&mut window, text::choose_copy());
        assert_eq!(window.state().actions.last(), Some(&UiAction::PickOwnCopy));
        click(&mut window, &text::stream_from("Ana"));
        assert_eq!(commands(&window), [Command::StreamFilm]);
    }
}

#[test]
fn what_has_come_whole_can_be_kept() {
    for size in [WIDE, vec2(360.0, 640.0)] {
        let mut window = window(size, coming(430));
        click(&mut window, text::films());
        window.get_by_label("43 % is here, 12 Mbit/s from 1 friend");
        assert!(window.query_by_label(text::keep_film()).is_none());
        window.state_mut().snapshot = coming(1_000);
        window.run_steps(10);
        window.get_by_label(text::film_comes_whole());
        window.get_by_role_and_label(Role::Button, text::keep_film()).scroll_to_me();
        window.run_steps(10);
        click(&mut window, text::keep_film());
        assert_eq!(window.state().actions.last(), Some(&UiAction::KeepFilm));
    }
}

#[test]
fn whether_films_come_by_themselves_is_set() {
    let mut window = window(WIDE, watching());
    click(&mut window, text::settings());
    type_into(&mut window, text::search_settings(), text::stream_mode_label());
    let now = window.state().snapshot.stream_mode;
    let label = format!("{}: {}", text::stream_mode_label(), text::stream_mode(now));
    click(&mut window, &label);
    let auto = text::stream_mode(StreamMode::Auto);
    window.get_by_role_and_label(Role::MenuItemRadio, auto).click();
    window.run_steps(3);
    click(&mut window, text::forget_films());
    let asked = commands(&window);
    assert!(asked.ends_with(&[Command::StreamMode(StreamMode::Auto), Command::ForgetFilms]));
}
