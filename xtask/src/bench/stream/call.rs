//! What a call loses while a film is streamed over the same line.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::people::{Room, show, until};
use crate::bench::report::{Cell, Report, Table};
use crate::bench::search::{mean, percentile};
use crate::children;
use crate::film::{self, Container};
use crate::headless::Headless;
use crate::netlab::{Direction, Link};
use crate::workspace::Profile;

/// Until the call has found its bitrate, and again with the film.
const SETTLED: Duration = Duration::from_secs(20);
const LOOKED: Duration = Duration::from_secs(15);
/// Of the bitrate for pictures without the film.
const AT_LEAST: f64 = 0.9;
/// By which pictures may be later, p95.
const LATER_MS: f64 = 60.0;

/// Bottlenecks and what is there first.
pub(super) fn measure(profile: Profile, folder: &Path, report: &mut Report) -> Result<()> {
    let mut table = Table::new(
        "a call beside a film that is streamed",
        &["Mbit/s", "film", "pictures kbit/s", "of alone", "delay p95 ms", "later ms", "film MB/s"],
    );
    for megabits in [20_u64, 6] {
        let here = folder.join(format!("call-{megabits}"));
        std::fs::create_dir_all(&here).context("no folder for the logs")?;
        let alone = alone_then_with(profile, &here, megabits)?;
        let before = film_first(profile, &here, megabits)?;
        let base = &alone[0];
        table.push(row(megabits, "none", base, base));
        for (name, figures) in [("began later", &alone[1]), ("was there first", &before)] {
            table.push(row(megabits, name, figures, base));
            let share = figures.bps / base.bps;
            report.goal(
                format!(
                    "{megabits} Mbit/s, film {name}: pictures keep 90 %: {:.0} %",
                    share * 100.0
                ),
                share >= AT_LEAST,
            );
            let later = figures.delay_ms - base.delay_ms;
            report.goal(
                format!("{megabits} Mbit/s, film {name}: at most {LATER_MS} ms later: {later:.0}"),
                later <= LATER_MS,
            );
        }
    }
    report.table(table);
    Ok(())
}

struct Figures {
    bps: f64,
    delay_ms: f64,
    film: f64,
}

fn row(megabits: u64, film: &'static str, figures: &Figures, base: &Figures) -> Vec<Cell> {
    vec![
        Cell::Number(megabits as f64, 0),
        film.into(),
        Cell::Number(figures.bps / 1e3, 0),
        Cell::Number(figures.bps / base.bps, 2),
        Cell::Number(figures.delay_ms, 0),
        Cell::Number(figures.delay_ms - base.delay_ms, 0),
        Cell::Number(figures.film / 1e6, 2),
    ]
}

fn line(megabits: u64) -> impl Fn(&str, Direction) -> Link {
    move |_, direction| Link {
        delay: Duration::from_millis(10),
        rate_bps: matches!(direction, Direction::Up).then_some(megabits * 1_000_000),
        ..Link::default()
    }
}

/// The call alone, and with a film that begins then.
fn alone_then_with(profile: Profile, folder: &Path, megabits: u64) -> Result<[Figures; 2]> {
    let mut room = Room::meet(&["anna", "ben"], true, line(megabits), profile, folder)?;
    children::pause(SETTLED)?;
    let [anna, ben] = &mut room.people[..] else { unreachable!("two met") };
    let alone = look(anna, ben)?;
    show(anna, &film::dense(600, 8, Container::Mkv)?)?;
    until(ben, "the film to come", |stats| stats["playback"]["stream"].is_object())?;
    children::pause(SETTLED)?;
    let with = look(anna, ben)?;
    room.leave()?;
    Ok([alone, with])
}

/// The film first, and the cameras when it comes already.
fn film_first(profile: Profile, folder: &Path, megabits: u64) -> Result<Figures> {
    let mut room = Room::meet(&["anna", "ben"], true, line(megabits), profile, folder)?;
    let [anna, ben] = &mut room.people[..] else { unreachable!("two met") };
    for person in [&mut *anna, &mut *ben] {
        person.send(&json!({ "command": "camera", "on": false }))?;
    }
    show(anna, &film::dense(600, 8, Container::Mkv)?)?;
    until(ben, "the film to come", |stats| stats["playback"]["stream"].is_object())?;
    children::pause(SETTLED / 2)?;
    for person in [&mut *anna, &mut *ben] {
        person.send(&json!({ "command": "camera", "on": true }))?;
    }
    children::pause(SETTLED)?;
    let figures = look(anna, ben)?;
    room.leave()?;
    Ok(figures)
}

fn look(anna: &mut Headless, ben: &mut Headless) -> Result<Figures> {
    let marks = [anna.mark(), ben.mark()];
    children::pause(LOOKED)?;
    let sent =
        each(anna, marks[0], |stats| stats["peers"][0]["video_out"][0]["target_bps"].as_f64());
    let mut delays = each(ben, marks[1], |stats| {
        stats["peers"][0]["video_in"][0]["capture_to_decode_ms"].as_f64()
    });
    let film =
        each(ben, marks[1], |stats| stats["playback"]["stream"]["bytes_per_second"].as_f64());
    Ok(Figures { bps: mean(&sent), delay_ms: percentile(&mut delays, 0.95), film: mean(&film) })
}

fn each(person: &mut Headless, mark: usize, of: impl Fn(&Value) -> Option<f64>) -> Vec<f64> {
    let since = person.history()[mark..].iter().filter(|event| event.name() == "stats");
    since.filter_map(|event| of(&event.fields)).collect()
}
