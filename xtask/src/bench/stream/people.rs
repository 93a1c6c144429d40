//! People in a lab or on loopback, of whom only some have the film.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};

use crate::children;
use crate::headless::{Event, Headless};
use crate::netlab::{Direction, Link, Netlab};
use crate::server::LocalServer;
use crate::workspace::{self, Profile};

pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// A lab with its server and people. Fields in this order: the processes end before their network.
pub(super) struct Room {
    pub(super) people: Vec<Headless>,
    _server: LocalServer,
    lab: Netlab,
}

impl Room {
    /// People of these names in one room, who see and hear each other if `call`; each one's line is as `line` says,
    /// up and down.
    pub(super) fn meet(
        names: &[&str],
        call: bool,
        line: impl Fn(&str, Direction) -> Link,
        profile: Profile,
        folder: &Path,
    ) -> Result<Self> {
        let mut nodes = vec!["server"];
        nodes.extend(names);
        let lab = Netlab::new(&nodes)?;
        for name in names {
            for direction in [Direction::Up, Direction::Down] {
                lab.set_link(name, direction, line(name, direction));
            }
        }
        let server = lab.serve("server", profile, &[], &folder.join("server.log"))?;
        let program = workspace::program("cinemasync", profile);
        let mut people: Vec<Headless> = Vec::new();
        let mut code: Option<String> = None;
        for name in names {
            let mut command = lab.command(name, &program);
            command.args(["headless", "--server", &server.url(), "--name", name]);
            match &code {
                None => command.arg("--create"),
                Some(code) => command.args(["--join", code.as_str()]),
            };
            if call {
                command.args(["--camera", "test-pattern:1280x720@30", "--microphone", "tone"]);
            }
            command.env("CINEMASYNC_FOLDER", folder.join(format!("{name}-home")));
            let log = folder.join(format!("{name}.log"));
            let mut person = Headless::spawn_as(name, &mut command, &log)?;
            let room = person.wait_for("a room", PATIENCE, |event| event.name() == "room")?;
            code.get_or_insert_with(|| room.text("code").to_owned());
            people.push(person);
        }
        let others = names.len() - 1;
        for person in &mut people {
            wait_for_others(person, others)?;
        }
        Ok(Self { people, _server: server, lab })
    }

    /// Packets that found somebody's line full.
    pub(super) fn overflowed(&self, name: &str) -> u64 {
        let of = |direction| self.lab.counts(name, direction).overflowed;
        of(Direction::Up) + of(Direction::Down)
    }

    /// All leave.
    pub(super) fn leave(mut self) -> Result<()> {
        self.people.drain(..).try_for_each(Headless::leave)
    }
}

/// So many connections stand.
fn wait_for_others(person: &mut Headless, others: usize) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    loop {
        let stands = |event: &&Event| event.name() == "peer" && event.text("state") == "connected";
        let mut known: Vec<&str> =
            person.history().iter().filter(stands).map(|event| event.text("id")).collect();
        known.sort_unstable();
        known.dedup();
        if known.len() >= others {
            return Ok(());
        }
        if Instant::now() >= end {
            anyhow::bail!("{} is not connected to everybody", person.name());
        }
        children::pause(Duration::from_millis(50))?;
    }
}

/// Shows a film to the room.
pub(super) fn show(person: &mut Headless, film: &Path) -> Result<()> {
    let mark = person.mark();
    person.send(&json!({ "command": "open", "path": film }))?;
    person.wait_from(mark, "the film", PATIENCE, |event| {
        event.name() == "film" && event.text("mine") == "local"
    })?;
    Ok(())
}

/// The figures now.
pub(super) fn stats(person: &mut Headless) -> Result<Value> {
    let mark = person.mark();
    person.send(&json!({ "command": "stats" }))?;
    let event = person.wait_from(mark, "figures", PATIENCE, |event| event.name() == "stats")?;
    Ok(event.fields)
}

/// Looks at the figures until they are so; how long that took, in seconds.
pub(super) fn until(
    person: &mut Headless,
    what: &str,
    wanted: impl Fn(&Value) -> bool,
) -> Result<f64> {
    let start = Instant::now();
    loop {
        if wanted(&stats(person)?) {
            return Ok(start.elapsed().as_secs_f64());
        }
        if start.elapsed() > PATIENCE {
            anyhow::bail!("{}: {what} took longer than {PATIENCE:?}", person.name());
        }
        children::pause(Duration::from_millis(20))?;
    }
}

/// Is the film open, and does it stand?
pub(super) fn is_open(stats: &Value) -> bool {
    stats["playback"]["state"] == "paused"
}

/// A number of `playback.stream`.
pub(super) fn of_stream(stats: &Value, field: &str) -> f64 {
    stats["playback"]["stream"][field].as_f64().unwrap_or_default()
}
