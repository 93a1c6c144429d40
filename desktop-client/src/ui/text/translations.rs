//! Tests over all languages: that they say the same things with the same figures in them.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{self, Entry, Expression, InlineExpression, PatternElement};

use super::catalog::{Language, resource};

/// What belongs into each message, by its id.
type Messages = BTreeMap<String, BTreeSet<String>>;

/// What the code asks for.
fn wanted() -> Messages {
    let tables = [
        super::MESSAGES,
        super::say::MESSAGES,
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
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        assert!(wanted.insert((*id).to_owned(), args).is_none(), "{id} is declared twice");
    }
    wanted
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
    let wanted = wanted();
    for language in Language::ALL {
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
