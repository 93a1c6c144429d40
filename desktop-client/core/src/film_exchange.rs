//! Streaming a film from friends: which blocks to ask of whom, and what is sent to whom in which order.
//!
//! The parts: `intake` is one's own film that comes, `serving` what others get, `message` what is said
//! between the two. Bytes, hashes and files are the shell's; here are numbers of blocks.

pub mod intake;
pub mod message;
mod rate;
pub mod serving;

#[cfg(test)]
mod tests;
