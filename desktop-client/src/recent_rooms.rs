//! The rooms in which one was, on the disk: a small JSON file that only its owner can read.

use std::io;
use std::path::{Path, PathBuf};

use cinemasync_core::recent_rooms::RecentRooms;

use crate::kept::{self, Aside, What, Why};
use crate::platform::private_file;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 256 * 1024;

/// Where they are kept, if the system has such a folder.
pub fn default_path() -> Option<PathBuf> {
    Some(crate::platform::folders::local_data()?.join("rooms.json"))
}

/// What was kept; what cannot be read counts as nothing and is put aside.
pub fn load(path: &Path) -> (RecentRooms, Option<Aside>) {
    kept::read(path, What::Rooms, LARGEST, |text| {
        serde_json::from_str(text).map(RecentRooms::bounded).map_err(|_| Why::Broken)
    })
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
        assert_eq!(load(&path), (RecentRooms::default(), None));
        let mut rooms = RecentRooms::default();
        rooms.entered("K7QM4XTB".parse().unwrap(), "wss://a", ["Ana".to_owned()], 7);
        save(&path, &rooms);
        assert_eq!(load(&path), (rooms, None));
        std::fs::write(&path, "{\"rooms\":[{\"code\":\"no\"}]}").unwrap();
        assert_eq!(load(&path).0, RecentRooms::default());
        std::fs::write(&path, vec![b' '; 300_000]).unwrap();
        assert_eq!(load(&path).0, RecentRooms::default());
    }
}
