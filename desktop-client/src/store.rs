//! The bytes of films that are streamed: where they lie, whether they are true, and how they are read while
//! they come.
//!
//! Owns the blocks of a film (`block_store`), their hashes (`hashing`), the cache with its limits (`cache`),
//! what a player reads from (`reader`) and the copy that a person keeps (`keep`). Which block is asked of whom
//! is decided elsewhere. All of it blocks and may be used from any thread; it has none of its own.

mod block_store;
mod cache;
mod disk;
mod hashing;
mod keep;
mod kept;
mod reader;
mod spill;

#[cfg(test)]
mod tests;

pub use block_store::{BlockStore, OnWanted, Wanted, WriteError, Written};
pub use cache::{Cache, CacheError, Forgotten, Limits, Usage};
pub use hashing::{BlockHash, block_hash, full_hash, merge};
pub use keep::{Keep, KeepError, keep};
pub use reader::{Canceller, Reader};
