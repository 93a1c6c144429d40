//! What the session, the devices and the player tell, in the language that is spoken: which sentence it is
//! comes from there, its words from the translations. In English it is told as they word it.

use cinemasync_core::interface::ChatLine;
use cinemasync_core::sentence::{Sentence, Value};
use fluent_bundle::{FluentArgs, FluentValue};

use super::catalog::{Language, filled_with, marked, spoken};
use super::names;

/// A sentence of somebody else's.
pub(crate) fn told(sentence: &Sentence) -> String {
    let english = || sentence.as_str().to_owned();
    if spoken() == Language::English || sentence.id().is_empty() {
        return english();
    }
    let values = sentence.values().iter().map(|(name, value)| (*name, worded(value)));
    filled_with(sentence.id(), &FluentArgs::from_iter(values)).unwrap_or_else(english)
}

fn worded(value: &Value) -> FluentValue<'static> {
    match value {
        Value::Text(text) => FluentValue::from(text.clone()),
        // A whole number chooses between singular and plural; others are only shown.
        Value::Figure(figure) => match figure.parse::<u64>() {
            Ok(count) => FluentValue::from(count),
            Err(_) => FluentValue::from(marked(figure.clone())),
        },
        Value::Names(all) => FluentValue::from(names(all)),
        Value::Sentence(sentence) => FluentValue::from(told(sentence)),
    }
}

/// The figures of a line of figures.
pub(crate) fn figures(line: &[Sentence]) -> String {
    line.iter().map(told).collect::<Vec<_>>().join(" · ")
}

/// A line of no person in the chat.
pub(crate) fn system_line(line: &ChatLine) -> String {
    line.sentence.as_ref().map_or_else(|| line.text.clone(), told)
}
