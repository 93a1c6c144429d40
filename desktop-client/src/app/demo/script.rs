//! What happens when in the scripted evening.

use cinemasync_core::interface::{Level, WaitReason};
use cinemasync_core::link::LinkState;

use super::{ANA, BEN, DANA, EMIL, FARAH, GIULIA, HUGO, SELF};

/// The evening begins again after so long.
pub(super) const LENGTH_SECS: f64 = 230.0;

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
    /// It waits for these: id, name, percent of what it needs; for nobody: goes on.
    WaitFor(&'static [(&'static str, &'static str, Option<u8>)], WaitReason),
    /// It plays a little slower, or no longer.
    Slow(bool),
    /// A film starts once all are ready, or when somebody presses play.
    ReadyCheck(bool),
    /// These films wait: name, and who has it.
    Queue(&'static [(&'static str, &'static str)]),
    /// The file that was chosen is another cut.
    WrongFile,
    /// One's own copy is another cut.
    OtherCut,
    /// Somebody proposes tracks: name, audio and subtitle track.
    Proposes(&'static str, i64, i64),
    /// Somebody offers a subtitle file: id, its name.
    Offers(&'static str, &'static str),
    /// Ben shows what is at an address.
    Address,
    /// Somebody writes: id, name, text.
    Says(&'static str, &'static str, &'static str),
    /// The same, about a place in the film, in seconds.
    SaysAt(&'static str, &'static str, &'static str, f64),
    /// A system line.
    Tells(&'static str),
    /// Somebody floats an emoji.
    Reacts(&'static str, &'static str),
    /// A notice to oneself.
    Notice(Level, &'static str),
    /// The film is taken off.
    FilmOff,
    /// Somebody shares a screen, or no longer.
    Shares(&'static str, bool),
    /// One shares the window of this number, or nothing any more.
    YouShare(Option<&'static str>),
    /// Somebody mutes the microphone, or not any more.
    Mutes(&'static str, bool),
    /// Somebody raises a hand, or takes it down.
    Waves(&'static str, bool),
    /// Somebody turns the camera off.
    CoversCamera(&'static str),
    /// The server is there, or not.
    Server(bool),
    /// One is in the lobby again, for this reason.
    Fails(&'static str),
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
    (19.5, WrongFile),
    (22.0, Copy),
    (23.5, Play),
    (23.5, Tells("Ana started the film")),
    (26.0, Queue(&[("The Harbour Lights.mkv", "Ben"), ("Salt_and_Snow.mp4", "Ana")])),
    (32.0, Mutes(BEN, true)),
    (33.0, Slow(true)),
    (36.0, Slow(false)),
    (38.0, Says(BEN, "Ben", "wait, is that the same lighthouse from the start?")),
    (41.0, SaysAt(SELF, "Cyd", "it is! look at", 190.0)),
    (44.0, Says(ANA, "Ana", "no spoilers!")),
    (46.0, Reacts(BEN, "😂")),
    (46.6, Reacts(ANA, "❤")),
    (48.0, Mutes(BEN, false)),
    (52.0, WaitFor(&[(BEN, "Ben", Some(40))], WaitReason::Buffering)),
    (52.0, Link(BEN, LinkState::Reconnecting)),
    (55.0, WaitFor(&[(BEN, "Ben", Some(75))], WaitReason::Buffering)),
    (57.0, Link(BEN, LinkState::Connected)),
    (58.0, WaitFor(&[], WaitReason::Buffering)),
    (60.0, Notice(Level::Info, "Ben is back. The film goes on together.")),
    (66.0, Pause),
    (66.0, Tells("Ana paused at 48:52")),
    (71.0, Play),
    (74.0, Offers(BEN, "film.de.srt")),
    (76.0, Says(BEN, "Ben", "this score is unreal")),
    (78.0, Proposes("Ben", 1, 2)),
    (80.0, Reacts(SELF, "👏")),
    (86.0, OtherCut),
    (92.0, Address),
    (92.0, Tells("Ben shows harbour.mkv")),
    (92.0, ReadyCheck(true)),
    (102.0, Copy),
    (104.0, WaitFor(&[(BEN, "Ben", None), (SELF, "Cyd", None)], WaitReason::NotReady)),
    (112.0, ReadyCheck(false)),
    (112.0, WaitFor(&[], WaitReason::NotReady)),
    (118.0, FilmOff),
    (118.0, Tells("Ben took the film off")),
    (120.0, Shares(ANA, true)),
    (120.0, Tells("Ana shares a screen with sound")),
    (130.0, Shares(BEN, true)),
    (130.0, Tells("Ben shares a screen")),
    (140.0, Shares(BEN, false)),
    (141.0, Shares(ANA, false)),
    (142.0, YouShare(Some("0"))),
    (142.0, Tells("You share a screen with sound")),
    (150.0, YouShare(None)),
    (151.0, Film),
    (151.0, Copy),
    (152.0, Play),
    (154.0, Shares(BEN, true)),
    (154.0, Tells("Ben shares a screen")),
    (160.0, YouShare(Some("1"))),
    (168.0, YouShare(None)),
    (168.0, Shares(BEN, false)),
    (168.0, FilmOff),
    (169.0, Comes(DANA, "Dana")),
    (169.0, Comes(EMIL, "Emil")),
    (169.0, Comes(FARAH, "Farah")),
    (169.0, Comes(GIULIA, "Giulia Bartolomeo-Winterfeld")),
    (169.0, Comes(HUGO, "Hugo")),
    (170.0, Link(DANA, LinkState::Connected)),
    (170.0, Link(EMIL, LinkState::Connected)),
    (170.0, Link(FARAH, LinkState::Connected)),
    (170.0, Link(GIULIA, LinkState::Connected)),
    (170.0, CoversCamera(FARAH)),
    (170.0, CoversCamera(GIULIA)),
    (170.0, Mutes(GIULIA, true)),
    (172.0, Waves(DANA, true)),
    (174.0, Link(HUGO, LinkState::Connected)),
    (178.0, Says(HUGO, "Hugo", "the story so far: https://films.example.org/the-long-way/story")),
    (180.0, Film),
    (180.0, Copy),
    (181.0, Play),
    (190.0, Server(false)),
    (190.0, Link(EMIL, LinkState::Failed)),
    (
        191.0,
        Notice(
            Level::Warning,
            "The server does not answer. The call and the film go on without it.",
        ),
    ),
    (198.0, Server(true)),
    (198.0, Link(EMIL, LinkState::Connected)),
    (
        202.0,
        Notice(
            Level::Error,
            "The microphone was unplugged, and there is no other one. Plug one in, or go on by chat.",
        ),
    ),
    (212.0, Fails("There is no room for one more: eight are in it. Ask whoever invited you.")),
];

/// Does the person of this number (Ana, Ben, oneself) speak now?
pub(super) fn speaks(number: u32, into: f64) -> bool {
    let phase = (into / 3.5 + f64::from(number) * 2.0).rem_euclid(6.0);
    phase < 1.3
}
