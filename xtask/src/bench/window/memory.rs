//! How much memory a process has resident, and which of it is the graphics driver's program code: a compiler
//! of shaders, which software drivers bring, is larger than everything of ours.

use std::fs;

use anyhow::{Context as _, Result};

/// What the libraries of drivers are called: Mesa's, what it compiles with, and the makers' own.
const DRIVER: &[&str] = &[
    "libLLVM",
    "libgallium",
    "_dri.so",
    "libGLX_",
    "libEGL_",
    "libglapi",
    "libz3",
    "libnvidia",
    "libdrm",
];

/// Resident memory in MB (10⁶ bytes).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Resident {
    /// In all.
    pub(super) whole_mb: f64,
    /// Of that, the driver's libraries. What the driver allocates counts as ours.
    pub(super) driver_mb: f64,
}

/// What a process has resident now.
pub(super) fn of(process: u32) -> Result<Resident> {
    let maps =
        fs::read_to_string(format!("/proc/{process}/smaps")).context("the window is gone")?;
    Ok(read(&maps))
}

/// Reads `/proc/ID/smaps` (proc(5)): a line that names a mapping, then lines of figures in KiB.
fn read(maps: &str) -> Resident {
    let mut found = Resident::default();
    let mut of_driver = false;
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let Some(first) = words.next() else { continue };
        if first == "Rss:" {
            let kib: f64 = words.next().and_then(|figure| figure.parse().ok()).unwrap_or_default();
            let mb = kib * 1024.0 / 1e6;
            found.whole_mb += mb;
            if of_driver {
                found.driver_mb += mb;
            }
        } else if !first.ends_with(':') {
            // Address, rights, offset, device, inode, and the file if there is one.
            let file = words.nth(4).unwrap_or_default();
            of_driver = DRIVER.iter().any(|name| file.contains(name));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drivers_libraries_are_told_from_the_rest() {
        let maps = "7f00-7f10 r-xp 00000000 08:01 12   /usr/lib/libLLVM-15.so.1\nSize: 900 kB\n\
                    Rss: 500 kB\n7f20-7f30 rw-p 00000000 00:00 0\nRss: 250 kB\nVmFlags: rd wr\n\
                    7f30-7f40 rw-p 00000000 00:00 0   [heap]\nRss: 250 kB\n";
        let found = read(maps);
        assert!((found.whole_mb - 1.024).abs() < 1e-9);
        assert!((found.driver_mb - 0.512).abs() < 1e-9);
    }
}
