//! All remote voices and the sounds of remote screens into one: each through its jitter buffer and
//! decoder, at its volume, summed and softly limited. Voices are in the middle, screens in stereo. One thread steps every 10 ms, paced by the loudspeaker's own clock if there
//! is one, else by ours.

mod inbox;
mod output;
mod playout;
mod screen;
mod voice;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cinemasync_core::plan::{MediaEvent, ParticipantId};

use super::EventSink;
use super::chimes::Chimes;
use super::level::soft_limit;
use super::opus::{FRAME, STEREO, StereoFrame};
use super::record::Recorder;
use super::reference::ReferenceQueue;
use super::remote::Remotes;
use super::source::SpeakerSink;
use super::worker::Worker;
pub(super) use inbox::SoundInbox;
use output::Output;
use screen::ScreenSound;
use voice::Voice;

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
        let (mut sound, mut mono) = ([0.0; STEREO * FRAME], [0.0; FRAME]);
        while output.wait(stop) {
            let wanted = outlet.generation();
            if std::mem::replace(&mut generation, wanted) != wanted {
                // The old one first: some devices play for one program only.
                output.close();
                output = open();
            }
            mixer.follow(&remotes);
            mixer.mix_voices(Instant::now(), &mut mono);
            chimes.mix(&mut mono);
            mixer.mix_screens(Instant::now(), output.lead(), &mono, &mut sound);
            let sides = sound.chunks_exact(STEREO);
            mono.iter_mut()
                .zip(sides)
                .for_each(|(mono, sides)| *mono = sides.iter().sum::<f32>() / 2.0);
            output.write(&sound, &mono);
            if output.is_audible() {
                played.push(&mono);
            }
        }
        mixer.end();
    })
}

/// The voices, the sounds of screens and what they come to.
struct Mixer {
    voices: BTreeMap<ParticipantId, Voice>,
    screens: BTreeMap<ParticipantId, ScreenSound>,
    generation: u64,
    events: EventSink,
    recorder: Option<Arc<Recorder>>,
    /// Samples before the next, counted from the recording's start.
    position: u64,
}

impl Mixer {
    fn new(events: EventSink, recorder: Option<Arc<Recorder>>) -> Self {
        let position = recorder.as_ref().map_or(0, |recorder| recorder.position());
        let (voices, screens) = (BTreeMap::new(), BTreeMap::new());
        Self { voices, screens, generation: 0, events, recorder, position }
    }

    /// Takes up who has come and drops who has left.
    fn follow(&mut self, remotes: &Remotes) {
        let generation = remotes.generation();
        if generation == self.generation {
            return;
        }
        self.generation = generation;
        let sounds = remotes.sounds();
        let left: Vec<ParticipantId> =
            self.voices.keys().filter(|who| !sounds.contains_key(who)).cloned().collect();
        for who in left {
            if let Some(voice) = self.voices.remove(&who) {
                self.silence(who, &voice);
            }
        }
        self.screens.retain(|who, _| sounds.contains_key(who));
        for (who, of) in sounds {
            // The same person may have left and come back between two steps.
            if !self.voices.get(&who).is_some_and(|voice| voice.is_of(&of.voice)) {
                match Voice::new(of.voice) {
                    Ok(voice) => {
                        self.voices.insert(who.clone(), voice);
                    }
                    Err(error) => tracing::error!(?error, "a voice cannot be decoded"),
                }
            }
            let Some((inbox, lips)) = of.screen else {
                self.screens.remove(&who);
                continue;
            };
            if !self.screens.get(&who).is_some_and(|screen| screen.is_of(&inbox)) {
                match ScreenSound::new(inbox, lips) {
                    Ok(screen) => {
                        self.screens.insert(who, screen);
                    }
                    Err(error) => tracing::error!(?error, "a screen's sound cannot be decoded"),
                }
            }
        }
    }

    /// The next 10 ms of everybody's voice.
    fn mix_voices(&mut self, now: Instant, sound: &mut [f32; FRAME]) {
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
    }

    /// The next 10 ms of all that is heard after `lead`: the screens' sounds and the voices, which are
    /// in `mono`.
    fn mix_screens(
        &mut self,
        now: Instant,
        lead: Duration,
        mono: &[f32; FRAME],
        sound: &mut StereoFrame,
    ) {
        for (sides, voices) in sound.chunks_exact_mut(STEREO).zip(mono) {
            sides.fill(*voices);
        }
        for (who, screen) in &mut self.screens {
            let frame = screen.next(now, lead);
            for (sum, sample) in sound.iter_mut().zip(&frame) {
                *sum += sample * screen.volume();
            }
            if let Some(recorder) = &self.recorder {
                recorder.screen(who, self.position, &frame);
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
