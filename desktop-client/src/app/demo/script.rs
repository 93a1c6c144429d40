//! What happens when in the scripted evening.

use cinemasync_core::interface::Level;
use cinemasync_core::link::LinkState;

use super::{ANA, BEN, SELF};

/// The evening begins again after so long.
pub(super) const LENGTH_SECS: f64 = 90.0;

/// One thing that happens.
#[derive(Debug)]
pub(super) enum Happening {
    /// One is on the way into the room.
    Entering,
    /// One is in the room.
    Enter,
    /// Somebody comes: id and name.
    Comes(&'static str, &'static str),
    /// Somebody's connection changes.
    Link(&'static str, LinkState),
    /// Ana shows a film.
    Film,
    /// One's own copy of it is there.
    Copy,
    /// The film plays.
    Play,
    /// It pauses.
    Pause,
    /// It waits for these; for nobody: goes on.
    WaitFor(&'static [&'static str]),
    /// Somebody writes: id, name, text.
    Says(&'static str, &'static str, &'static str),
    /// A system line.
    Tells(&'static str),
    /// Somebody floats an emoji.
    Reacts(&'static str, &'static str),
    /// A notice to oneself.
    Notice(Level, &'static str),
    /// Somebody mutes the microphone, or not any more.
    Mutes(&'static str, bool),
}

use Happening::*;

/// Seconds since the start, and what happens then; in order.
pub(super) const SCRIPT: &[(f64, Happening)] = &[
    (6.0, Entering),
    (7.5, Enter),
    (9.0, Comes(ANA, "Ana")),
    (9.8, Link(ANA, LinkState::Connected)),
    (11.0, Comes(BEN, "Ben")),
    (12.0, Link(BEN, LinkState::Connected)),
    (13.0, Says(ANA, "Ana", "there you are! popcorn is ready")),
    (15.0, Says(SELF, "Cyd", "mine too")),
    (17.0, Film),
    (17.0, Tells("Ana shows The Long Way Down to the Sea")),
    (22.0, Copy),
    (23.5, Play),
    (23.5, Tells("Ana started the film")),
    (32.0, Mutes(BEN, true)),
    (38.0, Says(BEN, "Ben", "wait, is that the same lighthouse from the start?")),
    (41.0, Says(SELF, "Cyd", "it is! look at 03:10")),
    (44.0, Says(ANA, "Ana", "no spoilers!")),
    (46.0, Reacts(BEN, "😂")),
    (46.6, Reacts(ANA, "❤")),
    (48.0, Mutes(BEN, false)),
    (52.0, WaitFor(&[BEN])),
    (52.0, Link(BEN, LinkState::Reconnecting)),
    (57.0, Link(BEN, LinkState::Connected)),
    (58.0, WaitFor(&[])),
    (60.0, Notice(Level::Info, "Ben is back. The film goes on together.")),
    (66.0, Pause),
    (66.0, Tells("Ana paused at 48:52")),
    (71.0, Play),
    (76.0, Says(BEN, "Ben", "this score is unreal")),
    (80.0, Reacts(SELF, "👏")),
];

/// Does the person of this number (Ana, Ben, oneself) speak now?
pub(super) fn speaks(number: u32, into: f64) -> bool {
    let phase = (into / 3.5 + f64::from(number) * 2.0).rem_euclid(6.0);
    phase < 1.3
}
