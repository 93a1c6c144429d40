//! `cargo xtask notes`: what CHANGELOG.md says of one version, for its release page.

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::workspace;

/// What `cargo xtask notes` can be told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The version, as 1.2.3 or v1.2.3; or Unreleased.
    version: String,
}

/// Prints the part of one version.
pub(crate) fn run(options: &Options) -> Result<()> {
    let path = workspace::root().join("CHANGELOG.md");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    println!("{}", part(&text, &options.version)?);
    Ok(())
}

/// What stands below the heading of `version`.
fn part(changelog: &str, version: &str) -> Result<String> {
    let version = version.strip_prefix('v').unwrap_or(version);
    let heading = format!("## [{version}]");
    let mut lines = changelog.lines().skip_while(|line| !line.starts_with(&heading));
    if lines.next().is_none() {
        bail!("CHANGELOG.md has no part `{heading}`: give the version its own before its release");
    }
    // The addresses of the headings stand at the end of the file.
    let ends = |line: &str| line.starts_with("## ") || line.starts_with("[Unreleased]:");
    let part: Vec<&str> = lines.take_while(|line| !ends(line)).collect();
    let part = part.join("\n").trim().to_owned();
    if part.is_empty() {
        bail!("CHANGELOG.md says nothing of {version}");
    }
    Ok(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Changelog\n\n## [Unreleased]\n\n## [1.1.0] - 2026-02-01\n\n### Added\n\n- B\n\n\
                        ## [1.0.0] - 2026-01-01\n\n- A\n\n[Unreleased]: x\n";

    #[test]
    fn a_version_gets_its_own_part() {
        assert_eq!(part(TEXT, "1.1.0").expect("it is there"), "### Added\n\n- B");
        assert_eq!(part(TEXT, "v1.0.0").expect("it is there"), "- A");
    }

    #[test]
    fn what_is_not_there_or_empty_is_refused() {
        assert!(part(TEXT, "2.0.0").is_err());
        assert!(part(TEXT, "1.1").is_err());
        assert!(part(TEXT, "Unreleased").is_err());
    }
}
