//! What runs now, and the thread that brings it into the state of the latest plan. Starting and
//! stopping may take as long as devices take; plans that come meanwhile replace each other.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cinemasync_core::bitrate::MAX_RUNGS;
use cinemasync_core::bitrate::camera::Rung;
use cinemasync_core::bitrate::ladder::CameraQuality;
use cinemasync_core::bitrate::screen::ScreenRung;
use cinemasync_core::devices::DeviceUse;
use cinemasync_core::plan::MediaPlan;
use cinemasync_core::screen::ScreenSource;
use cinemasync_core::track::Track;

use super::camera;
use super::chimes::Chimes;
use super::clock::RtpClock;
use super::microphone::VoiceControl;
use super::mixer::Outlet;
use super::picture_out::PictureOut;
use super::record::Recorder;
use super::reference::References;
use super::remote::Remotes;
use super::screen::mode::Mode;
use super::screen::watch::{self, Thumbnails};
use super::source::{CameraSource, MicrophoneSource, SpeakerSink};
use super::video_out::{self, Wanted};
use super::worker::{Latest, Stop, Taken, Worker};
use super::{
    Encoders, EventSink, MediaConfig, PacketSink, Previews, device_watch, loopback, microphone,
    mixer, screen, screen_sound,
};

/// The workers of the plan, and what they are made from.
pub(super) struct Running {
    config: MediaConfig,
    clock: RtpClock,
    remotes: Arc<Remotes>,
    recorder: Option<Arc<Recorder>>,
    camera_out: PictureOut,
    screen_out: PictureOut,
    encoders_state: Encoders,
    chimes: Arc<Chimes>,
    voice: Arc<VoiceControl>,
    references: References,
    outlet: Arc<Outlet>,
    packets: PacketSink,
    events: EventSink,
    watch: Option<Worker>,
    loopback: Option<(Option<String>, Worker)>,
    camera: Option<((CameraSource, CameraQuality), Worker)>,
    camera_encoders: [Option<Worker>; MAX_RUNGS],
    screen: Option<(ScreenSource, Worker)>,
    screen_mode: Arc<Mode>,
    screen_watch: Option<Worker>,
    thumbnails: Thumbnails,
    screen_encoders: [Option<Worker>; MAX_RUNGS],
    microphone: Option<(MicrophoneSource, Worker)>,
    screen_sound: Option<Worker>,
    mixer: Option<Worker>,
    /// Does the mixer run for a sound alone?
    nobody_speaks: bool,
}

impl Running {
    /// Nothing runs yet.
    pub(super) fn new(
        config: MediaConfig,
        remotes: Arc<Remotes>,
        recorder: Option<Arc<Recorder>>,
        previews: &Previews,
        encoders_state: Encoders,
        packets: PacketSink,
        events: EventSink,
    ) -> Self {
        Self {
            config,
            clock: RtpClock::new(Instant::now()),
            remotes,
            recorder,
            camera_out: PictureOut::shown_in(previews.camera.clone()),
            screen_out: PictureOut::shown_in(previews.screen.clone()),
            encoders_state,
            chimes: Arc::default(),
            voice: Arc::default(),
            references: References::default(),
            outlet: Arc::default(),
            packets,
            events,
            watch: None,
            loopback: None,
            camera: None,
            camera_encoders: Default::default(),
            screen: None,
            screen_mode: Arc::default(),
            screen_watch: None,
            thumbnails: Arc::clone(&previews.thumbnails),
            screen_encoders: Default::default(),
            microphone: None,
            screen_sound: None,
            mixer: None,
            nobody_speaks: true,
        }
    }

    /// Where sounds are rung.
    pub(super) fn chimes(&self) -> Arc<Chimes> {
        Arc::clone(&self.chimes)
    }

    /// Starts what the plan wants and does not run, and stops what runs and is not wanted.
    fn apply(&mut self, plan: &MediaPlan) {
        switch(&mut self.watch, plan.watch_devices, || device_watch::start(self.events.clone()));
        let camera = match &plan.camera_device {
            DeviceUse::Configured => self.config.camera.clone(),
            DeviceUse::Nothing => CameraSource::None,
            DeviceUse::Device(id) => CameraSource::Device(id.clone()),
        };
        let camera = Some(camera).filter(|source| plan.camera && *source != CameraSource::None);
        let microphone = match &plan.microphone_device {
            DeviceUse::Configured => self.config.microphone.clone(),
            DeviceUse::Nothing => MicrophoneSource::None,
            DeviceUse::Device(id) => MicrophoneSource::Device(id.clone()),
        };
        let microphone =
            Some(microphone).filter(|it| plan.microphone && *it != MicrophoneSource::None);
        let speaker = match &plan.speaker_device {
            DeviceUse::Configured => self.config.speaker.clone(),
            DeviceUse::Nothing => SpeakerSink::None,
            DeviceUse::Device(id) => SpeakerSink::Device(id.clone()),
        };

        self.voice.set(plan);
        self.outlet.set(speaker, named(&plan.speaker_device));
        // The last sound is heard out, though nobody is left.
        self.nobody_speaks = plan.receive.is_empty();
        let listens = !self.nobody_speaks || !self.chimes.are_over();
        switch(&mut self.mixer, listens, || {
            let (outlet, remotes) = (Arc::clone(&self.outlet), Arc::clone(&self.remotes));
            let (played, recorder) = (Arc::clone(&self.references.voices), self.recorder.clone());
            let chimes = Arc::clone(&self.chimes);
            mixer::start(outlet, remotes, chimes, played, recorder, Arc::clone(&self.events))
        });
        let camera_rung = |rung: &Rung| Wanted {
            height: rung.quality.height,
            fps: rung.quality.fps,
            bps: rung.bps,
        };
        let encode_camera = if camera.is_some() { &plan.encode_camera[..] } else { &[] };
        self.encode(Track::Camera, &encode_camera.iter().map(camera_rung).collect::<Vec<_>>());
        let camera = camera.map(|source| (source, plan.camera_quality));
        follow(&mut self.camera, camera, |(source, quality)| {
            let (out, events) = (self.camera_out.clone(), Arc::clone(&self.events));
            camera::start(source, named(&plan.camera_device), quality, out, events)
        });
        self.share(plan);
        let echoes = plan.voice.echo_cancellation
            && !plan.receive.is_empty()
            && microphone.as_ref().is_some_and(MicrophoneSource::is_device);
        let loopback = echoes.then(|| named(&plan.speaker_device));
        follow(&mut self.loopback, loopback, |speaker| {
            loopback::start(speaker, Arc::clone(&self.references.everything))
        });
        follow(&mut self.microphone, microphone, |source| {
            let outlets = microphone::Outlets {
                control: Arc::clone(&self.voice),
                references: self.references.clone(),
                clock: self.clock,
                packets: Arc::clone(&self.packets),
                events: Arc::clone(&self.events),
            };
            microphone::start(source, named(&plan.microphone_device), outlets)
        });
        let sound = plan.screen.as_ref().is_some_and(|screen| screen.encode_sound);
        switch(&mut self.screen_sound, sound, || {
            let (control, packets) = (Arc::clone(&self.voice), Arc::clone(&self.packets));
            screen_sound::start(control, self.clock, packets, Arc::clone(&self.events))
        });
    }
}

impl Running {
    /// Grabs and encodes what the plan has shared of the screen.
    fn share(&mut self, plan: &MediaPlan) {
        let rungs: Vec<Wanted> = plan.screen.as_ref().map_or(Vec::new(), |screen| {
            let fps = screen.settings.fps;
            let wanted = |rung: &ScreenRung| Wanted { height: rung.height, fps, bps: rung.bps };
            screen.encode.iter().map(wanted).collect()
        });
        if let Some(screen) = &plan.screen {
            self.screen_mode.set(screen.settings);
        }
        self.encode(Track::Screen, &rungs);
        let source = plan.screen.as_ref().map(|screen| screen.share.source.clone());
        follow(&mut self.screen, source, |source| {
            let (mode, out) = (Arc::clone(&self.screen_mode), self.screen_out.clone());
            screen::start(source, mode, out, Arc::clone(&self.events))
        });
        switch(&mut self.screen_watch, plan.watch_screens, || {
            watch::start(Arc::clone(&self.thumbnails), Arc::clone(&self.events))
        });
    }

    /// Lets the encoders of a track run that are wanted, and no others.
    fn encode(&mut self, track: Track, wanted: &[Wanted]) {
        let (encoders, states, pictures) = if track == Track::Screen {
            (&mut self.screen_encoders, &self.encoders_state.screen, &self.screen_out)
        } else {
            (&mut self.camera_encoders, &self.encoders_state.camera, &self.camera_out)
        };
        for (rung, encoder) in encoders.iter_mut().enumerate() {
            if let Some(wanted) = wanted.get(rung) {
                states[rung].want(*wanted);
            }
            switch(encoder, rung < wanted.len(), || {
                let ends = video_out::Ends {
                    pictures: pictures.encoders[rung].clone(),
                    clock: self.clock,
                    packets: Arc::clone(&self.packets),
                    events: Arc::clone(&self.events),
                };
                let state = Arc::clone(&states[rung]);
                if track == Track::Screen {
                    let (shown, mode) = (pictures.preview.clone(), Arc::clone(&self.screen_mode));
                    screen::encode::start(rung, shown, mode, state, ends)
                } else {
                    video_out::start(rung, state, ends)
                }
            });
        }
    }

    /// Lets go of the loudspeaker that a sound alone was heard from.
    fn rest(&mut self) {
        if self.nobody_speaks && self.chimes.are_over() {
            self.mixer = None;
        }
    }
}

/// The device that the plan names.
fn named(device: &DeviceUse) -> Option<String> {
    match device {
        DeviceUse::Device(id) => Some(id.clone()),
        DeviceUse::Configured | DeviceUse::Nothing => None,
    }
}

/// Lets a worker run on the wanted source and on no other; the old one ends before the new one
/// begins, as many devices serve one at a time.
fn follow<S: Clone + PartialEq>(
    running: &mut Option<(S, Worker)>,
    wanted: Option<S>,
    start: impl FnOnce(S) -> Worker,
) {
    if running.as_ref().map(|(source, _)| source) == wanted.as_ref() {
        return;
    }
    *running = None;
    *running = wanted.map(|source| (source.clone(), start(source)));
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
            Taken::TimedOut => running.rest(),
            Taken::Closed => return,
        }
    }
}
