//! What benches of servers share: processes that are each on a processor of their own, and the load
//! generator, `signal-server/examples/load`, which is told line by line what to do.

use std::fmt;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::report::Cell;
use crate::children::{self, Owned};
use crate::headless::Headless;
use crate::shell::Invocation;
use crate::workspace::{self, Profile};

/// How long a server may take to listen; Python takes a while.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the load generator may take for one command; a slow server lets ten thousand in slowly.
const ANSWER: Duration = Duration::from_secs(180);

/// Builds what is measured: the server, the load generator and the floods.
pub(super) fn build(profile: Profile) -> Result<()> {
    Invocation::cargo()
        .args(["build", "--locked", "--package", "cinemasync-server"])
        .args(["--bins", "--example", "load", "--example", "hostile"])
        .args(profile.arguments())
        .run()
}

/// These benches read `/proc`, and use more loopback addresses than other systems have.
pub(super) fn only_on_linux() -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!(
            "this reads CPU time and memory from /proc and needs loopback addresses beside 127.0.0.1: run it on Linux"
        );
    }
    Ok(())
}

/// Which processor the server gets, and which the load generator.
#[derive(Debug)]
pub(super) struct Pins(Option<[&'static str; 2]>);

impl Pins {
    /// One each, if there are two and `taskset` is there.
    pub(super) fn of_this_machine() -> Self {
        let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self((cores >= 2 && workspace::find_program("taskset").is_some()).then_some(["0", "1"]))
    }

    /// The words that start `program` on its processor, with as many open files as the system allows.
    fn wrap(&self, place: usize, program: &Path) -> Vec<String> {
        let limit = r#"ulimit -n "$(ulimit -H -n)"; exec "$@""#;
        let mut words = ["sh", "-c", limit, "sh"].map(str::to_owned).to_vec();
        if let Some(pins) = self.0 {
            words.extend(["taskset", "-c", pins[place]].map(str::to_owned));
        }
        words.push(program.to_string_lossy().into_owned());
        words
    }

    /// A program that is run to its end, on the processor of this place: 0 the server's, 1 the
    /// load generator's.
    pub(super) fn run(&self, place: usize, program: &Path) -> Invocation {
        let words = self.wrap(place, program);
        Invocation::new(&words[0]).args(&words[1..])
    }

    /// Starts a server; its output goes to `log`. It is there when it accepts TCP at `address`.
    pub(super) fn serve(
        &self,
        name: &str,
        program: &Path,
        arguments: &[String],
        address: SocketAddr,
        log: &Path,
    ) -> Result<Owned> {
        let write = || format!("cannot write {}", log.display());
        let file = File::create(log).with_context(write)?;
        let words = self.wrap(0, program);
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).args(arguments).stdin(Stdio::null());
        command.stdout(file.try_clone().with_context(write)?).stderr(file);
        let mut server = Owned::spawn(name, &mut command)?;
        until_it_listens(&mut server, address, log)?;
        Ok(server)
    }
}

impl fmt::Display for Pins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Some(_) => "one for the server, one for the load generator",
            None => "shared by server and load generator: fewer than two, or no taskset",
        })
    }
}

fn until_it_listens(server: &mut Owned, address: SocketAddr, log: &Path) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while std::net::TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_err() {
        children::check_interrupted()?;
        if let Some(status) = server.ended()? {
            let said = std::fs::read_to_string(log).unwrap_or_default();
            let first = said.trim().lines().next().unwrap_or_default();
            bail!("{} ended at once ({status}): {first}", server.name());
        }
        if Instant::now() >= end {
            bail!("{} does not listen; its log is {}", server.name(), log.display());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// The load generator, at work on one server.
#[derive(Debug)]
pub(super) struct Load(Headless);

impl Load {
    /// Starts it against `server`, whose process it watches.
    pub(super) fn start(
        pins: &Pins,
        profile: Profile,
        [server, watched]: [String; 2],
        arguments: &[String],
        log: &Path,
    ) -> Result<Self> {
        let mut words = pins.wrap(1, &workspace::example("load", profile));
        words.extend(["--server".to_owned(), server, "--pid".to_owned(), watched]);
        words.extend_from_slice(arguments);
        let shell = PathBuf::from(&words[0]);
        Headless::spawn("the load generator", &shell, &words[1..], &[], log).map(Self)
    }

    /// Has it do something, and tells what came of it.
    pub(super) fn ask(&mut self, command: &Value) -> Result<Value> {
        let mark = self.0.mark();
        self.0.send(command)?;
        let what = format!("answer to {command}");
        let answer = self.0.wait_from(mark, &what, ANSWER, |event| event.name() == "done");
        answer.map(|event| event.fields)
    }
}

/// A figure of an answer that must be there.
pub(super) fn number(answer: &Value, field: &str) -> Result<f64> {
    answer[field].as_f64().with_context(|| format!("the load generator tells no {field}: {answer}"))
}

/// A figure of an answer for a table.
pub(super) fn cell(answer: &Value, field: &str, decimals: usize) -> Cell {
    Cell::number(answer[field].as_f64(), decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_gets_a_processor_of_its_own_if_there_are_two() {
        let words = Pins(Some(["0", "1"])).wrap(1, Path::new("program"));
        assert_eq!(words[3..], ["sh", "taskset", "-c", "1", "program"]);
        assert_eq!(Pins(None).wrap(1, Path::new("program"))[3..], ["sh", "program"]);
    }

    #[test]
    fn a_server_that_ends_at_once_is_told_with_its_last_words() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let arguments = ["-c".to_owned(), "echo no such option; exit 2".to_owned()];
        let nobody = crate::server::free_address().expect("a free port");
        let log = folder.path().join("log");
        let pins = Pins(None);
        let error = pins.serve("it", Path::new("sh"), &arguments, nobody, &log).unwrap_err();
        assert!(error.to_string().contains("no such option"), "{error}");
    }

    #[test]
    fn what_the_load_generator_does_not_tell_is_an_error() {
        let answer = serde_json::json!({ "seconds": 2, "p99_ms": null });
        assert_eq!(number(&answer, "seconds").ok(), Some(2.0));
        assert!(number(&answer, "p99_ms").is_err());
        assert_eq!(cell(&answer, "p99_ms", 1), Cell::Missing);
    }
}
