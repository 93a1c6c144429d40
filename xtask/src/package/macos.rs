//! The bundle for macOS and the disk image that it is handed out in. What lies where is tested on any
//! system; Apple's own tools then sign it and make the image.

use std::env::consts::ARCH;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::product::template;
use super::tree::{self, Tree};
use super::{Job, icons, plist};
use crate::shell::Invocation;
use crate::workspace;

/// Names the certificate of Apple's with which the bundle is signed; without it the signature is one that
/// only this machine believes.
const IDENTITY: &str = "CINEMASYNC_MACOS_IDENTITY";
/// Names the keychain's profile with which Apple is asked to vouch for the image.
const NOTARY: &str = "CINEMASYNC_MACOS_NOTARY";

/// Makes the disk image; says where it lies.
pub(crate) fn make(job: &Job) -> Result<PathBuf> {
    let work = job.work.join("macos");
    let image = work.join("image");
    tree::empty(&image)?;
    let bundle = image.join("CinemaSync.app");
    bundle_of(job)?.lay(&bundle)?;
    for library in libraries(&bundle)? {
        let (_, answer) = Invocation::new("otool").arg("-L").arg(&library).read()?;
        let strangers = strangers(&answer);
        if !strangers.is_empty() {
            bail!("{} needs {}, which others do not have", library.display(), strangers.join(", "));
        }
    }
    let named = |variable: &str| std::env::var(variable).ok().filter(|name| !name.is_empty());
    let entitlements = work.join("entitlements.plist");
    std::fs::write(&entitlements, template("macos/entitlements.plist")?)
        .with_context(|| format!("cannot write {}", entitlements.display()))?;
    let identity = named(IDENTITY);
    for command in signing(&bundle, &libraries(&bundle)?, &entitlements, identity.as_deref()) {
        command.run()?;
    }
    link(Path::new("/Applications"), &image.join("Applications"))?;
    let disk = work.join(format!("CinemaSync-{}-{ARCH}.dmg", job.release.version));
    Invocation::new("hdiutil")
        .args(["create", "-volname", "CinemaSync", "-format", "UDZO", "-ov", "-srcfolder"])
        .args([&image, &disk])
        .run()?;
    if let Some(profile) = named(NOTARY) {
        Invocation::new("xcrun")
            .args(["notarytool", "submit", "--wait", "--keychain-profile", &profile])
            .arg(&disk)
            .run()?;
        Invocation::new("xcrun").args(["stapler", "staple"]).arg(&disk).run()?;
    }
    job.hand_over(&disk)
}

/// What lies where in the bundle.
fn bundle_of(job: &Job) -> Result<Tree> {
    let root = workspace::root();
    let mut tree = Tree::default();
    tree.text("Contents/Info.plist", plist::info(&job.release));
    tree.program("Contents/MacOS/cinemasync", job.programs.join("cinemasync"));
    tree.text("Contents/Resources/cinemasync.icns", icons::macos()?);
    tree.text("Contents/Resources/third-party.txt", job.papers.desktop.clone());
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        tree.file(&format!("Contents/Resources/{licence}"), root.join(licence));
    }
    match &job.libmpv {
        Some(folder) => tree.folder("Contents/Frameworks", folder)?,
        None => {
            eprintln!("package: the bundle has no libmpv: who uses it installs mpv by Homebrew");
        }
    }
    Ok(tree)
}

/// The libraries in the bundle.
fn libraries(bundle: &Path) -> Result<Vec<PathBuf>> {
    let folder = bundle.join("Contents/Frameworks");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let list =
        std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    Ok(list.filter_map(|entry| Some(entry.ok()?.path())).collect())
}

/// Of what `otool -L` says that a library needs: what is neither in the bundle nor in every macOS.
fn strangers(answer: &str) -> Vec<&str> {
    let known = ["@rpath/", "@loader_path/", "@executable_path/", "/usr/lib/", "/System/"];
    answer
        .lines()
        .filter(|line| line.starts_with(char::is_whitespace))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|path| !known.iter().any(|start| path.starts_with(start)))
        // Its own name, which need not lead anywhere.
        .filter(|path| path.contains('/'))
        .collect()
}

/// The commands that sign the bundle from the inside out, as Apple wants it.
fn signing(
    bundle: &Path,
    libraries: &[PathBuf],
    entitlements: &Path,
    identity: Option<&str>,
) -> Vec<Invocation> {
    let codesign = || {
        let sign = Invocation::new("codesign").args(["--force", "--sign"]);
        match identity {
            // Apple vouches only for what runs under these rules, and has a time of its own.
            Some(name) => sign.args([name, "--options", "runtime", "--timestamp"]),
            None => sign.arg("-"),
        }
    };
    let mut commands: Vec<Invocation> =
        libraries.iter().map(|library| codesign().arg(library)).collect();
    commands.push(codesign().arg("--entitlements").arg(entitlements).arg(bundle));
    commands
}

#[cfg(unix)]
fn link(to: &Path, at: &Path) -> Result<()> {
    std::os::unix::fs::symlink(to, at).with_context(|| format!("cannot link {}", at.display()))
}

#[cfg(not(unix))]
fn link(_to: &Path, _at: &Path) -> Result<()> {
    bail!("a disk image is made on macOS")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::Papers;
    use crate::package::product::Release;

    #[test]
    fn a_bundle_has_its_program_and_libmpv_where_the_program_looks() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let libmpv = folder.path().join("libmpv");
        std::fs::create_dir(&libmpv).expect("it can be made");
        std::fs::write(libmpv.join("libmpv.2.dylib"), "library").expect("it can be written");
        std::fs::write(folder.path().join("cinemasync"), "program").expect("it can be written");
        let job = Job {
            programs: folder.path().to_owned(),
            work: folder.path().join("work"),
            out: folder.path().join("out"),
            release: Release {
                version: "1.2.3".into(),
                seconds: 0,
                home: None,
                maintainer: "A <a@b.c>".into(),
            },
            papers: Papers { desktop: "notices".into(), server: String::new() },
            libmpv: Some(libmpv),
        };
        let bundle = folder.path().join("CinemaSync.app");
        bundle_of(&job).and_then(|tree| tree.lay(&bundle)).expect("all is there");
        assert!(bundle.join("Contents/MacOS/../Frameworks/libmpv.2.dylib").is_file());
        let info = std::fs::read_to_string(bundle.join("Contents/Info.plist")).expect("a list");
        for named in ["cinemasync", "cinemasync.icns"] {
            assert!(info.contains(&format!("<string>{named}</string>")), "{named}");
        }
        assert_eq!(libraries(&bundle).expect("they can be listed").len(), 1);
    }

    #[test]
    fn a_library_from_one_machine_alone_is_found() {
        let answer = "/x/libmpv.dylib:\n\t@rpath/libmpv.dylib (compatibility version 2.0.0)\n\
                      \t/usr/lib/libSystem.B.dylib (compatibility version 1.0.0)\n\
                      \t/opt/homebrew/opt/libass/lib/libass.9.dylib (compatibility version 9)\n";
        assert_eq!(strangers(answer), ["/opt/homebrew/opt/libass/lib/libass.9.dylib"]);
    }

    #[test]
    fn a_bundle_is_signed_from_the_inside_out() {
        let lines = |identity| -> Vec<String> {
            signing(Path::new("A.app"), &[PathBuf::from("l")], Path::new("e"), identity)
                .iter()
                .map(ToString::to_string)
                .collect()
        };
        assert_eq!(
            lines(None),
            ["codesign --force --sign - l", "codesign --force --sign - --entitlements e A.app"]
        );
        assert!(lines(Some("Ada")).iter().all(|line| line.contains("--options runtime")));
    }
}
