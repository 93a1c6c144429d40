//! A page that shares the same screen and a page that watches, for comparison. A browser cannot share a
//! screen without a window of its own; it lies under what is painted.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::{SECONDS, SETTLE};
use crate::bench::browser::Page;
use crate::bench::cost;
use crate::children;
use crate::display::Display;

/// What the two pages came to.
#[derive(Debug)]
pub(super) struct Figures {
    /// Pictures a second that arrived.
    pub(super) fps: f64,
    /// Their height.
    pub(super) height: f64,
    /// Cores of whoever shared.
    pub(super) sharer: f64,
    /// Cores of whoever watched.
    pub(super) watcher: f64,
}

/// Shares the display from one page to another.
pub(super) fn measure(
    program: &Path,
    server: &str,
    display: &Display,
    folder: &Path,
) -> Result<Figures> {
    let mut command = Command::new(program);
    command
        .envs(display.environment())
        .arg("--auto-select-desktop-capture-source=Entire screen")
        .args(["--window-position=0,0", "--window-size=400,300"])
        .args(["--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding"])
        .arg("--disable-features=WebRtcHideLocalIpsWithMdns,GetDisplayMediaRequiresUserActivation");
    let query = format!("screen=1&server={server}");
    let mut sharer = Page::open_with(command, &query, &folder.join("sharing-page"))?;
    let room = sharer.wait("room")?;
    let code = room["code"].as_str().context("a room without a code")?;
    let query = format!("watch=1&server={server}&room={code}");
    let mut watcher = Page::open(program, &query, &folder.join("watching-page"))?;
    watcher.wait("first_frame")?;
    children::pause(SETTLE)?;
    let ids = [sharer.id(), watcher.id()];
    let frames = |page: &Page| -> Result<_> {
        let told = page.latest_stats()?;
        Ok((told["frames"].as_f64().unwrap_or_default(), told["height"].as_f64(), Instant::now()))
    };
    let (before, _, start) = frames(&watcher)?;
    let cpu = ids.map(cost::of_family);
    children::pause(Duration::from_secs(SECONDS))?;
    let (after, height, end) = frames(&watcher)?;
    let passed = (end - start).as_secs_f64();
    let mut cores = ids
        .map(cost::of_family)
        .into_iter()
        .zip(cpu)
        .map(|(after, before)| Ok::<f64, anyhow::Error>((after? - before?) / passed));
    Ok(Figures {
        fps: (after - before) / passed,
        height: height.unwrap_or_default(),
        sharer: cores.next().context("two pages")??,
        watcher: cores.next().context("two pages")??,
    })
}
