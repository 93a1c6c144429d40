//! `cargo xtask bench call`: three `headless` processes and a server. Who sees whom how soon and how
//! well, which voice arrives from whom, and whether memory stays flat. `pair` compares two people with
//! two pages of a browser, `lines` gives two people bad lines.

mod browser;
#[cfg(target_os = "linux")]
mod lines;
mod pair;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;

use super::machine::Machine;
use super::report::{Cell, Report, Table};
use super::tone;
use crate::children;
use crate::headless::{Event, Headless};
use crate::server::LocalServer;
use crate::wav;
use crate::workspace::{self, Profile};

/// What `cargo xtask bench call` can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How long the call is watched.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(15..=86_400))]
    seconds: u64,
    /// Only these parts; all of them if none is named.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
}

/// A part of the measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Three in a room.
    Three,
    /// Two at 720p30, beside a browser.
    Pair,
    /// Two over bad lines.
    Lines,
}

/// The people, and the pitch of each one's voice in hertz.
const PEOPLE: [(&str, u32); 3] = [("Anna", 440), ("Ben", 660), ("Cleo", 880)];

/// How long a process may take to be in the room, and to see the others.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the call is recorded: long enough to tell tones apart, short enough for the disk, as a
/// recording keeps each picture too.
const RECORDED: Duration = Duration::from_secs(5);

/// Memory is compared between this time after joining, when all is running, and the end.
const SETTLED_SECS: f64 = 10.0;

/// A person's process, with what it is called in the room.
struct Person {
    name: &'static str,
    id: String,
    process: Headless,
}

/// Measures the call, then records a short one.
pub(super) fn measure(options: &Options, profile: Profile) -> Result<Report> {
    let wanted = |part| options.only.is_empty() || options.only.contains(&part);
    #[cfg(target_os = "linux")]
    if wanted(Part::Lines) {
        crate::netlab::acquire_rights()?;
    }
    let folder = super::scratch("call")?;
    let mut report = Report::new("call", Machine::of_this_process());
    if wanted(Part::Pair) {
        pair::measure(&mut report, profile, &folder)?;
    }
    if wanted(Part::Lines) {
        #[cfg(target_os = "linux")]
        lines::measure(&mut report, profile, &folder)?;
        #[cfg(not(target_os = "linux"))]
        report.goal("bad lines: not measured: they need Linux", false);
    }
    if wanted(Part::Three) {
        three(&mut report, options, profile, &folder)?;
    }
    Ok(report)
}

fn three(report: &mut Report, options: &Options, profile: Profile, folder: &Path) -> Result<()> {
    let server = LocalServer::start(profile, &folder.join("server.log"))?;
    let mut people = gather(profile, &server, folder, false)?;
    eprintln!("call: three in a room; watching for {} s", options.seconds);
    children::pause(Duration::from_secs(options.seconds))?;
    let (pictures, memory) = watch(&mut people);
    leave(people)?;
    judge(report, &pictures, &memory);
    report.table(pictures);
    report.table(memory);

    let people = gather(profile, &server, folder, true)?;
    eprintln!("call: recording for {} s", RECORDED.as_secs());
    children::pause(RECORDED)?;
    let ids: Vec<String> = people.iter().map(|person| person.id.clone()).collect();
    leave(people)?;
    let (voices, right) = listen(folder, &ids)?;
    report.goal("each voice is heard by both others, under its own name", right);
    report.table(voices);
    Ok(())
}

/// Starts the three, one after the other; returns once each sees both others.
fn gather(
    profile: Profile,
    server: &LocalServer,
    folder: &Path,
    record: bool,
) -> Result<Vec<Person>> {
    let program = workspace::program("cinemasync", profile);
    let mut people: Vec<Person> = Vec::new();
    let mut code = String::new();
    for (name, hertz) in PEOPLE {
        let mut arguments: Vec<String> =
            ["headless", "--server", &server.url(), "--name", name, "--camera", "test-pattern"]
                .map(str::to_owned)
                .to_vec();
        arguments.extend(["--microphone".to_owned(), format!("tone:{hertz}")]);
        if people.is_empty() {
            arguments.push("--create".to_owned());
        } else {
            arguments.extend(["--join".to_owned(), code.clone()]);
        }
        if record {
            let recordings = recordings_of(folder, name);
            fs::create_dir_all(&recordings)
                .with_context(|| format!("cannot make {}", recordings.display()))?;
            arguments.extend(["--record".to_owned(), recordings.to_string_lossy().into_owned()]);
        }
        let log = folder.join(format!("{name}{}.log", if record { "-recorded" } else { "" }));
        let mut process = Headless::spawn(name, &program, &arguments, &[], &log)?;
        let room = process.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
        room.text("code").clone_into(&mut code);
        people.push(Person { name, id: room.text("id").to_owned(), process });
    }
    let ids: Vec<String> = people.iter().map(|person| person.id.clone()).collect();
    for person in &mut people {
        for other in ids.iter().filter(|id| **id != person.id) {
            person.process.wait_for("a picture of each other", PATIENCE, |event| {
                event.name() == "first_frame" && event.text("from") == other
            })?;
        }
    }
    Ok(people)
}

fn recordings_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}-recordings"))
}

fn leave(people: Vec<Person>) -> Result<()> {
    people.into_iter().try_for_each(|person| person.process.leave())
}

/// What each process said: of each other's picture and voice, and of itself.
fn watch(people: &mut [Person]) -> (Table, Table) {
    let mut pictures = Table::new(
        "pictures",
        &[
            "at",
            "from",
            "first frame s",
            "fps",
            "decoded",
            "dropped",
            "freezes",
            "delay ms",
            "concealed %",
            "voice dB",
        ],
    );
    let mut memory =
        Table::new("memory", &["of", "rss MiB at 10 s", "rss MiB at the end", "cpu %"]);
    let names: Vec<(String, &str)> = people.iter().map(|p| (p.id.clone(), p.name)).collect();
    for person in people.iter_mut() {
        let own = person.id.clone();
        let history = person.process.history();
        for (id, name) in names.iter().filter(|(id, _)| *id != own) {
            pictures.push(picture_row(person.name, name, id, history));
        }
        memory.push(memory_row(person.name, history));
    }
    (pictures, memory)
}

fn picture_row(at: &'static str, from: &str, id: &str, history: &[Event]) -> Vec<Cell> {
    let looks: Vec<(f64, Value)> = history
        .iter()
        .filter(|event| event.name() == "stats")
        .filter_map(|event| Some((event.seconds(), peer(&event.fields, id)?.clone())))
        .collect();
    let frames = |look: &Value| camera(look)?["frames_decoded"].as_f64();
    let (first, last) = (
        looks.iter().find(|(_, look)| frames(look).is_some_and(|count| count > 0.0)),
        looks.last(),
    );
    let fps = first.zip(last).and_then(|((start, early), (end, late))| {
        Some((frames(late)? - frames(early)?) / (end - start))
    });
    let of_picture = |field: &str| last.and_then(|(_, look)| camera(look)?[field].as_f64());
    let of_voice = |field: &str| last.and_then(|(_, look)| look["audio_in"][field].as_f64());
    vec![
        at.into(),
        from.into(),
        Cell::number(first_frame_after(history, id), 3),
        Cell::number(fps, 1),
        Cell::number(of_picture("frames_decoded"), 0),
        Cell::number(of_picture("frames_dropped"), 0),
        Cell::number(of_picture("freezes"), 0),
        Cell::number(of_picture("capture_to_decode_ms"), 1),
        Cell::number(of_voice("concealed_percent"), 2),
        Cell::number(of_voice("level_db"), 1),
    ]
}

fn memory_row(name: &'static str, history: &[Event]) -> Vec<Cell> {
    let joined = time_of(history, |event| event.name() == "room").unwrap_or(0.0);
    let stats = || history.iter().filter(|event| event.name() == "stats");
    let settled = stats().find(|event| event.seconds() >= joined + SETTLED_SECS);
    let last = stats().next_back();
    let figure = |event: Option<&Event>, field: &str| event.and_then(|e| e.fields[field].as_f64());
    vec![
        name.into(),
        Cell::number(figure(settled, "rss_mib"), 1),
        Cell::number(figure(last, "rss_mib"), 1),
        Cell::number(figure(last, "cpu_percent"), 0),
    ]
}

/// Seconds from the moment at which both were in the room to the first picture.
fn first_frame_after(history: &[Event], id: &str) -> Option<f64> {
    let room = time_of(history, |event| event.name() == "room")?;
    let came =
        time_of(history, |event| event.name() == "participant_joined" && event.text("id") == id);
    let seen = time_of(history, |event| event.name() == "first_frame" && event.text("from") == id)?;
    Some(seen - came.unwrap_or(room))
}

fn time_of(history: &[Event], wanted: impl Fn(&Event) -> bool) -> Option<f64> {
    history.iter().find(|event| wanted(event)).map(Event::seconds)
}

fn peer<'a>(stats: &'a Value, id: &str) -> Option<&'a Value> {
    stats["peers"].as_array()?.iter().find(|peer| peer["id"] == id)
}

/// What was told of the link to `id`, look by look.
fn peers<'a>(looks: &'a [Event], id: &'a str) -> impl Iterator<Item = &'a Value> {
    looks
        .iter()
        .filter(|event| event.name() == "stats")
        .filter_map(move |event| peer(&event.fields, id))
}

fn of_video(looks: &[Event], id: &str, field: &str) -> Vec<f64> {
    peers(looks, id).filter_map(|peer| camera(peer)?[field].as_f64()).collect()
}

fn camera(peer: &Value) -> Option<&Value> {
    peer["video_in"].as_array()?.iter().find(|video| video["source"] == "camera")
}

fn judge(report: &mut Report, pictures: &Table, memory: &Table) {
    let all = |column: &str, good: &dyn Fn(f64) -> bool| {
        let numbers = pictures.numbers(column);
        numbers.len() == pictures.len() && numbers.into_iter().all(good)
    };
    report.goal("first picture within 2 s", all("first frame s", &|seconds| seconds < 2.0));
    report.goal("at least 29 pictures a second of 30", all("fps", &|fps| fps >= 29.0));
    report.goal("no freeze", all("freezes", &|freezes| freezes < 1.0));
    let (early, late) = (memory.numbers("rss MiB at 10 s"), memory.numbers("rss MiB at the end"));
    let flat = early.len() == memory.len()
        && late.len() == memory.len()
        && early.iter().zip(&late).all(|(early, late)| *late <= early * 1.05 + 2.0);
    report.goal("memory grows by less than 5 % + 2 MiB after 10 s", flat);
}

/// Which tone is in which recording; and whether each is in the right one alone.
fn listen(folder: &Path, ids: &[String]) -> Result<(Table, bool)> {
    let mut voices = Table::new("voices", &["at", "from", "seconds", "440 Hz", "660 Hz", "880 Hz"]);
    let mut right = true;
    for (at, _) in PEOPLE {
        for ((from, hertz), id) in PEOPLE.iter().zip(ids).filter(|((from, _), _)| *from != at) {
            let mut row: Vec<Cell> = vec![at.into(), (*from).into()];
            let Some(path) = recording(&recordings_of(folder, at), id)? else {
                right = false;
                row.resize(6, Cell::Missing);
                voices.push(row);
                continue;
            };
            let sound = wav::read(&path)?;
            row.push(Cell::Number(sound.samples.len() as f64 / f64::from(sound.rate), 1));
            for (_, pitch) in PEOPLE {
                let share = tone::share(&sound, f64::from(pitch));
                right &= if pitch == *hertz { share > 0.8 } else { share < 0.05 };
                row.push(Cell::Number(share, 3));
            }
            voices.push(row);
        }
    }
    Ok((voices, right))
}

/// The recorded voice of the participant `id`.
fn recording(folder: &Path, id: &str) -> Result<Option<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.contains(id) && name.ends_with(".wav") {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn history() -> Vec<Event> {
        let stats = |t: f64, frames: u32, rss: f64| {
            json!({ "event": "stats", "t": t, "rss_mib": rss, "cpu_percent": 40.0, "peers": [
                { "id": "b", "audio_in": { "concealed_percent": 0.5, "level_db": -18.0 },
                  "video_in": [{ "source": "camera", "frames_decoded": frames,
                                 "frames_dropped": 0, "freezes": 0 }] } ] })
        };
        [
            json!({ "event": "room", "t": 0.1, "id": "a" }),
            json!({ "event": "participant_joined", "t": 1.0, "id": "b" }),
            json!({ "event": "first_frame", "t": 1.3, "from": "b", "source": "camera" }),
            stats(2.0, 30, 80.0),
            stats(11.0, 300, 90.0),
            stats(12.0, 330, 91.0),
        ]
        .into_iter()
        .map(|fields| Event { fields })
        .collect()
    }

    #[test]
    fn a_first_picture_is_timed_from_the_moment_both_are_there() {
        let first = first_frame_after(&history(), "b").expect("it came");
        assert!((first - 0.3).abs() < 1e-9);
        assert_eq!(first_frame_after(&history(), "c"), None);
    }

    #[test]
    fn frames_a_second_are_counted_over_the_whole_call() {
        let row = picture_row("Anna", "Ben", "b", &history());
        assert_eq!(row[3], Cell::Number(30.0, 1));
        assert_eq!(row[7], Cell::Missing, "a delay that was not told is missing, not 0");
    }

    #[test]
    fn memory_is_compared_from_when_all_is_running() {
        let row = memory_row("Anna", &history());
        assert_eq!(row[1..3], [Cell::Number(90.0, 1), Cell::Number(91.0, 1)]);
    }

    #[test]
    fn a_missing_figure_misses_its_goal() {
        let mut pictures = Table::new("pictures", &["first frame s", "fps", "freezes"]);
        pictures.push(vec![Cell::Number(0.3, 1), Cell::Number(30.0, 1), Cell::Missing]);
        let memory = Table::new("memory", &["rss MiB at 10 s", "rss MiB at the end"]);
        let mut report = Report::new("call", Machine::of_this_process());
        judge(&mut report, &pictures, &memory);
        let met: Vec<bool> = report.json()["goals"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|goal| goal["met"] == true)
            .collect();
        assert_eq!(met, [true, true, false, true]);
    }
}
