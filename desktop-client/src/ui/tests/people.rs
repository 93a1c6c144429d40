//! What opens from somebody's picture.

use super::*;

/// Opens what opens from somebody's picture.
fn open_person(window: &mut Window, name: &str) {
    let said = text::face_menu(name);
    click(window, &said);
}

#[test]
fn from_somebodys_picture_the_volume_is_set_and_the_code_compared() {
    for size in [WIDE, NARROW] {
        let mut snapshot = watching();
        for person in &mut snapshot.participants {
            (person.speaking, person.microphone) = (false, true);
        }
        let code = snapshot.participants[0].safety_code.unwrap();
        let ana = snapshot.participants[0].id.clone();
        let mut window = window(size, snapshot);
        open_person(&mut window, "Ana");
        window.get_by_label(&format!("{}: {code}", text::safety_code()));
        for sign in code.signs() {
            assert!(window.query_all_by_label(sign.name).next().is_some(), "{}", sign.name);
        }
        window.get_by_role_and_label(Role::Slider, &text::volume_of("Ana")).click();
        window.run_steps(3);
        let expected = Command::VoiceVolume { who: ana.clone(), volume: 1.0 };
        window.state_mut().snapshot.participants[0].volume = 0.3;
        window.run_steps(2);
        window.get_by_role_and_label(Role::Slider, &text::volume_of("Ana")).click();
        window.run_steps(3);
        assert_eq!(commands(&window).last(), Some(&expected), "the middle is as it came");
        click(&mut window, text::they_are_equal());
        assert_eq!(commands(&window).last(), Some(&Command::Compared(ana.clone(), true)));
        window.state_mut().snapshot.participants[0].compared = true;
        window.run_steps(2);
        window.get_by_label(&text::compared("Ana"));
        click(&mut window, text::take_back());
        assert_eq!(commands(&window).last(), Some(&Command::Compared(ana, false)));
    }
}

#[test]
fn a_program_with_another_key_is_decided_on_at_the_persons_picture() {
    let mut snapshot = watching();
    let ben = &mut snapshot.participants[1];
    (ben.other_key, ben.compared) = (Some(OtherKey::Asks), true);
    (ben.state, ben.safety_code) = (LinkState::Failed, None);
    (ben.speaking, ben.microphone) = (false, true);
    let id = ben.id.clone();
    let mut window = window(WIDE, snapshot);
    window.get_by_label(text::another_key());
    window.get_by_label_contains("Ben: another key than before");
    open_person(&mut window, &text::face("Ben", false, false, LinkState::Failed));
    window.get_by_label(&text::other_key("Ben", true));
    click(&mut window, text::refuse_key());
    window.state_mut().snapshot.participants[1].other_key = Some(OtherKey::Refused);
    window.run_steps(2);
    window.get_by_label(text::key_refused());
    assert!(window.query_by_label(text::refuse_key()).is_none());
    click(&mut window, text::accept_key());
    assert_eq!(commands(&window), [Command::RefuseKey(id.clone()), Command::AcceptKey(id)]);
}

#[test]
fn a_raised_hand_is_seen_on_the_picture_and_taken_down_again() {
    for size in [WIDE, NARROW] {
        let mut window = window(size, watching());
        click(&mut window, text::react());
        click(&mut window, text::raise_hand());
        assert_eq!(last(&window), Some(Command::RaiseHand(true)));
        now(&mut window, |snapshot| {
            (snapshot.me.hand, snapshot.participants[0].hand) = (true, true);
            snapshot.me.speaking = false;
        });
        let you = text::face(text::you(), false, false, LinkState::Connected);
        window.get_by_label(&text::hand_raised(&you));
        let ana = text::face("Ana", false, false, LinkState::Connected);
        window.get_by_label(&text::face_menu(text::hand_raised(ana)));
        click(&mut window, text::react());
        click(&mut window, text::lower_hand());
        assert_eq!(last(&window), Some(Command::RaiseHand(false)));
    }
}

#[test]
fn who_is_elsewhere_in_the_film_has_a_mark_beside_the_knob() {
    let mut window = window(WIDE, watching());
    assert!(window.query_by_label_contains(" s behind").is_none());
    now(&mut window, |snapshot| {
        snapshot.participants[0].film_offset_ms = Some(2_400.0);
        snapshot.participants[1].film_offset_ms = Some(-3_000.0);
    });
    let ana = window.get_by_label("Ana is 2 s ahead").rect();
    let ben = window.get_by_label("Ben is 3 s behind").rect();
    assert!(ben.right() < ana.left());
    now(&mut window, |snapshot| snapshot.participants[0].film_offset_ms = Some(900.0));
    assert!(window.query_by_label_contains(" s ahead").is_none());
}
