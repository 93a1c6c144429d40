//! The server goes away in the middle of a call.

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
    let server = TestServer::start_at(address);
    // Rooms do not outlive their server, so each is told, or back in one room.
    for (me, mark) in [(&mut ana, marks[0]), (&mut ben, marks[1])] {
        me.wait_since(mark, "notice", |notice| {
            text(notice, "text").contains("no longer knows this room")
        });
    }
    for (me, other) in [(&mut ana, &b), (&mut ben, &a)] {
        me.wait_for_more_frames(other);
        let left =
            |event: &Value| event["event"] == "participant_left" || event["event"] == "error";
        assert!(!me.events.iter().any(left), "{:?}", me.events.iter().find(|event| left(event)));
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
    ana.wait("participant_left", |left| left["id"] == *b);
    let again = ben.wait_since(mark, "room", |_| true);
    assert_eq!(text(&again, "code"), code);
    let back = text(&again, "id").to_owned();
    assert_eq!(text(&ana.wait("participant_joined", |event| event["id"] == *back), "name"), "Ben");
    ana.wait("first_frame", |event| event["from"] == *back);
    ben.wait_since(mark, "first_frame", |event| event["from"] == *a);
    ben.wait_since(mark, "notice", |notice| text(notice, "text").contains("back in the room"));
    ana.wait_for_more_frames(&back);
    ben.wait_for_more_frames(&a);
    ben.say("here again");
    ana.wait("chat", |chat| chat["text"] == "here again" && chat["from"] == *back);
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
