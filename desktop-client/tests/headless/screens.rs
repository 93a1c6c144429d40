//! Sharing a screen: beside the camera, to those who are there and those who come, until it is stopped.

use serde_json::{Value, json};

use crate::person::{Person, text};
use crate::server::TestServer;

const CAMERA: &str = "--camera test-pattern:320x180@15";

/// The figures of a track among those in a direction of a peer.
fn figures<'a>(peer: &'a Value, direction: &str, source: &str) -> Option<&'a Value> {
    peer[direction].as_array()?.iter().find(|video| video["source"] == source)
}

fn screen_told(person: &mut Person, mark: usize, from: &str, on: bool) {
    person.wait_since(mark, "track", |track| {
        track["from"] == *from && track["source"] == "screen" && track["on"] == on
    });
}

#[test]
fn a_screen_is_seen_beside_the_camera_by_all_and_by_who_comes_later() {
    let server = TestServer::start();
    let folder = tempfile::tempdir().expect("a folder");
    let sharing = format!("{CAMERA} --screen test-pattern:640x360@15");
    let (mut ana, code) = Person::create("Ana", &server.url(), &sharing);
    let record = format!("{CAMERA} --record {}", folder.path().display());
    let mut ben = Person::join("Ben", &server.url(), &code, &record);
    let (a, b) = (ana.id(), ben.id());
    let sees_both = |person: &mut Person| {
        for source in ["camera", "screen"] {
            let first = |event: &Value| event["from"] == *a && event["source"] == source;
            person.wait("first_frame", first);
        }
    };
    sees_both(&mut ben);
    let seen = |peer: &Value| {
        let screen = figures(peer, "video_in", "screen");
        let size = screen.map(|screen| (screen["width"].clone(), screen["height"].clone()));
        let delay = screen.and_then(|screen| screen["capture_to_decode_ms"].as_f64());
        size == Some((640.into(), 360.into())) && delay.is_some()
    };
    println!("{}", ben.peer_stats(0, &a, seen));
    let mark = ana.mark();
    let sent = |peer: &Value| {
        ["camera", "screen"].iter().all(|source| figures(peer, "video_out", source).is_some())
    };
    println!("{}", ana.peer_stats(mark, &b, sent));

    let mut cleo = Person::join("Cleo", &server.url(), &code, "");
    sees_both(&mut cleo);
    cleo.leave();

    // Another thing in its place is no stop.
    let mark = ben.mark();
    ana.tell(&json!({ "command": "share_screen", "source": "test-pattern:320x240@10" }));
    ben.peer_stats(mark, &a, |peer| {
        figures(peer, "video_in", "screen").is_some_and(|screen| screen["height"] == 240)
    });
    let told = ben.events[mark..].iter().any(|event| event["event"] == "track");
    assert!(!told, "nothing was stopped");

    ana.ask("stop_sharing");
    screen_told(&mut ben, mark, &a, false);
    ben.wait("notice", |notice| text(notice, "text").contains("stopped sharing"));
    let mark = ana.mark();
    ana.peer_stats(mark, &b, |peer| figures(peer, "video_out", "screen").is_none());
    let mark = ben.mark();
    ana.tell(&json!({ "command": "share_screen", "source": "test-pattern:640x360@15" }));
    screen_told(&mut ben, mark, &a, true);
    ben.peer_stats(mark, &a, |peer| {
        figures(peer, "video_in", "screen").is_some_and(|screen| screen["height"] == 360)
    });
    ben.leave();
    let recorded = folder.path().join(format!("{a}-screen.y4m"));
    assert!(recorded.metadata().is_ok_and(|file| file.len() > 640 * 360 * 3 / 2), "{recorded:?}");
}

#[test]
fn two_share_at_once_and_each_sees_the_other_s() {
    let server = TestServer::start();
    let (mut ana, code) = Person::create("Ana", &server.url(), "--screen test-pattern:640x360@10");
    let mut ben = Person::join("Ben", &server.url(), &code, "--screen test-pattern:320x240@10");
    let (a, b) = (ana.id(), ben.id());
    for (me, other, height) in [(&mut ana, &b, 240), (&mut ben, &a, 360)] {
        let first = |event: &Value| event["from"] == **other && event["source"] == "screen";
        assert_eq!(me.wait("first_frame", first)["height"], height);
        screen_told(me, 0, other, true);
    }
    // The sharer's program is killed: its place is kept, and what it shared is over once it is back.
    let mark = ana.mark();
    ben.kill();
    let mut ben = ben.start_again("--resume");
    ben.wait("first_frame", |event| event["from"] == *a && event["source"] == "screen");
    screen_told(&mut ana, mark, &b, false);
}
