//! One window, picture by picture, as the system's recorder knows monitors only.

use std::time::{Duration, Instant};

use cinemasync_core::frame::VideoFrame;
use cinemasync_core::screen::ScreenItem;
use xcap::Window;

use super::{window_item, windows};
use crate::media::screen::grabber::{Grabber, Order, Pixels};
use crate::media::screen::pictures::Pictures;

/// A picture costs 10 to 30 ms of a core, so no more than these are taken.
const PERIOD: Duration = Duration::from_millis(66);
/// Its title and whether it is still there are looked at so often.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Failures in a row after which it is given up.
const HOPELESS: u32 = 30;

/// Takes pictures of one window until it is closed.
pub(super) struct WindowGrabber {
    window: Window,
    item: ScreenItem,
    untold: bool,
    looked: Instant,
    next: Instant,
    failures: u32,
}

impl WindowGrabber {
    /// Nothing is opened yet.
    pub(super) fn new(window: Window, item: ScreenItem) -> Self {
        let now = Instant::now();
        Self { window, item, untold: true, looked: now, next: now, failures: 0 }
    }

    fn look(&mut self) -> Result<(), String> {
        if self.looked.elapsed() < LOOK_EVERY {
            return Ok(());
        }
        self.looked = Instant::now();
        if let Some(item) = window_item(&self.window) {
            self.untold |= item != self.item;
            self.item = item;
        }
        let minimised = self.window.is_minimized().unwrap_or(false);
        let is_there =
            minimised || windows().iter().any(|(_, item)| item.source == self.item.source);
        if is_there { Ok(()) } else { Err(closed()) }
    }
}

fn closed() -> String {
    "The window that you shared was closed.".to_owned()
}

impl Grabber for WindowGrabber {
    fn changed_item(&mut self) -> Option<ScreenItem> {
        std::mem::take(&mut self.untold).then(|| self.item.clone())
    }

    fn wait(&mut self, patience: Duration) -> Result<bool, String> {
        self.look()?;
        let left = self.next.saturating_duration_since(Instant::now());
        std::thread::sleep(left.min(patience));
        if left > patience {
            return Ok(false);
        }
        self.next = Instant::now() + PERIOD;
        Ok(true)
    }

    fn grab(&mut self, pictures: &mut Pictures, at: Instant) -> Result<Option<VideoFrame>, String> {
        if self.window.is_minimized().unwrap_or(false) {
            return Ok(None);
        }
        match self.window.capture_image() {
            Ok(image) => {
                self.failures = 0;
                let ((width, height), bytes) = (image.dimensions(), image.as_raw());
                Ok(pictures.picture(&Pixels { order: Order::Rgb, bytes, width, height }, at))
            }
            Err(error) => {
                tracing::debug!(%error, "the window gave no picture");
                self.failures += 1;
                if self.failures < HOPELESS { Ok(None) } else { Err(closed()) }
            }
        }
    }
}
