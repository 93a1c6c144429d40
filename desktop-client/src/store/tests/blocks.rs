//! Which blocks count: those that fit their hash, now, after a crash, and beside a full disk.

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;

use super::super::disk::Disk;
use super::super::kept::Kept;
use super::super::spill::SPILL_BLOCKS;
use super::*;

#[test]
fn a_block_counts_once_it_fits_its_hash() {
    let (folder, content) = (tempfile::tempdir().unwrap(), content());
    let store = film(&cache(folder.path()), &content);
    assert_eq!((store.blocks(), store.bytes()), (5, content.len() as u64));
    assert_eq!(store.write(0, block_of(&content, 0)), Err(WriteError::NoHash));
    store.set_hash(0, hash_of(&content, 0));
    for wrong in [block_of(&content, 1), &content[..BLOCK - 1], &content[..BLOCK + 1], &[]] {
        assert_eq!(store.write(0, wrong), Err(WriteError::False));
    }
    assert!(here(&store).is_empty() && store.read(0).unwrap().is_none());
    assert_eq!(store.write(0, block_of(&content, 0)), Ok(Written::Disk));
    assert_eq!(store.write(0, block_of(&content, 0)), Ok(Written::Disk), "again");
    assert_eq!(here(&store), [0]);
    assert_eq!(store.read(0).unwrap().unwrap(), block_of(&content, 0));
    store.set_hash(5, [0; 32]);
    assert_eq!(store.write(5, &[1]), Err(WriteError::NoHash));
    assert_eq!(store.read(5).unwrap(), None);
    assert_eq!(store.hashes_root(), None);
    for block in (0..5).rev() {
        come(&store, &content, block);
    }
    assert!(store.is_complete());
    assert_eq!(store.hashes_root(), Some(*blake3::hash(&content).as_bytes()));
    for block in 0..5 {
        assert_eq!(store.read(block).unwrap().unwrap(), block_of(&content, block));
    }
}

#[test]
fn a_file_of_ones_own_has_all_and_tells_the_hashes_as_it_is_read() {
    let (mut file, content) = (tempfile::NamedTempFile::new().unwrap(), content());
    assert!(BlockStore::local(file.path()).is_err(), "empty");
    file.write_all(&content).unwrap();
    let store = BlockStore::local(file.path()).unwrap();
    assert!(store.is_complete() && store.hash(3).is_none() && store.hashes_root().is_none());
    for block in 0..5 {
        assert_eq!(store.read(block).unwrap().unwrap(), block_of(&content, block));
        assert_eq!(store.hash(block), Some(hash_of(&content, block)));
    }
    assert_eq!(store.hashes_root(), Some(*blake3::hash(&content).as_bytes()));
    assert_eq!(store.write(0, &[1]), Err(WriteError::False));
    assert_eq!(std::fs::read(file.path()).unwrap(), content);
    file.as_file().set_len(10).unwrap();
    assert!(store.read(1).is_err());
    assert!(BlockStore::local(Path::new("/")).is_err());
}

#[test]
fn a_film_half_streamed_continues_and_what_was_half_written_is_not_believed() {
    let (folder, content) = (tempfile::tempdir().unwrap(), content());
    {
        let store = film(&cache(folder.path()), &content);
        for block in [4, 1, 3] {
            come(&store, &content, block);
        }
    }
    // As if the first that came, the last block, had not been written to its end.
    let blocks = folder.path().join(format!("{}-0.blocks", id('a').0));
    let mut damaged = std::fs::read(&blocks).unwrap();
    damaged[500] ^= 1;
    std::fs::write(&blocks, damaged).unwrap();

    let store = film(&cache(folder.path()), &content);
    assert!(here(&store).is_empty(), "unchecked");
    assert!(store.hash(3).is_none(), "what was not checked is told to nobody");
    assert_eq!(store.read(3).unwrap().unwrap(), block_of(&content, 3));
    assert_eq!(recheck(&store), [1]);
    assert_eq!(here(&store), [1, 3]);
    assert_eq!(store.hash(1), Some(hash_of(&content, 1)));
    assert_eq!(store.take_lost(), [] as [u32; 0], "it never counted");
    come(&store, &content, 4);
    drop(store);
    let store = film(&cache(folder.path()), &content);
    assert_eq!(recheck(&store), [1, 3, 4]);
    // The place of the damaged one is used again.
    come(&store, &content, 0);
    assert_eq!(std::fs::metadata(blocks).unwrap().len(), 3 * BLOCK_BYTES + 1_000);
}

#[test]
fn what_lies_in_the_cache_gives_way_to_another_hash() {
    let (folder, content) = (tempfile::tempdir().unwrap(), content());
    let mut other = content.clone();
    other[2 * BLOCK] ^= 1;
    {
        let store = film(&cache(folder.path()), &content);
        come(&store, &content, 1);
        come(&store, &content, 2);
        assert_eq!(come(&store, &other, 2), Written::Disk);
        assert_eq!(store.read(2).unwrap().unwrap(), block_of(&other, 2));
        store.set_hash(2, hash_of(&content, 2));
        assert_eq!((here(&store), store.take_lost()), (vec![1], vec![2]));
        come(&store, &content, 2);
    }
    let store = film(&cache(folder.path()), &content);
    store.set_hash(1, hash_of(&content, 1));
    store.set_hash(2, hash_of(&other, 2));
    assert_eq!(recheck(&store), [1]);
}

#[test]
fn a_film_of_another_size_begins_anew() {
    let (folder, content) = (tempfile::tempdir().unwrap(), content());
    come(&film(&cache(folder.path()), &content), &content, 1);
    let shorter = &content[..content.len() - 1];
    let store = film(&cache(folder.path()), shorter);
    assert_eq!(recheck(&store), [] as [u32; 0]);
    come(&store, shorter, 4);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn whatever_the_files_of_the_cache_hold_only_what_is_true_counts(
        index in prop::collection::vec(any::<u8>(), 0..250),
        keeps_header in any::<bool>(),
        blocks in prop::collection::vec(any::<u8>(), 0..2_000),
    ) {
        let (folder, content) = (tempfile::tempdir().unwrap(), content());
        let path = |end| folder.path().join(format!("{}-0.{end}", id('a').0));
        come(&film(&cache(folder.path()), &content), &content, 0);
        let mut broken = std::fs::read(path("index")).unwrap();
        broken.truncate(if keeps_header { 32 } else { 0 });
        broken.extend(index);
        std::fs::write(path("index"), broken).unwrap();
        std::fs::write(path("blocks"), blocks).unwrap();
        let store = film(&cache(folder.path()), &content);
        prop_assert_eq!(recheck(&store), [] as [u32; 0]);
        for block in 0..5 {
            come(&store, &content, block);
            prop_assert_eq!(store.read(block).unwrap().unwrap(), block_of(&content, block));
        }
    }
}

/// A disk with room for so many bytes.
struct SmallDisk {
    file: File,
    room: Arc<AtomicU64>,
}

impl Disk for SmallDisk {
    fn fetch(&self, target: &mut [u8], at: u64) -> io::Result<()> {
        self.file.fetch(target, at)
    }

    fn put(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        let room = self.room.load(Ordering::SeqCst);
        let fits = bytes.len().min(usize::try_from(room.saturating_sub(at)).unwrap());
        self.file.put(&bytes[..fits], at)?;
        if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

#[test]
fn a_full_disk_is_told_once_and_the_film_goes_on_from_memory() {
    let blocks = SPILL_BLOCKS as u32 + 10;
    let film_bytes = u64::from(blocks) * BLOCK_BYTES;
    let block = vec![7; BLOCK];
    let room = Arc::new(AtomicU64::new(2 * BLOCK_BYTES + 100));
    let disk = SmallDisk { file: tempfile::tempfile().unwrap(), room: Arc::clone(&room) };
    let index = tempfile::tempfile().unwrap();
    index.set_len(1 << 20).unwrap();
    let (kept, claims) =
        Kept::open(film_bytes, blocks, Box::new(disk), Box::new(index), Vec::new()).unwrap();
    let store = Arc::new(BlockStore::kept(film_bytes, kept, claims));
    let come = |number| {
        store.set_hash(number, block_hash(film_bytes, number, &block).unwrap());
        store.write(number, &block).unwrap()
    };
    assert_eq!((come(0), come(1)), (Written::Disk, Written::Disk));
    assert_eq!(store.take_disk_trouble(), None);
    for number in 2..2 + SPILL_BLOCKS as u32 {
        assert_eq!(come(number), Written::Memory);
    }
    let told = store.take_disk_trouble().unwrap();
    assert!(told.contains("full") && told.ends_with('.'), "{told}");
    assert_eq!(come(2), Written::Memory, "again");
    assert_eq!((store.take_lost(), store.take_disk_trouble()), (vec![], None));

    // Somebody reads at the end, so what lies before gives way.
    let mut reader = store.reader();
    reader.seek(film_bytes - 5).unwrap();
    assert_eq!(come(blocks - 1), Written::Memory);
    assert_eq!(store.take_lost(), [2]);
    assert!(!store.have(2) && store.have(3) && store.have(0));
    let mut bytes = [0; 10];
    assert_eq!(reader.read(&mut bytes).unwrap(), 5);
    assert_eq!(bytes[..5], [7; 5]);
    assert_eq!(store.read(3).unwrap().unwrap(), block);

    // Room again: what comes goes there, and takes what waits in memory along.
    room.store(u64::MAX, Ordering::SeqCst);
    assert_eq!((come(2), come(blocks - 2)), (Written::Disk, Written::Disk));
    assert_eq!(come(3), Written::Disk);
    assert_eq!(come(blocks - 1), Written::Memory);
    assert_eq!(store.take_lost(), [] as [u32; 0]);
}

#[test]
fn several_threads_write_and_read_at_once() {
    let (folder, content) = (tempfile::tempdir().unwrap(), content());
    let store = film(&cache(folder.path()), &content);
    (0..5).for_each(|block| store.set_hash(block, hash_of(&content, block)));
    let seen = Mutex::new(0);
    std::thread::scope(|scope| {
        for first in 0..5 {
            let (store, content, seen) = (&store, &content, &seen);
            scope.spawn(move || {
                for block in (first..5).chain(0..first) {
                    store.write(block, block_of(content, block)).unwrap();
                    assert_eq!(store.read(block).unwrap().unwrap(), block_of(content, block));
                    *seen.lock().unwrap() += 1;
                }
            });
        }
    });
    assert_eq!(*seen.lock().unwrap(), 25);
    assert!(store.is_complete());
}
