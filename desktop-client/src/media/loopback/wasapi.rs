//! What a Windows loudspeaker plays: WASAPI records an output device that is opened for input.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use super::super::opus::RATE;
use super::super::reference::ReferenceQueue;
use super::super::resample::Resampler;
use super::super::sound_device::{self, Input, Wanted};
use super::super::worker::Worker;

/// How often what was recorded is handed on: half a frame.
const LOOK: Duration = Duration::from_millis(5);

/// An open recording, with the thread that hands it on.
pub(super) struct Recording {
    ended: Arc<Mutex<bool>>,
    _pump: Worker,
}

impl Recording {
    /// Opens the loudspeaker with this id for input.
    pub(super) fn open(speaker: Option<&str>, queue: &Arc<ReferenceQueue>) -> Result<Self, String> {
        let wanted = speaker.map_or(Wanted::Default, |id| Wanted::Named(id.to_owned()));
        let ended = Arc::new(Mutex::new(false));
        let (their_end, queue) = (Arc::clone(&ended), Arc::clone(queue));
        // The stream stays on the thread that opened it.
        let (sender, opened) = std::sync::mpsc::sync_channel(1);
        let pump = Worker::spawn("loopback-pump", move |stop| {
            match sound_device::open_loopback(&wanted) {
                Ok(input) => {
                    // The opener has gone on only if it ended meanwhile.
                    let _ = sender.send(Ok(()));
                    pump(input, &queue, stop);
                }
                Err(error) => {
                    let _ = sender.send(Err(error.to_string()));
                }
            }
            *their_end.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = true;
        });
        opened.recv().map_err(|error| error.to_string())??;
        Ok(Self { ended, _pump: pump })
    }

    /// Does it still record? Silence gives nothing on Windows, so only an end counts.
    pub(super) fn is_alive(&self) -> bool {
        !*self.ended.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn pump(mut input: Input, queue: &ReferenceQueue, stop: &super::super::worker::Stop) {
    let mut resampler = Resampler::new(input.rate, RATE);
    let mut sound = Vec::new();
    while !stop.sleep(LOOK) && input.state.fault().is_none() {
        let Ok(chunk) = input.ring.read_chunk(input.ring.slots()) else { continue };
        let (first, second) = chunk.as_slices();
        resampler.process(first, &mut sound);
        resampler.process(second, &mut sound);
        chunk.commit_all();
        queue.push(&sound);
        sound.clear();
    }
}
