//! The words about shared screens, and how titles of strangers' windows are made fit to be shown.

use cinemasync_core::interface::SharingView;
use cinemasync_core::screen::{Content, ScreenItem, ScreenSource};

use super::catalog::{figure, messages};

messages! {
    share_screen, share_label, share_this_now, stop_sharing, stop, change, change_shared, monitors,
    windows, search_windows, search_hint, nothing_found, looking_for_screens, no_screens,
    with_sound, with_sound_hint, how_it_is_sent, settings_screen, content_label, title_sharing,
    content_hint, sixty, screen_limit, screen_limit_less, screen_limit_more, portal, portal_hint,
    go_on, the_film, actual_size, whole_screen, no_title, sent_with_sound, screen_comes(name),
    screen_of(name), screen_volume_of(name),
}

pub(super) mod say {
    use super::messages;

    messages! {
        content_any, content_motion, content_motion_now, content_text, content_text_now,
        hear_screen(name), megabits(megabits), permission_1, permission_2, silence_screen(name),
        you_share_pattern, you_share_screen, you_share_titled(title), you_share_window,
    }
}

/// More of a title tells a person nothing.
const TITLE_CHARS: usize = 120;

/// A title that can stand in a line: no control characters, nothing that turns the direction of the
/// text around or stands for an icon of ours, and not too long.
pub(crate) fn clean_title(title: &str) -> String {
    let mut clean = String::new();
    let mut count = 0;
    // A title of nothing but what is left out costs no more than a long one.
    for character in title.chars().take(8 * TITLE_CHARS) {
        let space = character.is_whitespace() || character.is_control();
        if is_invisible(character) || (space && (clean.is_empty() || clean.ends_with(' '))) {
            continue;
        }
        if count == TITLE_CHARS {
            clean.push('…');
            return clean;
        }
        clean.push(if space { ' ' } else { character });
        count += 1;
    }
    clean.truncate(clean.trim_end().len());
    clean
}

/// Turns text around, has no width, is stacked upon others, or is an icon in our typeface.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{0300}'..='\u{036f}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// What a monitor or window is called.
pub(crate) fn screen_title(item: &ScreenItem) -> String {
    if item.source == ScreenSource::Portal {
        return portal().to_owned();
    }
    [&item.title, &item.program]
        .into_iter()
        .map(|words| clean_title(words))
        .find(|words| !words.is_empty())
        .unwrap_or_else(|| no_title().to_owned())
}

/// What stands below: the program, and how large it is.
pub(crate) fn screen_details(item: &ScreenItem) -> String {
    let size = format!("{} × {}", item.width, item.height);
    match clean_title(&item.program) {
        program if program.is_empty() => size,
        program => format!("{program} · {size}"),
    }
}

/// What macOS asks before a screen can be shared, and what to do.
pub(crate) fn permission() -> [&'static str; 2] {
    [say::permission_1(), say::permission_2()]
}

/// What one shares, in a sentence.
pub(crate) fn you_share(sharing: &SharingView) -> String {
    match (&sharing.shows, &sharing.share.source) {
        // A title is a stranger's word and not part of the sentence.
        (Some(item), source) if *source != ScreenSource::Portal => {
            say::you_share_titled(screen_title(item))
        }
        (_, ScreenSource::Monitor(_) | ScreenSource::Portal) => say::you_share_screen().to_owned(),
        (_, ScreenSource::Window(_)) => say::you_share_window().to_owned(),
        (_, ScreenSource::TestPattern { .. }) => say::you_share_pattern().to_owned(),
    }
}

/// The button that silences it, or lets it be heard again.
pub(crate) fn silence_screen(name: &str, silent: bool) -> String {
    if silent { say::hear_screen(name) } else { say::silence_screen(name) }
}

/// What the pictures are made of, as a choice.
pub(crate) fn content(content: Option<Content>) -> &'static str {
    match content {
        None => say::content_any(),
        Some(Content::Text) => say::content_text(),
        Some(Content::Motion) => say::content_motion(),
    }
}

/// The choice, and what was found where that is left open.
pub(crate) fn content_now(chosen: Option<Content>, found: Option<Content>) -> String {
    let words = match (chosen, found) {
        (None, Some(Content::Text)) => say::content_text_now(),
        (None, Some(Content::Motion)) => say::content_motion_now(),
        _ => content(chosen),
    };
    words.to_owned()
}

/// A bitrate to choose.
pub(crate) fn megabits(bps: u64) -> String {
    let megabits = bps as f64 / 1e6;
    let digits = usize::from(megabits < 10.0 && megabits.fract() > 0.0);
    say::megabits(figure(megabits, digits))
}

#[cfg(test)]
mod tests {
    use cinemasync_core::screen::Share;

    use super::*;

    fn window(title: &str, program: &str) -> ScreenItem {
        let source = ScreenSource::Window("1".to_owned());
        ScreenItem {
            source,
            title: title.to_owned(),
            program: program.to_owned(),
            width: 800,
            height: 600,
        }
    }

    #[test]
    fn hostile_titles_become_harmless_lines() {
        for (title, expected) in [
            ("a\nb\tc\u{0}d", "a b c d"),
            ("\u{202e}txt.exe", "txt.exe"),
            ("\u{e3c4} Leave", "Leave"),
            ("Z\u{300}\u{301}\u{302}algo", "Zalgo"),
            ("  \r\n ", ""),
            ("مرحبا", "مرحبا"),
        ] {
            assert_eq!(clean_title(title), expected, "{title:?}");
        }
        let long = clean_title(&"wide ".repeat(100_000));
        assert!(long.chars().count() <= TITLE_CHARS + 1 && long.ends_with('…'));
        assert_eq!(clean_title(&"\u{200b}".repeat(1_000_000)), "");
    }

    #[test]
    fn a_window_is_called_by_its_title_else_by_its_program() {
        assert_eq!(screen_title(&window("Notes", "Editor")), "Notes");
        assert_eq!(screen_title(&window(" ", "Editor")), "Editor");
        assert_eq!(screen_title(&window("", "\n")), no_title());
        assert_eq!(screen_details(&window("Notes", "Editor")), "Editor · 800 × 600");
        assert_eq!(screen_details(&window("Notes", "")), "800 × 600");
    }

    #[test]
    fn what_one_shares_has_words_before_it_is_known() {
        let of = |source: ScreenSource, shows| {
            let share = Share { source, sound: true };
            you_share(&SharingView { share, shows, content: None, sound: true })
        };
        let shown = Some(window("Notes", "Editor"));
        assert_eq!(of(ScreenSource::Window("1".to_owned()), shown.clone()), "You share “Notes”");
        assert_eq!(of(ScreenSource::Window("1".to_owned()), None), "You share a window");
        assert_eq!(of(ScreenSource::Monitor("0".to_owned()), None), "You share your screen");
        assert_eq!(of(ScreenSource::Portal, shown), "You share your screen");
    }

    #[test]
    fn bitrates_are_written_shortly() {
        for (bps, expected) in
            [(300_000, "0.3 Mbit/s"), (2_000_000, "2 Mbit/s"), (12_000_000, "12 Mbit/s")]
        {
            assert_eq!(megabits(bps), expected);
        }
    }
}
