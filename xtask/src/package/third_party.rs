//! The notices of what others wrote and the programs contain: who, under which licence, and its words.
//! Read from the sources of the very crates that are in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::crates::Crate;
use crate::workspace;

/// How a file with a licence begins, in capitals.
const NAMES: &[&str] =
    &["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE", "OFL", "UFL", "PATENTS"];

/// How deep in a crate such files lie: C libraries come in a folder of theirs, typefaces in another.
const DEPTH: usize = 2;

/// The longest text that is a licence, in bytes.
const LONGEST: u64 = 200_000;

/// What is in the program and no crate: the typefaces, by whom, under which licence, and its file.
const TYPEFACES: &[(&str, &str, &str)] = &[
    ("Inter (typeface)", "OFL-1.1", "assets/fonts/Inter-OFL.txt"),
    ("Noto Emoji (typeface)", "OFL-1.1", "assets/fonts/NotoEmoji-OFL.txt"),
    ("Phosphor (icons)", "MIT", "assets/fonts/Phosphor-LICENSE"),
];

/// One who is named: name with version, licence, where from.
type Named = (String, String, String);

/// The notices of a program that is made of `crates`, and shows typefaces if it `draws`.
pub(crate) fn notices(crates: &[Crate], draws: bool) -> Result<String> {
    let root = workspace::root();
    let mut named = BTreeSet::new();
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in crates.iter().filter(|one| !one.ours) {
        let name = format!("{} {}", one.name, one.version);
        let mut found = licences_in(&one.folder, DEPTH)?;
        if found.is_empty() {
            found.push(standard(one, &root)?);
        }
        for text in found {
            texts.entry(text).or_default().insert(name.clone());
        }
        let from = one.repository.clone().unwrap_or_default();
        named.insert((name, one.licence.clone(), from));
    }
    for (name, licence, file) in TYPEFACES.iter().filter(|_| draws) {
        let text = fs::read_to_string(root.join(file)).with_context(|| format!("no {file}"))?;
        texts.entry(plain(&text)).or_default().insert((*name).to_owned());
        named.insert(((*name).to_owned(), (*licence).to_owned(), String::new()));
    }
    Ok(write(&named, &texts))
}

fn write(named: &BTreeSet<Named>, texts: &BTreeMap<String, BTreeSet<String>>) -> String {
    let rule = "-".repeat(78);
    let mut out = format!(
        "CinemaSync is licensed under MIT or Apache-2.0, at your choice. It contains what others wrote,\n\
         with thanks. Below is each by name, with its licence; then the licences, word by word.\n\n{rule}\n"
    );
    for (name, licence, from) in named {
        let licence = if licence.is_empty() { "see below" } else { licence };
        let _ = writeln!(out, "{name}: {licence}{}{from}", if from.is_empty() { "" } else { ", " });
    }
    // The texts that most share come first.
    let mut texts: Vec<_> = texts.iter().collect();
    texts.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
    for (text, names) in texts {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let _ = write!(out, "\n{rule}\n{}:\n\n{text}\n", names.join(", "));
    }
    out
}

/// The licences in a crate's folder.
fn licences_in(folder: &Path, depth: usize) -> Result<Vec<String>> {
    let list = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = list.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let mut texts = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        if path.is_dir() {
            // Examples and tests are not in the program.
            let is_in_it =
                !["EXAMPLES", "TESTS", "BENCHES", "TARGET", "SRC"].contains(&name.as_str());
            if depth > 0 && is_in_it {
                texts.extend(licences_in(&path, depth - 1)?);
            }
            continue;
        }
        let small = path.metadata().is_ok_and(|data| data.len() <= LONGEST);
        let code = [".RS", ".C", ".H", ".PY", ".SH", ".JSON", ".TOML"];
        if small
            && NAMES.iter().any(|start| name.starts_with(start))
            && !code.iter().any(|ending| name.ends_with(ending))
        {
            // Not all of them are UTF-8.
            let text = plain(&String::from_utf8_lossy(
                &fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?,
            ));
            // Some only name the file that has the words.
            if text.len() > 60 {
                texts.push(text);
            }
        }
    }
    Ok(texts)
}

/// Without the differences that say nothing: ends of lines, spaces there, empty lines around.
fn plain(text: &str) -> String {
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// For crates that come without the words of their licence, which the manifest names.
fn standard(one: &Crate, root: &Path) -> Result<String> {
    let holder = if one.authors.is_empty() {
        format!("the authors of {}", one.name)
    } else {
        one.authors.join(", ")
    };
    let read = |file: &str| {
        fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {file}"))
    };
    let choices: Vec<&str> =
        one.licence.split(" OR ").map(|name| name.trim_matches(['(', ')'])).collect();
    if choices.contains(&"Apache-2.0") {
        return Ok(plain(&read("LICENSE-APACHE")?));
    }
    if choices.contains(&"MIT") {
        let text = read("LICENSE-MIT")?;
        return Ok(plain(&text.replace("2026 The CinemaSync contributors", &holder)));
    }
    let file = format!("packaging/licences/{}.txt", one.licence);
    match fs::read_to_string(root.join(&file)) {
        Ok(text) => Ok(format!("Copyright (c) {holder}\n\n{}", plain(&text))),
        Err(_) => bail!(
            "{} {} comes without the text of its licence ({}): put it into {file}",
            one.name,
            one.version,
            one.licence
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::crates;

    fn named(name: &str, licence: &str, folder: &Path) -> Crate {
        Crate {
            name: name.into(),
            version: "1.0.0".into(),
            licence: licence.into(),
            authors: vec!["Ada".into()],
            repository: None,
            ours: false,
            folder: folder.to_owned(),
            needs: Vec::new(),
        }
    }

    #[test]
    fn one_text_stands_once_for_all_who_share_it() {
        let (one, two) =
            (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let words = "Permission is hereby granted to whoever reads these words, and to all others.";
        fs::write(one.path().join("LICENSE"), words).expect("it can be written");
        fs::create_dir(two.path().join("upstream")).expect("it can be made");
        fs::write(two.path().join("upstream/COPYING"), format!("{words}  \r\n")).expect("written");
        let crates = [named("a", "MIT", one.path()), named("b", "MIT", two.path())];
        let text = notices(&crates, false).expect("both have a text");
        assert_eq!(text.matches("Permission is hereby").count(), 1, "{text}");
        assert!(text.contains("\na 1.0.0, b 1.0.0:\n"), "{text}");
    }

    #[test]
    fn who_left_out_the_text_gets_the_usual_one_and_an_unknown_licence_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = notices(&[named("a", "MIT", folder.path())], false).expect("MIT is known");
        assert!(text.contains("Copyright (c) Ada"), "{text}");
        let error =
            notices(&[named("a", "Odd-1.0", folder.path())], false).unwrap_err().to_string();
        assert!(error.contains("packaging/licences/Odd-1.0.txt"), "{error}");
    }

    #[test]
    fn everything_in_our_programs_has_its_notice_on_each_system() {
        let systems =
            ["x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "aarch64-apple-darwin"];
        for system in systems {
            for (root, draws) in [("cinemasync", true), ("cinemasync-server", false)] {
                let crates = crates::of(root, system).expect("cargo answers");
                let text = notices(&crates, draws).expect("each has a licence");
                assert!(text.contains("\ntokio "), "{root} on {system}");
                assert_eq!(text.contains("\nopenh264-sys2 "), draws, "{root} on {system}");
                assert!(!text.contains("\nproptest "), "{root} on {system}");
            }
        }
    }
}
