//! Seeing and hearing each other among three, and what a killed one leaves behind.

use std::path::Path;

use crate::person::{Person, text};
use crate::server::TestServer;
use crate::tones;

const CAMERA: &str = "--camera test-pattern:320x180@15";
const TONES: [f64; 3] = [440.0, 660.0, 880.0];
/// Of two tones in a recording, one is not there if it has less than this share of the other's
/// power (-13 dB: gaps in the sound leave traces everywhere).
const TRACE: f64 = 0.05;

#[test]
fn three_see_and_hear_each_other() {
    let server = TestServer::start();
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let arguments = |person: usize| {
        format!(
            "{CAMERA} --microphone tone:{} --speaker file:{} --record {}",
            TONES[person],
            path(&format!("speaker-{person}.wav")),
            path(&format!("record-{person}"))
        )
    };
    let (ana, code) = Person::create("Ana", &server.url(), &arguments(0));
    let ben = Person::join("Ben", &server.url(), &code, &arguments(1));
    let cleo = Person::join("Cleo", &server.url(), &code, &arguments(2));
    let mut people = [ana, ben, cleo];
    let ids: Vec<String> = people.iter().map(Person::id).collect();

    for (person, me) in people.iter_mut().enumerate() {
        let entered = me.wait("room", |_| true)["t"].as_f64().unwrap_or_default();
        for other in (0..3).filter(|other| *other != person) {
            let first = me.wait("first_frame", |event| event["from"] == ids[other]);
            assert_eq!((&first["source"], &first["width"]), (&"camera".into(), &320.into()));
            let seconds = first["t"].as_f64().unwrap_or_default() - entered;
            println!("{person} sees {other} {seconds:.3} s after entering (built for debugging)");
            let connected = |event: &serde_json::Value| {
                event["id"] == ids[other] && event["safety_code"].is_string()
            };
            me.wait("peer", connected);
        }
    }
    for (person, me) in people.iter_mut().enumerate() {
        for other in (0..3).filter(|other| *other != person) {
            me.wait_for_more_frames(&ids[other]);
            // Three figures in a row with a voice: seconds of recording.
            for _ in 0..3 {
                let mark = me.mark();
                me.peer_stats(mark, &ids[other], |peer| {
                    peer["audio_in"]["level_db"].as_f64().is_some_and(|level| level > -40.0)
                });
            }
        }
        let stats = me.wait("stats", |_| true);
        println!("{person} uses {} MiB", stats["rss_mib"]);
    }
    assert_eq!(safety_codes(&people[0], &ids[1]), safety_codes(&people[1], &ids[0]));
    for me in &mut people {
        me.leave();
    }
    for person in 0..3 {
        let record = folder.path().join(format!("record-{person}"));
        let heard = tones::powers(&folder.path().join(format!("speaker-{person}.wav")), &TONES);
        println!("{person} hears {heard:?} at {TONES:?} Hz");
        for other in (0..3).filter(|other| *other != person) {
            only_tone(&record.join(format!("{}-voice.wav", ids[other])), other);
            assert!(heard[other] > 1e-4, "{person} hears {other}: {heard:?}");
            let picture = record.join(format!("{}-camera.y4m", ids[other]));
            assert!(
                picture.metadata().is_ok_and(|file| file.len() > 320 * 180 * 10),
                "{picture:?}"
            );
        }
    }
}

fn safety_codes(person: &Person, of: &str) -> String {
    let last = |event: &&serde_json::Value| event["event"] == "peer" && event["id"] == of;
    text(person.events.iter().rfind(last).expect("connected"), "safety_code").to_owned()
}

fn only_tone(voice: &Path, tone: usize) {
    let powers = tones::powers(voice, &TONES);
    assert!(powers[tone] > 1e-4, "{} holds {} Hz: {powers:?}", voice.display(), TONES[tone]);
    for other in (0..TONES.len()).filter(|other| *other != tone) {
        let foreign = powers[other] < TRACE * powers[tone];
        assert!(foreign, "{} holds only {} Hz: {powers:?}", voice.display(), TONES[tone]);
    }
}

#[test]
fn a_killed_one_leaves_the_others_talking_and_comes_back() {
    let server = TestServer::start();
    let (mut ana, code) = Person::create("Ana", &server.url(), CAMERA);
    let mut ben = Person::join("Ben", &server.url(), &code, CAMERA);
    let mut cleo = Person::join("Cleo", &server.url(), &code, CAMERA);
    let (a, b, c) = (ana.id(), ben.id(), cleo.id());
    for (me, others) in [(&mut ana, [&b, &c]), (&mut ben, [&a, &c]), (&mut cleo, [&a, &b])] {
        for other in others {
            me.wait("first_frame", |event| event["from"] == **other);
        }
    }
    ben.kill();
    for (me, other) in [(&mut ana, &c), (&mut cleo, &a)] {
        me.wait_for_more_frames(other);
    }
    let mut ben = Person::join("Ben", &server.url(), &code, CAMERA);
    let back = ben.id();
    assert_ne!(back, b, "a place is taken over by its token alone");
    for (me, other) in [(&mut ana, &c), (&mut cleo, &a)] {
        let left = me.wait("participant_left", |_| true);
        assert_eq!((text(&left, "id"), text(&left, "reason")), (b.as_str(), "lost"));
        me.wait("participant_joined", |event| event["id"] == *back);
        me.wait("first_frame", |event| event["from"] == *back);
        ben.wait("first_frame", |event| event["from"] == **other);
        me.wait_for_more_frames(other);
        me.wait_for_more_frames(&back);
    }
    for me in [&mut ana, &mut ben, &mut cleo] {
        me.leave();
    }
}

#[test]
fn a_killed_one_that_resumes_is_in_its_place_again_and_nobody_is_told_that_it_left() {
    let server = TestServer::start();
    let (mut ana, code) = Person::create("Ana", &server.url(), CAMERA);
    let mut ben = Person::join("Ben", &server.url(), &code, CAMERA);
    let (a, b) = (ana.id(), ben.id());
    ana.wait("first_frame", |event| event["from"] == *b);
    ben.wait("first_frame", |event| event["from"] == *a);
    let mark = ana.mark();
    ben.kill();
    let mut ben = ben.start_again(&format!("--resume {CAMERA}"));
    ben.wait("first_frame", |event| event["from"] == *a);
    assert_eq!(ben.id(), b);
    ana.wait_since(mark, "first_frame", |event| event["from"] == *b);
    for (me, other) in [(&mut ana, &b), (&mut ben, &a)] {
        me.wait_for_more_frames(other);
    }
    assert_eq!(safety_codes(&ana, &b), safety_codes(&ben, &a));
    ben.say("Where was I?");
    ana.wait("chat", |chat| chat["text"] == "Where was I?" && chat["via"] == "peer");
    let left = |event: &serde_json::Value| event["event"] == "participant_left";
    assert!(!ana.events.iter().any(left));
    ben.leave();
    ana.wait("participant_left", |left| left["reason"] == "left");
    // Who has left has no place to come back to.
    let mut ben = ben.start_again("--resume");
    assert_eq!(ben.wait_for_end().code(), Some(1));
    assert_eq!(ben.events.last().expect("a last line")["code"], "no_place");
}

#[test]
fn a_camera_that_is_turned_off_is_told_and_stops_and_comes_again() {
    let server = TestServer::start();
    let (mut ana, code) = Person::create("Ana", &server.url(), CAMERA);
    let mut ben = Person::join("Ben", &server.url(), &code, "");
    let a = ana.id();
    ben.wait("track", |track| track["source"] == "camera" && track["on"] == true);
    ben.wait("first_frame", |event| event["from"] == *a);
    ana.tell(&serde_json::json!({ "command": "camera", "on": false }));
    ben.wait("track", |track| track["source"] == "camera" && track["on"] == false);
    let mark = ben.mark();
    ben.peer_stats(mark, &a, |peer| {
        peer["video_in"]
            .as_array()
            .is_none_or(|videos| videos.iter().all(|video| video["fps"] == 0.0))
    });
    ana.tell(&serde_json::json!({ "command": "camera", "on": true }));
    ben.wait_since(mark, "track", |track| track["source"] == "camera" && track["on"] == true);
    ben.wait_for_more_frames(&a);
}
