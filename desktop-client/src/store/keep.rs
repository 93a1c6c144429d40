//! "Keep this film": a complete and verified copy of a streamed one where a person wants it.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::block_store::BlockStore;
use super::hashing::{BlockHash, block_hash, merge};

/// Unfinished copies in one folder, those that a crash left included.
const MOST_BESIDE: u32 = 100;

/// What is to be kept, and where.
pub struct Keep<'a> {
    /// The file to be made.
    pub target: &'a Path,
    /// May it take the place of one that is there?
    pub overwrite: bool,
    /// The hash of the whole film, if somebody told it.
    pub whole: Option<BlockHash>,
}

/// Why a film was not kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// Something of it is missing.
    #[error("The film has not come to its end yet. Keep it once all of it is here.")]
    Incomplete,
    /// A block does not fit its hash any more.
    #[error(
        "A part of the film was damaged on the disk. It is fetched again; keep the film after that."
    )]
    Damaged,
    /// It is not the film that it was said to be.
    #[error("What came is not the film that was offered, so it is not kept.")]
    OtherFilm,
    /// There is a file with this name.
    #[error("There is a file with this name already. Choose another name, or let it be replaced.")]
    Exists,
    /// The disk is full.
    #[error("There is not enough room on the disk for the film. Choose another one, or make room.")]
    Full,
    /// It cannot be written there.
    #[error("The film cannot be kept here: {0}. Choose another folder.")]
    Disk(io::Error),
    /// Whoever asked does not want it any more.
    #[error("The film was not kept.")]
    Cancelled,
}

/// A file that is removed unless it is given its name.
struct Beside {
    path: PathBuf,
    named: bool,
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.named
            && let Err(error) = std::fs::remove_file(&self.path)
        {
            tracing::warn!(%error, "an unfinished copy of a film could not be removed");
        }
    }
}

/// Writes a complete copy: checks each block and the whole again, writes beside the target and gives the file
/// its name at the end. Tells after each block how many bytes are done. Blocks for as long as that takes, and
/// ends soon after `cancelled`; nothing is left behind then.
///
/// # Errors
/// [`KeepError`], a sentence for a person; [`KeepError::Cancelled`] is for nobody's eyes.
pub fn keep(
    store: &BlockStore,
    what: &Keep<'_>,
    mut progress: impl FnMut(u64),
    cancelled: &AtomicBool,
) -> Result<(), KeepError> {
    if !store.is_complete() {
        return Err(KeepError::Incomplete);
    }
    if !what.overwrite && what.target.exists() {
        return Err(KeepError::Exists);
    }
    let (mut file, mut beside) = create_beside(what.target)?;
    let mut hashes = Vec::with_capacity(store.blocks() as usize);
    let mut done = 0;
    for block in 0..store.blocks() {
        if cancelled.load(Ordering::Acquire) {
            return Err(KeepError::Cancelled);
        }
        let bytes = store.read(block).map_err(KeepError::Disk)?.ok_or(KeepError::Damaged)?;
        let hash = block_hash(store.bytes(), block, &bytes).expect("as long as that block");
        if store.hash(block).is_some_and(|known| known != hash) {
            store.lose(block);
            return Err(KeepError::Damaged);
        }
        file.write_all(&bytes)?;
        hashes.push(hash);
        done += bytes.len() as u64;
        progress(done);
    }
    if what.whole.is_some_and(|whole| merge(&hashes) != Some(whole)) {
        return Err(KeepError::OtherFilm);
    }
    file.sync_all()?;
    drop(file);
    if !what.overwrite {
        // An empty file holds the name against whoever else wants it: moving would take the place of theirs.
        OpenOptions::new().write(true).create_new(true).open(what.target)?;
    }
    if let Err(error) = std::fs::rename(&beside.path, what.target) {
        if !what.overwrite {
            std::fs::remove_file(what.target).ok();
        }
        return Err(error.into());
    }
    beside.named = true;
    Ok(())
}

impl From<io::Error> for KeepError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            io::ErrorKind::AlreadyExists => Self::Exists,
            _ => Self::Disk(error),
        }
    }
}

/// A new file in the target's folder.
fn create_beside(target: &Path) -> Result<(File, Beside), KeepError> {
    for number in 0..MOST_BESIDE {
        let path = target.with_file_name(format!("cinemasync-{number}.part"));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((file, Beside { path, named: false })),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(KeepError::Exists)
}
