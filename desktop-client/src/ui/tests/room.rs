//! What the room has around the film: controls, the status, notices, what is drawn at all.

use super::*;

#[test]
fn everything_to_press_in_the_room_has_its_command() {
    for size in [WIDE, NARROW] {
        let mut window = window(size, watching());
        for name in [text::mute(), text::camera_off(), text::leave()] {
            click(&mut window, name);
        }
        let expected = [Command::Microphone(false), Command::Camera(false), Command::Leave];
        assert_eq!(commands(&window), expected);
        click(&mut window, text::react());
        click(&mut window, "👏");
        assert_eq!(commands(&window).last(), Some(&Command::React("👏".to_owned())));
        click(&mut window, text::tracks());
        window.get_by_role_and_label(Role::MenuItemRadio, "German · SRT").click();
        window.run_steps(3);
        assert_eq!(commands(&window).last(), Some(&Command::SubtitleTrack(2)));
        click(&mut window, &format!("{} K7QM 4XTB", text::copy_code()));
        let copied = window.state().actions.last();
        assert!(matches!(copied, Some(UiAction::CopyInvite(link)) if link.contains("K7QM4XTB")));
    }
}

#[test]
fn all_controls_stay_inside_the_window_and_can_be_hit() {
    for (size, snapshot) in [
        (WIDE, watching()),
        (NARROW, watching()),
        (vec2(360.0, 640.0), watching()),
        (vec2(1920.0, 1080.0), watching()),
        (NARROW, Demo::at(14.0, Instant::now()).snapshot().clone()),
        (vec2(360.0, 640.0), Demo::at(20.0, Instant::now()).snapshot().clone()),
        (vec2(360.0, 640.0), Demo::at(54.0, Instant::now()).snapshot().clone()),
        (vec2(360.0, 640.0), Demo::at(80.0, Instant::now()).snapshot().clone()),
        (vec2(360.0, 640.0), Demo::at(96.0, Instant::now()).snapshot().clone()),
        (vec2(360.0, 640.0), Demo::at(106.0, Instant::now()).snapshot().clone()),
        (WIDE, Snapshot::default()),
        (WIDE, Demo::at(135.0, Instant::now()).snapshot().clone()),
        (NARROW, Demo::at(135.0, Instant::now()).snapshot().clone()),
        (vec2(360.0, 640.0), Demo::at(145.0, Instant::now()).snapshot().clone()),
        (vec2(360.0, 640.0), Demo::at(165.0, Instant::now()).snapshot().clone()),
    ] {
        let window = window(size, snapshot);
        let screen = Rect::from_min_size(Default::default(), size).expand(0.5);
        for node in window.get_all_by_role(Role::Button) {
            let (rect, name) = (node.rect(), node.accesskit_node().label());
            assert!(screen.contains_rect(rect), "{name:?} at {rect:?} in {size:?}");
            assert!(rect.height() >= 36.0 && rect.width() >= 36.0, "{name:?} is {rect:?}");
            assert!(name.is_some_and(|name| !name.is_empty()), "a button without a name");
        }
    }
}

#[test]
fn the_status_panel_tells_the_figures_of_each_connection() {
    let mut window = window(WIDE, watching());
    click(&mut window, "3 people in the room");
    window.get_all_by_label("18 ms · 0.2 % lost · clock ±0.8 ms").next().unwrap();
    window.get_all_by_label("↓ 1.3 Mbit/s · ↑ 1.2 Mbit/s of 6.4 Mbit/s").next().unwrap();
    window.get_by_label("Clock known to ±0.8 ms");
    window.get_by_label("Film 2 ms ahead");
    window.get_by_label("Film 3 ms behind");
    now(&mut window, |snapshot| snapshot.participants[1].film_offset_ms = Some(7.0));
    window.get_by_label("Film 7 ms ahead");
    click(&mut window, text::copy_code_only());
    let code = UiAction::CopyInvite("K7QM4XTB".to_owned());
    assert_eq!(window.state().actions.last(), Some(&code));
    click(&mut window, text::copy_report());
    let Some(UiAction::CopyReport(report)) = window.state().actions.last() else {
        panic!("a report is copied")
    };
    assert!(report.contains("Friend 1") && report.contains("18 ms"), "{report}");
    assert!(report.contains("Film 2 ms ahead") && report.contains("Film 7 ms ahead"), "{report}");
    assert!(!report.contains("Ana") && !report.contains("films.example.org"), "{report}");
    window.get_by_label(text::report_copied());
}

#[test]
fn trouble_is_told_in_a_sentence_and_quiet_else() {
    let mut window = window(WIDE, watching());
    assert!(window.query_by_label_contains(&format!(". {}", text::people_label())).is_some());
    window.state_mut().snapshot.participants[1].state = LinkState::Reconnecting;
    window.run_steps(2);
    click(&mut window, &format!("Ben: reconnecting. {}", text::people_label()));
    window.get_by_label("Clock known to ±0.8 ms");
    press(&mut window, Key::Escape);
    window.state_mut().snapshot.participants[1].state = LinkState::Connected;
    window.run_steps(2);
    assert!(window.query_by_label_contains("reconnecting").is_none());
    window.set_size(NARROW);
    window.state_mut().snapshot.participants[1].state = LinkState::Reconnecting;
    window.run_steps(3);
    window.get_by_label("Ben: reconnecting");
}

#[test]
fn a_notice_is_shown_and_can_be_dismissed() {
    let mut window = window(WIDE, watching());
    let text = "The camera is used by another program. Close it and press Retry.";
    let notice = Notice { level: Level::Error, text: text.into() };
    window.state_mut().events.push(Event::Notice(notice));
    window.run_steps(2);
    window.get_by_label(text);
    click(&mut window, text::dismiss());
    assert!(window.query_by_label(text).is_none());
}

#[test]
fn the_session_is_told_how_large_each_picture_is_shown() {
    let sizes = |window: &Window| {
        let told = window.state().actions.iter().rev().find_map(|action| match action {
            UiAction::Command(Command::Shown(shown)) => Some(shown.clone()),
            _ => None,
        });
        told.unwrap_or_default().iter().map(|one| (one.width, one.height)).collect::<Vec<_>>()
    };
    let mut snapshot = watching();
    snapshot.participants[0].speaking = true;
    let mut window = window(WIDE, snapshot);
    let [large, small] = sizes(&window)[..] else { panic!("two others are in the room") };
    assert!(large.0 > 2 * small.0 - 50 && small.0 > 100, "{large:?} {small:?}");
    // Whose camera is off has no picture.
    window.state_mut().snapshot.participants[1].camera = false;
    window.run_steps(60);
    assert_eq!(sizes(&window)[1], (0, 0));
}

#[test]
fn nothing_is_drawn_again_while_nothing_changes() {
    for snapshot in [Snapshot::default(), watching()] {
        let mut window = window(WIDE, snapshot);
        // What fades in takes a few frames, then all is still.
        assert!(window.run() < 20);
    }
}
