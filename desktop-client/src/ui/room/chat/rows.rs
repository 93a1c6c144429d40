//! How tall each chat line is: guessed until it was drawn once, so that the scroll bar knows the
//! whole without laying out ten thousand texts. Pure.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use cinemasync_core::interface::ChatLine;

use crate::ui::theme::{line, space};

/// The line above a group that says who and when.
pub(super) const HEADER: f32 = 20.0;
/// Above and below a bubble's text.
pub(super) const PADDING: f32 = 10.0;
/// A letter's usual width in the chat's type.
const LETTER: f32 = 7.0;

/// How a line follows the one above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// Another person, or a later minute: says who and when.
    New,
    /// Goes on.
    Continued,
}

impl Group {
    /// How `said` follows `above`.
    pub(super) fn of(above: Option<&ChatLine>, said: &ChatLine) -> Self {
        let minute = |line: &ChatLine| line.at_unix_ms / 60_000;
        match above {
            Some(above) if above.from == said.from && minute(above) == minute(said) => {
                Self::Continued
            }
            _ => Self::New,
        }
    }
}

/// The heights of all lines, in their order.
#[derive(Debug, Default)]
pub(super) struct Rows {
    rows: VecDeque<Row>,
    width: f32,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    key: u64,
    height: f32,
}

fn key(said: &ChatLine) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&said.from, &said.id, said.at_unix_ms).hash(&mut hasher);
    hasher.finish()
}

fn guess(above: Option<&ChatLine>, said: &ChatLine, width: f32) -> f32 {
    let letters = (width * super::BUBBLE_SHARE / LETTER).max(8.0);
    let lines = |text: &str| (text.chars().count() as f32 / letters).ceil().max(1.0);
    let rows: f32 = said.text.split('\n').map(lines).sum();
    if said.from.is_none() {
        return rows * line::CAPTION + space::S;
    }
    let bubble = rows * line::BODY + 2.0 * PADDING;
    match Group::of(above, said) {
        Group::New => bubble + HEADER + space::M,
        Group::Continued => bubble + space::XS,
    }
}

impl Rows {
    /// Follows the chat: old lines may be gone at its head, new ones are at its end. Another width
    /// makes every height a guess again.
    pub(super) fn update(&mut self, chat: &[ChatLine], width: f32) {
        if (self.width - width).abs() > 0.5 {
            self.rows.clear();
            self.width = width;
        }
        let same_ends = self.rows.len() == chat.len()
            && self.rows.front().map(|row| row.key) == chat.first().map(key)
            && self.rows.back().map(|row| row.key) == chat.last().map(key);
        if same_ends {
            return;
        }
        match chat.first().map(key) {
            Some(first) => match self.rows.iter().position(|row| row.key == first) {
                Some(gone) => drop(self.rows.drain(..gone)),
                None => self.rows.clear(),
            },
            None => self.rows.clear(),
        }
        self.rows.truncate(chat.len());
        for index in self.rows.len()..chat.len() {
            let above = index.checked_sub(1).and_then(|index| chat.get(index));
            let height = guess(above, &chat[index], width);
            self.rows.push_back(Row { key: key(&chat[index]), height });
        }
    }

    /// The height of all lines.
    pub(super) fn total(&self) -> f32 {
        self.rows.iter().map(|row| row.height).sum()
    }

    /// The first line that reaches below `top`, and the height of all before it.
    pub(super) fn first_in(&self, top: f32) -> (usize, f32) {
        let mut before = 0.0;
        for (index, row) in self.rows.iter().enumerate() {
            if before + row.height > top {
                return (index, before);
            }
            before += row.height;
        }
        (self.rows.len(), before)
    }

    /// The line was drawn and took this height.
    pub(super) fn measured(&mut self, index: usize, height: f32) {
        if let Some(row) = self.rows.get_mut(index) {
            row.height = height;
        }
    }
}

#[cfg(test)]
mod tests {
    use cinemasync_core::interface::Via;
    use cinemasync_protocol::ParticipantId;

    use super::*;

    fn said(from: &str, number: u64, minute: u64) -> ChatLine {
        ChatLine {
            sentence: None,
            film_secs: None,
            from: Some(ParticipantId::new(from)),
            name: from.to_owned(),
            text: "hello".to_owned(),
            id: number.to_string(),
            via: Via::Peer,
            at_unix_ms: minute * 60_000,
        }
    }

    #[test]
    fn lines_of_one_person_and_minute_are_a_group() {
        let first = said("a", 1, 5);
        assert_eq!(Group::of(None, &first), Group::New);
        assert_eq!(Group::of(Some(&first), &said("a", 2, 5)), Group::Continued);
        assert_eq!(Group::of(Some(&first), &said("a", 2, 6)), Group::New);
        assert_eq!(Group::of(Some(&first), &said("b", 2, 5)), Group::New);
    }

    #[test]
    fn heights_once_measured_outlive_lines_that_fall_off_the_head() {
        let mut chat: Vec<_> = (0..100).map(|number| said("a", number, number)).collect();
        let mut rows = Rows::default();
        rows.update(&chat, 280.0);
        rows.measured(10, 500.0);
        chat.drain(..10);
        chat.push(said("b", 100, 100));
        rows.update(&chat, 280.0);
        assert_eq!(rows.rows.len(), chat.len());
        assert!((rows.rows[0].height - 500.0).abs() < 0.01);
        let (first, before) = rows.first_in(600.0);
        assert!(first >= 1 && before >= 500.0);
        rows.update(&[], 280.0);
        assert!(rows.total() < 0.01);
    }

    #[test]
    fn another_width_is_guessed_anew() {
        let chat = [said("a", 1, 1)];
        let mut rows = Rows::default();
        rows.update(&chat, 280.0);
        rows.measured(0, 900.0);
        rows.update(&chat, 400.0);
        assert!(rows.total() < 100.0);
    }
}
