//! The libmpv that lies beside the program on Windows and macOS: where builds under the LGPL are, and by
//! which sum they are known. `packaging/libmpv.json` has both; nothing is fetched unless asked.

use std::env::consts::{ARCH, OS};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::product::template;
use super::tree;
use crate::shell::Invocation;
use crate::workspace;

/// One build that others publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Build {
    /// The archive.
    url: String,
    /// Its SHA-256, in small hexadecimal digits.
    sha256: String,
    /// Which files of it are wanted: a name with `*`.
    files: String,
    /// Under which licences it stands.
    licence: String,
    /// Where the sources and the way in which it was built are.
    source: String,
}

impl Build {
    /// The one for this machine's system, if there is one.
    pub(crate) fn of_this_system() -> Result<Option<Self>> {
        Self::of(&format!("{OS}-{ARCH}"))
    }

    /// The one for `system`, as `windows-x86_64`.
    pub(crate) fn of(system: &str) -> Result<Option<Self>> {
        let all: Value = serde_json::from_str(&template("libmpv.json")?)
            .context("packaging/libmpv.json is no JSON")?;
        let Some(build) = all.get(system) else { return Ok(None) };
        let field = |name: &str| {
            let text = build[name].as_str().map(str::to_owned);
            text.with_context(|| format!("packaging/libmpv.json: {system} has no `{name}`"))
        };
        Ok(Some(Self {
            url: field("url")?,
            sha256: field("sha256")?,
            files: field("files")?,
            licence: field("licence")?,
            source: field("source")?,
        }))
    }

    /// Fetches it into a folder below `work`, which holds nothing else then.
    pub(crate) fn fetch(&self, work: &Path) -> Result<PathBuf> {
        let into = work.join("libmpv");
        tree::empty(&into)?;
        // CMake is there wherever the program is built, and does the same on each system.
        Invocation::new("cmake")
            .arg(format!("-DURL={}", self.url))
            .arg(format!("-DSHA256={}", self.sha256))
            .arg(format!("-DFILES={}", self.files))
            .arg(format!("-DINTO={}", into.display()))
            .arg("-P")
            .arg(workspace::root().join("packaging/fetch.cmake"))
            .run_quietly()?;
        Ok(into)
    }

    /// What the notices say of it.
    pub(crate) fn notice(&self) -> String {
        format!(
            "libmpv, beside the program: {}.\nIt is used as it is published, and may be replaced by \
             another one.\nIts sources: {}\n\n",
            self.licence, self.source
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_build_is_known_by_its_sum_and_not_of_the_gpl() {
        let all: Value =
            serde_json::from_str(&template("libmpv.json").expect("there")).expect("JSON");
        for system in all.as_object().expect("an object").keys() {
            let build = Build::of(system).expect("it is whole").expect("it is there");
            assert!(build.url.starts_with("https://"), "{system}");
            assert!(build.sha256.len() == 64, "{system}");
            assert!(build.sha256.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')), "{system}");
            assert!(build.licence.contains("LGPL"), "{system}");
        }
        assert_eq!(Build::of("plan9-mips").expect("well-formed"), None);
    }

    #[cfg(unix)]
    fn archive(folder: &Path) -> Build {
        let file = folder.join("libmpv-2.dll");
        std::fs::write(&file, "a library").expect("it can be written");
        let archive = folder.join("archive.7z");
        Invocation::new("cmake")
            .args(["-E", "tar", "cf"])
            .arg(&archive)
            .args(["--format=7zip", "libmpv-2.dll"])
            .folder(folder)
            .run_quietly()
            .expect("cmake packs");
        let (_, sum) =
            Invocation::new("cmake").args(["-E", "sha256sum"]).arg(&archive).read().expect("a sum");
        Build {
            url: format!("file://{}", archive.display()),
            sha256: sum.split_whitespace().next().expect("a sum").to_owned(),
            files: "libmpv-2.dll".into(),
            licence: String::new(),
            source: String::new(),
        }
    }

    #[test]
    #[cfg(unix)]
    fn what_has_the_right_sum_is_unpacked() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let into = archive(folder.path()).fetch(folder.path()).expect("it has the right sum");
        let files: Vec<_> = std::fs::read_dir(&into).expect("a folder").flatten().collect();
        assert_eq!(files.len(), 1);
        assert_eq!(std::fs::read(into.join("libmpv-2.dll")).expect("it is there"), b"a library");
    }

    #[test]
    #[cfg(unix)]
    fn what_has_another_sum_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let build = Build { sha256: "0".repeat(64), ..archive(folder.path()) };
        let error = build.fetch(folder.path()).unwrap_err().to_string();
        assert!(error.contains("is not what was"), "{error}");
        assert!(!folder.path().join("libmpv/libmpv-2.dll").exists());
    }
}
