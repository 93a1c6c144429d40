//! The films of the evening: who adds, removes and moves them, and the next one that plays by itself.

use std::time::{Duration, Instant};

use cinemasync_protocol::ParticipantId;

use super::{Io, Stay};
use crate::control::ControlMessage;
use crate::film::{FilmId, FilmInfo};
use crate::film_queue::{FilmQueue, MAX_QUEUED, QueuedFilm};
use crate::interface::Event;
use crate::sentence;

/// From the end of a film to the next one.
const BETWEEN_FILMS: Duration = Duration::from_secs(5);

impl Stay {
    pub(in crate::session) fn queue_film(&mut self, film: FilmInfo, io: &mut Io<'_>) {
        if !self.may_steer_now(io) {
            return;
        }
        if self.playback.state().film.is_none() && self.queue.films.is_empty() {
            return self.open_film(film, io);
        }
        if self.queue.films.len() >= MAX_QUEUED {
            return io.failed("queue_full", sentence::queue_full(MAX_QUEUED));
        }
        let text = sentence::queue_added(&self.invite.name, &film.name);
        let queued = QueuedFilm { film, by: self.me().clone() };
        let before = self.queue.revision;
        self.change_queue(self.queue.with(queued, self.me()), io);
        if self.queue.revision != before {
            self.system_line(text, io);
        }
    }

    pub(super) fn unqueue(&mut self, film: &FilmId, io: &mut Io<'_>) {
        if self.may_steer_now(io) {
            self.note_unqueued(film);
            self.change_queue(self.queue.without(film, self.me()), io);
        }
    }

    pub(super) fn move_in_queue(&mut self, film: &FilmId, to: usize, io: &mut Io<'_>) {
        if self.may_steer_now(io) {
            self.change_queue(self.queue.moved(film, to, self.me()), io);
        }
    }

    /// Shows the next film that waits, and plays it once all have opened it.
    pub(super) fn play_next(&mut self, io: &mut Io<'_>) {
        if !self.may_steer_now(io) {
            return;
        }
        let Some(next) = self.queue.films.first().cloned() else {
            return io.failed("queue_empty", sentence::queue_empty());
        };
        self.change_queue(self.queue.without(&next.film.id, self.me()), io);
        self.open_at_its_place(next.film, next.by, true, io);
    }

    /// When the next film is to be shown by us, for all.
    pub(super) fn next_film_at(&self) -> Option<Instant> {
        let state = self.playback.state();
        if !self.conducts || !state.playing || self.queue.films.is_empty() {
            return None;
        }
        let left = Duration::try_from_secs_f64(
            (state.duration()? - state.position_secs).max(0.0) / state.speed(),
        );
        self.clock.instant_of(state.at).checked_add(left.ok()? + BETWEEN_FILMS)
    }

    pub(super) fn show_next_film(&mut self, io: &mut Io<'_>) {
        if self.next_film_at().is_some_and(|at| io.now.instant >= at) {
            self.play_next(io);
        }
    }

    /// A peer's queue; where the host alone steers, only the host's counts, and what one finds.
    pub(super) fn queue_of(&mut self, from: &ParticipantId, queue: FilmQueue, io: &mut Io<'_>) {
        if self.may_steer_from(from, self.queue.revision == 0) && queue.wins_over(&self.queue) {
            self.adopt_queue(queue, io);
        }
    }

    pub(super) fn change_queue(&mut self, queue: FilmQueue, io: &mut Io<'_>) {
        if queue.films != self.queue.films {
            self.broadcast(&ControlMessage::Queue { queue: queue.clone() }, io);
            self.adopt_queue(queue, io);
        }
    }

    fn adopt_queue(&mut self, queue: FilmQueue, io: &mut Io<'_>) {
        let before = std::mem::replace(&mut self.queue, queue);
        if before.films != self.queue.films {
            io.event(Event::Queue(self.queue.films.clone()));
        }
    }
}
