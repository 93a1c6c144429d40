//! The addresses within a message: which words are some, and what is opened for them. Pure.

use std::ops::Range;

use cinemasync_core::film::FilmAddress;

/// A longer address is text: nobody looks through it before it is opened.
const LONGEST: usize = 500;
/// Of a message only so many can be pressed.
const MOST: usize = 16;

/// An address in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// Where it stands, in bytes.
    pub(super) at: Range<usize>,
    /// What is opened: the address as programs write it.
    pub(super) address: String,
}

/// The addresses in `text`: `http` and `https`, nothing else.
pub(super) fn links(text: &str) -> Vec<Link> {
    let mut start = 0;
    let words = text.split_inclusive(char::is_whitespace).map(|word| {
        let from = start;
        start += word.len();
        (from, word)
    });
    words.filter_map(|(from, word)| link(from, word)).take(MOST).collect()
}

/// The address that a word is, without what stands around it in a sentence.
fn link(from: usize, word: &str) -> Option<Link> {
    let opening = |c: char| matches!(c, '(' | '[' | '<' | '"' | '\'' | '“' | '„' | '«');
    let inner = word.trim_end().trim_start_matches(opening);
    let from = from + (word.trim_end().len() - inner.len());
    let mut inner =
        inner.trim_end_matches(['.', ',', ';', ':', '!', '?', '"', '\'', '>', '”', '»']);
    // A bracket that was opened within belongs to the address.
    for (open, close) in [('(', ')'), ('[', ']')] {
        while inner.ends_with(close) && !inner.contains(open) {
            inner = inner[..inner.len() - close.len_utf8()].trim_end_matches(['.', ',', '!', '?']);
        }
    }
    let scheme = inner.get(..8).unwrap_or(inner).to_ascii_lowercase();
    if inner.len() > LONGEST || !(scheme.starts_with("http://") || scheme == "https://") {
        return None;
    }
    let (page, place) = inner.split_once('#').unwrap_or((inner, ""));
    let mut address = FilmAddress::parse(page).ok()?.as_str().to_owned();
    let visible = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '`');
    if !place.is_empty() && place.chars().all(visible) {
        address = format!("{address}#{place}");
    }
    (address.len() <= LONGEST).then(|| Link { at: from..from + inner.len(), address })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<(&str, String)> {
        links(text).into_iter().map(|link| (&text[link.at.clone()], link.address)).collect()
    }

    #[test]
    fn addresses_are_found_within_sentences() {
        for (text, shown, opened) in [
            ("look: https://example.org/a?b=1.", "https://example.org/a?b=1", None),
            ("(http://example.org)", "http://example.org", None),
            ("é “HTTPS://Example.ORG/A”!", "HTTPS://Example.ORG/A", Some("https://example.org/A")),
            ("https://w.org/Film_(2024)", "https://w.org/Film_(2024)", None),
            ("a\nhttps://w.org/#plot b", "https://w.org/#plot", None),
            ("https://w.org/é", "https://w.org/é", Some("https://w.org/%C3%A9")),
        ] {
            let opened = opened.unwrap_or(shown).to_owned();
            assert_eq!(found(text), [(shown, opened)], "{text}");
        }
    }

    #[test]
    fn nothing_else_is_opened() {
        for text in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "cinemasync://join/K7QM4XTB",
            "www.example.org",
            "https://",
            "https://ana:secret@example.org",
            "https://example.org\u{202e}gro.live",
            "https://аpple.com",
            "http",
            "",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
        assert_eq!(found(&format!("https://example.org/{}", "a".repeat(LONGEST))), []);
        assert_eq!(found(&"https://a.org ".repeat(100)).len(), MOST);
    }

    proptest! {
        #[test]
        fn any_text_is_looked_through_without_panic(text in "(https?://)?.{0,60}") {
            for link in links(&text) {
                prop_assert!(text.get(link.at.clone()).is_some());
                prop_assert!(link.address.starts_with("http"));
            }
        }
    }
}
