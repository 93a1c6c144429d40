//! Reads a subtitle file of text, whatever its encoding.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use cinemasync_core::player::MAX_SUBTITLE_BYTES;
use cinemasync_core::sentence::{self, Sentence};
use cinemasync_core::subtitles::SubtitleFile;

use super::fingerprint::{self, FilmError};

/// Why a subtitle file cannot be used. Sentences for a person.
#[derive(Debug, thiserror::Error)]
pub enum SubtitleError {
    /// It is no readable file.
    #[error(transparent)]
    File(#[from] FilmError),
    /// It is too long.
    #[error("{}", sentence::subtitles_too_large())]
    TooLarge,
    /// It is not text.
    #[error("{}", sentence::subtitles_no_text())]
    NotText,
}

impl SubtitleError {
    /// For a person.
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::File(error) => error.sentence(),
            Self::TooLarge => sentence::subtitles_too_large(),
            Self::NotText => sentence::subtitles_no_text(),
        }
    }
}

/// The text of a subtitle file: UTF-8, UTF-16 with a byte order mark, or else Windows-1252.
///
/// # Errors
/// [`SubtitleError`], a sentence for a person.
pub fn read_subtitle(path: &Path) -> Result<SubtitleFile, SubtitleError> {
    fingerprint::check(path)?;
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(FilmError::from)?;
    let limit = MAX_SUBTITLE_BYTES as u64 + 1;
    file.take(limit).read_to_end(&mut bytes).map_err(|error: io::Error| FilmError::from(error))?;
    if bytes.len() > MAX_SUBTITLE_BYTES {
        return Err(SubtitleError::TooLarge);
    }
    let text = decode(&bytes).ok_or(SubtitleError::NotText)?;
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    Ok(SubtitleFile { name: fingerprint::shown_name(&name), text: text.into() })
}

fn decode(bytes: &[u8]) -> Option<String> {
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).ok()?,
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| windows_1252(*byte)).collect(),
        },
    };
    (!text.contains('\0') && !text.trim().is_empty()).then_some(text)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).collect::<Result<_, _>>().ok()
}

/// The character of a byte in Windows-1252 (WHATWG Encoding Standard, index windows-1252).
fn windows_1252(byte: u8) -> char {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => FROM_80[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<SubtitleFile, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.srt");
        std::fs::write(&path, bytes).unwrap();
        read_subtitle(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn text_is_read_in_the_encodings_that_people_have() {
        let words = "1\n00:00:01,000 --> 00:00:02,000\nÜber “Ångström”\n";
        let utf16: Vec<u8> =
            [0xFEFF].into_iter().chain(words.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let mut marked = vec![0xEF, 0xBB, 0xBF];
        marked.extend(words.as_bytes());
        for bytes in [words.as_bytes(), &utf16, &marked] {
            assert_eq!(&*read(bytes).unwrap().text, words);
        }
        assert_eq!(&*read(b"\xDCber \x93Angstr\xF6m\x94").unwrap().text, "Über “Angström”");
    }

    #[test]
    fn what_is_no_text_is_a_sentence() {
        for bytes in [&b"MZ\0\0\x90"[..], b"", b"  \n", &[0xFF, 0xFE, 0, 0xD8]] {
            assert!(read(bytes).is_err(), "{bytes:?}");
        }
        assert!(read(&vec![b'a'; MAX_SUBTITLE_BYTES + 1]).unwrap_err().contains("too large"));
        assert!(read_subtitle(Path::new("/")).is_err());
    }
}
