//! The film: opened, attached, followed, told of.

use std::time::{Duration, Instant};

use cinemasync_protocol::ParticipantId;

use super::control::send;
use super::{Io, Output, Stay};
use crate::control::ControlMessage;
use crate::film::{FilmInfo, FilmSource, MAX_FILM_SECS};
use crate::interface::{Cause, Event, FilmCopy};
use crate::playback_sync::{Opening, PlaybackInput, PlaybackOutput, PlaybackState};
use crate::player::{PlayerCommand, PlayerEvent};
use crate::sentence::{self, Value};

/// How often the place in a film is remembered while it plays.
const PLACE_EVERY: Duration = Duration::from_secs(15);

impl Stay {
    /// Shows a film to the room, once it is known what the room shows.
    pub(in crate::session) fn open_film(&mut self, film: FilmInfo, io: &mut Io<'_>) {
        self.film_to_open = Some((film, self.introductions_until.max(io.now.instant)));
    }

    pub(super) fn open_or_attach(&mut self, film: FilmInfo, io: &mut Io<'_>) {
        let shown = self.playback.state().film.as_ref();
        if shown.is_none_or(|shown| shown.id != film.id) {
            if !self.may_steer_now(io) {
                return;
            }
            let by = self.me().clone();
            self.open_at_its_place(film, by, false, io);
        } else {
            self.attach_film(&film, io);
        }
    }

    /// Takes a file as one's own copy of the film that the room shows.
    pub(in crate::session) fn attach_film(&mut self, film: &FilmInfo, io: &mut Io<'_>) {
        let text = match self.playback.state().film.as_ref() {
            None => sentence::no_film_shown(),
            Some(shown) if shown.id == film.id => {
                if let Some(source) = io.films.get(&film.id) {
                    // Chosen again on purpose: perhaps the disk is back.
                    self.unplayable = None;
                    let (source, shift_secs) = (source.clone(), 0.0);
                    self.other_cut = None;
                    self.playback(PlaybackInput::Attached { source, shift_secs }, io);
                }
                return;
            }
            Some(shown) => {
                self.refused_cut = match io.films.get(&film.id) {
                    Some(FilmSource::File(path)) => Some(path.clone()),
                    _ => None,
                };
                match Difference::of(shown, film) {
                    Difference::Unknown => sentence::wrong_film(),
                    Difference::Longer(seconds) => sentence::wrong_film_longer(seconds),
                    Difference::Shorter(seconds) => sentence::wrong_film_shorter(seconds),
                    Difference::None => sentence::wrong_film_same_length(),
                }
            }
        };
        io.failed("wrong_film", text);
    }

    /// Takes a file as one's own copy although it is another cut of the film that the room shows.
    pub(in crate::session) fn attach_other_cut(&mut self, film: FilmInfo, io: &mut Io<'_>) {
        let Some(shown) = self.playback.state().film.clone() else {
            return self.attach_film(&film, io);
        };
        let Some(source) = io.films.get(&film.id).cloned() else { return };
        if shown.id == film.id {
            return self.attach_film(&film, io);
        }
        let shift_secs = io.memory.shift(&shown.id, &film.id);
        let shift = Value::signed(shift_secs, 1);
        let text = match Difference::of(&shown, &film) {
            Difference::Unknown => sentence::other_cut_used(shift),
            Difference::Longer(seconds) => sentence::other_cut_longer(seconds, shift),
            Difference::Shorter(seconds) => sentence::other_cut_shorter(seconds, shift),
            Difference::None => sentence::other_cut_same_length(shift),
        };
        self.system_line(text, io);
        (self.other_cut, self.refused_cut, self.unplayable) = (Some(film), None, None);
        self.playback(PlaybackInput::Attached { source, shift_secs }, io);
    }

    /// One's own cut lies otherwise to the room's.
    pub(super) fn shift_film(&mut self, shift_secs: f64, io: &mut Io<'_>) {
        let (Some(mine), Some(shown)) = (&self.other_cut, &self.playback.state().film) else {
            return io.failed("no_other_cut", sentence::copy_is_same());
        };
        if !shift_secs.is_finite() || shift_secs.abs() > MAX_FILM_SECS {
            return;
        }
        io.memory.shifted(&shown.id, &mine.id, shift_secs);
        io.event(Event::FilmMemory(io.memory.clone()));
        self.playback(PlaybackInput::Shift(shift_secs), io);
    }

    /// Shows a film where it stopped the last time.
    pub(super) fn open_at_its_place(
        &mut self,
        film: FilmInfo,
        by: ParticipantId,
        plays: bool,
        io: &mut Io<'_>,
    ) {
        let position_secs = io.memory.place(&film.id).unwrap_or(0.0);
        if position_secs > 0.0 {
            let place = clock_text(position_secs);
            self.system_line(sentence::goes_on_at(place), io);
        }
        self.playback(PlaybackInput::Open(Opening { film, by, position_secs, plays }), io);
    }

    /// Where the room is in its film, in seconds.
    pub(super) fn film_place(&self, now: Instant) -> Option<f64> {
        let state = self.playback.state();
        state.film.as_ref().map(|_| state.position_at(self.clock.room_time(now)))
    }

    /// Remembers where the room is, now and then and when it stops.
    pub(super) fn remember_place(&mut self, io: &mut Io<'_>) {
        let now = io.now.instant;
        let state = self.playback.state();
        if now < self.place_due || state.film.is_none() || !state.started {
            return;
        }
        self.place_due = now + PLACE_EVERY;
        let place = self.film_place(now);
        let state = self.playback.state();
        if let (Some(film), Some(place)) = (&state.film, place)
            && io.memory.stopped(film, place)
        {
            io.event(Event::FilmMemory(io.memory.clone()));
        }
    }

    pub(in crate::session) fn player_event(&mut self, event: PlayerEvent, io: &mut Io<'_>) {
        if let PlayerEvent::Failed(text) = &event {
            // Not tried again by itself: the same file fails the same way.
            self.unplayable = self.playback.state().film.as_ref().map(|film| film.id.clone());
            io.event(Event::Failed { code: "film".to_owned(), text: text.clone(), fatal: false });
        }
        if matches!(event, PlayerEvent::Loaded { .. }) {
            // A player that has just been opened knows no volume yet.
            self.tell_volume(io);
            self.want_hash(io);
            self.tell_scale(io);
        }
        self.playback(PlaybackInput::Player(event), io);
    }

    /// Lowers the film while somebody talks whom one hears.
    pub(super) fn duck(&mut self, io: &mut Io<'_>) {
        let now = io.now.instant;
        let heard = |id: &ParticipantId| io.equipment.volumes.of(id) > 0.0;
        let talking = self.roster.others().any(|(id, member)| member.speaking && heard(id));
        self.ducking.update(&io.equipment.voice, talking, now);
        if self.ducking.step(now) {
            self.tell_volume(io);
        }
        self.ducking_due = self.ducking.next_timeout(now);
    }

    /// Tells the player how loud the film is to be now.
    pub(super) fn tell_volume(&self, io: &mut Io<'_>) {
        let volume = self.volume * self.ducking.slider_factor();
        io.push(Output::Player(PlayerCommand::Volume(volume)));
    }

    pub(super) fn playback(&mut self, input: PlaybackInput, io: &mut Io<'_>) {
        self.playback.handle(input, &self.clock, io.now.instant);
        while let Some(output) = self.playback.poll_output() {
            match output {
                PlaybackOutput::Player(command) => {
                    if matches!(command, PlayerCommand::Load { .. }) {
                        self.forget_delays();
                    }
                    io.push(Output::Player(command));
                }
                PlaybackOutput::Broadcast(state) => {
                    self.broadcast(&ControlMessage::Playback { state }, io);
                }
                PlaybackOutput::SendTo(to, state) => {
                    send(&to, &ControlMessage::Playback { state }, io);
                }
                PlaybackOutput::Standing(standing) => {
                    self.broadcast(&ControlMessage::Standing { standing }, io);
                }
                PlaybackOutput::FilmChanged => self.film_changed(io),
                PlaybackOutput::Waiting { who, why } => io.event(Event::Waiting { who, why }),
                PlaybackOutput::LeftBehind(who) => {
                    let names: Vec<String> = who.iter().map(|id| self.name_of(id)).collect();
                    self.system_line(sentence::left_behind(names), io);
                }
                PlaybackOutput::Changed { playing, position_secs, rate, by, cause } => {
                    if !playing {
                        self.place_due = io.now.instant;
                    }
                    self.tell_playback(&by, cause, position_secs, rate, io);
                    io.event(Event::Playback { playing, position_secs, rate, by, cause });
                }
            }
        }
    }

    pub(super) fn film_changed(&mut self, io: &mut Io<'_>) {
        let PlaybackState { film, opened_by, .. } = self.playback.state().clone();
        let mine = self.playback.copy();
        io.event(Event::Film { film: film.clone(), from: opened_by.clone(), mine });
        if film.as_ref().map(|film| &film.id) != self.shown_film.as_ref() {
            self.shown_film = film.as_ref().map(|film| film.id.clone());
            self.forget_film_extras();
        }
        let Some(film) = film else { return };
        if mine == FilmCopy::None
            && self.unplayable.as_ref() != Some(&film.id)
            && let Some(source) = io.films.get(&film.id)
        {
            let (source, shift_secs) = (source.clone(), 0.0);
            self.playback(PlaybackInput::Attached { source, shift_secs }, io);
        }
    }

    /// The room watches what is at an address, and one is asked before one's own player opens it.
    pub(in crate::session) fn address_asked(&self) -> Option<String> {
        let film = self.playback.state().film.as_ref()?;
        let declined = self.unplayable.as_ref() == Some(&film.id);
        film.address.clone().filter(|_| self.playback.copy() == FilmCopy::None && !declined)
    }

    pub(super) fn answer_address(&mut self, open: bool, io: &mut Io<'_>) {
        let film = self.playback.state().film.as_ref();
        let address = film.and_then(|film| film.address.clone());
        let Some(address) = address.filter(|_| self.playback.copy() == FilmCopy::None) else {
            return;
        };
        if open {
            // Perhaps after all.
            self.unplayable = None;
            let source = FilmSource::Address(address);
            self.playback(PlaybackInput::Attached { source, shift_secs: 0.0 }, io);
        } else {
            self.unplayable = self.playback.state().film.as_ref().map(|film| film.id.clone());
        }
    }

    pub(super) fn tell_playback(
        &mut self,
        by: &ParticipantId,
        cause: Cause,
        position_secs: f64,
        rate: f64,
        io: &mut Io<'_>,
    ) {
        let who = self.name_of(by);
        let place = clock_text(position_secs);
        let text = match cause {
            Cause::Play => sentence::pressed_play(who, place),
            Cause::Pause => sentence::paused_at(who, place),
            Cause::Seek => sentence::went_to(who, place),
            Cause::Rate => sentence::set_speed(who, Value::Figure(rate.to_string())),
            Cause::Join | Cause::Waiting | Cause::Resumed => return,
        };
        self.system_line(text, io);
    }

    pub(in crate::session) fn name_of(&self, id: &ParticipantId) -> String {
        if id == self.me() {
            return self.invite.name.clone();
        }
        self.roster
            .get(id)
            .map_or_else(|| "Somebody who left".to_owned(), |member| member.name.clone())
    }
}

/// How much longer or shorter one's own file is, in whole seconds.
enum Difference {
    Unknown,
    Longer(Value),
    Shorter(Value),
    None,
}

impl Difference {
    fn of(shown: &FilmInfo, mine: &FilmInfo) -> Self {
        let more = mine.duration_secs - shown.duration_secs;
        match more {
            _ if mine.duration_secs <= 0.0 || shown.duration_secs <= 0.0 => Self::Unknown,
            more if more >= 0.5 => Self::Longer(Value::figure(more, 0)),
            more if more <= -0.5 => Self::Shorter(Value::figure(-more, 0)),
            _ => Self::None,
        }
    }
}

/// A film position as people read it: `12:31`, `1:57:40`.
fn clock_text(position_secs: f64) -> String {
    // A film is shorter than 2^53 seconds, and `as` saturates.
    let total = position_secs.max(0.0) as u64;
    let (hours, minutes, seconds) = (total / 3_600, total / 60 % 60, total % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_read_like_a_clock() {
        assert_eq!(clock_text(0.0), "00:00");
        assert_eq!(clock_text(751.9), "12:31");
        assert_eq!(clock_text(7_060.0), "1:57:40");
        assert_eq!(clock_text(f64::NAN), "00:00");
    }
}
