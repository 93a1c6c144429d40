//! The window on a real session: joins the session, what is shown, the film's texture, file dialogs
//! and settings. Draws nothing itself and decides nothing.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant, SystemTime};

use cinemasync_core::call_status::ProgramUse;
use cinemasync_core::devices::DeviceKind;
use cinemasync_core::film::FilmInfo;
use cinemasync_core::frame::OnChange;
use cinemasync_core::interface::{Command, Event, Invite, ServerChoice, Stage};
use cinemasync_core::link::Route;
use cinemasync_core::recent_rooms::RecentRooms;
use cinemasync_core::session::{EquipmentConfig, SessionConfig};
use eframe::egui;

use super::Found;
use super::care::Care;
use super::film_view::FilmView;
use super::frames;
use super::handover::Handover;
use super::keeper::{Keeper, KeptIn};
use super::opened::Opened;
use crate::cli::WindowArgs;
use crate::headless::EventLine;
use crate::media::{CameraSource, MediaConfig, MicrophoneSource};
use crate::platform::desktop::Desktop;
use crate::platform::process::{ProcessFigures, Usage};
use crate::platform::screen_permission;
use crate::player::{FilmAudio, PlayerConfig};
use crate::session::{FilmPlayer, Session, SessionError, SessionOptions};
use crate::settings::Settings;
use crate::ui::{self, Frames, LobbyDefaults, Look, SUBTITLE_ENDINGS, Told, Ui, UiAction};

/// A window that is not drawn for so long, although there is something new, is hidden.
const HIDDEN_AFTER: Duration = Duration::from_secs(1);

/// While a film plays, what else is new is shown with its next picture, or after this long: each repaint costs as much
/// as one, and it would be twice as many. The time of a picture at the fewest in use, 24 a second.
const FILM_PICTURE: Duration = Duration::from_millis(42);
/// Small pictures of screens are looked at so often.
const GLANCE_INTERVAL: Duration = Duration::from_millis(250);
/// The program's use of the computer is looked at so often.
const SAMPLE_INTERVAL: Duration = Duration::from_secs(1);

/// What a file dialog was opened for, with what was chosen.
type Choice = (fn(PathBuf) -> Command, PathBuf);

/// The window on a session.
pub(super) struct LiveApp {
    ui: Ui,
    session: Session,
    film: FilmView,
    costs: frames::Frames,
    settings: Settings,
    keeper: Keeper,
    care: Care,
    /// The rooms in which one was.
    rooms: RecentRooms,
    /// How to get back into the room that a crash ended.
    way_back: Option<Invite>,
    /// A film to show as soon as one is in a room, whatever is shown there.
    first_film: Option<PathBuf>,
    /// A film to show in the next room; others who are there already are not surprised by it.
    next_film: Option<PathBuf>,
    desktop: Desktop,
    /// What other starts of this program hand over.
    handover: Option<Handover>,
    print_events: bool,
    began: Instant,
    /// Files that dialogs return; one dialog is open at a time.
    choices: (mpsc::SyncSender<Choice>, mpsc::Receiver<Choice>),
    /// Repaints the window, soon while a film plays.
    repaint: OnChange,
    /// Do a film's pictures come?
    film_plays: Arc<AtomicBool>,
    /// Since when the window could have been drawn and was not: it is minimised or covered.
    not_drawn_since: Option<Instant>,
    process: ProcessFigures,
    sampled_at: Option<Instant>,
}

impl LiveApp {
    /// Starts the session and, if the command line says so, enters a room.
    pub(super) fn new(
        creation: &eframe::CreationContext<'_>,
        args: WindowArgs,
        opened: Option<Opened>,
        Found { settings, settings_path, aside, crashes }: Found,
        look: Look,
    ) -> Result<Self, SessionError> {
        let ctx = &creation.egui_ctx;
        let mut name = args.session.name.clone().unwrap_or_else(|| settings.name.clone());
        if name.trim().is_empty() {
            name = Settings::default().name;
        }
        let server = args.session.server(&settings);
        let invite = args.entry.room().map(|room| args.session.invite(room, &settings));
        let (repainted, film_plays) = (ctx.clone(), Arc::<AtomicBool>::default());
        let plays = Arc::clone(&film_plays);
        let repaint: OnChange = Arc::new(move || {
            // With the film's next picture, or as soon as if there was one.
            let within = if plays.load(Ordering::Relaxed) { FILM_PICTURE } else { super::NOW };
            repainted.request_repaint_after(within);
        });
        let films_path = crate::film_memory::default_path();
        let (memory, films_aside) =
            films_path.as_deref().map(crate::film_memory::load).unwrap_or_default();
        let session = Session::start(SessionOptions {
            core: SessionConfig {
                camera: !matches!(args.camera, CameraSource::None),
                microphone: !matches!(args.microphone, MicrophoneSource::None),
                preview: true,
                route: match args.session.route() {
                    Route::Any => settings.route,
                    asked => asked,
                },
                equipment: EquipmentConfig {
                    camera: args.camera.wish(settings.camera.as_deref()),
                    microphone: args.microphone.wish(settings.microphone.as_deref()),
                    speaker: args.speaker.wish(settings.speaker.as_deref()),
                    camera_quality: settings.camera_quality,
                    voice: settings.voice,
                    push_to_talk: settings.push_to_talk,
                },
                screen: settings.screen,
                stream_mode: settings.stream_mode,
                memory,
                nonce: crate::platform::nonce(),
            },
            media: MediaConfig {
                camera: args.camera,
                microphone: args.microphone,
                speaker: args.speaker,
                record: None,
            },
            player: player_config(args.film_audio),
            cache: crate::platform::folders::cache(),
            on_change: Arc::clone(&repaint),
        })?;
        session.send(Command::Preview(true));
        session.send(Command::ListDevices);
        if let Some(invite) = invite {
            session.send(Command::Enter(invite));
        }
        let first_start = settings_path.as_deref().is_some_and(|path| !path.exists());
        let rooms_path = crate::recent_rooms::default_path();
        let (rooms, rooms_aside) =
            rooms_path.as_deref().map(crate::recent_rooms::load).unwrap_or_default();
        let (keeper, last) = Keeper::start(KeptIn {
            settings: settings_path,
            films: films_path,
            rooms: rooms_path,
            place: crate::place::default_path(),
        });
        let way_back = last.map(|place| args.session.back_to(place));
        let own = crate::platform::folders::local_data();
        let handover = own.and_then(|folder| Handover::start(&folder, Arc::clone(&repaint)));
        let (link, next_film) = match opened {
            Some(Opened::Link(link)) => (Some(link), None),
            Some(Opened::File(path)) => (None, Some(path)),
            None => (None, None),
        };
        let about = super::about();
        let care = Care::new(crashes);
        let talk_key = settings.talk_key.clone();
        let defaults = LobbyDefaults {
            name,
            server,
            look,
            about,
            talk_key,
            window: settings.window.clone(),
            locale: crate::platform::locale(),
            film: next_film.clone(),
            first_start,
            bubbles: settings.bubbles,
            can_come_back: way_back.is_some(),
            screen_asks_first: screen_permission::asks_first(),
            crash: care.crash(),
            ..LobbyDefaults::default()
        };
        let mut ui = Ui::new(ctx, defaults);
        super::bring_font(&mut ui, ctx);
        ui.set_recent(rooms.clone(), unix_secs());
        for aside in [aside, films_aside, rooms_aside].into_iter().flatten() {
            ui.put_aside(&aside);
        }
        if let Some(link) = link {
            ui.invited(&link, false);
        }
        Ok(Self {
            ui,
            session,
            film: FilmView::new(creation.get_proc_address.clone()),
            costs: frames::Frames::default(),
            settings,
            keeper,
            care,
            rooms,
            way_back,
            first_film: args.session.film,
            next_film,
            desktop: Desktop::start(),
            handover,
            print_events: args.print_events,
            began: Instant::now(),
            choices: mpsc::sync_channel(1),
            repaint,
            film_plays,
            not_drawn_since: None,
            process: ProcessFigures::new(),
            sampled_at: None,
        })
    }

    /// Takes in everything that happened since the last frame.
    fn hear(&mut self, ctx: &egui::Context) {
        while let Some(event) = self.session.try_event() {
            self.ui.hear(&event);
            self.tell(&event, ctx);
            if self.print_events
                && let Some(line) = EventLine::from_event(&event)
            {
                // Whoever closed our stdout does not listen any more.
                let _ =
                    writeln!(std::io::stdout().lock(), "{}", line.to_json(self.began.elapsed()));
            }
            match event {
                Event::Room { code, name, server, participants, .. } => {
                    self.session.send(Command::Preview(false));
                    // A room on this computer ends with this window.
                    if self.settings.server.is_some() {
                        let names = participants.iter().map(|(_, name)| name.clone());
                        self.rooms.entered(code, &server, names, unix_secs());
                        self.keeper.rooms(self.rooms.clone());
                    }
                    let server = self.settings.server.is_some().then_some(server);
                    self.keep(Settings { name, server, ..self.settings.clone() });
                    if let Some(path) = self.first_film.take() {
                        self.session.send(Command::OpenFilm(path));
                    }
                    match self.next_film.take() {
                        Some(path) if participants.is_empty() => {
                            self.session.send(Command::OpenFilm(path));
                        }
                        Some(path) => self.ui.handed(path, true),
                        None => {}
                    }
                }
                Event::ParticipantJoined { name, .. } if self.settings.server.is_some() => {
                    self.rooms.met(name);
                    self.keeper.rooms(self.rooms.clone());
                }
                Event::Left => {
                    self.session.send(Command::Preview(true));
                    self.ui.set_recent(self.rooms.clone(), unix_secs());
                }
                Event::Place(place) => self.keeper.place(place),
                Event::FilmMemory(memory) => self.keeper.films(memory),
                _ => {}
            }
        }
        while let Ok((command, path)) = self.choices.1.try_recv() {
            self.session.send(command(path));
        }
    }

    /// Tells outside of the window what happens while nobody looks at it.
    fn tell(&self, event: &Event, ctx: &egui::Context) {
        let hidden = self.not_drawn_since.is_some_and(|since| since.elapsed() >= HIDDEN_AFTER);
        if !hidden && ctx.input(|input| input.focused) {
            return;
        }
        let me = self.session.snapshot().me.id.clone();
        if let Some(Told { title, text }) = self.ui.worth_telling(event, me.as_ref()) {
            self.desktop.tell(&title, &text);
            let attention = egui::UserAttentionType::Informational;
            ctx.send_viewport_cmd(egui::ViewportCommand::RequestUserAttention(attention));
        }
    }

    /// The screen stays on while a film plays.
    fn keep_awake(&mut self) {
        let snapshot = self.session.snapshot();
        let in_room = matches!(snapshot.stage, Stage::Room { .. });
        let plays = snapshot.playback.film.is_some() && snapshot.playback.playing;
        self.desktop.keep_awake(in_room && plays);
        self.film_plays.store(in_room && plays, Ordering::Relaxed);
    }

    /// Shows what another start of this program handed over: nothing of it is opened unless the person
    /// says so.
    fn take_over(&mut self, ctx: &egui::Context) {
        let Some(handover) = &self.handover else { return };
        let in_room = matches!(self.session.snapshot().stage, Stage::Room { .. });
        while let Some(opened) = handover.next() {
            match opened {
                Opened::Link(link) => self.ui.invited(&link, in_room),
                Opened::File(path) => {
                    self.next_film = (!in_room).then(|| path.clone());
                    self.ui.handed(path, in_room);
                }
            }
            ctx.send_viewport_cmd(egui::ViewportCommand::Minimized(false));
            ctx.send_viewport_cmd(egui::ViewportCommand::Focus);
        }
    }

    /// Keeps the settings for the next start; the server only if it was typed.
    fn keep(&mut self, settings: Settings) {
        if settings == self.settings {
            return;
        }
        self.settings = settings;
        self.keeper.settings(self.settings.clone());
    }

    /// Asks for a newer version if it is time to, and hears the answer.
    fn care(&mut self) {
        let (repaint, now) = (&self.repaint, unix_secs());
        if self.care.ask_daily(&self.settings, now, || Arc::clone(repaint)) {
            self.keep(self.asked_for_updates());
        }
        if let Some((news, asked)) = self.care.answer() {
            self.ui.set_updates(news, !asked);
        }
    }

    /// The settings of whoever asks now for a newer version.
    fn asked_for_updates(&self) -> Settings {
        Settings { updates_asked_unix_secs: unix_secs(), ..self.settings.clone() }
    }

    fn act(&mut self, action: UiAction, ctx: &egui::Context) {
        match action {
            UiAction::Command(command) => {
                if let Command::Enter(invite) = &command {
                    self.settings.server = match &invite.server {
                        ServerChoice::Embedded => None,
                        ServerChoice::Url(url) => Some(url.clone()),
                    };
                }
                self.keep(chosen(&command, self.settings.clone()));
                self.session.send(command);
            }
            UiAction::CopyInvite(text) | UiAction::CopyReport(text) => ctx.copy_text(text),
            UiAction::ComeBack => {
                if let Some(invite) = self.way_back.take() {
                    self.session.send(Command::Enter(invite));
                }
            }
            UiAction::KeepTalkKey(talk_key) => {
                self.keep(Settings { talk_key, ..self.settings.clone() });
            }
            UiAction::KeepWindow(window) => {
                self.keep(Settings { window, ..self.settings.clone() });
            }
            UiAction::ForgetRoom(code) => {
                self.rooms.forget(code);
                self.keeper.rooms(self.rooms.clone());
                self.ui.set_recent(self.rooms.clone(), unix_secs());
            }
            UiAction::RememberRoom(room) => {
                self.rooms.remember(room);
                self.keeper.rooms(self.rooms.clone());
                self.ui.set_recent(self.rooms.clone(), unix_secs());
            }
            UiAction::FilmForRoom(film) => self.next_film = film,
            UiAction::KeepBubbles(bubbles) => {
                self.keep(Settings { bubbles, ..self.settings.clone() });
            }
            UiAction::CrashSeen => self.care.crash_seen(),
            UiAction::CheckForUpdates => {
                let server = self.settings.server.as_deref();
                let news = self.care.ask(server, Arc::clone(&self.repaint));
                self.ui.set_updates(news, false);
                self.keep(self.asked_for_updates());
            }
            UiAction::PickFilm => self.pick(ui::choose_film(), &[], Command::OpenFilm, ctx),
            UiAction::PickOwnCopy => {
                self.pick(ui::choose_own_copy(), &[], Command::AttachFilm, ctx);
            }
            UiAction::PickNextFilm => {
                self.pick(ui::choose_next_film(), &[], Command::QueueFilm, ctx);
            }
            UiAction::KeepFilm => self.pick_place(ctx),
            UiAction::PickSubtitles => {
                let endings = &SUBTITLE_ENDINGS;
                self.pick(ui::choose_subtitles(), endings, Command::AddSubtitle, ctx);
            }
        }
    }

    /// Opens a dialog for where to keep the film that came, as `pick` does.
    fn pick_place(&self, ctx: &egui::Context) {
        let (choices, ctx) = (self.choices.0.clone(), ctx.clone());
        let title = ui::choose_film_name();
        let snapshot = self.session.snapshot();
        let name = snapshot.playback.film.as_ref().map(FilmInfo::file_name);
        let dialog = std::thread::Builder::new().name("file-dialog".to_owned()).spawn(move || {
            let dialog = rfd::FileDialog::new().set_title(title);
            let chosen = dialog.set_file_name(name.unwrap_or_default()).save_file();
            if let Some(path) = chosen {
                let _ = choices.try_send((Command::KeepFilm, path));
                ctx.request_repaint();
            }
        });
        if let Err(error) = dialog {
            tracing::error!(%error, "no file dialog can be opened");
        }
    }

    /// Opens a file dialog, for files with these endings or for all, on a thread of its own: the window goes on meanwhile. The thread ends with
    /// the dialog.
    fn pick(
        &self,
        title: &'static str,
        endings: &'static [&'static str],
        command: fn(PathBuf) -> Command,
        ctx: &egui::Context,
    ) {
        let (choices, ctx) = (self.choices.0.clone(), ctx.clone());
        let kind = ui::subtitles();
        let dialog = std::thread::Builder::new().name("file-dialog".to_owned()).spawn(move || {
            let mut dialog = rfd::FileDialog::new().set_title(title);
            if !endings.is_empty() {
                dialog = dialog.add_filter(kind, endings);
            }
            let chosen = dialog.pick_file();
            if let Some(path) = chosen {
                // A choice that nobody has taken yet gives way to none: the person chooses again.
                let _ = choices.try_send((command, path));
                ctx.request_repaint();
            }
        });
        if let Err(error) = dialog {
            tracing::error!(%error, "no file dialog can be opened");
        }
    }

    /// Tells once a second what this program uses.
    fn sample(&mut self) {
        if self.sampled_at.is_some_and(|at| at.elapsed() < SAMPLE_INTERVAL) {
            return;
        }
        self.sampled_at = Some(Instant::now());
        let Usage { cpu_percent, rss_mib } = self.process.sample();
        self.ui.set_program_use(ProgramUse { cpu_percent, rss_mib });
    }

    /// Asks for a repaint when there is a new picture. Called while the window is shown.
    fn watch_pictures(&mut self, frames: &Frames, ctx: &egui::Context) {
        let cameras = frames.cameras.values().chain([&frames.own]);
        cameras.chain(frames.screens.values()).for_each(|slot| slot.on_change(&self.repaint));
        // Small, and to be recognised only.
        if !frames.thumbnails.is_empty() || frames.own_screen.get().is_some() {
            ctx.request_repaint_after(GLANCE_INTERVAL);
        }
    }
}

/// Now, in Unix seconds.
fn unix_secs() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs())
}

/// The settings with what a command says about them.
fn chosen(command: &Command, settings: Settings) -> Settings {
    match command {
        Command::ChooseDevice { kind: DeviceKind::Camera, id } => {
            Settings { camera: id.clone(), ..settings }
        }
        Command::ChooseDevice { kind: DeviceKind::Microphone, id } => {
            Settings { microphone: id.clone(), ..settings }
        }
        Command::ChooseDevice { kind: DeviceKind::Speaker, id } => {
            Settings { speaker: id.clone(), ..settings }
        }
        Command::CameraQuality(camera_quality) => {
            Settings { camera_quality: *camera_quality, ..settings }
        }
        Command::StreamMode(stream_mode) => Settings { stream_mode: *stream_mode, ..settings },
        Command::Route(route) => Settings { route: *route, ..settings },
        Command::PushToTalk(push_to_talk) => Settings { push_to_talk: *push_to_talk, ..settings },
        Command::Voice(voice) => Settings { voice: *voice, ..settings },
        Command::ScreenSettings(screen) => Settings { screen: screen.bounded(), ..settings },
        _ => settings,
    }
}

fn player_config(audio: FilmAudio) -> PlayerConfig {
    PlayerConfig { audio, video: true, streams: None }
}

impl eframe::App for LiveApp {
    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        super::background(visuals)
    }

    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.costs.begin(ctx);
        self.hear(ctx);
        self.keep_awake();
        self.take_over(ctx);
        self.care();
        // Drawing follows at once where the window can be seen.
        let since = *self.not_drawn_since.get_or_insert_with(Instant::now);
        if since.elapsed() >= HIDDEN_AFTER {
            let mut actions = Vec::new();
            self.ui.hidden(&self.session.snapshot(), &mut |action| actions.push(action));
            for action in actions {
                self.act(action, ctx);
            }
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        self.not_drawn_since = None;
        let snapshot = self.session.snapshot();
        let in_room = matches!(snapshot.stage, Stage::Room { .. });
        let area =
            self.ui.film_area(ui.ctx()).filter(|_| in_room && snapshot.playback.film.is_some());
        let FilmPlayer { player, missing } = self.session.player();
        let film = self.film.picture(player.as_ref(), area, ui.ctx(), frame);
        self.costs.film_drawn();
        self.ui.set_player_missing(missing);
        let slots = self.session.frames();
        let frames = Frames {
            own: slots.own,
            cameras: slots.cameras,
            screens: slots.screens,
            own_screen: slots.own_screen,
            thumbnails: slots.thumbnails,
            film,
        };
        self.watch_pictures(&frames, ui.ctx());
        self.sample();
        let mut actions = Vec::new();
        self.ui.show(ui, &snapshot, &frames, &mut |action| actions.push(action));
        let ctx = ui.ctx().clone();
        super::bring_font(&mut self.ui, &ctx);
        for action in actions {
            self.act(action, &ctx);
        }
        self.costs.laid_out(in_room);
    }

    fn on_exit(&mut self, gl: Option<&eframe::glow::Context>) {
        if let Some(gl) = gl {
            self.film.close(gl);
        }
    }
}
