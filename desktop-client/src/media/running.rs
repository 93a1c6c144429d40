//! What runs now, and the thread that brings it into the state of the latest plan. Starting and
//! stopping may take as long as devices take; plans that come meanwhile replace each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cinemasync_core::frame::FrameSlot;
use cinemasync_core::plan::MediaPlan;

use super::camera::{self, CameraOut};
use super::clock::RtpClock;
use super::record::Recorder;
use super::remote::Remotes;
use super::source::{CameraSource, MicrophoneSource};
use super::video_out::{self, EncoderState};
use super::worker::{Latest, Stop, Taken, Worker};
use super::{EventSink, MediaConfig, PacketSink, microphone, mixer};

/// The workers of the plan, and what they are made from.
pub(super) struct Running {
    config: MediaConfig,
    clock: RtpClock,
    remotes: Arc<Remotes>,
    recorder: Option<Arc<Recorder>>,
    pictures: CameraOut,
    encoder_state: Arc<EncoderState>,
    encode_voice: Arc<AtomicBool>,
    packets: PacketSink,
    events: EventSink,
    camera: Option<Worker>,
    encoder: Option<Worker>,
    microphone: Option<Worker>,
    mixer: Option<Worker>,
}

impl Running {
    /// Nothing runs yet.
    pub(super) fn new(
        config: MediaConfig,
        remotes: Arc<Remotes>,
        recorder: Option<Arc<Recorder>>,
        preview: FrameSlot,
        encoder_state: Arc<EncoderState>,
        packets: PacketSink,
        events: EventSink,
    ) -> Self {
        Self {
            config,
            clock: RtpClock::new(Instant::now()),
            remotes,
            recorder,
            pictures: CameraOut { preview, encoder: Latest::default() },
            encoder_state,
            encode_voice: Arc::new(AtomicBool::new(false)),
            packets,
            events,
            camera: None,
            encoder: None,
            microphone: None,
            mixer: None,
        }
    }

    /// Starts what the plan wants and does not run, and stops what runs and is not wanted.
    fn apply(&mut self, plan: &MediaPlan) {
        let camera = plan.camera && self.config.camera != CameraSource::None;
        let microphone = plan.microphone && self.config.microphone != MicrophoneSource::None;

        self.encode_voice.store(plan.encode_microphone, Ordering::Relaxed);
        switch(&mut self.mixer, !plan.receive.is_empty(), || {
            let speaker = self.config.speaker.clone();
            let remotes = Arc::clone(&self.remotes);
            mixer::start(speaker, remotes, self.recorder.clone(), Arc::clone(&self.events))
        });
        switch(&mut self.encoder, camera && plan.encode_camera, || {
            video_out::start(
                self.pictures.encoder.clone(),
                Arc::clone(&self.encoder_state),
                self.clock,
                Arc::clone(&self.packets),
                Arc::clone(&self.events),
            )
        });
        switch(&mut self.camera, camera, || {
            camera::start(
                self.config.camera.clone(),
                self.pictures.clone(),
                Arc::clone(&self.events),
            )
        });
        switch(&mut self.microphone, microphone, || {
            microphone::start(
                self.config.microphone.clone(),
                Arc::clone(&self.encode_voice),
                self.clock,
                Arc::clone(&self.packets),
                Arc::clone(&self.events),
            )
        });
    }
}

/// Lets a worker run if it is wanted.
fn switch(worker: &mut Option<Worker>, wanted: bool, start: impl FnOnce() -> Worker) {
    if !wanted {
        *worker = None;
    } else if worker.is_none() {
        *worker = Some(start());
    }
}

/// Carries out plans until it is time to stop.
pub(super) fn carry_out(running: &mut Running, plans: &Latest<MediaPlan>, stop: &Stop) {
    while !stop.is_set() {
        match plans.take(Duration::from_secs(1)) {
            Taken::Value(plan) => {
                running.apply(&plan);
                running.remotes.join_retired();
            }
            Taken::TimedOut => {}
            Taken::Closed => return,
        }
    }
}
