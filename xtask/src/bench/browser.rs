//! A headless Chromium page in a call over the same server, for comparison. It tells what it sees to a
//! small HTTP listener on loopback, which also gives it its page.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::children::{self, Owned};
use crate::workspace;

/// The names under which systems know it.
const PROGRAMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// A browser starts slowly on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a page tells at most at once.
const MAX_BODY: usize = 64 * 1024;
/// Messages that wait for us; a page tells one a second. Full: the page waits.
const TOLD: usize = 1_024;

/// Is there a browser?
pub(super) fn program() -> Option<PathBuf> {
    PROGRAMS.into_iter().find_map(workspace::find_program)
}

/// A running browser with its one page.
pub(super) struct Page {
    browser: Owned,
    told: Receiver<Value>,
}

impl Page {
    /// Opens the page without a window, with a camera and a microphone that do not exist.
    pub(super) fn open(program: &Path, query: &str, profile: &Path) -> Result<Self> {
        let mut command = Command::new(program);
        command
            .args(["--headless=new", "--use-fake-ui-for-media-stream"])
            .arg("--use-fake-device-for-media-stream");
        Self::open_with(command, query, profile)
    }

    /// Opens the page of a call in a browser that `command` starts.
    pub(super) fn open_with(command: Command, query: &str, profile: &Path) -> Result<Self> {
        Self::open_page("call_page.html", command, query, profile)
    }

    /// Opens one of our pages in a browser that `command` starts.
    pub(super) fn open_page(
        page: &str,
        mut command: Command,
        query: &str,
        profile: &Path,
    ) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
        let address = listener.local_addr().context("a listener without an address")?;
        let (sender, told) = mpsc::sync_channel(TOLD);
        let page = workspace::root().join("xtask/peers").join(page);
        let page = fs::read(&page).with_context(|| format!("cannot read {}", page.display()))?;
        // Ends when nobody listens to it any more: each visit looks.
        thread::spawn(move || serve(&listener, &page, &sender));
        command
            .args(["--no-sandbox", "--disable-gpu", "--no-first-run"])
            .args(["--autoplay-policy=no-user-gesture-required", "--mute-audio"])
            .arg("--disable-features=WebRtcHideLocalIpsWithMdns")
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(format!("http://{address}/?{query}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Ok(Self { browser: Owned::spawn("a browser", &mut command)?, told })
    }

    /// The process's number.
    pub(super) fn id(&mut self) -> u32 {
        self.browser.child().id()
    }

    /// The next that it tells of this kind.
    pub(super) fn wait(&self, event: &str) -> Result<Value> {
        let end = Instant::now() + PATIENCE;
        loop {
            children::check_interrupted()?;
            let left = end.saturating_duration_since(Instant::now());
            let Ok(told) = self.told.recv_timeout(left.min(Duration::from_millis(200))) else {
                if left.is_zero() {
                    bail!("the browser's page told of no {event}");
                }
                continue;
            };
            if told["event"] == "error" {
                bail!("the browser's page failed: {}", told["text"]);
            }
            if told["event"] == event {
                return Ok(told);
            }
        }
    }

    /// The newest figures; waits for the first.
    pub(super) fn latest_stats(&self) -> Result<Value> {
        let mut latest = self.wait("stats")?;
        while let Ok(told) = self.told.try_recv() {
            if told["event"] == "stats" {
                latest = told;
            }
        }
        Ok(latest)
    }
}

fn serve(listener: &TcpListener, page: &[u8], told: &SyncSender<Value>) {
    for stream in listener.incoming().flatten() {
        // A visit that breaks off is the browser's affair.
        if let Ok(Some(message)) = visit(&stream, page)
            && told.send(message).is_err()
        {
            return;
        }
    }
}

/// Answers one request; what it told, if it told something.
fn visit(mut stream: &TcpStream, page: &[u8]) -> Result<Option<Value>> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut reader = BufReader::new(stream);
    let (mut request, mut length) = (String::new(), 0_usize);
    reader.read_line(&mut request)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse::<usize>()?.min(MAX_BODY);
        }
    }
    let body = if request.starts_with("POST ") { &b"ok"[..] } else { page };
    let mut message = vec![0; length];
    reader.read_exact(&mut message)?;
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)?;
    Ok(if length > 0 { Some(serde_json::from_slice(&message)?) } else { None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_given_and_what_it_tells_is_taken() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (sender, told) = mpsc::sync_channel(4);
        thread::spawn(move || serve(&listener, b"<p>hello", &sender));
        let ask = |request: &str| {
            let mut stream = TcpStream::connect(address).expect("it listens");
            stream.write_all(request.as_bytes()).expect("it takes the request");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("it answers");
            answer
        };
        assert!(ask("GET / HTTP/1.1\r\n\r\n").ends_with("<p>hello"));
        let body = r#"{"event":"room"}"#;
        let post = format!("POST /told HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        assert!(ask(&post).starts_with("HTTP/1.1 200"));
        assert_eq!(told.recv().expect("it was told")["event"], "room");
    }
}
