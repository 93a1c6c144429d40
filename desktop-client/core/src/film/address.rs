//! Which addresses a film may be got from. Owns the check that everything goes through that a person or a
//! peer writes, and what is told of an address before it is opened.

use std::fmt;

use crate::sentence::{self, Sentence};

/// Longest address of a film that is accepted, in bytes.
pub const MAX_FILM_ADDRESS_BYTES: usize = 2_048;

/// An address that a film may be got from: `http` or `https`, with a host, without a user's name or
/// password, and nothing in it but visible ASCII. What comes behind `#`, which is not for servers, is cut.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FilmAddress {
    text: String,
    /// Where host and port lie in the text.
    authority: std::ops::Range<usize>,
}

/// Why an address is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilmAddressError {
    /// It is neither `http` nor `https`.
    Scheme,
    /// It is too long.
    TooLong,
    /// It has a user's name in it.
    UserInfo,
    /// It names no computer.
    Host,
    /// It has characters in it that no address has.
    Characters,
}

impl FilmAddressError {
    /// For a person.
    pub fn sentence(self) -> Sentence {
        match self {
            Self::Scheme => sentence::film_address_scheme(),
            Self::TooLong => sentence::film_address_too_long(),
            Self::UserInfo => sentence::film_address_user(),
            Self::Host => sentence::film_address_host(),
            Self::Characters => sentence::film_address_characters(),
        }
    }
}

impl fmt::Display for FilmAddressError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentence().fmt(formatter)
    }
}

impl std::error::Error for FilmAddressError {}

impl FilmAddress {
    /// Takes an address as a person or a peer writes it. Letters beyond ASCII are taken in the path, as
    /// the percent signs that browsers make of them.
    ///
    /// # Errors
    /// [`FilmAddressError`], a sentence for a person.
    pub fn parse(text: &str) -> Result<Self, FilmAddressError> {
        if text.len() > MAX_FILM_ADDRESS_BYTES {
            return Err(FilmAddressError::TooLong);
        }
        let text = text.trim_matches(' ');
        let (scheme, rest) = text.split_once("://").ok_or(FilmAddressError::Scheme)?;
        let scheme = scheme.to_ascii_lowercase();
        if scheme != "http" && scheme != "https" {
            return Err(FilmAddressError::Scheme);
        }
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(FilmAddressError::UserInfo);
        }
        check_authority(authority)?;
        let mut whole = format!("{scheme}://{}", authority.to_ascii_lowercase());
        let authority = scheme.len() + "://".len()..whole.len();
        for character in path.chars() {
            match character {
                // To some programs it is a slash.
                '\\' => return Err(FilmAddressError::Characters),
                '"' | '<' | '>' | '^' | '`' | '{' | '|' | '}' => {
                    whole.push_str(&format!("%{:02X}", u32::from(character)));
                }
                '!'..='~' => whole.push(character),
                _ if character.is_alphanumeric() => {
                    let mut bytes = [0; 4];
                    for byte in character.encode_utf8(&mut bytes).bytes() {
                        whole.push_str(&format!("%{byte:02X}"));
                    }
                }
                _ => return Err(FilmAddressError::Characters),
            }
        }
        if whole.len() > MAX_FILM_ADDRESS_BYTES {
            return Err(FilmAddressError::TooLong);
        }
        Ok(Self { text: whole, authority })
    }

    /// The address to open.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The server, with its port where one is given: what a person must know to agree.
    pub fn server(&self) -> &str {
        &self.text[self.authority.clone()]
    }
}

/// Is this a host, perhaps with a port?
fn check_authority(authority: &str) -> Result<(), FilmAddressError> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or(FilmAddressError::Host)?;
            host.parse::<std::net::Ipv6Addr>().map_err(|_| FilmAddressError::Host)?;
            (host, port)
        }
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':');
    if !host.contains(|c: char| c.is_ascii_alphanumeric()) || !host.chars().all(is_name) {
        return Err(FilmAddressError::Host);
    }
    let is_port = match port.strip_prefix(':') {
        Some(port) => {
            port.bytes().all(|byte| byte.is_ascii_digit())
                && port.parse::<u16>().is_ok_and(|port| port > 0)
        }
        None => port.is_empty(),
    };
    if is_port { Ok(()) } else { Err(FilmAddressError::Host) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Result<String, FilmAddressError> {
        FilmAddress::parse(text).map(|address| address.text)
    }

    #[test]
    fn what_a_browser_shows_is_taken() {
        for (given, taken) in [
            ("http://example.org/film.mkv", "http://example.org/film.mkv"),
            (
                "  HTTPS://Example.org:8443/A/b.mp4?x=1&y=%20#t=5 ",
                "https://example.org:8443/A/b.mp4?x=1&y=%20",
            ),
            ("http://192.168.1.2:8080", "http://192.168.1.2:8080"),
            ("http://[fe80::1]:80/a", "http://[fe80::1]:80/a"),
            ("https://example.org/für@elise.mkv", "https://example.org/f%C3%BCr@elise.mkv"),
            ("https://example.org?film=1", "https://example.org?film=1"),
            ("https://example.org/a|b", "https://example.org/a%7Cb"),
        ] {
            assert_eq!(parsed(given).as_deref(), Ok(taken));
        }
        let address = FilmAddress::parse("https://example.org:8443/a?b").unwrap();
        assert_eq!(address.server(), "example.org:8443");
    }

    #[test]
    fn nothing_but_http_and_https_is_taken() {
        for text in [
            "",
            "film.mkv",
            "/films/film.mkv",
            "file:///etc/passwd",
            "FTP://example.org/a",
            "http:/example.org/a",
            "http:example.org",
            "concat:http://example.org/a|http://example.org/b",
            "lavf://http://example.org/a",
            "edl://http://example.org/a",
            "av://lavfi:testsrc",
            "javascript:alert(1)//http://a",
            "\u{200b}http://example.org/a",
        ] {
            assert_eq!(parsed(text), Err(FilmAddressError::Scheme), "{text}");
        }
    }

    #[test]
    fn what_hides_where_it_leads_is_refused() {
        use FilmAddressError::{Characters, Host, TooLong, UserInfo};
        for (text, why) in [
            ("http://anna:secret@example.org/a", UserInfo),
            ("http://example.org@evil.test/", UserInfo),
            ("http:///film.mkv", Host),
            ("http://", Host),
            ("http://:80/a", Host),
            ("http://.../a", Host),
            ("http://exa mple.org/a", Host),
            ("http://example.org\\@evil.test/a", UserInfo),
            ("http://example.org\\.evil.test/a", Host),
            ("http://example.org:/a", Host),
            ("http://example.org:99999/a", Host),
            ("http://example.org:+80/a", Host),
            ("http://[::1/a", Host),
            ("http://[::1]x/a", Host),
            ("http://[not-an-address]/a", Host),
            ("http://ехample.org/a", Host),
            ("http://example.org/a\nHost: evil.test", Characters),
            ("http://example.org/a\0b", Characters),
            ("http://example.org/a b", Characters),
            ("http://example.org/\u{202e}4pm.exe", Characters),
            ("http://example.org/a\\b", Characters),
        ] {
            assert_eq!(parsed(text), Err(why), "{text}");
        }
        let long = format!("http://example.org/{}", "a".repeat(MAX_FILM_ADDRESS_BYTES));
        assert_eq!(parsed(&long), Err(TooLong));
        // Short as it is written, too long as it is sent.
        let long = format!("http://example.org/{}", "ü".repeat(1_000));
        assert_eq!(parsed(&long), Err(TooLong));
    }

    proptest! {
        #[test]
        fn whatever_is_taken_is_visible_ascii_with_a_server_and_stays_the_same_when_taken_again(
            text in prop_oneof![
                ".*",
                "https?://\\PC*",
                "https?://[a-z.:\\[\\]@0-9]{1,20}[/?#]\\PC*",
            ],
        ) {
            if let Ok(address) = FilmAddress::parse(&text) {
                prop_assert!(address.as_str().starts_with("http"));
                prop_assert!(address.as_str().len() <= MAX_FILM_ADDRESS_BYTES);
                prop_assert!(address.as_str().bytes().all(|byte| (b'!'..=b'~').contains(&byte)));
                prop_assert!(!address.server().is_empty() && !address.server().contains('@'));
                prop_assert_eq!(FilmAddress::parse(address.as_str()), Ok(address));
            }
        }
    }
}
