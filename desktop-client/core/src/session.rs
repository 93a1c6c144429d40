//! One stay in a room: how one gets in, who is there, what is negotiated, said and played, and what
//! media must run for it. The machine decides; [`Output`]s ask the driver to act.
//!
//! The parts: `entry` gets into rooms and out of them, `equipment` keeps one's devices and how voices are treated, `films` what films are here, `sharing` what is shared of the screen,
//! `signaling` the way to the server, `roster` the people, `keys` by what one knows them, `stay` what happens in a room, `view` the
//! snapshot.

mod entry;
mod equipment;
mod films;
mod keys;
mod roster;
mod sharing;
mod signaling;
mod stay;
mod view;
mod volumes;

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use cinemasync_protocol::{ClientMessage, ErrorCode, ParticipantId, ServerMessage};

use crate::film::{FilmId, FilmInfo, FilmSource};
use crate::film_memory::FilmMemory;
use crate::interface::{
    Command, Event, Invite, Level, Notice, ServerChoice, Snapshot, error_code_name,
};
use crate::link::{LinkCommand, LinkConfig, LinkEvent, LinkStats, Route};
use crate::plan::{MediaCommand, MediaEvent, MediaPlan, MediaStats, ScreenPlan, Sound};
use crate::player::{PlayerCommand, PlayerEvent};
use crate::safety_code::{Nonces, Secret};
use crate::screen::{ScreenItem, ScreenSettings};
use crate::sentence::{self, Sentence};
use crate::streaming::{StreamCommand, StreamEvent, StreamMode};
use crate::subtitles::SubtitleFile;
use equipment::Equipment;
pub use equipment::EquipmentConfig;
use films::{FilmUse, Films};
use sharing::Sharing;
use signaling::Signaling;
use stay::{OwnTracks, Stay};

/// What a session is given once and for all.
#[derive(Debug, Clone)]
pub struct SessionConfig {
    /// Is the camera on at the start?
    pub camera: bool,
    /// Is the microphone on at the start?
    pub microphone: bool,
    /// Is the own picture shown, so that the camera runs even when nobody else receives it?
    pub preview: bool,
    /// Which ways links may take.
    pub route: Route,
    /// One's devices and how voices are treated at the start.
    pub equipment: EquipmentConfig,
    /// How one's screen is sent when it is shared.
    pub screen: ScreenSettings,
    /// What is remembered of films.
    pub memory: FilmMemory,
    /// Whether a film that is not here comes from friends.
    pub stream_mode: StreamMode,
    /// A word unlike that of any other session: ids of chat messages begin with it.
    pub nonce: String,
}

/// The two clocks of one moment.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// For everything that is measured.
    pub instant: Instant,
    /// For what is shown to people, in Unix milliseconds.
    pub unix_ms: u64,
}

/// What happened outside.
#[derive(Debug)]
pub enum Input {
    /// A person asked for something.
    Command(Command),
    /// The connection to the signaling server stands; others can reach it at this address.
    SignalingUp {
        /// The address.
        server: String,
    },
    /// The server said something.
    Signaling(ServerMessage),
    /// The connection could not be made or is gone; a sentence for a person.
    SignalingDown(Sentence),
    /// A link reports.
    Link(ParticipantId, LinkEvent),
    /// The machine's network is another one.
    NetworkChanged(NetworkChange),
    /// Figures of the links and of media, about once a second.
    Stats {
        /// One entry a link.
        links: Vec<(ParticipantId, LinkStats)>,
        /// Media's.
        media: MediaStats,
    },
    /// Media reports.
    Media(MediaEvent),
    /// The player reports.
    Player(PlayerEvent),
    /// There is no player; a sentence for a person.
    PlayerMissing(Sentence),
    /// A film was looked at.
    FilmInspected {
        /// Where it comes from.
        source: FilmSource,
        /// What it is, or a sentence why it is no film.
        result: Result<FilmInfo, Sentence>,
    },
    /// A film was read through.
    FilmHashed {
        /// Which.
        film: FilmId,
        /// Hexadecimal BLAKE3 of all its bytes.
        hash: String,
    },
    /// The streams report.
    Stream(StreamEvent),
    /// A subtitle file was read: its text, or a sentence why it cannot be used.
    SubtitleRead(Result<SubtitleFile, Sentence>),
    /// [`SessionCore::next_timeout`] has come.
    Timeout,
}

/// What happened to the machine's network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkChange {
    /// An address of the machine is gone, and perhaps others came: what used it is dead.
    AddressLost,
    /// Another address came.
    AddressGained,
    /// The program stood still for a while: a lid was closed.
    Woke,
}

/// What the driver is asked to do.
#[derive(Debug)]
pub enum Output {
    /// Connect to a signaling server (start the embedded one first if need be).
    ConnectSignaling(ServerChoice),
    /// Close that connection, after what was sent is out.
    CloseSignaling,
    /// Find out soon whether that connection is still alive.
    ProbeSignaling,
    /// Say something to the server.
    Signal(ClientMessage),
    /// Make a link to a participant.
    OpenLink(ParticipantId, LinkConfig),
    /// Drop it.
    CloseLink(ParticipantId),
    /// Tell a link something.
    Link(ParticipantId, LinkCommand),
    /// This is what media must run from now on.
    Plan(MediaPlan),
    /// Tell media something.
    Media(MediaCommand),
    /// Tell the player something.
    Player(PlayerCommand),
    /// Look at a file, or what is at an address: what film is it?
    InspectFilm(FilmSource),
    /// Read a film through in the background, for its whole hash; one that is under way is given up.
    HashFilm {
        /// Which.
        film: FilmId,
        /// Its file.
        path: PathBuf,
    },
    /// Tell the streams something.
    Stream(StreamCommand),
    /// Read a subtitle file of text.
    ReadSubtitle(PathBuf),
    /// Tell the front end.
    Event(Event),
}

/// The session machine.
#[derive(Debug)]
pub struct SessionCore {
    config: SessionConfig,
    camera: bool,
    microphone: bool,
    equipment: Equipment,
    sharing: Sharing,
    /// One's tracks as the others were told of them.
    told: OwnTracks,
    stays: u64,
    nonces: Nonces,
    stage: Stage,
    signaling: Signaling,
    films: Films,
    memory: FilmMemory,
    media: MediaStats,
    plan: MediaPlan,
    outputs: VecDeque<Output>,
}

#[derive(Debug)]
enum Stage {
    Lobby,
    Entering { invite: Invite, deadline: Instant },
    Room(Box<Stay>),
}

impl SessionCore {
    /// A session in the lobby. Safety codes rest on the `secret`.
    pub fn new(config: SessionConfig, secret: Secret) -> Self {
        let mut core = Self {
            camera: config.camera,
            microphone: config.microphone,
            equipment: Equipment::new(config.equipment.clone()),
            sharing: Sharing::new(config.screen),
            told: OwnTracks::default(),
            memory: config.memory.clone().bounded(),
            config,
            stays: 0,
            nonces: Nonces::new(secret),
            stage: Stage::Lobby,
            signaling: Signaling::default(),
            films: Films::default(),
            media: MediaStats::default(),
            plan: MediaPlan::default(),
            outputs: VecDeque::new(),
        };
        core.replan();
        core
    }

    /// Takes one input. Drain [`SessionCore::poll_output`] afterwards.
    pub fn handle(&mut self, input: Input, now: Now) {
        match input {
            Input::Command(command) => self.command(command, now),
            Input::SignalingUp { server } => self.signaling_up(server),
            Input::Signaling(message) => self.server_message(message, now),
            Input::SignalingDown(text) => self.signaling_down(text, now),
            Input::Link(id, event) => {
                self.in_room(|stay, io| stay.link_event(&id, event, io), now);
            }
            Input::NetworkChanged(change) => self.network_changed(change, now),
            Input::Stats { links, media } => {
                if let Stage::Room(stay) = &mut self.stage {
                    stay.encoder_stats(&media.encoders);
                }
                self.media = media;
                self.in_room(|stay, io| stay.link_stats(links, io), now);
                if let Stage::Room(stay) = &self.stage {
                    self.equipment.expect_loss(stay.worst_loss());
                }
            }
            Input::Media(event) => self.media_event(event, now),
            Input::Player(event) if !event.is_finite() => {}
            Input::Player(event) => {
                self.in_room(|stay, io| stay.player_event(event, io), now);
            }
            Input::PlayerMissing(text) => {
                // No film can be open without a player: it failed like one that cannot be played.
                let failed = PlayerEvent::Failed(text.clone());
                if !self.in_room(|stay, io| stay.player_event(failed, io), now) {
                    self.notice(Level::Error, text);
                }
            }
            Input::FilmInspected { source, result } => self.film_inspected(source, result, now),
            Input::FilmHashed { film, hash } => {
                self.in_room(|stay, io| stay.film_hashed(film, hash, io), now);
            }
            Input::Stream(event) => {
                self.in_room(|stay, io| stay.stream_event(event, io), now);
            }
            Input::SubtitleRead(Ok(file)) => {
                self.in_room(|stay, io| stay.add_subtitle(file, io), now);
            }
            Input::SubtitleRead(Err(text)) => self.fail_named("subtitle", text, false),
            Input::Timeout => self.timeout(now),
        }
        self.tell_tracks(now);
        self.replan();
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Input::Timeout`] is wanted.
    pub fn next_timeout(&self) -> Option<Instant> {
        let stage = match &self.stage {
            Stage::Lobby => None,
            Stage::Entering { deadline, .. } => Some(*deadline),
            Stage::Room(stay) => stay.next_timeout(),
        };
        [stage, self.signaling.next_timeout(), self.equipment.next_timeout()]
            .into_iter()
            .flatten()
            .min()
    }

    /// The monitors and windows that can be shared, while somebody chooses.
    pub fn screens(&self) -> Arc<Vec<ScreenItem>> {
        self.sharing.screens()
    }

    /// Everything a front end shows, as of this moment.
    pub fn snapshot(&self, now: Now) -> Snapshot {
        view::snapshot(self, now)
    }

    fn command(&mut self, command: Command, now: Now) {
        match command {
            Command::Enter(invite) => self.enter(invite, now),
            Command::Leave => self.leave(),
            Command::Camera(on) => {
                self.camera = on;
            }
            Command::Microphone(on) => {
                let sound = if on { Sound::Unmuted } else { Sound::Muted };
                if std::mem::replace(&mut self.microphone, on) != on {
                    self.in_room(|_, io| io.sound(sound), now);
                }
            }
            // The last word on what was shown in a room may come after it.
            Command::Shown(_) if !matches!(self.stage, Stage::Room(_)) => {}
            Command::ChooseDevice { kind, id } => self.equipment.choose(kind, id, now.instant),
            Command::ListDevices => self.equipment.watched = true,
            Command::Preview(on) => self.equipment.preview = on,
            Command::CameraQuality(quality) => self.equipment.camera_quality = quality.bounded(),
            Command::Voice(settings) => self.equipment.voice = settings.bounded(),
            Command::Route(route) => self.config.route = route,
            Command::VoiceVolume { who, volume } => self.equipment.volumes.set(who, volume),
            Command::ListScreens(on) => self.sharing.list(on),
            Command::ShareScreen(share) if matches!(self.stage, Stage::Room(_)) => {
                self.sharing.share(share);
            }
            Command::StopSharing if matches!(self.stage, Stage::Room(_)) => self.sharing.stop(),
            Command::ScreenSettings(settings) => self.sharing.set(settings),
            Command::ScreenVolume { who, volume } => self.sharing.volumes.set(who, volume),
            Command::PushToTalk(on) => {
                self.equipment.push_to_talk = on;
                self.equipment.held = false;
            }
            Command::Talk(held) => self.equipment.held = held,
            Command::OpenFilm(path) => self.inspect(FilmSource::File(path), FilmUse::Open),
            Command::AttachFilm(path) => self.inspect(FilmSource::File(path), FilmUse::Attach),
            Command::AttachOtherCut(path) => {
                self.inspect(FilmSource::File(path), FilmUse::AttachOtherCut);
            }
            Command::QueueFilm(path) => self.inspect(FilmSource::File(path), FilmUse::Queue),
            Command::OpenAddress(address) => self.open_address(&address),
            Command::StreamMode(mode) => {
                self.config.stream_mode = mode;
                self.in_room(|_, _| {}, now);
            }
            Command::ForgetFilms => {
                self.outputs.push_back(Output::Stream(StreamCommand::Forget));
            }
            Command::AddSubtitle(path) => self.outputs.push_back(Output::ReadSubtitle(path)),
            other => {
                if !self.in_room(|stay, io| stay.command(other, io), now) {
                    self.fail(ErrorCode::NotInRoom, sentence::not_in_room(), false);
                }
            }
        }
    }

    fn media_event(&mut self, event: MediaEvent, now: Now) {
        match event {
            MediaEvent::DeviceFailed { track, device: Some(id), text } => {
                let notice = self.equipment.failed(track, &id, text, now.instant);
                self.outputs.extend(notice.map(|notice| Output::Event(Event::Notice(notice))));
            }
            MediaEvent::DeviceFailed { device: None, text, .. } => {
                self.notice(Level::Warning, text);
            }
            MediaEvent::Devices { kind, listing } => {
                let notice = self.equipment.listed(kind, listing, now.instant);
                self.outputs.extend(notice.map(|notice| Output::Event(Event::Notice(notice))));
            }
            MediaEvent::Speaking { who: None, speaking } => self.equipment.voiced = speaking,
            MediaEvent::Level { who: None, level } => self.equipment.level = level,
            MediaEvent::Screens(_)
            | MediaEvent::ScreenShows(_)
            | MediaEvent::ScreenContent(_)
            | MediaEvent::ScreenEnded { .. }
            | MediaEvent::ScreenSoundEnded(_) => {
                let notice = self.sharing.media_event(event);
                self.outputs.extend(notice.map(|notice| Output::Event(Event::Notice(notice))));
            }
            other => {
                self.in_room(|stay, io| stay.media_event(other, io), now);
            }
        }
    }

    /// Tells the others which of one's tracks they get, if that changed.
    fn tell_tracks(&mut self, now: Now) {
        let tracks = self.own_tracks();
        if std::mem::replace(&mut self.told, tracks) != tracks {
            self.in_room(Stay::tell_tracks, now);
        }
    }

    /// What there is for others.
    fn own_tracks(&self) -> OwnTracks {
        OwnTracks {
            camera: self.shows(),
            microphone: self.is_audible(),
            screen: self.sharing.is_on(),
            screen_audio: self.sharing.has_sound(),
        }
    }

    /// Is one's own picture there for others?
    fn shows(&self) -> bool {
        self.camera && self.equipment.has_camera()
    }

    /// Is one's own voice there for others?
    fn is_audible(&self) -> bool {
        self.microphone && self.equipment.may_talk()
    }

    fn timeout(&mut self, now: Now) {
        self.equipment.timeout(now.instant);
        if let Some(server) = self.signaling.retry(now.instant) {
            self.outputs.push_back(Output::ConnectSignaling(server));
        }
        match &self.stage {
            Stage::Entering { deadline, .. } if now.instant >= *deadline => {
                self.fail_named("no_server", sentence::server_late(), true);
                self.enter_lobby();
            }
            Stage::Room(_) => {
                self.in_room(Stay::timeout, now);
            }
            Stage::Lobby | Stage::Entering { .. } => {}
        }
    }

    /// Works on the stay, if there is one.
    fn in_room(&mut self, work: impl FnOnce(&mut Stay, &mut Io<'_>), now: Now) -> bool {
        let tracks = self.own_tracks();
        let Stage::Room(stay) = &mut self.stage else { return false };
        let mut io = Io {
            now,
            route: self.config.route,
            tracks,
            screen_settings: self.sharing.settings(),
            signaling_up: self.signaling.is_up(),
            equipment: &self.equipment,
            films: &self.films.sources,
            stream_mode: self.config.stream_mode,
            memory: &mut self.memory,
            nonces: &mut self.nonces,
            outputs: &mut self.outputs,
        };
        work(stay, &mut io);
        stay.settle(&mut io);
        true
    }

    /// Media runs what somebody sees or hears, nothing else.
    fn replan(&mut self) {
        let (in_room, connected, receive) = match &self.stage {
            Stage::Room(stay) => (true, stay.somebody_is_connected(), stay.receivable()),
            Stage::Lobby | Stage::Entering { .. } => (false, false, Vec::new()),
        };
        let preview = self.equipment.preview;
        let camera = self.camera && (connected || preview || in_room && self.config.preview);
        let microphone = self.microphone && (connected || preview);
        let needed = (camera, microphone, !receive.is_empty());
        let plan = MediaPlan {
            camera,
            encode_camera: match &self.stage {
                Stage::Room(stay) if self.camera => stay.camera_rungs(),
                _ => Vec::new(),
            },
            microphone,
            encode_microphone: self.is_audible() && connected,
            screen_volumes: self.sharing.volumes.among(&receive),
            sharers: match &self.stage {
                Stage::Room(stay) => stay.sharers(),
                _ => Vec::new(),
            },
            receive,
            screen: self.screen_plan(in_room && self.config.preview),
            watch_screens: self.sharing.is_listed(),
            ..MediaPlan::default()
        };
        let plan = self.equipment.complete(plan);
        for notice in self.equipment.lacks(needed) {
            self.outputs.push_back(Output::Event(Event::Notice(notice)));
        }
        if plan != self.plan {
            self.plan = plan.clone();
            self.outputs.push_back(Output::Plan(plan));
        }
    }

    /// The screen is grabbed while somebody looks: one of the others or, if it is shown here, oneself.
    fn screen_plan(&self, preview: bool) -> Option<ScreenPlan> {
        let Stage::Room(stay) = &self.stage else { return None };
        let plan = self.sharing.plan()?;
        let encode = stay.screen_rungs().to_vec();
        let encode_sound = plan.encode_sound && stay.somebody_is_connected();
        let wanted = preview || encode_sound || !encode.is_empty();
        wanted.then_some(ScreenPlan { encode, encode_sound, ..plan })
    }

    fn notice(&mut self, level: Level, text: Sentence) {
        self.outputs.push_back(Output::Event(Event::Notice(Notice { level, text })));
    }

    fn fail(&mut self, code: ErrorCode, text: Sentence, fatal: bool) {
        self.fail_named(&error_code_name(code), text, fatal);
    }

    fn fail_named(&mut self, code: &str, text: Sentence, fatal: bool) {
        self.outputs.push_back(Output::Event(Event::Failed { code: code.to_owned(), text, fatal }));
    }
}

/// What a stay works with while it handles one input.
struct Io<'a> {
    now: Now,
    route: Route,
    /// What one sends.
    tracks: OwnTracks,
    screen_settings: ScreenSettings,
    signaling_up: bool,
    equipment: &'a Equipment,
    films: &'a BTreeMap<FilmId, FilmSource>,
    stream_mode: StreamMode,
    memory: &'a mut FilmMemory,
    nonces: &'a mut Nonces,
    outputs: &'a mut VecDeque<Output>,
}

impl Io<'_> {
    fn push(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    fn event(&mut self, event: Event) {
        self.push(Output::Event(event));
    }

    fn notice(&mut self, level: Level, text: Sentence) {
        self.event(Event::Notice(Notice { level, text }));
    }

    /// Something that was asked for cannot be done.
    fn failed(&mut self, code: &str, text: Sentence) {
        self.event(Event::Failed { code: code.to_owned(), text, fatal: false });
    }

    /// Lets a short sound be heard, if they are wished for.
    fn sound(&mut self, sound: Sound) {
        if self.equipment.voice.sounds {
            self.push(Output::Media(MediaCommand::Sound(sound)));
        }
    }

    /// Says something to the server, if it is there.
    fn signal(&mut self, message: ClientMessage) {
        if self.signaling_up {
            self.push(Output::Signal(message));
        }
    }
}
