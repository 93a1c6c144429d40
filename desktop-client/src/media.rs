//! Capture, codecs, mixing and devices. Only here: cpal, nokhwa, openh264, opus.
//!
//! [`Media`] is put into the state that a [`MediaPlan`] describes and told of packets from the
//! network; it hands out packets for the network, pictures to show and figures. What should run is
//! the session's business, how packets travel the peers'.
//!
//! Every thread is named and owned. `media` carries out plans, so that no caller waits for a device:
//! - `camera` and `screen` put the latest picture into a preview and before `encode-camera-0` and the
//!   like;
//! - `screen-watch` lists what could be shared, with small pictures of it;
//! - `loopback` records what the computer plays, for the echo canceller;
//! - `microphone` makes 10 ms frames of any source and Opus packets of them;
//! - `screen-sound` sends what other programs play, beside a shared screen;
//! - `device-watch` lists devices and tells when they come and go;
//! - `decode-camera` and `decode-screen`, one for each received track, put pictures into [`FrameSlot`]s;
//! - `mixer` steps all voices by 10 ms and feeds the loudspeaker's ring or a file;
//! - `recorder` writes files.
//!
//! The callbacks of the sound system touch rings and atomics only (see [`ring`]).

mod camera;
mod chimes;
mod clock;
mod device_watch;
mod echo;
mod h264;
mod level;
mod lips;
mod loopback;
mod microphone;
mod mixer;
mod opus;
mod pattern;
mod picture_out;
pub mod processing;
#[cfg(target_os = "linux")]
mod pulse;
mod record;
mod reference;
mod remote;
mod resample;
pub mod ring;
mod running;
mod scale;
mod screen;
mod screen_sound;
mod sound_device;
mod source;
mod video_in;
mod video_out;
mod voice_source;
mod worker;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use cinemasync_core::bitrate::MAX_RUNGS;
use cinemasync_core::devices::DeviceListing;
use cinemasync_core::frame::FrameSlot;
use cinemasync_core::packet::{InboundPacket, OutboundPacket};
use cinemasync_core::plan::{MediaCommand, MediaEvent, MediaPlan, MediaStats, ParticipantId};
use cinemasync_core::screen::ScreenSource;
use cinemasync_core::track::Track;

use chimes::Chimes;
use record::Recorder;
use remote::Remotes;
use running::Running;
pub use screen::ScreenAccess;
use screen::watch::Thumbnails;
use sound_device::SoundSystem;
pub use source::{CameraSource, MicrophoneSource, ScreenChoice, SourceError, SpeakerSink};
use video_out::EncoderState;
use worker::{Latest, Worker};

/// Takes encoded media; called from several threads, none of which it may block.
pub trait PacketOut: Send + Sync {
    /// Takes a packet.
    fn send(&self, packet: OutboundPacket);

    /// Does so much wait there that another picture of this encoding of a track would be late?
    fn is_full(&self, track: Track, rung: usize) -> bool;
}

/// What takes all that is sent and never has enough.
impl<F: Fn(OutboundPacket) + Send + Sync> PacketOut for F {
    fn send(&self, packet: OutboundPacket) {
        self(packet);
    }

    fn is_full(&self, _: Track, _: usize) -> bool {
        false
    }
}

type PacketSink = Arc<dyn PacketOut>;
/// One for each encoding of each source.
#[derive(Clone, Default)]
struct Encoders {
    camera: [Arc<EncoderState>; MAX_RUNGS],
    screen: [Arc<EncoderState>; MAX_RUNGS],
}

/// Where one's own pictures are shown to oneself.
#[derive(Clone, Default)]
struct Previews {
    camera: FrameSlot,
    screen: FrameSlot,
    /// Of what could be shared, by what is asked for to share it.
    thumbnails: Thumbnails,
}

/// Takes reports; may be called from several threads and must not block.
type EventSink = Arc<dyn Fn(MediaEvent) + Send + Sync>;

/// Where media comes from and goes to, for the whole stay.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MediaConfig {
    /// The camera.
    pub camera: CameraSource,
    /// The microphone.
    pub microphone: MicrophoneSource,
    /// Where the others' voices go.
    pub speaker: SpeakerSink,
    /// A folder for files of what is received: a Y4M each video track, a WAV each voice and the sound of
    /// each screen.
    pub record: Option<PathBuf>,
}

/// The cameras of this computer. Drivers may take their time.
pub fn cameras() -> DeviceListing {
    camera::listing()
}

/// The microphones and the loudspeakers of this computer. A sound server may take its time.
pub fn sound_devices() -> (DeviceListing, DeviceListing) {
    SoundSystem::default().listings()
}

/// How the screen can be shared here.
///
/// # Errors
/// Why it cannot; a sentence.
pub fn screen_access() -> Result<ScreenAccess, String> {
    screen::access()
}

/// Everything that captures, encodes, decodes and plays. Dropping it stops and joins its threads and
/// completes its files.
pub struct Media {
    // Declared first, so dropped first: what runs holds what follows.
    control: Option<Worker>,
    plans: Latest<MediaPlan>,
    remotes: Arc<Remotes>,
    previews: Previews,
    encoders: Encoders,
    chimes: Arc<Chimes>,
}

impl Media {
    /// Prepares media; no device is opened before a plan asks for it. Neither callback may block:
    /// they are called from threads that must keep time.
    pub fn start(config: MediaConfig, on_packet: PacketSink, on_event: EventSink) -> Self {
        let recorder = recorder(&config, &on_event);
        let remotes = Arc::new(Remotes::new(Arc::clone(&on_event), recorder.clone()));
        let previews = Previews::default();
        let encoders = Encoders::default();
        let plans = Latest::default();
        let mut running = Running::new(
            config,
            Arc::clone(&remotes),
            recorder,
            &previews,
            encoders.clone(),
            on_packet,
            on_event,
        );
        let chimes = running.chimes();
        let (theirs, waker) = (plans.clone(), plans.clone());
        let control = Worker::spawn_with(
            "media",
            move || waker.close(),
            move |stop| running::carry_out(&mut running, &theirs, stop),
        );
        Self { control: Some(control), plans, remotes, previews, encoders, chimes }
    }

    /// Brings media into the state of `plan`. Returns at once; devices open and close on threads of
    /// their own. The same plan again changes nothing.
    pub fn apply(&self, plan: &MediaPlan) {
        self.remotes.set(&plan.receive);
        self.remotes.set_sharers(&plan.sharers);
        self.remotes.set_volumes(&plan.volumes);
        self.remotes.set_screen_volumes(&plan.screen_volumes);
        self.plans.put(plan.clone());
    }

    /// Asks for something that is no lasting state.
    pub fn command(&self, command: MediaCommand) {
        match command {
            MediaCommand::Keyframe { track, rung } => {
                let encoders = if track == Track::Screen {
                    &self.encoders.screen
                } else {
                    &self.encoders.camera
                };
                if let Some(encoder) = encoders.get(rung) {
                    encoder.request_keyframe();
                }
            }
            MediaCommand::Sound(sound) => self.chimes.ring(sound),
        }
    }

    /// Takes a packet from the network. Never blocks; packets of people whom the plan does not name
    /// are dropped.
    pub fn receive(&self, from: &ParticipantId, packet: InboundPacket) {
        self.remotes.receive(from, packet);
    }

    /// The latest picture of somebody's track, or of one's own camera or screen (`None`). The slot stays the
    /// same while that person is received.
    pub fn frames(&self, who: Option<&ParticipantId>, track: Track) -> FrameSlot {
        match who {
            Some(who) => self.remotes.slot(who, track),
            None if track == Track::Screen => self.previews.screen.clone(),
            None => self.previews.camera.clone(),
        }
    }

    /// A small picture of what could be shared, while the plan has screens watched. The slot stays
    /// the same while that is listed.
    pub fn thumbnail(&self, source: &ScreenSource) -> FrameSlot {
        let thumbnails = self.previews.thumbnails.lock().unwrap_or_else(PoisonError::into_inner);
        thumbnails.get(source).cloned().unwrap_or_default()
    }

    /// Figures since the previous call.
    pub fn stats(&self) -> MediaStats {
        MediaStats {
            encoders: [
                (Track::Camera, &self.encoders.camera),
                (Track::Screen, &self.encoders.screen),
            ]
            .into_iter()
            .flat_map(|(track, encoders)| encoders.iter().enumerate().map(move |it| (track, it)))
            .filter_map(|(track, (rung, encoder))| encoder.take_stats(track, rung))
            .collect(),
            received: self.remotes.take_stats(),
            screen_sounds: self.remotes.take_screen_sound_stats(),
        }
    }
}

impl Drop for Media {
    fn drop(&mut self) {
        self.control = None;
        // Decoders end here, and with them the last who hold the recorder.
        self.remotes.set(&[]);
        self.remotes.join_retired();
    }
}

/// The recorder, if anything is to be written.
fn recorder(config: &MediaConfig, events: &EventSink) -> Option<Arc<Recorder>> {
    let speaker = match &config.speaker {
        SpeakerSink::File(path) => Some(path.as_path()),
        _ => None,
    };
    let folder: Option<&Path> = config.record.as_deref();
    if folder.is_none() && speaker.is_none() {
        return None;
    }
    match Recorder::start(folder, speaker) {
        Ok(recorder) => Some(Arc::new(recorder)),
        Err(text) => {
            events(MediaEvent::DeviceFailed { track: None, device: None, text: text.into() });
            None
        }
    }
}
