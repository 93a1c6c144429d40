//! Words about faces, hands and the chat.

use cinemasync_core::bubbles::Edge;

use super::catalog::{figure, messages};

messages! {
    faces, faces_size, faces_smaller, faces_larger, emoji_picker, open_link, copy_link, raise_hand,
    lower_hand, hand_raised(said), link(address),
}

pub(super) mod say {
    use super::messages;

    messages! {
        at_the_left, at_the_right, at_the_top, is_ahead(name, seconds), is_behind(name, seconds),
        link_asked(server, address), put_chat_away, show_chat, show_chat_unread(count),
    }
}

/// The emoji beside the message field.
pub(crate) const EMOJI: [&str; 48] = [
    "😀", "😄", "😂", "🤣", "😊", "😍", "😘", "😎", "🙂", "😉", "😅", "🤔", "😐", "😴", "😮", "😱",
    "😢", "😭", "😡", "🙄", "😬", "🤯", "🥳", "🤗", "👍", "👎", "👏", "🙌", "🙏", "👋", "👌", "💪",
    "❤", "💔", "🔥", "✨", "🎉", "💯", "👀", "💤", "🍿", "🎬", "🍕", "🍺", "☕", "🌙", "⭐", "✅",
];

/// What is asked before an address of a message is opened: all of it, with its server first.
pub(crate) fn link_asked(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let server = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    say::link_asked(server, address)
}

/// Where somebody is in the film who is not where the room is.
pub(crate) fn off_in_time(name: &str, offset_secs: f64) -> String {
    let seconds = figure(offset_secs.abs(), 0);
    if offset_secs < 0.0 { say::is_behind(name, seconds) } else { say::is_ahead(name, seconds) }
}

/// An edge at which faces stand.
pub(crate) fn faces_at(edge: Edge) -> &'static str {
    match edge {
        Edge::Left => say::at_the_left(),
        Edge::Top => say::at_the_top(),
        Edge::Right => say::at_the_right(),
    }
}

/// The switch that brings the chat or puts it away.
pub(crate) fn chat_switch(open: bool, unread: usize) -> String {
    match (open, unread) {
        (true, _) => say::put_chat_away().to_owned(),
        (false, 0) => say::show_chat().to_owned(),
        (false, count) => say::show_chat_unread(count),
    }
}

/// A message that passes.
pub(crate) fn passing(name: &str, text: &str) -> String {
    format!("{name}: {text}")
}
