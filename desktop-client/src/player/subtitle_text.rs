//! Whether a text from a stranger may be shown as subtitles. All lines that are to be seen at once are laid out
//! on the thread that draws the window, so what would take it seconds is refused. Pure.
//!
//! Measured: two thousand lines at once take libass about a second for each picture, one line of 200,000 large
//! letters several seconds, and a hundred thousand lines minutes.

/// Lines that may be seen at once; a sign that moves with the picture may be made of some hundreds.
const MAX_LINES_AT_ONCE: i64 = 500;
/// Bytes of text and of drawings that may be seen at once.
const MAX_BYTES_AT_ONCE: i64 = 64 << 10;
/// Lines in all; a film has one or two thousand, and some dozen times that with moving signs.
const MAX_LINES: usize = 50_000;

/// When a line is seen, and how long it is.
struct Line {
    from_ms: i64,
    to_ms: i64,
    bytes: i64,
}

/// Can these be drawn without holding up the window?
pub(super) fn is_drawable(text: &str) -> bool {
    let lines = lines(text);
    if lines.len() > MAX_LINES {
        return false;
    }
    let mut changes: Vec<(i64, i64, i64)> = lines
        .iter()
        .flat_map(|line| [(line.from_ms, 1, line.bytes), (line.to_ms, -1, -line.bytes)])
        .collect();
    // Those that end make room before others begin.
    changes.sort_unstable();
    let (mut seen, mut bytes) = (0, 0);
    changes.iter().all(|(_, one, length)| {
        seen += one;
        bytes += length;
        seen <= MAX_LINES_AT_ONCE && bytes <= MAX_BYTES_AT_ONCE
    })
}

/// The lines of SRT, WebVTT, ASS and SSA. What cannot be read as a time counts as seen all the time.
fn lines(text: &str) -> Vec<Line> {
    let mut found: Vec<Line> = Vec::new();
    let mut in_cue = false;
    for row in text.lines() {
        let row = row.trim();
        if let Some(dialogue) = row.strip_prefix("Dialogue:") {
            let mut fields = dialogue.split(',').skip(1);
            found.push(line(fields.next(), fields.next(), row.len()));
            in_cue = false;
        } else if let Some((from, to)) = row.split_once("-->") {
            // Behind the end WebVTT has settings.
            found.push(line(Some(from), to.split_whitespace().next(), 0));
            in_cue = true;
        } else if row.is_empty() {
            in_cue = false;
        } else if in_cue && let Some(line) = found.last_mut() {
            line.bytes += row.len() as i64;
        }
    }
    found
}

fn line(from: Option<&str>, to: Option<&str>, bytes: usize) -> Line {
    let from_ms = from.and_then(milliseconds).unwrap_or(i64::MIN);
    // A line that ends before it begins is seen until somebody finds it should not be.
    let to_ms = to.and_then(milliseconds).filter(|to| *to >= from_ms).unwrap_or(i64::MAX);
    Line { from_ms, to_ms, bytes: bytes as i64 }
}

/// Reads `1:02:03,450` and `02:03.45`.
fn milliseconds(time: &str) -> Option<i64> {
    let time = time.trim().replace(',', ".");
    time.split(':').try_fold(0i64, |total, part| {
        let seconds: f64 = part.trim().parse().ok().filter(|part| (0.0..1e9).contains(part))?;
        total.checked_mul(60)?.checked_add((seconds * 1_000.0) as i64)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn srt(lines: impl Iterator<Item = (usize, usize, String)>) -> String {
        let time =
            |secs: usize| format!("{:02}:{:02}:{:02},000", secs / 3_600, secs / 60 % 60, secs % 60);
        lines
            .enumerate()
            .map(|(n, (from, to, text))| {
                format!("{n}\n{} --> {}\n{text}\n\n", time(from), time(to))
            })
            .collect()
    }

    #[test]
    fn a_long_evenings_subtitles_are_drawable() {
        assert!(is_drawable(&srt((0..5_000).map(|n| (n, n + 3, "What they say".to_owned())))));
        assert!(is_drawable("WEBVTT\n\n00:01.000 --> 00:05.000 line:0\nfrom the web\n"));
        assert!(is_drawable(""));
        let signs: String = (0..20_000)
            .map(|n| {
                format!(
                    "Dialogue: 0,0:{:02}:{:02}.{:02},1:00:00.00,x,{{\\pos(1,1)}}a\n",
                    n / 6_000,
                    n / 100 % 60,
                    n % 100
                )
            })
            .take(400)
            .collect();
        assert!(is_drawable(&signs));
    }

    #[test]
    fn what_would_hold_up_the_window_is_refused() {
        let at_once = |count: usize| srt((0..count).map(|_| (1, 5, "x".to_owned())));
        assert!(is_drawable(&at_once(500)) && !is_drawable(&at_once(501)));
        let endless = srt((0..1_000).map(|n| (n, 99 * 3_600, "x".to_owned())));
        assert!(!is_drawable(&endless));
        assert!(!is_drawable(&srt((0..60_000).map(|n| (n, n + 1, "x".to_owned())))));
        assert!(!is_drawable(&srt([(1, 5, "endless ".repeat(10_000))].into_iter())));
        assert!(!is_drawable(&srt([(1, 5, "endless\n".repeat(10_000))].into_iter())));
        let drawing = "m 0 0 l 9 9 ".repeat(10_000);
        assert!(!is_drawable(&format!("Dialogue: 0,0:00:00.00,0:00:05.00,x,{drawing}\n")));
        // Times that cannot be read hide nothing.
        assert!(!is_drawable(&"Dialogue: 0,then,now,x,a\n".repeat(501)));
        assert!(!is_drawable(&"00:00:09,000 --> 00:00:01,000\nx\n\n".repeat(501)));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "(Dialogue:|-->|[0-9:,. ]{0,12}|\\n|\\PC){0,60}") {
            is_drawable(&text);
        }
    }
}
