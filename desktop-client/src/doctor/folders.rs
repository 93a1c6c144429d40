//! Whether the program's folders can be written, and how much room is there.

use std::io;
use std::path::{Path, PathBuf};

use sysinfo::{DiskRefreshKind, Disks};

use super::Finding;
use crate::platform::folders;

pub(super) const NAMES: &[(&str, &str)] = &[WRITABLE, ROOM];
const WRITABLE: (&str, &str) = ("folders", "Folders");
const ROOM: (&str, &str) = ("disk", "Disk");

/// Less room than this, in bytes, and nothing can be kept for long.
const FULL: u64 = 200_000_000;
/// Less than this, and a film that comes from a friend may not fit.
const TIGHT: u64 = 5_000_000_000;

/// What became of a folder.
struct Tried {
    path: PathBuf,
    error: Option<io::Error>,
}

pub(super) fn check() -> Vec<Finding> {
    let mut paths: Vec<PathBuf> =
        [folders::config(), folders::local_data(), folders::cache(), folders::logs()]
            .into_iter()
            .flatten()
            .collect();
    paths.dedup();
    let tried = paths.into_iter().map(|path| Tried { error: write_to(&path).err(), path });
    let tried: Vec<Tried> = tried.collect();
    let room = folders::cache().and_then(|folder| free(&folder));
    vec![writable(&tried, folders::is_portable()), disk(room)]
}

/// Makes the folder and a file in it, which is taken away again.
fn write_to(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let file = folder.join(format!("doctor-{}", std::process::id()));
    std::fs::write(&file, "x")?;
    std::fs::remove_file(&file)
}

/// The free bytes of the disk on which this folder lies.
fn free(folder: &Path) -> Option<u64> {
    let folder = folder.canonicalize().ok()?;
    let disks =
        Disks::new_with_refreshed_list_specifics(DiskRefreshKind::nothing().with_storage()).ok()?;
    let holds = disks.iter().filter(|disk| folder.starts_with(disk.mount_point()));
    let nearest = holds.max_by_key(|disk| disk.mount_point().as_os_str().len())?;
    Some(nearest.available_space())
}

fn writable(tried: &[Tried], portable: bool) -> Finding {
    let faults: Vec<String> = tried
        .iter()
        .filter_map(|one| Some(format!("{}: {}", one.path.display(), one.error.as_ref()?)))
        .collect();
    let advice = format!(
        "Give yourself the right to write there, or set {} to a folder of your own.",
        folders::VARIABLE
    );
    if tried.is_empty() {
        let found = "The system names no folder for this program: nothing is kept.";
        return Finding::warn(WRITABLE, found, advice);
    }
    if !faults.is_empty() {
        let found = format!("They cannot all be written. {}.", faults.join("; "));
        return Finding::bad(WRITABLE, found, advice);
    }
    let paths: Vec<String> = tried.iter().map(|one| one.path.display().to_string()).collect();
    let how = if portable { "Portable: all lies beside the program. " } else { "" };
    Finding::ok(WRITABLE, format!("{how}They can be written: {}.", paths.join(", ")))
}

fn disk(free: Option<u64>) -> Finding {
    let Some(free) = free else {
        return Finding::unknown(ROOM, "The system does not tell how much room there is.");
    };
    let gigabytes = free as f64 / 1e9;
    if free < FULL {
        let found = format!("Only {gigabytes:.1} GB are free: nothing can be kept for long.");
        Finding::bad(ROOM, found, "Make room on the disk.")
    } else if free < TIGHT {
        let found =
            format!("{gigabytes:.1} GB are free: a film that comes from a friend may not fit.");
        Finding::warn(ROOM, found, "Make room on the disk before films are streamed.")
    } else {
        Finding::ok(ROOM, format!("{gigabytes:.0} GB are free for films that come from friends."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn one_folder_that_cannot_be_written_is_bad_and_named() {
        let good = Tried { path: "/a".into(), error: None };
        let closed =
            Tried { path: "/b".into(), error: Some(io::ErrorKind::PermissionDenied.into()) };
        assert_eq!(writable(&[], false).verdict, Verdict::Warn);
        assert_eq!(writable(std::slice::from_ref(&good), false).verdict, Verdict::Ok);
        let finding = writable(&[good, closed], false);
        assert_eq!(finding.verdict, Verdict::Bad);
        assert!(finding.found.contains("/b: "), "{}", finding.found);
    }

    #[test]
    fn little_room_is_said() {
        let verdict = |bytes| disk(bytes).verdict;
        assert_eq!(verdict(None), Verdict::Unknown);
        assert_eq!(verdict(Some(1)), Verdict::Bad);
        assert_eq!(verdict(Some(FULL)), Verdict::Warn);
        assert_eq!(verdict(Some(TIGHT)), Verdict::Ok);
    }

    #[test]
    fn a_folder_is_made_and_left_empty() {
        let folder = tempfile::tempdir().unwrap();
        let deeper = folder.path().join("a/b");
        write_to(&deeper).unwrap();
        assert_eq!(deeper.read_dir().unwrap().count(), 0);
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(write_to(&file.join("b")).is_err());
    }
}
