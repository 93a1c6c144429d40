//! What a person is told, so that it can be said in any language: which sentence it is, what belongs into
//! it, and how it reads in English. All of them stand here and in the files below, each a function; the
//! window's translations are kept complete by a test.

mod call;
mod devices;
mod film;
mod screens;
mod session;

pub use self::call::*;
pub use self::devices::*;
pub use self::film::*;
pub use self::screens::*;
pub use self::session::*;

use std::fmt;

use cinemasync_protocol::ErrorCode;

/// All sentences: the id, what belongs into each, and its English with `{name}` for that.
pub const ALL: [&[(&str, &[&str], &str)]; 5] = [CALL, DEVICES, FILM, SCREENS, SESSION];

/// A sentence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sentence {
    id: &'static str,
    values: Vec<(&'static str, Value)>,
    english: String,
}

/// What belongs into a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// The same in each language: a name, a place in a film, an address.
    Text(String),
    /// A figure as it is written in English, `1.5`.
    Figure(String),
    /// Several people's names.
    Names(Vec<String>),
    /// A sentence, or a part of one.
    Sentence(Sentence),
}

impl Sentence {
    /// A sentence that somebody else worded, perhaps in English: a server, the system.
    pub fn foreign(text: impl Into<String>) -> Self {
        Self { english: text.into(), ..Self::default() }
    }

    /// A server's refusal: its words, which are English, and which refusal it is.
    pub fn refusal(code: ErrorCode, text: impl Into<String>) -> Self {
        let id = refusal_id(code).unwrap_or_default();
        Self { id, values: Vec::new(), english: text.into() }
    }

    /// One of those below.
    fn of(id: &'static str, english: &str, values: Vec<(&'static str, Value)>) -> Self {
        let mut written = String::with_capacity(english.len());
        let mut rest = english;
        while let Some((before, (name, after))) =
            rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            written.push_str(before);
            if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
                written.push_str(&value.to_string());
            }
            rest = after;
        }
        written.push_str(rest);
        Self { id, values, english: written }
    }

    /// Which one it is; empty for one that somebody else worded.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// What belongs into it.
    pub fn values(&self) -> &[(&'static str, Value)] {
        &self.values
    }

    /// In English.
    pub fn as_str(&self) -> &str {
        &self.english
    }

    /// Is there nothing to say?
    pub fn is_empty(&self) -> bool {
        self.english.is_empty()
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.english)
    }
}

impl From<String> for Sentence {
    fn from(text: String) -> Self {
        Self::foreign(text)
    }
}

impl From<&str> for Sentence {
    fn from(text: &str) -> Self {
        Self::foreign(text)
    }
}

impl Value {
    /// A figure with so many digits behind the point.
    pub fn figure(value: f64, digits: usize) -> Self {
        Self::Figure(format!("{value:.digits$}"))
    }

    /// The same with its sign.
    pub fn signed(value: f64, digits: usize) -> Self {
        Self::Figure(format!("{value:+.digits$}"))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Figure(text) => formatter.write_str(text),
            Self::Names(names) => match names.as_slice() {
                [] => Ok(()),
                [one] => formatter.write_str(one),
                [rest @ .., last] => write!(formatter, "{} and {last}", rest.join(", ")),
            },
            Self::Sentence(sentence) => sentence.fmt(formatter),
        }
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<usize> for Value {
    fn from(count: usize) -> Self {
        Self::Figure(count.to_string())
    }
}

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Figure(count.to_string())
    }
}

impl From<Vec<String>> for Value {
    fn from(names: Vec<String>) -> Self {
        Self::Names(names)
    }
}

impl From<Sentence> for Value {
    fn from(sentence: Sentence) -> Self {
        Self::Sentence(sentence)
    }
}

/// Declares sentences: each becomes a function of its id, with what belongs into it as arguments.
macro_rules! sentences {
    ($all:ident: $($id:ident $(($($value:ident),+))? = $english:literal;)+) => {
        $(
            #[doc = $english]
            pub fn $id($($($value: impl Into<crate::sentence::Value>),+)?) -> crate::sentence::Sentence {
                crate::sentence::Sentence::of(
                    stringify!($id),
                    $english,
                    vec![$($((stringify!($value), $value.into())),+)?],
                )
            }
        )+

        pub(super) const $all: &[(&str, &[&str], &str)] =
            &[$((stringify!($id), &[$($(stringify!($value)),+)?], $english)),+];
    };
}
use sentences;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_written_with_what_belongs_into_it() {
        let sentence = went_to("Ana {place}", "1:02");
        assert_eq!(sentence.as_str(), "Ana {place} went to 1:02");
        let names = vec!["Ana".to_owned(), "Ben".to_owned()];
        let left = left_behind(names);
        assert_eq!(left.to_string(), "The film goes on without Ana and Ben");
        assert_eq!((left.id(), Sentence::foreign("?").id()), ("left_behind", ""));
    }

    #[test]
    fn every_sentence_names_what_belongs_into_it() {
        for (id, values, english) in ALL.into_iter().flatten() {
            let mut named: Vec<&str> = english
                .split('{')
                .skip(1)
                .filter_map(|rest| Some(rest.split_once('}')?.0))
                .collect();
            named.sort_unstable();
            named.dedup();
            let mut values = values.to_vec();
            values.sort_unstable();
            assert_eq!(named, values, "{id}");
        }
    }
}
