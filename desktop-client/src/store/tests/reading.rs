//! A reader: what it gives at once, what it waits for, and what it tells meanwhile.

use std::io::ErrorKind;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};

use super::*;

/// No answer takes this long, on any machine; only a hang does.
const HANG: Duration = Duration::from_secs(60);

/// A film that comes, and what is told of its readers.
struct Coming {
    folder: tempfile::TempDir,
    content: Vec<u8>,
    store: Arc<BlockStore>,
    changes: Mutex<Receiver<()>>,
}

impl Coming {
    fn new() -> Self {
        let (folder, content) = (tempfile::tempdir().unwrap(), content());
        let store = film(&cache(folder.path()), &content);
        let (tell, changes) = channel();
        let tell = Mutex::new(tell);
        store.on_wanted(Arc::new(move || {
            tell.lock().unwrap().send(()).ok();
        }));
        Self { folder, content, store, changes: Mutex::new(changes) }
    }

    fn come(&self, block: u32) {
        come(&self.store, &self.content, block);
    }

    /// Waits until the readers read there.
    fn wanted(&self, wanted: &[Wanted]) {
        while self.store.wanted() != wanted {
            self.changes.lock().unwrap().recv_timeout(HANG).expect("it is told");
        }
    }
}

fn waits_at(at: usize) -> Wanted {
    Wanted { at: at as u64, waiting: true }
}

fn reads_at(at: usize) -> Wanted {
    Wanted { at: at as u64, waiting: false }
}

#[test]
fn what_is_here_is_given_at_once_and_never_more_is_waited_for() {
    let film = Coming::new();
    film.come(0);
    film.come(4);
    let mut reader = film.store.reader();
    assert_eq!(reader.size(), film.content.len() as u64);
    let mut bytes = vec![0; 2 * BLOCK];
    assert_eq!(reader.read(&mut bytes[..10]).unwrap(), 10);
    assert_eq!(reader.read(&mut bytes).unwrap(), BLOCK - 10, "to the end of what is here");
    assert_eq!(bytes[..BLOCK - 10], film.content[10..BLOCK]);
    film.wanted(&[reads_at(BLOCK)]);
    reader.seek(4 * BLOCK as u64 + 990).unwrap();
    assert_eq!(reader.read(&mut bytes).unwrap(), 10);
    assert_eq!(reader.read(&mut bytes).unwrap(), 0, "the end");
    reader.seek(film.content.len() as u64).unwrap();
    assert_eq!(reader.read(&mut bytes).unwrap(), 0);
    let behind = reader.seek(film.content.len() as u64 + 1).unwrap_err();
    assert_eq!(behind.kind(), ErrorKind::InvalidInput);
    assert_eq!(reader.read(&mut []).unwrap(), 0);
    drop(reader);
    film.wanted(&[]);
}

#[test]
fn what_is_missing_is_waited_for_and_told() {
    let film = Coming::new();
    std::thread::scope(|scope| {
        let read = scope.spawn(|| {
            let mut reader = film.store.reader();
            let mut bytes = vec![0; BLOCK];
            reader.seek(2 * BLOCK as u64 + 7).unwrap();
            let count = reader.read(&mut bytes).unwrap();
            bytes.truncate(count);
            bytes
        });
        film.wanted(&[waits_at(2 * BLOCK + 7)]);
        let second = scope.spawn(|| film.store.reader().read(&mut [0]).unwrap());
        film.wanted(&[waits_at(2 * BLOCK + 7), waits_at(0)]);
        film.come(1);
        film.come(2);
        assert_eq!(read.join().unwrap(), film.content[2 * BLOCK + 7..3 * BLOCK]);
        film.wanted(&[waits_at(0)]);
        film.come(0);
        assert_eq!(second.join().unwrap(), 1);
    });
}

#[test]
fn who_waits_is_stopped_from_another_thread_and_for_good() {
    let film = Coming::new();
    let (hand_over, taken) = channel();
    std::thread::scope(|scope| {
        let read = scope.spawn(|| {
            let mut reader = film.store.reader();
            hand_over.send(reader.canceller()).unwrap();
            let waited = reader.read(&mut [0]).unwrap_err().kind();
            film.come(0);
            (waited, reader.read(&mut [0]).unwrap_err().kind(), reader.seek(0).is_err())
        });
        let canceller: Canceller = taken.recv_timeout(HANG).unwrap();
        film.wanted(&[waits_at(0)]);
        canceller.clone().cancel();
        assert_eq!(read.join().unwrap(), (ErrorKind::Interrupted, ErrorKind::Interrupted, true));
        canceller.cancel();
    });
    assert_eq!(film.store.reader().read(&mut [0]).unwrap(), 1, "others are not stopped");
}

#[test]
fn what_an_earlier_run_left_is_checked_when_a_reader_comes_there() {
    let (folder, content) = (tempfile::tempdir().unwrap(), content());
    come(&film(&cache(folder.path()), &content), &content, 0);
    let store = film(&cache(folder.path()), &content);
    assert!(!store.have(0));
    let mut bytes = vec![0; BLOCK];
    assert_eq!(store.reader().read(&mut bytes).unwrap(), BLOCK);
    assert_eq!(bytes, content[..BLOCK]);
    assert!(store.have(0));
}

#[test]
fn what_the_disk_does_not_give_back_is_lost_and_waited_for_again() {
    let film = Coming::new();
    film.come(0);
    let blocks = film.folder.path().join(format!("{}-0.blocks", id('a').0));
    std::fs::File::options().write(true).open(blocks).unwrap().set_len(5).unwrap();
    std::thread::scope(|scope| {
        let read = scope.spawn(|| {
            let mut bytes = vec![0; BLOCK];
            film.store.reader().read(&mut bytes).map(|count| (count, bytes))
        });
        film.wanted(&[waits_at(0)]);
        assert_eq!(film.store.take_lost(), [0]);
        film.come(0);
        assert_eq!(read.join().unwrap().unwrap(), (BLOCK, film.content[..BLOCK].to_vec()));
    });
}
