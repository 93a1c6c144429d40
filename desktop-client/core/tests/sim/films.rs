//! What happens around a film: who steers, waiting, what is next, subtitles, other cuts, addresses.

use std::time::Duration;

use cinemasync_core::film::FilmSource;
use cinemasync_core::film_memory::FilmMemory;
use cinemasync_core::interface::{Cause, Command, Event, FilmCopy, RoomChoice, Tuning, WaitReason};
use cinemasync_core::player::PlayerEvent;
use cinemasync_core::room_rules::{Rules, Steering};

use super::world::{Person, World};

fn room() -> (World, [Person; 3]) {
    let mut world = World::new();
    let people = [world.person(60.0), world.person(-60.0), world.person(0.0)];
    world.gather(&people);
    (world, people)
}

/// Three who have the same film open, paused at its start.
fn with_a_film() -> (World, [Person; 3]) {
    let (mut world, people) = room();
    world.command(people[0], Command::OpenFilm("film.mkv".into()));
    world.run(Duration::from_millis(300));
    for person in &people[1..] {
        world.command(*person, Command::AttachFilm("film.mkv".into()));
    }
    secs(&mut world, 1);
    (world, people)
}

/// The same, playing.
fn playing() -> (World, [Person; 3]) {
    let (mut world, people) = with_a_film();
    world.command(people[0], Command::Play);
    secs(&mut world, 5);
    (world, people)
}

fn secs(world: &mut World, seconds: u64) {
    world.run(Duration::from_secs(seconds));
}

fn all_play(world: &World, people: &[Person]) -> bool {
    people.iter().all(|person| world.people[*person].player.is_playing())
}

fn none_plays(world: &World, people: &[Person]) -> bool {
    people.iter().all(|person| !world.people[*person].player.is_playing())
}

fn spread_secs(world: &World, people: &[Person]) -> f64 {
    let at = |person: &Person| world.people[*person].player.position_secs(world.now());
    let (low, high) = people
        .iter()
        .map(at)
        .fold((f64::MAX, f64::MIN), |(low, high), at| (low.min(at), high.max(at)));
    high - low
}

fn assert_in_sync(world: &World, people: &[Person]) {
    assert!(all_play(world, people));
    let spread = spread_secs(world, people);
    assert!(spread < 0.02, "{:.1} ms apart", spread * 1e3);
}

/// Somebody takes the third one's place.
fn newcomer(world: &mut World, [host, _, leaving]: [Person; 3]) -> Person {
    let code = world.code(host);
    world.command(leaving, Command::Leave);
    secs(world, 1);
    let late = world.person(0.0);
    world.enter(late, RoomChoice::Join(code));
    secs(world, 2);
    late
}

/// The code of the last thing that failed.
fn failure(world: &World, person: Person) -> Option<String> {
    world.people[person].events.iter().rev().find_map(|event| match event {
        Event::Failed { code, .. } => Some(code.clone()),
        _ => None,
    })
}

fn lines(world: &World, person: Person) -> Vec<String> {
    world.snapshot(person).chat.iter().map(|line| line.text.clone()).collect()
}

fn memory(world: &World, person: Person) -> FilmMemory {
    let kept = world.people[person].events.iter().rev().find_map(|event| match event {
        Event::FilmMemory(memory) => Some(memory.clone()),
        _ => None,
    });
    kept.expect("something is remembered")
}

#[test]
fn where_the_host_alone_steers_nobody_else_does() {
    let (mut world, people) = playing();
    world.command(people[1], Command::SetRules(Rules::default()));
    assert_eq!(failure(&world, people[1]).as_deref(), Some("not_host"));
    let rules = Rules { steering: Steering::Host, ..Rules::default() };
    world.command(people[0], Command::SetRules(rules));
    secs(&mut world, 1);
    for command in [
        Command::Pause,
        Command::Seek(9.0),
        Command::CloseFilm,
        Command::PlayNext,
        Command::QueueFilm("next.mkv".into()),
        Command::OpenFilm("other.mkv".into()),
    ] {
        world.people[people[1]].events.clear();
        world.command(people[1], command);
        secs(&mut world, 1);
        assert_eq!(failure(&world, people[1]).as_deref(), Some("not_host"));
    }
    assert_in_sync(&world, &people);
    assert!(!world.snapshot(people[1]).playback.may_steer);
    // A newcomer learns it, and the next host decides anew.
    let late = newcomer(&mut world, people);
    assert_eq!(world.snapshot(late).rules, rules);
    world.command(people[0], Command::Leave);
    secs(&mut world, 1);
    assert!(world.snapshot(people[1]).playback.may_steer);
    world.command(people[1], Command::Pause);
    secs(&mut world, 1);
    assert!(none_plays(&world, &[people[1]]));
    world.command(people[1], Command::SetRules(Rules::default()));
    secs(&mut world, 1);
    assert!(world.snapshot(late).playback.may_steer);
}

#[test]
fn the_room_waits_by_name_and_goes_on_when_its_opener_has_left() {
    let (mut world, people) = playing();
    world.starve(people[1], Duration::from_secs(8));
    secs(&mut world, 2);
    assert!(none_plays(&world, &[people[0], people[2]]));
    let waiting = world.snapshot(people[2]).playback.waiting.expect("it waits");
    assert_eq!(waiting.why, WaitReason::Buffering);
    assert_eq!(waiting.who[0].1, "Person 1");
    // Whoever acted for the room leaves meanwhile.
    world.command(people[0], Command::Leave);
    secs(&mut world, 10);
    assert_in_sync(&world, &people[1..]);
    assert_eq!(world.snapshot(people[2]).playback.waiting, None);
}

#[test]
fn the_room_goes_on_when_whoever_acts_for_it_hangs() {
    let (mut world, people) = playing();
    world.starve(people[1], Duration::from_secs(3));
    secs(&mut world, 2);
    assert!(none_plays(&world, &people[1..]));
    for other in [people[1], people[2]] {
        world.cut(people[0], other);
    }
    secs(&mut world, 5);
    assert_in_sync(&world, &people[1..]);
}

#[test]
fn two_halves_of_a_room_that_meet_again_agree() {
    let (mut world, people) = playing();
    world.cut(people[0], people[1]);
    world.cut(people[0], people[2]);
    secs(&mut world, 5);
    assert!(all_play(&world, &people), "each half goes on");
    world.command(people[0], Command::Pause);
    secs(&mut world, 1);
    world.command(people[1], Command::Seek(900.0));
    secs(&mut world, 1);
    world.command(people[2], Command::Seek(1_200.0));
    secs(&mut world, 5);
    world.heal(people[0], people[1]);
    world.heal(people[0], people[2]);
    secs(&mut world, 5);
    assert_in_sync(&world, &people);
    assert!(world.snapshot(people[0]).playback.position_secs > 1_200.0);
}

#[test]
fn a_pause_by_accident_is_taken_back_by_whoever_sees_it() {
    let (mut world, people) = playing();
    world.command(people[1], Command::Pause);
    secs(&mut world, 1);
    let undo = world.snapshot(people[2]).playback.undo.expect("can be taken back");
    assert_eq!((undo.by.as_str(), undo.cause), ("Person 1", Cause::Pause));
    world.command(people[2], Command::Undo);
    secs(&mut world, 1);
    assert_in_sync(&world, &people);
    assert_eq!(world.snapshot(people[0]).playback.undo, None);
}

#[test]
fn the_next_film_plays_by_itself_for_those_who_have_it() {
    let (mut world, people) = playing();
    for (person, film) in [(0, "second.mkv"), (1, "third.mkv"), (0, "second.mkv")] {
        world.command(people[person], Command::QueueFilm(film.into()));
        secs(&mut world, 1);
    }
    let names = |world: &World, person| -> Vec<String> {
        let queue = world.snapshot(person).playback.queue;
        queue.into_iter().map(|(film, _)| film.name).collect()
    };
    assert_eq!(names(&world, people[2]), ["second.mkv", "third.mkv"]);
    let third = world.snapshot(people[2]).playback.queue[1].0.id.clone();
    world.command(people[2], Command::MoveInQueue { film: third, to: 0 });
    secs(&mut world, 1);
    assert_eq!(names(&world, people[0]), ["third.mkv", "second.mkv"]);
    world.command(people[0], Command::Seek(3_595.0));
    secs(&mut world, 20);
    for person in people {
        let playback = world.snapshot(person).playback;
        assert_eq!(playback.film.as_ref().map(|film| film.name.as_str()), Some("third.mkv"));
        assert_eq!(playback.opened_by, "Person 1");
        assert!(playback.playing);
        assert_eq!(playback.queue.len(), 1);
    }
    assert!(world.people[people[1]].player.is_playing(), "who has it sees it");
    world.command(people[2], Command::PlayNext);
    secs(&mut world, 3);
    assert!(world.people[people[0]].player.is_playing());
    world.command(people[2], Command::PlayNext);
    assert_eq!(failure(&world, people[2]).as_deref(), Some("queue_empty"));
}

#[test]
fn what_somebody_took_away_is_put_back_by_the_same_person() {
    let (mut world, people) = playing();
    let before = world.snapshot(people[1]).playback;
    world.command(people[1], Command::CloseFilm);
    secs(&mut world, 1);
    world.command(people[2], Command::ReopenFilm);
    secs(&mut world, 1);
    for person in people {
        assert_eq!(world.snapshot(person).playback.film, None);
    }
    world.command(people[1], Command::ReopenFilm);
    secs(&mut world, 2);
    for person in people {
        let playback = world.snapshot(person).playback;
        assert_eq!((&playback.film, &playback.opened_by), (&before.film, &before.opened_by));
        assert_eq!(playback.mine, FilmCopy::Local, "nobody chooses it again");
        assert!(!playback.playing);
        let away = playback.position_secs - before.position_secs;
        assert!((-0.5..1.5).contains(&away), "{away}");
    }
    for film in ["second.mkv", "third.mkv"] {
        world.command(people[0], Command::QueueFilm(film.into()));
        secs(&mut world, 1);
    }
    let queue = world.snapshot(people[2]).playback.queue;
    world.command(people[2], Command::Unqueue(queue[0].0.id.clone()));
    secs(&mut world, 1);
    assert_eq!(world.snapshot(people[0]).playback.queue.len(), 1);
    for _ in 0..2 {
        world.command(people[2], Command::RequeueFilm);
        secs(&mut world, 1);
        assert_eq!(world.snapshot(people[0]).playback.queue, queue);
    }
}

#[test]
fn a_film_goes_on_where_it_stopped() {
    let (mut world, people) = playing();
    world.command(people[0], Command::Seek(900.0));
    secs(&mut world, 10);
    world.command(people[0], Command::Pause);
    secs(&mut world, 1);
    let memory = memory(&world, people[1]);
    let mut world = World::new();
    let again = [world.person_who_remembers(memory, 0.0), world.person(0.0)];
    world.gather(&again);
    world.command(again[0], Command::OpenFilm("film.mkv".into()));
    secs(&mut world, 2);
    let place = world.snapshot(again[1]).playback.position_secs;
    assert!((905.0..915.0).contains(&place), "{place}");
}

#[test]
fn another_cut_is_refused_with_its_reason_and_taken_on_request() {
    let (mut world, people) = room();
    world.command(people[0], Command::OpenFilm("film.mkv".into()));
    secs(&mut world, 1);
    world.command(people[1], Command::AttachFilm("cut.mkv".into()));
    secs(&mut world, 1);
    assert_eq!(failure(&world, people[1]).as_deref(), Some("wrong_film"));
    let refused = world.snapshot(people[1]).playback.refused_cut.expect("can be taken");
    world.command(people[1], Command::AttachOtherCut(refused));
    secs(&mut world, 1);
    world.command(people[1], Command::FilmShift(4.0));
    world.command(people[0], Command::Play);
    secs(&mut world, 5);
    let at = |person: Person| world.people[person].player.position_secs(world.now());
    assert!((at(people[1]) - at(people[0]) - 4.0).abs() < 0.02);
    let other = world.snapshot(people[1]).playback.other_cut.expect("is another");
    assert!((other.shift_secs - 4.0).abs() < 1e-9);
    // The next time it is known.
    let memory = memory(&world, people[1]);
    let mut world = World::new();
    let again = [world.person(0.0), world.person_who_remembers(memory, 0.0)];
    world.gather(&again);
    world.command(again[0], Command::OpenFilm("film.mkv".into()));
    secs(&mut world, 1);
    world.command(again[1], Command::AttachOtherCut("cut.mkv".into()));
    world.command(again[0], Command::Play);
    secs(&mut world, 5);
    let at = |person: Person| world.people[person].player.position_secs(world.now());
    assert!((at(again[1]) - at(again[0]) - 4.0).abs() < 0.02);
}

#[test]
fn subtitles_that_somebody_adds_are_there_for_whoever_wants_them() {
    let (mut world, people) = playing();
    world.command(people[0], Command::AddSubtitle("film.de.srt".into()));
    secs(&mut world, 1);
    let offer = world.snapshot(people[1]).playback.subtitle_offers.remove(0);
    assert_eq!((offer.name.as_str(), &offer.from), ("film.de.srt", &world.id(people[0])));
    assert!(
        world.people[people[1]].player.subtitles.is_empty(),
        "nobody is given what he does not want"
    );
    let (from, number) = (offer.from, offer.number);
    world.command(people[1], Command::TakeSubtitle { from, number });
    secs(&mut world, 1);
    assert_eq!(world.people[people[1]].player.subtitles, world.people[people[0]].player.subtitles);
    assert!(world.people[people[1]].player.subtitles[0].len() > 10_000, "in several pieces");
    // Whoever comes later is offered them, too.
    let late = newcomer(&mut world, people);
    assert_eq!(world.snapshot(late).playback.subtitle_offers.len(), 1);
}

#[test]
fn tracks_are_proposed_and_everybody_decides() {
    let (mut world, people) = playing();
    let chosen = PlayerEvent::TracksChosen { audio: 2, subtitle: 3 };
    world.player_says(people[0], chosen);
    world.command(people[0], Command::ProposeTracks);
    secs(&mut world, 1);
    for person in &people[1..] {
        let proposal = world.snapshot(*person).playback.proposal;
        assert_eq!(proposal, Some(("Person 0".to_owned(), 2, 3)));
    }
    world.command(people[1], Command::AnswerProposal(true));
    world.command(people[2], Command::AnswerProposal(false));
    assert_eq!(world.people[people[1]].player.tracks, (2, 3));
    assert_eq!(world.people[people[2]].player.tracks, (1, 0));
    assert_eq!(world.snapshot(people[1]).playback.proposal, None);
}

#[test]
fn delays_are_everybodys_own_and_end_with_the_film() {
    let (mut world, people) = playing();
    for command in [
        Command::SubtitleDelay(1.5),
        Command::SubtitleDelay(f64::NAN),
        Command::AudioDelay(-99.0),
        Command::SubtitleScale(0.0),
        Command::SubtitleScale(2.0),
    ] {
        world.command(people[1], command);
    }
    let set = Tuning { subtitle_delay_secs: 1.5, audio_delay_secs: -10.0, subtitle_scale: 2.0 };
    assert_eq!(world.snapshot(people[1]).playback.tuning, set);
    assert_eq!(world.snapshot(people[0]).playback.tuning, Tuning::default());
    world.command(people[1], Command::OpenFilm("other.mkv".into()));
    secs(&mut world, 2);
    let kept = Tuning { subtitle_scale: 2.0, ..Tuning::default() };
    assert_eq!(world.snapshot(people[1]).playback.tuning, kept);
}

#[test]
fn everybody_is_asked_before_an_address_is_opened() {
    let (mut world, people) = room();
    world.command(people[0], Command::OpenAddress("file:///etc/passwd".into()));
    assert_eq!(failure(&world, people[0]).as_deref(), Some("film_address"));
    let address = "https://films.example/a.mkv";
    world.command(people[0], Command::OpenAddress(address.into()));
    secs(&mut world, 2);
    assert_eq!(world.snapshot(people[0]).playback.mine, FilmCopy::Local, "who typed it has agreed");
    for person in &people[1..] {
        assert_eq!(world.snapshot(*person).playback.address_asked.as_deref(), Some(address));
        assert_eq!(world.people[*person].player.source, None);
    }
    world.command(people[1], Command::AnswerAddress(true));
    world.command(people[2], Command::AnswerAddress(false));
    secs(&mut world, 1);
    let source = Some(FilmSource::Address(address.into()));
    assert_eq!(world.people[people[1]].player.source, source);
    assert_eq!(world.people[people[2]].player.source, None);
    assert_eq!(world.snapshot(people[2]).playback.address_asked, None);
    world.command(people[2], Command::AnswerAddress(true));
    secs(&mut world, 1);
    assert_eq!(world.people[people[2]].player.source, source, "one may think again");
}

#[test]
fn a_message_can_carry_its_place_in_the_film() {
    let (mut world, people) = playing();
    world.command(people[0], Command::ChatAtFilm("look at the left".into()));
    secs(&mut world, 1);
    let chat = world.snapshot(people[2]).chat;
    let line = chat.iter().find(|line| line.text == "look at the left").expect("came");
    assert!((4.0..6.0).contains(&line.film_secs.expect("has a place")));
}

#[test]
fn everybody_sees_how_far_the_others_are_off() {
    let (mut world, people) = playing();
    secs(&mut world, 20);
    for person in people {
        for other in world.snapshot(person).participants {
            let offset = other.film_offset_ms.expect("is told");
            assert!(offset.abs() < 20.0, "{offset} ms");
        }
    }
}

#[test]
fn each_act_is_told_by_name_and_place() {
    let (mut world, people) = playing();
    world.command(people[0], Command::Seek(751.0));
    secs(&mut world, 2);
    world.command(people[1], Command::Pause);
    secs(&mut world, 1);
    let told = lines(&world, people[2]);
    assert!(told.contains(&"Person 0 went to 12:31".to_owned()), "{told:?}");
    assert!(told.contains(&"Person 1 paused at 12:32".to_owned()), "{told:?}");
}

#[test]
fn a_copy_that_only_looks_the_same_is_found_out_in_time() {
    let (mut world, people) = room();
    world.command(people[0], Command::OpenFilm("film.mkv".into()));
    secs(&mut world, 1);
    world.command(people[1], Command::AttachFilm("film.mkv".into()));
    world.command(people[2], Command::AttachFilm("damaged film.mkv".into()));
    world.command(people[0], Command::Play);
    secs(&mut world, 5);
    assert_in_sync(&world, &people);
    let same = |world: &World, person: Person, other: Person| {
        let id = world.id(people[other]);
        world.view(people[person], &id).same_film
    };
    assert_eq!(same(&world, 0, 1), None, "it takes a while to read a film");
    secs(&mut world, 40);
    assert_eq!(same(&world, 0, 1), Some(true));
    assert_eq!(same(&world, 0, 2), Some(false));
    assert_eq!(same(&world, 2, 0), Some(false));
    let warned = |person: Person| {
        lines(&world, people[person]).iter().filter(|line| line.contains("last byte")).count()
    };
    assert_eq!([warned(0), warned(1), warned(2)], [1, 1, 2]);
    assert_in_sync(&world, &people);
}
