//! How fast the store is and how much memory it takes. By hand, as it depends on the machine:
//! `cargo nextest run --workspace --run-ignored only --no-capture -E 'test(/store::tests::figures/)'`

use std::time::Instant;

use super::*;

#[test]
#[ignore = "a measurement"]
fn speed_of_what_comes_is_checked_stored_and_given_on() {
    const BLOCKS: u32 = 8_000;
    let folder = tempfile::tempdir().unwrap();
    let film_bytes = u64::from(BLOCKS) * BLOCK_BYTES;
    let store = cache(folder.path()).film(&id('a'), film_bytes).unwrap();
    let bytes: Vec<u8> = (0..BLOCK).map(|n| (n % 253) as u8).collect();
    let hashes: Vec<_> =
        (0..BLOCKS).map(|block| block_hash(film_bytes, block, &bytes).unwrap()).collect();
    let tell = |what: &str, begun: Instant| {
        let secs = begun.elapsed().as_secs_f64();
        println!("{what}: {:.0} MB/s", film_bytes as f64 / secs / 1e6);
    };
    let begun = Instant::now();
    for (block, hash) in (0..).zip(hashes) {
        store.set_hash(block, hash);
        assert_eq!(store.write(block, &bytes).unwrap(), Written::Disk);
    }
    tell("checked and stored", begun);
    let begun = Instant::now();
    for block in 0..BLOCKS {
        assert!(store.read(block).unwrap().is_some());
    }
    tell("given on", begun);
    drop(store);
    let store = cache(folder.path()).film(&id('a'), film_bytes).unwrap();
    let begun = Instant::now();
    assert_eq!(recheck(&store).len(), BLOCKS as usize);
    tell("checked after a restart", begun);
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "a measurement"]
fn memory_of_a_film_of_twenty_gigabytes() {
    fn resident() -> f64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1e3
    }
    let film_bytes = 20_000_000_000;
    let folder = tempfile::tempdir().unwrap();
    let before = resident();
    let store = cache(folder.path()).film(&id('a'), film_bytes).unwrap();
    let blocks = store.blocks();
    (0..blocks).for_each(|block| store.set_hash(block, [block as u8; 32]));
    println!("in the cache, all hashes known: {:.1} MB", resident() - before);
    let own = folder.path().join("own");
    std::fs::File::create(&own).unwrap().set_len(film_bytes).unwrap();
    let before = resident();
    let own = BlockStore::local(&own).unwrap();
    for block in (0..blocks).step_by(7) {
        own.read(block).unwrap();
    }
    println!("a file of one's own, read in part: {:.1} MB", resident() - before);
}
