//! The films of the evening: what waits, and films at addresses.

use super::*;

const ADDRESS: &str = "https://films.example.org/a.mkv";

fn without_a_film() -> Snapshot {
    Demo::at(14.0, Instant::now()).snapshot().clone()
}

#[test]
fn films_that_wait_are_listed_moved_removed_and_shown() {
    for size in [WIDE, vec2(360.0, 640.0)] {
        let mut window = window(size, watching());
        let queue = window.state().snapshot.playback.queue.clone();
        let [(first, _), (second, _)] = &queue[..] else { panic!("two films wait: {queue:?}") };
        click(&mut window, text::films());
        window.get_by_label("The Harbour Lights · Ben");
        click(&mut window, &text::later(first));
        click(&mut window, &text::sooner(second));
        click(&mut window, &text::unqueue(second));
        click(&mut window, &text::sooner(first));
        click(&mut window, text::play_next());
        let (first, second) = (first.id.clone(), second.id.clone());
        let expected = [
            Command::MoveInQueue { film: first, to: 1 },
            Command::MoveInQueue { film: second.clone(), to: 0 },
            Command::Unqueue(second),
            Command::PlayNext,
        ];
        assert_eq!(commands(&window), expected, "the first one cannot be shown sooner");
        click(&mut window, text::films());
        click(&mut window, text::add_film());
        assert_eq!(window.state().actions.last(), Some(&UiAction::PickNextFilm));
        click(&mut window, text::films());
        window.get_by_role_and_label(Role::Button, text::close_film()).scroll_to_me();
        window.run_steps(10);
        click(&mut window, text::close_film());
        assert_eq!(last(&window), Some(Command::CloseFilm));
    }
}

#[test]
fn what_was_taken_away_can_be_put_back_for_a_while() {
    for size in [WIDE, vec2(360.0, 640.0)] {
        let mut window = window(size, watching());
        let playback = window.state().snapshot.playback.clone();
        let (second, _) = playback.queue[1].clone();
        click(&mut window, text::films());
        click(&mut window, &text::unqueue(&second));
        press(&mut window, Key::Escape);
        window.get_by_label(&text::film_waits_no_more(text::title(&second)));
        click(&mut window, text::put_back());
        assert_eq!(last(&window), Some(Command::RequeueFilm));
        assert!(window.query_by_label(text::put_back()).is_none());
        let take_off = |window: &mut Window| {
            click(window, text::films());
            window.get_by_role_and_label(Role::Button, text::close_film()).scroll_to_me();
            window.run_steps(10);
            click(window, text::close_film());
            now(window, |snapshot| snapshot.playback.film = None);
        };
        take_off(&mut window);
        window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        window.run_steps(3);
        assert_eq!(last(&window), Some(Command::ReopenFilm));
        assert!(window.query_by_label(text::put_back()).is_none());
        for goes in [Some(Key::Escape), None] {
            now(&mut window, |snapshot| snapshot.playback = playback.clone());
            take_off(&mut window);
            window.get_by_label(text::put_back());
            match goes {
                Some(key) => press(&mut window, key),
                None => window.run_steps(40),
            }
            assert!(window.query_by_label(text::put_back()).is_none());
        }
    }
}

#[test]
fn films_that_wait_can_be_shown_when_none_is_on() {
    let mut snapshot = without_a_film();
    snapshot.playback.queue = watching().playback.queue;
    for size in [WIDE, NARROW] {
        let mut window = window(size, snapshot.clone());
        click(&mut window, text::films());
        click(&mut window, text::play_next());
        assert_eq!(commands(&window), [Command::PlayNext]);
    }
}

#[test]
fn an_address_is_opened_beside_choosing_a_film() {
    for size in [WIDE, vec2(360.0, 640.0)] {
        let mut window = window(size, without_a_film());
        click(&mut window, text::open_address());
        type_into(&mut window, text::film_address(), "file:///etc/passwd");
        window.get_by_label(&FilmAddressError::Scheme.to_string());
        click(&mut window, text::show_address());
        assert_eq!(commands(&window), []);
        retype(&mut window, text::film_address(), ADDRESS);
        click(&mut window, text::show_address());
        assert_eq!(commands(&window), [Command::OpenAddress(ADDRESS.to_owned())]);
        assert!(window.query_by_label(text::show_address()).is_none());
    }
}

#[test]
fn one_is_asked_before_an_address_is_opened_here() {
    for (answer, open) in [(text::open(), true), (text::not_now(), false)] {
        for size in [WIDE, vec2(360.0, 640.0)] {
            let mut window = window(size, Demo::at(96.0, Instant::now()).snapshot().clone());
            let playback = &window.state().snapshot.playback;
            let address = playback.address_asked.clone().expect("one is asked");
            let question = text::address_asked(playback, &address);
            assert!(
                question.starts_with("Ben wants to show what is at https://films.example.org/")
            );
            window.get_by_label(&question);
            assert!(window.query_by_label(text::choose_copy()).is_none());
            click(&mut window, answer);
            assert_eq!(commands(&window), [Command::AnswerAddress(open)]);
        }
    }
}
