//! The rooms and the way to everybody in them. Holds the lock only while the pure rules decide;
//! sending never waits.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cinemasync_protocol::{ClientMessage, ErrorCode, IceServer, ServerMessage, Token, encode};
use cinemasync_server_core::{
    ConnectionId, Entropy, Event, IceSettings, Now, Output, Refusal, Relay, RoomOverview, Rooms,
    Settings,
};
use tokio::time::MissedTickBehavior;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::Config;
use crate::door::{Door, Visit};
use crate::log::Log;
use crate::metrics::{Figures, Metrics, limit};
use crate::outbox::{Outbox, Reader, Waiting, outbox};

/// How often the rooms are asked what time brings: a second late is soon enough for what waits a
/// minute and longer.
const TICK: Duration = Duration::from_secs(1);

/// The rooms, and a way to everybody.
pub(crate) struct Hub {
    state: Mutex<State>,
    door: Arc<Door>,
    metrics: Arc<Metrics>,
    log: Arc<Log>,
    /// What waits to be sent.
    waiting: Waiting,
    started: Instant,
    next_connection: AtomicU64,
    shutting_down: AtomicBool,
}

struct State {
    rooms: Rooms,
    outboxes: BTreeMap<ConnectionId, Outbox>,
    /// What is to be logged and counted once others may go on.
    happened: Vec<Event>,
}

/// The state, locked. What happened meanwhile is told after it is free again: a log that is slow to
/// take a line must not hold up the rooms.
struct Locked<'a> {
    hub: &'a Hub,
    /// There until it is dropped.
    state: Option<MutexGuard<'a, State>>,
}

impl Deref for Locked<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        self.state.as_ref().expect("locked until it is dropped")
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut State {
        self.state.as_mut().expect("locked until it is dropped")
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        let happened = std::mem::take(&mut self.happened);
        self.state = None;
        for event in &happened {
            self.hub.note(event);
        }
    }
}

/// A connection, as itself knows it.
pub(crate) struct Client {
    pub(crate) id: ConnectionId,
    pub(crate) visit: Arc<Visit>,
    /// What it is to send.
    pub(crate) inbox: Reader,
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
        let stun = config.stun_url.iter().filter(|url| !url.is_empty()).cloned().collect();
        let settings = Settings {
            max_participants: config.max_participants,
            max_rooms: config.max_rooms,
            resume_window: Duration::from_secs(config.resume_window),
            ice: IceSettings { stun, relays: config.turn.external(), ..IceSettings::default() },
            ..Settings::new(secret)
        };
        let metrics = Arc::new(Metrics::new());
        let log = Arc::new(Log::new(config.limits.log_addresses));
        let door = Door::new(config.limits.limits(), metrics.clone(), log.clone());
        Self {
            state: Mutex::new(State {
                rooms: Rooms::new(settings),
                outboxes: BTreeMap::new(),
                happened: Vec::new(),
            }),
            door: Arc::new(door),
            metrics,
            log,
            waiting: Waiting::default(),
            started: Instant::now(),
            next_connection: AtomicU64::new(1),
            shutting_down: AtomicBool::new(false),
        }
    }

    /// From now on participants are told of this relay.
    pub(crate) fn add_relay(&self, relay: Relay) {
        self.lock().rooms.add_relay(relay);
    }

    /// Lets clients in.
    pub(crate) fn door(&self) -> &Arc<Door> {
        &self.door
    }

    /// What is counted.
    pub(crate) fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// A connection is there.
    pub(crate) fn connect(&self, visit: Arc<Visit>) -> Client {
        let id = ConnectionId(self.next_connection.fetch_add(1, Ordering::Relaxed));
        let (outbox, inbox) = outbox(self.waiting.clone());
        let mut state = self.lock();
        state.outboxes.insert(id, outbox);
        // It began before the end and comes after the others were told.
        if self.shutting_down.load(Ordering::Acquire) {
            self.say_goodbye(&mut state, id);
        }
        drop(state);
        self.metrics.opened();
        self.log.connected(id, visit.address());
        Client { id, visit, inbox }
    }

    /// A connection is gone.
    pub(crate) fn disconnect(&self, id: ConnectionId) {
        let now = self.now();
        let mut state = self.lock();
        state.outboxes.remove(&id);
        let outputs = state.rooms.disconnect(id, now);
        self.deliver(&mut state, outputs);
    }

    /// Carries out what time asks for, for as long as it is polled.
    pub(crate) async fn keep_time(&self) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let now = self.now();
            let mut state = self.lock();
            let outputs = state.rooms.handle_timeout(now);
            self.deliver(&mut state, outputs);
        }
    }

    /// A connection ended, in this way, after it lived so long.
    pub(crate) fn ended(&self, id: ConnectionId, how: &str, lived: Duration) {
        self.metrics.ended(how);
        self.log.disconnected(id, how, lived);
    }

    /// A connection said something.
    pub(crate) fn handle(&self, client: &Client, message: ClientMessage) {
        let (id, visit) = (client.id, &client.visit);
        let began = Instant::now();
        let attempt = Attempt::of(&message);
        let allowed = match attempt {
            Attempt::Create => visit.may_create(),
            Attempt::Join => visit.may_join(),
            Attempt::Other => Ok(()),
        };
        if let Err(refusal) = allowed {
            self.refuse(id, &refusal);
            return;
        }
        let now = self.now();
        let mut state = self.lock();
        let outputs = state.rooms.handle(id, message, now, &mut OsEntropy);
        match attempt {
            Attempt::Create if attempt.took_effect(&outputs) => visit.created(),
            Attempt::Join if attempt.was_a_wrong_guess(&outputs) => visit.join_failed(),
            _ => {}
        }
        self.deliver(&mut state, outputs);
        drop(state);
        self.metrics.handled(began.elapsed());
    }

    /// Answers one connection only.
    pub(crate) fn refuse(&self, id: ConnectionId, refusal: &Refusal) {
        let refused = Event::Refused { connection: id, code: refusal.code() };
        let message = refusal.to_message();
        let outputs = vec![Output::Send { to: id, message }, Output::Happened(refused)];
        self.deliver(&mut self.lock(), outputs);
    }

    /// Everybody is told that the server goes.
    pub(crate) fn begin_shutdown(&self) {
        // Under the lock: who connects later finds the flag, who is there already is told here.
        let mut state = self.lock();
        self.shutting_down.store(true, Ordering::Release);
        let everybody: Vec<ConnectionId> = state.outboxes.keys().copied().collect();
        for id in everybody {
            self.say_goodbye(&mut state, id);
        }
    }

    fn say_goodbye(&self, state: &mut State, to: ConnectionId) {
        let message = Refusal::ShuttingDown.to_message();
        self.deliver(state, vec![Output::Send { to, message }]);
        if let Some(outbox) = state.outboxes.get(&to) {
            outbox.go_down();
        }
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

    /// Figures for `/metrics`.
    pub(crate) fn figures(&self) -> Figures {
        let (waiting_bytes, addresses) = (self.waiting.bytes(), self.door.tracked());
        let state = self.lock();
        Figures {
            connections: state.outboxes.len(),
            rooms: state.rooms.room_count(),
            participants: state.rooms.participant_count(),
            waiting_bytes,
            addresses,
        }
    }

    pub(crate) fn overview(&self) -> Vec<RoomOverview> {
        self.lock().rooms.overview(self.now())
    }

    pub(crate) fn ice_servers_for(&self, token: &Token) -> Option<Vec<IceServer>> {
        self.lock().rooms.ice_servers_for(token, self.now())
    }

    /// Carries out what the rooms decided. A text that goes to several is written once.
    fn deliver(&self, state: &mut State, outputs: Vec<Output>) {
        let mut last: Option<(ServerMessage, Utf8Bytes)> = None;
        for output in outputs {
            match output {
                Output::Send { to, message } => {
                    let Some(outbox) = state.outboxes.get(&to) else { continue };
                    let wire_type = message.wire_type();
                    let text = match &last {
                        Some((known, text)) if *known == message => text.clone(),
                        _ => {
                            let text = Utf8Bytes::from(encode(&message));
                            last = Some((message, text.clone()));
                            text
                        }
                    };
                    self.metrics.sent(wire_type, text.len());
                    if outbox.push(text).is_err() {
                        self.metrics.limit(limit::OUTBOX);
                    }
                }
                // Its task says what waits and closes the connection.
                Output::Close { connection } => drop(state.outboxes.remove(&connection)),
                Output::Happened(event) => state.happened.push(event),
            }
        }
    }

    fn note(&self, event: &Event) {
        match event {
            Event::RoomCreated { .. } => self.metrics.room_created(),
            Event::Refused { code, .. } => self.metrics.refused(*code),
            _ => {}
        }
        self.log.event(event);
    }

    /// A service gives these relays; none if it gives none any more.
    pub(crate) fn set_metered(&self, servers: Vec<IceServer>) {
        let now = self.now();
        let mut state = self.lock();
        let outputs = state.rooms.set_fetched_ice_servers(servers, now);
        self.deliver(&mut state, outputs);
    }

    fn now(&self) -> Now {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Now {
            elapsed: self.started.elapsed(),
            unix_ms: u64::try_from(unix.as_millis()).unwrap_or(u64::MAX),
        }
    }

    fn lock(&self) -> Locked<'_> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Locked { hub: self, state: Some(state) }
    }
}

/// What a message tries that an address may not try for ever.
#[derive(Clone, Copy)]
enum Attempt {
    Create,
    Join,
    Other,
}

impl Attempt {
    fn of(message: &ClientMessage) -> Self {
        match message {
            ClientMessage::CreateRoom { .. } => Self::Create,
            ClientMessage::JoinRoom { .. } => Self::Join,
            // Tokens are far too long to be guessed, and an expired one is no offence.
            _ => Self::Other,
        }
    }

    fn took_effect(self, outputs: &[Output]) -> bool {
        let created =
            |output: &Output| matches!(output, Output::Happened(Event::RoomCreated { .. }));
        outputs.iter().any(created)
    }

    fn was_a_wrong_guess(self, outputs: &[Output]) -> bool {
        outputs.iter().any(|output| match output {
            Output::Happened(Event::Refused { code, .. }) => {
                matches!(code, ErrorCode::RoomNotFound | ErrorCode::WrongPassword)
            }
            _ => false,
        })
    }
}
