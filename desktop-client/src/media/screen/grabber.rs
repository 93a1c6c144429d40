//! What a system's way to grab a screen must be able to do.

use std::time::{Duration, Instant};

use cinemasync_core::frame::VideoFrame;
use cinemasync_core::screen::ScreenItem;

use super::pictures::Pictures;

/// In which order the bytes of a pixel come; the fourth is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Blue, green, red.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "X11 gives it"))]
    Bgr,
    /// Red, green, blue.
    #[cfg_attr(target_os = "linux", allow(dead_code, reason = "other systems give it"))]
    Rgb,
}

/// A picture that was grabbed: four bytes a pixel, rows without padding.
pub(super) struct Pixels<'a> {
    /// In which order the bytes of a pixel come.
    pub(super) order: Order,
    /// At least four times width times height bytes.
    pub(super) bytes: &'a [u8],
    /// In pixels.
    pub(super) width: u32,
    /// In pixels.
    pub(super) height: u32,
}

/// Grabs one monitor or window. Errors are sentences for a person; nothing can be grabbed after one.
pub(super) trait Grabber {
    /// What is grabbed, when it begins and whenever its title or size changed.
    fn changed_item(&mut self) -> Option<ScreenItem>;

    /// Waits until the picture may have changed, at most this long; true if it may have.
    fn wait(&mut self, patience: Duration) -> Result<bool, String>;

    /// The picture as it is now, grabbed at `at`, in a buffer of `pictures`; `None` while there is none to
    /// be had (a window is minimised).
    fn grab(&mut self, pictures: &mut Pictures, at: Instant) -> Result<Option<VideoFrame>, String>;
}
