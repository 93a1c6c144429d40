//! The camera's thread: pictures from whatever source, to the preview and to the encoder.

mod convert;
mod device;
mod film;
pub(super) mod y4m;

use std::time::{Duration, Instant};

use cinemasync_core::bitrate::ladder::CameraQuality;
use cinemasync_core::frame::VideoFrame;
use cinemasync_core::plan::MediaEvent;
use cinemasync_core::sentence::Sentence;
use cinemasync_core::track::Track;

use super::EventSink;
use super::pattern;
use super::picture_out::{Pace, PictureOut};
use super::scale::{ScaleError, Scaler, fitted};
use super::source::CameraSource;
use super::worker::{Stop, Worker};
pub(super) use device::listing;
use film::FilmPipe;

/// Scales pictures down to what is wanted; smaller ones pass untouched.
struct Fit {
    largest: (u32, u32),
    scaler: Scaler,
}

impl Fit {
    fn new(quality: CameraQuality) -> Self {
        Self { largest: size_of(quality), scaler: Scaler::default() }
    }

    fn fit(&mut self, frame: VideoFrame) -> Result<VideoFrame, ScaleError> {
        let own = (frame.width, frame.height);
        let size = fitted(own, self.largest);
        if size == own { Ok(frame) } else { self.scaler.scale(&frame, size) }
    }
}

/// The size of a quality for pictures of the usual shape.
fn size_of(quality: CameraQuality) -> (u32, u32) {
    (quality.height / 9 * 16, quality.height)
}

/// Opens the source on a thread of its own. When that ends the device is closed and the preview
/// empty.
/// `device` is its id, if the plan named one.
pub(super) fn start(
    source: CameraSource,
    device: Option<String>,
    quality: CameraQuality,
    out: PictureOut,
    events: EventSink,
) -> Worker {
    let pipe = FilmPipe::default();
    let theirs = pipe.clone();
    Worker::spawn_with(
        "camera",
        move || pipe.kill(),
        move |stop| {
            let result = match &source {
                CameraSource::None => Ok(()),
                CameraSource::TestPattern { width, height, fps } => {
                    show_pattern(*width, *height, *fps, &out, stop);
                    Ok(())
                }
                CameraSource::Default => device::run(None, quality, &out, stop),
                CameraSource::Device(name) => device::run(Some(name.as_str()), quality, &out, stop),
                CameraSource::File(path) => {
                    film::run(path, &theirs, &out, stop).map_err(Sentence::foreign)
                }
            };
            out.preview.clear();
            if let Err(text) = result {
                tracing::warn!(error = %text, "no camera");
                events(MediaEvent::DeviceFailed { track: Some(Track::Camera), device, text });
            }
        },
    )
}

fn show_pattern(width: u32, height: u32, fps: u32, out: &PictureOut, stop: &Stop) {
    let mut pace = Pace::new(Duration::from_secs(1) / fps.max(1));
    for number in 0.. {
        if !pace.wait(stop) {
            return;
        }
        out.put(pattern::draw(width, height, number, pattern::unix_ms(), Instant::now()));
    }
}
