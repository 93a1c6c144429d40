//! Following: all states are equal in the end, and what plays is together.

use std::time::Duration;

use cinemasync_core::clock_sync::RoomTime;
use cinemasync_core::film::FilmInfo;
use cinemasync_core::interface::{Cause, PlaybackStage};
use cinemasync_core::playback_sync::{PlaybackInput, PlaybackState};
use proptest::prelude::*;

use super::room::{FILM_SECS, GOOD, Nature, Room, attached, film};

#[test]
fn a_common_start_is_together_at_once_and_needs_no_seek() {
    let mut room = Room::new(&[GOOD; 3], &[0, 1_000, 2_000], 40);
    room.start_film();
    room.secs(1.0);
    room.assert_together(8.0);
    assert_eq!(room.seeks(), 0);
}

#[test]
fn a_seek_while_playing_takes_everybody_along_in_one_seek_each() {
    let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 40);
    room.start_film();
    room.secs(5.0);
    room.input(1, PlaybackInput::Seek(1_800.0));
    room.secs(2.0);
    room.assert_together(8.0);
    assert!(room.target() > 1_801.0);
    assert_eq!(room.seeks(), 3);
}

#[test]
fn paused_players_stand_at_the_same_place() {
    let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 150);
    room.start_film();
    room.secs(5.0);
    room.input(2, PlaybackInput::Pause);
    room.secs(3.0);
    room.assert_together(1.0);
    room.input(1, PlaybackInput::Play);
    room.secs(2.0);
    room.assert_together(8.0);
}

#[test]
fn one_who_attaches_late_joins_without_disturbing_the_others() {
    let slow = Nature { seek_ms: 900, ..GOOD };
    let mut room = Room::new(&[GOOD, GOOD, slow], &[0, 0, 0], 40);
    room.members[2].attaches = false;
    room.start_film();
    room.secs(20.0);
    let seeks = [0, 1].map(|index| room.members[index].player.seeks);
    room.members[2].changes.clear();
    let broadcasts = room.broadcasts;
    room.input(2, attached(0.0));
    room.secs(10.0);
    room.assert_together(10.0);
    assert_eq!(room.broadcasts, broadcasts, "our own doing is not told as a person's");
    assert_eq!([0, 1].map(|index| room.members[index].player.seeks), seeks);
    assert_eq!(room.members[2].changes, [(true, Cause::Join)]);
}

#[test]
fn an_underrun_heals_within_three_seconds() {
    for lasting_ms in [100, 300, 1_500] {
        let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 40);
        room.start_film();
        room.secs(30.0);
        room.run_dry(1, Duration::from_millis(lasting_ms));
        room.run(Duration::from_millis(lasting_ms));
        room.secs(3.0);
        room.assert_together(10.0);
        assert!(room.members[1].player.seeks <= 2, "{}", room.members[1].player.seeks);
    }
}

#[test]
fn a_gap_that_the_player_does_not_tell_of_heals_within_three_seconds() {
    for lasting_ms in [25, 40, 60, 90, 300, 1_500] {
        let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 40);
        room.start_film();
        room.secs(31.0);
        room.stumble(1, Duration::from_millis(lasting_ms));
        room.run(Duration::from_millis(lasting_ms));
        room.secs(3.0);
        room.assert_together(20.0);
        room.secs(5.0);
        room.assert_together(10.0);
        assert!(room.members[1].player.seeks <= 1, "{}", room.members[1].player.seeks);
    }
}

#[test]
fn a_drifting_player_is_held_with_few_corrections() {
    let drifting = |drift_ppm| Nature { drift_ppm, ..GOOD };
    let mut room = Room::new(&[drifting(100.0), drifting(-100.0), drifting(30.0)], &[0, 0, 0], 40);
    room.start_film();
    room.secs(60.0);
    let before: Vec<usize> = room.members.iter().map(|member| member.player.trims).collect();
    for _ in 0..600 {
        room.secs(1.0);
        assert!(room.worst_ms() <= 10.0, "{} ms", room.worst_ms());
    }
    for (member, before) in room.members.iter().zip(before) {
        let trims = member.player.trims - before;
        assert!(trims <= 11, "{trims} corrections in ten minutes");
        assert_eq!(member.player.seeks, 0);
    }
}

#[test]
fn an_undisturbed_hour_needs_a_correction_a_minute_at_most() {
    let drifting = |drift_ppm| Nature { drift_ppm, ..GOOD };
    let mut room = Room::new(&[drifting(60.0), drifting(-60.0), drifting(10.0)], &[0, 0, 0], 40);
    room.start_film();
    let mut worst: f64 = 0.0;
    for _ in 0..3_500 {
        room.secs(1.0);
        worst = worst.max(room.worst_ms());
    }
    assert!(worst <= 10.0, "{worst} ms");
    for member in &room.members {
        assert!(member.player.trims <= 58, "{} corrections", member.player.trims);
        assert_eq!(member.player.seeks, 0);
    }
}

#[test]
fn whoever_slept_is_back_within_seconds_and_stops_nobody() {
    for seconds in [1, 20, 600] {
        let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 40);
        room.start_film();
        room.secs(20.0);
        room.sleep(1, Duration::from_secs(seconds));
        room.run(Duration::from_secs(seconds));
        room.secs(3.0);
        room.assert_together(10.0);
        assert!(room.members[1].player.seeks <= 2, "{}", room.members[1].player.seeks);
        assert!(room.members[0].waits.is_empty(), "{:?}", room.members[0].waits);
        assert_eq!(room.members[0].player.seeks + room.members[2].player.seeks, 0);
    }
}

#[test]
fn a_player_that_starts_late_is_brought_onto_the_course() {
    let late = Nature { start_ms: 60, ..GOOD };
    let mut room = Room::new(&[GOOD, late], &[0, 0], 40);
    room.start_film();
    room.secs(25.0);
    room.assert_together(10.0);
}

#[test]
fn a_start_that_is_late_by_a_buffer_is_no_echo_for_longer_than_two_seconds() {
    for start_ms in [25, 43] {
        let late = Nature { start_ms, ..GOOD };
        let mut room = Room::new(&[GOOD, late], &[0, 0], 40);
        room.start_film();
        room.secs(2.0);
        room.assert_together(20.0);
        room.secs(6.0);
        room.assert_together(8.0);
        assert_eq!(room.seeks(), 0);
    }
}

#[test]
fn a_slow_player_catches_up_and_does_not_seek_for_ever() {
    let slow = Nature { seek_ms: 2_500, ..GOOD };
    let mut room = Room::new(&[GOOD, slow], &[0, 0], 40);
    room.start_film();
    room.secs(5.0);
    room.input(0, PlaybackInput::Seek(1_000.0));
    room.secs(20.0);
    room.assert_together(10.0);
    assert!(room.members[1].player.seeks <= 5, "{}", room.members[1].player.seeks);
}

#[test]
fn at_another_rate_all_stay_together() {
    let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 100);
    room.start_film();
    room.secs(10.0);
    room.input(0, PlaybackInput::Rate(1.5));
    room.secs(10.0);
    room.assert_together(25.0);
    assert_eq!(room.seeks(), 0);
    room.input(1, PlaybackInput::Rate(1.0));
    room.secs(20.0);
    room.assert_together(10.0);
}

#[test]
fn a_rate_that_is_taken_back_before_it_begins_never_does() {
    let mut room = Room::new(&[GOOD; 2], &[0, 0], 1);
    room.start_film();
    room.run(Duration::from_millis(146));
    room.input(0, PlaybackInput::Rate(0.5));
    room.input(0, PlaybackInput::Rate(1.0));
    room.secs(10.0);
    room.assert_together(8.0);
    assert_eq!(room.seeks(), 0);
}

#[test]
fn at_the_end_all_stand_and_play_begins_again() {
    let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 40);
    room.start_film();
    room.secs(2.0);
    room.input(0, PlaybackInput::Seek(FILM_SECS - 3.0));
    room.secs(10.0);
    for member in &room.members {
        assert!(!member.player.playing);
        let view = member.sync.view(&member.clock, room.now);
        assert_eq!(view.stage, PlaybackStage::Paused);
        assert!((view.position_secs - FILM_SECS).abs() < 0.5, "{}", view.position_secs);
    }
    room.input(1, PlaybackInput::Play);
    room.secs(3.0);
    room.assert_together(10.0);
    assert!((2.0..3.0).contains(&room.target()));
}

#[test]
fn two_who_act_at_once_end_with_one_winner() {
    let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 200);
    room.start_film();
    room.secs(5.0);
    room.input(1, PlaybackInput::Seek(500.0));
    room.input(2, PlaybackInput::Pause);
    room.secs(10.0);
    room.assert_together(10.0);
}

#[test]
fn a_newcomer_learns_the_state_once_however_often_it_is_told() {
    let mut room = Room::new(&[GOOD; 3], &[0, 0, 0], 40);
    room.start_film();
    room.secs(5.0);
    let before: Vec<usize> = room.members.iter().map(|member| member.changes.len()).collect();
    for from in 0..3 {
        for to in (0..3).filter(|to| *to != from) {
            let id = room.members[to].id.clone();
            room.input(from, PlaybackInput::PeerJoined(id));
        }
    }
    room.secs(2.0);
    let after: Vec<usize> = room.members.iter().map(|member| member.changes.len()).collect();
    assert_eq!(before, after);
    room.assert_together(8.0);
}

#[test]
fn what_no_person_could_have_done_is_refused() {
    let mut room = Room::new(&[GOOD, GOOD], &[0, 0], 40);
    room.start_film();
    room.secs(5.0);
    let good = room.members[0].sync.state().clone();
    let later = |change: fn(&mut PlaybackState)| {
        let mut state = good.clone();
        state.revision += 1;
        change(&mut state);
        state
    };
    for state in [
        later(|state| state.revision = u64::MAX),
        later(|state| state.position_secs = f64::NAN),
        later(|state| state.position_secs = f64::INFINITY),
        later(|state| state.position_secs = -1.0),
        later(|state| state.rate = 0.0),
        later(|state| state.rate = f64::NAN),
        later(|state| state.rate = 1e300),
        later(|state| state.film.as_mut().expect("it is open").duration_secs = f64::NAN),
        later(|state| state.film.as_mut().expect("it is open").name = "x".repeat(300)),
    ] {
        room.input(0, PlaybackInput::Remote(state));
        assert_eq!(room.members[0].sync.state(), &good);
    }
    room.input(1, PlaybackInput::Pause);
    room.secs(2.0);
    room.assert_together(1.0);
}

#[derive(Debug, Clone)]
enum Act {
    Play,
    Pause,
    Seek(f64),
    Rate(f64),
    RunDry(u64),
    Starve(u64),
    Step(bool),
    Undo,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Play),
        2 => Just(Act::Pause),
        3 => (0.0..3_000.0_f64).prop_map(Act::Seek),
        1 => (0.5..2.0_f64).prop_map(Act::Rate),
        1 => (50..2_000_u64).prop_map(Act::RunDry),
        1 => (50..40_000_u64).prop_map(Act::Starve),
        1 => any::<bool>().prop_map(Act::Step),
        1 => Just(Act::Undo),
    ]
}

fn nature() -> impl Strategy<Value = Nature> {
    (0..40_u64, 20..1_500_u64, -100.0..100.0_f64)
        .prop_map(|(start_ms, seek_ms, drift_ppm)| Nature { start_ms, seek_ms, drift_ppm })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_do_all_end_together(
        natures in prop::collection::vec(nature(), 2..5), clock_us in prop::collection::vec(0..2_000_u64, 4),
        delay_ms in 1..300_u64, script in prop::collection::vec((0..3_000_u64, 0..4_usize, act()), 0..15),
    ) {
        let mut room = Room::new(&natures, &clock_us, delay_ms);
        room.start_film();
        for (wait_ms, who, act) in script {
            room.run(Duration::from_millis(wait_ms));
            let who = who % room.members.len();
            match act {
                Act::Play => room.input(who, PlaybackInput::Play),
                Act::Pause => room.input(who, PlaybackInput::Pause),
                Act::Seek(to) => room.input(who, PlaybackInput::Seek(to)),
                Act::Rate(rate) => room.input(who, PlaybackInput::Rate(rate)),
                Act::RunDry(ms) => room.run_dry(who, Duration::from_millis(ms)),
                Act::Starve(ms) => room.starve(who, Duration::from_millis(ms)),
                Act::Step(forward) => room.input(who, PlaybackInput::Step { forward }),
                Act::Undo => room.input(who, PlaybackInput::Undo),
            }
        }
        // Once the last word is out, back to the rate at which the player's clock is exact.
        room.secs(2.0);
        room.input(0, PlaybackInput::Rate(1.0));
        room.secs(60.0);
        let seeks = room.seeks();
        // Dead band, drift until the next measurement, and what the clocks are off.
        room.assert_together(10.0);
        room.secs(20.0);
        prop_assert_eq!(room.seeks(), seeks, "seeks without end");
    }

    #[test]
    fn states_from_strangers_never_panic(
        revision in any::<u64>(), position_secs in any::<f64>(), rate in any::<f64>(), at in any::<i64>(),
        playing in any::<bool>(), duration_secs in any::<f64>(), near in 0..3_u64,
    ) {
        let mut room = Room::new(&[GOOD, GOOD], &[0, 0], 10);
        room.start_film();
        room.secs(1.0);
        let good = room.members[0].sync.state().clone();
        let bent = |value: f64, usual: f64, flag: u64| if near == flag { value } else { usual };
        let state = PlaybackState {
            revision: if near == 0 { revision } else { good.revision + 1 },
            position_secs: bent(position_secs, 7.0, 1),
            rate: bent(rate, 1.0, 2),
            at: RoomTime(at),
            playing,
            film: Some(FilmInfo { duration_secs: bent(duration_secs, FILM_SECS, 1), ..film() }),
            ..good
        };
        room.input(0, PlaybackInput::Remote(state.clone()));
        room.input(1, PlaybackInput::Remote(state));
        room.secs(2.0);
        room.input(0, PlaybackInput::Seek(100.0));
        room.secs(1.0);
    }
}
