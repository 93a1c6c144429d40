//! Stdout. A thread of its own writes the lines, so that a reader who does not read holds up neither
//! the session nor its end.

use std::cell::Cell;
use std::io::Write as _;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, channel, sync_channel};
use std::time::{Duration, Instant};

use cinemasync_core::interface::Snapshot;

use super::lines::EventLine;
use crate::platform::process::ProcessFigures;

/// Lines that wait to be written. Full means that nobody reads: figures are left out, and so are
/// events, which is logged once.
const QUEUE: usize = 4_096;
/// How long the last lines may take at the end.
const FLUSH_PATIENCE: Duration = Duration::from_secs(1);

/// What is printed, with the time since the start. Dropping it writes what waits.
pub(super) struct Printer {
    start: Instant,
    figures: ProcessFigures,
    lines: Option<SyncSender<String>>,
    /// Ends when the thread does. One that hangs in a write cannot be woken and is left behind at
    /// the end of the process; it owns nothing but the write.
    writing: Receiver<()>,
    behind: Cell<bool>,
}

impl Printer {
    /// Begins to count the time.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start() -> std::io::Result<Self> {
        let (lines, queue) = sync_channel::<String>(QUEUE);
        let (alive, writing) = channel();
        std::thread::Builder::new().name("stdout".to_owned()).spawn(move || {
            let _alive = alive;
            for line in queue {
                // Whoever closed our stdout does not listen any more; leaving is up to them.
                if writeln!(std::io::stdout().lock(), "{line}").is_err() {
                    return;
                }
            }
        })?;
        let (start, figures) = (Instant::now(), ProcessFigures::new());
        Ok(Self { start, figures, lines: Some(lines), writing, behind: Cell::new(false) })
    }

    /// Prints an event.
    pub(super) fn print(&self, line: &EventLine) {
        if !self.put(line) && !self.behind.replace(true) {
            tracing::error!("nobody reads the events: some are left out from now on");
        }
    }

    /// Prints the figures.
    pub(super) fn stats(&mut self, snapshot: &Snapshot) {
        let usage = self.figures.sample();
        // The next ones tell more than these would by the time they are read.
        let _ = self.put(&EventLine::stats(snapshot, usage));
    }

    /// False if there is no place.
    fn put(&self, line: &EventLine) -> bool {
        let Some(lines) = &self.lines else { return true };
        !matches!(lines.try_send(line.to_json(self.start.elapsed())), Err(TrySendError::Full(_)))
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        drop(self.lines.take());
        // An error either way: the thread is done, or it hangs and was waited for.
        let _ = self.writing.recv_timeout(FLUSH_PATIENCE);
    }
}
