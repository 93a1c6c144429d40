//! `cargo xtask screenshots`: the pictures of the window in `assets/screenshots`, of the scripted evening, on
//! a display of its own.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::children::{self, Owned};
use crate::display::Display;
use crate::server;
use crate::setup::{self, Purpose};
use crate::shell::Invocation;
use crate::workspace::{self, Profile};

/// What `cargo xtask screenshots` can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Build quickly instead of well.
    #[arg(long)]
    dev: bool,
    /// Install missing system packages without asking (so does the environment variable CI=true).
    #[arg(long, short)]
    yes: bool,
}

/// One picture.
#[derive(Debug)]
struct Shot {
    name: &'static str,
    /// The window's size in points, here pixels.
    size: (u32, u32),
    /// When of the scripted evening it begins, in seconds.
    at_secs: f64,
    light: bool,
    /// The key that is pressed first.
    key: Option<&'static str>,
}

const SHOTS: &[Shot] = &[
    Shot { name: "lobby", size: (1280, 800), at_secs: 0.0, light: false, key: None },
    Shot { name: "watch", size: (1440, 900), at_secs: 40.0, light: false, key: None },
    Shot { name: "theatre", size: (1600, 900), at_secs: 28.0, light: false, key: Some("t") },
    Shot { name: "talk", size: (1280, 800), at_secs: 173.0, light: true, key: None },
    Shot { name: "strip", size: (390, 760), at_secs: 40.0, light: false, key: None },
];

/// From when the window is there until it looks as it should: fades are over, a tooltip is gone.
const SETTLE: Duration = Duration::from_secs(5);
/// Where a picture lies on the display.
const CORNER: &str = "+0,0";
/// So few colours that the pictures are small; dithered, as a sunset has more.
const FEWER_COLOURS: &str =
    "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=dither=sierra2_4a";

/// Makes all of them.
pub(crate) fn run(options: &Options) -> Result<()> {
    let packages = setup::Options { yes: options.yes, ..setup::Options::default() };
    setup::ensure(&[Purpose::Build, Purpose::Run, Purpose::Test], &packages)?;
    let profile = if options.dev { Profile::Dev } else { Profile::Release };
    server::build(profile)?;
    children::catch_interrupts()?;
    let scratch = workspace::target_dir().join("screenshots");
    fs::create_dir_all(&scratch).with_context(|| format!("cannot make {}", scratch.display()))?;
    let folder = workspace::root().join("assets").join("screenshots");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for shot in SHOTS {
        let path = folder.join(format!("{}.png", shot.name));
        take(shot, profile, &scratch, &path)?;
        eprintln!("screenshots: {}", path.display());
    }
    Ok(())
}

/// Each on a display of its own, so that nothing of the one before is left on it.
fn take(shot: &Shot, profile: Profile, scratch: &Path, path: &Path) -> Result<()> {
    let display = Display::start(scratch)?;
    let (width, height) = shot.size;
    let mut command = Command::new(workspace::program("cinemasync", profile));
    command
        .arg(format!("--demo={}", shot.at_secs))
        .arg(format!("--size={width}x{height}"))
        .args(shot.light.then_some("--light"))
        .envs(display.environment())
        .env("CINEMASYNC_FOLDER", scratch)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut window = Owned::spawn("the window", &mut command)?;
    let xdotool = |words: &[&str]| -> Result<()> {
        let mut command = Command::new("xdotool");
        command.args(words).envs(display.environment()).stdout(Stdio::null());
        let status = command.status().context("xdotool could not be started")?;
        if !status.success() {
            bail!("xdotool cannot {}", words.join(" "));
        }
        Ok(())
    };
    let search = ["search", "--sync", "--onlyvisible", "--name", "CinemaSync"];
    xdotool(&search)?;
    // Where it points at nothing.
    xdotool(&["mousemove", "1900", "1060"])?;
    children::pause(SETTLE)?;
    if let Some(key) = shot.key {
        // Once the window listens: without a window manager nobody gives it the keys.
        xdotool(&[&search[..], &["windowfocus"]].concat())?;
        xdotool(&["key", key])?;
        xdotool(&["mousemove", "700", "300"])?;
        children::pause(Duration::from_secs(1))?;
    }
    if window.ended()?.is_some() {
        bail!("the window ended before there was a picture of it");
    }
    let [(_, name)] = display.environment();
    Invocation::new("ffmpeg")
        .args(["-loglevel", "error", "-y", "-f", "x11grab", "-draw_mouse", "0"])
        .args(["-video_size", &format!("{width}x{height}"), "-i", &format!("{name}{CORNER}")])
        .args(["-frames:v", "1", "-filter_complex", FEWER_COLOURS])
        .arg(path)
        .run_quietly()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_is_on_the_display_and_in_the_readme() {
        let readme = fs::read_to_string(workspace::root().join("README.md")).expect("a README");
        for shot in SHOTS {
            let (width, height) = shot.size;
            let (most_width, most_height) = crate::display::SIZE;
            assert!(width as usize <= most_width && height as usize <= most_height, "{shot:?}");
            assert!(readme.contains(&format!("assets/screenshots/{}.png", shot.name)), "{shot:?}");
        }
    }

    #[test]
    fn the_pictures_are_small() {
        let folder = workspace::root().join("assets").join("screenshots");
        let files = fs::read_dir(folder).expect("pictures are kept").map_while(Result::ok);
        let bytes: u64 = files.filter_map(|file| file.metadata().ok()).map(|data| data.len()).sum();
        assert!(bytes <= 1_200_000, "{bytes} bytes");
    }
}
