//! Playback in rooms of several, without links and sessions.

mod acts;
mod following;
mod room;
mod waiting;
