//! What a film is to the room: a name, a size, a duration and a fingerprint that tells whether two
//! files are the same. And where a player gets one from.

mod address;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use address::{FilmAddress, FilmAddressError, MAX_FILM_ADDRESS_BYTES};

/// Longest film name that is accepted from a peer, in characters.
pub const MAX_FILM_NAME_CHARS: usize = 200;

/// The fast fingerprint of a film: hexadecimal BLAKE3 over its size and sampled blocks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FilmId(pub String);

/// A film, as it is told to others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilmInfo {
    /// File name without its folder; shown, never used as a path.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Duration in seconds; 0 if the file does not tell.
    pub duration_secs: f64,
    /// The fast fingerprint.
    pub id: FilmId,
}

/// Where a player gets a film from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilmSource {
    /// A local file.
    File(PathBuf),
    /// An address; what [`FilmAddress::parse`] does not take is not opened.
    Address(String),
}
