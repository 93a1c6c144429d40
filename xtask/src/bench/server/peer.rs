//! The Socket.IO server that ours is compared with: its Python packages, installed once below the
//! target folder in the versions that are written down beside it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::source;
use crate::shell::Invocation;
use crate::workspace;

const REQUIREMENTS: &str = include_str!("../../../peers/requirements.txt");

/// The server's source.
pub(super) fn program() -> PathBuf {
    source("xtask/peers/socketio_server.py")
}

/// A Python that has the packages; `None`, and why on stderr, if there is none to be had.
pub(super) fn ready() -> Result<Option<PathBuf>> {
    let Some(system) = workspace::find_program("python3") else {
        eprintln!("no python3: there will be nothing to compare with");
        return Ok(None);
    };
    let folder = workspace::target_dir().join("bench-python");
    let python = folder.join("bin/python");
    let installed = folder.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == REQUIREMENTS) {
        return Ok(Some(python));
    }
    if let Err(error) = install(&system, &folder, &python) {
        eprintln!("there will be nothing to compare with: {error:#}");
        return Ok(None);
    }
    fs::write(&installed, REQUIREMENTS)
        .with_context(|| format!("cannot write {}", installed.display()))?;
    Ok(Some(python))
}

fn install(system: &Path, folder: &Path, python: &Path) -> Result<()> {
    eprintln!("installing FastAPI and python-socketio in {}", folder.display());
    Invocation::new(system).args(["-m", "venv", "--clear"]).arg(folder).run_quietly()?;
    Invocation::new(python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(source("xtask/peers/requirements.txt"))
        .run_quietly()
}

/// What is measured, in one line.
pub(super) fn versions() -> String {
    pinned(REQUIREMENTS)
}

/// The pinned packages of a requirements file.
fn pinned(requirements: &str) -> String {
    let lines = requirements.lines().map(|line| line.split(['#', ';']).next().unwrap_or_default());
    let names: Vec<String> =
        lines.map(|line| line.trim().replace("==", " ")).filter(|line| !line.is_empty()).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_has_its_version() {
        assert_eq!(pinned("# why\na==1\nb[c]==2.0; os != \"x\"\n"), "a 1, b[c] 2.0");
        assert!(versions().split(", ").all(|package| package.contains(' ')), "{}", versions());
    }
}
