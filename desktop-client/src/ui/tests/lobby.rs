//! The lobby: a name, a room, a server, and what is wrong with them.

use super::*;

#[test]
fn a_new_room_is_one_press_away() {
    let mut window = lobby();
    click(&mut window, text::new_room());
    assert_eq!(commands(&window), [enter(ServerChoice::Embedded, RoomChoice::Create)]);
}

#[test]
fn a_name_is_asked_for_before_a_room_is_made() {
    let mut window = window_with(WIDE, Snapshot::default(), LobbyDefaults::default());
    click(&mut window, text::new_room());
    assert_eq!(commands(&window), []);
    window.get_by_label(text::name_missing());
    type_into(&mut window, text::your_name(), "Cyd");
    assert!(window.query_by_label(text::name_missing()).is_none());
    click(&mut window, text::new_room());
    assert_eq!(commands(&window).len(), 1);
}

#[test]
fn a_code_typed_in_small_letters_joins_that_room_by_enter() {
    let mut window = lobby();
    type_into(&mut window, text::room_code(), "k7qm-4xtb");
    let field = window.get_by_role_and_label(Role::TextInput, text::room_code());
    assert_eq!(field.value().as_deref(), Some("K7QM4XTB"));
    press(&mut window, Key::Enter);
    let room = RoomChoice::Join("K7QM4XTB".parse().unwrap());
    assert_eq!(commands(&window), [enter(ServerChoice::Embedded, room)]);
}

#[test]
fn a_pasted_link_brings_its_server_along() {
    let mut window = lobby();
    let link = text::invite_link("K7QM4XTB".parse().unwrap(), "wss://films.example.org");
    type_into(&mut window, text::room_code(), &link);
    click(&mut window, text::join());
    let server = ServerChoice::Url("wss://films.example.org".to_owned());
    let room = RoomChoice::Join("K7QM4XTB".parse().unwrap());
    assert_eq!(commands(&window), [enter(server, room)]);
}

#[test]
fn what_is_wrong_with_a_code_stands_under_it() {
    let mut window = lobby();
    click(&mut window, text::join());
    window.get_by_label(text::code_missing());
    type_into(&mut window, text::room_code(), "K7QM");
    click(&mut window, text::join());
    window.get_by_label(text::code_length());
    assert_eq!(commands(&window), []);
}

#[test]
fn a_server_address_is_checked_before_it_is_used() {
    let mut window = lobby();
    click(&mut window, text::server());
    window.get_by_label(text::at_an_address()).click();
    window.run_steps(3);
    type_into(&mut window, text::address(), "https://films.example.org");
    window.get_by_label(text::address_scheme());
    press(&mut window, Key::Escape);
    click(&mut window, text::new_room());
    assert_eq!(commands(&window), []);
}

#[test]
fn after_a_crash_the_way_back_is_one_press() {
    let defaults = LobbyDefaults { can_come_back: true, ..LobbyDefaults::default() };
    for size in [WIDE, NARROW, vec2(360.0, 640.0)] {
        let mut window = window_with(size, Snapshot::default(), defaults.clone());
        if size.x < WIDE.x {
            window.get_by_label(text::come_back()).scroll_to_me();
            window.run_steps(20);
        }
        click(&mut window, text::come_back());
        assert_eq!(window.state().actions, [UiAction::ComeBack]);
        assert!(window.query_by_label(text::come_back()).is_none(), "once");
    }
}

#[test]
fn entering_can_be_given_up() {
    let mut window = window(WIDE, Snapshot { stage: Stage::Entering, ..Snapshot::default() });
    assert!(window.query_by_label(text::new_room()).is_none());
    click(&mut window, text::cancel());
    assert_eq!(commands(&window), [Command::Leave]);
}

#[test]
fn why_one_could_not_enter_is_said_in_the_lobby() {
    let mut window = lobby();
    let why = "There is no room with this code. Ask your friend for it again.";
    window.state_mut().events.push(Event::Failed {
        code: "room_not_found".to_owned(),
        text: why.into(),
        fatal: true,
    });
    window.run_steps(2);
    window.get_by_label(why);
}

#[test]
fn the_lobby_switches_camera_and_microphone() {
    let mut window = lobby();
    click(&mut window, text::unmute());
    click(&mut window, text::camera_on());
    assert_eq!(commands(&window), [Command::Microphone(true), Command::Camera(true)]);
}

#[test]
fn a_film_waits_in_the_lobby_for_the_room_that_is_entered() {
    let film = PathBuf::from("/films/Big Night.mkv");
    for size in [WIDE, NARROW] {
        let mut window = window(size, Snapshot::default());
        window.state_mut().ui.as_mut().unwrap().handed(film.clone(), false);
        window.run_steps(3);
        window.get_by_label("Big Night.mkv");
        window.get_by_label(text::not_that_film()).scroll_to_me();
        window.run_steps(20);
        click(&mut window, text::not_that_film());
        assert_eq!(window.state().actions, [UiAction::FilmForRoom(None)]);
        assert!(window.query_by_label("Big Night.mkv").is_none());
    }
}

#[test]
fn an_invitation_from_outside_fills_the_lobby_and_does_no_more() {
    let mut window = lobby();
    let link = text::invite_link("K7QM4XTB".parse().unwrap(), "wss://films.example.org");
    window.state_mut().ui.as_mut().unwrap().invited(&link, false);
    window.run_steps(3);
    let field = window.get_by_role_and_label(Role::TextInput, text::room_code());
    assert_eq!(field.value().as_deref(), Some("K7QM4XTB"));
    assert_eq!(commands(&window), []);
    click(&mut window, text::join());
    let server = ServerChoice::Url("wss://films.example.org".to_owned());
    let room = RoomChoice::Join("K7QM4XTB".parse().unwrap());
    assert_eq!(commands(&window), [enter(server, room)]);
}

#[test]
fn a_film_from_outside_is_shown_to_a_room_only_when_one_says_so() {
    let film = PathBuf::from("/films/Big Night.mkv");
    let ask = |window: &mut Window| {
        window.state_mut().ui.as_mut().unwrap().handed(film.clone(), true);
        window.run_steps(3);
        window.get_by_label(&text::show_to_room("Big Night.mkv"));
    };
    let mut window = window(WIDE, watching());
    ask(&mut window);
    assert_eq!(commands(&window), []);
    click(&mut window, text::after_this_one());
    assert_eq!(commands(&window), [Command::QueueFilm(film.clone())]);
    ask(&mut window);
    click(&mut window, text::show_it());
    assert_eq!(last(&window), Some(Command::OpenFilm(film.clone())));
    ask(&mut window);
    click(&mut window, text::not_now());
    assert_eq!(commands(&window).len(), 2);
    assert!(window.query_by_label(&text::show_to_room("Big Night.mkv")).is_none());
}

/// A window that knows two rooms.
fn with_rooms(size: Vec2) -> Window {
    let mut rooms = RecentRooms::default();
    rooms.entered("B2C3D4E5".parse().unwrap(), "wss://films.example.org", [], 1_000);
    let friends = ["Ana".to_owned(), "Ben".to_owned()];
    rooms.entered("K7QM4XTB".parse().unwrap(), "wss://films.example.org", friends, 90_000);
    let mut window = window(size, Snapshot::default());
    window.state_mut().ui.as_mut().unwrap().set_recent(rooms, 97_200);
    window.run_steps(3);
    window
}

#[test]
fn a_room_of_late_is_one_press_away_and_can_be_forgotten() {
    for size in [WIDE, NARROW] {
        let mut window = with_rooms(size);
        let name = "Go into K7QM 4XTB again: Ana and Ben · 2 hours ago";
        window.get_by_label(name).scroll_to_me();
        window.run_steps(20);
        click(&mut window, name);
        let server = ServerChoice::Url("wss://films.example.org".to_owned());
        let room = RoomChoice::Join("K7QM4XTB".parse().unwrap());
        assert_eq!(commands(&window), [enter(server, room)]);
        window.get_by_label("Forget B2C3 D4E5").scroll_to_me();
        window.run_steps(20);
        click(&mut window, "Forget B2C3 D4E5");
        let forget = UiAction::ForgetRoom("B2C3D4E5".parse().unwrap());
        assert_eq!(window.state().actions.last(), Some(&forget));
        window.get_by_label(text::undo_label()).scroll_to_me();
        window.run_steps(20);
        click(&mut window, text::undo_label());
        let Some(UiAction::RememberRoom(room)) = window.state().actions.last() else {
            panic!("it is known again")
        };
        assert_eq!(room.code, "B2C3D4E5".parse().unwrap());
    }
}

#[test]
fn the_first_start_says_what_this_is_in_three_sentences() {
    for size in [WIDE, NARROW] {
        let defaults = LobbyDefaults { first_start: true, ..LobbyDefaults::default() };
        let window = window_with(size, Snapshot::default(), defaults);
        for sentence in text::first_start() {
            window.get_by_label(sentence);
        }
        assert!(lobby().query_by_label(text::first_start()[0]).is_none());
    }
}

#[test]
fn what_is_missing_is_said_in_the_lobby() {
    let mut window = window(WIDE, Demo::at(0.0, Instant::now()).snapshot().clone());
    window.state_mut().snapshot.stage = Stage::Lobby;
    window.state_mut().snapshot.me.camera = true;
    window.state_mut().snapshot.devices.cameras.available.clear();
    let why = "No film can be played: libmpv is missing.";
    window.state_mut().ui.as_mut().unwrap().set_player_missing(Some(why.into()));
    window.run_steps(3);
    window.get_by_label(why);
    window.get_by_label(text::camera_missing());
}

/// Types into a field whose letters are not shown.
fn type_hidden(window: &mut Window, field: &str, typed: &str) {
    window.get_by_role_and_label(Role::PasswordInput, field).focus();
    window.run_steps(2);
    window.get_by_role_and_label(Role::PasswordInput, field).type_text(typed);
    window.run_steps(3);
}

/// How one asks for this room with a password.
fn enter_with(room: RoomChoice, password: &str) -> Command {
    let (server, name) = (ServerChoice::Embedded, "Cyd".to_owned());
    let password = Some(password.to_owned());
    Command::Enter(Invite { server, room, name, password, identity: None })
}

#[test]
fn a_new_room_gets_a_password_if_one_wants_that() {
    for size in [WIDE, NARROW, vec2(360.0, 640.0)] {
        let mut window = window(size, Snapshot::default());
        assert!(window.query_by_label(text::new_password()).is_none());
        window.get_by_label(text::with_password()).scroll_to_me();
        window.run_steps(20);
        click(&mut window, text::with_password());
        let field = window.get_by_role_and_label(Role::PasswordInput, text::new_password());
        assert!(field.is_focused());
        type_hidden(&mut window, text::new_password(), "tea and cake");
        press(&mut window, Key::Enter);
        assert_eq!(commands(&window), [enter_with(RoomChoice::Create, "tea and cake")]);
    }
}

#[test]
fn a_room_asks_for_its_password_and_says_when_it_is_another_one() {
    let refused = || Event::Failed {
        code: "wrong_password".to_owned(),
        text: "The password is missing or another one.".into(),
        fatal: true,
    };
    let room = RoomChoice::Join("K7QM4XTB".parse().unwrap());
    let mut window = lobby();
    type_into(&mut window, text::room_code(), "K7QM4XTB");
    press(&mut window, Key::Enter);
    assert_eq!(last(&window), Some(enter(ServerChoice::Embedded, room.clone())));
    window.state_mut().events.push(refused());
    window.run_steps(3);
    window.get_by_label(text::password_wanted());
    let code = window.get_by_role_and_label(Role::TextInput, text::room_code());
    assert_eq!(code.value().as_deref(), Some("K7QM4XTB"), "what was typed is kept");
    let field = window.get_by_role_and_label(Role::PasswordInput, text::room_password());
    assert!(field.is_focused());
    type_hidden(&mut window, text::room_password(), "coffee");
    assert!(window.query_by_label(text::password_wanted()).is_none());
    click(&mut window, text::join());
    assert_eq!(last(&window), Some(enter_with(room.clone(), "coffee")));
    window.state_mut().events.push(refused());
    window.run_steps(3);
    window.get_by_label(text::password_wrong());
    click(&mut window, text::show_password());
    let field = window.get_by_role_and_label(Role::TextInput, text::room_password());
    assert_eq!(field.value().as_deref(), Some("coffee"));
    retype(&mut window, text::room_password(), "tea");
    press(&mut window, Key::Enter);
    assert_eq!(last(&window), Some(enter_with(room, "tea")));
    // Another room is another matter.
    retype(&mut window, text::room_code(), "B2C3D4E5");
    assert!(window.query_by_label(text::room_password()).is_none());
    click(&mut window, text::join());
    let other = RoomChoice::Join("B2C3D4E5".parse().unwrap());
    assert_eq!(last(&window), Some(enter(ServerChoice::Embedded, other)));
}
