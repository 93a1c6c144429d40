//! The rooms and the way to everybody in them. Holds the lock only while the pure rules decide;
//! sending never waits.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cinemasync_protocol::{ClientMessage, IceServer, Token, encode};
use cinemasync_server_core::{
    ConnectionId, Entropy, Event, Now, Output, Refusal, RoomOverview, Rooms, Settings,
};
use tokio::sync::mpsc;

use crate::Config;

/// Messages that wait for one connection. A client that reads nothing meanwhile is closed as 1013.
const OUTBOX: usize = 256;

/// The rooms, and a way to everybody.
pub(crate) struct Hub {
    state: Mutex<State>,
    started: Instant,
    next_connection: AtomicU64,
    shutting_down: AtomicBool,
}

struct State {
    rooms: Rooms,
    outboxes: BTreeMap<ConnectionId, Outbox>,
}

struct Outbox {
    texts: mpsc::Sender<String>,
    /// Has a place of its own, so that it arrives although the outbox is full.
    too_slow: mpsc::Sender<()>,
}

/// A connection's end of its outbox.
pub(crate) struct Inbox {
    pub(crate) id: ConnectionId,
    pub(crate) texts: mpsc::Receiver<String>,
    /// The outbox was full: close as 1013.
    pub(crate) too_slow: mpsc::Receiver<()>,
}

/// The operating system's randomness.
struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        // It worked when the server started, and does not stop working later.
        getrandom::fill(bytes).expect("the system gave random numbers at the start");
    }
}

/// Figures for `/health`.
pub(crate) struct Health {
    pub(crate) rooms: usize,
    pub(crate) connections: usize,
    pub(crate) uptime: Duration,
    pub(crate) shutting_down: bool,
}

impl Hub {
    pub(crate) fn new(config: &Config, secret: [u8; 32]) -> Self {
        // An empty word in the environment means none.
        let urls: Vec<String> =
            config.stun_url.iter().filter(|url| !url.is_empty()).cloned().collect();
        let stun = IceServer { urls, username: None, credential: None };
        let ice_servers = if stun.urls.is_empty() { Vec::new() } else { vec![stun] };
        let settings = Settings {
            max_participants: config.max_participants,
            max_rooms: config.max_rooms,
            ice_servers,
            ..Settings::new(secret)
        };
        Self {
            state: Mutex::new(State { rooms: Rooms::new(settings), outboxes: BTreeMap::new() }),
            started: Instant::now(),
            next_connection: AtomicU64::new(1),
            shutting_down: AtomicBool::new(false),
        }
    }

    /// A connection is there.
    pub(crate) fn connect(&self) -> Inbox {
        let id = ConnectionId(self.next_connection.fetch_add(1, Ordering::Relaxed));
        let (sender, texts) = mpsc::channel(OUTBOX);
        let (slow_sender, too_slow) = mpsc::channel(1);
        let mut state = self.lock();
        state.outboxes.insert(id, Outbox { texts: sender, too_slow: slow_sender });
        // It began before the end and comes after the others were told.
        if self.shutting_down.load(Ordering::Acquire) {
            state.deliver(vec![goodbye(id)]);
        }
        drop(state);
        tracing::info!(connection = %id, "connected");
        Inbox { id, texts, too_slow }
    }

    /// A connection is gone.
    pub(crate) fn disconnect(&self, id: ConnectionId) {
        let mut state = self.lock();
        state.outboxes.remove(&id);
        let outputs = state.rooms.disconnect(id);
        // When everybody goes, that is no news: whoever heard of it would end calls that live on.
        if !self.shutting_down.load(Ordering::Acquire) {
            state.deliver(outputs);
        }
        tracing::info!(connection = %id, "disconnected");
    }

    /// A connection said something.
    pub(crate) fn handle(&self, id: ConnectionId, message: ClientMessage) {
        let now = self.now();
        let mut state = self.lock();
        let outputs = state.rooms.handle(id, message, now, &mut OsEntropy);
        state.deliver(outputs);
    }

    /// Answers one connection only.
    pub(crate) fn refuse(&self, id: ConnectionId, refusal: &Refusal) {
        let refused = Event::Refused { connection: id, code: refusal.code() };
        let message = refusal.to_message();
        self.lock().deliver(vec![Output::Send { to: id, message }, Output::Happened(refused)]);
    }

    /// Everybody is told that the server goes.
    pub(crate) fn begin_shutdown(&self) {
        // Under the lock: who connects later finds the flag, who is there already is told here.
        let mut state = self.lock();
        self.shutting_down.store(true, Ordering::Release);
        let everybody: Vec<ConnectionId> = state.outboxes.keys().copied().collect();
        state.deliver(everybody.into_iter().map(goodbye).collect());
    }

    pub(crate) fn health(&self) -> Health {
        let state = self.lock();
        Health {
            rooms: state.rooms.room_count(),
            connections: state.outboxes.len(),
            uptime: self.started.elapsed(),
            shutting_down: self.shutting_down.load(Ordering::Acquire),
        }
    }

    pub(crate) fn overview(&self) -> Vec<RoomOverview> {
        self.lock().rooms.overview(self.now())
    }

    pub(crate) fn ice_servers_for(&self, token: &Token) -> Option<Vec<IceServer>> {
        self.lock().rooms.ice_servers_for(token).map(<[_]>::to_vec)
    }

    fn now(&self) -> Now {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Now {
            elapsed: self.started.elapsed(),
            unix_ms: u64::try_from(unix.as_millis()).unwrap_or(u64::MAX),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn deliver(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Send { to, message } => {
                    let Some(outbox) = self.outboxes.get(&to) else { continue };
                    if outbox.texts.try_send(encode(&message)).is_err() {
                        // One word is enough; it is on its way already if this place is taken.
                        let _ = outbox.too_slow.try_send(());
                    }
                }
                Output::Happened(event) => log(&event),
            }
        }
    }
}

fn goodbye(to: ConnectionId) -> Output {
    Output::Send { to, message: Refusal::ShuttingDown.to_message() }
}

/// One line an event. Room codes open rooms, so they are for debugging only.
fn log(event: &Event) {
    match event {
        Event::RoomCreated { connection, room } => {
            tracing::info!(%connection, "room created");
            tracing::debug!(%connection, %room, "room created");
        }
        Event::Joined { connection, room, participants } => {
            tracing::info!(%connection, participants, "joined");
            tracing::debug!(%connection, %room, "joined");
        }
        // A call trickles dozens of candidates: one line each would bury the rest.
        Event::Relayed { connection, wire_type: "webrtc_ice_candidate", .. } => {
            tracing::debug!(%connection, "candidate relayed");
        }
        Event::Relayed { connection, wire_type, receivers } => {
            tracing::info!(%connection, what = wire_type, receivers, "relayed");
        }
        Event::Left { connection, reason, participants, .. } => {
            tracing::info!(%connection, ?reason, participants, "left");
        }
        Event::Refused { connection, code } => tracing::info!(%connection, ?code, "refused"),
    }
}
