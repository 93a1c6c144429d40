//! Words about how the room is laid out.

use super::catalog::messages;
use crate::ui::room::Layout;

messages! {
    layout_label, layout_follows, layout_follows_hint, key_layout, film_large, compact, leave_compact,
    screen_large(name),
}

pub(super) mod say {
    use super::messages;

    messages! {
        layout_talk, layout_watch, layout_share, layout_theatre, choose_talk, choose_watch, choose_share,
        choose_theatre, watch_waits, share_waits, theatre_waits, layout_now(layout), layout_kept(layout),
    }
}

/// A layout's name.
pub(crate) fn layout(layout: Layout) -> &'static str {
    match layout {
        Layout::Talk => say::layout_talk(),
        Layout::Watch => say::layout_watch(),
        Layout::Share => say::layout_share(),
        Layout::Theatre => say::layout_theatre(),
    }
}

/// A layout as a choice, with what it does.
pub(crate) fn layout_choice(layout: Layout) -> &'static str {
    match layout {
        Layout::Talk => say::choose_talk(),
        Layout::Watch => say::choose_watch(),
        Layout::Share => say::choose_share(),
        Layout::Theatre => say::choose_theatre(),
    }
}

/// The layout that is kept although there is nothing for it now.
pub(crate) fn layout_waits(layout: Layout) -> Option<&'static str> {
    match layout {
        Layout::Talk => None,
        Layout::Watch => Some(say::watch_waits()),
        Layout::Share => Some(say::share_waits()),
        Layout::Theatre => Some(say::theatre_waits()),
    }
}

/// The control for the layout, for those who cannot see its sign.
pub(crate) fn layout_control(now: Layout, kept: Option<Layout>) -> String {
    match kept {
        Some(kept) => say::layout_kept(layout(kept)),
        None => say::layout_now(layout(now)),
    }
}
