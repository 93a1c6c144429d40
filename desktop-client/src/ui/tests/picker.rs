//! Choosing what to share of the screen.

use super::*;

fn window_item(number: usize, title: &str) -> ScreenItem {
    ScreenItem {
        source: ScreenSource::Window(number.to_string()),
        title: title.to_owned(),
        program: "Editor".to_owned(),
        width: 800,
        height: 600,
    }
}

fn monitor() -> ScreenItem {
    let source = ScreenSource::Monitor("0".to_owned());
    let (title, program) = ("DP-1".to_owned(), String::new());
    ScreenItem { source, title, program, width: 1920, height: 1080 }
}

fn listed(windows: impl IntoIterator<Item = ScreenItem>) -> Snapshot {
    let screens = Arc::new([monitor()].into_iter().chain(windows).collect());
    Snapshot { screens, ..watching() }
}

/// Opens the picker and lets it settle.
fn open(window: &mut Window) {
    click(window, text::share_screen());
    window.run_steps(3);
}

fn pick(window: &mut Window, title: &str) {
    window.get_by_role_and_label(Role::RadioButton, title).click();
    window.run_steps(3);
}

fn share(source: ScreenSource, sound: bool) -> Command {
    Command::ShareScreen(Share { source, sound })
}

#[test]
fn a_window_is_chosen_and_shared_with_or_without_its_sound() {
    for size in [WIDE, NARROW, vec2(360.0, 640.0)] {
        for sound in [true, false] {
            let mut window = window(size, listed([window_item(7, "Notes")]));
            open(&mut window);
            assert_eq!(commands(&window), [Command::ListScreens(true)]);
            click(&mut window, text::share_label());
            assert_eq!(commands(&window).len(), 1, "nothing was chosen yet");
            pick(&mut window, "Notes");
            if !sound {
                window.get_by_role_and_label(Role::Switch, text::with_sound()).click();
                window.run_steps(3);
            }
            click(&mut window, text::share_label());
            let shared = share(ScreenSource::Window("7".to_owned()), sound);
            assert_eq!(commands(&window)[1..], [Command::ListScreens(false), shared]);
            assert!(window.query_by_label(text::with_sound()).is_none(), "it closes");
        }
    }
}

#[test]
fn nothing_is_listed_any_more_once_it_is_closed() {
    let closings: [fn(&mut Window); 3] = [
        |window| press(window, Key::Escape),
        |window| click_last(window, text::cancel()),
        |window| {
            window.hover_at(pos2(4.0, 790.0));
            window.drag_at(pos2(4.0, 790.0));
            window.drop_at(pos2(4.0, 790.0));
            window.run_steps(3);
        },
    ];
    for close in closings {
        let mut window = window(WIDE, listed([]));
        open(&mut window);
        close(&mut window);
        assert_eq!(commands(&window), [Command::ListScreens(true), Command::ListScreens(false)]);
    }
}

fn click_last(window: &mut Window, name: &str) {
    window.get_all_by_role_and_label(Role::Button, name).last().expect("it is there").click();
    window.run_steps(3);
}

#[test]
fn keys_are_no_commands_while_it_is_open() {
    let mut window = window(WIDE, listed([]));
    press(&mut window, Key::S);
    window.get_by_role_and_label(Role::Switch, text::with_sound());
    press(&mut window, Key::Space);
    press(&mut window, Key::M);
    assert_eq!(commands(&window), [Command::ListScreens(true)]);
}

#[test]
fn one_of_two_hundred_windows_is_found_by_searching_and_only_those_in_sight_are_drawn() {
    for size in [WIDE, NARROW] {
        let windows = (0..200).map(|number| window_item(number, &format!("Letter {number}")));
        let mut window = window(size, listed(windows));
        open(&mut window);
        let cards = window.query_all_by_role(Role::RadioButton).count();
        assert!((4..40).contains(&cards), "{cards} cards are drawn");
        type_into(&mut window, text::search_windows(), "letter 187");
        pick(&mut window, "Letter 187");
        assert_eq!(window.query_all_by_role(Role::RadioButton).count(), 1);
        click(&mut window, text::share_label());
        assert_eq!(last(&window), Some(share(ScreenSource::Window("187".to_owned()), true)));
    }
}

#[test]
fn what_is_not_found_is_said() {
    let windows = (0..20).map(|number| window_item(number, "Letter"));
    let mut window = window(WIDE, listed(windows));
    open(&mut window);
    type_into(&mut window, text::search_windows(), "zzz");
    window.get_by_label(text::nothing_found());
}

#[test]
fn hostile_titles_are_lines_like_others() {
    let titles = [
        "\u{202e}gpj.exe".to_owned(),
        "a\n\n\nb\u{7}".to_owned(),
        String::new(),
        "x".repeat(1_000_000),
        "Z\u{300}".repeat(50_000),
    ];
    let windows = titles.iter().enumerate().map(|(number, title)| window_item(number, title));
    let mut window = window(WIDE, listed(windows));
    open(&mut window);
    for name in ["gpj.exe", "a b", "Editor"] {
        pick(&mut window, name);
    }
    let screen = Rect::from_min_size(Default::default(), WIDE);
    for node in window.query_all_by_role(Role::RadioButton) {
        assert!(screen.contains_rect(node.rect()));
        let name = node.accesskit_node().label().unwrap_or_default();
        assert!(name.chars().count() < 130, "{} characters", name.chars().count());
    }
}

#[test]
fn a_window_that_closes_while_one_chooses_is_chosen_no_more() {
    let mut window = window(WIDE, listed([window_item(7, "Notes")]));
    open(&mut window);
    pick(&mut window, "Notes");
    now(&mut window, |snapshot| *snapshot = listed([]));
    click(&mut window, text::share_label());
    assert_eq!(commands(&window), [Command::ListScreens(true)]);
}

#[test]
fn an_empty_listing_says_so_after_a_while() {
    let mut window = window(WIDE, watching());
    open(&mut window);
    window.get_by_label(text::looking_for_screens());
    window.run_steps(30);
    window.get_by_label(text::no_screens());
}

#[test]
fn the_system_asks_after_it_was_said_that_it_will() {
    let defaults = LobbyDefaults { screen_asks_first: true, ..LobbyDefaults::default() };
    for size in [NARROW, vec2(360.0, 640.0)] {
        let mut window = window_with(size, listed([]), defaults.clone());
        open(&mut window);
        let words = window.get_by_label(text::permission()[1]).rect();
        let below = window.get_by_role_and_label(Role::Button, text::go_on()).rect();
        assert!(words.bottom() <= below.top(), "{words:?} runs into {below:?}");
    }
    let mut window = window_with(WIDE, listed([window_item(7, "Notes")]), defaults);
    open(&mut window);
    for words in text::permission() {
        window.get_by_label(words);
    }
    assert_eq!(commands(&window), [], "nothing looks at the screen yet");
    click(&mut window, text::go_on());
    assert_eq!(commands(&window), [Command::ListScreens(true)]);
    pick(&mut window, "Notes");
    press(&mut window, Key::Escape);
    open(&mut window);
    pick(&mut window, "Notes");
}

#[test]
fn where_the_system_has_its_own_list_that_is_explained_and_is_the_choice() {
    let portal = ScreenItem { source: ScreenSource::Portal, ..monitor() };
    let snapshot = Snapshot { screens: Arc::new(vec![portal]), ..watching() };
    for size in [NARROW, vec2(360.0, 640.0)] {
        let mut window = window(size, snapshot.clone());
        open(&mut window);
        let words = window.get_by_label(text::portal_hint()).rect();
        let card = window.get_by_role_and_label(Role::RadioButton, text::portal()).rect();
        assert!(card.contains_rect(words), "{words:?} stands out of {card:?}");
    }
    let mut window = window(WIDE, snapshot);
    open(&mut window);
    window.get_by_label(text::portal_hint());
    click(&mut window, text::share_label());
    assert_eq!(last(&window), Some(share(ScreenSource::Portal, true)));
}

#[test]
fn how_it_is_sent_is_set_in_the_picker_and_in_the_settings() {
    let settings = ScreenSettings::default();
    for in_picker in [true, false] {
        let mut window = window(vec2(1280.0, 1800.0), listed([]));
        if in_picker {
            open(&mut window);
            click(&mut window, text::how_it_is_sent());
        } else {
            click(&mut window, text::settings());
        }
        let content = format!("{}: {}", text::content_label(), text::content(None));
        click(&mut window, &content);
        choose(&mut window, text::content(Some(Content::Text)));
        let expected = ScreenSettings { content: Some(Content::Text), ..settings };
        assert_eq!(last(&window), Some(Command::ScreenSettings(expected)));
        window.get_by_role_and_label(Role::Switch, text::sixty()).click();
        window.run_steps(3);
        let expected = ScreenSettings { fps: 60, ..settings };
        assert_eq!(last(&window), Some(Command::ScreenSettings(expected)));
        for (name, max_bps) in
            [(text::screen_limit_more(), 18_000_000), (text::screen_limit_less(), 8_000_000)]
        {
            click(&mut window, name);
            let expected = ScreenSettings { max_bps, ..settings };
            assert_eq!(last(&window), Some(Command::ScreenSettings(expected)));
        }
        window.get_by_label("12 Mbit/s");
    }
}
