//! What is wrong with what a person typed or pasted into the code field. Pure.

use std::str::FromStr as _;

use cinemasync_protocol::{RoomCode, RoomCodeError};

use crate::ui::text;

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
    use cinemasync_core::invitation::read;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_link_of_ours_gives_its_server_back() {
        let made = text::invite_link("K7QM4XTB".parse().unwrap(), "ws://[::1]:80/a b");
        assert_eq!(read(&made).server.as_deref(), Some("ws://[::1]:80/a b"));
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
