//! Waiting for each other, being ready, and taking back.

use super::*;

fn waits(who: &[(&str, Option<u8>)], why: WaitReason) -> Snapshot {
    let mut snapshot = watching();
    let person = |(name, percent): &(&str, Option<u8>)| {
        let id = ParticipantId::new(format!("p-{}", name.to_lowercase()));
        (id, (*name).to_owned(), *percent)
    };
    snapshot.playback.state = PlaybackStage::Waiting;
    snapshot.playback.waiting = Some(WaitingView { who: who.iter().map(person).collect(), why });
    snapshot
}

#[test]
fn over_the_picture_stands_for_whom_the_room_waits_and_how_to_go_on() {
    for size in [WIDE, NARROW, vec2(360.0, 640.0)] {
        let snapshot = waits(&[("Ben", Some(40))], WaitReason::Buffering);
        let mut window = window(size, snapshot);
        window.get_by_label("Waiting for Ben (buffering, 40 %)");
        click(&mut window, "Go on without Ben");
        assert_eq!(commands(&window), [Command::Play]);
        now(&mut window, |snapshot| {
            snapshot.playback.may_steer = false;
            snapshot.rules.steering = Steering::Host;
        });
        window.get_by_label("Waiting for Ben (buffering, 40 %)");
        assert!(window.query_by_label("Go on without Ben").is_none());
        now(&mut window, |snapshot| snapshot.playback.waiting = None);
        assert!(window.query_by_label_contains("buffering").is_none());
    }
}

#[test]
fn one_says_to_be_ready_and_takes_it_back() {
    for size in [WIDE, NARROW, vec2(360.0, 640.0)] {
        let mut snapshot = waits(&[("Ben", None), ("Cyd", None)], WaitReason::NotReady);
        snapshot.rules.ready_check = true;
        snapshot.playback.started = false;
        let mut window = window(size, snapshot);
        window.get_by_label("Waiting for Ben and you to be ready");
        click(&mut window, text::i_am_ready());
        now(&mut window, |snapshot| snapshot.playback.agreed = true);
        click(&mut window, text::not_ready_yet());
        assert_eq!(commands(&window), [Command::Ready(true), Command::Ready(false)]);
        now(&mut window, |snapshot| {
            snapshot.playback.waiting = None;
            snapshot.playback.state = PlaybackStage::Paused;
        });
        window.get_by_label(text::ready_check());
        now(&mut window, |snapshot| snapshot.playback.started = true);
        assert!(window.query_by_label(text::not_ready_yet()).is_none(), "the film has started");
    }
}

#[test]
fn playing_slower_for_somebody_is_said_quietly() {
    let mut window = window(WIDE, watching());
    now(&mut window, |snapshot| snapshot.playback.slowed = true);
    window.get_by_role_and_label(
        Role::Button,
        &format!("{}. {}", text::slowed(), text::people_label()),
    );
}

#[test]
fn what_somebody_did_can_be_taken_back_while_it_is_offered() {
    let undo = |cause, position_secs| Some(UndoView { by: "Ben".to_owned(), cause, position_secs });
    for size in [WIDE, vec2(360.0, 640.0)] {
        let mut window = window(size, watching());
        for (undo, words) in [
            (undo(Cause::Pause, 751.0), "Ben paused at 12:31"),
            (undo(Cause::Seek, 3_730.0), "Ben went to 1:02:10"),
        ] {
            now(&mut window, |snapshot| snapshot.playback.undo = undo);
            window.get_by_label(words);
            click(&mut window, text::undo_label());
            assert_eq!(last(&window), Some(Command::Undo));
        }
        now(&mut window, |snapshot| snapshot.playback.undo = None);
        assert!(window.query_by_label(text::undo_label()).is_none());
    }
}

#[test]
fn what_can_be_taken_back_is_not_told_twice_over_the_film() {
    let mut window = window(WIDE, watching());
    click(&mut window, text::full_screen());
    let text = sentence::paused_at("Ben", "05:12");
    window.state_mut().events.push(Event::Notice(Notice { level: Level::Info, text }));
    let undo = UndoView { by: "Ben".to_owned(), cause: Cause::Pause, position_secs: 312.0 };
    now(&mut window, |snapshot| snapshot.playback.undo = Some(undo));
    window.run_steps(3);
    window.get_by_label("Ben paused at 5:12");
    assert!(window.query_by_label("Ben paused at 05:12").is_none());
}
