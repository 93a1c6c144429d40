//! What a process costs, as Linux tells it under `/proc`: CPU time and memory.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

/// A running process.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    folder: PathBuf,
}

/// Its memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Memory {
    /// Everything of it that lies in memory.
    pub(crate) rss_bytes: u64,
    /// The same, with what is shared with other processes divided among them.
    pub(crate) pss_bytes: u64,
}

impl Process {
    /// The one with this id.
    pub(crate) fn of(id: u32) -> Self {
        Self { folder: PathBuf::from(format!("/proc/{id}")) }
    }

    /// Ourselves.
    pub(crate) fn own() -> Self {
        Self::of(std::process::id())
    }

    /// The CPU time it has used so far, user and system, of all its threads that live, in seconds.
    pub(crate) fn cpu_seconds(&self) -> Result<f64> {
        let mut nanos = 0;
        let tasks = self.folder.join("task");
        for task in fs::read_dir(&tasks).with_context(|| format!("no {}", tasks.display()))? {
            // A thread may end while we look.
            if let Ok(text) = fs::read_to_string(task?.path().join("schedstat")) {
                nanos += first_number(&text).context("schedstat is not as expected")?;
            }
        }
        if nanos == 0 {
            bail!("this kernel does not tell the CPU time of processes");
        }
        Ok(nanos as f64 / 1e9)
    }

    /// Its memory now.
    pub(crate) fn memory(&self) -> Result<Memory> {
        let file = self.folder.join("smaps_rollup");
        let text = fs::read_to_string(&file).with_context(|| format!("no {}", file.display()))?;
        let bytes = |name| kibibytes(&text, name).map(|kib| kib * 1_024);
        let memory = bytes("Rss:").zip(bytes("Pss:"));
        let (rss_bytes, pss_bytes) = memory.context("smaps_rollup is not as expected")?;
        Ok(Memory { rss_bytes, pss_bytes })
    }
}

fn first_number(text: &str) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}

/// The number of a line `Name:   123 kB`.
fn kibibytes(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)).and_then(first_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_lines_are_read() {
        let text =
            "00-7f ---p 0 0:0 0 [rollup]\nRss:    1836 kB\nPss:     253 kB\nPss_Dirty: 9 kB\n";
        assert_eq!(kibibytes(text, "Rss:"), Some(1_836));
        assert_eq!(kibibytes(text, "Pss:"), Some(253));
        assert_eq!(kibibytes(text, "Swap:"), None);
        assert_eq!(first_number("210132 3411702 2\n"), Some(210_132));
        assert_eq!(first_number("\n"), None);
    }
}
