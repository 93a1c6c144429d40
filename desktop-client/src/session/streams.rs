//! Films that come from friends and go to them: joins the store, the lanes and the core's exchange, on a task of
//! its own, so that bytes of films never pass the session's driver.
//!
//! The parts: `taking` is the film that comes here, `giving` what goes to others, `shelf` where the player and
//! the hashing find a film's blocks.

mod giving;
mod shelf;
mod taking;

use std::sync::Arc;
use std::time::{Duration, Instant};

use cinemasync_core::film::FilmId;
use cinemasync_core::film_blocks::{BLOCK_BYTES, BlockSet};
use cinemasync_core::session::Input;
use cinemasync_core::streaming::{StreamCommand, StreamEvent, StreamFigures};
use cinemasync_protocol::ParticipantId;
use tokio::sync::{Notify, mpsc};

use self::giving::Giving;
use self::taking::Taking;
use crate::peer::bulk::BulkEvent;
use crate::store::{BlockStore, Cache, Limits};

pub(super) use self::shelf::Shelf;

#[cfg(test)]
mod tests;

/// Commands that wait. Each changes what comes or goes; full means that the task hangs.
const COMMAND_QUEUE: usize = 256;
/// Messages of all bundles that wait, of each direction: 4 MiB. Full, the lanes wait, and with them the other end.
const MESSAGE_QUEUE: usize = 256;
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

async fn run(
    cache: Arc<Cache>,
    shelf: Arc<Shelf>,
    mut commands: mpsc::Receiver<StreamCommand>,
    inputs: mpsc::Sender<Input>,
) {
    let common = Common { cache, shelf, inputs };
    let (taken, mut taken_queue) = mpsc::channel(MESSAGE_QUEUE);
    let (given, mut given_queue) = mpsc::channel(MESSAGE_QUEUE);
    let wanted = Arc::new(Notify::new());
    let mut taking: Option<Taking> = None;
    let mut giving = Giving::new(given);
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    sweep(&common.cache);
    loop {
        let wake = taking.as_ref().and_then(Taking::next_timeout);
        tokio::select! {
            command = commands.recv() => match command {
                None => return,
                Some(StreamCommand::Offer { film, path }) => {
                    match open_local(path).await {
                        Ok(store) => {
                            taking = None;
                            common.shelf.put(film.id.clone(), &store);
                            giving.offer(film.id, store);
                        }
                        Err(error) => tracing::warn!(%error, "a film cannot be given to others"),
                    }
                }
                Some(StreamCommand::Fetch(film)) => {
                    let known = taking.as_ref().is_some_and(|taking| taking.film() == &film.id);
                    if !known {
                        taking = fetch(&common, &mut giving, film, &wanted, taken.clone()).await;
                    } else {
                        common.tell(StreamEvent::Ready(film.id)).await;
                    }
                }
                Some(StreamCommand::AddSource(id, config)) => {
                    if let Some(taking) = &mut taking {
                        taking.add_source(id, config);
                    }
                }
                Some(StreamCommand::RemoveSource(id)) => {
                    if let Some(taking) = &mut taking {
                        taking.remove_source(&id);
                    }
                }
                Some(StreamCommand::Vouches(id, root)) => {
                    if let Some(taking) = &mut taking {
                        taking.vouches(id, root.as_deref(), &common).await;
                    }
                }
                Some(StreamCommand::Signal { from, taker: true, text, config }) => {
                    giving.signal(&from, text, config);
                }
                Some(StreamCommand::Signal { from, taker: false, text, .. }) => {
                    if let Some(taking) = &taking {
                        taking.signal(&from, text);
                    }
                }
                Some(StreamCommand::Gone(id)) => {
                    giving.gone(&id);
                    if let Some(taking) = &mut taking {
                        taking.remove_source(&id);
                    }
                }
                Some(StreamCommand::Hush) => giving.hush(HUSH),
                Some(StreamCommand::Stop) => {
                    taking = None;
                    giving.stop();
                    common.shelf.clear();
                    sweep(&common.cache);
                }
                Some(StreamCommand::Keep(path)) => {
                    if let Some(taking) = &taking {
                        taking.keep(path, common.inputs.clone());
                    }
                }
                Some(StreamCommand::Forget) => {
                    forget(&common.cache, taking.as_ref().map(|taking| taking.film().clone()));
                }
            },
            Some((id, event)) = taken_queue.recv() => {
                if let Some(taking) = &mut taking {
                    taking.bulk_event(id, event, &common).await;
                }
            }
            Some((id, event)) = given_queue.recv() => giving.bulk_event(id, event, &common).await,
            Some(done) = next_done(&mut taking) => {
                if let Some(taking) = &mut taking {
                    taking.done(done, &common).await;
                }
            }
            () = wanted.notified() => {
                if let Some(taking) = &mut taking {
                    taking.player_reads();
                }
            }
            () = until(wake), if wake.is_some() => {
                if let Some(taking) = &mut taking {
                    taking.timeout();
                }
            }
            _ = tick.tick() => {
                giving.tell_new_blocks();
                if let Some(figures) = figures(&mut taking, &mut giving) {
                    common.tell(StreamEvent::Figures(figures)).await;
                }
            }
        }
        if let Some(taking) = &mut taking {
            taking.perform(&common).await;
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

async fn open_local(path: std::path::PathBuf) -> std::io::Result<Arc<BlockStore>> {
    let opened = tokio::task::spawn_blocking(move || BlockStore::local(&path)).await;
    opened.map_err(std::io::Error::other)?.map(Arc::new)
}

async fn fetch(
    common: &Common,
    giving: &mut Giving,
    film: cinemasync_core::film::FilmInfo,
    wanted: &Arc<Notify>,
    events: mpsc::Sender<FromBulk>,
) -> Option<Taking> {
    let (cache, id, bytes) = (Arc::clone(&common.cache), film.id.clone(), film.bytes);
    let opened = tokio::task::spawn_blocking(move || cache.film(&id, bytes)).await;
    let store = match opened {
        Ok(Ok(store)) => store,
        Ok(Err(error)) => {
            common.tell(StreamEvent::Failed(film.id, error.to_string())).await;
            return None;
        }
        Err(error) => {
            tracing::error!(%error, "opening the cache");
            return None;
        }
    };
    let notify = Arc::clone(wanted);
    store.on_wanted(Arc::new(move || notify.notify_one()));
    common.shelf.put(film.id.clone(), &store);
    // What has come is given to others who lack it.
    giving.offer(film.id.clone(), Arc::clone(&store));
    common.tell(StreamEvent::Ready(film.id.clone())).await;
    Some(Taking::new(film.id, store, events, Instant::now()))
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
