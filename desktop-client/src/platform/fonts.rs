//! Typefaces of the system, for scripts that the program's own ones do not have: where they lie, and which
//! of them is taken. Reads files; what is drawn with them is the window's business.

use std::path::{Path, PathBuf};

use skrifa::{FontRef, MetadataProvider as _};

/// Files with simplified Chinese characters, best first, and which face of the file that is.
const CHINESE: [(&str, u32); 24] = [
    ("NotoSansCJK-Regular.ttc", 2),
    ("NotoSansCJK-VF.ttc", 2),
    ("NotoSansCJK-VF.otf.ttc", 2),
    ("NotoSansCJKsc-Regular.otf", 0),
    ("NotoSansCJKsc-VF.otf", 0),
    ("NotoSansSC-Regular.otf", 0),
    ("NotoSansSC-Regular.ttf", 0),
    ("NotoSansSC-VF.ttf", 0),
    ("SourceHanSansSC-Regular.otf", 0),
    ("SourceHanSansCN-Regular.otf", 0),
    ("msyh.ttc", 0),
    ("msyh.ttf", 0),
    ("Deng.ttf", 0),
    ("PingFang.ttc", 0),
    ("Hiragino Sans GB.ttc", 0),
    ("STHeiti Light.ttc", 1),
    ("simhei.ttf", 0),
    ("simsun.ttc", 0),
    ("wqy-microhei.ttc", 0),
    ("wqy-zenhei.ttc", 0),
    ("DroidSansFallbackFull.ttf", 0),
    ("DroidSansFallback.ttf", 0),
    ("uming.ttc", 0),
    ("Arial Unicode.ttf", 0),
];
/// A character that each of them has.
const SAMPLE: char = '中';
/// Folders within folders are looked into so deep, and no more files than these are looked at.
const DEPTH: usize = 5;
const MOST_FILES: usize = 50_000;
/// A larger file is no typeface that one wants in memory.
const LARGEST: u64 = 64 << 20;

/// A typeface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FontFile {
    /// The file's contents.
    pub bytes: Vec<u8>,
    /// Which of its faces.
    pub face: u32,
}

/// The system's best typeface with simplified Chinese characters, if it has one.
pub fn chinese() -> Option<FontFile> {
    let mut found = Vec::new();
    let mut left = MOST_FILES;
    for folder in folders() {
        collect(&folder, DEPTH, &mut left, &mut found);
    }
    found.sort_unstable();
    found.into_iter().find_map(|(rank, path)| read(&path, CHINESE[rank].1))
}

/// Reads a typeface; `None` if the file is none, or has no Chinese characters.
fn read(path: &Path, face: u32) -> Option<FontFile> {
    if std::fs::metadata(path).ok()?.len() > LARGEST {
        return None;
    }
    let bytes = std::fs::read(path)
        .inspect_err(|error| tracing::warn!(%error, "a typeface of the system cannot be read"))
        .ok()?;
    let font = FontRef::from_index(&bytes, face).ok()?;
    font.charmap().map(SAMPLE)?;
    tracing::debug!(path = %path.display(), "a typeface of the system is used");
    Some(FontFile { bytes, face })
}

/// Those files in a folder whose names are known, with their places in the list.
fn collect(folder: &Path, depth: usize, left: &mut usize, found: &mut Vec<(usize, PathBuf)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let Some(rest) = left.checked_sub(1) else { return };
        *left = rest;
        let path = entry.path();
        if path.is_dir() {
            if depth > 0 {
                collect(&path, depth - 1, left, found);
            }
            continue;
        }
        let name = entry.file_name();
        let rank = CHINESE.iter().position(|(known, _)| name.eq_ignore_ascii_case(known));
        found.extend(rank.map(|rank| (rank, path)));
    }
}

/// Where the system keeps typefaces.
fn folders() -> Vec<PathBuf> {
    let home = directories::UserDirs::new();
    let own = home.as_ref().and_then(|home| home.font_dir());
    let mut folders: Vec<PathBuf> = own.map(Path::to_owned).into_iter().collect();
    if cfg!(target_os = "windows") {
        let under = |variable: &str, rest: &str| {
            std::env::var_os(variable).map(|folder| Path::new(&folder).join(rest))
        };
        folders.extend(under("WINDIR", "Fonts"));
        folders.extend(under("LOCALAPPDATA", "Microsoft/Windows/Fonts"));
    } else if cfg!(target_os = "macos") {
        folders.extend(["/System/Library/Fonts", "/Library/Fonts"].map(PathBuf::from));
    } else {
        let all = ["/usr/share/fonts", "/usr/local/share/fonts", "/run/host/fonts"];
        folders.extend(all.map(PathBuf::from));
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_typeface_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("NotoSansCJK-Regular.ttc");
        std::fs::write(&path, "this is no font").unwrap();
        let (mut left, mut found) = (10, Vec::new());
        collect(folder.path(), 1, &mut left, &mut found);
        assert_eq!(found, [(0, path.clone())]);
        assert_eq!(read(&path, 2), None);
    }

    #[test]
    fn the_system_s_typeface_has_chinese_characters() {
        match chinese() {
            Some(file) => {
                let font = FontRef::from_index(&file.bytes, file.face).unwrap();
                assert!("简体中文房间".chars().all(|one| font.charmap().map(one).is_some()));
            }
            None => println!("skipped: this system has no Chinese typeface"),
        }
    }
}
