//! Who reads a film where, and the waiting for what is not here.

use std::io;
use std::sync::{Arc, PoisonError};

use cinemasync_core::film_blocks::block_of;

use super::BlockStore;
use super::state::{Place, State};
use crate::store::reader::Reader;

/// Where a player reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The byte that it reads next.
    pub at: u64,
    /// Does it wait for it?
    pub waiting: bool,
}

/// What is called when a reader goes on to another block, begins to wait or ends it. On the reader's thread: it
/// must return at once.
pub type OnWanted = Arc<dyn Fn() + Send + Sync>;

impl BlockStore {
    /// Where each reader reads; those that wait come first.
    pub fn wanted(&self) -> Vec<Wanted> {
        let mut wanted: Vec<_> = self.state().readers.values().map(|place| place.wanted).collect();
        wanted.sort_by_key(|wanted| !wanted.waiting);
        wanted
    }

    /// What to call when that changes; takes the place of what was told before.
    pub fn on_wanted(&self, on_wanted: OnWanted) {
        self.state().on_wanted = Some(on_wanted);
    }

    /// Reads the film from its beginning, waiting for what is not here.
    pub fn reader(self: &Arc<Self>) -> Reader {
        let number = {
            let mut state = self.state();
            let number = state.next_reader;
            state.next_reader += 1;
            let wanted = Wanted { at: 0, waiting: false };
            state.readers.insert(number, Place { wanted, cancelled: false });
            number
        };
        self.tell_wanted();
        Reader::new(Arc::clone(self), number)
    }

    /// Waits until a block is here; an error if the reader is to stop.
    pub(in crate::store) fn wait_for(&self, reader: u64, block: u32) -> io::Result<()> {
        self.set_waiting(reader, true);
        let stopped = {
            let waits =
                |state: &mut State| !state.here.contains(block) && !state.is_cancelled(reader);
            let state = self.changed.wait_while(self.state(), waits);
            state.unwrap_or_else(PoisonError::into_inner).is_cancelled(reader)
        };
        self.set_waiting(reader, false);
        if stopped { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
    }

    /// Says where a reader reads; an error if it is to stop.
    pub(in crate::store) fn move_reader(&self, reader: u64, at: u64) -> io::Result<()> {
        let moved = {
            let mut state = self.state();
            let Some(place) = state.readers.get_mut(&reader).filter(|place| !place.cancelled)
            else {
                return Err(io::ErrorKind::Interrupted.into());
            };
            let moved = block_of(place.wanted.at) != block_of(at);
            place.wanted.at = at;
            moved
        };
        if moved {
            self.tell_wanted();
        }
        Ok(())
    }

    pub(in crate::store) fn cancel_reader(&self, reader: u64) {
        if let Some(place) = self.state().readers.get_mut(&reader) {
            place.cancelled = true;
        }
        self.changed.notify_all();
    }

    pub(in crate::store) fn close_reader(&self, reader: u64) {
        self.state().readers.remove(&reader);
        self.tell_wanted();
    }

    fn set_waiting(&self, reader: u64, waiting: bool) {
        if let Some(place) = self.state().readers.get_mut(&reader) {
            place.wanted.waiting = waiting;
        }
        self.tell_wanted();
    }

    fn tell_wanted(&self) {
        let on_wanted = self.state().on_wanted.clone();
        if let Some(on_wanted) = on_wanted {
            on_wanted();
        }
    }
}
