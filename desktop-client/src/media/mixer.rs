//! All remote voices into one: each through its jitter buffer and decoder, at its volume, summed
//! and softly limited. One thread steps every 10 ms, paced by the loudspeaker's own clock if there
//! is one, else by ours.

mod output;
mod voice;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use cinemasync_core::plan::{MediaEvent, ParticipantId};

use super::EventSink;
use super::level::soft_limit;
use super::opus::FRAME;
use super::record::Recorder;
use super::remote::Remotes;
use super::source::SpeakerSink;
use super::worker::Worker;
use output::Output;
use voice::Voice;
pub(super) use voice::VoiceInbox;

/// Starts the mixer; the loudspeaker is opened on its thread.
pub(super) fn start(
    sink: SpeakerSink,
    remotes: Arc<Remotes>,
    recorder: Option<Arc<Recorder>>,
    events: EventSink,
) -> Worker {
    Worker::spawn("mixer", move |stop| {
        let mut output = Output::open(&sink, recorder.clone(), &events);
        let mut mixer = Mixer::new(events, recorder);
        let mut sound = [0.0; FRAME];
        while output.wait(stop) {
            mixer.follow(&remotes);
            mixer.mix(Instant::now(), &mut sound);
            output.write(&sound);
        }
        mixer.end();
    })
}

/// The voices and what they come to.
struct Mixer {
    voices: BTreeMap<ParticipantId, Voice>,
    generation: u64,
    events: EventSink,
    recorder: Option<Arc<Recorder>>,
    /// Samples before the next, counted from the recording's start.
    position: u64,
}

impl Mixer {
    fn new(events: EventSink, recorder: Option<Arc<Recorder>>) -> Self {
        let position = recorder.as_ref().map_or(0, |recorder| recorder.position());
        Self { voices: BTreeMap::new(), generation: 0, events, recorder, position }
    }

    /// Takes up who has come and drops who has left.
    fn follow(&mut self, remotes: &Remotes) {
        let generation = remotes.generation();
        if generation == self.generation {
            return;
        }
        self.generation = generation;
        let inboxes = remotes.voices();
        let left: Vec<ParticipantId> =
            self.voices.keys().filter(|who| !inboxes.contains_key(who)).cloned().collect();
        for who in left {
            let was_speaking = self.voices.remove(&who).is_some_and(|voice| voice.is_speaking());
            if was_speaking {
                (self.events)(MediaEvent::Speaking { who: Some(who), speaking: false });
            }
        }
        for (who, inbox) in inboxes {
            // The same person may have left and come back between two steps.
            if self.voices.get(&who).is_some_and(|voice| voice.is_of(&inbox)) {
                continue;
            }
            match Voice::new(inbox) {
                Ok(voice) => {
                    self.voices.insert(who, voice);
                }
                Err(error) => tracing::error!(?error, "a voice cannot be decoded"),
            }
        }
    }

    /// The next 10 ms of everybody.
    fn mix(&mut self, now: Instant, sound: &mut [f32; FRAME]) {
        sound.fill(0.0);
        for (who, voice) in &mut self.voices {
            let (frame, change) = voice.next(now);
            for (sum, sample) in sound.iter_mut().zip(&frame) {
                *sum += sample * voice.volume();
            }
            if let Some(speaking) = change {
                (self.events)(MediaEvent::Speaking { who: Some(who.clone()), speaking });
            }
            if let Some(recorder) = &self.recorder {
                recorder.voice(who, self.position, &frame);
            }
        }
        sound.iter_mut().for_each(|sample| *sample = soft_limit(*sample));
        self.position += FRAME as u64;
    }

    fn end(&mut self) {
        for (who, voice) in std::mem::take(&mut self.voices) {
            if voice.is_speaking() {
                (self.events)(MediaEvent::Speaking { who: Some(who), speaking: false });
            }
        }
    }
}
