//! The installer for Windows, by NSIS, which makes it on Linux as well.

use std::env::consts::ARCH;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::product::FILMS;
use super::tree::Tree;
use super::{Job, icons};
use crate::shell::Invocation;
use crate::workspace;

/// Names the certificate, by its SHA-1, with which programs are signed. It lies in the person's store,
/// so that no password passes through a command line.
const CERTIFICATE: &str = "CINEMASYNC_WINDOWS_CERTIFICATE";
/// Who says when something was signed, so that a signature outlives its certificate.
const TIMESTAMPS: &str = "http://timestamp.digicert.com";

/// Makes the installer; says where it lies.
pub(crate) fn make(job: &Job) -> Result<PathBuf> {
    let work = job.work.join("windows");
    let files = work.join("files");
    let tree = files_of(job)?;
    tree.lay(&files)?;
    sign(&files.join("cinemasync.exe"))?;
    let films = work.join("films.nsh");
    std::fs::write(&films, include(&tree))
        .with_context(|| format!("cannot write {}", films.display()))?;
    let installer = work.join(format!("CinemaSync-{}-{}-setup.exe", job.release.version, ARCH));
    let define = |name: &str, value: &Path| {
        // NSIS looks for files by the names of the system that it runs on.
        format!("-D{name}={}", value.display())
    };
    // Debian's NSIS can make installers of 64 bits, the one for Windows itself cannot.
    let target = if cfg!(windows) { None } else { Some("-DTARGET=amd64-unicode") };
    Invocation::new(makensis()?)
        .args(["-V2", "-WX"])
        .args(target)
        .arg(format!("-DVERSION={}", job.release.version))
        .args([define("FILES", &files), define("FILMS", &films), define("OUT", &installer)])
        .arg(workspace::root().join("packaging/windows/installer.nsi"))
        .run_quietly()?;
    sign(&installer)?;
    job.hand_over(&installer)
}

/// What the installer lays beside each other.
fn files_of(job: &Job) -> Result<Tree> {
    let root = workspace::root();
    let mut tree = Tree::default();
    tree.program("cinemasync.exe", job.programs.join("cinemasync.exe"));
    tree.text("cinemasync.ico", icons::windows()?);
    tree.text("third-party.txt", job.papers.desktop.clone());
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        tree.file(&format!("{licence}.txt"), root.join(licence));
    }
    match &job.libmpv {
        Some(folder) => tree.file("libmpv-2.dll", folder.join("libmpv-2.dll")),
        None => eprintln!("package: the installer has no libmpv: who uses it adds libmpv-2.dll"),
    }
    Ok(tree)
}

/// What the script does for each kind of film, and which files it takes away again.
fn include(tree: &Tree) -> String {
    let mut text = "!macro EachFilm DO\n".to_owned();
    for ending in FILMS.iter().flat_map(|film| film.endings) {
        let _ = writeln!(text, "  !insertmacro ${{DO}} {ending}");
    }
    text.push_str("!macroend\n!macro EachFile\n");
    for place in tree.places() {
        let _ = writeln!(text, "  Delete \"$INSTDIR\\{place}\"");
    }
    text.push_str("!macroend\n");
    text
}

fn makensis() -> Result<PathBuf> {
    // Its installer for Windows does not put it on PATH.
    let usual = Path::new(r"C:\Program Files (x86)\NSIS\makensis.exe");
    match workspace::find_program("makensis") {
        Some(program) => Ok(program),
        None if usual.is_file() => Ok(usual.to_owned()),
        None => bail!("makensis is missing: `cargo xtask setup` says where to get NSIS"),
    }
}

fn sign(program: &Path) -> Result<()> {
    let Some(certificate) = std::env::var_os(CERTIFICATE).filter(|name| !name.is_empty()) else {
        return Ok(());
    };
    Invocation::new("signtool")
        .args(["sign", "/fd", "sha256", "/td", "sha256", "/tr", TIMESTAMPS, "/sha1"])
        .arg(certificate)
        .arg(program)
        .run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_film_is_offered_and_each_file_taken_away() {
        let mut tree = Tree::default();
        tree.text("cinemasync.exe", "");
        let text = include(&tree);
        assert!(text.contains("!insertmacro ${DO} mkv\n"), "{text}");
        assert!(text.contains("Delete \"$INSTDIR\\cinemasync.exe\"\n"), "{text}");
        assert_eq!(text.matches("!macroend").count(), 2);
    }
}
