//! The hashes of a film's blocks, and of the whole film. Owns how they hang together (a block's hash is a node
//! of the film's BLAKE3 tree, so that the list of them merges to the film's hash), and how gently a disk is
//! read through for them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use blake3::hazmat::{HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root};
use cinemasync_core::film_blocks::{BLOCK_BYTES, block_count, block_len};

/// Of a block: its chaining value in the film's BLAKE3 tree. The only block of a short film is its root.
pub type BlockHash = [u8; 32];

/// Large reads keep a turning disk from seeking between those of the film that plays. Whole blocks.
const CHUNK_BYTES: usize = 4 << 20;
/// The longest pause, so that whoever cancels is heard soon, and a disk that was asleep is not paid
/// for with a nap.
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// The hash of a block of a film of `film_bytes`; `None` if it cannot be that block by its length.
pub fn block_hash(film_bytes: u64, block: u32, bytes: &[u8]) -> Option<BlockHash> {
    let blocks = block_count(film_bytes)?;
    if block >= blocks || bytes.len() != block_len(film_bytes, block) {
        return None;
    }
    if blocks == 1 {
        return Some(*blake3::hash(bytes).as_bytes());
    }
    let mut hasher = blake3::Hasher::new();
    hasher.set_input_offset(u64::from(block) * BLOCK_BYTES);
    hasher.update(bytes);
    Some(hasher.finalize_non_root())
}

/// The hash of a whole film, from those of all its blocks in order; `None` without any.
pub fn merge(hashes: &[BlockHash]) -> Option<BlockHash> {
    match hashes {
        [] => None,
        [whole] => Some(*whole),
        _ => {
            let (left, right) = hashes.split_at(left_of(hashes.len()));
            let (left, right) = (subtree(left), subtree(right));
            Some(*merge_subtrees_root(&left, &right, Mode::Hash).as_bytes())
        }
    }
}

/// Not deeper than the number of blocks has bits.
fn subtree(hashes: &[BlockHash]) -> BlockHash {
    if let [hash] = hashes {
        return *hash;
    }
    let (left, right) = hashes.split_at(left_of(hashes.len()));
    merge_subtrees_non_root(&subtree(left), &subtree(right), Mode::Hash)
}

/// How many blocks the left subtree of two or more has: the largest power of two that leaves some.
fn left_of(blocks: usize) -> usize {
    blocks.next_power_of_two() / 2
}

/// Reads a film through once: tells the hash of each block as it goes, and answers that of the whole, which
/// is the BLAKE3 hash of the file.
///
/// Blocks for as long as it takes to read the file, and as long again: after each read it rests, so that it
/// takes half of a disk's and of a core's time at most. Ends soon after `cancelled` is set.
///
/// # Errors
/// What is wrong with the file; [`io::ErrorKind::Interrupted`] after `cancelled`.
pub fn full_hash(
    path: &Path,
    cancelled: &AtomicBool,
    mut on_block: impl FnMut(u32, BlockHash),
) -> io::Result<blake3::Hash> {
    let mut file = open_film(path)?;
    let film_bytes = file.metadata()?.len();
    let blocks = block_count(film_bytes)
        .ok_or_else(|| io::Error::other("it is empty, or longer than any film"))?;
    let mut hashes = Vec::with_capacity(blocks as usize);
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut left = film_bytes;
    while left > 0 {
        if cancelled.load(Ordering::Acquire) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let begun = Instant::now();
        let wanted = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        // A file that shrinks meanwhile ends here with an error; what is appended to it does not count.
        file.read_exact(&mut chunk[..wanted])?;
        for (bytes, block) in chunk[..wanted].chunks(BLOCK_BYTES as usize).zip(hashes.len()..) {
            let block = u32::try_from(block).expect("not above the count, which is 32 bits");
            let hash = block_hash(film_bytes, block, bytes).expect("cut as films are");
            hashes.push(hash);
            on_block(block, hash);
        }
        left -= wanted as u64;
        if left > 0 {
            std::thread::sleep(pause_after(begun.elapsed()));
        }
    }
    // A file that is still being copied is not what it will be.
    if file.read(&mut chunk[..1])? > 0 {
        return Err(io::Error::other("it grew while it was read"));
    }
    Ok(merge(&hashes).expect("at least one block").into())
}

/// Opens an ordinary file; what could block for ever when opened (a pipe, a device) is refused before.
pub(super) fn open_film(path: &Path) -> io::Result<File> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not an ordinary file"));
    }
    File::open(path)
}

fn pause_after(work: Duration) -> Duration {
    work.min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    const BLOCK: usize = BLOCK_BYTES as usize;

    fn content(length: usize) -> Vec<u8> {
        (0..length).map(|n| (n % 251) as u8 ^ (n >> 18) as u8).collect()
    }

    fn file_of(content: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        file
    }

    fn hashes_of(content: &[u8]) -> Vec<BlockHash> {
        let blocks = content.chunks(BLOCK).zip(0..);
        blocks
            .map(|(bytes, block)| block_hash(content.len() as u64, block, bytes).unwrap())
            .collect()
    }

    #[test]
    fn the_hashes_of_blocks_merge_to_that_of_the_whole_at_every_border() {
        let powers = [1, 2, 3, 4, 5, 7, 8, 9];
        let lengths = powers
            .iter()
            .flat_map(|blocks| [blocks * BLOCK - 1, blocks * BLOCK, blocks * BLOCK + 1])
            .chain([1, 1023, 1024, 1025, BLOCK / 2, BLOCK + 1024, BLOCK + 1025]);
        for length in lengths {
            let content = content(length);
            let whole = *blake3::hash(&content).as_bytes();
            assert_eq!(merge(&hashes_of(&content)), Some(whole), "{length} bytes");
        }
        assert_eq!(merge(&[]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn the_hashes_of_blocks_merge_to_that_of_the_whole(length in 1..20 * BLOCK) {
            let content = content(length);
            let whole = *blake3::hash(&content).as_bytes();
            prop_assert_eq!(merge(&hashes_of(&content)), Some(whole));
        }
    }

    #[test]
    fn what_cannot_be_the_block_has_no_hash() {
        let film_bytes = 2 * BLOCK_BYTES + 10;
        let block = vec![0; BLOCK];
        assert!(block_hash(film_bytes, 1, &block).is_some());
        assert!(block_hash(film_bytes, 2, &block[..10]).is_some());
        assert_ne!(block_hash(film_bytes, 0, &block), block_hash(film_bytes, 1, &block));
        for (block, bytes) in
            [(0, &block[1..]), (2, &block[..]), (2, &block[..9]), (3, &block[..10])]
        {
            assert_eq!(block_hash(film_bytes, block, bytes), None);
        }
        assert_eq!(block_hash(film_bytes, 3, &[]), None);
        assert_eq!(block_hash(u64::MAX, 0, &block), None);
    }

    #[test]
    fn one_reading_gives_the_hash_of_all_bytes_and_of_each_block() {
        for length in [1, CHUNK_BYTES - 1, CHUNK_BYTES, 2 * CHUNK_BYTES + 7] {
            let content = content(length);
            let mut hashes = Vec::new();
            let hash =
                full_hash(file_of(&content).path(), &AtomicBool::new(false), |block, hash| {
                    assert_eq!(block as usize, hashes.len());
                    hashes.push(hash);
                })
                .unwrap();
            assert_eq!(hash, blake3::hash(&content));
            assert_eq!(hashes, hashes_of(&content));
        }
    }

    #[test]
    fn who_cancels_gets_no_hash_however_long_the_file_is() {
        let file = file_of(b"a film");
        if let Err(error) = file.as_file().set_len(1 << 40) {
            println!("skipped: no sparse files here ({error})");
            return;
        }
        let cancelled = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let hashing = scope.spawn(|| full_hash(file.path(), &cancelled, |_, _| {}));
            cancelled.store(true, Ordering::Release);
            let error = hashing.join().unwrap().unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::Interrupted);
        });
    }

    #[test]
    fn it_rests_as_long_as_it_works_but_not_for_long() {
        assert_eq!(pause_after(Duration::from_millis(15)), Duration::from_millis(15));
        assert_eq!(pause_after(Duration::from_secs(9)), LONGEST_PAUSE);
    }

    #[test]
    fn what_is_no_film_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let hash = |path: &Path| full_hash(path, &AtomicBool::new(false), |_, _| {});
        assert!(hash(folder.path()).is_err());
        assert!(hash(&folder.path().join("absent")).is_err());
        assert!(hash(file_of(b"").path()).is_err());
        #[cfg(unix)]
        assert!(hash(Path::new("/dev/zero")).is_err());
    }
}
