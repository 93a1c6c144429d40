//! Reading what a person types or pastes into the code field: a code in any spelling, or an
//! invitation link. Pure.

use std::str::FromStr as _;

use cinemasync_protocol::{RoomCode, RoomCodeError};

use crate::ui::text;

/// Longest server address that is taken from a link, in bytes.
const MAX_ADDRESS_BYTES: usize = 300;

/// What was found in the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Typed {
    /// The code so far: large letters without spaces and hyphens, at most 8 characters.
    pub(super) code: String,
    /// The server, if a link named one.
    pub(super) server: Option<String>,
}

/// Reads the field's text, which may be a link, a sentence around a code, or half a code.
pub(super) fn read(typed: &str) -> Typed {
    let link = typed.split_whitespace().find(|word| word.contains("://"));
    if let Some(link) = link {
        let (path, query) = link.split_once('?').unwrap_or((link, ""));
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let server = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("server="))
            .map(unescape)
            .filter(|server| !server.is_empty() && server.len() <= MAX_ADDRESS_BYTES);
        return Typed { code: squeeze(last), server };
    }
    Typed { code: squeeze(typed), server: None }
}

fn squeeze(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| c.to_ascii_uppercase())
        .take(RoomCode::LEN)
        .collect()
}

/// Undoes percent escapes; what is not one stays as it is.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = (first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|two| std::str::from_utf8(two).ok())
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The code, or a sentence that says what is wrong with it.
pub(super) fn check(code: &str) -> Result<RoomCode, String> {
    if code.is_empty() {
        return Err(text::code_missing().to_owned());
    }
    RoomCode::from_str(code).map_err(|error| match error {
        RoomCodeError::Length => text::code_length().to_owned(),
        RoomCodeError::Character(found) => text::code_character(found),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_read_in_any_spelling() {
        for typed in ["K7QM4XTB", "k7qm-4xtb", " K7QM 4XTB ", "k7qm—4xtb", "K7QM4XTBZZ"] {
            assert_eq!(read(typed).code, "K7QM4XTB", "{typed}");
        }
        assert_eq!(read("k7q").code, "K7Q");
    }

    #[test]
    fn a_link_gives_the_code_and_the_server() {
        let typed = read("come: cinemasync://join/k7qm4xtb?server=wss%3A%2F%2Ffilms.example.org");
        assert_eq!(typed.code, "K7QM4XTB");
        assert_eq!(typed.server.as_deref(), Some("wss://films.example.org"));
        let made = text::invite_link("K7QM4XTB".parse().unwrap(), "ws://[::1]:80/a b");
        assert_eq!(read(&made).server.as_deref(), Some("ws://[::1]:80/a b"));
        assert_eq!(read("https://x.org/join/K7QM4XTB/").code, "K7QM4XTB");
    }

    #[test]
    fn what_is_wrong_with_a_code_is_said_in_a_sentence() {
        assert!(check("K7QM4XTB").is_ok());
        assert_eq!(check(""), Err(text::code_missing().to_owned()));
        assert_eq!(check("K7QM"), Err(text::code_length().to_owned()));
        assert_eq!(check("K7QM4XT0"), Err(text::code_character('0')));
    }

    proptest! {
        #[test]
        fn nothing_typed_panics_and_codes_stay_short(typed in ".{0,200}") {
            let found = read(&typed);
            prop_assert!(found.code.chars().count() <= RoomCode::LEN);
            let _ = check(&found.code);
        }

        #[test]
        fn every_code_survives_its_link(random: [u8; 8]) {
            let code = RoomCode::from_random(random);
            let link = text::invite_link(code, "wss://films.example.org:443/a%20b");
            let read = read(&link);
            prop_assert_eq!(check(&read.code), Ok(code));
            prop_assert_eq!(read.server.as_deref(), Some("wss://films.example.org:443/a%20b"));
        }
    }
}
