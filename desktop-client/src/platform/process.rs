//! What this process uses: processor time and memory.

use std::time::Duration;

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// Processor and memory use.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Usage {
    /// Since the previous sample; 100 is one core.
    pub cpu_percent: f64,
    /// Resident memory in MiB.
    pub rss_mib: f64,
}

/// Samples the use of this process.
pub struct ProcessFigures {
    /// Where the system tells; nowhere else.
    source: Option<(System, Pid)>,
}

impl ProcessFigures {
    /// The first sample counts from here.
    pub fn new() -> Self {
        let source = System::new().ok().zip(sysinfo::get_current_pid().ok());
        let mut figures = Self { source };
        figures.sample();
        figures
    }

    /// The use now; zeros where the system does not tell.
    pub fn sample(&mut self) -> Usage {
        let Some((system, pid)) = &mut self.source else { return Usage::default() };
        let kind = ProcessRefreshKind::nothing().with_cpu().with_memory().without_tasks();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[*pid]), false, kind);
        system.process(*pid).map_or_else(Usage::default, |process| Usage {
            cpu_percent: f64::from(process.cpu_usage()),
            rss_mib: process.memory() as f64 / f64::from(1 << 20),
        })
    }
}

/// The processor time that the calling thread has used so far, where the system tells.
#[cfg(target_os = "linux")]
pub fn thread_cpu() -> Option<Duration> {
    rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime).try_into().ok()
}

/// The processor time that the calling thread has used so far, where the system tells.
#[cfg(not(target_os = "linux"))]
pub fn thread_cpu() -> Option<Duration> {
    None
}

impl Default for ProcessFigures {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_thread_uses_time() {
        let before = thread_cpu().expect("Linux tells");
        let mut passed = before;
        // Ends: looking costs time.
        while passed <= before {
            passed = thread_cpu().expect("Linux tells");
        }
    }

    #[test]
    fn this_process_uses_memory() {
        assert!(ProcessFigures::new().sample().rss_mib > 1.0);
    }
}
