//! A session that acts: a thread of its own feeds the pure core with what happens on the network,
//! in media and in the player, and carries out what the core asks for.
//!
//! Both front ends hold a [`Session`]: they send [`Command`]s, read the latest [`Snapshot`] and
//! every [`Event`]. Dropping it leaves the room properly and ends everything it started.

mod driver;
mod film;
mod film_stream;
mod links;
mod signaling;
mod streams;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cinemasync_core::frame::FrameSlot;
use cinemasync_core::interface::{Command, Event, Snapshot};
use cinemasync_core::safety_code::Secret;
use cinemasync_core::screen::ScreenSource;
use cinemasync_core::sentence::Sentence;
use cinemasync_core::session::{SessionConfig, SessionCore};
use cinemasync_protocol::ParticipantId;
pub use signaling::server_address;
use thiserror::Error;
use tokio::sync::{mpsc, watch};

use crate::media::MediaConfig;
use crate::player::{Player, PlayerConfig};

/// Commands that wait for the driver. Full means that it hangs: the command is refused.
const COMMAND_QUEUE: usize = 256;
/// Events that wait for the front end. Full means that it hangs: the event is dropped and logged.
const EVENT_QUEUE: usize = 8_192;
/// How long leaving may take when a session is dropped.
const LEAVE_PATIENCE: Duration = Duration::from_secs(3);

/// Everything a session is made with.
pub struct SessionOptions {
    /// For the core.
    pub core: SessionConfig,
    /// Where camera, microphone and speaker come from and go to.
    pub media: MediaConfig,
    /// Where the film's sound goes, and whether its picture is shown.
    pub player: PlayerConfig,
    /// The folder for what comes of films from friends; without one it is kept in memory, as far as there is room.
    pub cache: Option<PathBuf>,
    /// Called when there is a new snapshot or event; must not block.
    pub on_change: Arc<dyn Fn() + Send + Sync>,
}

/// The frame slots of cameras and screens.
#[derive(Debug, Clone, Default)]
pub struct Frames {
    /// One's own.
    pub own: FrameSlot,
    /// The others'.
    pub cameras: BTreeMap<ParticipantId, FrameSlot>,
    /// One's own shared screen.
    pub own_screen: FrameSlot,
    /// The others'.
    pub screens: BTreeMap<ParticipantId, FrameSlot>,
    /// Small pictures of what could be shared, while that is listed.
    pub thumbnails: BTreeMap<ScreenSource, FrameSlot>,
}

/// The film player as far as there is one.
#[derive(Clone, Default)]
pub struct FilmPlayer {
    /// The player, once a film was opened.
    pub player: Option<Arc<Player>>,
    /// Why there is none although a film was opened: a sentence that says what to do.
    pub missing: Option<Sentence>,
}

/// Why there is no session.
#[derive(Debug, Error)]
pub enum SessionError {
    /// The system gave no thread.
    #[error("The program could not start a thread: {0}. Close other programs and try again.")]
    Thread(#[from] std::io::Error),
    /// The system gave no random numbers, without which nothing is secret.
    #[error("The system gives no random numbers: {0}. Restart the computer and try again.")]
    Random(std::io::Error),
}

/// A handle to a running session.
pub struct Session {
    commands: mpsc::Sender<Command>,
    events: mpsc::Receiver<Event>,
    snapshot: watch::Receiver<Arc<Snapshot>>,
    frames: watch::Receiver<Frames>,
    player: watch::Receiver<FilmPlayer>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Session {
    /// Starts a session in the lobby.
    ///
    /// # Errors
    /// [`SessionError`] when the system gives no thread or no random numbers.
    pub fn start(options: SessionOptions) -> Result<Self, SessionError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("network")
            .enable_all()
            .build()?;
        let (command_sender, commands) = mpsc::channel(COMMAND_QUEUE);
        let (event_sender, events) = mpsc::channel(EVENT_QUEUE);
        let (snapshot_sender, snapshot) = watch::channel(Arc::default());
        let (frame_sender, frames) = watch::channel(Frames::default());
        let (player_sender, player) = watch::channel(FilmPlayer::default());
        let (stop_sender, stop) = tokio::sync::oneshot::channel();
        let outlets = driver::Outlets {
            events: event_sender,
            snapshot: snapshot_sender,
            frames: frame_sender,
            player: player_sender,
            on_change: options.on_change,
        };
        let secret = Secret::new(crate::platform::random().map_err(SessionError::Random)?);
        let core = SessionCore::new(options.core, secret);
        let shell = driver::Shell {
            media: options.media,
            player: options.player,
            cache: options.cache.unwrap_or_default(),
        };
        let thread = std::thread::Builder::new().name("session".to_owned()).spawn(move || {
            runtime.block_on(driver::run(core, shell, commands, outlets, stop));
            runtime.shutdown_timeout(LEAVE_PATIENCE);
        })?;
        Ok(Self {
            commands: command_sender,
            events,
            snapshot,
            frames,
            player,
            stop: Some(stop_sender),
            thread: Some(thread),
        })
    }

    /// Asks for something. Never blocks.
    pub fn send(&self, command: Command) {
        if self.commands.try_send(command).is_err() {
            tracing::error!("the session does not take commands any more");
        }
    }

    /// The next event, if one is there.
    pub fn try_event(&mut self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// The next event; `None` once the session is over.
    pub async fn next_event(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    /// How things are.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.borrow().clone()
    }

    /// Where the pictures of cameras and screens are.
    pub fn frames(&self) -> Frames {
        self.frames.borrow().clone()
    }

    /// The film player.
    pub fn player(&self) -> FilmPlayer {
        self.player.borrow().clone()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the session's thread panicked");
        }
    }
}
