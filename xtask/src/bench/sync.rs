//! `cargo xtask bench sync`: two `headless` processes play one film into two sinks of a sound server
//! of their own; what both would be heard to play is recorded and laid over each other, window by
//! window: after starts, seeks and resumes, after one was held up, and while nothing happens. Then over
//! a line of 40 ms, and then Syncplay with mpv does the same.

#[cfg(target_os = "linux")]
mod far;
mod offsets;
mod syncplay;

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::machine::Machine;
use super::report::{Cell, Report, Table};
use super::sound_server::{Recording, SoundServer};
use crate::children;
use crate::film;
use crate::headless::{Event, Headless};
use crate::server::LocalServer;
use crate::shell::Invocation;
use crate::workspace::{self, Profile};
use offsets::{Course, quantile};

/// What `cargo xtask bench sync` can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How often start, seek and resume are gone through.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// For how many seconds it then plays undisturbed; the figure is asked for over 600.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(10..=3_600))]
    steady: u32,
    /// Leave the comparison with Syncplay out.
    #[arg(long)]
    alone: bool,
}

/// How long is listened after each step.
const LISTENED: Duration = Duration::from_secs(5);
/// Between two commands.
const BETWEEN: Duration = Duration::from_secs(1);
/// How long a process may take to be in the room, to know the film, to play.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one of them is held up, so that its sound runs dry for about 300 ms.
const HELD_UP: Duration = Duration::from_millis(500);
/// While it plays undisturbed it is listened to so often, for so long.
const STEADY_EVERY: Duration = Duration::from_secs(5);
const STEADY_LISTENED: Duration = Duration::from_secs(1);

/// What the issue of this film night asks for.
const TOGETHER_MS: f64 = 20.0;
const MEDIAN_SECS: f64 = 0.5;
const WORST_SECS: f64 = 2.0;
const AFTER_UNDERRUN_SECS: f64 = 3.0;
const STEADY_MEDIAN_MS: f64 = 5.0;
const STEADY_P95_MS: f64 = 15.0;

/// Measures the audible offset.
pub(super) fn measure(options: &Options, profile: Profile) -> Result<Report> {
    let folder = super::scratch("sync")?;
    let film = film::noise(900)?;
    let sound = SoundServer::start(&folder)?;
    let film = film.to_string_lossy().into_owned();
    let mut report = Report::new("sync", Machine::of_this_process());
    let mut table = Table::new(
        "audible offset",
        &["who", "step", "together after s", "offset at the end ms", "likeness"],
    );
    ours(options, profile, &folder, &sound, &film, &mut report, &mut table)?;
    #[cfg(target_os = "linux")]
    far::measure(profile, &folder, &sound, &film, &mut report)?;
    #[cfg(not(target_os = "linux"))]
    report.goal("a line of 40 ms: not measured: it needs Linux", false);
    if !options.alone {
        match syncplay::measure(options.rounds, &folder, &sound, &film, &mut table) {
            Ok(()) => {}
            Err(error) => {
                children::check_interrupted()?;
                eprintln!("sync: Syncplay was not measured: {error:#}");
            }
        }
    }
    report.table(table);
    Ok(report)
}

/// Two of ours, on one machine.
fn ours(
    options: &Options,
    profile: Profile,
    folder: &Path,
    sound: &SoundServer,
    film: &str,
    report: &mut Report,
    table: &mut Table,
) -> Result<()> {
    let server = LocalServer::start(profile, &folder.join("server.log"))?;
    let person = |name: &str, sink: &str, room: &[&str]| {
        let mut arguments: Vec<String> =
            ["headless", "--server", &server.url(), "--name", name].map(str::to_owned).to_vec();
        arguments.extend(room.iter().map(|word| (*word).to_owned()));
        // Each plays a copy of its own: here players are measured, not lines.
        arguments.extend(["--no-stream", "--film-audio"].map(str::to_owned));
        arguments.push(format!("device:{sink}"));
        let program = workspace::program("cinemasync", profile);
        let log = folder.join(format!("{name}.log"));
        Headless::spawn(name, &program, &arguments, sound.environment(), &log)
    };
    let mut anna = person("Anna", SoundServer::SINKS[0], &["--create"])?;
    let room = anna.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
    let mut ben = person("Ben", SoundServer::SINKS[1], &["--join", room.text("code")])?;
    give_both(&mut anna, &mut ben, film)?;
    let recording = sound.record(&folder.join("both.s16"))?;
    let steps = through_the_steps([&mut anna, &mut ben], &recording, options.rounds, table)?;
    goals_of_steps(report, &steps);

    let underrun = held_up(&mut anna, &mut ben, &recording, table)?;
    report.goal(
        format!(
            "one who was held up is within {TOGETHER_MS} ms after {AFTER_UNDERRUN_SECS} s: {}",
            seconds(underrun)
        ),
        underrun.is_some_and(|after| after <= AFTER_UNDERRUN_SECS),
    );

    eprintln!("sync: undisturbed for {} s", options.steady);
    // Longer than what is left of the film otherwise.
    tell_both(&mut anna, &mut ben, &json!({ "command": "seek", "position": 0.0 }))?;
    children::pause(LISTENED)?;
    let mark = anna.mark();
    let offsets = undisturbed(&recording, options.steady)?;
    let (median, p95) = (quantile(&offsets, 0.5), quantile(&offsets, 0.95));
    let mut steady = Table::new(
        "undisturbed",
        &[
            "seconds",
            "looks",
            "median ms",
            "p95 ms",
            "worst ms",
            "speed was corrected in % of seconds",
        ],
    );
    let corrected = |event: &&Event| {
        let speed = event.fields["playback"]["speed"].as_f64().unwrap_or(1.0);
        event.name() == "stats" && (speed - 1.0).abs() > 1e-4
    };
    let since = &anna.history()[mark..];
    let stats = since.iter().filter(|event| event.name() == "stats").count().max(1);
    let share = 100.0 * since.iter().filter(corrected).count() as f64 / stats as f64;
    steady.push(vec![
        Cell::Number(f64::from(options.steady), 0),
        Cell::Number(offsets.len() as f64, 0),
        Cell::number(median, 1),
        Cell::number(p95, 1),
        Cell::number(quantile(&offsets, 1.0), 1),
        Cell::Number(share, 1),
    ]);
    report.table(steady);
    report.goal(
        format!(
            "undisturbed within {STEADY_MEDIAN_MS} ms (median) and {STEADY_P95_MS} ms (p95): {:.1} and {:.1}",
            median.unwrap_or(f64::NAN),
            p95.unwrap_or(f64::NAN)
        ),
        median.is_some_and(|median| median <= STEADY_MEDIAN_MS)
            && p95.is_some_and(|p95| p95 <= STEADY_P95_MS),
    );
    anna.leave()?;
    ben.leave()
}

/// Connects both and gives each the film.
fn give_both(anna: &mut Headless, ben: &mut Headless, film: &str) -> Result<()> {
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
    for person in [anna, ben] {
        person.wait_for("the film to be open", PATIENCE, |event| {
            event.name() == "stats" && event.fields["playback"]["state"] == "paused"
        })?;
    }
    Ok(())
}

/// Goes through start, seek and resume; when both were together after each, in seconds.
fn through_the_steps(
    [anna, ben]: [&mut Headless; 2],
    recording: &Recording,
    rounds: u32,
    table: &mut Table,
) -> Result<Vec<Option<f64>>> {
    let mut together = Vec::new();
    for round in 0..rounds {
        // Each asks in turn: who asked must not matter.
        let (asking, other) =
            if round % 2 == 0 { (&mut *anna, &mut *ben) } else { (&mut *ben, &mut *anna) };
        let position = f64::from(round) * 37.0 % 700.0;
        tell_both(asking, other, &json!({ "command": "seek", "position": position }))?;
        children::pause(BETWEEN)?;
        let seek = json!({ "command": "seek", "position": position + 60.0 });
        for (step, command) in [
            ("start", json!({ "command": "play" })),
            ("seek", seek),
            ("resume", json!({ "command": "play" })),
        ] {
            if step == "resume" {
                tell_both(asking, other, &json!({ "command": "pause" }))?;
                children::pause(BETWEEN)?;
            }
            let start = recording.frames()?;
            tell_both(asking, other, &command)?;
            children::pause(LISTENED)?;
            let course = Course::listen(recording, start, LISTENED)?;
            together.push(course.together_after(TOGETHER_MS));
            table.push(course.row("CinemaSync", step, TOGETHER_MS));
        }
        tell_both(asking, other, &json!({ "command": "pause" }))?;
        children::pause(BETWEEN)?;
    }
    Ok(together)
}

fn goals_of_steps(report: &mut Report, steps: &[Option<f64>]) {
    let known: Vec<f64> = steps.iter().copied().flatten().collect();
    let all = known.len() == steps.len();
    let (median, worst) = (quantile(&known, 0.5), quantile(&known, 1.0));
    report.goal(
        format!(
            "within {TOGETHER_MS} ms after {MEDIAN_SECS} s (median) and {WORST_SECS} s (worst) of {} steps: {} and {}",
            steps.len(),
            seconds(median),
            seconds(worst.filter(|_| all))
        ),
        all && median.is_some_and(|median| median <= MEDIAN_SECS)
            && worst.is_some_and(|worst| worst <= WORST_SECS),
    );
}

/// Ben's process is stopped for a moment, so that his sound runs dry; when both were together again.
fn held_up(
    anna: &mut Headless,
    ben: &mut Headless,
    recording: &Recording,
    table: &mut Table,
) -> Result<Option<f64>> {
    tell_both(anna, ben, &json!({ "command": "play" }))?;
    children::pause(Duration::from_secs(12))?;
    let pid = ben.id().to_string();
    Invocation::new("kill").args(["-STOP", &pid]).run_quietly()?;
    let waited = children::pause(HELD_UP);
    Invocation::new("kill").args(["-CONT", &pid]).run_quietly()?;
    waited?;
    let start = recording.frames()?;
    let listened = Duration::from_secs(8);
    children::pause(listened)?;
    let course = Course::listen(recording, start, listened)?;
    table.push(course.row("CinemaSync", "held up", TOGETHER_MS));
    Ok(course.together_after(TOGETHER_MS))
}

/// How far both are apart while nothing happens, in ms, without the sign.
fn undisturbed(recording: &Recording, seconds: u32) -> Result<Vec<f64>> {
    let mut offsets = Vec::new();
    for _ in 0..seconds / STEADY_EVERY.as_secs() as u32 {
        children::pause(STEADY_EVERY)?;
        let back =
            (STEADY_LISTENED.as_secs_f64() * 2.0 * f64::from(super::sound_server::RATE)) as usize;
        let start = recording.frames()?.saturating_sub(back);
        let course = Course::listen(recording, start, STEADY_LISTENED)?;
        offsets.push(course.median().map_or(f64::INFINITY, f64::abs));
    }
    Ok(offsets)
}

/// One asks, and both say that it took effect.
fn tell_both(asking: &mut Headless, other: &mut Headless, command: &Value) -> Result<()> {
    let marks = [asking.mark(), other.mark()];
    asking.send(command)?;
    for (person, mark) in [asking, other].into_iter().zip(marks) {
        person.wait_from(mark, "a change of playback", PATIENCE, |e| e.name() == "playback")?;
    }
    Ok(())
}

fn seconds(after: Option<f64>) -> String {
    after.map_or("never".to_owned(), |after| format!("{after:.1} s"))
}
