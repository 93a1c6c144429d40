//! What processes cost, as Linux tells it under `/proc`.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result};

/// Clock ticks a second in `/proc`: fixed by the kernel's interface.
const TICKS: f64 = 100.0;

/// CPU time in seconds that a process and all that descend from it have used so far.
pub(super) fn of_family(root: u32) -> Result<f64> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let mut ticks = BTreeMap::new();
    for entry in fs::read_dir("/proc").context("this system tells nothing of its processes")? {
        let name = entry?.file_name();
        let Some(id) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
        // A process may end while we look.
        let Ok(text) = fs::read_to_string(format!("/proc/{id}/stat")) else { continue };
        if let Some((parent, used)) = read(&text) {
            children.entry(parent).or_default().push(id);
            ticks.insert(id, used);
        }
    }
    let mut family = vec![root];
    let mut total = 0;
    while let Some(id) = family.pop() {
        total += ticks.get(&id).copied().unwrap_or_default();
        family.extend(children.remove(&id).unwrap_or_default());
    }
    Ok(total as f64 / TICKS)
}

/// CPU time in seconds that those threads of a process have used so far whose names begin like this.
#[cfg(target_os = "linux")]
pub(super) fn of_threads(process: u32, names: &[&str]) -> Result<f64> {
    let mut total = 0;
    for entry in fs::read_dir(format!("/proc/{process}/task")).context("the process is gone")? {
        let folder = entry?.path();
        // A thread may end while we look.
        let Ok(name) = fs::read_to_string(folder.join("comm")) else { continue };
        let Ok(text) = fs::read_to_string(folder.join("stat")) else { continue };
        if names.iter().any(|wanted| name.starts_with(wanted)) {
            total += read(&text).map_or(0, |(_, used)| used);
        }
    }
    Ok(total as f64 / TICKS)
}

/// The parent and the ticks, user and system, of one line of `/proc/ID/stat` (proc(5)): fields are
/// counted behind the name, which may hold anything.
fn read(line: &str) -> Option<(u32, u64)> {
    let fields: Vec<&str> = line.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some((u32::try_from(number(1)?).ok()?, number(11)? + number(12)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_whatever_it_is_called() {
        let line = "42 (a) b) (c) S 7 42 42 0 -1 4194560 1 0 0 0 120 30 5 5 20 0 1 0 9 9 9";
        assert_eq!(read(line), Some((7, 150)));
        assert_eq!(read("nonsense"), None);
    }
}
