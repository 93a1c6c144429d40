//! The command line: what `cinemasync` and its commands understand. What they then do is the business of
//! `app` and `headless`.

use std::path::PathBuf;

use cinemasync_core::interface::{Invite, Place, RoomChoice, ServerChoice};
use cinemasync_core::invitation;
use cinemasync_core::link::Route;
use cinemasync_protocol::{RoomCode, RoomCodeError};
use cinemasync_server::papers::Papers;
use clap::{Args, Parser, Subcommand, ValueHint};

use crate::media::{CameraSource, MicrophoneSource, ScreenChoice, SpeakerSink};
use crate::player::FilmAudio;
use crate::settings::Settings;

/// The longest time that can be asked for, in seconds: eleven days.
const MAX_SECONDS: f64 = 1e6;

/// Ends the long help, and the manual page.
const EXAMPLES: &str = "\
Examples:
  cinemasync
          Open the window
  cinemasync join K7QM4XTB --server wss://call.example.org
          Join a room with its code
  cinemasync open film.mkv --create
          Create a room and show this film there
  cinemasync doctor
          See what works here, and what to do about the rest
  cinemasync headless --create --film film.mkv
          Keep a room open without a window

Environment:
  CINEMASYNC_FOLDER   one folder for settings, memory, cache and log; a file `portable`
                      beside the program does the same there
  CINEMASYNC_LOG      what is logged: error, warn, info or debug";

/// Watch a film in sync with friends who are elsewhere, and see, hear and chat with each other.
///
/// Without a command it opens the window.
#[derive(Debug, Parser)]
#[command(
    name = "cinemasync",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "`cinemasync --help` says more, with examples; `cinemasync COMMAND --help` tells of a command.",
    after_long_help = EXAMPLES
)]
pub struct Cli {
    /// What to do other than to open the window on the lobby.
    #[command(subcommand)]
    pub mode: Option<Mode>,
    /// The window's options.
    #[command(flatten)]
    pub window: WindowLine,
}

/// What to do other than to open the window on the lobby.
#[derive(Debug, Subcommand)]
pub enum Mode {
    /// Opens the window and joins a room.
    Join(Box<JoinArgs>),
    /// Opens the window with a film to show in the room that is entered.
    Open(Box<OpenArgs>),
    /// Says what works on this computer and in this network, and what to do about the rest.
    Doctor(DoctorArgs),
    /// The same session without a window: JSON commands on stdin, JSON events on stdout.
    Headless(Box<HeadlessArgs>),
    /// Completions and manual pages.
    #[command(flatten)]
    Papers(Papers),
}

/// The options of `cinemasync join`.
#[derive(Debug, Args)]
pub struct JoinArgs {
    /// The room's code, or an invitation (cinemasync://join/CODE), which names the server, too.
    #[arg(value_name = "CODE|LINK", value_parser = invited)]
    pub invitation: Invitation,
    /// How the window is, who and where.
    #[command(flatten)]
    pub options: WindowOptions,
}

/// The options of `cinemasync open`.
#[derive(Debug, Args)]
pub struct OpenArgs {
    /// The film. A window that is open already takes it.
    #[arg(value_name = "FILM", value_hint = ValueHint::FilePath)]
    pub open: String,
    /// Which room to enter at once.
    #[command(flatten)]
    pub entry: Entry,
    /// How the window is, who and where.
    #[command(flatten)]
    pub options: WindowOptions,
}

/// The options of `cinemasync doctor`.
///
/// All that is kept lies in the folders that it names; a file `portable` or a folder `CinemaSync data` beside the program makes everything lie there.
#[derive(Debug, Clone, Default, Args)]
pub struct DoctorArgs {
    /// The signaling server to look at; otherwise the one of the settings.
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// Print one JSON object, for programs.
    #[arg(long)]
    pub json: bool,
    /// Ask OpenGL who it is. The doctor asks in a process of its own, as a driver may crash.
    #[arg(long, hide = true)]
    pub probe_graphics: bool,
}

/// What `cinemasync join` was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The room.
    pub code: RoomCode,
    /// Where it is, if a link said so.
    pub server: Option<String>,
}

/// The options of the window that opens without a command.
#[derive(Debug, Args)]
pub struct WindowLine {
    /// A film to show in the room that is entered, or an invitation (cinemasync://join/CODE). A window that
    /// is open already takes it.
    #[arg(value_name = "FILM_OR_LINK", value_hint = ValueHint::FilePath)]
    pub open: Option<String>,
    /// Which room to enter at once.
    #[command(flatten)]
    pub entry: Entry,
    /// How it is, who and where.
    #[command(flatten)]
    pub options: WindowOptions,
}

/// How a window is, whatever it opens on.
#[derive(Debug, Args)]
pub struct WindowOptions {
    /// Who and where.
    #[command(flatten)]
    pub session: SessionArgs,
    /// The camera: none, test-pattern, test-pattern:WxH@FPS, default, device:NAME, file:PATH.
    #[arg(long, default_value = "default", help_heading = DEVICES)]
    pub camera: CameraSource,
    /// The microphone: none, tone, tone:HZ, default, device:NAME, file:PATH.
    #[arg(long, default_value = "default", help_heading = DEVICES)]
    pub microphone: MicrophoneSource,
    /// Where voices go: none, default, device:NAME, file:PATH.
    #[arg(long, default_value = "default", help_heading = DEVICES)]
    pub speaker: SpeakerSink,
    /// Where the film's sound goes: none, default, device:NAME.
    #[arg(long, default_value = "default", help_heading = DEVICES)]
    pub film_audio: FilmAudio,
    /// Use the light look.
    #[arg(long, help_heading = WINDOW)]
    pub light: bool,
    /// How large the window opens, in points.
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = window_size, help_heading = WINDOW)]
    pub size: Option<(u16, u16)>,
    /// Show a scripted evening without a network; begin so many seconds into it.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "0", help_heading = WINDOW)]
    pub demo: Option<f64>,
    /// Print the session's events to stdout, as `headless` does.
    #[arg(long, help_heading = WINDOW)]
    pub print_events: bool,
}

/// What a window opens on and how it is, whichever words said so.
#[derive(Debug)]
pub struct WindowArgs {
    /// A film to show in the room that is entered, or an invitation.
    pub open: Option<String>,
    /// How far into the scripted evening it begins, in seconds, if that is what is shown.
    pub demo: Option<f64>,
    /// The light look?
    pub light: bool,
    /// How large the window opens, in points.
    pub size: Option<(u16, u16)>,
    /// Are the session's events printed to stdout?
    pub print_events: bool,
    /// Which room to enter at once.
    pub entry: Entry,
    /// Who and where.
    pub session: SessionArgs,
    /// The camera.
    pub camera: CameraSource,
    /// The microphone.
    pub microphone: MicrophoneSource,
    /// Where voices go.
    pub speaker: SpeakerSink,
    /// Where the film's sound goes.
    pub film_audio: FilmAudio,
}

/// Where the help lists these options.
const DEVICES: &str = "Devices";
/// Where the help lists these options.
const WINDOW: &str = "Window";

/// The options of `cinemasync headless`.
#[derive(Debug, Args)]
pub struct HeadlessArgs {
    /// Which room to enter.
    #[command(flatten)]
    pub entry: RequiredEntry,
    /// Who and where.
    #[command(flatten)]
    pub session: SessionArgs,
    /// The camera: none, test-pattern, test-pattern:WxH@FPS, default, device:NAME, file:PATH.
    #[arg(long, default_value = "none", help_heading = DEVICES)]
    pub camera: CameraSource,
    /// The microphone: none, tone, tone:HZ, default, device:NAME, file:PATH.
    #[arg(long, default_value = "none", help_heading = DEVICES)]
    pub microphone: MicrophoneSource,
    /// The screen to share: none, test-pattern, monitor:N, window:TITLE; +audio behind it adds the system's
    /// sound.
    #[arg(long, default_value = "none", help_heading = DEVICES)]
    pub screen: ScreenChoice,
    /// Where voices go: none, default, device:NAME, file:PATH.
    #[arg(long, default_value = "none", help_heading = DEVICES)]
    pub speaker: SpeakerSink,
    /// Where the film's sound goes: none, default, device:NAME.
    #[arg(long, default_value = "none", help_heading = DEVICES)]
    pub film_audio: FilmAudio,
    /// Do not stream a film that the room shows and that is not here; otherwise that starts by itself.
    #[arg(long)]
    pub no_stream: bool,
    /// Leave after this many seconds.
    #[arg(long, value_parser = seconds)]
    pub seconds: Option<f64>,
    /// Keep each remote picture and voice in this folder.
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub record: Option<PathBuf>,
}

/// Which room to enter, if any.
#[derive(Debug, Clone, Args)]
#[group(multiple = false)]
pub struct Entry {
    /// Create a room.
    #[arg(long)]
    pub create: bool,
    /// Join the room with this code.
    #[arg(long, value_name = "CODE")]
    pub join: Option<RoomCode>,
}

/// Which room to enter.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub struct RequiredEntry {
    /// Create a room.
    #[arg(long)]
    pub create: bool,
    /// Join the room with this code.
    #[arg(long, value_name = "CODE")]
    pub join: Option<RoomCode>,
    /// Take the place again in which this program was ended, within a minute.
    #[arg(long)]
    pub resume: bool,
}

/// Who one is and over which server.
#[derive(Debug, Clone, Args)]
pub struct SessionArgs {
    /// The signaling server: ws://…, wss://…, or `embedded` for one inside this program.
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// What to be called.
    #[arg(long)]
    pub name: Option<String>,
    /// The room's password.
    #[arg(long, value_name = "WORD")]
    pub password: Option<String>,
    /// A film to show to the room.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub film: Option<PathBuf>,
    /// Connect over relays only.
    #[arg(long, conflicts_with = "no_relay")]
    pub relay_only: bool,
    /// Never connect over a relay.
    #[arg(long)]
    pub no_relay: bool,
}

fn invited(text: &str) -> Result<Invitation, String> {
    // One word, as opposed to what is pasted into the window: nothing is cut off or looked for.
    let code = if text.contains("://") { invitation::read(text).code } else { text.to_owned() };
    let code = code.parse().map_err(|error: RoomCodeError| error.to_string())?;
    Ok(Invitation { code, server: invitation::read(text).server })
}

fn seconds(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|seconds| (0.0..=MAX_SECONDS).contains(seconds))
        .ok_or_else(|| format!("a number of seconds from 0 to {MAX_SECONDS}"))
}

fn window_size(text: &str) -> Result<(u16, u16), String> {
    let sides = text
        .split_once('x')
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    sides.ok_or_else(|| "two numbers, as in 1280x800".to_owned())
}

impl WindowOptions {
    fn window(self, open: Option<String>, entry: Entry) -> WindowArgs {
        let Self {
            session,
            camera,
            microphone,
            speaker,
            film_audio,
            light,
            size,
            demo,
            print_events,
        } = self;
        WindowArgs {
            open,
            demo,
            light,
            size,
            print_events,
            entry,
            session,
            camera,
            microphone,
            speaker,
            film_audio,
        }
    }
}

impl From<JoinArgs> for WindowArgs {
    fn from(JoinArgs { invitation, mut options }: JoinArgs) -> Self {
        let Invitation { code, server } = invitation;
        // Who names a server on the command line means that one.
        options.session.server = options.session.server.or(server);
        options.window(None, Entry { create: false, join: Some(code) })
    }
}

impl From<OpenArgs> for WindowArgs {
    fn from(OpenArgs { open, entry, options }: OpenArgs) -> Self {
        options.window(Some(open), entry)
    }
}

impl From<WindowLine> for WindowArgs {
    fn from(WindowLine { open, entry, options }: WindowLine) -> Self {
        options.window(open, entry)
    }
}

impl Entry {
    /// The room that was asked for.
    pub fn room(&self) -> Option<RoomChoice> {
        self.join.map(RoomChoice::Join).or_else(|| self.create.then_some(RoomChoice::Create))
    }
}

impl RequiredEntry {
    /// The room that was asked for; `None` for the one that was left by accident.
    pub fn room(&self) -> Option<RoomChoice> {
        let room = self.join.map_or(RoomChoice::Create, RoomChoice::Join);
        (!self.resume).then_some(room)
    }
}

impl SessionArgs {
    /// How to get into `room`; what was not given comes from the settings.
    pub fn invite(&self, room: RoomChoice, settings: &Settings) -> Invite {
        Invite {
            server: self.server(settings),
            room,
            name: self.name.clone().unwrap_or_else(|| settings.name.clone()),
            password: self.password.clone(),
            identity: None,
        }
    }

    /// How to get back into `place`; over another server if one was asked for.
    pub fn back_to(&self, place: Place) -> Invite {
        let server = self.server.clone().unwrap_or(place.server);
        Invite {
            server: ServerChoice::Url(server),
            room: RoomChoice::Resume(place.token),
            name: place.name,
            password: self.password.clone(),
            identity: place.identity,
        }
    }

    /// The server that was asked for, else the setting's.
    pub fn server(&self, settings: &Settings) -> ServerChoice {
        match self.server.as_deref().or(settings.server.as_deref()) {
            None | Some("embedded") => ServerChoice::Embedded,
            Some(url) => ServerChoice::Url(url.to_owned()),
        }
    }

    /// Which ways links may take.
    pub fn route(&self) -> Route {
        match (self.relay_only, self.no_relay) {
            (true, _) => Route::RelayOnly,
            (_, true) => Route::NoRelay,
            _ => Route::Any,
        }
    }
}

#[cfg(test)]
#[path = "../../xtask/src/book/command_lines.rs"]
mod command_lines;

#[cfg(test)]
mod tests;
