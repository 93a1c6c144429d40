//! `cargo xtask package --check`: the Debian packages as a person meets them: looked over by Debian's own
//! judges, installed in a Debian that has nothing else, used there for a call with a film, and removed.

mod debian;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::Job;
use super::deb::Part;
use crate::children;
use crate::film;
use crate::headless::Headless;
use crate::server::{self, LocalServer};
use crate::setup::{self, Purpose};
use crate::shell::Invocation;
use debian::Debian;

/// How long a person may take to be connected, or to see the film, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Checks what was made.
pub(super) fn run(job: &Job, setup: &setup::Options) -> Result<()> {
    if !nix::unistd::geteuid().is_root() {
        bail!("installing packages in a Debian of their own needs root");
    }
    setup::ensure(&[Purpose::Build, Purpose::Run, Purpose::Test, Purpose::PackageCheck], setup)?;
    children::catch_interrupts()?;
    let packages: Vec<_> = fs::read_dir(&job.out)
        .with_context(|| format!("cannot read {}", job.out.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "deb"))
        .collect();
    if packages.len() != 2 {
        bail!("the check wants both Debian packages: leave --only out, or name both");
    }
    judged(&packages, job)?;
    let debian = Debian::fresh(&job.out.with_file_name("package-check"))?;
    debian.install(&packages)?;
    settled(&debian, job)?;
    called(&debian, job)?;
    diagnosed(&debian)?;
    purged(&debian)?;
    eprintln!("package: the packages install, work and go away without a trace");
    Ok(())
}

/// What Debian's own tools say of the packages.
fn judged(packages: &[std::path::PathBuf], job: &Job) -> Result<()> {
    // Where packages are made as root, lintian wants to be told that this is meant.
    let lintian = Invocation::new("lintian").args(["--allow-root", "--fail-on", "error,warning"]);
    // A package that was never uploaded closes no bug there.
    lintian.args(["--suppress-tags", "initial-upload-closes-no-bugs"]).args(packages).run()?;
    let root = job.work.join("deb-cinemasync");
    let root = root.join(format!("cinemasync-{}", job.release.version)).join("tree/usr/share");
    Invocation::new("desktop-file-validate")
        .arg(root.join("applications/cinemasync.desktop"))
        .run()?;
    Invocation::new("appstreamcli")
        .args(["validate", "--no-net"])
        .arg(root.join(format!("metainfo/{}.metainfo.xml", super::product::ID)))
        .run()
}

/// Everything lies where people and systems look for it, and says so.
fn settled(debian: &Debian, job: &Job) -> Result<()> {
    for part in [Part::Desktop, Part::Server] {
        let name = part.name();
        let says = debian.read(&[name, "--version"])?;
        if says.trim() != format!("{name} {}", job.release.version) {
            bail!("`{name} --version` says {says:?}");
        }
        for file in [
            format!("usr/share/man/man1/{name}.1.gz"),
            format!("usr/share/bash-completion/completions/{name}"),
            format!("usr/share/doc/{name}/copyright"),
            format!("usr/share/doc/{name}/third-party.txt.gz"),
        ] {
            if !debian.path(&file).is_file() {
                bail!("the package {name} installs no /{file}");
            }
        }
    }
    // The settings that come with the server are sound.
    let settings = ". /etc/cinemasync-server.env; cinemasync-server --check-config";
    debian.read(&["sh", "-ec", &format!("set -a; {settings}")])?;
    Ok(())
}

/// What the program finds out about a machine that has neither devices nor a display.
fn diagnosed(debian: &Debian) -> Result<()> {
    let report = debian.look(&["cinemasync", "doctor"])?;
    eprintln!("package: doctor in the clean Debian says:\n{report}");
    if !report.contains("Films") {
        bail!("`cinemasync doctor` says nothing of films");
    }
    Ok(())
}

/// Two people in a room of the installed server, with a film and voices.
fn called(debian: &Debian, job: &Job) -> Result<()> {
    let film = film::ready(20)?;
    fs::copy(&film, debian.path("tmp/film.mkv")).context("the film cannot be copied")?;
    let log = |name: &str| job.work.join(format!("check-{name}.log"));
    let mut command = debian.command("cinemasync-server");
    let address = server::free_address()?;
    let server = LocalServer::start_as(&mut command, address, &log("server"), server::is_healthy)?;
    let person = |name: &str, words: &[&str]| -> Result<Headless> {
        let mut command: Command = debian.command("cinemasync");
        command.args(["headless", "--name", name, "--server", &server.url()]);
        command.args(["--camera", "test-pattern", "--microphone", "tone", "--film-audio", "none"]);
        command.args(words).env("CINEMASYNC_FOLDER", format!("/tmp/{name}"));
        Headless::spawn_as(name, &mut command, &log(name))
    };
    let mut anna = person("Anna", &["--create", "--film", "/tmp/film.mkv"])?;
    let room = anna.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
    let mut ben = person("Ben", &["--join", room.text("code")])?;
    for person in [&mut anna, &mut ben] {
        person.wait_for("a connection", PATIENCE, |event| {
            event.name() == "peer" && event.text("state") == "connected"
        })?;
        person.wait_for("a picture", PATIENCE, |event| event.name() == "first_frame")?;
    }
    // Ben has no copy: it comes from Anna.
    ben.wait_for("the film", PATIENCE, |event| {
        event.name() == "film" && ["streaming", "local"].contains(&event.text("mine"))
    })?;
    anna.send(&json!({ "command": "play" }))?;
    ben.wait_for("the film to play", PATIENCE, |event| {
        event.name() == "stats"
            && event.fields["playback"]["state"] == "playing"
            && event.fields["playback"]["position"].as_f64().is_some_and(|at| at > 1.0)
    })?;
    ben.leave()?;
    anna.leave()
}

/// Nothing of them is left, not even what a server kept and somebody's own choice that it start by itself.
fn purged(debian: &Debian) -> Result<()> {
    let wants = debian.path("etc/systemd/system/multi-user.target.wants");
    fs::create_dir_all(&wants).context("no folder for units")?;
    std::os::unix::fs::symlink(
        "/lib/systemd/system/cinemasync-server.service",
        wants.join("cinemasync-server.service"),
    )
    .context("no link to the unit")?;
    let kept = debian.path("var/lib/private/cinemasync-server");
    fs::create_dir_all(&kept).context("no folder for a secret")?;
    fs::write(kept.join("secret"), "secret").context("no secret")?;
    debian.purge(&["cinemasync", "cinemasync-server"])?;
    let left = debian.find("*cinemasync*")?;
    let left: Vec<&Path> =
        left.iter().map(AsRef::as_ref).filter(|path: &&Path| !path.starts_with("/tmp")).collect();
    if !left.is_empty() {
        bail!("after the packages were purged there is still {left:?}");
    }
    Ok(())
}
