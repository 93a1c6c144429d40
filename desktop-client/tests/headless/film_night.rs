//! What people do around a film: get ready, take things back, queue, add subtitles, watch another cut.

use serde_json::{Value, json};

use crate::film::{Cinema, attach, make_film, wait_for_play};
use crate::person::{Person, text};

/// Ben is there, too, with his own copy of the film.
fn with_ben(cinema: &Cinema) -> Person {
    let mut ben = cinema.join("Ben");
    ben.wait("film", |film| film["name"].is_string());
    ben.tell(&attach(&cinema.copy()));
    ben.wait("stats", |stats| stats["playback"]["state"] == "paused");
    ben
}

/// Both hear that playback changed for this reason, after the marks.
fn both_hear(people: [(&mut Person, usize); 2], cause: &str) -> Value {
    let mut last = Value::Null;
    for (person, mark) in people {
        last = person.wait_since(mark, "playback", |event| event["cause"] == cause);
    }
    last
}

#[test]
fn a_ready_check_an_undo_and_a_host_who_steers_alone() {
    let Some(mut cinema) = Cinema::open() else { return };
    let mut ben = with_ben(&cinema);
    let (a, b) = (cinema.ana.id(), ben.id());
    let ana = &mut cinema.ana;
    ana.tell(&json!({ "command": "rules", "ready_check": true }));
    ben.wait("notice", |notice| text(notice, "text").contains("everybody is ready"));
    ana.ask("play");
    for me in [&mut *ana, &mut ben] {
        let waiting = me.wait("waiting", |_| true);
        assert_eq!((&waiting["for"], &waiting["why"]), (&json!([b]), &json!("not_ready")));
    }
    let marks = [ana.mark(), ben.mark()];
    ben.tell(&json!({ "command": "ready", "value": true }));
    let started = both_hear([(&mut *ana, marks[0]), (&mut ben, marks[1])], "resumed");
    assert_eq!(started["playing"], true);
    wait_for_play(&mut ben, "Ben", "the ready check");

    let marks = [ana.mark(), ben.mark()];
    ben.ask("pause");
    both_hear([(&mut *ana, marks[0]), (&mut ben, marks[1])], "pause");
    ana.ask("undo");
    let again = both_hear([(&mut *ana, marks[0]), (&mut ben, marks[1])], "play");
    assert_eq!(text(&again, "by"), a);

    ana.tell(&json!({ "command": "rules", "steering": "host" }));
    ben.wait("notice", |notice| text(notice, "text").contains("may steer"));
    ben.ask("pause");
    let refused = ben.wait("error", |error| error["code"] == "not_host");
    println!("{}", text(&refused, "text"));
    wait_for_play(ana, "Ana", "what Ben may not do");
    // Everybody knows how far the others are off.
    let mark = ben.mark();
    ben.peer_stats(mark, &a, |peer| peer["film_offset_ms"].is_f64());
    // Both have read their copies through by now, or soon will have.
    ben.peer_stats(mark, &a, |peer| peer["same_film"] == true);
    ana.leave();
    ben.leave();
}

#[test]
fn the_next_film_plays_by_itself_and_messages_know_their_place() {
    let Some(mut cinema) = Cinema::open() else { return };
    let mut ben = with_ben(&cinema);
    let next = cinema.folder.path().join("next.mkv");
    make_film(&next, 500).expect("it could be made before");
    let ana = &mut cinema.ana;
    ana.tell(&json!({ "command": "queue", "path": next }));
    let queue = ben.wait("queue", |queue| !queue["films"].as_array().is_none_or(Vec::is_empty));
    assert_eq!(queue["films"][0]["name"], "next.mkv");
    ana.tell(&json!({ "command": "seek", "position": 58.0 }));
    ana.ask("play");
    for me in [&mut *ana, &mut ben] {
        me.wait("film", |film| film["name"] == "next.mkv");
    }
    wait_for_play(ana, "Ana", "the next film");
    ana.tell(&json!({ "command": "chat", "text": "look there", "at_film": true }));
    let line = ben.wait("chat", |chat| chat["text"] == "look there");
    assert!(line["film_position"].as_f64().is_some_and(|place| place > 0.0), "{line}");
    ana.leave();
    ben.leave();
}

#[test]
fn subtitles_are_added_offered_and_taken_and_another_cut_is_followed() {
    let Some(mut cinema) = Cinema::open() else { return };
    let cut = cinema.folder.path().join("cut.mkv");
    make_film(&cut, 500).expect("it could be made before");
    let words = cinema.folder.path().join("film.de.srt");
    let line = |number: usize| {
        format!(
            "{number}\n00:00:{:02},000 --> 00:00:{:02},900\nZeile {number}\n\n",
            number % 60,
            number % 60
        )
    };
    std::fs::write(&words, (1..400).map(line).collect::<String>()).expect("it can be written");
    let mut ben = cinema.join("Ben");
    ben.wait("film", |film| film["name"].is_string());
    ben.tell(&attach(&cut));
    let refused = ben.wait("error", |error| error["code"] == "wrong_film");
    println!("{}", text(&refused, "text"));
    ben.tell(&json!({ "command": "attach", "path": cut, "other_cut": true }));
    ben.wait("stats", |stats| stats["playback"]["state"] == "paused");
    ben.tell(&json!({ "command": "film_shift", "seconds": 2.0 }));

    let ana = &mut cinema.ana;
    let before = ana.wait("stats", |stats| stats["playback"]["state"] == "paused");
    let tracks = before["playback"]["tracks"].as_u64().expect("a number");
    ana.tell(&json!({ "command": "add_subtitle", "path": words }));
    ana.wait("stats", |stats| stats["playback"]["tracks"] == tracks + 1);
    let offer = ben.wait("subtitle_offer", |_| true);
    assert_eq!((text(&offer, "name"), text(&offer, "from")), ("film.de.srt", &*ana.id()));
    let take =
        json!({ "command": "take_subtitle", "from": offer["from"], "number": offer["number"] });
    ben.tell(&take);
    let shown = |stats: &Value| {
        stats["playback"]["tracks"] == tracks + 1 && stats["playback"]["subtitle_track"] == 1
    };
    ben.wait("stats", shown);
    ana.ask("play");
    for (who, me) in [("Ana", &mut *ana), ("Ben", &mut ben)] {
        wait_for_play(me, who, "the start with another cut");
    }
    ana.leave();
    ben.leave();
}
