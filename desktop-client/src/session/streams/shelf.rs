//! Where the player and the hashing find the blocks of the film that comes here or is given.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use cinemasync_core::film::FilmId;

use crate::player::{FilmStream, FilmStreams};
use crate::store::BlockStore;

/// The films whose blocks are open.
#[derive(Default)]
pub(in crate::session) struct Shelf(Mutex<BTreeMap<FilmId, Weak<BlockStore>>>);

impl Shelf {
    /// The blocks of a film, if it comes here or is given.
    pub(in crate::session) fn get(&self, film: &FilmId) -> Option<Arc<BlockStore>> {
        self.films().get(film)?.upgrade()
    }

    pub(super) fn put(&self, film: FilmId, store: &Arc<BlockStore>) {
        self.films().insert(film, Arc::downgrade(store));
    }

    pub(super) fn clear(&self) {
        self.films().clear();
    }

    fn films(&self) -> MutexGuard<'_, BTreeMap<FilmId, Weak<BlockStore>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FilmStreams for Shelf {
    fn open(&self, film: &FilmId) -> Option<Box<dyn FilmStream>> {
        Some(Box::new(self.get(film)?.reader()))
    }
}
