//! The server's own use of memory, processor and files, read when somebody asks. Where the system
//! does not tell them as Linux does, these figures are left out.

#[cfg_attr(target_os = "linux", path = "process/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "process/other.rs")]
mod system;

use std::fmt::Error;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

/// Asks the system.
#[derive(Debug)]
pub(super) struct Process;

/// What one process uses.
#[derive(Debug, Clone, Copy)]
struct Usage {
    memory_bytes: i64,
    cpu_seconds: f64,
    open_files: i64,
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let Some(usage) = system::usage() else { return Ok(()) };
        let mut gauge = |name, help, value: i64| {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)
        };
        gauge("cinemasync_process_resident_memory_bytes", "Memory in use", usage.memory_bytes)?;
        gauge("cinemasync_process_open_fds", "Open files and sockets", usage.open_files)?;
        let cpu = ConstCounter::new(usage.cpu_seconds);
        let (name, help) = ("cinemasync_process_cpu_seconds", "Processor time used");
        cpu.encode(encoder.encode_descriptor(name, help, None, cpu.metric_type())?)
    }
}
