//! How the program reads a small file of its own from the disk: what cannot be understood is put aside
//! instead of being written over, and told once, for the next start does not find it any more. Writing is
//! `platform::private_file`; what lies in the files is known to those who keep them.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// Which of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The settings.
    Settings,
    /// What is remembered of films.
    Films,
    /// The rooms in which one was.
    Rooms,
}

/// Why a file was put aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It cannot be read or makes no sense.
    Broken,
    /// A newer version of this program wrote it.
    Newer,
}

/// A file that was put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// Which one.
    pub what: What,
    /// Why.
    pub why: Why,
    /// Where it lies now: where it was, if it could not be moved.
    pub path: PathBuf,
}

/// What a file of the program's amounts to.
#[derive(Debug)]
pub enum Look {
    /// There is none.
    None,
    /// This is in it.
    Text(String),
    /// It cannot be read, and why.
    Unreadable(io::Error),
}

/// Looks at a file and changes nothing. One larger than `largest` bytes is not read.
pub fn look(path: &Path, largest: u64) -> Look {
    let read = std::fs::File::open(path).and_then(|file| {
        let mut text = String::new();
        // Its size is what it says now; it may grow while it is read.
        let bytes = file.take(largest + 1).read_to_string(&mut text)?;
        if bytes as u64 > largest {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(text)
    });
    match read {
        Ok(text) => Look::Text(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Look::None,
        Err(error) => Look::Unreadable(error),
    }
}

/// What `understand` makes of a file; one that it cannot make anything of is put aside.
pub fn read<T: Default>(
    path: &Path,
    what: What,
    largest: u64,
    understand: impl FnOnce(&str) -> Result<T, Why>,
) -> (T, Option<Aside>) {
    let why = match look(path, largest) {
        Look::None => return (T::default(), None),
        Look::Text(text) => match understand(&text) {
            Ok(understood) => return (understood, None),
            Err(why) => why,
        },
        Look::Unreadable(error) => {
            tracing::warn!(%error, ?what, "a file of the program's cannot be read");
            Why::Broken
        }
    };
    (T::default(), Some(put_aside(path, what, why)))
}

/// Moves a file to where no start looks. Of several broken ones the latest is kept; what a newer version
/// wrote is never lost, so it gets a name of its own.
fn put_aside(path: &Path, what: What, why: Why) -> Aside {
    let ending = match why {
        Why::Broken => "broken",
        Why::Newer => "newer",
    };
    let mut aside = beside(path, ending);
    if why == Why::Newer {
        // Ends: a folder holds a finite number of files.
        let mut number = 2_u32;
        while aside.exists() {
            aside = beside(path, &format!("{ending}-{number}"));
            number += 1;
        }
    }
    if let Err(error) = std::fs::rename(path, &aside) {
        tracing::warn!(%error, ?what, ?why, "a file of the program's could not be put aside");
        return Aside { what, why, path: path.to_owned() };
    }
    // Its name alone: where it lies names the account.
    tracing::warn!(?what, ?why, file = ?aside.file_name(), "a file of the program's was put aside");
    Aside { what, why, path: aside }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Result<u32, Why> {
        match text {
            "new" => Err(Why::Newer),
            text => text.parse().map_err(|_| Why::Broken),
        }
    }

    #[test]
    fn what_is_broken_is_put_aside_and_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rooms.json");
        let read = || read(&path, What::Rooms, 8, number);
        assert_eq!(read(), (0, None));
        std::fs::write(&path, "7").unwrap();
        assert_eq!(read(), (7, None));
        let aside = folder.path().join("rooms.json.broken");
        let told = Aside { what: What::Rooms, why: Why::Broken, path: aside.clone() };
        for broken in [&b"seven"[..], b"123456789", b"\xff"] {
            std::fs::write(&path, broken).unwrap();
            assert_eq!(read(), (0, Some(told.clone())));
            assert_eq!(std::fs::read(&aside).unwrap(), broken);
            assert_eq!(read(), (0, None));
        }
    }

    #[test]
    fn nothing_of_a_newer_version_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        for name in ["settings.json.newer", "settings.json.newer-2", "settings.json.newer-3"] {
            std::fs::write(&path, "new").unwrap();
            let (_, told) = read(&path, What::Settings, 8, number);
            assert_eq!(told.unwrap().path, folder.path().join(name));
        }
    }

    #[test]
    fn a_folder_in_its_place_is_no_reason_to_stop() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        std::fs::create_dir(&path).unwrap();
        let (value, told) = read(&path, What::Settings, 8, number);
        assert_eq!((value, told.map(|told| told.why)), (0, Some(Why::Broken)));
    }
}
