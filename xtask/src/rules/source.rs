//! A Rust file as the rules see it: the code without comments and the contents of literals, line
//! by line, up to its tests. A small scanner, not a parser: enough to find which paths are named.

/// One file, prepared.
#[derive(Debug)]
pub(crate) struct Source {
    /// From the workspace's root, with slashes.
    pub(crate) file: String,
    /// The whole text.
    pub(crate) text: String,
    /// Its lines, with comments, the contents of literals, and tests blanked.
    pub(crate) code: Vec<String>,
    /// How many lines it has without its tests.
    pub(crate) length: usize,
}

impl Source {
    /// Prepares `text` of `file`.
    pub(crate) fn new(file: &str, text: &str) -> Self {
        let bare = without_comments_and_literals(text);
        let mut code: Vec<String> = bare.lines().map(str::to_owned).collect();
        let is_test = file.ends_with("/tests.rs") || file.contains("/tests/");
        let tests = if is_test { code.len() } else { blank_tests(&mut code) };
        if is_test {
            code.clear();
        }
        let length = text.lines().count() - tests;
        Self { file: file.to_owned(), text: text.to_owned(), code, length }
    }

    /// Lines of code (from 1) in which `path` is named as a whole word: `rand` is in `use rand;`
    /// and in `rand::random()`, not in `operand` nor in `.rand()`, which is a method.
    pub(crate) fn lines_naming<'a>(&'a self, path: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.code
            .iter()
            .enumerate()
            .filter(move |(_, line)| names(line, path))
            .map(|(index, _)| index + 1)
    }
}

/// Is `path` in `line` as a whole path element?
pub(crate) fn names(line: &str, path: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + path.len()..].chars().next();
        let starts = before.is_none_or(|c| !part_of_name(c) && c != '.');
        let ends = path.ends_with("::") || after.is_none_or(|c| !part_of_name(c));
        starts && ends
    })
}

/// Blanks each item under `#[cfg(test)]`; gives how many lines these were.
fn blank_tests(code: &mut [String]) -> usize {
    let mut blanked = 0;
    let mut at = 0;
    while at < code.len() {
        if !code[at].trim_start().starts_with("#[cfg(test)]") {
            at += 1;
            continue;
        }
        // The item ends with its outermost brace, or with a semicolon outside of any.
        let mut depth = 0_usize;
        let mut ended = false;
        while at < code.len() && !ended {
            for character in std::mem::take(&mut code[at]).chars() {
                match character {
                    '{' => depth += 1,
                    '}' => {
                        depth = depth.saturating_sub(1);
                        ended |= depth == 0;
                    }
                    ';' => ended |= depth == 0,
                    _ => {}
                }
            }
            at += 1;
            blanked += 1;
        }
    }
    blanked
}

/// Blanks comments and the contents of string and character literals, keeping the lines.
fn without_comments_and_literals(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut bare = String::with_capacity(text.len());
    let mut at = 0;
    while at < characters.len() {
        let end = match characters[at] {
            '/' if characters.get(at + 1) == Some(&'/') => line_end(&characters, at),
            '/' if characters.get(at + 1) == Some(&'*') => block_comment_end(&characters, at),
            '"' => string_end(&characters, at),
            'r' if !in_a_name(&characters, at) => match raw_string_end(&characters, at) {
                Some(end) => end,
                None => at,
            },
            '\'' => character_end(&characters, at),
            _ => at,
        };
        if end == at {
            bare.push(characters[at]);
            at += 1;
        } else {
            bare.extend(characters[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    bare
}

fn in_a_name(characters: &[char], at: usize) -> bool {
    at > 0
        && (characters[at - 1].is_alphanumeric() && characters[at - 1] != 'b'
            || characters[at - 1] == '_')
}

fn line_end(characters: &[char], at: usize) -> usize {
    (at..characters.len()).find(|i| characters[*i] == '\n').unwrap_or(characters.len())
}

fn block_comment_end(characters: &[char], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at + 1 < characters.len() {
        match (characters[at], characters[at + 1]) {
            ('/', '*') => {
                depth += 1;
                at += 2;
            }
            ('*', '/') => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    characters.len()
}

fn string_end(characters: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < characters.len() {
        match characters[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    characters.len()
}

/// The end of `r"…"` or `r#"…"#`; `None` if it is no raw string.
fn raw_string_end(characters: &[char], start: usize) -> Option<usize> {
    let hashes = characters[start + 1..].iter().take_while(|c| **c == '#').count();
    let open = start + 1 + hashes;
    if characters.get(open) != Some(&'"') {
        return None;
    }
    let close = |at: usize| {
        characters[at] == '"'
            && characters[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes
    };
    Some(
        (open + 1..characters.len())
            .find(|at| close(*at))
            .map_or(characters.len(), |at| at + 1 + hashes),
    )
}

/// The end of a character literal; `start` itself for a lifetime.
fn character_end(characters: &[char], start: usize) -> usize {
    if characters.get(start + 1) == Some(&'\\') {
        return (start + 3..characters.len())
            .find(|at| characters[*at] == '\'')
            .map_or(characters.len(), |at| at + 1);
    }
    if characters.get(start + 2) == Some(&'\'') { start + 3 } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_name_nothing() {
        let text = "// tokio\n/* tokio /* nested */ */ let a = \"tokio\"; let b = r#\"tokio \"x\" \"#;\nlet c = '\"'; tokio::spawn();";
        let source = Source::new("a.rs", text);
        assert_eq!(source.lines_naming("tokio").collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn a_lifetime_opens_no_literal() {
        let source = Source::new("a.rs", "fn f<'a>(x: &'a str) {}\nuse tokio;\n");
        assert_eq!(source.lines_naming("tokio").collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn a_name_is_a_whole_path_element() {
        assert!(names("use rand::Rng;", "rand"));
        assert!(names("rand()", "rand"));
        assert!(!names("operand", "rand"));
        assert!(!names("x.rand()", "rand"));
        assert!(!names("rand_core", "rand"));
    }

    #[test]
    fn tests_are_not_looked_at_wherever_they_stand() {
        let text = "use a;\n#[cfg(test)]\nmod tests;\nuse b;\n#[cfg(test)]\nmod more {\n  \
                    use c;\n}\nuse d;\n";
        let source = Source::new("a.rs", text);
        let named = |name| source.lines_naming(name).collect::<Vec<_>>();
        assert_eq!(
            [named("a"), named("b"), named("c"), named("d")],
            [vec![1], vec![4], vec![], vec![9]]
        );
        assert_eq!(source.length, 3);
    }

    #[test]
    fn a_file_of_tests_is_all_tests() {
        let source = Source::new("a/tests.rs", "//! Tests.\nuse tokio;\n");
        assert!(source.lines_naming("tokio").next().is_none());
        assert_eq!(source.length, 0);
    }
}
