//! How findings are written. Pure.

use std::fmt::Write as _;

use serde_json::json;

use super::{Finding, Verdict};

/// Where sentences begin.
const INDENT: usize = 20;
/// How wide a line gets.
const WIDTH: usize = 100;

/// For programs: one object.
pub(super) fn json(findings: &[Finding]) -> String {
    let report = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "system": std::env::consts::OS,
        "machine": std::env::consts::ARCH,
        "good": findings.iter().all(|finding| finding.verdict != Verdict::Bad),
        "checks": findings,
    });
    format!("{report}\n")
}

/// For a person.
pub(super) fn text(findings: &[Finding]) -> String {
    let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
    let mut text = format!("CinemaSync {} on {system} ({machine})\n\n", env!("CARGO_PKG_VERSION"));
    for finding in findings {
        let word = match finding.verdict {
            Verdict::Ok => "ok",
            Verdict::Warn => "note",
            Verdict::Bad => "bad",
            Verdict::Unknown => "-",
        };
        let head = format!("{word:<6}{:<14}", finding.title);
        write_wrapped(&mut text, &head, &finding.found);
        if let Some(advice) = &finding.advice {
            write_wrapped(&mut text, &format!("{:>width$}", "-> ", width = INDENT), advice);
        }
    }
    let count = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count();
    let sum = match (count(Verdict::Bad), count(Verdict::Warn)) {
        (0, 0) => "All is well.".to_owned(),
        (0, notes) => format!("Nothing is in the way of an evening. Worth a look: {notes}."),
        (bad, _) => format!("To be mended: {bad}."),
    };
    let _ = writeln!(text, "\n{sum}");
    text
}

fn write_wrapped(text: &mut String, head: &str, sentence: &str) {
    let mut line = format!("{head:<INDENT$}");
    let mut room = WIDTH.saturating_sub(INDENT);
    for (at, word) in sentence.split_whitespace().enumerate() {
        let chars = word.chars().count();
        if at > 0 && chars + 1 > room {
            let _ = writeln!(text, "{}", line.trim_end());
            line = " ".repeat(INDENT);
            room = WIDTH.saturating_sub(INDENT);
        } else if at > 0 {
            line.push(' ');
            room = room.saturating_sub(1);
        }
        line.push_str(word);
        room = room.saturating_sub(chars);
    }
    let _ = writeln!(text, "{}", line.trim_end());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings() -> Vec<Finding> {
        vec![
            Finding::ok(("settings", "Settings"), "They can be read."),
            Finding::warn(("camera", "Camera"), "There is none. ".repeat(12), "Plug one in."),
            Finding::unknown(("bandwidth", "Bandwidth"), "It is not measured."),
        ]
    }

    #[test]
    fn lines_are_no_wider_than_a_terminal_and_say_what_to_do() {
        let text = text(&findings());
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.contains("ok    Settings      They can be read.\n"), "{text}");
        assert!(text.contains("                 -> Plug one in.\n"), "{text}");
        assert!(text.ends_with("Worth a look: 1.\n"), "{text}");
    }

    #[test]
    fn json_is_one_object_that_says_whether_all_is_good() {
        let read = |findings: &[Finding]| {
            serde_json::from_str::<serde_json::Value>(&json(findings)).unwrap()
        };
        let mut findings = findings();
        let good = read(&findings);
        assert_eq!((&good["good"], &good["checks"][1]["verdict"]), (&true.into(), &"warn".into()));
        assert!(good["checks"][0].get("advice").is_none());
        findings.push(Finding::bad(("film", "Films"), "No.", "Do."));
        assert_eq!(read(&findings)["good"], false);
    }
}
