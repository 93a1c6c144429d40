//! What a film is to the room: a name, a size, a duration and a fingerprint that tells whether two
//! files are the same. And where a player gets one from.

mod address;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use address::{FilmAddress, FilmAddressError, MAX_FILM_ADDRESS_BYTES};

/// Longest film name that is accepted from a peer, in characters.
pub const MAX_FILM_NAME_CHARS: usize = 200;

/// No film is longer, in seconds.
pub const MAX_FILM_SECS: f64 = 1e7;
/// Longest film id: hexadecimal BLAKE3.
const MAX_FILM_ID_BYTES: usize = 128;

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
    /// The fast fingerprint; of an address, a hash of it.
    pub id: FilmId,
    /// Where it can be played from, if it is no file but an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// Where a player gets a film from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FilmSource {
    /// A local file.
    File(PathBuf),
    /// An address; what [`FilmAddress::parse`] does not take is not opened.
    Address(String),
    /// It comes from friends: what is here of it, and the rest as it comes.
    Stream(FilmId),
}

impl FilmInfo {
    /// A name under which the film can be saved in any folder: that of the film without what would lead elsewhere.
    pub fn file_name(&self) -> String {
        let plain = |c: char| if "/\\:*?\"<>|".contains(c) || c.is_control() { '_' } else { c };
        let name: String = self.name.chars().map(plain).collect();
        let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
        if name.is_empty() { "film".to_owned() } else { name.to_owned() }
    }

    /// Could an honest peer have told it?
    pub(crate) fn is_sane(&self) -> bool {
        let named = (1..=MAX_FILM_NAME_CHARS).contains(&self.name.chars().count())
            && !self.name.chars().any(char::is_control);
        let lasting = (0.0..=MAX_FILM_SECS).contains(&self.duration_secs);
        let id = &self.id.0;
        let identified =
            id.len() <= MAX_FILM_ID_BYTES && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let reachable =
            self.address.as_ref().is_none_or(|address| FilmAddress::parse(address).is_ok());
        named && lasting && identified && reachable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_is_saved_under_a_name_that_leads_nowhere() {
        let saved = |name: &str| {
            let (name, id) = (name.to_owned(), FilmId(String::new()));
            FilmInfo { name, bytes: 1, duration_secs: 0.0, id, address: None }.file_name()
        };
        assert_eq!(saved("The Long Way.mkv"), "The Long Way.mkv");
        assert_eq!(saved("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(saved("C:\\boot.ini"), "C__boot.ini");
        assert_eq!(saved(" .. "), "film");
    }
}
