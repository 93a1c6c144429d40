//! Words about faces, hands and the chat.

use cinemasync_core::bubbles::Edge;

pub(crate) const FACES: &str = "Faces over the film";
pub(crate) const FACES_SIZE: &str = "Size";
pub(crate) const FACES_SMALLER: &str = "Smaller faces";
pub(crate) const FACES_LARGER: &str = "Larger faces";

pub(crate) const EMOJI_PICKER: &str = "Put in an emoji";
/// The emoji beside the message field.
pub(crate) const EMOJI: [&str; 48] = [
    "😀", "😄", "😂", "🤣", "😊", "😍", "😘", "😎", "🙂", "😉", "😅", "🤔", "😐", "😴", "😮", "😱",
    "😢", "😭", "😡", "🙄", "😬", "🤯", "🥳", "🤗", "👍", "👎", "👏", "🙌", "🙏", "👋", "👌", "💪",
    "❤", "💔", "🔥", "✨", "🎉", "💯", "👀", "💤", "🍿", "🎬", "🍕", "🍺", "☕", "🌙", "⭐", "✅",
];
pub(crate) const OPEN_LINK: &str = "Open in the browser";
pub(crate) const COPY_LINK: &str = "Copy";

/// What is asked before an address of a message is opened: all of it, with its server first.
pub(crate) fn link_asked(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let server = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    format!("Open {server} in your browser? The whole address is\n{address}")
}

/// An address within a message.
pub(crate) fn link(address: &str) -> String {
    format!("Link to {address}")
}

pub(crate) const RAISE_HAND: &str = "Raise your hand";
pub(crate) const LOWER_HAND: &str = "Lower your hand";

/// Somebody whose hand is raised, for those who cannot see it.
pub(crate) fn hand_raised(said: &str) -> String {
    format!("{said}, hand raised")
}

/// Where somebody is in the film who is not where the room is.
pub(crate) fn off_in_time(name: &str, offset_secs: f64) -> String {
    let side = if offset_secs < 0.0 { "behind" } else { "ahead" };
    format!("{name} is {:.0} s {side}", offset_secs.abs())
}

/// An edge at which faces stand.
pub(crate) fn faces_at(edge: Edge) -> &'static str {
    match edge {
        Edge::Left => "At the left",
        Edge::Top => "At the top",
        Edge::Right => "At the right",
    }
}

/// The switch that brings the chat or puts it away.
pub(crate) fn chat_switch(open: bool, unread: usize) -> String {
    match (open, unread) {
        (true, _) => "Put the chat away".to_owned(),
        (false, 0) => "Show the chat".to_owned(),
        (false, 1) => "Show the chat, 1 message not read".to_owned(),
        (false, count) => format!("Show the chat, {count} messages not read"),
    }
}

/// A message that passes.
pub(crate) fn passing(name: &str, text: &str) -> String {
    format!("{name}: {text}")
}
