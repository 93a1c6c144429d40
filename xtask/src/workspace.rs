//! Where things are: the workspace's root, cargo's target folder and the programs built there.
//! Nothing here starts a process.

use std::env;
use std::path::{Path, PathBuf};

/// The folder with the workspace's `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in a folder of the workspace")
        .to_path_buf()
}

/// Cargo's target folder: `CARGO_TARGET_DIR`, else `target` in the workspace.
pub(crate) fn target_dir() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) if !folder.is_empty() => root().join(folder),
        _ => root().join("target"),
    }
}

/// Which cargo profile a program is built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build; dependencies are optimised, our own code is not.
    Dev,
    /// What people get.
    Release,
}

impl Profile {
    /// The folder below [`target_dir`] in which its programs lie.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }

    /// Arguments for `cargo build`.
    pub(crate) fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Dev => &[],
            Self::Release => &["--release"],
        }
    }
}

/// Where cargo puts the program `name`.
pub(crate) fn program(name: &str, profile: Profile) -> PathBuf {
    target_dir().join(profile.folder()).join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// Where cargo puts the example `name`.
pub(crate) fn example(name: &str, profile: Profile) -> PathBuf {
    let folder = target_dir().join(profile.folder()).join("examples");
    folder.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// Is this run by a machine, with nobody to answer a question?
pub(crate) fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// Finds a program on `PATH`.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&file)).find(|p| p.is_file())
}
