//! The server goes away in the middle of a call.

use cinemasync_server::Config;
use serde_json::{Value, json};

use crate::person::{Person, text};
use crate::server::{Detour, TestServer};

const CAMERA: &str = "--camera test-pattern:320x180@15";

#[test]
fn a_call_outlives_its_server_and_everybody_is_told() {
    let server = TestServer::start();
    let address = server.address();
    let url = server.url();
    let (mut ana, code) = Person::create("Ana", &url, CAMERA);
    let mut ben = Person::join("Ben", &url, &code, CAMERA);
    let (a, b) = (ana.id(), ben.id());
    ana.wait("first_frame", |event| event["from"] == *b);
    ben.wait("first_frame", |event| event["from"] == *a);
    ana.peer_stats(0, &b, |peer| peer["clock_offset_ms"].is_number());

    drop(server);
    for (me, other) in [(&mut ana, &b), (&mut ben, &a)] {
        me.wait("notice", |notice| notice["level"] == "warning");
        me.wait_for_more_frames(other);
        let mark = me.mark();
        me.peer_stats(mark, other, |peer| peer["state"] == "connected");
    }
    ana.tell(&json!({ "command": "chat", "text": "still there?" }));
    let chat = ben.wait("chat", |_| true);
    assert_eq!((text(&chat, "text"), text(&chat, "via")), ("still there?", "peer"));

    let marks = [ana.mark(), ben.mark()];
    let server = TestServer::start_again(address);
    for (me, mark) in [(&mut ana, marks[0]), (&mut ben, marks[1])] {
        me.wait_since(mark, "notice", |notice| text(notice, "text").contains("server is back"));
    }
    // The room is the one it was: a friend finds it by the same code, and everybody in it.
    let mut cleo = Person::join("Cleo", &url, &code, CAMERA);
    let c = cleo.id();
    for other in [&a, &b] {
        cleo.wait("first_frame", |event| event["from"] == **other);
    }
    for (me, other) in [(&mut ana, &b), (&mut ben, &a)] {
        me.wait("first_frame", |event| event["from"] == *c);
        me.wait_for_more_frames(other);
        let left =
            |event: &Value| event["event"] == "participant_left" || event["event"] == "error";
        assert!(!me.events.iter().any(left), "{:?}", me.events.iter().find(|event| left(event)));
        let rooms = me.events.iter().filter(|event| event["event"] == "room").count();
        assert_eq!(rooms, 1, "it never was in another place");
    }
    for me in [&mut ana, &mut ben, &mut cleo] {
        me.leave();
    }
    drop(server);
}

#[test]
fn a_call_outlives_a_room_that_another_server_does_not_know() {
    let server = TestServer::start();
    let (address, url) = (server.address(), server.url());
    let (mut ana, code) = Person::create("Ana", &url, CAMERA);
    let mut ben = Person::join("Ben", &url, &code, CAMERA);
    let (a, b) = (ana.id(), ben.id());
    ana.wait("first_frame", |event| event["from"] == *b);
    ben.wait("first_frame", |event| event["from"] == *a);
    drop(server);
    let server = TestServer::start_with(Config { listen: address, ..Config::embedded() });
    for (me, other) in [(&mut ana, &b), (&mut ben, &a)] {
        me.wait("notice", |notice| text(notice, "text").contains("no longer knows this room"));
        me.wait_for_more_frames(other);
    }
    // The new server is as good as any: whoever leaves can meet there.
    ana.leave();
    drop(server);
}

#[test]
fn one_whose_own_way_to_the_server_breaks_is_soon_back() {
    let server = TestServer::start();
    let detour = Detour::to(server.address());
    let (mut ana, code) = Person::create("Ana", &server.url(), CAMERA);
    let mut ben = Person::join("Ben", &detour.url(), &code, CAMERA);
    let (a, b) = (ana.id(), ben.id());
    ana.wait("first_frame", |event| event["from"] == *b);
    ben.wait("first_frame", |event| event["from"] == *a);
    let mark = ben.mark();
    detour.cut();
    ben.wait_since(mark, "notice", |notice| text(notice, "text").contains("server is back"));
    ana.wait_for_more_frames(&b);
    ben.wait_for_more_frames(&a);
    ben.say("here again");
    ana.wait("chat", |chat| chat["text"] == "here again" && chat["from"] == *b);
    let elsewhere = |event: &Value| {
        event["event"] == "participant_left" || event["event"] == "participant_joined"
    };
    assert_eq!(ana.events.iter().filter(|event| elsewhere(event)).count(), 1, "Ben came, once");
    assert_eq!(ben.events.iter().filter(|event| event["event"] == "room").count(), 1);
}

#[test]
fn a_room_on_the_embedded_server_of_one_is_open_to_others() {
    let (mut ana, code) = Person::create("Ana", "embedded", CAMERA);
    let url = text(&ana.wait("room", |_| true), "server").to_owned();
    let mut ben = Person::join("Ben", &url, &code, CAMERA);
    let (a, b) = (ana.id(), ben.id());
    ana.wait("first_frame", |event| event["from"] == *b);
    ben.wait("first_frame", |event| event["from"] == *a);
    ana.leave();
    // The server left with its host; both are told.
    let left = ben.wait("participant_left", |_| true);
    assert_eq!((text(&left, "id"), text(&left, "reason")), (a.as_str(), "left"));
    ben.wait("notice", |notice| notice["level"] == "warning");
    ben.leave();
}

#[cfg(unix)]
#[test]
fn one_who_stands_still_is_told_of_and_is_back_without_joining_again() {
    let server = TestServer::start();
    let (mut ana, code) = Person::create("Ana", &server.url(), CAMERA);
    let mut ben = Person::join("Ben", &server.url(), &code, CAMERA);
    let (a, b) = (ana.id(), ben.id());
    ana.wait("first_frame", |event| event["from"] == *b);
    ben.wait("first_frame", |event| event["from"] == *a);
    let mark = ana.mark();
    let pid = ben.pid().to_string();
    let signal = |name: &str| {
        let sent = std::process::Command::new("kill").args([name, &pid]).status();
        assert!(sent.is_ok_and(|status| status.success()));
    };
    signal("-STOP");
    ana.wait_since(mark, "peer", |peer| peer["id"] == *b && peer["state"] == "reconnecting");
    let mark = ana.mark();
    signal("-CONT");
    ana.wait_since(mark, "peer", |peer| peer["id"] == *b && peer["state"] == "connected");
    ana.wait_for_more_frames(&b);
    ben.wait_for_more_frames(&a);
    let moved = |event: &&Value| event["event"] == "participant_left" || event["event"] == "room";
    assert_eq!(ana.events.iter().filter(moved).count(), 1, "nobody left");
    assert_eq!(ben.events.iter().filter(moved).count(), 1, "he did not join again");
}
