//! Where this program's files lie: in the folders that the system has for it, all in one of the user's
//! choice, or beside the program, so that it can be carried from one computer to another.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The variable that names one folder for everything.
pub const VARIABLE: &str = "CINEMASYNC_FOLDER";

/// A file or folder of this name beside the program makes it portable,
const MARK: &str = "portable";
/// and so does this folder, in which everything lies then.
const BESIDE: &str = "CinemaSync data";

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

/// For the log.
pub fn logs() -> Option<PathBuf> {
    chosen().map(|folder| folder.join("logs")).or_else(system_logs)
}

/// Where people look for logs on macOS.
#[cfg(target_os = "macos")]
fn system_logs() -> Option<PathBuf> {
    Some(directories::BaseDirs::new()?.home_dir().join("Library/Logs/CinemaSync"))
}

/// Where the system keeps what tells of a program's runs; beside its data where it has no such place.
#[cfg(not(target_os = "macos"))]
fn system_logs() -> Option<PathBuf> {
    let directories = directories()?;
    let data = directories.data_local_dir();
    Some(directories.state_dir().unwrap_or(data).join("logs"))
}

/// Does everything lie beside the program?
pub fn is_portable() -> bool {
    named().is_none() && portable().is_some()
}

fn chosen() -> Option<PathBuf> {
    named().or_else(portable)
}

fn named() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

fn portable() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    portable_beside(&home_of(&program, std::env::var_os("APPIMAGE"))?)
}

/// The folder in which a person sees the program: an AppImage runs from a place of its own, and what looks
/// like one file on macOS is a folder.
fn home_of(program: &Path, image: Option<OsString>) -> Option<PathBuf> {
    if let Some(image) = image.filter(|image| !image.is_empty()) {
        return Some(Path::new(&image).parent()?.to_owned());
    }
    let folder = program.parent()?;
    let bundle = folder.ends_with("Contents/MacOS").then(|| folder.ancestors().nth(3)).flatten();
    Some(bundle.unwrap_or(folder).to_owned())
}

fn portable_beside(home: &Path) -> Option<PathBuf> {
    let folder = home.join(BESIDE);
    (folder.is_dir() || home.join(MARK).exists()).then_some(folder)
}

fn directories() -> Option<directories::ProjectDirs> {
    directories::ProjectDirs::from("", "", "CinemaSync")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_or_the_folder_itself_makes_the_program_portable() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(portable_beside(home.path()), None);
        let folder = home.path().join("CinemaSync data");
        std::fs::write(home.path().join("portable"), "").unwrap();
        assert_eq!(portable_beside(home.path()), Some(folder.clone()));
        std::fs::remove_file(home.path().join("portable")).unwrap();
        std::fs::create_dir(&folder).unwrap();
        assert_eq!(portable_beside(home.path()), Some(folder));
    }

    #[test]
    fn the_program_is_where_a_person_sees_it() {
        let home = |program: &str, image: Option<&str>| {
            home_of(Path::new(program), image.map(OsString::from)).unwrap()
        };
        assert_eq!(home("/stick/cinemasync", None), Path::new("/stick"));
        let bundle = "/Volumes/Stick/CinemaSync.app/Contents/MacOS/cinemasync";
        assert_eq!(home(bundle, None), Path::new("/Volumes/Stick"));
        let mounted = "/tmp/.mount_Cine/usr/bin/cinemasync";
        assert_eq!(home(mounted, Some("/stick/CinemaSync.AppImage")), Path::new("/stick"));
    }
}
