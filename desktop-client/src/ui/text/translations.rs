//! Tests over all languages: that they say the same things with the same figures in them.

use std::collections::{BTreeMap, BTreeSet};

use cinemasync_core::sentence;
use fluent_syntax::ast::{self, Entry, Expression, InlineExpression, PatternElement};

use super::catalog::{Language, resource};

/// What belongs into each message, by its id.
type Messages = BTreeMap<String, BTreeSet<String>>;

/// What is asked for in a language.
fn wanted(language: Language) -> Messages {
    let tables = [
        super::MESSAGES,
        super::say::MESSAGES,
        super::care::MESSAGES,
        super::care::say::MESSAGES,
        super::film::MESSAGES,
        super::film::say::MESSAGES,
        super::layouts::MESSAGES,
        super::layouts::say::MESSAGES,
        super::people::MESSAGES,
        super::people::say::MESSAGES,
        super::screens::MESSAGES,
        super::screens::say::MESSAGES,
        super::streams::MESSAGES,
        super::streams::say::MESSAGES,
        super::tracks::MESSAGES,
        super::tracks::say::MESSAGES,
        super::window::MESSAGES,
        super::window::say::MESSAGES,
    ];
    let mut wanted = Messages::new();
    for (id, args) in tables.into_iter().flatten() {
        want(&mut wanted, id, args);
    }
    // In English they are told as those word them who tell them.
    if language != Language::English {
        for (id, args, _) in sentence::ALL.into_iter().flatten() {
            want(&mut wanted, id, args);
        }
        for (_, id) in sentence::REFUSALS {
            want(&mut wanted, id, &[]);
        }
    }
    wanted
}

fn want(wanted: &mut Messages, id: &str, args: &[&str]) {
    let args = args.iter().map(|arg| (*arg).to_owned()).collect();
    assert!(wanted.insert(id.to_owned(), args).is_none(), "{id} is declared twice");
}

/// What a language's file says.
fn said(language: Language) -> Messages {
    let mut said = Messages::new();
    for entry in resource(language).entries() {
        match entry {
            Entry::Message(message) => {
                let mut args = BTreeSet::new();
                let text = message.value.as_ref().expect("a message says something");
                collect(text, &mut args);
                let twice = said.insert(message.id.name.to_owned(), args).is_some();
                assert!(!twice, "{} stands twice in {language:?}", message.id.name);
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            other => panic!("{language:?}: {other:?}"),
        }
    }
    said
}

fn collect(pattern: &ast::Pattern<&str>, args: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(inline) => collect_one(inline, args),
            Expression::Select { selector, variants } => {
                collect_one(selector, args);
                variants.iter().for_each(|variant| collect(&variant.value, args));
            }
        }
    }
}

fn collect_one(inline: &InlineExpression<&str>, args: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            args.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => match expression.as_ref() {
            Expression::Inline(inline) => collect_one(inline, args),
            Expression::Select { .. } => panic!("a choice within a choice"),
        },
        InlineExpression::StringLiteral { .. } => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_language_says_all_that_is_asked_for_and_no_more() {
    for language in Language::ALL {
        let wanted = wanted(language);
        let said = said(language);
        let missing: Vec<_> = wanted.keys().filter(|id| !said.contains_key(*id)).collect();
        let unused: Vec<_> = said.keys().filter(|id| !wanted.contains_key(*id)).collect();
        assert!(missing.is_empty() && unused.is_empty(), "{language:?}: {missing:?} {unused:?}");
        for (id, args) in &wanted {
            assert_eq!(&said[id], args, "{language:?}: {id}");
        }
    }
}

#[test]
fn no_language_s_file_has_a_line_that_cannot_be_read() {
    for language in Language::ALL {
        let read = fluent_bundle::FluentResource::try_new(language.source().to_owned());
        assert!(read.is_ok(), "{language:?}: {:?}", read.err().map(|(_, errors)| errors));
    }
}

#[test]
fn a_locale_of_the_system_names_a_language() {
    for (locale, expected) in [
        ("en-GB", Some(Language::English)),
        ("en_US.UTF-8", Some(Language::English)),
        ("de-AT", Some(Language::German)),
        ("zh_CN.UTF-8", Some(Language::Chinese)),
        ("pt_BR@latin", Some(Language::Portuguese)),
        ("tlh", None),
        ("", None),
    ] {
        assert_eq!(Language::of_locale(locale), expected, "{locale}");
    }
}

#[test]
fn a_sentence_of_the_session_s_is_told_in_the_language_that_is_spoken() {
    let names = vec!["Ana".to_owned(), "Ben".to_owned()];
    let sentences = [
        sentence::left_behind(names),
        sentence::film_ahead(sentence::Value::figure(1.5, 1)),
        sentence::device_busy("microphone"),
        sentence::device_failed("USB", sentence::camera_stopped()),
    ];
    let told = |language| {
        super::speak(language);
        sentences.each_ref().map(super::told)
    };
    assert_eq!(told(Language::English), sentences.each_ref().map(ToString::to_string));
    assert_eq!(
        told(Language::German),
        [
            "Der Film geht ohne Ana und Ben weiter",
            "Film 1,5 ms voraus",
            "Das Mikrofon wird von einem anderen Programm benutzt. Schließ es und versuch es noch einmal.",
            "USB: Die Kamera ist stehen geblieben. Schließ sie neu an oder wähl eine andere.",
        ]
    );
    assert_eq!(super::told(&sentence::Sentence::foreign("Hm.")), "Hm.");
}

#[test]
fn figures_and_numbers_of_things_are_written_as_the_language_does() {
    super::speak(Language::German);
    assert_eq!(super::seconds(800), "0,8 s");
    assert_eq!(super::people(1), "1 Person im Raum");
    assert_eq!(super::people(3), "3 Personen im Raum");
    super::speak(Language::Chinese);
    assert_eq!(super::people(1), "房间里有 1 人");
    super::speak(Language::English);
    assert_eq!(super::people(1), "1 person in the room");
}
