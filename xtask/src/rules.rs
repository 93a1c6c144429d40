//! The house rules that a compiler does not keep: who may import whom, what the pure cores may not
//! touch, what every file owes. Reads the tree; the rules themselves are the modules below, each
//! tested with an example that breaks it.

mod files;
mod imports;
mod look;
mod manifests;
mod source;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::shell::Invocation;
use crate::workspace;
use source::Source;

/// One place that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    /// The file, from the workspace's root, with slashes.
    pub(crate) file: String,
    /// The line, from 1; 0 for the file as a whole.
    pub(crate) line: usize,
    /// What is wrong and what is asked instead.
    pub(crate) text: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}", self.file, self.text)
        } else {
            write!(f, "{}:{}: {}", self.file, self.line, self.text)
        }
    }
}

/// Prints what breaks the rules; fails if anything does.
pub(crate) fn run() -> Result<()> {
    let root = workspace::root();
    let violations = check(&root)?;
    for violation in &violations {
        eprintln!("{violation}");
    }
    if violations.is_empty() {
        eprintln!("rules: all hold");
        Ok(())
    } else {
        bail!(
            "{} places break the house rules (ARCHITECTURE.md says why they are)",
            violations.len()
        )
    }
}

/// All places below `root` that break a rule.
fn check(root: &Path) -> Result<Vec<Violation>> {
    let mut violations = Vec::new();
    for path in tracked_files(root)? {
        let file = path.to_string_lossy().replace('\\', "/");
        let kind = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if !matches!(kind, "rs" | "md" | "toml" | "yml" | "sh" | "json")
            && !file.starts_with(".ci/")
        {
            continue;
        }
        let full = root.join(&path);
        if !full.exists() {
            continue; // Deleted, and not committed yet.
        }
        let text = fs::read_to_string(&full).with_context(|| format!("{file} cannot be read"))?;
        files::check_text(&file, &text, &mut violations);
        if kind == "rs" {
            let source = Source::new(&file, &text);
            files::check_source(&source, &mut violations);
            imports::check(&source, &mut violations);
            look::check(&source, &mut violations);
        }
    }
    manifests::check(&manifests::read(root)?, &mut violations)?;
    violations.sort();
    violations.dedup();
    Ok(violations)
}

/// The files that git knows, and those it would take.
pub(crate) fn tracked_files(root: &Path) -> Result<Vec<PathBuf>> {
    let list = Invocation::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .folder(root);
    let (good, names) = list.read()?;
    if !good {
        bail!("git cannot list the files of {}; the rules need a git work tree", root.display());
    }
    Ok(names.lines().map(PathBuf::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_tree_keeps_every_rule() {
        let violations = check(&workspace::root()).expect("the tree can be read");
        let list: Vec<String> = violations.iter().map(ToString::to_string).collect();
        assert!(list.is_empty(), "\n{}", list.join("\n"));
    }
}
