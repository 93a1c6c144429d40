//! A film that all see at the same place, from whoever's hand.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::person::{Person, text};
use crate::server::TestServer;

/// Seconds of the film that is made here.
const SECONDS: f64 = 60.0;
/// Only a bound for what is plainly wrong, in milliseconds: how exact playback is is measured
/// elsewhere, on a quiet machine.
const FAR_OFF_MS: f64 = 250.0;

/// A film file, or why there is none.
pub(crate) fn make_film(path: &Path, pitch: u32) -> Result<(), String> {
    let video = format!("testsrc2=size=320x180:rate=25:duration={SECONDS}");
    let audio = format!("sine=frequency={pitch}:duration={SECONDS}");
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", &video, "-f", "lavfi", "-i", &audio])
        .args(["-c:v", "mpeg4", "-q:v", "6", "-c:a", "aac", "-y"])
        .arg(path)
        .stdin(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("ffmpeg cannot make a film here ({status})")),
        Err(error) => Err(format!("there is no ffmpeg here ({error})")),
    }
}

pub(crate) struct Cinema {
    pub(crate) folder: tempfile::TempDir,
    server: TestServer,
    pub(crate) ana: Person,
    code: String,
}

impl Cinema {
    /// Ana in a room with a film, or `None` (and a printed reason) where there can be none.
    pub(crate) fn open() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let film = folder.path().join("film.mkv");
        if let Err(reason) = make_film(&film, 300) {
            println!("skipped: {reason}");
            return None;
        }
        let server = TestServer::start();
        let film = film.display().to_string();
        let arguments = ["--create", "--film", &film, "--film-audio", "none"];
        let mut ana = Person::start_with("Ana", &server.url(), &arguments);
        let code = text(&ana.wait("room", |_| true), "code").to_owned();
        // Figures come once a second until the film stands, or one is told that there is no player.
        loop {
            let mark = ana.mark();
            let stats = ana.wait_since(mark, "stats", |_| true);
            if stats["playback"]["state"] == "paused" {
                return Some(Self { folder, server, ana, code });
            }
            let missing = |event: &&Value| {
                event["event"] == "error" && text(event, "text").contains("libmpv")
            };
            if let Some(error) = ana.events.iter().find(missing) {
                println!("skipped: {}", text(error, "text"));
                return None;
            }
        }
    }

    pub(crate) fn film(&self) -> PathBuf {
        self.folder.path().join("film.mkv")
    }

    /// A copy of the film under another name.
    pub(crate) fn copy(&self) -> PathBuf {
        let copy = self.folder.path().join("copy of film.mkv");
        std::fs::copy(self.film(), &copy).expect("it can be copied");
        copy
    }

    /// Somebody without a copy, to whom none comes by itself.
    pub(crate) fn join(&self, name: &str) -> Person {
        self.join_as(name, "--no-stream")
    }

    /// Somebody without a copy.
    pub(crate) fn join_as(&self, name: &str, options: &str) -> Person {
        let options = format!("--film-audio none {options}");
        Person::join(name, &self.server.url(), &self.code, &options)
    }

    /// With what one starts who joins.
    pub(crate) fn arguments(&self, options: &str) -> String {
        format!("--join {} --film-audio none {options}", self.code)
    }
}

pub(crate) fn attach(path: &Path) -> Value {
    json!({ "command": "attach", "path": path })
}

/// Waits until this one plays (after the mark) at its place, and returns how far off it is.
pub(crate) fn wait_for_play(me: &mut Person, who: &str, after: &str) -> Value {
    let mark = me.mark();
    let near = |stats: &Value| {
        let playback = &stats["playback"];
        playback["state"] == "playing"
            && playback["offset_ms"].as_f64().is_some_and(|offset| offset.abs() < FAR_OFF_MS)
    };
    let stats = me.wait_since(mark, "stats", near);
    let playback = &stats["playback"];
    println!("{who} after {after}: {} ms off at {}", playback["offset_ms"], playback["position"]);
    playback.clone()
}

#[test]
fn a_film_plays_for_all_and_obeys_everybody() {
    let Some(mut cinema) = Cinema::open() else { return };
    let shown = cinema.ana.wait("film", |film| film["mine"] == "local");
    assert_eq!(text(&shown, "name"), "film.mkv");
    let mut ben = cinema.join("Ben");
    let asked = ben.wait("film", |film| film["mine"] == "none" && film["name"].is_string());
    assert_eq!((text(&asked, "name"), text(&asked, "from")), ("film.mkv", &*cinema.ana.id()));
    assert_eq!(asked["bytes"], shown["bytes"]);
    let copy = cinema.copy();
    ben.tell(&attach(&copy));
    ben.wait("film", |film| film["mine"] == "local");
    ben.wait("stats", |stats| stats["playback"]["state"] == "paused");

    let (a, b) = (cinema.ana.id(), ben.id());
    let ana = &mut cinema.ana;
    ben.ask("play");
    for me in [&mut *ana, &mut ben] {
        let event = me.wait("playback", |event| event["cause"] == "play");
        assert_eq!((text(&event, "by"), &event["playing"]), (&*b, &true.into()));
    }
    for (who, me) in [("Ana", &mut *ana), ("Ben", &mut ben)] {
        wait_for_play(me, who, "play");
    }
    ana.ask("pause");
    let mut places = Vec::new();
    for me in [&mut *ana, &mut ben] {
        let event = me.wait("playback", |event| event["cause"] == "pause");
        assert_eq!((text(&event, "by"), &event["playing"]), (&*a, &false.into()));
        let mark = me.mark();
        let stats = me.wait_since(mark, "stats", |stats| {
            let playback = &stats["playback"];
            let off = |field: &str| playback[field].as_f64().unwrap_or(f64::NAN);
            playback["state"] == "paused" && (off("position") - off("target")).abs() < 0.25
        });
        places.push(stats["playback"]["position"].as_f64().expect("a place"));
    }
    println!("paused at {places:?}");
    for (number, (position, by)) in [(40.0, 0), (10.0, 1)].into_iter().enumerate() {
        let marks = [ana.mark(), ben.mark()];
        let who = if by == 0 { &mut *ana } else { &mut ben };
        who.tell(&json!({ "command": "seek", "position": position }));
        for (me, mark) in [(&mut *ana, marks[0]), (&mut ben, marks[1])] {
            let event = me.wait_since(mark, "playback", |event| event["cause"] == "seek");
            assert_eq!(event["position"], position);
            // Figures come once a second: what plays is only known to be somewhat further.
            let further = if number == 0 { 0.3 } else { 25.0 };
            me.wait_since(mark, "stats", |stats| {
                let place = stats["playback"]["position"].as_f64().unwrap_or(f64::NAN);
                (position - 0.3..position + further).contains(&place)
            });
        }
        if number == 0 {
            ana.ask("play");
            for me in [&mut *ana, &mut ben] {
                me.wait_since(marks[0].min(marks[1]), "playback", |event| event["playing"] == true);
            }
        }
    }
    for (who, me) in [("Ana", &mut *ana), ("Ben", &mut ben)] {
        wait_for_play(me, who, "seek");
    }
    // Somebody comes late.
    let options = "--no-stream --film-audio none";
    let mut cleo = Person::join("Cleo", &cinema.server.url(), &cinema.code, options);
    cleo.wait("film", |film| film["mine"] == "none" && film["name"].is_string());
    cleo.tell(&attach(&copy));
    cleo.wait("playback", |event| event["cause"] == "join");
    let late = wait_for_play(&mut cleo, "Cleo", "joining late");
    assert!(late["position"].as_f64().is_some_and(|position| position > 10.0), "{late}");
    for (who, me) in [("Ana", &mut *ana), ("Ben", &mut ben)] {
        wait_for_play(me, who, "somebody joined");
    }
    // One who is killed and comes back with the film is where the others are.
    ben.kill();
    let path = copy.display().to_string();
    let arguments = ["--join", &cinema.code, "--film", &path, "--film-audio", "none"];
    let mut ben = Person::start_with("Ben", &cinema.server.url(), &arguments);
    let before = ana.mark();
    ana.wait("participant_left", |left| left["id"] == *b);
    wait_for_play(&mut ben, "Ben", "coming back");
    wait_for_play(ana, "Ana", "Ben's coming back");
    let disturbed = ana.events[before..].iter().find(|event| event["event"] == "film");
    assert!(disturbed.is_none(), "the film is not begun anew: {disturbed:?}");
    for me in [ana, &mut ben, &mut cleo] {
        me.leave();
    }
}

#[test]
fn another_file_and_no_film_at_all_are_told() {
    let Some(mut cinema) = Cinema::open() else { return };
    let mut ben = cinema.join("Ben");
    ben.wait("film", |film| film["name"].is_string());
    let other = cinema.folder.path().join("other.mkv");
    make_film(&other, 500).expect("it could be made before");
    ben.tell(&attach(&other));
    let error = ben.wait("error", |error| error["code"] == "wrong_film");
    println!("{}", text(&error, "text"));

    let words = cinema.folder.path().join("words.mkv");
    std::fs::write(&words, "This is a letter.\n".repeat(100)).expect("it can be written");
    let mark = ben.mark();
    ben.tell(&attach(&words));
    ben.wait_since(mark, "error", |_| true);
    let missing = cinema.folder.path().join("missing.mkv");
    let mark = ben.mark();
    ben.tell(&attach(&missing));
    let error = ben.wait_since(mark, "error", |error| error["code"] == "film");
    println!("{}", text(&error, "text"));

    // The right one is still welcome.
    let copy = cinema.copy();
    ben.tell(&attach(&copy));
    ben.wait("film", |film| film["mine"] == "local");
    // A letter shown to all cannot be played, and the call goes on.
    let mark = ben.mark();
    ben.tell(&json!({ "command": "open", "path": words }));
    let error = ben.wait_since(mark, "error", |_| true);
    println!("{}", text(&error, "text"));
    ben.say("sorry");
    cinema.ana.wait("chat", |chat| chat["text"] == "sorry");
}

#[test]
fn a_loudspeaker_for_the_film_that_is_missing_is_told_and_the_call_goes_on() {
    let Some(mut cinema) = Cinema::open() else { return };
    let arguments = format!("--join {} --film-audio device:no-such-loudspeaker", cinema.code);
    let mut ben = Person::start("Ben", &cinema.server.url(), &arguments);
    ben.wait("film", |film| film["name"].is_string());
    let copy = cinema.copy();
    ben.tell(&attach(&copy));
    let error = ben.wait("error", |error| error["code"] == "film");
    println!("{}", text(&error, "text"));
    let mark = ben.events.len();
    let told = |film: &Value| film["mine"] == "none";
    let none = ben.events.iter().rfind(|event| event["event"] == "film").is_some_and(told);
    if !none {
        ben.wait_since(mark, "film", told);
    }
    ben.say("I only listen");
    cinema.ana.wait("chat", |chat| chat["text"] == "I only listen");
    ben.leave();
}
