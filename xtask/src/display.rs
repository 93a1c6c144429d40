//! An X display of our own, without a screen to look at.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::children::{self, Owned};

/// The screen's size in pixels.
pub(crate) const SIZE: (usize, usize) = (1_920, 1_080);
/// How long an X server may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running X server without a screen to look at.
#[derive(Debug)]
pub(crate) struct Display {
    _server: Owned,
    name: String,
}

impl Display {
    /// Starts one on a free number.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        let number = folder.join("display");
        let file = File::create(&number).context("cannot write the display's number")?;
        let log = File::create(folder.join("xvfb.log")).context("cannot write a log")?;
        let (width, height) = SIZE;
        let mut command = Command::new("Xvfb");
        command
            .args(["-displayfd", "1", "-noreset", "-nolisten", "tcp", "-screen", "0"])
            .arg(format!("{width}x{height}x24"))
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(log);
        let mut server = Owned::spawn("Xvfb", &mut command)
            .context("is Xvfb installed? Run `cargo xtask setup`")?;
        let end = Instant::now() + PATIENCE;
        loop {
            let text = fs::read_to_string(&number).unwrap_or_default();
            if let Some(line) = text.lines().next().filter(|_| text.ends_with('\n')) {
                return Ok(Self { _server: server, name: format!(":{line}") });
            }
            if server.ended()?.is_some() || Instant::now() >= end {
                bail!("Xvfb does not start; its log is in {}", folder.display());
            }
            children::pause(Duration::from_millis(50))?;
        }
    }

    /// For programs that are to show something there.
    pub(crate) fn environment(&self) -> [(String, String); 1] {
        [("DISPLAY".to_owned(), self.name.clone())]
    }
}
