//! Looks at a configuration without serving by it: what it amounts to, what is wrong with it, and
//! what that means for those who use the server.

use std::fmt::Write as _;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use crate::config::Source;
use crate::secret_file::SecretOrigin;
use crate::tls::Tls;
use crate::{Config, turn};

/// Variables that are read, but are no options.
pub(crate) const WITHOUT_OPTION: &[&str] = &["CINEMASYNC_LOG", "CINEMASYNC_SECRET"];

/// What a look at the configuration showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The configuration in words, secrets hidden, for whoever runs the server.
    pub summary: String,
    /// A sentence for each thing that would keep the server from starting.
    pub faults: Vec<String>,
}

/// Who will reach whom, as far as the server's configuration decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// There is a relay for those whom no direct way connects.
    Relayed,
    /// Participants learn their public addresses, and that is all.
    Direct,
    /// Participants know their local addresses only.
    Local,
}

impl Reach {
    /// What that means for people, unless it is as good as it can be.
    pub fn warning(self) -> Option<&'static str> {
        match self {
            Self::Relayed => None,
            Self::Direct => Some(
                "no relay (TURN) is configured: two people of whom one is behind a strict firewall, or both on mobile networks, may get no picture and sound from each other; --turn, --turn-url or METERED_API_KEY helps",
            ),
            Self::Local => Some(
                "neither STUN nor a relay (TURN) is configured: only people in the same network get picture and sound from each other; --stun-url, and --turn, --turn-url or METERED_API_KEY help",
            ),
        }
    }
}

impl Config {
    /// Who will reach whom by this configuration.
    pub fn reach(&self) -> Reach {
        let other = self.turn.turn_url.iter().any(|url| !url.is_empty());
        if self.turn.turn || other || matches!(self.metered.service(), Ok(Some(_))) {
            Reach::Relayed
        } else if self.stun_url.iter().any(|url| !url.is_empty()) {
            Reach::Direct
        } else {
            Reach::Local
        }
    }
}

/// `variables` are the names of those that are set.
pub(crate) fn check(
    command: &Command,
    matches: &ArgMatches,
    variables: impl Iterator<Item = String>,
    config: &mut Config,
) -> Checked {
    let mut summary = options(command, matches);
    let mut faults = Vec::new();
    let mut notes = Vec::new();
    match config.secret.check() {
        Ok(SecretOrigin::Environment) => notes.push("the secret is in the environment".to_owned()),
        Ok(SecretOrigin::Kept(file) | SecretOrigin::Made(file)) => {
            notes.push(format!("the secret is kept in {}", file.display()));
        }
        Ok(SecretOrigin::ToBeMade(file)) => {
            notes.push(format!("the first start will make a secret in {}", file.display()));
        }
        Err(error) => faults.push(error.to_string()),
    }
    if let Err(error) = Tls::check(&config.tls) {
        faults.push(error.to_string());
    }
    let turn = &config.turn;
    if turn.turn {
        let has_certificate = !matches!(config.tls.source(), Ok(Source::Plain));
        if let Err(error) = turn::check(&turn.public_ip, &turn.turn_tls_listen, has_certificate) {
            faults.push(error.to_string());
        }
    }
    if let Err(fault) = config.metered.service() {
        faults.push(fault.to_string());
    }
    notes.extend(config.reach().warning().map(str::to_owned));
    notes.extend(
        unknown(command, variables)
            .into_iter()
            .map(|name| format!("{name} is set, but there is no such option; is it misspelt?")),
    );
    for note in notes {
        let _ = writeln!(summary, "- {note}");
    }
    Checked { summary, faults }
}

/// A line each: the option, its value, and where that comes from.
fn options(command: &Command, matches: &ArgMatches) -> String {
    let mut lines = String::new();
    for option in command.get_arguments() {
        let (Some(name), true) = (option.get_long(), option.get_env().is_some()) else { continue };
        let source = matches.value_source(option.get_id().as_str());
        let value = value(option, matches, source);
        let origin = match source {
            Some(ValueSource::CommandLine) => "  (command line)",
            Some(ValueSource::EnvVariable) => "  (environment)",
            _ => "",
        };
        let _ = writeln!(lines, "{name:<36}{value}{origin}");
    }
    lines
}

fn value(option: &Arg, matches: &ArgMatches, source: Option<ValueSource>) -> String {
    let words: Vec<String> = matches
        .get_raw(option.get_id().as_str())
        .into_iter()
        .flatten()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    // Flags have a value of their own only by clap's bookkeeping.
    if !option.get_action().takes_values() {
        let on = source != Some(ValueSource::DefaultValue) && source.is_some();
        return if on { "on" } else { "off" }.to_owned();
    }
    if words.iter().all(String::is_empty) {
        "-".to_owned()
    } else if option.is_hide_env_values_set() {
        "set, not shown".to_owned()
    } else {
        words.join(", ")
    }
}

/// The variables that look like options and are none.
fn unknown(command: &Command, variables: impl Iterator<Item = String>) -> Vec<String> {
    let known = |name: &String| {
        WITHOUT_OPTION.contains(&name.as_str())
            || command
                .get_arguments()
                .any(|one| one.get_env().is_some_and(|env| env == name.as_str()))
    };
    let ours = |name: &String| name.starts_with("CINEMASYNC_") || name.starts_with("METERED_");
    let mut unknown: Vec<String> = variables.filter(|name| ours(name) && !known(name)).collect();
    unknown.sort();
    unknown
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, FromArgMatches as _};

    use super::*;

    fn checked(arguments: &[&str], variables: &[&str]) -> Checked {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        let secret = ["server", "--secret", secret.to_str().unwrap()];
        let matches = Config::command().get_matches_from([&secret[..], arguments].concat());
        let mut config = Config::from_arg_matches(&matches).unwrap();
        let variables = variables.iter().map(|&name| name.to_owned());
        let checked = check(&Config::command(), &matches, variables, &mut config);
        assert_eq!(folder.path().read_dir().unwrap().count(), 0, "nothing is written");
        checked
    }

    #[test]
    fn a_good_configuration_is_told_with_its_secrets_hidden() {
        let arguments = [
            "--admin-token=hunter2",
            "--metered-api-key=abc123",
            "--metered-domain=film.metered.live",
        ];
        let Checked { summary, faults } = checked(&arguments, &["CINEMASYNC_LISTEN", "HOME"]);
        assert_eq!(faults, [""; 0]);
        assert!(!summary.contains("hunter2") && !summary.contains("abc123"), "{summary}");
        let line = |name: &str| summary.lines().find(|line| line.starts_with(name)).unwrap();
        assert!(line("admin-token ").contains("set, not shown"), "{summary}");
        assert!(line("metered-domain ").contains("film.metered.live"), "{summary}");
        assert!(line("metered-domain ").ends_with("(command line)"), "{summary}");
        assert!(line("max-participants ").ends_with(" 3"), "{summary}");
        assert!(line("limit-loopback ").ends_with(" off"), "{summary}");
        assert!(summary.contains("- the first start will make a secret in "), "{summary}");
        assert!(!summary.contains("no relay"), "{summary}");
        assert!(!summary.contains("misspelt"), "{summary}");
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = ["--metered-api-key=abc123"];
        let checked = checked(&arguments, &[]);
        assert_eq!(checked.faults.len(), 1, "{checked:?}");

        let matches = Config::command().get_matches_from([
            "server",
            "--metered-domain=film.metered.live",
            "--secret",
            folder.path().to_str().unwrap(),
            "--tls-cert=no-such-file",
            "--tls-key=no-such-file",
            "--turn",
        ]);
        let mut config = Config::from_arg_matches(&matches).unwrap();
        let all = check(&Config::command(), &matches, std::iter::empty(), &mut config);
        assert_eq!(all.faults.len(), 4, "{all:?}");
    }

    #[test]
    fn a_misspelt_variable_is_noticed() {
        let variables = ["CINEMASYNC_DOMIAN", "METERED_KEY", "CINEMASYNC_LOG", "METERED_DOMAIN"];
        let summary = checked(&[], &variables).summary;
        assert!(summary.contains("- CINEMASYNC_DOMIAN is set, but"), "{summary}");
        assert!(summary.contains("- METERED_KEY is set, but"), "{summary}");
        assert_eq!(summary.matches("misspelt").count(), 2, "{summary}");
    }

    #[test]
    fn without_a_relay_it_says_who_cannot_meet() {
        assert!(checked(&[], &[]).summary.contains("- no relay (TURN) is configured"));
        let local = checked(&["--stun-url="], &[]).summary;
        assert!(local.contains("- neither STUN nor a relay"), "{local}");
    }
}
