//! Tracks of the film beside the picture: what somebody proposes to all, and subtitle files that are
//! added, offered and fetched. What one chooses stays one's own affair.

use cinemasync_protocol::ParticipantId;

use super::control::send;
use super::{Io, Output, Stay};
use crate::control::ControlMessage;
use crate::film::FilmId;
use crate::interface::{Event, OtherCut, PlaybackView, Tuning};
use crate::player::PlayerCommand;
use crate::sentence;
use crate::subtitles::{SubtitleFile, SubtitleMessage, SubtitleOutcome};

/// The size of subtitles that the player takes.
const SMALLEST_SCALE: f64 = 0.25;
const LARGEST_SCALE: f64 = 4.0;

impl Stay {
    pub(super) fn propose_tracks(&mut self, io: &mut Io<'_>) {
        let Some(film) = self.playback.state().film.as_ref().map(|film| film.id.clone()) else {
            return io.failed("no_film", sentence::no_film_yet());
        };
        let here = self.playback.view(&self.clock, io.now.instant);
        let (audio, subtitle) = (here.audio_track, here.subtitle_track);
        self.broadcast(&ControlMessage::Proposal { film, audio, subtitle }, io);
        self.system_line(sentence::tracks_proposed(), io);
    }

    /// Numbers of tracks mean the same in the same film only.
    pub(super) fn proposed(
        &mut self,
        from: &ParticipantId,
        film: &FilmId,
        (audio, subtitle): (i64, i64),
        io: &mut Io<'_>,
    ) {
        let shown = self.playback.state().film.as_ref().map(|film| &film.id);
        if shown != Some(film) || self.other_cut.is_some() {
            return;
        }
        self.proposal = Some((from.clone(), audio, subtitle));
        io.event(Event::Proposal { from: from.clone(), audio, subtitle });
    }

    pub(super) fn answer_proposal(&mut self, take: bool, io: &mut Io<'_>) {
        let Some((_, audio, subtitle)) = self.proposal.take().filter(|_| take) else { return };
        io.push(Output::Player(PlayerCommand::AudioTrack(audio)));
        io.push(Output::Player(PlayerCommand::SubtitleTrack(subtitle)));
    }

    /// Sets delays and size here, within what the player takes; what is no number changes nothing.
    pub(super) fn tune(&mut self, wanted: Tuning, io: &mut Io<'_>) {
        let before = self.tuning;
        let within = |wanted: f64, most: f64, before: f64| {
            if wanted.is_finite() { wanted.clamp(-most, most) } else { before }
        };
        let (subtitles, sound) = (wanted.subtitle_delay_secs, wanted.audio_delay_secs);
        let scale = within(wanted.subtitle_scale, LARGEST_SCALE, before.subtitle_scale);
        self.tuning = Tuning {
            subtitle_delay_secs: within(subtitles, 60.0, before.subtitle_delay_secs),
            audio_delay_secs: within(sound, 10.0, before.audio_delay_secs),
            subtitle_scale: scale.max(SMALLEST_SCALE),
        };
        let Tuning { subtitle_delay_secs, audio_delay_secs, .. } = self.tuning;
        io.push(Output::Player(PlayerCommand::SubtitleDelay(subtitle_delay_secs)));
        io.push(Output::Player(PlayerCommand::AudioDelay(audio_delay_secs)));
        self.tell_scale(io);
    }

    /// Tells the player the size of subtitles: one that has just been opened does not know it.
    pub(super) fn tell_scale(&self, io: &mut Io<'_>) {
        io.push(Output::Player(PlayerCommand::SubtitleScale(self.tuning.subtitle_scale)));
    }

    /// A film that is opened has none.
    pub(super) fn forget_delays(&mut self) {
        let subtitle_scale = self.tuning.subtitle_scale;
        self.tuning = Tuning { subtitle_scale, ..Tuning::default() };
    }

    /// A person here added a subtitle file.
    pub(in crate::session) fn add_subtitle(&mut self, file: SubtitleFile, io: &mut Io<'_>) {
        if self.playback.state().film.is_none() {
            return io.failed("no_film", sentence::no_film_yet());
        }
        if let Some(message) = self.subtitles.add(file.clone()) {
            self.broadcast(&ControlMessage::Subtitle { message }, io);
        }
        show(file, io);
    }

    pub(super) fn take_subtitle(&mut self, from: &ParticipantId, number: u32, io: &mut Io<'_>) {
        match self.subtitles.take(from, number) {
            Some(message) => send(from, &ControlMessage::Subtitle { message }, io),
            None => io.failed("no_subtitle", sentence::subtitles_gone()),
        }
    }

    pub(super) fn subtitle(
        &mut self,
        from: &ParticipantId,
        message: SubtitleMessage,
        io: &mut Io<'_>,
    ) {
        match self.subtitles.hear(from, message) {
            SubtitleOutcome::Nothing => {}
            SubtitleOutcome::Offered(offer) => {
                let name = self.name_of(from);
                self.system_line(sentence::subtitles_offered(name, &offer.name), io);
                io.event(Event::SubtitleOffered(offer));
            }
            SubtitleOutcome::Answer(message) => {
                send(from, &ControlMessage::Subtitle { message }, io);
            }
            SubtitleOutcome::Complete(file) => show(file, io),
        }
    }

    /// What belongs to a film goes with it.
    pub(super) fn forget_film_extras(&mut self) {
        self.subtitles.clear();
        (self.proposal, self.other_cut, self.refused_cut) = (None, None, None);
    }

    /// For the snapshot.
    pub(in crate::session) fn film_extras(&self, shift_secs: f64) -> PlaybackView {
        let other_cut = self.other_cut.clone().map(|film| OtherCut { film, shift_secs });
        let queued = self.queue.films.iter();
        let proposal = self.proposal.as_ref();
        PlaybackView {
            other_cut,
            refused_cut: self.refused_cut.clone(),
            address_asked: self.address_asked(),
            stream: self.stream_view(),
            stream_offer: self.stream_offer(),
            queue: queued.map(|next| (next.film.clone(), self.name_of(&next.by))).collect(),
            proposal: proposal.map(|(by, audio, subtitle)| (self.name_of(by), *audio, *subtitle)),
            subtitle_offers: self.subtitles.view(),
            tuning: self.tuning,
            ..PlaybackView::default()
        }
    }
}

fn show(file: SubtitleFile, io: &mut Io<'_>) {
    let SubtitleFile { name, text } = file;
    io.push(Output::Player(PlayerCommand::AddSubtitle { name, text }));
}
