//! Where nothing changes nothing is drawn again, and what a person does is answered by the next frame.

use super::*;

fn with_less_motion(snapshot: Snapshot) -> Window {
    let calm = WindowSettings { reduced_motion: true, ..Default::default() };
    let defaults = LobbyDefaults { name: "Cyd".to_owned(), window: calm, ..Default::default() };
    window_with(WIDE, snapshot, defaults)
}

/// Does the window want its next frame at once, again and again?
fn moves(window: &mut Window) -> bool {
    window.try_run().is_err()
}

#[test]
fn a_lobby_and_a_room_in_which_nothing_happens_stand_still() {
    let mut paused = watching();
    paused.playback.playing = false;
    for participant in &mut paused.participants {
        participant.speaking = false;
    }
    for size in [WIDE, NARROW] {
        assert!(!moves(&mut window(size, Snapshot::default())));
        assert!(!moves(&mut window(size, paused.clone())));
    }
}

#[test]
fn with_less_motion_nothing_turns_while_one_enters() {
    let entering = Snapshot { stage: Stage::Entering, ..Snapshot::default() };
    assert!(moves(&mut window(WIDE, entering.clone())));
    let mut window = with_less_motion(entering);
    assert!(!moves(&mut window));
    window.get_by_role_and_label(Role::Button, text::cancel());
}

#[test]
fn what_a_person_does_is_answered_by_the_next_frame() {
    let mut window = window(WIDE, watching());
    window.key_press(Key::M);
    window.step();
    assert_eq!(commands(&window), [Command::Microphone(false)]);
    window.state_mut().snapshot.me.microphone = false;
    window.step();
    window.get_by_role_and_label(Role::Button, text::unmute());
    window.key_press(Key::Questionmark);
    window.step();
    window.get_by_label("Play or pause: Space, K");
}
