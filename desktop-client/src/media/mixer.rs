//! All remote voices into one: each through its jitter buffer and decoder, at its volume, summed
//! and softly limited. One thread steps every 10 ms, paced by the loudspeaker's own clock if there
//! is one, else by ours.

mod output;
mod voice;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use cinemasync_core::plan::{MediaEvent, ParticipantId};

use super::EventSink;
use super::chimes::Chimes;
use super::level::soft_limit;
use super::opus::FRAME;
use super::record::Recorder;
use super::reference::ReferenceQueue;
use super::remote::Remotes;
use super::source::SpeakerSink;
use super::worker::Worker;
use output::Output;
use voice::Voice;
pub(super) use voice::VoiceInbox;

/// Where the mix is to go; may change while it plays.
#[derive(Debug, Default)]
pub(super) struct Outlet {
    wanted: Mutex<Wanted>,
    /// Grows with each change.
    generation: AtomicU64,
}

/// A sink, with the device's id if the plan named one.
type Wanted = (SpeakerSink, Option<String>);

impl Outlet {
    /// Sends the mix there from now on.
    pub(super) fn set(&self, sink: SpeakerSink, device: Option<String>) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let next = (sink, device);
        if *wanted != next {
            *wanted = next;
            self.generation.fetch_add(1, Ordering::Release);
        }
    }

    fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    fn get(&self) -> Wanted {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Starts the mixer; the loudspeaker is opened on its thread.
pub(super) fn start(
    outlet: Arc<Outlet>,
    remotes: Arc<Remotes>,
    chimes: Arc<Chimes>,
    played: Arc<ReferenceQueue>,
    recorder: Option<Arc<Recorder>>,
    events: EventSink,
) -> Worker {
    Worker::spawn("mixer", move |stop| {
        let open = || Output::open(outlet.get(), recorder.clone(), &events);
        let mut generation = outlet.generation();
        let mut output = open();
        let mut mixer = Mixer::new(events.clone(), recorder.clone());
        let mut sound = [0.0; FRAME];
        while output.wait(stop) {
            let wanted = outlet.generation();
            if std::mem::replace(&mut generation, wanted) != wanted {
                // The old one first: some devices play for one program only.
                output.close();
                output = open();
            }
            mixer.follow(&remotes);
            mixer.mix(Instant::now(), &mut sound);
            chimes.mix(&mut sound);
            output.write(&sound);
            if output.is_audible() {
                played.push(&sound);
            }
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
            if let Some(voice) = self.voices.remove(&who) {
                self.silence(who, &voice);
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
            let heard = voice.next(now);
            for (sum, sample) in sound.iter_mut().zip(&heard.frame) {
                *sum += sample * voice.volume();
            }
            if let Some(speaking) = heard.speaking {
                (self.events)(MediaEvent::Speaking { who: Some(who.clone()), speaking });
            }
            if let Some(level) = heard.level {
                (self.events)(MediaEvent::Level { who: Some(who.clone()), level });
            }
            if let Some(recorder) = &self.recorder {
                recorder.voice(who, self.position, &heard.frame);
            }
        }
        sound.iter_mut().for_each(|sample| *sample = soft_limit(*sample));
        self.position += FRAME as u64;
    }

    fn end(&mut self) {
        for (who, voice) in std::mem::take(&mut self.voices) {
            self.silence(who, &voice);
        }
    }

    /// A voice is gone: takes back what was told of it.
    fn silence(&self, who: ParticipantId, voice: &Voice) {
        if voice.level() > 0.0 {
            (self.events)(MediaEvent::Level { who: Some(who.clone()), level: 0.0 });
        }
        if voice.is_speaking() {
            (self.events)(MediaEvent::Speaking { who: Some(who), speaking: false });
        }
    }
}
