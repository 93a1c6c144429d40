//! The film player of a session: opened with the first film, off the driver's thread, and then told
//! what the core asks.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cinemasync_core::film::{FilmId, FilmSource};
use cinemasync_core::player::{PlayerCommand, PlayerEvent};
use cinemasync_core::sentence::Sentence;
use cinemasync_core::session::Input;
use tokio::sync::mpsc;

use super::streams::Shelf;
use crate::player::{self, Player, PlayerConfig, PlayerError};
use crate::store;

/// Events of the player that wait for the driver. Full means that the driver hangs: it is dropped
/// and logged.
const EVENT_QUEUE: usize = 256;
/// Commands that wait while the player is being opened; the oldest gives way to one more.
const WAITING: usize = 64;

/// What comes from the player.
pub(super) enum FilmReport {
    /// It could be opened, or not.
    Opened(Result<Arc<Player>, PlayerError>),
    /// It reports.
    Event(PlayerEvent),
}

/// The player in its states.
pub(super) struct Film {
    config: PlayerConfig,
    state: State,
    reports: mpsc::Sender<FilmReport>,
}

enum State {
    Closed,
    Opening(VecDeque<PlayerCommand>),
    Open(Arc<Player>),
}

impl Film {
    pub(super) fn new(config: PlayerConfig) -> (Self, mpsc::Receiver<FilmReport>) {
        let (reports, receiver) = mpsc::channel(EVENT_QUEUE);
        (Self { config, state: State::Closed, reports }, receiver)
    }

    /// Tells the player; the first film opens it.
    pub(super) fn command(&mut self, command: PlayerCommand) {
        match &mut self.state {
            State::Open(player) => player.command(command),
            State::Opening(waiting) => {
                if waiting.len() == WAITING {
                    waiting.pop_front();
                }
                waiting.push_back(command);
            }
            State::Closed if matches!(command, PlayerCommand::Load { .. }) => {
                self.state = State::Opening(VecDeque::from([command]));
                self.open();
            }
            // Without a film there is nothing to pause, seek or unload.
            State::Closed => {}
        }
    }

    /// The player was opened or not; what waited is told to it. Returns it, or a sentence why not.
    pub(super) fn opened(
        &mut self,
        result: Result<Arc<Player>, PlayerError>,
    ) -> Result<Arc<Player>, Sentence> {
        let waiting = match std::mem::replace(&mut self.state, State::Closed) {
            State::Opening(waiting) => waiting,
            State::Closed | State::Open(_) => VecDeque::new(),
        };
        let player = result.map_err(|error| error.sentence())?;
        for command in waiting {
            player.command(command);
        }
        self.state = State::Open(player.clone());
        Ok(player)
    }

    fn open(&self) {
        let (config, reports, events) =
            (self.config.clone(), self.reports.clone(), self.reports.clone());
        let on_event = Arc::new(move |event: PlayerEvent| {
            if events.try_send(FilmReport::Event(event)).is_err() {
                tracing::warn!(
                    "an event of the film player was dropped: the session is busy or over"
                );
            }
        });
        tokio::task::spawn_blocking(move || {
            let result = Player::open(config, on_event).map(Arc::new);
            // The session may be over by now.
            let _ = reports.blocking_send(FilmReport::Opened(result));
        });
    }
}

/// Looks at a film off the driver's thread.
pub(super) fn inspect(source: FilmSource, inputs: mpsc::Sender<Input>) {
    tokio::task::spawn_blocking(move || {
        let result = player::inspect(&source).map_err(|error| error.sentence());
        // The session may be over by now.
        let _ = inputs.blocking_send(Input::FilmInspected { source, result });
    });
}

/// A film that is read through in the background; dropping this gives it up.
pub(super) struct Hashing(Arc<AtomicBool>);

impl Hashing {
    /// The hashes of the blocks go where others get the film from.
    pub(super) fn start(
        film: FilmId,
        path: PathBuf,
        shelf: Arc<Shelf>,
        inputs: mpsc::Sender<Input>,
    ) -> Self {
        let cancelled = Arc::new(AtomicBool::new(false));
        let given_up = Arc::clone(&cancelled);
        let given = film.clone();
        let on_block = move |block, hash| {
            if let Some(store) = shelf.get(&given) {
                store.set_hash(block, hash);
            }
        };
        tokio::task::spawn_blocking(move || match store::full_hash(&path, &given_up, on_block) {
            Ok(hash) => {
                let hash = hash.to_hex().to_string();
                // The session may be over by now.
                let _ = inputs.blocking_send(Input::FilmHashed { film, hash });
            }
            // Whoever cannot read it to its end will see so in the film.
            Err(error) => tracing::debug!(%error, "the film was not read through"),
        });
        Self(cancelled)
    }
}

impl Drop for Hashing {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Reads a subtitle file off the driver's thread.
pub(super) fn read_subtitle(path: PathBuf, inputs: mpsc::Sender<Input>) {
    tokio::task::spawn_blocking(move || {
        let result = player::read_subtitle(&path).map_err(|error| error.sentence());
        // The session may be over by now.
        let _ = inputs.blocking_send(Input::SubtitleRead(result));
    });
}
