//! The files of a package, before they are packed: what lies where, with which rights. Knows no
//! format; several formats are made from one tree.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Where a file's bytes come from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    /// A file, copied.
    File(PathBuf),
    /// Made here.
    Bytes(Vec<u8>),
}

/// One file of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    /// From the package's root, with slashes.
    place: String,
    content: Content,
    /// As Unix has them.
    rights: u32,
}

/// The files of a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    entries: Vec<Entry>,
}

impl Tree {
    /// Adds a copy of `from` that everybody may read.
    pub(crate) fn file(&mut self, place: &str, from: impl Into<PathBuf>) {
        self.add(place, Content::File(from.into()), 0o644);
    }

    /// Adds a copy of `from` that everybody may run.
    pub(crate) fn program(&mut self, place: &str, from: impl Into<PathBuf>) {
        self.add(place, Content::File(from.into()), 0o755);
    }

    /// Adds a copy of `from` that its owner alone may read.
    pub(crate) fn secret(&mut self, place: &str, from: impl Into<PathBuf>) {
        self.add(place, Content::File(from.into()), 0o600);
    }

    /// Adds a file that is made here.
    pub(crate) fn text(&mut self, place: &str, text: impl Into<Vec<u8>>) {
        self.add(place, Content::Bytes(text.into()), 0o644);
    }

    /// Adds a folder's files, not those of folders below it.
    pub(crate) fn folder(&mut self, place: &str, from: &Path) -> Result<()> {
        let mut files = files_of(from)?;
        files.sort();
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            self.file(&format!("{place}/{name}"), file);
        }
        Ok(())
    }

    fn add(&mut self, place: &str, content: Content, rights: u32) {
        self.entries.push(Entry { place: place.to_owned(), content, rights });
    }

    /// Each file's place, in the order in which they were added.
    pub(crate) fn places(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.place.as_str())
    }

    /// Lays all of it into `root`, which is emptied before.
    pub(crate) fn lay(&self, root: &Path) -> Result<()> {
        empty(root)?;
        for entry in &self.entries {
            let place = root.join(&entry.place);
            let folder = place.parent().expect("below the root");
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
            match &entry.content {
                Content::File(from) => fs::copy(from, &place).map(drop).with_context(|| {
                    format!("cannot copy {} to {}", from.display(), place.display())
                })?,
                Content::Bytes(bytes) => fs::write(&place, bytes)
                    .with_context(|| format!("cannot write {}", place.display()))?,
            }
            set_rights(&place, entry.rights)?;
        }
        Ok(())
    }
}

/// The files that lie in `folder` itself.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let list = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in list {
        let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    Ok(files)
}

/// Makes `folder`, without anything in it.
pub(crate) fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}

#[cfg(unix)]
pub(crate) fn set_rights(file: &Path, rights: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(rights))
        .with_context(|| format!("cannot set the rights of {}", file.display()))
}

/// Windows has rights of another kind; its packages take those of the folder.
#[cfg(not(unix))]
pub(crate) fn set_rights(_file: &Path, _rights: u32) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_lies_there_and_nothing_older() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().join("root");
        fs::create_dir_all(root.join("old")).expect("it can be made");
        let source = folder.path().join("source");
        fs::write(&source, "program").expect("it can be written");
        let mut tree = Tree::default();
        tree.program("usr/bin/thing", &source);
        tree.text("usr/share/doc/thing/copyright", "mine");
        tree.lay(&root).expect("it can be laid");
        assert!(!root.join("old").exists());
        assert_eq!(fs::read(root.join("usr/bin/thing")).expect("a file"), b"program");
        assert_eq!(fs::read(root.join("usr/share/doc/thing/copyright")).expect("a file"), b"mine");
        assert_eq!(tree.places().count(), 2);
    }

    #[test]
    #[cfg(unix)]
    fn programs_run_and_secrets_are_kept() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let source = folder.path().join("source");
        fs::write(&source, "x").expect("it can be written");
        let mut tree = Tree::default();
        tree.program("a", &source);
        tree.secret("b", &source);
        tree.file("c", &source);
        let root = folder.path().join("root");
        tree.lay(&root).expect("it can be laid");
        let rights = |name: &str| {
            fs::metadata(root.join(name)).expect("it is there").permissions().mode() & 0o777
        };
        assert_eq!([rights("a"), rights("b"), rights("c")], [0o755, 0o600, 0o644]);
    }

    #[test]
    fn a_file_that_is_missing_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut tree = Tree::default();
        tree.file("a", folder.path().join("nowhere"));
        let error = tree.lay(&folder.path().join("root")).unwrap_err().to_string();
        assert!(error.contains("nowhere"), "{error}");
    }
}
