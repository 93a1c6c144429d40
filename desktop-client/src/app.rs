//! The window: owns every part and joins them.

mod care;
pub mod demo;
mod film_view;
mod frames;
mod handover;
mod keeper;
mod live;
mod opened;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use cinemasync_core::interface::{Command, Event, ServerChoice};
use eframe::egui::{self, IconData, Vec2, ViewportBuilder, vec2};
use tracing::warn;

use crate::cli::WindowArgs;
use crate::kept::Aside;
use crate::settings::Settings;
use crate::ui::{LEAST_WINDOW, LobbyDefaults, Look, Ui, UiAction, WINDOW};
use demo::{Demo, DemoFilm};
use live::LiveApp;
use opened::Opened;

/// What the program found of its own when it started.
#[derive(Debug, Default)]
pub struct Found {
    /// The settings.
    pub settings: Settings,
    /// Where they are kept, if the system has such a place.
    pub settings_path: Option<PathBuf>,
    /// The settings' file, if it could not be used.
    pub aside: Option<Aside>,
    /// Where the reports of crashes lie.
    pub crashes: Option<PathBuf>,
}

/// Which program this is on which system.
fn about() -> String {
    let (version, system) = (env!("CARGO_PKG_VERSION"), std::env::consts::OS);
    format!("CinemaSync {version} on {system} ({})", std::env::consts::ARCH)
}

/// A repaint now, and one only: egui takes no delay at all for two, so that what an input changed can settle. News from
/// outside needs no second one, which without a graphics card costs as much as the film's decoding.
const NOW: Duration = Duration::from_nanos(1);

/// What the window is cleared to.
fn background(visuals: &egui::Visuals) -> [f32; 4] {
    visuals.panel_fill.to_normalized_gamma_f32()
}

/// Hands the system's typeface for Chinese to a window that needs it.
fn bring_font(ui: &mut Ui, ctx: &egui::Context) {
    if ui.wants_chinese_font() {
        let file = crate::platform::fonts::chinese();
        ui.set_chinese_font(ctx, file.map(|file| (file.bytes, file.face)));
    }
}

/// Opens the window: on a session, or on the scripted evening if the command line says so.
///
/// # Errors
/// If no window can be opened (no display, or no OpenGL), no session started, or there is no such film.
pub fn run(args: WindowArgs, found: Found) -> anyhow::Result<()> {
    let look = if args.light { Look::Light } else { Look::Dark };
    let size = args.size.map_or(WINDOW, |(width, height)| {
        vec2(f32::from(width), f32::from(height)).max(LEAST_WINDOW)
    });
    if let Some(seconds) = args.demo {
        return run_demo(look, seconds, size);
    }
    let folder = std::env::current_dir().unwrap_or_default();
    let opened = args.open.as_deref().map(|open| Opened::read(open, &folder)).transpose();
    let opened = opened.map_err(anyhow::Error::msg)?;
    let own = crate::platform::folders::local_data();
    // Who names a room wants a window for it.
    if let (Some(opened), Some(own), None) = (&opened, &own, args.entry.room())
        && handover::hand_over(own, opened)
    {
        return Ok(());
    }
    let create = move |creation: &eframe::CreationContext<'_>| {
        let app = LiveApp::new(creation, args, opened, found, look)?;
        Ok(Box::new(app) as Box<dyn eframe::App>)
    };
    open_window(size, Box::new(create))
}

/// Opens the real window on a scripted evening, `from_secs` into it, without a network.
fn run_demo(look: Look, from_secs: f64, size: Vec2) -> anyhow::Result<()> {
    let create = move |creation: &eframe::CreationContext<'_>| {
        let app = DemoApp::new(&creation.egui_ctx, look, from_secs.clamp(0.0, 86_400.0));
        Ok(Box::new(app) as Box<dyn eframe::App>)
    };
    open_window(size, Box::new(create))
}

fn open_window(size: Vec2, create: eframe::AppCreator<'_>) -> anyhow::Result<()> {
    eframe::run_native("CinemaSync", native_options(size), create).map_err(|error| {
        tracing::debug!(%error, "no window");
        anyhow::anyhow!(
            "The window cannot be opened. It needs a display and OpenGL 2.0 or newer; without them use \
             `cinemasync headless`. With CINEMASYNC_LOG=debug the log says more."
        )
    })
}

/// How the window is to be.
fn native_options(size: Vec2) -> eframe::NativeOptions {
    let mut viewport = ViewportBuilder::default()
        .with_title("CinemaSync")
        .with_app_id("cinemasync")
        .with_inner_size(size)
        .with_min_inner_size(LEAST_WINDOW)
        .with_drag_and_drop(true);
    if let Some(icon) = icon() {
        viewport = viewport.with_icon(icon);
    }
    eframe::NativeOptions {
        viewport,
        renderer: eframe::Renderer::Glow,
        ..eframe::NativeOptions::default()
    }
}

/// The window's icon.
fn icon() -> Option<IconData> {
    let bytes: &[u8] = include_bytes!("../../assets/icons/cinemasync-256.png");
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .inspect_err(|error| warn!(%error, "the window's icon cannot be read"))
        .ok()?;
    let mut rgba = vec![0; reader.output_buffer_size()?];
    let shape = reader.next_frame(&mut rgba).ok()?;
    Some(IconData { rgba, width: shape.width, height: shape.height })
}

/// The window on the script.
struct DemoApp {
    ui: Ui,
    demo: Demo,
    film: DemoFilm,
    began: Instant,
    /// Into the script at the start.
    from_secs: f64,
    /// Was anything drawn yet?
    begun: bool,
}

impl DemoApp {
    fn new(ctx: &egui::Context, look: Look, from_secs: f64) -> Self {
        let defaults = LobbyDefaults {
            name: "Cyd".to_owned(),
            server: ServerChoice::Embedded,
            look,
            about: about(),
            locale: crate::platform::locale(),
            ..LobbyDefaults::default()
        };
        let began = Instant::now();
        let film = DemoFilm::new(ctx);
        let mut ui = Ui::new(ctx, defaults);
        bring_font(&mut ui, ctx);
        Self { ui, demo: Demo::new(began), film, began, from_secs, begun: false }
    }
}

impl eframe::App for DemoApp {
    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        background(visuals)
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let now = Instant::now();
        let seconds = self.from_secs + now.duration_since(self.began).as_secs_f64();
        let mut events = self.demo.advance(seconds, now);
        if !std::mem::replace(&mut self.begun, true) {
            // What passed before the window opened has passed.
            events.retain(|event| !matches!(event, Event::Reaction { .. } | Event::Notice(_)));
        }
        for event in &events {
            self.ui.hear(event);
        }
        let picture = self.film.at(self.demo.film_seconds());
        let frames = self.demo.frames(picture);
        let mut actions = Vec::new();
        self.ui.show(ui, self.demo.snapshot(), &frames, &mut |action| actions.push(action));
        bring_font(&mut self.ui, ui.ctx());
        for action in actions {
            match action {
                UiAction::Command(command) => self.demo.command(command),
                UiAction::CopyInvite(text) | UiAction::CopyReport(text) => ui.ctx().copy_text(text),
                UiAction::PickFilm | UiAction::PickOwnCopy => self.demo.open_film(),
                UiAction::PickNextFilm => {
                    self.demo.command(Command::QueueFilm("A film that was chosen.mkv".into()));
                }
                UiAction::KeepFilm => self.demo.command(Command::KeepFilm("film.mkv".into())),
                UiAction::PickSubtitles => {
                    self.demo.command(Command::AddSubtitle("film.de.srt".into()));
                }
                UiAction::KeepTalkKey(_)
                | UiAction::KeepWindow(_)
                | UiAction::FilmForRoom(_)
                | UiAction::ForgetRoom(_)
                | UiAction::RememberRoom(_)
                | UiAction::KeepBubbles(_)
                | UiAction::CrashSeen
                | UiAction::CheckForUpdates
                | UiAction::ComeBack => {}
            }
        }
        ui.ctx().request_repaint_after(demo::PICTURE_INTERVAL);
    }
}
