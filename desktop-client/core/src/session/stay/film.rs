//! The film: opened, attached, followed, told of.

use cinemasync_protocol::ParticipantId;

use super::control::send;
use super::{Io, Output, Stay};
use crate::control::ControlMessage;
use crate::film::FilmInfo;
use crate::interface::{Cause, Event, FilmCopy};
use crate::playback_sync::{PlaybackInput, PlaybackOutput, PlaybackState};
use crate::player::{PlayerCommand, PlayerEvent};

impl Stay {
    /// Shows a film to the room, once it is known what the room shows.
    pub(in crate::session) fn open_film(&mut self, film: FilmInfo, io: &mut Io<'_>) {
        self.film_to_open = Some((film, self.introductions_until.max(io.now.instant)));
    }

    pub(super) fn open_or_attach(&mut self, film: FilmInfo, io: &mut Io<'_>) {
        let shown = self.playback.state().film.as_ref();
        if shown.is_none_or(|shown| shown.id != film.id) {
            self.playback(PlaybackInput::Open(film), io);
        } else {
            self.attach_film(&film, io);
        }
    }

    /// Takes a file as one's own copy of the film that the room shows.
    pub(in crate::session) fn attach_film(&mut self, film: &FilmInfo, io: &mut Io<'_>) {
        let text = match self.playback.state().film.as_ref() {
            None => "The room shows no film. Open this one to show it.".to_owned(),
            Some(shown) if shown.id == film.id => {
                if let Some(path) = io.films.get(&film.id) {
                    // Chosen again on purpose: perhaps the disk is back.
                    self.unplayable = None;
                    self.playback(PlaybackInput::Attached(path.clone()), io);
                }
                return;
            }
            Some(shown) => format!(
                "This is another file than the one the room shows ({} bytes instead of {}). Choose the same release, \
                 or open this one for everybody.",
                film.bytes, shown.bytes
            ),
        };
        io.event(Event::Failed { code: "wrong_film".to_owned(), text, fatal: false });
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
        }
        self.playback(PlaybackInput::Player(event), io);
    }

    /// Lowers the film while somebody talks whom one hears.
    pub(super) fn duck(&mut self, io: &mut Io<'_>) {
        let now = io.now.instant;
        let heard = |id: &ParticipantId| io.equipment.volume(id) > 0.0;
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
                PlaybackOutput::Player(command) => io.push(Output::Player(command)),
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
                PlaybackOutput::Changed { playing, position_secs, rate, by, cause } => {
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
        let Some(film) = film else { return };
        if mine == FilmCopy::None
            && self.unplayable.as_ref() != Some(&film.id)
            && let Some(path) = io.films.get(&film.id)
        {
            self.playback(PlaybackInput::Attached(path.clone()), io);
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
            Cause::Play => format!("{who} pressed play at {place}"),
            Cause::Pause => format!("{who} paused at {place}"),
            Cause::Seek => format!("{who} went to {place}"),
            Cause::Rate => format!("{who} set the speed to {rate}"),
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
