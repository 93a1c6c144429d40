//! The server as a program of its own, whose log is read line by line.

use std::io::BufReader;
use std::io::{BufRead as _, Lines};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};

use tokio::net::TcpStream;

use crate::harness::{Authority, Client, Files, NAME, Trust, replace, soon};

/// The program; it ends with the test.
pub(crate) struct Program {
    child: Child,
    log: Option<Lines<BufReader<ChildStderr>>>,
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    /// With a certificate from files, and no more than `open_files` at once.
    fn with_files(files: &Files, open_files: u32) -> Self {
        let file = |path: PathBuf| path.to_string_lossy().into_owned();
        let [cert, key] = [file(files.cert()), file(files.key())];
        let options = ["--listen", "127.0.0.1:0", "--tls-cert", &cert, "--tls-key", &key];
        Self::start(&options, open_files)
    }

    pub(crate) fn start(options: &[&str], open_files: u32) -> Self {
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(format!("ulimit -n {open_files} && exec \"$0\" \"$@\""))
            .arg(env!("CARGO_BIN_EXE_cinemasync-server"))
            .env_remove("CINEMASYNC_LOG")
            .env("CINEMASYNC_SECRET", "00".repeat(32))
            .args(["--log-format", "json"])
            .args(options)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, log: Some(log) }
    }

    /// Where it listens, which its log tells.
    pub(crate) async fn address(&mut self) -> SocketAddr {
        self.says("listening").await["address"].as_str().unwrap().parse().unwrap()
    }

    /// The fields of the next line of the log that says something like this.
    pub(crate) async fn says(&mut self, what: &'static str) -> serde_json::Value {
        let mut log = self.log.take().unwrap();
        let reading = tokio::task::spawn_blocking(move || {
            let fields = loop {
                let line = log.next().expect("the program runs").unwrap();
                let entry: serde_json::Value = serde_json::from_str(&line).unwrap();
                if entry["fields"]["message"].as_str().is_some_and(|text| text.contains(what)) {
                    break entry["fields"].clone();
                }
            };
            (log, fields)
        });
        let (log, fields) = soon(what, reading).await.unwrap();
        self.log = Some(log);
        fields
    }

    fn hang_up(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", "HUP", &pid]).status().unwrap().success());
    }
}

#[tokio::test]
async fn a_broken_new_pair_is_told_and_the_old_one_stays_until_it_is_mended() {
    let authority = Authority::new();
    let first = authority.certify(&[NAME]);
    let files = Files::new(&first);
    let mut program = Program::with_files(&files, 256);
    program.says("the TLS certificate is used").await;
    let address = program.address().await;
    let trust = Trust::new(&authority.pem);
    let mut client = Client::connect(address, &trust).await;

    // Only the certificate is new; a hangup asks for judgement at once.
    let second = authority.certify(&[NAME]);
    replace(&files.cert(), &second.cert);
    program.hang_up();
    let said = program.says("the old one stays").await;
    let text = said["message"].as_str().unwrap();
    assert!(text.contains("The private key is not the certificate's."), "{text}");
    assert_eq!(trust.shown(address).await.unwrap(), first.first());

    // Without a hangup it is told too, when it has stayed broken.
    replace(&files.cert(), "nothing of the kind");
    let said = program.says("the old one stays").await;
    let text = said["message"].as_str().unwrap();
    assert!(text.contains("There is no certificate"), "{text}");
    assert_eq!(trust.shown(address).await.unwrap(), first.first());
    client.lives().await;

    files.write(&second);
    program.hang_up();
    program.says("the TLS certificate is used").await;
    assert_eq!(trust.shown(address).await.unwrap(), second.first());
    client.lives().await;
}

#[tokio::test]
async fn without_files_left_it_waits_and_serves_again_when_there_are() {
    const OPEN_FILES: u32 = 32;
    let authority = Authority::new();
    let files = Files::new(&authority.certify(&[NAME]));
    let mut program = Program::with_files(&files, OPEN_FILES);
    let address = program.address().await;
    let trust = Trust::new(&authority.pem);
    // The system connects them, whether the server takes them or not.
    let mut crowd = Vec::new();
    for _ in 0..OPEN_FILES {
        crowd.push(TcpStream::connect(address).await.unwrap());
    }
    let said = program.says("connections cannot be accepted").await;
    assert!(said["message"].as_str().unwrap().contains("LimitNOFILE"), "{said}");
    drop(crowd);
    Client::connect(address, &trust).await.lives().await;
}
