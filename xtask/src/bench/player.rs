//! `cargo xtask bench player`: a film of 1920×1080 in the window, beside the same film in mpv on the same
//! display. Without a graphics card Mesa draws with threads of its own, which wait for each other busily;
//! both are measured with them and without.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use super::cost;
use super::machine::Machine;
use super::report::{Cell, Report, Table};
use crate::children::{self, Owned};
use crate::display::Display;
use crate::film;
use crate::headless::Headless;
use crate::server::LocalServer;
use crate::workspace::{self, Profile};

/// How long CPU time is counted.
const SECONDS: u64 = 15;
/// From the start of the film until it is.
const SETTLE: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(60);
/// What the film in the window may cost, over what it costs in mpv.
const MOST: f64 = 1.3;

/// How Mesa draws without a card: what a person calls it, and the environment that makes it so.
const DRAWN: [(&str, Option<(&str, &str)>); 2] =
    [("as it is", None), ("without Mesa's threads", Some(("LP_NUM_THREADS", "0")))];

/// Measures both.
pub(super) fn measure(profile: Profile) -> Result<Report> {
    let folder = super::scratch("player")?;
    let film = film::full_hd(60)?;
    if workspace::find_program("mpv").is_none() {
        bail!("mpv is not installed, which is measured beside the window");
    }
    let mut report = Report::new("player", Machine::of_this_process());
    let mut table = Table::new(
        "a 1080p film, cores",
        &["drawn", "window", "mpv", "times", "window with the film paused"],
    );
    let display = Display::start(&folder)?;
    for (drawn, variable) in DRAWN {
        let mut environment = display.environment().to_vec();
        environment.extend(variable.map(|(name, value)| (name.to_owned(), value.to_owned())));
        eprintln!("player: {drawn}");
        let (playing, paused) = window(profile, &folder, &film, &environment)?;
        let mpv = mpv(&film, &environment)?;
        table.push(vec![
            drawn.into(),
            Cell::Number(playing, 2),
            Cell::Number(mpv, 2),
            Cell::Number(playing / mpv, 2),
            Cell::Number(paused, 2),
        ]);
        report.goal(
            format!("drawn {drawn}, at most {MOST} times what mpv costs: {:.2}", playing / mpv),
            playing / mpv <= MOST,
        );
    }
    report.table(table);
    Ok(report)
}

/// Cores of a window while the film plays and while it is paused. Somebody without a window steers.
fn window(
    profile: Profile,
    folder: &Path,
    film: &Path,
    environment: &[(String, String)],
) -> Result<(f64, f64)> {
    let server = LocalServer::start(profile, &folder.join("server.log"))?;
    let program = workspace::program("cinemasync", profile);
    let film = film.to_string_lossy();
    let start = |name: &str, words: &[&str]| {
        let mut environment = environment.to_vec();
        let own = folder.join(name);
        environment.push(("CINEMASYNC_FOLDER".to_owned(), own.to_string_lossy().into_owned()));
        let mut arguments: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let common = ["--server", &server.url(), "--name", name, "--film-audio", "none"];
        arguments.extend(common.map(str::to_owned));
        Headless::spawn(
            name,
            &program,
            &arguments,
            &environment,
            &folder.join(format!("{name}.log")),
        )
    };
    let mut anna = start("Anna", &["headless", "--create", "--film", &film])?;
    let room = anna.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
    let nothing = ["--camera", "none", "--microphone", "none", "--speaker", "none"];
    let mut words = vec!["--print-events", "--join", room.text("code"), "--film", &film];
    words.extend(nothing);
    let mut ben = start("Ben", &words)?;
    ben.wait_for("the film", PATIENCE, |event| {
        event.name() == "film" && event.text("mine") == "local"
    })?;
    children::pause(SETTLE)?;
    anna.send(&json!({ "command": "play" }))?;
    children::pause(SETTLE)?;
    let playing = cores(ben.id())?;
    anna.send(&json!({ "command": "pause" }))?;
    children::pause(SETTLE)?;
    let paused = cores(ben.id())?;
    drop(ben);
    anna.leave()?;
    Ok((playing, paused))
}

/// Cores of mpv while the film plays, without its sound.
fn mpv(film: &Path, environment: &[(String, String)]) -> Result<f64> {
    let mut command = Command::new("mpv");
    command
        .args(["--no-config", "--ao=null", "--vo=gpu", "--gpu-sw=yes"])
        .args(["--geometry=1280x720", "--loop=inf"])
        .arg(film)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut mpv = Owned::spawn("mpv", &mut command)?;
    children::pause(SETTLE)?;
    let cores = cores(mpv.child().id())?;
    if mpv.ended()?.is_some() {
        bail!("mpv ended before it was measured");
    }
    Ok(cores)
}

/// Cores that a process and all that it started use.
fn cores(id: u32) -> Result<f64> {
    let (start, before) = (Instant::now(), cost::of_family(id).context("nothing runs")?);
    children::pause(Duration::from_secs(SECONDS))?;
    Ok((cost::of_family(id)? - before) / start.elapsed().as_secs_f64())
}
