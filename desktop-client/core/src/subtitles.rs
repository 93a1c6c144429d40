//! Subtitle files that somebody added to the film, offered to the others and fetched from them in
//! pieces that fit a control message. Whoever fetches asks for each piece, so nothing piles up.

use std::collections::BTreeMap;
use std::sync::Arc;

use cinemasync_protocol::ParticipantId;
use serde::{Deserialize, Serialize};

/// Largest subtitle file that is offered or fetched, in bytes.
pub const MAX_SUBTITLE_BYTES: usize = 1024 * 1024;
/// Longest name of one, in characters.
const MAX_NAME_CHARS: usize = 100;
/// Most files of one participant; the oldest goes.
const MOST_FILES: usize = 8;
/// Longest piece, in bytes: as JSON it is at most six times as long, and fits a control message.
const PIECE_BYTES: usize = 8 * 1024;

/// A subtitle file as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubtitleFile {
    /// File name without its folder; shown, never used as a path.
    pub name: String,
    /// The text.
    pub text: Arc<str>,
}

/// What peers say about subtitle files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "subtitle", rename_all = "snake_case")]
pub enum SubtitleMessage {
    /// The sender has this one.
    Offer {
        /// The sender's number for it.
        number: u32,
        /// Its name.
        name: String,
        /// Its size in bytes.
        bytes: usize,
    },
    /// The sender wants the piece that begins at this byte.
    Wanted {
        /// The receiver's number for it.
        number: u32,
        /// Where the piece begins.
        at: usize,
    },
    /// A piece.
    Piece {
        /// The sender's number for it.
        number: u32,
        /// Where the piece begins.
        at: usize,
        /// The text from there.
        text: String,
    },
}

/// A file that somebody offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubtitleOffer {
    /// Who.
    pub from: ParticipantId,
    /// That one's number for it.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Is it being fetched, or here already?
    pub taken: bool,
}

/// What comes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubtitleOutcome {
    /// Nothing to do.
    Nothing,
    /// Somebody offers a file.
    Offered(SubtitleOffer),
    /// Answer the one who sent it.
    Answer(SubtitleMessage),
    /// A file is here in full.
    Complete(SubtitleFile),
}

#[derive(Debug)]
struct Offered {
    number: u32,
    name: String,
    bytes: usize,
    /// What is here of it, once it was asked for.
    text: Option<String>,
}

/// One's own files, and those of others.
#[derive(Debug, Default)]
pub(crate) struct SubtitleShelf {
    next: u32,
    mine: Vec<(u32, SubtitleFile)>,
    offered: BTreeMap<ParticipantId, Vec<Offered>>,
}

impl SubtitleShelf {
    /// Puts one's own file there; how it is offered, if it is not too large for that.
    pub(crate) fn add(&mut self, file: SubtitleFile) -> Option<SubtitleMessage> {
        if !(1..=MAX_SUBTITLE_BYTES).contains(&file.text.len()) {
            return None;
        }
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        let file = SubtitleFile { name: shown_name(&file.name), ..file };
        let offer = offer(number, &file);
        if self.mine.len() == MOST_FILES {
            self.mine.remove(0);
        }
        self.mine.push((number, file));
        Some(offer)
    }

    /// Everything of one's own, for somebody who has just come.
    pub(crate) fn offers(&self) -> impl Iterator<Item = SubtitleMessage> {
        self.mine.iter().map(|(number, file)| offer(*number, file))
    }

    /// What the others offer.
    pub(crate) fn view(&self) -> Vec<SubtitleOffer> {
        let of = |(from, files): (&ParticipantId, &Vec<Offered>)| -> Vec<SubtitleOffer> {
            let view = |file: &Offered| SubtitleOffer {
                from: from.clone(),
                number: file.number,
                name: file.name.clone(),
                taken: file.text.is_some(),
            };
            files.iter().map(view).collect()
        };
        self.offered.iter().flat_map(of).collect()
    }

    /// Forgets what somebody offered.
    pub(crate) fn gone(&mut self, id: &ParticipantId) {
        self.offered.remove(id);
    }

    /// What was for one film is not for the next.
    pub(crate) fn clear(&mut self) {
        self.mine.clear();
        self.offered.clear();
    }

    /// Begins to fetch a file; what to ask for.
    pub(crate) fn take(&mut self, from: &ParticipantId, number: u32) -> Option<SubtitleMessage> {
        let file = self.find(from, number)?;
        file.text = Some(String::new());
        Some(SubtitleMessage::Wanted { number, at: 0 })
    }

    /// Somebody says something.
    pub(crate) fn hear(
        &mut self,
        from: &ParticipantId,
        message: SubtitleMessage,
    ) -> SubtitleOutcome {
        match message {
            SubtitleMessage::Offer { number, name, bytes } => {
                if !(1..=MAX_SUBTITLE_BYTES).contains(&bytes) {
                    return SubtitleOutcome::Nothing;
                }
                let files = self.offered.entry(from.clone()).or_default();
                if files.iter().any(|file| file.number == number) {
                    return SubtitleOutcome::Nothing;
                }
                if files.len() == MOST_FILES {
                    files.remove(0);
                }
                let name = shown_name(&name);
                files.push(Offered { number, name: name.clone(), bytes, text: None });
                let from = from.clone();
                SubtitleOutcome::Offered(SubtitleOffer { from, number, name, taken: false })
            }
            SubtitleMessage::Wanted { number, at } => self
                .mine
                .iter()
                .find(|(mine, _)| *mine == number)
                .and_then(|(_, file)| piece(&file.text, at))
                .map_or(SubtitleOutcome::Nothing, |text| {
                    SubtitleOutcome::Answer(SubtitleMessage::Piece { number, at, text })
                }),
            SubtitleMessage::Piece { number, at, text } => {
                let Some(file) = self.find(from, number) else { return SubtitleOutcome::Nothing };
                let Some(have) = file.text.as_mut().filter(|have| have.len() == at) else {
                    return SubtitleOutcome::Nothing;
                };
                if text.is_empty() || have.len() + text.len() > file.bytes {
                    return SubtitleOutcome::Nothing;
                }
                have.push_str(&text);
                if have.len() < file.bytes {
                    return SubtitleOutcome::Answer(SubtitleMessage::Wanted {
                        number,
                        at: have.len(),
                    });
                }
                let text = std::mem::take(have).into();
                SubtitleOutcome::Complete(SubtitleFile { name: file.name.clone(), text })
            }
        }
    }

    fn find(&mut self, from: &ParticipantId, number: u32) -> Option<&mut Offered> {
        self.offered.get_mut(from)?.iter_mut().find(|file| file.number == number)
    }
}

fn offer(number: u32, file: &SubtitleFile) -> SubtitleMessage {
    SubtitleMessage::Offer { number, name: file.name.clone(), bytes: file.text.len() }
}

/// The text from this byte on, as much as fits a piece.
fn piece(text: &str, at: usize) -> Option<String> {
    let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
    Some(rest[..rest.floor_char_boundary(PIECE_BYTES)].to_owned())
}

/// A name as it can be shown.
fn shown_name(name: &str) -> String {
    let shown: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect();
    if shown.trim().is_empty() { "subtitles".to_owned() } else { shown }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fetch(text: &str) -> Option<SubtitleFile> {
        let (anna, ben) = (ParticipantId::new("anna"), ParticipantId::new("ben"));
        let (mut hers, mut his) = (SubtitleShelf::default(), SubtitleShelf::default());
        let file = SubtitleFile { name: "film.srt".to_owned(), text: text.into() };
        let offer = hers.add(file)?;
        his.hear(&anna, offer);
        let offered = his.view().first()?.clone();
        let mut asked = his.take(&anna, offered.number)?;
        loop {
            let SubtitleOutcome::Answer(piece) = hers.hear(&ben, asked) else { return None };
            match his.hear(&anna, piece) {
                SubtitleOutcome::Answer(next) => asked = next,
                SubtitleOutcome::Complete(file) => return Some(file),
                _ => return None,
            }
        }
    }

    #[test]
    fn what_was_not_asked_for_is_not_kept() {
        let anna = ParticipantId::new("anna");
        let mut shelf = SubtitleShelf::default();
        let offer = |number, bytes| SubtitleMessage::Offer { number, name: "\n".into(), bytes };
        assert_eq!(shelf.hear(&anna, offer(1, usize::MAX)), SubtitleOutcome::Nothing);
        let offered = shelf.hear(&anna, offer(1, 4));
        assert!(matches!(offered, SubtitleOutcome::Offered(offer) if offer.name == "subtitles"));
        let piece = |at, text: &str| SubtitleMessage::Piece { number: 1, at, text: text.into() };
        assert_eq!(shelf.hear(&anna, piece(0, "1234")), SubtitleOutcome::Nothing);
        shelf.take(&anna, 1);
        assert_eq!(shelf.hear(&anna, piece(0, "12345")), SubtitleOutcome::Nothing, "too long");
        assert_eq!(shelf.hear(&anna, piece(1, "1")), SubtitleOutcome::Nothing, "out of turn");
        assert!(matches!(shelf.hear(&anna, piece(0, "1234")), SubtitleOutcome::Complete(_)));
        for number in 0..100 {
            shelf.hear(&anna, offer(number, 4));
        }
        assert_eq!(shelf.view().len(), MOST_FILES);
    }

    proptest! {
        #[test]
        fn a_file_comes_over_whole(text in "(\\PC|\n|\u{1}){1,4000}", times in 1..6_usize) {
            let text = text.repeat(times);
            let got = fetch(&text).expect("fetched");
            prop_assert_eq!(&*got.text, text.as_str());
        }

        #[test]
        fn nothing_that_is_said_panics_or_piles_up(
            said in prop::collection::vec((0..3_u8, 0..12_u32, 0..9_000_usize, ".{0,40}"), 0..200),
        ) {
            let anna = ParticipantId::new("anna");
            let mut shelf = SubtitleShelf::default();
            shelf.add(SubtitleFile { name: String::new(), text: "é".repeat(5_000).into() });
            for (kind, number, at, text) in said {
                shelf.hear(&anna, match kind {
                    0 => SubtitleMessage::Offer { number, name: text, bytes: at },
                    1 => SubtitleMessage::Wanted { number, at },
                    _ => SubtitleMessage::Piece { number, at, text },
                });
                shelf.take(&anna, number);
                prop_assert!(shelf.view().len() <= MOST_FILES);
            }
        }
    }
}
