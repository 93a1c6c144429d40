//! What is painted on the display: by `desktop-client/examples/screen_page`, which tells the time and the
//! place of each picture. The page and the film are made by ffmpeg, once.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::children::Owned;
use crate::display::{Display, SIZE};
use crate::shell::Invocation;
use crate::workspace::{self, Profile};

/// Rows of the page.
const PAGE_ROWS: usize = 4 * SIZE.1;
/// Pictures of the film, which runs forth and back.
const FILM_FRAMES: usize = 40;
/// Pictures that may be painted without anybody asking: minutes of them.
const LINES: usize = 65_536;
/// How long a painter may take to upload what it paints.
const PATIENCE: Duration = Duration::from_secs(20);

/// One picture that was painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Painted {
    /// The time that it carries, in Unix milliseconds.
    pub(super) at: u64,
    /// The row of the page that is its first.
    pub(super) row: usize,
}

/// A program that paints.
#[derive(Debug)]
pub(super) struct Painter {
    process: Owned,
    lines: Receiver<Painted>,
    painted: Vec<Painted>,
}

impl Painter {
    /// Paints `pixels` as `words` say.
    pub(super) fn start(
        display: &Display,
        profile: Profile,
        pixels: &Path,
        words: &[&str],
    ) -> Result<Self> {
        let mut command = Command::new(workspace::example("screen_page", profile));
        command.arg(pixels).args(words).envs(display.environment()).stdout(Stdio::piped());
        let mut process = Owned::spawn("the painter", &mut command)?;
        let output = process.child().stdout.take().expect("stdout was piped above");
        let (sender, lines) = mpsc::sync_channel(LINES);
        // Ends with the process, whose end closes the pipe, or with us, who drop the receiver.
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if painted(&line).is_some_and(|painted| sender.send(painted).is_err()) {
                    break;
                }
            }
        });
        Ok(Self { process, lines, painted: Vec::new() })
    }

    /// Waits until something was painted: it uploads everything before.
    pub(super) fn wait_for_first(&mut self) -> Result<()> {
        self.painted.push(self.lines.recv_timeout(PATIENCE).context("nothing was painted")?);
        Ok(())
    }

    /// Ends it; what it painted.
    pub(super) fn end(mut self) -> Vec<Painted> {
        drop(self.process);
        self.painted.extend(self.lines.iter());
        self.painted
    }
}

fn painted(line: &str) -> Option<Painted> {
    let fields: Value = serde_json::from_str(line).ok()?;
    Some(Painted {
        at: fields["at"].as_u64()?,
        row: usize::try_from(fields["row"].as_u64()?).ok()?,
    })
}

/// A page of text in raw pixels.
pub(super) fn page() -> Result<PathBuf> {
    let text = workspace::target_dir().join("film").join("page.txt");
    let font = workspace::root().join("assets/fonts/Inter-Regular.otf");
    let source = format!("color=white:size={}x{PAGE_ROWS}", SIZE.0);
    let filter = format!(
        "drawtext=fontfile='{}':textfile='{}':fontsize=20:line_spacing=6:x=40:y=20:fontcolor=black",
        font.display(),
        text.display()
    );
    raw("page.raw", &source, &filter, 1, || {
        fs::write(&text, words()).with_context(|| format!("cannot write {}", text.display()))
    })
}

/// Pictures of a film in raw pixels: everything moves, with the grain of a film.
pub(super) fn film() -> Result<PathBuf> {
    let (width, height) = SIZE;
    let source = format!("mandelbrot=size={width}x{height}:rate=30:start_scale=0.6:end_pts=400");
    raw("screen-film.raw", &source, "noise=alls=5:allf=t:all_seed=7", FILM_FRAMES, || Ok(()))
}

/// Has ffmpeg make a file of raw pixels, if it is not there.
fn raw(
    name: &str,
    source: &str,
    filter: &str,
    frames: usize,
    prepare: impl FnOnce() -> Result<()>,
) -> Result<PathBuf> {
    let path = workspace::target_dir().join("film").join(name);
    if path.exists() {
        return Ok(path);
    }
    let folder = path.parent().context("a file has a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    prepare()?;
    let unfinished = path.with_extension("part");
    Invocation::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-f", "lavfi", "-i", source])
        .args(["-vf", filter, "-frames:v", &frames.to_string()])
        .args(["-f", "rawvideo", "-pix_fmt", "bgr0"])
        .arg(&unfinished)
        .run_quietly()
        .context("the pictures to be shared could not be made")?;
    fs::rename(&unfinished, &path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// Lines of words in no order: no two look alike.
fn words() -> String {
    const WORDS: [&str; 24] = [
        "the",
        "film",
        "begins",
        "at",
        "nine",
        "and",
        "everybody",
        "brings",
        "something",
        "to",
        "eat",
        "while",
        "a",
        "screen",
        "shows",
        "page",
        "of",
        "text",
        "that",
        "nobody",
        "reads",
        "because",
        "sound",
        "is",
    ];
    // A linear congruential generator (Knuth's constants): any order will do.
    let mut state = 3_u64;
    let mut word = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        WORDS[(state >> 33) as usize % WORDS.len()]
    };
    let mut line = || (0..26).map(|_| word()).collect::<Vec<_>>().join(" ");
    (0..PAGE_ROWS / 25).map(|_| line()).collect::<Vec<_>>().join("\n")
}
