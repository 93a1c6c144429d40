//! What is written reaches everybody once, in order, over whichever way is open.

use serde_json::{Value, json};

use crate::person::{Person, text};
use crate::server::{ForeignPeer, TestServer};

const MESSAGES: usize = 20;

fn chats(person: &Person, from: &str) -> Vec<(String, String)> {
    let chat = |event: &&Value| event["event"] == "chat" && event["from"] == from;
    let line = |event: &Value| (text(event, "text").to_owned(), text(event, "via").to_owned());
    person.events.iter().filter(chat).map(line).collect()
}

fn wait_for_channel(person: &mut Person, other: &str) {
    person.peer_stats(0, other, |peer| peer["clock_offset_ms"].is_number());
}

#[test]
fn chat_of_two_reaches_all_three_directly_once_and_in_order() {
    let server = TestServer::start();
    let (ana, code) = Person::create("Ana", &server.url(), "");
    let ben = Person::join("Ben", &server.url(), &code, "");
    let cleo = Person::join("Cleo", &server.url(), &code, "");
    let mut people = [ana, ben, cleo];
    let ids: Vec<String> = people.iter().map(Person::id).collect();
    for (me, person) in people.iter_mut().enumerate() {
        for other in ids.iter().enumerate().filter(|(other, _)| *other != me) {
            wait_for_channel(person, other.1);
        }
    }
    for number in 0..MESSAGES {
        for (me, person) in people.iter_mut().enumerate().take(2) {
            person.say(&format!("{me}: {number} \u{1f44b} \"quoted\" \\"));
        }
    }
    // Each last word comes after everything before it.
    for (me, person) in people.iter_mut().enumerate() {
        for from in (0..2).filter(|from| *from != me) {
            let last = format!("{from}: {} ", MESSAGES - 1);
            person.wait("chat", |chat| text(chat, "text").starts_with(&last));
            let expected: Vec<_> = (0..MESSAGES)
                .map(|n| (format!("{from}: {n} \u{1f44b} \"quoted\" \\"), "peer".to_owned()))
                .collect();
            assert_eq!(chats(person, &ids[from]), expected);
        }
        let own = chats(person, &ids[me]);
        assert!(own.is_empty(), "one's own words are no news: {own:?}");
    }
    people[2].tell(&json!({ "command": "react", "emoji": "\u{1f602}" }));
    for person in &mut people[..2] {
        let reaction = person.wait("reaction", |_| true);
        assert_eq!((text(&reaction, "from"), text(&reaction, "emoji")), (&*ids[2], "\u{1f602}"));
    }
}

#[test]
fn chat_goes_over_the_server_to_whom_no_channel_leads() {
    let server = TestServer::start();
    let (mut ana, code) = Person::create("Ana", &server.url(), "");
    let mut browser = ForeignPeer::join(&server.url(), &code, "Browser");
    ana.wait("participant_joined", |event| event["id"] == *browser.id);
    for number in 0..MESSAGES {
        ana.say(&format!("to you {number}"));
    }
    let mut ids = std::collections::BTreeSet::new();
    for number in 0..MESSAGES {
        let chat = browser.wait("chat_message", |_| true);
        assert_eq!(text(&chat, "text"), format!("to you {number}"));
        assert!(ids.insert(text(&chat, "id").to_owned()), "each has its own id");
    }
    for number in 0..5 {
        let text = format!("to all {number}");
        browser.send(&json!({ "type": "chat_message", "id": format!("b{number}"), "text": text }));
        // The same once more: a repeat is shown once.
        browser.send(&json!({ "type": "chat_message", "id": format!("b{number}"), "text": text }));
    }
    ana.wait("chat", |chat| text(chat, "text") == "to all 4");
    ana.say("over");
    let expected: Vec<_> = (0..5).map(|n| (format!("to all {n}"), "server".to_owned())).collect();
    browser.wait("chat_message", |chat| chat["text"] == "over");
    assert_eq!(chats(&ana, &browser.id), expected);
}

#[test]
fn words_said_while_the_channel_opens_come_once_and_in_order() {
    let server = TestServer::start();
    let (mut ana, code) = Person::create("Ana", &server.url(), "");
    let mut ben = Person::start("Ben", &server.url(), &format!("--join {code}"));
    ana.wait("participant_joined", |_| true);
    let a = ana.id();
    // As fast as they are written until the direct way is surely open.
    let mut said = 0;
    loop {
        ana.say(&said.to_string());
        said += 1;
        let mark = ana.mark();
        let open = ana.events[..mark].iter().any(|event| {
            event["event"] == "stats" && event["peers"][0]["clock_offset_ms"].is_number()
        });
        if open {
            break;
        }
        // The answer to a question paces the words: no sleep, and no flood for the server.
        ana.ask("stats");
        ana.wait_since(mark, "stats", |_| true);
        if said > 40 {
            ana.wait("stats", |stats| stats["peers"][0]["clock_offset_ms"].is_number());
        }
    }
    let last = (said - 1).to_string();
    ben.wait("chat", |chat| chat["text"] == *last);
    let came = chats(&ben, &a);
    let texts: Vec<_> = came.iter().map(|(text, _)| text.clone()).collect();
    let expected: Vec<_> = (0..said).map(|number| number.to_string()).collect();
    assert_eq!(texts, expected);
    let over_server = came.iter().filter(|(_, via)| via == "server").count();
    println!("{over_server} of {said} came over the server");
}
