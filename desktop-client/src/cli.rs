//! The command line: what `cinemasync` and `cinemasync headless` understand. What they then do is
//! the business of `app` and `headless`.

use std::path::PathBuf;

use cinemasync_core::interface::{Invite, Place, RoomChoice, ServerChoice};
use cinemasync_core::link::Route;
use cinemasync_protocol::RoomCode;
use clap::{Args, Parser, Subcommand};

use crate::media::{CameraSource, MicrophoneSource, ScreenChoice, SpeakerSink};
use crate::player::FilmAudio;
use crate::settings::Settings;

/// The longest time that can be asked for, in seconds: eleven days.
const MAX_SECONDS: f64 = 1e6;

/// Watch a film in sync with friends who are elsewhere, and see, hear and chat with each other.
#[derive(Debug, Parser)]
#[command(name = "cinemasync", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do instead of opening the window.
    #[command(subcommand)]
    pub mode: Option<Mode>,
    /// The window's options.
    #[command(flatten)]
    pub window: WindowArgs,
}

/// What to do instead of opening the window.
#[derive(Debug, Subcommand)]
pub enum Mode {
    /// The same session without a window: JSON commands on stdin, JSON events on stdout.
    Headless(Box<HeadlessArgs>),
}

/// The window's options.
#[derive(Debug, Args)]
pub struct WindowArgs {
    /// A film to show in the room that is entered, or an invitation (cinemasync://join/CODE). A window that
    /// is open already takes it.
    #[arg(value_name = "FILM_OR_LINK")]
    pub open: Option<String>,
    /// Show a scripted evening without a network; begin so many seconds into it.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "0")]
    pub demo: Option<f64>,
    /// Use the light look.
    #[arg(long)]
    pub light: bool,
    /// How large the window opens, in points.
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = window_size)]
    pub size: Option<(u16, u16)>,
    /// Print the session's events to stdout, as `headless` does.
    #[arg(long)]
    pub print_events: bool,
    /// Which room to enter at once.
    #[command(flatten)]
    pub entry: Entry,
    /// Who and where.
    #[command(flatten)]
    pub session: SessionArgs,
    /// The camera: none, test-pattern, test-pattern:WxH@FPS, default, device:NAME, file:PATH.
    #[arg(long, default_value = "default")]
    pub camera: CameraSource,
    /// The microphone: none, tone, tone:HZ, default, device:NAME, file:PATH.
    #[arg(long, default_value = "default")]
    pub microphone: MicrophoneSource,
    /// Where voices go: none, default, device:NAME, file:PATH.
    #[arg(long, default_value = "default")]
    pub speaker: SpeakerSink,
    /// Where the film's sound goes: none, default, device:NAME.
    #[arg(long, default_value = "default")]
    pub film_audio: FilmAudio,
}

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
    #[arg(long, default_value = "none")]
    pub camera: CameraSource,
    /// The microphone: none, tone, tone:HZ, default, device:NAME, file:PATH.
    #[arg(long, default_value = "none")]
    pub microphone: MicrophoneSource,
    /// The screen to share: none, test-pattern, monitor:N, window:TITLE; +audio behind it adds the system's
    /// sound.
    #[arg(long, default_value = "none")]
    pub screen: ScreenChoice,
    /// Where voices go: none, default, device:NAME, file:PATH.
    #[arg(long, default_value = "none")]
    pub speaker: SpeakerSink,
    /// Where the film's sound goes: none, default, device:NAME.
    #[arg(long, default_value = "none")]
    pub film_audio: FilmAudio,
    /// Do not stream a film that the room shows and that is not here; otherwise that starts by itself.
    #[arg(long)]
    pub no_stream: bool,
    /// Leave after this many seconds.
    #[arg(long, value_parser = seconds)]
    pub seconds: Option<f64>,
    /// Keep each remote picture and voice in this folder.
    #[arg(long)]
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
    #[arg(long, value_name = "PATH")]
    pub film: Option<PathBuf>,
    /// Connect over relays only.
    #[arg(long, conflicts_with = "no_relay")]
    pub relay_only: bool,
    /// Never connect over a relay.
    #[arg(long)]
    pub no_relay: bool,
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
mod tests {
    use std::path::Path;

    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_that_the_documentation_shows_is_understood() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("lies in the workspace");
        let shown = command_lines::shown(root, "cinemasync");
        assert!(!shown.is_empty());
        let wrong = command_lines::refused(&shown, |words| Cli::try_parse_from(words).map(drop));
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn a_window_is_as_large_as_is_said() {
        let size = |words: &[&str]| {
            let cli = Cli::try_parse_from(["cinemasync"].iter().chain(words));
            cli.ok().and_then(|cli| cli.window.size)
        };
        assert_eq!(size(&["--size", "390x760"]), Some((390, 760)));
        for never in ["390", "390x", "x", "70000x800", "-5x800"] {
            assert_eq!(size(&["--size", never]), None, "{never}");
        }
    }

    #[test]
    fn headless_wants_exactly_one_room() {
        let parse =
            |args: &[&str]| Cli::try_parse_from(["cinemasync", "headless"].iter().chain(args));
        assert!(parse(&[]).is_err());
        assert!(parse(&["--create", "--join", "K7QM4XTB"]).is_err());
        assert!(parse(&["--join", "K7QM4X"]).is_err(), "a code has 8 characters");
        assert!(parse(&["--join", "k7qm-4xtb", "--camera", "test-pattern"]).is_ok());
        assert!(parse(&["--create", "--seconds", "1.5"]).is_ok());
        for never in ["nan", "inf", "soon"] {
            assert!(parse(&["--create", "--seconds", never]).is_err(), "{never}");
        }
        assert!(parse(&["--create", "--seconds=-5"]).is_err());
    }
}
