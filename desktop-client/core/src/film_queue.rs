//! The films of the evening: what is shown after this one. Replicated as the playback state is: each
//! change bumps the revision, and of two the one with the greater (revision, participant) wins.

use cinemasync_protocol::ParticipantId;
use serde::{Deserialize, Serialize};

use crate::film::{FilmId, FilmInfo};

/// Most films that wait.
pub const MAX_QUEUED: usize = 50;
/// How far a revision may run ahead of ours, as for the playback state.
const MAX_REVISION_JUMP: u64 = 1_000_000;

/// A film that waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueuedFilm {
    /// Which.
    pub film: FilmInfo,
    /// Who has it.
    pub by: ParticipantId,
}

/// The queue, next film first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilmQueue {
    /// Counts the changes.
    pub revision: u64,
    /// Who made the last one.
    pub by: ParticipantId,
    /// The films; each once.
    pub films: Vec<QueuedFilm>,
}

impl FilmQueue {
    /// An empty one.
    pub(crate) fn empty(me: ParticipantId) -> Self {
        Self { revision: 0, by: me, films: Vec::new() }
    }

    /// Could an honest peer have sent it, and does everybody keep it rather than `mine`?
    pub(crate) fn wins_over(&self, mine: &Self) -> bool {
        let near = self.revision <= mine.revision.saturating_add(MAX_REVISION_JUMP);
        let sane =
            self.films.len() <= MAX_QUEUED && self.films.iter().all(|queued| queued.film.is_sane());
        near && sane && (self.revision, &self.by) > (mine.revision, &mine.by)
    }

    /// With this film at the end; the same if it waits already or there is no room.
    #[must_use]
    pub(crate) fn with(&self, queued: QueuedFilm, me: &ParticipantId) -> Self {
        let there = self.films.iter().any(|other| other.film.id == queued.film.id);
        let films = self.films.iter().cloned();
        let fits = !there && self.films.len() < MAX_QUEUED;
        self.changed(films.chain(fits.then_some(queued)).collect(), me)
    }

    /// Without this film.
    #[must_use]
    pub(crate) fn without(&self, id: &FilmId, me: &ParticipantId) -> Self {
        let films = self.films.iter().filter(|queued| queued.film.id != *id);
        self.changed(films.cloned().collect(), me)
    }

    /// With this film at that place, counted from 0.
    #[must_use]
    pub(crate) fn moved(&self, id: &FilmId, to: usize, me: &ParticipantId) -> Self {
        let mut films = self.films.clone();
        if let Some(from) = films.iter().position(|queued| queued.film.id == *id) {
            let queued = films.remove(from);
            films.insert(to.min(films.len()), queued);
        }
        self.changed(films, me)
    }

    fn changed(&self, films: Vec<QueuedFilm>, me: &ParticipantId) -> Self {
        Self { revision: self.revision.saturating_add(1), by: me.clone(), films }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn queued(number: usize) -> QueuedFilm {
        let id = FilmId(format!("{number:x}"));
        let film =
            FilmInfo { name: "a.mkv".to_owned(), bytes: 1, duration_secs: 1.0, id, address: None };
        QueuedFilm { film, by: ParticipantId::new("p1") }
    }

    #[derive(Debug, Clone)]
    enum Act {
        Add(usize),
        Remove(usize),
        Move(usize, usize),
    }

    fn act() -> impl Strategy<Value = Act> {
        let film = 0..70_usize;
        prop_oneof![
            3 => film.clone().prop_map(Act::Add),
            1 => film.clone().prop_map(Act::Remove),
            1 => (film, 0..80_usize).prop_map(|(film, to)| Act::Move(film, to)),
        ]
    }

    proptest! {
        #[test]
        fn it_does_what_a_list_does(acts in prop::collection::vec(act(), 0..120)) {
            let me = ParticipantId::new("p1");
            let mut queue = FilmQueue::empty(me.clone());
            let mut list: Vec<usize> = Vec::new();
            for act in acts {
                let before = queue.clone();
                queue = match act {
                    Act::Add(film) => {
                        if !list.contains(&film) && list.len() < MAX_QUEUED {
                            list.push(film);
                        }
                        queue.with(queued(film), &me)
                    }
                    Act::Remove(film) => {
                        list.retain(|other| *other != film);
                        queue.without(&queued(film).film.id, &me)
                    }
                    Act::Move(film, to) => {
                        if list.contains(&film) {
                            list.retain(|other| *other != film);
                            list.insert(to.min(list.len()), film);
                        }
                        queue.moved(&queued(film).film.id, to, &me)
                    }
                };
                prop_assert!(queue.wins_over(&before) && !before.wins_over(&queue));
                let films: Vec<_> = list.iter().map(|film| queued(*film)).collect();
                prop_assert_eq!(&queue.films, &films);
            }
        }
    }
}
