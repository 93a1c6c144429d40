//! Who is heard, how loud, and what that does to the film.

use std::time::Duration;

use cinemasync_core::devices::{Device, DeviceKind, DeviceListing, DeviceUse};
use cinemasync_core::interface::Command;
use cinemasync_core::plan::{MediaEvent, MediaPlan, Sound};
use cinemasync_core::session::Input;
use cinemasync_core::voice_settings::VoiceSettings;

use super::world::{Person, World};

const A_MOMENT: Duration = Duration::from_millis(500);

fn two() -> (World, [Person; 2]) {
    let mut world = World::new();
    let people = [world.person(0.0), world.person(0.0)];
    world.gather(&people);
    (world, people)
}

fn plan(world: &World, person: Person) -> MediaPlan {
    world.people[person].plan.clone()
}

/// Is the second heard, as the first is told?
fn is_audible(world: &World, people: [Person; 2]) -> bool {
    world.snapshot(people[0]).participants[0].microphone
}

#[test]
fn push_to_talk_keeps_the_microphone_open_and_is_heard_while_held() {
    let (mut world, people) = two();
    world.command(people[1], Command::PushToTalk(true));
    world.run(A_MOMENT);
    let quiet = plan(&world, people[1]);
    assert!(quiet.microphone && !quiet.encode_microphone);
    assert!(!is_audible(&world, people));
    let me = world.snapshot(people[1]).me;
    assert!(me.microphone && me.push_to_talk && !me.audible);

    world.command(people[1], Command::Talk(true));
    world.run(A_MOMENT);
    assert_eq!(plan(&world, people[1]), MediaPlan { encode_microphone: true, ..quiet });
    assert!(is_audible(&world, people));

    world.command(people[1], Command::Talk(false));
    world.run(A_MOMENT);
    assert!(!is_audible(&world, people));

    world.command(people[1], Command::Talk(true));
    world.command(people[1], Command::Microphone(false));
    world.run(A_MOMENT);
    assert!(!is_audible(&world, people), "off is off");
    assert!(!plan(&world, people[1]).microphone, "and its device closed");
}

#[test]
fn who_comes_and_leaves_is_heard_unless_sounds_are_off() {
    let (mut world, people) = two();
    assert_eq!(world.people[people[0]].sounds, [Sound::Joined]);
    assert!(world.people[people[1]].sounds.is_empty(), "who was there is no news");
    world.command(people[1], Command::Microphone(false));
    world.command(people[1], Command::Microphone(false));
    world.command(people[1], Command::Microphone(true));
    assert_eq!(world.people[people[1]].sounds, [Sound::Muted, Sound::Unmuted]);
    let quiet = VoiceSettings { sounds: false, ..VoiceSettings::default() };
    world.command(people[1], Command::Voice(quiet));
    world.command(people[1], Command::Microphone(false));
    world.command(people[1], Command::Leave);
    world.run(A_MOMENT);
    assert_eq!(world.people[people[0]].sounds, [Sound::Joined, Sound::Left]);
    assert_eq!(world.people[people[1]].sounds.len(), 2);
}

#[test]
fn nothing_runs_in_the_lobby_unless_it_is_looked_at() {
    let mut world = World::new();
    let person = world.person(0.0);
    assert!(!plan(&world, person).camera && !plan(&world, person).microphone);
    world.command(person, Command::Preview(true));
    let shown = plan(&world, person);
    assert!(
        shown.camera
            && shown.microphone
            && shown.encode_camera.is_empty()
            && !shown.encode_microphone
    );
    world.input(person, Input::Media(MediaEvent::Level { who: None, level: 0.5 }));
    assert!((world.snapshot(person).me.level - 0.5).abs() < f64::EPSILON);
    world.command(person, Command::Camera(false));
    assert!(!plan(&world, person).camera, "off is dark");
    world.command(person, Command::Preview(false));
    assert!(!plan(&world, person).microphone);
}

#[test]
fn a_volume_is_kept_for_who_loses_the_connection_and_comes_back() {
    let (mut world, people) = two();
    let other = world.id(people[1]);
    world.command(people[0], Command::VoiceVolume { who: other.clone(), volume: 0.25 });
    world.run(A_MOMENT);
    assert_eq!(plan(&world, people[0]).volumes, [(other.clone(), 0.25)]);
    let place = world.place(people[1]).expect("a place to come back to");
    world.kill(people[1]);
    world.run(Duration::from_secs(8));
    world.come_back(people[1], place);
    world.run(Duration::from_secs(5));
    assert_eq!(world.id(people[1]), other, "the same place");
    assert_eq!(plan(&world, people[0]).volumes, [(other, 0.25)]);
    let volume = world.snapshot(people[0]).participants[0].volume;
    assert!((volume - 0.25).abs() < f64::EPSILON);
}

#[test]
fn a_camera_that_is_not_there_is_not_promised() {
    let (mut world, people) = two();
    assert!(world.snapshot(people[0]).participants[0].camera);
    let choose = Command::ChooseDevice { kind: DeviceKind::Camera, id: None };
    world.command(people[1], choose);
    world.run(A_MOMENT);
    assert!(!world.snapshot(people[0]).participants[0].camera, "no camera is known yet");
    let camera = Device { id: "usb".into(), name: "USB Camera".into() };
    let listing = DeviceListing { devices: vec![camera], default: Some("usb".into()) };
    let event = MediaEvent::Devices { kind: DeviceKind::Camera, listing };
    world.input(people[1], Input::Media(event));
    world.run(A_MOMENT);
    assert!(world.snapshot(people[0]).participants[0].camera);
    assert_eq!(plan(&world, people[1]).camera_device, DeviceUse::Device("usb".into()));
}

#[test]
fn a_film_is_quieter_while_somebody_talks() {
    let (mut world, people) = two();
    world.command(people[0], Command::OpenFilm("film.mkv".into()));
    world.run(Duration::from_secs(1));
    world.command(people[0], Command::FilmVolume(0.8));
    let volume = |world: &World| world.people[people[0]].player.volume();
    assert!((volume(&world) - 0.8).abs() < 1e-9);
    let other = world.id(people[1]);
    let speaking =
        |speaking| Input::Media(MediaEvent::Speaking { who: Some(other.clone()), speaking });
    world.input(people[0], speaking(true));
    world.run(Duration::from_secs(1));
    assert!((volume(&world) - 0.8 * 10f64.powf(-12.0 / 60.0)).abs() < 1e-9, "{}", volume(&world));
    assert!((world.snapshot(people[0]).playback.volume - 0.8).abs() < 1e-9, "the slider stands");
    world.input(people[0], speaking(false));
    world.run(Duration::from_secs(3));
    assert!((volume(&world) - 0.8).abs() < 1e-9);
    world.command(people[0], Command::VoiceVolume { who: other.clone(), volume: 0.0 });
    world.input(people[0], speaking(true));
    world.run(Duration::from_secs(1));
    assert!((volume(&world) - 0.8).abs() < 1e-9, "nobody ducks for whom one does not hear");
}
