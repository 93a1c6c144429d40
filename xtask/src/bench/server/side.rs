//! One server under load: its process and that of its crowd, each on a processor of its own, both
//! ended with the handle.

use std::fmt;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::peer;
use crate::children::{self, Owned};
use crate::headless::Headless;
use crate::server;
use crate::shell::Invocation;
use crate::workspace::{self, Profile};

/// How long a server may take to listen; Python takes a while.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the crowd may take for one command; a slow server lets ten thousand in slowly.
const ANSWER: Duration = Duration::from_secs(180);

/// A certificate and its key.
#[derive(Debug)]
pub(super) struct Certificate {
    certificate: PathBuf,
    key: PathBuf,
}

/// Which server.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind<'a> {
    /// Ours, over TLS if there is a certificate.
    Ours { tls: Option<&'a Certificate> },
    /// The Socket.IO server.
    Socketio { python: &'a Path },
}

/// Which processor the server gets, and which its crowd.
#[derive(Debug)]
pub(super) struct Pins(Option<[&'static str; 2]>);

impl Pins {
    /// One each, if there are two and `taskset` is there.
    pub(super) fn of_this_machine() -> Self {
        let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self((cores >= 2 && workspace::find_program("taskset").is_some()).then_some(["0", "1"]))
    }

    /// `program` on its processor, with as many open files as the system allows.
    fn wrap(&self, place: usize, program: &Path) -> (PathBuf, Vec<String>) {
        let mut words = vec![
            "-c".to_owned(),
            r#"ulimit -n "$(ulimit -H -n)"; exec "$@""#.to_owned(),
            "sh".to_owned(),
        ];
        if let Some(pins) = self.0 {
            words.extend(["taskset".to_owned(), "-c".to_owned(), pins[place].to_owned()]);
        }
        words.push(program.to_string_lossy().into_owned());
        (PathBuf::from("sh"), words)
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

/// A server and its crowd.
#[derive(Debug)]
pub(super) struct Side {
    name: &'static str,
    /// Ends first: its clients go before their server does.
    load: Headless,
    _server: Owned,
}

impl Side {
    /// Starts both.
    pub(super) fn start(
        kind: Kind<'_>,
        profile: Profile,
        pins: &Pins,
        folder: &Path,
    ) -> Result<Self> {
        let address = server::free_address()?;
        let ours = workspace::program("cinemasync-server", profile);
        let (name, program, mut arguments) = match kind {
            Kind::Ours { tls: None } => ("ours", ours.as_path(), listen(address)),
            Kind::Ours { tls: Some(_) } => ("ours, TLS", ours.as_path(), listen(address)),
            Kind::Socketio { python } => {
                let source = peer::program().to_string_lossy().into_owned();
                ("socket.io", python, vec![source, address.port().to_string()])
            }
        };
        let mut load = vec!["--server".to_owned(), address.to_string()];
        match kind {
            Kind::Ours { tls: Some(Certificate { certificate, key }) } => {
                let [certificate, key] =
                    [certificate, key].map(|file| file.to_string_lossy().into_owned());
                load.extend(["--tls-ca".to_owned(), certificate.clone()]);
                arguments.extend([
                    "--tls-cert".to_owned(),
                    certificate,
                    "--tls-key".to_owned(),
                    key,
                ]);
            }
            Kind::Ours { tls: None } => {}
            Kind::Socketio { .. } => load.extend(["--dialect".to_owned(), "socketio".to_owned()]),
        }

        let log = folder.join(format!("{}.log", name.replace(", ", "-")));
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let (shell, words) = pins.wrap(0, program);
        let mut command = Command::new(shell);
        command.args(words).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
        let mut server = Owned::spawn(name, &mut command)?;
        until_it_listens(&mut server, address, &log)?;

        load.extend(["--pid".to_owned(), server.child().id().to_string()]);
        let (shell, mut words) = pins.wrap(1, &example(profile));
        words.extend(load);
        let load_log = folder.join(format!("{}-load.log", name.replace(", ", "-")));
        let load = Headless::spawn("the load generator", &shell, &words, &[], &load_log)?;
        Ok(Self { name, load, _server: server })
    }

    /// What tables call it.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Has the crowd do something, and tells what came of it.
    pub(super) fn ask(&mut self, command: &Value) -> Result<Value> {
        let mark = self.load.mark();
        self.load.send(command)?;
        let what = format!("answer to {command}");
        let answer = self.load.wait_from(mark, &what, ANSWER, |event| event.name() == "done");
        answer.map(|event| event.fields).with_context(|| format!("against {}", self.name))
    }

    /// Has the crowd talk.
    pub(super) fn relay(&mut self, rate: f64, warm_up: f64, seconds: f64) -> Result<Value> {
        self.ask(&json!({ "do": "relay", "rate": rate, "warm_up": warm_up, "seconds": seconds }))
    }
}

/// A self-made certificate for localhost.
pub(super) fn certificate(folder: &Path) -> Result<Certificate> {
    let pair = Certificate { certificate: folder.join("cert.pem"), key: folder.join("key.pem") };
    Invocation::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
        ])
        .args(["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(&pair.key)
        .arg("-out")
        .arg(&pair.certificate)
        .run_quietly()?;
    Ok(pair)
}

fn listen(address: SocketAddr) -> Vec<String> {
    // Without the last, this machine's own clients would be spared the limits.
    ["--listen", &address.to_string(), "--limit-loopback"].map(str::to_owned).to_vec()
}

fn example(profile: Profile) -> PathBuf {
    workspace::target_dir().join(profile.folder()).join("examples/load")
}

fn until_it_listens(server: &mut Owned, address: SocketAddr, log: &Path) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while std::net::TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_err() {
        children::check_interrupted()?;
        if let Some(status) = server.ended()? {
            let said = std::fs::read_to_string(log).unwrap_or_default();
            bail!("{} ended at once ({status}): {}", server.name(), said.trim());
        }
        if Instant::now() >= end {
            bail!("{} does not listen; its log is {}", server.name(), log.display());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
