//! The program's command line: the configuration, and what to do with it other than to serve.

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser};

use crate::Config;
use crate::check::{Checked, check};

/// The signaling server of CinemaSync: rooms, and the first words between those who meet in them.
///
/// Each option can also be set in the environment. docs/server.md tells how to run a server on the
/// internet.
#[derive(Debug, Clone, Parser)]
#[command(name = "cinemasync-server", version)]
pub struct CommandLine {
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

    /// Looks at the configuration and at the files that it names.
    pub fn check(&mut self) -> Checked {
        let variables = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        check(&Self::command(), &self.matches, variables, &mut self.config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
