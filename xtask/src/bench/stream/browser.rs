//! A browser's data channel between two connections, for comparison.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::bench::browser::Page;

/// How fast it is, in MB/s.
pub(super) fn megabytes_per_second(program: &Path, folder: &Path) -> Result<f64> {
    let mut command = Command::new(program);
    command.arg("--headless=new");
    let page = Page::open_page("data_page.html", command, "", &folder.join("data-page"))?;
    page.wait("speed")?["megabytes_per_second"].as_f64().context("a speed without a number")
}
