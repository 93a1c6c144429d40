//! The reference of the signaling protocol, made from the source of the crate `protocol`: what is
//! documented there is documented here, and nothing else. `wire` reads the source as serde does,
//! `page` writes the page.

mod page;
mod wire;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// The page, from the workspace's root.
pub(crate) const PAGE: &str = "docs/src/protocol.md";

/// The page as it should be.
pub(crate) fn generate(root: &Path) -> Result<String> {
    let source = root.join("protocol/src");
    let mut crate_ = wire::Crate::default();
    for name in ["lib", "message", "ids", "ice", "error_code", "limits"] {
        let path = source.join(format!("{name}.rs"));
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        crate_.add(&text).with_context(|| path.display().to_string())?;
    }
    page::write(&crate_, &|kind, message| {
        example(&root.join("protocol/tests/golden").join(kind), message)
    })
}

/// The golden file of this message in `folder`; the first of them, if it has one for each of its kinds.
fn example(folder: &Path, message: &str) -> Result<String> {
    let names = fs::read_dir(folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names
        .filter(|name| name.strip_prefix(message).is_some_and(|rest| rest.starts_with('.')))
        .collect();
    // The plain one is the shortest.
    names.sort_by_key(|name| (name.split('.').count(), name.clone()));
    let name = names.first().with_context(|| format!("{message} has no golden file"))?;
    Ok(fs::read_to_string(folder.join(name))?)
}
