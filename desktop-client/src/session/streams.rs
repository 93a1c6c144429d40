//! Films that come from friends and go to them: joins the store, the lanes and the core's exchange, on a task of
//! its own, so that bytes of films never pass the session's driver.
//!
//! The parts: `taking` is the film that comes here, `giving` what goes to others, `shelf` where the player and
//! the hashing find a film's blocks.

mod giving;
mod shelf;
mod taking;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cinemasync_core::film::FilmId;
use cinemasync_core::film_blocks::{BLOCK_BYTES, BlockSet};
use cinemasync_core::session::Input;
use cinemasync_core::streaming::{StreamCommand, StreamEvent, StreamFigures};
use cinemasync_protocol::ParticipantId;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

use self::giving::Giving;
use self::taking::Taking;
use crate::peer::bulk::BulkEvent;
use crate::store::{BlockStore, Cache, CacheError, Limits};

pub(super) use self::shelf::Shelf;

#[cfg(test)]
mod tests;

/// Commands that wait. Each changes what comes or goes; full means that the task hangs.
const COMMAND_QUEUE: usize = 256;
/// Messages of all bundles that wait, of each direction: 4 MiB. Full, the lanes wait, and with them the other end.
const MESSAGE_QUEUE: usize = 256;
/// What is said of a film while it is being opened, at most: a handful of sources come and go.
const DEFERRED: usize = 64;
/// How often figures are told, and new blocks to those who get the film from us.
const TICK: Duration = Duration::from_millis(500);
/// What is sent rests for so long while a connection for media begins.
const HUSH: Duration = Duration::from_millis(500);
/// What is kept of films that were streamed.
const LIMITS: Limits = Limits { bytes: 20 << 30, age: Duration::from_secs(14 * 24 * 60 * 60) };

/// The streams of a session. Dropping it ends them.
pub(super) struct Streams {
    commands: mpsc::Sender<StreamCommand>,
    shelf: Arc<Shelf>,
}

impl Streams {
    /// Starts with nothing. What happens is told as [`Input::Stream`]. Films are kept in this folder, or in memory
    /// as far as there is room.
    pub(super) fn start(folder: std::path::PathBuf, inputs: mpsc::Sender<Input>) -> Self {
        let shelf = Arc::<Shelf>::default();
        let (commands, command_queue) = mpsc::channel(COMMAND_QUEUE);
        let cache = Arc::new(Cache::new(folder, LIMITS));
        tokio::spawn(run(cache, Arc::clone(&shelf), command_queue, inputs));
        Self { commands, shelf }
    }

    pub(super) fn command(&self, command: StreamCommand) {
        if self.commands.try_send(command).is_err() {
            tracing::error!("a command for a stream was dropped: it hangs");
        }
    }

    /// Where the blocks of films are found.
    pub(super) fn shelf(&self) -> &Arc<Shelf> {
        &self.shelf
    }
}

/// What one bundle says.
type FromBulk = (ParticipantId, BulkEvent);

/// What the streams share.
struct Common {
    cache: Arc<Cache>,
    shelf: Arc<Shelf>,
    inputs: mpsc::Sender<Input>,
}

impl Common {
    /// The session may be over by now.
    async fn tell(&self, event: StreamEvent) {
        let _ = self.inputs.send(Input::Stream(event)).await;
    }
}

/// A film that is being opened, off the task: a disk may take its time.
enum Opened {
    /// One's own, to be given.
    Own(FilmId, std::io::Result<Arc<BlockStore>>),
    /// What is here of one that comes.
    Coming(FilmId, Result<Arc<BlockStore>, CacheError>),
}

/// The task's own.
struct Desk {
    common: Common,
    taking: Option<Taking>,
    giving: Giving,
    /// Films that are being opened; one at a time counts.
    opening: JoinSet<Opened>,
    /// What was said meanwhile of the film that comes, for when it is open.
    deferred: VecDeque<StreamCommand>,
    /// Rung when the player reads elsewhere.
    wanted: Arc<Notify>,
    taken: mpsc::Sender<FromBulk>,
}

async fn run(
    cache: Arc<Cache>,
    shelf: Arc<Shelf>,
    mut commands: mpsc::Receiver<StreamCommand>,
    inputs: mpsc::Sender<Input>,
) {
    let (taken, mut taken_queue) = mpsc::channel(MESSAGE_QUEUE);
    let (given, mut given_queue) = mpsc::channel(MESSAGE_QUEUE);
    let wanted = Arc::new(Notify::new());
    let mut desk = Desk {
        common: Common { cache, shelf, inputs },
        taking: None,
        giving: Giving::new(given),
        opening: JoinSet::new(),
        deferred: VecDeque::new(),
        wanted: Arc::clone(&wanted),
        taken,
    };
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    sweep(&desk.common.cache);
    loop {
        let wake = desk.taking.as_ref().and_then(Taking::next_timeout);
        tokio::select! {
            command = commands.recv() => match command {
                Some(command) => desk.command(command).await,
                None => return,
            },
            Some(opened) = desk.opening.join_next() => {
                if let Ok(opened) = opened {
                    desk.opened(opened).await;
                }
            }
            Some((id, event)) = taken_queue.recv() => {
                if let Some(taking) = &mut desk.taking {
                    taking.bulk_event(id, event, &desk.common).await;
                }
            }
            Some((id, event)) = given_queue.recv() => {
                desk.giving.bulk_event(id, event, &desk.common).await;
            }
            Some(done) = next_done(&mut desk.taking) => {
                if let Some(taking) = &mut desk.taking {
                    taking.done(done, &desk.common).await;
                }
            }
            () = wanted.notified() => {
                if let Some(taking) = &mut desk.taking {
                    taking.player_reads();
                }
            }
            () = until(wake), if wake.is_some() => {
                if let Some(taking) = &mut desk.taking {
                    taking.timeout();
                }
            }
            _ = tick.tick() => desk.tick().await,
        }
        if let Some(taking) = &mut desk.taking {
            taking.perform(&desk.common).await;
        }
    }
}

impl Desk {
    async fn command(&mut self, command: StreamCommand) {
        let of_taking = matches!(
            command,
            StreamCommand::AddSource(..)
                | StreamCommand::RemoveSource(_)
                | StreamCommand::Vouches(..)
                | StreamCommand::Keep(_)
        );
        if of_taking && !self.opening.is_empty() {
            if self.deferred.len() < DEFERRED {
                self.deferred.push_back(command);
            }
            return;
        }
        match (command, &mut self.taking) {
            (StreamCommand::Offer { film, path }, _) => {
                self.open(move || {
                    let store = BlockStore::local(&path).map(Arc::new);
                    Opened::Own(film.id, store)
                });
            }
            (StreamCommand::Fetch(film), Some(taking)) if *taking.film() == film.id => {
                self.common.tell(StreamEvent::Ready(film.id)).await;
            }
            (StreamCommand::Fetch(film), _) => {
                let cache = Arc::clone(&self.common.cache);
                self.open(move || {
                    let store = cache.film(&film.id, film.bytes);
                    Opened::Coming(film.id, store)
                });
            }
            (StreamCommand::AddSource(id, config), Some(taking)) => taking.add_source(id, config),
            (StreamCommand::RemoveSource(id), Some(taking)) => taking.remove_source(&id),
            (StreamCommand::Vouches(id, root), Some(taking)) => {
                taking.vouches(id, root.as_deref(), &self.common).await;
            }
            (StreamCommand::Keep(path), Some(taking)) => {
                taking.keep(path, self.common.inputs.clone());
            }
            (StreamCommand::Signal { from, taker: true, text, config }, _) => {
                self.giving.signal(&from, text, config);
            }
            (StreamCommand::Signal { from, text, .. }, Some(taking)) => taking.signal(&from, text),
            (StreamCommand::Gone(id), taking) => {
                self.giving.gone(&id);
                if let Some(taking) = taking {
                    taking.remove_source(&id);
                }
            }
            (StreamCommand::Hush, _) => self.giving.hush(HUSH),
            (StreamCommand::Stop, _) => {
                self.forget_opening();
                self.taking = None;
                self.giving.stop();
                self.common.shelf.clear();
                sweep(&self.common.cache);
            }
            (StreamCommand::Forget, taking) => {
                let watched = taking.as_ref().map(|taking| taking.film().clone());
                forget(&self.common.cache, watched);
            }
            // Nothing comes, so nobody is asked.
            (
                StreamCommand::AddSource(..)
                | StreamCommand::RemoveSource(_)
                | StreamCommand::Vouches(..)
                | StreamCommand::Keep(_)
                | StreamCommand::Signal { .. },
                None,
            ) => {}
        }
    }

    fn open(&mut self, work: impl FnOnce() -> Opened + Send + 'static) {
        self.forget_opening();
        self.opening.spawn_blocking(work);
    }

    /// What is being opened is not wanted any more.
    fn forget_opening(&mut self) {
        self.opening = JoinSet::new();
        self.deferred.clear();
    }

    async fn opened(&mut self, opened: Opened) {
        match opened {
            Opened::Own(film, Ok(store)) => {
                self.taking = None;
                self.common.shelf.put(film.clone(), &store);
                self.giving.offer(film, store);
            }
            Opened::Own(_, Err(error)) => {
                tracing::warn!(%error, "a film cannot be given to others");
            }
            Opened::Coming(film, Ok(store)) => {
                let wanted = Arc::clone(&self.wanted);
                store.on_wanted(Arc::new(move || wanted.notify_one()));
                self.common.shelf.put(film.clone(), &store);
                // What has come is given to others who lack it.
                self.giving.offer(film.clone(), Arc::clone(&store));
                let taken = self.taken.clone();
                self.taking = Some(Taking::new(film.clone(), store, taken, Instant::now()));
                self.common.tell(StreamEvent::Ready(film)).await;
            }
            Opened::Coming(film, Err(error)) => {
                self.common.tell(StreamEvent::Failed(film, error.to_string())).await;
            }
        }
        for command in std::mem::take(&mut self.deferred) {
            Box::pin(self.command(command)).await;
        }
    }

    async fn tick(&mut self) {
        self.giving.tell_new_blocks();
        if let Some(figures) = figures(&mut self.taking, &mut self.giving) {
            self.common.tell(StreamEvent::Figures(figures)).await;
        }
    }
}

async fn until(wake: Option<Instant>) {
    if let Some(wake) = wake {
        tokio::time::sleep_until(wake.into()).await;
    }
}

/// The next block that was checked, or other work off this task.
async fn next_done(taking: &mut Option<Taking>) -> Option<taking::Done> {
    match taking {
        Some(taking) => taking.next_done().await,
        None => std::future::pending().await,
    }
}

fn figures(taking: &mut Option<Taking>, giving: &mut Giving) -> Option<StreamFigures> {
    let now = Instant::now();
    let given_per_second = giving.bytes_per_second(now);
    match taking {
        Some(taking) => Some(StreamFigures { given_per_second, ..taking.figures(now) }),
        None => {
            giving.is_on().then_some(StreamFigures { given_per_second, ..StreamFigures::default() })
        }
    }
}

/// How many bytes these blocks are of a film of so many.
fn bytes_of(blocks: &BlockSet, film_bytes: u64) -> u64 {
    let last = blocks.blocks().saturating_sub(1);
    let short = BLOCK_BYTES * u64::from(blocks.blocks()) - film_bytes;
    let whole = u64::from(blocks.count()) * BLOCK_BYTES;
    if blocks.contains(last) { whole - short } else { whole }
}

/// Removes what is too old or too much, off this task; a disk may be slow.
fn sweep(cache: &Arc<Cache>) {
    let cache = Arc::clone(cache);
    tokio::task::spawn_blocking(move || cache.sweep(std::time::SystemTime::now()));
}

/// Removes what came of films but the one that is watched.
fn forget(cache: &Arc<Cache>, watched: Option<FilmId>) {
    let cache = Arc::clone(cache);
    tokio::task::spawn_blocking(move || cache.forget_all_but(watched.as_ref()));
}
