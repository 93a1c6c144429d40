//! `cargo xtask bench screen`: one shares an X display of 1920×1080, another watches, on loopback. A
//! page that scrolls and one that stands are compared with what arrives, picture by picture; a film on
//! the screen is counted and timed, beside two pages of a browser in the same run.

mod browser;
mod painter;
mod quality;
mod sound;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use clap::Args;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use super::machine::Machine;
use super::report::{Cell, Report, Table};
use super::search::{mean, percentile};
use super::{browser as chromium, cost};
use crate::children;
use crate::display::Display;
use crate::headless::{Event, Headless};
use crate::server::LocalServer;
use crate::shell::Invocation;
use crate::workspace::{self, Profile};
use painter::{Painted, Painter};
use quality::Arrived;

/// What `cargo xtask bench screen` can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only these parts; all of them if none is named.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// How long the sound is listened to.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(20..=3_600))]
    seconds: u64,
}

/// A part of the measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// A page that scrolls.
    Text,
    /// A page that stands.
    Still,
    /// A film on the screen.
    Film,
    /// Its sound against its pictures (PulseAudio).
    Sound,
    /// The film, from page to page of a browser.
    Browser,
}

/// How long something is measured, in seconds.
const SECONDS: u64 = 10;
/// How long a share runs before it is measured: until rates are found.
const SETTLE: Duration = Duration::from_secs(8);
const PATIENCE: Duration = Duration::from_secs(30);

/// The threads of the sharer that grab and convert, and that encode.
const PICTURE_THREADS: [&str; 2] = ["screen", "encode-screen"];

const TEXT_BPS: f64 = 1_000_000.0;
const TEXT_DB: f64 = 48.0;
const STILL_DB: f64 = 50.0;
const FILM_FPS: f64 = 29.0;
const FRAME_CPU_MS: f64 = 12.0;
const DELAY_MS: f64 = 100.0;
/// How much more memory a sharer may use after nobody took anything for ten seconds, in MiB.
const GROWTH_MIB: f64 = 8.0;

/// Builds the programs and the painter.
pub(super) fn build(profile: Profile) -> Result<()> {
    crate::server::build(profile)?;
    Invocation::cargo()
        .args(["build", "--locked", "--package", "cinemasync", "--example", "screen_page"])
        .args(profile.arguments())
        .run()
}

/// Measures all parts.
pub(super) fn measure(options: &Options, profile: Profile) -> Result<Report> {
    let wanted = |part| options.only.is_empty() || options.only.contains(&part);
    let folder = super::scratch("screen")?;
    let mut report = Report::new("screen", Machine::of_this_process());
    let stage = Stage {
        server: LocalServer::start(profile, &folder.join("server.log"))?,
        display: Display::start(&folder)?,
        profile,
        folder,
    };
    if wanted(Part::Text) {
        stage.text(&mut report)?;
    }
    if wanted(Part::Still) {
        stage.still(&mut report)?;
    }
    let ours = if wanted(Part::Film) { Some(stage.film(&mut report)?) } else { None };
    if wanted(Part::Sound) {
        sound::measure(&stage, &mut report, options.seconds)?;
    }
    if wanted(Part::Browser) {
        stage.compare(&mut report, ours.as_ref())?;
    }
    Ok(report)
}

/// What all parts need.
struct Stage {
    server: LocalServer,
    display: Display,
    profile: Profile,
    folder: PathBuf,
}

/// Somebody who shares and somebody who watches.
struct Pair {
    sharer: Headless,
    watcher: Headless,
    recordings: PathBuf,
}

/// What is shared, and what the two are told beside that.
struct Sharing<'a> {
    /// What their files are called.
    part: &'a str,
    /// The command that says how the screen is sent.
    settings: Value,
    source: &'a str,
    sharer: &'a [&'a str],
    watcher: &'a [&'a str],
    environment: &'a [(String, String)],
    /// Are the pictures that arrive kept?
    record: bool,
}

/// What our two came to with a film.
struct Figures {
    fps: f64,
    height: f64,
    sharer: f64,
    watcher: f64,
}

impl Stage {
    fn text(&self, report: &mut Report) -> Result<()> {
        let page = painter::page()?;
        let painter = Painter::start(&self.display, self.profile, &page, &["--step", "4"])?;
        let settings =
            json!({ "command": "screen_settings", "content": "text", "max_bps": TEXT_BPS as u64 });
        let mut pair = self.pair("text", settings, true)?;
        eprintln!("screen: a page that scrolls, for {SECONDS} s");
        children::pause(Duration::from_secs(2))?;
        let mark = pair.sharer.mark();
        children::pause(Duration::from_secs(SECONDS))?;
        let sent = mean(&of_links(&pair.sharer.history()[mark..], "sent_bps"));
        let recordings = pair.end()?;
        let arrived = arrived(&recordings, &page, &painter.end())?;
        let mut psnr: Vec<f64> = arrived.iter().map(|picture| picture.psnr).collect();
        let median = percentile(&mut psnr, 0.5);
        let mut table = Table::new(
            "a page that scrolls",
            &["pictures", "a second", "PSNR-Y dB, median", "worst", "Mbit/s"],
        );
        table.push(vec![
            Cell::Number(arrived.len() as f64, 0),
            Cell::Number(rate(&arrived), 1),
            Cell::Number(median, 1),
            Cell::number(psnr.first().copied(), 1),
            Cell::Number(sent / 1e6, 2),
        ]);
        report.table(table);
        report.goal(
            format!(
                "scrolling text at {:.2} Mbit/s at least {TEXT_DB} dB: {median:.1}",
                sent / 1e6
            ),
            median >= TEXT_DB && sent <= TEXT_BPS * 1.05,
        );
        Ok(())
    }

    fn still(&self, report: &mut Report) -> Result<()> {
        let page = painter::page()?;
        let pair = self.pair("still", json!({ "command": "screen_settings" }), true)?;
        children::pause(Duration::from_secs(3))?;
        let mut painter = Painter::start(&self.display, self.profile, &page, &[])?;
        painter.wait_for_first()?;
        children::pause(Duration::from_secs(1))?;
        // What is sent from here on does not count.
        let recordings = pair.freeze_and_end()?;
        let arrived = arrived(&recordings, &page, &painter.end())?;
        let last = arrived.last().map(|picture| picture.psnr);
        let mut table =
            Table::new("a page that stands", &["pictures within 1 s", "PSNR-Y dB then"]);
        table.push(vec![Cell::Number(arrived.len() as f64, 0), Cell::number(last, 1)]);
        report.table(table);
        let met = last.is_some_and(|last| last >= STILL_DB);
        let last = last.unwrap_or(f64::NAN);
        report.goal(format!("a still page at least {STILL_DB} dB after 1 s: {last:.1}"), met);
        Ok(())
    }

    fn film(&self, report: &mut Report) -> Result<Figures> {
        let film = painter::film()?;
        let words = ["--film", "--seconds", "120"];
        let painter = Painter::start(&self.display, self.profile, &film, &words)?;
        let mut pair = self.pair("film", json!({ "command": "screen_settings" }), false)?;
        eprintln!("screen: a film on it, for {SECONDS} s");
        children::pause(SETTLE)?;
        let ids = [pair.sharer.id(), pair.watcher.id()];
        let (mark, own_mark) = (pair.watcher.mark(), pair.sharer.mark());
        let start = Instant::now();
        let cpu = [cost::of_family(ids[0])?, cost::of_family(ids[1])?];
        let pictures_cpu = cost::of_threads(ids[0], &PICTURE_THREADS)?;
        children::pause(Duration::from_secs(SECONDS))?;
        let passed = start.elapsed().as_secs_f64();
        let cores = |which: usize| {
            Ok::<f64, anyhow::Error>((cost::of_family(ids[which])? - cpu[which]) / passed)
        };
        let pictures_cpu = (cost::of_threads(ids[0], &PICTURE_THREADS)? - pictures_cpu) / passed;
        let (sharer, watcher) = (cores(0)?, cores(1)?);
        let looks = pair.watcher.history()[mark..].to_vec();
        let seen = |field: &str| of_screens(&looks, "video_in", field);
        let (fps, height) = (mean(&seen("fps")), seen("height").last().copied());
        let mut delays = seen("capture_to_decode_ms");
        let own = pair.sharer.history()[own_mark..].to_vec();
        let encode = mean(&of_screens(&own, "video_out", "encode_ms"));
        let target = mean(&of_screens(&own, "video_out", "target_bps"));
        let before = memory(&own);
        eprintln!("screen: nobody takes anything for 10 s");
        pair.stall(Duration::from_secs(10))?;
        let growth = memory(pair.sharer.history()) - before;
        pair.end()?;
        drop(painter.end());
        let delay = percentile(&mut delays, 0.95);
        let height = height.unwrap_or_default();
        let frame_ms = pictures_cpu * 1_000.0 / fps;
        let mut table = Table::new(
            "a film on the screen",
            &[
                "pictures a second",
                "height",
                "Mbit/s aimed at",
                "encode ms",
                "CPU ms a picture",
                "and all else of the sharer",
                "delay ms, p95 of seconds",
                "MiB more after a stall",
            ],
        );
        table.push(vec![
            Cell::Number(fps, 1),
            Cell::Number(height, 0),
            Cell::Number(target / 1e6, 2),
            Cell::Number(encode, 1),
            Cell::Number(frame_ms, 1),
            Cell::Number(sharer * 1_000.0 / fps - frame_ms, 1),
            Cell::Number(delay, 0),
            Cell::Number(growth, 1),
        ]);
        report.table(table);
        report.goal(
            format!("at least {FILM_FPS} pictures a second: {fps:.1} ({height} rows)"),
            fps >= FILM_FPS,
        );
        report.goal(
            format!("grabbed, converted and encoded in {FRAME_CPU_MS} ms of CPU a picture: {frame_ms:.1}"),
            frame_ms <= FRAME_CPU_MS,
        );
        report.goal(
            format!("painted to decoded within {DELAY_MS} ms: {delay:.0}"),
            delay <= DELAY_MS,
        );
        report.goal(
            format!("memory flat while nothing is taken for 10 s: {growth:+.1} MiB"),
            growth <= GROWTH_MIB,
        );
        Ok(Figures { fps, height, sharer, watcher })
    }

    fn compare(&self, report: &mut Report, ours: Option<&Figures>) -> Result<()> {
        let Some(program) = chromium::program() else {
            report.goal("beside a browser: not compared, there is none", false);
            return Ok(());
        };
        let film = painter::film()?;
        let words = ["--film", "--seconds", "120"];
        let painter = Painter::start(&self.display, self.profile, &film, &words)?;
        eprintln!("screen: the same from page to page");
        let page = browser::measure(&program, &self.server.url(), &self.display, &self.folder)?;
        drop(painter.end());
        let mut table = Table::new(
            "beside a browser",
            &["program", "pictures a second", "height", "sharer cores", "watcher cores"],
        );
        let mut row = |name: &'static str, fps, height, sharer, watcher| {
            table.push(vec![
                name.into(),
                Cell::Number(fps, 1),
                Cell::Number(height, 0),
                Cell::Number(sharer, 2),
                Cell::Number(watcher, 2),
            ]);
        };
        if let Some(ours) = ours {
            row("cinemasync", ours.fps, ours.height, ours.sharer, ours.watcher);
            let text = format!(
                "more pictures than from page to page on the same machine: {:.1} of {} rows to {:.1} of {}",
                ours.fps, ours.height, page.fps, page.height
            );
            report.goal(text, ours.fps * ours.height > page.fps * page.height);
        }
        row("two pages", page.fps, page.height, page.sharer, page.watcher);
        report.table(table);
        Ok(())
    }

    /// One who shares the whole display and one who watches, once the first picture has arrived.
    fn pair(&self, part: &str, settings: Value, record: bool) -> Result<Pair> {
        self.pair_with(&Sharing {
            part,
            settings,
            source: "monitor:0",
            sharer: &[],
            watcher: &[],
            environment: &[],
            record,
        })
    }

    fn pair_with(&self, sharing: &Sharing<'_>) -> Result<Pair> {
        let program = workspace::program("cinemasync", self.profile);
        let part = sharing.part;
        let start = |name: &str, words: &[&str]| {
            let own = self.folder.join(format!("{part}-{name}"));
            let mut environment = self.display.environment().to_vec();
            environment.extend_from_slice(sharing.environment);
            environment.push(("CINEMASYNC_FOLDER".to_owned(), own.display().to_string()));
            let url = self.server.url();
            let common = ["headless", "--server", &url, "--name", name];
            let words = common.iter().chain(words).map(|word| (*word).to_owned());
            let log = self.folder.join(format!("{part}-{name}.log"));
            Headless::spawn(name, &program, &words.collect::<Vec<_>>(), &environment, &log)
        };
        let mut sharer = start("Anna", &[&["--create"], sharing.sharer].concat())?;
        let room = sharer.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
        sharer.send(&sharing.settings)?;
        sharer.send(&json!({ "command": "share_screen", "source": sharing.source }))?;
        let recordings = self.folder.join(format!("{part}-recordings"));
        let text = recordings.to_string_lossy();
        let mut joins = [&["--join", room.text("code")], sharing.watcher].concat();
        if sharing.record {
            fs::create_dir_all(&recordings)?;
            joins.extend(["--record", &text]);
        }
        let mut watcher = start("Ben", &joins)?;
        watcher.wait_for("a picture", PATIENCE, |event| {
            event.name() == "first_frame" && event.text("source") == "screen"
        })?;
        drop(text);
        Ok(Pair { sharer, watcher, recordings })
    }
}

impl Pair {
    /// Both leave; where the recordings lie.
    fn end(self) -> Result<PathBuf> {
        self.watcher.leave()?;
        self.sharer.leave()?;
        Ok(self.recordings)
    }

    /// The sharer stands still from now on, and both leave.
    fn freeze_and_end(mut self) -> Result<PathBuf> {
        let id = self.sharer.id();
        signal(id, Signal::SIGSTOP)?;
        let left = self.watcher.leave();
        signal(id, Signal::SIGCONT)?;
        left?;
        self.sharer.leave()?;
        Ok(self.recordings)
    }

    /// The watcher takes nothing for a while.
    fn stall(&mut self, span: Duration) -> Result<()> {
        let id = self.watcher.id();
        signal(id, Signal::SIGSTOP)?;
        let waited = children::pause(span);
        signal(id, Signal::SIGCONT)?;
        waited
    }
}

fn signal(id: u32, signal: Signal) -> Result<()> {
    let id = Pid::from_raw(i32::try_from(id).context("a process number that is none")?);
    kill(id, signal).context("a process of ours cannot be stopped")
}

/// The pictures of the only recording of a screen in the folder.
fn arrived(recordings: &Path, page: &Path, painted: &[Painted]) -> Result<Vec<Arrived>> {
    let files = fs::read_dir(recordings)?.filter_map(Result::ok).map(|entry| entry.path());
    let mut screens: Vec<PathBuf> =
        files.filter(|path| path.to_string_lossy().ends_with("screen.y4m")).collect();
    screens.sort();
    let recording = screens.first().context("no picture of the screen was recorded")?;
    quality::compare(recording, &quality::luma_of_page(page)?, painted)
}

/// Pictures a second among those that arrived, each counted once.
fn rate(arrived: &[Arrived]) -> f64 {
    let mut times: Vec<u64> = arrived.iter().map(|picture| picture.at).collect();
    times.dedup();
    match (times.first(), times.last()) {
        (Some(first), Some(last)) if last > first => {
            (times.len() - 1) as f64 * 1_000.0 / (last - first) as f64
        }
        _ => f64::NAN,
    }
}

fn stats(looks: &[Event]) -> impl Iterator<Item = &Event> {
    looks.iter().filter(|event| event.name() == "stats")
}

/// A figure of all links, look by look.
fn of_links(looks: &[Event], field: &str) -> Vec<f64> {
    let peers = stats(looks).filter_map(|event| event.fields["peers"].as_array());
    peers.flatten().filter_map(|peer| peer[field].as_f64()).collect()
}

/// A figure of the shared screens that are sent (`video_out`) or received (`video_in`).
fn of_screens(looks: &[Event], list: &str, field: &str) -> Vec<f64> {
    let peers = stats(looks).filter_map(|event| event.fields["peers"].as_array()).flatten();
    let videos = peers.filter_map(|peer| peer[list].as_array()).flatten();
    let screens = videos.filter(|video| video["source"] == "screen");
    screens.filter_map(|screen| screen[field].as_f64()).collect()
}

/// How much memory a process last said to use, in MiB.
fn memory(looks: &[Event]) -> f64 {
    stats(looks).filter_map(|event| event.fields["rss_mib"].as_f64()).last().unwrap_or(f64::NAN)
}
