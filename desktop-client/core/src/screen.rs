//! The words about a shared screen: what may be shared, how its pictures are sent, what a person is
//! shown to choose from. Who shares and who watches is the session's; grabbing it is media's.

pub mod content;
pub mod shape;
pub mod text_pace;

use serde::{Deserialize, Serialize};

/// Most monitors and windows that are listed; the rest of a longer listing is left out.
pub const MAX_SCREENS: usize = 300;

/// What is shared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScreenSource {
    /// A moving picture that carries its capture time.
    TestPattern {
        /// Width in pixels; even.
        width: u32,
        /// Height in pixels; even.
        height: u32,
        /// Pictures a second.
        fps: u32,
    },
    /// The monitor with this id, or with this place in the listing, counted from 0.
    Monitor(String),
    /// The window with this id or title, or whose title alone contains it.
    Window(String),
    /// What a person chooses in the system's own dialog, where programs may not list screens
    /// themselves (Wayland).
    Portal,
}

/// What is shared, and with its sound?
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Share {
    /// The pictures.
    pub source: ScreenSource,
    /// Is what other programs play on this computer sent along?
    pub sound: bool,
}

/// What a picture is mostly made of, which decides what gives way when there is too little to spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Text and still pictures: full resolution, and fewer pictures a second.
    Text,
    /// A film or a game: all pictures, and a lower resolution.
    Motion,
}

/// How a shared screen is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScreenSettings {
    /// What gives way; `None`: as the pictures show.
    pub content: Option<Content>,
    /// Pictures a second at most: 5 to 60.
    pub fps: u32,
    /// Bits a second at most.
    pub max_bps: u64,
}

impl Default for ScreenSettings {
    fn default() -> Self {
        Self { content: None, fps: 30, max_bps: 12_000_000 }
    }
}

impl ScreenSettings {
    /// Bits a second that may be chosen at most.
    pub const MOST_BPS: u64 = 50_000_000;

    /// These within what there is to choose from.
    #[must_use]
    pub fn bounded(self) -> Self {
        Self {
            fps: self.fps.clamp(5, 60),
            max_bps: self.max_bps.clamp(300_000, Self::MOST_BPS),
            ..self
        }
    }
}

/// A monitor or a window that can be shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenItem {
    /// What is asked for to share it: [`ScreenSource::Monitor`] or [`ScreenSource::Window`] with its id.
    pub source: ScreenSource,
    /// The monitor's name or the window's title, as it is: whoever shows it guards against its length and
    /// its control characters.
    pub title: String,
    /// The window's program, if it tells; empty for a monitor.
    pub program: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}
