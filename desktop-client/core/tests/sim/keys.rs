//! Who is who: safety codes, and programs that come with another key than before.

use std::time::Duration;

use cinemasync_core::interface::{Command, Event, Level, OtherKey, RoomChoice, Via};
use cinemasync_core::link::{Identity, LinkEvent, LinkState};
use cinemasync_core::session::Input;
use cinemasync_protocol::{ParticipantId, ServerMessage};

use super::world::{Person, World};

const A_SECOND: Duration = Duration::from_secs(1);
/// What nobody's real program shows.
const STRANGE_KEY: &str = "FF";

/// Two who see each other, and how the first knows the second.
fn two() -> (World, [Person; 2], ParticipantId) {
    let mut world = World::new();
    let people = [world.person(0.0), world.person(0.0)];
    world.gather(&people);
    let ben = world.id(people[1]);
    (world, people, ben)
}

/// Both see each other, and what one says reaches the other directly.
fn talk(world: &mut World, [one, other]: [Person; 2], text: &str) {
    for (here, there) in [(one, other), (other, one)] {
        let seen = world.view(here, &world.id(there));
        assert_eq!(seen.state, LinkState::Connected, "{text}");
        world.command(here, Command::Chat(text.to_owned()));
        world.run(A_SECOND);
        let heard = |event: &Event| matches!(event, Event::Chat(line) if line.text == text && line.via == Via::Peer);
        assert_eq!(world.people[there].events.iter().filter(|e| heard(e)).count(), 1, "{text}");
    }
}

#[test]
fn a_link_that_ended_by_its_own_fault_is_made_again() {
    for (text, closed) in
        [("the one", [true, false]), ("the other", [false, true]), ("both", [true, true])]
    {
        let (mut world, people, _) = two();
        for (at, _) in closed.into_iter().enumerate().filter(|(_, closed)| *closed) {
            let peer = world.id(people[1 - at]);
            world.input(people[at], Input::Link(peer, LinkEvent::State(LinkState::Closed)));
        }
        world.run(20 * A_SECOND);
        talk(&mut world, people, text);
    }
}

fn warnings(world: &World, person: Person) -> Vec<String> {
    let warning = |event: &Event| match event {
        Event::Notice(notice) if notice.level == Level::Warning => Some(notice.text.to_string()),
        _ => None,
    };
    world.people[person].events.iter().filter_map(warning).collect()
}

/// Ben's program is killed and something takes its place with another key.
fn replaced(world: &mut World, ben: Person) {
    let place = world.place(ben).expect("in a room");
    world.kill(ben);
    world.run(8 * A_SECOND);
    world.enter_as(ben, RoomChoice::Resume(place.token), Identity::new(STRANGE_KEY));
    world.run(8 * A_SECOND);
}

#[test]
fn the_safety_code_is_the_same_at_both_ends_and_another_for_each_pair() {
    let mut world = World::new();
    let people = [world.person(0.0), world.person(0.0), world.person(0.0)];
    world.gather(&people);
    let code = |one: usize, other: usize| {
        world.view(people[one], &world.id(people[other])).safety_code.expect("they are connected")
    };
    assert_eq!(code(0, 1), code(1, 0));
    assert_eq!(code(0, 2), code(2, 0));
    assert_eq!(code(1, 2), code(2, 1));
    assert!(code(0, 1) != code(0, 2) && code(0, 1) != code(1, 2));
}

#[test]
fn codes_that_were_compared_are_marked_for_the_stay() {
    let (mut world, [ana, ben_himself], ben) = two();
    world.command(ana, Command::Compared(ben.clone(), true));
    assert!(world.view(ana, &ben).compared);
    let ana_id = world.id(ana);
    assert!(!world.view(ben_himself, &ana_id).compared, "each marks for oneself");
    // An ordinary restart shows the same key: a new code, and the mark stays.
    let place = world.place(ben_himself).expect("in a room");
    world.kill(ben_himself);
    world.run(8 * A_SECOND);
    world.come_back(ben_himself, place);
    world.run(8 * A_SECOND);
    let seen = world.view(ana, &ben);
    assert_eq!((seen.state, seen.compared, seen.other_key), (LinkState::Connected, true, None));
    assert_eq!(warnings(&world, ana), [""; 0]);
    assert_eq!(seen.safety_code, world.view(ben_himself, &ana_id).safety_code);
    world.command(ana, Command::Compared(ben.clone(), false));
    assert!(!world.view(ana, &ben).compared);
}

#[test]
fn whoever_comes_back_late_is_connected_whatever_was_said_meanwhile() {
    // Of each two one is polite: either may be the one who was away, for any time.
    for away in 0..2 {
        for seconds in [1, 3, 5, 8, 12, 20, 40] {
            let mut world = World::new();
            let people = [world.person(0.0), world.person(0.0)];
            world.gather(&people);
            let (id, place) = (world.id(people[away]), world.place(people[away]));
            world.kill(people[away]);
            world.run(seconds * A_SECOND);
            world.come_back(people[away], place.expect("in a room"));
            world.run(5 * A_SECOND);
            let seen = world.view(people[1 - away], &id);
            assert_eq!(seen.state, LinkState::Connected, "{away} after {seconds} s");
            assert!(seen.safety_code.is_some());
        }
    }
}

#[test]
fn a_code_cannot_be_marked_before_there_is_one() {
    let (mut world, [ana, _], _) = two();
    world.command(ana, Command::Compared(ParticipantId::new("nobody"), true));
    let failed =
        |event: &Event| matches!(event, Event::Failed { code, .. } if code == "no_safety_code");
    assert!(world.people[ana].events.iter().any(failed));
}

#[test]
fn a_program_with_another_key_is_withheld_until_it_is_accepted() {
    let (mut world, [ana, ben_place], ben) = two();
    world.command(ana, Command::Compared(ben.clone(), true));
    replaced(&mut world, ben_place);
    let seen = world.view(ana, &ben);
    assert_eq!((seen.state, seen.other_key), (LinkState::Failed, Some(OtherKey::Asks)));
    assert!(!seen.camera && !seen.microphone);
    let told = warnings(&world, ana);
    let [sentence] = &told[..] else { panic!("told once: {told:?}") };
    assert!(sentence.contains("another key than before") && sentence.contains("compared"));
    // However long one thinks about it.
    world.run(60 * A_SECOND);
    assert_eq!(world.view(ana, &ben).state, LinkState::Failed);
    assert_eq!(warnings(&world, ana).len(), 1);
    world.command(ana, Command::AcceptKey(ben.clone()));
    world.run(10 * A_SECOND);
    let seen = world.view(ana, &ben);
    assert_eq!((seen.state, seen.other_key), (LinkState::Connected, None));
    assert!(!seen.compared, "what was compared was another key");
    let ana_id = world.id(ana);
    assert_eq!(seen.safety_code, world.view(ben_place, &ana_id).safety_code);
    assert!(seen.safety_code.is_some());
}

#[test]
fn who_is_refused_stays_out_and_the_one_who_is_known_comes_back_without_a_word() {
    let (mut world, [ana, ben_place], ben) = two();
    let place = world.place(ben_place).expect("in a room");
    replaced(&mut world, ben_place);
    world.command(ana, Command::RefuseKey(ben.clone()));
    world.run(60 * A_SECOND);
    let seen = world.view(ana, &ben);
    assert_eq!((seen.state, seen.other_key), (LinkState::Failed, Some(OtherKey::Refused)));
    world.kill(ben_place);
    world.run(2 * A_SECOND);
    world.come_back(ben_place, place);
    world.run(10 * A_SECOND);
    let seen = world.view(ana, &ben);
    assert_eq!((seen.state, seen.other_key), (LinkState::Connected, None));
    assert_eq!(warnings(&world, ana).len(), 1);
}

#[test]
fn a_server_that_offers_in_somebodys_name_does_not_break_the_call_with_the_real_one() {
    let (mut world, [ana, _], ben) = two();
    let sdp = "v=0\r\no=- 9 9 IN IP4 127.0.0.1\r\na=ice-ufrag:x\r\na=fingerprint:sha-256 EE\r\n";
    let code = world.view(ana, &ben).safety_code;
    let nameless = sdp.replace("fingerprint", "x-nothing");
    for forged in [
        ServerMessage::WebrtcOffer { from: ben.clone(), sdp: nameless },
        ServerMessage::WebrtcOffer { from: ben.clone(), sdp: sdp.to_owned() },
        ServerMessage::WebrtcAnswer { from: ben.clone(), sdp: sdp.to_owned() },
    ] {
        world.forge(ana, forged);
        world.run(A_SECOND);
    }
    let seen = world.view(ana, &ben);
    assert_eq!((seen.state, seen.safety_code), (LinkState::Connected, code));
    assert_eq!(seen.other_key, Some(OtherKey::Asks), "but one is told");
    world.command(ana, Command::Chat("are you there?".to_owned()));
    world.command(ana, Command::RefuseKey(ben.clone()));
    world.run(30 * A_SECOND);
    assert_eq!(world.view(ana, &ben).state, LinkState::Connected);
}

#[test]
fn whoever_gets_another_place_still_knows_the_others() {
    let (mut world, [ana, ben_himself], _) = two();
    let ana_id = world.id(ana);
    world.command(ben_himself, Command::Compared(ana_id.clone(), true));
    world.server_up = false;
    world.lose_server(ben_himself);
    world.run(70 * A_SECOND);
    world.server_up = true;
    world.run(20 * A_SECOND);
    assert!(world.view(ben_himself, &ana_id).compared);
}
