//! What a crash leaves: a report that the person can read, and pass on or not. Nothing of it is sent by the
//! program. Owns the folder of the reports and what stands in one; who shows it is the window.

use std::backtrace::Backtrace;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime as _;

use crate::kept::{self, Look};
use crate::log::Recent;
use crate::platform::private_file;

/// Reports that are kept; the oldest goes.
const KEPT: usize = 5;
/// Reports that one run writes at most: whatever fails again and again says the same each time.
const MOST: usize = 3;
/// The longest message of a panic, in bytes, and the longest backtrace.
const LONGEST_MESSAGE: usize = 4 * 1024;
const LONGEST_TRACE: usize = 64 * 1024;
/// The largest report that is read, in bytes.
const LARGEST: u64 = 512 * 1024;

/// How a report begins that ended the program, and one of a part that failed while the rest went on.
const CRASH: &str = "crash-";
const FAULT: &str = "fault-";
const ENDING: &str = ".txt";
/// How one ends that the person has seen.
const SEEN: &str = ".seen.txt";

/// A report that the person has not seen yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Where it lies.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
    /// Did the program end by it?
    pub ended: bool,
}

/// Where the reports lie, if the system has such a folder.
pub fn default_folder() -> Option<PathBuf> {
    Some(crate::platform::folders::local_data()?.join("crashes"))
}

/// From now on each panic of this process is also written into this folder.
pub fn install(folder: PathBuf, recent: Recent) {
    let before = std::panic::take_hook();
    let written = AtomicUsize::new(0);
    std::panic::set_hook(Box::new(move |panic| {
        before(panic);
        if written.fetch_add(1, Ordering::Relaxed) < MOST {
            // Whoever has no disk to write to has been told on stderr.
            let _ = write(&folder, &what_happened(panic, &recent));
        }
    }));
}

/// What went wrong, in which thread.
struct Happened {
    thread: String,
    text: String,
}

fn what_happened(panic: &PanicHookInfo<'_>, recent: &Recent) -> Happened {
    let thread = std::thread::current().name().unwrap_or("without a name").to_owned();
    let message = panic.payload_as_str().unwrap_or("no message");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let trace = Backtrace::force_capture().to_string();
    let text = report(&thread, message, &place, &trace, &recent.lines());
    Happened { thread, text }
}

fn report(thread: &str, message: &str, place: &str, trace: &str, log: &[String]) -> String {
    let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
    let mut text = format!("CinemaSync {} on {system} ({machine})\n", env!("CARGO_PKG_VERSION"));
    text.push_str("When:   ");
    let _ = tracing_subscriber::fmt::time::SystemTime.format_time(&mut Writer::new(&mut text));
    let _ = writeln!(text, "\nThread: {thread}\nWhere:  {place}");
    let _ = writeln!(text, "What:   {}\n", cut(message, LONGEST_MESSAGE));
    let _ = writeln!(text, "{}\n", cut(trace, LONGEST_TRACE));
    let _ = writeln!(text, "The last lines of the log:\n{}", log.join("\n"));
    text
}

fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

fn write(folder: &Path, happened: &Happened) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    make_room(folder);
    // Nothing but the main thread takes the program with it.
    let kind = if happened.thread == "main" { CRASH } else { FAULT };
    let now = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_millis());
    let path = folder.join(format!("{kind}{now:015}-{}{ENDING}", std::process::id()));
    private_file::create(&path)?.write_all(happened.text.as_bytes())
}

/// The reports, oldest first.
fn reports(folder: &Path) -> Vec<PathBuf> {
    let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut reports: Vec<(String, PathBuf)> = files
        .filter_map(|file| {
            let path = file.ok()?.path();
            let name = path.file_name()?.to_str()?;
            let when = name.strip_prefix(CRASH).or_else(|| name.strip_prefix(FAULT))?;
            name.ends_with(ENDING).then(|| (when.to_owned(), path.clone()))
        })
        .collect();
    reports.sort();
    reports.into_iter().map(|(_, path)| path).collect()
}

fn make_room(folder: &Path) {
    let reports = reports(folder);
    for old in reports.iter().rev().skip(KEPT - 1) {
        let _ = std::fs::remove_file(old);
    }
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// The latest report that the person has not seen; of several, one that ended the program.
pub fn unseen(folder: &Path) -> Option<Report> {
    let mut unseen = reports(folder);
    unseen.retain(|path| !name(path).ends_with(SEEN));
    let ended = |path: &PathBuf| name(path).starts_with(CRASH);
    let path = unseen.iter().rfind(|path| ended(path)).or(unseen.last())?.clone();
    match kept::look(&path, LARGEST) {
        Look::Text(text) => Some(Report { ended: ended(&path), path, text }),
        Look::None | Look::Unreadable(_) => None,
    }
}

/// The person knows: this report and those before it are not offered again. They stay until others need their place.
pub fn all_seen(folder: &Path) {
    for path in reports(folder) {
        if let Some(stem) = name(&path).strip_suffix(ENDING)
            && !name(&path).ends_with(SEEN)
        {
            let _ = std::fs::rename(&path, path.with_file_name(format!("{stem}{SEEN}")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn happened(thread: &str, number: usize) -> Happened {
        let log = ["a line".to_owned()];
        let text = report(thread, &format!("it failed, {number}"), "a.rs:1:2", "0: main", &log);
        Happened { thread: thread.to_owned(), text }
    }

    #[test]
    fn a_report_says_what_is_needed_and_is_offered_until_it_was_seen() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("crashes");
        assert_eq!(unseen(&folder), None);
        write(&folder, &happened("main", 1)).unwrap();
        let offered = unseen(&folder).unwrap();
        for words in
            [env!("CARGO_PKG_VERSION"), "Thread: main", "it failed, 1", "a line", "0: main"]
        {
            assert!(offered.text.contains(words), "{words}: {}", offered.text);
        }
        assert!(offered.ended);
        all_seen(&folder);
        assert_eq!(unseen(&folder), None);
        assert_eq!(reports(&folder).len(), 1, "it can still be read");
    }

    #[test]
    fn what_ended_the_program_comes_before_what_did_not() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &happened("main", 1)).unwrap();
        write(folder.path(), &happened("mixer", 2)).unwrap();
        assert!(unseen(folder.path()).unwrap().text.contains("it failed, 1"));
        all_seen(folder.path());
        write(folder.path(), &happened("mixer", 3)).unwrap();
        let offered = unseen(folder.path()).unwrap();
        assert!(!offered.ended && offered.text.contains("it failed, 3"));
    }

    /// The hook is the process's, so the panic happens in one of its own: this test, once more.
    #[test]
    fn a_panic_leaves_a_report_with_the_last_lines_of_the_log() {
        const FOLDER: &str = "CINEMASYNC_TEST_CRASHES";
        const ITSELF: &str = "crash::tests::a_panic_leaves_a_report_with_the_last_lines_of_the_log";
        if let Some(folder) = std::env::var_os(FOLDER) {
            let mut recent = Recent::default();
            recent.write_all(b"the last line\n").unwrap();
            install(folder.into(), recent);
            let failing = || panic!("it failed for a reason");
            let thread = std::thread::Builder::new().name("mixer".to_owned()).spawn(failing);
            assert!(thread.unwrap().join().is_err());
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let again = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", ITSELF])
            .env(FOLDER, folder.path())
            .output()
            .unwrap();
        let report = unseen(folder.path()).unwrap_or_else(|| panic!("{again:?}"));
        assert!(!report.ended);
        for words in ["Thread: mixer", "it failed for a reason", "crash.rs:", "the last line"] {
            assert!(report.text.contains(words), "{words}: {}", report.text);
        }
    }

    #[test]
    fn reports_are_bounded_in_number_and_length() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..3 * KEPT {
            let name = format!("{CRASH}{number:015}-1{ENDING}");
            std::fs::write(folder.path().join(name), "x").unwrap();
            make_room(folder.path());
        }
        write(folder.path(), &happened("main", 1)).unwrap();
        assert_eq!(reports(folder.path()).len(), KEPT);
        std::fs::write(folder.path().join("a film.mkv"), "x").unwrap();
        let long = report("main", &"ä".repeat(99_999), "", &"b".repeat(999_999), &[]);
        assert!(long.len() < LONGEST_MESSAGE + LONGEST_TRACE + 1_000);
    }
}
