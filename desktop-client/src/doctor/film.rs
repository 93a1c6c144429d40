//! Whether films can be played: libmpv, where it lies and which one it is.

use super::Finding;
use crate::player::{self, LibraryFound, PlayerError};

pub(super) const NAMES: &[(&str, &str)] = &[NAME];
const NAME: (&str, &str) = ("libmpv", "Films");

pub(super) fn check() -> Finding {
    judge(player::look())
}

fn judge(found: Result<LibraryFound, PlayerError>) -> Finding {
    match found {
        Ok(LibraryFound { path, version, .. }) => {
            Finding::ok(NAME, format!("They are played by {version} ({}).", path.display()))
        }
        Err(error @ PlayerError::Missing) => Finding::bad(
            NAME,
            "libmpv is not on this computer: no film can be played. The call works without it.",
            error.to_string(),
        ),
        Err(error) => Finding::bad(
            NAME,
            "There is a libmpv that cannot be used: no film can be played. The call works without it.",
            error.to_string(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn without_libmpv_it_is_said_how_to_get_it() {
        let missing = judge(Err(PlayerError::Missing));
        assert_eq!(missing.verdict, Verdict::Bad);
        assert!(missing.advice.unwrap().contains("libmpv"));
        let found =
            LibraryFound { path: "/usr/lib/libmpv.so.2".into(), version: "mpv 0.40".into() };
        assert!(judge(Ok(found)).found.contains("mpv 0.40 (/usr/lib/libmpv.so.2)"));
    }
}
