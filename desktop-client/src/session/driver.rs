//! The driver: one task that feeds the core and performs what it asks for. Everything that happens
//! reaches it over bounded queues; nothing it does blocks.

use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cinemasync_core::interface::{Command, Event, ServerChoice, Snapshot};
use cinemasync_core::link::LinkEvent;
use cinemasync_core::plan::MediaEvent;
use cinemasync_core::player::PlayerCommand;
use cinemasync_core::screen::ScreenItem;
use cinemasync_core::sentence;
use cinemasync_core::session::{Input, NetworkChange, Now, Output, SessionCore};
use cinemasync_core::track::Track;
use cinemasync_protocol::ParticipantId;
use cinemasync_server::Server;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use super::film::{self, Film, FilmReport, Hashing};
use super::links::{FanOut, Links};
use super::signaling::{Signaling, SignalingEvent};
use super::streams::Streams;
use super::{FilmPlayer, Frames};
use crate::media::{Media, MediaConfig};
use crate::peer::identity;
use crate::platform::network;
use crate::player::PlayerConfig;

/// Reports that wait for the driver; a full queue slows their senders down.
const INPUT_QUEUE: usize = 256;
/// Reports of media that wait for the driver. Full means that it hangs: the report is dropped.
const MEDIA_EVENT_QUEUE: usize = 1_024;
/// Changes of the network that wait for the driver: seconds lie between them. Full means that it hangs:
/// the change is missed, and links are found dead a little later.
const NETWORK_QUEUE: usize = 8;
/// How often figures are collected.
const STATS_INTERVAL: Duration = Duration::from_secs(1);
/// The longest time without looking at the clock, when the core waits for nothing.
const IDLE: Duration = Duration::from_secs(3_600);

/// Where the driver tells what is and what happened.
pub(super) struct Outlets {
    pub(super) events: mpsc::Sender<Event>,
    pub(super) snapshot: watch::Sender<Arc<Snapshot>>,
    pub(super) frames: watch::Sender<Frames>,
    pub(super) player: watch::Sender<FilmPlayer>,
    pub(super) on_change: Arc<dyn Fn() + Send + Sync>,
}

/// With what the driver's parts are started.
pub(super) struct Shell {
    pub(super) media: MediaConfig,
    pub(super) player: PlayerConfig,
    /// The folder for what comes of films from friends.
    pub(super) cache: PathBuf,
}

struct Driver {
    core: SessionCore,
    links: Links,
    media: Arc<Media>,
    /// Whose media is received.
    receive: Vec<ParticipantId>,
    film: Film,
    /// A film that is read through in the background.
    hashing: Option<Hashing>,
    streams: Streams,
    signaling: Option<Signaling>,
    /// Grows with each connection, so that what an earlier one still says is not heard.
    generation: u64,
    /// Connections that say their last words.
    closing: JoinSet<()>,
    embedded: Option<Server>,
    inputs: mpsc::Sender<Input>,
    signaling_events: mpsc::Sender<(u64, SignalingEvent)>,
    outlets: Outlets,
}

/// Runs a session until `stop` is dropped or says so, then leaves the room properly.
pub(super) async fn run(
    core: SessionCore,
    shell: Shell,
    mut commands: mpsc::Receiver<Command>,
    outlets: Outlets,
    stop: oneshot::Receiver<()>,
) {
    let (inputs, mut input_queue) = mpsc::channel(INPUT_QUEUE);
    let (signaling_events, mut signaling_queue) = mpsc::channel(INPUT_QUEUE);
    let (media_events, mut media_queue) = mpsc::channel(MEDIA_EVENT_QUEUE);
    let fan_out = FanOut::default();
    let media = Arc::new(start_media(shell.media, fan_out.clone(), media_events));
    let sink = {
        let media = media.clone();
        Arc::new(move |from: &ParticipantId, packet| media.receive(from, packet))
    };
    let (links, mut link_queue) = Links::new(fan_out, sink);
    let (network, mut network_changes) = mpsc::channel(NETWORK_QUEUE);
    let _network = watch_network(network);
    let streams = Streams::start(shell.cache, inputs.clone());
    let player = PlayerConfig { streams: Some(streams.shelf().clone()), ..shell.player };
    let (film, mut film_queue) = Film::new(player);
    let mut driver = Driver {
        core,
        links,
        media,
        receive: Vec::new(),
        film,
        hashing: None,
        streams,
        signaling: None,
        generation: 0,
        closing: JoinSet::new(),
        embedded: None,
        inputs,
        signaling_events,
        outlets,
    };
    let mut stats = tokio::time::interval(STATS_INTERVAL);
    stats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut stop = pin!(stop);
    driver.perform_all().await;
    loop {
        let wake = driver.core.next_timeout().unwrap_or_else(|| Instant::now() + IDLE);
        tokio::select! {
            _ = &mut stop => break,
            Some((id, event)) = link_queue.recv() => driver.link_event(id, event),
            Some(report) = film_queue.recv() => driver.film_report(report),
            Some(command) = commands.recv() => driver.command(command),
            Some((generation, event)) = signaling_queue.recv() => driver.signaling_event(generation, event),
            Some(input) = input_queue.recv() => driver.handle(input),
            Some(change) = network_changes.recv() => driver.handle(Input::NetworkChanged(change)),
            Some(event) = media_queue.recv() => driver.media_event(event),
            _ = stats.tick() => driver.collect_stats(),
            Some(_) = driver.closing.join_next() => {}
            () = tokio::time::sleep_until(wake.into()) => driver.handle(Input::Timeout),
        }
        driver.perform_all().await;
    }
    driver.handle(Input::Command(Command::Leave));
    driver.perform_all().await;
    while driver.closing.join_next().await.is_some() {}
    if let Some(server) = driver.embedded.take() {
        server.shutdown().await;
    }
}

/// Without it links are restarted only when they are found dead.
fn watch_network(changes: mpsc::Sender<NetworkChange>) -> Option<network::Watch> {
    let tell = move |change| {
        let change = match change {
            network::Change::Lost => NetworkChange::AddressLost,
            network::Change::Gained => NetworkChange::AddressGained,
            network::Change::Woke => NetworkChange::Woke,
        };
        tracing::info!(?change, "the machine's network changed");
        if let Err(mpsc::error::TrySendError::Full(_)) = changes.try_send(change) {
            tracing::warn!("a change of the network was missed: the session is busy");
        }
    };
    match network::Watch::start(tell) {
        Ok(watch) => Some(watch),
        Err(error) => {
            tracing::warn!(%error, "changes of the network are not noticed at once");
            None
        }
    }
}

fn start_media(config: MediaConfig, fan_out: FanOut, events: mpsc::Sender<MediaEvent>) -> Media {
    let on_event = Arc::new(move |event| {
        // When the session is over nobody wants to know.
        if let Err(mpsc::error::TrySendError::Full(_)) = events.try_send(event) {
            tracing::warn!("a report of media was dropped: the session is busy");
        }
    });
    Media::start(config, Arc::new(fan_out), on_event)
}

impl Driver {
    fn handle(&mut self, input: Input) {
        self.core.handle(input, now());
    }

    fn command(&mut self, mut command: Command) {
        if let Command::Enter(invite) = &mut command
            && !invite.identity.as_ref().is_some_and(identity::is_usable)
        {
            // Without one each link makes its own: the call works, a restart is not recognised.
            invite.identity = identity::generate()
                .inspect_err(|error| tracing::warn!(%error, "no certificate for this stay"))
                .ok();
        }
        self.handle(Input::Command(command));
    }

    fn link_event(&mut self, id: ParticipantId, event: LinkEvent) {
        self.handle(Input::Link(id, event));
    }

    fn film_report(&mut self, report: FilmReport) {
        match report {
            FilmReport::Event(event) => self.handle(Input::Player(event)),
            FilmReport::Opened(result) => match self.film.opened(result) {
                Ok(player) => {
                    self.outlets
                        .player
                        .send_replace(FilmPlayer { player: Some(player), missing: None });
                }
                Err(text) => {
                    self.outlets
                        .player
                        .send_replace(FilmPlayer { player: None, missing: Some(text.clone()) });
                    self.handle(Input::PlayerMissing(text));
                }
            },
        }
    }

    fn signaling_event(&mut self, generation: u64, event: SignalingEvent) {
        if generation != self.generation {
            return;
        }
        match event {
            SignalingEvent::Up(server) => self.handle(Input::SignalingUp { server }),
            SignalingEvent::Message(message) => self.handle(Input::Signaling(message)),
            SignalingEvent::Down(reason) => {
                self.signaling = None;
                self.handle(Input::SignalingDown(reason));
            }
        }
    }

    fn media_event(&mut self, event: MediaEvent) {
        let listed = matches!(event, MediaEvent::Screens(_));
        self.handle(Input::Media(event));
        if listed {
            self.show_frames();
        }
    }

    /// Tells the front end where pictures are.
    fn show_frames(&self) {
        let slots = |track| {
            let slot = |who: &ParticipantId| (who.clone(), self.media.frames(Some(who), track));
            self.receive.iter().map(slot).collect()
        };
        let screens = self.core.screens();
        let thumbnail =
            |item: &ScreenItem| (item.source.clone(), self.media.thumbnail(&item.source));
        self.outlets.frames.send_replace(Frames {
            own: self.media.frames(None, Track::Camera),
            cameras: slots(Track::Camera),
            own_screen: self.media.frames(None, Track::Screen),
            screens: slots(Track::Screen),
            thumbnails: screens.iter().map(thumbnail).collect(),
        });
    }

    fn collect_stats(&self) {
        let (links, media, inputs) = (self.links.stats(), self.media.clone(), self.inputs.clone());
        tokio::spawn(async move {
            let links = links.await;
            let media = media.stats();
            // The session may be over by now.
            let _ = inputs.send(Input::Stats { links, media }).await;
        });
    }

    /// Performs everything the core asks for and shows the outcome.
    async fn perform_all(&mut self) {
        while let Some(output) = self.core.poll_output() {
            self.perform(output).await;
        }
        let snapshot = self.core.snapshot(now());
        let changed = self.outlets.snapshot.send_if_modified(|shown| {
            let differs = **shown != snapshot;
            if differs {
                *shown = Arc::new(snapshot);
            }
            differs
        });
        if changed {
            (self.outlets.on_change)();
        }
    }

    async fn perform(&mut self, output: Output) {
        match output {
            Output::ConnectSignaling(server) => self.connect(server).await,
            Output::CloseSignaling => {
                self.generation += 1;
                if let Some(signaling) = self.signaling.take() {
                    self.closing.spawn(signaling.close());
                }
            }
            Output::ProbeSignaling => {
                if let Some(signaling) = &self.signaling {
                    signaling.probe();
                }
            }
            Output::Signal(message) => {
                let refused =
                    self.signaling.as_ref().is_some_and(|signaling| !signaling.send(message));
                if refused {
                    tracing::warn!("the server does not read; connecting anew");
                    self.signaling = None;
                    self.generation += 1;
                    self.core.handle(Input::SignalingDown(sentence::server_silent()), now());
                }
            }
            Output::OpenLink(id, config) => {
                if let Err(error) = self.links.open(id.clone(), config) {
                    tracing::error!(peer = %id, %error, "no link can be made");
                    let failed = LinkEvent::State(cinemasync_core::link::LinkState::Failed);
                    self.core.handle(Input::Link(id, failed), now());
                }
            }
            Output::CloseLink(id) => self.links.close(&id),
            Output::Link(id, command) => self.links.command(&id, command),
            Output::Plan(plan) => {
                self.media.apply(&plan);
                self.receive = plan.receive;
                self.show_frames();
            }
            Output::Media(command) => self.media.command(command),
            Output::Player(command) => {
                if command == PlayerCommand::Unload {
                    self.hashing = None;
                }
                self.film.command(command);
            }
            Output::HashFilm { film, path } => {
                let blocks = self.streams.shelf().clone();
                self.hashing = Some(Hashing::start(film, path, blocks, self.inputs.clone()));
            }
            Output::InspectFilm(source) => film::inspect(source, self.inputs.clone()),
            Output::Stream(command) => self.streams.command(command),
            Output::ReadSubtitle(path) => film::read_subtitle(path, self.inputs.clone()),
            Output::Event(event) => {
                if self.outlets.events.try_send(event).is_err() {
                    tracing::error!("an event was dropped: the front end hangs or is over");
                }
                (self.outlets.on_change)();
            }
        }
    }

    async fn connect(&mut self, server: ServerChoice) {
        self.generation += 1;
        let url = match server {
            ServerChoice::Url(url) => url,
            ServerChoice::Embedded => match self.embedded_url().await {
                Ok(url) => url,
                Err(reason) => {
                    return self.core.handle(Input::SignalingDown(reason.into()), now());
                }
            },
        };
        self.signaling =
            Some(Signaling::connect(url, self.generation, self.signaling_events.clone()));
    }

    /// The address of the server inside this process; it is started with the first need and lives
    /// as long as the session.
    async fn embedded_url(&mut self) -> Result<String, String> {
        if self.embedded.is_none() {
            let server = Server::bind(cinemasync_server::Config::embedded()).await;
            self.embedded = Some(server.map_err(|error| error.to_string())?);
        }
        let address = self.embedded.as_ref().expect("it was just started").local_addr();
        Ok(format!("ws://{address}"))
    }
}

fn now() -> Now {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Now { instant: Instant::now(), unix_ms: u64::try_from(unix.as_millis()).unwrap_or(u64::MAX) }
}
