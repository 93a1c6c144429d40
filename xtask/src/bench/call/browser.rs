//! Two pages of a browser in a call, beside two of our own people.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::bench::browser::Page;
use crate::bench::cost;
use crate::children;

/// What a page in the call came to.
#[derive(Debug)]
pub(super) struct Figures {
    /// From its room to the first picture of the other, in seconds: of the one who joined.
    pub(super) first_frame: f64,
    /// Processor cores of all processes of one page.
    pub(super) cores: f64,
    /// Pictures a second decoded there.
    pub(super) fps: f64,
    /// Their height.
    pub(super) height: f64,
}

/// Two pages in a room; figures of the one who joined, over `seconds`.
pub(super) fn measure(
    program: &Path,
    server: &str,
    folder: &Path,
    seconds: u64,
) -> Result<Figures> {
    let first = Page::open(program, &format!("server={server}"), &folder.join("page-1"))?;
    let room = first.wait("room")?;
    let code = room["code"].as_str().context("a room without a code")?;
    let query = format!("server={server}&room={code}");
    let mut second = Page::open(program, &query, &folder.join("page-2"))?;
    let frame = second.wait("first_frame")?;
    // Until it has found its bitrate.
    children::pause(Duration::from_secs(8))?;
    let id = second.id();
    let (before, start) = (second.latest_stats()?, Instant::now());
    let cpu = cost::of_family(id)?;
    children::pause(Duration::from_secs(seconds))?;
    let cores = (cost::of_family(id)? - cpu) / start.elapsed().as_secs_f64();
    let after = second.latest_stats()?;
    let frames = |stats: &Value| stats["frames"].as_f64().unwrap_or_default();
    Ok(Figures {
        first_frame: frame["since_room"].as_f64().context("a picture without its time")?,
        cores,
        fps: (frames(&after) - frames(&before)) / start.elapsed().as_secs_f64(),
        height: after["height"].as_f64().unwrap_or_default(),
    })
}
