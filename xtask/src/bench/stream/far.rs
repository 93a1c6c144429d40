//! Over lines: late, lossy, slow.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::people::{PATIENCE, Room, is_open, of_stream, show, until};
use crate::bench::report::{Cell, Report, Table};
use crate::bench::search::mean;
use crate::children;
use crate::film::{self, Container};
use crate::headless::Headless;
use crate::netlab::{Direction, Link};
use crate::workspace::Profile;

/// A quarter of 40 ms from one to the other and back.
const DELAY: Duration = Duration::from_millis(10);
const OPEN_SECS: f64 = 2.0;
const SEEK_SECS: f64 = 1.5;
const CONCEALED_PERCENT: f64 = 1.0;
const LONGEST_GAP_MS: f64 = 300.0;
/// Films begin once this much is ahead, as people press play when they have settled.
const SETTLED: Duration = Duration::from_secs(5);

/// A line whose router keeps as much as is on the way in a round trip, but no less than ours do by default.
fn line(loss: f64, rate_bps: Option<u64>) -> Link {
    let link = Link { delay: DELAY, loss, rate_bps, ..Link::default() };
    let on_the_way = rate_bps.unwrap_or(0) as f64 / 8.0 * 4.0 * DELAY.as_secs_f64();
    Link { queue_bytes: link.queue_bytes.max(on_the_way as usize), ..link }
}

/// From the moment at which the room shows a film to its first picture, for each kind of file; and a seek to what
/// is not here.
pub(super) fn open(profile: Profile, folder: &Path, report: &mut Report) -> Result<()> {
    let mut table = Table::new(
        "50 Mbit/s, 40 ms",
        &["file", "to the first picture s", "seek to what is not here s"],
    );
    let (mut slowest, mut slowest_seek) = (0.0_f64, 0.0_f64);
    for container in Container::ALL {
        let film = film::dense(120, 8, container)?;
        let fast = |_: &str, _: Direction| line(0.0, Some(50_000_000));
        let here = folder.join(container.name());
        std::fs::create_dir_all(&here).context("no folder for the logs")?;
        let mut room = Room::meet(&["anna", "ben"], false, fast, profile, &here)?;
        // The clocks know each other well after some seconds.
        children::pause(SETTLED)?;
        let [anna, ben] = &mut room.people[..] else { unreachable!("two met") };
        show(anna, &film)?;
        let opened = until(ben, "the film to be open", is_open)?;
        anna.send(&json!({ "command": "play" }))?;
        until(ben, "the film to play", plays)?;
        anna.send(&json!({ "command": "seek", "position": 100.0 }))?;
        let there = |stats: &Value| plays(stats) && position(stats) > 99.5;
        let sought = until(ben, "the seek", there)?;
        slowest = slowest.max(opened);
        slowest_seek = slowest_seek.max(sought);
        table.push(vec![container.name().into(), Cell::Number(opened, 2), Cell::Number(sought, 2)]);
        let overflowed = ["anna", "ben"].map(|name| room.overflowed(name));
        eprintln!("stream: {overflowed:?} packets found Anna's and Ben's lines full");
        room.leave()?;
    }
    report.table(table);
    report.goal(format!("first picture within {OPEN_SECS} s: {slowest:.2}"), slowest <= OPEN_SECS);
    report
        .goal(format!("a seek within {SEEK_SECS} s: {slowest_seek:.2}"), slowest_seek <= SEEK_SECS);
    Ok(())
}

/// 10 Mbit/s beside a call over 20 Mbit/s with 1 % loss.
pub(super) fn lossy(
    profile: Profile,
    folder: &Path,
    seconds: u32,
    report: &mut Report,
) -> Result<()> {
    let film = film::dense(seconds + 20, 10, Container::Mkv)?;
    let bad = |_: &str, direction| match direction {
        Direction::Up => line(0.01, Some(20_000_000)),
        Direction::Down => line(0.0, None),
    };
    let mut room = Room::meet(&["anna", "ben"], true, bad, profile, folder)?;
    children::pause(SETTLED * 2)?;
    let [anna, ben] = &mut room.people[..] else { unreachable!("two met") };
    show(anna, &film)?;
    until(ben, "the film to be open", is_open)?;
    children::pause(SETTLED)?;
    let watched = watch(anna, ben, seconds)?;
    let mut table = Table::new(
        "10 Mbit/s over 20, 40 ms, 1 % loss, beside a call",
        &[
            "seconds",
            "not playing s",
            "times waited",
            "came MB/s",
            "voice concealed %",
            "longest gap of pictures ms",
        ],
    );
    table.push(vec![
        Cell::Number(f64::from(seconds), 0),
        Cell::Number(watched.stood, 1),
        Cell::Number(watched.waits as f64, 0),
        Cell::Number(watched.fastest / 1e6, 2),
        Cell::Number(watched.concealed, 2),
        Cell::Number(watched.gap, 0),
    ]);
    report.table(table);
    report.goal(
        format!("plays {seconds} s without a pause: waited {} times", watched.waits),
        watched.waits == 0,
    );
    report.goal(
        format!("voice concealed at most {CONCEALED_PERCENT} %: {:.2}", watched.concealed),
        watched.concealed <= CONCEALED_PERCENT,
    );
    report.goal(
        format!("no gap of pictures above {LONGEST_GAP_MS} ms: {:.0}", watched.gap),
        watched.gap <= LONGEST_GAP_MS,
    );
    room.leave()
}

/// 8 Mbit/s from two with 5 each.
pub(super) fn two_sources(
    profile: Profile,
    folder: &Path,
    seconds: u32,
    report: &mut Report,
) -> Result<()> {
    let film = film::dense(seconds + 20, 8, Container::Mkv)?;
    let slow = |name: &str, direction| match (name, direction) {
        ("anna" | "cleo", Direction::Up) => line(0.0, Some(5_000_000)),
        _ => line(0.0, None),
    };
    let mut room = Room::meet(&["anna", "ben", "cleo"], false, slow, profile, folder)?;
    children::pause(SETTLED)?;
    let [anna, ben, cleo] = &mut room.people[..] else { unreachable!("three met") };
    cleo.send(&json!({ "command": "stream_mode", "mode": "never" }))?;
    show(anna, &film)?;
    cleo.wait_for("the film", PATIENCE, |event| event.name() == "film")?;
    cleo.send(&json!({ "command": "attach", "path": film }))?;
    until(ben, "two sources", |stats| of_stream(stats, "sources") >= 2.0)?;
    until(ben, "the film to be open", is_open)?;
    children::pause(SETTLED)?;
    let watched = watch(anna, ben, seconds)?;
    let mut table = Table::new(
        "8 Mbit/s from two with 5 each",
        &["seconds", "not playing s", "times waited", "came MB/s"],
    );
    table.push(vec![
        Cell::Number(f64::from(seconds), 0),
        Cell::Number(watched.stood, 1),
        Cell::Number(watched.waits as f64, 0),
        Cell::Number(watched.fastest / 1e6, 2),
    ]);
    report.table(table);
    report.goal(
        format!("from two sources without a pause: waited {} times", watched.waits),
        watched.waits == 0,
    );
    room.leave()
}

/// What was seen of a film and a call.
#[derive(Default)]
struct Watched {
    /// Seconds in which it stood.
    stood: f64,
    /// How often the room waited for somebody.
    waits: usize,
    /// The fastest second, in bytes a second.
    fastest: f64,
    /// Of the worse voice, over all the time, in percent.
    concealed: f64,
    /// The longest time without a new picture of a face, in ms.
    gap: f64,
}

fn watch(anna: &mut Headless, ben: &mut Headless, seconds: u32) -> Result<Watched> {
    anna.send(&json!({ "command": "play" }))?;
    until(ben, "the film to play", plays)?;
    let marks = [anna.mark(), ben.mark()];
    children::pause(Duration::from_secs(u64::from(seconds)))?;
    let mut watched = Watched::default();
    let waits = |event: &&crate::headless::Event| {
        event.name() == "waiting"
            && event.fields["for"].as_array().is_some_and(|who| !who.is_empty())
    };
    watched.waits = ben.history()[marks[1]..].iter().filter(waits).count();
    for (person, mark) in [(&mut *anna, marks[0]), (&mut *ben, marks[1])] {
        let since = &person.history()[mark..];
        let mut concealed = Vec::new();
        let figures = since.iter().filter(|event| event.name() == "stats");
        for figures in figures {
            let figures = &figures.fields;
            watched.fastest = watched.fastest.max(of_stream(figures, "bytes_per_second"));
            for peer in figures["peers"].as_array().into_iter().flatten() {
                concealed.extend(peer["audio_in"]["concealed_percent"].as_f64());
                for video in peer["video_in"].as_array().into_iter().flatten() {
                    let gap = video["longest_gap_ms"].as_f64();
                    watched.gap = watched.gap.max(gap.unwrap_or_default());
                }
            }
        }
        watched.concealed = watched.concealed.max(mean(&concealed));
    }
    let looks = ben.history()[marks[1]..].iter().filter(|event| event.name() == "stats");
    watched.stood = looks.filter(|event| !plays(&event.fields)).count() as f64;
    Ok(watched)
}

fn plays(stats: &Value) -> bool {
    stats["playback"]["state"] == "playing"
}

fn position(stats: &Value) -> f64 {
    stats["playback"]["position"].as_f64().unwrap_or_default()
}
