//! Pebble, Let's Encrypt's test authority, and its name server, on free ports of the loopback.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::{Authority, Trust, soon};

/// Ports may be taken between finding and using them.
const TRIES: u32 = 5;

/// A running authority.
pub(crate) struct Pebble {
    processes: Vec<Process>,
    folder: TempDir,
    own: Authority,
    directory_port: u16,
    management_port: u16,
    /// Where it looks for a challenge's answer.
    pub(crate) challenge_port: u16,
    dns_port: u16,
}

/// Ends with its owner.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    fn runs(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

/// Ports that nobody has now, each another.
fn free_ports<const COUNT: usize>() -> [u16; COUNT] {
    let held = [(); COUNT].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}

impl Pebble {
    /// Starts it; none if it is not installed.
    pub(crate) async fn start() -> Option<Self> {
        for _ in 0..TRIES {
            let mut started = Self::try_start()?;
            let ports = [started.directory_port, started.management_port];
            if soon("the test authority", started.answers(ports)).await {
                return Some(started);
            }
        }
        panic!("pebble does not start")
    }

    fn try_start() -> Option<Self> {
        let [directory_port, management_port, challenge_port, dns_port, names_port] = free_ports();
        let folder = tempfile::tempdir().unwrap();
        let own = Authority::new();
        let pair = own.certify(&["localhost"]);
        let path = |name: &str| folder.path().join(name);
        fs::write(path("cert.pem"), &pair.cert).unwrap();
        fs::write(path("key.pem"), &pair.key).unwrap();
        fs::write(path("ca.pem"), &own.pem).unwrap();
        let config = serde_json::json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{directory_port}"),
            "managementListenAddress": format!("127.0.0.1:{management_port}"),
            "certificate": path("cert.pem"),
            "privateKey": path("key.pem"),
            "httpPort": challenge_port,
            "tlsPort": challenge_port,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
        }});
        fs::write(path("pebble.json"), config.to_string()).unwrap();
        let processes = Vec::new();
        let mut pebble = Self {
            processes,
            folder,
            own,
            directory_port,
            management_port,
            challenge_port,
            dns_port,
        };
        pebble.spawn(names_port).then_some(pebble)
    }

    /// False if it is not installed.
    fn spawn(&mut self, names_port: u16) -> bool {
        // Every name leads to the loopback.
        let dns = format!("127.0.0.1:{}", self.dns_port);
        let names = spawn(Command::new("pebble-challtestsrv").args([
            "-dns01",
            &dns,
            "-management",
            &format!("127.0.0.1:{names_port}"),
            "-defaultIPv4",
            "127.0.0.1",
            "-defaultIPv6",
            "",
            "-http01",
            "",
            "-https01",
            "",
            "-tlsalpn01",
            "",
        ]));
        let pebble = spawn(
            Command::new("pebble")
                .env("PEBBLE_VA_NOSLEEP", "1")
                .env("PEBBLE_WFE_NONCEREJECT", "0")
                .arg("-config")
                .arg(self.folder.path().join("pebble.json"))
                .args(["-strict", "-dnsserver", &dns]),
        );
        self.processes.extend([names, pebble].into_iter().flatten());
        self.processes.len() == 2
    }

    /// Whether it answers on all `ports` before one of its processes ends.
    async fn answers(&mut self, ports: [u16; 2]) -> bool {
        for port in ports {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                if !self.processes.iter_mut().all(Process::runs) {
                    return false;
                }
                // Nothing tells when it listens but asking.
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        self.processes.iter_mut().all(Process::runs)
    }

    /// From here on there is no authority.
    pub(crate) fn stop(&mut self) {
        self.processes.clear();
    }

    /// After [`Pebble::stop`]: there is one again, where the other was, that knows nothing of before.
    pub(crate) async fn restart(&mut self) {
        let [names_port] = free_ports();
        assert!(self.spawn(names_port));
        let ports = [self.directory_port, self.management_port];
        assert!(soon("the test authority", self.answers(ports)).await);
    }

    pub(crate) fn directory(&self) -> String {
        format!("https://localhost:{}/dir", self.directory_port)
    }

    /// By whom its own server is known.
    pub(crate) fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Whoever trusts what it gives out.
    pub(crate) async fn trust(&self) -> Trust {
        let address = ([127, 0, 0, 1], self.management_port).into();
        let own = Trust::new(&self.own.pem);
        let mut stream = own.connect(address, "localhost").await.unwrap();
        let request = "GET /roots/0 HTTP/1.0\r\nHost: localhost\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        soon("the root", stream.read_to_string(&mut answer)).await.unwrap();
        Trust::new(answer.split_once("\r\n\r\n").unwrap().1)
    }
}

fn spawn(command: &mut Command) -> Option<Process> {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match quiet.spawn() {
        Ok(child) => Some(Process(child)),
        Err(error) => {
            println!("skipped: {:?} cannot be started ({error})", command.get_program());
            None
        }
    }
}
