//! `cargo xtask bench sync`: two `headless` processes play one film into two sinks of a sound server
//! of their own; what both would be heard to play is recorded and laid over each other after the
//! start, a seek and a resume.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::correlate;
use super::machine::Machine;
use super::report::{Cell, Report, Table};
use super::sound_server::{RATE, Recording, SoundServer};
use crate::children;
use crate::film;
use crate::headless::{Event, Headless};
use crate::server::LocalServer;
use crate::workspace::{self, Profile};

/// What `cargo xtask bench sync` can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How often start, seek and resume are gone through.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
}

/// Offsets beyond this are not told from one another.
const REACH: Duration = Duration::from_secs(2);

/// After a command, playback is given this long before it is listened to.
const SETTLING: Duration = Duration::from_millis(800);

/// Between two commands of one step.
const BETWEEN_KEYS: Duration = Duration::from_millis(700);

/// How long is listened.
const LISTENED: Duration = Duration::from_secs(4);

/// How long a process may take to be in the room, to know the film, to play.
const PATIENCE: Duration = Duration::from_secs(30);

/// Below this likeness (of 1) the two sinks did not play the same.
const ALIKE: f64 = 0.3;

/// What the issue of the first film night asks for.
const GOAL_MS: f64 = 50.0;

/// Measures the audible offset.
pub(super) fn measure(options: &Options, profile: Profile) -> Result<Report> {
    let folder = super::scratch("sync")?;
    let film = film::ready(180)?;
    let sound = SoundServer::start(&folder)?;
    let server = LocalServer::start(profile, &folder.join("server.log"))?;
    let film = film.to_string_lossy().into_owned();

    let person = |name: &str, sink: &str, room: &[&str]| {
        let mut arguments: Vec<String> =
            ["headless", "--server", &server.url(), "--name", name].map(str::to_owned).to_vec();
        arguments.extend(room.iter().map(|word| (*word).to_owned()));
        arguments.extend(["--film-audio".to_owned(), format!("device:{sink}")]);
        let program = workspace::program("cinemasync", profile);
        let log = folder.join(format!("{name}.log"));
        Headless::spawn(name, &program, &arguments, sound.environment(), &log)
    };
    let mut anna = person("Anna", SoundServer::SINKS[0], &["--create"])?;
    let room = anna.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
    let mut ben = person("Ben", SoundServer::SINKS[1], &["--join", room.text("code")])?;
    let pair = [&mut anna, &mut ben];
    let table = with_film(pair, &film, &sound, &folder, options.rounds)?;
    anna.leave()?;
    ben.leave()?;

    let mut report = Report::new("sync", Machine::of_this_process());
    let offsets = table.numbers("offset ms");
    let met = offsets.len() == table.len() && offsets.iter().all(|offset| offset.abs() <= GOAL_MS);
    report.goal(format!("within {GOAL_MS} ms after start, seek and resume"), met);
    report.table(table);
    Ok(report)
}

/// Gives both the film, and goes through the rounds.
fn with_film(
    [anna, ben]: [&mut Headless; 2],
    film: &str,
    sound: &SoundServer,
    folder: &Path,
    rounds: u32,
) -> Result<Table> {
    for person in [&mut *anna, &mut *ben] {
        person.wait_for("a connection", PATIENCE, |event| {
            event.name() == "peer" && event.text("state") == "connected"
        })?;
    }
    anna.send(&json!({ "command": "open", "path": film }))?;
    let named = |event: &Event| event.name() == "film" && event.fields["name"].is_string();
    let local = |event: &Event| event.name() == "film" && event.text("mine") == "local";
    anna.wait_for("the film", PATIENCE, local)?;
    ben.wait_for("the film's name", PATIENCE, named)?;
    ben.send(&json!({ "command": "attach", "path": film }))?;
    ben.wait_for("the film", PATIENCE, local)?;

    let recording = sound.record(&folder.join("both.s16"))?;
    let mut table = Table::new(
        "audible offset",
        &["round", "after", "offset ms", "likeness", "Anna says ms", "Ben says ms"],
    );
    for round in 1..=rounds {
        let position = f64::from(round - 1) * 20.0 % 120.0;
        let steps: [(&str, Vec<Value>); 3] = [
            (
                "start",
                vec![
                    json!({ "command": "seek", "position": position }),
                    json!({ "command": "play" }),
                ],
            ),
            ("seek", vec![json!({ "command": "seek", "position": position + 30.0 })]),
            ("resume", vec![json!({ "command": "pause" }), json!({ "command": "play" })]),
        ];
        for (step, commands) in steps {
            for command in &commands {
                // Each asks in turn: who asked must not matter.
                let (asking, other) =
                    if round % 2 == 1 { (&mut *anna, &mut *ben) } else { (&mut *ben, &mut *anna) };
                tell_both(asking, other, command)?;
            }
            children::pause(SETTLING)?;
            let start = recording.frames()?;
            children::pause(LISTENED + Duration::from_millis(300))?;
            let mut row: Vec<Cell> = vec![Cell::Number(f64::from(round), 0), step.into()];
            row.extend(compare(&recording, start)?);
            row.extend([&mut *anna, &mut *ben].map(|person| said_offset(person.history())));
            table.push(row);
        }
        anna.send(&json!({ "command": "pause" }))?;
        children::pause(Duration::from_secs(1))?;
    }
    Ok(table)
}

/// One asks, and both say that it took effect; then a moment passes, as between two key presses.
fn tell_both(asking: &mut Headless, other: &mut Headless, command: &Value) -> Result<()> {
    let marks = [asking.mark(), other.mark()];
    asking.send(command)?;
    for (person, mark) in [asking, other].into_iter().zip(marks) {
        person.wait_from(mark, "a change of playback", PATIENCE, |e| e.name() == "playback")?;
    }
    children::pause(BETWEEN_KEYS)
}

/// The offset of the second sink behind the first in ms, and how alike the two are.
fn compare(recording: &Recording, start: usize) -> Result<[Cell; 2]> {
    let [first, second] = recording.read(start, LISTENED)?;
    let reach = (REACH.as_secs_f64() * f64::from(RATE)) as usize;
    let found = correlate::best_match(&first, &second, reach);
    Ok(match found {
        Some(found) if found.likeness >= ALIKE => [
            Cell::Number(found.lag * 1_000.0 / f64::from(RATE), 1),
            Cell::Number(found.likeness, 2),
        ],
        found => [Cell::Missing, Cell::number(found.map(|found| found.likeness), 2)],
    })
}

/// What a process last said of its own offset.
fn said_offset(history: &[Event]) -> Cell {
    let last = history.iter().rev().find(|event| event.name() == "stats");
    Cell::number(last.and_then(|event| event.fields["playback"]["offset_ms"].as_f64()), 1)
}
