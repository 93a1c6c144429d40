//! Processes that outlive one call (a server, windows, a sound server): each is owned by a handle
//! that ends it, on Ctrl-C as well. Commands that are merely run and awaited belong to `shell`.

use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::shell::Invocation;
use crate::workspace;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// How long a process may take to end by itself once it was asked to.
const PATIENCE: Duration = Duration::from_secs(4);

/// How often a process that cannot be waited for with a deadline is looked at.
const GLANCE: Duration = Duration::from_millis(20);

/// From now on Ctrl-C (and a request to terminate) no longer ends this process at once: the
/// functions that wait return an error instead, so that every handle gets to end its process.
pub(crate) fn catch_interrupts() -> Result<()> {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::SeqCst))
        .context("Ctrl-C cannot be caught")
}

/// An error if somebody pressed Ctrl-C.
pub(crate) fn check_interrupted() -> Result<()> {
    if INTERRUPTED.load(Ordering::SeqCst) {
        bail!("interrupted");
    }
    Ok(())
}

/// Waits for `span`, or until Ctrl-C.
pub(crate) fn pause(span: Duration) -> Result<()> {
    let end = Instant::now() + span;
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        check_interrupted()?;
        thread::sleep(left.min(Duration::from_millis(100)));
    }
    check_interrupted()
}

/// A running process. Dropping it asks the process to end, and ends it if it does not.
#[derive(Debug)]
pub(crate) struct Owned {
    name: String,
    child: Child,
}

impl Owned {
    /// Starts `command`; `name` is what messages call it.
    pub(crate) fn spawn(name: &str, command: &mut Command) -> Result<Self> {
        let child = command.spawn().with_context(|| {
            format!("{name} ({}) could not be started", command.get_program().to_string_lossy())
        })?;
        Ok(Self { name: name.to_owned(), child })
    }

    /// What it was called.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The process itself, for its pipes.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// How it ended, if it did.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().with_context(|| format!("{} cannot be looked at", self.name))
    }

    /// Waits until it ends by itself, at most for `patience`.
    pub(crate) fn wait_within(&mut self, patience: Duration) -> Result<Option<ExitStatus>> {
        let end = Instant::now() + patience;
        loop {
            if let Some(status) = self.ended()? {
                return Ok(Some(status));
            }
            if Instant::now() >= end {
                return Ok(None);
            }
            thread::sleep(GLANCE);
        }
    }

    /// Ends it at once, as a crash would.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.child.kill().with_context(|| format!("{} cannot be ended", self.name))?;
        self.child.wait().map(drop).with_context(|| format!("{} does not end", self.name))
    }

    fn ask_to_end(&self) {
        // Windows knows no polite signal for a process without a console of its own.
        if cfg!(unix) && workspace::find_program("kill").is_some() {
            let id = self.child.id().to_string();
            if let Err(error) = Invocation::new("kill").args(["-TERM", &id]).run_quietly() {
                eprintln!("{}: {error:#}", self.name);
            }
        }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        self.ask_to_end();
        let patience = if cfg!(unix) { PATIENCE } else { Duration::ZERO };
        if matches!(self.wait_within(patience), Ok(Some(_))) {
            return;
        }
        if let Err(error) = self.kill() {
            eprintln!("{error:#}");
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn dropping_the_handle_ends_the_process() {
        let mut command = Command::new("sleep");
        let process = Owned::spawn("sleeper", command.arg("600")).expect("sleep is there");
        let id = process.child.id().to_string();
        drop(process);
        assert!(Invocation::new("kill").args(["-0", &id]).run_quietly().is_err());
    }

    #[test]
    fn an_end_is_seen() {
        let mut process = Owned::spawn("true", &mut Command::new("true")).expect("true is there");
        let status = process.wait_within(Duration::from_secs(60)).expect("it can be waited for");
        assert!(status.is_some_and(|status| status.success()));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = Owned::spawn("the thing", &mut Command::new("no-such-program")).unwrap_err();
        assert!(error.to_string().contains("no-such-program"), "{error}");
    }
}
