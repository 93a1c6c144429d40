//! An RPM package of the desktop's program, by rpmbuild: from the same files as Debian's.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::product::{SUMMARY, fill, template};
use super::{Job, linux, needs, tree};
use crate::setup::Manager;
use crate::shell::Invocation;
use crate::workspace;

/// Makes the package; says where it lies.
pub(crate) fn make(job: &Job) -> Result<PathBuf> {
    let release = &job.release;
    let work = job.work.join("rpm");
    tree::empty(&work)?;
    let files = work.join("files");
    let mut tree = linux::desktop(&job.programs, release, &job.papers, linux::FEDORA, &job.work)?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        tree.file(
            &format!("usr/share/licenses/cinemasync/{licence}"),
            workspace::root().join(licence),
        );
    }
    tree.file("usr/share/doc/cinemasync/CHANGELOG.md", workspace::root().join("CHANGELOG.md"));
    tree.lay(&files)?;
    let pages = tree.places().filter(|place| place.starts_with("usr/share/man/"));
    Invocation::new("gzip")
        .args(["--best", "--no-name"])
        .args(pages)
        .folder(&files)
        .run_quietly()?;

    let needs = needs::of(Manager::Dnf);
    let lines = |field: &str, names: &[&str]| {
        names.iter().map(|name| format!("{field} {name}")).collect::<Vec<_>>().join("\n")
    };
    let listed: Vec<String> = tree.places().map(listed).collect();
    let spec = fill(
        &template("rpm/cinemasync.spec")?,
        &[
            ("VERSION", &release.version),
            ("SUMMARY", SUMMARY),
            ("HOMEPAGE", &release.home.as_ref().map_or(String::new(), |url| format!("URL: {url}"))),
            ("REQUIRES", &lines("Requires:", &needs.needed)),
            ("RECOMMENDS", &lines("Recommends:", &needs.helpful)),
            ("TREE", &files.display().to_string()),
            ("FILES", &listed.join("\n")),
            ("DAY", &release.rpm_day()),
            ("MAINTAINER", &release.maintainer),
        ],
    )?;
    let spec_file = work.join("cinemasync.spec");
    std::fs::write(&spec_file, spec)
        .with_context(|| format!("cannot write {}", spec_file.display()))?;
    Invocation::new("rpmbuild")
        .arg("-bb")
        .args(["--define", &format!("_topdir {}", work.display())])
        // Where the distributions that read RPM look for it; Debian's rpm has another folder.
        .args(["--define", "_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm"])
        .env("SOURCE_DATE_EPOCH", release.seconds.to_string())
        .arg(&spec_file)
        .run_quietly()?;
    let made = std::fs::read_dir(work.join("RPMS"))?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|ending| ending == "rpm"));
    let Some(made) = made else { bail!("rpmbuild left no package in {}", work.display()) };
    job.hand_over(&made)
}

/// A file as the spec lists it.
fn listed(place: &str) -> String {
    if place.starts_with("usr/share/man/") {
        format!("%doc /{place}.gz")
    } else if place.starts_with("usr/share/licenses/") {
        format!("%license /{place}")
    } else if place.starts_with("usr/share/doc/") {
        format!("%doc /{place}")
    } else {
        format!("/{place}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_listed_as_what_it_is() {
        assert_eq!(listed("usr/bin/a"), "/usr/bin/a");
        assert_eq!(listed("usr/share/man/man1/a.1"), "%doc /usr/share/man/man1/a.1.gz");
        assert_eq!(listed("usr/share/doc/a/b"), "%doc /usr/share/doc/a/b");
        assert_eq!(listed("usr/share/licenses/a/b"), "%license /usr/share/licenses/a/b");
    }
}
