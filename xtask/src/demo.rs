//! `cargo xtask demo`: a server and two windows in one room with the test film, on this machine
//! alone. Ends all of it when a window is closed, or on Ctrl-C.

use std::env;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::children;
use crate::film;
use crate::headless::Headless;
use crate::server::{self, LocalServer};
use crate::setup::{self, Purpose};
use crate::workspace::{self, Profile};

/// What `cargo xtask demo` can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Install missing system packages without asking (so does the environment variable CI=true).
    #[arg(long, short)]
    yes: bool,
    /// Build quickly instead of well.
    #[arg(long)]
    dev: bool,
    /// End by itself after so many seconds (0: never).
    #[arg(long, default_value_t = 0)]
    seconds: u64,
}

/// How long a window may take to be in the room.
const PATIENCE: Duration = Duration::from_secs(60);

/// Shows two people watching a film.
pub(crate) fn run(options: &Options) -> Result<()> {
    let packages = setup::Options { yes: options.yes, ..setup::Options::default() };
    // The film is made by what the tests need.
    setup::ensure(&[Purpose::Build, Purpose::Run, Purpose::Test], &packages)?;
    let profile = if options.dev { Profile::Dev } else { Profile::Release };
    server::build(profile)?;
    let film = film::ready(60)?;
    let program = workspace::program("cinemasync", profile);
    if !has_display() {
        explain_without_display(&program, &film);
        return Ok(());
    }

    children::catch_interrupts()?;
    let folder = workspace::target_dir().join("demo");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let server = LocalServer::start(profile, &folder.join("server.log"))?;
    eprintln!("demo: the server is at {}", server.url());

    let mut anna = window("Anna", &program, &folder, &server, &["--create"], &film, true)?;
    let room = anna.wait_for("room", PATIENCE, |event| event.name() == "room")?;
    let code = room.text("code").to_owned();
    eprintln!("demo: Anna is in the room {code}; Ben joins");
    let ben = window("Ben", &program, &folder, &server, &["--join", &code], &film, false)?;
    eprintln!("demo: press play in either window; close one, or press Ctrl-C here, to end");
    watch(&mut [anna, ben], options.seconds)
}

/// One window. On one machine only the first is heard, or the film would sound twice.
fn window(
    name: &str,
    program: &Path,
    folder: &Path,
    server: &LocalServer,
    room: &[&str],
    film: &Path,
    heard: bool,
) -> Result<Headless> {
    let mut arguments: Vec<String> = ["--print-events", "--server", &server.url(), "--name", name]
        .into_iter()
        .chain(room.iter().copied())
        .chain(["--camera", "test-pattern", "--microphone", "none", "--film"])
        .map(str::to_owned)
        .collect();
    arguments.push(film.to_string_lossy().into_owned());
    if !heard {
        arguments.extend(["--film-audio", "none", "--speaker", "none"].map(str::to_owned));
    }
    let log = folder.join(format!("{}.log", name.to_lowercase()));
    Headless::spawn(name, program, &arguments, &[], &log)
}

/// Returns when a window was closed, when the time is over, or with an error on Ctrl-C.
fn watch(windows: &mut [Headless], seconds: u64) -> Result<()> {
    let started = std::time::Instant::now();
    loop {
        if children::check_interrupted().is_err() {
            eprintln!("demo: ending");
            return Ok(());
        }
        for window in windows.iter_mut() {
            window.mark(); // Takes its events, so that the pipe never fills.
            match window.ended()? {
                Some(status) if status.success() => {
                    eprintln!("demo: {} closed the window; ending", window.name());
                    return Ok(());
                }
                Some(status) => bail!("the window of {} ended badly ({status})", window.name()),
                None => {}
            }
        }
        if seconds > 0 && started.elapsed() >= Duration::from_secs(seconds) {
            eprintln!("demo: the time is over");
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// Is there a display to open a window on?
fn has_display() -> bool {
    if cfg!(any(windows, target_os = "macos")) {
        return true;
    }
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .into_iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

fn explain_without_display(program: &Path, film: &Path) {
    let program = program.display();
    let film = film.display();
    eprintln!(
        "\ndemo: there is no display here, so no window can be opened. Go on with one of these:\n\
         \n  With a display that exists in memory alone:\n    \
         xvfb-run -s '-noreset -screen 0 1280x800x24' cargo xtask demo\n\
         \n  Without windows, the same room by two commands in two terminals:\n    \
         {program} headless --create --camera test-pattern --film {film}\n    \
         {program} headless --server URL --join CODE --film-audio none\n\
         \n  (The first prints URL and CODE in its `room` line.)"
    );
}
