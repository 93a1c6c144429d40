//! What a system's way to grab a screen must be able to do.

use std::time::Duration;

use cinemasync_core::screen::ScreenItem;

/// A picture that was grabbed: blue, green, red and an unused byte a pixel, rows without padding.
pub(super) struct Pixels<'a> {
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

    /// The picture as it is now; `None` while there is none to be had (a window is minimised).
    fn grab(&mut self) -> Result<Option<Pixels<'_>>, String>;
}
