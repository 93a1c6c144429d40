//! The command lines that the documentation shows, so that the tests of the programs can read them
//! as their users would. The tests of `cinemasync` and `cinemasync-server` include this file: each
//! knows its own command line only. Nothing here starts anything.

use std::fs;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

/// Languages of code blocks in which each line is a command.
const SHELL: &[&str] = &["console", "sh"];

/// A word that stands for something of the reader's, and what it could be.
const EXAMPLES: &[(&str, &str)] = &[("CODE", "K7QM4XTB")];

/// A command, as it is shown.
pub(crate) struct Shown {
    /// The file and the line.
    pub(crate) place: String,
    /// The program and its arguments.
    pub(crate) words: Vec<String>,
    /// Is it in running text, where `cinemasync headless` is a name and not a whole command?
    pub(crate) mentioned: bool,
}

/// Every command of `program` in the documentation of the work tree at `root`. `cargo xtask` is the
/// program `xtask`; `cargo run -p NAME --` is NAME.
pub(crate) fn shown(root: &Path, program: &str) -> Vec<Shown> {
    let mut pages = vec!["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]
        .into_iter()
        .map(|page| root.join(page))
        .collect();
    add_pages(&root.join("docs"), &mut pages);
    let mut found = Vec::new();
    for page in pages {
        let text = fs::read_to_string(&page).expect("a page of the documentation can be read");
        let name = page.strip_prefix(root).unwrap_or(&page).display().to_string();
        add_commands(&name, &text, &mut found);
    }
    found.retain(|one| one.words.first().is_some_and(|word| word == program));
    found
}

/// What of `shown` the program does not understand, with its own words. `parse` is its command line.
pub(crate) fn refused(
    shown: &[Shown],
    parse: impl Fn(&[String]) -> Result<(), clap::Error>,
) -> Vec<String> {
    let complaints = shown.iter().filter_map(|one| {
        let error = parse(&one.words).err()?;
        let fine = match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => true,
            ErrorKind::MissingRequiredArgument
            | ErrorKind::MissingSubcommand
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => one.mentioned,
            _ => false,
        };
        (!fine).then(|| format!("{}: `{}`: {error}", one.place, one.words.join(" ")))
    });
    complaints.collect()
}

fn add_pages(folder: &Path, pages: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("the documentation's folder can be read");
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            add_pages(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
}

fn add_commands(name: &str, text: &str, found: &mut Vec<Shown>) {
    let mut in_shell = false;
    for (event, range) in
        Parser::new_ext(text, pulldown_cmark::Options::ENABLE_TABLES).into_offset_iter()
    {
        let line = text[..range.start].matches('\n').count() + 1;
        let (code, mentioned) = match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                in_shell = SHELL.contains(&&*language);
                continue;
            }
            Event::End(TagEnd::CodeBlock) => {
                in_shell = false;
                continue;
            }
            Event::Text(code) if in_shell => (code, false),
            Event::Code(code) => (code, true),
            _ => continue,
        };
        found.extend(commands(&code).into_iter().map(|words| Shown {
            place: format!("{name}:{line}"),
            words,
            mentioned,
        }));
    }
}

/// The commands of a piece of shell, each as its words: what is needed of the shell's grammar for
/// what stands in documentation.
fn commands(code: &str) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut rest = code.replace("\\\n", " ").replace("&&", ";").chars().collect::<Vec<_>>();
    rest.push('\n');
    let mut comment = false;
    for c in rest {
        let ends_command = matches!(c, '\n' | ';' | '|' | '&' | '<' | '>');
        if comment && c != '\n' {
            continue;
        }
        comment = false;
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '\'' || c == '"' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if ends_command || c.is_whitespace() => {
                all.last_mut().expect("never empty").extend(word.take());
                if ends_command {
                    all.push(Vec::new());
                }
            }
            None if c == '#' && word.is_none() => comment = true,
            None => word.get_or_insert_default().push(c),
        }
    }
    all.into_iter().map(plain).filter(|words| !words.is_empty()).collect()
}

/// The program itself and its arguments: without a prompt, variables and who starts it.
fn plain(words: Vec<String>) -> Vec<String> {
    let is_before = |word: &String| word == "$" || word == "sudo" || word.contains('=');
    let mut words: Vec<String> = words.into_iter().skip_while(is_before).collect();
    for word in &mut words {
        if let Some((_, example)) = EXAMPLES.iter().find(|(name, _)| name == word) {
            (*example).clone_into(word);
        }
    }
    words.retain(|word| word != "…");
    if words.first().is_some_and(|word| word == "cargo") {
        match words.get(1).map(String::as_str) {
            Some("xtask") => drop(words.remove(0)),
            Some("run") => {
                let place = |wanted: &[&str]| words.iter().position(|w| wanted.contains(&&**w));
                let package = place(&["-p", "--package"]).and_then(|at| words.get(at + 1).cloned());
                let arguments = place(&["--"]).map_or(Vec::new(), |at| words.split_off(at + 1));
                words = package.into_iter().chain(arguments).collect();
            }
            _ => {}
        }
    } else if let Some(program) = words.first_mut()
        && let Some((_, name)) = program.rsplit_once('/')
    {
        *program = name.to_owned();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(code: &str) -> Vec<String> {
        commands(code).into_iter().map(|words| words.join("|")).collect()
    }

    #[test]
    fn commands_are_read_as_a_shell_reads_them() {
        assert_eq!(words("$ a --b 'c d'\n"), ["a|--b|c d"]);
        assert_eq!(words("X=1 a b && sudo c d; e # not f\n"), ["a|b", "c|d", "e"]);
        assert_eq!(words("/usr/bin/a one \\\n  two | b > c\n"), ["a|one|two", "b", "c"]);
        assert_eq!(words("a --join CODE …"), ["a|--join|K7QM4XTB"]);
    }

    #[test]
    fn what_cargo_starts_is_what_counts() {
        assert_eq!(words("cargo xtask bench call"), ["xtask|bench|call"]);
        assert_eq!(words("cargo run --release -p a -- --b c"), ["a|--b|c"]);
        assert_eq!(words("cargo build -p a"), ["cargo|build|-p|a"]);
    }

    #[test]
    fn blocks_of_shell_and_code_in_the_text_count_and_nothing_else() {
        let text = "Run `a b`.\n\n```console\na c\n```\n\n```json\na d\n```\n\n| `a e` | a f |\n|---|---|\n";
        let mut found = Vec::new();
        add_commands("x.md", text, &mut found);
        let found = found.iter().map(|one| (one.words[1].as_str(), one.mentioned, &*one.place));
        let expected = [("b", true, "x.md:1"), ("c", false, "x.md:4"), ("e", true, "x.md:11")];
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }
}
