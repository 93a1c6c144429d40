//! Where the pictures of one source go: to oneself and to its encoders, and at which pace.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cinemasync_core::bitrate::MAX_RUNGS;
use cinemasync_core::frame::{FrameSlot, VideoFrame};

use super::worker::{Latest, Stop};

/// Where pictures go. Each end holds the latest only.
#[derive(Clone, Default)]
pub(super) struct PictureOut {
    /// Shown to oneself.
    pub(super) preview: FrameSlot,
    /// Encoded, one slot for each encoding.
    pub(super) encoders: [Latest<Arc<VideoFrame>>; MAX_RUNGS],
}

impl PictureOut {
    /// One whose preview is this.
    pub(super) fn shown_in(preview: FrameSlot) -> Self {
        Self { preview, ..Self::default() }
    }

    /// Hands a picture to everybody.
    pub(super) fn put(&self, frame: VideoFrame) {
        self.put_shared(&Arc::new(frame));
    }

    /// Hands a picture to everybody whose buffer is used again later.
    pub(super) fn put_shared(&self, frame: &Arc<VideoFrame>) {
        self.preview.put(Arc::clone(frame));
        for encoder in &self.encoders {
            encoder.put(Arc::clone(frame));
        }
    }
}

/// Lets a picture through each period.
pub(super) struct Pace {
    period: Duration,
    next: Instant,
}

impl Pace {
    /// The first picture is due now.
    pub(super) fn new(period: Duration) -> Self {
        Self { period, next: Instant::now() }
    }

    /// Waits for the next picture's time; false when it is time to stop.
    pub(super) fn wait(&mut self, stop: &Stop) -> bool {
        if stop.sleep_until(self.next) {
            return false;
        }
        self.next += self.period;
        // After a standstill go on from now: nobody wants the pictures of the past.
        let now = Instant::now();
        if self.next + 2 * self.period < now {
            self.next = now;
        }
        true
    }
}
