//! One monitor by the system's recorder, which hands over a picture whenever somebody waits for one.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use cinemasync_core::frame::VideoFrame;
use cinemasync_core::screen::ScreenItem;
use xcap::{Frame, Monitor, VideoRecorder};

use super::monitors;
use crate::media::screen::grabber::{Grabber, Order, Pixels};
use crate::media::screen::pictures::Pictures;

/// While nothing comes, the monitor is looked for so often.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Records one monitor until it is gone.
pub(super) struct MonitorGrabber {
    recorder: VideoRecorder,
    /// Empty once it is told to end: the recorder may be waiting for us to take a picture.
    frames: Option<Receiver<Frame>>,
    latest: Option<Frame>,
    item: ScreenItem,
    untold: bool,
    looked: Instant,
}

impl MonitorGrabber {
    /// Starts the recorder.
    pub(super) fn open(monitor: &Monitor, item: ScreenItem) -> Result<Self, String> {
        let (recorder, frames) = monitor.video_recorder().map_err(|error| cannot(&error))?;
        recorder.start().map_err(|error| cannot(&error))?;
        let (latest, untold, looked) = (None, true, Instant::now());
        Ok(Self { recorder, frames: Some(frames), latest, item, untold, looked })
    }

    /// Is the monitor still there, and as large as it was?
    fn look(&mut self) -> Result<(), String> {
        if self.looked.elapsed() < LOOK_EVERY {
            return Ok(());
        }
        self.looked = Instant::now();
        let found = monitors().into_iter().find(|(_, item)| item.source == self.item.source);
        let (_, item) = found.ok_or("The monitor that you shared is not connected any more.")?;
        self.untold |= item != self.item;
        self.item = item;
        Ok(())
    }
}

fn cannot(error: &xcap::XCapError) -> String {
    format!("The monitor cannot be shared ({error}). Share something else.")
}

impl Grabber for MonitorGrabber {
    fn changed_item(&mut self) -> Option<ScreenItem> {
        std::mem::take(&mut self.untold).then(|| self.item.clone())
    }

    fn wait(&mut self, patience: Duration) -> Result<bool, String> {
        self.look()?;
        let frames = self.frames.as_ref().ok_or("The monitor is not shared any more.")?;
        match frames.recv_timeout(patience) {
            Ok(frame) => {
                // Recorders may hold back any number of pictures: the newest is what is on the screen.
                self.latest = Some(frames.try_iter().last().unwrap_or(frame));
                Ok(true)
            }
            Err(RecvTimeoutError::Timeout) => Ok(false),
            Err(RecvTimeoutError::Disconnected) => {
                Err("The system does not show the monitor any more. Share it again.".to_owned())
            }
        }
    }

    fn grab(&mut self, pictures: &mut Pictures, at: Instant) -> Result<Option<VideoFrame>, String> {
        let Some(Frame { width, height, raw }) = self.latest.take() else { return Ok(None) };
        Ok(pictures.picture(&Pixels { order: Order::Rgb, bytes: &raw, width, height }, at))
    }
}

impl Drop for MonitorGrabber {
    fn drop(&mut self) {
        self.frames = None;
        if let Err(error) = self.recorder.stop() {
            tracing::debug!(%error, "the recorder did not stop as hoped");
        }
    }
}
