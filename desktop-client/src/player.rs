//! The film player. Only here: libmpv.
//!
//! Owns the handle that the session holds, the renderer that the window draws with, and the fingerprint of
//! a film. What is played when is decided elsewhere; the player does exactly what it is told and reports
//! where it is. libmpv is opened at run time: without it the program works and says how to get it.

mod control;
mod deck;
mod engine;
mod ffi;
mod fingerprint;
mod handle;
mod inbox;
mod inspect;
mod library;
mod options;
mod renderer;
mod shelf;
mod sound;
mod streams;
mod subtitle_file;
mod subtitle_text;

#[cfg(test)]
mod tests;

use std::ffi::c_void;
use std::sync::Arc;

use cinemasync_core::player::{PlayerCommand, PlayerEvent};
use cinemasync_core::sentence::{self, Sentence};

pub use fingerprint::{FilmError, fingerprint};
pub use inspect::{InspectError, inspect};
pub use library::LibraryFound;
pub use renderer::FilmRenderer;
pub use sound::FilmAudio;
pub use streams::{Cancel, FilmStream, FilmStreams};
pub use subtitle_file::{SubtitleError, read_subtitle};

use control::Control;
use engine::{Engine, MpvEngine};
use handle::Mpv;

/// How a player is set up.
#[derive(Clone)]
pub struct PlayerConfig {
    /// Where the sound goes.
    pub audio: FilmAudio,
    /// Is there a window to draw into? Without one the picture is decoded and thrown away.
    pub video: bool,
    /// Where films are that come from others. Without it none does.
    pub streams: Option<Arc<dyn FilmStreams>>,
}

/// Why there is no player, or no picture.
#[derive(Debug, thiserror::Error)]
pub enum PlayerError {
    /// libmpv is not on this computer.
    #[error("{}", sentence::libmpv_missing(how_to_install()))]
    Missing,
    /// There is a libmpv that cannot be used.
    #[error("{}", sentence::libmpv_unsuitable(why, how_to_install()))]
    Unsuitable {
        /// What is wrong with it.
        why: String,
    },
    /// libmpv does not start.
    #[error("{}", sentence::player_not_started(why))]
    Start {
        /// libmpv's words.
        why: String,
    },
    /// The chosen device is not there.
    #[error("There is no audio device \"{wanted}\" for the film. There are: {there}.")]
    NoAudioDevice {
        /// What was asked for.
        wanted: String,
        /// What there is.
        there: String,
    },
    /// Several devices fit.
    #[error("\"{wanted}\" fits several audio devices: {matches}. Name one of them exactly.")]
    AmbiguousAudioDevice {
        /// What was asked for.
        wanted: String,
        /// What fits.
        matches: String,
    },
    /// The window's OpenGL cannot draw films.
    #[error(
        "The film's picture cannot be drawn: {why}. Update the graphics driver; OpenGL 2.1 is needed."
    )]
    Renderer {
        /// libmpv's words.
        why: String,
    },
}

impl PlayerError {
    /// For a person.
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::Missing => sentence::libmpv_missing(how_to_install()),
            Self::Unsuitable { why } => sentence::libmpv_unsuitable(why, how_to_install()),
            Self::Start { why } => sentence::player_not_started(why),
            // Of options on the command line, and of graphics drivers: in English.
            Self::NoAudioDevice { .. }
            | Self::AmbiguousAudioDevice { .. }
            | Self::Renderer { .. } => Sentence::foreign(self.to_string()),
        }
    }
}

/// Which libmpv there is on this computer. Nothing is played.
///
/// # Errors
/// Why there is none that can be used.
pub fn look() -> Result<LibraryFound, PlayerError> {
    let functions = library::functions()?;
    let mpv = Mpv::start(functions, |_| Ok(()))?;
    let version = mpv.text(c"mpv-version").unwrap_or_else(|| "libmpv".to_owned());
    Ok(LibraryFound { path: library::path(), version })
}

/// How libmpv is installed on this system.
fn how_to_install() -> Sentence {
    if cfg!(target_os = "windows") {
        sentence::install_on_windows()
    } else if cfg!(target_os = "macos") {
        sentence::install_on_macos()
    } else {
        sentence::install_on_linux()
    }
}

/// What is told of the player's events; called on the player's own thread.
pub type OnEvent = Arc<dyn Fn(PlayerEvent) + Send + Sync>;

/// The film player. Dropping it stops the film, its thread and, once the [`FilmRenderer`] is dropped too,
/// libmpv.
pub struct Player {
    control: Control,
}

impl Player {
    /// Opens libmpv and starts the player's thread. Blocks for some tens of milliseconds.
    pub fn open(config: PlayerConfig, on_event: OnEvent) -> Result<Self, PlayerError> {
        let mpv = Mpv::start(library::functions()?, |mpv| options::apply(mpv, &config))?;
        let audible = config.audio != FilmAudio::None;
        let mut engine = MpvEngine::new(Arc::new(mpv), audible, !config.video, config.streams);
        if let FilmAudio::Device(wanted) = config.audio {
            engine.choose_device(Some(&wanted))?;
        }
        let control = Control::start(engine, config.video, on_event)?;
        Ok(Self { control })
    }

    /// Tells the player what to do; never blocks. A newer command replaces waiting ones that it makes
    /// pointless: the last seek wins, a pause cancels a scheduled start.
    pub fn command(&self, command: PlayerCommand) {
        self.control.command(command);
    }

    /// Makes the renderer of the film's picture. The OpenGL context must be current on this thread, and
    /// stays the renderer's. `get_proc_address` is used during this call only; `on_redraw` is called from
    /// any thread and must only wake the window up. There can be one renderer at a time.
    pub fn render_context(
        &self,
        get_proc_address: &dyn Fn(&str) -> *const c_void,
        on_redraw: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<FilmRenderer, PlayerError> {
        let on_slow = self.control.on_slow_drawing();
        let renderer = FilmRenderer::new(self.control.mpv(), get_proc_address, on_redraw, on_slow)?;
        self.control.renderer_attached();
        Ok(renderer)
    }
}
