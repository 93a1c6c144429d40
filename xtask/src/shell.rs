//! Commands as values: described, shown, run to their end. Children that live longer than one call
//! belong to `children`.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// Variables by which cargo tells a program that it runs of the program's package.
const OF_OUR_PACKAGE: &[&str] = &[
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_LINKS",
    "CARGO_MANIFEST_PATH",
    "CARGO_PKG_NAME",
    "CARGO_PKG_VERSION",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
    "CARGO_PKG_VERSION_PRE",
];

/// A program with its arguments, environment and folder, not started yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invocation {
    program: OsString,
    arguments: Vec<OsString>,
    environment: Vec<(String, OsString)>,
    removed: Vec<&'static str>,
    folder: Option<PathBuf>,
}

impl Invocation {
    /// `program`, without arguments, to be run in the workspace's root.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            arguments: Vec::new(),
            environment: Vec::new(),
            removed: Vec::new(),
            folder: None,
        }
    }

    /// The cargo that runs us, without what it tells us of our own package: build scripts (ring's) run
    /// anew when they see it change, and everything on top is compiled again, for minutes.
    pub(crate) fn cargo() -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        OF_OUR_PACKAGE.iter().fold(Self::new(cargo), |cargo, name| cargo.without(name))
    }

    /// Adds one argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    pub(crate) fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Keeps an environment variable of ours from it.
    pub(crate) fn without(mut self, name: &'static str) -> Self {
        self.removed.push(name);
        self
    }

    /// Runs it in `folder` instead of the workspace's root.
    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_path_buf());
        self
    }

    /// As the standard library wants it.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        command.current_dir(self.folder.clone().unwrap_or_else(workspace::root));
        for name in &self.removed {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Shows the command, runs it with our own output and waits for a good end.
    pub(crate) fn run(&self) -> Result<()> {
        eprintln!("$ {self}");
        let status = self
            .command()
            .stdin(Stdio::null())
            .status()
            .with_context(|| format!("{} could not be started", self.name()))?;
        if !status.success() {
            bail!("`{self}` failed ({status})");
        }
        Ok(())
    }

    /// Runs it quietly; gives its exit status and what it wrote to stdout.
    pub(crate) fn read(&self) -> Result<(bool, String)> {
        let output = self
            .command()
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .with_context(|| format!("{} could not be started", self.name()))?;
        Ok((output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned()))
    }

    /// Runs it quietly; an end that is not good becomes an error with the last lines of its stderr.
    pub(crate) fn run_quietly(&self) -> Result<()> {
        let output = self
            .command()
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("{} could not be started", self.name()))?;
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr);
            let lines: Vec<&str> = errors.lines().collect();
            let tail = lines[lines.len().saturating_sub(12)..].join("\n");
            bail!("`{self}` failed ({}):\n{tail}", output.status);
        }
        Ok(())
    }

    fn name(&self) -> std::borrow::Cow<'_, str> {
        self.program.to_string_lossy()
    }
}

impl fmt::Display for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let program = Path::new(&self.program);
        let name = program.file_stem().unwrap_or(&self.program);
        // A whole PATH says little and takes lines.
        for (variable, value) in self.environment.iter().filter(|(name, _)| name != "PATH") {
            write!(f, "{variable}={} ", quoted(value))?;
        }
        write!(f, "{}", name.to_string_lossy())?;
        for argument in &self.arguments {
            write!(f, " {}", quoted(argument))?;
        }
        Ok(())
    }
}

fn quoted(argument: &OsStr) -> String {
    let text = argument.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let command =
            Invocation::new("/usr/bin/apt-get").args(["install", "a b"]).env("LANG", "C.UTF-8");
        assert_eq!(command.to_string(), "LANG=C.UTF-8 apt-get install 'a b'");
    }

    #[test]
    fn cargo_is_not_told_of_our_package() {
        let command = Invocation::cargo().command();
        let removed =
            |name: &str| command.get_envs().any(|(key, value)| key == name && value.is_none());
        assert!(OF_OUR_PACKAGE.iter().all(|name| removed(name)));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = Invocation::new("no-such-program-anywhere").run_quietly().unwrap_err();
        assert!(error.to_string().contains("no-such-program-anywhere"), "{error}");
    }
}
