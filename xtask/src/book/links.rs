//! Do the links in the documentation lead somewhere? Files and headings of this tree are looked at;
//! addresses on the network are not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::rules::{Violation, tracked_files};

/// The book's pages, and the list of them.
const PAGES: &str = "docs/src";
const LIST: &str = "SUMMARY.md";

/// What a page has that matters here.
#[derive(Debug, Default)]
struct Page {
    /// By these names its headings are linked to.
    anchors: BTreeSet<String>,
    /// Each link with its line.
    links: Vec<(usize, String)>,
}

/// Every link below `root` that leads nowhere, pages that the book's list lacks, and names of pages
/// in sources that are not there.
pub(crate) fn check(root: &Path) -> Result<Vec<Violation>> {
    let mut pages = BTreeMap::new();
    let mut violations = Vec::new();
    for path in tracked_files(root)? {
        let kind = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if !matches!(kind, "md" | "rs" | "toml" | "service" | "env") || !root.join(&path).is_file()
        {
            continue;
        }
        let text = fs::read_to_string(root.join(&path))
            .with_context(|| format!("{} cannot be read", path.display()))?;
        check_names(root, &path, &text, &mut violations);
        if kind == "md" {
            pages.insert(path, read(&text));
        }
    }
    let list = Path::new(PAGES).join(LIST);
    let mut listed = BTreeSet::new();
    for (path, page) in &pages {
        for (line, link) in &page.links {
            match resolve(root, path, link, &pages) {
                Ok(target) if *path == list => listed.extend(target),
                Ok(_) => {}
                Err(text) => violations.push(violation(path, *line, text)),
            }
        }
    }
    for path in pages.keys().filter(|path| path.starts_with(PAGES)) {
        if !listed.contains(path) && **path != list {
            violations.push(violation(path, 0, format!("is not in {LIST}")));
        }
    }
    violations.sort();
    Ok(violations)
}

fn violation(path: &Path, line: usize, text: String) -> Violation {
    Violation { file: path.to_string_lossy().replace('\\', "/"), line, text }
}

/// Its headings and links.
fn read(text: &str) -> Page {
    let mut page = Page::default();
    let mut heading: Option<String> = None;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let name = anchor(&heading.take().unwrap_or_default());
                let again = (1..).map(|n| format!("{name}-{n}"));
                let free = |name: &String| !page.anchors.contains(name);
                page.anchors.extend([name.clone()].into_iter().chain(again).find(free));
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&words);
                }
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                let line = text[..range.start].matches('\n').count() + 1;
                page.links.push((line, dest_url.into_string()));
            }
            _ => {}
        }
    }
    page
}

/// The name of a heading, as GitHub and mdbook make it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        _ if c.is_alphanumeric() => Some(c),
        _ => None,
    });
    kept.collect::<String>().to_lowercase()
}

/// The file that a link on the page at `from` leads to, if it is one of this tree; or why it leads
/// nowhere.
fn resolve(
    root: &Path,
    from: &Path,
    link: &str,
    pages: &BTreeMap<PathBuf, Page>,
) -> Result<Option<PathBuf>, String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return Ok(None);
    }
    let (file, heading) = link.split_once('#').map_or((link, None), |(f, h)| (f, Some(h)));
    let target = if file.is_empty() {
        from.to_path_buf()
    } else {
        inside(&from.parent().unwrap_or(Path::new("")).join(file))
            .ok_or_else(|| format!("`{link}` leads out of the repository"))?
    };
    if !root.join(&target).exists() {
        return Err(format!("`{link}` leads to no file"));
    }
    if from.starts_with(PAGES) && !target.starts_with(PAGES) {
        return Err(format!("`{link}` leads out of the book"));
    }
    if let (Some(heading), Some(page)) = (heading, pages.get(&target))
        && !page.anchors.contains(heading)
    {
        return Err(format!("`{link}` leads to no heading"));
    }
    Ok(Some(target))
}

/// The path without `.` and `..`; `None` if it leads out of the tree.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => clean.push(name),
            Component::ParentDir if clean.pop() => {}
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(clean)
}

/// Adds the pages that a file of any kind names (`docs` and the path) and that are not there.
fn check_names(root: &Path, path: &Path, text: &str, violations: &mut Vec<Violation>) {
    for (index, line) in text.lines().enumerate() {
        for (at, start) in line.match_indices("docs/") {
            let name = &line[at..];
            let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || "/-_.".contains(c)));
            let name = name[..end.unwrap_or(name.len())].trim_end_matches('.');
            let whole =
                !line[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || "/.".contains(c));
            if whole
                && name.len() > start.len()
                && name.ends_with(".md")
                && !root.join(name).exists()
            {
                violations.push(violation(path, index + 1, format!("`{name}` is no file")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(folder: &Path, name: &str, text: &str) -> (PathBuf, Page) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("in the folder")).expect("can be made");
        fs::write(&path, text).expect("can be written");
        (PathBuf::from(name), read(text))
    }

    #[test]
    fn a_link_leads_to_a_file_and_to_a_heading_of_it() {
        let folder = tempfile::tempdir().expect("there is room");
        let inner = |name: &str| format!("{PAGES}/{name}");
        let pages = BTreeMap::from([
            page(folder.path(), &inner("a.md"), "# One `two`, three\n\n## Same\n\n## Same\n"),
            page(folder.path(), &inner("b/c.md"), ""),
            page(folder.path(), "README.md", ""),
        ]);
        let resolve = |from: &str, link: &str| {
            resolve(folder.path(), Path::new(from), link, &pages).map(drop)
        };
        for good in ["../a.md#one-two-three", "../a.md#same-1", "../a.md", "https://a.org/#b"] {
            assert_eq!(resolve(&inner("b/c.md"), good), Ok(()), "{good}");
        }
        let none = ["a.md", "../a.md#four", "../a.md#same-2", "#five"];
        let outside = ["../../../../x", "../../../README.md"];
        for bad in none.into_iter().chain(outside) {
            assert!(resolve(&inner("b/c.md"), bad).is_err(), "{bad}");
        }
        assert_eq!(resolve("README.md", &inner("a.md#same")), Ok(()));
    }

    #[test]
    fn links_count_where_a_reader_sees_them() {
        let page = read("[a](b)\n\n`[c](d)` ![e](f)\n\n```\n[g](h)\n```\n");
        assert_eq!(page.links, [(1, "b".to_owned()), (3, "f".to_owned())]);
    }

    #[test]
    fn a_source_that_names_a_page_which_is_not_there_is_found() {
        let folder = tempfile::tempdir().expect("there is room");
        let mut violations = Vec::new();
        let line = concat!("See docs", "/none.md, and a/docs", "/other.md.");
        check_names(folder.path(), Path::new("a.rs"), line, &mut violations);
        assert_eq!(violations.len(), 1);
    }
}
