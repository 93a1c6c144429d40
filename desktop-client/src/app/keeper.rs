//! What the window keeps on the disk while it runs, on a thread of its own, since a disk may be slow:
//! the settings, what is remembered of films, the rooms in which one was, and the place in a room that a crash would lose. Of
//! several wishes the latest counts.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use cinemasync_core::film_memory::FilmMemory;
use cinemasync_core::interface::Place;
use cinemasync_core::recent_rooms::RecentRooms;
use cinemasync_protocol::limits::RESUME_WINDOW_SECS;

use crate::settings::Settings;
use crate::{film_memory, place, recent_rooms};

/// The place is written anew so often, so that its file tells when the program ran last.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A file this old is of a place that nobody keeps any more.
const STALE_AFTER: Duration = Duration::from_secs(RESUME_WINDOW_SECS + 2 * HEARTBEAT.as_secs());

/// Writes what it is given. Dropping it writes what waits and forgets the place: whoever ends the
/// program leaves the room.
pub(super) struct Keeper {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    wishes: Mutex<Wishes>,
    news: Condvar,
}

/// What is to be written. A wish that nobody has come to yet gives way to the next one.
#[derive(Default)]
struct Wishes {
    settings: Option<Settings>,
    films: Option<FilmMemory>,
    rooms: Option<RecentRooms>,
    place: Option<Option<Place>>,
    ends: bool,
}

/// Where things are kept; what has no path is not.
#[derive(Debug, Clone, Default)]
pub(super) struct KeptIn {
    pub(super) settings: Option<PathBuf>,
    pub(super) films: Option<PathBuf>,
    pub(super) rooms: Option<PathBuf>,
    pub(super) place: Option<PathBuf>,
}

impl Keeper {
    /// Starts the thread. Also returns the place in which this program was when it crashed, if that
    /// was a moment ago and no other window of this person runs.
    pub(super) fn start(KeptIn { settings, films, rooms, place }: KeptIn) -> (Self, Option<Place>) {
        // Only one window keeps a place: a second one would forget or take that of the first.
        let place = place.and_then(|path| Some((lock(&path)?, path)));
        let last = place.as_ref().and_then(|(_, path)| recent(path));
        let kept = last.clone();
        let shared = Arc::new(Shared::default());
        let here = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("keeper".to_owned())
            .spawn(move || {
                let place = place.as_ref().map(|(_, path)| path.as_path());
                let paths = [settings.as_deref(), films.as_deref(), rooms.as_deref()];
                here.run(paths, place, kept);
            })
            .inspect_err(|error| tracing::warn!(%error, "nothing can be kept"))
            .ok();
        (Self { shared, thread }, last)
    }

    /// Keeps the settings.
    pub(super) fn settings(&self, settings: Settings) {
        self.shared.lock().settings = Some(settings);
        self.shared.news.notify_one();
    }

    /// Keeps what is remembered of films.
    pub(super) fn films(&self, memory: FilmMemory) {
        self.shared.lock().films = Some(memory);
        self.shared.news.notify_one();
    }

    /// Keeps the rooms in which one was.
    pub(super) fn rooms(&self, rooms: RecentRooms) {
        self.shared.lock().rooms = Some(rooms);
        self.shared.news.notify_one();
    }

    /// Keeps the place, or forgets it.
    pub(super) fn place(&self, place: Option<Place>) {
        self.shared.lock().place = Some(place);
        self.shared.news.notify_one();
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let mut wishes = self.shared.lock();
        (wishes.place, wishes.ends) = (Some(None), true);
        drop(wishes);
        self.shared.news.notify_one();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the keeper's thread panicked");
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Wishes> {
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `kept` is what lies on the disk from before.
    fn run(
        &self,
        [settings_path, films_path, rooms_path]: [Option<&Path>; 3],
        place_path: Option<&Path>,
        mut kept: Option<Place>,
    ) {
        let mut own: Option<Place> = None;
        loop {
            let nothing = |wishes: &mut Wishes| {
                wishes.settings.is_none()
                    && wishes.films.is_none()
                    && wishes.rooms.is_none()
                    && wishes.place.is_none()
                    && !wishes.ends
            };
            let waited = self.news.wait_timeout_while(self.lock(), HEARTBEAT, nothing);
            let mut wishes = waited.unwrap_or_else(PoisonError::into_inner).0;
            let Wishes { settings, films, rooms, place, ends } = std::mem::take(&mut *wishes);
            drop(wishes);
            if let (Some(settings), Some(path)) = (settings, settings_path)
                && let Err(error) = settings.save(path)
            {
                tracing::warn!(%error, "the settings could not be kept");
            }
            if let (Some(films), Some(path)) = (films, films_path) {
                film_memory::save(path, &films);
            }
            if let (Some(rooms), Some(path)) = (rooms, rooms_path) {
                recent_rooms::save(path, &rooms);
            }
            let left = matches!(place, Some(None));
            own = place.unwrap_or(own);
            match (place_path, &own) {
                (Some(path), Some(own)) => {
                    place::keep(path, own);
                    kept = Some(own.clone());
                }
                (Some(path), None) if left => {
                    if let Some(kept) = kept.take() {
                        place::forget(path, &kept);
                    }
                }
                _ => {}
            }
            if ends {
                return;
            }
        }
    }
}

/// Holds the place's lock for as long as it lives; `None` if another program does, or there is no
/// such file.
fn lock(path: &Path) -> Option<File> {
    let lock = path.with_extension("lock");
    let held = || {
        std::fs::create_dir_all(lock.parent()?).ok()?;
        let file = File::create(&lock).ok()?;
        file.try_lock().ok()?;
        Some(file)
    };
    let held = held();
    if held.is_none() {
        tracing::info!("another window keeps the place in its room; this one's is not kept");
    }
    held
}

/// The place that was kept, if its file is young enough.
fn recent(path: &Path) -> Option<Place> {
    let written = std::fs::metadata(path).and_then(|file| file.modified()).ok()?;
    // A clock that was set back makes a file of the future: as good as a young one.
    let age = SystemTime::now().duration_since(written).unwrap_or_default();
    (age <= STALE_AFTER).then(|| place::load(path)).flatten()
}

#[cfg(test)]
mod tests {
    use cinemasync_protocol::Token;

    use super::*;

    fn place() -> Place {
        Place {
            server: "ws://server".into(),
            name: "Ana".into(),
            token: Token::new("secret"),
            identity: None,
        }
    }

    /// As after a crash: nothing was said, the lock is gone.
    fn crash(mut keeper: Keeper) {
        keeper.shared.lock().ends = true;
        keeper.shared.news.notify_one();
        keeper.thread.take().unwrap().join().unwrap();
        std::mem::forget(keeper);
    }

    #[test]
    fn a_place_outlives_a_crash_and_ends_with_the_window() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deeper/place.json");
        let start = || Keeper::start(KeptIn { place: Some(path.clone()), ..KeptIn::default() });
        let (keeper, last) = start();
        assert_eq!(last, None);
        keeper.place(Some(place()));
        crash(keeper);
        let (keeper, last) = start();
        assert_eq!(last, Some(place()));
        keeper.place(Some(place()));
        drop(keeper);
        assert_eq!(start().1, None, "who closes the window has left");
    }

    #[test]
    fn a_second_window_leaves_the_first_ones_place_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("place.json");
        let (first, _) = Keeper::start(KeptIn { place: Some(path.clone()), ..KeptIn::default() });
        first.place(Some(place()));
        let (second, last) =
            Keeper::start(KeptIn { place: Some(path.clone()), ..KeptIn::default() });
        assert_eq!(last, None);
        second.place(Some(Place { name: "Ben".into(), ..place() }));
        drop(second);
        crash(first);
        assert_eq!(place::load(&path), Some(place()));
    }

    #[test]
    fn an_old_place_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("place.json");
        place::keep(&path, &place());
        assert_eq!(recent(&path), Some(place()));
        let old = SystemTime::now() - STALE_AFTER - Duration::from_secs(1);
        File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        assert_eq!(recent(&path), None);
    }

    #[test]
    fn of_many_settings_the_last_is_on_the_disk_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        let (keeper, _) =
            Keeper::start(KeptIn { settings: Some(path.clone()), ..KeptIn::default() });
        for number in 0..500 {
            keeper.settings(Settings { name: format!("Ana {number}"), ..Settings::default() });
        }
        drop(keeper);
        assert_eq!(Settings::load(&path).0.name, "Ana 499");
    }
}
