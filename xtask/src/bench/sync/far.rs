//! The same over a line of 40 ms from one to the other and back, in a lab.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::offsets::{Course, both_sound_after, quantile};
use super::{BETWEEN, LISTENED, PATIENCE, TOGETHER_MS, give_both, tell_both};
use crate::bench::report::{Cell, Report, Table};
use crate::bench::sound_server::SoundServer;
use crate::children;
use crate::headless::Headless;
use crate::netlab::{Direction, Link, Netlab};
use crate::workspace::{self, Profile};

/// Each half of each line is this late.
const DELAY: Duration = Duration::from_millis(10);
const ROUNDS: u32 = 5;
/// From pressed to playing everywhere, as the issue asks.
const PRESSED_MS: f64 = 250.0;

/// Measures it, if this machine lets one make networks.
pub(super) fn measure(
    profile: Profile,
    folder: &Path,
    sound: &SoundServer,
    film: &str,
    report: &mut Report,
) -> Result<()> {
    let lab = match Netlab::new(&["server", "anna", "ben"]) {
        Ok(lab) => lab,
        Err(error) => {
            children::check_interrupted()?;
            report.goal(format!("a line of 40 ms: not measured: {error:#}"), false);
            return Ok(());
        }
    };
    let server = lab.serve("server", profile, &[], &folder.join("far-server.log"))?;
    let link = Link { delay: DELAY, ..Link::default() };
    for name in ["anna", "ben"] {
        lab.set_link(name, Direction::Up, link);
        lab.set_link(name, Direction::Down, link);
    }
    let program = workspace::program("cinemasync", profile);
    let person = |name: &'static str, sink: &str, room: &[&str]| {
        let mut command = lab.command(name, &program);
        command
            .args(["headless", "--server", &server.url(), "--name", name])
            .args(room)
            .args(["--no-stream", "--film-audio", &format!("device:{sink}")])
            .envs(sound.environment().iter().map(|(name, value)| (name, value)));
        Headless::spawn_as(name, &mut command, &folder.join(format!("far-{name}.log")))
    };
    let mut anna = person("anna", SoundServer::SINKS[0], &["--create"])?;
    let room = anna.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
    let mut ben = person("ben", SoundServer::SINKS[1], &["--join", room.text("code")])?;
    give_both(&mut anna, &mut ben, film)?;
    // The clocks know each other well after some seconds.
    children::pause(Duration::from_secs(5))?;
    let recording = sound.record(&folder.join("far.s16"))?;
    let mut table = Table::new(
        "over 40 ms",
        &["round", "pressed to playing ms", "together after s", "offset at the end ms"],
    );
    for round in 0..ROUNDS {
        let start = recording.frames()?;
        tell_both(&mut anna, &mut ben, &json!({ "command": "play" }))?;
        children::pause(LISTENED)?;
        let course = Course::listen(&recording, start, LISTENED)?;
        let pressed = both_sound_after(&recording, start, LISTENED)?;
        table.push(vec![
            Cell::Number(f64::from(round + 1), 0),
            Cell::number(pressed.map(|after| after * 1e3), 0),
            Cell::number(course.together_after(TOGETHER_MS), 1),
            Cell::number(course.median(), 1),
        ]);
        tell_both(&mut anna, &mut ben, &json!({ "command": "pause" }))?;
        children::pause(BETWEEN)?;
    }
    let pressed = table.numbers("pressed to playing ms");
    let worst = quantile(&pressed, 1.0).filter(|_| pressed.len() == table.len());
    report.goal(
        format!(
            "from pressed to playing everywhere within {PRESSED_MS} ms over 40 ms: {:.0}",
            worst.unwrap_or(f64::NAN)
        ),
        worst.is_some_and(|worst| worst <= PRESSED_MS),
    );
    report.table(table);
    anna.leave()?;
    ben.leave()
}
