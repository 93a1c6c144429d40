//! The program's command line: the configuration, and what to do with it other than to serve.

use std::io;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser};

use crate::Config;
use crate::check::{Checked, check};
use crate::papers::{self, Papers};

/// The signaling server of CinemaSync: rooms, and the first words between those who meet in them.
///
/// Without a command it serves. Each option can also be set in the environment; the log's level with
/// CINEMASYNC_LOG (error, warn, info, debug).
#[derive(Debug, Clone, Parser)]
#[command(name = "cinemasync-server", version, after_long_help = EXAMPLES)]
pub struct CommandLine {
    /// What to do instead of serving.
    #[command(subcommand)]
    pub papers: Option<Papers>,
    /// Says what the configuration amounts to, or what is wrong with it, and ends. Opens no port and
    /// writes nothing.
    #[arg(long)]
    pub check_config: bool,
    /// How the server is to be.
    #[command(flatten)]
    pub config: Config,
    #[arg(skip)]
    matches: ArgMatches,
}

/// Ends the long help, and the manual page.
const EXAMPLES: &str = "\
Examples:
  cinemasync-server
          For this machine, to try things out; the app then takes --server ws://127.0.0.1:8080
  cinemasync-server --listen 0.0.0.0:8080
          For the machines of one home
  cinemasync-server --listen [::]:443 --domain call.example.org --acme-email you@example.org \\
          --turn --public-ip 203.0.113.7
          For the internet, with a certificate and a relay of its own
  cinemasync-server --check-config
          What the options and the environment amount to, or what is wrong with them";

impl CommandLine {
    /// Reads the arguments and the environment. Ends the program, with a message, when they make no
    /// sense or ask for help.
    pub fn read() -> Self {
        let matches = Self::command().get_matches();
        match Self::from_arg_matches(&matches) {
            Ok(read) => Self { matches, ..read },
            Err(error) => error.format(&mut Self::command()).exit(),
        }
    }

    /// The completions or the manual page that were asked for, if any.
    ///
    /// # Errors
    /// Whatever the disk answers.
    pub fn papers(&self) -> Option<io::Result<Vec<u8>>> {
        self.papers.as_ref().map(|asked| papers::print(Self::command(), asked))
    }

    /// Looks at the configuration and at the files that it names.
    pub fn check(&mut self) -> Checked {
        let variables = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        check(&Self::command(), &self.matches, variables, &mut self.config)
    }
}

#[cfg(test)]
#[path = "../../xtask/src/book/command_lines.rs"]
mod command_lines;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::check::WITHOUT_OPTION;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    /// What programs and people have set stays valid.
    #[test]
    fn every_option_can_be_set_in_the_environment() {
        for argument in CommandLine::command().get_arguments() {
            let id = argument.get_id().as_str();
            if ["check_config", "help", "version"].contains(&id) {
                continue;
            }
            let variable = argument.get_env().and_then(|name| name.to_str()).unwrap_or_default();
            assert!(
                variable.starts_with("CINEMASYNC_") || variable.starts_with("METERED_"),
                "--{id}: {variable:?}"
            );
        }
    }

    /// What whoever runs a server reads and installs.
    const PAPERS: &[(&str, &str)] = &[
        ("docs/src/server.md", include_str!("../../docs/src/server.md")),
        ("docs/src/server-limits.md", include_str!("../../docs/src/server-limits.md")),
        ("the settings", include_str!("../../assets/server/cinemasync-server.env")),
        ("the unit", include_str!("../../assets/server/cinemasync-server.service")),
        ("the Containerfile", include_str!("../../assets/server/Containerfile")),
    ];

    /// Options of other programs whose commands stand there.
    const OTHERS: &[&str] = &[
        "build",
        "cap-add",
        "cap-drop",
        "chown",
        "deploy-hook",
        "env-file",
        "from",
        "help",
        "locked",
        "name",
        "network",
        "now",
        "only",
        "package",
        "read-only",
        "release",
        "server",
        "yes",
    ];

    #[test]
    fn every_command_that_the_documentation_shows_is_understood() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("lies in the workspace");
        let shown = command_lines::shown(root, "cinemasync-server");
        assert!(!shown.is_empty());
        let wrong = command_lines::refused(&shown, |words| {
            CommandLine::command().try_get_matches_from(words).map(drop)
        });
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn the_papers_name_no_option_that_does_not_exist() {
        let command = CommandLine::command();
        let exists = |option: &str| {
            OTHERS.contains(&option)
                || command.get_arguments().any(|one| one.get_long() == Some(option))
        };
        for (paper, text) in PAPERS {
            let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
            // Tables are drawn with dashes too.
            let options = words
                .filter_map(|word| word.strip_prefix("--"))
                .filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase()));
            let wrong: Vec<&str> = options.filter(|option| !exists(option)).collect();
            assert_eq!(wrong, [""; 0], "in {paper}");
        }
    }

    #[test]
    fn the_papers_name_no_variable_that_does_not_exist() {
        let command = CommandLine::command();
        let exists = |name: &str| {
            WITHOUT_OPTION.contains(&name)
                || command.get_arguments().any(|one| one.get_env().is_some_and(|env| env == name))
        };
        for (paper, text) in PAPERS {
            let words = text.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
            let ours = words
                .filter(|word| word.starts_with("CINEMASYNC_") || word.starts_with("METERED_"));
            let wrong: Vec<&str> = ours.filter(|name| !exists(name)).collect();
            assert_eq!(wrong, [""; 0], "in {paper}");
        }
    }
}
