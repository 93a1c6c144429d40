//! `cargo xtask cross`: type-checks and lints the whole workspace for Windows and macOS on a Debian
//! machine, so that platform code is never written blind. Nothing is linked or run, and nothing
//! built here is shipped: the library is compiled from a distribution's sources.

mod stubs;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;

use crate::setup::{self, Manager, Purpose};
use crate::shell::Invocation;
use crate::workspace;

/// What `cargo xtask cross` can be told.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Options {
    /// Install missing packages without asking.
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Only this target; default: all.
    #[arg(long, value_parser = [WINDOWS, MACOS])]
    pub(crate) target: Option<String>,
    /// Leave the tests out.
    #[arg(long)]
    pub(crate) no_tests: bool,
}

/// Windows, as the MinGW compilers build for it.
pub(crate) const WINDOWS: &str = "x86_64-pc-windows-gnu";
const MACOS: &str = "aarch64-apple-darwin";

/// The distribution's own compiler. The project's toolchain has no library for other systems, and
/// cargo can build one only from sources that match the compiler.
pub(crate) const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";

/// Checks the workspace for each other system.
pub(crate) fn run(options: &Options) -> Result<()> {
    if Manager::detect() != Some(Manager::Apt) {
        bail!(
            "checking for other systems is done with Debian's packages, which this machine does \
             not have. On Windows or macOS itself, `cargo clippy --workspace` does it."
        );
    }
    let setup = setup::Options { yes: options.yes, ..setup::Options::default() };
    setup::ensure(&[Purpose::Build, Purpose::Cross], &setup)?;

    let mut failed = Vec::new();
    for target in [WINDOWS, MACOS] {
        if options.target.as_deref().is_some_and(|only| only != target) {
            continue;
        }
        let started = Instant::now();
        let result = check(target, !options.no_tests)?.run();
        let took = started.elapsed().as_secs_f64();
        match result {
            Ok(()) => eprintln!("cross: {target} holds ({took:.0} s)"),
            Err(error) => {
                eprintln!("cross: {error:#} ({took:.0} s)");
                failed.push(target);
            }
        }
    }
    if !failed.is_empty() {
        bail!("the workspace does not hold for {}", failed.join(" and "));
    }
    Ok(())
}

/// The folder in which everything of this command lies, apart from what is built for this machine.
pub(crate) fn target_dir() -> PathBuf {
    workspace::target_dir().join("cross")
}

/// The distribution's cargo doing `what` for `target`, with a standard library that it builds from sources.
pub(crate) fn cargo(what: &str, target: &str) -> Invocation {
    let path = format!("/usr/bin:{}", std::env::var("PATH").unwrap_or_default());
    Invocation::new(CARGO)
        .args([what, "--locked"])
        .args(["-Zbuild-std=std,panic_abort,test", "--target", target])
        .env("RUSTC", RUSTC)
        // Opens -Zbuild-std; only ever for what is built here.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("PATH", path)
        .env("CARGO_TARGET_DIR", target_dir())
        // Set by the cargo that runs us, and meant for its own compiler.
        .without("CARGO")
        .without("LD_LIBRARY_PATH")
        .without("RUSTUP_TOOLCHAIN")
        .without("RUSTC_WRAPPER")
}

fn check(target: &str, tests: bool) -> Result<Invocation> {
    let mut command = cargo("clippy", target).arg("--workspace");
    if tests {
        command = command.arg("--all-targets");
    }
    if target == MACOS {
        for (name, value) in stubs::macos(&target_dir().join("stubs"))? {
            command = command.env(&name, value);
        }
    }
    // The workspace's own lints; its compiler is a little older and may know fewer of them. One sees
    // the expansion of `thread_local!` on this Windows target and blames what is `const` already.
    let lints = ["-A", "unknown_lints", "-A", "clippy::missing_const_for_thread_local"];
    Ok(command.args(["--", "-D", "warnings"]).args(lints))
}
