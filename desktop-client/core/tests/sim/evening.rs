//! Evenings, each as its people live through it.

use std::time::Duration;

use cinemasync_core::interface::{
    Cause, Command, Event, FilmCopy, ParticipantView, PlaybackStage, RoomChoice, Stage, Via,
};
use cinemasync_core::link::{LinkEvent, LinkState, LinkStats, Path};
use cinemasync_core::plan::MediaStats;
use cinemasync_core::session::{Input, NetworkChange};
use cinemasync_core::track::Track;

use super::player::DURATION_SECS;
use super::world::{Person, World};

/// What nobody hears as an echo: far below the 40 ms at which loudspeakers give an offset away.
const IN_SYNC_SECS: f64 = 0.02;

fn three() -> (World, [Person; 3]) {
    let mut world = World::new();
    let people = [world.person(60.0), world.person(-60.0), world.person(0.0)];
    world.gather(&people);
    (world, people)
}

/// Three people with the same film open, paused at its start.
fn three_with_a_film() -> (World, [Person; 3]) {
    let (mut world, people) = three();
    world.command(people[0], Command::OpenFilm("film.mkv".into()));
    world.run(Duration::from_millis(300));
    for person in &people[1..] {
        world.command(*person, Command::AttachFilm("film.mkv".into()));
    }
    world.run(Duration::from_secs(1));
    (world, people)
}

fn spread_secs(world: &World, people: &[Person]) -> f64 {
    let positions =
        people.iter().map(|person| world.people[*person].player.position_secs(world.now()));
    let (low, high) =
        positions.fold((f64::MAX, f64::MIN), |(low, high), at| (low.min(at), high.max(at)));
    high - low
}

fn assert_in_sync(world: &World, people: &[Person]) {
    for person in people {
        assert!(world.people[*person].player.is_playing(), "person {person} plays");
    }
    let spread = spread_secs(world, people);
    assert!(spread < IN_SYNC_SECS, "{:.1} ms apart", spread * 1e3);
}

fn chats(world: &World, person: Person) -> Vec<(String, Via)> {
    let chat = |event: &Event| match event {
        Event::Chat(line) => Some((line.text.clone(), line.via)),
        _ => None,
    };
    world.people[person].events.iter().filter_map(chat).collect()
}

#[test]
fn three_people_meet_and_everyone_is_connected_to_everyone() {
    let (world, people) = three();
    for person in people {
        let snapshot = world.snapshot(person);
        assert_eq!(snapshot.participants.len(), 2);
        assert!(snapshot.participants.iter().all(|other| other.state == LinkState::Connected));
        assert!(snapshot.participants.iter().all(|other| other.camera && other.microphone));
    }
    assert!(world.snapshot(people[0]).me.host);
}

#[test]
fn chat_goes_directly_once_and_in_order() {
    let (mut world, people) = three();
    for number in 0..5 {
        world.command(people[1], Command::Chat(format!("message {number}")));
    }
    world.run(Duration::from_secs(1));
    let expected: Vec<_> = (0..5).map(|number| (format!("message {number}"), Via::Peer)).collect();
    assert_eq!(chats(&world, people[0]), expected);
    assert_eq!(chats(&world, people[2]), expected);
    assert!(chats(&world, people[1]).is_empty(), "one's own words are no news");
}

#[test]
fn a_raised_hand_is_seen_by_all_until_it_is_lowered() {
    let (mut world, people) = three();
    world.command(people[1], Command::RaiseHand(true));
    world.run(Duration::from_secs(1));
    let hands = |world: &World, person: Person| {
        let others = world.snapshot(person).participants;
        others.iter().filter(|other| other.hand).count()
    };
    assert!(world.snapshot(people[1]).me.hand);
    assert_eq!(
        (hands(&world, people[0]), hands(&world, people[1]), hands(&world, people[2])),
        (1, 0, 1)
    );
    world.command(people[1], Command::RaiseHand(false));
    world.run(Duration::from_secs(1));
    assert_eq!((hands(&world, people[0]), hands(&world, people[2])), (0, 0));
}

#[test]
fn chat_takes_the_server_until_the_channel_is_open_and_nothing_is_lost_between() {
    let mut world = World::new();
    let people = [world.person(0.0), world.person(0.0)];
    world.enter(people[0], RoomChoice::Create);
    world.run(Duration::from_millis(500));
    world.enter(people[1], RoomChoice::Join(world.code(people[0])));
    for number in 0..40 {
        world.run(Duration::from_millis(5));
        if !world.snapshot(people[0]).participants.is_empty() {
            world.command(people[0], Command::Chat(format!("{number}")));
        }
    }
    world.run(Duration::from_secs(1));
    let heard = chats(&world, people[1]);
    assert!(
        heard.iter().any(|(_, via)| *via == Via::Server)
            && heard.iter().any(|(_, via)| *via == Via::Peer)
    );
    let numbers: Vec<u32> = heard.iter().map(|(text, _)| text.parse().unwrap()).collect();
    assert!(numbers.is_sorted_by(|one, next| next - one == 1), "{numbers:?}");
    assert_eq!(numbers.last(), Some(&39));
}

#[test]
fn whoever_leaves_is_told_of_and_the_eldest_left_is_host() {
    let (mut world, people) = three();
    world.command(people[0], Command::Leave);
    world.run(Duration::from_secs(1));
    let left = |event: &Event| matches!(event, Event::ParticipantLeft { reason: "left", .. });
    assert!(world.people[people[1]].events.iter().any(left));
    assert!(world.snapshot(people[1]).me.host);
    assert_eq!(world.snapshot(people[2]).participants.len(), 1);
}

#[test]
fn a_film_starts_seeks_and_resumes_in_sync_whoever_presses() {
    let (mut world, people) = three_with_a_film();
    assert_eq!(
        world.snapshot(people[2]).playback.film.as_ref().map(|film| film.duration_secs),
        Some(DURATION_SECS)
    );
    world.command(people[1], Command::Play);
    world.run(Duration::from_secs(2));
    assert_in_sync(&world, &people);
    world.command(people[2], Command::Seek(600.0));
    world.run(Duration::from_secs(2));
    assert_in_sync(&world, &people);
    assert!((world.snapshot(people[0]).playback.position_secs - 601.5).abs() < 0.3);
    world.command(people[0], Command::Pause);
    world.run(Duration::from_secs(1));
    assert!(people.iter().all(|person| !world.people[*person].player.is_playing()));
    assert!(spread_secs(&world, &people) < 0.001, "all stand on the same frame");
    world.command(people[2], Command::Play);
    world.run(Duration::from_secs(2));
    assert_in_sync(&world, &people);
}

#[test]
fn drifting_sound_cards_are_held_together_for_an_hour_without_a_seek() {
    let (mut world, people) = three_with_a_film();
    world.command(people[0], Command::Play);
    world.run(Duration::from_secs(5));
    let seeks: Vec<u32> = people.iter().map(|person| world.people[*person].player.seeks).collect();
    for _ in 0..58 {
        world.run(Duration::from_secs(60));
        assert_in_sync(&world, &people);
    }
    for (person, before) in people.iter().zip(seeks) {
        let player = &world.people[*person].player;
        assert_eq!(player.seeks, before, "no seek is ever needed");
        assert!(player.trims <= 58, "{} corrections in 58 minutes", player.trims);
    }
}

#[test]
fn a_stumbling_player_comes_back_by_itself_and_nobody_else_notices() {
    let (mut world, people) = three_with_a_film();
    world.command(people[0], Command::Play);
    world.run(Duration::from_secs(5));
    let seeks = world.people[people[0]].player.seeks;
    let now = world.now();
    world.people[people[1]].player.stumble(now, Duration::from_millis(300));
    world.run(Duration::from_secs(3));
    assert_in_sync(&world, &people);
    assert_eq!(world.people[people[0]].player.seeks, seeks);
}

#[test]
fn a_late_joiner_with_the_film_is_in_it_and_nobody_else_notices() {
    let mut world = World::new();
    let people = [world.person(0.0), world.person(0.0), world.person(0.0)];
    let code = world.gather(&people[..2]);
    world.command(people[0], Command::OpenFilm("film.mkv".into()));
    world.run(Duration::from_millis(300));
    world.command(people[1], Command::AttachFilm("film.mkv".into()));
    world.run(Duration::from_secs(1));
    world.command(people[0], Command::Play);
    world.run(Duration::from_secs(30));
    let seeks = world.people[people[0]].player.seeks;
    world.enter(people[2], RoomChoice::Join(code));
    world.run(Duration::from_millis(30));
    // Opening what the room shows already is joining it.
    world.command(people[2], Command::OpenFilm("film.mkv".into()));
    world.run(Duration::from_secs(4));
    assert_in_sync(&world, &people);
    assert_eq!(world.people[people[0]].player.seeks, seeks);
    let joined =
        |event: &Event| matches!(event, Event::Playback { cause: Cause::Join, playing: true, .. });
    assert!(world.people[people[2]].events.iter().any(joined));
}

#[test]
fn whoever_is_killed_and_comes_back_is_in_the_film_at_the_right_place() {
    let (mut world, people) = three_with_a_film();
    let code = world.code(people[0]);
    world.command(people[0], Command::Play);
    world.run(Duration::from_secs(10));
    world.kill(people[0]);
    world.run(Duration::from_secs(5));
    assert_in_sync(&world, &people[1..]);
    let others = |world: &World| people.map(|who| world.snapshot(who).participants.len());
    assert_eq!(others(&world)[1..], [2, 2], "the place is kept");
    // Who joins again under the same name takes it, although the room is full.
    world.enter(people[0], RoomChoice::Join(code));
    world.run(Duration::from_secs(1));
    world.command(people[0], Command::OpenFilm("film.mkv".into()));
    world.run(Duration::from_secs(4));
    assert_in_sync(&world, &people);
    assert!(world.snapshot(people[0]).playback.position_secs > 18.0);
    assert_eq!(others(&world), [2, 2, 2]);
}

#[test]
fn the_call_and_the_film_go_on_while_the_server_is_away() {
    let (mut world, people) = three_with_a_film();
    world.server_up = false;
    for person in people {
        world.lose_server(person);
    }
    world.run(Duration::from_secs(2));
    world.command(people[0], Command::Play);
    world.command(people[1], Command::Chat("still here".into()));
    world.run(Duration::from_secs(3));
    assert_in_sync(&world, &people);
    assert_eq!(chats(&world, people[2]), [("still here".to_owned(), Via::Peer)]);
    assert!(!world.snapshot(people[0]).signaling_connected);
}

#[test]
fn who_loses_only_the_own_way_to_the_server_is_back_in_the_same_place() {
    let (mut world, people) = three_with_a_film();
    world.command(people[0], Command::Play);
    world.command(people[1], Command::Chat("before".into()));
    world.run(Duration::from_secs(2));
    let before = world.id(people[1]);
    world.lose_server(people[1]);
    world.run(Duration::from_secs(5));
    assert_eq!(world.id(people[1]), before);
    assert!(world.snapshot(people[1]).signaling_connected);
    assert_in_sync(&world, &people);
    nobody_left(&world, &people);
    world.command(people[1], Command::Chat("after".into()));
    world.run(Duration::from_secs(1));
    let expected = ["before", "after"].map(|text| (text.to_owned(), Via::Peer));
    assert_eq!(chats(&world, people[2]), expected);
}

#[test]
fn a_relayed_link_that_is_silent_after_the_server_was_away_is_made_anew_at_once() {
    let (mut world, people) = three();
    let [me, one, other] = people;
    let ids = [world.id(one), world.id(other)];
    for id in &ids {
        world.input(me, Input::Link(id.clone(), LinkEvent::Path(Path::Relay)));
    }
    let received = |silent: bool| {
        let of = |id, bps| (id, LinkStats { received_bps: bps, ..LinkStats::default() });
        let links = vec![of(ids[0].clone(), u64::from(!silent)), of(ids[1].clone(), 1)];
        Input::Stats { links, media: MediaStats::default() }
    };
    world.input(me, received(true));
    let restarts = |world: &World| ids.each_ref().map(|id| world.people[me].links[id].restarts);
    assert_eq!(restarts(&world), [0, 0], "silence alone is ICE's business");
    world.lose_server(me);
    world.run(Duration::from_secs(1));
    assert!(world.snapshot(me).signaling_connected);
    world.input(me, received(true));
    world.run(Duration::from_secs(1));
    assert_eq!(restarts(&world), [1, 0]);
    world.run(Duration::from_secs(10));
    world.input(me, received(true));
    assert_eq!(restarts(&world), [1, 0], "it is long ago");
}

#[test]
fn who_moves_to_another_network_is_back_at_once_and_nobody_is_told_of_the_server() {
    let (mut world, people) = three();
    let [mover, ..] = people;
    let id = world.id(mover);
    world.input(mover, Input::NetworkChanged(NetworkChange::AddressLost));
    world.run(Duration::from_secs(2));
    assert_eq!(world.id(mover), id);
    nobody_left(&world, &people);
    for person in people {
        let snapshot = world.snapshot(person);
        assert!(snapshot.signaling_connected);
        let connected = |other: &ParticipantView| other.state == LinkState::Connected;
        assert!(snapshot.participants.iter().all(connected), "person {person}");
        let told = |event: &&Event| matches!(event, Event::Notice(it) if it.text.as_str().contains("server"));
        assert_eq!(world.people[person].events.iter().find(told), None, "person {person}");
    }
    assert!(world.people[mover].links.values().all(|link| link.restarts == 1));
}

#[test]
fn who_comes_back_too_late_gets_another_place_and_keeps_the_chat() {
    let (mut world, people) = three();
    world.command(people[1], Command::Chat("before".into()));
    world.run(Duration::from_secs(1));
    let before = world.id(people[1]);
    world.server_up = false;
    world.lose_server(people[1]);
    world.run(Duration::from_secs(70));
    world.server_up = true;
    world.run(Duration::from_secs(20));
    assert_ne!(world.id(people[1]), before);
    assert_eq!(world.snapshot(people[0]).participants.len(), 2);
    let chat = world.snapshot(people[1]).chat;
    assert!(chat.iter().any(|line| line.text == "before"));
    assert!(chat.iter().any(|line| line.text == "You are back in the room"));
}

#[test]
fn a_server_that_is_killed_and_started_again_changes_nothing_for_anybody() {
    let (mut world, people) = three_with_a_film();
    world.command(people[0], Command::Play);
    world.command(people[0], Command::LockRoom(true));
    world.run(Duration::from_secs(2));
    let (code, ids) = (world.code(people[0]), people.map(|person| world.id(person)));
    world.kill_server();
    world.run(Duration::from_secs(4));
    world.start_server();
    world.run(Duration::from_secs(20));
    assert_in_sync(&world, &people);
    nobody_left(&world, &people);
    for (number, person) in people.into_iter().enumerate() {
        let snapshot = world.snapshot(person);
        assert!(snapshot.signaling_connected);
        assert_eq!((world.code(person), &world.id(person)), (code, &ids[number]));
        assert_eq!(snapshot.participants.len(), 2);
        assert_eq!(snapshot.me.host, number == 0, "who was host is host");
        assert!(matches!(snapshot.stage, Stage::Room { locked: true, .. }));
        let host = snapshot.participants.iter().find(|other| other.host);
        assert_eq!(host.map(|host| &host.id), (number != 0).then_some(&ids[0]));
    }
    // Nobody is parted from later either.
    world.run(Duration::from_secs(100));
    nobody_left(&world, &people);
    // The room lives: it lets in whom the host lets in.
    world.command(people[2], Command::Leave);
    world.command(people[0], Command::LockRoom(false));
    world.run(Duration::from_secs(1));
    world.enter(people[2], RoomChoice::Join(code));
    world.run(Duration::from_secs(2));
    assert_eq!(world.snapshot(people[0]).participants.len(), 2);
}

#[test]
fn who_does_not_come_back_to_a_server_that_started_again_is_parted_from() {
    let (mut world, people) = three();
    let gone = world.id(people[0]);
    world.kill_server();
    world.kill(people[0]);
    world.run(Duration::from_secs(10));
    world.start_server();
    world.run(Duration::from_secs(20));
    assert_eq!(world.snapshot(people[1]).participants.len(), 2, "it may still come back");
    assert!(world.snapshot(people[1]).me.host, "until then somebody is host");
    world.run(Duration::from_secs(60));
    for person in &people[1..] {
        let snapshot = world.snapshot(*person);
        assert_eq!(snapshot.participants.len(), 1);
        let left = |event: &Event| matches!(event, Event::ParticipantLeft { id, reason: "lost", .. } if *id == gone);
        assert!(world.people[*person].events.iter().any(left));
    }
}

#[test]
fn a_program_that_was_killed_and_is_started_again_takes_its_place_back() {
    let (mut world, people) = three_with_a_film();
    world.command(people[0], Command::Play);
    world.run(Duration::from_secs(2));
    let [away, ..] = people;
    let (id, place) = (world.id(away), world.place(away).expect("it is in a room"));
    world.kill(away);
    world.run(Duration::from_secs(8));
    world.come_back(away, place);
    world.run(Duration::from_secs(5));
    assert_eq!(world.id(away), id);
    assert!(world.snapshot(away).me.host, "who was host is host");
    nobody_left(&world, &people);
    for person in people {
        let snapshot = world.snapshot(person);
        assert_eq!(snapshot.participants.len(), 2);
        let connected = |other: &ParticipantView| other.state == LinkState::Connected;
        assert!(snapshot.participants.iter().all(connected), "person {person}");
    }
    world.command(away, Command::AttachFilm("film.mkv".into()));
    world.command(away, Command::Chat("here again".into()));
    world.run(Duration::from_secs(5));
    assert_in_sync(&world, &people);
    let heard = ("here again".to_owned(), Via::Peer);
    assert_eq!(chats(&world, people[1]), std::slice::from_ref(&heard));
    assert_eq!(chats(&world, people[2]), [heard]);
    world.command(away, Command::Leave);
    assert_eq!(world.place(away), None, "who has left does not come back");
}

#[test]
fn a_camera_whose_picture_comes_before_its_words_is_told_of_once() {
    let mut world = World::new();
    let people = [world.person(0.0), world.person(0.0)];
    let code = world.gather(&people[..1]);
    world.enter(people[1], RoomChoice::Join(code));
    while world.snapshot(people[0]).participants.is_empty() {
        world.run(Duration::from_millis(1));
    }
    let from = world.id(people[1]);
    world.first_frame(people[0], &from);
    world.run(Duration::from_secs(2));
    let told = |event: &&Event| {
        let camera = Track::Camera;
        **event == Event::TrackChanged { from: from.clone(), source: camera, on: true }
    };
    assert_eq!(world.people[people[0]].events.iter().filter(told).count(), 1);
    // A picture that was still on its way when the camera was turned off does not turn it on.
    world.command(people[1], Command::Camera(false));
    world.run(Duration::from_secs(1));
    world.first_frame(people[0], &from);
    assert!(!world.snapshot(people[0]).participants[0].camera);
}

fn nobody_left(world: &World, people: &[Person]) {
    for person in people {
        let left = |event: &&Event| matches!(event, Event::ParticipantLeft { .. } | Event::Left);
        assert_eq!(world.people[*person].events.iter().find(left), None, "seen by {person}");
    }
}

#[test]
fn two_who_act_at_once_end_in_the_same_state_as_all() {
    let (mut world, people) = three_with_a_film();
    world.command(people[0], Command::Play);
    world.run(Duration::from_secs(3));
    world.command(people[0], Command::Seek(100.0));
    world.command(people[1], Command::Seek(2_000.0));
    world.run(Duration::from_secs(3));
    assert_in_sync(&world, &people);
}

#[test]
fn a_wrong_file_and_a_film_that_is_none_are_told_in_sentences_and_the_rest_goes_on() {
    let (mut world, people) = three_with_a_film();
    world.command(people[1], Command::AttachFilm("another.mkv".into()));
    world.command(people[2], Command::OpenFilm("bad.txt".into()));
    world.run(Duration::from_secs(1));
    let failed = |person: Person, wanted: &str| {
        world.people[person]
            .events
            .iter()
            .any(|event| matches!(event, Event::Failed { code, .. } if code == wanted))
    };
    assert!(failed(people[1], "wrong_film") && failed(people[2], "film"));
    world.command(people[0], Command::Play);
    world.run(Duration::from_secs(2));
    assert_in_sync(&world, &people);
}

#[test]
fn a_new_film_asks_for_copies_and_closing_it_ends_playback_for_all() {
    let (mut world, people) = three_with_a_film();
    world.command(people[0], Command::Play);
    world.run(Duration::from_secs(2));
    world.command(people[1], Command::OpenFilm("second.mkv".into()));
    world.run(Duration::from_secs(1));
    let view = world.snapshot(people[0]).playback;
    assert_eq!((view.mine, view.state), (FilmCopy::None, PlaybackStage::Loading));
    assert_eq!(view.opened_by, "Person 1");
    world.command(people[2], Command::CloseFilm);
    world.run(Duration::from_secs(1));
    for person in people {
        assert_eq!(world.snapshot(person).playback.state, PlaybackStage::None);
        assert!(!world.people[person].player.loaded);
    }
}

#[test]
fn the_end_of_the_film_leaves_everybody_paused_and_play_begins_anew() {
    let (mut world, people) = three_with_a_film();
    world.command(people[0], Command::Seek(DURATION_SECS - 0.2));
    world.run(Duration::from_secs(1));
    world.command(people[0], Command::Play);
    world.run(Duration::from_secs(2));
    assert_in_sync(&world, &people);
    assert!(world.snapshot(people[1]).playback.position_secs < 10.0);
}

#[test]
fn everybody_is_told_of_a_seek_even_to_where_the_film_stands() {
    let (mut world, people) = three_with_a_film();
    world.command(people[0], Command::Seek(0.0));
    world.run(Duration::from_secs(1));
    let told = |event: &Event| matches!(event, Event::Playback { cause: Cause::Seek, .. });
    for person in people {
        assert_eq!(world.people[person].events.iter().filter(|event| told(event)).count(), 1);
    }
}

#[test]
fn whoever_vanishes_while_the_server_is_away_is_parted_from_after_a_minute() {
    let (mut world, people) = three();
    world.server_up = false;
    for person in people {
        world.lose_server(person);
    }
    world.kill(people[0]);
    world.run(Duration::from_secs(50));
    assert_eq!(world.snapshot(people[1]).participants.len(), 2, "it may still come back");
    world.run(Duration::from_secs(20));
    let snapshot = world.snapshot(people[1]);
    let left: Vec<_> = snapshot.participants.iter().map(|other| &other.id).collect();
    assert_eq!(left, [&world.id(people[2])]);
    let lost = |event: &Event| matches!(event, Event::ParticipantLeft { reason: "lost", .. });
    assert!(world.people[people[1]].events.iter().any(lost));
}
