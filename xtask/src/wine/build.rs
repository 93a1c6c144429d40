//! Windows programs linked on Debian: by its second compiler, a standard library from its sources, and
//! MinGW's linker.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::cross::{self, RUSTC, WINDOWS};
use crate::shell::Invocation;

/// Where the programs are linked to.
pub(super) fn folder() -> PathBuf {
    cross::target_dir().join(WINDOWS).join("debug")
}

/// Links the programs; says where they lie.
pub(super) fn link() -> Result<PathBuf> {
    let startup = startup(&cross::target_dir().join("startup"))?;
    // What C and C++ need is in the programs themselves, as Windows has no libraries of MinGW.
    let flags = format!(
        "-C target-feature=+crt-static -C link-arg=-static -L native={}",
        startup.display()
    );
    cross::cargo("build", WINDOWS)
        .args(["--package", "cinemasync", "--package", "cinemasync-server", "--bins"])
        .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUSTFLAGS", flags)
        .run()?;
    Ok(folder())
}

/// The two objects with which every program for this target begins and ends. Toolchains bring them;
/// a standard library that is built from its sources does not.
fn startup(folder: &Path) -> Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let (_, sysroot) = Invocation::new(RUSTC).args(["--print", "sysroot"]).read()?;
    let sources = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/rtstartup");
    for name in ["rsbegin", "rsend"] {
        let source = sources.join(format!("{name}.rs"));
        let object = folder.join(format!("{name}.o"));
        if object.is_file() {
            continue;
        }
        if !source.is_file() {
            bail!("{} is missing: is rust-web-src installed?", source.display());
        }
        Invocation::new(RUSTC)
            .args(["--target", WINDOWS, "--emit=obj", "-o"])
            .arg(&object)
            .arg(&source)
            .env("RUSTC_BOOTSTRAP", "1")
            .without("RUSTUP_TOOLCHAIN")
            .run_quietly()?;
    }
    Ok(folder.to_owned())
}
