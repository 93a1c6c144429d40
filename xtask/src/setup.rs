//! `cargo xtask setup`: finds the machine's package manager, asks it what is missing, says what it
//! will install and why, and installs it. What is needed is in `packages`, what to run in `plan`.

mod manager;
mod packages;
mod plan;

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Result, bail};
use clap::Args;

use crate::shell::Invocation;
use crate::workspace;
pub(crate) use manager::Manager;
pub(crate) use packages::{Package, Purpose, wanted};
use plan::Privilege;

/// What `cargo xtask setup` can be told.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Options {
    /// Install without asking (so does the environment variable CI=true).
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Also what `cargo xtask cross` needs (Debian and Ubuntu only).
    #[arg(long)]
    pub(crate) cross: bool,
    /// Only say what would be installed.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Installs what building, running and testing need.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut purposes = vec![Purpose::Build, Purpose::Run, Purpose::Test];
    if options.cross {
        purposes.push(Purpose::Cross);
    }
    ensure(&purposes, options)
}

/// Makes sure that the packages for `purposes` are there.
pub(crate) fn ensure(purposes: &[Purpose], options: &Options) -> Result<()> {
    let Some(manager) = Manager::detect() else {
        bail!(
            "no package manager was found that setup knows (apt, dnf, pacman, brew, winget).\n\
             Install a C and C++ compiler, cmake, nasm, libclang, pkg-config, the ALSA headers, \
             libmpv and ffmpeg by hand; CONTRIBUTING.md lists what each is for."
        );
    };
    let wanted: Vec<Package> = wanted(manager, purposes).collect();
    if wanted.is_empty() && purposes == [Purpose::Cross] {
        bail!(
            "checking for other systems needs Debian's packages; on {} it is not offered",
            manager.name()
        );
    }
    let installed = manager.installed(&wanted)?;
    let missing: Vec<Package> =
        wanted.iter().copied().filter(|package| !installed.contains(package.name)).collect();
    if missing.is_empty() {
        eprintln!("setup: all {} packages are installed ({})", wanted.len(), manager.name());
        return Ok(());
    }

    eprintln!("setup: {} of {} packages are missing:", missing.len(), wanted.len());
    for package in &missing {
        eprintln!("  {:<28} {}", package.name, package.why);
    }
    let privilege = Privilege::of_this_process(manager);
    let commands = plan::install(manager, &missing, privilege);
    eprintln!("setup: to install them, this will run:");
    for command in &commands {
        eprintln!("  {command}");
    }
    if options.dry_run {
        return Ok(());
    }
    if privilege == Privilege::Missing {
        bail!(
            "installing packages needs the administrator's rights, and neither are you root nor \
             is sudo installed. Run the commands above as root, then try again."
        );
    }
    if !(options.yes || workspace::is_ci() || confirmed()?) {
        bail!("nothing was installed. Run it again with --yes, or install the packages by hand.");
    }
    install(manager, &missing, privilege, &commands)
}

fn install(
    manager: Manager,
    missing: &[Package],
    privilege: Privilege,
    commands: &[Invocation],
) -> Result<()> {
    let all_ran = commands.iter().try_for_each(Invocation::run);
    let installed = manager.installed(missing)?;
    let lacking: Vec<Package> =
        missing.iter().copied().filter(|package| !installed.contains(package.name)).collect();
    if lacking.is_empty() {
        eprintln!("setup: done");
        return Ok(());
    }
    if let Err(error) = all_ran {
        eprintln!("setup: {error:#}; trying the packages one by one");
    }
    // One bad name makes a manager refuse the whole list: alone, each shows whether it is to blame.
    let mut failures = Vec::new();
    for package in &lacking {
        let commands = plan::install(manager, std::slice::from_ref(package), privilege);
        let install = commands.last().expect("a missing package has a command");
        if let Err(error) = install.run_quietly() {
            failures.push(format!("  {} ({}): {error:#}", package.name, package.why));
        }
    }
    if failures.is_empty() {
        eprintln!("setup: done");
        return Ok(());
    }
    bail!(
        "these packages could not be installed:\n{}\nCheck the network and the package lists, \
         or install what each is for by hand, then run `cargo xtask setup` again.",
        failures.join("\n")
    )
}

fn confirmed() -> Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("Install them? [Y/n] ");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}
