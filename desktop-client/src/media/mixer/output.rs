//! Where the mix goes and what paces it: a loudspeaker's clock, or ours for a file and for nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cinemasync_core::plan::MediaEvent;

use super::super::EventSink;
use super::super::opus::{FRAME, RATE, STEREO, StereoFrame};
use super::super::record::Recorder;
use super::super::resample::Resampler;
use super::super::sound_device::{self, SoundError, Wanted};
use super::super::source::SpeakerSink;
use super::super::worker::Stop;

const STEP: Duration = Duration::from_millis(10);
/// How often the ring is looked at: a third of the least that is kept in it.
const LOOK: Duration = Duration::from_millis(4);
/// Sound kept in the ring at first, and at most after the device has found it empty: callbacks
/// come in lumps of their own choosing.
const FIRST_LEAD_MS: u32 = 20;
const MOST_LEAD_MS: u32 = 100;
/// A device that says that it takes longer to be heard is not believed.
const MOST_LATENCY: Duration = Duration::from_secs(1);
/// A loudspeaker that takes nothing for so long is given up.
const STALLED: Duration = Duration::from_secs(4);

/// Where the mix goes.
pub(super) struct Output {
    target: Target,
    /// The device's id, if the plan named one.
    device: Option<String>,
    events: EventSink,
}

enum Target {
    /// Nobody listens, or a file does.
    Paced {
        next: Instant,
        file: Option<Arc<Recorder>>,
        /// Samples before the next, counted from the recording's start.
        position: u64,
    },
    Device(Box<Loudspeaker>),
}

struct Loudspeaker {
    output: sound_device::Output,
    sides: [Side; STEREO],
    /// Resampled and waiting for room in the ring, left and right by turns.
    sound: Vec<f32>,
    lead_ms: u32,
    missed: u64,
    taken: u64,
    moved: Instant,
}

/// What is left or right on its way to the device's rate.
struct Side {
    resampler: Resampler,
    sound: Vec<f32>,
}

impl Output {
    /// Opens the sink. If it fails that is told, and the mix goes nowhere.
    pub(super) fn open(
        (sink, device): (SpeakerSink, Option<String>),
        recorder: Option<Arc<Recorder>>,
        events: &EventSink,
    ) -> Self {
        let mut this = Self { target: Target::paced(None), device, events: events.clone() };
        let wanted = match sink {
            SpeakerSink::None => None,
            SpeakerSink::Default => Some(Wanted::Default),
            SpeakerSink::Device(name) => Some(Wanted::Named(name)),
            SpeakerSink::File(_) => {
                this.target = Target::paced(recorder);
                None
            }
        };
        match wanted.map(|wanted| sound_device::open_output(&wanted)) {
            None => {}
            Some(Ok(output)) => {
                this.target = Target::Device(Box::new(Loudspeaker {
                    sides: [(); STEREO].map(|()| Side {
                        resampler: Resampler::new(RATE, output.rate),
                        sound: Vec::new(),
                    }),
                    output,
                    sound: Vec::new(),
                    lead_ms: FIRST_LEAD_MS,
                    missed: 0,
                    taken: 0,
                    moved: Instant::now(),
                }));
            }
            Some(Err(error)) => this.fail(&error),
        }
        this
    }

    /// Waits until 10 ms more are wanted; false when it is time to stop.
    pub(super) fn wait(&mut self, stop: &Stop) -> bool {
        loop {
            match &mut self.target {
                Target::Paced { next, .. } => {
                    if stop.sleep_until(*next) {
                        return false;
                    }
                    *next += STEP;
                    let now = Instant::now();
                    if now.saturating_duration_since(*next) > 20 * STEP {
                        *next = now;
                    }
                    return true;
                }
                Target::Device(loudspeaker) => {
                    if let Some(error) = loudspeaker.fault() {
                        self.fail(&error);
                        continue;
                    }
                    if loudspeaker.wants_more() {
                        return !stop.is_set();
                    }
                    if stop.sleep(LOOK) {
                        return false;
                    }
                }
            }
        }
    }

    /// Is there a loudspeaker that a microphone may hear?
    pub(super) fn is_audible(&self) -> bool {
        matches!(self.target, Target::Device(_))
    }

    /// How long after it is written a sound is heard.
    pub(super) fn lead(&self) -> Duration {
        match &self.target {
            Target::Paced { .. } => Duration::ZERO,
            Target::Device(loudspeaker) => loudspeaker.lead(),
        }
    }

    /// Takes 10 ms; `mono` is the same for what has one channel.
    pub(super) fn write(&mut self, sound: &StereoFrame, mono: &[f32; FRAME]) {
        match &mut self.target {
            Target::Paced { file, position, .. } => {
                if let Some(recorder) = file {
                    recorder.speaker(*position, mono);
                }
                *position += FRAME as u64;
            }
            Target::Device(loudspeaker) => loudspeaker.write(sound),
        }
    }

    /// Tells a person and goes on without sound.
    fn fail(&mut self, error: &SoundError) {
        tracing::warn!(%error, "no loudspeaker");
        let (device, text) = (self.device.clone(), error.sentence());
        (self.events)(MediaEvent::DeviceFailed { track: None, device, text });
        self.close();
    }

    /// Lets go of the device; the mix goes nowhere.
    pub(super) fn close(&mut self) {
        self.target = Target::paced(None);
    }
}

impl Target {
    fn paced(file: Option<Arc<Recorder>>) -> Self {
        let position = file.as_ref().map_or(0, |recorder| recorder.position());
        Self::Paced { next: Instant::now(), file, position }
    }
}

impl Loudspeaker {
    fn wants_more(&mut self) -> bool {
        let missed = self.output.state.missed();
        let now = Instant::now();
        let taken = self.output.state.frames();
        // Before the first sound an empty ring is no fault of ours.
        if missed > self.missed && self.taken > 0 {
            self.lead_ms = (self.lead_ms + 10).min(MOST_LEAD_MS);
        }
        self.missed = missed;
        if taken != self.taken {
            (self.taken, self.moved) = (taken, now);
        }
        let most = self.output.ring.buffer().capacity() / STEREO / 2;
        let lead = self.output.rate as usize / 1_000 * self.lead_ms as usize;
        self.held() < lead.min(most)
    }

    /// Frames that wait for the device.
    fn held(&self) -> usize {
        let ring = self.output.ring.buffer().capacity() - self.output.ring.slots();
        (ring + self.sound.len()) / STEREO
    }

    fn lead(&self) -> Duration {
        let held = self.held() as f64 / f64::from(self.output.rate.max(1));
        Duration::from_secs_f64(held) + self.output.state.latency().min(MOST_LATENCY)
    }

    fn fault(&self) -> Option<SoundError> {
        let stalled = self.moved.elapsed() > STALLED;
        sound_device::fault(&self.output.state, "loudspeaker")
            .or_else(|| stalled.then_some(SoundError::Stopped { kind: "loudspeaker" }))
    }

    fn write(&mut self, sound: &StereoFrame) {
        for (number, side) in self.sides.iter_mut().enumerate() {
            let mine: [f32; FRAME] = std::array::from_fn(|at| sound[STEREO * at + number]);
            side.resampler.process(&mine, &mut side.sound);
        }
        let [left, right] = &mut self.sides;
        let both = left.sound.drain(..).zip(right.sound.drain(..));
        self.sound.extend(both.flat_map(|(left, right)| [left, right]));
        let fit = self.sound.len().min(self.output.ring.slots()) / STEREO * STEREO;
        if let Ok(chunk) = self.output.ring.write_chunk_uninit(fit) {
            chunk.fill_from_iter(self.sound.drain(..fit));
        }
    }
}
