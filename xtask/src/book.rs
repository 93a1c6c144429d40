//! `cargo xtask book`: the documentation in `docs`. Owns the order of the steps; what the protocol's
//! reference says is `reference`, which links lead somewhere is `links`, and which commands are
//! shown is `command_lines`, whose test stands here for the commands of xtask itself.

#[cfg(all(test, target_os = "linux"))]
mod command_lines;
mod links;
mod reference;

use std::fs;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::shell::Invocation;
use crate::workspace;

/// What `cargo xtask book` can be told.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Options {
    /// Write and build nothing: say what is stale, and which links lead nowhere.
    #[arg(long)]
    check: bool,
    /// Show the book in the browser.
    #[arg(long, conflicts_with = "check")]
    open: bool,
}

/// Brings the protocol's reference up to date, checks the links and builds the book.
pub(crate) fn run(options: &Options) -> Result<()> {
    let root = workspace::root();
    let page = root.join(reference::PAGE);
    let fresh = reference::generate(&root)?;
    if !fs::read_to_string(&page).is_ok_and(|kept| is_same(&kept, &fresh)) {
        if options.check {
            bail!("{} is stale: run `cargo xtask book`", reference::PAGE);
        }
        fs::write(&page, fresh).with_context(|| format!("{} cannot be written", page.display()))?;
        eprintln!("book: {} is new; commit it", reference::PAGE);
    }
    let broken = links::check(&root)?;
    for violation in &broken {
        eprintln!("{violation}");
    }
    if !broken.is_empty() {
        bail!("{} links lead nowhere", broken.len());
    }
    if options.check {
        eprintln!("book: the reference is fresh, and every link leads somewhere");
        return Ok(());
    }
    let Some(mdbook) = workspace::find_program("mdbook") else {
        eprintln!("book: mdbook builds it; `cargo install --locked mdbook` installs that");
        return Ok(());
    };
    let place = workspace::target_dir().join("book");
    let mut build = Invocation::new(mdbook).args(["build", "docs", "--dest-dir"]).arg(&place);
    if options.open {
        build = build.arg("--open");
    }
    build.run()?;
    eprintln!("book: {}", place.join("index.html").display());
    Ok(())
}

/// Git may have ended the lines otherwise.
fn is_same(kept: &str, fresh: &str) -> bool {
    kept.lines().eq(fresh.lines())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_of_the_protocol_is_fresh() {
        let root = workspace::root();
        let kept = fs::read_to_string(root.join(reference::PAGE)).expect("the page is there");
        let fresh = reference::generate(&root).expect("the protocol can be read");
        assert!(is_same(&kept, &fresh), "{} is stale: run `cargo xtask book`", reference::PAGE);
    }

    /// Git on Windows may not make the symbolic link to the pictures.
    #[cfg(not(windows))]
    #[test]
    fn every_link_leads_somewhere() {
        let broken = links::check(&workspace::root()).expect("the tree can be read");
        let list: Vec<String> = broken.iter().map(ToString::to_string).collect();
        assert!(list.is_empty(), "\n{}", list.join("\n"));
    }

    /// Elsewhere some commands do not exist.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_commands_of_xtask_that_are_shown_exist() {
        use clap::Parser as _;
        let shown = command_lines::shown(&workspace::root(), "xtask");
        assert!(shown.len() > 10, "only {} commands were found", shown.len());
        let wrong = command_lines::refused(&shown, |words| {
            crate::Arguments::try_parse_from(words).map(drop)
        });
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}
