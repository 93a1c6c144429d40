//! Where this program's files lie: in the folders that the system has for it, or all in one of the
//! user's choice.

use std::path::PathBuf;

/// The variable that names one folder for everything.
pub const VARIABLE: &str = "CINEMASYNC_FOLDER";

/// For settings.
pub fn config() -> Option<PathBuf> {
    chosen().or_else(|| Some(directories()?.config_dir().to_owned()))
}

/// For what belongs to this machine alone.
pub fn local_data() -> Option<PathBuf> {
    chosen().or_else(|| Some(directories()?.data_local_dir().to_owned()))
}

/// For what may be lost: the system or a person may empty it at any time.
pub fn cache() -> Option<PathBuf> {
    chosen()
        .map(|folder| folder.join("cache"))
        .or_else(|| Some(directories()?.cache_dir().to_owned()))
}

fn chosen() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

fn directories() -> Option<directories::ProjectDirs> {
    directories::ProjectDirs::from("", "", "CinemaSync")
}
