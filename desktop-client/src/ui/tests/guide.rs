//! The user guide in `docs` names the window's keys and controls as they are.

use std::path::Path;

use super::super::keys::{KeyMap, TABLE};
use super::super::text;

const KEYBOARD: &str = include_str!("../../../../docs/src/guide/keyboard.md");
const WORDS: &str = include_str!("../../../../assets/translations/en.ftl");

#[test]
fn the_guide_lists_every_key() {
    let usual = KeyMap::default();
    for row in &TABLE {
        let keys = usual.keys(row);
        let names = keys.into_iter().map(text::key_name).collect::<Vec<_>>();
        let line = format!("| {} | {} |", names.join(", "), row.words());
        assert!(KEYBOARD.contains(&line), "{line}");
    }
}

/// In the guide, what is bold and no whole sentence is a word of the window's, or how one begins.
#[test]
fn the_guide_calls_controls_by_their_names() {
    let said: Vec<&str> = WORDS
        .lines()
        .filter_map(|line| line.trim_start().split_once(['=', ']']))
        .map(|(_, words)| words.trim())
        .collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/guide");
    let mut count = 0;
    for page in std::fs::read_dir(folder).unwrap() {
        let path = page.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let bold = text.split("**").skip(1).step_by(2).filter(|words| !words.ends_with('.'));
        for words in bold {
            let begins = words.trim_end_matches('…').trim_end();
            let known = said.iter().any(|said| said.starts_with(begins));
            assert!(known, "{}: the window does not say “{words}”", path.display());
            count += 1;
        }
    }
    assert!(count > 20, "only {count} names were found");
}
