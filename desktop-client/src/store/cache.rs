//! The folder in which films that were streamed are kept for the next time. Owns the names in it, which are made
//! of a film's id and nothing else, who uses which file, and what is removed when.

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use cinemasync_core::film::FilmId;
use cinemasync_core::film_blocks::block_count;
use cinemasync_core::film_cache::{HEADER_BYTES, header, record_at};

use super::block_store::BlockStore;
use super::disk::Disk;
use super::kept::{Kept, remove};

/// Films of which several programs of the same user keep a copy each, at most; the next one keeps none.
const COPIES: u32 = 8;
/// Length of a film's id: BLAKE3, hexadecimal.
const ID_BYTES: usize = 64;
/// Ends of the names of a film's two files.
const BLOCKS: &str = "blocks";
const INDEX: &str = "index";

/// How much is kept, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all films together.
    pub bytes: u64,
    /// How long a film stays that nobody watched.
    pub age: Duration,
}

/// What lies in the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Films.
    pub films: u32,
    /// Bytes of all together.
    pub bytes: u64,
}

/// When a film that was to be forgotten is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forgotten {
    /// It is.
    Now,
    /// It is open: once it is closed.
    OnceClosed,
}

/// Why a film cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// Its id is none.
    #[error("This film cannot be streamed because what was told of it makes no sense.")]
    Id,
    /// Its size makes no sense, or is another than that of the same film that is open.
    #[error(
        "This film cannot be streamed: it is empty, too long, or was told with two different sizes."
    )]
    Size,
}

/// The films that are kept.
pub struct Cache {
    folder: PathBuf,
    limits: Limits,
    open: Mutex<HashMap<FilmId, Weak<BlockStore>>>,
}

/// One film's files on the disk.
struct Entry {
    files: [PathBuf; 2],
    bytes: u64,
    used: SystemTime,
}

impl Cache {
    /// Uses this folder, which need not exist: the first film makes it.
    pub fn new(folder: PathBuf, limits: Limits) -> Self {
        Self { folder, limits, open: Mutex::default() }
    }

    /// A film of this size: what is here of it already, and room for the rest. One that is open is given out
    /// again. If the disk has no room or refuses, the film lives in memory, and
    /// [`BlockStore::take_disk_trouble`] says so once its first block came.
    ///
    /// # Errors
    /// What was told of the film makes no sense.
    pub fn film(&self, id: &FilmId, bytes: u64) -> Result<Arc<BlockStore>, CacheError> {
        if !is_id(&id.0) {
            return Err(CacheError::Id);
        }
        let blocks = block_count(bytes).ok_or(CacheError::Size)?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, store| store.strong_count() > 0);
        if let Some(store) = open.get(id).and_then(Weak::upgrade) {
            return if store.bytes() == bytes { Ok(store) } else { Err(CacheError::Size) };
        }
        let (kept, claims) = self.open_files(&id.0, bytes, blocks).unwrap_or_else(|error| {
            tracing::warn!(%error, "a film cannot be kept in the cache");
            Kept::nowhere(blocks, error.kind())
        });
        let store = Arc::new(BlockStore::kept(bytes, kept, claims));
        open.insert(id.clone(), Arc::downgrade(&store));
        Ok(store)
    }

    /// Removes a film; one that is open goes when it is closed.
    pub fn forget(&self, id: &FilmId) -> Forgotten {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let store = open.get(id).and_then(Weak::upgrade);
        if let Some(store) = &store {
            store.forget();
        }
        if is_id(&id.0) {
            for copy in 0..COPIES {
                remove_unused(&self.files(&id.0, copy));
            }
        }
        if store.is_some() { Forgotten::OnceClosed } else { Forgotten::Now }
    }

    /// Removes all films but the one that is watched, and those that other programs use. What is still being closed
    /// goes then.
    pub fn forget_all_but(&self, watched: Option<&FilmId>) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let others = open.iter().filter(|(id, _)| Some(*id) != watched);
        others.filter_map(|(_, store)| store.upgrade()).for_each(|store| store.forget());
        for entry in self.entries().into_values() {
            remove_unused(&entry.files);
        }
    }

    /// Removes what nobody watched for too long, and then what was watched longest ago, until all fits the
    /// limits. What is open stays, here and in other programs.
    pub fn sweep(&self, now: SystemTime) {
        let mut entries: Vec<_> = self.entries().into_values().collect();
        entries.sort_by_key(|entry| entry.used);
        let mut bytes: u64 = entries.iter().map(|entry| entry.bytes).sum();
        for entry in entries {
            // A clock that was set back makes no film old.
            let age = now.duration_since(entry.used).unwrap_or_default();
            if (age > self.limits.age || bytes > self.limits.bytes) && remove_unused(&entry.files) {
                bytes -= entry.bytes;
            }
        }
    }

    /// How much lies there.
    pub fn usage(&self) -> Usage {
        let entries = self.entries();
        Usage {
            films: u32::try_from(entries.len()).unwrap_or(u32::MAX),
            bytes: entries.values().map(|entry| entry.bytes).sum(),
        }
    }

    /// Opens the first copy of a film's files that no other program uses.
    fn open_files(
        &self,
        id: &str,
        bytes: u64,
        blocks: u32,
    ) -> io::Result<(Kept, super::kept::Claims)> {
        make_folder(&self.folder)?;
        for copy in 0..COPIES {
            let [blocks_path, index_path] = self.files(id, copy);
            let index = open_file(&index_path)?;
            if is_used(&index) {
                continue;
            }
            let data = open_file(&blocks_path)?;
            let mut old = [0; HEADER_BYTES];
            if index.fetch(&mut old, 0).is_err() || old != header(bytes) {
                data.set_len(0)?;
                index.set_len(0)?;
                index.put(&header(bytes), 0)?;
            }
            index.set_len(record_at(blocks))?;
            index.set_modified(SystemTime::now())?;
            let files = vec![blocks_path, index_path];
            return Kept::open(bytes, blocks, Box::new(data), Box::new(index), files);
        }
        Err(io::Error::new(io::ErrorKind::ResourceBusy, "too many programs use this film"))
    }

    fn files(&self, id: &str, copy: u32) -> [PathBuf; 2] {
        [BLOCKS, INDEX].map(|end| self.folder.join(format!("{id}-{copy}.{end}")))
    }

    /// All files of ours in the folder, by id and copy.
    fn entries(&self) -> BTreeMap<(String, u32), Entry> {
        let mut entries = BTreeMap::new();
        let Ok(folder) = std::fs::read_dir(&self.folder) else { return entries };
        for file in folder.flatten() {
            let name = file.file_name();
            let Some((id, copy)) = name.to_str().and_then(parse_name) else { continue };
            let Ok(metadata) = file.metadata() else { continue };
            let entry = entries.entry((id.to_owned(), copy)).or_insert_with(|| Entry {
                files: self.files(id, copy),
                bytes: 0,
                used: SystemTime::UNIX_EPOCH,
            });
            entry.bytes += metadata.len();
            // Written to when the film is opened, and with each block.
            entry.used = entry.used.max(metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH));
        }
        entries
    }
}

/// Is this what names of files may be made of?
fn is_id(id: &str) -> bool {
    id.len() == ID_BYTES && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Id and copy, if a file of ours is called so.
fn parse_name(name: &str) -> Option<(&str, u32)> {
    let (id, rest) = name.split_at_checked(ID_BYTES)?;
    let (copy, end) = rest.strip_prefix('-')?.split_once('.')?;
    let copy = copy.parse().ok().filter(|copy| *copy < COPIES)?;
    (is_id(id) && (end == BLOCKS || end == INDEX)).then_some((id, copy))
}

/// What somebody watches is nobody else's business.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn open_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Does another program, or this one, use the film with this index? If not it is ours until the file is closed.
fn is_used(index: &File) -> bool {
    // A file system without locks cannot tell; two programs there spoil each other's copy at worst, and what
    // does not fit its hash is fetched anew.
    matches!(index.try_lock(), Err(TryLockError::WouldBlock))
}

/// Removes a film's files unless somebody uses them.
fn remove_unused(files: &[PathBuf; 2]) -> bool {
    let index = OpenOptions::new().read(true).write(true).open(&files[1]);
    if index.as_ref().is_ok_and(is_used) {
        return false;
    }
    remove(files);
    true
}
