//! What a person in the room asks for.

use cinemasync_protocol::ClientMessage;

use super::{Io, Output, Stay};
use crate::interface::{Command, Tuning};
use crate::playback_sync::PlaybackInput;
use crate::player::PlayerCommand;
use crate::sentence;

impl Stay {
    pub(in crate::session) fn command(&mut self, command: Command, io: &mut Io<'_>) {
        let input = match command {
            Command::Chat(text) => return self.say(text, None, io),
            Command::ChatAtFilm(text) => {
                let place = self.film_place(io.now.instant);
                return self.say(text, place, io);
            }
            Command::FilmShift(shift_secs) => return self.shift_film(shift_secs, io),
            Command::Unqueue(film) => return self.unqueue(&film, io),
            Command::MoveInQueue { film, to } => return self.move_in_queue(&film, to, io),
            Command::RequeueFilm => return self.requeue_film(io),
            Command::ReopenFilm => return self.reopen_film(io),
            Command::PlayNext => return self.play_next(io),
            Command::ProposeTracks => return self.propose_tracks(io),
            Command::AnswerProposal(take) => return self.answer_proposal(take, io),
            Command::TakeSubtitle { from, number } => return self.take_subtitle(&from, number, io),
            Command::Shown(shown) => return self.shows(&shown, io),
            Command::RaiseHand(raised) => return self.raise_hand(raised, io),
            Command::React(emoji) => return self.react(emoji, io),
            Command::LockRoom(locked) => return io.signal(ClientMessage::LockRoom { locked }),
            Command::Compared(id, equal) => return self.compared(&id, equal, io),
            Command::AcceptKey(id) => return self.accept_key(&id, io),
            Command::RefuseKey(id) => return self.refuse_key(&id, io),
            Command::SetRules(rules) => return self.set_rules(rules, io),
            Command::Ready(ready) => PlaybackInput::Ready(ready),
            Command::Step { forward } => PlaybackInput::Step { forward },
            Command::Undo => PlaybackInput::Undo,
            Command::CloseFilm => PlaybackInput::Close,
            Command::Play => PlaybackInput::Play,
            Command::Pause => PlaybackInput::Pause,
            Command::Seek(position_secs) => PlaybackInput::Seek(position_secs),
            Command::Rate(rate) => PlaybackInput::Rate(rate),
            // Everybody's own affair: the room is not told.
            Command::AudioTrack(id) => {
                return io.push(Output::Player(PlayerCommand::AudioTrack(id)));
            }
            Command::SubtitleTrack(id) => {
                return io.push(Output::Player(PlayerCommand::SubtitleTrack(id)));
            }
            Command::SubtitleDelay(subtitle_delay_secs) => {
                return self.tune(Tuning { subtitle_delay_secs, ..self.tuning }, io);
            }
            Command::AudioDelay(audio_delay_secs) => {
                return self.tune(Tuning { audio_delay_secs, ..self.tuning }, io);
            }
            Command::SubtitleScale(subtitle_scale) => {
                return self.tune(Tuning { subtitle_scale, ..self.tuning }, io);
            }
            Command::AnswerAddress(open) => return self.answer_address(open, io),
            Command::StreamFilm => return self.stream_film(io),
            Command::KeepFilm(path) => return self.keep_film(path, io),
            Command::FilmVolume(volume) => {
                if volume.is_nan() {
                    return;
                }
                self.volume = volume.clamp(0.0, 1.0);
                return self.tell_volume(io);
            }
            // The session has handled these, or need nothing of anybody else.
            Command::Route(_)
            | Command::Enter(_)
            | Command::Leave
            | Command::Camera(_)
            | Command::Microphone(_)
            | Command::ChooseDevice { .. }
            | Command::ListDevices
            | Command::Preview(_)
            | Command::Voice(_)
            | Command::CameraQuality(_)
            | Command::VoiceVolume { .. }
            | Command::PushToTalk(_)
            | Command::Talk(_)
            | Command::ListScreens(_)
            | Command::ShareScreen(_)
            | Command::StopSharing
            | Command::ScreenSettings(_)
            | Command::ScreenVolume { .. }
            | Command::OpenFilm(_)
            | Command::OpenAddress(_)
            | Command::AttachFilm(_)
            | Command::AttachOtherCut(_)
            | Command::QueueFilm(_)
            | Command::AddSubtitle(_)
            | Command::StreamMode(_)
            | Command::ForgetFilms => return,
        };
        if !matches!(input, PlaybackInput::Ready(_)) && !self.may_steer_now(io) {
            return;
        }
        if self.playback.state().film.is_none() {
            return io.failed("no_film", sentence::no_film_yet());
        }
        if matches!(input, PlaybackInput::Close) {
            self.note_film_taken_off(io);
        }
        self.playback(input, io);
    }
}
