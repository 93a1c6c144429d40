//! The chat: writing, reading back, and places of the film.

use super::*;

#[test]
fn a_message_is_sent_by_enter_and_by_the_button_and_never_empty() {
    let mut window = window(WIDE, watching());
    type_into(&mut window, text::message(), " hello ");
    press(&mut window, Key::Enter);
    let field = window.get_by_role_and_label(Role::TextInput, text::message());
    assert!(field.is_focused(), "one goes on writing");
    assert_eq!(field.value().unwrap_or_default(), "");
    press(&mut window, Key::Enter);
    type_into(&mut window, text::message(), "again");
    click(&mut window, text::send());
    let said = ["hello", "again"].map(|text| Command::Chat(text.to_owned()));
    assert_eq!(commands(&window), said);
}

#[test]
fn ten_thousand_messages_cost_no_more_to_draw_than_a_screenful() {
    let with = |count: u64| {
        let line = |number: u64| ChatLine {
            sentence: None,
            film_secs: None,
            from: Some(ParticipantId::new("p-ben")),
            name: "Ben".to_owned(),
            text: format!("message {number}"),
            id: number.to_string(),
            via: Via::Peer,
            at_unix_ms: number * 60_000,
        };
        let chat = Arc::new((0..count).map(line).collect());
        let mut window = window(WIDE, Snapshot { chat, ..watching() });
        window.run_steps(4);
        window
    };
    let shapes = |window: &Window| window.output().shapes.len();
    let (few, many) = (with(60), with(10_000));
    assert!(many.query_by_label("message 9999").is_some(), "the newest is in view");
    assert!(many.query_by_label("message 0").is_none());
    let (few, many) = (shapes(&few), shapes(&many));
    assert!(many <= few + 10, "{many} shapes against {few}");
}

#[test]
fn the_newest_message_is_in_view_whatever_the_windows_shape() {
    let mut window = window(WIDE, Demo::at(45.0, Instant::now()).snapshot().clone());
    for size in [WIDE, NARROW, vec2(360.0, 640.0), vec2(1440.0, 900.0), NARROW] {
        window.set_size(size);
        window.run_steps(5);
        let newest = window.get_by_label("no spoilers!").rect();
        let field = window.get_by_role_and_label(Role::TextInput, text::message()).rect();
        assert!(newest.bottom() <= field.top(), "{newest:?} above {field:?} in {size:?}");
    }
}

#[test]
fn who_reads_back_is_not_pulled_to_the_newest_message() {
    let mut window = window(NARROW, Demo::at(45.0, Instant::now()).snapshot().clone());
    let middle = window.get_by_label("no spoilers!").rect().center();
    window.hover_at(middle);
    window.event(egui::Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, 120.0),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    window.run_steps(30);
    assert!(window.query_by_label("no spoilers!").is_none());
    window.run_steps(5);
    assert!(window.query_by_label("no spoilers!").is_none());
}

#[test]
fn a_message_is_sent_with_the_films_place() {
    let mut window = window(WIDE, watching());
    type_into(&mut window, text::message(), "look left");
    click(&mut window, text::send_with_place());
    assert_eq!(last(&window), Some(Command::ChatAtFilm("look left".to_owned())));
    type_into(&mut window, text::message(), "and right");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    window.run_steps(3);
    assert_eq!(last(&window), Some(Command::ChatAtFilm("and right".to_owned())));
    now(&mut window, |snapshot| snapshot.playback = PlaybackView::default());
    assert!(
        window.query_by_label(text::send_with_place()).is_none(),
        "without a film there is none"
    );
}

#[test]
fn the_place_of_a_message_is_gone_to_after_asking() {
    for size in [WIDE, NARROW] {
        let mut window = window(size, Demo::at(42.0, Instant::now()).snapshot().clone());
        click(&mut window, &text::place(190.0));
        assert_eq!(commands(&window), [], "one is asked first");
        window.get_by_label("Take everybody to 3:10?");
        click(&mut window, text::not_now());
        assert!(window.query_by_label("Take everybody to 3:10?").is_none());
        click(&mut window, &text::place(190.0));
        click(&mut window, text::go_there());
        assert_eq!(commands(&window), [Command::Seek(190.0)]);
        assert!(window.query_by_label("Take everybody to 3:10?").is_none());
        now(&mut window, |snapshot| {
            snapshot.playback.may_steer = false;
            snapshot.rules.steering = Steering::Host;
        });
        click(&mut window, &text::place(190.0));
        assert!(window.query_by_label("Take everybody to 3:10?").is_none());
    }
}

#[test]
fn an_address_in_a_message_is_opened_after_a_look_at_all_of_it() {
    let address = "https://example.org/a?b=1#c";
    for size in [WIDE, NARROW] {
        let mut window = window(size, watching());
        let opened = |window: &Window| {
            let opens = |command: &egui::OutputCommand| match command {
                egui::OutputCommand::OpenUrl(open) => Some(open.url.clone()),
                _ => None,
            };
            window.output().platform_output.commands.iter().find_map(opens)
        };
        let chat = Demo::at(45.0, Instant::now()).snapshot().chat.clone();
        let mut line = chat.last().cloned().unwrap();
        line.text = format!("seen {address}, and file:///etc/passwd?");
        now(&mut window, |snapshot| Arc::make_mut(&mut snapshot.chat).push(line));
        assert_eq!(window.get_all_by_role(Role::Link).count(), 1, "only the web is opened");
        let press_link = |window: &mut Window| {
            window.get_by_role_and_label(Role::Link, &text::link(address)).click();
            window.run_steps(3);
        };
        press_link(&mut window);
        assert_eq!(opened(&window), None, "one is asked first");
        window.get_by_label(&text::link_asked(address));
        click(&mut window, text::not_now());
        assert!(window.query_by_label(&text::link_asked(address)).is_none());
        window.run_steps(10);
        press_link(&mut window);
        window.get_by_label(&text::link_asked(address));
        window.get_by_role_and_label(Role::Button, text::open_link()).click();
        let mut found = None;
        for _ in 0..4 {
            window.step();
            found = found.or(opened(&window));
        }
        assert_eq!(found.as_deref(), Some(address));
        assert!(window.query_by_label(&text::link_asked(address)).is_none());
    }
}

#[test]
fn an_emoji_is_put_in_at_the_cursor_by_keyboard_alone() {
    let mut window = window(WIDE, watching());
    type_into(&mut window, text::message(), "ab");
    press(&mut window, Key::ArrowLeft);
    window.get_by_role_and_label(Role::Button, text::emoji_picker()).focus();
    window.run_steps(2);
    press(&mut window, Key::Space);
    press(&mut window, Key::ArrowRight);
    press(&mut window, Key::Enter);
    press(&mut window, Key::Escape);
    let field = window.get_by_role_and_label(Role::TextInput, text::message());
    assert_eq!(field.value().as_deref(), Some(format!("a{}b", text::EMOJI[1]).as_str()));
    assert!(field.is_focused(), "one goes on writing");
    press(&mut window, Key::Enter);
    assert_eq!(last(&window), Some(Command::Chat(format!("a{}b", text::EMOJI[1]))));
}

#[test]
fn text_of_a_message_is_selected_and_copied() {
    let mut window = window(WIDE, Demo::at(45.0, Instant::now()).snapshot().clone());
    let rect = window.get_by_label("no spoilers!").rect();
    let button = |pos, pressed| egui::Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let (from, to) = (rect.left_center() + vec2(1.0, 0.0), rect.right_center());
    window.hover_at(from);
    window.run_steps(1);
    window.event(button(from, true));
    window.run_steps(1);
    window.hover_at(to);
    window.run_steps(1);
    window.event(button(to, false));
    window.run_steps(1);
    window.event(egui::Event::Copy);
    window.step();
    let copied =
        window.output().platform_output.commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
    assert_eq!(copied.as_deref(), Some("no spoilers!"));
}

#[test]
fn the_key_that_goes_to_the_message_field_is_not_written_there() {
    let mut window = window(WIDE, watching());
    window.input_mut().events.extend([
        egui::Event::Key {
            key: Key::C,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        },
        egui::Event::Text("c".to_owned()),
    ]);
    window.run_steps(3);
    let field = window.get_by_role_and_label(Role::TextInput, text::message());
    assert!(field.is_focused());
    assert_eq!(field.value().unwrap_or_default(), "");
}
