//! A signaling server on this machine, for `demo` and `bench`: built, started on a free port, known
//! to answer, and ended with its handle.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::children::{self, Owned};
use crate::shell::Invocation;
use crate::workspace::{self, Profile};

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server.
#[derive(Debug)]
pub(crate) struct LocalServer {
    /// Ends it.
    _process: Owned,
    address: SocketAddr,
}

impl LocalServer {
    /// Starts the server that lies in the target folder; its log goes to `log`.
    pub(crate) fn start(profile: Profile, log: &Path) -> Result<Self> {
        let mut command = Command::new(workspace::program("cinemasync-server", profile));
        Self::start_as(&mut command, free_address()?, log, is_healthy)
    }

    /// Starts it as `command` says, at `address`; it is up when it `answers`.
    pub(crate) fn start_as(
        command: &mut Command,
        address: SocketAddr,
        log: &Path,
        answers: impl Fn(SocketAddr) -> bool,
    ) -> Result<Self> {
        let log_file =
            File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        command
            // Everybody is on this machine: nothing is asked of servers elsewhere.
            .args(["--listen", &address.to_string(), "--stun-url", ""])
            // What it keeps lies beside its log, not in the person's own folders.
            .env("STATE_DIRECTORY", log.parent().unwrap_or(Path::new(".")))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log_file);
        let mut process = Owned::spawn("the server", command)?;
        let end = Instant::now() + PATIENCE;
        while !answers(address) {
            children::check_interrupted()?;
            if let Some(status) = process.ended()? {
                bail!("the server ended at once ({status}); its log is {}", log.display());
            }
            if Instant::now() >= end {
                bail!("the server does not answer; its log is {}", log.display());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(Self { _process: process, address })
    }

    /// What a client is told.
    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.address)
    }
}

/// Builds the programs: the window with headless, and the server.
pub(crate) fn build(profile: Profile) -> Result<()> {
    Invocation::cargo()
        .args(["build", "--locked", "--package", "cinemasync", "--package", "cinemasync-server"])
        .args(profile.arguments())
        .run()
}

/// A port that was free a moment ago.
pub(crate) fn free_address() -> Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .context("no port is free on this machine")
}

/// Is a port open at `address`?
#[cfg(target_os = "linux")]
pub(crate) fn is_listening(address: SocketAddr) -> bool {
    TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok()
}

/// Does a server answer at `address`?
pub(crate) fn is_healthy(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<Vec<u8>> {
        let second = Some(Duration::from_secs(1));
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(second)?;
        stream.set_write_timeout(second)?;
        write!(stream, "GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut answer = vec![0; 12];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with(b"HTTP/1.1 200"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_there_is_not_healthy() {
        let address = free_address().expect("a free port");
        assert!(!is_healthy(address));
    }

    #[test]
    fn a_server_that_says_it_is_well_is_believed() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("bound above");
        let answering = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("the test connects");
            // To its end: what is left unread when the stream is closed may cost the other end the answer.
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).expect("a request");
                request.extend(byte);
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").expect("the test reads");
        });
        assert!(is_healthy(address));
        answering.join().expect("it answered");
    }
}
