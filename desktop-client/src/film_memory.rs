//! What is remembered of films, on the disk: a small JSON file that only its owner can read.

use std::io;
use std::path::{Path, PathBuf};

use cinemasync_core::film_memory::FilmMemory;

use crate::kept::{self, Aside, What, Why};
use crate::platform::private_file;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Where it is kept, if the system has such a folder.
pub fn default_path() -> Option<PathBuf> {
    Some(crate::platform::folders::local_data()?.join("films.json"))
}

/// What was kept; what cannot be read counts as nothing and is put aside.
pub fn load(path: &Path) -> (FilmMemory, Option<Aside>) {
    kept::read(path, What::Films, LARGEST, |text| {
        serde_json::from_str(text).map_err(|_| Why::Broken)
    })
}

/// Keeps this instead of what was there.
pub fn save(path: &Path, memory: &FilmMemory) {
    let kept = serde_json::to_vec(memory).map_err(io::Error::from);
    if let Err(error) = kept.and_then(|memory| private_file::replace(path, &memory)) {
        tracing::warn!(%error, "what is remembered of films cannot be kept");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again_and_damage_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deeper/films.json");
        assert_eq!(load(&path), (FilmMemory::default(), None));
        let kept = r#"{"places":[{"film":"a1","position_secs":900.0}]}"#;
        let memory: FilmMemory = serde_json::from_str(kept).unwrap();
        save(&path, &memory);
        assert_eq!(load(&path), (memory, None));
        std::fs::write(&path, "{").unwrap();
        assert_eq!(load(&path).0, FilmMemory::default());
    }
}
