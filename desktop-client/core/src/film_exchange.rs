//! Streaming a film from friends: which blocks to ask of whom, and what is sent to whom in which order.
//!
//! The parts: `intake` is one's own film that comes, `source` one of those it comes from, `serving` what
//! others get, `message` what is said between the two. Bytes, hashes and files are the shell's; here are
//! numbers of blocks.

pub mod intake;
pub mod message;
mod rate;
pub mod serving;
mod source;

#[cfg(test)]
mod tests;
