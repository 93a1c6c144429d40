//! Where the server keeps what must outlive it: the secret, and certificates it was given.

use std::env;
use std::path::PathBuf;

/// The state directory: what systemd says, otherwise the usual place of this system. `None` when
/// the system names none, as for a user without a home. It need not exist yet.
pub(crate) fn state_directory() -> Option<PathBuf> {
    from_systemd(env::var_os("STATE_DIRECTORY")).or_else(|| {
        let usual = directories::ProjectDirs::from("", "", "cinemasync-server")?;
        Some(usual.data_dir().to_owned())
    })
}

/// A unit may have several, separated by colons: the first is ours.
fn from_systemd(value: Option<std::ffi::OsString>) -> Option<PathBuf> {
    let value = value?;
    let first = env::split_paths(&value).next()?;
    first.is_absolute().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systemd_decides_if_it_names_a_directory() {
        let given = env::temp_dir().join("state");
        assert_eq!(from_systemd(Some(given.clone().into())), Some(given.clone()));
        let two = env::join_paths([&given, &env::temp_dir()]).expect("no colon in it");
        assert_eq!(from_systemd(Some(two)), Some(given));
        assert_eq!(from_systemd(Some("".into())), None);
        assert_eq!(from_systemd(None), None);
    }
}
