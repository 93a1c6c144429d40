//! What the window says about the film and what people do to it: the stage, waiting, taking back, the films
//! that wait, addresses, other cuts, the room's rules.

use std::time::Duration;

use cinemasync_core::film::{FilmAddress, FilmInfo};
use cinemasync_core::interface::{
    Cause, FilmCopy, PlaybackStage, PlaybackView, Snapshot, UndoView, WaitReason, WaitingView,
};
use cinemasync_core::player::Chapter;
use cinemasync_core::room_rules::{Rules, Steering};
use cinemasync_core::sentence::{Sentence, Value};
use cinemasync_protocol::ParticipantId;

use super::catalog::messages;
use super::{names, somebody, the_host, waiting_label};

messages! {
    drop_a_film, choose_film, choose_copy, drop_now, play, pause, back, forward, seek, volume,
    silence, sound, rate_label, full_screen, leave_full_screen, close_film, film_taken_off(title), film_waits_no_more(title), put_back, previous_chapter,
    next_chapter, drop_subtitles_now, i_am_ready, not_ready_yet, ready_check, slowed, undo_label,
    use_it, not_now, use_other_cut, other_cut, open, open_address, film_address, film_address_asked,
    show_address, films, next_films, no_next_film, add_film, play_next, go_there, send_with_place,
    this_room, lock_room, who_steers, ready_check_rule, patience_label, patience_less,
    patience_more,
}

pub(super) mod say {
    use super::messages;

    messages! {
        address_asked(who, address), buffering(who), buffering_percent(who, percent),
        chapter(time, number), drop_copy(film), drop_instead(film), go_on_without_me,
        go_on_without_them, go_on_without(name), go_to(place), film_later(film), film_sooner(film),
        host_steers(host), minutes(minutes), opening_film(film), place(place), queued(film, who),
        rule_everyone, rule_host(host), rule_patience(time), rule_play, rule_ready,
        shows(who, film), shows_at(who, server), steering_everyone, steering_host,
        title_from(film, who), undo_pause(who, place), undo_seek(who, place), unqueue(film),
        waiting_for(who), waiting_to_be_ready(who), waiting_to_open(who), whole_seconds(seconds),
        you_waited_for,
    }
}
pub(crate) const FILM_ADDRESS_HINT: &str = "https://films.example.org/film.mkv";

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
        Some((index, _)) => say::chapter(time, index + 1),
        None => time,
    }
}

/// For whom the room waits, and why; oneself is "you".
pub(crate) fn waiting(waiting: &WaitingView, me: Option<&ParticipantId>) -> String {
    let buffering = |(name, percent): (String, Option<u8>)| match percent {
        Some(percent) => say::buffering_percent(name, percent),
        None => say::buffering(name),
    };
    let who = waited_for(waiting, me);
    let plain = |who: Vec<(String, Option<u8>)>| {
        let all: Vec<String> = who.into_iter().map(|(name, _)| name).collect();
        names(&all)
    };
    match waiting.why {
        WaitReason::Buffering => {
            let all: Vec<String> = who.into_iter().map(buffering).collect();
            say::waiting_for(names(&all))
        }
        WaitReason::Loading => say::waiting_to_open(plain(who)),
        WaitReason::NotReady => say::waiting_to_be_ready(plain(who)),
    }
}

/// The same in a few words.
pub(crate) fn waiting_short(waiting: &WaitingView, me: Option<&ParticipantId>) -> String {
    let who: Vec<String> = waited_for(waiting, me).into_iter().map(|(name, _)| name).collect();
    say::waiting_for(names(&who))
}

fn waited_for(waiting: &WaitingView, me: Option<&ParticipantId>) -> Vec<(String, Option<u8>)> {
    let name = |id: &ParticipantId, name: &String| {
        if me == Some(id) { say::you_waited_for().to_owned() } else { name.clone() }
    };
    waiting.who.iter().map(|(id, known, percent)| (name(id, known), *percent)).collect()
}

/// The button that ends waiting.
pub(crate) fn go_on_without(waiting: &WaitingView, me: Option<&ParticipantId>) -> String {
    match waiting.who.as_slice() {
        [(id, ..)] if me == Some(id) => say::go_on_without_me().to_owned(),
        [(_, name, _)] => say::go_on_without(name),
        _ => say::go_on_without_them().to_owned(),
    }
}

/// What can be taken back.
pub(crate) fn undo(undo: &UndoView) -> String {
    let place = film_time(undo.position_secs);
    match undo.cause {
        Cause::Pause => say::undo_pause(&undo.by, place),
        _ => say::undo_seek(&undo.by, place),
    }
}

/// Does this sentence of the session's tell of the same act?
pub(crate) fn is_told_by(undo: &UndoView, sentence: &Sentence) -> bool {
    let id = match undo.cause {
        Cause::Pause => "paused_at",
        _ => "went_to",
    };
    let by = |value: &Value| matches!(value, Value::Text(name) if *name == undo.by);
    sentence.id() == id && sentence.values().iter().any(|(what, value)| *what == "who" && by(value))
}

/// Why one may not steer; `None` if one may.
pub(crate) fn may_not_steer(snapshot: &Snapshot) -> Option<String> {
    (!snapshot.playback.may_steer && snapshot.rules.steering == Steering::Host)
        .then(|| say::host_steers(host(snapshot)))
}

fn host(snapshot: &Snapshot) -> &str {
    let found = snapshot.participants.iter().find(|person| person.host);
    found.map_or(the_host(), |person| person.name.as_str())
}

/// Who steers the film, as a choice.
pub(crate) fn steering(steering: Steering) -> &'static str {
    match steering {
        Steering::Everyone => say::steering_everyone(),
        Steering::Host => say::steering_host(),
    }
}

/// How long the room waits: `20 s`.
pub(crate) fn patience(rules: Rules) -> String {
    let seconds = rules.patience_secs;
    if seconds >= 120 && seconds.is_multiple_of(60) {
        say::minutes(seconds / 60)
    } else {
        say::whole_seconds(seconds)
    }
}

/// The rules for those who cannot change them.
pub(crate) fn rules(snapshot: &Snapshot) -> [String; 3] {
    let rules = snapshot.rules;
    [
        match rules.steering {
            Steering::Everyone => say::rule_everyone().to_owned(),
            Steering::Host => say::rule_host(host(snapshot)),
        },
        if rules.ready_check { say::rule_ready().to_owned() } else { say::rule_play().to_owned() },
        say::rule_patience(patience(rules)),
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
    say::address_asked(shower(playback), shown)
}

/// A film that waits, and who has it.
pub(crate) fn queued(film: &FilmInfo, by: &str) -> String {
    if by.is_empty() { title(film) } else { say::queued(title(film), by) }
}

/// What is done to a film that waits.
pub(crate) fn sooner(film: &FilmInfo) -> String {
    say::film_sooner(title(film))
}

/// The same.
pub(crate) fn later(film: &FilmInfo) -> String {
    say::film_later(title(film))
}

/// The same.
pub(crate) fn unqueue(film: &FilmInfo) -> String {
    say::unqueue(title(film))
}

/// The question before a message's place is gone to.
pub(crate) fn go_to(position_secs: f64) -> String {
    say::go_to(film_time(position_secs))
}

/// The place that a message speaks of, as something to press.
pub(crate) fn place(position_secs: f64) -> String {
    say::place(film_time(position_secs))
}

/// The stage's sentence while there is no picture, and what it offers.
pub(crate) fn stage(playback: &PlaybackView) -> String {
    let Some(film) = &playback.film else { return drop_a_film().to_owned() };
    match (playback.mine, playback.state) {
        (FilmCopy::None, _) => match film.address.as_deref().map(FilmAddress::parse) {
            Some(Ok(address)) => say::shows_at(shower(playback), address.server()),
            _ => say::shows(shower(playback), title(film)),
        },
        (_, PlaybackStage::Waiting) => waiting_label().to_owned(),
        (_, PlaybackStage::None | PlaybackStage::Loading) => say::opening_film(title(film)),
        (_, PlaybackStage::Playing | PlaybackStage::Paused) => title(film),
    }
}

fn shower(playback: &PlaybackView) -> &str {
    if playback.opened_by.is_empty() { somebody() } else { &playback.opened_by }
}

/// What happens when a film is let go: it is one's copy of the one that is shown.
pub(crate) fn drop_copy(film: &FilmInfo) -> String {
    say::drop_copy(title(film))
}

/// What happens when a film is let go: it is shown in the place of this one.
pub(crate) fn drop_instead(film: &FilmInfo) -> String {
    say::drop_instead(title(film))
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
        say::title_from(title(film), &playback.opened_by)
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
        assert_eq!(stage(&PlaybackView::default()), drop_a_film());
        for (mine, state, expected) in [
            (FilmCopy::None, PlaybackStage::Loading, "Ana shows The Long Way: choose your copy"),
            (FilmCopy::Local, PlaybackStage::Loading, "Opening The Long Way"),
            (FilmCopy::Local, PlaybackStage::None, "Opening The Long Way"),
            (FilmCopy::Local, PlaybackStage::Waiting, waiting_label()),
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
