//! The room's playback state and how one's own player follows it.
