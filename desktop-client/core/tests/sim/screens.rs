//! Who shares a screen, who learns of it, and who gets which picture of it.

use std::time::Duration;

use cinemasync_core::interface::{Command, Event, Level, RoomChoice, Shown};
use cinemasync_core::link::LinkEvent;
use cinemasync_core::plan::{EncoderStats, MediaEvent, MediaStats};
use cinemasync_core::screen::{Content, ScreenItem, ScreenSettings, ScreenSource, Share};
use cinemasync_core::session::Input;
use cinemasync_core::track::Track;
use cinemasync_protocol::ParticipantId;

use super::world::{Person, World};

const A_SECOND: Duration = Duration::from_secs(1);

fn window(sound: bool) -> Share {
    Share { source: ScreenSource::Window("A film".into()), sound }
}

/// Three in a room, the first of whom shares with sound.
fn shared() -> (World, [Person; 3], [ParticipantId; 3]) {
    shared_among()
}

/// The same among fewer.
fn shared_among<const COUNT: usize>() -> (World, [Person; COUNT], [ParticipantId; COUNT]) {
    let mut world = World::new();
    let people = std::array::from_fn(|_| world.person(0.0));
    world.gather(&people);
    let ids = people.map(|person| world.id(person));
    does(&mut world, people[0], Command::ShareScreen(window(true)));
    (world, people, ids)
}

fn does(world: &mut World, person: Person, command: Command) {
    world.command(person, command);
    world.run(A_SECOND);
}

fn carries(world: &mut World, person: Person, to: &ParticipantId, bps: u64) {
    world.input(person, Input::Link(to.clone(), LinkEvent::Estimate(bps)));
    world.run(A_SECOND);
}

fn shows(world: &mut World, person: Person, of: &ParticipantId, height: u32) {
    let shown = Shown { of: of.clone(), track: Track::Screen, width: height * 16 / 9, height };
    does(world, person, Command::Shown(vec![shown]));
}

/// Does this person know that somebody shares, and with sound?
fn knows(world: &World, person: Person, of: &ParticipantId) -> (bool, bool) {
    let view = world.view(person, of);
    (view.screen, view.screen_audio)
}

/// How often a person was told that somebody began or ended to share.
fn told(world: &World, person: Person, wanted: bool) -> usize {
    let is = |event: &&Event| matches!(event, Event::TrackChanged { source: Track::Screen, on, .. } if *on == wanted);
    world.people[person].events.iter().filter(is).count()
}

#[test]
fn everybody_learns_once_who_shares_and_that_it_is_over() {
    let (mut world, [ana, ben, cleo], ids) = shared();
    for person in [ben, cleo] {
        assert_eq!((knows(&world, person, &ids[0]), told(&world, person, true)), ((true, true), 1));
        let lines = world.snapshot(person).chat;
        assert!(lines.iter().any(|line| line.text.ends_with("started sharing the screen")));
    }
    assert!(world.people[ana].plan.screen.as_ref().is_some_and(|plan| plan.encode_sound));
    assert_eq!(world.people[ben].plan.sharers, [ids[0].clone()]);
    does(&mut world, ana, Command::StopSharing);
    assert!(world.people[ben].plan.sharers.is_empty());
    for person in [ben, cleo] {
        assert_eq!(
            (knows(&world, person, &ids[0]), told(&world, person, false)),
            ((false, false), 1)
        );
    }
    assert_eq!(world.people[ana].plan.screen, None);
    assert_eq!(world.snapshot(ana).sharing, None);
}

#[test]
fn a_late_joiner_learns_it_and_gets_a_keyframe() {
    let (mut world, [ana, _], ids) = shared_among();
    let dan = world.person(0.0);
    let code = world.code(ana);
    world.people[ana].keyframes.clear();
    world.enter(dan, RoomChoice::Join(code));
    world.run(A_SECOND);
    assert_eq!((knows(&world, dan, &ids[0]), told(&world, dan, true)), ((true, true), 1));
    assert!(world.people[ana].keyframes.contains(&(Track::Screen, 0)));
}

#[test]
fn nothing_is_grabbed_for_nobody() {
    let mut world = World::new();
    let [ana, ben] = [world.person(0.0), world.person(0.0)];
    let code = world.gather(&[ana]);
    does(&mut world, ana, Command::ShareScreen(window(false)));
    assert!(world.snapshot(ana).sharing.is_some() && world.people[ana].plan.screen.is_none());
    world.enter(ben, RoomChoice::Join(code));
    world.run(A_SECOND);
    let id = world.id(ana);
    let plan = world.people[ana].plan.screen.clone().expect("somebody looks");
    assert_eq!((plan.encode.len(), plan.encode_sound), (1, false));
    shows(&mut world, ben, &id, 0);
    assert_eq!(world.people[ana].plan.screen, None, "nobody looks");
    assert_eq!(knows(&world, ben, &id), (true, false), "but it can be looked at");
    shows(&mut world, ben, &id, 720);
    assert!(world.people[ana].plan.screen.is_some());
}

#[test]
fn what_is_shared_changes_without_a_stop() {
    let (mut world, [ana, ben, _], ids) = shared();
    let monitor = Share { source: ScreenSource::Monitor("0".into()), sound: false };
    does(&mut world, ana, Command::ShareScreen(monitor.clone()));
    assert_eq!(world.people[ana].plan.screen.as_ref().map(|plan| &plan.share), Some(&monitor));
    assert_eq!(knows(&world, ben, &ids[0]), (true, false));
    assert_eq!((told(&world, ben, true), told(&world, ben, false)), (1, 0));
}

#[test]
fn a_closed_window_ends_it_and_a_failed_sound_does_not() {
    let (mut world, [ana, ben, _], ids) = shared();
    let item = ScreenItem {
        source: window(true).source,
        title: "A film".into(),
        program: "mpv".into(),
        width: 1_920,
        height: 1_080,
    };
    for event in [MediaEvent::ScreenShows(item.clone()), MediaEvent::ScreenContent(Content::Text)] {
        world.input(ana, Input::Media(event));
    }
    let sharing = world.snapshot(ana).sharing.expect("it shares");
    assert_eq!(
        (sharing.shows, sharing.content, sharing.sound),
        (Some(item), Some(Content::Text), true)
    );
    world.input(ana, Input::Media(MediaEvent::ScreenSoundEnded("No sound.".into())));
    world.run(A_SECOND);
    assert_eq!(knows(&world, ben, &ids[0]), (true, false));
    let plan = world.people[ana].plan.screen.as_ref().expect("the pictures go on");
    assert!(!plan.encode_sound);
    // What was shared before this has ended, too: it is no reason to end this.
    let ended = |source| {
        let text = "The window was closed.".into();
        Input::Media(MediaEvent::ScreenEnded { source: Some(source), text })
    };
    world.input(ana, ended(ScreenSource::Monitor("0".into())));
    world.run(A_SECOND);
    assert_eq!(knows(&world, ben, &ids[0]), (true, false));
    world.input(ana, ended(window(true).source));
    world.run(A_SECOND);
    assert_eq!(knows(&world, ben, &ids[0]), (false, false));
    assert_eq!(world.people[ana].plan.screen, None);
    let notices = world.people[ana]
        .events
        .iter()
        .filter(|event| matches!(event, Event::Notice(notice) if notice.level == Level::Warning));
    assert_eq!(notices.count(), 2);
}

#[test]
fn sharing_outlives_the_server_and_ends_without_it() {
    let (mut world, [ana, ben], ids) = shared_among();
    world.kill_server();
    world.run(A_SECOND);
    world.start_server();
    world.run(Duration::from_secs(10));
    // The new server knows again: somebody comes and is told of it.
    let dan = world.person(0.0);
    let code = world.code(ana);
    world.enter(dan, RoomChoice::Join(code));
    world.run(Duration::from_millis(40));
    assert!(world.view(dan, &ids[0]).screen, "the server told it, before any link stood");
    world.run(A_SECOND);
    does(&mut world, dan, Command::Leave);
    world.kill_server();
    does(&mut world, ana, Command::StopSharing);
    assert_eq!(knows(&world, ben, &ids[0]), (false, false), "the others tell each other");
    world.start_server();
    world.run(Duration::from_secs(10));
    assert_eq!(told(&world, ben, true), 1);
    let eve = world.person(0.0);
    world.enter(eve, RoomChoice::Join(code));
    world.run(A_SECOND);
    assert_eq!(knows(&world, eve, &ids[0]), (false, false));
}

#[test]
fn the_screen_comes_first_and_the_camera_keeps_a_floor() {
    let (mut world, [ana, ben, cleo], ids) = shared();
    does(&mut world, ana, Command::Camera(true));
    for id in &ids[1..] {
        carries(&mut world, ana, id, 4_000_000);
    }
    let bps = |world: &World| {
        let plan = &world.people[ana].plan;
        let screens = plan.screen.as_ref().map_or(vec![], |screen| screen.encode.clone());
        let cameras = plan.encode_camera.iter().map(|rung| rung.bps).collect::<Vec<_>>();
        (screens.iter().map(|rung| rung.bps).collect::<Vec<_>>(), cameras)
    };
    let (screens, cameras) = bps(&world);
    assert!(screens.len() == 1 && screens[0] > 2_800_000, "{screens:?}");
    assert!(cameras.len() == 1 && (300_000..500_000).contains(&cameras[0]), "{cameras:?}");
    // One of the two is much slower: a second encoding of the screen.
    carries(&mut world, ana, &ids[1], 900_000);
    let (screens, _) = bps(&world);
    assert!(screens.len() == 2 && screens[0] > 2_800_000 && screens[1] < 700_000, "{screens:?}");
    assert_eq!(world.view(ana, &ids[1]).screen_rung, Some(1));
    // Who does not show it leaves the camera what it had.
    shows(&mut world, ben, &ids[0], 0);
    shows(&mut world, cleo, &ids[0], 0);
    assert_eq!(world.view(ana, &ids[1]).screen_rung, None);
    carries(&mut world, ana, &ids[1], 4_000_000);
    let (screens, cameras) = bps(&world);
    assert!(screens.is_empty() && cameras[0] > 1_500_000, "{screens:?} {cameras:?}");
}

#[test]
fn what_a_still_page_leaves_over_is_the_camera_s() {
    let (mut world, [ana, _], ids) = shared_among();
    does(&mut world, ana, Command::Camera(true));
    carries(&mut world, ana, &ids[1], 2_000_000);
    let camera_bps = |world: &World| world.people[ana].plan.encode_camera[0].bps;
    assert!(camera_bps(&world) < 300_000);
    let mut screen_makes = |bps: u64| {
        let encoder = EncoderStats {
            track: Track::Screen,
            rung: 0,
            width: 1_920,
            height: 1_080,
            fps: 1.0,
            target_bps: 1_700_000,
            bps,
            encode_ms: 5.0,
            keyframes: 1,
        };
        let media = MediaStats { encoders: vec![encoder], ..MediaStats::default() };
        world.input(ana, Input::Stats { links: vec![], media });
        world.run(A_SECOND);
        camera_bps(&world)
    };
    assert!((0..30).any(|_| screen_makes(2_000) > 1_500_000));
    assert!(screen_makes(1_600_000) < 300_000, "it moves again");
}

#[test]
fn no_more_is_spent_than_one_allows() {
    let (mut world, [ana, ..], ids) = shared();
    for id in &ids[1..] {
        carries(&mut world, ana, id, 40_000_000);
    }
    let bps = |world: &World| world.people[ana].plan.screen.as_ref().map(|plan| plan.encode[0].bps);
    assert!(bps(&world).is_some_and(|bps| (11_000_000..=12_000_000).contains(&bps)));
    let settings = ScreenSettings { max_bps: 3_000_000, ..ScreenSettings::default() };
    does(&mut world, ana, Command::ScreenSettings(settings));
    assert!(bps(&world).is_some_and(|bps| (2_900_000..=3_000_000).contains(&bps)));
    assert_eq!(world.people[ana].plan.screen.as_ref().map(|plan| plan.settings), Some(settings));
}

#[test]
fn screens_are_listed_while_somebody_chooses() {
    let (mut world, [ana, ..], _) = shared();
    let item = ScreenItem {
        source: ScreenSource::Monitor("1".into()),
        title: "Left".into(),
        program: String::new(),
        width: 1,
        height: 1,
    };
    let listed = |world: &mut World| {
        world.input(ana, Input::Media(MediaEvent::Screens(vec![item.clone(); 400])));
        (world.people[ana].plan.watch_screens, world.snapshot(ana).screens.len())
    };
    assert_eq!(listed(&mut world), (false, 0));
    does(&mut world, ana, Command::ListScreens(true));
    assert_eq!(listed(&mut world), (true, 300));
    does(&mut world, ana, Command::ShareScreen(window(false)));
    assert_eq!(listed(&mut world), (false, 0), "the choice is made");
    does(&mut world, ana, Command::ListScreens(true));
    does(&mut world, ana, Command::Leave);
    assert_eq!(listed(&mut world), (false, 0), "there is nobody to share with");
}

#[test]
fn leaving_ends_it() {
    let (mut world, [ana, ben, _], ids) = shared();
    does(&mut world, ben, Command::ScreenVolume { who: ids[0].clone(), volume: 0.5 });
    assert_eq!(world.people[ben].plan.screen_volumes, [(ids[0].clone(), 0.5)]);
    let code = world.code(ana);
    does(&mut world, ana, Command::Leave);
    assert_eq!(world.people[ana].plan.screen, None);
    world.enter(ana, RoomChoice::Join(code));
    world.run(A_SECOND);
    assert_eq!(world.snapshot(ana).sharing, None);
    assert_eq!(knows(&world, ben, &world.id(ana)), (false, false));
}
