//! What the window shows, drawn from snapshots; sends commands and changes nothing else. Owns only
//! what passes: texts being typed, open panels, toasts. Leaves the session, the film's texture,
//! file dialogs and the clipboard to [`app`](crate::app).

mod compact;
mod crash;
mod dropped;
mod help;
mod keys;
mod language;
mod lobby;
mod room;
mod settings;
mod shown;
mod text;
mod theme;
mod told;
mod video;
mod widgets;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use cinemasync_core::bubbles::Bubbles;
use cinemasync_core::call_status::{CallStatus, ProgramUse};
use cinemasync_core::frame::FrameSlot;
use cinemasync_core::interface::{Command, Event, Level, Notice, ServerChoice, Snapshot, Stage};
use cinemasync_core::recent_rooms::{RecentRoom, RecentRooms};
use cinemasync_core::screen::ScreenSource;
use cinemasync_core::sentence::Sentence;
use cinemasync_core::window_settings::WindowSettings;
use cinemasync_protocol::{ParticipantId, RoomCode};
use eframe::egui::{
    self, CentralPanel, Frame, Key, Rect, Response, TextureId, ViewportCommand, vec2,
};

use crate::kept::Aside;
use crate::updates::News;
use compact::Compact;
pub use compact::{LEAST as LEAST_WINDOW, WINDOW};
pub use crash::Crash;
use crash::CrashReport;
use help::Help;
use keys::KeyMap;
use language::Speech;
use lobby::Lobby;
use room::Room;
use settings::SettingsPanel;
use shown::{News as ShownNews, ShownSizes};
pub(crate) use text::{
    choose_film, choose_film_name, choose_next_film, choose_own_copy, choose_subtitles, subtitles,
};
pub use theme::Look;
use theme::{icons, size, space};
pub use told::Told;
use video::Pictures;
pub(crate) use video::bound_framebuffer;
use widgets::prompt::Prompt;
use widgets::toast::Toasts;

/// The key that is held to talk unless another one was chosen.
const DEFAULT_TALK_KEY: Key = Key::N;

/// What subtitle files end with.
pub const SUBTITLE_ENDINGS: [&str; 4] = ["srt", "ass", "ssa", "vtt"];

/// What the window begins with.
#[derive(Debug, Clone)]
pub struct LobbyDefaults {
    /// The name last used; empty at the first start.
    pub name: String,
    /// The server last used.
    pub server: ServerChoice,
    /// Dark or light.
    pub look: Look,
    /// Local time minus UTC in minutes, for the times beside chat messages.
    pub utc_offset_minutes: i32,
    /// Which program this is on which system, for reports.
    pub about: String,
    /// The key that is held to talk, by its name; another one if there is no such key.
    pub talk_key: String,
    /// How the window itself is.
    pub window: WindowSettings,
    /// The system's language and country, such as `de-AT`; empty if not known.
    pub locale: String,
    /// A film to show in the room that is entered first.
    pub film: Option<PathBuf>,
    /// Was this program never used here before?
    pub first_start: bool,
    /// Can one come back to the room in which the program ended by accident?
    pub can_come_back: bool,
    /// Does the system ask the person before this program may look at the screen, and say no until then?
    pub screen_asks_first: bool,
    /// Why no film can be played here, as a sentence that says what to do; `None` if one can.
    pub player_missing: Option<Sentence>,
    /// Where and how large the faces stand over a film that fills the screen.
    pub bubbles: Bubbles,
    /// The report of a crash that the person has not seen.
    pub crash: Option<Crash>,
}

impl Default for LobbyDefaults {
    fn default() -> Self {
        Self {
            name: String::new(),
            server: ServerChoice::Embedded,
            look: Look::Dark,
            utc_offset_minutes: 0,
            about: String::new(),
            talk_key: String::new(),
            window: WindowSettings::default(),
            locale: String::new(),
            film: None,
            first_start: false,
            can_come_back: false,
            screen_asks_first: false,
            player_missing: None,
            bubbles: Bubbles::default(),
            crash: None,
        }
    }
}

/// The pictures to show. A camera without a slot, or with an empty one, is shown as a name; a screen as
/// a sentence.
#[derive(Debug, Clone, Default)]
pub struct Frames {
    /// One's own camera.
    pub own: FrameSlot,
    /// The others' cameras.
    pub cameras: BTreeMap<ParticipantId, FrameSlot>,
    /// The others' shared screens.
    pub screens: BTreeMap<ParticipantId, FrameSlot>,
    /// What one shares oneself.
    pub own_screen: FrameSlot,
    /// Small pictures of what can be shared.
    pub thumbnails: BTreeMap<ScreenSource, FrameSlot>,
    /// The film's current picture, once there is one.
    pub film: Option<FilmPicture>,
}

/// A film picture in a texture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilmPicture {
    /// The texture; shown whole, its first row at the bottom, as OpenGL draws.
    pub texture: TextureId,
    /// Width in pixels: only the shape counts.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// What a person asked for in the window.
#[derive(Debug, Clone, PartialEq)]
pub enum UiAction {
    /// For the session.
    Command(Command),
    /// Let the person choose a film to show, then send [`Command::OpenFilm`].
    PickFilm,
    /// Let the person choose their copy of the film shown, then send [`Command::AttachFilm`].
    PickOwnCopy,
    /// Let the person choose a film to show after this one, then send [`Command::QueueFilm`].
    PickNextFilm,
    /// Let the person choose where to keep the film that came, then send [`Command::KeepFilm`].
    KeepFilm,
    /// Let the person choose subtitles, then send [`Command::AddSubtitle`].
    PickSubtitles,
    /// Put this invitation on the clipboard.
    CopyInvite(String),
    /// Put this report on the clipboard.
    CopyReport(String),
    /// Go back to the room in which the program ended by accident.
    ComeBack,
    /// Show this film in the room that is entered next, or none after all.
    FilmForRoom(Option<PathBuf>),
    /// Forget this room of those in which one was.
    ForgetRoom(RoomCode),
    /// Know this room again, which was forgotten by mistake.
    RememberRoom(RecentRoom),
    /// Remember the key to talk with, by its name.
    KeepTalkKey(String),
    /// Remember how the window itself is to be; it is so already.
    KeepWindow(WindowSettings),
    /// Remember where and how large the faces stand over a film that fills the screen.
    KeepBubbles(Bubbles),
    /// The report of the last crash was seen, or nobody wants to.
    CrashSeen,
    /// Ask the server whether there is a newer version.
    CheckForUpdates,
}

/// What every part of a screen is drawn from, and where its wishes go.
struct Scene<'a> {
    snapshot: &'a Snapshot,
    frames: &'a Frames,
    pictures: &'a Pictures,
    shown: &'a ShownSizes,
    status: &'a CallStatus,
    about: &'a str,
    /// What is known of newer versions.
    updates: Option<&'a News>,
    /// The others' pictures as they were drawn in this frame; a menu opens from each.
    pressable: RefCell<Vec<(ParticipantId, Response)>>,
    player_missing: Option<&'a str>,
    screen_asks_first: bool,
    utc_offset_minutes: i32,
    /// The key to talk with, while it has to be held.
    talk_key: Option<Key>,
    /// How the window itself is.
    window: &'a WindowSettings,
    speech: Speech,
    keys: &'a KeyMap,
    send: &'a mut dyn FnMut(UiAction),
}

impl Scene<'_> {
    fn command(&mut self, command: Command) {
        (self.send)(UiAction::Command(command));
    }
}

/// The window's contents.
#[derive(Debug)]
pub struct Ui {
    lobby: Lobby,
    room: Room,
    settings: SettingsPanel,
    help: Help,
    compact: Compact,
    window: WindowSettings,
    speech: Speech,
    keys: KeyMap,
    /// The size of everything as egui had it last: its own keys change it, too.
    zoom: f32,
    toasts: Toasts,
    pictures: Pictures,
    shown: ShownSizes,
    status: CallStatus,
    program: ProgramUse,
    about: String,
    crash: CrashReport,
    updates: Option<News>,
    began: Instant,
    player_missing: Option<Sentence>,
    screen_asks_first: bool,
    utc_offset_minutes: i32,
    /// Does the window's title say that one shares?
    titled_sharing: bool,
    /// A film that came from outside, until it is said what to do with it.
    handed: Option<PathBuf>,
    /// Why a file was not taken as one's own copy, until it is known whether it can be all the same.
    wrong_film: Option<Sentence>,
}

impl Ui {
    /// Installs the look in `ctx` and begins in the lobby.
    pub fn new(ctx: &egui::Context, defaults: LobbyDefaults) -> Self {
        theme::install(ctx, defaults.look);
        let window = defaults.window.bounded();
        set_window(ctx, &window);
        let compact = Compact::default();
        compact.set_level(ctx, window.on_top);
        let mut speech = Speech::new(&defaults.locale);
        speech.follow(&window, false);
        Self {
            lobby: Lobby::new(
                defaults.name,
                defaults.server,
                defaults.film,
                defaults.first_start,
                defaults.can_come_back,
            ),
            room: Room::new(defaults.bubbles),
            settings: SettingsPanel::new(
                Key::from_name(&defaults.talk_key).unwrap_or(DEFAULT_TALK_KEY),
            ),
            help: Help::default(),
            compact,
            keys: KeyMap::of(&window),
            window,
            speech,
            zoom: ctx.zoom_factor(),
            toasts: Toasts::default(),
            pictures: Pictures::default(),
            shown: ShownSizes::default(),
            status: CallStatus::default(),
            program: ProgramUse::default(),
            about: defaults.about,
            crash: CrashReport::new(defaults.crash),
            updates: None,
            began: Instant::now(),
            player_missing: defaults.player_missing,
            screen_asks_first: defaults.screen_asks_first,
            utc_offset_minutes: defaults.utc_offset_minutes,
            titled_sharing: false,
            handed: None,
            wrong_film: None,
        }
    }

    /// Says that films can be played now, or why not.
    pub fn set_player_missing(&mut self, why: Option<Sentence>) {
        self.player_missing = why;
    }

    /// Says in which rooms one was, and how late it is now in Unix seconds.
    pub fn set_recent(&mut self, rooms: RecentRooms, now_unix_secs: u64) {
        self.lobby.set_recent(rooms, now_unix_secs);
    }

    /// An invitation was opened outside of the window: the lobby is filled with it, and no more.
    pub fn invited(&mut self, link: &str, in_room: bool) {
        self.lobby.fill(link);
        if in_room {
            let text = Sentence::foreign(text::invitation_waits());
            self.toasts.add(Notice { level: Level::Info, text });
        }
    }

    /// A film was opened outside of the window: in a room the person is asked, the lobby lists it.
    pub fn handed(&mut self, film: PathBuf, in_room: bool) {
        if in_room {
            self.handed = Some(film);
        } else {
            self.lobby.film = Some(film);
        }
    }

    /// A file of the program's could not be used and lies aside: the person is told.
    pub fn put_aside(&mut self, aside: &Aside) {
        let text = Sentence::foreign(text::put_aside(aside));
        self.toasts.add(Notice { level: Level::Warning, text });
    }

    /// Says what is known of newer versions. Whoever did not ask is told of a newer one.
    pub fn set_updates(&mut self, news: News, tell: bool) {
        if tell && matches!(news, News::Newer(_)) {
            let text = Sentence::foreign(text::updates(&news));
            self.toasts.add(Notice { level: Level::Info, text });
        }
        self.updates = Some(news);
    }

    /// Says what this program uses of the computer.
    pub fn set_program_use(&mut self, program: ProgramUse) {
        self.program = program;
    }

    /// Takes in something that happened. To be called once an event, before [`Ui::show`].
    pub fn hear(&mut self, event: &Event) {
        match event {
            // What is merely good to know stands in the chat; over the film it comes where no chat is.
            Event::Notice(notice) if notice.level == Level::Info && self.room.shows_chat() => {}
            Event::Notice(notice) => self.toasts.add(notice.clone()),
            Event::Failed { code, text, fatal: true } => self.lobby.failed(code, text::told(text)),
            // Asked about at once, with the same words.
            Event::Failed { text, code, .. } if code == "wrong_film" => {
                self.wrong_film = Some(text.clone());
            }
            Event::Failed { text, fatal: false, .. } => {
                self.toasts.add(Notice { level: Level::Error, text: text.clone() });
            }
            Event::Room { .. } => {
                self.lobby.entered();
                self.room = self.room.next();
            }
            Event::Left => (self.room, self.handed) = (self.room.next(), None),
            Event::Chat(said) => self.room.hear_chat(said),
            Event::Reaction { emoji, .. } => self.room.react(emoji.clone()),
            _ => {}
        }
    }

    /// How large the film was shown last, in pixels; `None` while none is shown.
    pub fn film_area(&self, ctx: &egui::Context) -> Option<[u32; 2]> {
        let size = self.room.film_area()? * ctx.pixels_per_point();
        // Sizes on a screen are small and not negative.
        Some([size.x.round() as u32, size.y.round() as u32])
    }

    /// Draws one frame into the whole of `ui`, which is cleared to the look's `panel_fill`: to paint over all of it
    /// would cost as much as a film does without a graphics card. What moves by itself asks egui for its next frame;
    /// otherwise nothing needs another one until the snapshot or a picture changes.
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        snapshot: &Snapshot,
        frames: &Frames,
        send: &mut dyn FnMut(UiAction),
    ) {
        self.speech.follow(&self.window, self.settings.lists_languages());
        let since = Duration::try_from_secs_f64(ui.input(|input| input.time)).unwrap_or_default();
        self.status.update(snapshot, self.program, self.began + since);
        if let Some(sentence) = self.wrong_film.take() {
            self.room.told_of_cut(sentence.clone());
            if snapshot.playback.refused_cut.is_none() {
                self.toasts.add(Notice { level: Level::Error, text: sentence });
            }
        }
        let mut wished = self.zoomed(ui.ctx());
        if let Some(window) = &wished {
            send(UiAction::KeepWindow(window.clone()));
        }
        let mut noted = |action: UiAction| {
            if let UiAction::KeepWindow(window) = &action {
                wished = Some(window.clone());
            }
            send(action);
        };
        let missing = self.player_missing.as_ref().map(text::told);
        let mut scene = Scene {
            snapshot,
            frames,
            pictures: &self.pictures,
            shown: &self.shown,
            status: &self.status,
            about: &self.about,
            updates: self.updates.as_ref(),
            pressable: RefCell::default(),
            player_missing: missing.as_deref(),
            screen_asks_first: self.screen_asks_first,
            utc_offset_minutes: self.utc_offset_minutes,
            talk_key: None,
            window: &self.window,
            speech: self.speech,
            keys: &self.keys,
            send: &mut noted,
        };
        if scene.keys.asks_for_help(ui.ctx()) {
            self.help.toggle(ui.ctx());
        }
        CentralPanel::default().frame(Frame::NONE).show(ui, |ui| {
            match &snapshot.stage {
                Stage::Lobby | Stage::Entering => self.lobby.show(ui, &mut scene),
                Stage::Room { code, server, .. } => {
                    scene.talk_key = self.settings.talk_key(&scene);
                    self.room.show(ui, &mut scene, *code, server);
                    self.settings.talk(ui.ctx(), &mut scene);
                }
            }
            let whole = ui.max_rect();
            if let Some(mut at) = self.room.settings_at(whole) {
                // The lobby's bar is as tall in a strip.
                if !matches!(snapshot.stage, Stage::Room { .. }) {
                    at.y = whole.top() + size::TOP_BAR / 2.0;
                    if whole.width() >= size::NARROW_BELOW {
                        self.help.button(ui, at - vec2(size::SMALL + space::XS, 0.0));
                    }
                }
                self.settings.show(ui, at, &mut scene);
            }
            let mut top = whole.top() + size::TOP_BAR + space::S;
            if matches!(snapshot.stage, Stage::Room { .. }) {
                // What stops sharing stays in reach.
                top += room::sharing::banner_room(&scene);
                top = self.room.prompts(ui, whole, top, &mut scene);
                top = ask_about(&mut self.handed, ui, whole, top, &mut scene);
                if let Some(undo) = &snapshot.playback.undo
                    && snapshot.playback.may_steer
                {
                    self.toasts.forget(|sentence| text::is_told_by(undo, sentence));
                }
            } else {
                top = self.crash.offer(ui, whole, top, &mut scene);
            }
            self.toasts.show(ui, whole, top);
            self.help.show(ui, &scene);
            self.crash.show(ui, &mut scene);
        });
        if let Some(window) = wished {
            self.keys = KeyMap::of(&window);
            set_window(ui.ctx(), &window);
            self.compact.set_level(ui.ctx(), window.on_top);
            self.window = window;
        }
        let in_room = matches!(snapshot.stage, Stage::Room { .. });
        let small = in_room && self.room.is_compact();
        self.compact.follow(ui.ctx(), small, self.window.on_top);
        self.tell_shown(ui.ctx(), snapshot, send);
        self.title(ui.ctx(), snapshot);
    }

    /// What the window is to be after egui's own keys changed the size of everything.
    fn zoomed(&mut self, ctx: &egui::Context) -> Option<WindowSettings> {
        let zoom = ctx.zoom_factor();
        if (std::mem::replace(&mut self.zoom, zoom) - zoom).abs() < 0.001 {
            return None;
        }
        // Between a fifth and five times: egui goes no further.
        let scale_percent = (zoom * 100.0).round() as u16;
        let changed = scale_percent != self.window.scale_percent;
        changed.then(|| WindowSettings { scale_percent, ..self.window.clone() }.bounded())
    }

    /// The window's title says that one shares, so that it is seen in the list of windows, too.
    fn title(&mut self, ctx: &egui::Context, snapshot: &Snapshot) {
        let sharing = snapshot.sharing.is_some();
        if std::mem::replace(&mut self.titled_sharing, sharing) != sharing {
            let title = if sharing { text::title_sharing() } else { text::APP };
            ctx.send_viewport_cmd(ViewportCommand::Title(title.to_owned()));
        }
    }

    /// To be called instead of [`Ui::show`] while the window cannot be seen: no picture is shown.
    pub fn hidden(&mut self, snapshot: &Snapshot, send: &mut dyn FnMut(UiAction)) {
        if let Some(shown) = self.shown.hide(snapshot) {
            send(UiAction::Command(Command::Shown(shown)));
        }
    }

    /// Says how large the pictures were shown, when that changed.
    fn tell_shown(
        &mut self,
        ctx: &egui::Context,
        snapshot: &Snapshot,
        send: &mut dyn FnMut(UiAction),
    ) {
        match self.shown.end_frame(snapshot, ctx.input(|input| input.time)) {
            ShownNews::None => {}
            ShownNews::Tell(shown) => send(UiAction::Command(Command::Shown(shown))),
            ShownNews::In(seconds) => ctx.request_repaint_after_secs(seconds as f32),
        }
    }
}

/// Asks what to do with a film that came from outside. Returns where the question ends.
fn ask_about(
    handed: &mut Option<PathBuf>,
    ui: &mut egui::Ui,
    whole: Rect,
    top: f32,
    scene: &mut Scene<'_>,
) -> f32 {
    let Some(path) = handed.clone() else { return top };
    let shown = scene.snapshot.playback.film.is_some();
    let both = [text::show_it(), text::after_this_one(), text::not_now()];
    let prompt = Prompt {
        key: "handed",
        sign: icons::FILM,
        text: &text::show_to_room(text::file_name(&path)),
        answers: if shown { &both } else { &[text::show_it(), text::not_now()] },
    };
    let (height, pressed) = prompt.show(ui, whole, top);
    if let Some(answer) = pressed {
        *handed = None;
        match answer {
            0 => scene.command(Command::OpenFilm(path)),
            1 if shown => scene.command(Command::QueueFilm(path)),
            _ => {}
        }
    }
    top + height + space::S
}

/// Makes everything as large and as restless as is wished.
fn set_window(ctx: &egui::Context, window: &WindowSettings) {
    let zoom = f32::from(window.scale_percent) / 100.0;
    if (ctx.zoom_factor() - zoom).abs() > 0.001 {
        ctx.set_zoom_factor(zoom);
    }
    theme::set_motion(ctx, window.reduced_motion);
}

#[cfg(test)]
mod tests;
