//! Whether the settings can be read. Nothing is put aside here.

use std::path::Path;

use super::Finding;
use crate::platform::folders;

pub(super) const NAMES: &[(&str, &str)] = &[NAME];
const NAME: (&str, &str) = ("settings", "Settings");

pub(super) fn judge(path: Option<&Path>, fault: Option<String>) -> Finding {
    let Some(path) = path else {
        return Finding::warn(
            NAME,
            "The system names no folder for settings: nothing is kept between two starts.",
            format!("Set {} to a folder of your own.", folders::VARIABLE),
        );
    };
    let file = path.display();
    match fault {
        None if path.exists() => Finding::ok(NAME, format!("They are read from {file}.")),
        None => Finding::ok(NAME, format!("There are none yet; they will be kept in {file}.")),
        Some(fault) => Finding::bad(
            NAME,
            format!("{file}: {fault}"),
            "The next start of the window keeps that file under another name and begins with fresh settings.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn a_damaged_file_is_bad_and_none_is_not() {
        let nowhere = Path::new("/nowhere/settings.json");
        assert_eq!(judge(Some(nowhere), None).verdict, Verdict::Ok);
        let damaged = judge(Some(nowhere), Some("It is damaged.".to_owned()));
        assert_eq!(damaged.verdict, Verdict::Bad);
        assert!(damaged.found.contains("It is damaged."), "{}", damaged.found);
        assert_eq!(judge(None, None).verdict, Verdict::Warn);
    }
}
