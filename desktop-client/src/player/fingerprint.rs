//! Tells whether two files are the same film, without reading all of them. Owns the recipe of the fast
//! fingerprint, which must never change once released: two versions of the program compare theirs.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use cinemasync_core::film::{FilmId, FilmInfo, MAX_FILM_NAME_CHARS};
use cinemasync_core::sentence::{self, Sentence};

/// Mixed into each fingerprint, so that it is never taken for a hash of something else.
const CONTEXT: &[u8] = b"cinemasync film fingerprint 1";
/// 16 blocks keep a file on a turning disk at about 0.2 s; two encodings of one film already differ in
/// their size and their first block.
const BLOCKS: u64 = 16;
const BLOCK_BYTES: u64 = 64 * 1024;

/// Why a file is not taken as a film.
#[derive(Debug, thiserror::Error)]
pub enum FilmError {
    /// It cannot be opened or read.
    #[error("{}", sentence::film_unreadable(.0.to_string()))]
    Unreadable(#[from] io::Error),
    /// It is a folder.
    #[error("{}", sentence::film_is_folder())]
    Folder,
    /// It is a pipe, a socket or a device.
    #[error("{}", sentence::film_is_no_file())]
    NotAFile,
    /// It has no bytes.
    #[error("{}", sentence::film_is_empty())]
    Empty,
}

impl FilmError {
    /// For a person.
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::Unreadable(error) => sentence::film_unreadable(error.to_string()),
            Self::Folder => sentence::film_is_folder(),
            Self::NotAFile => sentence::film_is_no_file(),
            Self::Empty => sentence::film_is_empty(),
        }
    }
}

/// The name as others are told it: they refuse one with control characters or none at all.
pub(super) fn shown_name(name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_FILM_NAME_CHARS).collect();
    if name.trim().is_empty() { "film".to_owned() } else { name }
}

/// Name, size and fast fingerprint of a film; the duration stays 0, only the player knows it.
///
/// Blocks for up to some tenths of a second: at most 1 MiB is read, spread evenly from the first byte to
/// the last, whatever the size. Files of up to 1 MiB are read whole.
pub fn fingerprint(path: &Path) -> Result<FilmInfo, FilmError> {
    check(path)?;
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let mut hasher = blake3::Hasher::new();
    hasher.update(CONTEXT);
    hasher.update(&bytes.to_le_bytes());
    let mut block = Vec::with_capacity(BLOCK_BYTES as usize);
    for (start, length) in blocks(bytes) {
        file.seek(SeekFrom::Start(start))?;
        block.clear();
        let read = (&mut file).take(length).read_to_end(&mut block)?;
        if (read as u64) < length {
            // It shrank while being read: half a fingerprint would match nothing.
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        hasher.update(&block);
    }
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    Ok(FilmInfo {
        name: shown_name(&name),
        bytes,
        duration_secs: 0.0,
        id: FilmId(hasher.finalize().to_hex().to_string()),
        address: None,
    })
}

/// Refuses what could block for ever when opened (a pipe, a device) and what cannot be a film.
pub(super) fn check(path: &Path) -> Result<(), FilmError> {
    let metadata = std::fs::metadata(path)?;
    if metadata.is_dir() {
        Err(FilmError::Folder)
    } else if !metadata.is_file() {
        Err(FilmError::NotAFile)
    } else if metadata.len() == 0 {
        Err(FilmError::Empty)
    } else {
        Ok(())
    }
}

/// Start and length of each block that is read of a file of `bytes`.
fn blocks(bytes: u64) -> Vec<(u64, u64)> {
    if bytes <= BLOCKS * BLOCK_BYTES {
        return vec![(0, bytes)];
    }
    let last_start = bytes - BLOCK_BYTES;
    (0..BLOCKS)
        .map(|index| {
            // In 128 bits, because the product of a large size leaves 64.
            let start = u128::from(last_start) * u128::from(index) / u128::from(BLOCKS - 1);
            (u64::try_from(start).expect("not above last_start, which is 64 bits"), BLOCK_BYTES)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    fn id_of(content: &[u8]) -> FilmId {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        fingerprint(file.path()).unwrap().id
    }

    #[test]
    fn the_same_bytes_give_the_same_fingerprint_under_any_name() {
        assert_eq!(id_of(b"a film"), id_of(b"a film"));
        assert_ne!(id_of(b"a film"), id_of(b"a Film"));
        assert_ne!(id_of(b"a film"), id_of(b"a film "));
    }

    #[test]
    fn first_and_last_byte_of_a_large_file_count() {
        let mut content = vec![7u8; 3_000_000];
        let whole = id_of(&content);
        content[0] = 8;
        assert_ne!(whole, id_of(&content));
        content[0] = 7;
        *content.last_mut().unwrap() = 8;
        assert_ne!(whole, id_of(&content));
    }

    #[test]
    fn a_sparse_terabyte_is_fingerprinted_by_reading_one_mebibyte() {
        let file = tempfile::NamedTempFile::new().unwrap();
        if let Err(error) = file.as_file().set_len(1 << 40) {
            println!("skipped: no sparse files here ({error})");
            return;
        }
        let film = fingerprint(file.path()).unwrap();
        assert_eq!(film.bytes, 1 << 40);
        assert_eq!(film.id.0.len(), 64);
        assert!(blocks(1 << 40).iter().map(|(_, length)| length).sum::<u64>() <= 1 << 20);
    }

    #[test]
    fn folders_empty_files_and_absent_files_are_refused_with_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(fingerprint(folder.path()), Err(FilmError::Folder)));
        let empty = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(fingerprint(empty.path()), Err(FilmError::Empty)));
        let absent = fingerprint(&folder.path().join("absent.mkv")).unwrap_err();
        assert!(absent.to_string().ends_with('.'));
    }

    #[test]
    fn the_name_is_the_files_alone_and_not_longer_than_a_peer_may_send() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("{}.mkv", "x".repeat(230)));
        std::fs::write(&path, b"x").unwrap();
        let name = fingerprint(&path).unwrap().name;
        assert_eq!(name, "x".repeat(MAX_FILM_NAME_CHARS));
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_refused_without_being_opened() {
        assert!(matches!(fingerprint(Path::new("/dev/zero")), Err(FilmError::NotAFile)));
    }

    proptest! {
        #[test]
        fn blocks_lie_inside_the_file_and_touch_both_ends(bytes in 1u64..) {
            let blocks = blocks(bytes);
            prop_assert_eq!(blocks[0].0, 0);
            let (start, length) = *blocks.last().unwrap();
            prop_assert_eq!(start + length, bytes);
            prop_assert!(blocks.iter().all(|(start, length)| start + length <= bytes));
            prop_assert!(blocks.is_sorted());
        }
    }
}
