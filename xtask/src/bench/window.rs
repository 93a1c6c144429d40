//! `cargo xtask bench window`: how soon the lobby is there and what it takes, what a frame costs the window's
//! thread while a film and three faces play, and that nothing is drawn where nothing changes.

mod memory;
mod watched;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::json;

use super::cost;
use super::machine::Machine;
use super::report::{Cell, Report, Table};
use super::search::percentile;
use crate::children;
use crate::display::Display;
use crate::film;
use crate::headless::Headless;
use crate::server::LocalServer;
use crate::workspace::{self, Profile};
use watched::{Said, Watched};

/// How often the lobby is started.
const STARTS: usize = 7;
/// How long things come to rest.
const SETTLE: Duration = Duration::from_secs(5);
/// How long idle windows are watched.
const IDLE: Duration = Duration::from_secs(10);
/// How long frames of the film are counted.
const PLAYING: Duration = Duration::from_secs(20);
/// How often a key is pressed.
const PRESSES: usize = 20;
/// Until it is pressed again: what the last one set off has come to rest.
const BETWEEN_PRESSES: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_secs(60);
/// Fewer frames in a second tell nothing: neither the film nor the faces run then.
const LEAST_FPS: f64 = 15.0;

/// The goals.
const MOST_START_SECS: f64 = 0.5;
const MOST_LOBBY_MB: f64 = 90.0;
const MOST_IDLE_PERCENT: f64 = 1.0;
const MOST_FRAME_MS: f64 = 8.0;

/// No device is needed for these figures.
const NO_DEVICES: [&str; 6] = ["--camera", "none", "--microphone", "none", "--speaker", "none"];

/// Measures all of it.
pub(super) fn measure(profile: Profile) -> Result<Report> {
    let folder = super::scratch("window")?;
    let film = film::full_hd(60)?;
    let display = Display::start(&folder)?;
    let mut report = Report::new("window", Machine::of_this_process());
    eprintln!("window: start");
    start(profile, &display, &folder, &mut report)?;
    eprintln!("window: an idle lobby");
    lobby(profile, &display, &folder, &mut report)?;
    eprintln!("window: a paused room");
    paused(profile, &display, &folder, &film, &mut report)?;
    eprintln!("window: a film and three faces");
    playing(profile, &display, &folder, &film, &mut report)?;
    Ok(report)
}

/// From the start of the program until its first frame is on the screen: the lobby, to be used.
fn start(profile: Profile, display: &Display, folder: &Path, report: &mut Report) -> Result<()> {
    let mut seconds = Vec::new();
    for _ in 0..STARTS {
        let window = Watched::start(profile, display, &folder.join("own"), &NO_DEVICES)?;
        let shown = window.next_shown(PATIENCE)?;
        seconds.push(shown.duration_since(window.started).as_secs_f64());
    }
    let mut table = Table::new("start to lobby, s", &["first", "median", "slowest"]);
    let (first, median) = (seconds[0], percentile(&mut seconds, 0.5));
    table.push(vec![
        Cell::Number(first, 2),
        Cell::Number(median, 2),
        Cell::Number(percentile(&mut seconds, 1.0), 2),
    ]);
    report.table(table);
    report.goal(
        format!("the lobby is there within {MOST_START_SECS} s: {median:.2} s"),
        median <= MOST_START_SECS,
    );
    Ok(())
}

/// What the lobby takes while nobody does anything.
fn lobby(profile: Profile, display: &Display, folder: &Path, report: &mut Report) -> Result<()> {
    let mut window = Watched::start(profile, display, &folder.join("own"), &NO_DEVICES)?;
    window.next_shown(PATIENCE)?;
    children::pause(SETTLE)?;
    let (began, before) = (Instant::now(), cost::of_family(window.id())?);
    let frames = shown(&window.during(IDLE)?).len();
    let used = cost::of_family(window.id())? - before;
    let percent = 100.0 * used / began.elapsed().as_secs_f64();
    let resident = memory::of(window.id())?;
    let ours = resident.whole_mb - resident.driver_mb;
    let mut table = Table::new(
        "an idle lobby",
        &["CPU %", "frames in 10 s", "resident MB", "driver's libraries MB", "the rest MB"],
    );
    table.push(vec![
        Cell::Number(percent, 2),
        Cell::Number(frames as f64, 0),
        Cell::Number(resident.whole_mb, 1),
        Cell::Number(resident.driver_mb, 1),
        Cell::Number(ours, 1),
    ]);
    report.table(table);
    report.goal(
        format!("an idle lobby uses at most {MOST_IDLE_PERCENT} % of a core: {percent:.2} %"),
        percent <= MOST_IDLE_PERCENT,
    );
    report.goal(
        format!("at most {MOST_LOBBY_MB} MB beside the driver's libraries: {ours:.1} MB"),
        ours <= MOST_LOBBY_MB,
    );
    Ok(())
}

/// A room whose film is paused: nothing is drawn, and a key is answered by the next frame.
fn paused(
    profile: Profile,
    display: &Display,
    folder: &Path,
    film: &Path,
    report: &mut Report,
) -> Result<()> {
    let server = LocalServer::start(profile, &folder.join("server.log"))?;
    let (url, film) = (server.url(), film.to_string_lossy());
    let mut words = vec!["--server", &url, "--create", "--name", "Ben", "--film", &film];
    words.extend(NO_DEVICES);
    words.extend(["--film-audio", "none"]);
    let window = Watched::start(profile, display, &folder.join("ben"), &words)?;
    window.next_shown(PATIENCE)?;
    children::pause(2 * SETTLE)?;
    let frames = shown(&window.during(IDLE)?).len();
    let mut table =
        Table::new("a paused room", &["frames in 10 s", "key to frame ms", "slowest ms"]);
    let mut answers = presses(&window, display)?;
    let (median, slowest) = (percentile(&mut answers, 0.5), percentile(&mut answers, 1.0));
    table.push(vec![
        Cell::Number(frames as f64, 0),
        Cell::Number(median, 1),
        Cell::Number(slowest, 1),
    ]);
    report.table(table);
    report.goal(format!("nothing is drawn in a paused room: {frames} frames"), frames == 0);
    Ok(())
}

/// Opens and closes the list of keys again and again: milliseconds from before the key is pressed until the
/// frame that took it is on the screen. The program that presses keys takes its part of that.
fn presses(window: &Watched, display: &Display) -> Result<Vec<f64>> {
    let xdotool = |words: &[&str]| -> Result<()> {
        let mut command = Command::new("xdotool");
        command.args(words).envs(display.environment()).stdout(Stdio::null());
        if command.status().is_ok_and(|status| status.success()) {
            return Ok(());
        }
        bail!("xdotool cannot press a key; run `cargo xtask setup`")
    };
    // Without a window manager nobody gives a window the keys.
    xdotool(&["search", "--onlyvisible", "--name", "CinemaSync", "windowfocus"])?;
    let mut answers = Vec::new();
    for _ in 0..PRESSES {
        children::pause(BETWEEN_PRESSES)?;
        drop(window.news());
        let pressed = Instant::now();
        xdotool(&["key", "--delay", "0", "F1"])?;
        let shown = window.next_answer(PATIENCE)?;
        answers.push(shown.duration_since(pressed).as_secs_f64() * 1000.0);
    }
    Ok(answers)
}

/// A film of 1920×1080 and three faces.
fn playing(
    profile: Profile,
    display: &Display,
    folder: &Path,
    film: &Path,
    report: &mut Report,
) -> Result<()> {
    let server = LocalServer::start(profile, &folder.join("server.log"))?;
    let (url, film) = (server.url(), film.to_string_lossy());
    let program = workspace::program("cinemasync", profile);
    let friend = |name: &str, words: &[&str]| {
        let own = folder.join(name);
        let own = ("CINEMASYNC_FOLDER".to_owned(), own.to_string_lossy().into_owned());
        let common =
            ["--server", &url, "--name", name, "--film", &film, "--camera", "test-pattern"];
        let arguments: Vec<String> =
            words.iter().chain(&common).map(|word| (*word).to_owned()).collect();
        Headless::spawn(name, &program, &arguments, &[own], &folder.join(format!("{name}.log")))
    };
    let mut anna = friend("Anna", &["headless", "--create"])?;
    let room = anna.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
    let cyd = friend("Cyd", &["headless", "--join", room.text("code")])?;
    let mut words = vec!["--server", &url, "--join", room.text("code"), "--name", "Ben"];
    words.extend(["--film", &film, "--film-audio", "none", "--camera", "test-pattern"]);
    words.extend(["--microphone", "none", "--speaker", "none"]);
    let window = Watched::start(profile, display, &folder.join("ben"), &words)?;
    window.next_shown(PATIENCE)?;
    for source in ["the window's", "Cyd's"] {
        anna.wait_for(&format!("{source} face"), PATIENCE, |event| event.name() == "first_frame")?;
    }
    children::pause(SETTLE)?;
    anna.send(&json!({ "command": "play" }))?;
    children::pause(SETTLE)?;
    let said = window.during(PLAYING)?;
    let frames = shown(&said).len() as f64 / PLAYING.as_secs_f64();
    if frames < LEAST_FPS {
        bail!("only {frames:.1} frames a second: this machine is too busy to measure them");
    }
    drop(window);
    cyd.leave()?;
    anna.leave()?;

    let mut table = Table::new(
        "a frame with a 1080p film and three faces, CPU ms of the window's thread",
        &["part", "median", "p99", "most"],
    );
    let film: Vec<f64> = laid_out(&said).map(|(film_ms, _)| film_ms).collect();
    let ui: Vec<f64> = laid_out(&said).map(|(_, ui_ms)| ui_ms).collect();
    let whole = shown(&said);
    let (count, p99) = (whole.len(), percentile(&mut ui.clone(), 0.99));
    for (part, mut ms) in [("layout", ui), ("film", film), ("all, drawing included", whole)] {
        table.push(vec![
            part.into(),
            Cell::Number(percentile(&mut ms, 0.5), 2),
            Cell::Number(percentile(&mut ms, 0.99), 2),
            Cell::Number(percentile(&mut ms, 1.0), 2),
        ]);
    }
    report.table(table);
    let fps = count as f64 / PLAYING.as_secs_f64();
    report.goal(
        format!(
            "99 % of {count} frames ({fps:.0} a second) take at most {MOST_FRAME_MS} ms: {p99:.2}"
        ),
        p99 <= MOST_FRAME_MS,
    );
    Ok(())
}

/// Processor time of each frame that came onto the screen.
fn shown(said: &[(Instant, Said)]) -> Vec<f64> {
    let whole = |(_, said): &(Instant, Said)| match said {
        Said::Shown { whole_ms } => Some(*whole_ms),
        _ => None,
    };
    said.iter().filter_map(whole).collect()
}

/// Processor time of each frame for the film and for all else, before it was painted.
fn laid_out(said: &[(Instant, Said)]) -> impl Iterator<Item = (f64, f64)> {
    said.iter().filter_map(|(_, said)| match said {
        Said::LaidOut { film_ms, ui_ms } => Some((*film_ms, *ui_ms)),
        _ => None,
    })
}
