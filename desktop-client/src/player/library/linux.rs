//! libmpv on Linux: the system's package.

use std::ffi::c_int;
use std::path::{Path, PathBuf};

/// File names relative to the program's own folder: only the system's library is used here.
pub(super) const BESIDE_PROGRAM: [&str; 0] = [];
/// Names that the dynamic linker resolves: mpv 0.35 and later, then 0.33 and 0.34.
pub(super) const SYSTEM: &[&str] = &["libmpv.so.2", "libmpv.so.1"];
/// The category of `setlocale` in glibc and musl.
pub(super) const LC_NUMERIC: c_int = 1;

/// Where the linker found the library of this name: the system lists what this process has opened.
pub(super) fn resolve(name: &Path) -> Option<PathBuf> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    find(&maps, name.to_str()?)
}

/// The file whose name begins so: the real one may have more numbers at its end.
fn find(maps: &str, name: &str) -> Option<PathBuf> {
    let paths = maps.lines().filter_map(|line| line.find('/').map(|at| Path::new(&line[at..])));
    let is_it = |path: &&Path| {
        path.file_name().and_then(|file| file.to_str()).is_some_and(|file| file.starts_with(name))
    };
    paths.into_iter().find(is_it).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_is_found_in_what_the_process_has_opened() {
        let maps = "7f00-7f01 r--p 00000000 fe:00 1  /usr/lib/libc.so.6\n\
                    7f02-7f03 r-xp 00000000 fe:00 2  /usr/lib/my libs/libmpv.so.2.5.0\n\
                    7f04-7f05 rw-p 00000000 00:00 0\n";
        let expected = Path::new("/usr/lib/my libs/libmpv.so.2.5.0");
        assert_eq!(find(maps, "libmpv.so.2").as_deref(), Some(expected));
        assert_eq!(find(maps, "libmpv.so.1"), None);
    }
}
