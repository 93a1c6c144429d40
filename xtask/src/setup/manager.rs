//! Which package managers there are and what they say is installed. The answers are parsed by pure
//! functions; only `detect` and `installed` touch the machine.

use std::collections::BTreeSet;

use anyhow::Result;

use super::Package;
use crate::shell::Invocation;
use crate::workspace;

/// A package manager that setup knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manager {
    /// Debian, Ubuntu and their kin.
    Apt,
    /// Fedora and its kin.
    Dnf,
    /// Arch and its kin.
    Pacman,
    /// macOS.
    Brew,
    /// Windows.
    Winget,
}

impl Manager {
    /// All of them, in the order in which they are looked for.
    pub(crate) const ALL: [Self; 5] =
        [Self::Apt, Self::Dnf, Self::Pacman, Self::Brew, Self::Winget];

    /// The one that this machine has. Homebrew also runs on Linux, where the system's own goes
    /// first.
    pub(crate) fn detect() -> Option<Self> {
        Self::ALL.into_iter().find(|manager| workspace::find_program(manager.program()).is_some())
    }

    /// What people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Apt => "apt",
            Self::Dnf => "dnf",
            Self::Pacman => "pacman",
            Self::Brew => "Homebrew",
            Self::Winget => "winget",
        }
    }

    /// The program whose presence gives it away.
    pub(crate) fn program(self) -> &'static str {
        match self {
            Self::Apt => "apt-get",
            Self::Dnf => "dnf",
            Self::Pacman => "pacman",
            Self::Brew => "brew",
            Self::Winget => "winget",
        }
    }

    /// Which of `wanted` are installed, as the manager itself says.
    pub(crate) fn installed(self, wanted: &[Package]) -> Result<BTreeSet<&'static str>> {
        if wanted.is_empty() {
            return Ok(BTreeSet::new());
        }
        let names: Vec<&'static str> = wanted.iter().map(|package| package.name).collect();
        // The exit status is not looked at: these programs fail as soon as one name is unknown to
        // them, which is what is being asked.
        Ok(match self {
            Self::Apt => {
                let query = Invocation::new("dpkg-query")
                    .args(["--show", "--showformat", "${db:Status-Abbrev} ${Package}\n"])
                    .args(&names);
                dpkg_installed(&query.read()?.1, &names)
            }
            Self::Dnf => each_alone(&names, |name| {
                Invocation::new("rpm").args(["--query", "--whatprovides", name])
            })?,
            Self::Pacman => {
                let lacking = Invocation::new("pacman").arg("--deptest").args(&names).read()?.1;
                pacman_installed(&lacking, &names)
            }
            Self::Brew => each_alone(&names, |name| {
                Invocation::new("brew").args(["list", "--versions", name])
            })?,
            Self::Winget => each_alone(&names, |name| {
                Invocation::new("winget").args([
                    "list",
                    "--exact",
                    "--id",
                    name,
                    "--accept-source-agreements",
                    "--disable-interactivity",
                ])
            })?,
        })
    }
}

/// For managers that answer by exit status, one name at a time.
fn each_alone(
    names: &[&'static str],
    query: impl Fn(&str) -> Invocation,
) -> Result<BTreeSet<&'static str>> {
    let mut installed = BTreeSet::new();
    for name in names {
        if query(name).read()?.0 {
            installed.insert(*name);
        }
    }
    Ok(installed)
}

/// Lines of `dpkg-query`: `ii  gcc` is installed, `un`, `rc` and their kin are not.
fn dpkg_installed(answer: &str, names: &[&'static str]) -> BTreeSet<&'static str> {
    let installed: BTreeSet<&str> = answer
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            (words.next() == Some("ii")).then(|| words.next()).flatten()
        })
        .collect();
    names.iter().copied().filter(|name| installed.contains(name)).collect()
}

/// `pacman --deptest` names what is lacking, one a line.
fn pacman_installed(answer: &str, names: &[&'static str]) -> BTreeSet<&'static str> {
    let lacking: BTreeSet<&str> = answer.lines().map(str::trim).collect();
    names.iter().copied().filter(|name| !lacking.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dpkg_counts_only_what_is_fully_installed() {
        let answer = "ii  gcc\nrc  nasm\nun  libmpv2\niU  cmake\n";
        let installed = dpkg_installed(answer, &["gcc", "nasm", "libmpv2", "cmake", "xvfb"]);
        assert_eq!(installed, BTreeSet::from(["gcc"]));
    }

    #[test]
    fn pacman_names_what_is_lacking() {
        assert_eq!(pacman_installed("nasm\n", &["gcc", "nasm"]), BTreeSet::from(["gcc"]));
        assert_eq!(pacman_installed("", &["gcc"]), BTreeSet::from(["gcc"]));
    }
}
