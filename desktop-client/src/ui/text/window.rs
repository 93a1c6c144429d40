//! What the window says of itself: its keys and its settings.

use std::path::Path;

use eframe::egui::Key;

use super::names;
use crate::ui::keys::Group;

pub(crate) const KEYS: &str = "Keys";
pub(crate) const KEYS_HINT: &str = "Each can be another one: Settings, This window.";
pub(crate) const CLOSE: &str = "Close";
pub(crate) const KEY_PLAY: &str = "Play or pause";
pub(crate) const KEY_BACK: &str = "Back 5 s";
pub(crate) const KEY_FORWARD: &str = "Forward 5 s";
pub(crate) const KEY_BACK_MORE: &str = "Back 10 s";
pub(crate) const KEY_FORWARD_MORE: &str = "Forward 10 s";
pub(crate) const KEY_FRAME_BACK: &str = "A frame back";
pub(crate) const KEY_FRAME_FORWARD: &str = "A frame forward";
pub(crate) const KEY_LOUDER: &str = "Film louder";
pub(crate) const KEY_QUIETER: &str = "Film quieter";
pub(crate) const KEY_MICROPHONE: &str = "Microphone on or off";
pub(crate) const KEY_CAMERA: &str = "Camera on or off";
pub(crate) const KEY_CHAT: &str = "Write a message";
pub(crate) const KEY_SHARE: &str = "Share your screen";
pub(crate) const KEY_TALK: &str = "Hold to talk";
pub(crate) const KEY_FULL_SCREEN: &str = "Full screen";
pub(crate) const KEY_THEATRE: &str = "Theatre: only the film";
pub(crate) const KEY_ZOOM: &str = "Shared screen in its actual size";
pub(crate) const KEY_HELP: &str = "These keys";
pub(crate) const KEY_ESCAPE: &str = "Leave, close";

pub(crate) const SETTINGS_WINDOW: &str = "This window";
pub(crate) const SEARCH_SETTINGS: &str = "Search the settings";
pub(crate) const NO_SETTING_FOUND: &str = "No setting is called like that.";
pub(crate) const SCALE: &str = "Size of everything";
pub(crate) const SCALE_LESS: &str = "Make everything smaller";
pub(crate) const SCALE_MORE: &str = "Make everything larger";
pub(crate) const ON_TOP: &str = "Above all other windows";
pub(crate) const REDUCED_MOTION: &str = "Less motion";
pub(crate) const NOTIFICATIONS: &str = "Tell me what happens while I look elsewhere";
pub(crate) const CAME_IN: &str = "Came into the room";
pub(crate) const WAITS_FOR_YOU: &str = "The room waits for you";
pub(crate) const KEYS_AS_THEY_CAME: &str = "As they came";
pub(crate) const KEYS_CHOSEN: &str = "Chosen by you";
pub(crate) const RESET_KEYS: &str = "All keys as they came";

pub(crate) const DROP_FOR_ROOM: &str = "Let go to show it in the room you enter";
pub(crate) const DROP_SUBTITLES_LATER: &str = "Subtitles are for a film: enter a room first";
pub(crate) const FILM_FOR_ROOM: &str = "Shown in the room you enter";
pub(crate) const NOT_THAT_FILM: &str = "Do not show this film";
pub(crate) const SHOW_IT: &str = "Show it";
pub(crate) const AFTER_THIS_ONE: &str = "After this one";
pub(crate) const INVITATION_WAITS: &str =
    "An invitation was opened. It stands in the lobby once you have left this room.";

/// Asks whether a film that was opened from outside is to be shown.
pub(crate) fn show_to_room(file: &str) -> String {
    format!("Show {file} to the room?")
}

/// A file's name, without where it lies.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

pub(crate) const COPY_CODE_ONLY: &str = "Copy the code alone";
pub(crate) const RECENT_ROOMS: &str = "Recent rooms";
pub(crate) const CAMERA_MISSING: &str = "No camera was found. Plug one in, or come without.";
pub(crate) const MICROPHONE_MISSING: &str = "No microphone was found: plug one in to be heard";
/// What the program is, when it starts for the first time.
pub(crate) const FIRST_START: [&str; 3] = [
    "Make a room and send your friends its code, or type the code you got.",
    "Each of you opens the film from an own file, and it plays for all at the same moment.",
    "Meanwhile you see and hear each other and chat; press ? in a room for its keys.",
];

/// Who was in a room, and how long ago that is.
pub(crate) fn recent(with: &[String], seconds_ago: u64) -> String {
    let ago = match seconds_ago / 60 {
        0..=1 => "just now".to_owned(),
        minutes @ 2..=59 => format!("{minutes} min ago"),
        minutes @ 60..=119 => format!("{} hour ago", minutes / 60),
        minutes @ 120..=1439 => format!("{} hours ago", minutes / 60),
        1440..=2879 => "a day ago".to_owned(),
        minutes => format!("{} days ago", minutes / 1440),
    };
    if with.is_empty() { ago } else { format!("{} · {ago}", names(with)) }
}

/// A room in which one was, as something to press.
pub(crate) fn go_in_again(code: &str, with: &str) -> String {
    format!("Go into {code} again: {with}")
}

/// The same.
pub(crate) fn forget_room(code: &str) -> String {
    format!("Forget {code}")
}

/// What keys are about.
pub(crate) fn key_group(group: Group) -> &'static str {
    match group {
        Group::Film => "Film",
        Group::Call => "Talk and chat",
        Group::Window => "Window",
    }
}

/// A key as it is written on it.
pub(crate) fn key_name(key: Key) -> &'static str {
    match key {
        Key::ArrowLeft => "←",
        Key::ArrowRight => "→",
        Key::ArrowUp => "↑",
        Key::ArrowDown => "↓",
        Key::Comma => ",",
        Key::Period => ".",
        Key::Questionmark => "?",
        Key::Escape => "Esc",
        _ => key.name(),
    }
}

/// What is done by which keys: `Play or pause: Space, K`.
pub(crate) fn key_row(words: &str, keys: &[&str]) -> String {
    format!("{words}: {}", keys.join(", "))
}

/// Asks for a key.
pub(crate) fn press_for(words: &str) -> String {
    format!("Press the key for “{words}”; Escape leaves it as it is.")
}

/// Why a key was not taken.
pub(crate) fn key_is_taken(key: Key, words: &str) -> String {
    format!("{} is for “{words}” already. Press another key.", key_name(key))
}

/// The key to talk with does something else, too.
pub(crate) fn talk_key_takes(key: Key, words: &str) -> String {
    let key = key_name(key);
    format!("{key} is also for “{words}”. While it has to be held to talk, it only does that.")
}

/// How large everything is.
pub(crate) fn percent(percent: u16) -> String {
    format!("{percent} %")
}
