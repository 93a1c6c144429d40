//! On this machine, without a line between: how fast, at which cost, and in how much memory.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::people::{PATIENCE, is_open, of_stream, show, stats, until};
use crate::bench::cost;
use crate::bench::report::{Cell, Report, Table};
use crate::bench::{browser as chromium, stream::browser};
use crate::children;
use crate::film::{self, Container};
use crate::headless::Headless;
use crate::server::LocalServer;
use crate::workspace::{self, Profile};

const GIB: u64 = 1 << 30;
/// What is sent to find out how fast.
const SPEED_BYTES: u64 = 2 * GIB;
const FASTEST_AT_LEAST: f64 = 150.0;
const TIMES_A_BROWSER: f64 = 5.0;
/// CPU seconds for each GB sent and received.
const COST: f64 = 5.0;
const LARGE_BYTES: u64 = 20 * GIB;
/// How long the large one comes.
const LARGE_FOR: Duration = Duration::from_secs(30);
const MOST_MIB: f64 = 150.0;

/// A film with so much behind its end, sparse: a box of MP4 that says of itself that it is free space
/// (ISO/IEC 14496-12 §8.1.2), which players skip.
fn of_size(folder: &Path, bytes: u64) -> Result<PathBuf> {
    let film = film::in_container(film::noise(60)?, Container::Mp4IndexFirst)?;
    let path = folder.join(format!("{bytes}.mp4"));
    fs::copy(&film, &path).context("the film cannot be copied")?;
    let mut file =
        OpenOptions::new().append(true).open(&path).context("the film cannot be opened")?;
    let behind = bytes - file.metadata().context("the film is gone")?.len();
    // A size of 1 says that the true one follows the name.
    let header = [&1_u32.to_be_bytes()[..], b"free", &behind.to_be_bytes()].concat();
    file.write_all(&header).context("the film cannot be written")?;
    file.set_len(bytes).context("this disk has no sparse files")?;
    Ok(path)
}

fn two(profile: Profile, folder: &Path, server: &LocalServer) -> Result<[Headless; 2]> {
    let program = workspace::program("cinemasync", profile);
    let start = |name: &str, room: &[&str]| {
        let mut arguments: Vec<String> =
            ["headless", "--server", &server.url(), "--name", name].map(str::to_owned).to_vec();
        arguments.extend(room.iter().map(|word| (*word).to_owned()));
        let home = folder.join(format!("{name}-near"));
        let environment = [("CINEMASYNC_FOLDER".to_owned(), home.to_string_lossy().into_owned())];
        let log = folder.join(format!("{name}-near.log"));
        Headless::spawn(name, &program, &arguments, &environment, &log)
    };
    let mut anna = start("Anna", &["--create"])?;
    let room = anna.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
    let mut ben = start("Ben", &["--join", room.text("code")])?;
    ben.wait_for("a connection", PATIENCE, |event| {
        event.name() == "peer" && event.text("state") == "connected"
    })?;
    Ok([anna, ben])
}

/// How fast a film comes, is checked and kept.
pub(super) fn speed(profile: Profile, folder: &Path, report: &mut Report) -> Result<()> {
    let film = of_size(folder, SPEED_BYTES)?;
    let server = LocalServer::start(profile, &folder.join("near-server.log"))?;
    let [mut anna, mut ben] = two(profile, folder, &server)?;
    let ids = [anna.id(), ben.id()];
    show(&mut anna, &film)?;
    until(&mut ben, "the beginning of the film", |stats| of_stream(stats, "bytes_have") > 0.0)?;
    let used = || -> Result<f64> { Ok(cost::of_family(ids[0])? + cost::of_family(ids[1])?) };
    let (before, start) = (used()?, Instant::now());
    let have = of_stream(&stats(&mut ben)?, "bytes_have");
    until(&mut ben, "all of the film", |stats| {
        of_stream(stats, "bytes_have") >= SPEED_BYTES as f64
    })?;
    let seconds = start.elapsed().as_secs_f64();
    let came = (SPEED_BYTES as f64 - have) / 1e9;
    let ours = came * 1e3 / seconds;
    let cpu = (used()? - before) / came;
    ben.leave()?;
    anna.leave()?;
    fs::remove_file(&film).context("the film cannot be removed")?;
    let theirs = match chromium::program() {
        Some(program) => Some(browser::megabytes_per_second(&program, folder)?),
        None => None,
    };
    let mut table = Table::new("on loopback", &["who", "MB/s", "CPU s a GB, both"]);
    table.push(vec![
        "cinemasync, checked and kept".into(),
        Cell::Number(ours, 1),
        Cell::Number(cpu, 2),
    ]);
    table.push(vec!["a browser's data channel".into(), Cell::number(theirs, 1), Cell::Missing]);
    report.table(table);
    report.goal(format!("at least {FASTEST_AT_LEAST} MB/s: {ours:.1}"), ours >= FASTEST_AT_LEAST);
    report.goal(format!("at most {COST} CPU seconds a GB: {cpu:.2}"), cpu <= COST);
    if let Some(theirs) = theirs {
        report.goal(
            format!("at least {TIMES_A_BROWSER} times a browser: {:.1}", ours / theirs),
            ours >= TIMES_A_BROWSER * theirs,
        );
    }
    Ok(())
}

/// How much memory a large film takes while it comes.
pub(super) fn memory(profile: Profile, folder: &Path, report: &mut Report) -> Result<()> {
    let film = of_size(folder, LARGE_BYTES)?;
    let server = LocalServer::start(profile, &folder.join("near-server.log"))?;
    let [mut anna, mut ben] = two(profile, folder, &server)?;
    children::pause(Duration::from_secs(3))?;
    let rss = |stats: &serde_json::Value| stats["rss_mib"].as_f64().unwrap_or(f64::NAN);
    let before = [rss(&stats(&mut anna)?), rss(&stats(&mut ben)?)];
    show(&mut anna, &film)?;
    until(&mut ben, "the film to be open", is_open)?;
    let (start, mut most) = (Instant::now(), before);
    let mut came = 0.0;
    while start.elapsed() < LARGE_FOR {
        children::pause(Duration::from_millis(500))?;
        for (most, person) in most.iter_mut().zip([&mut anna, &mut ben]) {
            let figures = stats(person)?;
            came = of_stream(&figures, "bytes_have");
            *most = most.max(rss(&figures));
        }
    }
    let more = [most[0] - before[0], most[1] - before[1]];
    let mut table = Table::new("a film of 20 GB", &["who", "MiB before", "MiB more", "GB came"]);
    table.push(vec![
        "gives it".into(),
        Cell::Number(before[0], 1),
        Cell::Number(more[0], 1),
        Cell::Missing,
    ]);
    table.push(vec![
        "gets it".into(),
        Cell::Number(before[1], 1),
        Cell::Number(more[1], 1),
        Cell::Number(came / 1e9, 2),
    ]);
    report.table(table);
    let worst = more[0].max(more[1]);
    report.goal(format!("at most {MOST_MIB} MiB more: {worst:.1}"), worst <= MOST_MIB);
    ben.leave()?;
    anna.leave()?;
    fs::remove_file(&film).context("the film cannot be removed")?;
    // What came of it is not kept for the next run.
    fs::remove_dir_all(folder.join("Ben-near")).context("the cache cannot be removed")
}
