//! What every file owes: a header, a bounded length, finished code, and no word of the machine it
//! was written on.

use super::Violation;
use super::source::{Source, names};

/// Lines before the tests.
const MAX_LINES: usize = 800;

/// Marks of unfinished code. Split, so that this file does not name them.
const UNFINISHED: &[&str] = &[concat!("to", "do!"), concat!("unimple", "mented!")];

/// Marks of unfinished thought, in comments too.
const NOTES_TO_SELF: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// Places that mean nothing on another machine: work folders and the hosts of registries.
const PLACES: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("static.cr", "ates.io"),
    concat!("index.cr", "ates.io"),
    concat!("deb.deb", "ian.org"),
    concat!("pypi", ".org"),
    concat!("registry.np", "mjs.org"),
];

/// Adds what a file of any kind breaks.
pub(crate) fn check_text(file: &str, text: &str, violations: &mut Vec<Violation>) {
    for (index, line) in text.lines().enumerate() {
        let mut report = |text: String| {
            violations.push(Violation { file: file.to_owned(), line: index + 1, text });
        };
        for place in PLACES.iter().filter(|place| line.contains(**place)) {
            report(format!("names `{place}`, which means nothing on another machine"));
        }
        for note in NOTES_TO_SELF.iter().filter(|note| names(line, note)) {
            report(format!("`{note}`: finish it, or write an issue"));
        }
    }
}

/// Adds what a Rust file breaks.
pub(crate) fn check_source(source: &Source, violations: &mut Vec<Violation>) {
    let mut report = |line: usize, text: String| {
        violations.push(Violation { file: source.file.clone(), line, text });
    };
    if !source.text.starts_with("//!") {
        report(1, "begins without a `//!` header that says what the file owns".to_owned());
    }
    if source.length > MAX_LINES {
        report(0, format!("{} lines before its tests, more than {MAX_LINES}", source.length));
    }
    if source.file.ends_with("/mod.rs") {
        report(0, "is a mod.rs: call it after its module, `thing.rs` beside `thing/`".to_owned());
    }
    for macro_name in UNFINISHED {
        for (index, _) in
            source.code.iter().enumerate().filter(|(_, line)| line.contains(macro_name))
        {
            report(index + 1, format!("`{macro_name}`: unfinished code"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str) -> Vec<String> {
        let mut violations = Vec::new();
        check_text("a/b.rs", text, &mut violations);
        check_source(&Source::new("a/b.rs", text), &mut violations);
        violations.into_iter().map(|violation| violation.text).collect()
    }

    #[test]
    fn a_good_file_breaks_nothing() {
        assert!(broken("//! Owns nothing.\n\nfn f() {}\n").is_empty());
    }

    #[test]
    fn a_file_without_a_header_is_found() {
        assert_eq!(broken("fn f() {}\n").len(), 1);
        assert_eq!(broken("// Not a header.\n").len(), 1);
    }

    #[test]
    fn a_long_file_is_found_but_its_tests_do_not_count() {
        let long = format!("//! Long.\n{}", "fn f() {}\n".repeat(MAX_LINES));
        assert_eq!(broken(&long).len(), 1);
        let tests = format!("//! Short.\n#[cfg(test)]\n{}", "fn f() {}\n".repeat(MAX_LINES));
        assert!(broken(&tests).is_empty());
    }

    #[test]
    fn unfinished_code_is_found() {
        for name in UNFINISHED {
            assert_eq!(broken(&format!("//! A.\nfn f() {{ {name}() }}\n")).len(), 1, "{name}");
        }
        for note in NOTES_TO_SELF {
            assert_eq!(broken(&format!("//! A.\n// {note}: later\n")).len(), 1, "{note}");
        }
    }

    #[test]
    fn places_of_one_machine_are_found_in_any_file() {
        for place in PLACES {
            let mut violations = Vec::new();
            check_text("README.md", &format!("see {place}x"), &mut violations);
            assert_eq!(violations.len(), 1, "{place}");
        }
    }

    #[test]
    fn a_mod_rs_is_found() {
        let mut violations = Vec::new();
        check_source(&Source::new("a/mod.rs", "//! A.\n"), &mut violations);
        assert_eq!(violations.len(), 1);
    }
}
