//! Who gets which picture of oneself.

use std::time::Duration;

use cinemasync_core::bitrate::ladder::CameraQuality;
use cinemasync_core::interface::{Command, Shown};
use cinemasync_core::link::LinkEvent;
use cinemasync_core::session::Input;
use cinemasync_core::track::Track;
use cinemasync_protocol::ParticipantId;

use super::world::{Person, World};

const A_SECOND: Duration = Duration::from_secs(1);

/// Three who see each other, the first with a camera.
fn three() -> (World, [Person; 3], [ParticipantId; 3]) {
    let mut world = World::new();
    let people = [world.person(0.0), world.person(0.0), world.person(0.0)];
    world.gather(&people);
    world.command(people[0], Command::Camera(true));
    world.run(A_SECOND);
    let ids = people.map(|person| world.id(person));
    (world, people, ids)
}

fn shows(world: &mut World, person: Person, of: &ParticipantId, width: u32, height: u32) {
    let shown = Shown { of: of.clone(), track: Track::Camera, width, height };
    world.command(person, Command::Shown(vec![shown]));
    world.run(A_SECOND);
}

fn carries(world: &mut World, person: Person, to: &ParticipantId, bps: u64) {
    world.input(person, Input::Link(to.clone(), LinkEvent::Estimate(bps)));
    world.run(A_SECOND);
}

/// Heights of what the first encodes, and which of it each other one gets.
fn sent(world: &World, ana: Person, others: [&ParticipantId; 2]) -> (Vec<u32>, [Option<usize>; 2]) {
    let heights = world.people[ana].plan.encode_camera.iter().map(|rung| rung.quality.height);
    (heights.collect(), others.map(|id| world.view(ana, id).camera_rung))
}

#[test]
fn who_does_not_show_a_picture_gets_none_and_nothing_is_encoded_for_nobody() {
    let (mut world, [ana, ben, cleo], ids) = three();
    let others = [&ids[1], &ids[2]];
    assert_eq!(sent(&world, ana, others), (vec![720], [Some(0), Some(0)]));
    shows(&mut world, ben, &ids[0], 0, 0);
    assert_eq!(sent(&world, ana, others), (vec![720], [None, Some(0)]));
    shows(&mut world, cleo, &ids[0], 0, 0);
    assert_eq!(sent(&world, ana, others), (vec![], [None, None]));
    shows(&mut world, ben, &ids[0], 1_280, 720);
    assert_eq!(sent(&world, ana, others), (vec![720], [Some(0), None]));
}

#[test]
fn a_much_slower_friend_and_a_small_tile_get_a_smaller_picture_of_their_own() {
    let (mut world, [ana, ben, cleo], ids) = three();
    let others = [&ids[1], &ids[2]];
    for id in others {
        carries(&mut world, ana, id, 4_000_000);
    }
    carries(&mut world, ana, &ids[1], 400_000);
    assert_eq!(sent(&world, ana, others), (vec![720, 360], [Some(1), Some(0)]));
    carries(&mut world, ana, &ids[1], 4_000_000);
    assert_eq!(sent(&world, ana, others), (vec![720], [Some(0), Some(0)]));
    shows(&mut world, cleo, &ids[0], 320, 180);
    assert_eq!(sent(&world, ana, others), (vec![720, 180], [Some(0), Some(1)]));
    shows(&mut world, ben, &ids[0], 320, 180);
    assert_eq!(sent(&world, ana, others), (vec![180], [Some(0), Some(0)]));
}

#[test]
fn no_better_picture_is_sent_than_one_allows() {
    let (mut world, [ana, ..], ids) = three();
    world.command(ana, Command::CameraQuality(CameraQuality { height: 360, fps: 30 }));
    world.run(A_SECOND);
    assert_eq!(sent(&world, ana, [&ids[1], &ids[2]]).0, [360]);
    assert_eq!(world.people[ana].plan.camera_quality.height, 360);
}
