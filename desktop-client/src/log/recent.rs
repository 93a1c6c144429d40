//! The log's last lines, in memory.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use tracing_subscriber::fmt::MakeWriter;

/// Lines that are kept. Full: the oldest goes.
const LINES: usize = 100;
/// The longest line, in bytes; the rest of a longer one is cut off.
const LONGEST: usize = 500;

/// The last lines of the log.
#[derive(Debug, Clone, Default)]
pub struct Recent(Arc<Mutex<VecDeque<String>>>);

impl Recent {
    /// The lines, oldest first. For a thread that panics: if it did so while it wrote one, there are none.
    pub fn lines(&self) -> Vec<String> {
        match self.0.try_lock() {
            Ok(lines) => lines.iter().cloned().collect(),
            Err(TryLockError::Poisoned(lines)) => lines.into_inner().iter().cloned().collect(),
            Err(TryLockError::WouldBlock) => Vec::new(),
        }
    }

    fn push(&self, line: &[u8]) {
        let line = String::from_utf8_lossy(&line[..line.len().min(LONGEST)]).trim_end().to_owned();
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }
}

impl<'a> MakeWriter<'a> for Recent {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The log writes a line at a time.
impl io::Write for Recent {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_and_long_ones_are_cut() {
        let recent = Recent::default();
        for number in 0..LINES + 5 {
            recent.push(format!("line {number}\n").as_bytes());
        }
        recent.push("ä".repeat(LONGEST).as_bytes());
        let lines = recent.lines();
        assert_eq!(lines.len(), LINES);
        assert_eq!(lines[0], "line 6");
        assert!(lines[LINES - 1].len() <= LONGEST + 3);
    }
}
