//! Syncplay with mpv, through the same steps into the same sinks.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::offsets::{Course, both_sound_after};
use super::{BETWEEN, LISTENED, TOGETHER_MS};
use crate::bench::report::Table;
use crate::bench::sound_server::{Recording, SoundServer};
use crate::children::{self, Owned};
use crate::server;
use crate::shell::Invocation;
use crate::workspace;

/// How long it may take to begin.
const PATIENCE: Duration = Duration::from_secs(30);
/// Starting two players and opening the film.
const OPENING: Duration = Duration::from_secs(8);

/// Goes through start, seek and resume; an error where it is not installed.
pub(super) fn measure(
    rounds: u32,
    folder: &Path,
    sound: &SoundServer,
    film: &str,
    table: &mut Table,
) -> Result<()> {
    if ["syncplay", "syncplay-server", "mpv"].iter().any(|p| workspace::find_program(p).is_none()) {
        bail!("syncplay, syncplay-server and mpv are not all installed");
    }
    let port = server::free_address()?.port();
    let log = |name: &str| {
        File::create(folder.join(format!("syncplay-{name}.log"))).context("cannot write a log")
    };
    let mut command = Command::new("syncplay-server");
    command
        .args(["--port", &port.to_string(), "--isolate-rooms"])
        .stdin(Stdio::null())
        .stdout(log("server")?)
        .stderr(log("server-errors")?);
    let _server = Owned::spawn("syncplay-server", &mut command)?;
    children::pause(Duration::from_secs(2))?;
    let viewer = |name, sink| Viewer::start(name, sink, port, folder, sound, film);
    let mut anna = viewer("anna", SoundServer::SINKS[0])?;
    let mut ben = viewer("ben", SoundServer::SINKS[1])?;
    children::pause(OPENING)?;
    let recording = sound.record(&folder.join("syncplay.s16"))?;
    // Syncplay lets the film play once everybody is ready.
    anna.say("t")?;
    ben.say("t")?;
    children::pause(BETWEEN)?;
    anna.say("p")?;
    wait_for_sound(&recording)?;
    anna.say("p")?;
    children::pause(BETWEEN)?;
    for round in 0..rounds {
        anna.say(&format!("s {}", f64::from(round) * 37.0 % 700.0))?;
        children::pause(BETWEEN)?;
        let seek = format!("s {}", f64::from(round) * 37.0 % 700.0 + 60.0);
        for (step, words) in [("start", "p"), ("seek", seek.as_str()), ("resume", "p")] {
            if step == "resume" {
                anna.say("p")?;
                children::pause(BETWEEN)?;
            }
            let start = recording.frames()?;
            anna.say(words)?;
            children::pause(LISTENED)?;
            let course = Course::listen(&recording, start, LISTENED)?;
            table.push(course.row("Syncplay", step, TOGETHER_MS));
        }
        anna.say("p")?;
        children::pause(BETWEEN)?;
    }
    Ok(())
}

fn wait_for_sound(recording: &Recording) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while both_sound_after(recording, 0, PATIENCE)?.is_none() {
        if Instant::now() >= end {
            bail!("the two players did not begin");
        }
        children::pause(Duration::from_millis(200))?;
    }
    Ok(())
}

/// One Syncplay with its mpv.
struct Viewer {
    input: ChildStdin,
    process: Owned,
}

impl Drop for Viewer {
    /// Syncplay leaves its mpv behind, so the whole group is ended.
    fn drop(&mut self) {
        let group = format!("-{}", self.process.child().id());
        // There may be nothing left to end.
        drop(Invocation::new("kill").args(["-TERM", "--", &group]).run_quietly());
    }
}

impl Viewer {
    fn start(
        name: &str,
        sink: &str,
        port: u16,
        folder: &Path,
        sound: &SoundServer,
        film: &str,
    ) -> Result<Self> {
        let home = folder.join(format!("syncplay-{name}"));
        fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
        let log = |what: &str| {
            File::create(home.join(format!("{what}.log"))).context("cannot write a log")
        };
        let mpv = workspace::find_program("mpv").context("mpv is not installed")?;
        let mut command = Command::new("syncplay");
        command
            .args(["--no-gui", "--no-store", "-a", &format!("127.0.0.1:{port}")])
            .args(["-n", name, "-r", "bench", "--player-path"])
            .arg(mpv)
            .args([film, "--", "--vo=null", "--ao=pulse"])
            .arg(format!("--audio-device=pulse/{sink}"))
            .envs(sound.environment().iter().map(|(name, value)| (name, value)))
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", &home)
            .stdin(Stdio::piped())
            .stdout(log("words")?)
            .stderr(log("errors")?);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut process = Owned::spawn("syncplay", &mut command)?;
        let input = process.child().stdin.take().expect("stdin was piped above");
        Ok(Self { input, process })
    }

    /// Types a line into its console.
    fn say(&mut self, words: &str) -> Result<()> {
        writeln!(self.input, "{words}").context("Syncplay has ended")
    }
}
