//! Where the program's log goes: to stderr, for the window also into files, and its last lines into memory
//! for a report of a crash. What may stand in it is decided where it is written: names, chat and the
//! titles of films never above `debug`.

mod file;
mod recent;

use std::io::IsTerminal as _;
use std::path::Path;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

use file::LogFile;
pub use recent::Recent;

/// What says what is logged.
pub const VARIABLE: &str = "CINEMASYNC_LOG";
/// What is logged unless the variable says otherwise. The WebRTC crate's own words are about packets that
/// found no way, and name addresses; what matters of it the program says itself.
const DEFAULT: &str = "error,cinemasync_client=info,webrtc::peer_connection=off";

/// Keeps the log's files going. Dropping it writes what waits.
#[derive(Debug)]
pub struct Log {
    recent: Recent,
    _file: Option<LogFile>,
}

impl Log {
    /// Starts to log, for the rest of the process; into files if there is a folder for them. To be called once.
    pub fn start(folder: Option<&Path>) -> Self {
        let recent = Recent::default();
        let opened = folder.map(LogFile::start).transpose();
        let (file, fault) = match opened {
            Ok(file) => (file, None),
            Err(error) => (None, Some(error)),
        };
        let wanted =
            || EnvFilter::try_from_env(VARIABLE).unwrap_or_else(|_| EnvFilter::new(DEFAULT));
        let terminal = fmt::layer()
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal())
            .with_filter(wanted());
        let lines = file.as_ref().map(LogFile::lines);
        let files = lines
            .map(|lines| fmt::layer().with_writer(lines).with_ansi(false).with_filter(wanted()));
        // A report is shown to others: nothing below `info`, whatever the variable says.
        let memory = fmt::layer()
            .with_writer(recent.clone())
            .with_ansi(false)
            .with_filter(EnvFilter::new(DEFAULT));
        tracing_subscriber::registry().with(terminal).with(files).with(memory).init();
        if let Some(error) = fault {
            tracing::warn!(%error, "the log cannot be written to a file");
        }
        Self { recent, _file: file }
    }

    /// The last lines.
    pub fn recent(&self) -> Recent {
        self.recent.clone()
    }
}
