//! The shared screen's thread: pictures of what is shared, to the preview and to the encoders. The newest
//! picture replaces one that still waits, so that a stalled encoder costs no memory.
//!
//! Each system has a way of its own to list and grab its screens; what comes of it is treated alike.

pub(super) mod change;
pub(super) mod encode;
mod grabber;
mod listing;
pub(super) mod mode;
mod pictures;
#[cfg(target_os = "linux")]
mod portal;
#[cfg(any(target_os = "windows", target_os = "macos"))]
mod system;
pub(super) mod watch;
#[cfg(target_os = "linux")]
mod x11;

use std::sync::Arc;
use std::time::{Duration, Instant};

use cinemasync_core::frame::VideoFrame;
use cinemasync_core::plan::MediaEvent;
use cinemasync_core::screen::content::ContentWatch;
use cinemasync_core::screen::{Content, ScreenItem, ScreenSource};

use super::EventSink;
use super::pattern;
use super::picture_out::{Pace, PictureOut};
use super::worker::{Stop, Worker};
use grabber::Grabber;
use mode::Mode;
use pictures::Pictures;
#[cfg(target_os = "linux")]
use portal::Cancel;
#[cfg(any(target_os = "windows", target_os = "macos"))]
use system::Cancel;

/// A change is awaited for so long at a time.
const PATIENCE: Duration = Duration::from_millis(33);

/// Grabs the source on a thread of its own. When that ends the preview is empty.
pub(super) fn start(
    source: ScreenSource,
    mode: Arc<Mode>,
    out: PictureOut,
    events: EventSink,
) -> Worker {
    let cancel = Cancel::default();
    let theirs = cancel.clone();
    let unblock = move || cancel.now();
    Worker::spawn_with("screen", unblock, move |stop| {
        let share = Share { mode: &mode, out: &out, events: &events, stop };
        let result = if let ScreenSource::TestPattern { width, height, fps } = source {
            share.show_pattern(width, height, fps);
            Ok(())
        } else {
            grabber(&source, &theirs).and_then(|mut grabber| share.grab(&mut *grabber))
        };
        out.preview.clear();
        if stop.is_set() {
            return;
        }
        if let Err(text) = result {
            tracing::warn!(error = %text, "the screen is not shared any more");
            events(MediaEvent::ScreenEnded { source: Some(source), text: text.into() });
        }
    })
}

/// This system's way to grab a screen.
#[cfg(target_os = "linux")]
fn grabber(source: &ScreenSource, cancel: &Cancel) -> Result<Box<dyn Grabber>, String> {
    Ok(match source {
        ScreenSource::Portal => Box::new(portal::PortalGrabber::open(cancel)?),
        _ => Box::new(x11::grab::X11Grabber::open(None, source)?),
    })
}

/// This system's way to grab a screen.
#[cfg(any(target_os = "windows", target_os = "macos"))]
fn grabber(source: &ScreenSource, _: &Cancel) -> Result<Box<dyn Grabber>, String> {
    system::grabber(source)
}

/// This system's way to list screens.
#[cfg(target_os = "linux")]
fn lister() -> Box<dyn watch::Lister> {
    Box::new(x11::lister::X11Lister::new(None))
}

/// This system's way to list screens.
#[cfg(any(target_os = "windows", target_os = "macos"))]
fn lister() -> Box<dyn watch::Lister> {
    Box::new(system::SystemLister)
}

/// How the screen can be shared here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScreenAccess {
    /// The system's own dialog asks what is to be shared.
    Dialog,
    /// There are so many monitors, and the windows on them.
    Monitors(usize),
}

/// How the screen can be shared here; a sentence if it cannot.
#[cfg(target_os = "linux")]
pub(super) fn access() -> Result<ScreenAccess, String> {
    if portal::is_needed() {
        return portal::look().map(|()| ScreenAccess::Dialog);
    }
    x11::count_monitors().map(ScreenAccess::Monitors)
}

/// How the screen can be shared here; a sentence if it cannot.
#[cfg(any(target_os = "windows", target_os = "macos"))]
pub(super) fn access() -> Result<ScreenAccess, String> {
    system::count_monitors().map(ScreenAccess::Monitors)
}

/// Where pictures go, and how.
struct Share<'a> {
    mode: &'a Mode,
    out: &'a PictureOut,
    events: &'a EventSink,
    stop: &'a Stop,
}

impl Share<'_> {
    /// Hands on what is grabbed until that ends or it is time to stop.
    fn grab(&self, grabber: &mut dyn Grabber) -> Result<(), String> {
        let mut pictures = Pictures::default();
        let mut content = ContentWatch::default();
        let mut told = None;
        let mut last: Option<Arc<VideoFrame>> = None;
        let mut next = Instant::now();
        loop {
            if let Some(item) = grabber.changed_item() {
                (self.events)(MediaEvent::ScreenShows(item));
            }
            // Pictures come some milliseconds early or late.
            let period = Duration::from_secs(1) / self.mode.settings().fps.max(1);
            let early = next.checked_sub(period / 4).unwrap_or(next);
            if self.stop.sleep_until(early) || self.stop.is_set() {
                return Ok(());
            }
            let mut natural = 0.0;
            if grabber.wait(PATIENCE)? {
                let at = Instant::now();
                next = (next + period).max(at);
                if let Some(frame) = grabber.grab(&mut pictures, at)? {
                    let change = change::between(last.as_deref(), &frame);
                    let frame = Arc::new(frame);
                    pictures.keep(Arc::clone(&frame));
                    if change.blocks > 0 {
                        natural = change.natural;
                        self.out.put_shared(&frame);
                        last = Some(frame);
                    }
                }
            }
            self.see(content.update(natural, Instant::now()), &mut told);
        }
    }

    /// Notes what the pictures are made of, and tells it if it is new.
    fn see(&self, content: Content, told: &mut Option<Content>) {
        self.mode.see(content);
        let content = self.mode.content();
        if *told != Some(content) {
            *told = Some(content);
            (self.events)(MediaEvent::ScreenContent(content));
        }
    }

    fn show_pattern(&self, width: u32, height: u32, fps: u32) {
        let source = ScreenSource::TestPattern { width, height, fps };
        let (title, program) = ("Test pattern".to_owned(), String::new());
        let item = ScreenItem { source, title, program, width, height };
        (self.events)(MediaEvent::ScreenShows(item));
        let fps = fps.min(self.mode.settings().fps);
        let mut pace = Pace::new(Duration::from_secs(1) / fps.max(1));
        let mut told = None;
        for number in 0.. {
            if !pace.wait(self.stop) {
                return;
            }
            self.see(Content::Motion, &mut told);
            let at = Instant::now();
            self.out.put(pattern::draw(width, height, number, pattern::unix_ms(), at));
        }
    }
}
