//! What lies where on Linux, whatever the package's format: the program with its desktop entry, icons,
//! manual pages and completions; the server with its unit.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::product::{self, ID, Release};
use super::tree::{self, Tree};
use super::{Papers, icons};
use crate::shell::Invocation;
use crate::workspace;

/// Where distributions look for completions of zsh and fish: Debian and Fedora disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shells {
    zsh: &'static str,
    fish: &'static str,
}

/// Debian and its kin.
pub(crate) const DEBIAN: Shells =
    Shells { zsh: "usr/share/zsh/vendor-completions", fish: "usr/share/fish/vendor_completions.d" };
/// Fedora and its kin.
pub(crate) const FEDORA: Shells =
    Shells { zsh: "usr/share/zsh/site-functions", fish: "usr/share/fish/vendor_completions.d" };

/// The program of the desktop.
pub(crate) fn desktop(
    programs: &Path,
    release: &Release,
    papers: &Papers,
    shells: Shells,
    work: &Path,
) -> Result<Tree> {
    let root = workspace::root();
    let mut tree = Tree::default();
    let program = programs.join("cinemasync");
    tree.program("usr/bin/cinemasync", &program);
    tree.file(
        "usr/share/applications/cinemasync.desktop",
        root.join("assets/desktop/cinemasync.desktop"),
    );
    tree.text(&format!("usr/share/metainfo/{ID}.metainfo.xml"), metainfo(release)?);
    let icons = "usr/share/icons/hicolor";
    for side in icons::SIDES {
        tree.file(
            &format!("{icons}/{side}x{side}/apps/cinemasync.png"),
            root.join(format!("assets/icons/cinemasync-{side}.png")),
        );
    }
    tree.file(
        &format!("{icons}/scalable/apps/cinemasync.svg"),
        root.join("assets/icons/cinemasync.svg"),
    );
    of_the_command_line(&mut tree, "cinemasync", &program, shells, work)?;
    tree.text("usr/share/doc/cinemasync/third-party.txt", papers.desktop.clone());
    Ok(tree)
}

/// The server. Its unit is the one of `assets/server`, with the program where packages put it.
pub(crate) fn server(programs: &Path, papers: &Papers, work: &Path) -> Result<Tree> {
    let root = workspace::root();
    let mut tree = Tree::default();
    let program = programs.join("cinemasync-server");
    tree.program("usr/bin/cinemasync-server", &program);
    tree.secret("etc/cinemasync-server.env", root.join("assets/server/cinemasync-server.env"));
    of_the_command_line(&mut tree, "cinemasync-server", &program, DEBIAN, work)?;
    let doc = "usr/share/doc/cinemasync-server";
    tree.text(&format!("{doc}/third-party.txt"), papers.server.clone());
    tree.file(
        &format!("{doc}/grafana-dashboard.json"),
        root.join("assets/server/grafana-dashboard.json"),
    );
    for page in ["server.md", "server-limits.md"] {
        tree.file(&format!("{doc}/{page}"), root.join("docs/src").join(page));
    }
    Ok(tree)
}

/// The unit of the server, as packages install it.
pub(crate) fn unit() -> Result<String> {
    let path = workspace::root().join("assets/server/cinemasync-server.service");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let packaged = text.replace("/usr/local/bin/cinemasync-server", "/usr/bin/cinemasync-server");
    if packaged == text {
        bail!("the unit starts another program than packages replace");
    }
    Ok(packaged)
}

fn metainfo(release: &Release) -> Result<String> {
    let text = product::fill(
        &product::template("linux/metainfo.xml")?,
        &[("VERSION", &release.version), ("DATE", &release.day())],
    )?;
    let home = release
        .home
        .as_ref()
        .map_or_else(String::new, |home| format!("  <url type=\"homepage\">{home}</url>\n"));
    Ok(text.replace("  <launchable", &format!("{home}  <launchable")))
}

/// Manual pages and completions, which the program itself tells.
fn of_the_command_line(
    tree: &mut Tree,
    name: &str,
    program: &Path,
    shells: Shells,
    work: &Path,
) -> Result<()> {
    let pages = work.join(format!("man-{name}"));
    tree::empty(&pages)?;
    Invocation::new(program).arg("man").arg(&pages).run_quietly()?;
    tree.folder("usr/share/man/man1", &pages)?;
    let places = [
        ("bash", format!("usr/share/bash-completion/completions/{name}")),
        ("zsh", format!("{}/_{name}", shells.zsh)),
        ("fish", format!("{}/{name}.fish", shells.fish)),
    ];
    for (shell, place) in places {
        let (good, script) = Invocation::new(program).args(["completions", shell]).read()?;
        if !good || script.is_empty() {
            bail!("{name} tells no completions for {shell}");
        }
        tree.text(&place, script);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_of_packages_starts_their_program() {
        let unit = unit().expect("the unit is there");
        assert!(unit.contains("\nExecStart=/usr/bin/cinemasync-server\n"), "{unit}");
        assert!(unit.contains("\nEnvironmentFile=/etc/cinemasync-server.env\n"), "{unit}");
        assert!(!unit.contains("/usr/local"), "{unit}");
    }

    #[test]
    fn a_home_is_told_where_there_is_one() {
        let mut release = Release {
            version: "1.2.3".into(),
            seconds: 0,
            home: None,
            maintainer: "A <a@b.c>".into(),
        };
        let without = metainfo(&release).expect("it can be filled");
        assert!(without.contains("version=\"1.2.3\" date=\"1970-01-01\""), "{without}");
        assert!(!without.contains("<url"), "{without}");
        release.home = Some("https://call.example.org/".into());
        let with = metainfo(&release).expect("it can be filled");
        assert!(with.contains("<url type=\"homepage\">https://call.example.org/</url>"), "{with}");
    }
}
