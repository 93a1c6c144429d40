//! What the window says about the film and what people do to it: the stage, waiting, taking back, the films
//! that wait, addresses, other cuts, the room's rules.

use std::time::Duration;

use cinemasync_core::film::{FilmAddress, FilmInfo};
use cinemasync_core::interface::{
    Cause, FilmCopy, PlaybackStage, PlaybackView, Snapshot, UndoView, WaitReason, WaitingView,
};
use cinemasync_core::player::Chapter;
use cinemasync_core::room_rules::{Rules, Steering};
use cinemasync_protocol::ParticipantId;

use super::{WAITING, names};

pub(crate) const DROP_A_FILM: &str = "Drop a film here or choose one";
pub(crate) const CHOOSE_FILM: &str = "Choose a film";
pub(crate) const CHOOSE_COPY: &str = "Choose your copy";
pub(crate) const DROP_NOW: &str = "Let go to show it to the room";
pub(crate) const PLAY: &str = "Play";
pub(crate) const PAUSE: &str = "Pause";
pub(crate) const BACK: &str = "Back 10 seconds";
pub(crate) const FORWARD: &str = "Forward 10 seconds";
pub(crate) const SEEK: &str = "Position in the film";
pub(crate) const VOLUME: &str = "Film volume";
pub(crate) const SILENCE: &str = "Silence the film";
pub(crate) const SOUND: &str = "Turn the film's sound on";
pub(crate) const RATE: &str = "Speed";
pub(crate) const FULL_SCREEN: &str = "Full screen";
pub(crate) const LEAVE_FULL_SCREEN: &str = "Leave full screen";
pub(crate) const CLOSE_FILM: &str = "Take the film off";
pub(crate) const PREVIOUS_CHAPTER: &str = "Previous chapter";
pub(crate) const NEXT_CHAPTER: &str = "Next chapter";
pub(crate) const DROP_SUBTITLES_NOW: &str = "Let go to add these subtitles";
pub(crate) const I_AM_READY: &str = "I am ready";
pub(crate) const NOT_READY_YET: &str = "I am not ready yet";
pub(crate) const READY_CHECK: &str = "The film starts once everybody is ready";
pub(crate) const SLOWED: &str = "A little slower, so that all keep up";
pub(crate) const UNDO: &str = "Undo";
pub(crate) const USE: &str = "Use";
pub(crate) const NOT_NOW: &str = "Not now";
pub(crate) const USE_OTHER_CUT: &str = "Use it all the same";
pub(crate) const OTHER_CUT: &str = "This is another file than the one the room shows.";
pub(crate) const OPEN: &str = "Open";
pub(crate) const OPEN_ADDRESS: &str = "Open an address…";
pub(crate) const FILM_ADDRESS: &str = "Address of a film";
pub(crate) const FILM_ADDRESS_HINT: &str = "https://films.example.org/film.mkv";
pub(crate) const FILM_ADDRESS_ASKED: &str =
    "Everybody is asked before the own computer opens it; the server then sees their IP addresses.";
pub(crate) const SHOW_ADDRESS: &str = "Show it to the room";
pub(crate) const FILMS: &str = "Films of this evening";
pub(crate) const NEXT_FILMS: &str = "Films that wait";
pub(crate) const NO_NEXT_FILM: &str =
    "None yet. When a film ends, the first one that waits is shown by itself.";
pub(crate) const ADD_FILM: &str = "Add a film…";
pub(crate) const PLAY_NEXT: &str = "Play next";
pub(crate) const GO_THERE: &str = "Go there";
pub(crate) const SEND_WITH_PLACE: &str = "Send with the film's place (Ctrl+Enter)";
pub(crate) const THIS_ROOM: &str = "This room";
pub(crate) const LOCK_ROOM: &str = "Let nobody else in";
pub(crate) const WHO_STEERS: &str = "Who steers the film";
pub(crate) const READY_CHECK_RULE: &str = "Start once everybody is ready";
pub(crate) const PATIENCE: &str = "Wait for somebody at most";
pub(crate) const PATIENCE_LESS: &str = "Wait for less time";
pub(crate) const PATIENCE_MORE: &str = "Wait for longer";

/// A position or duration: `3:10`, `48:12`, `1:57:40`.
pub(crate) fn film_time(seconds: f64) -> String {
    // A film shorter than a day: anything else is a broken figure and is shown as the nearest one.
    let seconds = if seconds.is_finite() { seconds.clamp(0.0, 359_999.0) } else { 0.0 };
    let whole = Duration::from_secs_f64(seconds).as_secs();
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// A place in the film, with the chapter there.
pub(crate) fn film_time_and_chapter(seconds: f64, chapter: Option<(usize, &Chapter)>) -> String {
    let time = film_time(seconds);
    match chapter {
        Some((_, Chapter { title: Some(title), .. })) => format!("{time} · {title}"),
        Some((index, _)) => format!("{time} · Chapter {}", index + 1),
        None => time,
    }
}

/// For whom the room waits, and why; oneself is "you".
pub(crate) fn waiting(waiting: &WaitingView, me: Option<&ParticipantId>) -> String {
    let buffering = |(name, percent): (String, Option<u8>)| match percent {
        Some(percent) => format!("{name} (buffering, {percent} %)"),
        None => format!("{name} (buffering)"),
    };
    let who = waited_for(waiting, me);
    let plain = |who: Vec<(String, Option<u8>)>| {
        let all: Vec<String> = who.into_iter().map(|(name, _)| name).collect();
        names(&all)
    };
    match waiting.why {
        WaitReason::Buffering => {
            let all: Vec<String> = who.into_iter().map(buffering).collect();
            format!("Waiting for {}", names(&all))
        }
        WaitReason::Loading => format!("Waiting for {} to open the film", plain(who)),
        WaitReason::NotReady => format!("Waiting for {} to be ready", plain(who)),
    }
}

/// The same in a few words.
pub(crate) fn waiting_short(waiting: &WaitingView, me: Option<&ParticipantId>) -> String {
    let who: Vec<String> = waited_for(waiting, me).into_iter().map(|(name, _)| name).collect();
    format!("Waiting for {}", names(&who))
}

fn waited_for(waiting: &WaitingView, me: Option<&ParticipantId>) -> Vec<(String, Option<u8>)> {
    let name = |id: &ParticipantId, name: &String| {
        if me == Some(id) { super::YOU.to_lowercase() } else { name.clone() }
    };
    waiting.who.iter().map(|(id, known, percent)| (name(id, known), *percent)).collect()
}

/// The button that ends waiting.
pub(crate) fn go_on_without(waiting: &WaitingView, me: Option<&ParticipantId>) -> String {
    match waiting.who.as_slice() {
        [(id, ..)] if me == Some(id) => "Go on without me".to_owned(),
        [(_, name, _)] => format!("Go on without {name}"),
        _ => "Go on without them".to_owned(),
    }
}

/// What can be taken back.
pub(crate) fn undo(undo: &UndoView) -> String {
    format!("{} {}", done(undo), film_time(undo.position_secs))
}

/// The same without the place, which the session writes a little otherwise.
pub(crate) fn done(undo: &UndoView) -> String {
    match undo.cause {
        Cause::Pause => format!("{} paused at", undo.by),
        _ => format!("{} went to", undo.by),
    }
}

/// Why one may not steer; `None` if one may.
pub(crate) fn may_not_steer(snapshot: &Snapshot) -> Option<String> {
    (!snapshot.playback.may_steer && snapshot.rules.steering == Steering::Host)
        .then(|| format!("In this room {} steers the film", host(snapshot)))
}

fn host(snapshot: &Snapshot) -> &str {
    let found = snapshot.participants.iter().find(|person| person.host);
    found.map_or("the host", |person| person.name.as_str())
}

/// Who steers the film, as a choice.
pub(crate) fn steering(steering: Steering) -> &'static str {
    match steering {
        Steering::Everyone => "Everyone",
        Steering::Host => "Only the host",
    }
}

/// How long the room waits: `20 s`.
pub(crate) fn patience(rules: Rules) -> String {
    let seconds = rules.patience_secs;
    if seconds >= 120 && seconds.is_multiple_of(60) {
        format!("{} min", seconds / 60)
    } else {
        format!("{seconds} s")
    }
}

/// The rules for those who cannot change them.
pub(crate) fn rules(snapshot: &Snapshot) -> [String; 3] {
    let rules = snapshot.rules;
    [
        match rules.steering {
            Steering::Everyone => "Everyone steers the film.".to_owned(),
            Steering::Host => format!("Only {} steers the film.", host(snapshot)),
        },
        if rules.ready_check {
            "A film starts once everybody is ready.".to_owned()
        } else {
            "A film starts when somebody presses play.".to_owned()
        },
        format!("Nobody is waited for longer than {}.", patience(rules)),
    ]
}

/// The question before one's own player opens an address.
pub(crate) fn address_asked(playback: &PlaybackView, address: &str) -> String {
    /// More of an address tells a person nothing; the server stands in front.
    const SHOWN: usize = 300;
    let mut shown: String = address.chars().take(SHOWN).collect();
    if shown.len() < address.len() {
        shown.push('…');
    }
    format!(
        "{} wants to show what is at {shown}. Your computer will ask that server for it, which then sees your \
         IP address.",
        shower(playback)
    )
}

/// A film that waits, and who has it.
pub(crate) fn queued(film: &FilmInfo, by: &str) -> String {
    if by.is_empty() { title(film) } else { format!("{} · {by}", title(film)) }
}

/// What is done to a film that waits.
pub(crate) fn sooner(film: &FilmInfo) -> String {
    format!("{}: sooner", title(film))
}

/// The same.
pub(crate) fn later(film: &FilmInfo) -> String {
    format!("{}: later", title(film))
}

/// The same.
pub(crate) fn unqueue(film: &FilmInfo) -> String {
    format!("Remove {}", title(film))
}

/// The question before a message's place is gone to.
pub(crate) fn go_to(position_secs: f64) -> String {
    format!("Take everybody to {}?", film_time(position_secs))
}

/// The place that a message speaks of, as something to press.
pub(crate) fn place(position_secs: f64) -> String {
    format!("Go to {}", film_time(position_secs))
}

/// The stage's sentence while there is no picture, and what it offers.
pub(crate) fn stage(playback: &PlaybackView) -> String {
    let Some(film) = &playback.film else { return DROP_A_FILM.to_owned() };
    match (playback.mine, playback.state) {
        (FilmCopy::None, _) => match film.address.as_deref().map(FilmAddress::parse) {
            Some(Ok(address)) => {
                format!("{} shows what is at {}", shower(playback), address.server())
            }
            _ => format!("{} shows {}: choose your copy", shower(playback), title(film)),
        },
        (_, PlaybackStage::Waiting) => WAITING.to_owned(),
        (_, PlaybackStage::None | PlaybackStage::Loading) => format!("Opening {}", title(film)),
        (_, PlaybackStage::Playing | PlaybackStage::Paused) => title(film),
    }
}

fn shower(playback: &PlaybackView) -> &str {
    if playback.opened_by.is_empty() { "Somebody" } else { &playback.opened_by }
}

/// What happens when a film is let go: it is one's copy of the one that is shown.
pub(crate) fn drop_copy(film: &FilmInfo) -> String {
    format!("Let go: your copy of {}", title(film))
}

/// What happens when a film is let go: it is shown in the place of this one.
pub(crate) fn drop_instead(film: &FilmInfo) -> String {
    format!("Let go to show it to the room instead of {}", title(film))
}

/// The film's title: its file name without what only programs read.
pub(crate) fn title(film: &FilmInfo) -> String {
    let name = film.name.as_str();
    let stem = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && is_ending(ending) => stem,
        _ => name,
    };
    stem.replace('_', " ")
}

fn is_ending(text: &str) -> bool {
    (2..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The film and who opened it.
pub(crate) fn title_and_opener(playback: &PlaybackView) -> String {
    let Some(film) = &playback.film else { return String::new() };
    if playback.opened_by.is_empty() {
        title(film)
    } else {
        format!("{} · from {}", title(film), playback.opened_by)
    }
}

#[cfg(test)]
mod tests {
    use cinemasync_core::film::FilmId;

    use super::*;

    fn playback(mine: FilmCopy, state: PlaybackStage) -> PlaybackView {
        let film = FilmInfo {
            address: None,
            name: "The_Long_Way.mkv".to_owned(),
            bytes: 1,
            duration_secs: 60.0,
            id: FilmId("00".to_owned()),
        };
        PlaybackView {
            film: Some(film),
            opened_by: "Ana".to_owned(),
            mine,
            state,
            ..PlaybackView::default()
        }
    }

    #[test]
    fn the_stage_has_a_sentence_for_every_state() {
        assert_eq!(stage(&PlaybackView::default()), DROP_A_FILM);
        for (mine, state, expected) in [
            (FilmCopy::None, PlaybackStage::Loading, "Ana shows The Long Way: choose your copy"),
            (FilmCopy::Local, PlaybackStage::Loading, "Opening The Long Way"),
            (FilmCopy::Local, PlaybackStage::None, "Opening The Long Way"),
            (FilmCopy::Local, PlaybackStage::Waiting, WAITING),
            (FilmCopy::Local, PlaybackStage::Playing, "The Long Way"),
            (FilmCopy::Streaming, PlaybackStage::Paused, "The Long Way"),
        ] {
            assert_eq!(stage(&playback(mine, state)), expected);
        }
    }

    #[test]
    fn film_times_are_short_and_never_broken() {
        assert_eq!(film_time(190.9), "3:10");
        assert_eq!(film_time(7060.0), "1:57:40");
        assert_eq!(film_time(-1.0), "0:00");
        assert_eq!(film_time(f64::NAN), "0:00");
        assert_eq!(film_time(f64::INFINITY), "0:00");
    }

    #[test]
    fn a_title_loses_its_ending_only() {
        let film = |name: &str| FilmInfo {
            address: None,
            name: name.to_owned(),
            bytes: 0,
            duration_secs: 0.0,
            id: FilmId(String::new()),
        };
        assert_eq!(title(&film("Dr. No")), "Dr. No");
        assert_eq!(title(&film("A.B.mkv")), "A.B");
        assert_eq!(title(&film(".mkv")), ".mkv");
    }

    fn waited(who: &[(&str, Option<u8>)], why: WaitReason) -> WaitingView {
        let person = |(name, percent): &(&str, Option<u8>)| {
            (ParticipantId::new(*name), (*name).to_owned(), *percent)
        };
        WaitingView { who: who.iter().map(person).collect(), why }
    }

    #[test]
    fn waiting_tells_for_whom_and_why() {
        let me = ParticipantId::new("Cyd");
        let (ben, cyd) = (("Ben", Some(40)), ("Cyd", None));
        for (who, why, expected, button) in [
            (
                &[ben][..],
                WaitReason::Buffering,
                "Waiting for Ben (buffering, 40 %)",
                "Go on without Ben",
            ),
            (
                &[ben, cyd],
                WaitReason::Buffering,
                "Waiting for Ben (buffering, 40 %) and you (buffering)",
                "Go on without them",
            ),
            (&[ben], WaitReason::Loading, "Waiting for Ben to open the film", "Go on without Ben"),
            (
                &[("Ana", None), ben],
                WaitReason::NotReady,
                "Waiting for Ana and Ben to be ready",
                "Go on without them",
            ),
            (&[cyd], WaitReason::NotReady, "Waiting for you to be ready", "Go on without me"),
        ] {
            let view = waited(who, why);
            assert_eq!(waiting(&view, Some(&me)), expected);
            assert_eq!(go_on_without(&view, Some(&me)), button);
        }
    }

    #[test]
    fn a_long_address_is_cut_behind_its_server() {
        let address = format!("https://films.example.org/{}", "a".repeat(2_000));
        let question = address_asked(&PlaybackView::default(), &address);
        assert!(
            question.starts_with("Somebody wants to show what is at https://films.example.org/aa")
        );
        assert!(question.len() < 500);
    }
}
