//! What one took away last, until one puts it back: the film that was shown, a film that waited.

use cinemasync_protocol::ParticipantId;

use super::{Io, Stay};
use crate::film::{FilmId, FilmInfo};
use crate::film_queue::QueuedFilm;
use crate::playback_sync::{Opening, PlaybackInput};

/// One of each; the next one takes its place.
#[derive(Debug, Default)]
pub(super) struct TakenAway {
    /// The film, who opened it, and where it was in seconds.
    film: Option<(FilmInfo, ParticipantId, f64)>,
    /// The film that waited, and its place, counted from 0.
    queued: Option<(QueuedFilm, usize)>,
}

impl Stay {
    /// The film is about to be taken off.
    pub(super) fn note_film_taken_off(&mut self, io: &Io<'_>) {
        let state = self.playback.state();
        let film = state.film.clone().zip(state.opened_by.clone());
        let place = self.film_place(io.now.instant).unwrap_or(0.0);
        self.taken_away.film = film.map(|(film, by)| (film, by, place));
    }

    /// A film is about to be taken out of those that wait.
    pub(super) fn note_unqueued(&mut self, film: &FilmId) {
        let mut films = self.queue.films.iter().enumerate();
        let found = films.find(|(_, queued)| queued.film.id == *film);
        self.taken_away.queued = found.map(|(place, queued)| (queued.clone(), place));
    }

    /// Shows the film again that one took off, where it was, unless another one is shown by now.
    pub(super) fn reopen_film(&mut self, io: &mut Io<'_>) {
        if !self.may_steer_now(io) || self.playback.state().film.is_some() {
            return;
        }
        if let Some((film, by, position_secs)) = self.taken_away.film.take() {
            let opening = Opening { film, by, position_secs, plays: false };
            self.playback(PlaybackInput::Open(opening), io);
        }
    }

    /// Lets the film wait again that one took out, in its place.
    pub(super) fn requeue_film(&mut self, io: &mut Io<'_>) {
        if !self.may_steer_now(io) {
            return;
        }
        if let Some((queued, place)) = self.taken_away.queued.take() {
            let film = queued.film.id.clone();
            let queue = self.queue.with(queued, self.me()).moved(&film, place, self.me());
            self.change_queue(queue, io);
        }
    }
}
