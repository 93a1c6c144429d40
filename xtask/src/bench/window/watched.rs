//! A window whose frames are looked at: what it says of each at trace level, with the moment at which it
//! said so.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::children::{self, Owned};
use crate::display::Display;
use crate::workspace::{self, Profile};

/// Lines that wait for us. Full: the reader waits, then the pipe fills and the window stalls; at three
/// lines a frame that takes minutes without a look.
const LINES: usize = 65_536;

/// What a frame said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Said {
    /// It begins, with so many inputs.
    Begins { inputs: u64 },
    /// It is laid out: processor time for the film's picture, and for all else, in milliseconds.
    LaidOut { film_ms: f64, ui_ms: f64 },
    /// It is on the screen: processor time of the window's thread in all, in milliseconds.
    Shown { whole_ms: f64 },
}

/// A running window.
pub(super) struct Watched {
    process: Owned,
    lines: Receiver<(Instant, Said)>,
    /// When it was started.
    pub(super) started: Instant,
}

impl Watched {
    /// Starts a window that keeps its own in `folder`.
    pub(super) fn start(
        profile: Profile,
        display: &Display,
        folder: &Path,
        arguments: &[&str],
    ) -> Result<Self> {
        let mut command = Command::new(workspace::program("cinemasync", profile));
        command
            .args(arguments)
            .envs(display.environment())
            .env("CINEMASYNC_FOLDER", folder)
            .env("CINEMASYNC_LOG", "error,cinemasync_client::app::frames=trace")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let started = Instant::now();
        let mut process = Owned::spawn("the window", &mut command)?;
        let output = process.child().stderr.take().expect("stderr was piped above");
        let (sender, lines) = mpsc::sync_channel(LINES);
        // Ends with the process, whose end closes the pipe, or with us, who drop the receiver.
        thread::Builder::new()
            .name("frames".to_owned())
            .spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    match read(&line) {
                        Some(said) if sender.send((Instant::now(), said)).is_err() => break,
                        Some(_) => {}
                        None => eprintln!("the window: {line}"),
                    }
                }
            })
            .context("no thread could be started")?;
        Ok(Self { process, lines, started })
    }

    /// The process's number.
    pub(super) fn id(&mut self) -> u32 {
        self.process.child().id()
    }

    /// What the frames said since they were looked at last.
    pub(super) fn news(&self) -> Vec<(Instant, Said)> {
        self.lines.try_iter().collect()
    }

    /// What the frames say in the next `span`.
    pub(super) fn during(&self, span: Duration) -> Result<Vec<(Instant, Said)>> {
        drop(self.news());
        children::pause(span)?;
        Ok(self.news())
    }

    /// When a frame is on the screen next.
    pub(super) fn next_shown(&self, patience: Duration) -> Result<Instant> {
        self.next(patience, true).context("the window shows nothing; is there OpenGL here?")
    }

    /// When a frame that took something from a person is on the screen next.
    pub(super) fn next_answer(&self, patience: Duration) -> Result<Instant> {
        self.next(patience, false).context("the window does not answer a key")
    }

    /// When a frame is on the screen next; one without inputs counts only where `any` is.
    fn next(&self, patience: Duration, any: bool) -> Option<Instant> {
        let end = Instant::now() + patience;
        let mut counts = any;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            match self.lines.recv_timeout(left).ok()? {
                (_, Said::Begins { inputs }) => counts |= inputs > 0,
                (at, Said::Shown { .. }) if counts => return Some(at),
                _ => {}
            }
        }
        None
    }
}

/// Reads a line of the log.
fn read(line: &str) -> Option<Said> {
    let said = line.split_once("::frames: ")?.1;
    let field = |name: &str| -> Option<u64> {
        let value = said.split_whitespace().find_map(|word| word.strip_prefix(name))?;
        value.strip_prefix('=')?.parse().ok()
    };
    let ms = |name: &str| field(name).map(|micros| micros as f64 / 1000.0);
    if said.starts_with("begins") {
        return Some(Said::Begins { inputs: field("inputs")? });
    }
    if said.starts_with("shown") {
        return Some(Said::Shown { whole_ms: ms("whole_us")? });
    }
    Some(Said::LaidOut { film_ms: ms("film_us")?, ui_ms: ms("ui_us")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_frames_say_is_read() {
        let line = |words: &str| format!("2026-01-01T00:00:00.1Z TRACE a::app::frames: {words}");
        assert_eq!(read(&line("begins number=3 inputs=2")), Some(Said::Begins { inputs: 2 }));
        assert_eq!(
            read(&line("laid out number=3 in_room=true film_us=1500 ui_us=800")),
            Some(Said::LaidOut { film_ms: 1.5, ui_ms: 0.8 })
        );
        assert_eq!(
            read(&line("shown number=3 whole_us=4000")),
            Some(Said::Shown { whole_ms: 4.0 })
        );
        assert_eq!(read("WARN something else"), None);
        assert_eq!(read(&line("shown number=3")), None);
    }
}
