//! The words about shared screens, and how titles of strangers' windows are made fit to be shown.

use cinemasync_core::interface::SharingView;
use cinemasync_core::screen::{Content, ScreenItem, ScreenSource};

pub(crate) const SHARE_SCREEN: &str = "Share your screen";
pub(crate) const SHARE: &str = "Share";
pub(crate) const SHARE_THIS_NOW: &str = "Share this instead";
pub(crate) const STOP_SHARING: &str = "Stop sharing";
pub(crate) const STOP: &str = "Stop";
pub(crate) const CHANGE: &str = "Change";
pub(crate) const CHANGE_SHARED: &str = "Share something else";
pub(crate) const MONITORS: &str = "Monitors";
pub(crate) const WINDOWS: &str = "Windows";
pub(crate) const SEARCH_WINDOWS: &str = "Search windows";
pub(crate) const SEARCH_HINT: &str = "Title or program";
pub(crate) const NOTHING_FOUND: &str = "No window is called like that.";
pub(crate) const LOOKING_FOR_SCREENS: &str = "Looking for monitors and windows…";
pub(crate) const NO_SCREENS: &str =
    "No monitors and windows were found. Your system may not let programs look at them.";
pub(crate) const WITH_SOUND: &str = "With the sound of this computer";
pub(crate) const WITH_SOUND_HINT: &str =
    "What other programs play goes along, but never your friends' voices or the room's film.";
pub(crate) const HOW_IT_IS_SENT: &str = "How it is sent";
pub(crate) const SETTINGS_SCREEN: &str = "Your screen";
pub(crate) const CONTENT: &str = "Made for";
pub(crate) const TITLE_SHARING: &str = "CinemaSync · you share your screen";
pub(crate) const CONTENT_HINT: &str =
    "For text, fewer pictures a second and all of the resolution; for motion, the other way round.";
pub(crate) const SIXTY: &str = "Up to 60 pictures a second";
pub(crate) const SCREEN_LIMIT: &str = "At most";
pub(crate) const SCREEN_LIMIT_LESS: &str = "Spend less on the screen";
pub(crate) const SCREEN_LIMIT_MORE: &str = "Spend more on the screen";
pub(crate) const PORTAL: &str = "Let the system ask";
pub(crate) const PORTAL_HINT: &str = "On this desktop the system asks what you want to share. It opens its own \
     list when you press Share, and CinemaSync sees only what you choose there.";
pub(crate) const PERMISSION: [&str; 2] = [
    "macOS will ask whether CinemaSync may record the screen and the sound of this computer. It does so \
     only while you choose what to share, and while you share it.",
    "Say yes in System Settings, under Privacy & Security, Screen & System Audio Recording; then start \
     CinemaSync again. Without it your friends see an empty desktop.",
];
pub(crate) const GO_ON: &str = "Go on";
pub(crate) const THE_FILM: &str = "Film";
pub(crate) const ACTUAL_SIZE: &str = "Actual size";
pub(crate) const WHOLE_SCREEN: &str = "All of it";
pub(crate) const NO_TITLE: &str = "A window without a title";
pub(crate) const SENT_WITH_SOUND: &str = "with sound";

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
        return PORTAL.to_owned();
    }
    [&item.title, &item.program]
        .into_iter()
        .map(|words| clean_title(words))
        .find(|words| !words.is_empty())
        .unwrap_or_else(|| NO_TITLE.to_owned())
}

/// What stands below: the program, and how large it is.
pub(crate) fn screen_details(item: &ScreenItem) -> String {
    let size = format!("{} × {}", item.width, item.height);
    match clean_title(&item.program) {
        program if program.is_empty() => size,
        program => format!("{program} · {size}"),
    }
}

/// What one shares, in a sentence.
pub(crate) fn you_share(sharing: &SharingView) -> String {
    let what = match (&sharing.shows, &sharing.share.source) {
        // A title is a stranger's word and not part of the sentence.
        (Some(item), source) if *source != ScreenSource::Portal => {
            format!("“{}”", screen_title(item))
        }
        (_, ScreenSource::Monitor(_) | ScreenSource::Portal) => "your screen".to_owned(),
        (_, ScreenSource::Window(_)) => "a window".to_owned(),
        (_, ScreenSource::TestPattern { .. }) => "the test pattern".to_owned(),
    };
    format!("You share {what}")
}

/// Somebody's screen, as what can be large.
pub(crate) fn screen_of(name: &str) -> String {
    format!("{name}'s screen")
}

/// The same before its first picture.
pub(crate) fn screen_comes(name: &str) -> String {
    format!("{name} shares a screen. Its picture is on the way…")
}

/// The slider of a screen's sound.
pub(crate) fn screen_volume_of(name: &str) -> String {
    format!("How loud {name}'s screen is")
}

/// The button that silences it, or lets it be heard again.
pub(crate) fn silence_screen(name: &str, silent: bool) -> String {
    if silent { format!("Hear {name}'s screen") } else { format!("Silence {name}'s screen") }
}

/// What the pictures are made of, as a choice.
pub(crate) fn content(content: Option<Content>) -> &'static str {
    match content {
        None => "Whatever it shows",
        Some(Content::Text) => "Text and still pictures",
        Some(Content::Motion) => "A film or a game",
    }
}

/// The choice, and what was found where that is left open.
pub(crate) fn content_now(chosen: Option<Content>, found: Option<Content>) -> String {
    let open = content(chosen);
    match (chosen, found) {
        (None, Some(Content::Text)) => format!("{open} · text now"),
        (None, Some(Content::Motion)) => format!("{open} · motion now"),
        _ => open.to_owned(),
    }
}

/// A bitrate to choose.
pub(crate) fn megabits(bps: u64) -> String {
    let megabits = bps as f64 / 1e6;
    if megabits < 10.0 && megabits.fract() > 0.0 {
        format!("{megabits:.1} Mbit/s")
    } else {
        format!("{megabits:.0} Mbit/s")
    }
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
        assert_eq!(screen_title(&window("", "\n")), NO_TITLE);
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
