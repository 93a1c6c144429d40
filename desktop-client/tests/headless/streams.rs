//! A film that only one has, and everybody watches.

use serde_json::json;

use crate::film::{Cinema, wait_for_play};
use crate::person::{Person, text};

/// Somebody without the film, to whom it comes by itself, once it is open.
fn join_and_stream(cinema: &Cinema, name: &str) -> Person {
    let mut person = cinema.join_as(name, "");
    person.wait("film", |film| film["mine"] == "streaming");
    person.wait("stats", |stats| stats["playback"]["state"] != "loading");
    person
}

fn has_all(me: &mut Person) {
    me.wait("stats", |stats| {
        let stream = &stats["playback"]["stream"];
        stream["bytes_total"].as_u64().is_some_and(|total| stream["bytes_have"] == total)
    });
}

#[test]
fn one_copy_is_enough_and_can_be_kept() {
    let Some(mut cinema) = Cinema::open() else { return };
    let mut ben = join_and_stream(&cinema, "Ben");
    ben.ask("play");
    for (who, me) in [("Ana", &mut cinema.ana), ("Ben", &mut ben)] {
        wait_for_play(me, who, "play");
    }
    cinema.ana.tell(&json!({ "command": "seek", "position": 40.0 }));
    for (who, me) in [("Ana", &mut cinema.ana), ("Ben", &mut ben)] {
        me.wait("playback", |event| event["cause"] == "seek");
        wait_for_play(me, who, "seek");
    }
    has_all(&mut ben);
    let kept = cinema.folder.path().join("kept.mkv");
    ben.tell(&json!({ "command": "keep", "path": kept }));
    let told = ben.wait("film_kept", |_| true);
    assert_eq!(text(&told, "path"), kept.to_string_lossy());
    let same = std::fs::read(&kept).expect("it is there")
        == std::fs::read(cinema.film()).expect("the film");
    assert!(same, "byte for byte");
    ben.leave();
    cinema.ana.leave();
}

#[test]
fn whoever_got_the_film_gives_it_when_its_source_is_killed() {
    let Some(mut cinema) = Cinema::open() else { return };
    let mut ben = join_and_stream(&cinema, "Ben");
    has_all(&mut ben);
    ben.ask("play");
    wait_for_play(&mut ben, "Ben", "play");
    cinema.ana.kill();
    let mut cleo = join_and_stream(&cinema, "Cleo");
    wait_for_play(&mut cleo, "Cleo", "coming from Ben alone");
    has_all(&mut cleo);
    cleo.leave();
    ben.leave();
}

#[test]
fn nothing_comes_to_whoever_does_not_want_it_until_it_does() {
    let Some(mut cinema) = Cinema::open() else { return };
    let mut ben = cinema.join("Ben");
    ben.wait("film", |film| film["mine"] == "none" && film["name"].is_string());
    let mark = ben.mark();
    let stats = ben.wait_since(mark, "stats", |_| true);
    assert!(stats["playback"]["stream"].is_null());
    ben.tell(&json!({ "command": "stream_mode", "mode": "ask" }));
    ben.ask("stream");
    ben.wait("film", |film| film["mine"] == "streaming");
    has_all(&mut ben);
    ben.leave();
    cinema.ana.leave();
}

#[test]
fn what_came_goes_on_after_a_start_of_the_program_and_is_gone_when_it_is_forgotten() {
    let Some(mut cinema) = Cinema::open() else { return };
    let mut ben = join_and_stream(&cinema, "Ben");
    has_all(&mut ben);
    ben.leave();
    let mut again = ben.start_again(&cinema.arguments(""));
    // All of it counts again, without any source to ask.
    has_all(&mut again);
    assert_ne!(again.cached(), 0);
    cinema.ana.ask("close");
    again.wait("film", |film| film["name"].is_null());
    again.ask("forget_films");
    // Files are removed off the way of everything else: leaving waits for it.
    again.leave();
    assert_eq!(again.cached(), 0);
    cinema.ana.leave();
}
