//! A second start hands what it was started with to the window that is open. The first one listens on a
//! loopback port and writes the number, with a secret, into a file that only its owner can read: whoever
//! cannot read that file is not listened to. What comes is shown to the person and opened by nobody else.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, TrySendError};
use std::thread::JoinHandle;
use std::time::Duration;

use cinemasync_core::frame::OnChange;
use serde::{Deserialize, Serialize};

use super::opened::Opened;
use crate::platform;
use crate::platform::private_file;

/// How long either side waits for the other.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest message, in bytes: a path can be long.
const LONGEST: u64 = 8 * 1024;
/// What may wait to be shown; more is refused, and the second start opens its own window.
const WAITING: usize = 8;
const TAKEN: &str = "taken";
const REFUSED: &str = "refused";

/// Where the first one listens.
#[derive(Debug, Serialize, Deserialize)]
struct Door {
    port: u16,
    secret: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Message {
    secret: String,
    open: Opened,
}

/// Listens until it is dropped.
#[derive(Debug)]
pub(super) struct Handover {
    door: PathBuf,
    port: u16,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    came: mpsc::Receiver<Opened>,
    /// Held as long as this is the first one.
    _lock: File,
}

impl Handover {
    /// Listens for other starts of the person whose files lie in `folder`; `came` is told of each. `None`
    /// if another window does, or nothing can be written there.
    pub(super) fn start(folder: &Path, came: OnChange) -> Option<Self> {
        let started = Self::try_start(folder, came);
        started
            .inspect_err(|error| tracing::info!(%error, "no other start can hand over to this one"))
            .ok()
    }

    fn try_start(folder: &Path, on_change: OnChange) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let lock = File::create(lock_path(folder))?;
        lock.try_lock().map_err(io::Error::from)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let secret: String = platform::random()?.iter().map(|byte| format!("{byte:02x}")).collect();
        let door = door_path(folder);
        let kept = serde_json::to_vec(&Door { port, secret: secret.clone() })?;
        private_file::replace(&door, &kept)?;
        let (sender, came) = mpsc::sync_channel(WAITING);
        let ends = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&ends);
        let thread = std::thread::Builder::new().name("handover".to_owned()).spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                let taken = stream.and_then(|stream| listen(&stream, &secret, &sender));
                match taken {
                    Ok(true) => on_change(),
                    Ok(false) => {}
                    Err(error) => tracing::debug!(%error, "nothing was handed over"),
                }
            }
        })?;
        Ok(Self { door, port, ends, thread: Some(thread), came, _lock: lock })
    }

    /// The next thing that was handed over.
    pub(super) fn next(&self) -> Option<Opened> {
        self.came.try_recv().ok()
    }
}

impl Drop for Handover {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.door);
        self.ends.store(true, Ordering::Relaxed);
        // Wakes the thread. If that fails there is no listener, and so no thread that waits.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the handover's thread panicked");
        }
    }
}

/// Hears one start out. True if it handed something over.
fn listen(stream: &TcpStream, secret: &str, sender: &mpsc::SyncSender<Opened>) -> io::Result<bool> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    BufReader::new(stream.take(LONGEST)).read_line(&mut line)?;
    let message: Option<Message> = serde_json::from_str(&line).ok();
    let open = message.filter(|message| is_same(&message.secret, secret)).map(|said| said.open);
    let taken = match open.filter(Opened::is_sane).map(|open| sender.try_send(open)) {
        Some(Ok(())) => true,
        Some(Err(TrySendError::Full(_) | TrySendError::Disconnected(_))) | None => false,
    };
    writeln!(&*stream, "{}", if taken { TAKEN } else { REFUSED })?;
    Ok(taken)
}

/// Compares without telling by its time how much is right.
fn is_same(said: &str, secret: &str) -> bool {
    let differ = said.bytes().zip(secret.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b));
    said.len() == secret.len() && differ == 0
}

/// Hands this to the window that is open; false if there is none that takes it.
pub(super) fn hand_over(folder: &Path, open: &Opened) -> bool {
    // Who holds the lock listens; without a holder a file is left from a crash.
    let Ok(lock) = File::open(lock_path(folder)) else { return false };
    if lock.try_lock().is_ok() {
        return false;
    }
    try_hand_over(folder, open).unwrap_or_else(|error| {
        tracing::debug!(%error, "the window that is open does not answer");
        false
    })
}

fn try_hand_over(folder: &Path, open: &Opened) -> io::Result<bool> {
    let door: Door = serde_json::from_slice(&std::fs::read(door_path(folder))?)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, door.port));
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let message = Message { secret: door.secret, open: open.clone() };
    writeln!(&stream, "{}", serde_json::to_string(&message)?)?;
    let mut answer = String::new();
    BufReader::new((&stream).take(LONGEST)).read_line(&mut answer)?;
    Ok(answer.trim() == TAKEN)
}

fn door_path(folder: &Path) -> PathBuf {
    folder.join("window.json")
}

fn lock_path(folder: &Path) -> PathBuf {
    folder.join("window.lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Opened {
        Opened::Link("cinemasync://join/K7QM4XTB".to_owned())
    }

    #[test]
    fn a_second_start_hands_over_to_the_first_while_that_lives() {
        let folder = tempfile::tempdir().unwrap();
        let (told, telling) = mpsc::channel();
        assert!(!hand_over(folder.path(), &link()), "nobody is there");
        let came: OnChange = Arc::new(move || told.send(()).unwrap_or_default());
        let first = Handover::start(folder.path(), came).unwrap();
        assert!(Handover::start(folder.path(), Arc::new(|| {})).is_none(), "there is one already");
        assert!(hand_over(folder.path(), &link()));
        telling.recv().unwrap();
        assert_eq!(first.next(), Some(link()));
        assert_eq!(first.next(), None);
        drop(first);
        assert!(!hand_over(folder.path(), &link()), "nobody is there any more");
        assert!(!door_path(folder.path()).exists());
    }

    #[test]
    fn who_does_not_know_the_secret_or_says_nonsense_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let first = Handover::start(folder.path(), Arc::new(|| {})).unwrap();
        let door: Door =
            serde_json::from_slice(&std::fs::read(door_path(folder.path())).unwrap()).unwrap();
        let say = |words: &str| {
            let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, door.port)).unwrap();
            // Whoever is refused early may find the door shut.
            let _ = writeln!(&stream, "{words}");
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let mut answer = String::new();
            let _ = BufReader::new(&stream).read_line(&mut answer);
            answer.trim().to_owned()
        };
        let of = |secret: &str, open: &str| format!("{{\"secret\":\"{secret}\",\"open\":{open}}}");
        let file = "{\"file\":\"films/a.mkv\"}";
        for words in [
            String::new(),
            "GET / HTTP/1.1".to_owned(),
            of("", "{\"link\":\"cinemasync://join/K7QM4XTB\"}"),
            of(&"0".repeat(64), "{\"link\":\"cinemasync://join/K7QM4XTB\"}"),
            of(&door.secret, file),
            "x".repeat(100_000),
        ] {
            assert_ne!(say(&words), TAKEN);
        }
        assert_eq!(first.next(), None);
        assert!(hand_over(folder.path(), &link()), "it still listens");
    }

    #[test]
    fn more_than_can_wait_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let _first = Handover::start(folder.path(), Arc::new(|| {})).unwrap();
        for _ in 0..WAITING {
            assert!(hand_over(folder.path(), &link()));
        }
        assert!(!hand_over(folder.path(), &link()));
    }
}
