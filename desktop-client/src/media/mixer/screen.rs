//! The sound of one remote screen, kept together with its pictures.

use std::sync::Arc;
use std::time::{Duration, Instant};

use opusic_c::ErrorCode;

use super::super::lips::Lips;
use super::super::opus::{FRAME, STEREO, SoundDecoder, StereoFrame};
use super::inbox::SoundInbox;
use super::playout::Playout;

/// The sound of a screen in the mixer.
pub(super) struct ScreenSound {
    playout: Playout,
    lips: Arc<Lips>,
}

impl ScreenSound {
    pub(super) fn new(inbox: Arc<SoundInbox>, lips: Arc<Lips>) -> Result<Self, ErrorCode> {
        Ok(Self { playout: Playout::new(inbox, SoundDecoder::stereo()?), lips })
    }

    /// Is it fed from this inbox?
    pub(super) fn is_of(&self, inbox: &Arc<SoundInbox>) -> bool {
        self.playout.is_of(inbox)
    }

    pub(super) fn volume(&self) -> f32 {
        self.playout.volume()
    }

    /// The next 10 ms, which are heard after `lead`.
    pub(super) fn next(&mut self, now: Instant, lead: Duration) -> StereoFrame {
        let mut frame = [0.0; STEREO * FRAME];
        let (_, timestamp) = self.playout.next(now, &mut frame);
        if let Some(timestamp) = timestamp {
            self.playout.set_extra_delay(self.lips.heard(timestamp, now + lead));
        }
        frame
    }
}
