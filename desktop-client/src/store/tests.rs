//! The store with real files: what comes, what survives, what is refused.

mod blocks;
mod cache;
mod figures;
mod keep;
mod reading;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use cinemasync_core::film::FilmId;
use cinemasync_core::film_blocks::{BLOCK_BYTES, block_len};

use super::*;

const BLOCK: usize = BLOCK_BYTES as usize;
const UNLIMITED: Limits = Limits { bytes: u64::MAX, age: Duration::MAX };

/// A film of five blocks, the last one short.
fn content() -> Vec<u8> {
    (0..4 * BLOCK + 1_000).map(|n| (n % 253) as u8 ^ (n >> 18) as u8).collect()
}

fn block_of(content: &[u8], block: u32) -> &[u8] {
    let start = block as usize * BLOCK;
    &content[start..start + block_len(content.len() as u64, block)]
}

fn hash_of(content: &[u8], block: u32) -> BlockHash {
    block_hash(content.len() as u64, block, block_of(content, block)).unwrap()
}

fn id(letter: char) -> FilmId {
    FilmId(letter.to_string().repeat(64))
}

fn cache(folder: &Path) -> Cache {
    Cache::new(folder.to_owned(), UNLIMITED)
}

fn film(cache: &Cache, content: &[u8]) -> Arc<BlockStore> {
    cache.film(&id('a'), content.len() as u64).unwrap()
}

/// A block comes.
fn come(store: &BlockStore, content: &[u8], block: u32) -> Written {
    store.set_hash(block, hash_of(content, block));
    store.write(block, block_of(content, block)).unwrap()
}

fn here(store: &BlockStore) -> Vec<u32> {
    (0..store.blocks()).filter(|block| store.have(*block)).collect()
}

fn recheck(store: &BlockStore) -> Vec<u32> {
    let mut counted = Vec::new();
    store.recheck(&AtomicBool::new(false), |block| counted.push(block));
    counted
}
