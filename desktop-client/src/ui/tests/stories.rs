//! What people do, from end to end, by keyboard alone and by accessible names alone: one table of stories, and a
//! driver that goes through each in both ways.

use super::*;

/// How somebody uses the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// Tab to what has the focus, space or Enter to press it.
    Keyboard,
    /// An assistive program that knows names and roles.
    Names,
}

/// One step of a story.
enum Step {
    /// Presses what is called like this.
    Press(String),
    /// Writes into the field that is called like this.
    Write(&'static str, &'static str),
    /// Presses this key.
    Key(Key),
    /// This can be read.
    Read(String),
    /// This cannot be read any more.
    Gone(String),
    /// The room or the computer changes.
    Then(fn(&mut Snapshot)),
    /// This happens.
    Happens(Event),
    /// The last thing that was asked for.
    Asked(Command),
    /// The last thing that was asked for of the window.
    Wanted(UiAction),
}

use Step::{Asked, Gone, Happens, Press, Read, Then, Wanted, Write};

/// What can be pressed.
const PRESSED: [Role; 6] =
    [Role::Button, Role::Link, Role::MenuItemRadio, Role::RadioButton, Role::Switch, Role::Tab];
/// More presses of Tab than these nobody makes to get anywhere.
const MOST_TABS: usize = 60;

/// Has something of these roles that is called like this the focus?
fn is_focused(window: &Window, name: &str, roles: &[Role]) -> bool {
    let there = window.query_all_by_label(name);
    there.into_iter().any(|node| roles.contains(&node.accesskit_node().role()) && node.is_focused())
}

fn tab_to(window: &mut Window, name: &str, roles: &[Role]) {
    for _ in 0..MOST_TABS {
        if is_focused(window, name, roles) {
            return;
        }
        window.key_press(Key::Tab);
        window.run_steps(2);
    }
    panic!("{name:?} is not reached by Tab");
}

fn press_it(window: &mut Window, by: By, name: &str) {
    match by {
        By::Keyboard => {
            tab_to(window, name, &PRESSED);
            window.key_press(Key::Space);
        }
        By::Names => {
            let there = window.query_all_by_label(name);
            let can = |role: Role| PRESSED.contains(&role);
            let found = there.into_iter().rfind(|node| can(node.accesskit_node().role()));
            found.unwrap_or_else(|| panic!("{name:?} cannot be pressed")).click_accesskit();
        }
    }
    window.run_steps(4);
}

fn write(window: &mut Window, by: By, field: &str, words: &str) {
    const FIELDS: [Role; 2] = [Role::TextInput, Role::PasswordInput];
    match by {
        By::Keyboard => tab_to(window, field, &FIELDS),
        By::Names => {
            let there = window.query_all_by_label(field);
            let is_field = |role: Role| FIELDS.contains(&role);
            let found = there.into_iter().find(|node| is_field(node.accesskit_node().role()));
            found.unwrap_or_else(|| panic!("there is no field {field:?}")).focus();
            window.run_steps(2);
        }
    }
    window.event(egui::Event::Text(words.to_owned()));
    window.run_steps(3);
}

fn tell(story: &str, size: Vec2, from: &Snapshot, steps: impl Fn() -> Vec<Step>) {
    for by in [By::Keyboard, By::Names] {
        let defaults = LobbyDefaults { name: s("Cyd"), ..LobbyDefaults::default() };
        // Whoever holds Tab goes through ten things in a second.
        let mut window = window_at(size, from.clone(), defaults, 0.05);
        for (number, step) in steps().into_iter().enumerate() {
            let here = format!("{story}, step {number}, by {by:?} in {size:?}");
            match step {
                Press(name) => press_it(&mut window, by, &name),
                Write(field, words) => write(&mut window, by, field, words),
                Step::Key(key) => press(&mut window, key),
                Read(words) => {
                    assert!(window.query_all_by_label(&words).count() > 0, "{here}: {words}");
                }
                Gone(words) => {
                    assert!(window.query_all_by_label(&words).count() == 0, "{here}: {words}");
                }
                Then(change) => {
                    now(&mut window, change);
                    // Pressed again at once counts as a hand that shook.
                    window.run_steps(8);
                }
                Happens(event) => {
                    window.state_mut().events.push(event);
                    window.run_steps(3);
                }
                Asked(command) => assert_eq!(last(&window), Some(command), "{here}"),
                Wanted(action) => {
                    assert_eq!(window.state().actions.last(), Some(&action), "{here}");
                }
            }
        }
    }
}

/// In a wide window and in a strip.
fn everywhere(story: &str, from: &Snapshot, steps: impl Fn() -> Vec<Step>) {
    for size in [WIDE, vec2(360.0, 640.0)] {
        tell(story, size, from, &steps);
    }
}

fn s(words: &str) -> String {
    words.to_owned()
}

fn talking() -> Snapshot {
    Demo::at(14.0, Instant::now()).snapshot().clone()
}

fn failed(code: &str, text: &str) -> Event {
    Event::Failed { code: s(code), text: s(text).into(), fatal: true }
}

fn notice(text: &str) -> Event {
    Event::Notice(Notice { level: Level::Warning, text: s(text).into() })
}

#[test]
fn making_a_room_and_joining_one() {
    let lobby = Snapshot::default();
    everywhere("make a room", &lobby, || {
        vec![Press(s(text::new_room())), Asked(enter(ServerChoice::Embedded, RoomChoice::Create))]
    });
    everywhere("join a room", &lobby, || {
        let room = RoomChoice::Join("K7QM4XTB".parse().unwrap());
        vec![
            Write(text::room_code(), "k7qm-4xtb"),
            Press(s(text::join())),
            Asked(enter(ServerChoice::Embedded, room)),
        ]
    });
    everywhere("invite", &talking(), || {
        let link = text::invite_link("K7QM4XTB".parse().unwrap(), "wss://films.example.org");
        vec![
            Press(format!("{} K7QM 4XTB", text::copy_code())),
            Wanted(UiAction::CopyInvite(link)),
            Press(s(text::leave())),
            Asked(Command::Leave),
        ]
    });
}

#[test]
fn watching_a_film() {
    everywhere("open an address and watch", &talking(), || {
        const ADDRESS: &str = "https://films.example.org/a.mkv";
        vec![
            Press(s(text::open_address())),
            Write(text::film_address(), ADDRESS),
            Press(s(text::show_address())),
            Asked(Command::OpenAddress(s(ADDRESS))),
            Then(|snapshot| {
                snapshot.playback = watching().playback;
                snapshot.playback.position_secs = 100.0;
            }),
            Press(s(text::pause())),
            Asked(Command::Pause),
            Then(|snapshot| snapshot.playback.playing = false),
            Press(s(text::play())),
            Asked(Command::Play),
            Press(s(text::back())),
            Asked(Command::Seek(90.0)),
            Press(s(text::films())),
            Press(s(text::close_film())),
            Asked(Command::CloseFilm),
            Then(|snapshot| snapshot.playback.film = None),
            Press(s(text::put_back())),
            Asked(Command::ReopenFilm),
        ]
    });
}

#[test]
fn sharing_a_screen() {
    everywhere("share a screen", &talking(), || {
        let source = ScreenSource::Monitor(s("0"));
        vec![
            Press(s(text::share_screen())),
            Asked(Command::ListScreens(true)),
            Then(|snapshot| {
                snapshot.screens = Arc::new(vec![ScreenItem {
                    source: ScreenSource::Monitor("0".to_owned()),
                    title: "DP-1".to_owned(),
                    program: String::new(),
                    width: 1920,
                    height: 1080,
                }]);
            }),
            Press(s("DP-1")),
            Press(s(text::share_label())),
            Asked(Command::ShareScreen(Share { source, sound: true })),
            Then(|snapshot| {
                let source = ScreenSource::Monitor("0".to_owned());
                let share = Share { source, sound: true };
                let (shows, content, sound) = (None, None, true);
                snapshot.sharing = Some(SharingView { share, shows, content, sound });
            }),
            Press(s(text::stop_sharing())),
            Asked(Command::StopSharing),
        ]
    });
}

#[test]
fn chatting_and_raising_a_hand() {
    everywhere("chat", &watching(), || {
        let link = text::link("https://example.org/a");
        let asked = text::link_asked("https://example.org/a");
        vec![
            Write(text::message(), "hello"),
            Step::Key(Key::Enter),
            Asked(Command::Chat(s("hello"))),
            Press(s(text::emoji_picker())),
            Press(s(text::EMOJI[1])),
            Step::Key(Key::Escape),
            Press(s(text::send())),
            Asked(Command::Chat(s(text::EMOJI[1]))),
            Then(|snapshot| {
                let chat = Arc::make_mut(&mut snapshot.chat);
                let mut line = chat.iter().rfind(|line| line.from.is_some()).cloned().unwrap();
                line.text = "https://example.org/a".to_owned();
                line.id = "a link".to_owned();
                chat.push(line);
            }),
            Press(s(&link)),
            Read(s(&asked)),
            Press(s(text::not_now())),
            Gone(s(&asked)),
            Press(link),
            Step::Key(Key::Escape),
            Gone(asked),
        ]
    });
    everywhere("react and raise a hand", &watching(), || {
        vec![
            Press(s(text::react())),
            Press(s("👏")),
            Asked(Command::React(s("👏"))),
            Press(s(text::react())),
            Press(s(text::raise_hand())),
            Asked(Command::RaiseHand(true)),
        ]
    });
}

#[test]
fn settings_and_layouts() {
    everywhere("settings", &watching(), || {
        let window = WindowSettings { reduced_motion: true, ..WindowSettings::default() };
        vec![
            Press(s(text::settings())),
            Press(s(text::reduced_motion())),
            Wanted(UiAction::KeepWindow(window)),
            Step::Key(Key::Escape),
            Gone(s(text::reduced_motion())),
        ]
    });
    everywhere("a layout is kept", &watching(), || {
        use crate::ui::room::Layout;
        vec![
            Press(text::layout_control(Layout::Watch, None)),
            Press(s(text::layout_choice(Layout::Talk))),
            Press(s(text::film_large())),
            Read(text::layout_control(Layout::Watch, None)),
        ]
    });
    tell("the small window", vec2(400.0, 225.0), &watching(), || {
        vec![
            Step::Key(Key::P),
            Press(s(text::mute())),
            Asked(Command::Microphone(false)),
            Press(s(text::leave_compact())),
            Gone(s(text::leave_compact())),
        ]
    });
}

#[test]
fn what_goes_wrong() {
    let lobby = Snapshot::default();
    everywhere("a code that is none", &lobby, || {
        vec![Write(text::room_code(), "K7QM"), Press(s(text::join())), Read(s(text::code_length()))]
    });
    everywhere("a full room, and one with a password", &lobby, || {
        const FULL: &str = "The room is full.";
        vec![
            Write(text::room_code(), "K7QM4XTB"),
            Press(s(text::join())),
            Happens(failed("room_full", FULL)),
            Read(s(FULL)),
            Happens(failed("wrong_password", "The password is another one.")),
            Read(s(text::password_wanted())),
            Write(text::room_password(), "tea"),
            Press(s(text::join())),
            Happens(failed("wrong_password", "The password is another one.")),
            Read(s(text::password_wrong())),
        ]
    });
    everywhere("the server is away", &talking(), || {
        vec![
            Then(|snapshot| snapshot.signaling_connected = false),
            Press(text::people(3)),
            Read(s(text::server_away())),
            Step::Key(Key::Escape),
            Gone(s(text::server_away())),
        ]
    });
    everywhere("the film is missing", &watching(), || {
        vec![
            Then(|snapshot| {
                snapshot.playback.mine = FilmCopy::None;
                snapshot.playback.state = PlaybackStage::Loading;
            }),
            Press(s(text::choose_copy())),
            Wanted(UiAction::PickOwnCopy),
        ]
    });
    everywhere("a device is lost", &watching(), || {
        const LOST: &str = "The microphone is gone. The system's one is used.";
        vec![Happens(notice(LOST)), Read(s(LOST)), Press(s(text::dismiss())), Gone(s(LOST))]
    });
}
