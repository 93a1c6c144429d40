//! The rooms in which one was, on the disk: a small JSON file that only its owner can read.

use std::io;
use std::path::{Path, PathBuf};

use cinemasync_core::recent_rooms::RecentRooms;

use crate::platform::private_file;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 256 * 1024;

/// Where they are kept, if the system has such a folder.
pub fn default_path() -> Option<PathBuf> {
    Some(crate::platform::folders::local_data()?.join("rooms.json"))
}

/// What was kept; what cannot be read is logged and counts as nothing.
pub fn load(path: &Path) -> RecentRooms {
    let read = std::fs::metadata(path).and_then(|file| {
        if file.len() > LARGEST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        serde_json::from_slice(&std::fs::read(path)?).map_err(io::Error::from)
    });
    let rooms: RecentRooms = read.unwrap_or_else(|error| {
        if error.kind() != io::ErrorKind::NotFound {
            tracing::warn!(%error, "the rooms of late cannot be read");
        }
        RecentRooms::default()
    });
    rooms.bounded()
}

/// Keeps these instead of what was there.
pub fn save(path: &Path, rooms: &RecentRooms) {
    let kept = serde_json::to_vec(rooms).map_err(io::Error::from);
    if let Err(error) = kept.and_then(|rooms| private_file::replace(path, &rooms)) {
        tracing::warn!(%error, "the rooms of late cannot be kept");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again_and_damage_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deeper/rooms.json");
        assert_eq!(load(&path), RecentRooms::default());
        let mut rooms = RecentRooms::default();
        rooms.entered("K7QM4XTB".parse().unwrap(), "wss://a", ["Ana".to_owned()], 7);
        save(&path, &rooms);
        assert_eq!(load(&path), rooms);
        std::fs::write(&path, "{\"rooms\":[{\"code\":\"no\"}]}").unwrap();
        assert_eq!(load(&path), RecentRooms::default());
        std::fs::write(&path, vec![b' '; 300_000]).unwrap();
        assert_eq!(load(&path), RecentRooms::default());
    }
}
