//! The tracks of the film: which are chosen, what is added to them, how they are moved against the picture.
//! Owns what waits until the film is open.

use std::sync::Arc;

use cinemasync_core::player::{FilmTrackKind, MAX_SUBTITLE_BYTES, PlayerEvent};

use super::{Deck, Film};
use crate::player::engine::Engine;
use crate::player::inbox::WAITING_SUBTITLES;
use crate::player::subtitle_text::is_drawable;

/// How far subtitles can be moved, in seconds.
const MAX_SUBTITLE_DELAY_SECS: f64 = 60.0;
/// How far sound can be moved, in seconds; it is kept decoded for as long.
const MAX_AUDIO_DELAY_SECS: f64 = 10.0;

impl<E: Engine> Deck<E> {
    pub(super) fn choose(&mut self, kind: FilmTrackKind, id: i64) {
        if self.is_open() {
            self.engine.choose(kind, id);
            self.tell_tracks();
        }
    }

    pub(super) fn delay(&mut self, kind: FilmTrackKind, secs: f64) {
        let most = match kind {
            FilmTrackKind::Audio => MAX_AUDIO_DELAY_SECS,
            FilmTrackKind::Subtitle | FilmTrackKind::Video => MAX_SUBTITLE_DELAY_SECS,
        };
        if self.film != Film::Closed && secs.is_finite() {
            self.engine.set_delay(kind, secs.clamp(-most, most));
        }
    }

    /// Adds subtitles now or, if the film is being opened, then; the oldest of too many goes.
    pub(super) fn add_subtitle(&mut self, name: String, text: Arc<str>) {
        if self.film == Film::Closed {
            return;
        }
        if text.len() > MAX_SUBTITLE_BYTES {
            self.told.push(PlayerEvent::Warning(format!(
                "These subtitles are larger than {} MiB and are not shown. Choose another file.",
                MAX_SUBTITLE_BYTES >> 20
            )));
            return;
        }
        if !is_drawable(&text) {
            self.told.push(PlayerEvent::Warning(
                "These subtitles show more at once than can be drawn and are not used. Choose another file."
                    .to_owned(),
            ));
            return;
        }
        if self.subtitles.len() == WAITING_SUBTITLES {
            self.subtitles.pop_front();
        }
        self.subtitles.push_back((name, text));
        if self.is_open() {
            self.add_waiting_subtitles();
        }
    }

    pub(super) fn add_waiting_subtitles(&mut self) {
        while let Some((name, text)) = self.subtitles.pop_front() {
            if let Err(sentence) = self.engine.add_subtitle(&name, text) {
                self.told.push(PlayerEvent::Warning(sentence));
            }
        }
        self.tell_list();
        self.tell_tracks();
    }

    /// Drawing holds up the window. Of all that a film can ask to be drawn, only subtitles have no bound.
    pub(in crate::player) fn drawing_is_slow(&mut self) {
        if self.is_open() && self.engine.chosen().1 > 0 {
            self.engine.choose(FilmTrackKind::Subtitle, 0);
            self.tell_tracks();
            self.told.push(PlayerEvent::Warning(
                "The subtitles were turned off because this computer takes too long to draw them. Choose \
                 others."
                    .to_owned(),
            ));
        }
    }

    /// Tells the tracks if they are others than before.
    pub(super) fn tell_list(&mut self) {
        let tracks = self.engine.tracks();
        if tracks != self.tracks {
            self.tracks.clone_from(&tracks);
            self.told.push(PlayerEvent::Tracks(tracks));
        }
    }

    /// Tells which tracks play if they are others than before.
    pub(super) fn tell_tracks(&mut self) {
        let (audio, subtitle) = self.engine.chosen();
        if self.chosen.replace((audio, subtitle)) != Some((audio, subtitle)) {
            self.told.push(PlayerEvent::TracksChosen { audio, subtitle });
        }
    }
}
