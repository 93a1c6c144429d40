//! The log's files: one that is written and a few full ones before it, on a thread of their own, since a
//! disk may be slow and whoever logs must not wait for it.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::JoinHandle;

use tracing_subscriber::fmt::MakeWriter;

use crate::platform::private_file;

/// A file is full at this size, in bytes.
const FULL: u64 = 1024 * 1024;
/// How many full ones are kept; the oldest goes.
const KEPT: u32 = 3;
/// Lines that wait for the disk. Full: the line is left out of the file.
const WAITING: usize = 1024;

/// The file that is written.
const NAME: &str = "cinemasync.log";

/// Writes what it is given. Dropping it writes what waits.
#[derive(Debug)]
pub(super) struct LogFile {
    lines: SyncSender<Line>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
enum Line {
    Text(Vec<u8>),
    End,
}

/// Where the log writes to.
#[derive(Debug, Clone)]
pub(super) struct Lines(SyncSender<Line>);

impl LogFile {
    /// Goes on writing in this folder, which is made.
    pub(super) fn start(folder: &Path) -> io::Result<Self> {
        let files = Files::open(folder, FULL)?;
        let (lines, waiting) = mpsc::sync_channel(WAITING);
        let thread = std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || run(files, &waiting))?;
        Ok(Self { lines, thread: Some(thread) })
    }

    pub(super) fn lines(&self) -> Lines {
        Lines(self.lines.clone())
    }
}

impl Drop for LogFile {
    fn drop(&mut self) {
        // The log itself lives on and holds the other end: it is told.
        if self.lines.send(Line::End).is_ok()
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The log writes a line at a time.
impl io::Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let _ = self.0.try_send(Line::Text(line.to_owned()));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn run(mut files: Files, waiting: &Receiver<Line>) {
    while let Ok(Line::Text(line)) = waiting.recv() {
        if files.write(&line).is_err() {
            // The disk is full, or the folder gone: nobody can be told by this way.
            return;
        }
    }
}

struct Files {
    folder: PathBuf,
    full: u64,
    file: File,
    size: u64,
}

impl Files {
    fn open(folder: &Path, full: u64) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let file = private_file::append(&folder.join(NAME))?;
        let size = file.metadata()?.len();
        Ok(Self { folder: folder.to_owned(), full, file, size })
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.size > 0 && self.size + line.len() as u64 > self.full {
            self.turn()?;
        }
        self.file.write_all(line)?;
        self.size += line.len() as u64;
        Ok(())
    }

    /// Begins a new file. Another window may have done so a moment ago; then both write on into the same one.
    fn turn(&mut self) -> io::Result<()> {
        let now = self.folder.join(NAME);
        if std::fs::metadata(&now).is_ok_and(|now| now.len() + 1 >= self.size) {
            for number in (1..KEPT).rev() {
                let _ = std::fs::rename(self.old(number), self.old(number + 1));
            }
            std::fs::rename(&now, self.old(1))?;
        }
        *self = Self::open(&self.folder, self.full)?;
        Ok(())
    }

    fn old(&self, number: u32) -> PathBuf {
        self.folder.join(format!("cinemasync.{number}.log"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_bounded_in_size_and_number_and_the_last_lines_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = Files::open(folder.path(), 100).unwrap();
        for number in 0..200 {
            files.write(format!("line {number}\n").as_bytes()).unwrap();
        }
        drop(files);
        let mut names: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let expected =
            ["cinemasync.1.log", "cinemasync.2.log", "cinemasync.3.log", "cinemasync.log"];
        assert_eq!(names, expected);
        for name in names {
            assert!(std::fs::metadata(folder.path().join(name)).unwrap().len() <= 100);
        }
        let last = std::fs::read_to_string(folder.path().join(NAME)).unwrap();
        assert!(last.ends_with("line 199\n"), "{last}");
    }

    #[test]
    fn a_second_start_goes_on_and_two_windows_do_not_disturb_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = Files::open(folder.path(), 100).unwrap();
        let mut second = Files::open(folder.path(), 100).unwrap();
        for _ in 0..50 {
            first.write(b"first\n").unwrap();
            second.write(b"second\n").unwrap();
        }
        assert!(std::fs::read_dir(folder.path()).unwrap().count() <= 4);
    }

    #[test]
    fn what_waits_is_written_when_the_program_ends() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::start(&folder.path().join("deeper")).unwrap();
        let mut lines = log.lines();
        for number in 0..WAITING {
            lines.write_all(format!("{number}\n").as_bytes()).unwrap();
        }
        drop(log);
        let text = std::fs::read_to_string(folder.path().join("deeper").join(NAME)).unwrap();
        assert!(text.starts_with("0\n1\n"), "{text}");
        lines.write_all(b"after the end\n").unwrap();
    }
}
