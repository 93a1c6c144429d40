//! A film that only some have: who gets it from whom.

use std::time::Duration;

use cinemasync_core::film::FilmSource;
use cinemasync_core::interface::{Command, FilmCopy};
use cinemasync_core::streaming::{StreamCommand, StreamEvent, StreamFigures, StreamMode};
use cinemasync_protocol::ParticipantId;

use super::world::{Person, World};

/// The first one has a film and opened it; the second one lets it come; the third one has done nothing.
fn streaming() -> (World, [Person; 3]) {
    let mut world = World::new();
    let people = [world.person(60.0), world.person(-60.0), world.person(0.0)];
    world.gather(&people);
    world.command(people[0], Command::OpenFilm("film.mkv".into()));
    world.run(Duration::from_secs(1));
    world.command(people[1], Command::StreamFilm);
    world.run(Duration::from_secs(1));
    (world, people)
}

fn sources(world: &World, person: Person) -> Vec<ParticipantId> {
    let mut sources = Vec::new();
    for command in &world.people[person].stream_commands {
        match command {
            StreamCommand::AddSource(id, _) => sources.push(id.clone()),
            StreamCommand::RemoveSource(gone) | StreamCommand::Gone(gone) => {
                sources.retain(|id| id != gone);
            }
            StreamCommand::Stop => sources.clear(),
            _ => {}
        }
    }
    sources
}

fn voucher(world: &World, person: Person) -> Option<(ParticipantId, Option<String>)> {
    world.people[person].stream_commands.iter().rev().find_map(|command| match command {
        StreamCommand::Vouches(id, hash) => Some((id.clone(), hash.clone())),
        _ => None,
    })
}

fn is_told(world: &World, person: Person, wanted: fn(&StreamCommand) -> bool) -> bool {
    world.people[person].stream_commands.iter().any(wanted)
}

fn all_of_it() -> StreamEvent {
    StreamEvent::Figures(StreamFigures {
        bytes_have: 1_000,
        bytes_total: 1_000,
        ..StreamFigures::default()
    })
}

#[test]
fn a_film_comes_from_whoever_opened_it_and_is_watched_in_sync() {
    let (mut world, [anna, ben, cleo]) = streaming();
    assert!(is_told(&world, anna, |told| matches!(told, StreamCommand::Offer { .. })));
    assert_eq!(sources(&world, ben), [world.id(anna)]);
    assert_eq!(voucher(&world, ben), Some((world.id(anna), None)));
    assert!(matches!(world.people[ben].player.source, Some(FilmSource::Stream(_))));
    let mine = |world: &World, person| world.snapshot(person).playback.mine;
    assert_eq!(mine(&world, anna), FilmCopy::Local);
    assert_eq!(mine(&world, ben), FilmCopy::Streaming);
    // The third one is offered it, and nothing comes unasked.
    assert_eq!(mine(&world, cleo), FilmCopy::None);
    let offer = world.snapshot(cleo).playback.stream_offer.expect("somebody has it");
    assert_eq!(offer.from, "Person 0");
    assert!(!is_told(&world, cleo, |told| matches!(told, StreamCommand::Fetch(_))));

    world.command(ben, Command::Play);
    world.run(Duration::from_secs(5));
    let at = |person: Person| world.people[person].player.position_secs(world.now());
    assert!(world.people[ben].player.is_playing());
    assert!((at(anna) - at(ben)).abs() < 0.02);
}

#[test]
fn whoever_gets_a_film_gives_it_and_whoever_says_so_gets_it_by_itself() {
    let (mut world, [anna, ben, cleo]) = streaming();
    world.command(cleo, Command::StreamMode(StreamMode::Auto));
    world.run(Duration::from_secs(1));
    assert_eq!(sources(&world, cleo), [world.id(anna), world.id(ben)]);
    assert_eq!(sources(&world, ben), [world.id(anna), world.id(cleo)]);
    // The opener leaves: what came until now still comes from the others, and who has all of it vouches.
    world.streams_say(ben, all_of_it());
    world.run(Duration::from_secs(1));
    assert_eq!(voucher(&world, cleo).map(|(id, _)| id), Some(world.id(anna)));
    world.command(anna, Command::Leave);
    world.run(Duration::from_secs(1));
    assert_eq!(sources(&world, cleo), [world.id(ben)]);
    assert_eq!(voucher(&world, cleo).map(|(id, _)| id), Some(world.id(ben)));
}

#[test]
fn the_hash_of_the_whole_film_reaches_those_to_whom_it_comes() {
    let (mut world, [anna, ben, _]) = streaming();
    world.run(Duration::from_secs(40));
    let (id, hash) = voucher(&world, ben).expect("somebody vouches");
    assert_eq!(id, world.id(anna));
    assert!(hash.is_some());
}

#[test]
fn nothing_is_given_or_comes_once_the_film_is_another() {
    let (mut world, [anna, ben, _]) = streaming();
    world.command(anna, Command::CloseFilm);
    world.run(Duration::from_secs(1));
    for person in [anna, ben] {
        assert_eq!(world.people[person].stream_commands.last(), Some(&StreamCommand::Stop));
    }
    // Whoever asks then is not listened to.
    let before = world.people[anna].stream_commands.len();
    let (to, text) = (world.id(anna), "let me in".to_owned());
    world.streams_say(ben, StreamEvent::Signal { to, taker: true, text });
    world.run(Duration::from_secs(1));
    assert_eq!(world.people[anna].stream_commands.len(), before);
}

#[test]
fn bundles_find_each_other_through_the_control_channel() {
    let (mut world, [anna, ben, cleo]) = streaming();
    let (to, text) = (world.id(anna), "an offer".to_owned());
    world.streams_say(ben, StreamEvent::Signal { to: to.clone(), taker: true, text });
    world.run(Duration::from_secs(1));
    let heard = world.people[anna].stream_commands.iter().any(|command| {
        matches!(command, StreamCommand::Signal { from, taker: true, text, .. }
            if *from == world.id(ben) && text == "an offer")
    });
    assert!(heard);
    // Nobody answers who was not asked.
    let text = "an answer".to_owned();
    let to = world.id(ben);
    world.streams_say(cleo, StreamEvent::Signal { to, taker: false, text });
    world.run(Duration::from_secs(1));
    assert!(!is_told(&world, ben, |told| matches!(told, StreamCommand::Signal { .. })));
}

#[test]
fn a_film_that_cannot_come_is_told_and_may_be_tried_again() {
    let (mut world, [_, ben, _]) = streaming();
    let film = world.snapshot(ben).playback.film.expect("one is shown").id;
    world.command(ben, Command::StreamMode(StreamMode::Ask));
    let failed = StreamEvent::Failed(film, "The disk is full.".to_owned());
    world.streams_say(ben, failed);
    world.run(Duration::from_secs(1));
    let fetched = |world: &World| {
        let told = &world.people[ben].stream_commands;
        told.iter().filter(|told| matches!(told, StreamCommand::Fetch(_))).count()
    };
    assert_eq!(fetched(&world), 1);
    world.command(ben, Command::StreamFilm);
    world.run(Duration::from_secs(1));
    assert!(fetched(&world) >= 1);
}
