//! `cargo xtask deny`: licences, sources and duplicates of what we depend on, by cargo-deny and
//! `deny.toml`.

use anyhow::{Result, bail};
use clap::Args;

use crate::shell::Invocation;
use crate::workspace;

/// What `cargo xtask deny` can be told.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Options {
    /// Also look for published vulnerabilities; fetches the RustSec database.
    #[arg(long)]
    advisories: bool,
}

/// Checks the dependencies; installs cargo-deny where it is missing.
pub(crate) fn run(options: &Options) -> Result<()> {
    if workspace::find_program("cargo-deny").is_none() {
        eprintln!("deny: cargo-deny is not installed; building it takes some minutes");
        // It runs for a second: that is not worth an optimised build.
        let install = Invocation::cargo()
            .args(["install", "cargo-deny", "--locked"])
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .without("CARGO_TARGET_DIR");
        if let Err(error) = install.run() {
            bail!("{error:#}\nInstall cargo-deny by hand and try again.");
        }
    }
    let mut command = Invocation::cargo().args(["deny", "--workspace", "--locked", "check"]);
    command = command.args(["licenses", "bans", "sources"]);
    if options.advisories {
        command = command.arg("advisories");
    }
    command.run()
}
