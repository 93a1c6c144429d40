//! The place in a room that this program had when it was ended, on the disk: a small JSON file that
//! only its owner can read, because whoever has it can take that place.

use std::io;
use std::path::{Path, PathBuf};

use cinemasync_core::interface::Place;

use crate::platform::private_file;

/// Where the place is kept, if the system has such a folder.
pub fn default_path() -> Option<PathBuf> {
    Some(crate::platform::folders::local_data()?.join("place.json"))
}

/// The place that was kept. What cannot be read is logged and counts as none.
pub fn load(path: &Path) -> Option<Place> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            tracing::warn!(%error, "the place in the last room cannot be read");
            return None;
        }
    };
    // What was read is secret: the error's text, which may repeat it, is not logged.
    let place = serde_json::from_str(&text).ok();
    if place.is_none() {
        tracing::warn!("the place in the last room is damaged");
    }
    place
}

/// Keeps this place instead of the one before.
pub fn keep(path: &Path, place: &Place) {
    let kept = serde_json::to_vec(place).map_err(io::Error::from);
    if let Err(error) = kept.and_then(|place| private_file::replace(path, &place)) {
        tracing::warn!(%error, "the place in the room cannot be kept; a crash would lose it");
    }
}

/// Forgets this place, which was left. Another one may stand there by now: of a second program of
/// the same person.
pub fn forget(path: &Path, place: &Place) {
    if load(path).as_ref() == Some(place)
        && let Err(error) = std::fs::remove_file(path)
    {
        tracing::warn!(%error, "the place in the room that was left cannot be forgotten");
    }
}

#[cfg(test)]
mod tests {
    use cinemasync_core::link::Identity;
    use cinemasync_protocol::Token;

    use super::*;

    fn place() -> Place {
        Place {
            server: "wss://cinema.example.org/ws".into(),
            name: "Ana".into(),
            token: Token::new("secret"),
            identity: Some(Identity::new("private")),
        }
    }

    #[test]
    fn a_place_is_kept_until_it_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deeper/place.json");
        assert_eq!(load(&path), None);
        keep(&path, &place());
        keep(&path, &place());
        assert_eq!(load(&path), Some(place()));
        forget(&path, &place());
        forget(&path, &place());
        assert_eq!(load(&path), None);
    }

    #[test]
    fn who_leaves_forgets_only_its_own_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("place.json");
        let other = Place { token: Token::new("another secret"), ..place() };
        keep(&path, &place());
        keep(&path, &other);
        forget(&path, &place());
        assert_eq!(load(&path), Some(other));
    }

    #[test]
    fn a_damaged_place_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("place.json");
        std::fs::write(&path, "{\"server\":").unwrap();
        assert_eq!(load(&path), None);
    }

    #[test]
    #[cfg(unix)]
    fn only_its_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("place.json");
        keep(&path, &place());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
