//! Debian packages, by Debian's own debhelper: it finds the libraries, compresses what Debian wants
//! compressed and writes the scripts that run at an installation. Here its folder `debian/` is laid.

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::linux;
use super::product::{fill, template};
use super::tree::Tree;
use super::{Job, needs};
use crate::setup::Manager;
use crate::shell::Invocation;
use crate::workspace;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The program of the desktop.
    Desktop,
    /// The signaling server.
    Server,
}

impl Part {
    /// What Debian calls the package.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Desktop => "cinemasync",
            Self::Server => "cinemasync-server",
        }
    }
}

/// Makes the package; says where it lies.
pub(crate) fn make(part: Part, job: &Job) -> Result<PathBuf> {
    let name = part.name();
    let work = job.work.join(format!("deb-{name}"));
    let folder = work.join(format!("{name}-{}", job.release.version));
    let tree = match part {
        Part::Desktop => {
            let papers = &job.papers;
            linux::desktop(&job.programs, &job.release, papers, linux::DEBIAN, &job.work)?
        }
        Part::Server => linux::server(&job.programs, &job.papers, &job.work)?,
    };
    debian(part, job)?.lay(&folder)?;
    tree.lay(&folder.join("tree"))?;
    super::tree::set_rights(&folder.join("debian/rules"), 0o755)?;
    Invocation::new("dpkg-buildpackage")
        .args(["--build=binary", "--no-sign", "--no-pre-clean", "--no-check-builddeps"])
        .env("SOURCE_DATE_EPOCH", job.release.seconds.to_string())
        .folder(&folder)
        .run_quietly()?;
    let prefix = format!("{name}_");
    let made =
        std::fs::read_dir(&work)?.filter_map(Result::ok).map(|entry| entry.path()).find(|path| {
            path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(&prefix))
                && path.extension().is_some_and(|ending| ending == "deb")
        });
    let Some(made) = made else { bail!("debhelper left no package in {}", work.display()) };
    job.hand_over(&made)
}

/// The folder `debian/`, and what it reads beside it.
fn debian(part: Part, job: &Job) -> Result<Tree> {
    let release = &job.release;
    let name = part.name();
    let mut tree = Tree::default();
    let home = release.home.as_ref().map_or_else(String::new, |home| format!("Homepage: {home}\n"));
    let needs = needs::of(Manager::Apt);
    let control = fill(
        &template(&format!("debian/{name}.control"))?,
        &[
            ("MAINTAINER", &release.maintainer),
            ("HOMEPAGE", &home),
            ("NEEDS", &needs.needed.join(", ")),
            ("HELPS", &needs.helpful.join(", ")),
        ],
    )?;
    tree.text("debian/control", control);
    tree.text(
        "debian/changelog",
        format!(
            "{name} ({version}-1) unstable; urgency=medium\n\n  * Version {version}. What changed is \
             in changelog.gz.\n\n -- {maintainer}  {moment}\n",
            version = release.version,
            maintainer = release.maintainer,
            moment = release.moment(),
        ),
    );
    let mit = std::fs::read_to_string(workspace::root().join("LICENSE-MIT"))?;
    let mit: Vec<String> = mit
        .lines()
        .skip(4)
        .map(|line| if line.is_empty() { " .".to_owned() } else { format!(" {line}") })
        .collect();
    let copyright =
        fill(&template("debian/copyright")?, &[("PACKAGE", name), ("MIT", &mit.join("\n"))])?;
    tree.text("debian/copyright", copyright);
    tree.text("debian/rules", template("debian/rules")?);
    tree.file("CHANGELOG.md", workspace::root().join("CHANGELOG.md"));
    if part == Part::Server {
        tree.text("debian/cinemasync-server.service", linux::unit()?);
        for more in ["postrm", "lintian-overrides"] {
            let file = format!("debian/{name}.{more}");
            tree.text(&file, template(&file)?);
        }
    }
    Ok(tree)
}
