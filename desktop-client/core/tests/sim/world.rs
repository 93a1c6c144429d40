//! The world: a server, people with their sessions, and what is on its way between them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use cinemasync_core::film::{FilmId, FilmInfo, FilmSource};
use cinemasync_core::film_memory::FilmMemory;
use cinemasync_core::interface::{
    Command, Event, Invite, ParticipantView, Place, RoomChoice, ServerChoice, Snapshot, Stage,
};
use cinemasync_core::link::{Identity, LinkEvent, LinkState, Route};
use cinemasync_core::plan::{MediaCommand, MediaEvent, MediaPlan, Sound};
use cinemasync_core::player::PlayerEvent;
use cinemasync_core::safety_code::Secret;
use cinemasync_core::screen::ScreenSettings;
use cinemasync_core::session::{EquipmentConfig, Input, Now, Output, SessionConfig, SessionCore};
use cinemasync_core::streaming::{StreamCommand, StreamEvent, StreamMode};
use cinemasync_core::subtitles::SubtitleFile;
use cinemasync_core::track::Track;
use cinemasync_protocol::{ClientMessage, ParticipantId, RoomCode, ServerMessage};
use cinemasync_server_core::{ConnectionId, Entropy, Output as RoomOutput, Rooms, Settings};

use super::link::{Crossing, Effect, VirtualLink};
use super::player::{DURATION_SECS, VirtualPlayer};

/// One way over the server, and between two people.
const TO_SERVER: Duration = Duration::from_millis(8);
const BETWEEN: Duration = Duration::from_millis(15);
/// From both descriptions to a connection.
const CONNECTING: Duration = Duration::from_millis(30);
/// How long ICE takes to notice that nobody answers.
const NOTICING: Duration = Duration::from_secs(4);
/// Reading a film through.
const HASHING: Duration = Duration::from_secs(30);
const REPORTING: Duration = Duration::from_millis(1);

/// What survives the server.
const SECRET: [u8; 32] = [7; 32];

/// More steps than this at one moment are a loop.
const MAX_STEPS_AT_ONCE: u32 = 10_000;

/// A person's number.
pub(crate) type Person = usize;

pub(crate) struct World {
    start: Instant,
    now: Instant,
    rooms: Rooms,
    server_start: Instant,
    entropy: Counter,
    pub(crate) people: Vec<Somebody>,
    starts: u64,
    connections: u64,
    sessions: u64,
    arrivals: BinaryHeap<Reverse<Arrival>>,
    arrived: u64,
    /// Between whom nothing gets through.
    cut: Vec<(Person, Person)>,
    pub(crate) server_up: bool,
}

pub(crate) struct Somebody {
    /// Tells this start of the program from every other.
    start: u64,
    core: SessionCore,
    connection: Option<ConnectionId>,
    pub(crate) links: BTreeMap<ParticipantId, VirtualLink>,
    pub(crate) player: VirtualPlayer,
    /// What media is to run.
    pub(crate) plan: MediaPlan,
    /// The short sounds that were heard.
    pub(crate) sounds: Vec<Sound>,
    /// The keyframes that were asked for: of which track and which of its encodings.
    pub(crate) keyframes: Vec<(Track, usize)>,
    pub(crate) events: Vec<Event>,
    /// What the streams were told.
    pub(crate) stream_commands: Vec<StreamCommand>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Arrival {
    at: Instant,
    number: u64,
    what: usize,
}

enum What {
    AtServer(ConnectionId, ClientMessage),
    FromServer(ConnectionId, ServerMessage),
    Hello(Person),
    Reported(Person, ParticipantId, LinkEvent),
    Connected(Person, Person),
    /// A link with this number notices that nobody answers.
    Lost(Person, ParticipantId, u64),
    Crossed(Person, ParticipantId, Crossing),
    Inspected(Person, FilmSource),
    SubtitleRead(Person, PathBuf),
    Streamed(Person, StreamEvent),
    Hashed(Person, FilmId, PathBuf),
}

/// Counts up: every id and code differs and each run is the same.
struct Counter(u64);

impl Entropy for Counter {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *byte = (self.0 >> 33) as u8;
        }
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let start = Instant::now();
        Self {
            start,
            now: start,
            rooms: Rooms::new(Settings::new(SECRET)),
            server_start: start,
            entropy: Counter(1),
            people: Vec::new(),
            starts: 0,
            connections: 0,
            sessions: 0,
            arrivals: BinaryHeap::new(),
            arrived: 0,
            cut: Vec::new(),
            server_up: true,
        }
    }

    pub(crate) fn now(&self) -> Instant {
        self.now
    }

    /// A person with a sound card that drifts by so many parts per million.
    pub(crate) fn person(&mut self, drift_ppm: f64) -> Person {
        self.person_who_remembers(FilmMemory::default(), drift_ppm)
    }

    /// One who has watched films before.
    pub(crate) fn person_who_remembers(&mut self, memory: FilmMemory, drift_ppm: f64) -> Person {
        let config = SessionConfig {
            camera: true,
            microphone: true,
            preview: false,
            route: Route::Any,
            equipment: EquipmentConfig::default(),
            memory,
            stream_mode: StreamMode::Ask,
            screen: ScreenSettings::default(),
            nonce: format!("n{}x", self.people.len()),
        };
        self.starts += 1;
        self.people.push(Somebody {
            start: self.starts,
            core: SessionCore::new(config, Secret::new([self.starts as u8; 32])),
            connection: None,
            links: BTreeMap::new(),
            player: VirtualPlayer::new(drift_ppm),
            plan: MediaPlan::default(),
            sounds: Vec::new(),
            keyframes: Vec::new(),
            events: Vec::new(),
            stream_commands: Vec::new(),
        });
        self.people.len() - 1
    }

    /// Somebody creates a room and the others join it, one after the other.
    pub(crate) fn gather(&mut self, people: &[Person]) -> RoomCode {
        self.enter(people[0], RoomChoice::Create);
        self.run(Duration::from_millis(500));
        let code = self.code(people[0]);
        for person in &people[1..] {
            self.enter(*person, RoomChoice::Join(code));
            self.run(Duration::from_secs(1));
        }
        code
    }

    pub(crate) fn enter(&mut self, person: Person, room: RoomChoice) {
        let identity = Identity::new(self.people[person].start.to_string());
        self.enter_as(person, room, identity);
    }

    /// Takes a place again that was kept over a start of the program.
    pub(crate) fn come_back(&mut self, person: Person, place: Place) {
        let identity = place.identity.expect("kept with the place");
        self.enter_as(person, RoomChoice::Resume(place.token), identity);
    }

    /// Enters with a key of one's choice: a certificate's fingerprint in this world.
    pub(crate) fn enter_as(&mut self, person: Person, room: RoomChoice, identity: Identity) {
        let invite = Invite {
            server: ServerChoice::Url("ws://server".into()),
            room,
            name: format!("Person {person}"),
            password: None,
            identity: Some(identity),
        };
        self.command(person, Command::Enter(invite));
    }

    /// Where the person could come back to after its program was killed.
    pub(crate) fn place(&self, person: Person) -> Option<Place> {
        let mut events = self.people[person].events.iter().rev();
        events.find_map(|event| match event {
            Event::Place(place) => Some(place.clone()),
            _ => None,
        })?
    }

    pub(crate) fn code(&self, person: Person) -> RoomCode {
        match self.snapshot(person).stage {
            Stage::Room { code, .. } => code,
            stage => panic!("person {person} is in no room: {stage:?}"),
        }
    }

    pub(crate) fn id(&self, person: Person) -> ParticipantId {
        self.snapshot(person).me.id.expect("in a room")
    }

    pub(crate) fn snapshot(&self, person: Person) -> Snapshot {
        self.people[person].core.snapshot(self.both_clocks())
    }

    pub(crate) fn command(&mut self, person: Person, command: Command) {
        self.input(person, Input::Command(command));
    }

    /// The first picture of somebody's camera was decoded.
    pub(crate) fn first_frame(&mut self, person: Person, from: &ParticipantId) {
        let (from, track) = (from.clone(), Track::Camera);
        let event = MediaEvent::FirstFrame { from, track, width: 640, height: 360 };
        self.input(person, Input::Media(event));
    }

    /// Nothing comes in at this person's player for so long.
    pub(crate) fn starve(&mut self, person: Person, length: Duration) {
        let event = self.people[person].player.starve(self.now, length);
        self.input(person, Input::Player(event));
    }

    /// The person's streams report.
    pub(crate) fn streams_say(&mut self, person: Person, event: StreamEvent) {
        self.input(person, Input::Stream(event));
    }

    /// The person's player reports.
    pub(crate) fn player_says(&mut self, person: Person, event: PlayerEvent) {
        self.input(person, Input::Player(event));
    }

    /// Nothing gets through between these two any more, and both notice.
    pub(crate) fn cut(&mut self, one: Person, other: Person) {
        self.cut.push((one, other));
        self.tell_link(one, other, LinkState::Reconnecting);
    }

    /// What was cut carries again.
    pub(crate) fn heal(&mut self, one: Person, other: Person) {
        self.cut.retain(|pair| *pair != (one, other) && *pair != (other, one));
        self.tell_link(one, other, LinkState::Connected);
    }

    fn tell_link(&mut self, one: Person, other: Person, state: LinkState) {
        for (person, of) in [(one, self.id(other)), (other, self.id(one))] {
            self.input(person, Input::Link(of, LinkEvent::State(state)));
        }
    }

    /// The server says this to a person by itself.
    pub(crate) fn forge(&mut self, person: Person, message: ServerMessage) {
        self.input(person, Input::Signaling(message));
    }

    /// How this person's session sees another.
    pub(crate) fn view(&self, person: Person, of: &ParticipantId) -> ParticipantView {
        let seen = self.snapshot(person).participants;
        seen.into_iter().find(|other| other.id == *of).expect("in the room")
    }

    /// The person's connection to the server breaks.
    pub(crate) fn lose_server(&mut self, person: Person) {
        if let Some(connection) = self.people[person].connection.take() {
            let outputs = self.rooms.disconnect(connection, self.server_now());
            self.deliver(outputs);
            self.input(person, Input::SignalingDown("gone".into()));
        }
    }

    /// The server is killed: it says nothing to anybody, and forgets everything.
    pub(crate) fn kill_server(&mut self) {
        self.server_up = false;
        for person in 0..self.people.len() {
            if self.people[person].connection.take().is_some() {
                self.input(person, Input::SignalingDown("gone".into()));
            }
        }
    }

    /// It is started again, with the secret it had.
    pub(crate) fn start_server(&mut self) {
        self.server_up = true;
        self.server_start = self.now;
        self.rooms = Rooms::new(Settings::new(SECRET));
    }

    /// The person's program is killed: nobody hears of it but by silence.
    pub(crate) fn kill(&mut self, person: Person) {
        let id = self.id(person);
        if let Some(connection) = self.people[person].connection.take() {
            let outputs = self.rooms.disconnect(connection, self.server_now());
            self.deliver(outputs);
        }
        self.people[person].links.clear();
        for other in 0..self.people.len() {
            if let Some(link) = self.people[other].links.get_mut(&id) {
                link.connected = false;
                let session = link.session;
                self.later(NOTICING, What::Lost(other, id.clone(), session));
            }
        }
        let drift = 0.0;
        let fresh = self.person(drift);
        let somebody = self.people.pop().expect("just made");
        assert_eq!(fresh, self.people.len());
        self.people[person] = somebody;
    }

    /// Lets this much time pass.
    pub(crate) fn run(&mut self, length: Duration) {
        let end = self.now + length;
        let mut stuck = 0;
        loop {
            let people = self.people.iter().flat_map(|somebody| {
                [somebody.core.next_timeout(), somebody.player.next_timeout()]
            });
            let arrival = self.arrivals.peek().map(|Reverse(arrival)| arrival.at);
            let server = self.rooms.next_timeout().map(|at| self.server_start + at);
            let Some(next) =
                people.chain([arrival, server]).flatten().min().filter(|next| *next <= end)
            else {
                break;
            };
            stuck = if next <= self.now { stuck + 1 } else { 0 };
            assert!(stuck < MAX_STEPS_AT_ONCE, "time stands still: {}", self.who_is_due());
            self.now = self.now.max(next);
            self.step();
        }
        self.now = end;
    }

    fn who_is_due(&self) -> String {
        let due = |at: Option<Instant>| at.is_some_and(|at| at <= self.now);
        let who = |(person, somebody): (usize, &Somebody)| {
            let (core, player) =
                (due(somebody.core.next_timeout()), due(somebody.player.next_timeout()));
            (core || player).then(|| format!("person {person}: core {core} player {player}; "))
        };
        self.people.iter().enumerate().filter_map(who).collect()
    }

    fn step(&mut self) {
        let outputs = self.rooms.handle_timeout(self.server_now());
        self.deliver(outputs);
        while self.arrivals.peek().is_some_and(|Reverse(arrival)| arrival.at <= self.now) {
            let Some(Reverse(arrival)) = self.arrivals.pop() else { break };
            let what = WAITING.with_borrow_mut(|waiting| waiting.remove(&arrival.what));
            self.arrive(what.expect("each arrival waits once"));
        }
        for person in 0..self.people.len() {
            for event in self.people[person].player.handle_timeout(self.now) {
                self.input(person, Input::Player(event));
            }
            if self.people[person].core.next_timeout().is_some_and(|at| at <= self.now) {
                self.input(person, Input::Timeout);
            }
        }
    }

    fn later(&mut self, after: Duration, what: What) {
        self.arrived += 1;
        let number = self.arrived;
        let key = number as usize;
        WAITING.with_borrow_mut(|waiting| waiting.insert(key, what));
        self.arrivals.push(Reverse(Arrival { at: self.now + after, number, what: key }));
    }

    fn arrive(&mut self, what: What) {
        match what {
            What::Hello(person) => {
                if self.server_up {
                    self.connections += 1;
                    self.people[person].connection = Some(ConnectionId(self.connections));
                    self.input(person, Input::SignalingUp { server: "ws://server".into() });
                } else {
                    self.input(person, Input::SignalingDown("no server".into()));
                }
            }
            What::AtServer(connection, message) => {
                if self.server_up
                    && self.people.iter().any(|somebody| somebody.connection == Some(connection))
                {
                    let now = self.server_now();
                    let outputs = self.rooms.handle(connection, message, now, &mut self.entropy);
                    self.deliver(outputs);
                }
            }
            What::FromServer(connection, message) => {
                let to =
                    self.people.iter().position(|somebody| somebody.connection == Some(connection));
                if let Some(person) = to {
                    self.input(person, Input::Signaling(message));
                }
            }
            What::Reported(person, id, event) => {
                if self.people[person].links.contains_key(&id) {
                    self.input(person, Input::Link(id, event));
                }
            }
            What::Lost(person, id, session) => {
                let link = self.people[person].links.get(&id);
                if link.is_some_and(|link| link.session == session) {
                    let gone = LinkEvent::State(LinkState::Reconnecting);
                    self.input(person, Input::Link(id, gone));
                }
            }
            What::Connected(one, other) => self.connect(one, other),
            What::Crossed(person, from, crossing) => {
                let event = match crossing {
                    Crossing::Control(text) => LinkEvent::Control(text),
                    Crossing::Clock(bytes) => LinkEvent::Clock(bytes, self.now),
                };
                if self.people[person].links.contains_key(&from) {
                    self.input(person, Input::Link(from, event));
                }
            }
            What::Hashed(person, film, path) => {
                let damaged = path.to_string_lossy().contains("damaged");
                let hash = if damaged { "d" } else { "a" }.repeat(64);
                self.input(person, Input::FilmHashed { film, hash });
            }
            What::Streamed(person, event) => self.streams_say(person, event),
            What::SubtitleRead(person, path) => {
                let name = path.to_string_lossy().into_owned();
                let text = format!("1\n00:00:01,000 --> 00:00:02,000\n{name}\n").repeat(400).into();
                self.input(person, Input::SubtitleRead(Ok(SubtitleFile { name, text })));
            }
            What::Inspected(person, source) => {
                let (name, address) = match &source {
                    FilmSource::File(path) => (path.to_string_lossy().into_owned(), None),
                    FilmSource::Address(address) => (address.clone(), Some(address.clone())),
                    FilmSource::Stream(_) => unreachable!("streams are not looked at"),
                };
                let result = if name.contains("bad") {
                    Err("This is no film.".to_owned())
                } else {
                    let id = FilmId(format!(
                        "{:x}",
                        // A damaged copy passes for the film at first sight.
                        name.trim_start_matches("damaged ")
                            .bytes()
                            .fold(7_u64, |sum, byte| sum.wrapping_mul(31) + u64::from(byte))
                    ));
                    Ok(FilmInfo { name, bytes: 1_000, duration_secs: DURATION_SECS, id, address })
                };
                self.input(
                    person,
                    Input::FilmInspected { source, result: result.map_err(Into::into) },
                );
            }
        }
    }

    fn connect(&mut self, one: Person, other: Person) {
        let (Some(one_id), Some(other_id)) = (self.find_id(one), self.find_id(other)) else {
            return;
        };
        let sides = [(one, &other_id), (other, &one_id)]
            .map(|(person, id)| self.people[person].links.get(id));
        let [Some(a), Some(b)] = sides else { return };
        if a.bound_to != Some(b.session) || b.bound_to != Some(a.session) {
            return;
        }
        for (person, id) in [(one, other_id), (other, one_id)] {
            let Some(link) = self.people[person].links.get_mut(&id) else { return };
            if std::mem::replace(&mut link.connected, true) {
                continue;
            }
            let local = link.certificate.clone();
            let Some(remote) = link.remote_certificate.clone() else { return };
            self.input(person, Input::Link(id.clone(), LinkEvent::State(LinkState::Connected)));
            let proved = LinkEvent::Fingerprints { local, remote };
            self.input(person, Input::Link(id.clone(), proved));
            self.input(person, Input::Link(id, LinkEvent::ControlOpen));
        }
    }

    fn find_id(&self, person: Person) -> Option<ParticipantId> {
        self.snapshot(person).me.id
    }

    fn find(&self, id: &ParticipantId) -> Option<Person> {
        (0..self.people.len()).find(|person| self.find_id(*person).as_ref() == Some(id))
    }

    fn is_cut(&self, one: Person, other: Person) -> bool {
        self.cut.contains(&(one, other)) || self.cut.contains(&(other, one))
    }

    fn deliver(&mut self, outputs: Vec<RoomOutput>) {
        for output in outputs {
            if let RoomOutput::Send { to, message } = output {
                self.later(TO_SERVER, What::FromServer(to, message));
            }
        }
    }

    pub(crate) fn input(&mut self, person: Person, input: Input) {
        let now = self.both_clocks();
        self.people[person].core.handle(input, now);
        while let Some(output) = self.people[person].core.poll_output() {
            self.perform(person, output);
        }
    }

    fn perform(&mut self, person: Person, output: Output) {
        match output {
            Output::ConnectSignaling(_) => self.later(TO_SERVER, What::Hello(person)),
            Output::CloseSignaling => {
                // Last words arrive first; then the server notices.
                if let Some(connection) = self.people[person].connection.take() {
                    let outputs = self.rooms.disconnect(connection, self.server_now());
                    self.deliver(outputs);
                }
            }
            Output::Signal(message) => {
                if let Some(connection) = self.people[person].connection {
                    if matches!(message, ClientMessage::LeaveRoom) {
                        let now = self.server_now();
                        let outputs =
                            self.rooms.handle(connection, message, now, &mut self.entropy);
                        self.deliver(outputs);
                    } else {
                        self.later(TO_SERVER, What::AtServer(connection, message));
                    }
                }
            }
            Output::OpenLink(id, config) => {
                let identity = config.identity.expect("each program has one");
                self.sessions += 1;
                let link = VirtualLink::new(identity.pem().to_owned(), self.sessions);
                self.people[person].links.insert(id, link);
            }
            Output::CloseLink(id) => {
                self.people[person].links.remove(&id);
            }
            Output::Link(id, command) => {
                let effects =
                    self.people[person].links.get_mut(&id).map(|link| link.command(command));
                for effect in effects.unwrap_or_default() {
                    self.effect(person, &id, effect);
                }
            }
            Output::Player(command) => self.people[person].player.command(&command, self.now),
            Output::InspectFilm(source) => self.later(REPORTING, What::Inspected(person, source)),
            Output::HashFilm { film, path } => {
                self.later(HASHING, What::Hashed(person, film, path));
            }
            Output::Stream(command) => {
                if let StreamCommand::Fetch(film) = &command {
                    let ready = StreamEvent::Ready(film.id.clone());
                    self.later(REPORTING, What::Streamed(person, ready));
                }
                self.people[person].stream_commands.push(command);
            }
            Output::ReadSubtitle(path) => self.later(REPORTING, What::SubtitleRead(person, path)),
            Output::Event(event) => self.people[person].events.push(event),
            Output::Plan(plan) => self.people[person].plan = plan,
            Output::Media(MediaCommand::Sound(sound)) => self.people[person].sounds.push(sound),
            Output::Media(MediaCommand::Keyframe { track, rung }) => {
                self.people[person].keyframes.push((track, rung));
            }
            // Connections of this world are never half dead.
            Output::ProbeSignaling => {}
        }
    }

    fn effect(&mut self, person: Person, to: &ParticipantId, effect: Effect) {
        // A link works on although nobody is at its other end.
        if let Effect::Report(event) = effect {
            return self.later(REPORTING, What::Reported(person, to.clone(), event));
        }
        let Some(other) = self.find(to) else { return };
        match effect {
            Effect::Report(_) => {}
            Effect::Cross(crossing) => {
                if let Some(me) = self.find_id(person).filter(|_| !self.is_cut(person, other)) {
                    self.later(BETWEEN, What::Crossed(other, me, crossing));
                }
            }
            Effect::Described => {
                let me = self.find_id(person);
                let both = me.is_some_and(|me| {
                    self.people[other].links.get(&me).is_some_and(|link| link.described)
                });
                if both && !self.is_cut(person, other) {
                    self.later(CONNECTING, What::Connected(person, other));
                }
            }
        }
    }

    fn server_now(&self) -> cinemasync_server_core::Now {
        cinemasync_server_core::Now {
            elapsed: self.now - self.server_start,
            unix_ms: self.both_clocks().unix_ms,
        }
    }

    fn both_clocks(&self) -> Now {
        let elapsed = self.now - self.start;
        Now { instant: self.now, unix_ms: 1_790_000_000_000 + elapsed.as_millis() as u64 }
    }
}

std::thread_local! {
    /// What is on its way; beside the queue because messages have no order of their own.
    static WAITING: std::cell::RefCell<BTreeMap<usize, What>> = const { std::cell::RefCell::new(BTreeMap::new()) };
}
