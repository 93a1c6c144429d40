//! What the window says of itself: its keys and its settings.

use std::path::Path;

use eframe::egui::Key;

use super::catalog::messages;
use super::names;
use crate::ui::keys::Group;

messages! {
    keys, keys_hint, close, key_play, key_back, key_forward, key_back_more, key_forward_more,
    key_frame_back, key_frame_forward, key_louder, key_quieter, key_microphone, key_camera,
    key_chat, key_share, key_talk, key_full_screen, key_theatre, key_zoom, key_help, key_escape,
    settings_window, search_settings, no_setting_found, scale, scale_less, scale_more, on_top,
    reduced_motion, notifications, came_in, waits_for_you, keys_as_they_came, keys_chosen,
    reset_keys, drop_for_room, drop_subtitles_later, film_for_room, not_that_film, show_it,
    after_this_one, invitation_waits, copy_code_only, recent_rooms, forgotten_room(code), camera_missing,
    microphone_missing, forget_room(code), go_in_again(code, with), press_for(words),
    show_to_room(file), chinese_font_hint, language_label, language_of_system(language), needs_font(language), choose_own_copy, choose_next_film, choose_subtitles,
}

pub(super) mod say {
    use super::messages;

    messages! {
        days_ago(count), first_start_1, first_start_2, first_start_3, hours_ago(count), just_now,
        key_group_call, key_group_film, key_group_window, key_is_taken(key, words), key_space,
        minutes_ago(count), recent(with, ago), talk_key_takes(key, words),
    }
}

/// A file's name, without where it lies.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What the program is, when it starts for the first time.
pub(crate) fn first_start() -> [&'static str; 3] {
    [say::first_start_1(), say::first_start_2(), say::first_start_3()]
}

/// Who was in a room, and how long ago that is.
pub(crate) fn recent(with: &[String], seconds_ago: u64) -> String {
    let ago = match seconds_ago / 60 {
        0..=1 => say::just_now().to_owned(),
        minutes @ 2..=59 => say::minutes_ago(minutes),
        minutes @ 60..=1439 => say::hours_ago(minutes / 60),
        minutes => say::days_ago(minutes / 1440),
    };
    if with.is_empty() { ago } else { say::recent(names(with), ago) }
}

/// What keys are about.
pub(crate) fn key_group(group: Group) -> &'static str {
    match group {
        Group::Film => say::key_group_film(),
        Group::Call => say::key_group_call(),
        Group::Window => say::key_group_window(),
    }
}

/// A key as it is written on it.
pub(crate) fn key_name(key: Key) -> &'static str {
    match key {
        Key::Space => say::key_space(),
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

/// Why a key was not taken.
pub(crate) fn key_is_taken(key: Key, words: &str) -> String {
    say::key_is_taken(key_name(key), words)
}

/// The key to talk with does something else, too.
pub(crate) fn talk_key_takes(key: Key, words: &str) -> String {
    say::talk_key_takes(key_name(key), words)
}
