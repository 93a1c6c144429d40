//! Who is who: safety codes, and a program that is started again with the key it had or without.

use serde_json::{Value, json};

use crate::person::{Person, text};
use crate::server::TestServer;

const CAMERA: &str = "--camera test-pattern:320x180@15";

fn of<'a>(id: &'a str, field: &'a str, value: &'a Value) -> impl Fn(&Value) -> bool + 'a {
    move |event| event["id"] == id && event[field] == *value
}

#[test]
fn a_program_that_comes_back_without_its_key_waits_for_a_word() {
    let server = TestServer::start();
    let (mut ana, code) = Person::create("Ana", &server.url(), CAMERA);
    let mut ben = Person::join("Ben", &server.url(), &code, CAMERA);
    let (a, b) = (ana.id(), ben.id());
    ana.wait("first_frame", |event| event["from"] == *b);
    let peer = ana.wait("peer", |event| event["id"] == *b && event["safety_code"].is_string());
    assert_eq!(text(&peer, "safety_code").split(' ').count(), 7);
    assert_eq!((&peer["compared"], &peer["other_key"]), (&json!(false), &Value::Null));
    ana.tell(&json!({ "command": "compared", "id": b, "equal": true }));
    ana.wait("peer", of(&b, "compared", &json!(true)));

    // With its key it is the one it was.
    ben.kill();
    let mark = ana.mark();
    let mut ben = ben.start_again(&format!("--resume {CAMERA}"));
    ben.wait("first_frame", |event| event["from"] == *a);
    ana.wait_since(mark, "first_frame", |event| event["from"] == *b);
    let same = ana.wait_since(mark, "peer", |event| {
        event["id"] == *b && event["safety_code"].is_string() && event["state"] == "connected"
    });
    assert_eq!((&same["compared"], &same["other_key"]), (&json!(true), &Value::Null));

    // Without it nothing is sent or shown before a person says so.
    ben.kill();
    ben.lose_key();
    let mark = ana.mark();
    let mut ben = ben.start_again(&format!("--resume {CAMERA}"));
    ana.wait_since(mark, "peer", of(&b, "other_key", &json!("asks")));
    ana.wait_since(mark, "notice", |notice| {
        notice["level"] == "warning" && text(notice, "text").contains("another key than before")
    });
    ana.tell(&json!({ "command": "refuse_key", "id": b }));
    ana.wait_since(mark, "peer", of(&b, "other_key", &json!("refused")));
    let seen = |event: &Value| event["event"] == "first_frame";
    assert!(!ana.events[mark..].iter().any(seen) && !ben.events.iter().any(seen));
    let mark = ana.mark();
    ana.tell(&json!({ "command": "accept_key", "id": b }));
    ana.wait_since(mark, "first_frame", |event| event["from"] == *b);
    ben.wait("first_frame", |event| event["from"] == *a);
    let accepted =
        ana.wait_since(mark, "peer", |event| event["id"] == *b && event["safety_code"].is_string());
    assert_eq!((&accepted["compared"], &accepted["other_key"]), (&json!(false), &Value::Null));
    let theirs = ben.wait("peer", |event| event["id"] == *a && event["safety_code"].is_string());
    assert_eq!(accepted["safety_code"], theirs["safety_code"]);
    for me in [&mut ana, &mut ben] {
        me.leave();
    }
}
