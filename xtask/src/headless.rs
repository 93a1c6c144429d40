//! A `cinemasync` process as a script drives it: JSON commands in, JSON events out, line by line.
//! Serves `headless` and a window started with `--print-events`, and ends what it started.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::children::{self, Owned};

/// Lines that wait for us. Full: the reader waits, then the pipe fills and the process stalls; at a
/// few lines a second that takes hours without a look.
const LINES: usize = 65_536;

/// One line that the process said.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// Its fields.
    pub(crate) fields: Value,
}

impl Event {
    /// The kind of event: `room`, `peer`, `stats` …; empty where a line has none.
    pub(crate) fn name(&self) -> &str {
        self.text("event")
    }

    /// Seconds since the process started, by its own clock.
    pub(crate) fn seconds(&self) -> f64 {
        self.fields["t"].as_f64().unwrap_or(f64::NAN)
    }

    /// A field that is a text; empty where it is not there.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.fields[field].as_str().unwrap_or_default()
    }
}

/// A running process and what it said so far.
#[derive(Debug)]
pub(crate) struct Headless {
    process: Owned,
    input: ChildStdin,
    lines: Receiver<Event>,
    history: Vec<Event>,
    log: PathBuf,
}

impl Headless {
    /// Starts `program`; its log goes to `log`.
    pub(crate) fn spawn(
        name: &str,
        program: &Path,
        arguments: &[String],
        environment: &[(String, String)],
        log: &Path,
    ) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(arguments).envs(environment.iter().map(|(name, value)| (name, value)));
        Self::spawn_as(name, &mut command, log)
    }

    /// Starts a process as `command` says; its log goes to `log`.
    pub(crate) fn spawn_as(name: &str, command: &mut Command, log: &Path) -> Result<Self> {
        let log_file =
            File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log_file);
        let mut process = Owned::spawn(name, command)?;
        let input = process.child().stdin.take().expect("stdin was piped above");
        let output = process.child().stdout.take().expect("stdout was piped above");

        let (sender, lines) = mpsc::sync_channel(LINES);
        // Ends with the process, whose end closes the pipe, or with us, who drop the receiver.
        thread::Builder::new()
            .name(format!("events of {name}"))
            .spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    let fields = serde_json::from_str(&line).unwrap_or(Value::String(line));
                    if sender.send(Event { fields }).is_err() {
                        break;
                    }
                }
            })
            .context("no thread could be started")?;
        Ok(Self { process, input, lines, history: Vec::new(), log: log.to_path_buf() })
    }

    /// What it was called.
    pub(crate) fn name(&self) -> &str {
        self.process.name()
    }

    /// The process's number.
    pub(crate) fn id(&mut self) -> u32 {
        self.process.child().id()
    }

    /// Everything that it said so far, oldest first.
    pub(crate) fn history(&mut self) -> &[Event] {
        self.history.extend(self.lines.try_iter());
        &self.history
    }

    /// What it said that nobody has heard yet; kept in the history, too.
    #[cfg(target_os = "linux")]
    pub(crate) fn news(&mut self) -> Vec<Event> {
        let news: Vec<Event> = self.lines.try_iter().collect();
        self.history.extend(news.iter().cloned());
        news
    }

    /// Sends one command.
    pub(crate) fn send(&mut self, command: &Value) -> Result<()> {
        writeln!(self.input, "{command}").and_then(|()| self.input.flush()).with_context(|| {
            format!("{} no longer listens; {}", self.process.name(), self.ending())
        })
    }

    /// The first event from the `from`th on that is wanted, heard already or within `patience`.
    /// `wanted` is named in the error. An `error` event that comes instead ends the wait.
    pub(crate) fn wait_from(
        &mut self,
        from: usize,
        what: &str,
        patience: Duration,
        wanted: impl Fn(&Event) -> bool,
    ) -> Result<Event> {
        let end = Instant::now() + patience;
        let mut looked_at = from;
        loop {
            while let Some(event) = self.history.get(looked_at) {
                if wanted(event) {
                    return Ok(event.clone());
                }
                if event.name() == "error" {
                    bail!("{}: waiting for {what}: {}", self.name(), event.text("text"));
                }
                looked_at += 1;
            }
            children::check_interrupted()?;
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left.min(Duration::from_millis(100))) {
                Ok(event) => self.history.push(event),
                Err(RecvTimeoutError::Timeout) if !left.is_zero() => {}
                Err(RecvTimeoutError::Timeout) => {
                    bail!("{}: no {what} within {patience:.0?}; {}", self.name(), self.ending())
                }
                Err(RecvTimeoutError::Disconnected) => {
                    bail!("{} ended before {what}; {}", self.name(), self.ending())
                }
            }
        }
    }

    /// The first event that is wanted, heard already or within `patience`.
    pub(crate) fn wait_for(
        &mut self,
        what: &str,
        patience: Duration,
        wanted: impl Fn(&Event) -> bool,
    ) -> Result<Event> {
        self.wait_from(0, what, patience, wanted)
    }

    /// Where the next event will stand in the history: a mark for [`Self::wait_from`].
    pub(crate) fn mark(&mut self) -> usize {
        self.history().len()
    }

    /// Has it ended?
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.process.ended()
    }

    /// Leaves the room and waits for the process to end by itself.
    pub(crate) fn leave(mut self) -> Result<()> {
        self.send(&serde_json::json!({ "command": "leave" }))?;
        match self.process.wait_within(Duration::from_secs(10))? {
            Some(status) if status.success() => Ok(()),
            Some(status) => bail!("{} left badly ({status}); {}", self.name(), self.ending()),
            None => bail!("{} does not end although it was asked to leave", self.name()),
        }
    }

    /// Where to look, with the last lines of the log.
    fn ending(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let tail = lines[lines.len().saturating_sub(5)..].join("\n");
        format!("its log is {}\n{tail}", self.log.display())
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use serde_json::json;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    fn script(text: &str) -> (tempfile::TempDir, Headless) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log = folder.path().join("log");
        let arguments = ["-c".to_owned(), text.to_owned()];
        let process = Headless::spawn("a script", Path::new("sh"), &arguments, &[], &log);
        (folder, process.expect("sh is there"))
    }

    #[test]
    fn an_event_is_awaited_and_kept() {
        let (_folder, mut process) =
            script(r#"echo '{"event":"room","t":0.5,"code":"ABCD2345"}'; cat"#);
        let room = process.wait_for("a room", PATIENCE, |e| e.name() == "room").expect("it comes");
        assert_eq!(room.text("code"), "ABCD2345");
        assert!((room.seconds() - 0.5).abs() < 1e-9);
        // The script says what it is told: the command comes back as a line.
        process.send(&json!({ "event": "echo" })).expect("it listens");
        process.wait_for("an echo", PATIENCE, |e| e.name() == "echo").expect("it comes");
        assert_eq!(process.history().len(), 2);
    }

    #[test]
    fn an_end_is_told_with_the_log() {
        let (_folder, mut process) = script("echo 'no camera' >&2; exit 1");
        let error = process.wait_for("a room", PATIENCE, |_| false).unwrap_err().to_string();
        assert!(error.contains("a script ended before a room"), "{error}");
        assert!(error.contains("no camera"), "{error}");
    }

    #[test]
    fn an_error_event_ends_the_wait_with_its_sentence() {
        let (_folder, mut process) = script(
            r#"echo '{"event":"error","code":"room_full","text":"The room is full."}'; cat"#,
        );
        let error = process.wait_for("a room", PATIENCE, |_| false).unwrap_err().to_string();
        assert!(error.ends_with("The room is full."), "{error}");
    }

    #[test]
    fn a_silent_process_is_not_awaited_for_ever() {
        let (_folder, mut process) = script("cat");
        let error = process.wait_for("a word", Duration::ZERO, |_| false).unwrap_err().to_string();
        assert!(error.contains("no a word within"), "{error}");
    }
}
