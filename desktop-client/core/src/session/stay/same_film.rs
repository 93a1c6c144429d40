//! Is it the same film, to the last byte? The fast fingerprint decides at once, and the whole hash, read
//! in the background, confirms it or contradicts.

use cinemasync_protocol::ParticipantId;

use super::control::send;
use super::{Io, Output, Stay};
use crate::control::ControlMessage;
use crate::film::{FilmId, FilmSource};
use crate::interface::Level;
use crate::sentence;
use crate::session::roster::Member;

/// Length of a hash: hexadecimal BLAKE3.
const HASH_BYTES: usize = 64;

/// The hash of somebody's copy of a film.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::session) struct FilmHash {
    pub(in crate::session) film: FilmId,
    pub(in crate::session) hash: String,
}

impl Stay {
    /// Lets one's own copy be read through, once for each film.
    pub(super) fn want_hash(&mut self, io: &mut Io<'_>) {
        let Some(film) = &self.playback.state().film else { return };
        let known = self.my_hash.as_ref().is_some_and(|mine| mine.film == film.id);
        if known || self.other_cut.is_some() {
            return;
        }
        if let Some(FilmSource::File(path)) = io.films.get(&film.id) {
            io.push(Output::HashFilm { film: film.id.clone(), path: path.clone() });
        }
    }

    /// One's own copy was read through.
    pub(in crate::session) fn film_hashed(&mut self, film: FilmId, hash: String, io: &mut Io<'_>) {
        let shown = self.playback.state().film.as_ref().is_some_and(|shown| shown.id == film);
        if !shown {
            return;
        }
        self.broadcast(&ControlMessage::FilmHash { film: film.clone(), hash: hash.clone() }, io);
        self.my_hash = Some(FilmHash { film, hash });
        for id in self.roster.other_ids() {
            self.tell_if_other(&id, io);
        }
    }

    pub(super) fn introduce_hash(&self, to: &ParticipantId, io: &mut Io<'_>) {
        if let Some(FilmHash { film, hash }) = self.my_hash.clone() {
            send(to, &ControlMessage::FilmHash { film, hash }, io);
        }
    }

    pub(super) fn hash_of(
        &mut self,
        from: &ParticipantId,
        film: FilmId,
        hash: String,
        io: &mut Io<'_>,
    ) {
        let shown = self.playback.state().film.as_ref().is_some_and(|shown| shown.id == film);
        if shown && hash.len() == HASH_BYTES {
            self.with_member(from, |member| member.film_hash = Some(FilmHash { film, hash }));
            self.tell_if_other(from, io);
        }
    }

    /// Does somebody have the same film, to the last byte? `None` while that is not known.
    pub(in crate::session) fn has_same_film(&self, member: &Member) -> Option<bool> {
        let (mine, theirs) = (self.my_hash.as_ref()?, member.film_hash.as_ref()?);
        let shown = self.playback.state().film.as_ref().map(|film| &film.id);
        let both = Some(&mine.film) == shown && mine.film == theirs.film;
        both.then_some(mine.hash == theirs.hash)
    }

    fn tell_if_other(&mut self, id: &ParticipantId, io: &mut Io<'_>) {
        let Some(member) = self.roster.get(id) else { return };
        if self.has_same_film(member) == Some(false) {
            let text = sentence::copy_differs(&member.name);
            self.line_at(Level::Warning, text, io);
        }
    }
}
