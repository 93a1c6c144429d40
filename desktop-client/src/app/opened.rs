//! What this program was started with: a film, or an invitation. Reads what a person types, and what file
//! managers and browsers pass on.

use std::path::{Path, PathBuf};

use cinemasync_core::invitation::unescape;
use serde::{Deserialize, Serialize};

/// How an invitation begins.
const SCHEME: &str = "cinemasync://";
/// The longest invitation, in bytes.
const LONGEST_LINK: usize = 600;

/// Something to open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Opened {
    /// An invitation's link.
    Link(String),
    /// A file by its whole path.
    File(PathBuf),
}

impl Opened {
    /// Reads an argument; a path counts from `folder` on.
    ///
    /// # Errors
    /// A sentence, if there is no such file.
    pub(super) fn read(argument: &str, folder: &Path) -> Result<Self, String> {
        let begins = argument.get(..SCHEME.len());
        if begins.is_some_and(|begins| begins.eq_ignore_ascii_case(SCHEME)) {
            let link = Self::Link(argument.to_owned());
            return if link.is_sane() {
                Ok(link)
            } else {
                Err("That link is too long.".to_owned())
            };
        }
        let path = match argument.strip_prefix("file://") {
            Some(rest) => unescape(rest.strip_prefix("localhost").unwrap_or(rest)),
            None => argument.to_owned(),
        };
        let path = folder.join(path);
        if path.is_file() {
            Ok(Self::File(path))
        } else {
            Err(format!("There is no file {}.", path.display()))
        }
    }

    /// Is it what a start of this program can have said?
    pub(super) fn is_sane(&self) -> bool {
        match self {
            Self::Link(link) => link.len() <= LONGEST_LINK,
            Self::File(path) => path.is_absolute(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn films_and_invitations_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let film = folder.path().join("a film.mkv");
        std::fs::write(&film, "").unwrap();
        let read = |argument: &str| Opened::read(argument, folder.path());
        assert_eq!(read("a film.mkv"), Ok(Opened::File(film.clone())));
        let address = format!("file://{}", film.display()).replace(' ', "%20");
        if cfg!(unix) {
            assert_eq!(read(&address), Ok(Opened::File(film)));
        }
        let link = "cinemasync://join/K7QM4XTB?server=wss%3A%2F%2Ffilms.example.org";
        assert_eq!(read(link), Ok(Opened::Link(link.to_owned())));
        assert!(read("none.mkv").unwrap_err().starts_with("There is no file "));
        assert!(read(&format!("cinemasync://{}", "a".repeat(700))).is_err());
    }

    proptest! {
        #[test]
        fn no_argument_panics(argument in ".{0,80}") {
            let _ = Opened::read(&argument, Path::new("/nowhere"));
        }
    }
}
