//! A process' use of things as Linux tells it in `/proc/self`.

use std::fs;

use super::Usage;

/// Ticks are hundredths of a second on every Linux, whatever the kernel's own are.
const TICKS_PER_SECOND: f64 = 100.0;

pub(super) fn usage() -> Option<Usage> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the program's name, which may hold anything but ends with the last `)`.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: i64 = resident.split_whitespace().next()?.parse().ok()?;
    let open_files = i64::try_from(fs::read_dir("/proc/self/fd").ok()?.count()).ok()?;
    Some(Usage { memory_bytes: kib * 1024, cpu_seconds: ticks / TICKS_PER_SECOND, open_files })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells() {
        let usage = usage().unwrap();
        assert!(usage.memory_bytes > 1 << 20 && usage.open_files > 2, "{usage:?}");
        assert!(usage.cpu_seconds >= 0.0);
    }
}
