//! Waiting for those who cannot keep up, but not for ever.

use std::time::Duration;

use cinemasync_core::interface::{Cause, WaitReason};
use cinemasync_core::playback_sync::PlaybackInput;
use cinemasync_core::room_rules::Rules;
use cinemasync_protocol::ParticipantId;

use super::room::{FILM_SECS, GOOD, Nature, Room, attached};

fn id(index: usize) -> ParticipantId {
    ParticipantId::new(format!("p{index}"))
}

/// Three who have played for a while.
fn three() -> Room {
    let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 40);
    room.start_film();
    room.secs(20.0);
    room
}

fn with_rules(room: &mut Room, rules: Rules) {
    for index in 0..room.members.len() {
        room.input(index, PlaybackInput::Rules(rules));
    }
}

#[test]
fn the_room_stands_still_for_one_who_starves_and_goes_on_together() {
    let mut room = three();
    room.starve(1, Duration::from_secs(4));
    room.secs(1.0);
    assert_eq!(room.moving(), [false; 3]);
    for index in 0..3 {
        assert_eq!(room.members[index].waits, [(vec![id(1)], WaitReason::Buffering)]);
    }
    room.secs(5.0);
    assert_eq!(room.moving(), [true; 3]);
    room.assert_together(10.0);
    assert_eq!(room.members[2].changes.last(), Some(&(true, Cause::Resumed)));
    assert!(room.awaited(0).is_empty());
}

#[test]
fn a_gap_too_short_to_matter_stops_nobody() {
    let mut room = three();
    room.members.iter_mut().for_each(|member| member.changes.clear());
    room.run_dry(1, Duration::from_millis(300));
    room.secs(4.0);
    room.assert_together(10.0);
    assert!(room.members.iter().all(|member| member.changes.is_empty()));
}

#[test]
fn after_a_while_the_room_goes_on_without_and_one_catches_up_unnoticed() {
    let mut room = three();
    with_rules(&mut room, Rules { patience_secs: 10, ..Rules::default() });
    room.starve(2, Duration::from_secs(60));
    room.secs(9.0);
    assert_eq!(room.moving(), [false; 3]);
    room.secs(3.0);
    assert_eq!(room.moving(), [true, true, false]);
    for member in &room.members {
        assert_eq!(member.left_behind, [id(2)]);
    }
    let seeks = [0, 1].map(|index| room.members[index].player.seeks);
    room.secs(60.0);
    room.assert_together(10.0);
    assert_eq!([0, 1].map(|index| room.members[index].player.seeks), seeks);
    // Well again for a while, it is waited for once more, by what patience has come back.
    room.secs(300.0);
    room.starve(2, Duration::from_secs(3));
    room.secs(1.0);
    assert_eq!(room.moving(), [false; 3]);
}

#[test]
fn one_bad_guest_never_holds_the_room_hostage() {
    let mut room = three();
    let start = room.target();
    for _ in 0..100 {
        room.starve(1, Duration::from_secs(3));
        room.secs(8.0);
    }
    // 800 s passed. Patience is 20 s at first, and a second of it comes back in twenty.
    let stood_still = 800.0 - (room.target() - start);
    assert!(stood_still < 20.0 + 800.0 / 20.0 + 10.0, "{stood_still} s");
    assert!(stood_still > 10.0, "{stood_still} s: but it was waited for at first");
}

#[test]
fn nor_does_one_who_stalls_for_a_moment_again_and_again() {
    let mut room = three();
    let start = room.target();
    for _ in 0..400 {
        room.starve(1, Duration::from_millis(700));
        room.secs(2.0);
    }
    let stood_still = 800.0 - (room.target() - start);
    assert!(stood_still < 20.0 + 800.0 / 20.0 + 10.0, "{stood_still} s");
}

#[test]
fn whoever_presses_play_meanwhile_goes_on_at_once() {
    let mut room = three();
    room.starve(1, Duration::from_secs(15));
    room.secs(2.0);
    assert_eq!(room.moving(), [false; 3]);
    room.input(2, PlaybackInput::Play);
    room.secs(1.0);
    assert_eq!(room.moving(), [true, false, true]);
    room.secs(20.0);
    room.assert_together(10.0);
}

#[test]
fn whoever_presses_pause_meanwhile_ends_the_waiting() {
    let mut room = three();
    room.starve(1, Duration::from_secs(3));
    room.secs(1.5);
    room.input(0, PlaybackInput::Pause);
    room.secs(10.0);
    assert_eq!(room.moving(), [false; 3]);
    room.assert_together(1.0);
    assert!(room.awaited(2).is_empty());
}

#[test]
fn a_pause_at_the_same_moment_wins_over_waiting() {
    let mut room = three();
    room.starve(1, Duration::from_secs(3));
    // The news of the stall is on its way to the one who conducts.
    room.run(Duration::from_millis(520));
    room.input(2, PlaybackInput::Pause);
    room.secs(10.0);
    assert_eq!(room.moving(), [false; 3]);
    room.assert_together(1.0);
}

#[test]
fn whoever_takes_over_ends_the_waiting() {
    let mut room = three();
    room.starve(1, Duration::from_secs(4));
    room.secs(2.0);
    room.input(0, PlaybackInput::Conduct(false));
    room.input(2, PlaybackInput::Conduct(true));
    room.secs(5.0);
    room.assert_together(10.0);
    assert_eq!(room.moving(), [true; 3]);
}

#[test]
fn one_who_leaves_is_waited_for_no_longer() {
    let mut room = three();
    room.starve(2, Duration::from_secs(600));
    room.secs(2.0);
    assert_eq!(room.moving(), [false; 3]);
    for index in 0..2 {
        room.input(index, PlaybackInput::PeerGone(id(2)));
    }
    room.secs(2.0);
    assert_eq!(room.moving()[..2], [true; 2]);
}

#[test]
fn nobody_waits_for_oneself_alone() {
    let mut room = Room::new(&[GOOD], &[0], 40);
    room.start_film();
    room.secs(5.0);
    room.starve(0, Duration::from_secs(2));
    room.secs(4.0);
    assert!(room.members[0].waits.is_empty());
    room.assert_together(10.0);
}

#[test]
fn one_who_joins_late_stops_nobody_however_slow() {
    let slow = Nature { seek_ms: 3_000, ..GOOD };
    let mut room = Room::new(&[GOOD, GOOD, slow], &[0, 0, 0], 40);
    room.members[2].attaches = false;
    room.start_film();
    room.secs(20.0);
    room.input(2, attached(0.0));
    room.secs(30.0);
    room.assert_together(10.0);
    assert!(room.members[0].waits.is_empty(), "{:?}", room.members[0].waits);
}

#[test]
fn little_ahead_slows_the_room_until_there_is_enough() {
    let mut room = three();
    for tenths in (10..30).rev() {
        room.members[1].player.ahead_secs = f64::from(tenths) / 10.0;
        room.secs(0.25);
    }
    let speeds = |room: &Room| -> Vec<f64> {
        room.members.iter().map(|member| member.sync.view(&member.clock, room.now).speed).collect()
    };
    assert!(speeds(&room).iter().all(|speed| (0.93..0.97).contains(speed)), "{:?}", speeds(&room));
    room.members[1].player.ahead_secs = 8.0;
    room.secs(10.0);
    assert!(speeds(&room).iter().all(|speed| (0.98..1.02).contains(speed)), "{:?}", speeds(&room));
    room.secs(10.0);
    room.assert_together(10.0);
    assert_eq!(room.seeks(), 0);
}

#[test]
fn the_last_seconds_of_a_film_strain_nobody() {
    let mut room = three();
    room.input(0, PlaybackInput::Seek(FILM_SECS - 8.0));
    room.secs(2.0);
    for tenths in (5..60).rev() {
        room.members[1].player.ahead_secs = f64::from(tenths) / 10.0;
        room.secs(0.1);
        assert!(!room.members[0].sync.state().slowed);
    }
}

#[test]
fn a_ready_check_holds_the_first_start_until_all_are_ready() {
    let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 40);
    with_rules(&mut room, Rules { ready_check: true, ..Rules::default() });
    room.start_film();
    room.secs(2.0);
    assert_eq!(room.moving(), [false; 3]);
    assert_eq!(room.members[1].waits, [(vec![id(1), id(2)], WaitReason::NotReady)]);
    room.input(1, PlaybackInput::Ready(true));
    room.secs(1.0);
    assert_eq!(room.awaited(0), [id(2)]);
    room.input(2, PlaybackInput::Ready(true));
    room.secs(1.0);
    assert_eq!(room.moving(), [true; 3]);
    room.assert_together(10.0);
    // Only the first start is checked.
    room.input(0, PlaybackInput::Pause);
    room.secs(1.0);
    room.input(2, PlaybackInput::Play);
    room.secs(1.0);
    assert_eq!(room.moving(), [true; 3]);
}

#[test]
fn pressed_once_more_a_ready_check_is_passed_over() {
    let mut room = Room::new(&[GOOD; 2], &[0, 0], 40);
    with_rules(&mut room, Rules { ready_check: true, ..Rules::default() });
    room.start_film();
    room.secs(1.0);
    assert_eq!(room.moving(), [false; 2]);
    room.input(0, PlaybackInput::Play);
    room.secs(1.0);
    assert_eq!(room.moving(), [true; 2]);
}

#[test]
fn a_player_that_is_slow_and_late_at_once_finds_its_place_without_stopping_the_room() {
    let slow = Nature { seek_ms: 1_496, ..GOOD };
    // The news of a start comes after it.
    let mut room = Room::new(&[GOOD, GOOD, slow], &[0, 0, 0], 181);
    room.start_film();
    room.secs(20.0);
    room.assert_together(10.0);
    assert!(room.members[0].waits.is_empty(), "{:?}", room.members[0].waits);
}
