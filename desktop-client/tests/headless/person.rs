//! One `cinemasync headless` process: started with arguments, told things on stdin, read line by
//! line, killed when dropped.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The bound of every wait: reached only when what is awaited never comes.
const PATIENCE: Duration = Duration::from_secs(120);

/// Names and values beyond those of this process.
pub(crate) type Environment = [(&'static str, OsString)];

/// A running process.
pub(crate) struct Person {
    name: String,
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    /// Every event so far, oldest first.
    pub(crate) events: Vec<Value>,
    log: Arc<Mutex<String>>,
    logging: Option<JoinHandle<()>>,
    url: String,
    /// Where the program keeps what it keeps.
    home: Arc<TempDir>,
}

impl Person {
    /// Starts one called `name` on the server at `url`; `arguments` are separated by blanks.
    pub(crate) fn start(name: &str, url: &str, arguments: &str) -> Self {
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        Self::start_with(name, url, &arguments)
    }

    /// The same for arguments that hold blanks.
    pub(crate) fn start_with(name: &str, url: &str, arguments: &[&str]) -> Self {
        let home = Arc::new(tempfile::tempdir().expect("a folder"));
        Self::start_at(home, name, url, arguments, &[])
    }

    /// The same with more in the program's environment.
    pub(crate) fn start_in(environment: &Environment, name: &str, url: &str, words: &str) -> Self {
        let home = Arc::new(tempfile::tempdir().expect("a folder"));
        let arguments: Vec<&str> = words.split_whitespace().collect();
        Self::start_at(home, name, url, &arguments, environment)
    }

    /// The same for a program that trusts nobody but who signed a certificate in this file.
    pub(crate) fn start_trusting(
        name: &str,
        url: &str,
        arguments: &str,
        authority: Option<&Path>,
    ) -> Self {
        let authority = authority.map(|file| ("SSL_CERT_FILE", file.as_os_str().to_owned()));
        Self::start_in(authority.as_slice(), name, url, arguments)
    }

    /// The same person's program, started once more.
    pub(crate) fn start_again(&self, arguments: &str) -> Self {
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        Self::start_at(Arc::clone(&self.home), &self.name, &self.url, &arguments, &[])
    }

    fn start_at(
        home: Arc<TempDir>,
        name: &str,
        url: &str,
        arguments: &[&str],
        environment: &Environment,
    ) -> Self {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_cinemasync"))
            .args(["headless", "--server", url, "--name", name])
            .args(arguments)
            .env("CINEMASYNC_FOLDER", home.path())
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut stderr = child.stderr.take().expect("stderr is piped");
        let log = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&log);
        let logging = std::thread::spawn(move || {
            let mut chunk = [0; 4_096];
            while let Ok(read @ 1..) = stderr.read(&mut chunk) {
                let text = String::from_utf8_lossy(&chunk[..read]);
                kept.lock().expect("not poisoned").push_str(&text);
            }
        });
        let stdin = child.stdin.take();
        let (name, url) = (name.to_owned(), url.to_owned());
        let (logging, events) = (Some(logging), Vec::new());
        Self { name, child, stdin, lines, events, log, logging, url, home }
    }

    /// Starts one that creates a room, and returns it with the room's code.
    pub(crate) fn create(name: &str, url: &str, arguments: &str) -> (Self, String) {
        Self::create_trusting(name, url, arguments, None)
    }

    /// The same for a program that trusts nobody but who signed a certificate in this file.
    pub(crate) fn create_trusting(
        name: &str,
        url: &str,
        arguments: &str,
        authority: Option<&Path>,
    ) -> (Self, String) {
        let arguments = format!("--create {arguments}");
        let mut person = Self::start_trusting(name, url, &arguments, authority);
        let code = text(&person.wait("room", |_| true), "code").to_owned();
        (person, code)
    }

    /// Starts one that joins the room and waits until it is in.
    pub(crate) fn join(name: &str, url: &str, code: &str, arguments: &str) -> Self {
        let mut person = Self::start(name, url, &format!("--join {code} {arguments}"));
        person.wait("room", |_| true);
        person
    }

    /// One's id in the room.
    pub(crate) fn id(&self) -> String {
        let room = self.events.iter().find(|event| event["event"] == "room");
        text(room.expect("in a room"), "id").to_owned()
    }

    #[cfg(unix)]
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Writes a command.
    pub(crate) fn tell(&mut self, command: &Value) {
        self.type_line(&command.to_string());
    }

    /// Writes a command that is a word.
    pub(crate) fn ask(&mut self, command: &str) {
        self.tell(&json!({ "command": command }));
    }

    /// Writes to everybody.
    pub(crate) fn say(&mut self, text: &str) {
        self.tell(&json!({ "command": "chat", "text": text }));
    }

    /// Writes any line.
    pub(crate) fn type_line(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("stdin is open");
        writeln!(stdin, "{line}").expect("the process reads");
    }

    /// Ends its input.
    pub(crate) fn close_stdin(&mut self) {
        drop(self.stdin.take());
    }

    /// Kills it without a word.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it still runs");
        self.child.wait().expect("it can be waited for");
    }

    /// How many files of films it keeps.
    pub(crate) fn cached(&self) -> usize {
        std::fs::read_dir(self.home.path().join("cache")).map_or(0, Iterator::count)
    }

    /// Takes from what it kept the key that the others know it by.
    pub(crate) fn lose_key(&self) {
        let path = self.home.path().join("place.json");
        let kept = std::fs::read_to_string(&path).expect("a place is kept");
        let mut place: Value = serde_json::from_str(&kept).expect("it is JSON");
        let key = place.as_object_mut().and_then(|place| place.remove("identity"));
        assert!(key.is_some_and(|key| key.is_string()), "a key was kept");
        std::fs::write(&path, place.to_string()).expect("it can be written");
    }

    /// The first event of this kind that `wanted` holds for, of those that came or are to come.
    pub(crate) fn wait(&mut self, event: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        self.wait_since(0, event, wanted)
    }

    /// How many events there are now, for [`Person::wait_since`].
    pub(crate) fn mark(&mut self) -> usize {
        while let Ok(line) = self.lines.try_recv() {
            self.take(&line);
        }
        self.events.len()
    }

    /// Like [`Person::wait`], among the events after a mark.
    pub(crate) fn wait_since(
        &mut self,
        mark: usize,
        event: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        let until = Instant::now() + PATIENCE;
        let mut next = mark;
        loop {
            while let Some(candidate) = self.events.get(next) {
                if candidate["event"] == event && wanted(candidate) {
                    return candidate.clone();
                }
                next += 1;
            }
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => self.take(&line),
                Err(RecvTimeoutError::Timeout) => self.give_up(event, "it did not come in time"),
                Err(RecvTimeoutError::Disconnected) => self.give_up(event, "the process is over"),
            }
        }
    }

    /// Waits for the end of the process, with everything it says until then.
    pub(crate) fn wait_for_end(&mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => self.take(&line),
                Err(RecvTimeoutError::Timeout) => self.give_up("end", "it goes on"),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let status = self.child.wait().expect("it can be waited for");
        if let Some(logging) = self.logging.take() {
            logging.join().expect("the log is read to its end");
        }
        assert!(!self.log().contains("panicked"), "{} panicked: {}", self.name, self.log());
        status
    }

    /// Leaves by command; the exit status is to be 0.
    pub(crate) fn leave(&mut self) {
        self.ask("leave");
        assert_eq!(self.wait_for_end().code(), Some(0), "{} leaves properly", self.name);
    }

    /// Figures about one peer, from a `stats` line after the mark that has it.
    pub(crate) fn peer_stats(
        &mut self,
        mark: usize,
        id: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        let line =
            self.wait_since(mark, "stats", |stats| find_peer(stats, id).is_some_and(&wanted));
        find_peer(&line, id).expect("just found").clone()
    }

    /// Waits until pictures of this peer go on being decoded.
    pub(crate) fn wait_for_more_frames(&mut self, id: &str) {
        let mark = self.mark();
        let before = frames(&self.peer_stats(mark, id, |peer| frames(peer) > 0));
        self.peer_stats(mark, id, |peer| frames(peer) >= before + 10);
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("not poisoned").clone()
    }

    fn take(&mut self, line: &str) {
        let event: Value = serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("{} wrote {line:?}: {error}", self.name));
        assert!(event["event"].is_string() && event["t"].is_f64(), "{line}");
        self.events.push(event);
    }

    fn give_up(&self, event: &str, why: &str) -> ! {
        let skip = self.events.len().saturating_sub(25);
        let last: Vec<String> = self.events[skip..].iter().map(Value::to_string).collect();
        panic!(
            "{} waits for {event:?}: {why}. Last lines:\n{}\nLog:\n{}",
            self.name,
            last.join("\n"),
            self.log()
        );
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        // It may be over already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A text field.
pub(crate) fn text<'a>(event: &'a Value, field: &str) -> &'a str {
    event[field].as_str().unwrap_or_else(|| panic!("{field} is a text in {event}"))
}

/// Pictures decoded of a peer's camera so far.
pub(crate) fn frames(peer: &Value) -> u64 {
    peer["video_in"]
        .as_array()
        .and_then(|videos| videos.iter().find(|video| video["source"] == "camera"))
        .and_then(|video| video["frames_decoded"].as_u64())
        .unwrap_or(0)
}

fn find_peer<'a>(stats: &'a Value, id: &str) -> Option<&'a Value> {
    stats["peers"].as_array()?.iter().find(|peer| peer["id"] == id)
}
