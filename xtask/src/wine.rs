//! `cargo xtask wine`: links the Windows programs on a Debian machine and starts them under wine: a call of
//! two with chat, `doctor`, the window, the installer. Nothing built here is shipped; what wine cannot carry
//! is listed in ARCHITECTURE.md.

mod build;
mod prefix;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::json;

use crate::children::{self, Owned};
use crate::display::Display;
use crate::headless::Headless;
use crate::package;
use crate::server::{self, LocalServer};
use crate::setup::{self, Purpose};
use crate::shell::Invocation;
use crate::workspace;
use prefix::Prefix;

/// What `cargo xtask wine` can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Start the programs that were linked before.
    #[arg(long)]
    no_build: bool,
    /// Install missing packages without asking (so does the environment variable CI=true).
    #[arg(long, short)]
    yes: bool,
}

/// How long a program may take under wine, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// From when the window is there until it looks as it should.
const SETTLE: Duration = Duration::from_secs(12);
/// A picture of a window in which nothing is drawn is smaller, in bytes.
const DRAWN: u64 = 15_000;
/// How large the window is opened, in pixels.
const WINDOW: (u32, u32) = (1280, 800);

/// Links, starts and looks.
pub(crate) fn run(options: &Options) -> Result<()> {
    let setup = setup::Options { yes: options.yes, ..setup::Options::default() };
    setup::ensure(&[Purpose::Build, Purpose::Test, Purpose::Cross, Purpose::Wine], &setup)?;
    let programs = if options.no_build { build::folder() } else { build::link()? };
    children::catch_interrupts()?;
    let folder = workspace::target_dir().join("wine");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let display = Display::start(&folder)?;
    let prefix = Prefix::fresh(&folder, &display)?;

    let checks: [(&str, &dyn Fn() -> Result<()>); 5] = [
        ("versions", &|| versions(&prefix, &programs)),
        ("a call and chat of two, over the server", &|| call(&prefix, &programs, &folder)),
        ("doctor", &|| doctor(&prefix, &programs)),
        ("the window", &|| window(&prefix, &display, &programs, &folder)),
        ("the installer", &|| installer(&prefix, &programs, &folder)),
    ];
    let mut failed = 0;
    let mut lines = Vec::new();
    for (what, check) in checks {
        children::check_interrupted()?;
        eprintln!("\n== {what}");
        match check() {
            Ok(()) => lines.push(format!("ok      {what}")),
            Err(error) => {
                eprintln!("{what}: {error:#}");
                lines.push(format!("FAILED  {what}"));
                failed += 1;
            }
        }
    }
    eprintln!("\n{}\nThe pictures are in {}.", lines.join("\n"), folder.display());
    if failed > 0 {
        bail!("{failed} of {} do not hold under wine", lines.len());
    }
    Ok(())
}

fn versions(prefix: &Prefix, programs: &Path) -> Result<()> {
    for name in ["cinemasync", "cinemasync-server"] {
        let says = prefix.read(&programs.join(format!("{name}.exe")), &["--version"])?;
        if !says.starts_with(&format!("{name} ")) {
            bail!("{name}.exe --version says {says:?}");
        }
    }
    Ok(())
}

/// The server and two people, each a Windows program.
fn call(prefix: &Prefix, programs: &Path, folder: &Path) -> Result<()> {
    let mut command = prefix.command(&programs.join("cinemasync-server.exe"));
    command.args(["--secret", r"C:\server-secret"]);
    let log = folder.join("server.log");
    let server =
        LocalServer::start_as(&mut command, server::free_address()?, &log, server::is_healthy)?;
    let person = |name: &str, words: &[&str]| {
        let mut command = prefix.command(&programs.join("cinemasync.exe"));
        command.args(["headless", "--name", name, "--server", &server.url()]).args(words);
        command.args(["--camera", "test-pattern", "--microphone", "tone"]);
        command.env("CINEMASYNC_FOLDER", format!(r"C:\{name}"));
        Headless::spawn_as(name, &mut command, &folder.join(format!("{name}.log")))
    };
    let mut anna = person("Anna", &["--create"])?;
    let room = anna.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
    let mut ben = person("Ben", &["--join", room.text("code")])?;
    for person in [&mut anna, &mut ben] {
        person.wait_for("a connection", PATIENCE, |event| {
            event.name() == "peer" && event.text("state") == "connected"
        })?;
        person.wait_for("a picture", PATIENCE, |event| event.name() == "first_frame")?;
        person.wait_for("voices", PATIENCE, |event| {
            event.name() == "stats"
                && event.fields["peers"][0]["audio_in"]["packets"].as_u64() > Some(0)
        })?;
    }
    said(&mut anna, &mut ben, "Guten Abend")?;
    said(&mut ben, &mut anna, "Ça va ?")?;
    ben.leave()?;
    anna.leave()
}

/// One writes, the other reads.
fn said(from: &mut Headless, to: &mut Headless, text: &str) -> Result<()> {
    let mark = to.mark();
    from.send(&json!({ "command": "chat", "text": text }))?;
    to.wait_from(mark, "the message", PATIENCE, |event| {
        event.name() == "chat" && event.text("text") == text
    })?;
    Ok(())
}

fn doctor(prefix: &Prefix, programs: &Path) -> Result<()> {
    let report = prefix.look(&programs.join("cinemasync.exe"), &["doctor"])?;
    eprintln!("{report}");
    if !report.contains("Films") {
        bail!("`cinemasync doctor` says nothing of films");
    }
    Ok(())
}

/// One picture of the window: its name, and what is to be shown.
const PICTURES: &[(&str, &[&str])] =
    &[("lobby", &[]), ("evening", &["--demo=40"]), ("talk", &["--demo=173", "--light"])];

fn window(prefix: &Prefix, display: &Display, programs: &Path, folder: &Path) -> Result<()> {
    for (name, words) in PICTURES {
        let (width, height) = WINDOW;
        let mut command = prefix.command(&programs.join("cinemasync.exe"));
        command.args(*words).arg(format!("--size={width}x{height}"));
        command.env("CINEMASYNC_FOLDER", r"C:\window").stdin(Stdio::null()).stdout(Stdio::null());
        let log = folder.join(format!("window-{name}.log"));
        command.stderr(fs::File::create(&log).context("cannot write a log")?);
        let mut window = Owned::spawn("the window", &mut command)?;
        let mut search = Command::new("timeout");
        search.arg(PATIENCE.as_secs().to_string());
        search.args(["xdotool", "search", "--sync", "--onlyvisible", "--name", "CinemaSync"]);
        let found = search.envs(display.environment()).stdout(Stdio::null()).status();
        if !found.context("xdotool could not be started")?.success() {
            bail!("no window appears; its log is {}", log.display());
        }
        children::pause(SETTLE)?;
        if window.ended()?.is_some() {
            bail!("the window ended; its log is {}", log.display());
        }
        let picture = folder.join(format!("{name}.png"));
        take(display, &picture)?;
        let bytes = fs::metadata(&picture).context("no picture")?.len();
        if bytes < DRAWN {
            bail!("nothing is drawn in {} ({bytes} bytes)", picture.display());
        }
        eprintln!("wine: {}", picture.display());
    }
    Ok(())
}

fn take(display: &Display, picture: &Path) -> Result<()> {
    let [(_, name)] = display.environment();
    let (width, height) = crate::display::SIZE;
    Invocation::new("ffmpeg")
        .args(["-loglevel", "error", "-y", "-f", "x11grab", "-draw_mouse", "0"])
        .args(["-video_size", &format!("{width}x{height}"), "-i", &name, "-frames:v", "1"])
        .arg(picture)
        .run_quietly()
}

/// Installs, looks what is there, removes, and looks that nothing is.
fn installer(prefix: &Prefix, programs: &Path, folder: &Path) -> Result<()> {
    let installer = package::installer(programs, folder)?;
    prefix.read(&installer, &["/S"])?;
    let installed: PathBuf = prefix.local_programs()?.join("CinemaSync");
    let keys = [
        r"HKCU\Software\Classes\cinemasync\shell\open\command",
        r"HKCU\Software\Classes\CinemaSync.Film\shell\open\command",
        r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\CinemaSync",
    ];
    let reg = |key: &str| prefix.look(Path::new("reg"), &["query", key]);
    for key in keys {
        if !reg(key)?.contains("CinemaSync") {
            bail!("the installer made no {key}");
        }
    }
    let kinds = r"HKCU\Software\Classes\.mkv\OpenWithProgids";
    if !reg(kinds)?.contains("CinemaSync.Film") {
        bail!("films are not offered to the program");
    }
    let program = installed.join("cinemasync.exe");
    prefix.read(&program, &["--version"])?;
    // Asked this way the uninstaller waits for its end, and cannot remove itself.
    let place = format!("_?={}", prefix.windows_path(&installed)?);
    prefix.read(&installed.join("uninstall.exe"), &["/S", &place])?;
    let left: Vec<_> = fs::read_dir(&installed)
        .map(|list| list.flatten().map(|entry| entry.file_name()).collect())
        .unwrap_or_default();
    if left.iter().any(|name| name != "uninstall.exe") {
        bail!("the uninstaller leaves {left:?}");
    }
    for key in keys {
        if reg(key)?.contains("CinemaSync") {
            bail!("the uninstaller leaves {key}");
        }
    }
    if reg(kinds)?.contains("CinemaSync.Film") {
        bail!("the uninstaller leaves the program in \"Open with\"");
    }
    Ok(())
}
