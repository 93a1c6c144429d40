//! From "this is missing" to the commands that install it: pure, so that it is tested for every
//! manager on any machine.

use super::{Manager, Package};
use crate::shell::Invocation;
use crate::workspace;

/// How a package may be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Privilege {
    /// The manager may simply be run: we are root, or it wants no root.
    Enough,
    /// By `sudo`.
    Sudo,
    /// Not at all.
    Missing,
}

impl Privilege {
    /// What this process may do with `manager`.
    pub(crate) fn of_this_process(manager: Manager) -> Self {
        if matches!(manager, Manager::Brew | Manager::Winget) {
            // Homebrew refuses to run as root; winget asks for consent by itself.
            return Self::Enough;
        }
        let user = Invocation::new("id").arg("-u").read().map(|(_, user)| user).unwrap_or_default();
        match (user.trim(), workspace::find_program("sudo")) {
            ("0", _) => Self::Enough,
            (_, Some(_)) => Self::Sudo,
            (_, None) => Self::Missing,
        }
    }
}

/// The commands that install `missing`, in order; none where nothing is missing.
pub(crate) fn install(
    manager: Manager,
    missing: &[Package],
    privilege: Privilege,
) -> Vec<Invocation> {
    if missing.is_empty() {
        return Vec::new();
    }
    let names = missing.iter().map(|package| package.name);
    let command = |program: &str| match privilege {
        Privilege::Sudo => Invocation::new("sudo").arg(program),
        Privilege::Enough | Privilege::Missing => Invocation::new(program),
    };
    match manager {
        Manager::Apt => {
            // `env`, because sudo drops the environment; the lock is waited for, because a desktop
            // updates its lists at start-up.
            let apt = || {
                command("env").args([
                    "DEBIAN_FRONTEND=noninteractive",
                    "apt-get",
                    "-o",
                    "DPkg::Lock::Timeout=300",
                    "-y",
                ])
            };
            vec![
                apt().arg("update"),
                apt().args(["install", "--no-install-recommends"]).args(names),
            ]
        }
        Manager::Dnf => vec![command("dnf").args(["install", "-y"]).args(names)],
        Manager::Pacman => {
            vec![command("pacman").args(["-S", "--needed", "--noconfirm"]).args(names)]
        }
        Manager::Brew => vec![command("brew").arg("install").args(names)],
        Manager::Winget => names
            .map(|name| {
                command("winget").args([
                    "install",
                    "--exact",
                    "--id",
                    name,
                    "--accept-package-agreements",
                    "--accept-source-agreements",
                    "--disable-interactivity",
                ])
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::Purpose;

    const A: Package = Package { name: "aaa", purpose: Purpose::Build, why: "" };
    const B: Package = Package { name: "bbb", purpose: Purpose::Test, why: "" };

    fn lines(manager: Manager, missing: &[Package], privilege: Privilege) -> Vec<String> {
        install(manager, missing, privilege).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn nothing_missing_means_nothing_to_run() {
        for manager in Manager::ALL {
            assert!(install(manager, &[], Privilege::Enough).is_empty());
        }
    }

    #[test]
    fn apt_as_root_updates_its_lists_and_then_installs_without_asking() {
        let apt = "env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -y";
        assert_eq!(
            lines(Manager::Apt, &[A, B], Privilege::Enough),
            [format!("{apt} update"), format!("{apt} install --no-install-recommends aaa bbb")]
        );
    }

    #[test]
    fn apt_with_sudo_keeps_the_environment_by_env() {
        let commands = lines(Manager::Apt, &[A], Privilege::Sudo);
        assert!(commands.iter().all(|c| c.starts_with("sudo env DEBIAN_FRONTEND=noninteractive")));
    }

    #[test]
    fn dnf_and_pacman_install_in_one_go() {
        assert_eq!(lines(Manager::Dnf, &[A, B], Privilege::Sudo), ["sudo dnf install -y aaa bbb"]);
        assert_eq!(
            lines(Manager::Pacman, &[A, B], Privilege::Enough),
            ["pacman -S --needed --noconfirm aaa bbb"]
        );
    }

    #[test]
    fn brew_and_winget_never_use_sudo() {
        assert_eq!(Privilege::of_this_process(Manager::Brew), Privilege::Enough);
        assert_eq!(Privilege::of_this_process(Manager::Winget), Privilege::Enough);
        assert_eq!(lines(Manager::Brew, &[A, B], Privilege::Enough), ["brew install aaa bbb"]);
    }

    #[test]
    fn winget_takes_one_package_a_command() {
        let commands = lines(Manager::Winget, &[A, B], Privilege::Enough);
        assert_eq!(commands.len(), 2);
        assert!(commands[0].starts_with("winget install --exact --id aaa "));
    }
}
