//! A Debian that has nothing but itself, in a folder: made by debootstrap once, copied for each check.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::package::tree;
use crate::shell::Invocation;

/// The oldest release that the packages are for.
const RELEASE: &str = "bookworm";

/// The Debian. Dropping it takes away what was mounted in it; its files stay to be looked at.
#[derive(Debug)]
pub(super) struct Debian {
    root: PathBuf,
}

impl Debian {
    /// One that was never used, below `folder`.
    pub(super) fn fresh(folder: &Path) -> Result<Self> {
        let base = folder.join("base");
        let root = folder.join("root");
        let mounts = fs::read_to_string("/proc/self/mounts").context("no list of mounts")?;
        if mounts.lines().any(|line| line.contains(&*root.to_string_lossy())) {
            bail!("something is mounted in {}: unmount it first", root.display());
        }
        if !base.join("etc/debian_version").is_file() || !base.join("var/lib/dpkg/status").is_file()
        {
            tree::empty(&base)?;
            let made = Invocation::new("debootstrap")
                .args(["--variant=minbase", RELEASE])
                .arg(&base)
                .run_quietly();
            if let Err(error) = made {
                fs::remove_dir_all(&base).context("half a Debian cannot be removed")?;
                return Err(error);
            }
        }
        tree::empty(&root)?;
        Invocation::new("cp")
            .args(["--archive", "--reflink=auto"])
            .arg(base.join("."))
            .arg(&root)
            .run_quietly()?;
        // So that it finds names as this machine does.
        fs::copy("/etc/resolv.conf", root.join("etc/resolv.conf")).context("no resolv.conf")?;
        // Nothing is to be started at an installation.
        let policy = root.join("usr/sbin/policy-rc.d");
        fs::write(&policy, "#!/bin/sh\nexit 101\n").context("no policy can be written")?;
        tree::set_rights(&policy, 0o755)?;
        let debian = Self { root };
        Invocation::new("mount")
            .args(["-t", "proc", "proc"])
            .arg(debian.path("proc"))
            .run_quietly()?;
        Ok(debian)
    }

    /// Where `path` of the Debian lies here.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// A program of its own, to be started.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new("chroot");
        command.arg(&self.root).arg(program).env_clear();
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", "/tmp");
        command.env("DEBIAN_FRONTEND", "noninteractive").env("LANG", "C.UTF-8");
        command
    }

    fn run(&self, words: &[&str]) -> Result<std::process::Output> {
        let (program, arguments) = words.split_first().context("a command has a name")?;
        let mut command = self.command(program);
        command.args(arguments).stdin(std::process::Stdio::null());
        command.output().with_context(|| format!("{program} could not be started"))
    }

    /// What it answers to a command, whether that ends well or not.
    pub(super) fn look(&self, words: &[&str]) -> Result<String> {
        let output = self.run(words)?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// What it answers to a command that must end well.
    pub(super) fn read(&self, words: &[&str]) -> Result<String> {
        let output = self.run(words)?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            bail!("in the clean Debian `{}` failed ({}):\n{text}", words.join(" "), output.status);
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Installs these packages with what they need, and nothing that is only recommended.
    pub(super) fn install(&self, packages: &[PathBuf]) -> Result<()> {
        let mut names = Vec::new();
        for package in packages {
            let name = package.file_name().context("a package has a name")?.to_string_lossy();
            fs::copy(package, self.root.join("tmp").join(&*name))
                .with_context(|| format!("{name} cannot be copied"))?;
            names.push(format!("/tmp/{name}"));
        }
        eprintln!("package: installing {} in a clean Debian", names.join(" and "));
        self.read(&["apt-get", "update"])?;
        // Nobody keeps this Debian: it need not survive a loss of power.
        let quick = ["-o", "DPkg::Options::=--force-unsafe-io"];
        let install = ["apt-get", "install", "--yes", "--no-install-recommends"];
        let names = names.iter().map(String::as_str);
        self.read(&install.into_iter().chain(quick).chain(names).collect::<Vec<_>>()).map(drop)
    }

    /// Removes packages with all that is theirs.
    pub(super) fn purge(&self, names: &[&str]) -> Result<()> {
        let purge = ["apt-get", "purge", "--yes"];
        self.read(&purge.into_iter().chain(names.iter().copied()).collect::<Vec<_>>()).map(drop)
    }

    /// Every file whose name fits.
    pub(super) fn find(&self, name: &str) -> Result<Vec<String>> {
        let list = self.read(&["find", "/", "-xdev", "-name", name])?;
        Ok(list.lines().map(str::to_owned).collect())
    }
}

impl Drop for Debian {
    fn drop(&mut self) {
        let unmount = Invocation::new("umount").arg("--lazy").arg(self.path("proc"));
        if let Err(error) = unmount.run_quietly() {
            eprintln!("{error:#}");
        }
    }
}
