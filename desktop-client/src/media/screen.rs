//! The shared screen's thread: pictures of what is shared, to the preview and to the encoders.

use std::time::{Duration, Instant};

use cinemasync_core::plan::MediaEvent;
use cinemasync_core::screen::{ScreenItem, ScreenSettings, ScreenSource};

use super::EventSink;
use super::pattern;
use super::picture_out::{Pace, PictureOut};
use super::worker::{Stop, Worker};

/// Grabs the source on a thread of its own. When that ends the preview is empty.
pub(super) fn start(
    source: ScreenSource,
    settings: ScreenSettings,
    out: PictureOut,
    events: EventSink,
) -> Worker {
    Worker::spawn("screen", move |stop| {
        if let ScreenSource::TestPattern { width, height, fps } = source {
            events(MediaEvent::ScreenShows(ScreenItem {
                source,
                title: "Test pattern".to_owned(),
                program: String::new(),
                width,
                height,
            }));
            show_pattern((width, height), fps.min(settings.fps), &out, stop);
        } else {
            let text = "This version can share nothing but a test pattern.".to_owned();
            events(MediaEvent::ScreenEnded(text));
        }
        out.preview.clear();
    })
}

fn show_pattern((width, height): (u32, u32), fps: u32, out: &PictureOut, stop: &Stop) {
    let mut pace = Pace::new(Duration::from_secs(1) / fps.max(1));
    for number in 0.. {
        if !pace.wait(stop) {
            return;
        }
        out.put(pattern::draw(width, height, number, pattern::unix_ms(), Instant::now()));
    }
}
